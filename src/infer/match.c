/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/match.h"

#include "core/buffer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Room for a shape in a sentence. */
#define SHAPE_TEXT_MAX 200

static const char *shape_text(int rank, const int64_t *dims, char text[SHAPE_TEXT_MAX])
{
    size_t used = 0;

    text[used++] = '[';
    for (int i = 0; i < rank && used + 24 < SHAPE_TEXT_MAX; i++)
        used += (size_t) snprintf(text + used, SHAPE_TEXT_MAX - used, "%s%" PRId64,
                                  i > 0 ? "," : "", dims[i]);
    (void) snprintf(text + used, SHAPE_TEXT_MAX - used, "]");
    return text;
}

static size_t find_port(const davy_port *ports, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(ports[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

static davy_status check_type(const davy_served_info *info, const davy_port *port,
                              const davy_tensor *tensor)
{
    const char *given = davy_datatype_name(tensor->type);

    if (tensor->type == port->type)
        return DAVY_OK;
    return davy_fail(
        DAVY_ERR_INVALID, "inference input '%s' data-type is '%s', but model '%s' expects '%s'",
        port->name, given ? given : "unknown", info->name, davy_datatype_name(port->type));
}

static davy_status check_shape(const davy_served_info *info, const davy_port *port,
                               const davy_tensor *tensor)
{
    char given[SHAPE_TEXT_MAX], expected[SHAPE_TEXT_MAX];
    bool fits = tensor->rank == port->rank;

    for (int i = 0; i < port->rank && fits; i++)
        fits = port->dims[i] < 0 || port->dims[i] == tensor->dims[i];
    if (fits)
        return DAVY_OK;
    return davy_fail(
        DAVY_ERR_INVALID, "unexpected shape for input '%s' for model '%s'. Expected %s, got %s%s",
        port->name, info->name, shape_text(port->rank, port->dims, expected),
        shape_text(tensor->rank, tensor->dims, given),
        info->batch_max > 0 ? ". The first dimension counts the samples of the batch" : "");
}

static davy_status place_input(const davy_served_info *info, const davy_named_tensor *given,
                               davy_match_kept kept, davy_matched *out)
{
    const size_t at = find_port(info->inputs, info->input_count, given->name);
    davy_status status;

    if (at == SIZE_MAX || (kept && kept(info->config, given->name)))
        return davy_fail(DAVY_ERR_INVALID, "unexpected inference input '%.200s' for model '%s'",
                         given->name, info->name);
    if (out->inputs[at].type != DAVY_TYPE_NONE)
        return davy_fail(DAVY_ERR_INVALID, "input '%s' already exists in request", given->name);
    status = check_type(info, &info->inputs[at], &given->tensor);
    if (status == DAVY_OK)
        status = check_shape(info, &info->inputs[at], &given->tensor);
    if (status == DAVY_OK && !given->tensor.data && davy_tensor_count(&given->tensor) > 0)
        status = davy_fail(DAVY_ERR_INVALID, "input '%s' has no data", given->name);
    out->inputs[at] = given->tensor;
    return status;
}

/* All that is missing in one sentence. */
static davy_status check_complete(const davy_served_info *info, const davy_infer_request *request,
                                  davy_match_kept kept, const davy_matched *matched)
{
    davy_buffer missing = {0};
    size_t wanted = 0, count = 0;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < info->input_count; i++) {
        const davy_port *port = &info->inputs[i];

        if (kept && kept(info->config, port->name))
            continue;
        wanted++;
        if (matched->inputs[i].type == DAVY_TYPE_NONE)
            davy_buffer_printf(&missing, "%s'%.100s'", count++ > 0 ? ", " : "", port->name);
    }
    if (count > 0)
        status =
            davy_fail(DAVY_ERR_INVALID,
                      "expected %zu inputs but got %zu inputs for model '%s'. Missing required "
                      "input(s) [%s]",
                      wanted, request->input_count, info->name, missing.bytes ? missing.bytes : "");
    davy_buffer_clear(&missing);
    return status;
}

static davy_status count_rows(const davy_served_info *info, davy_matched *out)
{
    int64_t rows = -1;

    out->rows = 1;
    if (info->batch_max == 0)
        return DAVY_OK;
    for (size_t i = 0; i < info->input_count; i++) {
        if (out->inputs[i].type == DAVY_TYPE_NONE)
            continue;
        if (rows >= 0 && out->inputs[i].dims[0] != rows)
            return davy_fail(DAVY_ERR_INVALID,
                             "input '%s' batch size does not match other inputs for '%s': %" PRId64
                             " and %" PRId64,
                             info->inputs[i].name, info->name, out->inputs[i].dims[0], rows);
        rows = out->inputs[i].dims[0];
    }
    if (rows < 1)
        return davy_fail(DAVY_ERR_INVALID,
                         "inference request batch-size must be at least 1 for '%s'", info->name);
    if ((uint64_t) rows > info->batch_max)
        return davy_fail(DAVY_ERR_INVALID, "inference request batch-size must be <= %zu for '%s'",
                         info->batch_max, info->name);
    out->rows = (size_t) rows;
    return DAVY_OK;
}

static davy_status match_inputs(const davy_served_info *info, const davy_infer_request *request,
                                davy_match_kept kept, davy_matched *out)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < request->input_count && status == DAVY_OK; i++)
        status = place_input(info, &request->inputs[i], kept, out);
    if (status == DAVY_OK)
        status = check_complete(info, request, kept, out);
    return status == DAVY_OK ? count_rows(info, out) : status;
}

static davy_status add_output(const davy_served_info *info, size_t at, const char *name,
                              davy_matched *out)
{
    if (at == SIZE_MAX)
        return davy_fail(DAVY_ERR_NOT_FOUND, "unexpected inference output '%.200s' for model '%s'",
                         name, info->name);
    for (size_t i = 0; i < out->output_count; i++)
        if (out->outputs[i] == at)
            return davy_fail(DAVY_ERR_INVALID, "output '%s' already exists in request", name);
    out->outputs[out->output_count++] = at;
    return DAVY_OK;
}

/* Without a wish all outputs, but the states that the host keeps. */
static davy_status match_outputs(const davy_served_info *info, const davy_infer_request *request,
                                 davy_match_kept kept, davy_matched *out)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < request->output_count && status == DAVY_OK; i++)
        status = add_output(info, find_port(info->outputs, info->output_count, request->outputs[i]),
                            request->outputs[i], out);
    if (request->output_count == 0)
        for (size_t i = 0; i < info->output_count && status == DAVY_OK; i++)
            if (!kept || !kept(info->config, info->outputs[i].name))
                status = add_output(info, i, info->outputs[i].name, out);
    return status;
}

davy_status davy_match(const davy_served_info *info, const davy_infer_request *request,
                       davy_match_kept kept, davy_arena *arena, davy_matched *out)
{
    davy_matched matched = {
        .inputs = davy_arena_array(arena, info->input_count + 1, sizeof *matched.inputs),
        .outputs = davy_arena_array(arena, info->output_count + 1, sizeof *matched.outputs)};
    davy_status status;

    if (!matched.inputs || !matched.outputs)
        return davy_fail(DAVY_ERR_NOMEM, "a request for '%s'", info->name);
    status = match_inputs(info, request, kept, &matched);
    if (status == DAVY_OK)
        status = match_outputs(info, request, kept, &matched);
    if (status == DAVY_OK)
        *out = matched;
    return status;
}
