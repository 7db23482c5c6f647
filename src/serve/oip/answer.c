/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/oip/answer.h"

#include <stdio.h>
#include <string.h>

#include "serve/api/json.h"
#include "serve/oip/ask.h"
#include "serve/oip/boxes.h"
#include "serve/oip/tensor_bytes.h"

/* An output as it goes out: its tensor, and whether as bytes. */
typedef struct part {
    davy_named_tensor tensor;
    bool binary;
} part;

static const davy_oip_output *find_wish(const davy_oip_request *request, const char *name)
{
    for (size_t i = 0; i < request->ask.output_count; i++)
        if (strcmp(request->outputs[i].name, name) == 0)
            return &request->outputs[i];
    return NULL;
}

static bool is_binary(const davy_oip_request *request, const char *name)
{
    const davy_oip_output *wish = find_wish(request, name);

    return wish && wish->binary_said ? wish->binary : request->binary_output;
}

void davy_oip_doubts(const davy_infer_response *response, davy_buffer *out)
{
    for (size_t i = 0; i < response->doubt_count; i++)
        davy_buffer_printf(out, "%ssample %zu: %s", i > 0 ? "; " : "", response->doubts[i].sample,
                           response->doubts[i].reason);
}

static void write_doubts(davy_buffer *out, const davy_infer_response *response)
{
    davy_buffer text = {0};
    bool abstain = false;

    if (response->doubt_count == 0)
        return;
    for (size_t i = 0; i < response->doubt_count; i++)
        abstain = abstain || response->doubts[i].abstain;
    davy_oip_doubts(response, &text);
    davy_json_object(out, "parameters");
    davy_json_boolean(out, "abstain", abstain);
    davy_json_text(out, "doubt", text.bytes ? text.bytes : "");
    davy_json_object_end(out);
    davy_buffer_clear(&text);
}

static void write_shape(davy_buffer *out, const davy_tensor *tensor)
{
    davy_json_array(out, "shape");
    for (int i = 0; i < tensor->rank; i++)
        davy_json_integer(out, NULL, tensor->dims[i]);
    davy_json_array_end(out);
}

static davy_status write_part(davy_buffer *out, const part *item)
{
    const davy_tensor *tensor = &item->tensor.tensor;
    davy_status status = DAVY_OK;

    davy_json_object(out, NULL);
    davy_json_text(out, "name", item->tensor.name);
    davy_json_text(out, "datatype", davy_datatype_name(tensor->type));
    write_shape(out, tensor);
    if (item->binary) {
        davy_json_object(out, "parameters");
        davy_json_unsigned(out, "binary_data_size", davy_tensor_bytes_size(tensor));
        davy_json_object_end(out);
    } else {
        status = davy_tensor_text_write(out, "data", &item->tensor);
    }
    davy_json_object_end(out);
    return status;
}

static davy_status write_all(davy_call *call, const davy_oip_request *request,
                             const davy_infer_response *response, const part *parts, size_t count)
{
    davy_buffer *out = &call->answer.body;
    davy_status status = DAVY_OK;
    char version[16];
    bool binary = false;

    (void) snprintf(version, sizeof version, "%u", response->version);
    davy_json_object(out, NULL);
    davy_json_text(out, "model_name", response->model);
    davy_json_text(out, "model_version", version);
    if (request->ask.id[0])
        davy_json_text(out, "id", request->ask.id);
    write_doubts(out, response);
    davy_json_array(out, "outputs");
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = write_part(out, &parts[i]);
    davy_json_array_end(out);
    davy_json_object_end(out);
    for (size_t i = 0; i < count; i++)
        binary = binary || parts[i].binary;
    if (status == DAVY_OK && binary)
        call->answer.tensor_header = out->length;
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        if (parts[i].binary)
            davy_tensor_bytes_write(out, &parts[i].tensor.tensor);
    return status == DAVY_OK ? davy_buffer_ok(out) : status;
}

/* What of an output goes out: numbers, classes, or boxes in their place. */
static davy_status add_parts(const davy_oip_request *request, const davy_served_info *info,
                             const davy_named_tensor *tensor, davy_oip_memory *memory, part *parts,
                             size_t *count)
{
    const davy_oip_output *wish = find_wish(request, tensor->name);
    const bool binary = is_binary(request, tensor->name);
    davy_named_tensor boxes[DAVY_OIP_BOX_TENSORS];
    davy_status status = DAVY_OK;

    if (!wish || !wish->boxes) {
        parts[*count] = (part){*tensor, binary};
        if (wish && wish->classification > 0)
            status = davy_oip_classify(tensor, wish->classification, info ? info->labels : NULL,
                                       info ? info->label_count : 0, memory, &parts[*count].tensor);
        ++*count;
        return status;
    }
    if (!info)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "the version that answered is gone: ask again");
    status =
        davy_oip_box_tensors(info, tensor, request->places, request->place_count, memory, boxes);
    for (size_t k = 0; k < DAVY_OIP_BOX_TENSORS && status == DAVY_OK; k++)
        parts[(*count)++] = (part){boxes[k], binary};
    return status;
}

/* Labels and the layout of boxes stand with the version that answered. */
static bool needs_version(const davy_oip_request *request)
{
    for (size_t i = 0; i < request->ask.output_count; i++)
        if (request->outputs[i].classification > 0 || request->outputs[i].boxes)
            return true;
    return false;
}

davy_status davy_oip_answer(davy_call *call, const davy_oip_request *request,
                            const davy_infer_response *response, davy_oip_memory *memory)
{
    const davy_served_info *info = NULL;
    davy_named_tensor *tensors = NULL;
    davy_lease *lease = NULL;
    size_t count = 0, part_count = 0;
    part *parts;
    void *taken = NULL;
    davy_status status = davy_oip_explained(response, memory, &tensors, &count);

    if (status == DAVY_OK)
        status = davy_oip_take(memory, count * DAVY_OIP_BOX_TENSORS, sizeof *parts, &taken);
    if (status != DAVY_OK)
        return status;
    parts = taken;
    if (needs_version(request))
        info = davy_oip_answered_by(call, response, &lease);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = add_parts(request, info, &tensors[i], memory, parts, &part_count);
    if (lease)
        davy_lease_release(lease);
    if (status != DAVY_OK)
        return davy_oip_boxes_failed(call, status);
    status = write_all(call, request, response, parts, part_count);
    if (status != DAVY_OK)
        return status;
    call->answer.code = 200;
    call->answer.type =
        call->answer.tensor_header > 0 ? "application/octet-stream" : "application/json";
    return DAVY_OK;
}
