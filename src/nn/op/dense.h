/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Dense product: y = activation(x W + b) over the last dimension, and its gradients.
 *
 * Stage: nn. The operator `dense` is this, and so is a convolution whose kernel is one pixel. All
 * functions work on in[0] (x, floats or bf16), in[1] (weights [inputs, outputs]), in[2] (bias, may
 * be absent) and out[0] of the call, whatever dimensions stand before the last.
 *
 * Weights may be larger than any cache (a flattened image), so the way back goes over them once, in
 * blocks of inputs: a block gives its columns of dx and its rows of dW.
 */
typedef struct davy_dense {
    size_t rows, inputs, outputs;
    davy_activation activation;
    float slope;
    bool adds;              /* to what y holds */
    bool bf16;              /* products of bf16 numbers */
    const uint16_t *packed; /* weights for them, when they are constant; or NULL */
    const float *strips;    /* constant weights in the order of the kernel (gemm.h); or NULL */
    size_t depth;           /* inputs that they sum at once: all, where y cannot hold sums */
    size_t worker;          /* floats of scratch memory of one worker */
} davy_dense;

/** Inputs of one block. */
#define DAVY_DENSE_BLOCK ((size_t) 512)

/** With fewer rows the weights are the larger operand: a block of dx is then computed lying. */
#define DAVY_DENSE_FLAT ((size_t) 64)

/** Set saved_size and scratch_size of the call, and what else is settled before a run. */
void davy_dense_plan(davy_call *call, davy_dense *dense);
/** Type of y: floats in training, for their gradients are; bf16 where the plan offers it. */
davy_type davy_dense_type(const davy_call *call);
void davy_dense_forward(const davy_call *call, const davy_dense *dense);
void davy_dense_backward(const davy_call *call, const davy_dense *dense);

/** What the blocks of a way back share. */
typedef struct davy_dense_back {
    const davy_call *call;
    const davy_dense *dense;
    const float *diff;     /* [rows, outputs] before the activation */
    const void *operand;   /* of dx: diff as the products want it */
    const uint16_t *pairs; /* of dW: diff in pairs of rows; bf16 alone */
} davy_dense_back;

/**
 * Put a block of dx in its place, or add it there: columns from .. from+count-1 of the tensor.
 *
 * @param lying  [count][rows]
 * @param row    scratch of `count` floats
 */
void davy_dense_store_lying(const davy_dense_back *back, size_t from, size_t count,
                            const float *lying, float *row);
