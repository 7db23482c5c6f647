/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/conv_bf16.h"
#include "nn/op/conv_winograd.h"

/** Multiplications that make a task worth handing out, about 20 microseconds of one core. */
#define TASK_PRODUCTS ((size_t) 1 << 20)
/** Bytes of a band of gradients: as much again of other operands fits the second cache. */
#define BAND_BYTES ((size_t) 256 << 10)
/** Rows of outputs that are finished together at least, and pixels in about as many: those of a
 * product read the weights once. */
#define ROWS_MIN   ((size_t) 4)
#define PIXELS_MIN ((size_t) 112)

/** Partial sums of the gradient of the weights: enough for many threads, not too much memory. */
#define SUMS_MAX       ((size_t) 16)
#define SUMS_BYTES_MAX ((size_t) 32 << 20)

static size_t at_most(size_t value, size_t limit)
{
    return value < limit ? value : limit;
}

static size_t at_least(size_t value, size_t limit)
{
    return value > limit ? value : limit;
}

static void choose_bands(const davy_call *call, davy_conv *conv)
{
    const size_t *out = conv->window.out;
    size_t products = davy_conv_weights(conv) * out[DAVY_WIDTH];
    size_t row = davy_conv_row_out(conv) * davy_conv_operand(conv);
    size_t rows = at_least(TASK_PRODUCTS / products + 1, BAND_BYTES / row);

    rows += rows % 2; /* whole pairs, for a pool of two rows */
    if (conv->winograd)
        rows = davy_winograd_band(conv);
    conv->band = at_most(rows, out[DAVY_HEIGHT]);
    if (call->env->training && conv->window.rank == 3)
        conv->band = out[DAVY_HEIGHT]; /* the way back holds whole planes of a volume */
    conv->together = at_least(PIXELS_MIN / out[DAVY_WIDTH] / 2 * 2, ROWS_MIN);
    conv->bands = (out[DAVY_HEIGHT] + conv->band - 1) / conv->band;
}

/** Floats that hold so many operands of the products. */
static size_t floats_of(const davy_conv *conv, size_t operands)
{
    return davy_conv_align(operands * davy_conv_operand(conv) / sizeof(float) + 1);
}

size_t davy_conv_sum_weights(const davy_conv *conv)
{
    return conv->winograd ? davy_winograd_weights(conv) : davy_conv_weights(conv);
}

size_t davy_conv_sum(const davy_conv *conv)
{
    return davy_conv_align(davy_conv_sum_weights(conv) + conv->outputs);
}

/** Memory that only training wants. @return floats that all workers share */
static size_t plan_back(davy_call *call, davy_conv *conv)
{
    size_t outputs = conv->window.batch * davy_conv_image_out(conv);
    davy_conv_diff diff;

    davy_conv_diff_init(conv, &diff);
    conv->diff_size =
        floats_of(conv, conv->window.out[DAVY_DEPTH] * davy_conv_diff_rows(conv) * diff.pitch +
                            diff.left * conv->outputs);
    conv->worker += conv->diff_size;
    if (conv->bf16)
        conv->worker += floats_of(conv, davy_conv_bf16_back_size(conv, conv->band));
    conv->sums = at_most(SUMS_MAX, SUMS_BYTES_MAX / (davy_conv_sum(conv) * sizeof(float)) + 1);
    conv->sums = at_least(at_most(conv->sums, conv->window.batch), 1);
    if (conv->pool)
        call->saved_size = outputs / 4;
    else if (davy_activation_keeps_input(conv->activation))
        call->saved_size = outputs * sizeof(float);
    return conv->sums * davy_conv_sum(conv) + (conv->bf16
                                                   ? floats_of(conv, davy_conv_bf16_flipped(conv))
                                                   : davy_conv_align(davy_conv_sum_weights(conv)));
}

void davy_conv_plan(davy_call *call, davy_conv *conv)
{
    size_t row = at_least(davy_conv_row_out(conv), davy_conv_row_in(conv)), shared = 0;

    choose_bands(call, conv);
    conv->rows_size = conv->together * davy_conv_align(row);
    conv->load_size = conv->winograd ? davy_winograd_scratch(conv, conv->band, call->env->training)
                                     : floats_of(conv, davy_conv_load_size(conv, conv->band));
    conv->worker = conv->rows_size + conv->load_size;
    if (conv->bf16) {
        conv->worker += floats_of(conv, davy_conv_bf16_rows_size(conv, conv->together));
        shared = floats_of(conv, davy_conv_bf16_packed(conv));
    }
    if (conv->gathers)
        conv->worker += davy_conv_align(davy_conv_rows_size(conv, conv->together));
    if (conv->winograd && !conv->transformed)
        shared = davy_conv_align(davy_winograd_weights(conv));
    if (call->env->training)
        shared = at_least(shared, plan_back(call, conv));
    call->scratch_size = (shared + call->env->threads * conv->worker) * sizeof(float);
}
