/* SPDX-License-Identifier: Apache-2.0 */
/* Pools of [N, C, spatial...] beyond those networks here are built of: lp_pool, global_lp_pool,
 * max_unpool. */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"
#include "nn/op/walk.h"
#include "nn/op/window.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct lp {
    davy_window window;
    double p;
    int64_t pixels, places;
} lp;

static davy_status lp_check(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    const int64_t p = davy_node_int(call->node, "p", 2);

    if (in->rank < 3 || in->rank > 5 || !davy_type_is_float(in->type) || p < 1)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "p = %" PRId64 " of %d dimensions of %s",
                              p, in->rank, davy_type_name(in->type));
    ((lp *) call->state)->p = (double) p;
    ((lp *) call->state)->pixels = davy_tensor_span(in, 2, in->rank);
    return DAVY_OK;
}

static davy_status lp_pool_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    lp *state = call->state;
    davy_tensor last = *in, *inputs[] = {&last};
    davy_call seen = *call;
    int64_t dims[DAVY_RANK_MAX];
    davy_status status = lp_check(call);

    if (status != DAVY_OK)
        return status;
    for (int i = 1; i < in->rank - 1; i++) /* the window wants channels last */
        last.dims[i] = in->dims[i + 1];
    last.dims[in->rank - 1] = in->dims[1];
    seen.in = inputs;
    seen.in_count = 1;
    status = davy_window_read(&seen, NULL, &state->window);
    if (status != DAVY_OK)
        return status;
    memcpy(dims, in->dims, sizeof dims);
    state->places = 1;
    for (int i = 2; i < in->rank; i++) {
        dims[i] = (int64_t) state->window.out[DAVY_WINDOW_AXES - in->rank + i];
        state->places *= dims[i];
    }
    return davy_result(call, 0, in->type, in->rank, dims);
}

/* The window as one axis after the other: the sum over a box is done recursively. */
static double lp_sum(const davy_call *call, const int64_t *place, int axis, int64_t pixel)
{
    const lp *state = call->state;
    const davy_window *window = &state->window;
    size_t from, to;
    double sum = 0;

    if (axis == DAVY_WINDOW_AXES)
        return pow(fabs(davy_tensor_at(call->in[0], pixel)), state->p);
    davy_window_taps(window, axis, (size_t) place[axis], &from, &to);
    for (size_t tap = from; tap < to; tap++) {
        const int64_t seen = place[axis] * (int64_t) window->stride[axis] +
                             (int64_t) (tap * window->dilation[axis]) -
                             (int64_t) window->begin[axis];

        sum += lp_sum(call, place, axis + 1, pixel * (int64_t) window->in[axis] + seen);
    }
    return sum;
}

static void lp_pool_channel(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const lp *state = call->state;

    (void) worker;
    for (int64_t i = 0; i < state->places; i++) {
        int64_t place[DAVY_WINDOW_AXES], rest = i;

        for (int axis = DAVY_WINDOW_AXES; axis-- > 0; rest /= (int64_t) state->window.out[axis])
            place[axis] = rest % (int64_t) state->window.out[axis];
        davy_tensor_put(call->out[0], (int64_t) chunk * state->places + i,
                        pow(lp_sum(call, place, 0, (int64_t) chunk), 1 / state->p));
    }
}

static davy_status lp_pool_forward(const davy_call *call)
{
    davy_call copy = *call; /* the pool's context is not const */

    davy_pool_run(call->env->pool, (size_t) (call->in[0]->dims[0] * call->in[0]->dims[1]),
                  lp_pool_channel, &copy);
    return DAVY_OK;
}

static davy_status global_lp_prepare(davy_call *call)
{
    int64_t dims[DAVY_RANK_MAX] = {0};
    const davy_status status = lp_check(call);

    if (status != DAVY_OK)
        return status;
    for (int i = 0; i < call->in[0]->rank; i++)
        dims[i] = i < 2 ? call->in[0]->dims[i] : 1;
    return davy_result(call, 0, call->in[0]->type, call->in[0]->rank, dims);
}

static davy_status global_lp_forward(const davy_call *call)
{
    const lp *state = call->state;

    for (int64_t c = 0; c < davy_tensor_count(call->out[0]); c++) {
        double sum = 0;

        for (int64_t i = 0; i < state->pixels; i++)
            sum += pow(fabs(davy_tensor_at(call->in[0], c * state->pixels + i)), state->p);
        davy_tensor_put(call->out[0], c, pow(sum, 1 / state->p));
    }
    return DAVY_OK;
}

/* The shape that was pooled, by the formula of the standard. */
static davy_status unpooled_dims(const davy_call *call, int64_t dims[DAVY_RANK_MAX])
{
    const davy_tensor *in = call->in[0];
    size_t kernels, strides, pads;
    const int64_t *kernel = davy_node_ints(call->node, "kernel_shape", &kernels);
    const int64_t *stride = davy_node_ints(call->node, "strides", &strides);
    const int64_t *pad = davy_node_ints(call->node, "pads", &pads);
    const size_t axes = (size_t) (in->rank > 2 ? in->rank - 2 : 0);

    if (axes == 0 || kernels != axes || (stride && strides != axes) || (pad && pads != 2 * axes))
        return davy_call_fail(call, DAVY_ERR_INVALID, "a kernel of %zu axes for %d dimensions",
                              kernels, in->rank);
    for (int i = 0; i < in->rank; i++)
        dims[i] = in->dims[i];
    for (size_t i = 0; i < axes; i++) {
        const int64_t step = stride ? stride[i] : 1;
        const int64_t before = pad ? pad[i] : 0, after = pad ? pad[axes + i] : 0;

        if (step < 1 || step > INT32_MAX || kernel[i] < 1 || kernel[i] > INT32_MAX || before < 0 ||
            before > INT32_MAX || after < 0 || after > INT32_MAX || in->dims[i + 2] > INT32_MAX)
            return davy_call_fail(call, DAVY_ERR_INVALID, "kernel, stride or pad of axis %zu", i);
        dims[i + 2] = (in->dims[i + 2] - 1) * step + kernel[i] - before - after;
    }
    return DAVY_OK;
}

/* With an output shape of its own, indices mean the pooled shape, and it lies at the origin. */
typedef struct unpool {
    davy_tensor pooled;
    davy_walk walk; /* over the result, of the pooled shape's dims */
} unpool;

static davy_status unpool_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    unpool *state = call->state;
    int64_t dims[DAVY_RANK_MAX] = {0}, asked[DAVY_RANK_MAX];
    davy_tensor result;
    size_t count = 0;
    davy_status status = davy_argument_indices(call, 1);

    if (davy_argument(call, 2) && !davy_call_constant(call, 2))
        return status;
    if (status == DAVY_OK && !davy_tensor_same_shape(in, call->in[1]))
        status = davy_call_fail(call, DAVY_ERR_INVALID, "as many indices as numbers are wanted");
    if (status == DAVY_OK)
        status = unpooled_dims(call, dims);
    if (status == DAVY_OK)
        status = davy_tensor_shape(&state->pooled, in->type, in->rank, dims);
    if (status == DAVY_OK && davy_argument(call, 2))
        status = davy_argument_list(call, 2, DAVY_RANK_MAX, asked, &count);
    if (status == DAVY_OK && count != 0 && (int) count != in->rank)
        status = davy_call_fail(call, DAVY_ERR_INVALID, "an output of %zu dimensions", count);
    for (int i = 0; status == DAVY_OK && count != 0 && i < in->rank; i++)
        if (asked[i] < dims[i])
            status =
                davy_call_fail(call, DAVY_ERR_INVALID, "an output smaller than what was pooled");
    if (status == DAVY_OK)
        status = davy_result(call, 0, in->type, in->rank, count != 0 ? asked : dims);
    if (status == DAVY_OK)
        status = davy_tensor_shape(&result, in->type, in->rank, count != 0 ? asked : dims);
    if (status != DAVY_OK)
        return status;
    davy_walk_of(&state->walk, &result);
    memcpy(state->walk.dims, dims, sizeof dims);
    davy_walk_merge(&state->walk);
    return DAVY_OK;
}

static davy_status unpool_forward(const davy_call *call)
{
    const unpool *state = call->state;
    const size_t size = davy_type_size(call->in[0]->type);
    const int64_t total = davy_tensor_count(&state->pooled);

    memset(call->out[0]->data, 0, davy_tensor_bytes(call->out[0]));
    for (int64_t i = 0; i < davy_tensor_count(call->in[0]); i++) {
        const int64_t at = davy_tensor_int(call->in[1], i);

        if (at < 0 || at >= total)
            return davy_call_fail(call, DAVY_ERR_INVALID, "index %" PRId64 " of %" PRId64, at,
                                  total);
        davy_walk_write(&state->walk, size, call->out[0]->data, at, 1,
                        (const char *) call->in[0]->data + (size_t) i * size);
    }
    return DAVY_OK;
}

const davy_op davy_op_lp_pool = {.name = "lp_pool",
                                 .onnx = "LpPool",
                                 .in_min = 1,
                                 .in_max = 1,
                                 .out_max = 1,
                                 .state_size = sizeof(lp),
                                 .prepare = lp_pool_prepare,
                                 .forward = lp_pool_forward};
const davy_op davy_op_global_lp_pool = {.name = "global_lp_pool",
                                        .onnx = "GlobalLpPool",
                                        .in_min = 1,
                                        .in_max = 1,
                                        .out_max = 1,
                                        .state_size = sizeof(lp),
                                        .prepare = global_lp_prepare,
                                        .forward = global_lp_forward};
const davy_op davy_op_max_unpool = {.name = "max_unpool",
                                    .onnx = "MaxUnpool",
                                    .in_min = 2,
                                    .in_max = 3,
                                    .out_max = 1,
                                    .state_size = sizeof(unpool),
                                    .prepare = unpool_prepare,
                                    .forward = unpool_forward};
