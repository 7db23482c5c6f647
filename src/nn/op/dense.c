/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/dense.h"
#include "nn/gemm.h"
#include "nn/op/activation.h"
#include "nn/op/rows.h"

#include <string.h>

void davy_dense_plan(davy_call *call, const davy_dense *dense)
{
    size_t values = dense->rows * dense->outputs * sizeof(float);

    if (!call->env->training)
        return;
    if (davy_activation_keeps_input(dense->activation))
        call->saved_size = values;
    /* The gradient before the activation, and the weights with rows and columns exchanged. */
    call->scratch_size = values + dense->inputs * dense->outputs * sizeof(float);
}

void davy_dense_forward(const davy_call *call, const davy_dense *dense)
{
    float *y = davy_f32(call->out[0]);
    davy_gemm gemm = {.m = dense->rows,
                      .n = dense->outputs,
                      .k = dense->inputs,
                      .segments = 1,
                      .a = davy_f32(call->in[0]),
                      .a_row = (ptrdiff_t) dense->inputs,
                      .a_column = 1,
                      .b = davy_f32(call->in[1]),
                      .b_row = (ptrdiff_t) dense->outputs,
                      .c = call->saved_size ? call->saved : y,
                      .c_row = (ptrdiff_t) dense->outputs,
                      .bias = call->in_count > 2 && call->in[2] ? davy_f32(call->in[2]) : NULL,
                      .activation = call->saved_size ? DAVY_ACTIVATION_NONE : dense->activation,
                      .slope = dense->slope};

    davy_gemm_run(call->env->kernels, call->env->pool, &gemm);
    if (call->saved_size) {
        memcpy(y, call->saved, call->saved_size);
        call->env->kernels->activate(dense->activation, dense->slope, dense->rows * dense->outputs,
                                     y);
    }
}

/** dx [+]= dy W', with W' = the weights exchanged. */
static void back_data(const davy_call *call, const davy_dense *dense, const float *diff,
                      float *exchanged)
{
    const float *weights = davy_f32(call->in[1]);
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

    for (size_t k = 0; k < dense->inputs; k++)
        for (size_t n = 0; n < dense->outputs; n++)
            exchanged[n * dense->inputs + k] = weights[k * dense->outputs + n];
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
    const davy_kernels *kernels = call->env->kernels;
    size_t values = dense->rows * dense->outputs;
    const float *diff = davy_f32(call->diff_out[0]);
    float *scratch = call->scratch;

    if (dense->activation != DAVY_ACTIVATION_NONE) {
        kernels->activate_back(dense->activation, dense->slope, values,
                               call->saved_size ? call->saved : call->out[0]->data, diff, scratch);
        diff = scratch;
    }
    if (call->diff_in[0])
        back_data(call, dense, diff, scratch + values);
    if (call->diff_in[1])
        back_weights(call, dense, diff);
    if (call->in_count > 2 && call->diff_in[2])
        kernels->sum_rows(dense->rows, dense->outputs, diff, call->diff_add[2],
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
