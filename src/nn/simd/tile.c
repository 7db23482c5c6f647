/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/simd/tile.h"

#include "nn/simd/formulas.h"

static inline uintptr_t line_of(const float *p)
{
    return (uintptr_t) p / (LINE * sizeof *p);
}

/*
 * Memory is waited for less when it is asked for early, and a little at a time: the CPU waits for
 * sixteen lines at most, and a tile that stores 24 which nobody asked for keeps the next one from
 * its A. So between LINE products a tile asks for a row of its C, for the rows of A below its own
 * and for some rows of the part of B that comes next: a quarter of the time of products of some MB.
 */
INLINE void look_ahead(const size_t rows, const size_t vectors, const davy_chain *chain,
                       const davy_tile *tile, const float *a, size_t number)
{
    const size_t lines = (vectors * LANES + LINE - 1) / LINE;
    const float *last = a + (ptrdiff_t) (rows - 1) * chain->a_row;
    const float *next = last + (ptrdiff_t) rows * chain->a_row;

    if (number < rows)
        foreach (j, lines)
            __builtin_prefetch(tile->c + (ptrdiff_t) number * chain->c_row + j * LINE, 1, 3);
    if (chain->a_column == 1)
        foreach (i, rows)
            __builtin_prefetch(a + (ptrdiff_t) (rows + i) * chain->a_row, 0, 3);
    else if (line_of(next) != line_of(last)) /* of A turned, tiles share lines */
        foreach (k, LINE)
            __builtin_prefetch(next + (ptrdiff_t) k * chain->a_column, 0, 3);
    for (size_t r = number * chain->ahead_each; r < (number + 1) * chain->ahead_each; r++)
        foreach (j, lines)
            __builtin_prefetch(tile->ahead + (ptrdiff_t) r * chain->ahead_row + j * LINE, 0, 2);
}

/*
 * The inner loop of the engine. `rows` and `vectors` are constants wherever this is inlined, so the
 * sums live in registers; each step loads one row of B and spreads one number of A a row.
 */
INLINE void sum_chain(const size_t rows, const size_t vectors, const davy_chain *chain,
                      const davy_tile *tile, vec sums[ROWS_MAX][VECTORS_MAX])
{
    const ptrdiff_t a_row = chain->a_row, a_column = chain->a_column, b_row = chain->b_row;
    const ptrdiff_t last = tile->last;
    const float *a = tile->a, *b = tile->b;
    const size_t stretch = chain->far ? LINE : chain->depth;
    size_t left = chain->depth, until = chain->until;

    for (size_t number = 0;; number++) {
        const size_t rest = until < left ? until : left, run = rest < stretch ? rest : stretch;

        if (chain->far)
            look_ahead(rows, vectors, chain, tile, a, number);
        for (size_t k = 0; k < run; k++, a += a_column, b += b_row) {
            vec row[VECTORS_MAX] UNSET;

            foreach (j, vectors)
                row[j] = vec_load(b + column_of(j, vectors, last));
            foreach (i, rows) {
                const float x = a[(ptrdiff_t) i * a_row];

                foreach (j, vectors)
                    sums[i][j] += x * row[j];
            }
        }
        left -= run;
        if (left == 0)
            return;
        until -= run;
        if (until > 0)
            continue;
        a += chain->a_skip;
        b += chain->b_skip;
        until = chain->segment;
    }
}

/* What comes after the products, while the sums are in registers. */
INLINE void finish_sums(const size_t rows, const size_t vectors, const davy_chain *chain,
                        const davy_tile *tile, vec sums[ROWS_MAX][VECTORS_MAX])
{
    if (chain->add)
        foreach (i, rows) {
            const float *c = tile->c + (ptrdiff_t) i * chain->c_row;

            foreach (j, vectors)
                sums[i][j] += vec_load(c + column_of(j, vectors, tile->last));
        }
    if (chain->final && tile->bias)
        foreach (j, vectors) {
            const vec bias = vec_load(tile->bias + column_of(j, vectors, tile->last));

            foreach (i, rows)
                sums[i][j] += bias;
        }
    if (chain->final && chain->gemm->activation == DAVY_ACTIVATION_RELU)
        foreach (i, rows)
            foreach (j, vectors)
                sums[i][j] = vec_relu(sums[i][j]);
}

INLINE void sum_tile(const size_t rows, const size_t vectors, const davy_chain *chain,
                     const davy_tile *tile)
{
    vec sums[ROWS_MAX][VECTORS_MAX] UNSET;

    foreach (i, rows)
        foreach (j, vectors)
            sums[i][j] = (vec){0};
    sum_chain(rows, vectors, chain, tile, sums);
    finish_sums(rows, vectors, chain, tile, sums);
    foreach (i, rows) {
        float *c = tile->c + (ptrdiff_t) i * chain->c_row, *last = c + tile->last;

        foreach (j, vectors - 1)
            vec_store(c + j * LANES, sums[i][j]);
        vec_store(last, vec_select(tile->fresh, sums[i][vectors - 1], vec_load(last)));
    }
}

#define TILE(rows, vectors)                                                             \
    static void tile_##rows##x##vectors(const davy_chain *chain, const davy_tile *tile) \
    {                                                                                   \
        sum_tile(rows, vectors, chain, tile);                                           \
    }
#define TILES_TO_6(vectors) \
    TILE(1, vectors)        \
    TILE(2, vectors) TILE(3, vectors) TILE(4, vectors) TILE(5, vectors) TILE(6, vectors)
#define TILES_TO_12(vectors) \
    TILES_TO_6(vectors)      \
    TILE(7, vectors)         \
    TILE(8, vectors) TILE(9, vectors) TILE(10, vectors) TILE(11, vectors) TILE(12, vectors)
#define NAMES_TO_6(vectors)                                                                   \
    tile_1x##vectors, tile_2x##vectors, tile_3x##vectors, tile_4x##vectors, tile_5x##vectors, \
        tile_6x##vectors
#define NAMES_TO_12(vectors)                                                                      \
    NAMES_TO_6(vectors), tile_7x##vectors, tile_8x##vectors, tile_9x##vectors, tile_10x##vectors, \
        tile_11x##vectors, tile_12x##vectors

typedef void davy_tile_sum(const davy_chain *chain, const davy_tile *tile);

TILES_TO_12(1)
#if VECTORS_MAX == 4
TILES_TO_12(2)
TILES_TO_6(3)
TILES_TO_6(4)
#else
TILES_TO_6(2)
#endif

static davy_tile_sum *const tiles[VECTORS_MAX][ROWS_MAX] = {
    {NAMES_TO_12(1)},
#if VECTORS_MAX == 4
    {NAMES_TO_12(2)},
    {NAMES_TO_6(3)},
    {NAMES_TO_6(4)},
#else
    {NAMES_TO_6(2)},
#endif
};

/* The activations that take more than an instruction or two, on what was just written. */
static void activate(size_t rows, size_t vectors, const davy_chain *chain, const davy_tile *tile)
{
    const davy_gemm *g = chain->gemm;

    for (size_t i = 0; i < rows; i++) {
        float *row = tile->c + (ptrdiff_t) i * chain->c_row;

        for (size_t j = 0; j + 1 < vectors; j++)
            vec_store(row + j * LANES,
                      vec_activate(g->activation, g->slope, vec_load(row + j * LANES)));
        row += tile->last;
        vec_store(row, vec_select(tile->fresh, vec_activate(g->activation, g->slope, vec_load(row)),
                                  vec_load(row)));
    }
}

void ISA(tile)(size_t rows, size_t vectors, const davy_chain *chain, const davy_tile *tile)
{
    tiles[vectors - 1][rows - 1](chain, tile);
    if (chain->final && chain->gemm->activation > DAVY_ACTIVATION_RELU)
        activate(rows, vectors, chain, tile);
}
