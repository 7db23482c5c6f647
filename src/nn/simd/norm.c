/* SPDX-License-Identifier: Apache-2.0 */
/* Rows made to sum to one (softmax), or to have mean 0 and variance 1 (layer norm). */
#include "nn/simd/isa.h"

#include "nn/simd/formulas.h"

/* dst = exp(src - most). @return the sum */
static float exp_sum(size_t count, const float *src, float most, float *dst)
{
    vec sum = {0};
    float rest = 0.0F;
    size_t i = 0;

    for (; i + LANES <= count; i += LANES) {
        const vec y = vec_exp(vec_load(src + i) - most);
        vec_store(dst + i, y);
        sum += y;
    }
    if (i < count)
        vec_store_some(dst + i, count - i, vec_exp(vec_load_some(src + i, count - i) - most));
    for (; i < count; i++)
        rest += dst[i];
    return vec_sum(sum) + rest;
}

void ISA(softmax)(size_t count, const float *src, float *dst)
{
    const float most = ISA(max)(count, src);

    ISA(scale)(count, 1.0F / exp_sum(count, src, most, dst), dst, dst);
}

static float squares_about(size_t count, const float *src, float mean)
{
    vec sum = {0};
    float rest = 0.0F;
    size_t i = 0;

    for (; i + LANES <= count; i += LANES) {
        const vec d = vec_load(src + i) - mean;
        sum += d * d;
    }
    for (; i < count; i++)
        rest += (src[i] - mean) * (src[i] - mean);
    return vec_sum(sum) + rest;
}

void ISA(norm)(size_t count, const float *src, float epsilon, const float *scale,
               const float *shift, float *dst, float kept[2])
{
    const float mean = ISA(sum)(count, src) / (float) count;
    const float variance = squares_about(count, src, mean) / (float) count;
    const float inverse = 1.0F / __builtin_sqrtf(variance + epsilon);

    for (size_t i = 0; i < count; i++)
        dst[i] = (src[i] - mean) * inverse * scale[i] + shift[i];
    kept[0] = mean;
    kept[1] = inverse;
}
