/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/grpc/call.h"

#include <stdio.h>

#include "inference.pb-c.h"
#include "serve/oip/answer.h"
#include "serve/oip/tensor_bytes.h"

typedef Inference__InferParameter parameter_value;
typedef Inference__ModelInferResponse__InferOutputTensor output_message;
typedef Inference__ModelInferResponse__ParametersEntry parameter_message;

/* Parameters of a response: those that HTTP has. */
typedef struct told_doubts {
    davy_buffer text;
    parameter_value values[2];
    parameter_message entries[2], *list[2];
} told_doubts;

static void tell_doubts(const davy_infer_response *response, told_doubts *told,
                        Inference__ModelInferResponse *answer)
{
    static const parameter_value no_value = INFERENCE__INFER_PARAMETER__INIT;
    static const parameter_message no_entry =
        INFERENCE__MODEL_INFER_RESPONSE__PARAMETERS_ENTRY__INIT;
    static char keys[2][8] = {"abstain", "doubt"};

    for (size_t i = 0; i < 2; i++) {
        told->values[i] = no_value;
        told->entries[i] = no_entry;
        told->entries[i].key = keys[i];
        told->entries[i].value = &told->values[i];
        told->list[i] = &told->entries[i];
    }
    told->values[0].parameter_choice_case = INFERENCE__INFER_PARAMETER__PARAMETER_CHOICE_BOOL_PARAM;
    for (size_t i = 0; i < response->doubt_count; i++)
        if (response->doubts[i].abstain)
            told->values[0].bool_param = true;
    davy_oip_doubts(response, &told->text);
    told->values[1].parameter_choice_case =
        INFERENCE__INFER_PARAMETER__PARAMETER_CHOICE_STRING_PARAM;
    told->values[1].string_param = told->text.bytes;
    answer->parameters = told->list;
    answer->n_parameters = told->text.length > 0 ? 2 : 0;
}

/* What a response needs for each of its tensors. */
typedef struct outputs {
    output_message *messages, **list;
    davy_buffer *bytes;
    ProtobufCBinaryData *raw;
    size_t count;
} outputs;

static davy_status make_outputs(davy_arena *arena, size_t count, outputs *out)
{
    *out = (outputs){.messages = davy_arena_array(arena, count + 1, sizeof *out->messages),
                     .list = davy_arena_array(arena, count + 1, sizeof *out->list),
                     .bytes = davy_arena_array(arena, count + 1, sizeof *out->bytes),
                     .raw = davy_arena_array(arena, count + 1, sizeof *out->raw),
                     .count = count};
    return out->messages && out->list && out->bytes && out->raw
               ? DAVY_OK
               : davy_fail(DAVY_ERR_NOMEM, "an answer of %zu tensors", count);
}

static davy_status write_output(davy_named_tensor *from, size_t i, outputs *out)
{
    static const output_message empty = INFERENCE__MODEL_INFER_RESPONSE__INFER_OUTPUT_TENSOR__INIT;
    output_message *message = &out->messages[i];

    *message = empty;
    message->name = (char *) (uintptr_t) from->name;
    message->datatype = (char *) (uintptr_t) davy_datatype_name(from->tensor.type);
    message->shape = from->tensor.dims;
    message->n_shape = (size_t) from->tensor.rank;
    out->list[i] = message;
    davy_tensor_bytes_write(&out->bytes[i], &from->tensor);
    out->raw[i].data = (uint8_t *) out->bytes[i].bytes;
    out->raw[i].len = out->bytes[i].length;
    return davy_buffer_ok(&out->bytes[i]);
}

davy_status davy_grpc_answer(davy_grpc_call *call, char *id, const davy_infer_response *response,
                             davy_oip_memory *memory)
{
    Inference__ModelInferResponse told = INFERENCE__MODEL_INFER_RESPONSE__INIT;
    davy_named_tensor *tensors = NULL;
    outputs out = {.count = 0};
    told_doubts doubts = {.text = {0}};
    char version[16];
    size_t count = 0;
    davy_status status = davy_oip_explained(response, memory, &tensors, &count);

    if (status == DAVY_OK)
        status = make_outputs(&memory->arena, count, &out);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = write_output(&tensors[i], i, &out);
    if (status == DAVY_OK) {
        (void) snprintf(version, sizeof version, "%u", response->version);
        told.model_name = (char *) (uintptr_t) response->model;
        told.model_version = version;
        told.id = id;
        told.outputs = out.list;
        told.raw_output_contents = out.raw;
        told.n_outputs = told.n_raw_output_contents = count;
        tell_doubts(response, &doubts, &told);
        status = davy_buffer_ok(&doubts.text);
    }
    if (status == DAVY_OK)
        status = davy_grpc_put(call->answer, &told.base);
    for (size_t i = 0; out.bytes && i < out.count; i++)
        davy_buffer_clear(&out.bytes[i]);
    davy_buffer_clear(&doubts.text);
    return status;
}
