/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Denied attempts by address: which are recorded one by one, and who presents too many wrong keys.
 *
 * Stage: serve. Counts are kept per address and minute in a table of fixed size. Every attempt ends
 * in the audit: as a record of its own, or in the number that davy_denials_expire() gives when the
 * minute is over. IPv6 addresses count by /64, which one host commands whole.
 */
typedef struct davy_denials davy_denials;

DAVY_MUST_CHECK davy_status davy_denials_create(davy_denials **out);
/** NULL is fine. */
void davy_denials_destroy(davy_denials *denials);

typedef struct davy_denial {
    bool record;            /* write an audit record of its own */
    bool too_many;          /* of wrong keys: answer 429 */
    unsigned retry_after_s; /* to the end of the minute */
} davy_denial;

/**
 * Count one attempt.
 *
 * @param address    in text; longer than DAVY_ADDRESS_MAX is cut
 * @param wrong_key  a key was presented and is not known
 * @param now_ns     monotonic
 */
davy_denial davy_denials_count(davy_denials *denials, const char *address, bool wrong_key,
                               int64_t now_ns);

/** True when an address presented so many wrong keys that the next costs no more than a look. */
bool davy_denials_is_over(davy_denials *denials, const char *address, int64_t now_ns);

/** An attempt that was to be recorded was not: it joins the number. */
void davy_denials_return(davy_denials *denials, const char *address);

/** Attempts that stand in one record together: of one address, or of all that had to make room. */
typedef void (*davy_denials_visit)(void *context, const char *address, uint64_t more);

/** Visit and forget the minutes that are over; with `all`, those that are not as well. */
void davy_denials_expire(davy_denials *denials, int64_t now_ns, bool all, davy_denials_visit visit,
                         void *context);
