/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/conv_bf16.h"
#include "nn/op/floats.h"
#include "nn/simd/amx.h"

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
    void *flipped; /* weights for the way back, in the type of the products */
    float *sums;   /* [conv->sums][sum_size] */
    size_t sum_size;
} backward_task;

/** What one worker works with for one image. */
typedef struct backward_image {
    const backward_task *task;
    size_t image;
    float *diff_weights, *diff_bias; /* of its partial sum; NULL: not wanted */
    davy_conv_diff diff;
    size_t ready; /* output rows below this one are in `diff` or were */
    float *rows;  /* scratch: some rows */
    void *loaded, *lines;
} backward_image;

static void *diff_row(const backward_image *at, size_t depth, size_t row)
{
    const davy_conv_diff *diff = &at->diff;
    const davy_conv *conv = at->task->conv;
    size_t from = (depth * diff->rows + row - diff->row) * diff->pitch + diff->left * conv->outputs;

    return (char *) diff->data + from * davy_conv_operand(conv);
}

/** Zeros before a row, and behind it up to where the next begins. */
static void clear_sides(const backward_image *at, size_t depth, size_t row)
{
    const davy_conv *conv = at->task->conv;
    size_t operand = davy_conv_operand(conv), size = davy_conv_row_out(conv) * operand;
    size_t left = at->diff.left * conv->outputs * operand;
    char *start = diff_row(at, depth, row);

    memset(start - left, 0, left);
    memset(start + size, 0, at->diff.pitch * operand - size);
}

/** Gradient before the activation of one row of outputs. */
static void make_row(const backward_image *at, size_t depth, size_t row)
{
    const davy_conv *conv = at->task->conv;
    const davy_call *call = at->task->call;
    const davy_kernels *kernels = call->env->kernels;
    const size_t *out = conv->window.out;
    size_t size = davy_conv_row_out(conv);
    size_t from = ((at->image * out[DAVY_DEPTH] + depth) * out[DAVY_HEIGHT] + row) * size;
    const float *diff = davy_floats_read(kernels, call->diff_out[0], from, size, at->rows);
    const float *kept = davy_activation_keeps_input(conv->activation)
                            ? (const float *) call->saved + from
                            : davy_floats_read(kernels, call->out[0], from, size, at->rows + size);
    void *dst = diff_row(at, depth, row);
    float *floats = conv->bf16 ? at->rows : dst;

    kernels->activate_back(conv->activation, conv->slope, size, kept, diff, floats);
    if (at->diff_bias)
        kernels->sum_rows(out[DAVY_WIDTH], conv->outputs, floats, true, at->diff_bias);
    if (conv->bf16)
        kernels->to_bf16(size, floats, dst);
    clear_sides(at, depth, row);
}

/** What arrived for one pooled row, through the activation that stands behind the pool. */
static const float *pooled_diff(const backward_image *at, size_t from, size_t size)
{
    const davy_conv *conv = at->task->conv;
    const davy_call *call = at->task->call;
    const davy_kernels *kernels = call->env->kernels;
    const float *diff = davy_floats_read(kernels, call->diff_out[0], from, size, at->rows);
    const float *kept;

    if (conv->activation == DAVY_ACTIVATION_RELU)
        return diff; /* the pool knows what it cut off */
    kept = davy_floats_read(kernels, call->out[0], from, size, at->rows + size);
    kernels->activate_back(conv->activation, conv->slope, size, kept, diff, at->rows);
    return at->rows;
}

/** Gradient of two rows of outputs from one pooled row. */
static void make_pooled_rows(const backward_image *at, size_t row)
{
    const davy_conv *conv = at->task->conv;
    const davy_call *call = at->task->call;
    const davy_kernels *kernels = call->env->kernels;
    size_t pixels = conv->window.out[DAVY_WIDTH] / 2, size = davy_conv_row_out(conv) / 2;
    size_t from = (at->image * conv->window.out[DAVY_HEIGHT] + row) / 2 * size;
    const uint8_t *winners = (const uint8_t *) call->saved + from;
    const float *diff = pooled_diff(at, from, size);
    void *upper = diff_row(at, 0, row), *lower = diff_row(at, 0, row + 1);

    if (conv->bf16)
        kernels->max_pool2_back_bf16(pixels, conv->outputs, diff, winners, upper, lower,
                                     at->diff_bias);
    else
        kernels->max_pool2_back(pixels, conv->outputs, diff, winners, upper, lower, at->diff_bias);
    clear_sides(at, 0, row);
    clear_sides(at, 0, row + 1);
}

/** Make output rows up to `to` readable and keep those from `keep`. */
static void advance(backward_image *at, size_t keep, size_t to)
{
    const davy_conv *conv = at->task->conv;
    davy_conv_diff *diff = &at->diff;
    size_t kept = at->ready > keep ? at->ready - keep : 0;

    if (kept && keep > diff->row) /* one plane: a volume is one band */
        memmove(diff->data,
                (char *) diff->data + (keep - diff->row) * diff->pitch * davy_conv_operand(conv),
                (kept * diff->pitch + diff->left * conv->outputs) * davy_conv_operand(conv));
    diff->row = keep;
    for (size_t depth = 0; depth < conv->window.out[DAVY_DEPTH]; depth++)
        for (size_t row = at->ready; row < to; row += conv->pool ? 2 : 1) {
            if (conv->pool)
                make_pooled_rows(at, row);
            else
                make_row(at, depth, row);
        }
}

/** What the output rows from .. to-1 say about the weights. */
static void back_weights(const backward_image *at, size_t from, size_t to)
{
    const davy_conv *conv = at->task->conv;
    const davy_call *call = at->task->call;
    const davy_kernels *kernels = call->env->kernels;

    for (size_t depth = 0; at->diff_weights && depth < conv->window.out[DAVY_DEPTH]; depth++) {
        davy_band band = davy_conv_load(conv, kernels, call->in[0], at->image, depth, from,
                                        to - from, at->loaded);

        if (conv->bf16)
            davy_conv_bf16_back_weights(conv, &band, diff_row(at, depth, from), to - from,
                                        at->diff_weights, at->lines);
        else
            davy_conv_back_weights(conv, kernels, &band, diff_row(at, depth, from), at->diff.pitch,
                                   to - from, at->diff_weights);
    }
}

/** What flows to one row of inputs, the `number`-th of the batch. */
static void back_row(const backward_image *at, size_t depth, size_t row, size_t number)
{
    const davy_conv *conv = at->task->conv;
    const davy_call *call = at->task->call;
    const davy_kernels *kernels = call->env->kernels;
    const davy_tensor *to = call->diff_in[0];
    size_t size = davy_conv_row_in(conv), from = number * size;
    bool add = call->diff_add[0];
    float *x = davy_floats_place(to, from, at->rows);

    if (conv->bf16 && to->type == DAVY_TYPE_BF16 && !add) {
        davy_conv_bf16_back_row(conv, &at->diff, at->task->flipped, row, false, NULL,
                                (uint16_t *) to->data + from);
        return;
    }
    if (add)
        (void) davy_floats_read(kernels, to, from, size, at->rows);
    else
        memset(x, 0, size * sizeof *x);
    if (conv->bf16)
        davy_conv_bf16_back_row(conv, &at->diff, at->task->flipped, row, true, x, NULL);
    else
        davy_conv_back_row(conv, kernels, &at->diff, at->task->flipped, depth, row, x);
    davy_floats_store(kernels, to, from, size, x);
}

static void back_data(const backward_image *at, size_t from, size_t to)
{
    const size_t *in = at->task->conv->window.in;

    for (size_t depth = 0; depth < in[DAVY_DEPTH]; depth++)
        for (size_t row = from; row < to; row++)
            back_row(at, depth, row, (at->image * in[DAVY_DEPTH] + depth) * in[DAVY_HEIGHT] + row);
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
        back_weights(at, at->ready, to);
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
    float *scratch = (float *) call->scratch + worker * conv->worker;
    backward_image at = {.task = task, .rows = scratch};

    memset(sum, 0, task->sum_size * sizeof *sum);
    at.diff_weights = call->diff_in[1] ? sum : NULL;
    at.diff_bias = call->in_count > 2 && call->diff_in[2] ? sum + davy_conv_weights(conv) : NULL;
    davy_conv_diff_init(conv, &at.diff);
    at.diff.rows = davy_conv_diff_rows(conv);
    at.loaded = scratch + conv->rows_size;
    at.diff.data = (float *) at.loaded + conv->load_size;
    at.lines = (float *) at.diff.data + conv->diff_size;
    if (conv->bf16)
        davy_bf16_begin();
    for (at.image = chunk * batch / conv->sums; at.image < (chunk + 1) * batch / conv->sums;
         at.image++)
        back_image(&at);
    if (conv->bf16)
        davy_bf16_end();
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

/** Weights as the way back of the data wants them. */
static void flip(const davy_call *call, const davy_conv *conv, void *flipped)
{
    if (!call->diff_in[0])
        return;
    if (conv->bf16) {
        memset(flipped, 0, davy_conv_bf16_flipped(conv) * sizeof(uint16_t));
        davy_conv_bf16_flip(conv, davy_f32(call->in[1]), flipped);
    } else {
        davy_conv_flip(conv, davy_f32(call->in[1]), flipped);
    }
}

void davy_conv_backward(const davy_call *call, const davy_conv *conv)
{
    size_t weights = davy_conv_weights(conv);
    backward_task task = {.call = call,
                          .conv = conv,
                          .sums = (float *) call->scratch + call->env->threads * conv->worker,
                          .sum_size = davy_conv_align(weights + conv->outputs)};

    task.flipped = task.sums + conv->sums * task.sum_size;
    flip(call, conv, task.flipped);
    davy_pool_run(call->env->pool, conv->sums, back_images, &task);
    if (call->diff_in[1])
        add_sums(&task, 0, weights, call->diff_add[1], davy_f32(call->diff_in[1]));
    if (call->in_count > 2 && call->diff_in[2])
        add_sums(&task, weights, conv->outputs, call->diff_add[2], davy_f32(call->diff_in[2]));
}
