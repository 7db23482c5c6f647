/* SPDX-License-Identifier: Apache-2.0 */
#include "core/random.h"
#include "nn/op/rows.h"
#include "nn/op/stream.h"

/*
 * Dropout: in training each element is zero with probability `rate`, and the others are divided by
 * 1 - rate; otherwise nothing happens. Which elements is a function of seed, node, step and the
 * number of the element, so nothing is kept for the way back and threads do not matter.
 *
 * Source: Srivastava et al., "Dropout", JMLR 15, 2014, in the inverted form.
 */
typedef struct dropout_state {
    float rate;
} dropout_state;

/** Elements of a tensor stay below this (DAVY_ELEMENTS_MAX), so steps do not share numbers. */
#define STEP_SHIFT 40

static davy_status prepare(davy_call *call)
{
    dropout_state *state = call->state;
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, -1);

    if (status != DAVY_OK)
        return status;
    state->rate = davy_node_float(call->node, "rate", 0.5F);
    if (!(state->rate >= 0.0F && state->rate < 1.0F))
        return davy_call_fail(call, DAVY_ERR_INVALID, "a rate of %g", (double) state->rate);
    return davy_tensor_shape(call->out[0], DAVY_TYPE_F32, call->in[0]->rank, call->in[0]->dims);
}

static void drop(const davy_call *call, size_t from, size_t count, const float *x,
                 const float *none, float *y)
{
    const dropout_state *state = call->state;
    const davy_env *env = call->env;
    uint32_t bits[DAVY_STREAM_BLOCK] DAVY_UNSET;
    uint32_t limit = (uint32_t) ((double) state->rate * 0x1p32);
    float scale = 1.0F / (1.0F - state->rate);

    (void) none;
    davy_random_many(env->seed, (uint32_t) call->index, env->step << STEP_SHIFT | from, count,
                     bits);
    for (size_t i = 0; i < count; i++)
        y[i] = bits[i] < limit ? 0.0F : x[i] * scale;
}

static void keep(const davy_call *call, size_t from, size_t count, const float *x,
                 const float *none, float *y)
{
    (void) from;
    (void) none;
    call->env->kernels->scale(count, 1.0F, x, y);
}

static davy_status forward(const davy_call *call)
{
    davy_stream_run(&(davy_stream){.call = call,
                                   .a = call->in[0],
                                   .dst = call->out[0],
                                   .block = call->env->training ? drop : keep});
    return DAVY_OK;
}

static void backward(const davy_call *call)
{
    davy_stream_run(&(davy_stream){.call = call,
                                   .a = call->diff_out[0],
                                   .dst = call->diff_in[0],
                                   .add = call->diff_add[0],
                                   .block = call->env->training ? drop : keep});
}

const davy_op davy_op_dropout = {
    .name = "dropout",
    .in_min = 1,
    .in_max = 1,
    .out_max = 1,
    .flags = DAVY_OP_IN_PLACE | DAVY_OP_RANDOM,
    .state_size = sizeof(dropout_state),
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
