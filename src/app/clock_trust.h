/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * May the wall clock say that something is old enough to be removed?
 *
 * Stage: app. A clock that is set to the year 2100 by mistake makes all samples old. It is not
 * believed when it leaps against the monotonic clock, until it is back or davy is started again;
 * and when it says at the start that nothing came for days, then not for the first day.
 */
typedef struct davy_clock_trust {
    int64_t offset_ns; /* wall less monotonic, as it was at the start */
    int64_t start_ns;  /* monotonic */
    bool is_far_ahead; /* of all that is stored, at the start */
} davy_clock_trust;

/** Clocks drift and are disciplined; a leap is more. */
#define DAVY_CLOCK_LEAP_NS (3600 * DAVY_NS_PER_S)

/** A plant that is off over a weekend is usual. */
#define DAVY_CLOCK_AHEAD_NS (2 * 86400 * DAVY_NS_PER_S)

/** A day in which somebody may see that the clock is wrong. */
#define DAVY_CLOCK_WAIT_NS (86400 * DAVY_NS_PER_S)

/** @param newest_ns  end of the newest stored day; INT64_MAX when nothing is stored */
void davy_clock_trust_start(davy_clock_trust *trust, int64_t wall_ns, int64_t monotonic_ns,
                            int64_t newest_ns);

/** NULL when it may be believed, else why not. */
const char *davy_clock_trust_doubt(const davy_clock_trust *trust, int64_t wall_ns,
                                   int64_t monotonic_ns);
