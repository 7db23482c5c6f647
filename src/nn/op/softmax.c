/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/rows.h"

/*
 * Softmax over one axis: exp(x - max) / sum of exp(x - max). An axis that is not the last is
 * gathered into a row, worked on there and put back.
 */
typedef struct softmax_state {
    size_t outer, length, inner; /* of the tensor before, at and after the axis */
    size_t rows;                 /* that one task takes */
} softmax_state;

#define TASK_ELEMENTS ((size_t) 1 << 14)

static davy_status prepare(davy_call *call)
{
    softmax_state *state = call->state;
    const davy_tensor *x = call->in[0];
    int64_t axis = davy_node_int(call->node, "axis", -1);
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, -1);

    if (status != DAVY_OK)
        return status;
    if (axis < -x->rank || axis >= x->rank)
        return davy_call_fail(call, DAVY_ERR_INVALID, "axis %lld of %d dimensions",
                              (long long) axis, x->rank);
    axis += axis < 0 ? x->rank : 0;
    state->outer = (size_t) davy_tensor_span(x, 0, (int) axis);
    state->length = (size_t) x->dims[axis];
    state->inner = (size_t) davy_tensor_span(x, (int) axis + 1, x->rank);
    state->rows = TASK_ELEMENTS / (state->length + 1) + 1;
    /* Gathered rows: the way back reads two at once. */
    if (state->inner != 1 || call->env->training)
        call->scratch_size = call->env->threads * 2 * state->length * sizeof(float);
    return davy_tensor_shape(call->out[0], DAVY_TYPE_F32, x->rank, x->dims);
}

/** First element of a row; the next are `inner` apart. */
static size_t row_start(const softmax_state *state, size_t row)
{
    return row / state->inner * state->length * state->inner + row % state->inner;
}

static const float *gather(const softmax_state *state, const float *x, size_t row, float *buffer)
{
    x += row_start(state, row);
    if (state->inner == 1)
        return x;
    for (size_t i = 0; i < state->length; i++)
        buffer[i] = x[i * state->inner];
    return buffer;
}

static void forward_rows(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const softmax_state *state = call->state;
    size_t total = state->outer * state->inner, from = chunk * state->rows;
    size_t to = total - from < state->rows ? total : from + state->rows;
    float *buffer = (float *) call->scratch + worker * 2 * state->length;

    for (size_t row = from; row < to; row++) {
        const float *x = gather(state, davy_f32(call->in[0]), row, buffer);
        float *y = davy_f32(call->out[0]) + row_start(state, row);

        call->env->kernels->softmax(state->length, x, state->inner == 1 ? y : buffer);
        for (size_t i = 0; state->inner != 1 && i < state->length; i++)
            y[i * state->inner] = buffer[i];
    }
}

static void run(const davy_call *call, void (*task)(void *, size_t, size_t))
{
    const softmax_state *state = call->state;

    if (state->length > 0)
        davy_pool_run(call->env->pool,
                      (state->outer * state->inner + state->rows - 1) / state->rows, task,
                      (void *) (uintptr_t) call);
}

static davy_status forward(const davy_call *call)
{
    run(call, forward_rows);
    return DAVY_OK;
}

/** dx = y (dy - sum of y dy). */
static void backward_rows(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const softmax_state *state = call->state;
    size_t total = state->outer * state->inner, from = chunk * state->rows;
    size_t to = total - from < state->rows ? total : from + state->rows;
    float *buffer = (float *) call->scratch + worker * 2 * state->length;

    for (size_t row = from; row < to; row++) {
        const float *y = gather(state, davy_f32(call->out[0]), row, buffer);
        const float *dy = gather(state, davy_f32(call->diff_out[0]), row, buffer + state->length);
        float *dx = davy_f32(call->diff_in[0]) + row_start(state, row);
        float sum = call->env->kernels->dot(state->length, y, dy);

        for (size_t i = 0; i < state->length; i++) {
            float value = y[i] * (dy[i] - sum);

            dx[i * state->inner] = value + (call->diff_add[0] ? dx[i * state->inner] : 0.0F);
        }
    }
}

static void backward(const davy_call *call)
{
    run(call, backward_rows);
}

const davy_op davy_op_softmax = {
    .name = "softmax",
    .onnx = "Softmax",
    .in_min = 1,
    .in_max = 1,
    .out_max = 1,
    .flags = DAVY_OP_IN_PLACE,
    .needs = DAVY_NEEDS_OUT(0),
    .state_size = sizeof(softmax_state),
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
