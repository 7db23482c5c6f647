/* SPDX-License-Identifier: Apache-2.0 */
/* Which share of the steps of a series lies above a threshold: many thresholds, a pass over x. */
#include "nn/simd/isa.h"

#include "nn/simd/vector.h"

#define TOGETHER 8 /* thresholds in registers while the steps go by */

/* Of LANES channels; counts of a float's size, so that no step is lost below 2^31. */
INLINE void count_lanes(const davy_share *share, size_t channel, size_t from, size_t together)
{
    ivec above[TOGETHER] = {0};
    vec limit[TOGETHER];

    foreach (k, together)
        limit[k] = vec_load(share->thresholds + (from + k) * share->channels + channel);
    for (size_t t = 0; t < share->steps; t++) {
        const vec x = vec_load(share->x + t * share->channels + channel);

        foreach (k, together)
            above[k] -= x > limit[k]; /* a mask is -1; a NaN is above nothing */
    }
    foreach (k, together)
        vec_store(share->dst + (from + k) * share->channels + channel,
                  __builtin_convertvector(above[k], vec) / (float) share->steps);
}

/* All thresholds of LANES channels. */
static void count_column(const davy_share *share, size_t channel)
{
    size_t from = 0;

    for (; from + TOGETHER <= share->count; from += TOGETHER)
        count_lanes(share, channel, from, TOGETHER);
    for (; from < share->count; from++)
        count_lanes(share, channel, from, 1);
}

static void count_one(const davy_share *share, size_t channel)
{
    for (size_t k = 0; k < share->count; k++) {
        const size_t at = k * share->channels + channel;
        int32_t above = 0;

        for (size_t t = 0; t < share->steps; t++)
            above += share->x[t * share->channels + channel] > share->thresholds[at];
        share->dst[at] = (float) above / (float) share->steps;
    }
}

/* The last channels share a vector with some of those before them, which are counted again. */
void ISA(share_above)(const davy_share *share)
{
    size_t channel = 0;

    for (; channel + LANES <= share->channels; channel += LANES)
        count_column(share, channel);
    if (channel < share->channels && share->channels > LANES)
        count_column(share, share->channels - LANES);
    else
        for (; channel < share->channels; channel++)
            count_one(share, channel);
}
