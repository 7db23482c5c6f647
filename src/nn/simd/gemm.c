/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Products of matrices: what is cut into tiles, in which order, and from which memory.
 *
 *     for each block of rows                        (A's rows stay in the L2 cache)
 *         for each strip of columns                 (VECTORS_MAX vectors)
 *             for each chain of products            (the order of additions, kernels.h)
 *                 for each tile of rows             (B's part is in L1 or L2, or is packed there)
 */
#include "nn/simd/isa.h"

#include "nn/simd/tile.h"

#include <assert.h>

#define BLOCK_FLOATS ((size_t) 1 << 18) /* of A: half of a usual L2 cache */
#define BLOCK_LEAST  ((size_t) 8 * ROWS_MAX)
#define BLOCK_MOST   ((size_t) 80 * ROWS_MAX)

#define LINE ((size_t) 16) /* floats of a line of the cache */

#define CHAIN_MAX ((size_t) 128) /* of davy_gemm_chain() */

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

/*
 * A copy of B is read from its first number to its last, but a chain's part waits for memory while
 * its first tile is summed, and memory waits while the others are. So each of the `parts` tiles
 * asks for its share of the next chain's: a tenth of the time of a product of 49 rows.
 */
static void fetch_next(const davy_chain *chain, const float *b, size_t part, size_t parts)
{
    const size_t lines = chain->depth * (size_t) chain->b_row / LINE;
    const float *next = b + chain->depth * (size_t) chain->b_row;

    for (size_t line = lines * part / parts; line < lines * (part + 1) / parts; line++)
        __builtin_prefetch(next + line * LINE, 0, 2);
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

        if (chain->gemm->packed)
            fetch_next(chain, tile.b, parts - part, parts);
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

/* All rows of a strip, a group of A's rows after the other. */
static void sum_groups(const davy_chain *chain, davy_tile tile, size_t rows, size_t columns)
{
    const davy_gemm *g = chain->gemm;

    for (size_t row = 0; row < rows; row += g->group) {
        const size_t height = least(g->group, rows - row);

        if (g->n < LANES)
            sum_narrow(chain, tile, height, columns);
        else
            sum_strip(chain, tile, height, columns);
        tile.a += g->a_group;
        tile.c += (ptrdiff_t) height * chain->c_row;
    }
}

/* All chains of a block of rows and a strip of columns; C's part stays in the cache meanwhile.
 * @param panel  for copies of B; NULL: B is read where it lies */
static void sum_block(const davy_gemm *g, size_t row, size_t rows, size_t column, float *panel)
{
    const size_t columns = least(g->n - column, STRIP_COLUMNS), depth = g->segments * g->k;
    const size_t width = whole_vectors(columns);
    size_t from = 0;

    do { /* once also for a sum of no products */
        davy_tile tile = {.bias = g->bias ? g->bias + column : NULL};
        davy_chain chain = chain_at(g, from, least(g->chain, depth - from), &tile);

        tile.a +=
            (ptrdiff_t) (row / g->group) * g->a_group + (ptrdiff_t) (row % g->group) * g->a_row;
        tile.c = g->c + (ptrdiff_t) row * g->c_row + column;
        if (g->packed) {
            tile.b = g->b + column * depth + from * width;
        } else {
            tile.b += (ptrdiff_t) column * g->b_column;
            if (panel) {
                ISA(pack_strip)(&chain, tile.b, columns, width, panel);
                tile.b = panel;
            }
        }
        if (g->packed || panel) {
            chain.b_row = (ptrdiff_t) width;
            chain.b_skip = 0;
        }
        sum_groups(&chain, tile, rows, columns);
        from += chain.depth;
    } while (from < depth);
}

/* Rows of the block that begins at `row`: as many as BLOCK_FLOATS hold, in whole tiles; of groups,
 * whole ones or a part of one. */
static size_t block_rows(const davy_gemm *g, size_t row)
{
    const size_t depth = g->segments * g->k, rows = BLOCK_FLOATS / (depth > 0 ? depth : 1);
    const size_t block =
        rows < BLOCK_LEAST ? BLOCK_LEAST : least(rows, BLOCK_MOST) / ROWS_MAX * ROWS_MAX;
    const size_t fit =
        g->group < block ? block / g->group * g->group : least(block, g->group - row % g->group);

    return least(fit, g->m - row);
}

static void multiply(const davy_gemm *g, float *panel)
{
    for (size_t row = 0, rows; row < g->m; row += rows) {
        rows = block_rows(g, row);
        for (size_t column = 0; column < g->n; column += STRIP_COLUMNS)
            sum_block(g, row, rows, column, panel);
    }
}

/* Of its own, so that the others need no room for a panel on the stack. */
static __attribute__((noinline)) void multiply_panels(const davy_gemm *g)
{
    /* In front, what a strip of less than a vector reads and drops. */
    float panel[LANES + CHAIN_MAX * STRIP_COLUMNS] __attribute__((aligned(64))) UNSET;

    memset(panel, 0, LANES * sizeof *panel);
    multiply(g, panel + LANES);
}

/* What was left for the kernel to say. */
static davy_gemm complete(const davy_gemm *gemm)
{
    davy_gemm g = *gemm;

    if (g.chain == 0)
        g.chain = davy_gemm_chain(g.n, g.segments * g.k);
    assert(g.chain <= CHAIN_MAX); /* a panel holds no longer one */
    if (g.b_column == 0)
        g.b_column = 1;
    if (g.group == 0 || g.group > g.m)
        g.group = g.m > 0 ? g.m : 1;
    return g;
}

void ISA(gemm)(const davy_gemm *gemm)
{
    const davy_gemm g = complete(gemm);

    if (g.m == 1 && g.segments == 1 && g.b_column == 1 && g.n >= LANES)
        ISA(gemv)(&g);
    else if (!g.packed && (g.b_column != 1 || g.n < LANES ||
                           (g.m >= PACK_ROWS && g.b_row >= PACK_STRIDE && g.n > STRIP_COLUMNS)))
        multiply_panels(&g);
    else
        multiply(&g, NULL);
}

void ISA(pack)(const davy_gemm *gemm, float *packed)
{
    const davy_gemm g = complete(gemm);
    const size_t depth = g.segments * g.k;
    davy_tile start;
    const davy_chain whole = chain_at(&g, 0, depth, &start);

    for (size_t column = 0; column < g.n; column += STRIP_COLUMNS) {
        const size_t columns = least(g.n - column, STRIP_COLUMNS);
        const float *b = start.b + (ptrdiff_t) column * g.b_column;

        ISA(pack_strip)(&whole, b, columns, whole_vectors(columns), packed + column * depth);
    }
}
