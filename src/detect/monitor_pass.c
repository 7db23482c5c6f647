/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/monitor_inside.h"

#include <math.h>

/*
 * Samples of a stretch that are looked at together. Limits, quality and silence are answered by
 * what the stretch comes to. What looks at how the value moves is answered by how it moves at most,
 * where that is known and enough, and else by looking at each value, without what every sample
 * costs beside that: the time, the other checks, the delays that do not run.
 */
_Static_assert(DAVY_RATE_SPAN_NS == DAVY_MOVES_SPAN_NS, "a stretch tells the rates that are asked");

/* Where the checks of how the value moves stand after the stretch. */
struct after {
    davy_rate rate;
    davy_stuck stuck;
    davy_shift shift;
    davy_novel novel;
};

/* A monitor that passes a stretch, or does not. */
struct passing {
    const davy_monitor *monitor;
    const davy_emitter *emitter;
    const davy_passage *stretch;
    struct after *after;
};

/* An answer that was told and that nothing of this stretch changes. */
static bool is_settled(const davy_delay *delay, davy_phase phase, const davy_passage *stretch)
{
    return delay->told && delay->phase == phase && delay->since_ns <= stretch->first_ns;
}

/* Limits, silence, quality ------------------------------------------------------------------ */

/* The difference to the limit rises with the value, also when it is rounded, so the value that is
 * farthest out, or least far, answers for all. */
static bool passes_limit(const davy_delay *delay, const davy_condition *condition,
                         const davy_passage *stretch)
{
    const bool high = condition->kind >= DAVY_CONDITION_HI;
    const double most = high ? stretch->max - condition->limit : condition->limit - stretch->min;
    const double least = high ? stretch->min - condition->limit : condition->limit - stretch->max;

    if (is_settled(delay, DAVY_PHASE_OFF, stretch))
        return !(most > 0.0);
    return is_settled(delay, DAVY_PHASE_ON, stretch) && least > -condition->deadband;
}

static bool pass_limits(const struct passing *passing)
{
    const davy_monitor *monitor = passing->monitor;

    for (unsigned kind = 0; kind < DAVY_MONITOR_LIMITS; kind++)
        if (davy_monitor_asks(monitor, kind) &&
            !passes_limit(&monitor->limits[kind],
                          davy_monitor_condition(monitor, passing->emitter, kind),
                          passing->stretch))
            return false;
    return true;
}

static bool is_heard(const struct passing *passing)
{
    const davy_monitor *monitor = passing->monitor;
    const davy_passage *stretch = passing->stretch;
    int64_t allowed_ns;

    if (!davy_monitor_asks(monitor, DAVY_CONDITION_DEADLINE))
        return true;
    allowed_ns = davy_monitor_silence_ns(monitor, passing->emitter);
    return is_settled(&monitor->silence, DAVY_PHASE_OFF, stretch) &&
           stretch->longest_gap_ns <= allowed_ns &&
           stretch->first_ns - monitor->heard_ns <= allowed_ns;
}

/* How the value moves ----------------------------------------------------------------------- */

/* What a check makes of the next value; DAVY_CHANGE_NONE as long as it says nothing. */
typedef davy_change update_fn(const struct passing *passing, const davy_delays *delays,
                              double value, int64_t time_ns);

static davy_change update_rate(const struct passing *passing, const davy_delays *delays,
                               double value, int64_t time_ns)
{
    return davy_rate_update(&passing->after->rate, passing->monitor->signal->rate_limit, delays,
                            value, time_ns, time_ns);
}

static davy_change update_stuck(const struct passing *passing, const davy_delays *delays,
                                double value, int64_t time_ns)
{
    return davy_stuck_update(&passing->after->stuck, passing->monitor->signal->stuck_ns, delays,
                             value, time_ns, time_ns);
}

static davy_change update_shift(const struct passing *passing, const davy_delays *delays,
                                double value, int64_t time_ns)
{
    return davy_shift_update(&passing->after->shift, passing->monitor->signal->shift, delays, value,
                             time_ns, time_ns);
}

static davy_change update_novel(const struct passing *passing, const davy_delays *delays,
                                double value, int64_t time_ns)
{
    return davy_novel_update(&passing->after->novel, passing->monitor->signal->novel, delays, value,
                             time_ns, time_ns);
}

/* Look at each value until one brings an answer about, or sets one going. `delay` is the check's,
 * in what comes after. Inlined, so that a check costs no call through a pointer. */
static inline __attribute__((always_inline)) bool pass_each(const struct passing *passing,
                                                            davy_condition_kind kind,
                                                            const davy_delay *delay,
                                                            update_fn *update)
{
    const davy_passage *stretch = passing->stretch;
    const davy_delays delays = davy_monitor_delays(passing->monitor, passing->emitter, kind);
    const uint8_t phase = delay->phase;

    if (!stretch->values || davy_delay_is_pending(delay) || delay->since_ns > stretch->first_ns)
        return false;
    for (size_t i = 0; i < stretch->count; i++)
        if (update(passing, &delays, stretch->values[i], stretch->times[i]) != DAVY_CHANGE_NONE ||
            delay->phase != phase)
            return false;
    return true;
}

/* The bounds that a sealed chunk tells, when each of its samples is one that a rate is taken from:
 * else it is not known at which of them the next stretch begins. */
static bool pass_rate_by_bound(const struct passing *passing)
{
    const davy_passage *stretch = passing->stretch;
    const davy_rate *rate = &passing->monitor->rate;
    const double limit = passing->monitor->signal->rate_limit;
    const int64_t gap_ns = stretch->first_ns - rate->from_ns;
    double into;

    if (!stretch->moves.known || stretch->shortest_gap_ns < DAVY_RATE_SPAN_NS || !rate->started ||
        gap_ns < DAVY_RATE_SPAN_NS || !is_settled(&rate->delay, DAVY_PHASE_OFF, stretch))
        return false;
    into = fabs((stretch->first - rate->from_value) / ((double) gap_ns * 1e-9));
    if (into - limit > 0.0 || stretch->moves.steepest - limit > 0.0)
        return false;
    passing->after->rate.from_ns = stretch->last_ns;
    passing->after->rate.from_value = stretch->last;
    return true;
}

static bool pass_rate(const struct passing *passing)
{
    if (!davy_monitor_asks(passing->monitor, DAVY_CONDITION_RATE))
        return true;
    passing->after->rate = passing->monitor->rate;
    return pass_rate_by_bound(passing) ||
           pass_each(passing, DAVY_CONDITION_RATE, &passing->after->rate.delay, update_rate);
}

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How long the value has stood when the stretch begins with the same one; else 0. */
static int64_t held_into(const struct passing *passing)
{
    const davy_stuck *stuck = &passing->monitor->stuck;
    const int64_t gap_ns = passing->stretch->first_ns - stuck->time_ns;

    if (passing->stretch->first < stuck->value || passing->stretch->first > stuck->value)
        return 0;
    return stuck->held_ns + lesser(gap_ns, passing->monitor->signal->stuck_ns / 2);
}

/* A gap counts for half of what is asked at most, so the longest rest is a bound; where no gap is
 * that long it is just what is counted. */
static bool pass_stuck_by_bound(const struct passing *passing)
{
    const davy_passage *stretch = passing->stretch;
    const davy_stuck *stuck = &passing->monitor->stuck;
    const int64_t stuck_ns = passing->monitor->signal->stuck_ns;
    const bool rests = !(stretch->min < stretch->max);
    int64_t held_ns;

    if (!stretch->moves.known || !stuck->started || stuck->time_ns > stretch->first_ns ||
        stretch->longest_gap_ns > stuck_ns / 2)
        return false;
    held_ns = held_into(passing);
    if (is_settled(&stuck->delay, DAVY_PHASE_OFF, stretch)) {
        if (held_ns + stretch->moves.still_ns >= stuck_ns)
            return false;
    } else if (!is_settled(&stuck->delay, DAVY_PHASE_ON, stretch) || !rests ||
               held_ns < stuck->held_ns || stuck->held_ns < stuck_ns) {
        return false;
    }
    passing->after->stuck.value = stretch->last;
    passing->after->stuck.time_ns = stretch->last_ns;
    passing->after->stuck.held_ns = stretch->moves.still_last_ns + (rests ? held_ns : 0);
    return true;
}

static bool pass_stuck(const struct passing *passing)
{
    if (!davy_monitor_asks(passing->monitor, DAVY_CONDITION_STUCK))
        return true;
    passing->after->stuck = passing->monitor->stuck;
    return pass_stuck_by_bound(passing) ||
           pass_each(passing, DAVY_CONDITION_STUCK, &passing->after->stuck.delay, update_stuck);
}

static bool pass_shift(const struct passing *passing)
{
    if (!davy_monitor_asks(passing->monitor, DAVY_CONDITION_SHIFT))
        return true;
    passing->after->shift = *passing->monitor->shift;
    return pass_each(passing, DAVY_CONDITION_SHIFT, &passing->after->shift.delay, update_shift);
}

static bool pass_novel(const struct passing *passing)
{
    if (!davy_monitor_asks(passing->monitor, DAVY_CONDITION_NOVEL))
        return true;
    passing->after->novel = *passing->monitor->novel;
    return pass_each(passing, DAVY_CONDITION_NOVEL, &passing->after->novel.delay, update_novel);
}

/* All together ------------------------------------------------------------------------------ */

/* A kind that is added is not passed before it is known here. */
#define KNOWN                                                                        \
    ((DAVY_KIND_BIT(DAVY_MONITOR_LIMITS) - 1) | DAVY_KIND_BIT(DAVY_CONDITION_RATE) | \
     DAVY_KIND_BIT(DAVY_CONDITION_STUCK) | DAVY_KIND_BIT(DAVY_CONDITION_SHIFT) |     \
     DAVY_KIND_BIT(DAVY_CONDITION_NOVEL) | DAVY_KIND_BIT(DAVY_CONDITION_QUALITY) |   \
     DAVY_KIND_BIT(DAVY_CONDITION_DEADLINE))

static bool pass_good(const struct passing *passing)
{
    return is_settled(&passing->monitor->quality, DAVY_PHASE_OFF, passing->stretch) &&
           is_heard(passing) && pass_limits(passing) && pass_rate(passing) && pass_stuck(passing) &&
           pass_shift(passing) && pass_novel(passing);
}

/* Bad samples say nothing about the value, and hold an end that is pending. */
static bool is_any_pending(const davy_monitor *monitor)
{
    for (unsigned kind = 0; kind < DAVY_MONITOR_LIMITS; kind++)
        if (davy_delay_is_pending(&monitor->limits[kind]))
            return true;
    return davy_delay_is_pending(&monitor->rate.delay) ||
           davy_delay_is_pending(&monitor->stuck.delay) ||
           (monitor->shift && davy_delay_is_pending(&monitor->shift->delay)) ||
           (monitor->novel && davy_delay_is_pending(&monitor->novel->delay));
}

/* A signal whose badness rings already is heard in its bad samples. */
static bool pass_bad(const struct passing *passing)
{
    return is_settled(&passing->monitor->quality, DAVY_PHASE_ON, passing->stretch) &&
           is_heard(passing) && !is_any_pending(passing->monitor);
}

static bool can_pass(const davy_monitor *monitor, const davy_passage *stretch)
{
    return monitor->started && stretch->first_ns > monitor->time_ns && !(monitor->asked & ~KNOWN);
}

static void go_to(davy_monitor *monitor, const struct passing *passing)
{
    const struct after *after = passing->after;

    if (davy_monitor_asks(monitor, DAVY_CONDITION_RATE))
        monitor->rate = after->rate;
    if (davy_monitor_asks(monitor, DAVY_CONDITION_STUCK))
        monitor->stuck = after->stuck;
    if (davy_monitor_asks(monitor, DAVY_CONDITION_SHIFT))
        *monitor->shift = after->shift;
    if (davy_monitor_asks(monitor, DAVY_CONDITION_NOVEL))
        *monitor->novel = after->novel;
    monitor->value = passing->stretch->last;
    monitor->has_value = true;
}

bool davy_monitor_pass(davy_monitor *monitor, const davy_emitter *emitter,
                       const davy_passage *stretch)
{
    struct after after;
    const struct passing passing = {monitor, emitter, stretch, &after};

    if (!can_pass(monitor, stretch) || !(stretch->all_good || stretch->all_bad))
        return false;
    if (monitor->asked != 0) {
        if (stretch->all_good ? !pass_good(&passing) : !pass_bad(&passing))
            return false;
        if (stretch->all_good)
            go_to(monitor, &passing);
        monitor->heard_ns = stretch->last_ns;
    }
    monitor->late_run = 0;
    monitor->time_ns = stretch->last_ns;
    return true;
}
