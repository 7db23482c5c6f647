/* SPDX-License-Identifier: Apache-2.0 */
/* The greater of two, and the greatest of four pixels. */
#include "nn/simd/isa.h"

#include "nn/simd/greatest.h"

void ISA(maximum)(size_t count, const float *a, const float *b, float *dst)
{
    size_t i = 0;

    for (; i + LANES <= count; i += LANES) {
        const vec x = vec_load(a + i), y = vec_load(b + i);
        vec_store(dst + i, vec_select(wins(y, x), y, x));
    }
    for (; i < count; i++)
        dst[i] = b[i] > a[i] || b[i] != b[i] ? b[i] : a[i];
}

/* The greater of two bf16 numbers: floats whose lower half is zero. */
typedef uint16_t lane_halves __attribute__((vector_size(2 * LANES)));

static inline vec load_bf16(const uint16_t *from, size_t count)
{
    lane_halves halves = {0};

    memcpy(&halves, from, count * sizeof *from);
    return (vec) (__builtin_convertvector(halves, uvec) << 16);
}

static inline void maximum_bf16_some(size_t count, const uint16_t *a, const uint16_t *b,
                                     uint16_t *dst)
{
    const vec x = load_bf16(a, count), y = load_bf16(b, count);
    const uvec best = (uvec) vec_select(wins(y, x), y, x);
    const lane_halves halves = __builtin_convertvector(best >> 16, lane_halves);

    memcpy(dst, &halves, count * sizeof *dst);
}

void ISA(maximum_bf16)(size_t count, const uint16_t *a, const uint16_t *b, uint16_t *dst)
{
    size_t i = 0;

    for (; i + LANES <= count; i += LANES)
        maximum_bf16_some(LANES, a + i, b + i, dst + i);
    if (i < count)
        maximum_bf16_some(count - i, a + i, b + i, dst + i);
}

static inline vec load_lanes(const float *from, size_t count)
{
    return count == LANES ? vec_load(from) : vec_load_some(from, count);
}

/* `count` channels of one pixel. */
static inline __attribute__((always_inline)) void quarter(size_t channels, size_t count,
                                                          const float *above, const float *below,
                                                          const float *bias, bool relu, float *to,
                                                          uint8_t *winners)
{
    struct greatest best = of_four(load_lanes(above, count), load_lanes(above + channels, count),
                                   load_lanes(below, count), load_lanes(below + channels, count));

    if (bias)
        best.value += load_lanes(bias, count);
    if (relu)
        best = cut_off(best);
    if (count == LANES)
        vec_store(to, best.value);
    else
        vec_store_some(to, count, best.value);
    if (winners)
        store_bytes(winners, count, best.number);
}

void ISA(max_pool2)(size_t pixels, size_t channels, const float *upper, const float *lower,
                    const float *bias, bool relu, float *dst, uint8_t *winners)
{
    for (size_t pixel = 0; pixel < pixels; pixel++) {
        const size_t to = pixel * channels, from = 2 * to;
        size_t c = 0;

        for (; c + LANES <= channels; c += LANES)
            quarter(channels, LANES, upper + from + c, lower + from + c, bias ? bias + c : NULL,
                    relu, dst + to + c, winners ? winners + to + c : NULL);
        if (c < channels)
            quarter(channels, channels - c, upper + from + c, lower + from + c,
                    bias ? bias + c : NULL, relu, dst + to + c, winners ? winners + to + c : NULL);
    }
}

typedef int16_t half_lanes __attribute__((vector_size(2 * LANES)));

/* The numbers of some winners; behind the last, 4: nobody. */
static inline ivec load_winners(const uint8_t *winners, size_t count)
{
    lane_bytes number = {0};

    memcpy(&number, winners, count);
    return __builtin_convertvector(number, ivec);
}

/* What is given: the gradient, but nothing where relu cut the value off. */
static inline void add_given(ivec number, vec diff, size_t count, float *sum)
{
    const vec given = (vec) ((number < 4) & (ivec) diff);

    if (count == LANES)
        vec_store(sum, vec_load(sum) + given);
    else
        vec_store_some(sum, count, vec_load_some(sum, count) + given);
}

static inline __attribute__((always_inline)) void give(size_t channels, size_t count,
                                                       const float *diff, const uint8_t *winners,
                                                       float *above, float *below, float *sum)
{
    const ivec number = load_winners(winners, count);
    const vec value = count == LANES ? vec_load(diff) : vec_load_some(diff, count);
    float *const to[4] = {above, above + channels, below, below + channels};

    for (int32_t i = 0; i < 4; i++) {
        const vec part = (vec) ((number == i) & (ivec) value);

        if (count == LANES)
            vec_store(to[i], part);
        else
            vec_store_some(to[i], count, part);
    }
    if (sum)
        add_given(number, value, count, sum);
}

void ISA(max_pool2_back)(size_t pixels, size_t channels, const float *diff, const uint8_t *winners,
                         float *upper, float *lower, float *sum)
{
    for (size_t pixel = 0; pixel < pixels; pixel++) {
        const size_t from = pixel * channels;
        size_t c = 0;

        for (; c + LANES <= channels; c += LANES)
            give(channels, LANES, diff + from + c, winners + from + c, upper + 2 * from + c,
                 lower + 2 * from + c, sum ? sum + c : NULL);
        if (c < channels)
            give(channels, channels - c, diff + from + c, winners + from + c, upper + 2 * from + c,
                 lower + 2 * from + c, sum ? sum + c : NULL);
    }
}

static inline __attribute__((always_inline)) void give_bf16(size_t channels, size_t count,
                                                            const float *diff,
                                                            const uint8_t *winners, uint16_t *above,
                                                            uint16_t *below, float *sum)
{
    const ivec number = load_winners(winners, count);
    const vec value = count == LANES ? vec_load(diff) : vec_load_some(diff, count);
    uint16_t *const to[4] = {above, above + channels, below, below + channels};
    const ivec bits = (ivec) value, nan = vec_nan(value);
    const ivec even = bits + 0x7fff + (bits >> 16 & 1);
    const ivec rounded = ((nan & (bits | 0x400000)) | (~nan & even)) >> 16;

    for (int32_t i = 0; i < 4; i++) {
        const half_lanes part = __builtin_convertvector((number == i) & rounded, half_lanes);

        memcpy(to[i], &part, 2 * count);
    }
    if (sum)
        add_given(number, value, count, sum);
}

void ISA(max_pool2_back_bf16)(size_t pixels, size_t channels, const float *diff,
                              const uint8_t *winners, uint16_t *upper, uint16_t *lower, float *sum)
{
    for (size_t pixel = 0; pixel < pixels; pixel++) {
        const size_t from = pixel * channels;
        size_t c = 0;

        for (; c + LANES <= channels; c += LANES)
            give_bf16(channels, LANES, diff + from + c, winners + from + c, upper + 2 * from + c,
                      lower + 2 * from + c, sum ? sum + c : NULL);
        if (c < channels)
            give_bf16(channels, channels - c, diff + from + c, winners + from + c,
                      upper + 2 * from + c, lower + 2 * from + c, sum ? sum + c : NULL);
    }
}
