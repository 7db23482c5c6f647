/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Losses that are a mean over all elements of some function of an answer x and a target t.
 *
 *     mse     (x - t)^2
 *     mae     |x - t|
 *     huber   (x - t)^2 / 2 where |x - t| <= delta, else delta (|x - t| - delta / 2)
 *     bce     -t ln x - (1 - t) ln(1 - x), the logarithms not below -100; the slope's divisor
 *             x (1 - x) not below 1e-12, as in PyTorch
 *     bce, logits=1    max(x, 0) - x t + ln(1 + exp(-|x|)), which is bce of sigmoid(x) and stays
 *             exact where sigmoid(x) is 0 or 1 in float
 *
 * Source: Huber, "Robust Estimation of a Location Parameter", Ann. Math. Statist. 35(1), 1964.
 */
#include "nn/op/rows.h"

#include "nn/op/loss.h"

#include <math.h>

/* Elements of a chunk; its terms lie on the stack. */
#define CHUNK 2048

/* Terms or slopes of one chunk into dst. */
typedef void over_chunk(const davy_call *call, size_t count, const float *x, const float *t,
                        float *dst);

struct elements {
    over_chunk *value, *slope;
    float delta; /* huber */
};

static void mse_value(const davy_call *call, size_t count, const float *x, const float *t,
                      float *dst)
{
    (void) call;
    for (size_t i = 0; i < count; i++)
        dst[i] = (x[i] - t[i]) * (x[i] - t[i]);
}

static void mse_slope(const davy_call *call, size_t count, const float *x, const float *t,
                      float *dst)
{
    (void) call;
    for (size_t i = 0; i < count; i++)
        dst[i] = 2.0F * (x[i] - t[i]);
}

static void mae_value(const davy_call *call, size_t count, const float *x, const float *t,
                      float *dst)
{
    (void) call;
    for (size_t i = 0; i < count; i++)
        dst[i] = fabsf(x[i] - t[i]);
}

static void mae_slope(const davy_call *call, size_t count, const float *x, const float *t,
                      float *dst)
{
    (void) call;
    for (size_t i = 0; i < count; i++)
        dst[i] = (float) (x[i] > t[i]) - (float) (x[i] < t[i]);
}

static void huber_value(const davy_call *call, size_t count, const float *x, const float *t,
                        float *dst)
{
    const float delta = ((const struct elements *) call->state)->delta;

    for (size_t i = 0; i < count; i++) {
        const float size = fabsf(x[i] - t[i]);

        dst[i] = size <= delta ? 0.5F * size * size : delta * (size - 0.5F * delta);
    }
}

static void huber_slope(const davy_call *call, size_t count, const float *x, const float *t,
                        float *dst)
{
    const float delta = ((const struct elements *) call->state)->delta;

    for (size_t i = 0; i < count; i++) {
        const float distance = x[i] - t[i], held = distance > delta ? delta : distance;

        dst[i] = held < -delta ? -delta : held;
    }
}

/* ln(1 + e) in place. The logarithm of the rounded sum is put right by the rounding error of the
 * sum: Kahan, in Goldberg, "What Every Computer Scientist Should Know", theorem 4. */
static void log1p_chunk(const davy_kernels *kernels, size_t count, float *e)
{
    float logs[CHUNK] = {0};

    for (size_t i = 0; i < count; i++)
        logs[i] = 1.0F + e[i];
    kernels->log(count, logs, logs);
    for (size_t i = 0; i < count; i++) {
        const float rounded = 1.0F + e[i];

        e[i] = rounded == 1.0F  ? e[i]
               : rounded > 0.0F ? logs[i] * e[i] / (rounded - 1.0F)
                                : logs[i];
    }
}

static void logits_value(const davy_call *call, size_t count, const float *x, const float *t,
                         float *dst)
{
    const davy_kernels *kernels = call->env->kernels;

    for (size_t i = 0; i < count; i++)
        dst[i] = -fabsf(x[i]);
    kernels->exp(count, dst, dst);
    log1p_chunk(kernels, count, dst);
    for (size_t i = 0; i < count; i++)
        dst[i] += (x[i] > 0.0F ? x[i] : 0.0F) - x[i] * t[i];
}

static void logits_slope(const davy_call *call, size_t count, const float *x, const float *t,
                         float *dst)
{
    call->env->kernels->sigmoid(count, x, dst);
    for (size_t i = 0; i < count; i++)
        dst[i] -= t[i];
}

static float not_below(float x, float least)
{
    return x < least ? least : x; /* NaN stays */
}

static void bce_value(const davy_call *call, size_t count, const float *x, const float *t,
                      float *dst)
{
    float logs[CHUNK] = {0};

    for (size_t i = 0; i < count; i++)
        dst[i] = -x[i];
    log1p_chunk(call->env->kernels, count, dst);
    call->env->kernels->log(count, x, logs);
    for (size_t i = 0; i < count; i++)
        dst[i] = -t[i] * not_below(logs[i], -100.0F) - (1.0F - t[i]) * not_below(dst[i], -100.0F);
}

static void bce_slope(const davy_call *call, size_t count, const float *x, const float *t,
                      float *dst)
{
    (void) call;
    for (size_t i = 0; i < count; i++)
        dst[i] = (x[i] - t[i]) / not_below(x[i] * (1.0F - x[i]), 1e-12F);
}

static davy_status prepare(davy_call *call, over_chunk *value, over_chunk *slope)
{
    struct elements *elements = call->state;
    davy_status status = davy_loss_same(call, 1);

    if (status != DAVY_OK)
        return status;
    elements->value = value;
    elements->slope = slope;
    call->scratch_size = davy_loss_scratch((size_t) davy_tensor_count(call->in[0]), CHUNK);
    return davy_loss_shape(call);
}

static davy_status prepare_mse(davy_call *call)
{
    return prepare(call, mse_value, mse_slope);
}

static davy_status prepare_mae(davy_call *call)
{
    return prepare(call, mae_value, mae_slope);
}

static davy_status prepare_huber(davy_call *call)
{
    struct elements *elements = call->state;

    elements->delta = davy_node_float(call->node, "delta", 1.0F);
    if (!(elements->delta > 0.0F) || !isfinite(elements->delta))
        return davy_call_fail(call, DAVY_ERR_INVALID, "delta %g is not above 0",
                              (double) elements->delta);
    return prepare(call, huber_value, huber_slope);
}

static davy_status prepare_bce(davy_call *call)
{
    const bool logits = davy_node_int(call->node, "logits", 0) != 0;

    return logits ? prepare(call, logits_value, logits_slope) : prepare(call, bce_value, bce_slope);
}

static double sum_terms(const davy_call *call, size_t from, size_t to)
{
    const struct elements *elements = call->state;
    float terms[CHUNK] DAVY_UNSET;

    elements->value(call, to - from, davy_f32(call->in[0]) + from, davy_f32(call->in[1]) + from,
                    terms);
    return (double) call->env->kernels->sum(to - from, terms);
}

static davy_status forward(const davy_call *call)
{
    const size_t count = (size_t) davy_tensor_count(call->in[0]);

    davy_loss_set(call, davy_loss_sum(call, count, CHUNK, sum_terms) / (double) count);
    return DAVY_OK;
}

static void carry_terms(const davy_call *call, size_t from, size_t to)
{
    const struct elements *elements = call->state;
    const float factor = davy_loss_factor(call) / (float) davy_tensor_count(call->in[0]);
    float *diff = davy_f32(call->diff_in[0]) + from;
    float slopes[CHUNK] DAVY_UNSET;

    elements->slope(call, to - from, davy_f32(call->in[0]) + from, davy_f32(call->in[1]) + from,
                    slopes);
    if (call->diff_add[0])
        call->env->kernels->axpy(to - from, factor, slopes, diff);
    else
        call->env->kernels->scale(to - from, factor, slopes, diff);
}

static void backward(const davy_call *call)
{
    davy_loss_back(call, (size_t) davy_tensor_count(call->in[0]), CHUNK, carry_terms);
}

#define LOSS_OF_ELEMENTS(text)                                                               \
    {                                                                                        \
        .name = #text, .in_min = 2, .in_max = 2, .out_max = 1, .flags = DAVY_OP_LOSS,        \
        .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1), .state_size = sizeof(struct elements), \
        .prepare = prepare_##text, .forward = forward, .backward = backward,                 \
    }

const davy_op davy_op_bce = LOSS_OF_ELEMENTS(bce);
const davy_op davy_op_huber = LOSS_OF_ELEMENTS(huber);
const davy_op davy_op_mae = LOSS_OF_ELEMENTS(mae);
const davy_op davy_op_mse = LOSS_OF_ELEMENTS(mse);
