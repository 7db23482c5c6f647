/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op/dense.h"

/**
 * @file
 * Dense product in bf16: its factors are rounded and rearranged as AMX wants them, sums are floats.
 *
 * Stage: nn, private to nn/op/dense*.c. Weights that are constants are rearranged once for all
 * plans; x and gradients at each run, a block of rows by each worker.
 */

/** Whether it pays: AMX is allowed, and the product is large enough for tiles. */
bool davy_dense_bf16_fits(const davy_call *call, const davy_dense *dense);

/** Pack constant weights, in prepare(). @return bytes of scratch */
size_t davy_dense_bf16_plan(davy_call *call, davy_dense *dense);

/** dst [rows, outputs] = activation(x W + bias) */
void davy_dense_bf16_forward(const davy_call *call, const davy_dense *dense, float *dst,
                             davy_activation activation, void *scratch);
/** Gradients of x and of the weights, those that are wanted, from that before the activation. */
void davy_dense_bf16_backward(const davy_call *call, const davy_dense *dense, const float *diff,
                              void *scratch);
