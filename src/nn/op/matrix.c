/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/matrix.h"

/* A square of one cache line by one cache line is read and written while it is there. */
static void transpose_square(size_t rows, size_t columns, const float *src, size_t src_row,
                             float *dst, size_t dst_row)
{
    for (size_t j = 0; j < columns; j++)
        for (size_t i = 0; i < rows; i++)
            dst[j * dst_row + i] = src[i * src_row + j];
}

void davy_matrix_transpose(size_t rows, size_t columns, const float *src, size_t src_row,
                           float *dst, size_t dst_row)
{
    for (size_t i = 0; i < rows; i += DAVY_LINE)
        for (size_t j = 0; j < columns; j += DAVY_LINE)
            transpose_square(rows - i < DAVY_LINE ? rows - i : DAVY_LINE,
                             columns - j < DAVY_LINE ? columns - j : DAVY_LINE,
                             src + i * src_row + j, src_row, dst + j * dst_row + i, dst_row);
}
