/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Activations that foreign graphs bring along, and clip.
 *
 * The activations that networks here are built of have kernels: see activation.c. These are
 * formulas with up to two settings, p and q, written once for float and double.
 */
#include "nn/op/each.h"
#include "nn/op/rows.h"

#include <math.h>

#define FORMULA_OF(name, type, p_name, p_default, q_name, q_default, expression)            \
    static void name(const davy_call *call, size_t count, const void *const *in, void *out) \
    {                                                                                       \
        const type p = (type) davy_node_float(call->node, p_name, p_default);               \
        const type q = (type) davy_node_float(call->node, q_name, q_default);               \
        const type *x = in[0];                                                              \
        type *made = out; /* NOLINT(bugprone-macro-parentheses): a type */                  \
        (void) p;                                                                           \
        (void) q;                                                                           \
        for (size_t i = 0; i < count; i++) {                                                \
            const type a = x[i];                                                            \
            made[i] = (type) (expression);                                                  \
        }                                                                                   \
    }
/* Cheap formulas are computed in the type they come in, those with exp() as double. */
#define CHEAP(name, p_name, p_default, q_name, q_default, expression)                \
    FORMULA_OF(name##_f32, float, p_name, p_default, q_name, q_default, expression)  \
    FORMULA_OF(name##_f64, double, p_name, p_default, q_name, q_default, expression) \
    static const davy_function name = {.f32 = name##_f32, .f64 = name##_f64};
#define CURVED(name, p_name, p_default, q_name, q_default, expression)               \
    FORMULA_OF(name##_f64, double, p_name, p_default, q_name, q_default, expression) \
    static const davy_function name = {.f64 = name##_f64};

/* Comparisons stand so that a NaN falls through to itself. */
#define UNIT(v) ((v) < 0 ? 0 : (v) > 1 ? 1 : (v))

static double softplus_of(double x)
{
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

CHEAP(hard_sigmoid, "alpha", 0.2F, "beta", 0.5F, UNIT(p *a + q))
CHEAP(hard_swish, "", 0, "", 0, a *UNIT((a + 3) / 6))
CHEAP(softsign, "", 0, "", 0, a / (1 + (a < 0 ? -a : a)))
CHEAP(thresholded_relu, "alpha", 1.0F, "", 0, a > p || a != a ? a : 0)
CHEAP(shrink, "lambd", 0.5F, "bias", 0.0F, a<-p ? a + q : a> p ? a - q : a != a ? a : 0)
CURVED(elu, "alpha", 1.0F, "", 0, a < 0 ? p * expm1(a) : a)
CURVED(selu, "alpha", 1.67326319217681884765625F, "gamma", 1.05070102214813232421875F,
       q *(a < 0 ? p * expm1(a) : a))
CURVED(celu, "alpha", 1.0F, "", 0, a < 0 ? p * expm1(a / p) : a)
FORMULA_OF(softplus_f32, float, "", 0, "", 0, softplus_of((double) a))
FORMULA_OF(softplus_f64, double, "", 0, "", 0, softplus_of(a))
CURVED(mish, "", 0, "", 0, a *tanh(softplus_of(a)))

static void softplus_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                          const float *out, const float *diff_out, float *diff_in)
{
    const float *x = in[0];

    (void) call;
    (void) input;
    (void) out;
    for (size_t i = 0; i < count; i++)
        diff_in[i] = diff_out[i] / (1 + expf(-x[i]));
}
static const davy_function softplus = {
    .f32 = softplus_f32, .f64 = softplus_f64, .back = softplus_back};

DAVY_BLOCK2(prelu_f32, float, float, a < 0 ? a * b : a)
DAVY_BLOCK2(prelu_f64, double, double, a < 0 ? a * b : a)
DAVY_BLOCK2(prelu_i64, int64_t, int64_t, a < 0 ? (uint64_t) a * (uint64_t) b : (uint64_t) a)
DAVY_BLOCK2(prelu_u64, uint64_t, uint64_t, a + 0 * b)
static const davy_function prelu = {
    .f32 = prelu_f32, .f64 = prelu_f64, .i64 = prelu_i64, .u64 = prelu_u64};

/* The limits may be absent; where they cross, the upper one wins, as numpy has it. */
#define CLIP(name, type)                                                                    \
    static void name(const davy_call *call, size_t count, const void *const *in, void *out) \
    {                                                                                       \
        const type *x = in[0], *low = in[1], *high = in[2];                                 \
        type *made = out; /* NOLINT(bugprone-macro-parentheses): a type */                  \
        (void) call;                                                                        \
        for (size_t i = 0; i < count; i++) {                                                \
            const type raised = low && x[i] < low[i] ? low[i] : x[i];                       \
            made[i] = high && raised > high[i] ? high[i] : raised;                          \
        }                                                                                   \
    }
CLIP(clip_f32, float)
CLIP(clip_f64, double)
CLIP(clip_i64, int64_t)
CLIP(clip_u64, uint64_t)

static void clip_back(const davy_call *call, size_t input, size_t count, const void *const *in,
                      const float *out, const float *diff_out, float *diff_in)
{
    const float *x = in[0], *low = in[1], *high = in[2];

    (void) call;
    (void) out;
    for (size_t i = 0; i < count; i++) {
        const bool below = low && x[i] < low[i], above = high && x[i] > high[i];

        diff_in[i] =
            (input == 0 && !below && !above) || (input == 1 && below) || (input == 2 && above)
                ? diff_out[i]
                : 0;
    }
}
static const davy_function clip = {
    .f32 = clip_f32, .f64 = clip_f64, .i64 = clip_i64, .u64 = clip_u64, .back = clip_back};

const davy_op davy_op_hard_sigmoid =
    DAVY_EACH_ROW("hard_sigmoid", "HardSigmoid", 1, 1, hard_sigmoid);
const davy_op davy_op_hard_swish = DAVY_EACH_ROW("hard_swish", "HardSwish", 1, 1, hard_swish);
const davy_op davy_op_softsign = DAVY_EACH_ROW("softsign", "Softsign", 1, 1, softsign);
const davy_op davy_op_thresholded_relu =
    DAVY_EACH_ROW("thresholded_relu", "ThresholdedRelu", 1, 1, thresholded_relu);
const davy_op davy_op_shrink = DAVY_EACH_ROW("shrink", "Shrink", 1, 1, shrink);
const davy_op davy_op_elu = DAVY_EACH_ROW("elu", "Elu", 1, 1, elu);
const davy_op davy_op_selu = DAVY_EACH_ROW("selu", "Selu", 1, 1, selu);
const davy_op davy_op_celu = DAVY_EACH_ROW("celu", "Celu", 1, 1, celu);
const davy_op davy_op_softplus =
    DAVY_EACH_ROW_BACK("softplus", "Softplus", 1, 1, softplus, DAVY_NEEDS_IN(0));
const davy_op davy_op_mish = DAVY_EACH_ROW("mish", "Mish", 1, 1, mish);
const davy_op davy_op_prelu = DAVY_EACH_ROW("prelu", "PRelu", 2, 2, prelu);
const davy_op davy_op_clip = DAVY_EACH_ROW_BACK(
    "clip", "Clip", 1, 3, clip, DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1) | DAVY_NEEDS_IN(2));
