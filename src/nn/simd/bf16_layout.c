/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts of bf16 matrices that tiles read (amx.h): plain loops, which become vectors. */
#include "nn/simd/amx.h"

#include <string.h>

#define PANEL DAVY_BF16_PANEL

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

size_t davy_bf16_packed(size_t k, size_t n)
{
    return round_up(k, 2) * round_up(n, PANEL);
}

/* The bits of a float rounded to bf16, as davy_kernels.to_bf16 does it, in the upper half. */
static inline uint32_t rounded(float x)
{
    uint32_t bits, even;

    memcpy(&bits, &x, sizeof bits);
    even = bits + 0x7fffU + (bits >> 16 & 1U);
    return ((bits & 0x7fffffffU) > 0x7f800000U ? bits | 0x400000U : even) & 0xffff0000U;
}

/* Two rows of a panel: the even one in the lower halves. */
static void pack_pair(const float *even, const float *odd, uint16_t *dst)
{
    uint32_t pairs[PANEL];

    for (size_t j = 0; j < PANEL; j++)
        pairs[j] = rounded(even[j]) >> 16 | rounded(odd[j]);
    memcpy(dst, pairs, sizeof pairs);
}

void davy_bf16_pack(size_t k, size_t n, const float *src, ptrdiff_t row, ptrdiff_t column,
                    uint16_t *dst)
{
    for (size_t j = 0; j < n; j += PANEL) {
        const size_t columns = n - j < PANEL ? n - j : PANEL;
        const bool whole = columns == PANEL && column == 1;
        const float *from = src + (ptrdiff_t) j * column;

        for (size_t i = 0; i < k; i += 2, from += 2 * row, dst += 2 * PANEL) {
            float rows[2][PANEL] = {{0}};

            if (whole && i + 1 < k) {
                pack_pair(from, from + row, dst);
                continue;
            }
            for (size_t c = 0; c < columns; c++) {
                rows[0][c] = from[(ptrdiff_t) c * column];
                rows[1][c] = i + 1 < k ? from[row + (ptrdiff_t) c * column] : 0.0F;
            }
            pack_pair(rows[0], rows[1], dst);
        }
    }
}

void davy_bf16_pair(size_t k, size_t n, const uint16_t *src, ptrdiff_t src_row, size_t width,
                    uint16_t *dst)
{
    for (size_t i = 0; i < k; i += 2, dst += 2 * width) {
        const uint16_t *even = src + (ptrdiff_t) i * src_row, *odd = even + src_row;

        if (i + 1 == k) {
            for (size_t j = 0; j < n; j++) {
                dst[2 * j] = even[j];
                dst[2 * j + 1] = 0;
            }
            return;
        }
        for (size_t j = 0; j < n; j++) {
            const uint32_t both = even[j] | (uint32_t) odd[j] << 16;
            memcpy(dst + 2 * j, &both, sizeof both);
        }
    }
}

/* A square of 8 x 8 is exchanged in three rounds of shuffles. */
#define SQUARE 8
typedef uint16_t davy_line __attribute__((vector_size(2 * SQUARE)));

/* Pairs, then pairs of pairs, then halves of two rows are laid one beside the other. */
#define INTERLEAVE(a, b, low, high)                                         \
    do {                                                                    \
        (low) = __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);    \
        (high) = __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15); \
    } while (0)

static void transpose_square(const uint16_t *src, ptrdiff_t src_row, uint16_t *dst,
                             ptrdiff_t dst_row)
{
    davy_line lines[SQUARE], next[SQUARE];

    for (int i = 0; i < SQUARE; i++)
        memcpy(&lines[i], src + i * src_row, sizeof lines[i]);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < SQUARE / 2; i++)
            INTERLEAVE(lines[i], lines[i + SQUARE / 2], next[2 * i], next[2 * i + 1]);
        memcpy(lines, next, sizeof lines);
    }
    for (int i = 0; i < SQUARE; i++)
        memcpy(dst + i * dst_row, &lines[i], sizeof lines[i]);
}

void davy_bf16_transpose(size_t rows, size_t columns, const uint16_t *src, ptrdiff_t src_row,
                         uint16_t *dst, ptrdiff_t dst_row)
{
    const size_t whole_rows = rows / SQUARE * SQUARE, whole_columns = columns / SQUARE * SQUARE;

    for (size_t r = 0; r < whole_rows; r += SQUARE)
        for (size_t c = 0; c < whole_columns; c += SQUARE)
            transpose_square(src + (ptrdiff_t) r * src_row + c, src_row,
                             dst + (ptrdiff_t) c * dst_row + r, dst_row);
    for (size_t r = 0; r < rows; r++)
        for (size_t c = r < whole_rows ? whole_columns : 0; c < columns; c++)
            dst[(ptrdiff_t) c * dst_row + (ptrdiff_t) r] = src[(ptrdiff_t) r * src_row + c];
}
