/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/conv.h"

#include "nn/gemm.h"

#include <string.h>

size_t davy_conv_weights(const davy_conv *conv)
{
    const size_t *kernel = conv->window.kernel;

    return kernel[DAVY_DEPTH] * kernel[DAVY_HEIGHT] * kernel[DAVY_WIDTH] *
           (conv->channels / conv->groups) * conv->outputs;
}

size_t davy_conv_image_in(const davy_conv *conv)
{
    const size_t *in = conv->window.in;

    return in[DAVY_DEPTH] * in[DAVY_HEIGHT] * in[DAVY_WIDTH] * conv->channels;
}

size_t davy_conv_image_out(const davy_conv *conv)
{
    const size_t *out = conv->window.out;

    return out[DAVY_DEPTH] * out[DAVY_HEIGHT] * out[DAVY_WIDTH] * conv->outputs;
}

/** Rows of input under `rows` rows of outputs. */
static size_t input_rows(const davy_conv *conv, size_t rows)
{
    return (rows - 1) * conv->window.stride[DAVY_HEIGHT] +
           davy_window_extent(&conv->window, DAVY_HEIGHT);
}

static size_t padded_pitch(const davy_conv *conv)
{
    const davy_window *window = &conv->window;

    return (window->begin[DAVY_WIDTH] + window->in[DAVY_WIDTH] + window->end[DAVY_WIDTH]) *
           conv->channels;
}

size_t davy_conv_load_size(const davy_conv *conv, size_t rows)
{
    return conv->window.kernel[DAVY_DEPTH] * input_rows(conv, rows) * padded_pitch(conv);
}

/** What a band is copied from. */
typedef struct source {
    const davy_conv *conv;
    const davy_kernels *kernels;
    const davy_tensor *x;
    size_t image;
} source;

/** `count` elements in the type of the products. */
static void copy_elements(const source *from, size_t at, size_t count, void *dst)
{
    bool floats = from->x->type == DAVY_TYPE_F32;
    size_t size = davy_conv_operand(from->conv);

    if (floats && from->conv->bf16)
        from->kernels->to_bf16(count, davy_f32(from->x) + at, dst);
    else if (!floats && !from->conv->bf16)
        from->kernels->from_bf16(count, (const uint16_t *) from->x->data + at, dst);
    else
        memcpy(dst, (const char *) from->x->data + at * size, count * size);
}

/** Copy one row between its zeros; a row outside the image is all zeros. */
static void pad_row(const source *from, ptrdiff_t depth, ptrdiff_t row, char *dst)
{
    const davy_conv *conv = from->conv;
    const davy_window *window = &conv->window;
    size_t size = davy_conv_operand(conv), width = davy_conv_row_in(conv);
    size_t left = window->begin[DAVY_WIDTH] * conv->channels;
    size_t right = window->end[DAVY_WIDTH] * conv->channels;
    size_t rows = (from->image * window->in[DAVY_DEPTH] + (size_t) depth) * window->in[DAVY_HEIGHT];

    if (depth < 0 || row < 0 || (size_t) depth >= window->in[DAVY_DEPTH] ||
        (size_t) row >= window->in[DAVY_HEIGHT]) {
        memset(dst, 0, (left + width + right) * size);
        return;
    }
    memset(dst, 0, left * size);
    copy_elements(from, (rows + (size_t) row) * width, width, dst + left * size);
    memset(dst + (left + width) * size, 0, right * size);
}

/** Whether bands can be read where they are: no padding, and the type of the products. */
static bool reads_in_place(const davy_conv *conv, const davy_tensor *x)
{
    return davy_window_unpadded(&conv->window) && (x->type == DAVY_TYPE_BF16) == conv->bf16;
}

davy_band davy_conv_load(const davy_conv *conv, const davy_kernels *kernels, const davy_tensor *x,
                         size_t image, size_t depth, size_t row, size_t rows, void *scratch)
{
    const davy_window *window = &conv->window;
    source from = {conv, kernels, x, image};
    ptrdiff_t top =
        (ptrdiff_t) (row * window->stride[DAVY_HEIGHT]) - (ptrdiff_t) window->begin[DAVY_HEIGHT];
    ptrdiff_t front =
        (ptrdiff_t) (depth * window->stride[DAVY_DEPTH]) - (ptrdiff_t) window->begin[DAVY_DEPTH];
    size_t height = input_rows(conv, rows), pitch = padded_pitch(conv);
    size_t size = davy_conv_operand(conv);

    if (reads_in_place(conv, x)) {
        size_t plane = window->in[DAVY_HEIGHT] * pitch;
        size_t start =
            image * davy_conv_image_in(conv) + (size_t) front * plane + (size_t) top * pitch;

        return (davy_band){.data = (const char *) x->data + start * size,
                           .pitch = pitch,
                           .plane = window->dilation[DAVY_DEPTH] * plane};
    }
    for (size_t tap = 0; tap < window->kernel[DAVY_DEPTH]; tap++)
        for (size_t y = 0; y < height; y++)
            pad_row(&from, front + (ptrdiff_t) (tap * window->dilation[DAVY_DEPTH]),
                    top + (ptrdiff_t) y, (char *) scratch + (tap * height + y) * pitch * size);
    return (davy_band){.data = scratch, .pitch = pitch, .plane = height * pitch};
}

/** The part of a product that the weights of a plane of taps say: a segment for each row of it. */
static davy_gemm whole_taps(const davy_conv *conv, const float *weights)
{
    const davy_window *window = &conv->window;
    size_t k = window->kernel[DAVY_WIDTH] * conv->channels;

    return (davy_gemm){.n = conv->outputs,
                       .k = k,
                       .segments = window->kernel[DAVY_HEIGHT],
                       .b = weights,
                       .b_row = (ptrdiff_t) conv->outputs,
                       .b_column = 1,
                       .b_segment = (ptrdiff_t) (k * conv->outputs)};
}

void davy_conv_keep_strips(davy_call *call, davy_conv *conv)
{
    const davy_gemm gemm = whole_taps(conv, davy_f32(call->in[1]));

    conv->strips = NULL;
    if (davy_conv_taps_adjoin(conv) && conv->window.kernel[DAVY_DEPTH] == 1)
        conv->strips = davy_gemm_keep(call, 1, &gemm);
}

/** A product for each plane of taps, a segment for each row of them. */
static void rows_of_whole_taps(const davy_conv *conv, const davy_kernels *kernels,
                               const davy_band *band, const float *weights, davy_gemm *gemm)
{
    const davy_window *window = &conv->window;
    size_t planes = window->kernel[DAVY_DEPTH];
    davy_activation activation = gemm->activation;
    const float *bias = gemm->bias;
    const bool add = gemm->add;

    gemm->n = conv->outputs;
    gemm->k = window->kernel[DAVY_WIDTH] * conv->channels;
    gemm->segments = window->kernel[DAVY_HEIGHT];
    gemm->b_segment = (ptrdiff_t) (gemm->k * gemm->n);
    gemm->packed = conv->strips != NULL; /* one plane */
    for (size_t plane = 0; plane < planes; plane++) {
        gemm->a = (const float *) band->data + plane * band->plane;
        gemm->b =
            conv->strips ? conv->strips : weights + plane * gemm->segments * gemm->k * gemm->n;
        gemm->add = add || plane > 0;
        gemm->bias = plane > 0 ? NULL : bias;
        gemm->activation = plane + 1 == planes ? activation : DAVY_ACTIVATION_NONE;
        kernels->gemm(gemm);
    }
}

/** A product for each row of taps of one group, a segment for each tap. */
static void rows_of_group(const davy_conv *conv, const davy_kernels *kernels, const davy_band *band,
                          const float *weights, davy_gemm *gemm)
{
    const davy_window *window = &conv->window;
    size_t taps = window->kernel[DAVY_HEIGHT];
    size_t count = window->kernel[DAVY_DEPTH] * taps;
    davy_activation activation = gemm->activation;
    const float *bias = gemm->bias;
    const bool add = gemm->add;

    gemm->n = conv->outputs / conv->groups;
    gemm->k = conv->channels / conv->groups;
    gemm->segments = window->kernel[DAVY_WIDTH];
    gemm->a_segment = (ptrdiff_t) (window->dilation[DAVY_WIDTH] * conv->channels);
    gemm->b_segment = (ptrdiff_t) (gemm->k * conv->outputs);
    for (size_t tap = 0; tap < count; tap++) {
        gemm->a = (const float *) band->data + tap / taps * band->plane +
                  tap % taps * window->dilation[DAVY_HEIGHT] * band->pitch;
        gemm->b = weights + tap * gemm->segments * gemm->k * conv->outputs;
        gemm->add = add || tap > 0;
        gemm->bias = tap > 0 ? NULL : bias;
        gemm->activation = tap + 1 == count ? activation : DAVY_ACTIVATION_NONE;
        kernels->gemm(gemm);
    }
}

bool davy_conv_rows_gather(const davy_conv *conv)
{
    const davy_window *window = &conv->window;

    return davy_conv_taps_adjoin(conv) && window->kernel[DAVY_DEPTH] == 1 &&
           window->out[DAVY_WIDTH] < DAVY_CONV_NARROW;
}

size_t davy_conv_rows_size(const davy_conv *conv, size_t rows)
{
    return conv->gathers
               ? rows * conv->window.out[DAVY_WIDTH] * davy_conv_weights(conv) / conv->outputs
               : 0;
}

/** The same product from taps that were gathered: all its rows are one group. */
static davy_band gather(const davy_conv *conv, const davy_band *band, size_t rows, davy_gemm *gemm,
                        float *scratch)
{
    const size_t depth = davy_conv_weights(conv) / conv->outputs;

    davy_conv_gather(conv, band, rows, depth, scratch);
    gemm->a_row = (ptrdiff_t) depth;
    gemm->a_segment = (ptrdiff_t) davy_conv_taps_row(conv);
    gemm->group = gemm->m;
    return (davy_band){.data = scratch};
}

void davy_conv_rows(const davy_conv *conv, const davy_kernels *kernels, const davy_band *band,
                    size_t rows, const float *weights, const davy_conv_place *place, float *scratch)
{
    const size_t width = conv->window.out[DAVY_WIDTH];
    davy_band gathered;
    davy_gemm gemm = {.m = rows * width,
                      .a_row = (ptrdiff_t) (conv->window.stride[DAVY_WIDTH] * conv->channels),
                      .a_column = 1,
                      .group = width,
                      .a_group = (ptrdiff_t) (conv->window.stride[DAVY_HEIGHT] * band->pitch),
                      .a_segment = (ptrdiff_t) (conv->window.dilation[DAVY_HEIGHT] * band->pitch),
                      .b_row = (ptrdiff_t) conv->outputs,
                      .c = place->y,
                      .c_row = (ptrdiff_t) conv->outputs,
                      .bias = place->bias,
                      .add = place->add,
                      .activation = place->activation,
                      .slope = conv->slope};

    if (gemm.a_group == (ptrdiff_t) width * gemm.a_row)
        gemm.group = gemm.m; /* rows adjoin: a 1x1 kernel without padding */
    if (conv->gathers) {
        gathered = gather(conv, band, rows, &gemm, scratch);
        band = &gathered;
    }
    if (davy_conv_taps_adjoin(conv)) {
        rows_of_whole_taps(conv, kernels, band, weights, &gemm);
        return;
    }
    for (size_t group = 0; group < conv->groups; group++) {
        size_t column = group * (conv->outputs / conv->groups);
        davy_band part = *band;
        davy_gemm one = gemm;

        part.data = (const float *) band->data + group * (conv->channels / conv->groups);
        one.c = place->y + column;
        one.bias = place->bias ? place->bias + column : NULL;
        rows_of_group(conv, kernels, &part, weights + column, &one);
    }
}

/** All rows of a band are segments of one product; `taps` taps that adjoin are its rows. */
static void back_taps(const davy_conv *conv, const davy_kernels *kernels, const davy_gemm *common,
                      const davy_band *band, size_t tap, size_t group, float *diff_weights)
{
    const davy_window *window = &conv->window;
    size_t width = window->kernel[DAVY_WIDTH], inputs = conv->channels / conv->groups;
    davy_gemm gemm = *common;
    bool whole = davy_conv_taps_adjoin(conv);

    gemm.n = conv->outputs / conv->groups;
    gemm.m = whole ? width * inputs : inputs;
    for (size_t x = 0; x < (whole ? 1 : width); x++) {
        gemm.a = (const float *) band->data + x * window->dilation[DAVY_WIDTH] * conv->channels +
                 group * inputs;
        gemm.b = common->b + group * gemm.n;
        gemm.c = diff_weights + (tap * width + x) * inputs * conv->outputs + group * gemm.n;
        kernels->gemm(&gemm);
    }
}

void davy_conv_back_weights(const davy_conv *conv, const davy_kernels *kernels,
                            const davy_band *band, const float *diff, size_t diff_pitch,
                            size_t rows, float *diff_weights)
{
    const davy_window *window = &conv->window;
    size_t taps = window->kernel[DAVY_HEIGHT];
    davy_gemm gemm = {.k = window->out[DAVY_WIDTH],
                      .segments = rows,
                      .a_row = 1,
                      .a_column = (ptrdiff_t) (window->stride[DAVY_WIDTH] * conv->channels),
                      .a_segment = (ptrdiff_t) (window->stride[DAVY_HEIGHT] * band->pitch),
                      .b = diff,
                      .b_row = (ptrdiff_t) conv->outputs,
                      .b_segment = (ptrdiff_t) diff_pitch,
                      .c_row = (ptrdiff_t) conv->outputs,
                      .add = true};

    for (size_t tap = 0; tap < window->kernel[DAVY_DEPTH] * taps; tap++) {
        davy_band part = *band;

        part.data = (const float *) band->data + tap / taps * band->plane +
                    tap % taps * window->dilation[DAVY_HEIGHT] * band->pitch;
        for (size_t group = 0; group < conv->groups; group++)
            back_taps(conv, kernels, &gemm, &part, tap, group, diff_weights);
    }
}
