/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/conv.h"

#include <string.h>

typedef struct forward_task {
    const davy_call *call;
    const davy_conv *conv;
} forward_task;

/** Where a row of one image lies: its number in the batch, in rows. */
static size_t row_number(const davy_conv *conv, size_t image, size_t depth, size_t row)
{
    const size_t *out = conv->window.out;

    return (image * out[DAVY_DEPTH] + depth) * out[DAVY_HEIGHT] + row;
}

/** Outputs of some rows, and in training what the way back of the activation wants to read. */
static void plain_rows(const davy_call *call, const davy_conv *conv, const davy_band *band,
                       size_t number, size_t rows)
{
    const davy_kernels *kernels = call->env->kernels;
    const float *bias = call->in_count > 2 && call->in[2] ? davy_f32(call->in[2]) : NULL;
    size_t size = rows * davy_conv_row_out(conv), at = number * davy_conv_row_out(conv);
    float *y = davy_f32(call->out[0]) + at;
    float *before = call->saved_size ? (float *) call->saved + at : NULL;

    if (!before) {
        davy_conv_rows(conv, kernels, band, rows, davy_f32(call->in[1]), bias, conv->activation, y);
        return;
    }
    davy_conv_rows(conv, kernels, band, rows, davy_f32(call->in[1]), bias, DAVY_ACTIVATION_NONE,
                   before);
    memcpy(y, before, size * sizeof *y);
    kernels->activate(conv->activation, conv->slope, size, y);
}

/**
 * Two rows of outputs, pooled while they are in the cache.
 *
 * The activation is monotone, so it may come after the pool, on a quarter of the numbers.
 *
 * @param number  of the pooled row in the batch
 * @param rows    scratch for two rows of outputs
 */
static void pooled_row(const davy_call *call, const davy_conv *conv, const davy_band *band,
                       size_t number, float *rows)
{
    const davy_kernels *kernels = call->env->kernels;
    const float *bias = call->in_count > 2 && call->in[2] ? davy_f32(call->in[2]) : NULL;
    size_t size = davy_conv_row_out(conv), pooled = size / 2;
    bool relu = conv->activation == DAVY_ACTIVATION_RELU;
    float *y;

    y = davy_f32(call->out[0]) + number * pooled;
    davy_conv_rows(conv, kernels, band, 2, davy_f32(call->in[1]), bias, DAVY_ACTIVATION_NONE, rows);
    kernels->max_pool2(conv->window.out[DAVY_WIDTH] / 2, conv->outputs, rows, rows + size, relu, y,
                       call->saved_size ? (uint8_t *) call->saved + number * pooled : NULL);
    if (!relu)
        kernels->activate(conv->activation, conv->slope, pooled, y);
}

/** One band of one plane of one image. */
static void one_band(void *context, size_t chunk, size_t worker)
{
    const forward_task *task = context;
    const davy_conv *conv = task->conv;
    const size_t *out = conv->window.out;
    size_t row = chunk % conv->bands * conv->band, depth = chunk / conv->bands % out[DAVY_DEPTH];
    size_t image = chunk / conv->bands / out[DAVY_DEPTH];
    size_t left = out[DAVY_HEIGHT] - row, rows = left < conv->band ? left : conv->band;
    float *scratch = (float *) task->call->scratch + worker * conv->worker;
    size_t step = conv->window.stride[DAVY_HEIGHT];
    davy_band band =
        davy_conv_load(conv, davy_f32(task->call->in[0]) + image * davy_conv_image_in(conv), depth,
                       row, rows, scratch + 2 * davy_conv_align(davy_conv_row_out(conv)));

    if (!conv->pool) {
        plain_rows(task->call, conv, &band, row_number(conv, image, depth, row), rows);
        return;
    }
    for (size_t r = 0; r < rows; r += 2, band.data += 2 * step * band.pitch)
        pooled_row(task->call, conv, &band, row_number(conv, image, depth, row + r) / 2, scratch);
}

void davy_conv_forward(const davy_call *call, const davy_conv *conv)
{
    forward_task task = {call, conv};

    davy_pool_run(call->env->pool, conv->window.batch * conv->window.out[DAVY_DEPTH] * conv->bands,
                  one_band, &task);
}
