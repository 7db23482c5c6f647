/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/conv.h"

#include <string.h>

/*
 * The taps of every pixel copied side by side, in the type of the products. A product with few rows
 * between the rows of taps it reads, or with few factors in one, is slower than this copy.
 */

/** What is copied, in bytes. */
typedef struct gathering {
    size_t taps, width; /* rows of taps of a pixel, and the length of one */
    size_t pitch, step; /* from a row of taps to the next, and from a pixel to the next */
    size_t depth;       /* of a pixel's taps with the zeros behind them */
} gathering;

/** The taps of pixels from .. to-1 of one row, as they are. */
static void gather_exactly(const gathering *g, const char *src, size_t from, size_t to, char *dst)
{
    for (size_t pixel = from; pixel < to; pixel++) {
        char *at = dst + pixel * g->depth;

        for (size_t tap = 0; tap < g->taps; tap++, at += g->width)
            memcpy(at, src + tap * g->pitch + pixel * g->step, g->width);
        memset(at, 0, g->depth - g->taps * g->width);
    }
}

/** Bytes that are copied at once: the least of two lengths that a row of taps fits in; 0: none. */
#define PIECE ((size_t) 32)

static size_t piece_of(const gathering *g)
{
    size_t piece = g->width <= PIECE ? PIECE : 2 * PIECE;

    return g->width <= piece && g->depth - g->taps * g->width <= piece ? piece : 0;
}

/**
 * The same in pieces of a fixed size, for pixels with as much behind their taps; what is too much
 * of a piece is written over by the next.
 */
static inline __attribute__((always_inline)) void
gather_pieces(const gathering *g, const size_t piece, const char *src, size_t to, char *dst)
{
    static const char zeros[2 * PIECE];
    const gathering by = *g;

    for (size_t pixel = 0; pixel < to; pixel++, src += by.step, dst += by.depth) {
        const char *from = src;
        char *at = dst;

        for (size_t tap = 0; tap < by.taps; tap++, from += by.pitch, at += by.width)
            memcpy(at, from, piece);
        memcpy(at, zeros, piece);
    }
}

size_t davy_conv_taps_row(const davy_conv *conv)
{
    return conv->window.kernel[DAVY_WIDTH] * conv->channels;
}

void davy_conv_gather(const davy_conv *conv, const davy_band *band, size_t rows, size_t depth,
                      void *dst)
{
    const davy_window *window = &conv->window;
    const size_t size = davy_conv_operand(conv), pitch = band->pitch * size;
    const gathering g = {.taps = window->kernel[DAVY_HEIGHT],
                         .width = davy_conv_taps_row(conv) * size,
                         .pitch = window->dilation[DAVY_HEIGHT] * pitch,
                         .step = window->stride[DAVY_WIDTH] * conv->channels * size,
                         .depth = depth * size};
    const size_t width = window->out[DAVY_WIDTH], piece = piece_of(&g);
    const char *src = band->data;
    char *to = dst;
    size_t pieces = 0;

    if (piece && pitch >= piece)
        pieces = (pitch - piece) / g.step; /* pixels whose pieces stay inside of their rows */
    if (pieces > width - 1)
        pieces = width - 1;
    for (size_t row = 0; row < rows; row++, to += width * g.depth) {
        if (piece == PIECE)
            gather_pieces(&g, PIECE, src, pieces, to);
        else
            gather_pieces(&g, 2 * PIECE, src, pieces, to);
        gather_exactly(&g, src, pieces, width, to);
        src += window->stride[DAVY_HEIGHT] * pitch;
    }
}
