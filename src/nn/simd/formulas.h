/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/simd/kernels.h"
#include "nn/simd/vector.h"

/**
 * @file
 * Elementary functions of a vector, within a few units in the last place.
 *
 * Stage: nn, private to nn/simd. All pass NaN on. Polynomials are Chebyshev interpolations of the
 * named function on the named range, rounded to float; tests/nn/test_simd_map.c holds their errors.
 */

/**
 * e^x = 2^n e^r with |r| <= ln(2) / 2. Beyond the range of floats: infinity or zero.
 */
static inline vec vec_exp(vec x)
{
    const vec lowest = vec_splat(-104.0F), highest = vec_splat(89.0F);
    const vec shift = vec_splat(0x1.8p23F); /* adding it rounds to a whole number */
    vec clamped, n, r, p, low, high;
    ivec power, half;

    clamped = vec_max(lowest, vec_min(highest, x));
    n = clamped * 0x1.715476p0F + shift;
    power = (ivec) ((uvec) n - (uvec) shift);
    n -= shift;
    r = clamped - n * 0x1.62e4p-1F; /* ln 2 in two parts, the first with zeros at its end */
    r = r - n * 0x1.7f7d1cp-20F;

    p = 0.00139261759F * r + 0.00836317334F;
    p = p * r + 0.0416665561F;
    p = p * r + 0.166665778F;
    p = p * r + 0.5F;
    p = p * (r * r) + r + 1.0F;

    half = power >> 1; /* in two factors, as 2^-150 and 2^128 are no floats */
    low = (vec) (((uvec) half + 127U) << 23);
    high = (vec) (((uvec) power - (uvec) half + 127U) << 23);
    return p * low * high;
}

/**
 * e^x = 2^n 2^f with |f| <= 1/2, for x up to 88 where a share of a whole is wanted and not its last
 * bits: relative error 1e-7 + 4e-8 |x|, zero below -87.7. Half the work of vec_exp().
 */
static inline vec vec_share(vec x)
{
    const vec lowest = vec_splat(-88.0F); /* its n + 127 is 0, and so is the float made of it */
    const vec shift = vec_splat(0x1.8p23F + 127.0F); /* leaves n + 127 in the low bits */
    const vec clamped = vec_max(lowest, x), n = clamped * 0x1.715476p0F + shift;
    const vec f = clamped * 0x1.715476p0F - (n - shift);
    vec p;

    p = 0.00132647273F * f + 0.00967151299F;
    p = p * f + 0.0555073358F;
    p = p * f + 0.240222424F;
    p = p * f + 0.693147004F;
    p = p * f + 1.0F;
    return p * (vec) ((ivec) n << 23);
}

/**
 * 1 / sqrt(x) where some last bits do not matter: relative error 7e-7; at 0 a finite number, so
 * that x / sqrt(x) is 0 there. Half of the exponent is a first guess, and each of two steps of
 * Newton's squares its error; their constants make the largest error least (Walczyk, Moroz,
 * Cieslinski, "A Modification of the Fast Inverse Square Root Algorithm", Computation 7(3), 2019).
 * The CPU's own roots keep its divider busy, and its estimates differ from one maker to the other.
 */
static inline vec vec_rsqrt(vec x)
{
    const vec half = 0.5F * x;
    vec y = (vec) (0x5f376900U - ((uvec) x >> 1));

    y = y * (1.500875F - half * y * y);
    return y * (1.50000058F - half * y * y);
}

/**
 * ln x = n ln 2 + ln(1 + r) with 1 + r between sqrt(1/2) and sqrt(2).
 */
static inline vec vec_log(vec x)
{
    const ivec below = x < 0x1p-126F;
    vec scaled = vec_select(below, x * 0x1p23F, x), r, p, n, y;
    const ivec bits = (ivec) ((uvec) scaled - 0x3f3504f3U); /* of sqrt(1/2) */

    n = __builtin_convertvector(bits >> 23, vec) - vec_select(below, vec_splat(23.0F), (vec){0});
    r = (vec) ((bits & 0x7fffff) + 0x3f3504f3) - 1.0F;

    p = -0.0767364129F * r + 0.127226725F;
    p = p * r - 0.13127555F;
    p = p * r + 0.142048553F;
    p = p * r - 0.166266456F;
    p = p * r + 0.200012341F;
    p = p * r - 0.250007808F;
    p = p * r + 0.333333313F;
    p = p * r - 0.49999997F;
    y = n * 0x1.62e4p-1F + (r + (p * (r * r) + n * 0x1.7f7d1cp-20F));

    y = vec_select(x == __builtin_inff(), x, y);
    y = vec_select(x == 0.0F, vec_splat(-__builtin_inff()), y);
    return vec_select(x >= 0.0F, y, vec_splat(__builtin_nanf("")));
}

/**
 * Near zero x + x^3 p(x^2), else 1 - 2 / (e^2x + 1).
 */
static inline vec vec_tanh(vec x)
{
    const vec size = vec_abs(x), square = x * x;
    vec p, far;

    p = -0.00609671418F * square + 0.0209971797F;
    p = p * square - 0.0538509078F;
    p = p * square + 0.133327693F;
    p = p * square - 0.333333284F;
    p = p * square * x + x;

    far = 1.0F - 2.0F / (vec_exp(2.0F * size) + 1.0F);
    return vec_copysign(vec_select(size < 0.625F, p, far), x);
}

static inline vec vec_sigmoid(vec x)
{
    return 1.0F / (1.0F + vec_exp(-x));
}

/**
 * Below 1 x + x p(x^2); above 1 - exp(q(|x|)), q from ln(1 - erf) on [1, 4].
 */
static inline vec vec_erf(vec x)
{
    const vec size = vec_abs(x), square = x * x, four = vec_splat(4.0F);
    const vec t = vec_min(four, size);
    vec p, q;

    p = 7.87587487e-5F * square - 0.00080168643F;
    p = p * square + 0.00518908724F;
    p = p * square - 0.0268542115F;
    p = p * square + 0.112835944F;
    p = p * square - 0.37612626F;
    p = p * square + 0.128379166F;
    p = p * x + x;

    q = 1.6371514e-6F * t - 4.60580413e-5F;
    q = q * t + 0.00059680565F;
    q = q * t - 0.0047595962F;
    q = q * t + 0.0264211353F;
    q = q * t - 0.110080086F;
    q = q * t - 0.631826043F;
    q = q * t - 1.13023341F;
    q = q * t + 0.00032013806F;
    return vec_select(size < 1.0F, p, vec_copysign(1.0F - vec_exp(q), x));
}

/**
 * Phi(-|x|), Phi the distribution of the normal law, as e^q(|x|). The polynomial has the least
 * error of x Phi(x) on [0, 5.5], 3e-8, and falls without end beyond.
 */
static inline vec vec_normal_tail(vec size)
{
    vec q;

    q = -1.11365193e-6F * size + 1.75530586e-5F;
    q = q * size - 8.51764926e-5F;
    q = q * size - 0.000194361754F;
    q = q * size + 0.00501632411F;
    q = q * size - 0.0364635587F;
    q = q * size - 0.318276256F;
    q = q * size - 0.797887802F;
    q = q * size - 0.693147123F;
    return vec_share(q);
}

/** x Phi(x) = max(0, x) - |x| Phi(-|x|); beyond 16, where the tail is 0, infinity is no matter. */
static inline vec vec_gelu(vec x)
{
    const vec size = vec_min(vec_splat(16.0F), vec_abs(x));

    return vec_max((vec){0}, x) - size * vec_normal_tail(size);
}

/** Phi(x) + x phi(x). */
static inline vec vec_gelu_slope(vec x)
{
    const vec tail = vec_normal_tail(vec_abs(x));
    const vec density = 0x1.988454p-2F * vec_share(-0.5F * x * x);

    return 0.5F + vec_copysign(0.5F - tail, x) + x * density;
}

/** Below -88 what is there, which is as good as zero. */
static inline vec vec_silu(vec x)
{
    const vec t = vec_max(vec_splat(-88.0F), x);

    return t / (1.0F + vec_share(-t));
}

static inline vec vec_silu_slope(vec x)
{
    const vec s = vec_sigmoid(x);

    return s + x * s * (1.0F - s);
}

/** Zero where x is negative; NaN stays, so that a sick network shows. */
static inline vec vec_relu(vec x)
{
    return vec_select(x < 0.0F, (vec){0}, x);
}

static inline vec vec_leaky(vec x, float slope)
{
    return vec_select(x < 0.0F, x * slope, x);
}

/** The activations that take more than an instruction or two. */
static __attribute__((noinline, unused)) vec vec_curve(davy_activation activation, vec x)
{
    switch (activation) {
    case DAVY_ACTIVATION_GELU:
        return vec_gelu(x);
    case DAVY_ACTIVATION_SILU:
        return vec_silu(x);
    case DAVY_ACTIVATION_SIGMOID:
        return vec_sigmoid(x);
    case DAVY_ACTIVATION_TANH:
        return vec_tanh(x);
    default:
        return x;
    }
}

static inline vec vec_activate(davy_activation activation, float slope, vec x)
{
    if (activation == DAVY_ACTIVATION_NONE)
        return x;
    if (activation == DAVY_ACTIVATION_RELU)
        return vec_relu(x);
    if (activation == DAVY_ACTIVATION_LEAKY)
        return vec_leaky(x, slope);
    return vec_curve(activation, x);
}
