/* SPDX-License-Identifier: Apache-2.0 */
/* Tensors out of a few numbers: range, constant_of_shape, one_hot, eye_like, trilu. */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* How many numbers from start on stay before the limit; delta is not 0. */
static int64_t range_of_integers(int64_t start, int64_t limit, int64_t delta)
{
    const bool up = delta > 0;
    const uint64_t way =
        up ? (uint64_t) limit - (uint64_t) start : (uint64_t) start - (uint64_t) limit;
    const uint64_t step = up ? (uint64_t) delta : 0 - (uint64_t) delta;
    uint64_t count;

    assert(step != 0);
    if (up ? limit <= start : limit >= start)
        return 0;
    count = (way - 1) / step + 1;
    return count > (uint64_t) DAVY_ELEMENTS_MAX ? DAVY_ELEMENTS_MAX + 1 : (int64_t) count;
}

static int64_t range_of_floats(double start, double limit, double delta)
{
    const double count = ceil((limit - start) / delta);

    if (!(count > 0)) /* NaN too */
        return 0;
    return count > (double) DAVY_ELEMENTS_MAX ? DAVY_ELEMENTS_MAX + 1 : (int64_t) count;
}

static davy_status range_prepare(davy_call *call)
{
    int64_t count = 0;
    double number;
    davy_status status = davy_arguments_alike(call, 0, 3);

    for (size_t i = 0; status == DAVY_OK && i < 3; i++) {
        if (!davy_call_constant(call, i))
            return DAVY_OK;
        status = davy_argument_number(call, i, &number);
    }
    if (status != DAVY_OK)
        return status;
    if (davy_tensor_number(call->in[2], 0) == 0)
        return davy_call_fail(call, DAVY_ERR_INVALID, "steps of 0");
    if (davy_type_is_float(call->in[0]->type))
        count =
            range_of_floats(davy_tensor_number(call->in[0], 0), davy_tensor_number(call->in[1], 0),
                            davy_tensor_number(call->in[2], 0));
    else
        count = range_of_integers(davy_tensor_int(call->in[0], 0), davy_tensor_int(call->in[1], 0),
                                  davy_tensor_int(call->in[2], 0));
    return davy_result(call, 0, call->in[0]->type, 1, &count);
}

static davy_status range_forward(const davy_call *call)
{
    const davy_tensor *out = call->out[0];
    const size_t size = davy_type_size(out->type);
    const bool floats = davy_type_is_float(out->type);
    const double start = davy_tensor_number(call->in[0], 0),
                 delta = davy_tensor_number(call->in[2], 0);
    const uint64_t first = (uint64_t) davy_tensor_int(call->in[0], 0);
    const uint64_t step = (uint64_t) davy_tensor_int(call->in[2], 0);

    for (int64_t i = 0; i < davy_tensor_count(out); i++) {
        const double number = start + (double) i * delta;
        const int64_t whole = (int64_t) (first + (uint64_t) i * step);

        davy_convert(floats ? DAVY_TYPE_F64 : DAVY_TYPE_I64, out->type, 1,
                     floats ? (const void *) &number : (const void *) &whole,
                     (char *) out->data + (size_t) i * size);
    }
    return DAVY_OK;
}

static davy_status constant_of_shape_prepare(davy_call *call)
{
    const davy_attribute *value = davy_node_attribute(call->node, "value");
    int64_t dims[DAVY_RANK_MAX];
    size_t rank = 0;
    davy_status status;

    if (!davy_call_constant(call, 0))
        return DAVY_OK;
    if (value && (value->kind != DAVY_ATTRIBUTE_TENSOR || davy_tensor_count(value->tensor) != 1))
        return davy_call_fail(call, DAVY_ERR_INVALID, "the value is not one number");
    status = davy_argument_list(call, 0, DAVY_RANK_MAX, dims, &rank);
    return status == DAVY_OK
               ? davy_result(call, 0, value ? value->tensor->type : DAVY_TYPE_F32, (int) rank, dims)
               : status;
}

static davy_status constant_of_shape_forward(const davy_call *call)
{
    const davy_attribute *value = davy_node_attribute(call->node, "value");
    const davy_tensor *out = call->out[0];
    const size_t size = davy_type_size(out->type);
    const uint64_t zero = 0;

    for (int64_t i = 0; i < davy_tensor_count(out); i++)
        memcpy((char *) out->data + (size_t) i * size, value ? value->tensor->data : &zero, size);
    return DAVY_OK;
}

/* indices [outer, inner] -> [outer, depth, inner] */
static davy_status one_hot_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    int64_t dims[DAVY_RANK_MAX + 1];
    double depth = 0;
    int axis = 0;
    davy_status status;

    if (!davy_call_constant(call, 1))
        return DAVY_OK;
    status = davy_argument_number(call, 1, &depth);
    if (status == DAVY_OK && (!(depth >= 0) || depth > (double) DAVY_ELEMENTS_MAX))
        status = davy_call_fail(call, DAVY_ERR_INVALID, "a depth of %g", depth);
    if (status == DAVY_OK)
        status =
            davy_argument_axis(call, davy_node_int(call->node, "axis", -1), in->rank + 1, &axis);
    if (status == DAVY_OK && (davy_tensor_count(call->in[2]) != 2 || davy_type_wide(in->type) == 0))
        status = davy_call_fail(call, DAVY_ERR_INVALID, "it wants indices and two values");
    if (status != DAVY_OK)
        return status;
    for (int i = 0; i <= in->rank; i++)
        dims[i] = i < axis ? in->dims[i] : i == axis ? (int64_t) depth : in->dims[i - 1];
    *(int *) call->state = axis;
    return davy_result(call, 0, call->in[2]->type, in->rank + 1, dims);
}

static davy_status one_hot_forward(const davy_call *call)
{
    const davy_tensor *in = call->in[0], *out = call->out[0];
    const int axis = *(const int *) call->state;
    const int64_t depth = out->dims[axis], inner = davy_tensor_span(in, axis, in->rank);
    const size_t size = davy_type_size(out->type);
    const char *values = call->in[2]->data; /* off, on */

    for (int64_t i = 0; i < davy_tensor_count(out); i++)
        memcpy((char *) out->data + (size_t) i * size, values, size);
    for (int64_t i = 0; i < davy_tensor_count(in); i++) {
        const int64_t at = davy_index(davy_tensor_int(in, i), depth);

        if (at >= 0) /* others stand for no class */
            memcpy((char *) out->data +
                       (size_t) ((i / inner * depth + at) * inner + i % inner) * size,
                   values + size, size);
    }
    return DAVY_OK;
}

static davy_status eye_like_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    const int64_t type = davy_node_int(call->node, "dtype", in->type);

    if (in->rank != 2 || type < 0 || type > DAVY_TYPE_BF16 || !davy_type_wide((davy_type) type))
        return davy_call_fail(call, DAVY_ERR_INVALID, "a matrix and a type of numbers are wanted");
    return davy_result_like(call, 0, (davy_type) type, in);
}

static davy_status eye_like_forward(const davy_call *call)
{
    const int64_t k = davy_node_int(call->node, "k", 0), one = 1;
    const davy_tensor *out = call->out[0];

    memset(out->data, 0, davy_tensor_bytes(out));
    for (int64_t row = 0; row < out->dims[0]; row++)
        if (k >= -row && k < out->dims[1] - row)
            davy_convert(DAVY_TYPE_I64, out->type, 1, &one,
                         (char *) out->data +
                             (size_t) (row * out->dims[1] + row + k) * davy_type_size(out->type));
    return DAVY_OK;
}

static davy_status trilu_prepare(davy_call *call)
{
    const davy_tensor *k = davy_argument(call, 1);

    if (call->in[0]->rank < 2 || (k && (k->type != DAVY_TYPE_I64 || davy_tensor_count(k) != 1)))
        return davy_call_fail(call, DAVY_ERR_INVALID, "matrices and one int64 are wanted");
    return davy_result_like(call, 0, call->in[0]->type, call->in[0]);
}

/* Of a row the columns from .. to-1 are kept. */
static davy_status trilu_forward(const davy_call *call)
{
    const davy_tensor *in = call->in[0], *out = call->out[0];
    const bool upper = davy_node_int(call->node, "upper", 1) != 0;
    const int64_t rows = in->dims[in->rank - 2], columns = in->dims[in->rank - 1];
    const size_t size = davy_type_size(in->type);
    int64_t k = davy_argument(call, 1) ? davy_tensor_int(call->in[1], 0) : 0;

    k = k > columns ? columns : k < -rows ? -rows : k; /* more makes no difference */
    for (int64_t i = 0; columns > 0 && i < davy_tensor_count(in) / columns; i++) {
        int64_t edge = i % rows + k + (upper ? 0 : 1);
        char *dst = (char *) out->data + (size_t) (i * columns) * size;

        edge = edge < 0 ? 0 : edge > columns ? columns : edge;
        if (dst != (char *) in->data + (size_t) (i * columns) * size)
            memcpy(dst, (const char *) in->data + (size_t) (i * columns) * size,
                   (size_t) columns * size);
        if (upper)
            memset(dst, 0, (size_t) edge * size);
        else
            memset(dst + (size_t) edge * size, 0, (size_t) (columns - edge) * size);
    }
    return DAVY_OK;
}

#define GENERATE(name_, onnx_, in_min_, in_max_, flags_, prepare_, forward_)                       \
    {                                                                                              \
        .name = (name_), .onnx = (onnx_), .in_min = (in_min_), .in_max = (in_max_), .out_max = 1,  \
        .flags = (flags_), .state_size = sizeof(int), .prepare = (prepare_), .forward = (forward_) \
    }

const davy_op davy_op_range = GENERATE("range", "Range", 3, 3, 0, range_prepare, range_forward);
const davy_op davy_op_constant_of_shape =
    GENERATE("constant_of_shape", "ConstantOfShape", 1, 1, 0, constant_of_shape_prepare,
             constant_of_shape_forward);
const davy_op davy_op_one_hot =
    GENERATE("one_hot", "OneHot", 3, 3, 0, one_hot_prepare, one_hot_forward);
const davy_op davy_op_eye_like =
    GENERATE("eye_like", "EyeLike", 1, 1, DAVY_OP_SHAPE_ONLY, eye_like_prepare, eye_like_forward);
const davy_op davy_op_trilu =
    GENERATE("trilu", "Trilu", 1, 2, DAVY_OP_IN_PLACE, trilu_prepare, trilu_forward);
