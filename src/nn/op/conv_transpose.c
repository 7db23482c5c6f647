/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/conv.h"
#include "nn/op/rows.h"

#include <string.h>

/*
 * A transposed convolution is the way back of a convolution that leads from its output to its
 * input, and its own way back is that convolution. `conv` below is that one: its channels are those
 * that come out here, its outputs those that come in.
 */
typedef struct transpose_state {
    davy_conv conv;
    size_t band, bands;   /* rows of this operator's output that are worked on at once */
    size_t loaded, whole; /* floats of a worker: padded rows, and an image of gradients */
} transpose_state;

/** One pass, with the parts of the scratch memory. */
typedef struct transpose_task {
    const davy_call *call;
    const transpose_state *state;
    float *flipped, *sums, *workers;
    size_t sum_size;
} transpose_task;

static const float *bias_of(const davy_call *call)
{
    return call->in_count > 2 && call->in[2] ? davy_f32(call->in[2]) : NULL;
}

static davy_status read_sizes(davy_call *call, davy_conv *conv)
{
    const davy_tensor *x = call->in[0], *weights = call->in[1];
    int64_t groups = davy_node_int(call->node, "group", 1);
    int rank = x->rank;

    if (x->dims[rank - 1] < 1 || groups < 1 || groups > DAVY_ELEMENTS_MAX ||
        x->dims[rank - 1] % groups != 0 || weights->dims[rank - 1] != x->dims[rank - 1] ||
        weights->dims[rank - 2] < 1 || weights->dims[rank - 2] > DAVY_ELEMENTS_MAX / groups)
        return davy_call_fail(
            call, DAVY_ERR_INVALID, "%lld channels, weights for %lld of them and %lld groups",
            (long long) x->dims[rank - 1], (long long) weights->dims[rank - 1], (long long) groups);
    conv->channels = (size_t) (weights->dims[rank - 2] * groups);
    conv->outputs = (size_t) x->dims[rank - 1];
    conv->groups = (size_t) groups;
    if (call->in_count > 2 && call->in[2] &&
        (call->in[2]->rank != 1 || (size_t) call->in[2]->dims[0] != conv->channels))
        return davy_call_fail(call, DAVY_ERR_INVALID, "the bias does not fit %zu outputs",
                              conv->channels);
    return DAVY_OK;
}

static size_t sum_size(const davy_conv *conv)
{
    return davy_conv_align(davy_conv_weights(conv) + conv->channels);
}

/** Rows of the (smaller) input that a band of output rows looks at, at most. */
static size_t rows_loaded(const transpose_state *state)
{
    const davy_window *window = &state->conv.window;
    size_t stride = window->stride[DAVY_HEIGHT];

    return (state->band + davy_window_extent(window, DAVY_HEIGHT)) / stride + 2;
}

static void plan_memory(davy_call *call, transpose_state *state)
{
    davy_conv *conv = &state->conv;
    size_t height = conv->window.in[DAVY_HEIGHT];
    size_t shared = davy_conv_align(davy_conv_weights(conv));
    davy_conv_diff diff;

    davy_conv_plan(call, conv);
    call->saved_size = 0;
    state->band = (height + conv->bands - 1) / conv->bands;
    state->bands = (height + state->band - 1) / state->band;
    davy_conv_diff_init(conv, &diff);
    state->loaded = davy_conv_align(conv->window.out[DAVY_DEPTH] * rows_loaded(state) * diff.pitch);
    if (call->env->training) {
        bool keeps = davy_activation_keeps_input(conv->activation);

        state->whole = davy_conv_align(davy_conv_image_in(conv));
        call->saved_size =
            keeps ? conv->window.batch * davy_conv_image_in(conv) * sizeof(float) : 0;
        shared += conv->sums * sum_size(conv);
    }
    conv->worker += state->loaded + state->whole;
    call->scratch_size = (shared + call->env->threads * conv->worker) * sizeof(float);
}

static davy_status prepare(davy_call *call)
{
    transpose_state *state = call->state;
    davy_conv *conv = &state->conv;
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, -1);

    if (status == DAVY_OK)
        status = davy_call_expect(call, 1, DAVY_TYPE_F32, call->in[0]->rank);
    if (status == DAVY_OK)
        status = davy_activation_read(call, &conv->activation, &conv->slope);
    if (status == DAVY_OK)
        status = davy_window_read_transposed(call, call->in[1]->dims, &conv->window);
    if (status == DAVY_OK)
        status = read_sizes(call, conv);
    if (status != DAVY_OK)
        return status;
    plan_memory(call, state);
    return davy_window_shape(&conv->window, conv->window.in, conv->channels, DAVY_TYPE_F32,
                             call->out[0]);
}

static transpose_task task_of(const davy_call *call)
{
    const transpose_state *state = call->state;
    const davy_conv *conv = &state->conv;
    transpose_task task = {.call = call, .state = state, .flipped = call->scratch};

    task.sum_size = sum_size(conv);
    task.sums = task.flipped + davy_conv_align(davy_conv_weights(conv));
    task.workers = task.sums + (call->env->training ? conv->sums * task.sum_size : 0);
    return task;
}

/* Forward. */

/** Rows of one input image with zeros on both sides, for the output rows row .. row+rows-1. */
static davy_conv_diff load_rows(const transpose_task *task, size_t image, size_t row, size_t rows,
                                float *scratch)
{
    const davy_conv *conv = &task->state->conv;
    const size_t *out = conv->window.out;
    const float *x = davy_f32(task->call->in[0]) + image * davy_conv_image_out(conv);
    size_t size = davy_conv_row_out(conv), to;
    davy_conv_diff diff = {.data = scratch};

    davy_conv_diff_init(conv, &diff);
    davy_conv_rows_above(conv, row, rows, &diff.row, &to);
    diff.rows = to - diff.row;
    for (size_t i = 0; i < out[DAVY_DEPTH] * diff.rows; i++) {
        size_t number = i / diff.rows * out[DAVY_HEIGHT] + diff.row + i % diff.rows;
        size_t left = diff.left * conv->outputs;
        float *dst = scratch + i * diff.pitch;

        memset(dst, 0, left * sizeof *dst);
        memcpy(dst + left, x + number * size, size * sizeof *dst);
        memset(dst + left + size, 0, (diff.pitch - left - size) * sizeof *dst);
    }
    return diff;
}

/** Start a row with the bias, or with zeros. */
static void start_row(const davy_call *call, const davy_conv *conv, float *y)
{
    const float *bias = bias_of(call);

    if (!bias) {
        memset(y, 0, davy_conv_row_in(conv) * sizeof *y);
        return;
    }
    for (size_t x = 0; x < conv->window.in[DAVY_WIDTH]; x++)
        memcpy(y + x * conv->channels, bias, conv->channels * sizeof *y);
}

/** One band of output rows of one image, in all its planes. */
static void forward_band(void *context, size_t chunk, size_t worker)
{
    const transpose_task *task = context;
    const davy_conv *conv = &task->state->conv;
    const davy_call *call = task->call;
    const size_t *in = conv->window.in;
    size_t size = davy_conv_row_in(conv);
    size_t image = chunk / task->state->bands, row = chunk % task->state->bands * task->state->band;
    size_t left = in[DAVY_HEIGHT] - row;
    size_t rows = left < task->state->band ? left : task->state->band;
    davy_conv_diff x = load_rows(task, image, row, rows, task->workers + worker * conv->worker);

    for (size_t i = 0; i < in[DAVY_DEPTH] * rows; i++) {
        size_t depth = i / rows, at = row + i % rows;
        size_t from = ((image * in[DAVY_DEPTH] + depth) * in[DAVY_HEIGHT] + at) * size;
        float *y = davy_f32(call->out[0]) + from;

        start_row(call, conv, y);
        davy_conv_back_row(conv, call->env->kernels, &x, task->flipped, depth, at, y);
        if (call->saved_size)
            memcpy((float *) call->saved + from, y, size * sizeof *y);
        call->env->kernels->activate(conv->activation, conv->slope, size, y);
    }
}

static davy_status forward(const davy_call *call)
{
    transpose_task task = task_of(call);
    const davy_conv *conv = &task.state->conv;

    davy_conv_flip(conv, davy_f32(call->in[1]), task.flipped);
    davy_pool_run(call->env->pool, conv->window.batch * task.state->bands, forward_band, &task);
    return DAVY_OK;
}

/* Backward. */

/** Gradient before the activation of one image; what arrived itself when there is none. */
static float *image_gradient(const transpose_task *task, size_t image, float *scratch)
{
    const davy_conv *conv = &task->state->conv;
    const davy_call *call = task->call;
    size_t size = davy_conv_image_in(conv);
    const float *kept =
        davy_activation_keeps_input(conv->activation) ? call->saved : call->out[0]->data;
    float *diff = davy_f32(call->diff_out[0]) + image * size;

    if (conv->activation == DAVY_ACTIVATION_NONE)
        return diff;
    call->env->kernels->activate_back(conv->activation, conv->slope, size, kept + image * size,
                                      diff, scratch);
    return scratch;
}

/** One row of what flows to the input. */
static void back_data_row(const davy_call *call, const davy_conv *conv, const davy_band *band,
                          size_t number, float *row)
{
    const davy_kernels *kernels = call->env->kernels;
    size_t size = davy_conv_row_out(conv);
    float *x = davy_f32(call->diff_in[0]) + number * size;
    const davy_conv_place place = {.y = call->diff_add[0] ? row : x};

    davy_conv_rows(conv, kernels, band, 1, davy_f32(call->in[1]), &place, NULL);
    if (call->diff_add[0])
        kernels->add(size, x, row, x);
}

/** One band of rows of the input of one plane. */
static void back_band(const transpose_task *task, size_t image, size_t depth, size_t row,
                      const davy_tensor *diff, float *sum, float *scratch)
{
    const davy_conv *conv = &task->state->conv;
    const davy_call *call = task->call;
    const size_t *out = conv->window.out;
    size_t left = out[DAVY_HEIGHT] - row, rows = left < conv->band ? left : conv->band;
    size_t size = davy_conv_row_out(conv);
    size_t number = (image * out[DAVY_DEPTH] + depth) * out[DAVY_HEIGHT] + row;
    davy_band band = davy_conv_load(conv, call->env->kernels, diff, 0, depth, row, rows,
                                    scratch + conv->rows_size);

    if (call->diff_in[1])
        davy_conv_back_weights(conv, call->env->kernels, &band,
                               davy_f32(call->in[0]) + number * size, size, rows, sum);
    for (size_t r = 0; call->diff_in[0] && r < rows; r++) {
        back_data_row(call, conv, &band, number + r, scratch);
        davy_conv_band_next(conv, &band, 1);
    }
}

/** The images of one partial sum, in order. */
static void back_images(void *context, size_t chunk, size_t worker)
{
    const transpose_task *task = context;
    const davy_conv *conv = &task->state->conv;
    const davy_call *call = task->call;
    const size_t *out = conv->window.out, batch = conv->window.batch;
    float *sum = task->sums + chunk * task->sum_size;
    float *scratch = task->workers + worker * conv->worker;

    memset(sum, 0, task->sum_size * sizeof *sum);
    for (size_t image = chunk * batch / conv->sums; image < (chunk + 1) * batch / conv->sums;
         image++) {
        const davy_tensor diff = {.type = DAVY_TYPE_F32,
                                  .data = image_gradient(task, image, scratch)};

        if (call->in_count > 2 && call->diff_in[2])
            call->env->kernels->sum_rows(davy_conv_image_in(conv) / conv->channels, conv->channels,
                                         davy_f32(&diff), conv->channels, true,
                                         sum + davy_conv_weights(conv));
        for (size_t depth = 0; depth < out[DAVY_DEPTH]; depth++)
            for (size_t row = 0; row < out[DAVY_HEIGHT]; row += conv->band)
                back_band(task, image, depth, row, &diff, sum, scratch + task->state->whole);
    }
}

static void add_sums(const transpose_task *task, size_t i, size_t from, size_t count)
{
    const davy_call *call = task->call;
    float *diff = davy_f32(call->diff_in[i]);

    if (!call->diff_add[i])
        memset(diff, 0, count * sizeof *diff);
    for (size_t sum = 0; sum < task->state->conv.sums; sum++)
        call->env->kernels->add(count, diff, task->sums + sum * task->sum_size + from, diff);
}

static void backward(const davy_call *call)
{
    transpose_task task = task_of(call);
    const davy_conv *conv = &task.state->conv;
    size_t weights = davy_conv_weights(conv);

    davy_pool_run(call->env->pool, conv->sums, back_images, &task);
    if (call->diff_in[1])
        add_sums(&task, 1, 0, weights);
    if (call->in_count > 2 && call->diff_in[2])
        add_sums(&task, 2, weights, conv->channels);
}

const davy_op davy_op_conv_transpose = {
    .name = "conv_transpose",
    .in_min = 2,
    .in_max = 3,
    .out_max = 1,
    .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1) | DAVY_NEEDS_OUT(0),
    .state_size = sizeof(transpose_state),
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
