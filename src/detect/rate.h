/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/limit.h"

#include <stdbool.h>

/**
 * @file
 * Rate of change of one series.
 *
 * Stage: detect. Two samples a millisecond apart turn the last digit of a transmitter into a huge
 * rate, so the change is taken over at least DAVY_RATE_SPAN_NS. It is bad at changes that come and
 * go within that span.
 */

/** Shortest stretch of event time a rate is taken over. */
#define DAVY_RATE_SPAN_NS 1000000000LL

/** A rate that rang is over below this share of its limit. */
#define DAVY_RATE_RELEASE 0.9

/** Zeroed is the valid start. */
typedef struct davy_rate {
    int64_t from_ns;
    double from_value;
    double per_second; /* newest rate, signed, in units of the series per second */
    davy_delay delay;
    bool started;
} davy_rate;

/**
 * Look at the next value, which must be a number.
 *
 * @param limit  largest |change| per second
 */
davy_change davy_rate_update(davy_rate *rate, double limit, const davy_delays *delays, double value,
                             int64_t time_ns, int64_t now_ns);
