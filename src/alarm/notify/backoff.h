/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"

#include <stdint.h>

/**
 * @file
 * How long to wait before the next attempt.
 *
 * Stage: alarm. 1 s, 2 s, 4 s, ... up to 5 min, each cut by a random part of its second half, so
 * that a hundred daemons do not meet at the receiver that comes back. What the receiver asks for is
 * honoured, up to an hour: more than that would be silence.
 *
 * Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015 ("equal
 * jitter"); Retry-After of RFC 9110, 10.2.3.
 */
#define DAVY_BACKOFF_FIRST_NS DAVY_NS_PER_S
#define DAVY_BACKOFF_MAX_NS   (300 * DAVY_NS_PER_S)
#define DAVY_BACKOFF_ASKED_NS (3600 * DAVY_NS_PER_S)

/**
 * @param failures  in a row, 1 or more
 * @param asked_ns  what the receiver asked for; 0 for nothing
 * @param random    any number
 */
int64_t davy_backoff_ns(unsigned failures, int64_t asked_ns, uint64_t random);
