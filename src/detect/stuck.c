/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/stuck.h"

static int64_t gap_counted(const davy_stuck *stuck, int64_t stuck_ns, int64_t time_ns)
{
    int64_t gap = time_ns - stuck->time_ns;

    if (gap < 0)
        return 0;
    return gap < stuck_ns / 2 ? gap : stuck_ns / 2;
}

davy_change davy_stuck_update(davy_stuck *stuck, int64_t stuck_ns, const davy_delays *delays,
                              double value, int64_t time_ns, int64_t now_ns)
{
    /* Equal to the bit is meant: a change of the last digit is a change. */
    bool same = stuck->started && !(value < stuck->value) && !(value > stuck->value);
    bool first = !stuck->started;

    stuck->held_ns = same ? stuck->held_ns + gap_counted(stuck, stuck_ns, time_ns) : 0;
    stuck->value = value;
    stuck->time_ns = time_ns;
    stuck->started = true;
    if (first || (same && stuck->held_ns < stuck_ns))
        return DAVY_CHANGE_NONE;
    return davy_delay_update(&stuck->delay, same, time_ns, now_ns, delays);
}
