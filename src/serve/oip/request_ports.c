/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/request_private.h"

/* -- Inputs -------------------------------------------------------------------------------------
 */

static davy_status read_input_name(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    return davy_oip_string(json, memory, "an input's name",
                           &((davy_oip_input_draft *) object)->form.name);
}

static davy_status read_datatype(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    davy_oip_input_draft *draft = object;
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
    davy_oip_input_draft *draft = object;
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
    davy_oip_input_draft *draft = object;

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
    ((davy_oip_input_draft *) object)->has_bytes = true;
    return davy_json_unsigned_within(json, INT64_MAX, &((davy_oip_input_draft *) object)->bytes);
}

/* MLServer's words. A text is a text and a list a list whether it is said or not. */
davy_status davy_oip_content_type(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    davy_oip_input_draft *draft = object;
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

davy_status davy_oip_shared_memory(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    (void) json;
    (void) memory;
    (void) object;
    return davy_fail(DAVY_ERR_UNSUPPORTED, "tensors in shared memory are not supported");
}

static davy_status read_input_parameters(davy_json_reader *json, davy_oip_memory *memory,
                                         void *object)
{
    static const davy_oip_member members[] = {
        {"binary_data_size", read_binary_size},
        {"content_type", davy_oip_content_type},
        {"shared_memory_region", davy_oip_shared_memory},
    };

    return davy_oip_members(json, memory, members, DAVY_ARRAY_LENGTH(members), object);
}

static davy_status check_draft(const davy_oip_input_draft *draft)
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

davy_status davy_oip_input_read(davy_json_reader *json, davy_oip_memory *memory,
                                davy_oip_input_draft *input)
{
    static const davy_oip_member members[] = {
        {"name", read_input_name}, {"datatype", read_datatype},           {"shape", read_shape},
        {"data", read_data},       {"parameters", read_input_parameters},
    };
    davy_status status = davy_oip_members(json, memory, members, DAVY_ARRAY_LENGTH(members), input);

    return status == DAVY_OK ? check_draft(input) : status;
}

/* -- Outputs ------------------------------------------------------------------------------------
 */

static davy_status read_output_name(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    return davy_oip_string(json, memory, "an output's name", &((davy_oip_output *) object)->name);
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

static davy_status read_boxes(davy_json_reader *json, davy_oip_memory *memory, void *object)
{
    (void) memory;
    return davy_json_truth(json, &((davy_oip_output *) object)->boxes);
}

static davy_status read_output_parameters(davy_json_reader *json, davy_oip_memory *memory,
                                          void *object)
{
    static const davy_oip_member members[] = {
        {"classification", read_classification},
        {"binary_data", read_output_binary},
        {"boxes", read_boxes},
        {"shared_memory_region", davy_oip_shared_memory},
    };

    return davy_oip_members(json, memory, members, DAVY_ARRAY_LENGTH(members), object);
}

davy_status davy_oip_output_read(davy_json_reader *json, davy_oip_memory *memory,
                                 davy_oip_output *output)
{
    static const davy_oip_member members[] = {{"name", read_output_name},
                                              {"parameters", read_output_parameters}};
    davy_status status =
        davy_oip_members(json, memory, members, DAVY_ARRAY_LENGTH(members), output);

    if (status == DAVY_OK && (!output->name || !*output->name))
        status = davy_fail(DAVY_ERR_INVALID, "an output has no 'name'");
    return status;
}
