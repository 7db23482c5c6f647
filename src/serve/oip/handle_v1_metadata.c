/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/oip/ask.h"

/*
 * TensorFlow Serving's description of a model: GetModelMetadataResponse (get_model_metadata.proto)
 * in JSON, where a 64-bit number is a text. A model has one signature here, the one that
 * TensorFlow's clients take when they name none.
 */

/* Names of tensorflow/core/framework/types.proto. */
static const char *type_word(davy_type type)
{
    static const struct {
        davy_type type;
        const char *word;
    } words[] = {
        {DAVY_TYPE_F32, "DT_FLOAT"},  {DAVY_TYPE_F64, "DT_DOUBLE"},
        {DAVY_TYPE_F16, "DT_HALF"},   {DAVY_TYPE_U8, "DT_UINT8"},
        {DAVY_TYPE_I8, "DT_INT8"},    {DAVY_TYPE_U16, "DT_UINT16"},
        {DAVY_TYPE_I16, "DT_INT16"},  {DAVY_TYPE_I32, "DT_INT32"},
        {DAVY_TYPE_I64, "DT_INT64"},  {DAVY_TYPE_U32, "DT_UINT32"},
        {DAVY_TYPE_U64, "DT_UINT64"}, {DAVY_TYPE_TEXT, "DT_STRING"},
        {DAVY_TYPE_BOOL, "DT_BOOL"},  {DAVY_TYPE_BF16, "DT_BFLOAT16"},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(words); i++)
        if (words[i].type == type)
            return words[i].word;
    return "DT_INVALID";
}

static void write_shape(davy_buffer *out, const davy_port *port)
{
    char size[24];

    davy_json_object(out, "tensor_shape");
    davy_json_array(out, "dim");
    for (int i = 0; i < port->rank; i++) {
        (void) snprintf(size, sizeof size, "%" PRId64, port->dims[i]);
        davy_json_object(out, NULL);
        davy_json_text(out, "size", size);
        davy_json_text(out, "name", "");
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
    davy_json_boolean(out, "unknown_rank", false);
    davy_json_object_end(out);
}

static void write_ports(davy_buffer *out, const char *key, const davy_port *ports, size_t count)
{
    davy_json_object(out, key);
    for (size_t i = 0; i < count; i++) {
        davy_json_object(out, ports[i].name);
        davy_json_text(out, "dtype", type_word(ports[i].type));
        write_shape(out, &ports[i]);
        davy_json_text(out, "name", ports[i].name);
        davy_json_object_end(out);
    }
    davy_json_object_end(out);
}

static void write_spec(davy_buffer *out, const davy_served_info *info)
{
    char version[16];

    (void) snprintf(version, sizeof version, "%u", info->version);
    davy_json_object(out, "model_spec");
    davy_json_text(out, "name", info->name);
    davy_json_text(out, "signature_name", "");
    davy_json_text(out, "version", version);
    davy_json_object_end(out);
}

static void write_signature(davy_buffer *out, const davy_served_info *info)
{
    davy_json_object(out, "serving_default");
    write_ports(out, "inputs", info->inputs, info->input_count);
    write_ports(out, "outputs", info->outputs, info->output_count);
    davy_json_text(out, "method_name", "tensorflow/serving/predict");
    davy_json_object_end(out);
}

davy_status davy_handle_v1_metadata(davy_call *call)
{
    davy_buffer *out = &call->answer.body;
    const davy_served_info *info;
    davy_lease *lease;
    davy_status status = davy_oip_lease(call, &lease);

    if (status != DAVY_OK)
        return status;
    info = davy_served_describe(davy_lease_served(lease));
    davy_json_object(out, NULL);
    write_spec(out, info);
    davy_json_object(out, "metadata");
    davy_json_object(out, "signature_def");
    davy_json_object(out, "signature_def");
    write_signature(out, info);
    davy_json_object_end(out);
    davy_json_object_end(out);
    davy_json_object_end(out);
    davy_json_object_end(out);
    davy_lease_release(lease);
    return davy_reply_json(call);
}
