/* SPDX-License-Identifier: Apache-2.0 */
#include "store/held_rows.h"
#include "store/summary.h"

#include <math.h>
#include <stdlib.h>

/* Times in state under way. Time goes forward. */
struct walk {
    davy_summary summary; /* its buckets are only the starts of the steps */
    davy_held_block *block;
    davy_rollup_tier tier; /* of the block, when it is usable or was looked for */
    unsigned part;
    bool looked, usable;
    double *values;
    size_t *states;
    davy_store_state_step *steps;
    bool newest; /* only what stands at the end is wanted, of however many values */
    bool any;    /* a sample was seen: */
    uint8_t state;
    int64_t since_ns;
    int64_t first_ns; /* of the first one; the end of the range before */
};

/* What was last seen stands up to a time. */
static void hold(struct walk *walk, int64_t to_ns)
{
    while (walk->any && walk->state != DAVY_HELD_NONE && walk->since_ns < to_ns) {
        const size_t step = davy_summary_bucket(&walk->summary, walk->since_ns);
        int64_t end_ns = davy_summary_bucket_end(&walk->summary, step);

        end_ns = end_ns < to_ns ? end_ns : to_ns;
        walk->steps[step].held_ns[walk->state] += end_ns - walk->since_ns;
        walk->since_ns = end_ns;
    }
}

static davy_status find_state(struct walk *walk, double value, uint8_t quality, uint8_t *state)
{
    if (davy_held_find(walk->values, walk->states, value, quality, state))
        return DAVY_OK;
    if (walk->newest) { /* what stood before is of no use any more */
        *walk->states = 0;
        (void) davy_held_find(walk->values, walk->states, value, quality, state);
        return DAVY_OK;
    }
    return davy_fail(DAVY_ERR_UNSUPPORTED,
                     "signal %u has more than %d different values: it is no signal of states",
                     walk->summary.signal, DAVY_STORE_STATES_MAX);
}

static void see(struct walk *walk, int64_t time_ns)
{
    if (!walk->any)
        walk->first_ns = time_ns;
    walk->any = true;
}

static davy_status add_point(struct walk *walk, int64_t time_ns, double value, uint8_t quality)
{
    hold(walk, time_ns);
    see(walk, time_ns);
    walk->since_ns = time_ns;
    return find_state(walk, value, quality, &walk->state);
}

static davy_status add_run(void *context, const davy_store_run *run)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < run->count && status == DAVY_OK; i++)
        status = add_point(context, run->times[i], run->values[i], run->quality[i]);
    if (status == DAVY_OK)
        status = davy_summary_check_wanted(&((const struct walk *) context)->summary);
    return status;
}

static davy_status add_samples(struct walk *walk, int64_t from_ns, int64_t to_ns)
{
    return davy_store_scan(walk->summary.store, walk->summary.signal, from_ns, to_ns, add_run,
                           walk);
}

/* Points in memory of days that have no file. */
static davy_status add_hot(struct walk *walk, int64_t to_ns)
{
    const davy_points *hot = walk->summary.hot;
    const size_t to = davy_points_find(hot, to_ns);
    davy_status status = DAVY_OK;

    for (size_t i = walk->summary.hot_at; i < to && status == DAVY_OK; i++)
        status = add_point(walk, hot->times[i], hot->values[i], hot->quality[i]);
    walk->summary.hot_at = to;
    return status;
}

static davy_status add_row(struct walk *walk, const davy_held_row *row)
{
    davy_store_state_step *step = &walk->steps[davy_summary_bucket(&walk->summary, row->time_ns)];
    davy_status status = DAVY_OK;

    hold(walk, row->first_ns);
    for (size_t i = 0; i < walk->block->states && status == DAVY_OK; i++) {
        uint8_t state = DAVY_HELD_NONE;

        if (row->held_ns[i] > 0)
            status = find_state(walk, walk->block->values[i], DAVY_QUALITY_GOOD, &state);
        if (status == DAVY_OK && state != DAVY_HELD_NONE)
            step->held_ns[state] += row->held_ns[i];
    }
    see(walk, row->first_ns);
    walk->since_ns = row->last_ns;
    walk->state = DAVY_HELD_NONE;
    if (status == DAVY_OK && row->last != DAVY_HELD_NONE)
        status = find_state(walk, walk->block->values[row->last], DAVY_QUALITY_GOOD, &walk->state);
    return status;
}

static bool load(struct walk *walk, davy_rollup_tier tier, unsigned part)
{
    davy_summary *summary = &walk->summary;
    const davy_rollup_key key = {summary->signal, tier, part};
    uint64_t through;

    if (walk->looked && walk->tier == tier && walk->part == part)
        return walk->usable;
    walk->looked = true;
    walk->tier = tier;
    walk->part = part;
    walk->usable = davy_rollup_file_get_states(summary->file, summary->work, key, &through,
                                               walk->block) == DAVY_OK &&
                   davy_summary_is_current(summary, through);
    return walk->usable;
}

/* Rows that begin in [from_ns, to_ns), from block after block; samples where there is none. */
static davy_status add_rows(struct walk *walk, davy_rollup_tier tier, int64_t from_ns,
                            int64_t to_ns)
{
    const int64_t day_ns = davy_day_start_ns(walk->summary.number);
    davy_status status = DAVY_OK;

    while (from_ns < to_ns && status == DAVY_OK) {
        const int64_t part = (from_ns - day_ns) / davy_rollup_part_ns[tier];
        int64_t end_ns = day_ns + (part + 1) * davy_rollup_part_ns[tier];

        end_ns = end_ns < to_ns ? end_ns : to_ns;
        if (!load(walk, tier, (unsigned) part))
            status = add_samples(walk, from_ns, end_ns);
        else
            for (size_t i = 0; i < walk->block->count && status == DAVY_OK; i++)
                if (walk->block->rows[i].time_ns >= from_ns &&
                    walk->block->rows[i].time_ns < end_ns)
                    status = add_row(walk, &walk->block->rows[i]);
        from_ns = end_ns;
    }
    return status;
}

/* The coarsest tier that a stretch begins and ends with. */
static int find_tier(const struct walk *walk, int64_t from_ns, int64_t to_ns)
{
    const int64_t day_ns = davy_day_start_ns(walk->summary.number);
    int tier = DAVY_ROLLUP_1H;

    while (tier > DAVY_ROLLUP_10S && ((from_ns - day_ns) % davy_rollup_step_ns[tier] != 0 ||
                                      (to_ns - day_ns) % davy_rollup_step_ns[tier] != 0))
        tier--;
    return tier;
}

/* Within one step. */
static davy_status add_stretch(struct walk *walk, int64_t from_ns, int64_t to_ns)
{
    const davy_points *hot = walk->summary.hot;
    const int64_t fine_ns = davy_rollup_step_ns[DAVY_ROLLUP_10S];

    if (!walk->summary.alone && (from_ns % fine_ns != 0 || to_ns % fine_ns != 0 ||
                                 davy_points_find(hot, from_ns) < davy_points_find(hot, to_ns)))
        return add_samples(walk, from_ns, to_ns);
    return add_rows(walk, (davy_rollup_tier) find_tier(walk, from_ns, to_ns), from_ns, to_ns);
}

/* Steps that no tier has would be read sample by sample, each anew. */
static bool are_of_use(struct walk *walk)
{
    const davy_summary *summary = &walk->summary;
    const int64_t fine_ns = davy_rollup_step_ns[DAVY_ROLLUP_10S];

    walk->looked = false;
    return davy_summary_enter_day(&walk->summary) && load(walk, DAVY_ROLLUP_1H, 0) &&
           (summary->alone || (summary->from_ns % fine_ns == 0 && summary->step_ns % fine_ns == 0));
}

static davy_status add_day(struct walk *walk, int32_t number)
{
    davy_summary *summary = &walk->summary;
    const int64_t day_ns = davy_day_start_ns(number), next_ns = davy_day_start_ns(number + 1);
    const int64_t to_ns = summary->to_ns < next_ns ? summary->to_ns : next_ns;
    int64_t from_ns = summary->from_ns > day_ns ? summary->from_ns : day_ns;
    davy_status status = add_hot(walk, from_ns);

    summary->number = number;
    if (status == DAVY_OK && !are_of_use(walk)) {
        status = add_samples(walk, from_ns, to_ns);
        from_ns = to_ns;
    }
    while (from_ns < to_ns && status == DAVY_OK) {
        int64_t end_ns = davy_summary_bucket_end(summary, davy_summary_bucket(summary, from_ns));

        end_ns = end_ns < to_ns ? end_ns : to_ns;
        status = add_stretch(walk, from_ns, end_ns);
        from_ns = end_ns;
    }
    summary->hot_at = davy_points_find(summary->hot, to_ns);
    davy_summary_leave_day(summary);
    return status;
}

static davy_status add_days(struct walk *walk)
{
    davy_summary *summary = &walk->summary;
    int32_t *numbers;
    size_t count;
    davy_status status = davy_store_list_days(summary->store, davy_day_of(summary->from_ns),
                                              davy_day_of(summary->to_ns - 1), &numbers, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        status = davy_summary_check_wanted(summary);
        if (status == DAVY_OK)
            status = add_day(walk, numbers[i]);
    }
    free(numbers);
    if (status == DAVY_OK)
        status = add_hot(walk, summary->to_ns);
    if (status == DAVY_OK)
        hold(walk, summary->to_ns);
    return status;
}

static davy_status prepare(struct walk *walk, size_t count)
{
    davy_summary *summary = &walk->summary;
    davy_status status = davy_codec_work_create(&summary->work);

    walk->block = malloc(sizeof *walk->block);
    summary->buckets = calloc(count, sizeof *summary->buckets);
    if (status == DAVY_OK && (!walk->block || !summary->buckets))
        status = davy_fail(DAVY_ERR_NOMEM, "no memory for %zu steps", count);
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        const int64_t time_ns = summary->from_ns + (int64_t) i * summary->step_ns;

        summary->buckets[i].time_ns = time_ns;
        walk->steps[i] = (davy_store_state_step){.time_ns = time_ns};
    }
    return status;
}

static davy_status add_standing(struct walk *walk);

static davy_status walk_range(struct walk *walk, size_t count)
{
    davy_summary *summary = &walk->summary;
    davy_points hot = {0};
    davy_status status = prepare(walk, count);

    summary->hot = &hot;
    walk->first_ns = summary->to_ns;
    if (status == DAVY_OK)
        status = davy_hot_copy(summary->store->hot, summary->signal, summary->from_ns,
                               summary->to_ns, &hot);
    if (status == DAVY_OK)
        status = add_days(walk);
    if (status == DAVY_OK && !walk->newest && walk->first_ns > summary->from_ns)
        status = add_standing(walk);
    davy_summary_clear(summary);
    free(summary->buckets);
    free(walk->block);
    davy_points_clear(&hot);
    return status;
}

/* The newest sample of one day before a range, if it has one. */
static davy_status look_at_day(const davy_summary *summary, int32_t number, bool *any,
                               double *value)
{
    const int64_t from_ns = davy_day_start_ns(number), next_ns = davy_day_start_ns(number + 1);
    const int64_t to_ns = next_ns < summary->from_ns ? next_ns : summary->from_ns;
    double values[DAVY_STORE_STATES_MAX];
    size_t states = 0;
    davy_store_state_step step;
    struct walk walk = {.summary = {.store = summary->store,
                                    .signal = summary->signal,
                                    .from_ns = from_ns,
                                    .to_ns = to_ns,
                                    .step_ns = to_ns - from_ns,
                                    .wanted = summary->wanted},
                        .values = values,
                        .states = &states,
                        .steps = &step,
                        .newest = true};
    const davy_status status = walk_range(&walk, 1);

    *any = walk.any;
    *value = walk.any && walk.state != DAVY_HELD_NONE ? values[walk.state] : NAN;
    return status;
}

/* What stands until the first sample of a range was told before it, perhaps days ago: a valve is
 * told when it moves. */
static davy_status add_standing(struct walk *walk)
{
    const davy_summary *summary = &walk->summary;
    bool any = false;
    double value = NAN;
    davy_status status = DAVY_OK;

    if (summary->from_ns < INT64_MIN + (DAVY_STORE_STATES_DAYS + 2) * 86400LL * DAVY_NS_PER_S)
        return DAVY_OK;
    for (int32_t i = 0; i <= DAVY_STORE_STATES_DAYS && status == DAVY_OK && !any; i++)
        status = look_at_day(summary, davy_day_of(summary->from_ns - 1) - i, &any, &value);
    if (status == DAVY_OK)
        status = find_state(walk, value, DAVY_QUALITY_GOOD, &walk->state);
    if (status != DAVY_OK || !any)
        return status;
    walk->any = true;
    walk->since_ns = summary->from_ns;
    hold(walk, walk->first_ns);
    return DAVY_OK;
}

/* Again when a day file went meanwhile, as davy_store_summarise_wanted() does. */
davy_status davy_store_states(davy_store *store, davy_signal_id signal, int64_t from_ns,
                              int64_t to_ns, int64_t step_ns, double *values, size_t *states,
                              davy_store_state_step *steps, size_t count, const davy_wanted *wanted)
{
    const struct walk anew = {.summary = {.store = store,
                                          .signal = signal,
                                          .from_ns = from_ns,
                                          .to_ns = to_ns,
                                          .step_ns = step_ns,
                                          .wanted = wanted},
                              .values = values,
                              .states = states,
                              .steps = steps};
    davy_status status = davy_summary_check(from_ns, to_ns, step_ns, count);
    uint64_t struck;

    *states = 0;
    if (status != DAVY_OK)
        return status;
    do {
        struct walk walk = anew;

        *states = 0;
        struck = davy_days_struck(store->days);
        status = walk_range(&walk, count);
    } while (status == DAVY_OK && davy_days_struck(store->days) != struck);
    return status;
}
