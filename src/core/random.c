/* SPDX-License-Identifier: Apache-2.0 */
#include "core/random.h"

#include <math.h>

#define ROUNDS 10

void davy_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];

    for (int round = 0; round < ROUNDS; round++) {
        const uint64_t a = (uint64_t) 0xD2511F53 * c0, b = (uint64_t) 0xCD9E8D57 * c2;

        c0 = (uint32_t) (b >> 32) ^ c1 ^ k0;
        c1 = (uint32_t) b;
        c2 = (uint32_t) (a >> 32) ^ c3 ^ k1;
        c3 = (uint32_t) a;
        k0 += 0x9E3779B9; /* the golden ratio and the square root of 3, as the paper has them */
        k1 += 0xBB67AE85;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

static void four(uint64_t seed, uint32_t stream, uint64_t block, uint32_t out[4])
{
    const uint32_t counter[4] = {(uint32_t) block, (uint32_t) (block >> 32), stream, 0};
    const uint32_t key[2] = {(uint32_t) seed, (uint32_t) (seed >> 32)};

    davy_philox(counter, key, out);
}

uint32_t davy_random_bits(uint64_t seed, uint32_t stream, uint64_t n)
{
    uint32_t out[4];

    four(seed, stream, n / 4, out);
    return out[n % 4];
}

void davy_random_many(uint64_t seed, uint32_t stream, uint64_t n, size_t count, uint32_t *out)
{
    size_t i = 0;

    for (; i < count && (n + i) % 4 != 0; i++)
        out[i] = davy_random_bits(seed, stream, n + i);
    for (; i + 4 <= count; i += 4)
        four(seed, stream, (n + i) / 4, out + i);
    for (; i < count; i++)
        out[i] = davy_random_bits(seed, stream, n + i);
}

float davy_random_uniform(uint64_t seed, uint32_t stream, uint64_t n)
{
    return (float) (davy_random_bits(seed, stream, n) >> 8) * 0x1p-24F;
}

float davy_random_normal(uint64_t seed, uint32_t stream, uint64_t n)
{
    uint32_t bits[4];
    double radius, angle;

    four(seed, stream, n, bits);
    radius = sqrt(-2.0 * log(((double) bits[0] + 1.0) * 0x1p-32));
    angle = 2.0 * M_PI * (double) bits[1] * 0x1p-32;
    return (float) (radius * cos(angle));
}

uint32_t davy_random_below(uint64_t seed, uint32_t stream, uint64_t n, uint32_t bound)
{
    /* A multiply and a shift; the bias is below bound / 2^32. */
    return (uint32_t) (((uint64_t) davy_random_bits(seed, stream, n) * bound) >> 32);
}

void davy_random_shuffle(uint64_t seed, uint32_t stream, uint32_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t j = davy_random_below(seed, stream, i, (uint32_t) i + 1);

        order[i] = order[j];
        order[j] = (uint32_t) i;
    }
}
