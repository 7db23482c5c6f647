/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/simd/kernels.h"

/**
 * @file
 * Products of bf16 matrices with f32 sums, on the tiles of AMX (x86-64 since Sapphire Rapids).
 *
 * Stage: nn. Six to eight times as fast as f32, with 8 bits of precision in the factors: an option
 * that a model declares. There is no emulation: without AMX a network stays f32. A bf16 number is
 * the upper half of a float, held in a uint16_t; kernels.h converts.
 *
 * Functions work in one thread, allocate nothing, read and write nothing outside of the matrices,
 * and sum an element in the same order whatever m and the row. They take any alignment, but rows of
 * A and panels of B that start at multiples of 64 bytes are read twice as fast.
 */

/** Whether this CPU and kernel have AMX. Asks the kernel for the tiles at the first call. */
bool davy_bf16_available(void);

/** Columns of B that lie side by side; the unit of n. */
#define DAVY_BF16_PANEL ((size_t) 16)

/**
 * C = [C +] sum over s of A(s) B(s) [+ bias], then activation.
 *
 * A(s) is [m, k] at a + s a_segment, its rows a_row apart and contiguous: as in davy_gemm, the
 * pixels of an image's row are rows that overlap.
 *
 * B(s) holds pairs of rows, so that two factors of a sum lie together: element (k, n) is
 *
 *     b[s b_segment + k / 2 * b_pair + n / 16 * b_panel + n % 16 * 2 + k % 2]
 *
 * - panels (davy_bf16_pack): b_pair 32, b_panel segments * k * 16, b_segment k * 16;
 * - pairs of whole rows (davy_bf16_pair): b_pair 2 * width, b_panel 32, the width a multiple of 16.
 *
 * Convolution, all as in davy_gemm: forward, A the image's rows, B the packed weights; gradient of
 * the data, A the padded gradient, B the flipped weights, packed; gradient of the weights, A the
 * image transposed (davy_bf16_transpose) and shifted by the kernel's column, segments its rows, B
 * the gradient in pairs.
 */
typedef struct davy_bf16_gemm {
    size_t m, n, k, segments; /* k is even: an odd matrix is padded with zeros in A and B */
    const uint16_t *a;
    ptrdiff_t a_row, a_segment; /* in elements */
    const uint16_t *b;
    ptrdiff_t b_pair, b_panel, b_segment;
    float *c;         /* or NULL: */
    uint16_t *c_bf16; /* rounded to bf16 */
    ptrdiff_t c_row;
    const float *bias; /* [n] or NULL */
    bool add;          /* to what C holds (bias is added too) */
    davy_activation activation;
    float slope;
    /* Of every `pitch` rows of A only the first `width` are rows of C, which adjoin there: pixels
     * of an image between whose rows padding stands. 0: all are. */
    size_t width, pitch;
    /* A 2x2 max pool: every row of A has a partner below it, a_below elements behind, and a row of
     * C is the greatest of two rows and their partners, then bias and activation, which is
     * monotone. m is even. `winners` (or NULL), [m / 2] rows c_row apart, as davy_kernels.max_pool2
     * has it. */
    bool pool;
    ptrdiff_t a_below;
    uint8_t *winners;
} davy_bf16_gemm;

/**
 * Set up the tiles of this thread, and give them back, around a run of products: a task of a pool
 * does it once. It costs as much as a product of 32 x 32 x 128. Only where davy_bf16_available().
 */
void davy_bf16_begin(void);
void davy_bf16_end(void);

/** Between davy_bf16_begin() and davy_bf16_end(). */
void davy_bf16_multiply(const davy_bf16_gemm *gemm);

/** Elements of a [k, n] matrix in panels: k rounded up to 2, n to 16. */
size_t davy_bf16_packed(size_t k, size_t n);

/** Round [k, n] floats of any strides to panels; what is rounded up is zero. */
void davy_bf16_pack(size_t k, size_t n, const float *src, ptrdiff_t row, ptrdiff_t column,
                    uint16_t *dst);
/**
 * Rows [k, n] to pairs of rows: dst[k / 2 * 2 * width + n * 2 + k % 2], width at least n. The
 * partner of an odd last row is zero; columns between n and width are not written.
 */
void davy_bf16_pair(size_t k, size_t n, const uint16_t *src, ptrdiff_t src_row, size_t width,
                    uint16_t *dst);
/** dst[column * dst_row + row] = src[row * src_row + column] */
void davy_bf16_transpose(size_t rows, size_t columns, const uint16_t *src, ptrdiff_t src_row,
                         uint16_t *dst, ptrdiff_t dst_row);
