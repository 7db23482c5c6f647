/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Norms that foreign graphs bring along, of [N, C, ...]: lrn across channels, and
 * mean_variance_normalization over axes.
 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"
#include "nn/op/walk.h"

#include <inttypes.h>
#include <math.h>

static davy_status lrn_prepare(davy_call *call)
{
    const int64_t size = davy_node_int(call->node, "size", 0);

    if (call->in[0]->rank < 2 || !davy_type_is_float(call->in[0]->type) || size < 1)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%" PRId64 " channels of %s", size,
                              davy_type_name(call->in[0]->type));
    return davy_result_like(call, 0, call->in[0]->type, call->in[0]);
}

/* y = x / (bias + alpha / size * sum of squares of the channels around) ^ beta. Source: Krizhevsky
 * et al., "ImageNet Classification", 2012, section 3.3. */
static void lrn_image(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const davy_tensor *in = call->in[0];
    const int64_t channels = in->dims[1], pixels = davy_tensor_span(in, 2, in->rank);
    const int64_t size = davy_node_int(call->node, "size", 1), before = (size - 1) / 2;
    const double alpha = (double) davy_node_float(call->node, "alpha", 1e-4F) / (double) size;
    const double beta = (double) davy_node_float(call->node, "beta", 0.75F);
    const double bias = (double) davy_node_float(call->node, "bias", 1.0F);
    const int64_t channel = (int64_t) chunk % channels, image = (int64_t) chunk - channel;
    const int64_t from = channel > before ? channel - before : 0;
    const int64_t last =
        channel > channels - 1 - (size - 1 - before) ? channels - 1 : channel + size - 1 - before;

    (void) worker;
    for (int64_t p = 0; p < pixels; p++) {
        const int64_t at = (int64_t) chunk * pixels + p;
        double sum = 0;

        for (int64_t c = from; c <= last; c++) {
            const double x = davy_tensor_at(in, (image + c) * pixels + p);

            sum += x * x;
        }
        davy_tensor_put(call->out[0], at, davy_tensor_at(in, at) / pow(bias + alpha * sum, beta));
    }
}

static davy_status lrn_forward(const davy_call *call)
{
    davy_call copy = *call; /* the pool's context is not const */

    davy_pool_run(call->env->pool, (size_t) (call->in[0]->dims[0] * call->in[0]->dims[1]),
                  lrn_image, &copy);
    return DAVY_OK;
}

/* The walks over kept axes, and over those that are normalised together. */
typedef struct mean_variance {
    davy_walk kept, together;
} mean_variance;

static davy_status mean_variance_prepare(davy_call *call)
{
    static const int64_t usual[] = {0, 2, 3};
    const davy_tensor *in = call->in[0];
    mean_variance *state = call->state;
    bool together[DAVY_RANK_MAX] = {false};
    size_t count = 0;
    const int64_t *axes = davy_node_ints(call->node, "axes", &count);
    davy_walk all;

    if (!davy_type_is_float(in->type))
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "numbers of type %s",
                              davy_type_name(in->type));
    if (!axes) {
        axes = usual;
        count = DAVY_ARRAY_LENGTH(usual);
    }
    for (size_t i = 0; i < count; i++) {
        int axis = 0;
        const davy_status status = davy_argument_axis(call, axes[i], in->rank, &axis);

        if (status != DAVY_OK)
            return status;
        together[axis] = true;
    }
    davy_walk_of(&all, in);
    for (int i = 0; i < in->rank; i++) {
        davy_walk *to = together[i] ? &state->together : &state->kept;

        to->dims[to->rank] = all.dims[i];
        to->strides[to->rank++] = all.strides[i];
    }
    davy_walk_merge(&state->kept);
    davy_walk_merge(&state->together);
    return davy_result_like(call, 0, in->type, in);
}

static void mean_variance_group(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const mean_variance *state = call->state;
    const double count = (double) state->together.count;
    davy_walk walk = state->together;
    double mean = 0, variance = 0;

    (void) worker;
    walk.origin = davy_walk_element(&state->kept, (int64_t) chunk);
    for (int64_t i = 0; i < walk.count; i++)
        mean += davy_tensor_at(call->in[0], davy_walk_element(&walk, i));
    mean /= count;
    for (int64_t i = 0; i < walk.count; i++) {
        const double x = davy_tensor_at(call->in[0], davy_walk_element(&walk, i)) - mean;

        variance += x * x;
    }
    variance = sqrt(variance / count) + 1e-9; /* as the function in the standard has it */
    for (int64_t i = 0; i < walk.count; i++) {
        const int64_t at = davy_walk_element(&walk, i);

        davy_tensor_put(call->out[0], at, (davy_tensor_at(call->in[0], at) - mean) / variance);
    }
}

static davy_status mean_variance_forward(const davy_call *call)
{
    davy_call copy = *call; /* the pool's context is not const */

    davy_pool_run(call->env->pool, (size_t) ((const mean_variance *) call->state)->kept.count,
                  mean_variance_group, &copy);
    return DAVY_OK;
}

const davy_op davy_op_lrn = {.name = "lrn",
                             .onnx = "LRN",
                             .in_min = 1,
                             .in_max = 1,
                             .out_max = 1,
                             .prepare = lrn_prepare,
                             .forward = lrn_forward};
const davy_op davy_op_mean_variance_normalization = {.name = "mean_variance_normalization",
                                                     .onnx = "MeanVarianceNormalization",
                                                     .in_min = 1,
                                                     .in_max = 1,
                                                     .out_max = 1,
                                                     .state_size = sizeof(mean_variance),
                                                     .prepare = mean_variance_prepare,
                                                     .forward = mean_variance_forward};
