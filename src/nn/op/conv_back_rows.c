/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/conv.h"

/** Divide, rounding towards zero or up; 0 for a negative dividend. */
static size_t divide_down(ptrdiff_t a, size_t b)
{
    return a <= 0 ? 0 : (size_t) a / b;
}

static size_t divide_up(ptrdiff_t a, size_t b)
{
    return a <= 0 ? 0 : ((size_t) a + b - 1) / b;
}

static size_t common_divisor(size_t a, size_t b)
{
    while (b) {
        size_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

void davy_conv_diff_init(const davy_conv *conv, davy_conv_diff *diff)
{
    const davy_window *window = &conv->window;
    ptrdiff_t reach = (ptrdiff_t) davy_window_extent(window, DAVY_WIDTH) - 1 -
                      (ptrdiff_t) window->begin[DAVY_WIDTH];
    size_t last =
        (window->in[DAVY_WIDTH] - 1 + window->begin[DAVY_WIDTH]) / window->stride[DAVY_WIDTH];
    size_t width = last + 1 > window->out[DAVY_WIDTH] ? last + 1 : window->out[DAVY_WIDTH];

    diff->left = divide_down(reach, window->stride[DAVY_WIDTH]);
    diff->pitch = (diff->left + width) * conv->outputs;
    if (conv->bf16) /* no stride: the zeros after a row are those before the next */
        diff->pitch =
            (window->begin[DAVY_WIDTH] + window->in[DAVY_WIDTH] + window->end[DAVY_WIDTH]) *
            conv->outputs;
}

size_t davy_conv_diff_rows(const davy_conv *conv)
{
    return conv->band +
           (davy_window_extent(&conv->window, DAVY_HEIGHT) - 1) / conv->window.stride[DAVY_HEIGHT];
}

void davy_conv_rows_above(const davy_conv *conv, size_t row, size_t rows, size_t *from, size_t *to)
{
    const davy_window *window = &conv->window;
    size_t stride = window->stride[DAVY_HEIGHT], begin = window->begin[DAVY_HEIGHT];
    ptrdiff_t first =
        (ptrdiff_t) (row + begin) - (ptrdiff_t) (davy_window_extent(window, DAVY_HEIGHT) - 1);

    *from = divide_up(first, stride);
    *to = (row + rows - 1 + begin) / stride + 1;
    if (*to > window->out[DAVY_HEIGHT])
        *to = window->out[DAVY_HEIGHT];
    if (*from > *to)
        *from = *to;
}

/** Output position whose tap `tap` sees input position `at`; false when there is none. */
static bool position_above(const davy_window *window, int axis, size_t at, size_t tap,
                           size_t *position)
{
    size_t seen = at + window->begin[axis], offset = tap * window->dilation[axis];

    if (seen < offset || (seen - offset) % window->stride[axis] != 0)
        return false;
    *position = (seen - offset) / window->stride[axis];
    return *position < window->out[axis];
}

/**
 * Add what one row of outputs sends back through one row of taps.
 *
 * Input pixels whose number has the same rest by the stride see the same taps: they are the rows of
 * one product, and those taps, which stand at even distances, are its segments.
 *
 * @param diff     the row of outputs, its first pixel (not the zeros before it)
 * @param flipped  weights of the row of taps
 */
static void back_taps(const davy_conv *conv, const davy_kernels *kernels, const float *diff,
                      const float *flipped, float *x)
{
    const davy_window *window = &conv->window;
    size_t stride = window->stride[DAVY_WIDTH], dilation = window->dilation[DAVY_WIDTH];
    size_t width = window->kernel[DAVY_WIDTH], begin = window->begin[DAVY_WIDTH];
    size_t step = stride / common_divisor(stride, dilation);
    size_t inputs = conv->channels / conv->groups, outputs = conv->outputs / conv->groups;

    for (size_t rest = 0; rest < stride && rest < window->in[DAVY_WIDTH]; rest++) {
        size_t first = 0;
        ptrdiff_t at;

        while (first < step && (rest + begin + first * (stride - dilation % stride)) % stride != 0)
            first++;
        if (first >= step || first >= width)
            continue; /* no tap sees these pixels */
        at = ((ptrdiff_t) (rest + begin) - (ptrdiff_t) (first * dilation)) / (ptrdiff_t) stride;
        for (size_t group = 0; group < conv->groups; group++) {
            davy_gemm gemm = {.m = (window->in[DAVY_WIDTH] - rest + stride - 1) / stride,
                              .n = inputs,
                              .k = outputs,
                              .segments = (width - first + step - 1) / step,
                              .a = diff + at * (ptrdiff_t) conv->outputs + group * outputs,
                              .a_row = (ptrdiff_t) conv->outputs,
                              .a_column = 1,
                              .a_segment = -(ptrdiff_t) (dilation * step / stride * conv->outputs),
                              .b = flipped + (first * conv->outputs + group * outputs) * inputs,
                              .b_row = (ptrdiff_t) inputs,
                              .b_segment = (ptrdiff_t) (step * conv->outputs * inputs),
                              .c = x + rest * conv->channels + group * inputs,
                              .c_row = (ptrdiff_t) (stride * conv->channels),
                              .add = true};

            kernels->gemm(&gemm);
        }
    }
}

void davy_conv_back_row(const davy_conv *conv, const davy_kernels *kernels,
                        const davy_conv_diff *diff, const float *flipped, size_t depth, size_t row,
                        float *x)
{
    const davy_window *window = &conv->window;
    size_t taps = window->kernel[DAVY_WIDTH] * conv->outputs * (conv->channels / conv->groups);

    for (size_t z = 0; z < window->kernel[DAVY_DEPTH]; z++) {
        size_t out_depth, out_row;

        if (!position_above(window, DAVY_DEPTH, depth, z, &out_depth))
            continue;
        for (size_t y = 0; y < window->kernel[DAVY_HEIGHT]; y++) {
            const float *from;

            if (!position_above(window, DAVY_HEIGHT, row, y, &out_row))
                continue;
            from = (const float *) diff->data +
                   (out_depth * diff->rows + out_row - diff->row) * diff->pitch +
                   diff->left * conv->outputs;
            back_taps(conv, kernels, from, flipped + (z * window->kernel[DAVY_HEIGHT] + y) * taps,
                      x);
        }
    }
}

void davy_conv_flip(const davy_conv *conv, const float *weights, float *flipped)
{
    size_t inputs = conv->channels / conv->groups;
    size_t taps = davy_conv_weights(conv) / (inputs * conv->outputs);

    for (size_t tap = 0; tap < taps; tap++)
        for (size_t c = 0; c < inputs; c++)
            for (size_t o = 0; o < conv->outputs; o++)
                flipped[(tap * conv->outputs + o) * inputs + c] =
                    weights[(tap * inputs + c) * conv->outputs + o];
}
