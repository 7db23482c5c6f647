/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <math.h>
#include <stdint.h>

/**
 * @file
 * Independent numbers for tests of checks, the same in every run (Knuth's 64-bit LCG).
 */

/** Above 0 and below 1. */
static inline double uniform(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return ((double) (*seed >> 11) + 0.5) / 9007199254740992.0;
}

/** Normal, of mean 0 and deviation 1 (Box and Muller 1958). */
static inline double normal(uint64_t *seed)
{
    const double radius = sqrt(-2.0 * log(uniform(seed)));

    return radius * cos(6.283185307179586 * uniform(seed));
}
