/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/pattern.h"
#include "serve/samples/samples.h"

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
    signal->from_ns = query->from_ns;
    signal->to_ns = query->to_ns;
    if (!signal->path || !signal->unit)
        return davy_fail(DAVY_ERR_NOMEM, "the list of signals");
    query->count++;
    return DAVY_OK;
}

davy_status davy_samples_select(davy_samples_query *query, const char *pattern)
{
    struct selection selection = {.pattern = pattern, .query = query};
    davy_status status = davy_store_signals(query->store, select_signal, &selection);

    if (status == DAVY_OK && query->count == 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "no signal fits '%.200s'", pattern);
    return status;
}

/* Of the least step and more, whole tiers of the store's rollups, when that lengthens it by a
 * twentieth at most. One step is kept for the first, which is cut. */
static void align(davy_samples_query *query, uint64_t least_ns)
{
    static const uint64_t tiers_s[] = {3600, 60, 10};
    const uint64_t span = (uint64_t) query->to_ns - (uint64_t) query->from_ns;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(tiers_s); i++) {
        const uint64_t tier_ns = tiers_s[i] * DAVY_NS_PER_S;
        int64_t past_ns;
        uint64_t first_ns;

        if (least_ns < 20 * tier_ns || least_ns > INT64_MAX - tier_ns)
            continue;
        query->step_ns = (int64_t) ((least_ns + tier_ns - 1) / tier_ns * tier_ns);
        past_ns = query->from_ns % query->step_ns; /* below zero before 1970 */
        first_ns = (uint64_t) (past_ns > 0 ? query->step_ns - past_ns : -past_ns);
        query->first_ns = query->from_ns + (int64_t) (first_ns < span ? first_ns : span);
        return;
    }
}

davy_status davy_samples_set_step(davy_samples_query *query, int64_t step_ns, uint64_t pixels)
{
    const uint64_t span = (uint64_t) query->to_ns - (uint64_t) query->from_ns;
    const uint64_t step = step_ns > 0 ? (uint64_t) step_ns : (span - 1) / pixels + 1;

    if ((span - 1) / step + 1 > DAVY_STORE_BUCKETS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'step' gives more than %zu steps: make it longer",
                         DAVY_STORE_BUCKETS_MAX);
    query->step_ns = (int64_t) (step < INT64_MAX ? step : INT64_MAX);
    query->first_ns = query->from_ns;
    if (step_ns <= 0 && pixels > 1)
        align(query, (span - 1) / (pixels - 1) + 1);
    return DAVY_OK;
}
