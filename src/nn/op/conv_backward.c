/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/conv_bf16.h"
#include "nn/op/conv_winograd.h"
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
    float *sums;   /* [conv->sums][davy_conv_sum()] */
} backward_task;

/** What one worker works with for one image. */
typedef struct backward_image {
    const backward_task *task;
    size_t image;
    float *diff_weights, *diff_bias; /* of its partial sum; NULL: not wanted */
    davy_conv_diff diff;
    size_t ready; /* output rows below this one are in `diff` or were */
    size_t end;   /* behind the last one that is there now */
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
        kernels->sum_rows(out[DAVY_WIDTH], conv->outputs, floats, conv->outputs, true,
                          at->diff_bias);
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

/** The rows of gradients that are there, for tiles. */
static davy_image_rows diff_rows(const backward_image *at)
{
    const davy_conv *conv = at->task->conv;

    return (davy_image_rows){.data = diff_row(at, 0, at->diff.row),
                             .from = (ptrdiff_t) at->diff.row,
                             .to = (ptrdiff_t) at->end,
                             .width = conv->window.out[DAVY_WIDTH],
                             .channels = conv->outputs,
                             .pitch = at->diff.pitch};
}

/** The same by tiles. */
static void back_weights_by_tiles(const backward_image *at, size_t from, size_t to)
{
    const davy_conv *conv = at->task->conv;
    const davy_image_rows x = davy_winograd_image(conv, at->task->call->in[0], at->image);
    const davy_image_rows diff = diff_rows(at);

    if (at->diff_weights)
        davy_winograd_back_weights(conv, at->task->call->env->kernels, &x, &diff, from, to - from,
                                   at->diff_weights, at->loaded);
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

/** Input rows from .. to-1 by tiles, two at once. */
static void back_data_by_tiles(const backward_image *at, size_t from, size_t to)
{
    const davy_conv *conv = at->task->conv;
    const davy_call *call = at->task->call;
    const davy_kernels *kernels = call->env->kernels;
    const davy_image_rows diff = diff_rows(at);
    const davy_tensor *dst = call->diff_in[0];
    size_t size = davy_conv_row_in(conv);
    davy_winograd_sums sums;

    if (from == to)
        return;
    sums = davy_winograd_multiply_back(conv, kernels, &diff, from, to - from, at->task->flipped,
                                       at->loaded);
    for (size_t row = from; row < to; row += 2) {
        size_t rows = to - row < 2 ? 1 : 2, count = rows * size;
        size_t start = (at->image * conv->window.in[DAVY_HEIGHT] + row) * size;
        float *x = davy_floats_place(dst, start, at->rows);
        float *part = call->diff_add[0] ? at->rows + count : x;

        davy_winograd_rows(kernels, &sums, (row - from) / 2, rows, NULL, false, part);
        if (call->diff_add[0])
            kernels->add(count, davy_floats_read(kernels, dst, start, count, x), part, x);
        davy_floats_store(kernels, dst, start, count, x);
    }
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
        at->end = to;
        (conv->winograd ? back_weights_by_tiles : back_weights)(at, at->ready, to);
        (conv->winograd ? back_data_by_tiles : back_data)(at, done, end);
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
    float *sum = task->sums + chunk * davy_conv_sum(conv);
    float *scratch = (float *) call->scratch + worker * conv->worker;
    backward_image at = {.task = task, .rows = scratch};

    memset(sum, 0, davy_conv_sum(conv) * sizeof *sum);
    at.diff_weights = call->diff_in[1] ? sum : NULL;
    at.diff_bias =
        call->in_count > 2 && call->diff_in[2] ? sum + davy_conv_sum_weights(conv) : NULL;
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
        kernels->add(count, diff, task->sums + sum * davy_conv_sum(task->conv) + from, diff);
}

/** Gradient of the weights from the partial sums. */
static void finish_weights(const backward_task *task)
{
    const davy_call *call = task->call;
    const davy_conv *conv = task->conv;
    size_t weights = davy_conv_weights(conv), sum = davy_conv_sum_weights(conv);
    float *diff = davy_f32(call->diff_in[1]);

    if (!conv->winograd) {
        add_sums(task, 0, weights, call->diff_add[1], diff);
        return;
    }
    /* Of the transformed weights: all into the first. */
    for (size_t i = 1; i < conv->sums; i++)
        call->env->kernels->add(sum, task->sums, task->sums + i * davy_conv_sum(conv), task->sums);
    if (!call->diff_add[1])
        memset(diff, 0, weights * sizeof *diff);
    davy_winograd_restore(conv, call->env->kernels, task->sums, diff);
}

/** Weights as the way back of the data wants them; the memory of the sums is free yet. */
static void flip(const backward_task *task)
{
    const davy_call *call = task->call;
    const davy_conv *conv = task->conv;
    const float *weights = davy_f32(call->in[1]);

    if (!call->diff_in[0])
        return;
    if (conv->bf16) {
        memset(task->flipped, 0, davy_conv_bf16_flipped(conv) * sizeof(uint16_t));
        davy_conv_bf16_flip(conv, weights, task->flipped);
    } else if (conv->winograd) {
        davy_conv_flip(conv, weights, task->sums);
        davy_winograd_transform_back(conv, call->env->kernels, task->sums, task->flipped);
    } else {
        davy_conv_flip(conv, weights, task->flipped);
    }
}

void davy_conv_backward(const davy_call *call, const davy_conv *conv)
{
    size_t weights = davy_conv_sum_weights(conv);
    float *sums = (float *) call->scratch + call->env->threads * conv->worker;
    backward_task task = {call, conv, sums + conv->sums * davy_conv_sum(conv), sums};

    flip(&task);
    davy_pool_run(call->env->pool, conv->sums, back_images, &task);
    if (call->diff_in[1])
        finish_weights(&task);
    if (call->in_count > 2 && call->diff_in[2])
        add_sums(&task, weights, conv->outputs, call->diff_add[2], davy_f32(call->diff_in[2]));
}
