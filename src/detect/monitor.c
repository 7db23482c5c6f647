/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/monitor.h"

#include "detect/limit.h"
#include "site/condition.h"

#include <math.h>

#define LIMIT_COUNT (DAVY_CONDITION_HIHI + 1)

static const davy_delays at_once;

static bool asks(const davy_monitor *monitor, davy_condition_kind kind)
{
    return (monitor->asked & DAVY_KIND_BIT(kind)) != 0;
}

/* Conditions of a signal stand in the order of their kinds. */
static size_t condition_of(const davy_monitor *monitor, davy_condition_kind kind)
{
    uint32_t before = monitor->asked & (DAVY_KIND_BIT(kind) - 1);

    return monitor->first + (size_t) __builtin_popcount(before);
}

/* With what rules say about it. The list of conditions is large and mostly out of the cache: what
 * every sample needs is taken from the signal wherever it is the same. */
static const davy_condition *condition_at(const davy_monitor *monitor, const davy_emitter *emitter,
                                          davy_condition_kind kind)
{
    return &emitter->conditions[condition_of(monitor, kind)];
}

static davy_delays delays_of(const davy_monitor *monitor, const davy_emitter *emitter,
                             davy_condition_kind kind)
{
    const davy_condition *condition;

    if (!monitor->retimed)
        return (davy_delays){davy_signal_on_delay(monitor->signal, kind),
                             davy_signal_off_delay(monitor->signal, kind)};
    condition = condition_at(monitor, emitter, kind);
    return (davy_delays){condition->on_delay_ns, condition->off_delay_ns};
}

static void begin(const davy_monitor *monitor, davy_emitter *emitter, davy_condition_kind kind,
                  davy_change change, int64_t time_ns)
{
    (void) davy_emitter_begin(emitter, condition_of(monitor, kind), change == DAVY_CHANGE_BEGINS,
                              time_ns, monitor->has_value ? monitor->value : NAN);
}

/* Sentences -------------------------------------------------------------------------------- */

static void tell_limit(const davy_monitor *monitor, davy_emitter *emitter, davy_condition_kind kind,
                       davy_change change, int64_t time_ns)
{
    const davy_site_signal *signal = monitor->signal;
    const char *side = kind >= DAVY_CONDITION_HI ? "above" : "below";
    const char *name = davy_condition_kind_name(kind);
    const int64_t on_ns = condition_at(monitor, emitter, kind)->on_delay_ns;
    char value[DAVY_VALUE_TEXT_MAX], limit[DAVY_VALUE_TEXT_MAX], lasted[DAVY_LASTED_TEXT_MAX];

    begin(monitor, emitter, kind, change, time_ns);
    (void) davy_value_text(value, monitor->value, signal->unit);
    (void) davy_value_text(limit, emitter->finding.limit, signal->unit);
    if (change == DAVY_CHANGE_ENDS)
        davy_emitter_say(emitter, "%s %s is no longer %s %s %s", signal->name, value, side, name,
                         limit);
    else if (on_ns > 0)
        davy_emitter_say(emitter, "%s %s is %s %s %s (for %s)", signal->name, value, side, name,
                         limit, davy_lasted_text(lasted, on_ns));
    else
        davy_emitter_say(emitter, "%s %s is %s %s %s", signal->name, value, side, name, limit);
    davy_emitter_send(emitter);
}

static void tell_rate(const davy_monitor *monitor, davy_emitter *emitter, davy_change change,
                      int64_t time_ns)
{
    const davy_site_signal *signal = monitor->signal;
    char rate[DAVY_VALUE_TEXT_MAX], limit[DAVY_VALUE_TEXT_MAX];

    begin(monitor, emitter, DAVY_CONDITION_RATE, change, time_ns);
    emitter->finding.value = monitor->rate.per_second;
    (void) davy_value_text(rate, monitor->rate.per_second, signal->unit);
    (void) davy_value_text(limit, signal->rate_limit, signal->unit);
    davy_emitter_say(emitter, "%s changes by %s per second, %s %s", signal->name, rate,
                     change == DAVY_CHANGE_BEGINS ? "more than" : "within", limit);
    davy_emitter_send(emitter);
}

static void tell_stuck(const davy_monitor *monitor, davy_emitter *emitter, davy_change change,
                       int64_t time_ns)
{
    const davy_site_signal *signal = monitor->signal;
    char value[DAVY_VALUE_TEXT_MAX], lasted[DAVY_LASTED_TEXT_MAX];

    begin(monitor, emitter, DAVY_CONDITION_STUCK, change, time_ns);
    (void) davy_value_text(value, monitor->value, signal->unit);
    if (change == DAVY_CHANGE_BEGINS)
        davy_emitter_say(emitter, "%s has stood at %s for %s", signal->name, value,
                         davy_lasted_text(lasted, monitor->stuck.held_ns));
    else
        davy_emitter_say(emitter, "%s moves: %s", signal->name, value);
    davy_emitter_send(emitter);
}

static void tell_shift(const davy_monitor *monitor, davy_emitter *emitter, davy_change change,
                       int64_t time_ns)
{
    const davy_site_signal *signal = monitor->signal;
    const davy_shift *shift = monitor->shift;
    char mean[DAVY_VALUE_TEXT_MAX], target[DAVY_VALUE_TEXT_MAX];

    begin(monitor, emitter, DAVY_CONDITION_SHIFT, change, time_ns);
    emitter->finding.value = davy_shift_distance(shift);
    (void) davy_value_text(mean, shift->ewma.value, signal->unit);
    (void) davy_value_text(target, shift->ewma.target, signal->unit);
    davy_emitter_say(emitter, "mean of %s %s %s, %+.1f sigma from %s", signal->name,
                     change == DAVY_CHANGE_BEGINS ? "has shifted to" : "is", mean,
                     davy_shift_distance(shift), target);
    davy_emitter_send(emitter);
}

/* "flow 7 m3/h: such a step comes less than once in 10000 samples" */
static void tell_novel(const davy_monitor *monitor, davy_emitter *emitter, davy_change change,
                       int64_t time_ns)
{
    static const char *const what[DAVY_NOVELTY_COUNT] = {"value", "step", "mean"};
    const davy_site_signal *signal = monitor->signal;
    const davy_novel *novel = monitor->novel;
    char value[DAVY_VALUE_TEXT_MAX];

    begin(monitor, emitter, DAVY_CONDITION_NOVEL, change, time_ns);
    emitter->finding.value = novel->rarity;
    (void) davy_value_text(value, monitor->value, signal->unit);
    if (change == DAVY_CHANGE_BEGINS)
        davy_emitter_say(emitter, "%s %s: such a %s comes less than once in %.0f samples",
                         signal->name, value, what[novel->what], signal->novel);
    else
        davy_emitter_say(emitter, "%s %s is usual", signal->name, value);
    davy_emitter_send(emitter);
}

static void tell_quality(const davy_monitor *monitor, davy_emitter *emitter, davy_change change,
                         int64_t time_ns)
{
    char lasted[DAVY_LASTED_TEXT_MAX];

    begin(monitor, emitter, DAVY_CONDITION_QUALITY, change, time_ns);
    if (change == DAVY_CHANGE_BEGINS)
        davy_emitter_say(emitter, "%s has sent only bad samples for %s", monitor->signal->name,
                         davy_lasted_text(lasted, time_ns - monitor->quality.since_ns));
    else
        davy_emitter_say(emitter, "%s sends good samples", monitor->signal->name);
    davy_emitter_send(emitter);
}

/* The deadline, and the on-delay of its condition beyond it. */
static int64_t silence_ns(const davy_monitor *monitor, const davy_emitter *emitter)
{
    return monitor->signal->deadline_ns +
           delays_of(monitor, emitter, DAVY_CONDITION_DEADLINE).on_ns;
}

static void tell_silence(const davy_monitor *monitor, davy_emitter *emitter, davy_change change,
                         int64_t time_ns)
{
    char lasted[DAVY_LASTED_TEXT_MAX];

    begin(monitor, emitter, DAVY_CONDITION_DEADLINE, change, time_ns);
    if (change == DAVY_CHANGE_BEGINS)
        davy_emitter_say(emitter, "%s has sent no good sample for %s", monitor->signal->name,
                         davy_lasted_text(lasted, silence_ns(monitor, emitter)));
    else
        davy_emitter_say(emitter, "%s sends samples", monitor->signal->name);
    davy_emitter_send(emitter);
}

/* Samples ---------------------------------------------------------------------------------- */

static davy_limit_settings limit_settings(const davy_monitor *monitor, const davy_emitter *emitter,
                                          davy_condition_kind kind)
{
    const davy_site_signal *signal = monitor->signal;
    const double limits[LIMIT_COUNT] = {signal->limits.lolo, signal->limits.lo, signal->limits.hi,
                                        signal->limits.hihi};

    return (davy_limit_settings){limits[kind],
                                 monitor->retimed ? condition_at(monitor, emitter, kind)->deadband
                                                  : signal->deadband,
                                 kind >= DAVY_CONDITION_HI ? DAVY_LIMIT_HIGH : DAVY_LIMIT_LOW,
                                 delays_of(monitor, emitter, kind)};
}

static void check_limits(davy_monitor *monitor, davy_emitter *emitter, int64_t time_ns,
                         int64_t now_ns)
{
    for (unsigned kind = 0; kind < LIMIT_COUNT; kind++) {
        davy_limit_settings settings;
        davy_change change;

        if (!asks(monitor, kind))
            continue;
        settings = limit_settings(monitor, emitter, kind);
        change =
            davy_limit_update(&monitor->limits[kind], &settings, monitor->value, time_ns, now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_limit(monitor, emitter, kind, change, time_ns);
    }
}

static void check_value(davy_monitor *monitor, davy_emitter *emitter, int64_t time_ns,
                        int64_t now_ns)
{
    const davy_site_signal *signal = monitor->signal;
    davy_delays delays;
    davy_change change;

    check_limits(monitor, emitter, time_ns, now_ns);
    if (asks(monitor, DAVY_CONDITION_RATE)) {
        delays = delays_of(monitor, emitter, DAVY_CONDITION_RATE);
        change = davy_rate_update(&monitor->rate, signal->rate_limit, &delays, monitor->value,
                                  time_ns, now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_rate(monitor, emitter, change, time_ns);
    }
    if (asks(monitor, DAVY_CONDITION_STUCK)) {
        delays = delays_of(monitor, emitter, DAVY_CONDITION_STUCK);
        change = davy_stuck_update(&monitor->stuck, signal->stuck_ns, &delays, monitor->value,
                                   time_ns, now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_stuck(monitor, emitter, change, time_ns);
    }
    if (asks(monitor, DAVY_CONDITION_SHIFT)) {
        delays = delays_of(monitor, emitter, DAVY_CONDITION_SHIFT);
        change = davy_shift_update(monitor->shift, signal->shift, &delays, monitor->value, time_ns,
                                   now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_shift(monitor, emitter, change, time_ns);
    }
    if (asks(monitor, DAVY_CONDITION_NOVEL)) {
        delays = delays_of(monitor, emitter, DAVY_CONDITION_NOVEL);
        change = davy_novel_update(monitor->novel, signal->novel, &delays, monitor->value, time_ns,
                                   now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_novel(monitor, emitter, change, time_ns);
    }
}

static void check_quality(davy_monitor *monitor, davy_emitter *emitter, bool bad, int64_t time_ns,
                          int64_t now_ns)
{
    const davy_delays delays = delays_of(monitor, emitter, DAVY_CONDITION_QUALITY);
    davy_change change = davy_delay_update(&monitor->quality, bad, time_ns, now_ns, &delays);

    if (change != DAVY_CHANGE_NONE)
        tell_quality(monitor, emitter, change, time_ns);
}

/* The signal is heard: a good sample came, or its badness has an alarm of its own. */
static void hear(davy_monitor *monitor, davy_emitter *emitter, int64_t time_ns, int64_t now_ns)
{
    davy_delays delays;
    davy_change change;

    monitor->heard_ns = now_ns;
    if (!asks(monitor, DAVY_CONDITION_DEADLINE))
        return;
    delays = delays_of(monitor, emitter, DAVY_CONDITION_DEADLINE);
    change = davy_delay_update(&monitor->silence, false, time_ns, now_ns, &delays);
    if (change != DAVY_CHANGE_NONE)
        tell_silence(monitor, emitter, change, time_ns);
}

static void look_bad(davy_monitor *monitor, davy_emitter *emitter, int64_t time_ns, int64_t now_ns)
{
    for (unsigned kind = 0; kind < LIMIT_COUNT; kind++)
        davy_delay_hold(&monitor->limits[kind]);
    davy_delay_hold(&monitor->rate.delay);
    if (monitor->shift)
        davy_delay_hold(&monitor->shift->delay);
    if (monitor->novel)
        davy_delay_hold(&monitor->novel->delay);
    check_quality(monitor, emitter, true, time_ns, now_ns);
    if (davy_delay_active(&monitor->quality))
        hear(monitor, emitter, time_ns, now_ns);
}

static void look_good(davy_monitor *monitor, davy_emitter *emitter, const davy_sample *sample,
                      int64_t now_ns)
{
    monitor->value = sample->value;
    monitor->has_value = true;
    hear(monitor, emitter, sample->time_ns, now_ns);
    check_quality(monitor, emitter, false, sample->time_ns, now_ns);
    check_value(monitor, emitter, sample->time_ns, now_ns);
}

static bool is_not_newer(const davy_monitor *monitor, int64_t time_ns)
{
    return monitor->started && time_ns <= monitor->time_ns;
}

/* Late samples in a row, with this one. */
static unsigned run_with(const davy_monitor *monitor, int64_t time_ns)
{
    return monitor->late_run > 0 && time_ns > monitor->late_ns ? monitor->late_run + 1u : 1u;
}

bool davy_monitor_is_late(const davy_monitor *monitor, int64_t time_ns)
{
    return is_not_newer(monitor, time_ns) && run_with(monitor, time_ns) < DAVY_LATE_RUN;
}

/* False for a sample that is not newer than the last one, unless the clock was set back. */
static bool in_order(davy_monitor *monitor, int64_t time_ns)
{
    if (is_not_newer(monitor, time_ns)) {
        monitor->late++;
        monitor->late_run = (uint8_t) run_with(monitor, time_ns);
        monitor->late_ns = time_ns;
        if (monitor->late_run < DAVY_LATE_RUN)
            return false;
    }
    monitor->started = true;
    monitor->late_run = 0;
    monitor->time_ns = time_ns;
    return true;
}

bool davy_monitor_sample(davy_monitor *monitor, davy_emitter *emitter, const davy_sample *sample,
                         int64_t now_ns)
{
    if (!in_order(monitor, sample->time_ns))
        return false;
    if (monitor->asked == 0)
        return true;

    if (sample->quality == DAVY_QUALITY_BAD || isnan(sample->value))
        look_bad(monitor, emitter, sample->time_ns, now_ns);
    else
        look_good(monitor, emitter, sample, now_ns);
    return true;
}

/* Stretches -------------------------------------------------------------------------------- */

/* An answer that was told and that nothing of this stretch changes. */
static bool is_settled(const davy_delay *delay, davy_phase phase, const davy_passage *stretch)
{
    return delay->told && delay->phase == phase && delay->since_ns <= stretch->first_ns;
}

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

static bool is_heard(const davy_monitor *monitor, const davy_emitter *emitter,
                     const davy_passage *stretch)
{
    int64_t allowed_ns;

    if (!asks(monitor, DAVY_CONDITION_DEADLINE))
        return true;
    allowed_ns = silence_ns(monitor, emitter);
    return is_settled(&monitor->silence, DAVY_PHASE_OFF, stretch) &&
           stretch->longest_gap_ns <= allowed_ns &&
           stretch->first_ns - monitor->heard_ns <= allowed_ns;
}

/* What looks at how the value moves, and not only at where it is. */
#define MOVES                                                                   \
    (DAVY_KIND_BIT(DAVY_CONDITION_RATE) | DAVY_KIND_BIT(DAVY_CONDITION_STUCK) | \
     DAVY_KIND_BIT(DAVY_CONDITION_SHIFT) | DAVY_KIND_BIT(DAVY_CONDITION_NOVEL))

static bool passes(const davy_monitor *monitor, const davy_emitter *emitter,
                   const davy_passage *stretch)
{
    if (!monitor->started || stretch->first_ns <= monitor->time_ns || !stretch->all_good ||
        (monitor->asked & MOVES) || !is_heard(monitor, emitter, stretch))
        return false;
    if (monitor->asked && !is_settled(&monitor->quality, DAVY_PHASE_OFF, stretch))
        return false;
    for (unsigned kind = 0; kind < LIMIT_COUNT; kind++)
        if (asks(monitor, kind) &&
            !passes_limit(&monitor->limits[kind], condition_at(monitor, emitter, kind), stretch))
            return false;
    return true;
}

bool davy_monitor_pass(davy_monitor *monitor, const davy_emitter *emitter,
                       const davy_passage *stretch)
{
    if (!passes(monitor, emitter, stretch))
        return false;
    monitor->late_run = 0;
    monitor->time_ns = stretch->last_ns;
    if (monitor->asked == 0)
        return true;
    monitor->value = stretch->last;
    monitor->has_value = true;
    monitor->heard_ns = stretch->last_ns;
    return true;
}

/* Time ------------------------------------------------------------------------------------- */

static bool is_pending(const davy_delay *delay)
{
    return delay &&
           (delay->phase == DAVY_PHASE_PENDING_ON || delay->phase == DAVY_PHASE_PENDING_OFF);
}

/* A delay that runs out while no sample comes. */
static davy_change tick(const davy_monitor *monitor, const davy_emitter *emitter, davy_delay *delay,
                        davy_condition_kind kind, int64_t now_ns, int64_t *time_ns)
{
    davy_delays delays;

    if (!is_pending(delay))
        return DAVY_CHANGE_NONE;
    delays = delays_of(monitor, emitter, kind);
    return davy_delay_tick(delay, now_ns, &delays, time_ns);
}

static void tick_limits(davy_monitor *monitor, davy_emitter *emitter, int64_t now_ns)
{
    int64_t time_ns;

    for (unsigned kind = 0; kind < LIMIT_COUNT; kind++) {
        davy_change change = tick(monitor, emitter, &monitor->limits[kind], kind, now_ns, &time_ns);

        if (change != DAVY_CHANGE_NONE)
            tell_limit(monitor, emitter, kind, change, time_ns);
    }
}

/* The other conditions of the value. What is made of samples, a value that stands still or bad ones
 * in a row, does not begin while none come: that is silence. */
static void tick_others(davy_monitor *monitor, davy_emitter *emitter, int64_t now_ns)
{
    const struct {
        davy_condition_kind kind;
        bool of_samples;
        davy_delay *delay; /* NULL where not asked for */
        void (*tell)(const davy_monitor *, davy_emitter *, davy_change, int64_t);
    } others[] = {
        {DAVY_CONDITION_RATE, false, &monitor->rate.delay, tell_rate},
        {DAVY_CONDITION_STUCK, true, &monitor->stuck.delay, tell_stuck},
        {DAVY_CONDITION_SHIFT, false, monitor->shift ? &monitor->shift->delay : NULL, tell_shift},
        {DAVY_CONDITION_NOVEL, false, monitor->novel ? &monitor->novel->delay : NULL, tell_novel},
        {DAVY_CONDITION_QUALITY, true, &monitor->quality, tell_quality},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(others); i++) {
        int64_t time_ns;
        davy_change change = DAVY_CHANGE_NONE;

        if (is_pending(others[i].delay) &&
            !(others[i].of_samples && others[i].delay->phase == DAVY_PHASE_PENDING_ON))
            change = tick(monitor, emitter, others[i].delay, others[i].kind, now_ns, &time_ns);
        if (change != DAVY_CHANGE_NONE)
            others[i].tell(monitor, emitter, change, time_ns);
    }
}

/* No sample is the answer here, so the on-delay counts from the deadline that was missed. */
static void tick_silence(davy_monitor *monitor, davy_emitter *emitter, int64_t now_ns,
                         int64_t wall_ns)
{
    int64_t over_ns, time_ns = wall_ns;
    davy_change change;

    if (!asks(monitor, DAVY_CONDITION_DEADLINE))
        return;
    over_ns = now_ns - monitor->heard_ns - silence_ns(monitor, emitter);
    if (over_ns > 0) {
        time_ns = wall_ns - over_ns;
        change = davy_delay_update(&monitor->silence, true, time_ns, now_ns, &at_once);
    } else {
        change =
            tick(monitor, emitter, &monitor->silence, DAVY_CONDITION_DEADLINE, now_ns, &time_ns);
    }
    if (change != DAVY_CHANGE_NONE)
        tell_silence(monitor, emitter, change, time_ns);
}

void davy_monitor_tick(davy_monitor *monitor, davy_emitter *emitter, int64_t now_ns,
                       int64_t wall_ns)
{
    if (monitor->asked == 0)
        return;
    tick_limits(monitor, emitter, now_ns);
    tick_others(monitor, emitter, now_ns);
    tick_silence(monitor, emitter, now_ns, wall_ns);
}

/* Answers ---------------------------------------------------------------------------------- */

davy_truth davy_monitor_holds(const davy_monitor *monitor, davy_condition_kind kind)
{
    if (!asks(monitor, kind))
        return DAVY_UNKNOWN;
    switch (kind) {
    case DAVY_CONDITION_RATE:
        return davy_delay_truth(&monitor->rate.delay);
    case DAVY_CONDITION_STUCK:
        return davy_delay_truth(&monitor->stuck.delay);
    case DAVY_CONDITION_SHIFT:
        return davy_delay_truth(&monitor->shift->delay);
    case DAVY_CONDITION_NOVEL:
        return davy_delay_truth(&monitor->novel->delay);
    case DAVY_CONDITION_QUALITY:
        return davy_delay_truth(&monitor->quality);
    case DAVY_CONDITION_DEADLINE:
        return davy_delay_truth(&monitor->silence);
    default:
        return davy_delay_truth(&monitor->limits[kind]);
    }
}
