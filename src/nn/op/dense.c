/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/gemm.h"
#include "nn/op/activation.h"
#include "nn/op/dense_bf16.h"
#include "nn/op/floats.h"
#include "nn/op/rows.h"

#include <string.h>

/** Columns of the bias' gradient that a task sums: four lines of the cache. */
#define BIAS_COLUMNS ((size_t) 64)

/** Smallest inputs and outputs for bf16: below, tiles are mostly padding. */
#define INPUTS_MIN  ((size_t) 32)
#define OUTPUTS_MIN ((size_t) 16)

/** Fewest rows that a copy of the weights is made for: below, the weights are read as they are. */
#define STRIP_ROWS ((size_t) 4)

/** Elements that a task activates: what it reads and writes stays in the first cache. */
#define ACTIVATION_ELEMENTS ((size_t) 4096)

static size_t at_most(size_t value, size_t limit)
{
    return value < limit ? value : limit;
}

/** Floats up to a whole number of cache lines. */
static size_t aligned(size_t floats)
{
    return (floats + 15) / 16 * 16;
}

static size_t blocks(const davy_dense *dense)
{
    return (dense->inputs + DAVY_DENSE_BLOCK - 1) / DAVY_DENSE_BLOCK;
}

/** A block of dx lies [inputs, rows] when the weights are the larger operand. */
static size_t lying_size(const davy_dense *dense)
{
    return dense->rows < DAVY_DENSE_FLAT ? DAVY_DENSE_BLOCK * (dense->rows + 1) : DAVY_DENSE_BLOCK;
}

/** y = x W, without y. */
static davy_gemm product_of(const davy_call *call, const davy_dense *dense)
{
    return (davy_gemm){.m = dense->rows,
                       .n = dense->outputs,
                       .k = dense->inputs,
                       .segments = 1,
                       .a = davy_f32(call->in[0]),
                       .a_row = (ptrdiff_t) dense->inputs,
                       .a_column = 1,
                       .b = dense->strips ? dense->strips : davy_f32(call->in[1]),
                       .b_row = (ptrdiff_t) dense->outputs,
                       .b_column = 1,
                       .packed = dense->strips != NULL,
                       .c_row = (ptrdiff_t) dense->outputs};
}

static void keep_strips(davy_call *call, davy_dense *dense)
{
    davy_gemm gemm;

    dense->strips = NULL;
    gemm = product_of(call, dense);
    if (dense->rows >= STRIP_ROWS)
        dense->strips = davy_gemm_keep(call, 1, &gemm);
}

void davy_dense_plan(davy_call *call, davy_dense *dense)
{
    size_t values = dense->rows * dense->outputs, shared = 0;
    bool training = call->env->training;

    dense->bf16 = call->in[0]->type == DAVY_TYPE_BF16 || davy_dense_type(call) == DAVY_TYPE_BF16 ||
                  (call->env->bf16 && dense->inputs >= INPUTS_MIN && dense->outputs >= OUTPUTS_MIN);
    if (training && davy_activation_keeps_input(dense->activation))
        call->saved_size = values * sizeof(float);
    if (dense->bf16) {
        davy_dense_bf16_plan(call, dense);
        return;
    }
    keep_strips(call, dense);
    if (training) { /* the gradient before the activation, and once more as an operand */
        shared = 2 * aligned(values);
        dense->worker = aligned(lying_size(dense));
    }
    call->scratch_size = (shared + call->env->threads * dense->worker) * sizeof(float);
}

davy_type davy_dense_type(const davy_call *call)
{
    return call->env->training ? DAVY_TYPE_F32 : davy_floats_type(call);
}

/* Forward. */

static void forward_floats(const davy_call *call, const davy_dense *dense,
                           davy_activation activation, float *y)
{
    davy_gemm gemm = product_of(call, dense);

    gemm.c = y;
    gemm.bias = call->in_count > 2 && call->in[2] ? davy_f32(call->in[2]) : NULL;
    gemm.add = dense->adds;
    gemm.activation = activation;
    gemm.slope = dense->slope;
    davy_gemm_run(call->env->kernels, call->env->pool, &gemm);
}

/** dst = f(kept), or dst = diff f'(kept). */
typedef struct activation_task {
    const davy_call *call;
    const davy_dense *dense;
    const float *kept, *diff; /* diff NULL: forward */
    float *dst;
} activation_task;

static void activate_part(void *context, size_t chunk, size_t worker)
{
    const activation_task *task = context;
    const davy_kernels *kernels = task->call->env->kernels;
    const davy_dense *dense = task->dense;
    size_t from = chunk * ACTIVATION_ELEMENTS;
    size_t count = at_most(dense->rows * dense->outputs - from, ACTIVATION_ELEMENTS);

    (void) worker;
    if (task->diff) {
        kernels->activate_back(dense->activation, dense->slope, count, task->kept + from,
                               task->diff + from, task->dst + from);
        return;
    }
    memcpy(task->dst + from, task->kept + from, count * sizeof(float));
    kernels->activate(dense->activation, dense->slope, count, task->dst + from);
}

static void activate_all(activation_task task)
{
    size_t count = task.dense->rows * task.dense->outputs;

    davy_pool_run(task.call->env->pool, (count + ACTIVATION_ELEMENTS - 1) / ACTIVATION_ELEMENTS,
                  activate_part, &task);
}

void davy_dense_forward(const davy_call *call, const davy_dense *dense)
{
    const davy_tensor *out = call->out[0];
    float *before = call->saved_size ? call->saved : NULL;
    davy_activation activation = before ? DAVY_ACTIVATION_NONE : dense->activation;
    float *y = before ? before : out->type == DAVY_TYPE_F32 ? davy_f32(out) : NULL;

    if (dense->bf16)
        davy_dense_bf16_forward(call, dense, activation, y, out->data);
    else
        forward_floats(call, dense, activation, y);
    if (before)
        activate_all(
            (activation_task){.call = call, .dense = dense, .kept = before, .dst = davy_f32(out)});
}

/* Backward. */

void davy_dense_store_lying(const davy_dense_back *back, size_t from, size_t count,
                            const float *lying, float *row)
{
    const davy_dense *dense = back->dense;
    const davy_kernels *kernels = back->call->env->kernels;
    const davy_tensor *to = back->call->diff_in[0];

    if (to->type == DAVY_TYPE_F32 && !back->call->diff_add[0]) {
        kernels->transpose(count, dense->rows, lying, (ptrdiff_t) dense->rows, davy_f32(to) + from,
                           (ptrdiff_t) dense->inputs);
        return;
    }
    for (size_t r = 0; r < dense->rows; r++) {
        size_t at = r * dense->inputs + from;
        float *place = davy_floats_place(to, at, row);

        if (back->call->diff_add[0])
            (void) davy_floats_read(kernels, to, at, count, row);
        for (size_t i = 0; i < count; i++)
            place[i] = lying[i * dense->rows + r] + (back->call->diff_add[0] ? place[i] : 0.0F);
        davy_floats_store(kernels, to, at, count, row);
    }
}

/** dx = dy W'. */
static davy_gemm data_product(const davy_dense_back *back)
{
    const davy_call *call = back->call;
    const davy_dense *dense = back->dense;

    return (davy_gemm){.m = dense->rows,
                       .n = dense->inputs,
                       .k = dense->outputs,
                       .segments = 1,
                       .a = back->diff,
                       .a_row = (ptrdiff_t) dense->outputs,
                       .a_column = 1,
                       .b = davy_f32(call->in[1]),
                       .b_row = 1,
                       .b_column = (ptrdiff_t) dense->outputs,
                       .c = davy_f32(call->diff_in[0]),
                       .c_row = (ptrdiff_t) dense->inputs,
                       .add = call->diff_add[0]};
}

/** Columns from .. from+count-1 of dx as W dy', with dy' in `operand`, and turned. */
static void block_data(const davy_dense_back *back, size_t from, size_t count, float *lying)
{
    const davy_dense *dense = back->dense;
    const davy_gemm gemm = {.m = count,
                            .n = dense->rows,
                            .k = dense->outputs,
                            .segments = 1,
                            .a = davy_f32(back->call->in[1]) + from * dense->outputs,
                            .a_row = (ptrdiff_t) dense->outputs,
                            .a_column = 1,
                            .b = back->operand,
                            .b_row = (ptrdiff_t) dense->rows,
                            .c = lying,
                            .c_row = (ptrdiff_t) dense->rows};

    back->call->env->kernels->gemm(&gemm);
    davy_dense_store_lying(back, from, count, lying, lying + count * dense->rows);
}

/** Rows from .. from+count-1 of dW = x' dy. */
static davy_gemm weights_product(const davy_dense_back *back, size_t from, size_t count)
{
    const davy_call *call = back->call;
    const davy_dense *dense = back->dense;

    return (davy_gemm){.m = count,
                       .n = dense->outputs,
                       .k = dense->rows,
                       .segments = 1,
                       .a = davy_f32(call->in[0]) + from,
                       .a_row = 1,
                       .a_column = (ptrdiff_t) dense->inputs,
                       .b = back->diff,
                       .b_row = (ptrdiff_t) dense->outputs,
                       .c = davy_f32(call->diff_in[1]) + from * dense->outputs,
                       .c_row = (ptrdiff_t) dense->outputs,
                       .add = call->diff_add[1]};
}

/** Many rows: two products, each shared by the threads. */
static void back_tall(const davy_dense_back *back)
{
    const davy_call *call = back->call;

    if (call->diff_in[0]) {
        const davy_gemm gemm = data_product(back);

        davy_gemm_run(call->env->kernels, call->env->pool, &gemm);
    }
    if (call->diff_in[1]) {
        const davy_gemm gemm = weights_product(back, 0, back->dense->inputs);

        davy_gemm_run(call->env->kernels, call->env->pool, &gemm);
    }
}

static void back_block(void *context, size_t chunk, size_t worker)
{
    const davy_dense_back *back = context;
    const davy_dense *dense = back->dense;
    const davy_call *call = back->call;
    size_t from = chunk * DAVY_DENSE_BLOCK;
    size_t count = at_most(dense->inputs - from, DAVY_DENSE_BLOCK);
    float *scratch = (float *) call->scratch + worker * dense->worker;

    if (dense->bf16) {
        davy_dense_bf16_block(back, from, count, scratch);
        return;
    }
    if (call->diff_in[0])
        block_data(back, from, count, scratch);
    if (call->diff_in[1]) {
        const davy_gemm gemm = weights_product(back, from, count);

        call->env->kernels->gemm(&gemm);
    }
}

/** Some columns of the bias: the sum of the rows of dy. */
static void back_bias(void *context, size_t chunk, size_t worker)
{
    const davy_dense_back *back = context;
    const davy_call *call = back->call;
    const size_t outputs = back->dense->outputs, from = chunk * BIAS_COLUMNS;

    (void) worker;
    call->env->kernels->sum_rows(back->dense->rows, at_most(outputs - from, BIAS_COLUMNS),
                                 back->diff + from, outputs, call->diff_add[2],
                                 davy_f32(call->diff_in[2]) + from);
}

/** The gradient before the activation, and the operands made of it. */
static davy_dense_back begin_back(const davy_call *call, const davy_dense *dense)
{
    size_t values = dense->rows * dense->outputs;
    float *shared = (float *) call->scratch + call->env->threads * dense->worker;
    float *operand = shared + aligned(values);
    davy_dense_back back = {
        .call = call, .dense = dense, .diff = davy_f32(call->diff_out[0]), .operand = operand};

    if (dense->activation != DAVY_ACTIVATION_NONE) {
        activate_all((activation_task){.call = call,
                                       .dense = dense,
                                       .kept = call->saved_size ? call->saved : call->out[0]->data,
                                       .diff = back.diff,
                                       .dst = shared});
        back.diff = shared;
    }
    if (dense->bf16)
        davy_dense_bf16_prepare(&back, operand);
    else if (call->diff_in[0] && dense->rows < DAVY_DENSE_FLAT)
        call->env->kernels->transpose(dense->rows, dense->outputs, back.diff,
                                      (ptrdiff_t) dense->outputs, operand, (ptrdiff_t) dense->rows);
    return back;
}

void davy_dense_backward(const davy_call *call, const davy_dense *dense)
{
    davy_dense_back back;

    if (dense->bf16 && davy_dense_is_tall(dense)) {
        davy_dense_bf16_back_tall(call, dense);
        return;
    }
    back = begin_back(call, dense);
    if (!dense->bf16 && dense->rows >= DAVY_DENSE_FLAT)
        back_tall(&back);
    else if (dense->rows > 0 && (call->diff_in[0] || call->diff_in[1]))
        davy_pool_run(call->env->pool, blocks(dense), back_block, &back);
    if (call->in_count > 2 && call->diff_in[2])
        davy_pool_run(call->env->pool, (dense->outputs + BIAS_COLUMNS - 1) / BIAS_COLUMNS,
                      back_bias, &back);
}

/* The operator. */

static davy_status prepare(davy_call *call)
{
    davy_dense *dense = call->state;
    const davy_tensor *x = call->in[0], *weights = call->in[1];
    int64_t dims[DAVY_RANK_MAX];
    davy_status status = davy_floats_expect(call, 0, -1);

    if (status == DAVY_OK)
        status = davy_call_expect(call, 1, DAVY_TYPE_F32, 2);
    if (status == DAVY_OK)
        status = davy_activation_read(call, &dense->activation, &dense->slope);
    if (status != DAVY_OK)
        return status;
    if (x->rank < 1 || x->dims[x->rank - 1] != weights->dims[0])
        return davy_call_fail(call, DAVY_ERR_INVALID, "weights for %lld inputs do not fit",
                              (long long) weights->dims[0]);
    if (call->in_count > 2 && call->in[2] &&
        (call->in[2]->rank != 1 || call->in[2]->dims[0] != weights->dims[1]))
        return davy_call_fail(call, DAVY_ERR_INVALID, "the bias does not fit %lld outputs",
                              (long long) weights->dims[1]);
    dense->inputs = (size_t) weights->dims[0];
    dense->outputs = (size_t) weights->dims[1];
    dense->rows = (size_t) davy_tensor_span(x, 0, x->rank - 1);
    davy_dense_plan(call, dense);
    memcpy(dims, x->dims, sizeof dims);
    dims[x->rank - 1] = weights->dims[1];
    return davy_tensor_shape(call->out[0], davy_dense_type(call), x->rank, dims);
}

static davy_status forward(const davy_call *call)
{
    davy_dense_forward(call, call->state);
    return DAVY_OK;
}

static void backward(const davy_call *call)
{
    davy_dense_backward(call, call->state);
}

const davy_op davy_op_dense = {
    .name = "dense",
    .in_min = 2,
    .in_max = 3,
    .out_max = 1,
    .flags = DAVY_OP_BF16,
    .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1) | DAVY_NEEDS_OUT(0),
    .state_size = sizeof(davy_dense),
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
