/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/simd/isa.h"
#include "nn/simd/vector.h"

/**
 * @file
 * Tiles: the part of a product whose sums fit in registers, for one chain of products.
 *
 * Stage: nn, private to nn/simd. Between the chains of a long product its sums wait in C.
 */
#if defined(__AVX512F__) || defined(__aarch64__)
#define VECTORS_MAX 4 /* 32 registers: 6 x 4 sums, 4 of B, one of A */
#else
#define VECTORS_MAX 2 /* 16 registers: 6 x 2 sums, 2 of B, one of A */
#endif
#define ROWS_MAX 12

/** What all tiles of one chain share. Distances in floats. */
typedef struct davy_chain {
    size_t depth;                      /* products of a sum */
    size_t until;                      /* of them before the first segment ends */
    size_t segment;                    /* products of a whole segment */
    ptrdiff_t a_row, a_column, a_skip; /* a_skip: from the end of a segment to the next */
    ptrdiff_t b_row, b_skip;
    ptrdiff_t c_row;
    ptrdiff_t ahead_row;  /* of the part of B that comes next */
    size_t ahead_each;    /* of its rows are asked for at a time; 0: it does not come */
    ptrdiff_t ahead_tile; /* from one tile's share to the next's */
    bool far; /* what a product reads and writes is not in the first caches: tiles look ahead */
    bool add, final; /* to what C holds; no chain comes after this one */
    const davy_gemm *gemm;
} davy_chain;

/**
 * Where a tile lies. Its last vector may start before the one in front of it ends, so that n need
 * not be a multiple of LANES: `fresh` tells the lanes that nobody computes but it.
 */
typedef struct davy_tile {
    const float *a, *b, *bias; /* bias NULL: none */
    float *c;
    const float *ahead; /* the tile's share of the part of B that comes next */
    ptrdiff_t last;     /* column of the last vector */
    ivec fresh;
} davy_tile;

/** Sums of `rows` by `vectors`; rows at most davy_tile_rows(vectors). */
void ISA(tile)(size_t rows, size_t vectors, const davy_chain *chain, const davy_tile *tile);

/** Floats of a line of the cache, and products between two looks ahead. */
#define LINE ((size_t) 16)

/** Columns of B that are worked on at once. */
#define STRIP_COLUMNS ((size_t) VECTORS_MAX * LANES)

/** Columns rounded up to whole vectors: the width of a strip's copy. */
static inline size_t whole_vectors(size_t columns)
{
    return (columns + LANES - 1) / LANES * LANES;
}

/** Column of vector j of a tile or strip. */
static inline ptrdiff_t column_of(size_t j, size_t vectors, ptrdiff_t last)
{
    return j + 1 < vectors ? (ptrdiff_t) (j * LANES) : last;
}

/** Most rows of a tile this wide. */
static inline size_t tile_rows(size_t vectors)
{
    return vectors <= VECTORS_MAX / 2 ? ROWS_MAX : ROWS_MAX / 2;
}

/** Lanes of a last vector whose first `done` columns belong to the vector in front of it. */
static inline ivec lanes_from(size_t done)
{
    int32_t lanes[LANES];
    ivec mask;

    for (size_t i = 0; i < LANES; i++)
        lanes[i] = i < done ? 0 : -1;
    memcpy(&mask, lanes, sizeof mask);
    return mask;
}

/** Copy `columns` columns of a chain's part of B, at b with the chain's strides, to rows of
 * `width`, a multiple of LANES; what is rounded up is zero. */
void ISA(pack_strip)(const davy_chain *chain, const float *b, size_t columns, size_t width,
                     float *panel);

/** One row of a product whose segments are 1 and whose B has contiguous rows of at least LANES. */
void ISA(gemv)(const davy_gemm *gemm);
