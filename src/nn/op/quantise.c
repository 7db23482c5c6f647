/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/quantise.h"

#include "nn/op/line.h"
#include "nn/op/rows.h"

#include <inttypes.h>
#include <math.h>

static int64_t index_of(const davy_tensor *list, int64_t index)
{
    return davy_tensor_count(list) == 1 ? 0 : index;
}

int32_t davy_quantised_zero(const davy_quantised *from, int64_t index)
{
    return from->zero ? (int32_t) davy_tensor_int(from->zero, index_of(from->zero, index)) : 0;
}

double davy_quantised_scale(const davy_quantised *from, int64_t index)
{
    return davy_tensor_number(from->scale, index_of(from->scale, index));
}

static bool fits(const davy_tensor *list, int64_t count)
{
    return !list || davy_tensor_count(list) == 1 ||
           (list->rank == 1 && davy_tensor_count(list) == count);
}

static bool is_byte(davy_type type)
{
    return type == DAVY_TYPE_I8 || type == DAVY_TYPE_U8;
}

davy_status davy_quantised_check(const davy_call *call, const davy_quantised *from, int64_t count)
{
    char text[DAVY_TENSOR_TEXT_MAX];

    if (!is_byte(from->numbers->type) || (from->zero && from->zero->type != from->numbers->type) ||
        (from->scale && from->scale->type != DAVY_TYPE_F32))
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "%s: int8 or uint8 with such a zero and a float scale is wanted",
                              davy_tensor_text(from->numbers, text));
    if (!fits(from->scale, count) || !fits(from->zero, count))
        return davy_call_fail(call, DAVY_ERR_INVALID,
                              "scale or zero is not one number, nor %" PRId64, count);
    return DAVY_OK;
}

void davy_quantised_put(const davy_tensor *tensor, int64_t index, double value, int32_t zero)
{
    davy_tensor_put(tensor, index, rint(value) + zero); /* narrowing takes the nearest end */
}

/* quantize_linear and dequantize_linear: x, scale, zero?; scales lie along `axis`. */
static davy_status linear_prepare(davy_call *call, davy_type to)
{
    const davy_tensor *in = call->in[0], *scale = call->in[1], *zero = davy_argument(call, 2);
    davy_lines *lines = call->state;
    int axis = 0;
    davy_status status = DAVY_OK;

    *lines = (davy_lines){1, 1, davy_tensor_count(in)};
    if (scale->rank > 1 || scale->type != DAVY_TYPE_F32 ||
        (zero && davy_tensor_count(zero) != davy_tensor_count(scale)))
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED,
                              "float scales, with as many zeros, of one axis are wanted");
    if (davy_tensor_count(scale) == 1)
        return davy_result_like(call, 0, to, in);
    status = davy_argument_axis(call, davy_node_int(call->node, "axis", 1), in->rank, &axis);
    if (status == DAVY_OK && davy_tensor_count(scale) != in->dims[axis])
        status = davy_call_fail(call, DAVY_ERR_INVALID, "%" PRId64 " scales for %" PRId64,
                                davy_tensor_count(scale), in->dims[axis]);
    if (status == DAVY_OK)
        *lines = davy_lines_of(in, axis);
    return status == DAVY_OK ? davy_result_like(call, 0, to, in) : status;
}

static davy_status quantize_prepare(davy_call *call)
{
    const davy_tensor *zero = davy_argument(call, 2);
    const davy_type from = call->in[0]->type, to = zero ? zero->type : DAVY_TYPE_U8;

    if (!is_byte(to) || (!davy_type_is_float(from) && from != DAVY_TYPE_I32))
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "%s to %s", davy_type_name(from),
                              davy_type_name(to));
    return linear_prepare(call, to);
}

static davy_status dequantize_prepare(davy_call *call)
{
    const davy_type from = call->in[0]->type;
    const davy_tensor *zero = davy_argument(call, 2);

    if ((!is_byte(from) && from != DAVY_TYPE_I32) || (zero && zero->type != from))
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "numbers of type %s",
                              davy_type_name(from));
    return linear_prepare(call, DAVY_TYPE_F32);
}

/* All elements of one index of the outer dims and the axis have one scale. */
static void quantize_run(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const davy_lines *lines = call->state;
    const davy_quantised to = {NULL, call->in[1], davy_argument(call, 2)};
    const int64_t index = (int64_t) chunk % lines->length, first = (int64_t) chunk * lines->inner;
    const double scale = davy_quantised_scale(&to, index);
    const int32_t zero = davy_quantised_zero(&to, index);

    (void) worker;
    for (int64_t i = first; i < first + lines->inner; i++) /* the quotient is that of floats */
        davy_quantised_put(call->out[0], i,
                           (double) ((float) davy_tensor_at(call->in[0], i) / (float) scale), zero);
}

static void dequantize_run(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const davy_lines *lines = call->state;
    const davy_quantised from = {NULL, call->in[1], davy_argument(call, 2)};
    const int64_t index = (int64_t) chunk % lines->length, first = (int64_t) chunk * lines->inner;
    const float scale = (float) davy_quantised_scale(&from, index);
    const int64_t zero = davy_quantised_zero(&from, index);

    (void) worker;
    for (int64_t i = first; i < first + lines->inner; i++)
        davy_f32(call->out[0])[i] = (float) (davy_tensor_int(call->in[0], i) - zero) * scale;
}

static davy_status run(const davy_call *call, void (*task)(void *, size_t, size_t))
{
    const davy_lines *lines = call->state;
    davy_call copy = *call; /* the pool's context is not const */

    davy_pool_run(call->env->pool, (size_t) (lines->outer * lines->length), task, &copy);
    return DAVY_OK;
}

static davy_status quantize_forward(const davy_call *call)
{
    return run(call, quantize_run);
}

static davy_status dequantize_forward(const davy_call *call)
{
    return run(call, dequantize_run);
}

static davy_status dynamic_prepare(davy_call *call)
{
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, -1);

    if (status == DAVY_OK)
        status = davy_result_like(call, 0, DAVY_TYPE_U8, call->in[0]);
    if (status == DAVY_OK)
        status = davy_result(call, 1, DAVY_TYPE_F32, 0, NULL);
    return status == DAVY_OK ? davy_result(call, 2, DAVY_TYPE_U8, 0, NULL) : status;
}

/* The range of the numbers, with 0 in it, becomes 0 .. 255. */
static davy_status dynamic_forward(const davy_call *call)
{
    const davy_tensor *in = call->in[0];
    float low = 0, high = 0, scale, zero;
    uint8_t zero_point;

    for (int64_t i = 0; i < davy_tensor_count(in); i++) {
        const float x = davy_f32(in)[i];

        low = x < low ? x : low;
        high = x > high ? x : high;
    }
    scale = (high - low) / 255.0F;
    if (!(scale > 0)) /* all zeros */
        scale = 1;
    zero = rintf(-low / scale);
    zero_point = (uint8_t) (zero > 255 ? 255 : zero);
    for (int64_t i = 0; call->out[0] && i < davy_tensor_count(in); i++)
        davy_quantised_put(call->out[0], i, (double) (davy_f32(in)[i] / scale), zero_point);
    if (call->out_count > 1 && call->out[1])
        *davy_f32(call->out[1]) = scale;
    if (call->out_count > 2 && call->out[2])
        *(uint8_t *) call->out[2]->data = zero_point;
    return DAVY_OK;
}

const davy_op davy_op_quantize_linear = {.name = "quantize_linear",
                                         .onnx = "QuantizeLinear",
                                         .in_min = 2,
                                         .in_max = 3,
                                         .out_max = 1,
                                         .state_size = sizeof(davy_lines),
                                         .prepare = quantize_prepare,
                                         .forward = quantize_forward};
const davy_op davy_op_dequantize_linear = {.name = "dequantize_linear",
                                           .onnx = "DequantizeLinear",
                                           .in_min = 2,
                                           .in_max = 3,
                                           .out_max = 1,
                                           .state_size = sizeof(davy_lines),
                                           .prepare = dequantize_prepare,
                                           .forward = dequantize_forward};
const davy_op davy_op_dynamic_quantize_linear = {.name = "dynamic_quantize_linear",
                                                 .onnx = "DynamicQuantizeLinear",
                                                 .in_min = 1,
                                                 .in_max = 1,
                                                 .out_max = 3,
                                                 .prepare = dynamic_prepare,
                                                 .forward = dynamic_forward};
