/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/conv_bf16.h"
#include "nn/op/conv_winograd.h"
#include "nn/op/floats.h"
#include "nn/simd/amx.h"

#include <string.h>

typedef struct forward_task {
    const davy_call *call;
    const davy_conv *conv;
    const uint16_t *packed;   /* weights for bf16 products; NULL: none */
    const float *transformed; /* weights for tiles; NULL: none */
} forward_task;

/** Where a row of one image lies: its number in the batch, in rows. */
static size_t row_number(const davy_conv *conv, size_t image, size_t depth, size_t row)
{
    const size_t *out = conv->window.out;

    return (image * out[DAVY_DEPTH] + depth) * out[DAVY_HEIGHT] + row;
}

/** Whether rows of outputs are written where they belong at once, activation included. */
static bool stores_directly(const davy_call *call, const davy_conv *conv)
{
    if (conv->bf16)
        return conv->pool || call->saved_size == 0;
    return !conv->pool && call->saved_size == 0 && call->out[0]->type == DAVY_TYPE_F32;
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

/** Rows of sums through pool and activation. */
static void finish_rows(const forward_task *task, size_t number, size_t rows, float *y)
{
    const davy_call *call = task->call;
    const davy_conv *conv = task->conv;
    size_t pitch = davy_conv_row_out(conv);

    for (size_t row = 0; conv->pool && row < rows; row += 2)
        finish_pair(call, conv, (number + row) / 2, y + row * pitch, y + (row + 1) * pitch);
    for (size_t row = 0; !conv->pool && row < rows; row++)
        finish_row(call, conv, number + row, y + row * pitch);
}

static const float *bias_of(const forward_task *task)
{
    const davy_call *call = task->call;

    return call->in_count > 2 && call->in[2] ? davy_f32(call->in[2]) : NULL;
}

/** What is added to sums in floats; behind the pool it is added to less of them. */
static const float *early_bias(const forward_task *task)
{
    return task->conv->pool ? NULL : bias_of(task);
}

/** Rows from the `number`-th of the batch, from products that finish what they write. */
static void rows_in_bf16(const forward_task *task, const davy_band *band, size_t number,
                         size_t rows, float *y, void *scratch)
{
    const davy_call *call = task->call;
    const davy_conv *conv = task->conv;
    const davy_tensor *out = call->out[0];
    size_t size = davy_conv_row_out(conv), at = number * size / (conv->pool ? 4 : 1);
    davy_conv_place place = {
        .bias = bias_of(task), .activation = conv->activation, .add = conv->adds};

    if (!stores_directly(call, conv)) {
        place.y = y;
        place.activation = DAVY_ACTIVATION_NONE;
        davy_conv_bf16_rows(conv, band, rows, task->packed, &place, scratch);
        finish_rows(task, number, rows, y);
        return;
    }
    if (out->type == DAVY_TYPE_F32)
        place.y = davy_f32(out) + at;
    else
        place.y_bf16 = (uint16_t *) out->data + at;
    place.winners = call->saved_size ? (uint8_t *) call->saved + at : NULL;
    davy_conv_bf16_rows(conv, band, rows, task->packed, &place, scratch);
}

static void rows_in_floats(const forward_task *task, const davy_band *band, size_t number,
                           size_t rows, float *y, float *scratch)
{
    const davy_call *call = task->call;
    const davy_conv *conv = task->conv;
    size_t size = davy_conv_row_out(conv), at = number * size;
    bool direct = stores_directly(call, conv);
    davy_conv_place place = {.y = y, .bias = early_bias(task), .add = conv->adds};

    if (direct) {
        place.y = davy_f32(call->out[0]) + at;
        place.activation = conv->activation;
    } else if (conv->adds) {
        call->env->kernels->from_bf16(rows * size, (const uint16_t *) call->out[0]->data + at, y);
    }
    davy_conv_rows(conv, call->env->kernels, band, rows, davy_f32(call->in[1]), &place, scratch);
    if (!direct)
        finish_rows(task, number, rows, y);
}

/** Rows of one plane of one image that are worked on at once. */
typedef struct band_place {
    size_t image, depth, row, rows;
} band_place;

static void band_by_rows(const forward_task *task, const band_place *at, float *y, float *loaded)
{
    const davy_conv *conv = task->conv;
    size_t at_once = conv->together, number = row_number(conv, at->image, at->depth, at->row);
    davy_band band = davy_conv_load(conv, task->call->env->kernels, task->call->in[0], at->image,
                                    at->depth, at->row, at->rows, loaded);

    if (!conv->bf16 && !conv->gathers && stores_directly(task->call, conv))
        at_once = at->rows;
    if (conv->bf16)
        davy_bf16_begin();
    for (size_t r = 0; r < at->rows; r += at_once) {
        size_t some = at->rows - r < at_once ? at->rows - r : at_once;

        if (conv->bf16)
            rows_in_bf16(task, &band, number + r, some, y, loaded + conv->load_size);
        else
            rows_in_floats(task, &band, number + r, some, y, loaded + conv->load_size);
        davy_conv_band_next(conv, &band, some);
    }
    if (conv->bf16)
        davy_bf16_end();
}

/** A row of tiles makes two rows of outputs. */
static void band_by_tiles(const forward_task *task, const band_place *at, float *y, float *scratch)
{
    const davy_call *call = task->call;
    const davy_conv *conv = task->conv;
    const davy_kernels *kernels = call->env->kernels;
    const davy_image_rows x = davy_winograd_image(conv, call->in[0], at->image);
    const davy_winograd_sums sums =
        davy_winograd_multiply(conv, kernels, &x, at->row, at->rows, task->transformed, scratch);
    bool direct = stores_directly(call, conv);
    bool relu = direct && !conv->adds && conv->activation == DAVY_ACTIVATION_RELU;
    size_t size = davy_conv_row_out(conv);

    for (size_t r = 0; r < at->rows; r += 2) {
        size_t number = row_number(conv, at->image, 0, at->row + r);
        size_t rows = at->rows - r < 2 ? 1 : 2;
        float *to = direct ? davy_f32(call->out[0]) + number * size : y;

        davy_winograd_rows(kernels, &sums, r / 2, rows, early_bias(task), relu,
                           conv->adds ? y : to);
        if (conv->adds)
            kernels->add(rows * size, to, y, to);
        if (!direct)
            finish_rows(task, number, rows, y);
        else if (!relu)
            kernels->activate(conv->activation, conv->slope, rows * size, to);
    }
}

/** One band of one plane of one image. */
static void one_band(void *context, size_t chunk, size_t worker)
{
    const forward_task *task = context;
    const davy_conv *conv = task->conv;
    const size_t *out = conv->window.out;
    band_place at = {.image = chunk / conv->bands / out[DAVY_DEPTH],
                     .depth = chunk / conv->bands % out[DAVY_DEPTH],
                     .row = chunk % conv->bands * conv->band};
    size_t left = out[DAVY_HEIGHT] - at.row;
    float *y = (float *) task->call->scratch + worker * conv->worker;

    at.rows = left < conv->band ? left : conv->band;
    (conv->winograd ? band_by_tiles : band_by_rows)(task, &at, y, y + conv->rows_size);
}

/** Weights in the order of the tiles of AMX: made once where they are constant, else at each run.
 */
static const uint16_t *pack(const davy_call *call, const davy_conv *conv)
{
    uint16_t *packed = (void *) ((float *) call->scratch + call->env->threads * conv->worker);

    if (!conv->bf16 || conv->packed)
        return conv->packed;
    memset(packed, 0, davy_conv_bf16_packed(conv) * sizeof *packed);
    davy_conv_bf16_pack(conv, davy_f32(call->in[1]), packed);
    return packed;
}

static const float *transform(const davy_call *call, const davy_conv *conv)
{
    float *transformed = (float *) call->scratch + call->env->threads * conv->worker;

    if (!conv->winograd || conv->transformed)
        return conv->transformed;
    davy_winograd_transform(conv, call->env->kernels, davy_f32(call->in[1]), transformed);
    return transformed;
}

void davy_conv_take_sum(const davy_call *call)
{
    const davy_tensor *from = call->in[DAVY_ADDED_INPUT], *to = call->out[0];
    size_t count = (size_t) davy_tensor_count(to);

    if (from->data == to->data)
        return; /* the plan has put the output where it lies */
    if (from->type == to->type)
        memcpy(to->data, from->data, davy_tensor_bytes(to));
    else if (to->type == DAVY_TYPE_F32)
        call->env->kernels->from_bf16(count, from->data, to->data);
    else
        call->env->kernels->to_bf16(count, from->data, to->data);
}

void davy_conv_forward(const davy_call *call, const davy_conv *conv)
{
    forward_task task = {call, conv, pack(call, conv), transform(call, conv)};

    davy_pool_run(call->env->pool, conv->window.batch * conv->window.out[DAVY_DEPTH] * conv->bands,
                  one_band, &task);
}
