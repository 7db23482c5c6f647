/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resize: nearest, linear and cubic, of any number of axes.
 *
 * The axes whose size changes are done one after the other. For each there is a table of the input
 * elements (taps) that make an element of the result, and of their weights; modes and transforms of
 * coordinates differ in that table alone (resize_taps.c). Floats and integers are interpolated as
 * float or double; nearest copies any type.
 */
#include "nn/op/resize.h"
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

typedef struct resize {
    davy_taps taps[DAVY_RANK_MAX]; /* of the axes that change */
    int64_t outer[DAVY_RANK_MAX], inner[DAVY_RANK_MAX];
    int count;
    davy_type work; /* what is interpolated, or the type itself for nearest */
    size_t half;    /* bytes of one of the two buffers in scratch */
    double outside; /* what stands beyond the input, for tf_crop_and_resize */
} resize;

/* Sizes and scales of all axes, from input 2 or 3. */
static davy_status find_sizes(const davy_call *call, int64_t *dims, double *scales)
{
    const davy_tensor *in = call->in[0];
    const davy_tensor *scale = davy_argument(call, 2), *size = davy_argument(call, 3);
    const bool by_size = size && davy_tensor_count(size) > 0;
    const davy_tensor *given = by_size ? size : scale;

    if (!given || davy_tensor_count(given) != in->rank || !davy_type_wide(given->type))
        return davy_call_fail(call, DAVY_ERR_INVALID, "%d scales or sizes are wanted", in->rank);
    for (int i = 0; i < in->rank; i++) {
        const double number = davy_tensor_number(given, i);
        const double length = by_size ? number : floor((double) in->dims[i] * number);

        if (!(number > 0) || !(length <= (double) DAVY_ELEMENTS_MAX))
            return davy_call_fail(call, DAVY_ERR_INVALID, "dimension %d to be made %g", i, number);
        if (in->dims[i] == 0)
            return davy_call_fail(call, DAVY_ERR_INVALID, "an empty image");
        dims[i] = (int64_t) length;
        scales[i] = by_size ? length / (double) in->dims[i] : number;
    }
    return DAVY_OK;
}

/* The part of an axis that tf_crop_and_resize looks at. */
static davy_status find_part(const davy_call *call, int axis, double part[2])
{
    const davy_tensor *roi = davy_argument(call, 1);
    const int rank = call->in[0]->rank;

    if (!roi || davy_tensor_count(roi) != INT64_C(2) * rank || !davy_type_is_float(roi->type))
        return davy_call_fail(call, DAVY_ERR_INVALID, "a region of %d numbers is wanted", 2 * rank);
    part[0] = davy_tensor_number(roi, axis);
    part[1] = davy_tensor_number(roi, rank + axis);
    return DAVY_OK;
}

/* The table of one axis, which becomes the next stage; `shape` is what stages before it made. */
static davy_status add_stage(davy_call *call, const davy_taps_options *options, int axis,
                             double scale, int64_t length, davy_tensor *shape)
{
    resize *state = call->state;
    davy_taps *taps = &state->taps[state->count];
    davy_tensor dims = *shape, next;
    davy_status status;

    *taps = (davy_taps){.in = shape->dims[axis], .out = length, .scale = scale, .part = {0, 1}};
    if (options->crop) {
        status = find_part(call, axis, taps->part);
        if (status != DAVY_OK)
            return status;
    } else if (shape->dims[axis] == length && scale == 1.0) {
        return DAVY_OK;
    }
    dims.dims[axis] = length;
    status = davy_tensor_shape(&next, shape->type, shape->rank, dims.dims);
    if (status == DAVY_OK && call->env->memory_max &&
        (size_t) davy_tensor_count(&next) * davy_type_size(state->work) > call->env->memory_max)
        status = davy_call_fail(call, DAVY_ERR_FULL, "an image between of %" PRId64 " numbers",
                                davy_tensor_count(&next));
    if (status != DAVY_OK)
        return status;
    taps->index = davy_call_keep(call, (size_t) (length * options->taps) * sizeof *taps->index);
    taps->weight = davy_call_keep(call, (size_t) (length * options->taps) * sizeof *taps->weight);
    if (!taps->index || !taps->weight)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "tables of %" PRId64 " elements", length);
    davy_taps_fill(taps, options);
    state->outer[state->count] = davy_tensor_span(shape, 0, axis);
    state->inner[state->count] = davy_tensor_span(shape, axis + 1, shape->rank);
    state->count++;
    *shape = next;
    if ((size_t) davy_tensor_count(&next) * davy_type_size(state->work) > state->half)
        state->half = (size_t) davy_tensor_count(&next) * davy_type_size(state->work);
    return DAVY_OK;
}

static davy_type work_type(davy_type type, bool nearest)
{
    const davy_type wide = davy_type_wide(type);

    if (nearest)
        return type;
    return wide == DAVY_TYPE_F32 || wide == DAVY_TYPE_NONE ? wide : DAVY_TYPE_F64;
}

static davy_status resize_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    resize *state = call->state;
    davy_taps_options options;
    int64_t dims[DAVY_RANK_MAX] = {0};
    double scales[DAVY_RANK_MAX] = {0};
    davy_tensor shape = *in;
    davy_status status = davy_taps_read(call, &options);

    for (size_t i = 1; i < call->in_count; i++)
        if (call->in[i] && (i > 1 || options.crop) && !davy_call_constant(call, i))
            return status;
    if (status == DAVY_OK)
        status = find_sizes(call, dims, scales);
    if (status == DAVY_OK)
        status = davy_result(call, 0, in->type, in->rank, dims);
    if (status != DAVY_OK)
        return status;
    state->work = work_type(in->type, options.taps == 1);
    if (state->work == DAVY_TYPE_NONE)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "%s", davy_type_name(in->type));
    state->outside = (double) davy_node_float(call->node, "extrapolation_value", 0.0F);
    state->half = (size_t) davy_tensor_count(in) * davy_type_size(state->work);
    for (int axis = 0; status == DAVY_OK && axis < in->rank; axis++)
        status = add_stage(call, &options, axis, scales[axis], dims[axis], &shape);
    state->half = (state->half + 63) / 64 * 64;
    call->scratch_size = 2 * state->half;
    return status;
}

/* Rows of `inner` elements of one index of the outer dims. */
#define INTERPOLATE(name, type)                                                              \
    static void name(const davy_taps *taps, int64_t inner, double outside, const void *from, \
                     void *to)                                                               \
    {                                                                                        \
        const type *src = from;                                                              \
        type *dst = to; /* NOLINT(bugprone-macro-parentheses): a type */                     \
                                                                                             \
        for (int64_t i = 0; i < taps->out; i++, dst += inner) {                              \
            const int64_t *index = taps->index + i * taps->taps;                             \
            const double *weight = taps->weight + i * taps->taps;                            \
                                                                                             \
            for (int64_t j = 0; j < inner; j++) {                                            \
                type sum = index[0] < 0 ? (type) outside : 0;                                \
                for (int t = 0; index[0] >= 0 && t < taps->taps; t++)                        \
                    sum += (type) weight[t] * src[index[t] * inner + j];                     \
                dst[j] = sum;                                                                \
            }                                                                                \
        }                                                                                    \
    }
INTERPOLATE(interpolate_f32, float)
INTERPOLATE(interpolate_f64, double)

static void copy_nearest(const davy_taps *taps, int64_t inner, const void *outside, size_t size,
                         const char *src, char *dst)
{
    const size_t bytes = (size_t) inner * size;

    for (int64_t i = 0; i < taps->out; i++, dst += bytes) {
        if (taps->index[i] >= 0)
            memcpy(dst, src + (size_t) taps->index[i] * bytes, bytes);
        for (int64_t j = 0; taps->index[i] < 0 && j < inner; j++)
            memcpy(dst + (size_t) j * size, outside, size);
    }
}

typedef struct stage {
    const resize *state;
    const davy_taps *taps;
    int64_t inner;
    const char *src;
    char *dst;
    const void *outside; /* as an element of the work type */
} stage;

static void stage_chunk(void *context, size_t chunk, size_t worker)
{
    const stage *one = context;
    const size_t size = davy_type_size(one->state->work);
    const char *src = one->src + chunk * (size_t) (one->taps->in * one->inner) * size;
    char *dst = one->dst + chunk * (size_t) (one->taps->out * one->inner) * size;

    (void) worker;
    if (one->taps->taps == 1)
        copy_nearest(one->taps, one->inner, one->outside, size, src, dst);
    else if (one->state->work == DAVY_TYPE_F32)
        interpolate_f32(one->taps, one->inner, one->state->outside, src, dst);
    else
        interpolate_f64(one->taps, one->inner, one->state->outside, src, dst);
}

/* Integers are rounded, not cut. */
static void store(const davy_call *call, const resize *state, void *made)
{
    const davy_tensor *out = call->out[0];
    const size_t count = (size_t) davy_tensor_count(out);

    if (made == out->data)
        return;
    if (state->work == DAVY_TYPE_F64 && out->type != DAVY_TYPE_F64)
        for (size_t i = 0; i < count; i++)
            ((double *) made)[i] = rint(((double *) made)[i]);
    davy_convert(state->work, out->type, count, made, out->data);
}

static davy_status resize_forward(const davy_call *call)
{
    const resize *state = call->state;
    const davy_tensor *in = call->in[0];
    char *halves[2] = {call->scratch, (char *) call->scratch + state->half}, *src = in->data;
    uint64_t outside = 0;

    if (state->work == in->type && davy_type_wide(in->type))
        davy_tensor_put(&(davy_tensor){.type = in->type, .data = &outside}, 0, state->outside);
    if (state->work != in->type) {
        davy_convert(in->type, state->work, (size_t) davy_tensor_count(in), in->data, halves[1]);
        src = halves[1];
    }
    for (int i = 0; i < state->count; i++) {
        const bool last = i == state->count - 1 && state->work == call->out[0]->type;
        stage one = {state,
                     &state->taps[i],
                     state->inner[i],
                     src,
                     last ? call->out[0]->data : halves[src == halves[0]],
                     &outside};

        davy_pool_run(call->env->pool, (size_t) state->outer[i], stage_chunk, &one);
        src = one.dst;
    }
    store(call, state, src);
    return DAVY_OK;
}

const davy_op davy_op_resize = {.name = "resize",
                                .onnx = "Resize",
                                .in_min = 1,
                                .in_max = 4,
                                .out_max = 1,
                                .flags = DAVY_OP_BF16_MOVED,
                                .state_size = sizeof(resize),
                                .prepare = resize_prepare,
                                .forward = resize_forward};
