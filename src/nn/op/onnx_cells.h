/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * The cells of ONNX's RNN, GRU and LSTM with everything the standard lets a model ask for.
 *
 * Stage: nn, private to nn/op/onnx_*.c. One row of a batch at a time, in plain loops: what networks
 * usually ask for is mapped to the operators rnn, gru and lstm, which are fast.
 *
 * Source: ONNX operators RNN, GRU, LSTM, operator set 14.
 */

/** A function of one number with its two settings. */
typedef struct davy_onnx_activation {
    float (*apply)(float x, float alpha, float beta);
    float alpha, beta;
} davy_onnx_activation;

/** Functions of one cell: f, g and h of the standard. */
#define DAVY_ONNX_ACTIVATIONS_MAX 3

/** One direction of one node. */
typedef struct davy_onnx_cell {
    const davy_kernels *kernels;
    size_t channels, units;
    const float *weights, *recurrent; /* [G H, C] and [G H, H] */
    const float *bias;                /* [2 G H], of x then of the state; or NULL */
    const float *peepholes;           /* [3 H] of i o f; or NULL */
    davy_onnx_activation activations[DAVY_ONNX_ACTIVATIONS_MAX];
    float clip; /* of what goes into an activation; infinity: none */
    bool input_forget, linear_before_reset;
} davy_onnx_cell;

/** One step of one row: h and c [H] are the states before, and after. gates: scratch, [5 H]. */
typedef void davy_onnx_step(const davy_onnx_cell *cell, const float *x, float *h, float *c,
                            float *gates);

typedef struct davy_onnx_kind {
    size_t gates;
    bool memory;                                        /* has a state c */
    const char *activations[DAVY_ONNX_ACTIVATIONS_MAX]; /* when a model names none; NULL: fewer */
    davy_onnx_step *step;
} davy_onnx_kind;

extern const davy_onnx_kind davy_onnx_rnn, davy_onnx_gru, davy_onnx_lstm;

/**
 * By its name in any case. Settings that it takes are read from the front of *alphas and *betas,
 * which move on; where none are left, the function's own.
 *
 * @return false when there is no such function
 */
bool davy_onnx_activation_find(const char *name, const float **alphas, size_t *alpha_count,
                               const float **betas, size_t *beta_count, davy_onnx_activation *out);
