/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op/dense.h"

/**
 * @file
 * Dense products of bf16 numbers with float sums (simd/amx.h).
 *
 * Stage: nn, private to nn/op/dense*.c. With at least DAVY_DENSE_FLAT rows a product is tall: work
 * is cut by rows, and the weights are packed once for all of it. Else the weights are the larger
 * operand, and it is cut by them.
 */

/** Rows of a task of a tall product. */
#define DAVY_DENSE_ROWS ((size_t) 64)

static inline bool davy_dense_is_tall(const davy_dense *dense)
{
    return dense->rows >= DAVY_DENSE_FLAT;
}

/** Factors of a sum are paired. */
static inline size_t davy_dense_even(size_t n)
{
    return (n + 1) / 2 * 2;
}

/** Floats that hold so many bf16 numbers, in whole cache lines. */
static inline size_t davy_dense_floats(size_t numbers)
{
    return (numbers + 31) / 32 * 16;
}

/** Settle the memory: dense->worker and the call's scratch. */
void davy_dense_bf16_plan(davy_call *call, davy_dense *dense);
/** What the way back wants of it: floats of a worker, and those that all share. */
void davy_dense_bf16_plan_tall(davy_dense *dense, size_t *shared);
void davy_dense_bf16_plan_flat(davy_dense *dense, size_t *shared);

/** Into y, or rounded into y_bf16 where y is NULL. */
void davy_dense_bf16_forward(const davy_call *call, const davy_dense *dense,
                             davy_activation activation, float *y, uint16_t *y_bf16);

/** All gradients of a tall product. */
void davy_dense_bf16_back_tall(const davy_call *call, const davy_dense *dense);
/** The others: operands that all blocks share, and one block. */
void davy_dense_bf16_prepare(davy_dense_back *back, void *shared);
void davy_dense_bf16_block(const davy_dense_back *back, size_t from, size_t count, float *scratch);

/** Some rows and columns of x. */
typedef struct davy_dense_part {
    size_t row, rows, column, columns;
} davy_dense_part;

/**
 * A part of x in bf16, rows of an even length.
 *
 * @param scratch  rows * even(columns)
 * @param step     becomes the elements from a row to the next
 */
const uint16_t *davy_dense_bf16_x(const davy_call *call, const davy_dense *dense,
                                  const davy_dense_part *part, uint16_t *scratch, size_t *step);
