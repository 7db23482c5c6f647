/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of parts of B, for tiles to read row by row. */
#include "nn/simd/tile.h"

#define SQUARE 4
typedef float davy_line __attribute__((vector_size(4 * SQUARE)));
typedef float davy_line_stored __attribute__((vector_size(4 * SQUARE), aligned(4), may_alias));

/* Rows and columns of a square exchanged: pairs of lines are interleaved, and then pairs of pairs.
 */
static inline void transpose_square(const float *src, ptrdiff_t src_row, float *dst, size_t dst_row)
{
    davy_line a[SQUARE] UNSET, b[SQUARE] UNSET;

    foreach (i, SQUARE)
        a[i] = *(const davy_line_stored *) (src + (ptrdiff_t) i * src_row);
    foreach (i, SQUARE / 2) {
        b[2 * i] = __builtin_shufflevector(a[i], a[i + 2], 0, 4, 1, 5);
        b[2 * i + 1] = __builtin_shufflevector(a[i], a[i + 2], 2, 6, 3, 7);
    }
    foreach (i, SQUARE / 2) {
        a[2 * i] = __builtin_shufflevector(b[i], b[i + 2], 0, 4, 1, 5);
        a[2 * i + 1] = __builtin_shufflevector(b[i], b[i + 2], 2, 6, 3, 7);
    }
    foreach (i, SQUARE)
        *(davy_line_stored *) (dst + i * dst_row) = a[i];
}

static void copy_rows(size_t rows, size_t columns, const float *src, ptrdiff_t src_row, float *dst,
                      size_t dst_row)
{
    for (size_t k = 0; k < rows; k++, src += src_row, dst += dst_row) {
        size_t j = 0;

        for (; j + LANES <= columns; j += LANES)
            vec_store(dst + j, vec_load(src + j));
        if (j < columns)
            memcpy(dst + j, src + j, (columns - j) * sizeof *dst);
    }
}

/* dst[k][j] = src[j][k], whose rows are contiguous. */
static void transpose(size_t rows, size_t columns, const float *src, ptrdiff_t src_row, float *dst,
                      size_t dst_row)
{
    const size_t whole_rows = rows / SQUARE * SQUARE, whole_columns = columns / SQUARE * SQUARE;

    for (size_t j = 0; j < whole_columns; j += SQUARE)
        for (size_t k = 0; k < whole_rows; k += SQUARE)
            transpose_square(src + (ptrdiff_t) j * src_row + k, src_row, dst + k * dst_row + j,
                             dst_row);
    for (size_t k = 0; k < rows; k++)
        for (size_t j = k < whole_rows ? whole_columns : 0; j < columns; j++)
            dst[k * dst_row + j] = src[(ptrdiff_t) j * src_row + (ptrdiff_t) k];
}

/* Of any strides. */
static void gather(size_t rows, size_t columns, const float *src, ptrdiff_t row, ptrdiff_t column,
                   float *dst, size_t dst_row)
{
    for (size_t k = 0; k < rows; k++)
        for (size_t j = 0; j < columns; j++)
            dst[k * dst_row + j] = src[(ptrdiff_t) k * row + (ptrdiff_t) j * column];
}

void ISA(pack)(const davy_chain *chain, const float *b, size_t columns, size_t width, float *panel)
{
    const ptrdiff_t row = chain->b_row, column = chain->gemm->b_column;
    size_t run = chain->until;

    if (columns < width)
        memset(panel, 0, chain->depth * width * sizeof *panel);
    for (size_t left = chain->depth; left > 0; left -= run, run = chain->segment) {
        if (run > left)
            run = left;
        if (column == 1)
            copy_rows(run, columns, b, row, panel, width);
        else if (row == 1)
            transpose(run, columns, b, column, panel, width);
        else
            gather(run, columns, b, row, column, panel, width);
        panel += run * width;
        b += (ptrdiff_t) run * row + chain->b_skip;
    }
}
