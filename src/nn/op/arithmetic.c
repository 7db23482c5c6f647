/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Add, subtract, multiply, divide, power, remainder, least and greatest, sum and mean.
 *
 * Integers come out modulo 2^n. A division or remainder by an integer zero gives 0, and the least
 * integer divided by -1 gives itself: no number from a model may stop the process.
 */
#include "nn/op/convert.h"
#include "nn/op/each.h"
#include "nn/op/rows.h"

#include <math.h>
#include <string.h>

#define NEEDS_TWO (DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1))

static void add_f32(const davy_call *call, size_t count, const void *const *in, void *out)
{
    call->env->kernels->add(count, in[0], in[1], out);
}
DAVY_BLOCK2(add_f64, double, double, a + b)
DAVY_BLOCK2(add_u64, uint64_t, uint64_t, a + b)

static void add_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                     const float *out, const float *diff_out, float *diff_in)
{
    (void) call;
    (void) input;
    (void) in;
    (void) out;
    memcpy(diff_in, diff_out, count * sizeof *diff_in);
}

DAVY_BLOCK2(sub_f32, float, float, a - b)
DAVY_BLOCK2(sub_f64, double, double, a - b)
DAVY_BLOCK2(sub_u64, uint64_t, uint64_t, a - b)

static void sub_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                     const float *out, const float *diff_out, float *diff_in)
{
    (void) in;
    (void) out;
    call->env->kernels->scale(count, input == 0 ? 1.0F : -1.0F, diff_out, diff_in);
}

static void mul_f32(const davy_call *call, size_t count, const void *const *in, void *out)
{
    call->env->kernels->multiply(count, in[0], in[1], out);
}
DAVY_BLOCK2(mul_f64, double, double, a *b)
DAVY_BLOCK2(mul_u64, uint64_t, uint64_t, a *b)

static void mul_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                     const float *out, const float *diff_out, float *diff_in)
{
    (void) out;
    call->env->kernels->multiply(count, diff_out, in[1 - input], diff_in);
}

static int64_t quotient(int64_t a, int64_t b)
{
    if (b == -1)
        return (int64_t) (0 - (uint64_t) a);
    return b == 0 ? 0 : a / b;
}

DAVY_BLOCK2(div_f32, float, float, a / b)
DAVY_BLOCK2(div_f64, double, double, a / b)
DAVY_BLOCK2(div_i64, int64_t, int64_t, quotient(a, b))
DAVY_BLOCK2(div_u64, uint64_t, uint64_t, b == 0 ? 0 : a / b)

static void div_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                     const float *out, const float *diff_out, float *diff_in)
{
    const float *a = in[0], *b = in[1];

    (void) call;
    (void) out;
    for (size_t i = 0; i < count; i++)
        diff_in[i] = input == 0 ? diff_out[i] / b[i] : -diff_out[i] * a[i] / (b[i] * b[i]);
}

/* a to the b by squaring; for a negative b what 1 / a^-b is when cut to an integer. */
static uint64_t power(uint64_t a, uint64_t b)
{
    uint64_t made = 1;

    for (; b; b >>= 1) {
        if (b & 1)
            made *= a;
        a *= a;
    }
    return made;
}

static int64_t power_signed(int64_t a, int64_t b)
{
    if (b >= 0)
        return (int64_t) power((uint64_t) a, (uint64_t) b);
    if (a == 1)
        return 1;
    return a == -1 ? (b & 1 ? -1 : 1) : 0;
}

/* Squares and roots are what models ask for; they need no logarithm. */
static inline float power_float(float a, float b)
{
    if (b == 2.0F)
        return a * a;
    if (b == 0.5F)
        return sqrtf(a);
    return powf(a, b);
}

DAVY_BLOCK2(pow_f32, float, float, power_float(a, b))
DAVY_BLOCK2(pow_f64, double, double, pow(a, b))
DAVY_BLOCK2(pow_i64, int64_t, int64_t, power_signed(a, b))
DAVY_BLOCK2(pow_u64, uint64_t, uint64_t, power(a, b))

static void pow_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                     const float *out, const float *diff_out, float *diff_in)
{
    const float *a = in[0], *b = in[1];

    (void) call;
    (void) out;
    for (size_t i = 0; i < count; i++)
        diff_in[i] = diff_out[i] * (input == 0 ? b[i] * power_float(a[i], b[i] - 1.0F)
                                               : powf(a[i], b[i]) * logf(a[i]));
}

/* The remainder has the sign of the divisor, or with `fmod` that of the dividend. */
static int64_t remainder_signed(int64_t a, int64_t b, bool of_dividend)
{
    const int64_t rest = b == 0 || b == -1 ? 0 : a % b;

    return rest != 0 && !of_dividend && (rest < 0) != (b < 0) ? rest + b : rest;
}

static double remainder_float(double a, double b, bool of_dividend)
{
    const double rest = fmod(a, b);

    return rest != 0 && !of_dividend && (rest < 0) != (b < 0) ? rest + b : rest;
}

#define REMAINDER(name, type, expression)                                                   \
    static void name(const davy_call *call, size_t count, const void *const *in, void *out) \
    {                                                                                       \
        const bool of_dividend = davy_node_int(call->node, "fmod", 0) != 0;                 \
        const type *a = in[0], *b = in[1];                                                  \
        type *made = out; /* NOLINT(bugprone-macro-parentheses): a type */                  \
        for (size_t i = 0; i < count; i++)                                                  \
            made[i] = expression(a[i], b[i], of_dividend);                                  \
    }
REMAINDER(mod_f64, double, remainder_float)
REMAINDER(mod_i64, int64_t, remainder_signed)
DAVY_BLOCK2(mod_u64, uint64_t, uint64_t, b == 0 ? 0 : a % b)

/* A NaN on either side stays. */
#define LEAST    (a < b || a != a ? a : b)
#define GREATEST (a > b || a != a ? a : b)
DAVY_BLOCK2(min_f32, float, float, LEAST)
DAVY_BLOCK2(min_f64, double, double, LEAST)
DAVY_BLOCK2(min_i64, int64_t, int64_t, a < b ? a : b)
DAVY_BLOCK2(min_u64, uint64_t, uint64_t, a < b ? a : b)
DAVY_BLOCK2(max_f32, float, float, GREATEST)
DAVY_BLOCK2(max_f64, double, double, GREATEST)
DAVY_BLOCK2(max_i64, int64_t, int64_t, a > b ? a : b)
DAVY_BLOCK2(max_u64, uint64_t, uint64_t, a > b ? a : b)

static void mean_finish(const davy_call *call, size_t count, const void *const *in, void *out)
{
    const double *sums = in[0];
    double *made = out;

    for (size_t i = 0; i < count; i++)
        made[i] = sums[i] / (double) call->in_count;
}

static const davy_function add = {
    .f32 = add_f32, .f64 = add_f64, .i64 = add_u64, .u64 = add_u64, .back = add_back};
static const davy_function sub = {
    .f32 = sub_f32, .f64 = sub_f64, .i64 = sub_u64, .u64 = sub_u64, .back = sub_back};
static const davy_function mul = {
    .f32 = mul_f32, .f64 = mul_f64, .i64 = mul_u64, .u64 = mul_u64, .back = mul_back};
static const davy_function divide = {
    .f32 = div_f32, .f64 = div_f64, .i64 = div_i64, .u64 = div_u64, .back = div_back};
static const davy_function raise_to = {.f32 = pow_f32,
                                       .f64 = pow_f64,
                                       .i64 = pow_i64,
                                       .u64 = pow_u64,
                                       .back = pow_back,
                                       .mixed = true};
static const davy_function modulo = {.f64 = mod_f64, .i64 = mod_i64, .u64 = mod_u64};
static const davy_function least = {
    .f32 = min_f32, .f64 = min_f64, .i64 = min_i64, .u64 = min_u64, .fold = true};
static const davy_function greatest = {
    .f32 = max_f32, .f64 = max_f64, .i64 = max_i64, .u64 = max_u64, .fold = true};
static const davy_function sum = {.f32 = add_f32, .f64 = add_f64, .fold = true};
static const davy_function mean = {.f64 = add_f64, .fold = true, .finish = mean_finish};

const davy_op davy_op_add = DAVY_EACH_ROW_BF16("add", "Add", 2, 2, add, 0);
const davy_op davy_op_sub = DAVY_EACH_ROW_BACK("sub", "Sub", 2, 2, sub, 0);
const davy_op davy_op_mul = DAVY_EACH_ROW_BF16("mul", "Mul", 2, 2, mul, NEEDS_TWO);
const davy_op davy_op_div = DAVY_EACH_ROW_BACK("div", "Div", 2, 2, divide, NEEDS_TWO);
const davy_op davy_op_pow = DAVY_EACH_ROW_BACK("pow", "Pow", 2, 2, raise_to, NEEDS_TWO);
const davy_op davy_op_mod = DAVY_EACH_ROW("mod", "Mod", 2, 2, modulo);
const davy_op davy_op_min = DAVY_EACH_ROW_FOLD("min", "Min", least);
const davy_op davy_op_max = DAVY_EACH_ROW_FOLD("max", "Max", greatest);
const davy_op davy_op_sum = DAVY_EACH_ROW_FOLD("sum", "Sum", sum);
const davy_op davy_op_mean = DAVY_EACH_ROW_FOLD("mean", "Mean", mean);
