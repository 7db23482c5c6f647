/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/floats.h"
#include "nn/op/rows.h"
#include "nn/op/window.h"

#include <math.h>
#include <string.h>

/*
 * Max and average pools of channels-last images. A pixel's channels are one vector, so every window
 * is a few operations on vectors of C numbers.
 */
typedef struct pool_state {
    davy_window window;
    size_t channels;
    bool average, count_padding, bf16;
    bool quarters; /* 2x2 by steps of 2 without padding: the kernel made for it */
} pool_state;

/** Winners of a window are kept in a byte. */
#define TAPS_MAX ((size_t) 256)

static size_t tap_count(const davy_window *window)
{
    return window->kernel[DAVY_DEPTH] * window->kernel[DAVY_HEIGHT] * window->kernel[DAVY_WIDTH];
}

static size_t pixels_out(const davy_window *window)
{
    return window->out[DAVY_DEPTH] * window->out[DAVY_HEIGHT] * window->out[DAVY_WIDTH];
}

static size_t pixels_in(const davy_window *window)
{
    return window->in[DAVY_DEPTH] * window->in[DAVY_HEIGHT] * window->in[DAVY_WIDTH];
}

static bool is_quarters(const davy_window *window)
{
    for (int axis = DAVY_HEIGHT; axis <= DAVY_WIDTH; axis++)
        if (window->kernel[axis] != 2 || window->stride[axis] != 2 || window->dilation[axis] != 1 ||
            window->in[axis] < 2 * window->out[axis])
            return false;
    return window->rank == 2 && davy_window_unpadded(window);
}

static davy_status prepare(davy_call *call, bool average)
{
    pool_state *state = call->state;
    davy_window *window = &state->window;
    davy_status status =
        average ? davy_call_expect(call, 0, DAVY_TYPE_F32, -1) : davy_floats_expect(call, 0, -1);

    if (status == DAVY_OK)
        status = davy_window_read(call, NULL, window);
    if (status != DAVY_OK)
        return status;
    state->channels = (size_t) call->in[0]->dims[call->in[0]->rank - 1];
    state->average = average;
    state->count_padding = davy_node_int(call->node, "count_include_pad", 0) != 0;
    state->bf16 = call->in[0]->type == DAVY_TYPE_BF16;
    state->quarters = !average && !state->bf16 && is_quarters(window);
    if (!average && call->env->training) {
        if (tap_count(window) > TAPS_MAX)
            return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "a window of %zu cannot be trained",
                                  tap_count(window));
        call->saved_size = window->batch * pixels_out(window) * state->channels;
    }
    return davy_window_shape(window, window->out, state->channels, call->in[0]->type, call->out[0]);
}

static davy_status prepare_max(davy_call *call)
{
    return prepare(call, false);
}

static davy_status prepare_average(davy_call *call)
{
    return prepare(call, true);
}

/* Windows. */

/** The taps of one output pixel that see the image. */
typedef struct tap_walk {
    size_t from[DAVY_WINDOW_AXES], to[DAVY_WINDOW_AXES], at[DAVY_WINDOW_AXES];
    size_t tap[DAVY_WINDOW_AXES]; /* the one looked at */
    size_t left;                  /* taps to come */
    bool started;
} tap_walk;

static size_t walk_count(const tap_walk *walk)
{
    size_t count = 1;

    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++)
        count *= walk->to[axis] - walk->from[axis];
    return count;
}

/** The window of an output pixel, before its first tap. */
static tap_walk window_at(const davy_window *window, size_t pixel)
{
    const size_t *out = window->out;
    tap_walk walk = {.at = {pixel / out[DAVY_WIDTH] / out[DAVY_HEIGHT],
                            pixel / out[DAVY_WIDTH] % out[DAVY_HEIGHT], pixel % out[DAVY_WIDTH]}};

    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++) {
        davy_window_taps(window, axis, walk.at[axis], &walk.from[axis], &walk.to[axis]);
        walk.tap[axis] = walk.from[axis];
    }
    walk.left = walk_count(&walk);
    return walk;
}

/** Go to the next tap, width first. @return false behind the last */
static bool next_tap(tap_walk *walk)
{
    if (walk->left == 0)
        return false;
    walk->left--;
    if (!walk->started) {
        walk->started = true;
        return true;
    }
    for (int axis = DAVY_WIDTH; ++walk->tap[axis] == walk->to[axis]; axis--)
        walk->tap[axis] = walk->from[axis];
    return true;
}

/** Pixel of the image under the tap. */
static size_t walk_pixel(const davy_window *window, const tap_walk *walk)
{
    size_t pixel = 0;

    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++)
        pixel = pixel * window->in[axis] + walk->at[axis] * window->stride[axis] +
                walk->tap[axis] * window->dilation[axis] - window->begin[axis];
    return pixel;
}

static size_t walk_number(const davy_window *window, const tap_walk *walk)
{
    return (walk->tap[DAVY_DEPTH] * window->kernel[DAVY_HEIGHT] + walk->tap[DAVY_HEIGHT]) *
               window->kernel[DAVY_WIDTH] +
           walk->tap[DAVY_WIDTH];
}

/** Positions of a window that count for an average: with padding, but not beyond it. */
static size_t padded_count(const davy_window *window, const tap_walk *walk)
{
    size_t count = 1;

    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++) {
        size_t start = walk->at[axis] * window->stride[axis];
        size_t padded = window->begin[axis] + window->in[axis] + window->end[axis];
        size_t taps = (padded - start + window->dilation[axis] - 1) / window->dilation[axis];

        count *= taps < window->kernel[axis] ? taps : window->kernel[axis];
    }
    return count;
}

static float average_factor(const pool_state *state, const tap_walk *walk)
{
    size_t count = state->count_padding ? padded_count(&state->window, walk) : walk_count(walk);

    return count ? 1.0F / (float) count : 0.0F;
}

/* Forward. */

/** Take what is larger, and remember where it came from. A NaN is larger than all numbers. */
static void take_larger(size_t count, const float *x, uint8_t number, float *y, uint8_t *winners)
{
    for (size_t c = 0; c < count; c++)
        if (x[c] > y[c] || x[c] != x[c]) {
            y[c] = x[c];
            winners[c] = number;
        }
}

static void max_pixel(const davy_call *call, const pool_state *state, const float *image,
                      size_t pixel, float *y, uint8_t *winners)
{
    const davy_kernels *kernels = call->env->kernels;
    size_t channels = state->channels;
    tap_walk walk = window_at(&state->window, pixel);

    for (size_t c = 0; c < channels; c++)
        y[c] = -INFINITY; /* the answer of a window that sees padding alone */
    if (winners)
        memset(winners, 0, channels);
    while (next_tap(&walk)) {
        const float *x = image + walk_pixel(&state->window, &walk) * channels;

        if (winners)
            take_larger(channels, x, (uint8_t) walk_number(&state->window, &walk), y, winners);
        else
            kernels->maximum(channels, y, x, y);
    }
}

/** The same of bf16 numbers, which are compared as they are. */
static void max_pixel_bf16(const davy_call *call, const pool_state *state, const uint16_t *image,
                           size_t pixel, uint16_t *y)
{
    size_t channels = state->channels;
    tap_walk walk = window_at(&state->window, pixel);

    for (size_t c = 0; c < channels; c++)
        y[c] = 0xff80; /* -INFINITY */
    while (next_tap(&walk))
        call->env->kernels->maximum_bf16(channels, y,
                                         image + walk_pixel(&state->window, &walk) * channels, y);
}

static void average_pixel(const davy_call *call, const pool_state *state, const float *image,
                          size_t pixel, float *y)
{
    const davy_kernels *kernels = call->env->kernels;
    size_t channels = state->channels;
    tap_walk walk = window_at(&state->window, pixel);

    memset(y, 0, channels * sizeof *y);
    while (next_tap(&walk))
        kernels->add(channels, y, image + walk_pixel(&state->window, &walk) * channels, y);
    kernels->scale(channels, average_factor(state, &walk), y, y);
}

static void quarters_row(const davy_call *call, const pool_state *state, const float *image,
                         size_t row, float *y, uint8_t *winners)
{
    const davy_window *window = &state->window;
    size_t size = window->in[DAVY_WIDTH] * state->channels;

    call->env->kernels->max_pool2(window->out[DAVY_WIDTH], state->channels, image + 2 * row * size,
                                  image + (2 * row + 1) * size, NULL, false, y, winners);
}

/** One row of outputs of one image. */
static void forward_row(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const pool_state *state = call->state;
    const davy_window *window = &state->window;
    size_t width = window->out[DAVY_WIDTH], channels = state->channels;
    size_t rows = window->out[DAVY_DEPTH] * window->out[DAVY_HEIGHT];
    size_t image = chunk / rows, row = chunk % rows;
    size_t from = image * pixels_in(window) * channels, to = chunk * width * channels;
    const float *x = davy_f32(call->in[0]) + from;
    float *y = davy_f32(call->out[0]) + to;
    uint8_t *winners = call->saved_size ? (uint8_t *) call->saved + chunk * width * channels : NULL;

    (void) worker;
    if (state->quarters) {
        quarters_row(call, state, x, row, y, winners);
        return;
    }
    for (size_t pixel = 0; state->bf16 && pixel < width; pixel++)
        max_pixel_bf16(call, state, (const uint16_t *) call->in[0]->data + from,
                       row * width + pixel,
                       (uint16_t *) call->out[0]->data + to + pixel * channels);
    for (size_t pixel = 0; !state->bf16 && pixel < width; pixel++, y += channels) {
        if (state->average)
            average_pixel(call, state, x, row * width + pixel, y);
        else
            max_pixel(call, state, x, row * width + pixel, y,
                      winners ? winners + pixel * channels : NULL);
    }
}

static davy_status forward(const davy_call *call)
{
    const pool_state *state = call->state;
    const size_t *out = state->window.out;

    davy_pool_run(call->env->pool, state->window.batch * out[DAVY_DEPTH] * out[DAVY_HEIGHT],
                  forward_row, (void *) (uintptr_t) call);
    return DAVY_OK;
}

/* Backward. */

static void give_to_winner(const pool_state *state, size_t pixel, const float *diff,
                           const uint8_t *winners, float *image)
{
    tap_walk walk = window_at(&state->window, pixel);

    while (next_tap(&walk)) {
        size_t number = walk_number(&state->window, &walk);
        float *x = image + walk_pixel(&state->window, &walk) * state->channels;

        for (size_t c = 0; c < state->channels; c++)
            x[c] += winners[c] == number ? diff[c] : 0.0F;
    }
}

static void give_to_all(const davy_call *call, const pool_state *state, size_t pixel,
                        const float *diff, float *image)
{
    tap_walk walk = window_at(&state->window, pixel);
    float factor = average_factor(state, &walk);

    while (next_tap(&walk))
        call->env->kernels->axpy(state->channels, factor, diff,
                                 image + walk_pixel(&state->window, &walk) * state->channels);
}

/** One image: its windows overlap, so one thread adds them in order. */
static void backward_image(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const pool_state *state = call->state;
    size_t channels = state->channels, pixels = pixels_out(&state->window);
    size_t size = pixels_in(&state->window) * channels;
    float *x = davy_f32(call->diff_in[0]) + chunk * size;

    (void) worker;
    if (!call->diff_add[0])
        memset(x, 0, size * sizeof *x);
    for (size_t pixel = 0; pixel < pixels; pixel++) {
        size_t from = (chunk * pixels + pixel) * channels;
        const float *diff = davy_f32(call->diff_out[0]) + from;

        if (state->average)
            give_to_all(call, state, pixel, diff, x);
        else
            give_to_winner(state, pixel, diff, (const uint8_t *) call->saved + from, x);
    }
}

static void backward(const davy_call *call)
{
    const pool_state *state = call->state;

    davy_pool_run(call->env->pool, state->window.batch, backward_image, (void *) (uintptr_t) call);
}

const davy_op davy_op_max_pool = {
    .name = "max_pool",
    .in_min = 1,
    .in_max = 1,
    .out_max = 1,
    .flags = DAVY_OP_BF16_MOVED,
    .state_size = sizeof(pool_state),
    .prepare = prepare_max,
    .forward = forward,
    .backward = backward,
};

const davy_op davy_op_average_pool = {
    .name = "average_pool",
    .in_min = 1,
    .in_max = 1,
    .out_max = 1,
    .state_size = sizeof(pool_state),
    .prepare = prepare_average,
    .forward = forward,
    .backward = backward,
};
