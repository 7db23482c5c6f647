/* SPDX-License-Identifier: Apache-2.0 */
/* bf16: the upper half of a float. */
#include "nn/simd/isa.h"

#include <string.h>

/* To nearest, ties to even; what is not a number stays so, made quiet. */
static inline uint16_t rounded(float x)
{
    uint32_t bits, even;

    memcpy(&bits, &x, sizeof bits);
    even = bits + 0x7fffU + (bits >> 16 & 1U);
    return (uint16_t) (((bits & 0x7fffffffU) > 0x7f800000U ? bits | 0x400000U : even) >> 16);
}

void ISA(to_bf16)(size_t count, const float *src, uint16_t *dst)
{
    for (size_t i = 0; i < count; i++)
        dst[i] = rounded(src[i]);
}

void ISA(from_bf16)(size_t count, const uint16_t *src, float *dst)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t bits = (uint32_t) src[i] << 16;
        memcpy(dst + i, &bits, sizeof bits);
    }
}
