/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/request.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "serve/call.h"
#include "serve/oip/tensor_bytes.h"

/* What stands in an object: a key and who reads its value. A key that is not known is passed over,
 * as the protocol wants it; one that is known and there twice is refused, because two readers of
 * one request may take another one each. */
typedef struct member {
    const char *key;
    davy_status (*read)(davy_json_reader *json, davy_oip_memory *memory, void *object);
} member;

static davy_status read_member(davy_json_reader *json, davy_oip_memory *memory,
                               const member *members, size_t count, uint32_t *seen, void *object)
{
    davy_bytes key;
    davy_status status = davy_json_key(json, memory, &key);

    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        if (!davy_bytes_are(key, members[i].key))
            continue;
        if (*seen & UINT32_C(1) << i)
            return davy_fail(DAVY_ERR_INVALID, "'%s' is there twice", members[i].key);
        *seen |= UINT32_C(1) << i;
        return members[i].read(json, memory, object);
    }
    return status == DAVY_OK ? davy_json_skip(json, NULL) : status;
}

static davy_status read_members(davy_json_reader *json, davy_oip_memory *memory,
                                const member *members, size_t count, void *object)
{
    uint32_t seen = 0;
    bool more = true;
    davy_status status = davy_json_enter(json, '{');

    while (status == DAVY_OK) {
        status = davy_json_next(json, &more);
        if (status != DAVY_OK || !more)
            break;
        status = read_member(json, memory, members, count, &seen, object);
    }
    return status;
}

/* A text as a C string. */
static davy_status read_text(davy_json_reader *json, davy_oip_memory *memory, const char *what,
                             const char **out)
{
    davy_bytes text;
    davy_status status = davy_json_string(json, memory, &text);

    return status == DAVY_OK ? davy_oip_text(memory, text.at, text.length, what, out) : status;
}

/* -- Inputs -------------------------------------------------------------------------------------
 */

typedef struct input_draft {
    davy_text_form form; /* name, type, shape */
    bool has_shape, has_data, has_bytes;
    davy_json_reader data; /* where the numbers stand, until the shape is known */
    uint64_t bytes;        /* binary_data_size */
    bool column;           /* content type "pd" */
    davy_named_tensor read;
} input_draft;

static davy_status read_input_name(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    return read_text(json, memory, "an input's name", &((input_draft *) object)->form.name);
}

static davy_status read_datatype(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    input_draft *draft = object;
    davy_bytes word;
    davy_status status = davy_json_string(json, memory, &word);

    if (status != DAVY_OK)
        return status;
    draft->form.type = davy_datatype_parse(word.at, word.length);
    if (draft->form.type == DAVY_TYPE_NONE)
        return davy_fail(DAVY_ERR_INVALID, "'%.*s' is no datatype",
                         (int) (word.length < 32 ? word.length : 32), (const char *) word.at);
    return DAVY_OK;
}

static davy_status read_dim(davy_json_reader *json, int64_t *dim)
{
    uint64_t value = 0;

    if (davy_json_unsigned_within(json, INT64_MAX, &value) != DAVY_OK)
        return davy_fail_in(DAVY_ERR_INVALID, "Unable to parse 'shape': attempt to access JSON "
                                              "non-unsigned-integer as unsigned-integer");
    *dim = (int64_t) value;
    return DAVY_OK;
}

static davy_status read_shape(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    input_draft *draft = object;
    bool more;
    davy_status status = davy_json_enter(json, '[');

    (void) memory;
    draft->has_shape = true;
    while (status == DAVY_OK) {
        status = davy_json_next(json, &more);
        if (status != DAVY_OK || !more)
            break;
        if (draft->form.rank == DAVY_RANK_MAX)
            return davy_fail(DAVY_ERR_INVALID, "a shape has more than %d dimensions",
                             DAVY_RANK_MAX);
        status = read_dim(json, &draft->form.dims[draft->form.rank++]);
    }
    return status;
}

/* Read at once when the shape stood before it, as clients write it. */
static davy_status read_data(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    input_draft *draft = object;

    draft->has_data = true;
    if (draft->form.name && draft->has_shape && draft->form.type != DAVY_TYPE_NONE &&
        draft->form.type != DAVY_TYPE_TEXT) {
        draft->read.name = draft->form.name;
        return davy_tensor_text_read(json, &draft->form, memory, &draft->read);
    }
    draft->data = *json;
    return davy_json_skip(json, NULL);
}

static davy_status read_binary_size(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    (void) memory;
    ((input_draft *) object)->has_bytes = true;
    return davy_json_unsigned_within(json, INT64_MAX, &((input_draft *) object)->bytes);
}

/* MLServer's words. A text is a text and a list a list whether it is said or not. */
static davy_status read_input_content(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    input_draft *draft = object;
    davy_bytes word;
    davy_status status = davy_json_string(json, memory, &word);

    if (status != DAVY_OK)
        return status;
    draft->form.base64 = davy_bytes_are(word, "base64");
    draft->column = davy_bytes_are(word, "pd");
    if (!draft->form.base64 && !draft->column && !davy_bytes_are(word, "str") &&
        !davy_bytes_are(word, "np"))
        return davy_fail(DAVY_ERR_INVALID,
                         "content_type '%.*s' is not known: np, str, base64 or pd",
                         (int) (word.length < 32 ? word.length : 32), (const char *) word.at);
    return DAVY_OK;
}

static davy_status refuse_shared_memory(davy_json_reader *json, davy_oip_memory *memory,
                                        void *object)
{
    (void) json;
    (void) memory;
    (void) object;
    return davy_fail(DAVY_ERR_UNSUPPORTED, "tensors in shared memory are not supported");
}

static davy_status read_input_parameters(davy_json_reader *json, davy_oip_memory *memory,
                                         void *object)
{
    static const member members[] = {
        {"binary_data_size", read_binary_size},
        {"content_type", read_input_content},
        {"shared_memory_region", refuse_shared_memory},
    };

    return read_members(json, memory, members, DAVY_ARRAY_LENGTH(members), object);
}

static davy_status check_draft(const input_draft *draft)
{
    const char *name = draft->form.name;

    if (!name || !*name)
        return davy_fail(DAVY_ERR_INVALID, "an input has no 'name'");
    if (draft->form.type == DAVY_TYPE_NONE)
        return davy_fail(DAVY_ERR_INVALID, "input '%.100s' has no 'datatype'", name);
    if (!draft->has_shape)
        return davy_fail(DAVY_ERR_INVALID, "input '%.100s' has no 'shape'", name);
    if (!draft->has_data && !draft->has_bytes)
        return davy_fail(DAVY_ERR_INVALID,
                         "input '%.100s' has neither 'data' nor 'binary_data_size'", name);
    if (draft->has_data && draft->has_bytes)
        return davy_fail(DAVY_ERR_INVALID, "input '%.100s' has both 'data' and 'binary_data_size'",
                         name);
    return DAVY_OK;
}

/* -- The request --------------------------------------------------------------------------------
 */

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

static davy_status keep_input(draft *made, davy_oip_memory *memory, input_draft *input)
{
    davy_oip_request *request = made->request;
    davy_named_tensor *tensor;
    davy_status status = check_draft(input);

    if (status == DAVY_OK)
        status = grow_inputs(made, memory);
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
    static const member members[] = {
        {"name", read_input_name}, {"datatype", read_datatype},           {"shape", read_shape},
        {"data", read_data},       {"parameters", read_input_parameters},
    };
    input_draft input = {0};
    davy_status status = read_members(json, memory, members, DAVY_ARRAY_LENGTH(members), &input);

    return status == DAVY_OK ? keep_input(made, memory, &input) : status;
}

static davy_status read_output_name(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    return read_text(json, memory, "an output's name", &((davy_oip_output *) object)->name);
}

static davy_status read_classification(davy_json_reader *json, davy_oip_memory *memory,
                                       void *object)
{
    uint64_t count = 0;
    davy_status status = davy_json_unsigned_within(json, UINT32_MAX, &count);

    (void) memory;
    ((davy_oip_output *) object)->classification = (size_t) count;
    return status;
}

static davy_status read_output_binary(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    davy_oip_output *output = object;

    (void) memory;
    output->binary_said = true;
    return davy_json_truth(json, &output->binary);
}

static davy_status read_output_parameters(davy_json_reader *json, davy_oip_memory *memory,
                                          void *object)
{
    static const member members[] = {
        {"classification", read_classification},
        {"binary_data", read_output_binary},
        {"shared_memory_region", refuse_shared_memory},
    };

    return read_members(json, memory, members, DAVY_ARRAY_LENGTH(members), object);
}

static davy_status read_output(davy_json_reader *json, davy_oip_memory *memory, draft *made)
{
    static const member members[] = {{"name", read_output_name},
                                     {"parameters", read_output_parameters}};
    davy_oip_request *request = made->request;
    const size_t count = request->ask.output_count;
    davy_oip_output output = {0};
    davy_status status = read_members(json, memory, members, DAVY_ARRAY_LENGTH(members), &output);

    if (status == DAVY_OK && (!output.name || !*output.name))
        status = davy_fail(DAVY_ERR_INVALID, "an output has no 'name'");
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

static davy_status read_id(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    return read_text(json, memory, "'id'", &((draft *) object)->request->ask.id);
}

/* -- Parameters of the request ------------------------------------------------------------------
 */

static davy_infer_request *ask_of(void *object)
{
    return &((draft *) object)->request->ask;
}

/* A number or a text; 0 and "" are none. */
static davy_status read_sequence(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    davy_infer_request *ask = ask_of(object);
    uint64_t number = 0;
    char digits[24];
    davy_status status;

    if (davy_json_peek(json) == '"') {
        status = read_text(json, memory, "'sequence_id'", &ask->sequence);
        if (status == DAVY_OK && !*ask->sequence)
            ask->sequence = NULL;
        return status;
    }
    status = davy_json_unsigned_within(json, UINT64_MAX, &number);
    if (status != DAVY_OK || number == 0)
        return status;
    (void) snprintf(digits, sizeof digits, "%" PRIu64, number);
    return davy_oip_text(memory, digits, strlen(digits), "'sequence_id'", &ask->sequence);
}

static davy_status read_start(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    (void) memory;
    return davy_json_truth(json, &ask_of(object)->sequence_start);
}

static davy_status read_end(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    (void) memory;
    return davy_json_truth(json, &ask_of(object)->sequence_end);
}

static davy_status read_priority(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    uint64_t priority = 0;
    davy_status status = davy_json_unsigned_within(json, UINT32_MAX, &priority);

    (void) memory;
    ask_of(object)->priority = (unsigned) priority;
    return status;
}

static davy_status read_timeout(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    (void) memory;
    return davy_json_unsigned_within(json, INT64_MAX, &ask_of(object)->timeout_us);
}

static davy_status read_binary_output(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    (void) memory;
    return davy_json_truth(json, &((draft *) object)->request->binary_output);
}

/* true, false, "auto", or a method. */
static davy_status read_explain(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    davy_infer_request *ask = ask_of(object);
    davy_status status;

    if (davy_json_peek(json) != '"')
        return davy_json_truth(json, &ask->explain);
    ask->explain = true;
    status = read_text(json, memory, "'explain'", &ask->explain_method);
    if (status == DAVY_OK && strcmp(ask->explain_method, "auto") == 0)
        ask->explain_method = NULL;
    return status;
}

static davy_status read_explain_top(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    uint64_t count = 0;
    davy_status status = davy_json_unsigned_within(json, UINT32_MAX, &count);

    (void) memory;
    ask_of(object)->explain_top = (size_t) count;
    return status;
}

static davy_status read_content(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    input_draft input = {0};
    davy_status status = read_input_content(json, memory, &input);

    ((draft *) object)->request->columns |= input.column;
    return status;
}

static davy_status read_parameters(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    static const member members[] = {
        {"sequence_id", read_sequence}, {"sequence_start", read_start},
        {"sequence_end", read_end},     {"priority", read_priority},
        {"timeout", read_timeout},      {"binary_data_output", read_binary_output},
        {"explain", read_explain},      {"explain_top_k", read_explain_top},
        {"content_type", read_content},
    };

    return read_members(json, memory, members, DAVY_ARRAY_LENGTH(members), object);
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
    static const member members[] = {
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
    status = read_members(&json, memory, members, DAVY_ARRAY_LENGTH(members), &made);
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
