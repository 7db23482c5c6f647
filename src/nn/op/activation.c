/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/floats.h"
#include "nn/op/rows.h"
#include "nn/op/stream.h"

#include <string.h>

static const char *const names[] = {
    [DAVY_ACTIVATION_NONE] = "none",   [DAVY_ACTIVATION_RELU] = "relu",
    [DAVY_ACTIVATION_LEAKY] = "leaky", [DAVY_ACTIVATION_GELU] = "gelu",
    [DAVY_ACTIVATION_SILU] = "silu",   [DAVY_ACTIVATION_SIGMOID] = "sigmoid",
    [DAVY_ACTIVATION_TANH] = "tanh",
};

const char *davy_activation_name(davy_activation activation)
{
    return names[activation];
}

static bool find(const char *name, davy_activation *activation)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(name, names[i]) == 0) {
            *activation = (davy_activation) i;
            return true;
        }
    return false;
}

davy_status davy_activation_read(const davy_call *call, davy_activation *activation, float *slope)
{
    const char *name = davy_node_text(call->node, "activation", "none");

    *slope = davy_node_float(call->node, "slope", 0.01F);
    if (!find(name, activation))
        return davy_call_fail(call, DAVY_ERR_INVALID, "there is no activation '%s'", name);
    return DAVY_OK;
}

/* The operators of one activation each. */

typedef struct activation_state {
    davy_activation activation;
    float slope;
} activation_state;

static davy_status prepare(davy_call *call)
{
    activation_state *state = call->state;
    const char *name = call->node->op->name;
    davy_status status = davy_floats_expect(call, 0, -1);

    if (status != DAVY_OK)
        return status;
    state->slope = davy_node_float(call->node, "alpha", 0.01F);
    if (!find(strcmp(name, "leaky_relu") == 0 ? "leaky" : name, &state->activation))
        return davy_call_fail(call, DAVY_ERR_INVALID, "is no activation");
    return davy_tensor_shape(call->out[0], davy_floats_type(call), call->in[0]->rank,
                             call->in[0]->dims);
}

static void forward_block(const davy_call *call, size_t from, size_t count, const float *x,
                          const float *none, float *y)
{
    const activation_state *state = call->state;

    (void) from;
    (void) none;
    if (y != x)
        memcpy(y, x, count * sizeof *y);
    call->env->kernels->activate(state->activation, state->slope, count, y);
}

static davy_status forward(const davy_call *call)
{
    davy_stream_run(&(davy_stream){
        .call = call, .a = call->in[0], .dst = call->out[0], .block = forward_block});
    return DAVY_OK;
}

static void backward_block(const davy_call *call, size_t from, size_t count, const float *kept,
                           const float *diff, float *diff_in)
{
    const activation_state *state = call->state;

    (void) from;
    call->env->kernels->activate_back(state->activation, state->slope, count, kept, diff, diff_in);
}

static void backward(const davy_call *call)
{
    const activation_state *state = call->state;
    bool input = davy_activation_keeps_input(state->activation);

    davy_stream_run(&(davy_stream){.call = call,
                                   .a = input ? call->in[0] : call->out[0],
                                   .b = call->diff_out[0],
                                   .dst = call->diff_in[0],
                                   .add = call->diff_add[0],
                                   .block = backward_block});
}

#define ACTIVATION_ROW(op_name, onnx_name, what_backward_reads)                          \
    {                                                                                    \
        .name = (op_name), .onnx = (onnx_name), .in_min = 1, .in_max = 1, .out_max = 1,  \
        .flags = DAVY_OP_IN_PLACE | DAVY_OP_BF16_SERVED, .needs = (what_backward_reads), \
        .state_size = sizeof(activation_state), .prepare = prepare, .forward = forward,  \
        .backward = backward,                                                            \
    }

const davy_op davy_op_relu = ACTIVATION_ROW("relu", "Relu", DAVY_NEEDS_OUT(0));
const davy_op davy_op_leaky_relu = ACTIVATION_ROW("leaky_relu", "LeakyRelu", DAVY_NEEDS_OUT(0));
const davy_op davy_op_gelu = ACTIVATION_ROW("gelu", NULL, DAVY_NEEDS_IN(0));
const davy_op davy_op_silu = ACTIVATION_ROW("silu", NULL, DAVY_NEEDS_IN(0));
const davy_op davy_op_sigmoid = ACTIVATION_ROW("sigmoid", "Sigmoid", DAVY_NEEDS_OUT(0));
const davy_op davy_op_tanh = ACTIVATION_ROW("tanh", "Tanh", DAVY_NEEDS_OUT(0));
