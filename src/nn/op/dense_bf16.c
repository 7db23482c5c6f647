/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/dense_bf16.h"

#include "nn/simd/amx.h"

#include <string.h>

/*
 * Forward. With many rows a task takes some of them and all columns, so that x is rounded once; the
 * weights are packed before, once. With few rows a task takes all of them and some columns, and
 * packs the weights of those columns if nobody has: they are larger than any cache.
 */

/** Inputs whose factors of 64 columns, and of 32 rows, fit the second cache together. */
#define DEPTH ((size_t) 2048)

/** Columns that a task takes, of the outputs or of the weights that it packs. */
#define COLUMNS ((size_t) 64)

typedef struct forward_task {
    const davy_call *call;
    const davy_dense *dense;
    davy_activation activation;
    float *y; /* or NULL: */
    uint16_t *y_bf16;
    size_t rows, columns, across; /* of a task; tasks side by side */
    const uint16_t *packed;
    uint16_t *packing; /* where the weights of all tasks go */
} forward_task;

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t rows_of(const davy_dense *dense)
{
    return davy_dense_is_tall(dense) ? DAVY_DENSE_ROWS : dense->rows;
}

/** Constant weights are packed once for all plans of a network. */
static void keep_packed(davy_call *call, davy_dense *dense)
{
    static const char tag;
    bool fresh;
    uint16_t *packed = davy_call_keep_shared(
        call, 1, &tag, davy_bf16_packed(dense->inputs, dense->outputs) * sizeof *packed, &fresh);

    if (packed && fresh)
        davy_bf16_pack(dense->inputs, dense->outputs, davy_f32(call->in[1]),
                       (ptrdiff_t) dense->outputs, 1, packed);
    dense->packed = packed;
}

void davy_dense_bf16_plan(davy_call *call, davy_dense *dense)
{
    bool tall = davy_dense_is_tall(dense);
    size_t shared = 0;

    keep_packed(call, dense);
    dense->depth =
        davy_dense_type(call) == DAVY_TYPE_BF16 ? dense->inputs : least(dense->inputs, DEPTH);
    dense->worker = davy_dense_floats(rows_of(dense) * davy_dense_even(dense->depth));
    if (!tall)
        dense->worker += davy_dense_floats((dense->depth + 1) * COLUMNS);
    else if (!dense->packed)
        shared = davy_dense_floats(davy_bf16_packed(dense->inputs, dense->outputs));
    if (call->env->training && tall)
        davy_dense_bf16_plan_tall(dense, &shared);
    else if (call->env->training)
        davy_dense_bf16_plan_flat(dense, &shared);
    call->scratch_size = (shared + call->env->threads * dense->worker) * sizeof(float);
}

/** Rows of an odd length are copied with a zero behind them, as floats are. */
static bool reads_x(const davy_call *call, const davy_dense *dense)
{
    return call->in[0]->type == DAVY_TYPE_BF16 && dense->inputs % 2 == 0;
}

const uint16_t *davy_dense_bf16_x(const davy_call *call, const davy_dense *dense,
                                  const davy_dense_part *part, uint16_t *scratch, size_t *step)
{
    const davy_tensor *x = call->in[0];
    size_t at = part->row * dense->inputs + part->column;

    if (reads_x(call, dense)) {
        *step = dense->inputs;
        return (const uint16_t *) x->data + at;
    }
    *step = davy_dense_even(part->columns);
    for (size_t row = 0; row < part->rows; row++, at += dense->inputs) {
        uint16_t *to = scratch + row * *step;

        if (x->type == DAVY_TYPE_F32)
            call->env->kernels->to_bf16(part->columns, davy_f32(x) + at, to);
        else
            memcpy(to, (const uint16_t *) x->data + at, part->columns * sizeof *to);
        if (*step > part->columns)
            to[part->columns] = 0;
    }
    return scratch;
}

/** Weights of inputs k .. k+depth-1 and of the task's columns. */
static void take_weights(const forward_task *task, size_t k, size_t depth, size_t column,
                         uint16_t *scratch, davy_bf16_gemm *gemm)
{
    const davy_dense *dense = task->dense;

    gemm->b = scratch;
    gemm->b_panel = (ptrdiff_t) (gemm->k * DAVY_BF16_PANEL);
    if (task->packed) {
        gemm->b_panel = (ptrdiff_t) (davy_dense_even(dense->inputs) * DAVY_BF16_PANEL);
        gemm->b = task->packed + (ptrdiff_t) (column / DAVY_BF16_PANEL) * gemm->b_panel +
                  k * DAVY_BF16_PANEL;
        return;
    }
    davy_bf16_pack(depth, gemm->n, davy_f32(task->call->in[1]) + k * dense->outputs + column,
                   (ptrdiff_t) dense->outputs, 1, scratch);
}

static void forward_part(void *context, size_t chunk, size_t worker)
{
    const forward_task *task = context;
    const davy_call *call = task->call;
    const davy_dense *dense = task->dense;
    const float *bias = call->in_count > 2 && call->in[2] ? davy_f32(call->in[2]) : NULL;
    size_t row = chunk / task->across * task->rows, column = chunk % task->across * task->columns;
    size_t at = row * dense->outputs + column, step;
    uint16_t *x = (void *) ((float *) call->scratch + worker * dense->worker);
    uint16_t *weights = x + 2 * davy_dense_floats(task->rows * davy_dense_even(dense->depth));
    davy_bf16_gemm gemm = {.m = least(task->rows, dense->rows - row),
                           .n = least(task->columns, dense->outputs - column),
                           .segments = 1,
                           .b_pair = 2 * DAVY_BF16_PANEL,
                           .c = task->y ? task->y + at : NULL,
                           .c_bf16 = task->y_bf16 + (task->y ? 0 : at),
                           .c_row = (ptrdiff_t) dense->outputs,
                           .slope = dense->slope};

    davy_bf16_begin();
    for (size_t k = 0; k < dense->inputs; k += dense->depth) {
        const davy_dense_part part = {row, gemm.m, k, least(dense->inputs - k, dense->depth)};
        bool last = k + part.columns == dense->inputs;

        gemm.k = davy_dense_even(part.columns);
        gemm.a = davy_dense_bf16_x(call, dense, &part, x, &step);
        gemm.a_row = (ptrdiff_t) step;
        take_weights(task, k, part.columns, column, weights, &gemm);
        gemm.add = dense->adds || k > 0;
        gemm.bias = last && bias ? bias + column : NULL;
        gemm.activation = last ? task->activation : DAVY_ACTIVATION_NONE;
        davy_bf16_multiply(&gemm);
    }
    davy_bf16_end();
}

static void pack_part(void *context, size_t chunk, size_t worker)
{
    const forward_task *task = context;
    const davy_dense *dense = task->dense;
    size_t column = chunk * COLUMNS;

    (void) worker;
    davy_bf16_pack(dense->inputs, least(COLUMNS, dense->outputs - column),
                   davy_f32(task->call->in[1]) + column, (ptrdiff_t) dense->outputs, 1,
                   task->packing + column * davy_dense_even(dense->inputs));
}

void davy_dense_bf16_forward(const davy_call *call, const davy_dense *dense,
                             davy_activation activation, float *y, uint16_t *y_bf16)
{
    bool tall = davy_dense_is_tall(dense);
    size_t parts = (dense->outputs + COLUMNS - 1) / COLUMNS;
    forward_task task = {.call = call,
                         .dense = dense,
                         .activation = activation,
                         .y = y,
                         .y_bf16 = y_bf16,
                         .rows = rows_of(dense),
                         .columns = tall ? dense->outputs : COLUMNS,
                         .across = tall ? 1 : parts,
                         .packed = dense->packed};

    if (tall && !task.packed) {
        task.packing = (void *) ((float *) call->scratch + call->env->threads * dense->worker);
        davy_pool_run(call->env->pool, parts, pack_part, &task);
        task.packed = task.packing;
    }
    davy_pool_run(call->env->pool,
                  task.across * ((dense->rows + task.rows - 1) / (task.rows ? task.rows : 1)),
                  forward_part, &task);
}
