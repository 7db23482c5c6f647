/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random numbers by counter: random_uniform, random_normal, the same of a tensor's shape,
 * bernoulli, multinomial.
 *
 * The n-th number depends on the seed, the node and n alone, so the same seed gives the same
 * numbers whatever the threads. Without the attribute `seed` it is that of the environment.
 */
#include "core/random.h"
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static uint64_t seed_of(const davy_call *call)
{
    const davy_attribute *given = davy_node_attribute(call->node, "seed");
    const float seed = davy_node_float(call->node, "seed", 0);
    uint32_t bits;

    memcpy(&bits, &seed, sizeof bits);
    return (given ? bits : call->env->seed) + (call->env->step << 32);
}

static double uniform(const davy_call *call, int64_t n)
{
    return (double) davy_random_uniform(seed_of(call), (uint32_t) call->index, (uint64_t) n);
}

static davy_status result_type(const davy_call *call, davy_type fallback, davy_type *out)
{
    const int64_t type = davy_node_int(call->node, "dtype", fallback);

    *out = type > 0 && type <= DAVY_TYPE_BF16 ? (davy_type) type : DAVY_TYPE_NONE;
    if (davy_type_wide(*out) == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "type %" PRId64, type);
    return DAVY_OK;
}

static davy_status shaped_prepare(davy_call *call)
{
    size_t rank = 0;
    const int64_t *dims = davy_node_ints(call->node, "shape", &rank);
    davy_type type;
    const davy_status status = result_type(call, DAVY_TYPE_F32, &type);

    if (status != DAVY_OK)
        return status;
    if (rank > DAVY_RANK_MAX)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "%zu dimensions", rank);
    return davy_result(call, 0, type, (int) rank, dims);
}

static davy_status like_prepare(davy_call *call)
{
    davy_type type;
    const davy_status status = result_type(call, call->in[0]->type, &type);

    return status == DAVY_OK ? davy_result_like(call, 0, type, call->in[0]) : status;
}

static davy_status uniform_forward(const davy_call *call)
{
    const double low = (double) davy_node_float(call->node, "low", 0.0F);
    const double high = (double) davy_node_float(call->node, "high", 1.0F);

    for (int64_t i = 0; i < davy_tensor_count(call->out[0]); i++)
        davy_tensor_put(call->out[0], i, low + (high - low) * uniform(call, i));
    return DAVY_OK;
}

static davy_status normal_forward(const davy_call *call)
{
    const double mean = (double) davy_node_float(call->node, "mean", 0.0F);
    const double scale = (double) davy_node_float(call->node, "scale", 1.0F);
    const uint64_t seed = seed_of(call);

    for (int64_t i = 0; i < davy_tensor_count(call->out[0]); i++)
        davy_tensor_put(
            call->out[0], i,
            mean + scale * (double) davy_random_normal(seed, (uint32_t) call->index, (uint64_t) i));
    return DAVY_OK;
}

static davy_status bernoulli_forward(const davy_call *call)
{
    for (int64_t i = 0; i < davy_tensor_count(call->out[0]); i++)
        davy_tensor_put(call->out[0], i, uniform(call, i) < davy_tensor_number(call->in[0], i));
    return DAVY_OK;
}

static davy_status multinomial_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    const int64_t samples = davy_node_int(call->node, "sample_size", 1);
    davy_type type;
    const davy_status status = result_type(call, DAVY_TYPE_I32, &type);

    if (status != DAVY_OK)
        return status;
    if (in->rank != 2 || in->dims[1] < 1 || !davy_type_is_float(in->type) || samples < 1 ||
        (type != DAVY_TYPE_I32 && type != DAVY_TYPE_I64))
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "log probabilities [N, C] and int32 or int64 results are wanted");
    call->scratch_size = (size_t) in->dims[1] * sizeof(double);
    return davy_result(call, 0, type, 2, (int64_t[]){in->dims[0], samples});
}

/* The first class whose sum of probabilities is above a uniform number. */
static davy_status multinomial_forward(const davy_call *call)
{
    const davy_tensor *in = call->in[0];
    const int64_t classes = in->dims[1], samples = call->out[0]->dims[1];
    double *sums = call->scratch;

    for (int64_t n = 0; n < in->dims[0]; n++) {
        double high = davy_tensor_number(in, n * classes), sum = 0;

        for (int64_t c = 1; c < classes; c++)
            high = davy_tensor_number(in, n * classes + c) > high
                       ? davy_tensor_number(in, n * classes + c)
                       : high;
        for (int64_t c = 0; c < classes; c++) {
            sum += exp(davy_tensor_number(in, n * classes + c) - high);
            sums[c] = sum;
        }
        for (int64_t s = 0; s < samples; s++) {
            const double at = uniform(call, n * samples + s) * sum;
            int64_t c = 0;

            while (c < classes - 1 && !(sums[c] > at))
                c++;
            davy_tensor_put(call->out[0], n * samples + s, (double) c);
        }
    }
    return DAVY_OK;
}

#define RANDOM(name_, onnx_, inputs_, prepare_, forward_)                                         \
    {                                                                                             \
        .name = (name_), .onnx = (onnx_), .in_min = (inputs_), .in_max = (inputs_), .out_max = 1, \
        .flags = DAVY_OP_RANDOM, .prepare = (prepare_), .forward = (forward_)                     \
    }

const davy_op davy_op_random_uniform =
    RANDOM("random_uniform", "RandomUniform", 0, shaped_prepare, uniform_forward);
const davy_op davy_op_random_normal =
    RANDOM("random_normal", "RandomNormal", 0, shaped_prepare, normal_forward);
const davy_op davy_op_random_uniform_like =
    RANDOM("random_uniform_like", "RandomUniformLike", 1, like_prepare, uniform_forward);
const davy_op davy_op_random_normal_like =
    RANDOM("random_normal_like", "RandomNormalLike", 1, like_prepare, normal_forward);
const davy_op davy_op_bernoulli =
    RANDOM("bernoulli", "Bernoulli", 1, like_prepare, bernoulli_forward);
const davy_op davy_op_multinomial =
    RANDOM("multinomial", "Multinomial", 1, multinomial_prepare, multinomial_forward);
