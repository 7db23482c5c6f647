/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op/walk.h"

/**
 * @file
 * Products of matrices of any number type: what matmul, gemm and einsum share.
 *
 * Stage: nn. Floats go through the vector kernel; doubles and integers are plain loops that add in
 * the order of k. Integers wrap. A batch is cut into rows of results, so the bits do not depend on
 * the number of threads.
 */
typedef struct davy_product {
    davy_type wide; /* of all three: F32, F64, I64, U64, or I32 for quantised numbers */
    int64_t m, n, k;
    const void *a, *b;
    void *c;
    int64_t a_row, a_column; /* in elements; C is [batch, m, n] without gaps */
    int64_t b_row, b_column; /* of F32 the column stride is 1 */
    bool add;                /* to what C holds */
    /* Batch: which matrix of A and of B makes matrix i of C, in elements. */
    davy_walk a_batch, b_batch;
} davy_product;

/** C[i] (+)= A[i] B[i] for the whole batch. */
void davy_product_run(const davy_product *product, const davy_env *env);

/** dst[columns, rows] is src[rows, columns] transposed, of floats. */
void davy_product_transpose(const float *src, int64_t rows, int64_t columns, float *dst);
