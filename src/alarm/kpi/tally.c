/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/tally.h"

#include <math.h>

static unsigned power_of(uint64_t number)
{
    return 63u - (unsigned) __builtin_clzll(number);
}

static size_t bucket_of(uint64_t number)
{
    unsigned power;

    if (number < DAVY_TALLY_EXACT)
        return (size_t) number;
    if (number > UINT32_MAX)
        number = UINT32_MAX;
    power = power_of(number); /* 5 to 31 */
    return DAVY_TALLY_EXACT + (power - 5u) * DAVY_TALLY_PARTS +
           (size_t) ((number >> (power - 4u)) - DAVY_TALLY_PARTS);
}

uint64_t davy_tally_end(size_t bucket)
{
    size_t above = bucket - DAVY_TALLY_EXACT;
    unsigned power = 5u + (unsigned) (above / DAVY_TALLY_PARTS);

    if (bucket < DAVY_TALLY_EXACT)
        return bucket;
    return ((uint64_t) (above % DAVY_TALLY_PARTS + DAVY_TALLY_PARTS + 1) << (power - 4u)) - 1;
}

void davy_tally_add(davy_tally *tally, uint64_t number, uint64_t times)
{
    if (times == 0)
        return;
    tally->counts[bucket_of(number)] += times;
    tally->total += times;
    if (number > tally->largest)
        tally->largest = number;
}

uint64_t davy_tally_quantile(const davy_tally *tally, double q)
{
    uint64_t wanted = (uint64_t) ceil(q * (double) tally->total), seen = 0;

    for (size_t i = 0; i < DAVY_TALLY_BUCKETS; i++) {
        seen += tally->counts[i];
        if (seen > 0 && seen >= wanted)
            return davy_tally_end(i) < tally->largest ? davy_tally_end(i) : tally->largest;
    }
    return 0;
}
