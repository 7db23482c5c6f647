/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op/conv.h"

/**
 * @file
 * Rows of a convolution as products of bf16 numbers with float sums (simd/amx.h).
 *
 * Stage: nn. A kernel whose rows of taps are shorter than a row of a tile is the exception to "no
 * im2col": its taps are gathered pixel by pixel, as a first layer's 3 x 3 x 3 = 27 are.
 */

/** Whether this convolution can: its taps adjoin, and in training it has no stride. */
bool davy_conv_bf16_fits(const davy_conv *conv, bool training);

/** Elements of the packed weights, and of the scratch of `rows` rows of outputs. */
size_t davy_conv_bf16_packed(const davy_conv *conv);
size_t davy_conv_bf16_rows_size(const davy_conv *conv, size_t rows);

/** Weights as davy_conv_bf16_rows() wants them; the memory is zeroed. */
void davy_conv_bf16_pack(const davy_conv *conv, const float *weights, uint16_t *packed);

/**
 * Rows of outputs, an even number where they are pooled.
 *
 * @param scratch  davy_conv_bf16_rows_size()
 */
void davy_conv_bf16_rows(const davy_conv *conv, const davy_band *band, size_t rows,
                         const uint16_t *packed, const davy_conv_place *place, uint16_t *scratch);

/* The way back. */

/** Elements of the packed flipped weights. */
size_t davy_conv_bf16_flipped(const davy_conv *conv);
void davy_conv_bf16_flip(const davy_conv *conv, const float *weights, uint16_t *flipped);

/** Elements of scratch for the gradient of the weights from `rows` rows of outputs. */
size_t davy_conv_bf16_back_size(const davy_conv *conv, size_t rows);
/** As davy_conv_back_weights(); rows of `diff` stand as those of davy_conv_diff_init(). */
void davy_conv_bf16_back_weights(const davy_conv *conv, const davy_band *band, const uint16_t *diff,
                                 size_t rows, float *diff_weights, uint16_t *scratch);

/** What flows to one row of inputs: into floats (added when `add`) or, when `x` is NULL, bf16. */
void davy_conv_bf16_back_row(const davy_conv *conv, const davy_conv_diff *diff,
                             const uint16_t *flipped, size_t row, bool add, float *x,
                             uint16_t *x_bf16);
