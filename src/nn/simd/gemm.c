/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Products of matrices: what is cut into tiles, in which order, and from which memory.
 *
 *     for each block of rows and products           (A's part stays in the L2 cache)
 *         for each strip of columns                 (VECTORS_MAX vectors)
 *             for each chain of products            (the order of additions, kernels.h)
 *                 for each tile of rows             (B's part is in L1 or L2, or is packed there)
 */
#include "nn/simd/isa.h"

#include "nn/simd/tile.h"

#include <assert.h>

#define BLOCK_FLOATS ((size_t) 1 << 18) /* of A: half of a usual L2 cache */
#define BLOCK_LEAST  ((size_t) 40 * ROWS_MAX)
#define BLOCK_MOST   ((size_t) 80 * ROWS_MAX)

#define CHAIN_MAX ((size_t) 128) /* of davy_gemm_chain() */

/* B is copied when as many rows use the copy and its rows lie so far apart that they fight for the
 * same places of the cache. */
#define PACK_ROWS   ((size_t) 96)
#define PACK_STRIDE ((ptrdiff_t) 256)

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Whether a product reads and writes more than is near: constant weights, of which a network has
 * many, a part of a larger product, or just much. */
static bool is_far(const davy_gemm *g)
{
    const size_t depth = g->segments * g->k;

    return g->packed || g->chain > 0 || (g->m + g->n) * depth + g->m * g->n >= BLOCK_FLOATS;
}

/* Whether the parts of B are worth asking for. If it is turned, its lines are several strips'. */
static bool is_far_b(const davy_gemm *g)
{
    return g->packed || (g->b_column == 1 && g->n * g->segments * g->k >= BLOCK_FLOATS);
}

/* What is worked on at once: some rows of A, products from .. until-1, a strip of columns. */
typedef struct davy_block {
    size_t row, rows, from, until, column, columns;
    bool far;
} davy_block;

/* The chain of `depth` products that starts at product `from`. */
static davy_chain chain_at(const davy_gemm *g, size_t from, size_t depth)
{
    const ptrdiff_t k = (ptrdiff_t) g->k;

    return (davy_chain){
        .depth = depth,
        .until = g->k - (from > 0 ? from % g->k : 0),
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

static const float *a_at(const davy_gemm *g, size_t row, size_t from)
{
    const size_t segment = from > 0 ? from / g->k : 0, at = from - segment * g->k;

    return g->a + (ptrdiff_t) (row / g->group) * g->a_group +
           (ptrdiff_t) (row % g->group) * g->a_row + (ptrdiff_t) segment * g->a_segment +
           (ptrdiff_t) at * g->a_column;
}

/* A strip of a copy is rows of whole vectors, one after the other. */
static const float *b_at(const davy_gemm *g, size_t from, size_t column)
{
    const size_t segment = from > 0 ? from / g->k : 0, at = from - segment * g->k;

    if (g->packed)
        return g->b + column * g->segments * g->k +
               from * whole_vectors(least(g->n - column, STRIP_COLUMNS));
    return g->b + (ptrdiff_t) segment * g->b_segment + (ptrdiff_t) at * g->b_row +
           (ptrdiff_t) column * g->b_column;
}

static size_t tiles_of(size_t rows, size_t columns)
{
    const size_t most = tile_rows(whole_vectors(columns) / LANES);

    return (rows + most - 1) / most;
}

/* The part of B that comes after a chain is asked for by its tiles, each a share. */
static void find_ahead(const davy_block *block, size_t done, davy_chain *chain, davy_tile *tile)
{
    const davy_gemm *g = chain->gemm;
    const size_t group = least(g->group, block->rows), looks = (chain->depth + LINE - 1) / LINE;
    const size_t all = tiles_of(group, block->columns) * (block->rows / group) * looks;
    const bool goes_on = done < block->until;
    const size_t column = goes_on ? block->column : block->column + STRIP_COLUMNS;

    chain->far = block->far;
    tile->ahead = tile->b;
    if (column >= g->n || !is_far_b(g))
        return;
    tile->ahead = b_at(g, goes_on ? done : block->from, column);
    chain->ahead_row = g->packed ? chain->b_row : g->b_row;
    chain->ahead_each = chain->depth / (all + 1) + 1;
    chain->ahead_tile = (ptrdiff_t) (chain->ahead_each * looks) * chain->ahead_row;
}

/* `columns` columns of `rows` rows, in tiles of nearly the same height. */
static void sum_strip(const davy_chain *chain, davy_tile tile, size_t rows, size_t columns)
{
    const size_t vectors = (columns + LANES - 1) / LANES;

    tile.last = (ptrdiff_t) columns - LANES;
    tile.fresh = lanes_from(vectors * LANES - columns);
    for (size_t part = tiles_of(rows, columns); part > 0; part--) {
        const size_t height = rows / part;

        ISA(tile)(height, vectors, chain, &tile);
        rows -= height;
        tile.a += (ptrdiff_t) height * chain->a_row;
        tile.c += (ptrdiff_t) height * chain->c_row;
        tile.ahead += chain->ahead_tile;
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
        tile.ahead += (ptrdiff_t) tiles_of(height, columns) * chain->ahead_tile;
    }
}

/* C's part stays in the cache meanwhile.
 * @param panel  for copies of B; NULL: B is read where it lies */
static void sum_block(const davy_gemm *g, const davy_block *block, float *panel)
{
    const size_t width = whole_vectors(block->columns);
    size_t from = block->from;

    do { /* once also for a sum of no products */
        davy_chain chain = chain_at(g, from, least(g->chain, block->until - from));
        davy_tile tile = {.a = a_at(g, block->row, from),
                          .b = b_at(g, from, block->column),
                          .bias = g->bias ? g->bias + block->column : NULL,
                          .c = g->c + (ptrdiff_t) block->row * g->c_row + block->column};

        if (panel) {
            ISA(pack_strip)(&chain, tile.b, block->columns, width, panel);
            tile.b = panel;
        }
        if (g->packed || panel) {
            chain.b_row = (ptrdiff_t) width;
            chain.b_skip = 0;
        }
        from += chain.depth;
        find_ahead(block, from, &chain, &tile);
        sum_groups(&chain, tile, block->rows, block->columns);
    } while (from < block->until);
}

/* Rows of the block that begins at `row`: as many as BLOCK_FLOATS hold, in whole tiles; of groups,
 * whole ones or a part of one. A third more are taken rather than left over. */
static size_t block_rows(const davy_gemm *g, size_t row)
{
    const size_t depth = g->segments * g->k, rows = BLOCK_FLOATS / (depth > 0 ? depth : 1);
    const size_t block =
        rows < BLOCK_LEAST ? BLOCK_LEAST : least(rows, BLOCK_MOST) / ROWS_MAX * ROWS_MAX;
    const bool whole = g->group < block;
    const size_t fit = whole ? block / g->group * g->group : block;
    const size_t left = whole ? g->m - row : least(g->m - row, g->group - row % g->group);

    return left <= fit + fit / 3 ? left : fit;
}

/* Products of a block of so many rows, in whole chains. */
static size_t block_depth(const davy_gemm *g, size_t rows)
{
    const size_t chains = BLOCK_FLOATS / (rows * g->chain);

    return (chains > 0 ? chains : 1) * g->chain;
}

static void multiply(const davy_gemm *g, bool far, float *panel)
{
    const size_t depth = g->segments * g->k;
    davy_block block = {.far = far};

    for (block.row = 0; block.row < g->m; block.row += block.rows) {
        block.rows = block_rows(g, block.row);
        block.from = 0;
        do {
            block.until = least(depth, block.from + block_depth(g, block.rows));
            for (block.column = 0; block.column < g->n; block.column += STRIP_COLUMNS) {
                block.columns = least(g->n - block.column, STRIP_COLUMNS);
                sum_block(g, &block, panel);
            }
            block.from = block.until;
        } while (block.from < depth);
    }
}

/* Of its own, so that the others need no room for a panel on the stack. */
static __attribute__((noinline)) void multiply_panels(const davy_gemm *g, bool far)
{
    /* In front, what a strip of less than a vector reads and drops. */
    float panel[LANES + CHAIN_MAX * STRIP_COLUMNS] __attribute__((aligned(64))) UNSET;

    memset(panel, 0, LANES * sizeof *panel);
    multiply(g, far, panel + LANES);
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
    const bool far = is_far(gemm);

    if (g.m == 1 && g.segments == 1 && g.b_column == 1 && g.n >= LANES)
        ISA(gemv)(&g);
    else if (!g.packed && (g.b_column != 1 || g.n < LANES ||
                           (g.m >= PACK_ROWS && g.b_row >= PACK_STRIDE && g.n > STRIP_COLUMNS)))
        multiply_panels(&g, far);
    else
        multiply(&g, far, NULL);
}

void ISA(pack)(const davy_gemm *gemm, float *packed)
{
    const davy_gemm g = complete(gemm);
    const size_t depth = g.segments * g.k;
    const davy_chain whole = chain_at(&g, 0, depth);

    for (size_t column = 0; column < g.n; column += STRIP_COLUMNS) {
        const size_t columns = least(g.n - column, STRIP_COLUMNS);

        ISA(pack_strip)
        (&whole, b_at(&g, 0, column), columns, whole_vectors(columns), packed + column * depth);
    }
}
