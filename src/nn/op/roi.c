/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regions of images [N, C, H, W] brought to one size: roi_align and max_roi_pool.
 *
 * Sources: He et al., "Mask R-CNN", 2017, section 3; Girshick, "Fast R-CNN", 2015, section 2.1.
 */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Most samples along one side of a bin: a region that asks for more is not sane. */
#define SAMPLES_MAX 4096

typedef struct roi {
    int64_t height, width; /* of a result */
    int64_t samples;       /* along a side of a bin; 0: by the size of the region */
    double scale, offset;  /* from coordinates of a region to those of the image */
    bool max, aligned;
} roi;

static davy_status check_images(const davy_call *call, int64_t height, int64_t width)
{
    const davy_tensor *in = call->in[0], *regions = call->in[1];

    if (in->rank != 4 || !davy_type_is_float(in->type) || in->dims[2] == 0 || in->dims[3] == 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "images [N, C, H, W] of floats are wanted");
    if (regions->rank != 2 || !davy_type_is_float(regions->type))
        return davy_call_fail(call, DAVY_ERR_INVALID, "a list of regions is wanted");
    if (height < 1 || width < 1)
        return davy_call_fail(call, DAVY_ERR_INVALID, "results of %" PRId64 " by %" PRId64, height,
                              width);
    return davy_result(call, 0, in->type, 4,
                       (int64_t[]){regions->dims[0], in->dims[1], height, width});
}

static davy_status align_prepare(davy_call *call)
{
    const char *mode = davy_node_text(call->node, "mode", "avg");
    const char *place = davy_node_text(call->node, "coordinate_transformation_mode", "half_pixel");
    roi *state = call->state;
    davy_status status;

    *state = (roi){.height = davy_node_int(call->node, "output_height", 1),
                   .width = davy_node_int(call->node, "output_width", 1),
                   .samples = davy_node_int(call->node, "sampling_ratio", 0),
                   .scale = (double) davy_node_float(call->node, "spatial_scale", 1.0F),
                   .max = strcmp(mode, "max") == 0,
                   .aligned = strcmp(place, "half_pixel") == 0};
    state->offset = state->aligned ? 0.5 : 0;
    if ((!state->max && strcmp(mode, "avg") != 0) || state->samples < 0 ||
        state->samples > SAMPLES_MAX)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "mode '%s', %" PRId64 " samples", mode,
                              state->samples);
    status = check_images(call, state->height, state->width);
    if (status == DAVY_OK)
        status = davy_argument_indices(call, 2);
    if (status == DAVY_OK &&
        (call->in[1]->dims[1] != 4 || davy_tensor_count(call->in[2]) != call->in[1]->dims[0]))
        status = davy_call_fail(call, DAVY_ERR_INVALID, "regions of 4 numbers and an image each");
    return status;
}

/* The two pixels around a place on an axis, and the weight of the upper one. */
static void around(double place, int64_t length, int64_t pixel[2], double *upper)
{
    place = place < 0 ? 0 : place;
    pixel[0] = place >= (double) (length - 1) ? length - 1 : (int64_t) place;
    pixel[1] = pixel[0] < length - 1 ? pixel[0] + 1 : pixel[0];
    *upper = pixel[1] == pixel[0] ? 0 : place - (double) pixel[0];
}

/* One sample of one image; zero more than a pixel outside. Max takes the greatest of the four
 * weighted pixels, as the reference does. */
static double sample(const davy_tensor *in, int64_t image, double y, double x, bool max)
{
    const int64_t height = in->dims[2], width = in->dims[3];
    int64_t row[2], column[2];
    double down, right, sum = 0, high = -INFINITY;

    if (!(y >= -1 && y <= (double) height && x >= -1 && x <= (double) width))
        return 0;
    around(y, height, row, &down);
    around(x, width, column, &right);
    for (int k = 0; k < 4; k++) {
        const double weight = (k / 2 ? down : 1 - down) * (k % 2 ? right : 1 - right);
        const double value =
            weight * davy_tensor_at(in, image + row[k / 2] * width + column[k % 2]);

        sum += value;
        high = value > high ? value : high;
    }
    return max ? high : sum;
}

/* Begin and size of a bin, and samples in it, along one axis. */
typedef struct side {
    double begin, bin;
    int64_t samples;
} side;

static side side_of(const roi *state, double from, double to, int64_t bins)
{
    const double begin = from * state->scale - state->offset;
    double length = to * state->scale - state->offset - begin, samples;

    if (!state->aligned && length < 1)
        length = 1;
    samples = ceil(length / (double) bins);
    samples = !(samples >= 1) ? 1 : samples > SAMPLES_MAX ? SAMPLES_MAX : samples;
    return (side){begin, length / (double) bins,
                  state->samples > 0 ? state->samples : (int64_t) samples};
}

static double align_bin(const davy_call *call, int64_t image, const side *y, const side *x,
                        int64_t row, int64_t column)
{
    const roi *state = call->state;
    double sum = 0, high = -INFINITY;

    for (int64_t i = 0; i < y->samples; i++)
        for (int64_t j = 0; j < x->samples; j++) {
            const double value = sample(
                call->in[0], image,
                y->begin + ((double) row + ((double) i + 0.5) / (double) y->samples) * y->bin,
                x->begin + ((double) column + ((double) j + 0.5) / (double) x->samples) * x->bin,
                state->max);

            sum += value;
            high = value > high ? value : high;
        }
    return state->max ? high : sum / (double) (y->samples * x->samples);
}

static void align_region(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const roi *state = call->state;
    const davy_tensor *in = call->in[0], *regions = call->in[1];
    const int64_t r = (int64_t) chunk, n = davy_tensor_int(call->in[2], r);
    const side x = side_of(state, davy_tensor_at(regions, 4 * r),
                           davy_tensor_at(regions, 4 * r + 2), state->width);
    const side y = side_of(state, davy_tensor_at(regions, 4 * r + 1),
                           davy_tensor_at(regions, 4 * r + 3), state->height);
    int64_t made = r * in->dims[1] * state->height * state->width;

    (void) worker;
    for (int64_t c = 0; c < in->dims[1]; c++)
        for (int64_t i = 0; i < state->height; i++)
            for (int64_t j = 0; j < state->width; j++)
                davy_tensor_put(call->out[0], made++,
                                align_bin(call, (n * in->dims[1] + c) * in->dims[2] * in->dims[3],
                                          &y, &x, i, j));
}

static davy_status align_forward(const davy_call *call)
{
    const int64_t count = call->in[1]->dims[0];
    davy_call copy = *call; /* the pool's context is not const */

    for (int64_t r = 0; r < count; r++) {
        const int64_t n = davy_tensor_int(call->in[2], r);

        if (n < 0 || n >= call->in[0]->dims[0])
            return davy_call_fail(call, DAVY_ERR_INVALID, "image %" PRId64 " of %" PRId64, n,
                                  call->in[0]->dims[0]);
    }
    davy_pool_run(call->env->pool, (size_t) count, align_region, &copy);
    return DAVY_OK;
}

static davy_status pool_prepare(davy_call *call)
{
    size_t count = 0;
    const int64_t *shape = davy_node_ints(call->node, "pooled_shape", &count);
    roi *state = call->state;
    davy_status status;

    if (count != 2)
        return davy_call_fail(call, DAVY_ERR_INVALID, "pooled_shape has not two numbers");
    *state = (roi){.height = shape[0],
                   .width = shape[1],
                   .scale = (double) davy_node_float(call->node, "spatial_scale", 1.0F)};
    status = check_images(call, state->height, state->width);
    if (status == DAVY_OK && call->in[1]->dims[1] != 5)
        status = davy_call_fail(call, DAVY_ERR_INVALID, "regions of 5 numbers are wanted");
    return status;
}

/* Pixels from .. to-1 that bin `i` of `bins` covers, of a region that begins at a pixel. */
static void bin_pixels(double begin, double end, int64_t bins, int64_t i, int64_t length,
                       int64_t *from, int64_t *to)
{
    const double size = (end - begin + 1 > 1 ? end - begin + 1 : 1) / (double) bins;
    const double low = floor((double) i * size) + begin,
                 high = ceil((double) (i + 1) * size) + begin;

    *from = !(low > 0) ? 0 : low > (double) length ? length : (int64_t) low;
    *to = !(high > 0) ? 0 : high > (double) length ? length : (int64_t) high;
}

static double pool_bin(const davy_call *call, int64_t image, const double region[4], int64_t row,
                       int64_t column)
{
    const roi *state = call->state;
    const davy_tensor *in = call->in[0];
    int64_t top, bottom, left, right;
    double high = -INFINITY;

    bin_pixels(region[0], region[2], state->width, column, in->dims[3], &left, &right);
    bin_pixels(region[1], region[3], state->height, row, in->dims[2], &top, &bottom);
    for (int64_t y = top; y < bottom; y++)
        for (int64_t x = left; x < right; x++) {
            const double value = davy_tensor_at(in, image + y * in->dims[3] + x);

            high = value > high ? value : high;
        }
    return top < bottom && left < right ? high : 0;
}

static davy_status pool_forward(const davy_call *call)
{
    const roi *state = call->state;
    const davy_tensor *in = call->in[0], *regions = call->in[1];
    int64_t made = 0;

    for (int64_t r = 0; r < regions->dims[0]; r++) {
        const int64_t n = davy_tensor_int(regions, 5 * r);
        double region[4];

        if (n < 0 || n >= in->dims[0])
            return davy_call_fail(call, DAVY_ERR_INVALID, "image %" PRId64 " of %" PRId64, n,
                                  in->dims[0]);
        for (int k = 0; k < 4; k++)
            region[k] = round(davy_tensor_at(regions, 5 * r + 1 + k) * state->scale);
        for (int64_t c = 0; c < in->dims[1]; c++)
            for (int64_t i = 0; i < state->height * state->width; i++)
                davy_tensor_put(call->out[0], made++,
                                pool_bin(call, (n * in->dims[1] + c) * in->dims[2] * in->dims[3],
                                         region, i / state->width, i % state->width));
    }
    return DAVY_OK;
}

const davy_op davy_op_roi_align = {.name = "roi_align",
                                   .onnx = "RoiAlign",
                                   .in_min = 3,
                                   .in_max = 3,
                                   .out_max = 1,
                                   .state_size = sizeof(roi),
                                   .prepare = align_prepare,
                                   .forward = align_forward};
const davy_op davy_op_max_roi_pool = {.name = "max_roi_pool",
                                      .onnx = "MaxRoiPool",
                                      .in_min = 2,
                                      .in_max = 2,
                                      .out_max = 1,
                                      .state_size = sizeof(roi),
                                      .prepare = pool_prepare,
                                      .forward = pool_forward};
