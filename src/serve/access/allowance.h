/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/access/keys.h"

/**
 * @file
 * What a key may still ask: requests a second with a burst, and answers of models a day.
 *
 * Stage: serve. A rate is a bucket of tokens that fills at the rate and holds the burst. A day is
 * one of UTC, by the wall clock; a clock that steps back begins no second day. Counts are of the
 * running server: a restart begins anew. Keys without limits are not counted and cost nothing.
 *
 * Source: J. Turner, "New directions in communications", IEEE Communications 24(10), 1986 (the
 * bucket).
 */
typedef struct davy_allowances davy_allowances;

DAVY_MUST_CHECK davy_status davy_allowances_create(davy_allowances **out);
/** NULL is fine. */
void davy_allowances_destroy(davy_allowances *allowances);

typedef enum davy_allowance {
    DAVY_ALLOWANCE_LEFT,
    DAVY_ALLOWANCE_RATE,
    DAVY_ALLOWANCE_DAY
} davy_allowance;

/**
 * Take one request of a key, and one query if it is one. Nothing is taken when either is used up.
 *
 * @param query          an answer of a model is asked for
 * @param monotonic_ns   of the rate
 * @param wall_ns        of the day
 * @param retry_after_s  seconds until there is one again; set unless there is one left
 */
davy_allowance davy_allowances_take(davy_allowances *allowances, const davy_key *key, bool query,
                                    int64_t monotonic_ns, int64_t wall_ns, unsigned *retry_after_s);

/**
 * An answer cost as much as so many: take the others from the rate, not from the day, which counts
 * requests. A key may owe a minute of its rate at most, and is refused until it owes nothing.
 */
void davy_allowances_charge(davy_allowances *allowances, const davy_key *key, double answers,
                            int64_t monotonic_ns);
