/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Taps: which elements of an axis make an element of the resized axis, and with what weight.
 *
 * Stage: nn. Formulas: ONNX Resize-13, and its reference in onnx/backend/test/case/node/resize.py.
 */
#define DAVY_TAPS_MAX 4

typedef struct davy_taps {
    int64_t in, out;
    double scale;   /* out / in, as asked for: out may be rounded down */
    double part[2]; /* of the input, from 0 to 1, that crop looks at */
    int taps;
    int64_t *index; /* [out, taps] -1: outside, the extrapolation value stands there */
    double *weight; /* [out, taps] */
} davy_taps;

typedef struct davy_taps_options {
    /* Where the centre of element i of the result lies in the input. */
    double (*place)(const davy_taps *taps, double i);
    /* Nearest: which neighbour, for a place that is `rest` beyond the lower one. */
    int (*round)(double rest);
    int taps; /* 1 nearest, 2 linear, 4 cubic */
    double cubic_a;
    bool exclude_outside, crop;
} davy_taps_options;

/** Read the attributes of a resize node. */
DAVY_MUST_CHECK davy_status davy_taps_read(const davy_call *call, davy_taps_options *out);
/** Fill index and weight, which have room. */
void davy_taps_fill(davy_taps *taps, const davy_taps_options *options);
