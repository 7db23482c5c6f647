/* SPDX-License-Identifier: Apache-2.0 */
/* Rows and columns of a matrix exchanged. */
#include "nn/simd/isa.h"

#include "nn/simd/vector.h"

#define SQUARE 4
typedef float davy_line __attribute__((vector_size(4 * SQUARE)));
typedef float davy_line_stored __attribute__((vector_size(4 * SQUARE), aligned(4), may_alias));

/* Rows of the source taken together: what they fill are whole lines of the cache. */
#define BAND ((size_t) 16)

/* Pairs of lines are interleaved, and then pairs of pairs. */
static inline void transpose_square(const float *src, ptrdiff_t src_row, float *dst,
                                    ptrdiff_t dst_row)
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
        *(davy_line_stored *) (dst + (ptrdiff_t) i * dst_row) = a[i];
}

static void transpose_band(size_t rows, size_t columns, const float *src, ptrdiff_t src_row,
                           float *dst, ptrdiff_t dst_row)
{
    const size_t whole_rows = rows / SQUARE * SQUARE, whole_columns = columns / SQUARE * SQUARE;

    for (size_t j = 0; j < whole_columns; j += SQUARE)
        for (size_t i = 0; i < whole_rows; i += SQUARE)
            transpose_square(src + (ptrdiff_t) i * src_row + j, src_row,
                             dst + (ptrdiff_t) j * dst_row + i, dst_row);
    for (size_t j = 0; j < columns; j++)
        for (size_t i = j < whole_columns ? whole_rows : 0; i < rows; i++)
            dst[(ptrdiff_t) j * dst_row + (ptrdiff_t) i] =
                src[(ptrdiff_t) i * src_row + (ptrdiff_t) j];
}

void ISA(transpose)(size_t rows, size_t columns, const float *src, ptrdiff_t src_row, float *dst,
                    ptrdiff_t dst_row)
{
    for (size_t i = 0; i < rows; i += BAND)
        transpose_band(rows - i < BAND ? rows - i : BAND, columns, src + (ptrdiff_t) i * src_row,
                       src_row, dst + i, dst_row);
}
