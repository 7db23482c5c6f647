/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of optimisers. That gradients and weights are finite is checked on the way, for nothing. */
#include "nn/simd/isa.h"

#include "nn/simd/formulas.h"

#include <string.h>

/* g: the gradient, clipped and averaged, with the slopes of the penalties. */
static inline float slope(const davy_update *u, float diff, float weight)
{
    const float sign = (float) (weight > 0.0F) - (float) (weight < 0.0F);

    return u->factor * diff + u->l2 * weight + u->l1 * sign;
}

/* 1 when all bits of the exponent are set. Gathered as a number, so that no branch looks at it. */
static inline uint32_t not_finite(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return (bits & 0x7f800000U) == 0x7f800000U;
}

INLINE vec slope_vector(const davy_update *u, bool l1, vec diff, vec weight)
{
    const vec g = u->factor * diff + u->l2 * weight;

    return l1 ? g + vec_select(weight != 0.0F, vec_copysign(vec_splat(u->l1), weight), (vec){0})
              : g;
}

/* One vector. `wrong` stays zeros, and becomes NaN where m, v or w is not finite: what is wrong
 * with m shows in w. */
INLINE void adam_vector(const davy_update *u, bool l1, size_t i, size_t count, vec *wrong)
{
    const vec w = vec_take(u->weights + i, count);
    const vec g = slope_vector(u, l1, vec_take(u->diff + i, count), w);
    const vec m = (1.0F - u->beta1) * g + u->beta1 * vec_take(u->moment + i, count);
    const vec v = (1.0F - u->beta2) * (g * g) + u->beta2 * vec_take(u->square + i, count);
    const vec deviation = v * vec_rsqrt(v) * u->correction2 + u->epsilon;
    const vec stepped = (1.0F - u->rate * u->decay) * w - u->rate * u->correction1 * m / deviation;

    vec_put(u->moment + i, count, m);
    vec_put(u->square + i, count, v);
    vec_put(u->weights + i, count, stepped);
    *wrong = stepped * 0.0F + (v * 0.0F + *wrong);
}

INLINE bool adam(const davy_update *update, bool l1)
{
    const davy_update u = *update;
    vec wrong = {0};
    size_t i = 0;

    for (; i + LANES <= u.count; i += LANES)
        adam_vector(&u, l1, i, LANES, &wrong);
    if (i < u.count)
        adam_vector(&u, l1, i, u.count - i, &wrong);
    return vec_sum(wrong) == 0.0F;
}

bool ISA(adam)(const davy_update *update)
{
    return update->l1 != 0.0F ? adam(update, true) : adam(update, false);
}

/* Plain descent keeps no moment. */
static bool descend(const davy_update *update)
{
    const davy_update u = *update;
    uint32_t wrong = 0;

    for (size_t i = 0; i < u.count; i++) {
        const float w = u.weights[i], stepped = w - u.rate * slope(&u, u.diff[i], w);

        u.weights[i] = stepped;
        wrong |= not_finite(stepped);
    }
    return wrong == 0;
}

/* The step goes along m, and with Nesterov along g + momentum m. */
static bool roll(const davy_update *update)
{
    const davy_update u = *update;
    const float ahead = u.nesterov ? u.momentum : 1.0F, now = u.nesterov ? 1.0F : 0.0F;
    uint32_t wrong = 0;

    for (size_t i = 0; i < u.count; i++) {
        const float w = u.weights[i], g = slope(&u, u.diff[i], w);
        const float m = u.momentum * u.moment[i] + g;
        const float stepped = w - u.rate * (now * g + ahead * m);

        u.moment[i] = m;
        u.weights[i] = stepped;
        wrong |= not_finite(m) | not_finite(stepped);
    }
    return wrong == 0;
}

bool ISA(momentum)(const davy_update *update)
{
    return update->moment ? roll(update) : descend(update);
}
