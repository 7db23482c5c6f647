/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/simd/vector.h"

/**
 * @file
 * The greatest of two and of four numbers, lane by lane, where a NaN is greater than any number.
 *
 * Stage: nn, private to nn/simd.
 */

/** Which lanes of `next` take the place of those in `best`: the greater ones, and every NaN. */
static inline ivec wins(vec next, vec best)
{
    return (next > best) | vec_nan(next);
}

/** The greatest of four pixels and its number, in some lanes. */
struct greatest {
    vec value;
    ivec number;
};

/** 0 and 1 are above, 2 and 3 below. */
static inline struct greatest of_four(vec a, vec b, vec c, vec d)
{
    const ivec right = wins(b, a), right_below = wins(d, c);
    const vec above = vec_select(right, b, a), below = vec_select(right_below, d, c);
    const ivec down = wins(below, above);

    /* A mask is -1. */
    return (struct greatest){vec_select(down, below, above),
                             (down & (2 - right_below)) | (~down & -right)};
}

/** Relu: 4 where it cut the value off. */
static inline struct greatest cut_off(struct greatest best)
{
    const ivec none = best.value <= 0.0F;

    return (struct greatest){(vec) (~none & (ivec) best.value), best.number | (none & 4)};
}

typedef uint8_t lane_bytes __attribute__((vector_size(LANES)));

/** The lowest byte of each lane. */
static inline void store_bytes(uint8_t *to, size_t count, ivec lanes)
{
    const lane_bytes low = __builtin_convertvector(lanes, lane_bytes);

    memcpy(to, &low, count);
}
