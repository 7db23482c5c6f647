/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/dense.h"
#include "nn/gemm.h"
#include "nn/op/activation.h"
#include "nn/op/dense_bf16.h"
#include "nn/op/matrix.h"
#include "nn/op/rows.h"

#include <string.h>

/* Bytes of the gradient before the activation. */
static size_t diff_size(const davy_dense *dense)
{
    return (dense->rows * dense->outputs * sizeof(float) + 63) / 64 * 64;
}

void davy_dense_plan(davy_call *call, davy_dense *dense)
{
    const bool training = call->env->training;

    dense->bf16 = davy_dense_bf16_fits(call, dense);
    if (dense->bf16)
        call->scratch_size = davy_dense_bf16_plan(call, dense);
    else if (training) /* the weights with rows and columns exchanged */
        call->scratch_size = dense->inputs * dense->outputs * sizeof(float);
    if (training && dense->activation != DAVY_ACTIVATION_NONE)
        call->scratch_size += diff_size(dense);
    if (training && davy_activation_keeps_input(dense->activation))
        call->saved_size = dense->rows * dense->outputs * sizeof(float);
}

/* Behind the gradient before the activation. */
static void *products_scratch(const davy_call *call, const davy_dense *dense)
{
    const bool diff = call->env->training && dense->activation != DAVY_ACTIVATION_NONE;

    return (char *) call->scratch + (diff ? diff_size(dense) : 0);
}

static void multiply(const davy_call *call, const davy_dense *dense, float *dst,
                     davy_activation activation)
{
    const davy_gemm gemm = {.m = dense->rows,
                            .n = dense->outputs,
                            .k = dense->inputs,
                            .segments = 1,
                            .a = davy_f32(call->in[0]),
                            .a_row = (ptrdiff_t) dense->inputs,
                            .a_column = 1,
                            .b = davy_f32(call->in[1]),
                            .b_row = (ptrdiff_t) dense->outputs,
                            .c = dst,
                            .c_row = (ptrdiff_t) dense->outputs,
                            .bias =
                                call->in_count > 2 && call->in[2] ? davy_f32(call->in[2]) : NULL,
                            .activation = activation,
                            .slope = dense->slope};

    if (dense->bf16)
        davy_dense_bf16_forward(call, dense, dst, activation, products_scratch(call, dense));
    else
        davy_gemm_run(call->env->kernels, call->env->pool, &gemm);
}

/* Elements that a thread activates at a time: what it reads and writes stays in the first cache. */
#define ACTIVATION_ELEMENTS ((size_t) 4096)

/* dst = f(kept), or dst = diff f'(kept). */
struct activation {
    const davy_call *call;
    const davy_dense *dense;
    const float *kept, *diff;
    float *dst;
};

static void activate_part(void *context, size_t chunk, size_t worker)
{
    const struct activation *work = context;
    const davy_kernels *kernels = work->call->env->kernels;
    const davy_dense *dense = work->dense;
    const size_t from = chunk * ACTIVATION_ELEMENTS, left = dense->rows * dense->outputs - from;
    const size_t count = left < ACTIVATION_ELEMENTS ? left : ACTIVATION_ELEMENTS;

    (void) worker;
    if (work->diff) {
        kernels->activate_back(dense->activation, dense->slope, count, work->kept + from,
                               work->diff + from, work->dst + from);
        return;
    }
    memcpy(work->dst + from, work->kept + from, count * sizeof(float));
    kernels->activate(dense->activation, dense->slope, count, work->dst + from);
}

static void activate_all(const struct activation *work)
{
    const size_t count = work->dense->rows * work->dense->outputs;

    davy_pool_run(work->call->env->pool, (count + ACTIVATION_ELEMENTS - 1) / ACTIVATION_ELEMENTS,
                  activate_part, (void *) work);
}

void davy_dense_forward(const davy_call *call, const davy_dense *dense)
{
    float *y = davy_f32(call->out[0]);

    if (!call->saved_size) {
        multiply(call, dense, y, dense->activation);
        return;
    }
    multiply(call, dense, call->saved, DAVY_ACTIVATION_NONE);
    activate_all(&(struct activation){.call = call, .dense = dense, .kept = call->saved, .dst = y});
}

/** dx [+]= dy W', with W' = the weights exchanged. */
static void back_data(const davy_call *call, const davy_dense *dense, const float *diff,
                      float *exchanged)
{
    davy_gemm gemm = {.m = dense->rows,
                      .n = dense->inputs,
                      .k = dense->outputs,
                      .segments = 1,
                      .a = diff,
                      .a_row = (ptrdiff_t) dense->outputs,
                      .a_column = 1,
                      .b = exchanged,
                      .b_row = (ptrdiff_t) dense->inputs,
                      .c = davy_f32(call->diff_in[0]),
                      .c_row = (ptrdiff_t) dense->inputs,
                      .add = call->diff_add[0]};

    davy_matrix_transpose(dense->inputs, dense->outputs, davy_f32(call->in[1]), dense->outputs,
                          exchanged, dense->inputs);
    davy_gemm_run(call->env->kernels, call->env->pool, &gemm);
}

/** dW [+]= x' dy. */
static void back_weights(const davy_call *call, const davy_dense *dense, const float *diff)
{
    davy_gemm gemm = {.m = dense->inputs,
                      .n = dense->outputs,
                      .k = dense->rows,
                      .segments = 1,
                      .a = davy_f32(call->in[0]),
                      .a_row = 1,
                      .a_column = (ptrdiff_t) dense->inputs,
                      .b = diff,
                      .b_row = (ptrdiff_t) dense->outputs,
                      .c = davy_f32(call->diff_in[1]),
                      .c_row = (ptrdiff_t) dense->outputs,
                      .add = call->diff_add[1]};

    davy_gemm_run(call->env->kernels, call->env->pool, &gemm);
}

void davy_dense_backward(const davy_call *call, const davy_dense *dense)
{
    const float *diff = davy_f32(call->diff_out[0]);
    void *scratch = products_scratch(call, dense);

    if (dense->activation != DAVY_ACTIVATION_NONE) {
        activate_all(
            &(struct activation){.call = call,
                                 .dense = dense,
                                 .kept = call->saved_size ? call->saved : call->out[0]->data,
                                 .diff = diff,
                                 .dst = call->scratch});
        diff = call->scratch;
    }
    if (dense->bf16)
        davy_dense_bf16_backward(call, dense, diff, scratch);
    if (!dense->bf16 && call->diff_in[0])
        back_data(call, dense, diff, scratch);
    if (!dense->bf16 && call->diff_in[1])
        back_weights(call, dense, diff);
    if (call->in_count > 2 && call->diff_in[2])
        call->env->kernels->sum_rows(dense->rows, dense->outputs, diff, call->diff_add[2],
                                     davy_f32(call->diff_in[2]));
}

/* The operator. */

static davy_status prepare(davy_call *call)
{
    davy_dense *dense = call->state;
    const davy_tensor *x = call->in[0], *weights = call->in[1];
    int64_t dims[DAVY_RANK_MAX];
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, -1);

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
    return davy_tensor_shape(call->out[0], DAVY_TYPE_F32, x->rank, dims);
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
    .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1) | DAVY_NEEDS_OUT(0),
    .state_size = sizeof(davy_dense),
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
