/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Stream: element by element work on whole tensors, in blocks that fit the first cache.
 *
 * Stage: nn. Tensors are floats or bf16; a block function sees floats only.
 */

/** Most elements of a block. */
#define DAVY_STREAM_BLOCK 1024

typedef struct davy_stream {
    const davy_call *call;
    const davy_tensor *a, *b; /* read; b may be NULL */
    davy_tensor *dst;
    bool add; /* to what dst holds */
    /* dst[i] = f(a[i], b[i]) for `count` elements; `from`: the number of the first. */
    void (*block)(const davy_call *call, size_t from, size_t count, const float *a, const float *b,
                  float *dst);
} davy_stream;

void davy_stream_run(const davy_stream *stream);
