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

/* A line: 16 pairs of bf16 numbers, the first of a pair in the lower half of a word. */
typedef uint32_t davy_line __attribute__((vector_size(4 * PANEL)));
typedef uint16_t davy_half __attribute__((vector_size(2 * PANEL)));

static inline davy_line load_floats(const float *src)
{
    davy_line line;

    memcpy(&line, src, sizeof line);
    return line;
}

/* Floats rounded to bf16, as davy_kernels.to_bf16 does it, in the upper halves. */
static inline davy_line rounded(davy_line bits)
{
    const davy_line even = bits + 0x7fffU + (bits >> 16 & 1U);
    const davy_line sick = (davy_line) ((bits & 0x7fffffffU) > 0x7f800000U);

    return ((sick & (bits | 0x400000U)) | (~sick & even)) & 0xffff0000U;
}

/* 32 floats of a row. */
static inline davy_line line_of_row(const float *src)
{
    davy_half halves[2];
    davy_line line;

    halves[0] = __builtin_convertvector(rounded(load_floats(src)) >> 16, davy_half);
    halves[1] = __builtin_convertvector(rounded(load_floats(src + PANEL)) >> 16, davy_half);
    memcpy(&line, halves, sizeof line);
    return line;
}

/* 16 numbers of each of two rows. */
static inline davy_line line_of_pair(const uint16_t *even, const uint16_t *odd)
{
    davy_half low, high;

    memcpy(&low, even, sizeof low);
    memcpy(&high, odd, sizeof high);
    return __builtin_convertvector(low, davy_line) | __builtin_convertvector(high, davy_line) << 16;
}

/* Words of two lines in turn, then pairs of words, each within quarters of a line; then quarters:
 * the even ones of both lines, and the odd ones. */
#define TWIST(a, b, low, high, l0, l1, l2, l3, h0, h1, h2, h3)                               \
    do {                                                                                     \
        (low) = __builtin_shufflevector(a, b, l0, l1, l2, l3, 4 + (l0), 4 + (l1), 4 + (l2),  \
                                        4 + (l3), 8 + (l0), 8 + (l1), 8 + (l2), 8 + (l3),    \
                                        12 + (l0), 12 + (l1), 12 + (l2), 12 + (l3));         \
        (high) = __builtin_shufflevector(a, b, h0, h1, h2, h3, 4 + (h0), 4 + (h1), 4 + (h2), \
                                         4 + (h3), 8 + (h0), 8 + (h1), 8 + (h2), 8 + (h3),   \
                                         12 + (h0), 12 + (h1), 12 + (h2), 12 + (h3));        \
    } while (0)
#define WORDS(a, b, low, high) TWIST(a, b, low, high, 0, 16, 1, 17, 2, 18, 3, 19)
#define PAIRS(a, b, low, high) TWIST(a, b, low, high, 0, 1, 16, 17, 2, 3, 18, 19)
#define QUARTERS(a, b, even, odd)                                                                 \
    do {                                                                                          \
        (even) = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25,  \
                                         26, 27);                                                 \
        (odd) = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, \
                                        30, 31);                                                  \
    } while (0)

/* Exchange rows and columns of a square of words; column i goes to dst + i * step. */
static inline void turn(davy_line x[PANEL], uint16_t *dst, ptrdiff_t step)
{
    davy_line y[PANEL], even[2], odd[2];

    for (size_t i = 0; i < PANEL; i += 2)
        WORDS(x[i], x[i + 1], y[i], y[i + 1]);
    for (size_t i = 0; i < PANEL; i += 4) {
        PAIRS(y[i], y[i + 2], x[i], x[i + 1]);
        PAIRS(y[i + 1], y[i + 3], x[i + 2], x[i + 3]);
    }
    for (size_t i = 0; i < 4; i++) {
        QUARTERS(x[i], x[4 + i], even[0], odd[0]);
        QUARTERS(x[8 + i], x[12 + i], even[1], odd[1]);
        QUARTERS(even[0], even[1], y[i], y[8 + i]);
        QUARTERS(odd[0], odd[1], y[4 + i], y[12 + i]);
    }
    for (size_t i = 0; i < PANEL; i++)
        memcpy(dst + (ptrdiff_t) i * step, &y[i], sizeof y[i]);
}

/* Two rows of a panel: the even one in the lower halves. */
static void pack_pair(const float *even, const float *odd, uint16_t *dst)
{
    const davy_line line = rounded(load_floats(even)) >> 16 | rounded(load_floats(odd));

    memcpy(dst, &line, sizeof line);
}

/* Rows of a panel from the i-th on, wherever they lie. */
static void pack_rows(size_t i, size_t k, size_t columns, const float *src, ptrdiff_t row,
                      ptrdiff_t column, uint16_t *dst)
{
    for (; i < k; i += 2) {
        const float *from = src + (ptrdiff_t) i * row;
        float rows[2][PANEL] = {{0}};

        if (columns == PANEL && column == 1 && i + 1 < k) {
            pack_pair(from, from + row, dst + i * PANEL);
            continue;
        }
        for (size_t c = 0; c < columns; c++) {
            rows[0][c] = from[(ptrdiff_t) c * column];
            rows[1][c] = i + 1 < k ? from[row + (ptrdiff_t) c * column] : 0.0F;
        }
        pack_pair(rows[0], rows[1], dst + i * PANEL);
    }
}

void davy_bf16_pack(size_t k, size_t n, const float *src, ptrdiff_t row, ptrdiff_t column,
                    uint16_t *dst)
{
    for (size_t j = 0; j < n; j += PANEL, dst += round_up(k, 2) * PANEL) {
        const size_t columns = n - j < PANEL ? n - j : PANEL;
        const float *from = src + (ptrdiff_t) j * column;
        size_t i = 0;

        for (; row == 1 && columns == PANEL && i + 2 * PANEL <= k; i += 2 * PANEL) {
            davy_line lines[PANEL]; /* of a matrix that lies transposed */

            for (size_t c = 0; c < PANEL; c++)
                lines[c] = line_of_row(from + i + (ptrdiff_t) c * column);
            turn(lines, dst + i * PANEL, 2 * PANEL);
        }
        pack_rows(i, k, columns, from, row, column, dst);
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

void davy_bf16_transpose(size_t rows, size_t columns, const uint16_t *src, ptrdiff_t src_row,
                         uint16_t *dst, ptrdiff_t dst_row)
{
    const size_t whole_rows = rows / (2 * PANEL) * 2 * PANEL;
    const size_t whole_columns = columns / PANEL * PANEL;

    for (size_t r = 0; r < whole_rows; r += 2 * PANEL)
        for (size_t c = 0; c < whole_columns; c += PANEL) {
            const uint16_t *from = src + (ptrdiff_t) r * src_row + c;
            davy_line lines[PANEL]; /* pairs of rows are exchanged as words */

            for (size_t i = 0; i < PANEL; i++, from += 2 * src_row)
                lines[i] = line_of_pair(from, from + src_row);
            turn(lines, dst + (ptrdiff_t) c * dst_row + r, dst_row);
        }
    for (size_t r = 0; r < rows; r++)
        for (size_t c = r < whole_rows ? whole_columns : 0; c < columns; c++)
            dst[(ptrdiff_t) c * dst_row + (ptrdiff_t) r] = src[(ptrdiff_t) r * src_row + c];
}
