/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/floats.h"
#include "nn/op/rows.h"

#include <string.h>

/* Mean or maximum over all pixels: [N, ..., C] -> [N, C], or [N, 1, ..., C] with keepdims. */
typedef struct global_state {
    size_t batch, pixels, channels, worker;
    bool average;
} global_state;

static davy_status shape_output(davy_call *call, const davy_tensor *x)
{
    const bool keeps = davy_node_int(call->node, "keepdims", 0) != 0;
    const int rank = keeps ? x->rank : 2;
    int64_t dims[DAVY_RANK_MAX];

    for (int i = 0; i < rank; i++)
        dims[i] = 1;
    dims[0] = x->dims[0];
    dims[rank - 1] = x->dims[x->rank - 1];
    return davy_tensor_shape(call->out[0], davy_floats_type(call), rank, dims);
}

static davy_status prepare(davy_call *call, bool average)
{
    global_state *state = call->state;
    const davy_tensor *x = call->in[0];
    davy_status status = davy_floats_expect(call, 0, -1);

    if (status != DAVY_OK)
        return status;
    if (x->rank < 3)
        return davy_call_fail(call, DAVY_ERR_INVALID, "there is nothing to pool in %d dimensions",
                              x->rank);
    *state = (global_state){.batch = (size_t) x->dims[0],
                            .pixels = (size_t) davy_tensor_span(x, 1, x->rank - 1),
                            .channels = (size_t) x->dims[x->rank - 1],
                            .average = average};
    if (state->pixels == 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "an image without pixels");
    state->worker = (state->pixels + 1) * state->channels;
    if (call->env->bf16) /* an image as floats, and its answer */
        call->scratch_size = call->env->threads * state->worker * sizeof(float);
    if (!average && call->env->training)
        call->saved_size = state->batch * state->channels * sizeof(uint32_t);
    return shape_output(call, x);
}

static davy_status prepare_average(davy_call *call)
{
    return prepare(call, true);
}

static davy_status prepare_max(davy_call *call)
{
    return prepare(call, false);
}

/** The largest of each channel and the pixel it stands in. A NaN is larger than all numbers. */
static void find_winners(const global_state *state, const float *x, float *y, uint32_t *winners)
{
    memcpy(y, x, state->channels * sizeof *y);
    memset(winners, 0, state->channels * sizeof *winners);
    for (size_t pixel = 1; pixel < state->pixels; pixel++)
        for (size_t c = 0; c < state->channels; c++) {
            float value = x[pixel * state->channels + c];

            if (value > y[c] || value != value) {
                y[c] = value;
                winners[c] = (uint32_t) pixel;
            }
        }
}

static void forward_image(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const global_state *state = call->state;
    const davy_kernels *kernels = call->env->kernels;
    size_t channels = state->channels;
    size_t size = state->pixels * channels;
    float *scratch = (float *) call->scratch + worker * state->worker;
    const float *x = davy_floats_read(kernels, call->in[0], chunk * size, size, scratch);
    float *y = davy_floats_place(call->out[0], chunk * channels, scratch + size);

    if (state->average) {
        kernels->sum_rows(state->pixels, channels, x, channels, false, y);
        kernels->scale(channels, 1.0F / (float) state->pixels, y, y);
    } else if (call->saved_size) {
        find_winners(state, x, y, (uint32_t *) call->saved + chunk * channels);
    } else {
        memcpy(y, x, channels * sizeof *y);
        for (size_t pixel = 1; pixel < state->pixels; pixel++)
            kernels->maximum(channels, y, x + pixel * channels, y);
    }
    davy_floats_store(kernels, call->out[0], chunk * channels, channels, y);
}

static davy_status forward(const davy_call *call)
{
    const global_state *state = call->state;

    davy_pool_run(call->env->pool, state->batch, forward_image, (void *) (uintptr_t) call);
    return DAVY_OK;
}

static void backward_image(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const global_state *state = call->state;
    size_t channels = state->channels;
    const float *diff = davy_f32(call->diff_out[0]) + chunk * channels;
    float *x = davy_f32(call->diff_in[0]) + chunk * state->pixels * channels;

    (void) worker;
    if (!call->diff_add[0])
        memset(x, 0, state->pixels * channels * sizeof *x);
    if (state->average) {
        for (size_t pixel = 0; pixel < state->pixels; pixel++)
            call->env->kernels->axpy(channels, 1.0F / (float) state->pixels, diff,
                                     x + pixel * channels);
        return;
    }
    for (size_t c = 0; c < channels; c++)
        x[((const uint32_t *) call->saved)[chunk * channels + c] * channels + c] += diff[c];
}

static void backward(const davy_call *call)
{
    const global_state *state = call->state;

    davy_pool_run(call->env->pool, state->batch, backward_image, (void *) (uintptr_t) call);
}

const davy_op davy_op_global_average_pool = {
    .name = "global_average_pool",
    .in_min = 1,
    .in_max = 1,
    .out_max = 1,
    .flags = DAVY_OP_BF16_SERVED,
    .state_size = sizeof(global_state),
    .prepare = prepare_average,
    .forward = forward,
    .backward = backward,
};

const davy_op davy_op_global_max_pool = {
    .name = "global_max_pool",
    .in_min = 1,
    .in_max = 1,
    .out_max = 1,
    .flags = DAVY_OP_BF16_SERVED,
    .state_size = sizeof(global_state),
    .prepare = prepare_max,
    .forward = forward,
    .backward = backward,
};
