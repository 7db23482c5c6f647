/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op/conv.h"

/**
 * @file
 * Convolution by 3x3 kernels of floats in tiles of 2x2 outputs: Winograd's F(2x2, 3x3).
 *
 * Stage: nn. 16 products of matrices [tiles, channels] [channels, outputs] give what 36 would
 * (simd/winograd.c has the formula and its source). The gradient of the data is such a convolution
 * with flipped weights, and that of the weights the same formula read backwards, so all three
 * passes gain: the reference CNN infers 1.5 times as fast and trains 1.4 times. The larger kin
 * F(4x4, 3x3) would take fewer products still and lose digits; this one stays within 2e-6 of the
 * greatest number of the convolution by rows (tests/nn/test_conv.c).
 *
 * One number that is not finite makes all four outputs of its tiles so, and not those alone that
 * it belongs to.
 */

/** Whether this convolution is worth it. */
bool davy_winograd_fits(const davy_conv *conv);

/** Rows of outputs that are worth working on at once, an even number. */
size_t davy_winograd_band(const davy_conv *conv);

/** Floats of transformed weights: [16, channels, outputs]. */
size_t davy_winograd_weights(const davy_conv *conv);

/** Weights as the products want them. */
void davy_winograd_transform(const davy_conv *conv, const davy_kernels *kernels,
                             const float *weights, float *transformed);
/** Those of the way back from davy_conv_flip()'s: [16, outputs, channels]. */
void davy_winograd_transform_back(const davy_conv *conv, const davy_kernels *kernels,
                                  const float *flipped, float *transformed);
/** Add to the gradient of the weights what that of the transformed weights says. */
void davy_winograd_restore(const davy_conv *conv, const davy_kernels *kernels,
                           const float *transformed, float *diff_weights);

/** Rows of an image; what stands around them is zero. */
typedef struct davy_image_rows {
    const float *data;  /* first pixel of row `from` */
    ptrdiff_t from, to; /* rows that are there */
    size_t width, channels;
    size_t pitch; /* floats from a row to the next */
} davy_image_rows;

/** All rows of one image of the input. */
davy_image_rows davy_winograd_image(const davy_conv *conv, const davy_tensor *x, size_t image);

/** What the products leave of some tiles, before davy_winograd_rows() makes outputs of it. */
typedef struct davy_winograd_sums {
    const float *data; /* [16][plane] sums [tiles, channels] */
    size_t plane, channels;
    size_t width;  /* pixels of a row of outputs */
    float *corner; /* scratch: one tile of outputs */
} davy_winograd_sums;

/** Floats of scratch that `rows` rows of outputs want; training: also those of the way back. */
size_t davy_winograd_scratch(const davy_conv *conv, size_t rows, bool training);

/** Products for output rows `row` .. row+rows-1. */
davy_winograd_sums davy_winograd_multiply(const davy_conv *conv, const davy_kernels *kernels,
                                          const davy_image_rows *x, size_t row, size_t rows,
                                          const float *transformed, float *scratch);
/** The same for rows of the input: what flows back to them from the gradient of the outputs. */
davy_winograd_sums davy_winograd_multiply_back(const davy_conv *conv, const davy_kernels *kernels,
                                               const davy_image_rows *diff, size_t row, size_t rows,
                                               const float *transformed, float *scratch);

/** Two rows of outputs, or only one: those of tile row `down`. */
void davy_winograd_rows(const davy_kernels *kernels, const davy_winograd_sums *sums, size_t down,
                        size_t rows, const float *bias, bool relu, float *y);

/** Add to the gradient of the transformed weights what output rows `row` .. row+rows-1 say. */
void davy_winograd_back_weights(const davy_conv *conv, const davy_kernels *kernels,
                                const davy_image_rows *x, const davy_image_rows *diff, size_t row,
                                size_t rows, float *diff_transformed, float *scratch);
