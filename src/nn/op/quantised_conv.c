/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Convolution of quantised images [N, C, spatial...] with weights [OC, C / groups, kernel...]:
 * conv_integer gives int32, qlinear_conv quantises again.
 *
 * For each image and group the pixels that the kernel sees are laid out as columns, without their
 * zero, so that padding is 0, and one product of integers does the rest.
 */
#include "nn/op/product.h"
#include "nn/op/quantise.h"
#include "nn/op/rows.h"
#include "nn/op/window.h"

#include <inttypes.h>
#include <string.h>

typedef struct quantised_conv {
    davy_window window;
    int64_t groups, in, out;      /* channels of a group that come in and go out */
    int64_t taps, pixels, places; /* of the kernel, of an image, of a result */
    size_t columns_at, made_at;   /* in scratch, weights first */
} quantised_conv;

static bool is_scaled(const davy_call *call)
{
    return call->node->op->in_min > 2;
}

static void operands(const davy_call *call, davy_quantised *x, davy_quantised *w)
{
    const bool scaled = is_scaled(call);

    *x = (davy_quantised){call->in[0], scaled ? call->in[1] : NULL, davy_argument(call, 2)};
    *w = (davy_quantised){call->in[scaled ? 3 : 1], scaled ? call->in[4] : NULL,
                          davy_argument(call, scaled ? 5 : 3)};
}

/* The window wants channels last, and needs the shape alone. */
static davy_status read_window(davy_call *call, const davy_tensor *x, const davy_tensor *w,
                               quantised_conv *state)
{
    davy_tensor last = *x, *in[] = {&last};
    davy_call seen = *call;
    davy_status status;

    for (int i = 1; i < x->rank - 1; i++)
        last.dims[i] = x->dims[i + 1];
    last.dims[x->rank - 1] = x->dims[1];
    seen.in = in;
    seen.in_count = 1;
    status = davy_window_read(&seen, w->dims + 2, &state->window);
    if (status != DAVY_OK)
        return status;
    state->pixels = davy_tensor_span(x, 2, x->rank);
    state->taps = davy_tensor_span(w, 2, w->rank);
    state->places = 1;
    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++)
        state->places *= (int64_t) state->window.out[axis];
    return DAVY_OK;
}

static davy_status check_channels(davy_call *call, const davy_tensor *x, const davy_tensor *w,
                                  quantised_conv *state)
{
    char left[DAVY_TENSOR_TEXT_MAX], right[DAVY_TENSOR_TEXT_MAX];

    state->groups = davy_node_int(call->node, "group", 1);
    if (x->rank < 3 || x->rank > 5 || w->rank != x->rank || state->groups < 1 ||
        w->dims[1] > x->dims[1] / state->groups || w->dims[1] * state->groups != x->dims[1] ||
        w->dims[0] % state->groups != 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%s by %s in %" PRId64 " groups",
                              davy_tensor_text(x, left), davy_tensor_text(w, right), state->groups);
    state->in = w->dims[1];
    state->out = w->dims[0] / state->groups;
    return DAVY_OK;
}

static davy_status reserve(davy_call *call, const davy_tensor *w, quantised_conv *state)
{
    const int64_t rows = state->in * state->taps;
    davy_tensor columns;
    davy_status status =
        davy_tensor_shape(&columns, DAVY_TYPE_I32, 2, (int64_t[]){rows, state->places});

    if (status == DAVY_OK && call->env->memory_max &&
        davy_tensor_bytes(&columns) > call->env->memory_max)
        status = davy_call_fail(call, DAVY_ERR_FULL, "columns of %zu bytes, %zu at most",
                                davy_tensor_bytes(&columns), call->env->memory_max);
    state->columns_at = ((size_t) davy_tensor_count(w) * sizeof(int32_t) + 63) / 64 * 64;
    if (status == DAVY_OK)
        state->made_at = state->columns_at + (davy_tensor_bytes(&columns) + 63) / 64 * 64;
    call->scratch_size = state->made_at + (size_t) (state->out * state->places) * sizeof(int32_t);
    return status;
}

static davy_status prepare(davy_call *call, davy_type type)
{
    quantised_conv *state = call->state;
    davy_quantised x, w;
    int64_t dims[DAVY_RANK_MAX];
    davy_status status;

    operands(call, &x, &w);
    status = check_channels(call, x.numbers, w.numbers, state);
    if (status == DAVY_OK)
        status = davy_quantised_check(call, &x, 1);
    if (status == DAVY_OK)
        status = davy_quantised_check(call, &w, w.numbers->dims[0]);
    if (status == DAVY_OK)
        status = read_window(call, x.numbers, w.numbers, state);
    if (status == DAVY_OK)
        status = reserve(call, w.numbers, state);
    if (status != DAVY_OK)
        return status;
    dims[0] = x.numbers->dims[0];
    dims[1] = w.numbers->dims[0];
    for (int i = 2; i < x.numbers->rank; i++)
        dims[i] = (int64_t) state->window.out[DAVY_WINDOW_AXES - x.numbers->rank + i];
    return davy_result(call, 0, type, x.numbers->rank, dims);
}

static davy_status integer_prepare(davy_call *call)
{
    return prepare(call, DAVY_TYPE_I32);
}

static davy_status qlinear_prepare(davy_call *call)
{
    const davy_quantised out = {call->in[7], call->in[6], call->in[7]};
    const davy_tensor *bias = davy_argument(call, 8);
    davy_status status = davy_quantised_check(call, &out, 1);

    if (status == DAVY_OK && bias &&
        (bias->type != DAVY_TYPE_I32 || davy_tensor_count(bias) != call->in[3]->dims[0]))
        status = davy_call_fail(call, DAVY_ERR_INVALID, "the bias does not fit the weights");
    return status == DAVY_OK ? prepare(call, call->in[7]->type) : status;
}

/* One row of columns: what one tap of the kernel sees of one channel, place by place. */
static void fill_row(const quantised_conv *state, const davy_quantised *x, int64_t image,
                     int64_t tap, int32_t *row)
{
    const davy_window *window = &state->window;
    const int32_t zero = davy_quantised_zero(x, 0);
    size_t at[DAVY_WINDOW_AXES];

    for (int axis = DAVY_WINDOW_AXES; axis-- > 0; tap /= (int64_t) window->kernel[axis])
        at[axis] = (size_t) tap % window->kernel[axis];
    for (int64_t place = 0; place < state->places; place++) {
        int64_t rest = place, pixel = 0, stride = 1;
        bool inside = true;

        for (int axis = DAVY_WINDOW_AXES; axis-- > 0; rest /= (int64_t) window->out[axis]) {
            const int64_t seen =
                rest % (int64_t) window->out[axis] * (int64_t) window->stride[axis] +
                (int64_t) (at[axis] * window->dilation[axis]) - (int64_t) window->begin[axis];

            inside = inside && seen >= 0 && seen < (int64_t) window->in[axis];
            pixel += seen * stride;
            stride *= (int64_t) window->in[axis];
        }
        row[place] = inside ? (int32_t) davy_tensor_int(x->numbers, image + pixel) - zero : 0;
    }
}

static void fill_columns(const quantised_conv *state, const davy_quantised *x, int64_t first,
                         int32_t *columns)
{
    for (int64_t row = 0; row < state->in * state->taps; row++)
        fill_row(state, x, (first + row / state->taps) * state->pixels, row % state->taps,
                 columns + row * state->places);
}

/* The product of one image and group into `made` [out, places]. */
static void multiply(const davy_call *call, const int32_t *weights, const int32_t *columns,
                     int32_t *made)
{
    const quantised_conv *state = call->state;
    const davy_product product = {.wide = DAVY_TYPE_I32,
                                  .m = state->out,
                                  .k = state->in * state->taps,
                                  .n = state->places,
                                  .a = weights,
                                  .a_row = state->in * state->taps,
                                  .a_column = 1,
                                  .b = columns,
                                  .b_row = state->places,
                                  .b_column = 1,
                                  .c = made,
                                  .a_batch = {.rank = 1, .dims = {1}, .count = 1},
                                  .b_batch = {.rank = 1, .dims = {1}, .count = 1}};

    davy_product_run(&product, call->env);
}

/* Sums to results; `channel` is the first of the group. */
static void store(const davy_call *call, const int32_t *made, int64_t channel, int64_t at)
{
    const quantised_conv *state = call->state;
    const davy_tensor *out = call->out[0], *bias = davy_argument(call, 8);
    davy_quantised x, w;

    operands(call, &x, &w);
    if (!is_scaled(call)) {
        memcpy((int32_t *) out->data + at, made,
               (size_t) (state->out * state->places) * sizeof *made);
        return;
    }
    for (int64_t i = 0; i < state->out * state->places; i++) {
        const int64_t c = channel + i / state->places;
        const davy_quantised y = {NULL, call->in[6], call->in[7]};
        const int64_t sum = (int64_t) made[i] + (bias ? davy_tensor_int(bias, c) : 0);

        davy_quantised_put(out, at + i,
                           (double) sum * davy_quantised_scale(&x, 0) *
                               davy_quantised_scale(&w, c) / davy_quantised_scale(&y, 0),
                           davy_quantised_zero(&y, 0));
    }
}

static davy_status forward(const davy_call *call)
{
    const quantised_conv *state = call->state;
    int32_t *weights = call->scratch;
    int32_t *columns = (int32_t *) (void *) ((char *) call->scratch + state->columns_at);
    int32_t *made = (int32_t *) (void *) ((char *) call->scratch + state->made_at);
    const int64_t kernel = state->in * state->taps, results = state->out * state->places;
    davy_quantised x, w;

    operands(call, &x, &w);
    for (int64_t i = 0; i < davy_tensor_count(w.numbers); i++)
        weights[i] = (int32_t) davy_tensor_int(w.numbers, i) - davy_quantised_zero(&w, i / kernel);
    for (int64_t i = 0; results > 0 && i < x.numbers->dims[0] * state->groups; i++) {
        const int64_t group = i % state->groups;

        fill_columns(state, &x, i * state->in, columns);
        multiply(call, weights + group * state->out * kernel, columns, made);
        store(call, made, group * state->out, i * results);
    }
    return DAVY_OK;
}

const davy_op davy_op_conv_integer = {.name = "conv_integer",
                                      .onnx = "ConvInteger",
                                      .in_min = 2,
                                      .in_max = 4,
                                      .out_max = 1,
                                      .state_size = sizeof(quantised_conv),
                                      .prepare = integer_prepare,
                                      .forward = forward};
const davy_op davy_op_qlinear_conv = {.name = "qlinear_conv",
                                      .onnx = "QLinearConv",
                                      .in_min = 8,
                                      .in_max = 9,
                                      .out_max = 1,
                                      .state_size = sizeof(quantised_conv),
                                      .prepare = qlinear_prepare,
                                      .forward = forward};
