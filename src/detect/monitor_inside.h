/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/monitor.h"
#include "site/condition.h"

/**
 * @file
 * What the files of the monitor share: which conditions it has, and with which delays.
 *
 * Stage: detect, inside.
 */
#define DAVY_MONITOR_LIMITS (DAVY_CONDITION_HIHI + 1)

static inline bool davy_monitor_asks(const davy_monitor *monitor, davy_condition_kind kind)
{
    return (monitor->asked & DAVY_KIND_BIT(kind)) != 0;
}

/* Conditions of a signal stand in the order of their kinds. */
static inline size_t davy_monitor_index(const davy_monitor *monitor, davy_condition_kind kind)
{
    uint32_t before = monitor->asked & (DAVY_KIND_BIT(kind) - 1);

    return monitor->first + (size_t) __builtin_popcount(before);
}

/* With what rules say about it. The list of conditions is large and mostly out of the cache: what
 * every sample needs is taken from the signal wherever it is the same. */
static inline const davy_condition *davy_monitor_condition(const davy_monitor *monitor,
                                                           const davy_emitter *emitter,
                                                           davy_condition_kind kind)
{
    return &emitter->conditions[davy_monitor_index(monitor, kind)];
}

static inline davy_delays davy_monitor_delays(const davy_monitor *monitor,
                                              const davy_emitter *emitter, davy_condition_kind kind)
{
    const davy_condition *condition;

    if (!monitor->retimed)
        return (davy_delays){davy_signal_on_delay(monitor->signal, kind),
                             davy_signal_off_delay(monitor->signal, kind)};
    condition = davy_monitor_condition(monitor, emitter, kind);
    return (davy_delays){condition->on_delay_ns, condition->off_delay_ns};
}

/* The deadline, and the on-delay of its condition beyond it. */
static inline int64_t davy_monitor_silence_ns(const davy_monitor *monitor,
                                              const davy_emitter *emitter)
{
    return monitor->signal->deadline_ns +
           davy_monitor_delays(monitor, emitter, DAVY_CONDITION_DEADLINE).on_ns;
}

/* NULL is fine: what is not asked for. */
static inline bool davy_delay_is_pending(const davy_delay *delay)
{
    return delay &&
           (delay->phase == DAVY_PHASE_PENDING_ON || delay->phase == DAVY_PHASE_PENDING_OFF);
}
