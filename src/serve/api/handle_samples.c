/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/pattern.h"
#include "core/quantity.h"
#include "serve/api/samples.h"
#include "serve/handlers.h"

#define PIXELS_MAX 100000

struct selection {
    const char *pattern;
    davy_samples_query *query;
    size_t capacity;
};

static bool grow(struct selection *selection)
{
    davy_samples_query *query = selection->query;
    size_t capacity = selection->capacity ? 2 * selection->capacity : 64;
    davy_samples_signal *grown =
        davy_arena_array(&query->arena, capacity, sizeof query->signals[0]);

    if (!grown)
        return false;
    for (size_t i = 0; i < query->count; i++)
        grown[i] = query->signals[i];
    query->signals = grown;
    selection->capacity = capacity;
    return true;
}

static davy_status select_signal(void *context, const davy_store_signal_info *info)
{
    struct selection *selection = context;
    davy_samples_query *query = selection->query;
    davy_samples_signal *signal;

    if (!davy_pattern_selects(selection->pattern, info->path))
        return DAVY_OK;
    if (query->count == selection->capacity && !grow(selection))
        return davy_fail(DAVY_ERR_NOMEM, "the list of signals");
    signal = &query->signals[query->count];
    signal->id = info->id;
    signal->path = davy_arena_text(&query->arena, info->path, strlen(info->path));
    signal->unit = davy_arena_text(&query->arena, info->unit, strlen(info->unit));
    if (!signal->path || !signal->unit)
        return davy_fail(DAVY_ERR_NOMEM, "the list of signals");
    query->count++;
    return DAVY_OK;
}

/* step=10s, or pixels=1200 for a step that gives at most so many. */
static davy_status read_step(const davy_call *call, davy_samples_query *query)
{
    const char *step = davy_target_parameter(&call->target, "step");
    uint64_t span = (uint64_t) query->to_ns - (uint64_t) query->from_ns;
    uint64_t pixels;
    davy_status status = davy_call_number(call, "pixels", 1, PIXELS_MAX, 0, &pixels);

    if (status != DAVY_OK)
        return status;
    if (step && pixels > 0)
        return davy_fail(DAVY_ERR_INVALID, "the query has both 'step' and 'pixels'");
    if (step && davy_duration_parse(step, &query->step_ns) != DAVY_OK)
        return davy_fail_in(DAVY_ERR_INVALID, "'step'");
    if (pixels > 0)
        query->step_ns = (int64_t) ((span - 1) / pixels + 1);
    if (query->step_ns > 0 && (span - 1) / (uint64_t) query->step_ns + 1 > DAVY_STORE_BUCKETS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'step' gives more than %zu steps: make it longer",
                         DAVY_STORE_BUCKETS_MAX);
    return DAVY_OK;
}

static davy_status read_query(davy_call *call, davy_samples_query *query)
{
    struct selection selection = {davy_target_parameter(&call->target, "signals"), query, 0};
    davy_status status = davy_call_time(call, "from", &query->from_ns);

    if (status == DAVY_OK)
        status = davy_call_time(call, "to", &query->to_ns);
    if (status == DAVY_OK && query->from_ns >= query->to_ns)
        status = davy_fail(DAVY_ERR_INVALID, "'from' is not before 'to'");
    if (status == DAVY_OK)
        status = read_step(call, query);
    if (status == DAVY_OK)
        status = davy_store_signals(query->store, select_signal, &selection);
    if (status == DAVY_OK && query->count == 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "no signal fits '%.200s'", selection.pattern);
    return status;
}

davy_status davy_handle_samples(davy_call *call)
{
    davy_samples_query query = {.store = call->system->store};
    davy_status status = read_query(call, &query);

    if (status != DAVY_OK) {
        davy_arena_clear(&query.arena);
        return status;
    }
    call->answer.code = 200;
    call->answer.type = "application/json";
    return davy_samples_producer(&query, &call->answer.produce);
}
