/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/rows.h"

#include <math.h>
#include <string.h>

/*
 * Layer norm and group norm: the numbers of a group are brought to mean 0 and variance 1, then
 * scaled and shifted by channel.
 *
 *     y = (x - mean) / sqrt(variance + epsilon) * scale[c] + shift[c]
 *
 * A group is some channels of all pixels of one sample. Layer norm is the group of all channels of
 * one pixel, so a pixel is its sample.
 *
 * Sources: Ba, Kiros, Hinton, "Layer Normalization", arXiv:1607.06450; Wu, He, "Group
 * Normalization", arXiv:1803.08494.
 */
typedef struct norm_state {
    size_t samples, pixels, channels, groups;
    float epsilon;
    size_t task; /* samples of a task */
    size_t sums; /* partial sums of the gradients of scale and shift */
} norm_state;

#define TASK_ELEMENTS ((size_t) 1 << 14)
#define SUMS          ((size_t) 16)

/** Scale and shift are there and have a number for each channel. */
static davy_status expect_channels(const davy_call *call)
{
    const davy_tensor *x = call->in[0];

    for (size_t i = 1; i < 3; i++) {
        davy_status status = davy_call_expect(call, i, DAVY_TYPE_F32, 1);

        if (status != DAVY_OK)
            return status;
        if (call->in[i]->dims[0] != x->dims[x->rank - 1])
            return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu does not fit %lld channels", i,
                                  (long long) x->dims[x->rank - 1]);
    }
    return DAVY_OK;
}

static davy_status prepare(davy_call *call, bool layer)
{
    norm_state *state = call->state;
    const davy_tensor *x = call->in[0];
    int64_t groups = layer ? 1 : davy_node_int(call->node, "groups", 1);
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, -1);

    if (status == DAVY_OK && x->rank < 2)
        status = davy_call_fail(call, DAVY_ERR_INVALID, "%d dimensions", x->rank);
    if (status == DAVY_OK)
        status = expect_channels(call);
    if (status != DAVY_OK)
        return status;
    if (groups < 1 || x->dims[x->rank - 1] % groups != 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%lld channels in %lld groups",
                              (long long) x->dims[x->rank - 1], (long long) groups);
    *state = (norm_state){.samples = (size_t) davy_tensor_span(x, 0, layer ? x->rank - 1 : 1),
                          .pixels = layer ? 1 : (size_t) davy_tensor_span(x, 1, x->rank - 1),
                          .channels = (size_t) x->dims[x->rank - 1],
                          .groups = (size_t) groups,
                          .epsilon = davy_node_float(call->node, "epsilon", 1e-5F)};
    state->task = TASK_ELEMENTS / (state->pixels * state->channels + 1) + 1;
    state->sums = state->samples < SUMS ? state->samples : SUMS;
    if (call->env->training) {
        call->saved_size = state->samples * state->groups * 2 * sizeof(float);
        call->scratch_size = state->sums * 2 * state->channels * sizeof(float);
    }
    return davy_tensor_shape(call->out[0], DAVY_TYPE_F32, x->rank, x->dims);
}

static davy_status prepare_layer(davy_call *call)
{
    return prepare(call, true);
}

static davy_status prepare_group(davy_call *call)
{
    return prepare(call, false);
}

/* Forward. */

/** Mean and 1 / sqrt(variance + epsilon) of one group. */
static void find_moments(const norm_state *state, const davy_kernels *kernels, const float *x,
                         float kept[2])
{
    size_t width = state->channels / state->groups;
    double count = (double) (state->pixels * width), sum = 0.0, squares = 0.0, mean;

    for (size_t pixel = 0; pixel < state->pixels; pixel++)
        sum += (double) kernels->sum(width, x + pixel * state->channels);
    mean = sum / count;
    for (size_t pixel = 0; pixel < state->pixels; pixel++)
        for (size_t c = 0; c < width; c++) {
            double d = (double) x[pixel * state->channels + c] - mean;

            squares += d * d;
        }
    kept[0] = (float) mean;
    kept[1] = (float) (1.0 / sqrt(squares / count + (double) state->epsilon));
}

static void normalise_group(const davy_call *call, const norm_state *state, size_t group,
                            const float *x, const float kept[2], float *y)
{
    size_t width = state->channels / state->groups;
    const float *scale = davy_f32(call->in[1]) + group * width;
    const float *shift = davy_f32(call->in[2]) + group * width;

    for (size_t pixel = 0; pixel < state->pixels; pixel++)
        for (size_t c = 0; c < width; c++) {
            size_t i = pixel * state->channels + c;

            y[i] = (x[i] - kept[0]) * kept[1] * scale[c] + shift[c];
        }
}

static void forward_sample(const davy_call *call, const norm_state *state, size_t sample)
{
    const davy_kernels *kernels = call->env->kernels;
    size_t size = state->pixels * state->channels, width = state->channels / state->groups;
    const float *x = davy_f32(call->in[0]) + sample * size;
    float *y = davy_f32(call->out[0]) + sample * size;

    for (size_t group = 0; group < state->groups; group++) {
        float unsaved[2];
        float *kept = call->saved_size
                          ? (float *) call->saved + (sample * state->groups + group) * 2
                          : unsaved;

        if (state->pixels == 1 && state->groups == 1) {
            kernels->norm(size, x, state->epsilon, davy_f32(call->in[1]), davy_f32(call->in[2]), y,
                          kept);
            return;
        }
        find_moments(state, kernels, x + group * width, kept);
        normalise_group(call, state, group, x + group * width, kept, y + group * width);
    }
}

static void forward_task(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const norm_state *state = call->state;
    size_t from = chunk * state->task, left = state->samples - from;
    size_t to = from + (left < state->task ? left : state->task);

    (void) worker;
    for (size_t sample = from; sample < to; sample++)
        forward_sample(call, state, sample);
}

static davy_status forward(const davy_call *call)
{
    const norm_state *state = call->state;

    if (state->pixels * state->channels > 0)
        davy_pool_run(call->env->pool, (state->samples + state->task - 1) / state->task,
                      forward_task, (void *) (uintptr_t) call);
    return DAVY_OK;
}

/* Backward. */

/** The samples of one partial sum, in order. */
static void backward_task(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const norm_state *state = call->state;
    size_t width = state->channels / state->groups, size = state->pixels * state->channels;
    float *sums = (float *) call->scratch + chunk * 2 * state->channels;

    (void) worker;
    memset(sums, 0, 2 * state->channels * sizeof *sums);
    for (size_t sample = chunk * state->samples / state->sums;
         sample < (chunk + 1) * state->samples / state->sums; sample++)
        for (size_t group = 0; group < state->groups; group++) {
            size_t from = sample * size + group * width;
            const float *kept = (const float *) call->saved + (sample * state->groups + group) * 2;

            call->env->kernels->norm_back(&(davy_norm_back){
                .pixels = state->pixels,
                .width = width,
                .step = state->channels,
                .x = davy_f32(call->in[0]) + from,
                .diff_y = davy_f32(call->diff_out[0]) + from,
                .scale = davy_f32(call->in[1]) + group * width,
                .mean = kept[0],
                .inverse = kept[1],
                .diff_scale = sums + group * width,
                .diff_shift = sums + state->channels + group * width,
                .diff_x = call->diff_in[0] ? davy_f32(call->diff_in[0]) + from : NULL,
                .add = call->diff_add[0]});
        }
}

static void add_sums(const davy_call *call, size_t i)
{
    const norm_state *state = call->state;
    float *diff;

    if (!call->diff_in[i])
        return;
    diff = davy_f32(call->diff_in[i]);
    if (!call->diff_add[i])
        memset(diff, 0, state->channels * sizeof *diff);
    for (size_t sum = 0; sum < state->sums; sum++)
        call->env->kernels->add(state->channels, diff,
                                (const float *) call->scratch + (2 * sum + i - 1) * state->channels,
                                diff);
}

static void backward(const davy_call *call)
{
    const norm_state *state = call->state;

    davy_pool_run(call->env->pool, state->sums, backward_task, (void *) (uintptr_t) call);
    add_sums(call, 1);
    add_sums(call, 2);
}

const davy_op davy_op_layer_norm = {
    .name = "layer_norm",
    .in_min = 3,
    .in_max = 3,
    .out_max = 1,
    .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1),
    .state_size = sizeof(norm_state),
    .prepare = prepare_layer,
    .forward = forward,
    .backward = backward,
};

const davy_op davy_op_group_norm = {
    .name = "group_norm",
    .in_min = 3,
    .in_max = 3,
    .out_max = 1,
    .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1),
    .state_size = sizeof(norm_state),
    .prepare = prepare_group,
    .forward = forward,
    .backward = backward,
};
