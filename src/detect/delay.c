/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/delay.h"

static void arm(davy_delay *delay, davy_phase phase, int64_t time_ns, int64_t now_ns)
{
    delay->phase = (uint8_t) phase;
    delay->since_ns = time_ns;
    delay->armed_ns = now_ns;
}

static davy_change settle(davy_delay *delay, davy_phase phase)
{
    delay->phase = (uint8_t) phase;
    delay->told = true;
    return phase == DAVY_PHASE_ON ? DAVY_CHANGE_BEGINS : DAVY_CHANGE_ENDS;
}

/* What a pending answer becomes after it has lasted for so long. */
static davy_change run_out(davy_delay *delay, int64_t lasted_ns, const davy_delays *delays)
{
    if (delay->phase == DAVY_PHASE_PENDING_ON && lasted_ns >= delays->on_ns)
        return settle(delay, DAVY_PHASE_ON);
    if (delay->phase == DAVY_PHASE_PENDING_OFF && lasted_ns >= delays->off_ns)
        return settle(delay, DAVY_PHASE_OFF);
    return DAVY_CHANGE_NONE;
}

static davy_change turn_on(davy_delay *delay, int64_t time_ns, int64_t now_ns)
{
    if (delay->phase == DAVY_PHASE_PENDING_OFF)
        delay->phase = DAVY_PHASE_ON;
    else if (delay->phase == DAVY_PHASE_UNKNOWN || delay->phase == DAVY_PHASE_OFF)
        arm(delay, DAVY_PHASE_PENDING_ON, time_ns, now_ns);
    return DAVY_CHANGE_NONE;
}

static davy_change turn_off(davy_delay *delay, int64_t time_ns, int64_t now_ns)
{
    if (delay->phase == DAVY_PHASE_ON)
        arm(delay, DAVY_PHASE_PENDING_OFF, time_ns, now_ns);
    else if (delay->phase == DAVY_PHASE_PENDING_ON || delay->phase == DAVY_PHASE_UNKNOWN) {
        delay->phase = DAVY_PHASE_OFF;
        if (!delay->told)
            return settle(delay, DAVY_PHASE_OFF);
    }
    return DAVY_CHANGE_NONE;
}

davy_change davy_delay_update(davy_delay *delay, bool holds, int64_t time_ns, int64_t now_ns,
                              const davy_delays *delays)
{
    davy_change change;

    /* A device's clock that was set back must not stretch a delay. */
    if (time_ns < delay->since_ns)
        delay->since_ns = time_ns;

    change = holds ? turn_on(delay, time_ns, now_ns) : turn_off(delay, time_ns, now_ns);
    return change != DAVY_CHANGE_NONE ? change : run_out(delay, time_ns - delay->since_ns, delays);
}

davy_change davy_delay_tick(davy_delay *delay, int64_t now_ns, const davy_delays *delays,
                            int64_t *time_ns)
{
    davy_change change = run_out(delay, now_ns - delay->armed_ns, delays);

    if (change != DAVY_CHANGE_NONE)
        *time_ns =
            delay->since_ns + (change == DAVY_CHANGE_BEGINS ? delays->on_ns : delays->off_ns);
    return change;
}

void davy_delay_hold(davy_delay *delay)
{
    if (delay->phase == DAVY_PHASE_PENDING_OFF)
        delay->phase = DAVY_PHASE_ON;
}

void davy_delay_restore(davy_delay *delay)
{
    *delay = (davy_delay){.phase = DAVY_PHASE_ON, .told = true};
}
