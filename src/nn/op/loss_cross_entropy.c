/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Cross-entropy of classes, from logits.
 *
 * With p = softmax(logits) and q the target (1 at the right class, or the soft target as given),
 * smoothed to (1 - smoothing) q + smoothing / C, the loss is the sum over samples i and classes c
 * of
 *
 *     weights[c] q[i][c] (1 - p[i][c])^focal (-ln p[i][c])
 *
 * divided by the weights of the right classes (as PyTorch has it), or by N for soft targets. A
 * batch whose weights are all 0 has loss 0. Sums are in double, ln p = z - ln sum exp z, so no
 * logit is too large.
 *
 * Sources: Szegedy et al., arXiv:1512.00567, section 7 (smoothing); Lin et al., "Focal Loss for
 * Dense Object Detection", arXiv:1708.02002.
 */
#include "nn/op/rows.h"

#include "nn/op/loss.h"

#include <inttypes.h>
#include <math.h>

struct cross_entropy {
    size_t samples, classes, chunk;
    bool soft;
    double smoothing, focal;
};

static davy_status check_target(const davy_call *call, const struct cross_entropy *loss)
{
    char text[DAVY_TENSOR_TEXT_MAX];
    const davy_tensor *target = call->in[1];

    if (loss->soft)
        return davy_loss_same(call, 1);
    if (target->type != DAVY_TYPE_I64 || target->rank != 1 ||
        target->dims[0] != call->in[0]->dims[0])
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "targets are %s; %zu classes or probabilities of all are wanted",
                              davy_tensor_text(target, text), loss->samples);
    return DAVY_OK;
}

static davy_status check_weights(const davy_call *call, const struct cross_entropy *loss)
{
    davy_status status;

    if (call->in_count < 3 || !call->in[2])
        return DAVY_OK;
    status = davy_call_expect(call, 2, DAVY_TYPE_F32, 1);
    if (status == DAVY_OK && (size_t) call->in[2]->dims[0] != loss->classes)
        status = davy_call_fail(call, DAVY_ERR_INVALID, "%" PRId64 " weights for %zu classes",
                                call->in[2]->dims[0], loss->classes);
    return status;
}

static davy_status prepare(davy_call *call)
{
    struct cross_entropy *loss = call->state;
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, 2);

    if (status != DAVY_OK)
        return status;
    *loss =
        (struct cross_entropy){.samples = (size_t) call->in[0]->dims[0],
                               .classes = (size_t) call->in[0]->dims[1],
                               .soft = call->in[1]->type == DAVY_TYPE_F32,
                               .smoothing = (double) davy_node_float(call->node, "smoothing", 0.0F),
                               .focal = (double) davy_node_float(call->node, "focal", 0.0F)};
    if (!(loss->smoothing >= 0.0 && loss->smoothing <= 1.0))
        return davy_call_fail(call, DAVY_ERR_INVALID, "smoothing %g is not in 0..1",
                              loss->smoothing);
    if (!(loss->focal >= 0.0 && loss->focal <= 100.0))
        return davy_call_fail(call, DAVY_ERR_INVALID, "focal %g is not in 0..100", loss->focal);
    status = check_target(call, loss);
    if (status == DAVY_OK)
        status = check_weights(call, loss);
    if (status == DAVY_OK)
        status = davy_loss_shape(call);
    if (status != DAVY_OK)
        return status;
    loss->chunk = 1 + 2048 / loss->classes;
    call->scratch_size = davy_loss_scratch(loss->samples, loss->chunk);
    call->saved_size = (loss->samples + 1) * sizeof(double); /* ln sum exp of each, the divisor */
    return DAVY_OK;
}

static double weight_of(const davy_call *call, size_t c)
{
    return call->in_count > 2 && call->in[2] ? (double) davy_f32(call->in[2])[c] : 1.0;
}

/* weights[c] times the smoothed target of sample i. */
static double wanted(const davy_call *call, const struct cross_entropy *loss, size_t i, size_t c)
{
    const double share = loss->smoothing / (double) loss->classes;
    const double target = loss->soft
                              ? (double) davy_f32(call->in[1])[i * loss->classes + c]
                              : (double) (((const int64_t *) call->in[1]->data)[i] == (int64_t) c);

    return weight_of(call, c) * ((1.0 - loss->smoothing) * target + share);
}

static double log_sum_exp(const float *logits, size_t classes)
{
    double most = -INFINITY, sum = 0.0;

    for (size_t c = 0; c < classes; c++)
        most = logits[c] > most ? (double) logits[c] : most;
    if (!isfinite(most))
        return NAN; /* all are -inf or NaN, or one is inf: there is no answer */
    for (size_t c = 0; c < classes; c++)
        sum += exp((double) logits[c] - most);
    return most + log(sum);
}

/* By what the sum of all terms is divided. */
static double divisor(const davy_call *call, const struct cross_entropy *loss)
{
    double sum = 0.0;

    if (loss->soft)
        return (double) loss->samples;
    for (size_t i = 0; i < loss->samples; i++)
        sum += weight_of(call, (size_t) ((const int64_t *) call->in[1]->data)[i]);
    return sum > 0.0 ? sum : 1.0;
}

static davy_status check_classes(const davy_call *call, const struct cross_entropy *loss)
{
    const int64_t *target = call->in[1]->data;

    for (size_t i = 0; !loss->soft && i < loss->samples; i++)
        if (target[i] < 0 || target[i] >= (int64_t) loss->classes)
            return davy_call_fail(call, DAVY_ERR_INVALID,
                                  "sample %zu is of class %" PRId64 "; there are %zu", i, target[i],
                                  loss->classes);
    return DAVY_OK;
}

static double sum_samples(const davy_call *call, size_t from, size_t to)
{
    const struct cross_entropy *loss = call->state;
    double *saved = call->env->training ? call->saved : NULL, sum = 0.0;

    for (size_t i = from; i < to; i++) {
        const float *logits = davy_f32(call->in[0]) + i * loss->classes;
        const double normal = log_sum_exp(logits, loss->classes);

        for (size_t c = 0; c < loss->classes; c++) {
            const double log_p = (double) logits[c] - normal, q = wanted(call, loss, i, c);

            if (q != 0.0)
                sum -= q * (loss->focal > 0.0 ? pow(-expm1(log_p), loss->focal) : 1.0) * log_p;
        }
        if (saved)
            saved[i] = normal;
        if (isnan(normal))
            sum = NAN;
    }
    return sum;
}

static davy_status forward(const davy_call *call)
{
    const struct cross_entropy *loss = call->state;
    davy_status status = check_classes(call, loss);
    double total;

    if (status != DAVY_OK)
        return status;
    total = divisor(call, loss);
    if (call->env->training)
        ((double *) call->saved)[loss->samples] = total;
    davy_loss_set(call, davy_loss_sum(call, loss->samples, loss->chunk, sum_samples) / total);
    return DAVY_OK;
}

/* Derivative of -(1 - p)^focal ln p by ln p. */
static double slope(const struct cross_entropy *loss, double log_p)
{
    const double rest = -expm1(log_p); /* 1 - p */

    if (loss->focal == 0.0)
        return -1.0;
    if (rest <= 0.0)
        return 0.0;
    return loss->focal * exp(log_p) * pow(rest, loss->focal - 1.0) * log_p - pow(rest, loss->focal);
}

static void carry_sample(const davy_call *call, size_t i, double factor)
{
    const struct cross_entropy *loss = call->state;
    const float *logits = davy_f32(call->in[0]) + i * loss->classes;
    const double normal = ((const double *) call->saved)[i];
    float *diff = davy_f32(call->diff_in[0]) + i * loss->classes;
    double sum = 0.0;

    for (size_t c = 0; c < loss->classes; c++)
        sum += wanted(call, loss, i, c) * slope(loss, (double) logits[c] - normal);
    for (size_t c = 0; c < loss->classes; c++) {
        const double log_p = (double) logits[c] - normal;
        const double own = wanted(call, loss, i, c) * slope(loss, log_p);

        diff[c] =
            (call->diff_add[0] ? diff[c] : 0.0F) + (float) (factor * (own - exp(log_p) * sum));
    }
}

static void carry_samples(const davy_call *call, size_t from, size_t to)
{
    const struct cross_entropy *loss = call->state;
    const double factor =
        (double) davy_loss_factor(call) / ((const double *) call->saved)[loss->samples];

    for (size_t i = from; i < to; i++)
        carry_sample(call, i, factor);
}

static void backward(const davy_call *call)
{
    const struct cross_entropy *loss = call->state;

    davy_loss_back(call, loss->samples, loss->chunk, carry_samples);
}

const davy_op davy_op_cross_entropy = {
    .name = "cross_entropy",
    .in_min = 2,
    .in_max = 3,
    .out_max = 1,
    .flags = DAVY_OP_LOSS,
    .needs = DAVY_NEEDS_INS,
    .state_size = sizeof(struct cross_entropy),
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
