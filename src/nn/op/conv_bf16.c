/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/conv_bf16.h"

#include "nn/simd/amx.h"

#include <string.h>

/** Factors that a step of the tiles multiplies; shorter rows of taps are gathered. */
#define STEP ((size_t) 32)

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

/** Pixels of a row of inputs, padding included. */
static size_t padded_width(const davy_conv *conv)
{
    const davy_window *window = &conv->window;

    return window->begin[DAVY_WIDTH] + window->in[DAVY_WIDTH] + window->end[DAVY_WIDTH];
}

/** Whether narrow rows are a product each: without strides they are one, padding included. */
static bool is_narrow(const davy_conv *conv)
{
    return conv->window.stride[DAVY_WIDTH] != 1 && conv->window.out[DAVY_WIDTH] < DAVY_CONV_NARROW;
}

/** Whether the taps of a pixel are copied together: rows of them are short, or odd, or narrow. */
static bool gathers(const davy_conv *conv)
{
    return davy_conv_taps_row(conv) < STEP || davy_conv_taps_row(conv) % 2 != 0 || is_narrow(conv);
}

/** Factors of one output, zeros included. */
static size_t depth_of(const davy_conv *conv)
{
    size_t taps = conv->window.kernel[DAVY_HEIGHT] * davy_conv_taps_row(conv);

    return gathers(conv) ? round_up(taps, STEP) : taps;
}

bool davy_conv_bf16_fits(const davy_conv *conv, bool training)
{
    const davy_window *window = &conv->window;
    bool strided = window->stride[DAVY_HEIGHT] != 1 || window->stride[DAVY_WIDTH] != 1;

    return davy_bf16_available() && davy_conv_taps_adjoin(conv) && window->rank < 3 &&
           (!training || (!strided && conv->outputs % 2 == 0));
}

size_t davy_conv_bf16_packed(const davy_conv *conv)
{
    return davy_bf16_packed(depth_of(conv), conv->outputs);
}

void davy_conv_bf16_pack(const davy_conv *conv, const float *weights, uint16_t *packed)
{
    size_t depth = depth_of(conv);
    size_t taps = conv->window.kernel[DAVY_HEIGHT] * davy_conv_taps_row(conv);

    for (size_t column = 0; column < conv->outputs; column += DAVY_BF16_PANEL) {
        size_t left = conv->outputs - column;

        davy_bf16_pack(taps, left < DAVY_BF16_PANEL ? left : DAVY_BF16_PANEL, weights + column,
                       (ptrdiff_t) conv->outputs, 1, packed + column * depth);
    }
}

size_t davy_conv_bf16_rows_size(const davy_conv *conv, size_t rows)
{
    return gathers(conv) ? rows * conv->window.out[DAVY_WIDTH] * depth_of(conv) : 0;
}

/** The pixels of rows of outputs as rows of a product: where the taps of the first one begin. */
typedef struct taken {
    const uint16_t *taps;
    size_t step, row; /* elements to the taps of the next pixel, and of the next row */
} taken;

static void advance(davy_bf16_gemm *gemm, const taken *from, size_t rows, size_t outputs)
{
    gemm->a += rows * from->row;
    gemm->c += gemm->c ? outputs : 0;
    gemm->c_bf16 += gemm->c_bf16 ? outputs : 0;
    gemm->winners += gemm->winners ? outputs : 0;
}

/** Two rows of outputs are one product, which pools them. */
static void multiply_pooled(const davy_conv *conv, const taken *from, size_t rows,
                            davy_bf16_gemm *gemm)
{
    gemm->m = conv->window.out[DAVY_WIDTH];
    gemm->pool = true;
    gemm->a_below = (ptrdiff_t) from->row;
    for (size_t row = 0; row < rows; row += 2) {
        davy_bf16_multiply(gemm);
        advance(gemm, from, 2, davy_conv_row_out(conv) / 2);
    }
}

/** Rows are one product where a row begins a whole number of pixels after the one before. */
static void multiply_rows(const davy_conv *conv, const taken *from, size_t rows,
                          davy_bf16_gemm *gemm)
{
    size_t width = conv->window.out[DAVY_WIDTH];

    if (from->row % from->step == 0 && from->row / from->step < 2 * width) {
        gemm->width = width;
        gemm->pitch = from->row / from->step == width ? 0 : from->row / from->step;
        gemm->m = (rows - 1) * (from->row / from->step) + width;
        davy_bf16_multiply(gemm);
        return;
    }
    gemm->m = width;
    for (size_t row = 0; row < rows; row++) {
        davy_bf16_multiply(gemm);
        advance(gemm, from, 1, davy_conv_row_out(conv));
    }
}

void davy_conv_bf16_rows(const davy_conv *conv, const davy_band *band, size_t rows,
                         const uint16_t *packed, const davy_conv_place *place, uint16_t *scratch)
{
    const davy_window *window = &conv->window;
    size_t depth = depth_of(conv);
    taken from = {.taps = band->data,
                  .step = window->stride[DAVY_WIDTH] * conv->channels,
                  .row = window->stride[DAVY_HEIGHT] * band->pitch};
    davy_bf16_gemm gemm = {.n = conv->outputs,
                           .k = davy_conv_taps_row(conv),
                           .segments = window->kernel[DAVY_HEIGHT],
                           .a_segment = (ptrdiff_t) (window->dilation[DAVY_HEIGHT] * band->pitch),
                           .b = packed,
                           .b_pair = 2 * DAVY_BF16_PANEL,
                           .b_panel = (ptrdiff_t) (depth * DAVY_BF16_PANEL),
                           .b_segment = (ptrdiff_t) (davy_conv_taps_row(conv) * DAVY_BF16_PANEL),
                           .c = place->y,
                           .c_bf16 = place->y_bf16,
                           .c_row = (ptrdiff_t) conv->outputs,
                           .winners = place->winners,
                           .bias = place->bias,
                           .add = place->add,
                           .activation = place->activation,
                           .slope = conv->slope};

    if (gathers(conv)) {
        davy_conv_gather(conv, band, rows, depth, scratch);
        from = (taken){scratch, depth, window->out[DAVY_WIDTH] * depth};
        gemm.k = depth;
        gemm.segments = 1;
    }
    gemm.a = from.taps;
    gemm.a_row = (ptrdiff_t) from.step;
    if (conv->pool)
        multiply_pooled(conv, &from, rows, &gemm);
    else
        multiply_rows(conv, &from, rows, &gemm);
}

/* The way back: no strides. */

size_t davy_conv_bf16_flipped(const davy_conv *conv)
{
    const size_t *kernel = conv->window.kernel;

    return davy_bf16_packed(kernel[DAVY_HEIGHT] * kernel[DAVY_WIDTH] * conv->outputs,
                            conv->channels);
}

void davy_conv_bf16_flip(const davy_conv *conv, const float *weights, uint16_t *flipped)
{
    size_t width = conv->window.kernel[DAVY_WIDTH];
    size_t taps = conv->window.kernel[DAVY_HEIGHT] * width;
    size_t depth = taps * conv->outputs;

    for (size_t tap = 0; tap < taps; tap++) {
        size_t mirrored = tap / width * width + width - 1 - tap % width;
        const float *from = weights + tap * conv->channels * conv->outputs;

        for (size_t c = 0; c < conv->channels; c += DAVY_BF16_PANEL) {
            size_t left = conv->channels - c;

            davy_bf16_pack(conv->outputs, left < DAVY_BF16_PANEL ? left : DAVY_BF16_PANEL,
                           from + c * conv->outputs, 1, (ptrdiff_t) conv->outputs,
                           flipped + c * depth + mirrored * conv->outputs * DAVY_BF16_PANEL);
        }
    }
}

void davy_conv_bf16_back_row(const davy_conv *conv, const davy_conv_diff *diff,
                             const uint16_t *flipped, size_t row, bool add, float *x,
                             uint16_t *x_bf16)
{
    const davy_window *window = &conv->window;
    size_t width = window->kernel[DAVY_WIDTH], seen = row + window->begin[DAVY_HEIGHT];
    size_t dilation = window->dilation[DAVY_HEIGHT], rows = window->out[DAVY_HEIGHT];
    size_t first = seen < rows ? 0 : (seen - rows + dilation) / dilation;
    size_t last = seen / dilation + 1; /* taps from first to last see the row */
    size_t start = diff->left + window->begin[DAVY_WIDTH] - (width - 1);
    davy_bf16_gemm gemm = {.m = window->in[DAVY_WIDTH],
                           .n = conv->channels,
                           .k = width * conv->outputs,
                           .a_row = (ptrdiff_t) conv->outputs,
                           .a_segment = -(ptrdiff_t) (dilation * diff->pitch),
                           .b_pair = 2 * DAVY_BF16_PANEL,
                           .c = x,
                           .c_bf16 = x_bf16,
                           .c_row = (ptrdiff_t) conv->channels,
                           .add = add};

    if (last > window->kernel[DAVY_HEIGHT])
        last = window->kernel[DAVY_HEIGHT];
    gemm.segments = last > first ? last - first : 0;
    gemm.b_segment = (ptrdiff_t) (gemm.k * DAVY_BF16_PANEL);
    gemm.b_panel = gemm.b_segment * (ptrdiff_t) window->kernel[DAVY_HEIGHT];
    gemm.b = flipped + first * gemm.k * DAVY_BF16_PANEL;
    gemm.a = diff->data;
    if (gemm.segments)
        gemm.a += (seen - first * dilation - diff->row) * diff->pitch + start * conv->outputs;
    davy_bf16_multiply(&gemm);
}

/*
 * Gradient of the weights. The pixels of a whole band stand in one line, outputs at the pitch of
 * the inputs with zeros between the rows, so that a tap is a shift along the line.
 */

/** Rows of input under `rows` rows of outputs. */
static size_t rows_below(const davy_conv *conv, size_t rows)
{
    return rows - 1 + davy_window_extent(&conv->window, DAVY_HEIGHT);
}

/** Pixels of outputs in the line, whole steps. */
static size_t line_out(const davy_conv *conv, size_t rows)
{
    return round_up(rows * padded_width(conv), STEP);
}

/** Pixels of inputs in the line, and zeros that the last step may read. */
static size_t line_in(const davy_conv *conv, size_t rows)
{
    return round_up(rows_below(conv, rows) * padded_width(conv) +
                        davy_window_extent(&conv->window, DAVY_WIDTH),
                    STEP) +
           STEP;
}

static size_t paired_width(const davy_conv *conv)
{
    return round_up(conv->outputs, DAVY_BF16_PANEL);
}

/** Taps that are gathered into rows of their own; 0: none. */
static size_t gathered_rows(const davy_conv *conv)
{
    return gathers(conv) ? conv->window.kernel[DAVY_HEIGHT] * davy_conv_taps_row(conv) : 0;
}

size_t davy_conv_bf16_back_size(const davy_conv *conv, size_t rows)
{
    return davy_conv_align(line_out(conv, rows) * paired_width(conv)) +
           line_in(conv, rows) * conv->channels + line_out(conv, rows) * gathered_rows(conv);
}

/** Where tap `tap` begins in a line of inputs. */
static size_t tap_shift(const davy_conv *conv, size_t tap)
{
    const davy_window *window = &conv->window;
    size_t width = window->kernel[DAVY_WIDTH];

    return tap / width * window->dilation[DAVY_HEIGHT] * padded_width(conv) +
           tap % width * window->dilation[DAVY_WIDTH];
}

static void make_pairs(const davy_conv *conv, const uint16_t *diff, size_t rows, uint16_t *pairs)
{
    size_t pixels = rows * padded_width(conv), paired = paired_width(conv);
    size_t even = round_up(pixels, 2);

    davy_bf16_pair(pixels, conv->outputs, diff, (ptrdiff_t) conv->outputs, paired, pairs);
    memset(pairs + even * paired, 0, (line_out(conv, rows) - even) * paired * sizeof *pairs);
}

/** Channels as rows, pixels as columns. */
static void make_line(const davy_conv *conv, const davy_band *band, size_t rows, uint16_t *line)
{
    size_t pixels = rows_below(conv, rows) * padded_width(conv), length = line_in(conv, rows);

    davy_bf16_transpose(pixels, conv->channels, band->data, (ptrdiff_t) conv->channels, line,
                        (ptrdiff_t) length);
    for (size_t c = 0; c < conv->channels; c++)
        memset(line + c * length + pixels, 0, (length - pixels) * sizeof *line);
}

void davy_conv_bf16_back_weights(const davy_conv *conv, const davy_band *band, const uint16_t *diff,
                                 size_t rows, float *diff_weights, uint16_t *scratch)
{
    size_t length = line_in(conv, rows), depth = line_out(conv, rows);
    size_t paired = paired_width(conv);
    uint16_t *line = scratch + davy_conv_align(depth * paired);
    uint16_t *gathered = line + length * conv->channels;
    davy_bf16_gemm gemm = {.n = conv->outputs,
                           .m = conv->channels,
                           .k = depth,
                           .segments = 1,
                           .a_row = (ptrdiff_t) length,
                           .b = scratch,
                           .b_pair = (ptrdiff_t) (2 * paired),
                           .b_panel = 2 * DAVY_BF16_PANEL,
                           .c = diff_weights,
                           .c_row = (ptrdiff_t) conv->outputs,
                           .add = true};

    make_pairs(conv, diff, rows, scratch);
    make_line(conv, band, rows, line);
    if (gathers(conv)) {
        for (size_t i = 0; i < gathered_rows(conv); i++)
            memcpy(gathered + i * depth,
                   line + i % conv->channels * length + tap_shift(conv, i / conv->channels),
                   depth * sizeof *gathered);
        gemm.m = gathered_rows(conv);
        gemm.a = gathered;
        gemm.a_row = (ptrdiff_t) depth;
        davy_bf16_multiply(&gemm);
        return;
    }
    for (size_t tap = 0; tap < conv->window.kernel[DAVY_HEIGHT] * conv->window.kernel[DAVY_WIDTH];
         tap++) {
        gemm.a = line + tap_shift(conv, tap);
        gemm.c = diff_weights + tap * conv->channels * conv->outputs;
        davy_bf16_multiply(&gemm);
    }
}
