/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/dense_bf16.h"

#include "nn/gemm.h"

/* Rows that a worker rounds at a time; even, as rows go in pairs. */
#define BLOCK_ROWS ((size_t) 64)

/* Smallest inputs and outputs: below, tiles are mostly padding. */
#define INPUTS_MIN  ((size_t) 32)
#define OUTPUTS_MIN ((size_t) 16)

/* A row of A is a multiple of this: it starts on a cache line, and has whole tiles. */
#define DEPTH ((size_t) 32)

static size_t round_up(size_t count, size_t unit)
{
    return (count + unit - 1) / unit * unit;
}

/* Where things lie in scratch, in elements of 2 bytes. */
struct layout {
    size_t x_row, diff_row, turned_row; /* from one row to the next: inputs, outputs, rows */
    size_t x, turned, diff, pairs;      /* behind packed weights; forward: x; back: the others */
    size_t local;                       /* a block of x for each worker */
    size_t size;
};

static struct layout lay_out(const davy_call *call, const davy_dense *dense)
{
    struct layout at = {.x_row = round_up(dense->inputs, DEPTH),
                        .diff_row = round_up(dense->outputs, DEPTH),
                        .turned_row = round_up(dense->rows, DEPTH)};
    const size_t forward = davy_bf16_packed(dense->inputs, dense->outputs);
    const size_t back = davy_bf16_packed(dense->outputs, dense->inputs);

    at.x = round_up(forward > back ? forward : back, DEPTH);
    at.size = at.x + dense->rows * at.x_row;
    if (!call->env->training)
        return at;
    at.turned = at.x;
    at.diff = at.turned + dense->inputs * at.turned_row;
    at.pairs = at.diff + dense->rows * at.diff_row;
    at.local = at.pairs + round_up(dense->rows, 2) * at.diff_row;
    /* The way forward fits in there: x_row < inputs + DEPTH and diff_row >= DEPTH. */
    at.size = at.local + call->env->threads * BLOCK_ROWS * at.x_row;
    return at;
}

bool davy_dense_bf16_fits(const davy_call *call, const davy_dense *dense)
{
    return call->env->bf16 && dense->inputs >= INPUTS_MIN && dense->outputs >= OUTPUTS_MIN;
}

static void pack_weights(const davy_call *call, const davy_dense *dense, uint16_t *packed)
{
    davy_bf16_pack(dense->inputs, dense->outputs, davy_f32(call->in[1]), (ptrdiff_t) dense->outputs,
                   1, packed);
}

size_t davy_dense_bf16_plan(davy_call *call, davy_dense *dense)
{
    static const char tag;
    const size_t packed = davy_bf16_packed(dense->inputs, dense->outputs);
    bool fresh = false;
    uint16_t *shared = davy_call_keep_shared(call, 1, &tag, packed * sizeof *shared, &fresh);

    if (fresh)
        pack_weights(call, dense, shared);
    dense->packed = shared;
    return lay_out(call, dense).size * sizeof(uint16_t);
}

/* ------------------------------------------------------------------------------------ rounding */

/* A block of rows of a matrix of floats, and where it goes. */
struct rounding {
    const davy_call *call;
    const davy_dense *dense;
    const float *diff; /* way back; NULL: way forward */
    struct layout at;
    uint16_t *base; /* of the scratch */
};

/* Rows of `columns`, closed by zeros to `dst_row`. */
static void round_rows(const davy_kernels *kernels, size_t rows, size_t columns, const float *src,
                       size_t dst_row, uint16_t *dst)
{
    if (columns == dst_row) {
        kernels->to_bf16(rows * columns, src, dst);
        return;
    }
    for (size_t r = 0; r < rows; r++) {
        kernels->to_bf16(columns, src + r * columns, dst + r * dst_row);
        for (size_t c = columns; c < dst_row; c++)
            dst[r * dst_row + c] = 0;
    }
}

static void round_x(const struct rounding *work, size_t row, size_t rows, uint16_t *dst)
{
    round_rows(work->call->env->kernels, rows, work->dense->inputs,
               davy_f32(work->call->in[0]) + row * work->dense->inputs, work->at.x_row, dst);
}

/* x turned, and the gradient as it lies and in pairs. */
static void round_back(const struct rounding *work, size_t row, size_t rows, size_t worker)
{
    const davy_dense *dense = work->dense;
    const struct layout *at = &work->at;
    uint16_t *diff = work->base + at->diff + row * at->diff_row;
    uint16_t *local = work->base + at->local + worker * BLOCK_ROWS * at->x_row;
    uint16_t *turned = work->base + at->turned + row;

    round_rows(work->call->env->kernels, rows, dense->outputs, work->diff + row * dense->outputs,
               at->diff_row, diff);
    if (!work->call->diff_in[1])
        return;
    davy_bf16_pair(rows, at->diff_row, diff, (ptrdiff_t) at->diff_row, at->diff_row,
                   work->base + at->pairs + row * at->diff_row);
    round_x(work, row, rows, local);
    davy_bf16_transpose(rows, dense->inputs, local, (ptrdiff_t) at->x_row, turned,
                        (ptrdiff_t) at->turned_row);
    if (row + rows == dense->rows && dense->rows % 2 != 0)
        for (size_t c = 0; c < dense->inputs; c++) /* the partner of the last row */
            turned[c * at->turned_row + rows] = 0;
}

static void round_block(void *context, size_t chunk, size_t worker)
{
    const struct rounding *work = context;
    const size_t row = chunk * BLOCK_ROWS, left = work->dense->rows - row;
    const size_t rows = left < BLOCK_ROWS ? left : BLOCK_ROWS;

    if (work->diff)
        round_back(work, row, rows, worker);
    else
        round_x(work, row, rows, work->base + work->at.x + row * work->at.x_row);
}

static struct rounding round_all(const davy_call *call, const davy_dense *dense, const float *diff,
                                 void *scratch)
{
    struct rounding work = {
        .call = call, .dense = dense, .diff = diff, .at = lay_out(call, dense), .base = scratch};

    davy_pool_run(call->env->pool, (dense->rows + BLOCK_ROWS - 1) / BLOCK_ROWS, round_block, &work);
    return work;
}

/* ------------------------------------------------------------------------------------ products */

void davy_dense_bf16_forward(const davy_call *call, const davy_dense *dense, float *dst,
                             davy_activation activation, void *scratch)
{
    const struct rounding work = round_all(call, dense, NULL, scratch);
    davy_bf16_gemm gemm = {.m = dense->rows,
                           .n = dense->outputs,
                           .k = round_up(dense->inputs, 2),
                           .segments = 1,
                           .a = work.base + work.at.x,
                           .a_row = (ptrdiff_t) work.at.x_row,
                           .b = dense->packed,
                           .b_pair = 32,
                           .c = dst,
                           .c_row = (ptrdiff_t) dense->outputs,
                           .activation = activation,
                           .slope = dense->slope};

    gemm.b_panel = (ptrdiff_t) (gemm.k * DAVY_BF16_PANEL);
    if (call->in_count > 2 && call->in[2])
        gemm.bias = davy_f32(call->in[2]);
    if (!dense->packed) {
        pack_weights(call, dense, work.base);
        gemm.b = work.base;
    }
    davy_bf16_run(call->env->pool, &gemm);
}

/* dx [+]= diff W' */
static void back_data(const struct rounding *work)
{
    const davy_call *call = work->call;
    const davy_dense *dense = work->dense;
    davy_bf16_gemm gemm = {.m = dense->rows,
                           .n = dense->inputs,
                           .k = round_up(dense->outputs, 2),
                           .segments = 1,
                           .a = work->base + work->at.diff,
                           .a_row = (ptrdiff_t) work->at.diff_row,
                           .b = work->base,
                           .b_pair = 32,
                           .c = davy_f32(call->diff_in[0]),
                           .c_row = (ptrdiff_t) dense->inputs,
                           .add = call->diff_add[0]};

    gemm.b_panel = (ptrdiff_t) (gemm.k * DAVY_BF16_PANEL);
    davy_bf16_pack(dense->outputs, dense->inputs, davy_f32(call->in[1]), 1,
                   (ptrdiff_t) dense->outputs, work->base);
    davy_bf16_run(call->env->pool, &gemm);
}

/* dW [+]= x' diff */
static void back_weights(const struct rounding *work)
{
    const davy_call *call = work->call;
    const davy_dense *dense = work->dense;
    const davy_bf16_gemm gemm = {.m = dense->inputs,
                                 .n = dense->outputs,
                                 .k = round_up(dense->rows, 2),
                                 .segments = 1,
                                 .a = work->base + work->at.turned,
                                 .a_row = (ptrdiff_t) work->at.turned_row,
                                 .b = work->base + work->at.pairs,
                                 .b_pair = (ptrdiff_t) (2 * work->at.diff_row),
                                 .b_panel = 32,
                                 .c = davy_f32(call->diff_in[1]),
                                 .c_row = (ptrdiff_t) dense->outputs,
                                 .add = call->diff_add[1]};

    davy_bf16_run(call->env->pool, &gemm);
}

void davy_dense_bf16_backward(const davy_call *call, const davy_dense *dense, const float *diff,
                              void *scratch)
{
    const struct rounding work = round_all(call, dense, diff, scratch);

    if (call->diff_in[0])
        back_data(&work);
    if (call->diff_in[1])
        back_weights(&work);
}
