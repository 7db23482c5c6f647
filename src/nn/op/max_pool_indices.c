/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"
#include "nn/op/window.h"

#include <math.h>
#include <string.h>

/*
 * Max pool as ONNX has it in full, of [N, C, spatial...]: any type of number, and the places of the
 * maxima in the flattened input, counted along rows or (storage_order 1) along columns. Networks
 * that need neither go through the channels-last pool, which is faster.
 */
typedef struct max_state {
    davy_window window;
    bool by_columns;
    size_t planes; /* N * C */
    size_t pixels_in, pixels_out;
} max_state;

static size_t product(const size_t sizes[DAVY_WINDOW_AXES])
{
    return sizes[DAVY_DEPTH] * sizes[DAVY_HEIGHT] * sizes[DAVY_WIDTH];
}

/* The window's reader wants channels last. */
static davy_status read_window(davy_call *call, davy_window *window)
{
    davy_tensor last = *call->in[0], *in[] = {&last};
    davy_call seen = *call;

    for (int i = 1; i < last.rank - 1; i++)
        last.dims[i] = call->in[0]->dims[i + 1];
    last.dims[last.rank - 1] = call->in[0]->dims[1];
    seen.in = in;
    return davy_window_read(&seen, NULL, window);
}

static davy_status prepare(davy_call *call)
{
    const davy_tensor *x = call->in[0];
    max_state *state = call->state;
    const davy_window *window = &state->window;
    int64_t dims[DAVY_RANK_MAX];
    davy_status status;

    if (x->rank < 3 || x->rank > 5 || davy_type_wide(x->type) == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "%d dimensions of %s", x->rank,
                              davy_type_name(x->type));
    status = read_window(call, &state->window);
    if (status != DAVY_OK)
        return status;
    state->by_columns = davy_node_int(call->node, "storage_order", 0) != 0;
    state->planes = (size_t) davy_tensor_span(x, 0, 2);
    state->pixels_in = product(window->in);
    state->pixels_out = product(window->out);
    dims[0] = x->dims[0];
    dims[1] = x->dims[1];
    for (int i = 2; i < x->rank; i++)
        dims[i] = (int64_t) window->out[DAVY_WINDOW_AXES - (x->rank - i)];
    status = call->out[0] ? davy_result(call, 0, x->type, x->rank, dims) : DAVY_OK;
    if (status == DAVY_OK && call->out_count > 1 && call->out[1])
        status = davy_result(call, 1, DAVY_TYPE_I64, x->rank, dims);
    return status;
}

/* Where tap `tap` of output `at` stands on an axis; false in the padding. */
static bool place(const davy_window *window, int axis, size_t at, size_t tap, size_t *out)
{
    const size_t padded = at * window->stride[axis] + tap * window->dilation[axis];

    *out = padded - window->begin[axis];
    return padded >= window->begin[axis] && *out < window->in[axis];
}

/* The pixel of the largest number under the window of an output; the first of equals. */
static size_t find_largest(const max_state *state, const davy_tensor *x, size_t plane,
                           const size_t at[DAVY_WINDOW_AXES])
{
    const davy_window *window = &state->window;
    double largest = -(double) INFINITY;
    size_t d, h, w, best = SIZE_MAX;

    for (size_t i = 0; i < window->kernel[DAVY_DEPTH]; i++)
        for (size_t j = 0; j < window->kernel[DAVY_HEIGHT]; j++)
            for (size_t k = 0; k < window->kernel[DAVY_WIDTH]; k++) {
                size_t pixel;
                double value;

                if (!place(window, DAVY_DEPTH, at[DAVY_DEPTH], i, &d) ||
                    !place(window, DAVY_HEIGHT, at[DAVY_HEIGHT], j, &h) ||
                    !place(window, DAVY_WIDTH, at[DAVY_WIDTH], k, &w))
                    continue;
                pixel = (d * window->in[DAVY_HEIGHT] + h) * window->in[DAVY_WIDTH] + w;
                value = davy_tensor_number(x, (int64_t) (plane * state->pixels_in + pixel));
                if (best == SIZE_MAX || value > largest || isnan(value)) {
                    best = pixel;
                    largest = value;
                }
            }
    return best;
}

/* A pixel's number when columns are counted before rows. */
static size_t by_columns(const davy_window *window, size_t pixel)
{
    const size_t w = pixel % window->in[DAVY_WIDTH], row = pixel / window->in[DAVY_WIDTH];
    const size_t h = row % window->in[DAVY_HEIGHT], d = row / window->in[DAVY_HEIGHT];

    return (w * window->in[DAVY_HEIGHT] + h) * window->in[DAVY_DEPTH] + d;
}

static void pool_plane(void *context, size_t plane, size_t worker)
{
    const davy_call *call = context;
    const max_state *state = call->state;
    const davy_window *window = &state->window;
    const size_t size = davy_type_size(call->in[0]->type);

    (void) worker;
    for (size_t i = 0; i < state->pixels_out; i++) {
        const size_t row = i / window->out[DAVY_WIDTH];
        const size_t at[] = {row / window->out[DAVY_HEIGHT], row % window->out[DAVY_HEIGHT],
                             i % window->out[DAVY_WIDTH]};
        const size_t pixel = find_largest(state, call->in[0], plane, at);
        const size_t from = plane * state->pixels_in + (pixel == SIZE_MAX ? 0 : pixel);
        const size_t to = plane * state->pixels_out + i;

        if (call->out[0])
            memcpy((uint8_t *) call->out[0]->data + to * size,
                   (const uint8_t *) call->in[0]->data + from * size, size);
        if (call->out_count > 1 && call->out[1])
            ((int64_t *) call->out[1]->data)[to] =
                (int64_t) (plane * state->pixels_in +
                           (state->by_columns ? by_columns(window, from - plane * state->pixels_in)
                                              : from - plane * state->pixels_in));
    }
}

static davy_status forward(const davy_call *call)
{
    const max_state *state = call->state;

    davy_pool_run(call->env->pool, state->pixels_in ? state->planes : 0, pool_plane,
                  (void *) (uintptr_t) call);
    return DAVY_OK;
}

const davy_op davy_op_max_pool_indices = {
    .name = "max_pool_indices",
    .in_min = 1,
    .in_max = 1,
    .out_max = 2,
    .state_size = sizeof(max_state),
    .prepare = prepare,
    .forward = forward,
};
