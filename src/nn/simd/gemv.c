/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A product of one row. An addition must wait for the one before it in its sum, so eight sums run
 * side by side and keep two adders of four cycles busy: eight vectors of one chain, or four of two
 * chains, ... The sums of chains are added in their order afterwards, as a product of many rows
 * does it.
 */
#include "nn/simd/tile.h"

#include "nn/simd/formulas.h"

#define SUMS 8 /* vectors times chains */

/* Some columns of the row. */
typedef struct davy_strip {
    const davy_gemm *gemm;
    size_t column;
    ptrdiff_t last; /* of its last vector, as in davy_tile */
    ivec fresh;
    const float *b; /* its first column */
    ptrdiff_t b_row,
        b_gap; /* b_gap: from a strip of the packed B to the next, beyond its columns */
} davy_strip;

/* Distance of vector j of a row of B from the first: a packed B is cut into strips. */
INLINE ptrdiff_t in_row(const davy_strip *strip, size_t j, size_t vectors)
{
    return column_of(j, vectors, strip->last) + (ptrdiff_t) (j / VECTORS_MAX) * strip->b_gap;
}

/* Add to sums[chain][vector] the products [from, to) of chains first .. first + chains - 1. */
INLINE void sum_chains(const size_t vectors, const size_t chains, const davy_strip *strip,
                       size_t first, size_t from, size_t to, vec *sums)
{
    const davy_gemm *g = strip->gemm;
    const ptrdiff_t a_chain = (ptrdiff_t) g->chain * g->a_column;
    const ptrdiff_t b_chain = (ptrdiff_t) g->chain * strip->b_row;
    const float *a = g->a + (ptrdiff_t) first * a_chain;
    const float *b = strip->b + (ptrdiff_t) first * b_chain;

    for (size_t k = from; k < to; k++) {
        foreach (s, chains) {
            const float x = a[(ptrdiff_t) s * a_chain + (ptrdiff_t) k * g->a_column];
            const float *row = b + (ptrdiff_t) s * b_chain + (ptrdiff_t) k * strip->b_row;

            foreach (j, vectors)
                sums[s * vectors + j] += x * vec_load(row + in_row(strip, j, vectors));
        }
    }
}

/* Sums of `chains` chains side by side, of which the last may be shorter. */
INLINE void sum_group(const size_t vectors, const size_t chains, const davy_strip *strip,
                      size_t first, vec *sums)
{
    const davy_gemm *g = strip->gemm;
    const size_t behind = g->k - (first + chains - 1) * g->chain; /* products from the last on */
    const size_t shortest = behind < g->chain ? behind : g->chain;

    for (size_t i = 0; i < vectors * chains; i++)
        sums[i] = (vec){0};
    sum_chains(vectors, chains, strip, first, 0, shortest, sums);
    for (size_t s = 0; s + 1 < chains; s++)
        sum_chains(vectors, 1, strip, first + s, shortest, g->chain, sums + s * vectors);
}

/* The sums of all chains, bias and activation, into C. */
INLINE void sum_strip(const size_t vectors, const davy_strip *strip)
{
    const davy_gemm *g = strip->gemm;
    const size_t chains = g->k > 0 ? (g->k + g->chain - 1) / g->chain : 1;
    const size_t group = SUMS / vectors;
    float *c = g->c + strip->column;
    vec totals[SUMS] = {{0}}, sums[SUMS] UNSET;

    for (size_t first = 0, taken; first < chains; first += taken) {
        taken = chains - first >= group ? group : 1;
        if (taken == group)
            sum_group(vectors, group, strip, first, sums);
        else
            sum_group(vectors, 1, strip, first, sums);
        for (size_t s = 0; s < taken; s++)
            foreach (j, vectors) {
                const ptrdiff_t at = column_of(j, vectors, strip->last);

                if (first + s > 0)
                    totals[j] += sums[s * vectors + j];
                else
                    totals[j] = g->add ? vec_load(c + at) + sums[j] : sums[j];
            }
    }
    foreach (j, vectors) {
        const ptrdiff_t at = column_of(j, vectors, strip->last);

        if (g->bias)
            totals[j] += vec_load(g->bias + strip->column + at);
        totals[j] = vec_activate(g->activation, g->slope, totals[j]);
        if (j + 1 == vectors)
            totals[j] = vec_select(strip->fresh, totals[j], vec_load(c + at));
        vec_store(c + at, totals[j]);
    }
}

#define STRIP(vectors)                                       \
    static void sum_strip_##vectors(const davy_strip *strip) \
    {                                                        \
        sum_strip(vectors, strip);                           \
    }
STRIP(1)
STRIP(2)
STRIP(4)
STRIP(8)

/* Where B begins. A strip of a packed one is as wide as its columns are, in whole vectors. */
static void place_b(davy_strip *strip)
{
    const davy_gemm *g = strip->gemm;
    const size_t inside = strip->column % STRIP_COLUMNS, start = strip->column - inside;
    const size_t columns = g->n - start < STRIP_COLUMNS ? g->n - start : STRIP_COLUMNS;

    strip->b = g->b + strip->column;
    strip->b_row = g->b_row;
    if (!g->packed)
        return;
    strip->b = g->b + start * g->k + inside;
    strip->b_row = (ptrdiff_t) whole_vectors(columns);
    strip->b_gap = (ptrdiff_t) (STRIP_COLUMNS * (g->k - 1));
}

void ISA(gemv)(const davy_gemm *g)
{
    static void (*const strips[])(const davy_strip *) = {
        [1] = sum_strip_1, [2] = sum_strip_2, [4] = sum_strip_4, [8] = sum_strip_8};
    size_t left = (g->n + LANES - 1) / LANES, column = 0;

    for (size_t vectors = SUMS; vectors > 0; vectors /= 2) {
        for (; left >= vectors; left -= vectors, column += vectors * LANES) {
            const size_t end = left == vectors ? g->n : column + vectors * LANES;
            davy_strip strip = {
                .gemm = g,
                .column = column,
                .last = (ptrdiff_t) end - (ptrdiff_t) column - LANES,
                .fresh = lanes_from(column + vectors * LANES - end),
            };

            place_b(&strip);
            strips[vectors](&strip);
        }
    }
}
