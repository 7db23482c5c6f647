/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/dense_bf16.h"
#include "nn/op/floats.h"
#include "nn/simd/amx.h"

#include <string.h>

/*
 * The way back of a tall product. First by rows: a task carries its rows of dy through the
 * activation, rounds them once, and multiplies dx = dy W' while they are in the cache; on the way
 * it writes what the other product wants, dy in pairs of rows and x with rows and columns
 * exchanged. Then by inputs: dW = x' dy.
 */

/** Inputs of a task, of W' that is packed or of dW. */
#define INPUTS ((size_t) 64)

typedef struct tall_back {
    const davy_call *call;
    const davy_dense *dense;
    uint16_t *weights; /* W' in panels */
    uint16_t *pairs;   /* dy in pairs of rows, in panels */
    uint16_t *turned;  /* [inputs][turned_step] */
    size_t turned_step;
    float *sums; /* [row parts][outputs] of dy */
} tall_back;

/** Scratch of a worker, for some rows. */
typedef struct tall_rows {
    size_t from, count;
    float *diff;      /* [count][outputs] before the activation */
    uint16_t *halves; /* the same in bf16, rows of an even length */
    uint16_t *x;
    float *row; /* [inputs] */
} tall_rows;

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t row_parts(const davy_dense *dense)
{
    return (dense->rows + DAVY_DENSE_ROWS - 1) / DAVY_DENSE_ROWS;
}

static size_t input_parts(const davy_dense *dense)
{
    return (dense->inputs + INPUTS - 1) / INPUTS;
}

/** Rows of x' begin at odd numbers of lines: powers of two would share a part of the cache. */
static size_t turned_step(const davy_dense *dense)
{
    return ((dense->rows + 63) / 64 * 2 + 1) * 32;
}

static size_t in_lines(size_t floats)
{
    return (floats + 15) / 16 * 16;
}

void davy_dense_bf16_plan_tall(davy_dense *dense, size_t *shared)
{
    size_t rows = DAVY_DENSE_ROWS, outputs = davy_dense_even(dense->outputs);
    size_t worker = in_lines(rows * dense->outputs) + davy_dense_floats(rows * outputs) +
                    davy_dense_floats(rows * davy_dense_even(dense->inputs)) +
                    in_lines(dense->inputs);
    size_t back = davy_dense_floats(davy_bf16_packed(dense->outputs, dense->inputs)) +
                  davy_dense_floats(davy_bf16_packed(dense->rows, dense->outputs)) +
                  davy_dense_floats(dense->inputs * turned_step(dense)) +
                  in_lines(row_parts(dense) * dense->outputs);

    dense->worker = worker > dense->worker ? worker : dense->worker;
    *shared = back > *shared ? back : *shared;
}

static tall_back begin(const davy_call *call, const davy_dense *dense)
{
    float *shared = (float *) call->scratch + call->env->threads * dense->worker;
    float *pairs = shared + davy_dense_floats(davy_bf16_packed(dense->outputs, dense->inputs));
    float *turned = pairs + davy_dense_floats(davy_bf16_packed(dense->rows, dense->outputs));

    return (tall_back){.call = call,
                       .dense = dense,
                       .weights = (void *) shared,
                       .pairs = (void *) pairs,
                       .turned = (void *) turned,
                       .turned_step = turned_step(dense),
                       .sums = turned + davy_dense_floats(dense->inputs * turned_step(dense))};
}

static void pack_weights(void *context, size_t chunk, size_t worker)
{
    const tall_back *back = context;
    const davy_dense *dense = back->dense;
    size_t from = chunk * INPUTS;

    (void) worker;
    davy_bf16_pack(dense->outputs, least(INPUTS, dense->inputs - from),
                   davy_f32(back->call->in[1]) + from * dense->outputs, 1,
                   (ptrdiff_t) dense->outputs,
                   back->weights + from * davy_dense_even(dense->outputs));
}

/** What arrived for some rows, before the activation, and in bf16. */
static void take_diff(const tall_back *back, tall_rows *rows)
{
    const davy_call *call = back->call;
    const davy_dense *dense = back->dense;
    const davy_kernels *kernels = call->env->kernels;
    const float *kept = call->saved_size ? call->saved : call->out[0]->data;
    size_t at = rows->from * dense->outputs, step = davy_dense_even(dense->outputs);
    const float *diff = davy_f32(call->diff_out[0]) + at;

    if (dense->activation != DAVY_ACTIVATION_NONE) {
        kernels->activate_back(dense->activation, dense->slope, rows->count * dense->outputs,
                               kept + at, diff, rows->diff);
        diff = rows->diff;
    }
    kernels->sum_rows(rows->count, dense->outputs, diff, dense->outputs, false,
                      back->sums + rows->from / DAVY_DENSE_ROWS * dense->outputs);
    for (size_t r = 0; r < rows->count; r++) {
        kernels->to_bf16(dense->outputs, diff + r * dense->outputs, rows->halves + r * step);
        if (step > dense->outputs)
            rows->halves[r * step + dense->outputs] = 0;
    }
}

/** The operands of dW that come from some rows. */
static void keep_operands(const tall_back *back, const tall_rows *rows)
{
    const davy_dense *dense = back->dense;
    const davy_dense_part part = {rows->from, rows->count, 0, dense->inputs};
    size_t outputs = davy_dense_even(dense->outputs), even = davy_dense_even(dense->rows), step;
    const uint16_t *x = davy_dense_bf16_x(back->call, dense, &part, rows->x, &step);

    for (size_t j = 0; j < dense->outputs; j += DAVY_BF16_PANEL)
        davy_bf16_pair(rows->count, least(DAVY_BF16_PANEL, dense->outputs - j), rows->halves + j,
                       (ptrdiff_t) outputs, DAVY_BF16_PANEL,
                       back->pairs + j * even + rows->from * DAVY_BF16_PANEL);
    davy_bf16_transpose(rows->count, dense->inputs, x, (ptrdiff_t) step, back->turned + rows->from,
                        (ptrdiff_t) back->turned_step);
    for (size_t i = 0; rows->count % 2 && i < dense->inputs; i++)
        back->turned[i * back->turned_step + rows->from + rows->count] = 0;
}

/** Some rows of dx. */
static void give_x(const tall_back *back, const tall_rows *rows)
{
    const davy_call *call = back->call;
    const davy_dense *dense = back->dense;
    const davy_tensor *to = call->diff_in[0];
    size_t at = rows->from * dense->inputs, step = davy_dense_even(dense->outputs);
    bool rounds = to->type == DAVY_TYPE_BF16 && !call->diff_add[0];
    davy_bf16_gemm gemm = {.m = rows->count,
                           .n = dense->inputs,
                           .k = step,
                           .segments = 1,
                           .a = rows->halves,
                           .a_row = (ptrdiff_t) step,
                           .b = back->weights,
                           .b_pair = 2 * DAVY_BF16_PANEL,
                           .b_panel = (ptrdiff_t) (step * DAVY_BF16_PANEL),
                           .c_row = (ptrdiff_t) dense->inputs,
                           .add = call->diff_add[0]};

    if (to->type == DAVY_TYPE_F32 || rounds) {
        gemm.c = rounds ? NULL : davy_f32(to) + at;
        gemm.c_bf16 = rounds ? (uint16_t *) to->data + at : NULL;
        davy_bf16_multiply(&gemm);
        return;
    }
    gemm.m = 1; /* sums of rounded numbers: a row at a time */
    gemm.c = rows->row;
    for (size_t r = 0; r < rows->count; r++, at += dense->inputs, gemm.a += step) {
        (void) davy_floats_read(call->env->kernels, to, at, dense->inputs, rows->row);
        davy_bf16_multiply(&gemm);
        davy_floats_store(call->env->kernels, to, at, dense->inputs, rows->row);
    }
}

static void back_rows(void *context, size_t chunk, size_t worker)
{
    const tall_back *back = context;
    const davy_dense *dense = back->dense;
    size_t from = chunk * DAVY_DENSE_ROWS;
    float *scratch = (float *) back->call->scratch + worker * dense->worker;
    tall_rows rows = {.from = from, .count = least(DAVY_DENSE_ROWS, dense->rows - from)};

    rows.diff = scratch;
    scratch += in_lines(DAVY_DENSE_ROWS * dense->outputs);
    rows.halves = (void *) scratch;
    scratch += davy_dense_floats(DAVY_DENSE_ROWS * davy_dense_even(dense->outputs));
    rows.row = scratch;
    rows.x = (void *) (scratch + in_lines(dense->inputs));
    take_diff(back, &rows);
    if (back->call->diff_in[1])
        keep_operands(back, &rows);
    if (!back->call->diff_in[0])
        return;
    davy_bf16_begin();
    give_x(back, &rows);
    davy_bf16_end();
}

/** Some rows of dW. */
static void back_inputs(void *context, size_t chunk, size_t worker)
{
    const tall_back *back = context;
    const davy_dense *dense = back->dense;
    size_t from = chunk * INPUTS, rows = davy_dense_even(dense->rows);

    (void) worker;
    davy_bf16_begin();
    davy_bf16_multiply(
        &(davy_bf16_gemm){.m = least(INPUTS, dense->inputs - from),
                          .n = dense->outputs,
                          .k = rows,
                          .segments = 1,
                          .a = back->turned + from * back->turned_step,
                          .a_row = (ptrdiff_t) back->turned_step,
                          .b = back->pairs,
                          .b_pair = 2 * DAVY_BF16_PANEL,
                          .b_panel = (ptrdiff_t) (rows * DAVY_BF16_PANEL),
                          .c = davy_f32(back->call->diff_in[1]) + from * dense->outputs,
                          .c_row = (ptrdiff_t) dense->outputs,
                          .add = back->call->diff_add[1]});
    davy_bf16_end();
}

void davy_dense_bf16_back_tall(const davy_call *call, const davy_dense *dense)
{
    tall_back back = begin(call, dense);
    davy_pool *pool = call->env->pool;

    if (call->diff_in[0])
        davy_pool_run(pool, input_parts(dense), pack_weights, &back);
    davy_pool_run(pool, row_parts(dense), back_rows, &back);
    if (call->diff_in[1])
        davy_pool_run(pool, input_parts(dense), back_inputs, &back);
    if (call->in_count > 2 && call->diff_in[2])
        call->env->kernels->sum_rows(row_parts(dense), dense->outputs, back.sums, dense->outputs,
                                     call->diff_add[2], davy_f32(call->diff_in[2]));
}
