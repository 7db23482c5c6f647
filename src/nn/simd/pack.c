/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of parts of B, for tiles to read row by row. */
#include "nn/simd/tile.h"

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

/* Of any strides. */
static void gather(size_t rows, size_t columns, const float *src, ptrdiff_t row, ptrdiff_t column,
                   float *dst, size_t dst_row)
{
    for (size_t k = 0; k < rows; k++)
        for (size_t j = 0; j < columns; j++)
            dst[k * dst_row + j] = src[(ptrdiff_t) k * row + (ptrdiff_t) j * column];
}

void ISA(pack_strip)(const davy_chain *chain, const float *b, size_t columns, size_t width,
                     float *panel)
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
            ISA(transpose)(columns, run, b, column, panel, (ptrdiff_t) width);
        else
            gather(run, columns, b, row, column, panel, width);
        panel += run * width;
        b += (ptrdiff_t) run * row + chain->b_skip;
    }
}
