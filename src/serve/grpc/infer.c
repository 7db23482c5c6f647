/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/access/identify.h"
#include "serve/access/ledger.h"
#include "serve/access/permit.h"
#include "serve/grpc/call.h"
#include "serve/oip/ask.h"
#include "serve/oip/tensor_bytes.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inference.pb-c.h"

typedef Inference__ModelInferRequest request_message;
typedef Inference__ModelInferRequest__InferInputTensor input_message;
typedef Inference__ModelInferRequest__ParametersEntry parameter_message;

/* -- Contents -------------------------------------------------------------------------------------
 */

/* The list of a message that carries a type, and how many numbers are in it. Types of 16 bits have
 * none: they are sent raw. */
static size_t list_of(const Inference__InferTensorContents *from, davy_type type, const void **list)
{
    switch (type) {
    case DAVY_TYPE_BOOL:
        *list = from->bool_contents;
        return from->n_bool_contents;
    case DAVY_TYPE_I8:
    case DAVY_TYPE_I16:
    case DAVY_TYPE_I32:
        *list = from->int_contents;
        return from->n_int_contents;
    case DAVY_TYPE_I64:
        *list = from->int64_contents;
        return from->n_int64_contents;
    case DAVY_TYPE_U8:
    case DAVY_TYPE_U16:
    case DAVY_TYPE_U32:
        *list = from->uint_contents;
        return from->n_uint_contents;
    case DAVY_TYPE_U64:
        *list = from->uint64_contents;
        return from->n_uint64_contents;
    case DAVY_TYPE_F32:
        *list = from->fp32_contents;
        return from->n_fp32_contents;
    case DAVY_TYPE_F64:
        *list = from->fp64_contents;
        return from->n_fp64_contents;
    case DAVY_TYPE_TEXT:
        *list = from->bytes_contents;
        return from->n_bytes_contents;
    default:
        return 0;
    }
}

/* One element of a list into a tensor of a narrower or another type. @return false: out of range */
static bool put_element(davy_tensor *tensor, const void *list, size_t i)
{
    const int64_t whole = ((const int32_t *) list)[i], natural = ((const uint32_t *) list)[i];

    switch (tensor->type) {
    case DAVY_TYPE_BOOL:
        ((uint8_t *) tensor->data)[i] = ((const protobuf_c_boolean *) list)[i] != 0;
        return true;
    case DAVY_TYPE_I8:
        ((int8_t *) tensor->data)[i] = (int8_t) whole;
        return whole >= INT8_MIN && whole <= INT8_MAX;
    case DAVY_TYPE_I16:
        ((int16_t *) tensor->data)[i] = (int16_t) whole;
        return whole >= INT16_MIN && whole <= INT16_MAX;
    case DAVY_TYPE_U8:
        ((uint8_t *) tensor->data)[i] = (uint8_t) natural;
        return natural <= UINT8_MAX;
    case DAVY_TYPE_U16:
        ((uint16_t *) tensor->data)[i] = (uint16_t) natural;
        return natural <= UINT16_MAX;
    default: /* DAVY_TYPE_TEXT */
        ((davy_bytes *) tensor->data)[i] =
            (davy_bytes){((const ProtobufCBinaryData *) list)[i].data,
                         ((const ProtobufCBinaryData *) list)[i].len};
        return true;
    }
}

/* Whether the list has the tensor's own type, so that it is used where it lies. */
static bool is_same_type(davy_type type)
{
    return type == DAVY_TYPE_I32 || type == DAVY_TYPE_U32 || type == DAVY_TYPE_I64 ||
           type == DAVY_TYPE_U64 || type == DAVY_TYPE_F32 || type == DAVY_TYPE_F64;
}

static davy_status read_list(const input_message *input, davy_oip_memory *memory,
                             davy_named_tensor *out)
{
    davy_tensor *tensor = &out->tensor;
    const size_t count = (size_t) davy_tensor_count(tensor);
    const void *list = NULL;
    const size_t found = input->contents ? list_of(input->contents, tensor->type, &list) : 0;
    const size_t size =
        tensor->type == DAVY_TYPE_TEXT ? sizeof(davy_bytes) : davy_type_size(tensor->type);
    davy_status status;

    if (found != count)
        return davy_fail(DAVY_ERR_INVALID,
                         "input '%s' has %zu numbers of %s among its contents, its shape %zu",
                         out->name, found, input->datatype, count);
    if (is_same_type(tensor->type)) {
        tensor->data = (void *) (uintptr_t) list;
        return DAVY_OK;
    }
    status = davy_oip_take(memory, count, size, &tensor->data);
    for (size_t i = 0; status == DAVY_OK && i < count; i++)
        if (!put_element(tensor, list, i))
            return davy_fail(DAVY_ERR_INVALID, "input '%s': element %zu is no %s", out->name, i,
                             input->datatype);
    return status;
}

static davy_status read_input(const request_message *asked, size_t index, davy_oip_memory *memory,
                              davy_named_tensor *out)
{
    const input_message *input = asked->inputs[index];
    const davy_type type = davy_datatype_parse(input->datatype, strlen(input->datatype));
    davy_status status;

    out->name = input->name;
    if (type == DAVY_TYPE_NONE)
        return davy_fail(DAVY_ERR_INVALID, "input '%.100s': there is no datatype '%.20s'",
                         input->name, input->datatype);
    status = davy_named_tensor_shape(out, type, input->n_shape, input->shape);
    if (status != DAVY_OK || asked->n_raw_input_contents == 0)
        return status == DAVY_OK ? read_list(input, memory, out) : status;
    if (input->contents)
        return davy_fail(DAVY_ERR_INVALID, "input '%.100s' has contents beside raw_input_contents",
                         input->name);
    return davy_tensor_bytes_read(asked->raw_input_contents[index].data,
                                  asked->raw_input_contents[index].len, memory, out);
}

/* -- Parameters -----------------------------------------------------------------------------------
 */

/* A whole number of any of the kinds that clients send. */
static bool read_number(const Inference__InferParameter *value, uint64_t *out)
{
    if (value->parameter_choice_case == INFERENCE__INFER_PARAMETER__PARAMETER_CHOICE_UINT64_PARAM)
        *out = value->uint64_param;
    else if (value->parameter_choice_case ==
                 INFERENCE__INFER_PARAMETER__PARAMETER_CHOICE_INT64_PARAM &&
             value->int64_param >= 0)
        *out = (uint64_t) value->int64_param;
    else
        return false;
    return true;
}

static bool read_flag(const Inference__InferParameter *value, bool *out)
{
    *out = value->bool_param;
    return value->parameter_choice_case == INFERENCE__INFER_PARAMETER__PARAMETER_CHOICE_BOOL_PARAM;
}

/* A correlation id is a number or a text. */
static bool read_sequence(const Inference__InferParameter *value, davy_oip_memory *memory,
                          const char **out)
{
    uint64_t number;
    char digits[24];

    if (value->parameter_choice_case == INFERENCE__INFER_PARAMETER__PARAMETER_CHOICE_STRING_PARAM) {
        *out = value->string_param;
        return true;
    }
    if (!read_number(value, &number))
        return false;
    (void) snprintf(digits, sizeof digits, "%" PRIu64, number);
    return davy_oip_text(memory, digits, strlen(digits), "sequence_id", out) == DAVY_OK;
}

/* "auto", or a method; or whether at all. */
static bool read_explain(const Inference__InferParameter *value, davy_infer_request *request)
{
    if (value->parameter_choice_case != INFERENCE__INFER_PARAMETER__PARAMETER_CHOICE_STRING_PARAM)
        return read_flag(value, &request->explain);
    request->explain = true;
    if (strcmp(value->string_param, "auto") != 0)
        request->explain_method = value->string_param;
    return true;
}

/* What is not known is left aside, as the protocol has it. */
static davy_status read_parameter(const parameter_message *entry, davy_oip_memory *memory,
                                  davy_infer_request *request)
{
    const Inference__InferParameter *value = entry->value;
    uint64_t number = 0;
    bool fits = value != NULL;

    if (!fits || strcmp(entry->key, "sequence_id") == 0)
        fits = fits && read_sequence(value, memory, &request->sequence);
    else if (strcmp(entry->key, "sequence_start") == 0)
        fits = read_flag(value, &request->sequence_start);
    else if (strcmp(entry->key, "sequence_end") == 0)
        fits = read_flag(value, &request->sequence_end);
    else if (strcmp(entry->key, "timeout") == 0)
        fits = read_number(value, &request->timeout_us);
    else if (strcmp(entry->key, "priority") == 0 &&
             (fits = read_number(value, &number) && number <= UINT_MAX))
        request->priority = (unsigned) number;
    else if (strcmp(entry->key, "explain_top_k") == 0 &&
             (fits = read_number(value, &number) && number <= UINT32_MAX))
        request->explain_top = (size_t) number;
    else if (strcmp(entry->key, "explain") == 0)
        fits = read_explain(value, request);
    return fits ? DAVY_OK
                : davy_fail(DAVY_ERR_INVALID, "parameter '%.100s' is of another kind", entry->key);
}

/* -- The call -------------------------------------------------------------------------------------
 */

static davy_status read_request(davy_grpc_call *call, const request_message *asked,
                                davy_oip_memory *memory, davy_infer_request *request)
{
    void *inputs = NULL, *outputs = NULL;
    davy_status status = davy_oip_take(memory, asked->n_inputs, sizeof(davy_named_tensor), &inputs);

    if (status == DAVY_OK)
        status = davy_oip_take(memory, asked->n_outputs, sizeof(const char *), &outputs);
    if (status == DAVY_OK && asked->n_raw_input_contents > 0 &&
        asked->n_raw_input_contents != asked->n_inputs)
        status = davy_fail(DAVY_ERR_INVALID, "%zu inputs and %zu raw_input_contents",
                           asked->n_inputs, asked->n_raw_input_contents);
    for (size_t i = 0; i < asked->n_inputs && status == DAVY_OK; i++)
        status = read_input(asked, i, memory, (davy_named_tensor *) inputs + i);
    for (size_t i = 0; i < asked->n_outputs && status == DAVY_OK; i++)
        ((const char **) outputs)[i] = asked->outputs[i]->name;
    *request = (davy_infer_request){
        .model = asked->model_name,
        .version = asked->model_version,
        .id = asked->id,
        .client = call->who.by,
        .inputs = inputs,
        .input_count = asked->n_inputs,
        .outputs = outputs,
        .output_count = asked->n_outputs,
        .timeout_us = call->timeout_us,
    };
    for (size_t i = 0; i < asked->n_parameters && status == DAVY_OK; i++)
        status = read_parameter(asked->parameters[i], memory, request);
    return status;
}

davy_status davy_grpc_infer(davy_grpc_call *call)
{
    const request_message *asked = (const void *) call->asked;
    davy_oip_memory memory = {.budget = &call->who.budget};
    davy_infer_response response = {0};
    davy_infer_request request;
    davy_host *host;
    davy_status status;

    if (!davy_permit_model(&call->who, asked->model_name))
        return davy_fail(DAVY_ERR_DENIED, "the key '%s' may not use the model '%.100s'",
                         call->who.by, asked->model_name);
    status = read_request(call, asked, &memory, &request);
    if (status == DAVY_OK)
        status = davy_oip_host(&call->who, &host);
    if (status == DAVY_OK) {
        call->who.id = asked->model_name;
        call->who.version = asked->model_version;
        davy_trace_mark(&call->who.trace, DAVY_TRACE_ASKED);
        status = davy_host_infer(host, &request, &response);
        davy_trace_answered(&call->who.trace, &response);
        davy_call_charge(&call->who, response.cost);
        davy_audit_inference(&call->who, &response, status);
    }
    if (status == DAVY_OK)
        status = davy_grpc_answer(call, asked->id, &response, &memory);
    davy_infer_response_clear(&response);
    davy_arena_clear(&memory.arena);
    return status;
}
