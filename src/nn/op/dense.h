/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Dense product: y = activation(x W + b) over the last dimension, and its gradients.
 *
 * Stage: nn. The operator `dense` is this, and so is a convolution whose kernel is one pixel. All
 * functions work on in[0] (x), in[1] (weights [inputs, outputs]), in[2] (bias, may be absent) and
 * out[0] of the call, whatever dimensions stand before the last.
 */
typedef struct davy_dense {
    size_t rows, inputs, outputs;
    davy_activation activation;
    float slope;
    bool bf16;
    const uint16_t *packed; /* bf16: constant weights rearranged; NULL: at each run */
} davy_dense;

/** Choose f32 or bf16, and set saved_size and scratch_size of the call. */
void davy_dense_plan(davy_call *call, davy_dense *dense);
void davy_dense_forward(const davy_call *call, const davy_dense *dense);
void davy_dense_backward(const davy_call *call, const davy_dense *dense);
