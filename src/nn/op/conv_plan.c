/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/conv.h"

/** Multiplications that make a task worth handing out, about 20 microseconds of one core. */
#define TASK_PRODUCTS ((size_t) 1 << 20)

/** Partial sums of the gradient of the weights: enough for many threads, not too much memory. */
#define SUMS_MAX       ((size_t) 16)
#define SUMS_BYTES_MAX ((size_t) 32 << 20)

static size_t at_most(size_t value, size_t limit)
{
    return value < limit ? value : limit;
}

/** Pixels of a band at least: the weights come from memory once for so many. */
#define BAND_PIXELS ((size_t) 28)

static void choose_bands(const davy_call *call, davy_conv *conv)
{
    const size_t *out = conv->window.out;
    size_t products = davy_conv_weights(conv) * out[DAVY_WIDTH];
    size_t rows = TASK_PRODUCTS / products + 1;

    if (rows * out[DAVY_WIDTH] < BAND_PIXELS)
        rows = (BAND_PIXELS + out[DAVY_WIDTH] - 1) / out[DAVY_WIDTH];
    rows += rows % 2; /* whole pairs, for a pool of two rows */
    conv->band = at_most(rows, out[DAVY_HEIGHT]);
    if (call->env->training && conv->window.rank == 3)
        conv->band = out[DAVY_HEIGHT]; /* the way back holds whole planes of a volume */
    conv->bands = (out[DAVY_HEIGHT] + conv->band - 1) / conv->band;
}

/** One partial sum: gradient of the weights, then of the bias. */
static size_t sum_size(const davy_conv *conv)
{
    return davy_conv_align(davy_conv_weights(conv) + conv->outputs);
}

void davy_conv_plan(davy_call *call, davy_conv *conv)
{
    size_t outputs = conv->window.batch * davy_conv_image_out(conv);
    size_t shared = 0;

    choose_bands(call, conv);
    conv->worker = davy_conv_align(davy_conv_load_size(conv, conv->band)) +
                   2 * davy_conv_align(davy_conv_row_out(conv));
    if (call->env->training) {
        davy_conv_diff diff;

        davy_conv_diff_init(conv, &diff);
        conv->worker +=
            davy_conv_align(conv->window.out[DAVY_DEPTH] * davy_conv_diff_rows(conv) * diff.pitch);
        conv->sums = at_most(SUMS_MAX, SUMS_BYTES_MAX / (sum_size(conv) * sizeof(float)) + 1);
        conv->sums = at_most(conv->sums, conv->window.batch);
        shared = conv->sums * sum_size(conv) + davy_conv_align(davy_conv_weights(conv));
        if (conv->pool)
            call->saved_size = outputs / 4;
        else if (davy_activation_keeps_input(conv->activation))
            call->saved_size = outputs * sizeof(float);
    }
    call->scratch_size = (shared + call->env->threads * conv->worker) * sizeof(float);
}
