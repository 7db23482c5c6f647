/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/dense_bf16.h"
#include "nn/simd/amx.h"

#include <string.h>

/*
 * The way back of a product that is not tall: it goes over the weights once, in blocks of inputs,
 * as with floats. A block of dx is computed lying, W dy'.
 */

/** Floats of a row of the lying block and behind it. */
static size_t lying_size(const davy_dense *dense)
{
    return (DAVY_DENSE_BLOCK * (dense->rows + 1) + 15) / 16 * 16;
}

/** Of a block of weights, rows of an even length. */
static size_t weights_size(const davy_dense *dense)
{
    return davy_dense_floats(DAVY_DENSE_BLOCK *
                             (davy_dense_even(dense->outputs) + DAVY_BF16_PANEL));
}

static size_t x_size(const davy_dense *dense)
{
    return davy_dense_floats(dense->rows * DAVY_DENSE_BLOCK);
}

void davy_dense_bf16_plan_flat(davy_dense *dense, size_t *shared)
{
    size_t values = (dense->rows * dense->outputs + 15) / 16 * 16;
    size_t worker = lying_size(dense) + x_size(dense) + weights_size(dense) +
                    davy_dense_floats(DAVY_DENSE_BLOCK * davy_dense_even(dense->rows));
    size_t back = values + davy_dense_floats(davy_bf16_packed(dense->rows, dense->outputs)) +
                  davy_dense_floats(davy_bf16_packed(dense->outputs, dense->rows));

    dense->worker = worker > dense->worker ? worker : dense->worker;
    *shared = back > *shared ? back : *shared;
}

/** dy in pairs of rows for dW; for dx dy with rows and columns exchanged, in panels. */
void davy_dense_bf16_prepare(davy_dense_back *back, void *shared)
{
    const davy_dense *dense = back->dense;
    uint16_t *pairs = shared;
    uint16_t *operand =
        pairs + 2 * davy_dense_floats(davy_bf16_packed(dense->rows, dense->outputs));

    davy_bf16_pack(dense->rows, dense->outputs, back->diff, (ptrdiff_t) dense->outputs, 1, pairs);
    back->pairs = pairs;
    back->operand = operand;
    davy_bf16_pack(dense->outputs, dense->rows, back->diff, 1, (ptrdiff_t) dense->outputs, operand);
}

/** A block of dx, lying: W dy'. */
static void lying_block(const davy_dense_back *back, size_t from, size_t count, uint16_t *weights,
                        float *lying)
{
    const davy_dense *dense = back->dense;
    const davy_call *call = back->call;
    size_t step = davy_dense_even(dense->outputs);
    davy_bf16_gemm gemm = {.m = count,
                           .n = dense->rows,
                           .k = step,
                           .segments = 1,
                           .a = weights,
                           .a_row = (ptrdiff_t) step,
                           .b = back->operand,
                           .b_pair = 2 * DAVY_BF16_PANEL,
                           .b_panel = (ptrdiff_t) (step * DAVY_BF16_PANEL),
                           .c = lying,
                           .c_row = (ptrdiff_t) dense->rows};

    for (size_t i = 0; i < count; i++) {
        call->env->kernels->to_bf16(dense->outputs,
                                    davy_f32(call->in[1]) + (from + i) * dense->outputs,
                                    weights + i * step);
        if (step > dense->outputs)
            weights[i * step + dense->outputs] = 0;
    }
    davy_bf16_multiply(&gemm);
    davy_dense_store_lying(back, from, count, lying, lying + count * dense->rows);
}

/** A block of rows of dW: x' dy. */
static void weights_block(const davy_dense_back *back, size_t from, size_t count, uint16_t *x,
                          uint16_t *exchanged)
{
    const davy_dense *dense = back->dense;
    const davy_call *call = back->call;
    size_t rows = davy_dense_even(dense->rows), step;
    const davy_dense_part part = {0, dense->rows, from, count};
    const uint16_t *columns = davy_dense_bf16_x(call, dense, &part, x, &step);
    davy_bf16_gemm gemm = {.m = count,
                           .n = dense->outputs,
                           .k = rows,
                           .segments = 1,
                           .a = exchanged,
                           .a_row = (ptrdiff_t) rows,
                           .b = back->pairs,
                           .b_pair = 2 * DAVY_BF16_PANEL,
                           .b_panel = (ptrdiff_t) (rows * DAVY_BF16_PANEL),
                           .c = davy_f32(call->diff_in[1]) + from * dense->outputs,
                           .c_row = (ptrdiff_t) dense->outputs,
                           .add = call->diff_add[1]};

    davy_bf16_transpose(dense->rows, count, columns, (ptrdiff_t) step, exchanged, (ptrdiff_t) rows);
    for (size_t i = 0; rows > dense->rows && i < count; i++)
        exchanged[i * rows + dense->rows] = 0;
    davy_bf16_multiply(&gemm);
}

void davy_dense_bf16_block(const davy_dense_back *back, size_t from, size_t count, float *scratch)
{
    const davy_dense *dense = back->dense;
    float *x = scratch + lying_size(dense), *weights = x + x_size(dense);
    float *exchanged = weights + weights_size(dense);

    davy_bf16_begin();
    if (back->call->diff_in[0])
        lying_block(back, from, count, (void *) weights, scratch);
    if (back->call->diff_in[1])
        weights_block(back, from, count, (void *) x, (void *) exchanged);
    davy_bf16_end();
}
