/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of one number, over arrays. */
#include "nn/simd/isa.h"

#include "nn/simd/formulas.h"

#include <math.h>

#define MAP(name)                                                                              \
    void ISA(name)(size_t count, const float *src, float *dst)                                 \
    {                                                                                          \
        size_t i = 0;                                                                          \
                                                                                               \
        for (; i + LANES <= count; i += LANES)                                                 \
            vec_store(dst + i, vec_##name(vec_load(src + i)));                                 \
        if (i < count)                                                                         \
            vec_store_some(dst + i, count - i, vec_##name(vec_load_some(src + i, count - i))); \
    }

MAP(exp)
MAP(log)
MAP(tanh)
MAP(sigmoid)
MAP(gelu)
MAP(silu)
MAP(erf)

/* diff_src = diff_dst f', with f' a formula of `kept`. */
#define MAP_BACK(name, slope)                                                                      \
    void ISA(name##_back)(size_t count, const float *kept, const float *diff_dst, float *diff_src) \
    {                                                                                              \
        size_t i = 0;                                                                              \
                                                                                                   \
        for (; i + LANES <= count; i += LANES) {                                                   \
            const vec y = vec_load(kept + i);                                                      \
            vec_store(diff_src + i, vec_load(diff_dst + i) * (slope));                             \
        }                                                                                          \
        if (i < count) {                                                                           \
            const vec y = vec_load_some(kept + i, count - i);                                      \
            vec_store_some(diff_src + i, count - i,                                                \
                           vec_load_some(diff_dst + i, count - i) * (slope));                      \
        }                                                                                          \
    }

MAP_BACK(tanh, 1.0F - y * y)
MAP_BACK(sigmoid, y *(1.0F - y))
MAP_BACK(gelu, vec_gelu_slope(y))
MAP_BACK(silu, vec_silu_slope(y))

/* The square root is exact in every instruction set: the compiler's own loop. */
void ISA(sqrt)(size_t count, const float *src, float *dst)
{
    for (size_t i = 0; i < count; i++)
        dst[i] = sqrtf(src[i]);
}

static void relu(size_t count, float *x)
{
    for (size_t i = 0; i < count; i++)
        x[i] = x[i] < 0.0F ? 0.0F : x[i]; /* NaN stays */
}

static void leaky(size_t count, float slope, float *x)
{
    for (size_t i = 0; i < count; i++)
        x[i] = x[i] < 0.0F ? x[i] * slope : x[i];
}

void ISA(relu_back)(size_t count, const float *kept, const float *diff_dst, float *diff_src)
{
    for (size_t i = 0; i < count; i++)
        diff_src[i] = kept[i] > 0.0F ? diff_dst[i] : kept[i] * 0.0F;
}

static void leaky_back(size_t count, float slope, const float *kept, const float *diff_dst,
                       float *diff_src)
{
    for (size_t i = 0; i < count; i++)
        diff_src[i] = kept[i] > 0.0F ? diff_dst[i] : diff_dst[i] * slope;
}

void ISA(activate)(davy_activation activation, float slope, size_t count, float *x)
{
    static davy_map *const maps[] = {
        [DAVY_ACTIVATION_GELU] = ISA(gelu),
        [DAVY_ACTIVATION_SILU] = ISA(silu),
        [DAVY_ACTIVATION_SIGMOID] = ISA(sigmoid),
        [DAVY_ACTIVATION_TANH] = ISA(tanh),
    };

    if (activation == DAVY_ACTIVATION_RELU)
        relu(count, x);
    else if (activation == DAVY_ACTIVATION_LEAKY)
        leaky(count, slope, x);
    else if (activation != DAVY_ACTIVATION_NONE)
        maps[activation](count, x, x);
}

void ISA(activate_back)(davy_activation activation, float slope, size_t count, const float *kept,
                        const float *diff_dst, float *diff_src)
{
    static davy_map_back *const maps[] = {
        [DAVY_ACTIVATION_RELU] = ISA(relu_back), [DAVY_ACTIVATION_GELU] = ISA(gelu_back),
        [DAVY_ACTIVATION_SILU] = ISA(silu_back), [DAVY_ACTIVATION_SIGMOID] = ISA(sigmoid_back),
        [DAVY_ACTIVATION_TANH] = ISA(tanh_back),
    };

    if (activation == DAVY_ACTIVATION_LEAKY)
        leaky_back(count, slope, kept, diff_dst, diff_src);
    else if (activation != DAVY_ACTIVATION_NONE)
        maps[activation](count, kept, diff_dst, diff_src);
    else if (diff_src != diff_dst)
        memmove(diff_src, diff_dst, count * sizeof *diff_src);
}
