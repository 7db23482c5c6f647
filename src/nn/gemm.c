/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/gemm.h"

#define PART_COLUMNS ((size_t) 64)      /* at least */
#define PART_WORK    ((size_t) 1 << 18) /* products at least: some microseconds */
#define PARTS        ((size_t) 32)      /* enough for threads to share evenly */

/* C in parts: the last of a column is lower, the last of a row is wider. */
typedef struct davy_cut {
    size_t m, n;
    size_t rows, columns; /* of a part */
    size_t down, across;  /* parts */
} davy_cut;

static void count_parts(davy_cut *cut)
{
    cut->down = (cut->m + cut->rows - 1) / cut->rows;
    cut->across = cut->n / cut->columns;
}

/*
 * From blocks of `block` rows, halve the columns while there are too few parts, and then the rows,
 * to whole tiles of `tile` rows.
 */
static davy_cut cut_product(size_t m, size_t n, size_t depth, size_t block, size_t tile)
{
    davy_cut cut = {.m = m, .n = n, .rows = m < block ? m : block, .columns = n};

    for (;;) {
        const size_t half = cut.rows * cut.columns / 2 * depth;

        count_parts(&cut);
        if (cut.down * cut.across >= PARTS || half < PART_WORK)
            return cut;
        if (cut.columns >= 2 * PART_COLUMNS)
            cut.columns = cut.columns / 2 / PART_COLUMNS * PART_COLUMNS;
        else if (cut.rows >= 2 * tile)
            cut.rows = cut.rows / 2 / tile * tile;
        else
            return cut;
    }
}

/* Where a part lies. */
typedef struct davy_part {
    size_t row, column, m, n;
} davy_part;

static davy_part part_of(const davy_cut *cut, size_t number)
{
    const size_t down = number / cut->across, across = number % cut->across;
    davy_part part = {.row = down * cut->rows, .column = across * cut->columns};

    part.m = cut->m - part.row < cut->rows ? cut->m - part.row : cut->rows;
    part.n = across + 1 == cut->across ? cut->n - part.column : cut->columns;
    return part;
}

typedef struct davy_gemm_parts {
    const davy_kernels *kernels;
    davy_gemm gemm;
    davy_cut cut;
} davy_gemm_parts;

static void run_part(void *context, size_t chunk, size_t worker)
{
    const davy_gemm_parts *parts = context;
    const davy_part part = part_of(&parts->cut, chunk);
    const ptrdiff_t column = (ptrdiff_t) part.column;
    davy_gemm g = parts->gemm;

    (void) worker;
    g.m = part.m;
    g.n = part.n;
    g.a += (ptrdiff_t) part.row * g.a_row;
    g.b += column * (g.packed ? (ptrdiff_t) (g.segments * g.k) : g.b_column ? g.b_column : 1);
    g.c += (ptrdiff_t) part.row * g.c_row + column;
    g.bias = g.bias ? g.bias + column : NULL;
    parts->kernels->gemm(&g);
}

void davy_gemm_run(const davy_kernels *kernels, davy_pool *pool, const davy_gemm *gemm)
{
    const size_t depth = gemm->segments * gemm->k;
    davy_gemm_parts parts = {.kernels = kernels, .gemm = *gemm};

    if (gemm->m == 0 || gemm->n == 0)
        return;
    if (davy_pool_threads(pool) == 1) {
        kernels->gemm(gemm); /* one row reads the whole of B's rows, and so memory in its order */
        return;
    }
    if (parts.gemm.chain == 0)
        parts.gemm.chain = davy_gemm_chain(gemm->n, depth);
    parts.cut = cut_product(gemm->m, gemm->n, depth, 240, 12);
    davy_pool_run(pool, parts.cut.down * parts.cut.across, run_part, &parts);
}

const float *davy_gemm_keep(davy_call *call, size_t i, const davy_gemm *gemm)
{
    static const char tag;
    const davy_kernels *kernels = call->env->kernels;
    const size_t depth = gemm->segments * gemm->k;
    float *packed;
    bool fresh;

    if (gemm->n <= kernels->strip && gemm->n % kernels->lanes == 0)
        return NULL;
    packed = davy_call_keep_shared(
        call, i, &tag, davy_gemm_packed(kernels->lanes, gemm->n, depth) * sizeof *packed, &fresh);
    if (packed && fresh)
        kernels->pack(gemm, packed);
    return packed;
}

typedef struct davy_bf16_parts {
    davy_bf16_gemm gemm;
    davy_cut cut;
} davy_bf16_parts;

static void run_bf16_part(void *context, size_t chunk, size_t worker)
{
    const davy_bf16_parts *parts = context;
    const davy_part part = part_of(&parts->cut, chunk);
    const ptrdiff_t column = (ptrdiff_t) part.column;
    davy_bf16_gemm g = parts->gemm;
    const ptrdiff_t at = (ptrdiff_t) part.row * g.c_row + column;

    (void) worker;
    g.m = part.m;
    g.n = part.n;
    g.a += (ptrdiff_t) part.row * g.a_row;
    g.b += (ptrdiff_t) (part.column / DAVY_BF16_PANEL) * g.b_panel;
    g.c = g.c ? g.c + at : NULL;
    g.c_bf16 = g.c_bf16 ? g.c_bf16 + at : NULL;
    g.bias = g.bias ? g.bias + column : NULL;
    davy_bf16_begin();
    davy_bf16_multiply(&g);
    davy_bf16_end();
}

void davy_bf16_run(davy_pool *pool, const davy_bf16_gemm *gemm)
{
    davy_bf16_parts parts = {.gemm = *gemm};

    if (gemm->m == 0 || gemm->n == 0)
        return;
    parts.cut =
        cut_product(gemm->m, gemm->n, gemm->segments * gemm->k / 4, 256, 32); /* 4: faster */
    davy_pool_run(pool, parts.cut.down * parts.cut.across, run_bf16_part, &parts);
}
