/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/utf8.h"
#include "serve/api/json.h"
#include "serve/oip/rows.h"

static void comma(davy_buffer *out)
{
    if (out->length > 0 && !strchr("[{:", out->bytes[out->length - 1]))
        davy_buffer_append(out, ",", 1);
}

/* A text, or {"b64": "..."} when it is none. */
static davy_status write_element(davy_buffer *out, const davy_tensor *tensor, size_t index)
{
    const davy_bytes *texts = tensor->data;

    if (tensor->type == DAVY_TYPE_TEXT && !davy_utf8_valid(texts[index].at, texts[index].length)) {
        davy_json_object(out, NULL);
        davy_buffer_append_text(out, "\"b64\":\"");
        davy_base64_write(out, texts[index]);
        davy_buffer_append_text(out, "\"}");
        return DAVY_OK;
    }
    if (tensor->type != DAVY_TYPE_TEXT)
        comma(out);
    return davy_tensor_text_element(out, tensor, index);
}

/* Numbers of dims[level..] from an offset, nested; as deep as a tensor may be. */
static davy_status write_nested(davy_buffer *out, const davy_tensor *tensor, int level,
                                size_t offset)
{
    const size_t step = (size_t) davy_tensor_span(tensor, level + 1, tensor->rank);
    davy_status status = DAVY_OK;

    if (level >= tensor->rank)
        return write_element(out, tensor, offset);
    davy_json_array(out, NULL);
    for (int64_t i = 0; i < tensor->dims[level] && status == DAVY_OK; i++)
        status = write_nested(out, tensor, level + 1, offset + (size_t) i * step);
    davy_json_array_end(out);
    return status;
}

static void write_key(davy_buffer *out, const char *key)
{
    davy_json_raw(out, key, "");
}

/* All outputs have a row for each sample. */
static bool have_rows(const davy_infer_response *response)
{
    for (size_t i = 0; i < response->output_count; i++)
        if (response->outputs[i].tensor.rank == 0 ||
            response->outputs[i].tensor.dims[0] != response->outputs[0].tensor.dims[0])
            return false;
    return response->output_count > 0;
}

static davy_status write_row(davy_buffer *out, const davy_infer_response *response, size_t row)
{
    davy_status status = DAVY_OK;

    if (response->output_count > 1)
        davy_json_object(out, NULL);
    for (size_t i = 0; i < response->output_count && status == DAVY_OK; i++) {
        const davy_tensor *tensor = &response->outputs[i].tensor;

        if (response->output_count > 1)
            write_key(out, response->outputs[i].name);
        status =
            write_nested(out, tensor, 1, row * (size_t) davy_tensor_span(tensor, 1, tensor->rank));
    }
    if (response->output_count > 1)
        davy_json_object_end(out);
    return status;
}

davy_status davy_rows_write(davy_buffer *out, const char *key, const davy_infer_response *response)
{
    davy_status status = DAVY_OK;

    if (!have_rows(response))
        return davy_rows_write_columns(out, key, response);
    davy_json_array(out, key);
    for (int64_t row = 0; row < response->outputs[0].tensor.dims[0] && status == DAVY_OK; row++)
        status = write_row(out, response, (size_t) row);
    davy_json_array_end(out);
    return status;
}

davy_status davy_rows_write_columns(davy_buffer *out, const char *key,
                                    const davy_infer_response *response)
{
    const bool many = response->output_count > 1;
    davy_status status = DAVY_OK;

    if (many)
        davy_json_object(out, key);
    for (size_t i = 0; i < response->output_count && status == DAVY_OK; i++) {
        write_key(out, many ? response->outputs[i].name : key);
        status = write_nested(out, &response->outputs[i].tensor, 0, 0);
    }
    if (many)
        davy_json_object_end(out);
    return status;
}

void davy_rows_write_doubts(davy_buffer *out, const davy_infer_response *response)
{
    if (response->doubt_count == 0)
        return;
    davy_json_array(out, "doubts");
    for (size_t i = 0; i < response->doubt_count; i++) {
        const davy_doubt *doubt = &response->doubts[i];

        davy_json_object(out, NULL);
        davy_json_unsigned(out, "sample", doubt->sample);
        davy_json_boolean(out, "abstain", doubt->abstain);
        davy_json_text(out, "reason", doubt->reason);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

static void write_attribution(davy_buffer *out, const davy_attribution *attribution)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "output", attribution->output);
    davy_json_text(out, "answer", attribution->answer);
    davy_json_text(out, "method", attribution->method);
    davy_json_boolean(out, "exact", attribution->exact);
    davy_json_number(out, "base_value", attribution->base);
    davy_json_number(out, "score", attribution->score);
    davy_json_number(out, "residual", attribution->residual);
    davy_json_array(out, "attributions");
    for (size_t i = 0; i < attribution->count; i++) {
        davy_json_object(out, NULL);
        davy_json_text(out, "name", attribution->names[i]);
        davy_json_number(out, "share", attribution->shares[i]);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
    if (attribution->picture.length > 0) {
        write_key(out, "picture");
        davy_buffer_append(out, "\"", 1);
        davy_base64_write(out, attribution->picture);
        davy_buffer_append(out, "\"", 1);
    }
    davy_json_object_end(out);
}

void davy_rows_write_explanations(davy_buffer *out, const davy_infer_response *response)
{
    davy_json_array(out, "explanations");
    for (size_t i = 0; i < response->attribution_count; i++)
        write_attribution(out, &response->attributions[i]);
    davy_json_array_end(out);
}
