/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/host_private.h"

#include <inttypes.h>
#include <string.h>

/* Elements of type BYTES point to memory of the instance: they are copied too. */
static davy_status copy_texts(davy_arena *arena, davy_bytes *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *copy = davy_arena_text(arena, texts[i].at ? texts[i].at : "", texts[i].length);

        if (!copy)
            return davy_fail(DAVY_ERR_NOMEM, "an answer");
        texts[i].at = copy;
    }
    return DAVY_OK;
}

/* Rows of one output of a batch; all of it when the request was alone. */
static davy_status copy_output(davy_visit *visit, const char *name, const davy_tensor *whole,
                               size_t first, size_t batch, davy_tensor *out)
{
    davy_arena *arena = &visit->response->arena;
    const size_t rows = visit->matched.rows;
    size_t count, skip = 0;

    *out = *whole;
    if (rows != batch) {
        if (whole->rank == 0 || whole->dims[0] != (int64_t) batch)
            return davy_fail(DAVY_ERR_CORRUPT,
                             "model '%s': output '%s' has %" PRId64 " rows for a batch of %zu, so "
                             "its requests cannot run together: set max_batch_size to 0",
                             visit->desk->info->name, name, whole->rank > 0 ? whole->dims[0] : 0,
                             batch);
        out->dims[0] = (int64_t) rows;
        skip = first * (size_t) davy_tensor_span(whole, 1, whole->rank);
    }
    count = (size_t) davy_tensor_count(out);
    out->data = davy_arena_array(arena, count + 1, davy_element_size(out->type));
    if (!out->data)
        return davy_fail(DAVY_ERR_NOMEM, "an answer of '%s'", visit->desk->info->name);
    if (count > 0)
        memcpy(out->data, (const char *) whole->data + skip * davy_element_size(out->type),
               count * davy_element_size(out->type));
    return out->type == DAVY_TYPE_TEXT ? copy_texts(arena, out->data, count) : DAVY_OK;
}

static davy_status take_states(davy_visit *visit, const davy_tensor *outputs, size_t first,
                               size_t batch)
{
    const davy_served_info *info = visit->desk->info;
    const davy_sequencing *sequencing = &info->config->sequencing;
    davy_tensor *states =
        davy_arena_array(&visit->response->arena, sequencing->state_count + 1, sizeof *states);
    davy_status status = states ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a state");

    for (size_t s = 0; s < sequencing->state_count && status == DAVY_OK; s++)
        for (size_t i = 0; i < info->output_count; i++)
            if (strcmp(info->outputs[i].name, sequencing->states[s].output) == 0)
                status = copy_output(visit, info->outputs[i].name, &outputs[i], first, batch,
                                     &states[s]);
    visit->states = states;
    return status;
}

davy_status davy_reply_take(davy_visit *visit, const davy_tensor *outputs, size_t first,
                            size_t batch)
{
    const davy_served_info *info = visit->desk->info;
    davy_infer_response *response = visit->response;
    davy_status status = DAVY_OK;

    response->outputs = davy_arena_array(&response->arena, visit->matched.output_count + 1,
                                         sizeof *response->outputs);
    if (!response->outputs)
        return davy_fail(DAVY_ERR_NOMEM, "an answer of '%s'", info->name);
    for (size_t i = 0; i < visit->matched.output_count && status == DAVY_OK; i++) {
        const size_t at = visit->matched.outputs[i];
        davy_named_tensor *named = &response->outputs[i];

        named->name = davy_arena_text(&response->arena, info->outputs[at].name,
                                      strlen(info->outputs[at].name));
        status = named->name
                     ? copy_output(visit, named->name, &outputs[at], first, batch, &named->tensor)
                     : davy_fail(DAVY_ERR_NOMEM, "an answer");
    }
    if (status == DAVY_OK && visit->sequence && info->config->sequencing.state_count > 0)
        status = take_states(visit, outputs, first, batch);
    response->output_count = status == DAVY_OK ? visit->matched.output_count : 0;
    return status;
}

void davy_infer_response_clear(davy_infer_response *response)
{
    davy_arena_clear(&response->arena);
    *response = (davy_infer_response){0};
}
