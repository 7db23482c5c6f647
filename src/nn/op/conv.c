/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/activation.h"
#include "nn/op/conv_bf16.h"
#include "nn/op/conv_winograd.h"
#include "nn/op/dense.h"
#include "nn/op/floats.h"
#include "nn/op/rows.h"

typedef struct conv_state {
    davy_conv conv;
    davy_dense dense;
    bool plain; /* the kernel is one pixel that skips none: a dense product over all pixels */
} conv_state;

static davy_status read_sizes(davy_call *call, davy_conv *conv)
{
    const davy_tensor *x = call->in[0], *weights = call->in[1];
    int64_t groups = davy_node_int(call->node, "group", 1);
    int rank = x->rank;

    if (x->dims[rank - 1] < 1 || weights->dims[rank - 1] < 1 || groups < 1 ||
        x->dims[rank - 1] % groups != 0 || weights->dims[rank - 1] % groups != 0 ||
        weights->dims[rank - 2] != x->dims[rank - 1] / groups)
        return davy_call_fail(
            call, DAVY_ERR_INVALID, "%lld channels, weights for %lld of them and %lld groups",
            (long long) x->dims[rank - 1], (long long) weights->dims[rank - 2], (long long) groups);
    conv->channels = (size_t) x->dims[rank - 1];
    conv->outputs = (size_t) weights->dims[rank - 1];
    conv->groups = (size_t) groups;
    if (call->in_count > 2 && call->in[2] &&
        (call->in[2]->rank != 1 || call->in[2]->dims[0] != weights->dims[rank - 1]))
        return davy_call_fail(call, DAVY_ERR_INVALID, "the bias does not fit %zu outputs",
                              conv->outputs);
    return DAVY_OK;
}

static davy_status read_pool(const davy_call *call, davy_conv *conv)
{
    davy_window *window = &conv->window;
    int64_t pool = davy_node_int(call->node, "pool", 0);

    conv->pool = pool != 0;
    if (!conv->pool)
        return DAVY_OK;
    if (pool != 2 || window->rank != 2 || davy_activation_keeps_input(conv->activation))
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED,
                              "'pool' is 2 and needs an image and a monotone activation");
    window->out[DAVY_HEIGHT] -= window->out[DAVY_HEIGHT] % 2;
    window->out[DAVY_WIDTH] -= window->out[DAVY_WIDTH] % 2;
    if (window->out[DAVY_HEIGHT] == 0 || window->out[DAVY_WIDTH] == 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "nothing is left to pool");
    return DAVY_OK;
}

/** What is added has the shape of the output, which is known. There is no way back. */
static davy_status read_sum(davy_call *call)
{
    davy_status status = davy_floats_expect(call, DAVY_ADDED_INPUT, call->out[0]->rank);
    const davy_conv *conv = &((const conv_state *) call->state)->conv;

    if (status != DAVY_OK)
        return status;
    if (call->env->training || conv->pool)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "a sum in training or before a pool");
    if (!davy_tensor_same_shape(call->in[DAVY_ADDED_INPUT], call->out[0]))
        return davy_call_fail(call, DAVY_ERR_INVALID, "what is added has another shape");
    return DAVY_OK;
}

/** A kernel of one pixel that skips none is a dense product over all pixels. */
static bool is_plain(const davy_conv *conv)
{
    const davy_window *window = &conv->window;

    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++)
        if (window->kernel[axis] != 1 || window->stride[axis] != 1)
            return false;
    return !conv->pool && conv->groups == 1 && davy_window_unpadded(window);
}

/** Constant weights are packed once for all plans of a network. */
static void keep_packed(davy_call *call, davy_conv *conv)
{
    static const char tag;
    bool fresh;
    uint16_t *packed =
        davy_call_keep_shared(call, 1, &tag, davy_conv_bf16_packed(conv) * sizeof *packed, &fresh);

    if (packed && fresh)
        davy_conv_bf16_pack(conv, davy_f32(call->in[1]), packed);
    conv->packed = packed;
}

static void keep_transformed(davy_call *call, davy_conv *conv)
{
    static const char tag;
    bool fresh;
    float *transformed = davy_call_keep_shared(
        call, 1, &tag, davy_winograd_weights(conv) * sizeof *transformed, &fresh);

    if (transformed && fresh)
        davy_winograd_transform(conv, call->env->kernels, davy_f32(call->in[1]), transformed);
    conv->transformed = transformed;
}

/** By which products, and how the work is cut. */
static void plan_products(davy_call *call, davy_conv *conv)
{
    conv->bf16 = call->env->bf16 && davy_conv_bf16_fits(conv, call->env->training);
    conv->winograd = !conv->bf16 && call->in[0]->type == DAVY_TYPE_F32 &&
                     !(conv->adds && davy_floats_type(call) != DAVY_TYPE_F32) &&
                     davy_winograd_fits(conv);
    conv->gathers = !conv->bf16 && !conv->winograd && davy_conv_rows_gather(conv);
    if (conv->bf16)
        keep_packed(call, conv);
    else if (conv->winograd)
        keep_transformed(call, conv);
    else
        davy_conv_keep_strips(call, conv);
    davy_conv_plan(call, conv);
}

static davy_status prepare(davy_call *call)
{
    conv_state *state = call->state;
    davy_conv *conv = &state->conv;
    size_t out[DAVY_WINDOW_AXES];
    davy_status status = davy_floats_expect(call, 0, -1);

    if (status == DAVY_OK)
        status = davy_call_expect(call, 1, DAVY_TYPE_F32, call->in[0]->rank);
    if (status == DAVY_OK)
        status = davy_activation_read(call, &conv->activation, &conv->slope);
    if (status == DAVY_OK)
        status = davy_window_read(call, call->in[1]->dims, &conv->window);
    if (status == DAVY_OK)
        status = read_sizes(call, conv);
    if (status == DAVY_OK)
        status = read_pool(call, conv);
    if (status != DAVY_OK)
        return status;

    conv->adds = call->in_count > DAVY_ADDED_INPUT && call->in[DAVY_ADDED_INPUT];
    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++)
        out[axis] =
            conv->pool && axis != DAVY_DEPTH ? conv->window.out[axis] / 2 : conv->window.out[axis];
    state->plain = is_plain(conv);
    if (state->plain) {
        state->dense =
            (davy_dense){.rows = conv->window.batch * davy_conv_image_out(conv) / conv->outputs,
                         .inputs = conv->channels,
                         .outputs = conv->outputs,
                         .adds = conv->adds,
                         .activation = conv->activation,
                         .slope = conv->slope};
        davy_dense_plan(call, &state->dense);
    } else {
        plan_products(call, conv);
    }
    status = davy_window_shape(&conv->window, out, conv->outputs,
                               state->plain ? davy_dense_type(call) : davy_floats_type(call),
                               call->out[0]);
    return status == DAVY_OK && conv->adds ? read_sum(call) : status;
}

static davy_status forward(const davy_call *call)
{
    const conv_state *state = call->state;

    if (state->conv.adds)
        davy_conv_take_sum(call);
    if (state->plain)
        davy_dense_forward(call, &state->dense);
    else
        davy_conv_forward(call, &state->conv);
    return DAVY_OK;
}

static void backward(const davy_call *call)
{
    const conv_state *state = call->state;

    if (state->plain)
        davy_dense_backward(call, &state->dense);
    else
        davy_conv_backward(call, &state->conv);
}

const davy_op davy_op_conv = {
    .name = "conv",
    .in_min = 2,
    .in_max = DAVY_ADDED_INPUT + 1,
    .out_max = 1,
    .flags = DAVY_OP_BF16 | DAVY_OP_ADDS,
    .needs = DAVY_NEEDS_IN(0) | DAVY_NEEDS_IN(1) | DAVY_NEEDS_OUT(0),
    .state_size = sizeof(conv_state),
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
