/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of one number.
 *
 * Functions without a kernel of their own are computed as double, whatever the float type.
 */
#include "nn/op/each.h"
#include "nn/op/rows.h"

#include <math.h>

/* A kernel of the instruction set as a block function. */
#define KERNEL(name)                                                                              \
    static void name##_f32(const davy_call *call, size_t count, const void *const *in, void *out) \
    {                                                                                             \
        call->env->kernels->name(count, in[0], out);                                              \
    }
/* A function of double. */
#define DOUBLE(name, expression)                        \
    DAVY_BLOCK1(name##_f64, double, double, expression) \
    static const davy_function name##_function = {.f64 = name##_f64};

KERNEL(exp)
KERNEL(log)
KERNEL(sqrt)
KERNEL(erf)
DAVY_BLOCK1(exp_f64, double, double, exp(a))
DAVY_BLOCK1(log_f64, double, double, log(a))
DAVY_BLOCK1(sqrt_f64, double, double, sqrt(a))
DAVY_BLOCK1(erf_f64, double, double, erf(a))

static void exp_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                     const float *out, const float *diff_out, float *diff_in)
{
    (void) input;
    (void) in;
    call->env->kernels->multiply(count, diff_out, out, diff_in);
}

static void log_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                     const float *out, const float *diff_out, float *diff_in)
{
    const float *a = in[0];

    (void) call;
    (void) input;
    (void) out;
    for (size_t i = 0; i < count; i++)
        diff_in[i] = diff_out[i] / a[i];
}

static void sqrt_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                      const float *out, const float *diff_out, float *diff_in)
{
    (void) call;
    (void) input;
    (void) in;
    for (size_t i = 0; i < count; i++)
        diff_in[i] = 0.5F * diff_out[i] / out[i];
}

static const davy_function exponential = {.f32 = exp_f32, .f64 = exp_f64, .back = exp_back};
static const davy_function logarithm = {.f32 = log_f32, .f64 = log_f64, .back = log_back};
static const davy_function root = {.f32 = sqrt_f32, .f64 = sqrt_f64, .back = sqrt_back};
static const davy_function error = {.f32 = erf_f32, .f64 = erf_f64};

/* The least integer stays what it is, as two's complement has it. */
DAVY_BLOCK1(neg_f32, float, float, -a)
DAVY_BLOCK1(neg_f64, double, double, -a)
DAVY_BLOCK1(neg_i64, uint64_t, uint64_t, 0 - a)
DAVY_BLOCK1(abs_f32, float, float, fabsf(a))
DAVY_BLOCK1(abs_f64, double, double, fabs(a))
DAVY_BLOCK1(abs_i64, int64_t, uint64_t, a < 0 ? 0 - (uint64_t) a : (uint64_t) a)
DAVY_BLOCK1(abs_u64, uint64_t, uint64_t, a)
DAVY_BLOCK1(sign_f64, double, double, a != a ? a : (double) ((a > 0) - (a < 0)))
DAVY_BLOCK1(sign_i64, int64_t, int64_t, (a > 0) - (a < 0))
DAVY_BLOCK1(sign_u64, uint64_t, uint64_t, a > 0)
DAVY_BLOCK1(reciprocal_f32, float, float, 1.0F / a)
DAVY_BLOCK1(reciprocal_f64, double, double, 1.0 / a)

static void neg_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                     const float *out, const float *diff_out, float *diff_in)
{
    (void) input;
    (void) in;
    (void) out;
    call->env->kernels->scale(count, -1.0F, diff_out, diff_in);
}

static const davy_function negative = {
    .f32 = neg_f32, .f64 = neg_f64, .i64 = neg_i64, .back = neg_back};
static const davy_function absolute = {
    .f32 = abs_f32, .f64 = abs_f64, .i64 = abs_i64, .u64 = abs_u64};
static const davy_function sign = {.f64 = sign_f64, .i64 = sign_i64, .u64 = sign_u64};
static const davy_function reciprocal = {.f32 = reciprocal_f32, .f64 = reciprocal_f64};

DAVY_BLOCK1(ceil_f32, float, float, ceilf(a))
DAVY_BLOCK1(ceil_f64, double, double, ceil(a))
DAVY_BLOCK1(floor_f32, float, float, floorf(a))
DAVY_BLOCK1(floor_f64, double, double, floor(a))
DAVY_BLOCK1(round_f32, float, float, rintf(a)) /* halves to the even number */
DAVY_BLOCK1(round_f64, double, double, rint(a))
static const davy_function up = {.f32 = ceil_f32, .f64 = ceil_f64};
static const davy_function down = {.f32 = floor_f32, .f64 = floor_f64};
static const davy_function nearest = {.f32 = round_f32, .f64 = round_f64};

DOUBLE(sin, sin(a))
DOUBLE(cos, cos(a))
DOUBLE(tan, tan(a))
DOUBLE(asin, asin(a))
DOUBLE(acos, acos(a))
DOUBLE(atan, atan(a))
DOUBLE(sinh, sinh(a))
DOUBLE(cosh, cosh(a))
DOUBLE(asinh, asinh(a))
DOUBLE(acosh, acosh(a))
DOUBLE(atanh, atanh(a))

const davy_op davy_op_exp = DAVY_EACH_ROW_BACK("exp", "Exp", 1, 1, exponential, DAVY_NEEDS_OUT(0));
const davy_op davy_op_log = DAVY_EACH_ROW_BACK("log", "Log", 1, 1, logarithm, DAVY_NEEDS_IN(0));
const davy_op davy_op_sqrt = DAVY_EACH_ROW_BACK("sqrt", "Sqrt", 1, 1, root, DAVY_NEEDS_OUT(0));
const davy_op davy_op_erf = DAVY_EACH_ROW("erf", "Erf", 1, 1, error);
const davy_op davy_op_neg = DAVY_EACH_ROW_BACK("neg", "Neg", 1, 1, negative, 0);
const davy_op davy_op_abs = DAVY_EACH_ROW("abs", "Abs", 1, 1, absolute);
const davy_op davy_op_sign = DAVY_EACH_ROW("sign", "Sign", 1, 1, sign);
const davy_op davy_op_reciprocal = DAVY_EACH_ROW("reciprocal", "Reciprocal", 1, 1, reciprocal);
const davy_op davy_op_ceil = DAVY_EACH_ROW("ceil", "Ceil", 1, 1, up);
const davy_op davy_op_floor = DAVY_EACH_ROW("floor", "Floor", 1, 1, down);
const davy_op davy_op_round = DAVY_EACH_ROW("round", "Round", 1, 1, nearest);
const davy_op davy_op_sin = DAVY_EACH_ROW("sin", "Sin", 1, 1, sin_function);
const davy_op davy_op_cos = DAVY_EACH_ROW("cos", "Cos", 1, 1, cos_function);
const davy_op davy_op_tan = DAVY_EACH_ROW("tan", "Tan", 1, 1, tan_function);
const davy_op davy_op_asin = DAVY_EACH_ROW("asin", "Asin", 1, 1, asin_function);
const davy_op davy_op_acos = DAVY_EACH_ROW("acos", "Acos", 1, 1, acos_function);
const davy_op davy_op_atan = DAVY_EACH_ROW("atan", "Atan", 1, 1, atan_function);
const davy_op davy_op_sinh = DAVY_EACH_ROW("sinh", "Sinh", 1, 1, sinh_function);
const davy_op davy_op_cosh = DAVY_EACH_ROW("cosh", "Cosh", 1, 1, cosh_function);
const davy_op davy_op_asinh = DAVY_EACH_ROW("asinh", "Asinh", 1, 1, asinh_function);
const davy_op davy_op_acosh = DAVY_EACH_ROW("acosh", "Acosh", 1, 1, acosh_function);
const davy_op davy_op_atanh = DAVY_EACH_ROW("atanh", "Atanh", 1, 1, atanh_function);
