/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/backoff.h"

int64_t davy_backoff_ns(unsigned failures, int64_t asked_ns, uint64_t random)
{
    int64_t whole = DAVY_BACKOFF_FIRST_NS;
    int64_t wait;

    for (unsigned i = 1; i < failures && whole < DAVY_BACKOFF_MAX_NS; i++)
        whole *= 2;
    if (whole > DAVY_BACKOFF_MAX_NS)
        whole = DAVY_BACKOFF_MAX_NS;
    wait = whole / 2 + (int64_t) (random % (uint64_t) (whole / 2 + 1));
    if (asked_ns > DAVY_BACKOFF_ASKED_NS)
        asked_ns = DAVY_BACKOFF_ASKED_NS;
    return wait > asked_ns ? wait : asked_ns;
}
