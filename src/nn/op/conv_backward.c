/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/conv.h"

#include <string.h>

/*
 * The way back goes over one image band by band. The gradient of a band of outputs is made from
 * what arrived (through the activation, or spread from the pool), gives its share to the weights,
 * and then all rows of the input that no later band reaches are finished.
 *
 * Images are dealt to a fixed number of partial sums of the weights' gradient, which are added in
 * order: so the bits do not depend on the threads.
 */
typedef struct backward_task {
    const davy_call *call;
    const davy_conv *conv;
    float *sums, *flipped, *workers; /* parts of the scratch memory */
    size_t sum_size;
} backward_task;

/** What one worker works with for one image. */
typedef struct backward_image {
    const backward_task *task;
    size_t image;
    float *diff_weights, *diff_bias; /* of its partial sum */
    davy_conv_diff diff;
    size_t ready;         /* output rows below this one are in `diff` or were */
    float *loaded, *rows; /* scratch: padded input; two rows of outputs */
} backward_image;

static float *diff_row(const backward_image *at, size_t depth, size_t row)
{
    const davy_conv_diff *diff = &at->diff;

    return diff->data + (depth * diff->rows + row - diff->row) * diff->pitch +
           diff->left * at->task->conv->outputs;
}

/** Zeros on both sides of a row. */
static void clear_sides(const backward_image *at, float *row)
{
    size_t left = at->diff.left * at->task->conv->outputs;
    size_t size = davy_conv_row_out(at->task->conv);

    memset(row - left, 0, left * sizeof *row);
    memset(row + size, 0, (at->diff.pitch - left - size) * sizeof *row);
}

/** Gradient before the activation of one row of outputs. */
static void make_row(const backward_image *at, size_t depth, size_t row)
{
    const davy_conv *conv = at->task->conv;
    const davy_call *call = at->task->call;
    const size_t *out = conv->window.out;
    size_t size = davy_conv_row_out(conv);
    size_t from = ((at->image * out[DAVY_DEPTH] + depth) * out[DAVY_HEIGHT] + row) * size;
    const float *kept =
        davy_activation_keeps_input(conv->activation) ? call->saved : call->out[0]->data;
    float *dst = diff_row(at, depth, row);

    call->env->kernels->activate_back(conv->activation, conv->slope, size, kept + from,
                                      davy_f32(call->diff_out[0]) + from, dst);
    clear_sides(at, dst);
}

/** Gradient of two rows of outputs from one pooled row. */
static void make_pooled_rows(const backward_image *at, size_t row)
{
    const davy_conv *conv = at->task->conv;
    const davy_call *call = at->task->call;
    const davy_kernels *kernels = call->env->kernels;
    size_t size = davy_conv_row_out(conv) / 2;
    size_t from = (at->image * conv->window.out[DAVY_HEIGHT] + row) / 2 * size;
    const float *diff = davy_f32(call->diff_out[0]) + from;
    float *upper = diff_row(at, 0, row), *lower = upper + at->diff.pitch;

    if (conv->activation != DAVY_ACTIVATION_RELU) {
        kernels->activate_back(conv->activation, conv->slope, size, davy_f32(call->out[0]) + from,
                               diff, at->rows);
        diff = at->rows;
    }
    kernels->max_pool2_back(conv->window.out[DAVY_WIDTH] / 2, conv->outputs, diff,
                            (const uint8_t *) call->saved + from, upper, lower);
    clear_sides(at, upper);
    clear_sides(at, lower);
}

/** Make output rows up to `to` readable and keep those from `keep`. */
static void advance(backward_image *at, size_t keep, size_t to)
{
    davy_conv_diff *diff = &at->diff;
    size_t kept = at->ready > keep ? at->ready - keep : 0;

    if (kept && keep > diff->row) /* one plane: a volume is one band */
        memmove(diff->data, diff->data + (keep - diff->row) * diff->pitch,
                kept * diff->pitch * sizeof *diff->data);
    diff->row = keep;
    for (size_t depth = 0; depth < at->task->conv->window.out[DAVY_DEPTH]; depth++)
        for (size_t row = at->ready; row < to; row += at->task->conv->pool ? 2 : 1) {
            if (at->task->conv->pool)
                make_pooled_rows(at, row);
            else
                make_row(at, depth, row);
        }
}

/** What the output rows from .. to-1 say about weights and bias. */
static void back_parameters(const backward_image *at, size_t from, size_t to)
{
    const davy_conv *conv = at->task->conv;
    const davy_call *call = at->task->call;
    const davy_kernels *kernels = call->env->kernels;
    const float *image = davy_f32(call->in[0]) + at->image * davy_conv_image_in(conv);

    for (size_t depth = 0; depth < conv->window.out[DAVY_DEPTH]; depth++) {
        const float *diff = diff_row(at, depth, from);

        if (at->diff_weights) {
            davy_band band = davy_conv_load(conv, image, depth, from, to - from, at->loaded);

            davy_conv_back_weights(conv, kernels, &band, diff, at->diff.pitch, to - from,
                                   at->diff_weights);
        }
        for (size_t row = from; at->diff_bias && row < to; row++, diff += at->diff.pitch)
            kernels->sum_rows(conv->window.out[DAVY_WIDTH], conv->outputs, diff, true,
                              at->diff_bias);
    }
}

/** What flows to the input rows from .. to-1. */
static void back_data(const backward_image *at, size_t from, size_t to)
{
    const davy_conv *conv = at->task->conv;
    const davy_call *call = at->task->call;
    const size_t *in = conv->window.in;
    size_t size = davy_conv_row_in(conv);

    for (size_t depth = 0; depth < in[DAVY_DEPTH]; depth++)
        for (size_t row = from; row < to; row++) {
            size_t number = (at->image * in[DAVY_DEPTH] + depth) * in[DAVY_HEIGHT] + row;
            float *x = davy_f32(call->diff_in[0]) + number * size;

            if (!call->diff_add[0])
                memset(x, 0, size * sizeof *x);
            davy_conv_back_row(conv, call->env->kernels, &at->diff, at->task->flipped, depth, row,
                               x);
        }
}

/** Input rows that output rows below `row` are the last to reach. */
static size_t finished(const davy_conv *conv, size_t row)
{
    const davy_window *window = &conv->window;
    size_t reached = row * window->stride[DAVY_HEIGHT], begin = window->begin[DAVY_HEIGHT];

    if (row == window->out[DAVY_HEIGHT] || reached > begin + window->in[DAVY_HEIGHT])
        return window->in[DAVY_HEIGHT];
    return reached > begin ? reached - begin : 0;
}

static void back_image(backward_image *at)
{
    const davy_conv *conv = at->task->conv;
    bool wants_data = at->task->call->diff_in[0] != NULL;
    size_t done = 0, height = conv->window.out[DAVY_HEIGHT];

    at->ready = 0;
    at->diff.row = 0;
    for (size_t to = 0; to < height; at->ready = to) {
        size_t keep = at->ready, above, end = done;

        to = at->ready + conv->band < height ? at->ready + conv->band : height;
        if (wants_data && done < conv->window.in[DAVY_HEIGHT]) {
            davy_conv_rows_above(conv, done, 1, &keep, &above);
            end = finished(conv, to);
        }
        advance(at, keep < at->ready ? keep : at->ready, to);
        back_parameters(at, at->ready, to);
        back_data(at, done, end);
        done = end;
    }
}

/** The images of one partial sum, in order. */
static void back_images(void *context, size_t chunk, size_t worker)
{
    const backward_task *task = context;
    const davy_conv *conv = task->conv;
    const davy_call *call = task->call;
    size_t batch = conv->window.batch;
    float *sum = task->sums + chunk * task->sum_size;
    float *scratch = task->workers + worker * conv->worker;
    backward_image at = {.task = task, .rows = scratch};

    memset(sum, 0, task->sum_size * sizeof *sum);
    at.diff_weights = call->diff_in[1] ? sum : NULL;
    at.diff_bias = call->in_count > 2 && call->diff_in[2] ? sum + davy_conv_weights(conv) : NULL;
    davy_conv_diff_init(conv, &at.diff);
    at.diff.rows = davy_conv_diff_rows(conv);
    at.diff.data = scratch + 2 * davy_conv_align(davy_conv_row_out(conv));
    at.loaded =
        at.diff.data + davy_conv_align(conv->window.out[DAVY_DEPTH] * at.diff.rows * at.diff.pitch);
    for (at.image = chunk * batch / conv->sums; at.image < (chunk + 1) * batch / conv->sums;
         at.image++)
        back_image(&at);
}

/** Sum of the partial sums into one gradient. `from`: where it begins in each. */
static void add_sums(const backward_task *task, size_t from, size_t count, bool add, float *diff)
{
    const davy_kernels *kernels = task->call->env->kernels;

    if (!add)
        memset(diff, 0, count * sizeof *diff);
    for (size_t sum = 0; sum < task->conv->sums; sum++)
        kernels->add(count, diff, task->sums + sum * task->sum_size + from, diff);
}

void davy_conv_backward(const davy_call *call, const davy_conv *conv)
{
    size_t weights = davy_conv_weights(conv);
    backward_task task = {.call = call,
                          .conv = conv,
                          .flipped = call->scratch,
                          .sum_size = davy_conv_align(weights + conv->outputs)};

    task.sums = task.flipped + davy_conv_align(weights);
    task.workers = task.sums + conv->sums * task.sum_size;
    if (call->diff_in[0])
        davy_conv_flip(conv, davy_f32(call->in[1]), task.flipped);
    davy_pool_run(call->env->pool, conv->sums, back_images, &task);
    if (call->diff_in[1])
        add_sums(&task, 0, weights, call->diff_add[1], davy_f32(call->diff_in[1]));
    if (call->in_count > 2 && call->diff_in[2])
        add_sums(&task, weights, conv->outputs, call->diff_add[2], davy_f32(call->diff_in[2]));
}
