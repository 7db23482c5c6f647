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

/* A vector of a pixel: sums of g and of g n, and the gradients of scale and shift. */
INLINE void sum_vector(const davy_norm_back *back, size_t pixel, size_t c, size_t count,
                       vec sums[2])
{
    const vec diff = vec_take(back->diff_y + pixel * back->step + c, count);
    const vec x = vec_take(back->x + pixel * back->step + c, count);
    const vec normal = (x - back->mean) * back->inverse, by_normal = diff * normal;
    const vec scale = vec_take(back->scale + c, count);

    vec_put(back->diff_scale + c, count, vec_take(back->diff_scale + c, count) + by_normal);
    vec_put(back->diff_shift + c, count, vec_take(back->diff_shift + c, count) + diff);
    sums[0] += diff * scale;
    sums[1] += by_normal * scale;
}

INLINE void carry_vector(const davy_norm_back *back, size_t pixel, size_t c, size_t count,
                         const float means[2])
{
    const size_t at = pixel * back->step + c;
    const vec normal = (vec_take(back->x + at, count) - back->mean) * back->inverse;
    const vec g = vec_take(back->diff_y + at, count) * vec_take(back->scale + c, count);
    const vec diff = back->inverse * (g - means[0] - normal * means[1]);

    /* Lanes without a number hold some, which are not stored. */
    vec_put(back->diff_x + at, count, back->add ? vec_take(back->diff_x + at, count) + diff : diff);
}

void ISA(norm_back)(const davy_norm_back *back)
{
    const davy_norm_back b = *back;
    const double count = (double) (b.width * b.pixels);
    const size_t whole = b.width / LANES * LANES;
    double totals[2] = {0.0, 0.0};
    float means[2];

    for (size_t pixel = 0; pixel < b.pixels; pixel++) {
        vec sums[2] = {{0}};

        for (size_t c = 0; c < whole; c += LANES)
            sum_vector(&b, pixel, c, LANES, sums);
        if (whole < b.width)
            sum_vector(&b, pixel, whole, b.width - whole, sums);
        totals[0] += (double) vec_sum(sums[0]);
        totals[1] += (double) vec_sum(sums[1]);
    }
    means[0] = (float) (totals[0] / count);
    means[1] = (float) (totals[1] / count);
    for (size_t pixel = 0; b.diff_x && pixel < b.pixels; pixel++) {
        for (size_t c = 0; c < whole; c += LANES)
            carry_vector(&b, pixel, c, LANES, means);
        if (whole < b.width)
            carry_vector(&b, pixel, whole, b.width - whole, means);
    }
}
