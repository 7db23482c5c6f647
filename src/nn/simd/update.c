/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of optimisers. That gradients and weights are finite is checked on the way, for nothing. */
#include "nn/simd/isa.h"

#include <math.h>
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

bool ISA(adam)(const davy_update *update)
{
    const davy_update u = *update;
    const float keep = 1.0F - u.rate * u.decay, rate = u.rate * u.correction1;
    uint32_t wrong = 0;

    for (size_t i = 0; i < u.count; i++) {
        const float w = u.weights[i], g = slope(&u, u.diff[i], w);
        const float m = u.beta1 * u.moment[i] + (1.0F - u.beta1) * g;
        const float v = u.beta2 * u.square[i] + (1.0F - u.beta2) * (g * g);
        const float stepped = keep * w - rate * m / (sqrtf(v) * u.correction2 + u.epsilon);

        u.moment[i] = m;
        u.square[i] = v;
        u.weights[i] = stepped;
        wrong |= not_finite(m) | not_finite(v) | not_finite(stepped);
    }
    return wrong == 0;
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
