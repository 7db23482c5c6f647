/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/request_private.h"

#include <inttypes.h>
#include <string.h>

#include "serve/call.h"
#include "serve/oip/tensor_bytes.h"

/* What grows while it is read. */
typedef struct draft {
    davy_oip_request *request;
    size_t input_capacity, output_capacity;
    uint64_t *sizes; /* [input_capacity] of binary data */
    bool *binary;    /* [input_capacity] */
    bool has_inputs;
} draft;

/* Twice as much, of which the first `count` are kept. */
static davy_status grow(davy_oip_memory *memory, void **items, size_t count, size_t capacity,
                        size_t size)
{
    void *more;
    davy_status status = davy_oip_take(memory, capacity, size, &more);

    if (status != DAVY_OK)
        return status;
    if (count > 0)
        memcpy(more, *items, count * size);
    *items = more;
    return DAVY_OK;
}

static davy_status grow_inputs(draft *made, davy_oip_memory *memory)
{
    davy_oip_request *request = made->request;
    const size_t count = request->ask.input_count;
    const size_t capacity = count > 0 ? 2 * count : 4;
    davy_status status;

    if (count == DAVY_OIP_INPUTS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a request may have %zu inputs", DAVY_OIP_INPUTS_MAX);
    if (count < made->input_capacity)
        return DAVY_OK;
    status = grow(memory, (void **) &request->inputs, count, capacity, sizeof *request->inputs);
    if (status == DAVY_OK)
        status = grow(memory, (void **) &made->sizes, count, capacity, sizeof *made->sizes);
    if (status == DAVY_OK)
        status = grow(memory, (void **) &made->binary, count, capacity, sizeof *made->binary);
    if (status == DAVY_OK)
        made->input_capacity = capacity;
    return status;
}

static davy_status keep_input(draft *made, davy_oip_memory *memory, davy_oip_input_draft *input)
{
    davy_oip_request *request = made->request;
    davy_named_tensor *tensor;
    davy_status status = grow_inputs(made, memory);

    if (status != DAVY_OK)
        return status;
    tensor = &request->inputs[request->ask.input_count];
    *tensor = (davy_named_tensor){.name = input->form.name};
    if (input->has_bytes)
        status = davy_named_tensor_shape(tensor, input->form.type, (size_t) input->form.rank,
                                         input->form.dims);
    else if (input->read.name)
        tensor->tensor = input->read.tensor;
    else
        status = davy_tensor_text_read(&input->data, &input->form, memory, tensor);
    made->sizes[request->ask.input_count] = input->bytes;
    made->binary[request->ask.input_count] = input->has_bytes;
    request->columns = request->columns || input->column;
    request->ask.input_count++;
    return status;
}

static davy_status read_input(davy_json_reader *json, davy_oip_memory *memory, draft *made)
{
    davy_oip_input_draft input = {0};
    davy_status status = davy_oip_input_read(json, memory, &input);

    return status == DAVY_OK ? keep_input(made, memory, &input) : status;
}

static davy_status read_output(davy_json_reader *json, davy_oip_memory *memory, draft *made)
{
    davy_oip_request *request = made->request;
    const size_t count = request->ask.output_count;
    davy_oip_output output = {0};
    davy_status status = davy_oip_output_read(json, memory, &output);

    if (status == DAVY_OK && count == DAVY_OIP_OUTPUTS_MAX)
        status =
            davy_fail(DAVY_ERR_INVALID, "a request may have %zu outputs", DAVY_OIP_OUTPUTS_MAX);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        if (strcmp(request->outputs[i].name, output.name) == 0)
            status = davy_fail(DAVY_ERR_INVALID, "output '%.100s' is asked for twice", output.name);
    if (status == DAVY_OK && count == made->output_capacity) {
        made->output_capacity = count > 0 ? 2 * count : 4;
        status =
            grow(memory, (void **) &request->outputs, count, made->output_capacity, sizeof output);
    }
    if (status == DAVY_OK)
        request->outputs[request->ask.output_count++] = output;
    return status;
}

static davy_status read_list(davy_json_reader *json, davy_oip_memory *memory, draft *made,
                             davy_status (*read)(davy_json_reader *, davy_oip_memory *, draft *))
{
    bool more;
    davy_status status = davy_json_enter(json, '[');

    while (status == DAVY_OK) {
        status = davy_json_next(json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = read(json, memory, made);
    }
    return status;
}

static davy_status read_inputs(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    ((draft *) object)->has_inputs = true;
    return read_list(json, memory, object, read_input);
}

static davy_status read_outputs(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    return read_list(json, memory, object, read_output);
}

static davy_status read_parameters(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    return davy_oip_parameters_read(json, memory, ((draft *) object)->request);
}

static davy_status read_id(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    return davy_oip_string(json, memory, "'id'", &((draft *) object)->request->ask.id);
}

/* -- All of it ----------------------------------------------------------------------------------
 */

/* Bytes behind the JSON, in the order of the inputs that have such. */
static davy_status read_binary(const char *bytes, size_t length, const draft *made,
                               davy_oip_memory *memory)
{
    davy_oip_request *request = made->request;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < request->ask.input_count && status == DAVY_OK; i++) {
        const uint64_t size = made->sizes[i];

        if (!made->binary[i])
            continue;
        if (size > length)
            return davy_fail(DAVY_ERR_INVALID,
                             "the binary data of input '%.100s' has %" PRIu64
                             " bytes, of which %zu are there",
                             request->inputs[i].name, size, length);
        status = davy_tensor_bytes_read(bytes, size, memory, &request->inputs[i]);
        bytes += size;
        length -= size;
    }
    if (status == DAVY_OK && length > 0)
        return davy_fail(DAVY_ERR_INVALID, "the request has %zu bytes that belong to no input",
                         length);
    return status;
}

static davy_status find_json(size_t length, const char *header, size_t *json_length)
{
    uint64_t declared;

    *json_length = length;
    if (!*header)
        return DAVY_OK;
    if (!davy_digits_parse(header, &declared) || declared > length)
        return davy_fail(DAVY_ERR_INVALID,
                         "Inference-Header-Content-Length '%s' is no length within the body, which "
                         "has %zu bytes",
                         header, length);
    *json_length = declared;
    return DAVY_OK;
}

static davy_status check_inputs(const davy_oip_request *request)
{
    const davy_named_tensor *inputs = request->inputs;

    for (size_t i = 0; i < request->ask.input_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(inputs[i].name, inputs[j].name) == 0)
                return davy_fail(DAVY_ERR_INVALID, "input '%.100s' is there twice", inputs[i].name);
    return DAVY_OK;
}

davy_status davy_oip_read(const char *bytes, size_t length, const char *header,
                          davy_oip_memory *memory, davy_oip_request *request)
{
    static const davy_oip_member members[] = {
        {"inputs", read_inputs},
        {"outputs", read_outputs},
        {"id", read_id},
        {"parameters", read_parameters},
    };
    draft made = {.request = request};
    davy_json_reader json;
    size_t json_length = 0;
    davy_status status = find_json(length, header, &json_length);

    *request = (davy_oip_request){.ask = {.id = "", .version = ""}};
    if (status != DAVY_OK)
        return status;
    davy_json_reader_init(&json, bytes, json_length);
    status = davy_oip_members(&json, memory, members, DAVY_ARRAY_LENGTH(members), &made);
    if (status == DAVY_OK)
        status = davy_json_finish(&json);
    if (status == DAVY_OK && !made.has_inputs)
        status = davy_fail(DAVY_ERR_INVALID, "the request has no 'inputs'");
    if (status == DAVY_OK)
        status = check_inputs(request);
    if (status == DAVY_OK && json_length < length)
        status = read_binary(bytes + json_length, length - json_length, &made, memory);
    else if (status == DAVY_OK)
        status = read_binary("", 0, &made, memory);
    request->ask.inputs = request->inputs;
    return status;
}

bool davy_oip_is_raw(const char *header)
{
    uint64_t declared;

    return davy_digits_parse(header, &declared) && declared == 0;
}
