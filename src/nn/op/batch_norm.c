/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/rows.h"

#include <math.h>
#include <string.h>

/*
 * Batch norm over all dimensions but the last. Training normalises by the batch and moves the
 * running mean and variance towards it; serving normalises by those:
 *
 *     y = (x - mean) / sqrt(variance + epsilon) * scale + shift
 *     running = momentum * running + (1 - momentum) * batch
 *
 * The variance is that of the population, as in ONNX. With the attribute `frozen`, or where the
 * running values are constants (a backbone that a trainer froze), they are used, and kept, in
 * training too.
 *
 * Source: Ioffe, Szegedy, "Batch Normalization", arXiv:1502.03167.
 */
enum { X, SCALE, SHIFT, MEAN, VARIANCE };

typedef struct batch_state {
    size_t rows, channels;
    float epsilon, momentum;
    bool by_batch; /* statistics of the batch; else the running ones */
    size_t parts;  /* of the rows, each summed by one thread */
} batch_state;

/** A pass over the rows with one number a channel, or two, that are summed. */
typedef struct batch_task {
    const davy_call *call;
    const batch_state *state;
    const float *mean, *factor, *offset; /* [channels] */
} batch_task;

#define PART_ELEMENTS ((size_t) 1 << 14)
#define PARTS_MAX     ((size_t) 32)

static davy_status prepare(davy_call *call)
{
    batch_state *state = call->state;
    const davy_tensor *x = call->in[X];
    davy_status status = davy_call_expect(call, X, DAVY_TYPE_F32, -1);

    if (status == DAVY_OK && x->rank < 2)
        status = davy_call_fail(call, DAVY_ERR_INVALID, "%d dimensions", x->rank);
    for (size_t i = SCALE; status == DAVY_OK && i <= VARIANCE; i++) {
        status = davy_call_expect(call, i, DAVY_TYPE_F32, 1);
        if (status == DAVY_OK && call->in[i]->dims[0] != x->dims[x->rank - 1])
            status = davy_call_fail(call, DAVY_ERR_INVALID, "input %zu does not fit %lld channels",
                                    i, (long long) x->dims[x->rank - 1]);
    }
    if (status != DAVY_OK)
        return status;
    *state = (batch_state){.rows = (size_t) davy_tensor_span(x, 0, x->rank - 1),
                           .channels = (size_t) x->dims[x->rank - 1],
                           .epsilon = davy_node_float(call->node, "epsilon", 1e-5F),
                           .momentum = davy_node_float(call->node, "momentum", 0.9F)};
    state->by_batch =
        call->env->training && !call->in[MEAN]->data && davy_node_int(call->node, "frozen", 0) == 0;
    state->parts = state->rows * state->channels / PART_ELEMENTS + 1;
    state->parts = state->parts < PARTS_MAX ? state->parts : PARTS_MAX;
    if (call->env->training)
        call->saved_size = 2 * state->channels * sizeof(float);
    call->scratch_size = (2 * state->parts + 4) * state->channels * sizeof(float);
    return davy_tensor_shape(call->out[0], DAVY_TYPE_F32, x->rank, x->dims);
}

static size_t part_start(const batch_state *state, size_t part)
{
    return part * state->rows / state->parts;
}

/** Partial sums of one part: [2][channels]. */
static float *sums_of(const batch_task *task, size_t part)
{
    return (float *) task->call->scratch + part * 2 * task->state->channels;
}

/** Memory behind the partial sums: four rows of channels. */
static float *channels_of(const davy_call *call, const batch_state *state, size_t row)
{
    return (float *) call->scratch + (2 * state->parts + row) * state->channels;
}

/** Run a pass over the parts and add the first `count` numbers of their sums, in order. */
static void sum_parts(const batch_task *task, void (*pass)(void *, size_t, size_t), size_t count,
                      float *sum)
{
    davy_pool_run(task->call->env->pool, task->state->parts, pass, (void *) (uintptr_t) task);
    memset(sum, 0, count * sizeof *sum);
    for (size_t part = 0; part < task->state->parts; part++)
        task->call->env->kernels->add(count, sum, sums_of(task, part), sum);
}

/* Forward. */

static void sum_values(void *context, size_t part, size_t worker)
{
    const batch_task *task = context;
    const batch_state *state = task->state;
    size_t from = part_start(state, part), to = part_start(state, part + 1);

    (void) worker;
    task->call->env->kernels->sum_rows(to - from, state->channels,
                                       davy_f32(task->call->in[X]) + from * state->channels,
                                       state->channels, false, sums_of(task, part));
}

static void sum_squares(void *context, size_t part, size_t worker)
{
    const batch_task *task = context;
    const batch_state *state = task->state;
    const float *mean = task->mean;
    float *sum = sums_of(task, part);

    (void) worker;
    memset(sum, 0, state->channels * sizeof *sum);
    for (size_t row = part_start(state, part); row < part_start(state, part + 1); row++) {
        const float *x = davy_f32(task->call->in[X]) + row * state->channels;

        for (size_t c = 0; c < state->channels; c++)
            sum[c] += (x[c] - mean[c]) * (x[c] - mean[c]);
    }
}

/** y = x factor + offset */
static void apply(void *context, size_t part, size_t worker)
{
    const batch_task *task = context;
    const batch_state *state = task->state;

    (void) worker;
    for (size_t row = part_start(state, part); row < part_start(state, part + 1); row++) {
        const float *x = davy_f32(task->call->in[X]) + row * state->channels;
        float *y = davy_f32(task->call->out[0]) + row * state->channels;

        for (size_t c = 0; c < state->channels; c++)
            y[c] = x[c] * task->factor[c] + task->offset[c];
    }
}

/** Mean and variance of the batch; the running ones follow. */
static void find_statistics(const davy_call *call, const batch_state *state, float *mean,
                            float *variance)
{
    batch_task task = {.call = call, .state = state, .mean = mean};
    const davy_kernels *kernels = call->env->kernels;
    float part = 1.0F / (float) state->rows, keep = state->momentum;

    sum_parts(&task, sum_values, state->channels, mean);
    kernels->scale(state->channels, part, mean, mean);
    sum_parts(&task, sum_squares, state->channels, variance);
    kernels->scale(state->channels, part, variance, variance);
    for (size_t c = 0; c < state->channels; c++) {
        davy_f32(call->in[MEAN])[c] = keep * davy_f32(call->in[MEAN])[c] + (1.0F - keep) * mean[c];
        davy_f32(call->in[VARIANCE])[c] =
            keep * davy_f32(call->in[VARIANCE])[c] + (1.0F - keep) * variance[c];
    }
}

static davy_status forward(const davy_call *call)
{
    const batch_state *state = call->state;
    const float *mean = davy_f32(call->in[MEAN]), *variance = davy_f32(call->in[VARIANCE]);
    float *factor = channels_of(call, state, 0), *offset = channels_of(call, state, 1);
    batch_task task = {.call = call, .state = state, .factor = factor, .offset = offset};

    if (state->by_batch && state->rows > 0) {
        find_statistics(call, state, channels_of(call, state, 2), channels_of(call, state, 3));
        mean = channels_of(call, state, 2);
        variance = channels_of(call, state, 3);
    }
    for (size_t c = 0; c < state->channels; c++) {
        float inverse = 1.0F / sqrtf(variance[c] + state->epsilon);

        factor[c] = davy_f32(call->in[SCALE])[c] * inverse;
        offset[c] = davy_f32(call->in[SHIFT])[c] - mean[c] * factor[c];
        if (call->saved_size) {
            ((float *) call->saved)[c] = mean[c];
            ((float *) call->saved)[state->channels + c] = inverse;
        }
    }
    davy_pool_run(call->env->pool, state->parts, apply, &task);
    return DAVY_OK;
}

/* Backward. */

/** Gradients of scale and shift: sums of dy times the normalised x, and of dy. */
static void sum_gradients(void *context, size_t part, size_t worker)
{
    const batch_task *task = context;
    const batch_state *state = task->state;
    const float *mean = task->call->saved, *inverse = mean + state->channels;
    float *scale = sums_of(task, part), *shift = scale + state->channels;

    (void) worker;
    memset(scale, 0, 2 * state->channels * sizeof *scale);
    for (size_t row = part_start(state, part); row < part_start(state, part + 1); row++) {
        const float *x = davy_f32(task->call->in[X]) + row * state->channels;
        const float *diff = davy_f32(task->call->diff_out[0]) + row * state->channels;

        for (size_t c = 0; c < state->channels; c++) {
            scale[c] += diff[c] * (x[c] - mean[c]) * inverse[c];
            shift[c] += diff[c];
        }
    }
}

/** dx = inverse scale (dy - offset - normalised x factor) */
static void give_back(void *context, size_t part, size_t worker)
{
    const batch_task *task = context;
    const batch_state *state = task->state;
    const davy_call *call = task->call;
    const float *mean = call->saved, *inverse = mean + state->channels;
    const float *scale = davy_f32(call->in[SCALE]);
    bool add = call->diff_add[X];

    (void) worker;
    for (size_t row = part_start(state, part); row < part_start(state, part + 1); row++) {
        const float *x = davy_f32(call->in[X]) + row * state->channels;
        const float *diff = davy_f32(call->diff_out[0]) + row * state->channels;
        float *to = davy_f32(call->diff_in[X]) + row * state->channels;

        for (size_t c = 0; c < state->channels; c++) {
            float normal = (x[c] - mean[c]) * inverse[c];
            float value =
                inverse[c] * scale[c] * (diff[c] - task->offset[c] - normal * task->factor[c]);

            to[c] = value + (add ? to[c] : 0.0F);
        }
    }
}

static void store(const davy_call *call, size_t i, size_t count, const float *sum)
{
    if (!call->diff_in[i])
        return;
    if (call->diff_add[i])
        call->env->kernels->add(count, davy_f32(call->diff_in[i]), sum, davy_f32(call->diff_in[i]));
    else
        memcpy(davy_f32(call->diff_in[i]), sum, count * sizeof *sum);
}

static void backward(const davy_call *call)
{
    const batch_state *state = call->state;
    float *sums = channels_of(call, state, 0), *means = channels_of(call, state, 2);
    batch_task task = {
        .call = call, .state = state, .factor = means, .offset = means + state->channels};

    sum_parts(&task, sum_gradients, 2 * state->channels, sums);
    store(call, SCALE, state->channels, sums);
    store(call, SHIFT, state->channels, sums + state->channels);
    if (!call->diff_in[X])
        return;
    /* Constants do not depend on x: then its gradient passes through unchanged. */
    call->env->kernels->scale(2 * state->channels,
                              state->by_batch ? 1.0F / (float) state->rows : 0.0F, sums, means);
    davy_pool_run(call->env->pool, state->parts, give_back, &task);
}

const davy_op davy_op_batch_norm = {
    .name = "batch_norm",
    .in_min = 5,
    .in_max = 5,
    .out_max = 1,
    .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1),
    .state_size = sizeof(batch_state),
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
