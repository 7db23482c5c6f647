/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Pinball loss: makes x[..., k] the quantile quantiles[k] of the target.
 *
 * The mean over all elements of x of q (t - x) where t is above x, else (1 - q) (x - t). x is
 * [..., Q], the target is x without its last dimension, or with 1 there.
 *
 * Source: Koenker, Bassett, "Regression Quantiles", Econometrica 46(1), 1978.
 */
#include "nn/op/rows.h"

#include "nn/op/loss.h"

#define CHUNK 1024 /* targets */

struct pinball {
    size_t targets, count; /* of quantiles */
    const float *quantiles;
};

static davy_status check_quantiles(const davy_call *call, const struct pinball *loss)
{
    const davy_tensor *x = call->in[0];

    if (x->rank < 1 || loss->count == 0 || x->dims[x->rank - 1] != (int64_t) loss->count)
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "%zu quantiles; the last dimension of the input is of as many",
                              loss->count);
    for (size_t k = 0; k < loss->count; k++)
        if (!(loss->quantiles[k] > 0.0F && loss->quantiles[k] < 1.0F))
            return davy_call_fail(call, DAVY_ERR_INVALID, "quantile %g is not between 0 and 1",
                                  (double) loss->quantiles[k]);
    return DAVY_OK;
}

static davy_status prepare(davy_call *call)
{
    struct pinball *loss = call->state;
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, -1);
    char x[DAVY_TENSOR_TEXT_MAX], target[DAVY_TENSOR_TEXT_MAX];

    if (status == DAVY_OK)
        status = davy_call_expect(call, 1, DAVY_TYPE_F32, -1);
    if (status != DAVY_OK)
        return status;
    loss->quantiles = davy_node_floats(call->node, "quantiles", &loss->count);
    status = check_quantiles(call, loss);
    if (status != DAVY_OK)
        return status;
    loss->targets = (size_t) davy_tensor_span(call->in[0], 0, call->in[0]->rank - 1);
    if ((size_t) davy_tensor_count(call->in[1]) != loss->targets)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%s against %s",
                              davy_tensor_text(call->in[0], x),
                              davy_tensor_text(call->in[1], target));
    call->scratch_size = davy_loss_scratch(loss->targets, CHUNK);
    return davy_loss_shape(call);
}

static double sum_targets(const davy_call *call, size_t from, size_t to)
{
    const struct pinball *loss = call->state;
    const float *x = davy_f32(call->in[0]) + from * loss->count;
    double sum = 0.0;

    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < loss->count; k++) {
            const float above = davy_f32(call->in[1])[i] - *x++;

            sum += (double) (above > 0.0F ? loss->quantiles[k] * above
                                          : (loss->quantiles[k] - 1.0F) * above);
        }
    return sum;
}

static davy_status forward(const davy_call *call)
{
    const struct pinball *loss = call->state;

    davy_loss_set(call, davy_loss_sum(call, loss->targets, CHUNK, sum_targets) /
                            (double) (loss->targets * loss->count));
    return DAVY_OK;
}

static void carry_targets(const davy_call *call, size_t from, size_t to)
{
    const struct pinball *loss = call->state;
    const float factor = davy_loss_factor(call) / (float) (loss->targets * loss->count);
    const size_t end = to * loss->count;
    float *diff = davy_f32(call->diff_in[0]);

    for (size_t j = from * loss->count; j < end; j++) {
        const float q = loss->quantiles[j % loss->count];
        const float above = davy_f32(call->in[1])[j / loss->count] - davy_f32(call->in[0])[j];
        const float slope = above > 0.0F ? -q : above < 0.0F ? 1.0F - q : 0.0F;

        diff[j] = (call->diff_add[0] ? diff[j] : 0.0F) + factor * slope;
    }
}

static void backward(const davy_call *call)
{
    const struct pinball *loss = call->state;

    davy_loss_back(call, loss->targets, CHUNK, carry_targets);
}

const davy_op davy_op_pinball = {
    .name = "pinball",
    .in_min = 2,
    .in_max = 2,
    .out_max = 1,
    .flags = DAVY_OP_LOSS,
    .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1),
    .state_size = sizeof(struct pinball),
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
