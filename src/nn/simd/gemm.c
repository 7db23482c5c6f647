/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Products of matrices: what is cut into tiles, in which order, and from which memory.
 *
 *     for each block of BLOCK_ROWS rows               (A's part of a chain stays in the L2 cache)
 *         for each chain of products                  (the order of additions, kernels.h)
 *             for each VECTORS_MAX vectors of columns (B's part stays in L1, or is packed there)
 *                 for each tile of rows
 */
#include "nn/simd/isa.h"

#include "nn/simd/tile.h"

#define BLOCK_ROWS  ((size_t) 240)
#define CHAIN_MAX   ((size_t) 256) /* of davy_gemm_chain() */
#define PANEL_WIDTH ((size_t) VECTORS_MAX * LANES)

/* B is copied when as many rows use the copy and its rows lie so far apart that they fight for the
 * same places of the cache. */
#define PACK_ROWS   ((size_t) 96)
#define PACK_STRIDE ((ptrdiff_t) 256)

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The chain that starts at product `from`; A and B are moved there. */
static davy_chain chain_at(const davy_gemm *g, size_t from, size_t depth, davy_tile *start)
{
    const size_t segment = from > 0 ? from / g->k : 0, at = from - segment * g->k;
    const ptrdiff_t k = (ptrdiff_t) g->k;

    start->a = g->a + (ptrdiff_t) segment * g->a_segment + (ptrdiff_t) at * g->a_column;
    start->b = g->b + (ptrdiff_t) segment * g->b_segment + (ptrdiff_t) at * g->b_row;
    return (davy_chain){
        .depth = depth,
        .until = g->k - at,
        .segment = g->k,
        .a_row = g->a_row,
        .a_column = g->a_column,
        .a_skip = g->a_segment - k * g->a_column,
        .b_row = g->b_row,
        .b_skip = g->b_segment - k * g->b_row,
        .c_row = g->c_row,
        .add = g->add || from > 0,
        .final = from + depth == g->segments * g->k,
        .gemm = g,
    };
}

/* `columns` columns of `rows` rows, in tiles of nearly the same height. */
static void sum_strip(const davy_chain *chain, davy_tile tile, size_t rows, size_t columns)
{
    const size_t vectors = (columns + LANES - 1) / LANES;
    const size_t parts = (rows + tile_rows(vectors) - 1) / tile_rows(vectors);

    tile.last = (ptrdiff_t) columns - LANES;
    tile.fresh = lanes_from(vectors * LANES - columns);
    for (size_t part = parts; part > 0; part--) {
        const size_t height = rows / part;

        ISA(tile)(height, vectors, chain, &tile);
        rows -= height;
        tile.a += (ptrdiff_t) height * chain->a_row;
        tile.c += (ptrdiff_t) height * chain->c_row;
    }
}

/* A matrix narrower than a vector: C and the bias are copied beside zeros. */
static void sum_narrow(const davy_chain *chain, davy_tile tile, size_t rows, size_t columns)
{
    davy_chain padded = *chain;
    float c[ROWS_MAX * LANES] = {0}, bias[LANES] = {0};
    davy_tile part = tile;

    padded.c_row = LANES;
    part.c = c;
    if (tile.bias)
        part.bias = memcpy(bias, tile.bias, columns * sizeof *bias);
    for (size_t row = 0; row < rows; row += ROWS_MAX) {
        const size_t height = least(rows - row, ROWS_MAX);

        for (size_t i = 0; chain->add && i < height; i++)
            memcpy(c + i * LANES, tile.c + (ptrdiff_t) (row + i) * chain->c_row,
                   columns * sizeof *c);
        part.a = tile.a + (ptrdiff_t) row * chain->a_row;
        sum_strip(&padded, part, height, LANES);
        for (size_t i = 0; i < height; i++)
            memcpy(tile.c + (ptrdiff_t) (row + i) * chain->c_row, c + i * LANES,
                   columns * sizeof *c);
    }
}

/* Copy the columns of one chain of B, whatever its strides, to rows of `width`, a multiple of
 * LANES. */
static void pack(const davy_gemm *g, const davy_chain *chain, const float *b, size_t columns,
                 size_t width, float *panel)
{
    size_t run = chain->until;

    if (columns < width)
        memset(panel, 0, chain->depth * width * sizeof *panel);
    for (size_t left = chain->depth; left > 0; left -= run, run = chain->segment) {
        run = least(run, left);
        if (g->b_column == 1) {
            for (size_t k = 0; k < run; k++)
                memcpy(panel + k * width, b + (ptrdiff_t) k * g->b_row, columns * sizeof *b);
        } else {
            for (size_t j = 0; j < columns; j++)
                for (size_t k = 0; k < run; k++)
                    panel[k * width + j] =
                        b[(ptrdiff_t) k * g->b_row + (ptrdiff_t) j * g->b_column];
        }
        panel += run * width;
        b += (ptrdiff_t) run * g->b_row + chain->b_skip;
    }
}

/* One chain of a block of rows. @param panel  for a copy of B; NULL: B is read where it lies */
static void sum_chain(const davy_chain *chain, davy_tile tile, size_t rows, float *panel)
{
    const davy_gemm *g = chain->gemm;
    const float *b = tile.b;
    float *c = tile.c;

    for (size_t j = 0; j < g->n; j += PANEL_WIDTH) {
        const size_t columns = least(g->n - j, PANEL_WIDTH);
        davy_chain read = *chain;

        tile.b = b + (ptrdiff_t) j * g->b_column;
        tile.c = c + j;
        tile.bias = g->bias ? g->bias + j : NULL;
        if (panel) {
            const size_t width = (columns + LANES - 1) / LANES * LANES;

            pack(g, chain, tile.b, columns, width, panel);
            tile.b = panel;
            read.b_row = (ptrdiff_t) width;
            read.b_skip = 0;
        }
        if (g->n < LANES)
            sum_narrow(&read, tile, rows, columns);
        else
            sum_strip(&read, tile, rows, columns);
    }
}

static void multiply(const davy_gemm *g, float *panel)
{
    const size_t depth = g->segments * g->k;

    for (size_t row = 0; row < g->m; row += BLOCK_ROWS) {
        size_t from = 0;

        do { /* once also for a sum of no products */
            davy_tile tile;
            const davy_chain chain = chain_at(g, from, least(g->chain, depth - from), &tile);

            tile.a += (ptrdiff_t) row * g->a_row;
            tile.c = g->c + (ptrdiff_t) row * g->c_row;
            sum_chain(&chain, tile, least(BLOCK_ROWS, g->m - row), panel);
            from += chain.depth;
        } while (from < depth);
    }
}

/* Of its own, so that the others need no room for a panel on the stack. */
static __attribute__((noinline)) void multiply_packed(const davy_gemm *g)
{
    float panel[CHAIN_MAX * PANEL_WIDTH] __attribute__((aligned(64))) UNSET;

    multiply(g, panel);
}

void ISA(gemm)(const davy_gemm *gemm)
{
    davy_gemm g = *gemm;

    if (g.chain == 0)
        g.chain = davy_gemm_chain(g.n, g.segments * g.k);
    if (g.b_column == 0)
        g.b_column = 1;
    if (g.b_column != 1 || g.n < LANES ||
        (g.m >= PACK_ROWS && g.b_row >= PACK_STRIDE && g.n > PANEL_WIDTH))
        multiply_packed(&g);
    else if (g.m == 1 && g.segments == 1)
        ISA(gemv)(&g);
    else
        multiply(&g, NULL);
}
