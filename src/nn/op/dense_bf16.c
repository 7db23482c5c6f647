/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/dense.h"
#include "nn/op/floats.h"
#include "nn/simd/amx.h"

#include <string.h>

/** Inputs whose factors of 64 columns, and of 32 rows, fit the second cache together. */
#define DEPTH ((size_t) 2048)

/** Columns that one task of the forward pass takes at most. */
#define COLUMNS ((size_t) 64)

static size_t even(size_t n)
{
    return (n + 1) / 2 * 2;
}

static size_t at_most(size_t value, size_t limit)
{
    return value < limit ? value : limit;
}

/** Floats that hold so many bf16 numbers, in whole cache lines. */
static size_t floats_of(size_t numbers)
{
    return (numbers + 31) / 32 * 16;
}

/** Rows of an odd length are copied with a zero behind them, as floats are. */
static bool reads_x(const davy_call *call, const davy_dense *dense)
{
    return call->in[0]->type == DAVY_TYPE_BF16 && dense->inputs % 2 == 0;
}

static size_t x_block(const davy_dense *dense, size_t depth)
{
    return floats_of(dense->rows * even(at_most(dense->inputs, depth)));
}

size_t davy_dense_bf16_worker(const davy_dense *dense, bool training)
{
    size_t forward = x_block(dense, DEPTH) + floats_of(DEPTH * COLUMNS);
    size_t block = DAVY_DENSE_BLOCK, outputs = even(dense->outputs), rows = even(dense->rows);
    size_t weights = floats_of(block * (outputs + DAVY_BF16_PANEL));
    size_t back =
        x_block(dense, block) + weights + floats_of(block * rows) + 2 * block; /* a row of floats */

    return training && back > forward ? back : forward;
}

size_t davy_dense_bf16_packed(const davy_dense *dense)
{
    return davy_bf16_packed(dense->inputs, dense->outputs);
}

void davy_dense_bf16_pack(const davy_dense *dense, const float *weights, uint16_t *packed)
{
    davy_bf16_pack(dense->inputs, dense->outputs, weights, (ptrdiff_t) dense->outputs, 1, packed);
}

/** Columns from .. from+count-1 of x as rows of an even length. @return the first; sets the step */
static const uint16_t *x_columns(const davy_call *call, const davy_dense *dense, size_t from,
                                 size_t count, uint16_t *scratch, size_t *step)
{
    const davy_kernels *kernels = call->env->kernels;
    const davy_tensor *x = call->in[0];

    if (reads_x(call, dense)) {
        *step = dense->inputs;
        return (const uint16_t *) x->data + from;
    }
    *step = even(count);
    for (size_t row = 0; row < dense->rows; row++) {
        uint16_t *to = scratch + row * *step;

        if (x->type == DAVY_TYPE_F32)
            kernels->to_bf16(count, davy_f32(x) + row * dense->inputs + from, to);
        else
            memcpy(to, (const uint16_t *) x->data + row * dense->inputs + from, count * sizeof *to);
        if (*step > count)
            to[count] = 0;
    }
    return scratch;
}

void davy_dense_bf16_columns(const davy_call *call, const davy_dense *dense, size_t from, size_t to,
                             davy_activation activation, float *y, void *scratch)
{
    const float *bias = call->in_count > 2 && call->in[2] ? davy_f32(call->in[2]) : NULL;
    uint16_t *x = scratch, *block = (uint16_t *) ((float *) scratch + x_block(dense, DEPTH));
    davy_bf16_gemm gemm = {.m = dense->rows,
                           .n = to - from,
                           .segments = 1,
                           .b_pair = 2 * DAVY_BF16_PANEL,
                           .c = y + from,
                           .c_row = (ptrdiff_t) dense->outputs,
                           .slope = dense->slope};

    davy_bf16_begin();
    for (size_t k = 0; k < dense->inputs; k += DEPTH) {
        size_t depth = at_most(dense->inputs - k, DEPTH), step;
        bool last = k + depth == dense->inputs;

        gemm.a = x_columns(call, dense, k, depth, x, &step);
        gemm.a_row = (ptrdiff_t) step;
        gemm.k = even(depth);
        if (dense->packed) {
            gemm.b_panel = (ptrdiff_t) (even(dense->inputs) * DAVY_BF16_PANEL);
            gemm.b = dense->packed + (ptrdiff_t) (from / DAVY_BF16_PANEL) * gemm.b_panel +
                     k * DAVY_BF16_PANEL;
        } else {
            davy_bf16_pack(depth, to - from, davy_f32(call->in[1]) + k * dense->outputs + from,
                           (ptrdiff_t) dense->outputs, 1, block);
            gemm.b_panel = (ptrdiff_t) (gemm.k * DAVY_BF16_PANEL);
            gemm.b = block;
        }
        gemm.add = k > 0;
        gemm.bias = last && bias ? bias + from : NULL;
        gemm.activation = last ? activation : DAVY_ACTIVATION_NONE;
        davy_bf16_multiply(&gemm);
    }
    davy_bf16_end();
}

/* The way back. */

size_t davy_dense_bf16_shared(const davy_dense *dense)
{
    size_t outputs = (dense->outputs + DAVY_BF16_PANEL) / DAVY_BF16_PANEL * DAVY_BF16_PANEL;
    size_t rows = (dense->rows + DAVY_BF16_PANEL) / DAVY_BF16_PANEL * DAVY_BF16_PANEL;

    return 2 * floats_of(rows * outputs);
}

/**
 * dy in pairs of rows for dW. For dx: dy itself, rows of an even length; or, when it is computed
 * lying, dy with rows and columns exchanged, in panels.
 */
void davy_dense_bf16_prepare(davy_dense_back *back, void *shared)
{
    const davy_dense *dense = back->dense;
    uint16_t *pairs = shared;
    uint16_t *operand = pairs + davy_bf16_packed(dense->rows, dense->outputs);
    size_t step = even(dense->outputs);

    davy_bf16_pack(dense->rows, dense->outputs, back->diff, (ptrdiff_t) dense->outputs, 1, pairs);
    back->pairs = pairs;
    back->operand = operand;
    if (dense->rows < DAVY_DENSE_FLAT) {
        davy_bf16_pack(dense->outputs, dense->rows, back->diff, 1, (ptrdiff_t) dense->outputs,
                       operand);
        return;
    }
    for (size_t row = 0; row < dense->rows; row++) {
        back->call->env->kernels->to_bf16(dense->outputs, back->diff + row * dense->outputs,
                                          operand + row * step);
        if (step > dense->outputs)
            operand[row * step + dense->outputs] = 0;
    }
}

/** A block of dx, lying: W dy'. */
static void lying_block(const davy_dense_back *back, size_t from, size_t count, uint16_t *weights,
                        float *lying)
{
    const davy_dense *dense = back->dense;
    const davy_call *call = back->call;
    size_t step = even(dense->outputs);
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

/** A block of columns of dx: dy W'. */
static void standing_block(const davy_dense_back *back, size_t from, size_t count,
                           uint16_t *weights, float *row)
{
    const davy_dense *dense = back->dense;
    const davy_call *call = back->call;
    const davy_tensor *to = call->diff_in[0];
    size_t step = even(dense->outputs);
    bool rounds = to->type == DAVY_TYPE_BF16 && !call->diff_add[0];
    davy_bf16_gemm gemm = {.m = dense->rows,
                           .n = count,
                           .k = step,
                           .segments = 1,
                           .a = back->operand,
                           .a_row = (ptrdiff_t) step,
                           .b = weights,
                           .b_pair = 2 * DAVY_BF16_PANEL,
                           .b_panel = (ptrdiff_t) (step * DAVY_BF16_PANEL),
                           .c_row = (ptrdiff_t) dense->inputs,
                           .add = call->diff_add[0]};

    davy_bf16_pack(dense->outputs, count, davy_f32(call->in[1]) + from * dense->outputs, 1,
                   (ptrdiff_t) dense->outputs, weights);
    if (to->type == DAVY_TYPE_F32 || rounds) {
        gemm.c = rounds ? NULL : davy_f32(to) + from;
        gemm.c_bf16 = rounds ? (uint16_t *) to->data + from : NULL;
        davy_bf16_multiply(&gemm);
        return;
    }
    gemm.m = 1; /* sums of rounded numbers: a row at a time */
    gemm.c = row;
    for (size_t r = 0; r < dense->rows; r++) {
        size_t at = r * dense->inputs + from;

        (void) davy_floats_read(call->env->kernels, to, at, count, row);
        davy_bf16_multiply(&gemm);
        davy_floats_store(call->env->kernels, to, at, count, row);
        gemm.a += step;
    }
}

/** A block of rows of dW: x' dy. */
static void weights_block(const davy_dense_back *back, size_t from, size_t count, uint16_t *x,
                          uint16_t *exchanged)
{
    const davy_dense *dense = back->dense;
    const davy_call *call = back->call;
    size_t rows = even(dense->rows), step;
    const uint16_t *columns = x_columns(call, dense, from, count, x, &step);
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

void davy_dense_bf16_block(const davy_dense_back *back, size_t from, size_t count, void *scratch)
{
    const davy_dense *dense = back->dense;
    size_t outputs = even(dense->outputs) + DAVY_BF16_PANEL;
    float *lying = scratch;
    size_t lies =
        dense->rows < DAVY_DENSE_FLAT ? DAVY_DENSE_BLOCK * (dense->rows + 1) : DAVY_DENSE_BLOCK;
    float *x = lying + (lies + 15) / 16 * 16;
    float *weights = x + x_block(dense, DAVY_DENSE_BLOCK);
    float *exchanged = weights + floats_of(DAVY_DENSE_BLOCK * outputs);

    davy_bf16_begin();
    if (back->call->diff_in[0] && dense->rows < DAVY_DENSE_FLAT)
        lying_block(back, from, count, (uint16_t *) weights, lying);
    else if (back->call->diff_in[0])
        standing_block(back, from, count, (uint16_t *) weights, lying);
    if (back->call->diff_in[1])
        weights_block(back, from, count, (uint16_t *) x, (uint16_t *) exchanged);
    davy_bf16_end();
}
