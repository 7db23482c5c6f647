/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/monitor.h"

#include "detect/condition.h"
#include "detect/limit.h"

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
    char value[DAVY_VALUE_TEXT_MAX], limit[DAVY_VALUE_TEXT_MAX], lasted[DAVY_LASTED_TEXT_MAX];

    begin(monitor, emitter, kind, change, time_ns);
    (void) davy_value_text(value, monitor->value, signal->unit);
    (void) davy_value_text(limit, emitter->finding.limit, signal->unit);
    if (change == DAVY_CHANGE_ENDS)
        davy_emitter_say(emitter, "%s %s is no longer %s %s %s", signal->name, value, side, name,
                         limit);
    else if (signal->on_delay_ns > 0)
        davy_emitter_say(emitter, "%s %s is %s %s %s (for %s)", signal->name, value, side, name,
                         limit, davy_lasted_text(lasted, signal->on_delay_ns));
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
                         davy_lasted_text(lasted, monitor->signal->deadline_ns));
    else
        davy_emitter_say(emitter, "%s sends samples", monitor->signal->name);
    davy_emitter_send(emitter);
}

/* Samples ---------------------------------------------------------------------------------- */

static davy_limit_settings limit_settings(const davy_monitor *monitor, davy_condition_kind kind)
{
    const davy_site_signal *signal = monitor->signal;
    const davy_site_limits *limits = &signal->limits;
    const double values[LIMIT_COUNT] = {limits->lolo, limits->lo, limits->hi, limits->hihi};

    return (davy_limit_settings){values[kind],
                                 signal->deadband,
                                 kind >= DAVY_CONDITION_HI ? DAVY_LIMIT_HIGH : DAVY_LIMIT_LOW,
                                 {signal->on_delay_ns, signal->off_delay_ns}};
}

static void check_limits(davy_monitor *monitor, davy_emitter *emitter, int64_t time_ns,
                         int64_t now_ns)
{
    for (unsigned kind = 0; kind < LIMIT_COUNT; kind++) {
        davy_limit_settings settings;
        davy_change change;

        if (!asks(monitor, kind))
            continue;
        settings = limit_settings(monitor, kind);
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
    davy_change change;

    check_limits(monitor, emitter, time_ns, now_ns);
    if (asks(monitor, DAVY_CONDITION_RATE)) {
        change = davy_rate_update(&monitor->rate, signal->rate_limit, signal->off_delay_ns,
                                  monitor->value, time_ns, now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_rate(monitor, emitter, change, time_ns);
    }
    if (asks(monitor, DAVY_CONDITION_STUCK)) {
        change =
            davy_stuck_update(&monitor->stuck, signal->stuck_ns, monitor->value, time_ns, now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_stuck(monitor, emitter, change, time_ns);
    }
    if (asks(monitor, DAVY_CONDITION_SHIFT)) {
        change = davy_shift_update(monitor->shift, signal->shift, signal->off_delay_ns,
                                   monitor->value, time_ns, now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_shift(monitor, emitter, change, time_ns);
    }
    if (asks(monitor, DAVY_CONDITION_NOVEL)) {
        change = davy_novel_update(monitor->novel, signal->novel, signal->off_delay_ns,
                                   monitor->value, time_ns, now_ns);
        if (change != DAVY_CHANGE_NONE)
            tell_novel(monitor, emitter, change, time_ns);
    }
}

static davy_delays quality_delays(const davy_site_signal *signal)
{
    bool shorter = signal->deadline_ns > 0 && signal->deadline_ns < DAVY_QUALITY_DELAY_NS;

    return (davy_delays){shorter ? signal->deadline_ns : DAVY_QUALITY_DELAY_NS, 0};
}

static void check_quality(davy_monitor *monitor, davy_emitter *emitter, bool bad, int64_t time_ns,
                          int64_t now_ns)
{
    davy_delays delays = quality_delays(monitor->signal);
    davy_change change = davy_delay_update(&monitor->quality, bad, time_ns, now_ns, &delays);

    if (change != DAVY_CHANGE_NONE)
        tell_quality(monitor, emitter, change, time_ns);
}

/* The signal is heard: a good sample came, or its badness has an alarm of its own. */
static void hear(davy_monitor *monitor, davy_emitter *emitter, int64_t time_ns, int64_t now_ns)
{
    davy_change change;

    monitor->heard_ns = now_ns;
    if (!asks(monitor, DAVY_CONDITION_DEADLINE))
        return;
    change = davy_delay_update(&monitor->silence, false, time_ns, now_ns, &at_once);
    /* ON goes through PENDING_OFF, whose delay is zero. */
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

/* False for a sample that is not newer than the last one, unless the clock was set back. */
static bool in_order(davy_monitor *monitor, int64_t time_ns)
{
    if (monitor->started && time_ns <= monitor->time_ns) {
        bool rises = monitor->late_run > 0 && time_ns > monitor->late_ns;

        monitor->late++;
        monitor->late_run = rises ? monitor->late_run + 1 : 1;
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

static void tick_limits(davy_monitor *monitor, davy_emitter *emitter, int64_t now_ns)
{
    const davy_delays delays = {monitor->signal->on_delay_ns, monitor->signal->off_delay_ns};
    int64_t time_ns;

    for (unsigned kind = 0; kind < LIMIT_COUNT; kind++) {
        davy_change change = davy_delay_tick(&monitor->limits[kind], now_ns, &delays, &time_ns);

        if (change != DAVY_CHANGE_NONE)
            tell_limit(monitor, emitter, kind, change, time_ns);
    }
}

static void tick_ends(davy_monitor *monitor, davy_emitter *emitter, int64_t now_ns)
{
    const davy_delays delays = {0, monitor->signal->off_delay_ns};
    int64_t time_ns;

    if (davy_delay_tick(&monitor->rate.delay, now_ns, &delays, &time_ns) != DAVY_CHANGE_NONE)
        tell_rate(monitor, emitter, DAVY_CHANGE_ENDS, time_ns);
    if (monitor->shift &&
        davy_delay_tick(&monitor->shift->delay, now_ns, &delays, &time_ns) != DAVY_CHANGE_NONE)
        tell_shift(monitor, emitter, DAVY_CHANGE_ENDS, time_ns);
    if (monitor->novel &&
        davy_delay_tick(&monitor->novel->delay, now_ns, &delays, &time_ns) != DAVY_CHANGE_NONE)
        tell_novel(monitor, emitter, DAVY_CHANGE_ENDS, time_ns);
}

static void tick_silence(davy_monitor *monitor, davy_emitter *emitter, int64_t now_ns,
                         int64_t wall_ns)
{
    int64_t over_ns = now_ns - monitor->heard_ns - monitor->signal->deadline_ns;
    davy_change change;

    if (!asks(monitor, DAVY_CONDITION_DEADLINE) || over_ns <= 0 ||
        davy_delay_active(&monitor->silence))
        return;
    change = davy_delay_update(&monitor->silence, true, wall_ns - over_ns, now_ns, &at_once);
    if (change != DAVY_CHANGE_NONE)
        tell_silence(monitor, emitter, change, wall_ns - over_ns);
}

void davy_monitor_tick(davy_monitor *monitor, davy_emitter *emitter, int64_t now_ns,
                       int64_t wall_ns)
{
    if (monitor->asked == 0)
        return;
    tick_limits(monitor, emitter, now_ns);
    tick_ends(monitor, emitter, now_ns);
    tick_silence(monitor, emitter, now_ns, wall_ns);
}
