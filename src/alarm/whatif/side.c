/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/side.h"

#include "site/condition.h"

#include <stdlib.h>
#include <string.h>

/* Nothing here depends on the order in which signals are rehearsed: of two alarms that ring in an
 * event the earlier one found it, and of two at the same moment the one of the first condition. */

/* Events ------------------------------------------------------------------------------------ */

static bool concerns(const davy_whatif_side *side, size_t condition, const davy_event *event)
{
    size_t asset = side->conditions[condition].asset;

    if (!event->asset)
        return true;
    return asset != DAVY_SITE_NONE && strcmp(side->site->assets[asset].name, event->asset) == 0;
}

/* First event that begins later than this. */
static size_t first_after(const davy_event_list *events, int64_t time_ns)
{
    size_t low = 0, high = events->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (events->items[middle].from_ns > time_ns)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void find_event(davy_whatif_find *find, size_t condition, int64_t time_ns)
{
    if (find->at_ns != 0 &&
        (find->at_ns < time_ns || (find->at_ns == time_ns && find->condition < condition)))
        return;
    find->at_ns = time_ns;
    find->condition = condition;
}

static void ring(davy_whatif_side *side, size_t condition, int64_t time_ns)
{
    const davy_event_list *events = side->events;

    side->heard[condition]++;
    davy_whatif_rings_add(&side->rings, time_ns, side->conditions[condition].position);
    for (size_t i = first_after(events, time_ns - side->longest_ns - 1);
         i < events->count && events->items[i].from_ns <= time_ns; i++)
        if (time_ns < events->items[i].to_ns && concerns(side, condition, &events->items[i]))
            find_event(&side->finds[i], condition, time_ns);
}

/* An event that began under an alarm. One that rang shortly before may have seen it coming. */
static void begin_under(davy_whatif_side *side, size_t condition, size_t event)
{
    const int64_t since_ns = side->since_ns[condition];

    if (side->events->items[event].from_ns - since_ns <= side->events->items[event].lead_ns)
        find_event(&side->finds[event], condition, since_ns);
    else
        side->finds[event].stood = true;
}

/* In alarm until now. */
static void end_standing(davy_whatif_side *side, size_t condition, int64_t time_ns)
{
    const davy_event_list *events = side->events;

    if (side->since_ns[condition] == 0)
        return;
    for (size_t i = first_after(events, side->since_ns[condition]);
         i < events->count && events->items[i].from_ns <= time_ns; i++)
        if (concerns(side, condition, &events->items[i]))
            begin_under(side, condition, i);
    side->since_ns[condition] = 0;
}

static void hear(void *context, size_t condition, bool rings, bool stands, int64_t time_ns)
{
    davy_whatif_side *side = context;

    condition += side->first;
    if (rings)
        ring(side, condition, time_ns);
    if (!stands)
        end_standing(side, condition, time_ns);
    else if (side->since_ns[condition] == 0)
        side->since_ns[condition] = time_ns;
}

/* Rehearsing -------------------------------------------------------------------------------- */

davy_status davy_whatif_side_open(davy_whatif_side *side)
{
    size_t bytes;
    davy_status status = davy_conditions_make(&side->concerned.site, &side->conditions,
                                              &side->condition_count, &bytes);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < side->events->count; i++) {
        const davy_event *event = &side->events->items[i];

        if (event->to_ns - event->from_ns > side->longest_ns)
            side->longest_ns = event->to_ns - event->from_ns;
    }
    side->heard = calloc(side->condition_count + 1, sizeof *side->heard);
    side->since_ns = calloc(side->condition_count + 1, sizeof *side->since_ns);
    side->finds = calloc(side->events->count + 1, sizeof *side->finds);
    if (!side->heard || !side->since_ns || !side->finds)
        return davy_fail(DAVY_ERR_NOMEM, "%zu conditions", side->condition_count);
    return DAVY_OK;
}

davy_status davy_whatif_side_start(davy_whatif_side *side, const char *registry, int64_t begin_ns)
{
    const davy_rehearsal_options options = {&side->concerned.site, registry, begin_ns, side, hear};

    side->first = 0;
    return davy_rehearsal_create(&options, &side->rehearsal);
}

/* The conditions of the signals before it: the list is in their order. */
static size_t conditions_before(const davy_whatif_side *side, size_t signal)
{
    size_t low = 0, high = side->condition_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (side->conditions[middle].signal < signal)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* DAVY_SITE_NONE for one that is not concerned. */
static size_t find_signal(const davy_whatif_side *side, davy_signal_id id)
{
    const davy_site_signal *signal = davy_site_signal_by_id(side->site, id);
    size_t index = signal ? (size_t) (signal - side->site->signals) : DAVY_SITE_NONE;

    return signal && side->concerned.signals[index].id == id ? index : DAVY_SITE_NONE;
}

davy_status davy_whatif_side_start_alone(davy_whatif_side *side, davy_signal_id id,
                                         int64_t begin_ns)
{
    size_t signal = find_signal(side, id);
    davy_rehearsal_options options = {NULL, "", begin_ns, side, hear};
    davy_site alone;

    if (signal == DAVY_SITE_NONE)
        return DAVY_OK;
    alone = side->concerned.site;
    alone.signals = &side->concerned.signals[signal];
    alone.signal_count = 1;
    side->alone = alone;
    options.site = &side->alone;
    side->first = conditions_before(side, signal);
    side->passed_ns = INT64_MIN;
    return davy_rehearsal_create(&options, &side->rehearsal);
}

bool davy_whatif_side_pass(davy_whatif_side *side, davy_signal_id signal,
                           const davy_passage *stretch)
{
    if (!side->rehearsal)
        return true;
    if (!davy_rehearsal_pass(side->rehearsal, signal, stretch))
        return false;
    side->passed_ns = stretch->last_ns;
    return true;
}

/* What was passed by this side comes all the same when the other one wants it. */
davy_status davy_whatif_side_run(davy_whatif_side *side, const davy_store_run *run)
{
    if (!side->rehearsal || run->times[0] <= side->passed_ns)
        return DAVY_OK;
    return davy_rehearsal_run(side->rehearsal, run);
}

davy_status davy_whatif_side_end(davy_whatif_side *side, int64_t end_ns)
{
    davy_status status = DAVY_OK;

    if (side->rehearsal)
        status = davy_rehearsal_end(side->rehearsal, end_ns);
    for (size_t i = 0; i < side->condition_count; i++)
        end_standing(side, i, end_ns);
    davy_rehearsal_destroy(side->rehearsal);
    side->rehearsal = NULL;
    return status;
}

void davy_whatif_side_clear(davy_whatif_side *side)
{
    davy_rehearsal_destroy(side->rehearsal);
    davy_concerned_clear(&side->concerned);
    davy_buffer_clear(&side->settings);
    free(side->conditions);
    free(side->heard);
    free(side->since_ns);
    free(side->finds);
    davy_whatif_rings_clear(&side->rings);
}
