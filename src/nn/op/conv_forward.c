/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/conv_bf16.h"
#include "nn/op/floats.h"
#include "nn/simd/amx.h"

#include <string.h>

typedef struct forward_task {
    const davy_call *call;
    const davy_conv *conv;
    const uint16_t *packed; /* weights for bf16 products; NULL: none */
} forward_task;

/** Where a row of one image lies: its number in the batch, in rows. */
static size_t row_number(const davy_conv *conv, size_t image, size_t depth, size_t row)
{
    const size_t *out = conv->window.out;

    return (image * out[DAVY_DEPTH] + depth) * out[DAVY_HEIGHT] + row;
}

/** Whether rows of outputs can be written where they belong, activation included. */
static bool stores_directly(const davy_call *call, const davy_conv *conv)
{
    return !conv->pool && call->saved_size == 0 && call->out[0]->type == DAVY_TYPE_F32 &&
           (!conv->bf16 || davy_conv_bf16_pitch(conv) == davy_conv_row_out(conv));
}

/** Activation of one row of outputs; in training what it reads may be kept for the way back. */
static void finish_row(const davy_call *call, const davy_conv *conv, size_t number, float *row)
{
    const davy_kernels *kernels = call->env->kernels;
    size_t size = davy_conv_row_out(conv), at = number * size;

    if (call->saved_size)
        memcpy((float *) call->saved + at, row, size * sizeof *row);
    kernels->activate(conv->activation, conv->slope, size, row);
    if (call->out[0]->type == DAVY_TYPE_F32)
        memcpy(davy_f32(call->out[0]) + at, row, size * sizeof *row);
    else
        davy_floats_store(kernels, call->out[0], at, size, row);
}

/**
 * Two rows of outputs, pooled while they are in the cache.
 *
 * The activation is monotone, so bias and activation come after the pool, on a quarter of the
 * numbers.
 *
 * @param number  of the pooled row in the batch
 * @param upper   is written over
 */
static void finish_pair(const davy_call *call, const davy_conv *conv, size_t number, float *upper,
                        const float *lower)
{
    const davy_kernels *kernels = call->env->kernels;
    size_t size = davy_conv_row_out(conv) / 2;
    bool relu = conv->activation == DAVY_ACTIVATION_RELU;
    const float *bias = call->in_count > 2 && call->in[2] ? davy_f32(call->in[2]) : NULL;
    float *y = davy_floats_place(call->out[0], number * size, upper);

    kernels->max_pool2(conv->window.out[DAVY_WIDTH] / 2, conv->outputs, upper, lower, bias, relu, y,
                       call->saved_size ? (uint8_t *) call->saved + number * size : NULL);
    if (!relu)
        kernels->activate(conv->activation, conv->slope, size, y);
    davy_floats_store(kernels, call->out[0], number * size, size, y);
}

/** Some rows of outputs before pool and activation. @return floats from a row to the next */
static size_t sum_rows(const forward_task *task, const davy_band *band, size_t rows,
                       davy_activation activation, float *y, void *scratch)
{
    const davy_call *call = task->call;
    const davy_conv *conv = task->conv;
    const float *bias =
        call->in_count > 2 && call->in[2] && !conv->pool ? davy_f32(call->in[2]) : NULL;

    if (conv->bf16) {
        davy_conv_bf16_rows(conv, band, rows, task->packed, bias, activation, y, scratch);
        return davy_conv_bf16_pitch(conv);
    }
    davy_conv_rows(conv, call->env->kernels, band, rows, davy_f32(call->in[1]), bias, activation,
                   y);
    return davy_conv_row_out(conv);
}

/** Rows of a band that are summed and finished together. */
static void some_rows(const forward_task *task, const davy_band *band, size_t number, size_t rows,
                      float *y, void *scratch)
{
    const davy_call *call = task->call;
    const davy_conv *conv = task->conv;
    size_t pitch;

    if (stores_directly(call, conv)) {
        (void) sum_rows(task, band, rows, conv->activation,
                        davy_f32(call->out[0]) + number * davy_conv_row_out(conv), scratch);
        return;
    }
    pitch = sum_rows(task, band, rows, DAVY_ACTIVATION_NONE, y, scratch);
    for (size_t row = 0; conv->pool && row < rows; row += 2)
        finish_pair(call, conv, (number + row) / 2, y + row * pitch, y + (row + 1) * pitch);
    for (size_t row = 0; !conv->pool && row < rows; row++)
        finish_row(call, conv, number + row, y + row * pitch);
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
    size_t at_once = DAVY_CONV_ROWS;
    float *y = (float *) task->call->scratch + worker * conv->worker;
    float *loaded = y + conv->rows_size, *gathered = loaded + conv->load_size;
    davy_band band = davy_conv_load(conv, task->call->env->kernels, task->call->in[0], image, depth,
                                    row, rows, loaded);

    if (!conv->bf16 && stores_directly(task->call, conv))
        at_once = rows;
    if (conv->bf16)
        davy_bf16_begin();
    for (size_t r = 0; r < rows; r += at_once) {
        size_t some = rows - r < at_once ? rows - r : at_once;

        some_rows(task, &band, row_number(conv, image, depth, row + r), some, y, gathered);
        davy_conv_band_next(conv, &band, some);
    }
    if (conv->bf16)
        davy_bf16_end();
}

/** Weights in the order of the tiles: made once where they are constant, else at each run. */
static const uint16_t *pack(const davy_call *call, const davy_conv *conv)
{
    uint16_t *packed = (uint16_t *) ((float *) call->scratch + call->env->threads * conv->worker);

    if (!conv->bf16 || conv->packed)
        return conv->packed;
    memset(packed, 0, davy_conv_bf16_packed(conv) * sizeof *packed);
    davy_conv_bf16_pack(conv, davy_f32(call->in[1]), packed);
    return packed;
}

void davy_conv_forward(const davy_call *call, const davy_conv *conv)
{
    forward_task task = {call, conv, pack(call, conv)};

    davy_pool_run(call->env->pool, conv->window.batch * conv->window.out[DAVY_DEPTH] * conv->bands,
                  one_band, &task);
}
