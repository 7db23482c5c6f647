/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"
#include "nn/simd/amx.h"
#include "nn/simd/kernels.h"

/**
 * @file
 * Products of matrices by all threads of a pool.
 *
 * Stage: nn. C is cut into parts of rows and columns by its shape alone, and every part is summed
 * in the order of the whole product (davy_gemm.chain). So the bits are those of one call of the
 * kernel, whatever the threads, and those of a row are the same in every batch. Nothing is
 * allocated.
 */

/** @param pool  NULL: the caller alone. A product too small to be shared runs in the caller too. */
void davy_gemm_run(const davy_kernels *kernels, davy_pool *pool, const davy_gemm *gemm);

/**
 * Copy the constant input i, which is B of this product, in the order of the kernel: once for all
 * plans of a network. Then set b to the copy and packed.
 *
 * @return NULL when the input is no constant, when B is in that order already, or without memory:
 *         then B is read where it lies
 */
const float *davy_gemm_keep(davy_call *call, size_t i, const davy_gemm *gemm);

/** davy_gemm_run() in bf16; only where davy_bf16_available(). Not inside davy_bf16_begin(). */
void davy_bf16_run(davy_pool *pool, const davy_bf16_gemm *gemm);
