/* SPDX-License-Identifier: Apache-2.0 */
/* The greater of two, and the greatest of four pixels. */
#include "nn/simd/isa.h"

#include "nn/simd/vector.h"

/* Which lanes of `next` take the place of those in `best`: the greater ones, and every NaN. */
static inline ivec wins(vec next, vec best)
{
    return (next > best) | (next != next);
}

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

/* A byte of each lane. */
static inline void store_bytes(uint8_t *to, size_t count, ivec lanes)
{
    typedef uint8_t bytes __attribute__((vector_size(LANES)));
    const bytes low = __builtin_convertvector(lanes, bytes);

    memcpy(to, &low, count);
}

/* The greatest of four pixels and its number, in some lanes. */
struct greatest {
    vec value;
    ivec number;
};

static inline struct greatest of_four(vec a, vec b, vec c, vec d, bool relu)
{
    const ivec right = wins(b, a), right_below = wins(d, c);
    const vec above = vec_select(right, b, a), below = vec_select(right_below, d, c);
    const ivec down = wins(below, above);
    vec value = vec_select(down, below, above);
    ivec number = (down & (2 - right_below)) | (~down & -right); /* a mask is -1 */

    if (relu) {
        const ivec none = value <= 0.0F;
        value = (vec) (~none & (ivec) value);
        number |= none & 4;
    }
    return (struct greatest){value, number};
}

static inline void quarters(size_t pixels, size_t channels, const float *upper, const float *lower,
                            bool relu, float *dst, uint8_t *winners)
{
    for (size_t pixel = 0; pixel < pixels; pixel++) {
        const float *above = upper + 2 * pixel * channels, *below = lower + 2 * pixel * channels;
        float *to = dst + pixel * channels;
        uint8_t *which = winners ? winners + pixel * channels : NULL;
        size_t c = 0;

        for (; c + LANES <= channels; c += LANES) {
            const struct greatest best =
                of_four(vec_load(above + c), vec_load(above + channels + c), vec_load(below + c),
                        vec_load(below + channels + c), relu);
            vec_store(to + c, best.value);
            if (which)
                store_bytes(which + c, LANES, best.number);
        }
        if (c < channels) {
            const size_t rest = channels - c;
            const struct greatest best = of_four(
                vec_load_some(above + c, rest), vec_load_some(above + channels + c, rest),
                vec_load_some(below + c, rest), vec_load_some(below + channels + c, rest), relu);
            vec_store_some(to + c, rest, best.value);
            if (which)
                store_bytes(which + c, rest, best.number);
        }
    }
}

void ISA(max_pool2)(size_t pixels, size_t channels, const float *upper, const float *lower,
                    bool relu, float *dst, uint8_t *winners)
{
    quarters(pixels, channels, upper, lower, relu, dst, winners);
}

static inline ivec load_bytes(const uint8_t *from, size_t count)
{
    typedef uint8_t bytes __attribute__((vector_size(LANES)));
    bytes low = {0};

    memcpy(&low, from, count);
    return __builtin_convertvector(low, ivec);
}

void ISA(max_pool2_back)(size_t pixels, size_t channels, const float *diff, const uint8_t *winners,
                         float *upper, float *lower)
{
    for (size_t pixel = 0; pixel < pixels; pixel++) {
        for (size_t c = 0; c < channels; c += LANES) {
            const size_t from = pixel * channels + c, to = from + pixel * channels;
            const size_t rest = channels - c < LANES ? channels - c : LANES;
            const ivec number = load_bytes(winners + from, rest);
            const ivec value = (ivec) vec_load_some(diff + from, rest);

            vec_store_some(upper + to, rest, (vec) ((number == 0) & value));
            vec_store_some(upper + to + channels, rest, (vec) ((number == 1) & value));
            vec_store_some(lower + to, rest, (vec) ((number == 2) & value));
            vec_store_some(lower + to + channels, rest, (vec) ((number == 3) & value));
        }
    }
}
