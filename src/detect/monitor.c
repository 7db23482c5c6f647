/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/monitor_inside.h"

#include "detect/limit.h"

#include <math.h>

static const davy_delays at_once;

static void begin(const davy_monitor *monitor, davy_emitter *emitter, davy_condition_kind kind,
                  davy_change change, int64_t time_ns)
{
    (void) davy_emitter_begin(emitter, davy_monitor_index(monitor, kind),
                              change == DAVY_CHANGE_BEGINS, time_ns,
                              monitor->has_value ? monitor->value : NAN);
}

/* Sentences -------------------------------------------------------------------------------- */

static void tell_limit(const davy_monitor *monitor, davy_emitter *emitter, davy_condition_kind kind,
                       davy_change change, int64_t time_ns)
{
    const davy_site_signal *signal = monitor->signal;
    const char *side = kind >= DAVY_CONDITION_HI ? "above" : "below";
    const char *name = davy_condition_kind_name(kind);
    const int64_t on_ns = davy_monitor_condition(monitor, emitter, kind)->on_delay_ns;
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

static void tell_silence(const davy_monitor *monitor, davy_emitter *emitter, davy_change change,
                         int64_t time_ns)
{
    char lasted[DAVY_LASTED_TEXT_MAX];

    begin(monitor, emitter, DAVY_CONDITION_DEADLINE, change, time_ns);
    if (change == DAVY_CHANGE_BEGINS)
        davy_emitter_say(emitter, "%s has sent no good sample for %s", monitor->signal->name,
                         davy_lasted_text(lasted, davy_monitor_silence_ns(monitor, emitter)));
    else
        davy_emitter_say(emitter, "%s sends samples", monitor->signal->name);
    davy_emitter_send(emitter);
}

/* Samples ---------------------------------------------------------------------------------- */

static davy_limit_settings limit_settings(const davy_monitor *monitor, const davy_emitter *emitter,
                                          davy_condition_kind kind)
{
    const davy_site_signal *signal = monitor->signal;
    const double limits[DAVY_MONITOR_LIMITS] = {signal->limits.lolo, signal->limits.lo,
                                                signal->limits.hi, signal->limits.hihi};

    return (davy_limit_settings){limits[kind],
                                 monitor->retimed
                                     ? davy_monitor_condition(monitor, emitter, kind)->deadband
                                     : signal->deadband,
                                 kind >= DAVY_CONDITION_HI ? DAVY_LIMIT_HIGH : DAVY_LIMIT_LOW,
                                 davy_monitor_delays(monitor, emitter, kind)};
}

static void check_limits(davy_monitor *monitor, davy_emitter *emitter, int64_t time_ns,
                         int64_t now_ns)
{
    for (unsigned kind = 0; kind < DAVY_MONITOR_LIMITS; kind++) {
        davy_limit_settings settings;
        davy_change change;

        if (!davy_monitor_asks(monitor, kind))
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
    if (davy_monitor_asks(monitor, DAVY_CONDITION_RATE)) {
        delays = davy_monitor_delays(monitor, emitter, DAVY_CONDITION_RATE);
        change = davy_rate_update(&monitor->rate, signal->rate_limit, &delays, monitor->value,
                                  time_ns, now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_rate(monitor, emitter, change, time_ns);
    }
    if (davy_monitor_asks(monitor, DAVY_CONDITION_STUCK)) {
        delays = davy_monitor_delays(monitor, emitter, DAVY_CONDITION_STUCK);
        change = davy_stuck_update(&monitor->stuck, signal->stuck_ns, &delays, monitor->value,
                                   time_ns, now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_stuck(monitor, emitter, change, time_ns);
    }
    if (davy_monitor_asks(monitor, DAVY_CONDITION_SHIFT)) {
        delays = davy_monitor_delays(monitor, emitter, DAVY_CONDITION_SHIFT);
        change = davy_shift_update(monitor->shift, signal->shift, &delays, monitor->value, time_ns,
                                   now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_shift(monitor, emitter, change, time_ns);
    }
    if (davy_monitor_asks(monitor, DAVY_CONDITION_NOVEL)) {
        delays = davy_monitor_delays(monitor, emitter, DAVY_CONDITION_NOVEL);
        change = davy_novel_update(monitor->novel, signal->novel, &delays, monitor->value, time_ns,
                                   now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_novel(monitor, emitter, change, time_ns);
    }
}

static void check_quality(davy_monitor *monitor, davy_emitter *emitter, bool bad, int64_t time_ns,
                          int64_t now_ns)
{
    const davy_delays delays = davy_monitor_delays(monitor, emitter, DAVY_CONDITION_QUALITY);
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
    if (!davy_monitor_asks(monitor, DAVY_CONDITION_DEADLINE))
        return;
    delays = davy_monitor_delays(monitor, emitter, DAVY_CONDITION_DEADLINE);
    change = davy_delay_update(&monitor->silence, false, time_ns, now_ns, &delays);
    if (change != DAVY_CHANGE_NONE)
        tell_silence(monitor, emitter, change, time_ns);
}

static void look_bad(davy_monitor *monitor, davy_emitter *emitter, int64_t time_ns, int64_t now_ns)
{
    for (unsigned kind = 0; kind < DAVY_MONITOR_LIMITS; kind++)
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

/* Time ------------------------------------------------------------------------------------- */

/* A delay that runs out while no sample comes. */
static davy_change tick(const davy_monitor *monitor, const davy_emitter *emitter, davy_delay *delay,
                        davy_condition_kind kind, int64_t now_ns, int64_t *time_ns)
{
    davy_delays delays;

    if (!davy_delay_is_pending(delay))
        return DAVY_CHANGE_NONE;
    delays = davy_monitor_delays(monitor, emitter, kind);
    return davy_delay_tick(delay, now_ns, &delays, time_ns);
}

static void tick_limits(davy_monitor *monitor, davy_emitter *emitter, int64_t now_ns)
{
    int64_t time_ns;

    for (unsigned kind = 0; kind < DAVY_MONITOR_LIMITS; kind++) {
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

        if (davy_delay_is_pending(others[i].delay) &&
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

    if (!davy_monitor_asks(monitor, DAVY_CONDITION_DEADLINE))
        return;
    over_ns = now_ns - monitor->heard_ns - davy_monitor_silence_ns(monitor, emitter);
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
    if (!davy_monitor_asks(monitor, kind))
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
