/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/delay.h"

/**
 * @file
 * A series that has not changed at all for too long while samples keep coming.
 *
 * Stage: detect. A transmitter with noise never repeats itself for long; one that is frozen, capped
 * or forced does. A gap between two samples counts for at most half of the time asked for, so that
 * an hour without samples does not make the first one after it "stuck". It is bad at signals that
 * may rest: a closed valve, an empty tank.
 */

/** Zeroed is the valid start. */
typedef struct davy_stuck {
    double value;
    int64_t time_ns;
    int64_t held_ns; /* event time with samples since the last change */
    davy_delay delay;
    bool started;
} davy_stuck;

/** Look at the next value, which must be a number. @param delays  beyond stuck_ns */
davy_change davy_stuck_update(davy_stuck *stuck, int64_t stuck_ns, const davy_delays *delays,
                              double value, int64_t time_ns, int64_t now_ns);
