/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Random numbers by counter: the n-th number of a stream is a function of (seed, stream, n).
 *
 * Stage: core. Nothing is kept between calls, so a shuffle, a dropout mask or an augmentation is
 * the same whatever the number of threads and wherever a training resumed. Not for secrets.
 *
 * Source: Philox4x32-10 of J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel Random Numbers: As
 * Easy as 1, 2, 3", SC 2011; the test has the authors' known answers.
 */

/** Four numbers at once: `out` from a counter and a key, as the paper has them. */
void davy_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/** The n-th number of a stream, 32 even bits. */
uint32_t davy_random_bits(uint64_t seed, uint32_t stream, uint64_t n);

/** The numbers n .. n+count-1 of a stream, faster than one by one. */
void davy_random_many(uint64_t seed, uint32_t stream, uint64_t n, size_t count, uint32_t *out);

/** The n-th number of a stream, uniform in [0, 1) with 24 bits. */
float davy_random_uniform(uint64_t seed, uint32_t stream, uint64_t n);

/** The n-th number of a stream, normal with mean 0 and deviation 1 (Box-Muller). */
float davy_random_normal(uint64_t seed, uint32_t stream, uint64_t n);

/** The n-th number of a stream, uniform in 0 .. bound-1; bound > 0 and below 2^32. */
uint32_t davy_random_below(uint64_t seed, uint32_t stream, uint64_t n, uint32_t bound);

/** Put 0 .. count-1 in random order (Fisher-Yates); count below 2^32. */
void davy_random_shuffle(uint64_t seed, uint32_t stream, uint32_t *order, size_t count);
