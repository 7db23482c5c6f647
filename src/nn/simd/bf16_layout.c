/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts of bf16 matrices that tiles read (amx.h). */
#include "nn/simd/amx.h"

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

size_t davy_bf16_packed(size_t k, size_t n)
{
    return round_up(k, 2) * round_up(n, DAVY_BF16_PANEL);
}

/* One panel of at most 16 columns. */
static void pack_panel(size_t k, size_t n, const float *src, ptrdiff_t row, ptrdiff_t column,
                       uint16_t *dst)
{
    const davy_kernels *kernels = davy_kernels_best();
    float pairs[2 * DAVY_BF16_PANEL] = {0};

    for (size_t i = 0; i < k; i += 2, dst += 2 * DAVY_BF16_PANEL) {
        const float *even = src + (ptrdiff_t) i * row;

        for (size_t j = 0; j < n; j++) {
            pairs[2 * j] = even[(ptrdiff_t) j * column];
            pairs[2 * j + 1] = i + 1 < k ? even[row + (ptrdiff_t) j * column] : 0.0F;
        }
        kernels->to_bf16(2 * DAVY_BF16_PANEL, pairs, dst);
    }
}

void davy_bf16_pack(size_t k, size_t n, const float *src, ptrdiff_t row, ptrdiff_t column,
                    uint16_t *dst)
{
    for (size_t j = 0; j < n; j += DAVY_BF16_PANEL) {
        const size_t columns = n - j < DAVY_BF16_PANEL ? n - j : DAVY_BF16_PANEL;

        pack_panel(k, columns, src + (ptrdiff_t) j * column, row, column, dst);
        dst += davy_bf16_packed(k, columns);
    }
}

void davy_bf16_pair(size_t k, size_t n, const uint16_t *src, ptrdiff_t src_row, size_t width,
                    uint16_t *dst)
{
    for (size_t i = 0; i < k; i += 2, dst += 2 * width) {
        const uint16_t *even = src + (ptrdiff_t) i * src_row, *odd = even + src_row;

        for (size_t j = 0; j < n; j++) {
            dst[2 * j] = even[j];
            dst[2 * j + 1] = i + 1 < k ? odd[j] : 0;
        }
    }
}

void davy_bf16_transpose(size_t rows, size_t columns, const uint16_t *src, ptrdiff_t src_row,
                         uint16_t *dst, ptrdiff_t dst_row)
{
    for (size_t c = 0; c < columns; c++)
        for (size_t r = 0; r < rows; r++)
            dst[(ptrdiff_t) c * dst_row + (ptrdiff_t) r] = src[(ptrdiff_t) r * src_row + c];
}
