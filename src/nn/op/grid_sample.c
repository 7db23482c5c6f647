/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grid sample: X [N, C, H, W] looked at where a grid [N, h, w, 2] of (x, y) from -1 to 1 says.
 *
 * Beyond the image stand zeros, its border, or its reflection. Formulas: ONNX GridSample-16.
 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"

#include <math.h>
#include <string.h>

typedef enum padding { PAD_ZEROS, PAD_BORDER, PAD_REFLECTION } padding;

typedef struct grid {
    int taps; /* along each axis: 1 nearest, 2 bilinear, 4 bicubic */
    padding padding;
    bool corners; /* -1 and 1 are the centres of the corner pixels, not their edges */
} grid;

static davy_status grid_prepare(davy_call *call)
{
    static const char *const modes[] = {"nearest", "bilinear", "", "bicubic"};
    static const char *const paddings[] = {"zeros", "border", "reflection"};
    const davy_tensor *in = call->in[0], *where = call->in[1];
    const char *mode = davy_node_text(call->node, "mode", "bilinear");
    const char *pad = davy_node_text(call->node, "padding_mode", "zeros");
    grid *state = call->state;
    int found = -1;

    for (int i = 0; i < 4; i++)
        if (strcmp(modes[i], mode) == 0)
            state->taps = i + 1;
    for (int i = 0; i < 3; i++)
        if (strcmp(paddings[i], pad) == 0)
            found = i;
    if (!state->taps || found < 0 || in->rank != 4 || davy_type_wide(in->type) == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "mode '%s', '%s', %d dimensions", mode,
                              pad, in->rank);
    if (where->rank != 4 || where->dims[0] != in->dims[0] || where->dims[3] != 2 ||
        !davy_type_is_float(where->type) || in->dims[2] == 0 || in->dims[3] == 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "a grid [N, h, w, 2] of floats is wanted");
    state->padding = (padding) found;
    state->corners = davy_node_int(call->node, "align_corners", 0) != 0;
    return davy_result(call, 0, in->type, 4,
                       (int64_t[]){in->dims[0], in->dims[1], where->dims[1], where->dims[2]});
}

/* There and back between two ends. */
static double reflected(double at, double low, double high)
{
    const double span = high - low;
    double rest;

    if (span <= 0)
        return low;
    rest = fmod(fabs(at - low), 2 * span);
    return low + (rest > span ? 2 * span - rest : rest);
}

/* A place on an axis, in pixels, brought inside as the padding has it. */
static double place_of(const grid *state, double at, int64_t length)
{
    const double size = (double) length;
    double place = state->corners ? (at + 1) / 2 * (size - 1) : ((at + 1) * size - 1) / 2;

    if (!isfinite(place)) /* as if far outside */
        place = -2 * size;
    if (state->padding == PAD_REFLECTION && state->taps != 4)
        place = state->corners ? reflected(place, 0, size - 1) : reflected(place, -0.5, size - 0.5);
    if (state->padding == PAD_BORDER && state->taps != 4)
        place = place < 0 ? 0 : place > size - 1 ? size - 1 : place;
    return place;
}

/* The pixel that stands at an index, or -1 for a zero. */
static int64_t pixel_of(const grid *state, double index, int64_t length)
{
    const double last = (double) length - 1;

    if (index >= 0 && index <= last)
        return (int64_t) index;
    if (state->padding == PAD_ZEROS)
        return -1;
    if (state->padding == PAD_REFLECTION)
        index = state->corners ? reflected(index, 0, last) : reflected(index, -0.5, last + 0.5);
    index = rint(index);
    return index < 0 ? 0 : index > last ? length - 1 : (int64_t) index;
}

/* Pixels and weights around a place. */
static void taps_of(const grid *state, double place, int64_t length, int64_t *pixel, double *weight)
{
    static const double a = -0.75; /* of the cubic kernel, as PyTorch has it */
    const double low = state->taps == 1 ? rint(place) : floor(place), rest = place - low;

    for (int t = 0; t < state->taps; t++) {
        const int step = state->taps == 4 ? t - 1 : t;
        const double x = fabs(rest - step);

        pixel[t] = pixel_of(state, low + step, length);
        weight[t] = state->taps == 1   ? 1
                    : state->taps == 2 ? 1 - x
                    : x <= 1           ? ((a + 2) * x - (a + 3)) * x * x + 1
                                       : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
    }
}

/* All channels of one place of the result. */
static void sample(const davy_call *call, int64_t n, int64_t place)
{
    const grid *state = call->state;
    const davy_tensor *in = call->in[0], *out = call->out[0];
    const int64_t height = in->dims[2], width = in->dims[3], area = out->dims[2] * out->dims[3];
    const int64_t at = (n * area + place) * 2;
    int64_t row[4], column[4];
    double row_weight[4], column_weight[4];

    taps_of(state, place_of(state, davy_tensor_at(call->in[1], at), width), width, column,
            column_weight);
    taps_of(state, place_of(state, davy_tensor_at(call->in[1], at + 1), height), height, row,
            row_weight);
    for (int64_t c = 0; c < in->dims[1]; c++) {
        const int64_t image = (n * in->dims[1] + c) * height * width;
        double sum = 0;

        for (int i = 0; i < state->taps; i++)
            for (int j = 0; j < state->taps; j++)
                if (row[i] >= 0 && column[j] >= 0)
                    sum += row_weight[i] * column_weight[j] *
                           davy_tensor_at(in, image + row[i] * width + column[j]);
        davy_tensor_put(out, (n * in->dims[1] + c) * area + place, sum);
    }
}

static void sample_row(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const davy_tensor *out = call->out[0];
    const int64_t n = (int64_t) chunk / out->dims[2], row = (int64_t) chunk % out->dims[2];

    (void) worker;
    for (int64_t i = 0; i < out->dims[3]; i++)
        sample(call, n, row * out->dims[3] + i);
}

static davy_status grid_forward(const davy_call *call)
{
    davy_call copy = *call; /* the pool's context is not const */

    davy_pool_run(call->env->pool, (size_t) (call->out[0]->dims[0] * call->out[0]->dims[2]),
                  sample_row, &copy);
    return DAVY_OK;
}

const davy_op davy_op_grid_sample = {.name = "grid_sample",
                                     .onnx = "GridSample",
                                     .in_min = 2,
                                     .in_max = 2,
                                     .out_max = 1,
                                     .state_size = sizeof(grid),
                                     .prepare = grid_prepare,
                                     .forward = grid_forward};
