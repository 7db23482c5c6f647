/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/window.h"

#include <string.h>

/** Sizes from outside stay below this, so that their sums and products with strides fit. */
#define SIZE_LIMIT ((int64_t) 1 << 30)

/** One list attribute into the axes in use; the others and a missing list get the fallback. */
static davy_status read_axes(const davy_call *call, const char *name, int rank, int64_t fallback,
                             size_t *axes)
{
    size_t count;
    const int64_t *values = davy_node_ints(call->node, name, &count);

    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++)
        axes[axis] = (size_t) fallback;
    if (!values)
        return DAVY_OK;
    if (count != (size_t) rank)
        return davy_call_fail(call, DAVY_ERR_INVALID, "'%s' has %zu values instead of %d", name,
                              count, rank);
    for (int i = 0; i < rank; i++) {
        if (values[i] < fallback || values[i] > SIZE_LIMIT)
            return davy_call_fail(call, DAVY_ERR_INVALID, "'%s' holds %lld", name,
                                  (long long) values[i]);
        axes[DAVY_WINDOW_AXES - rank + i] = (size_t) values[i];
    }
    return DAVY_OK;
}

static davy_status read_pads(const davy_call *call, davy_window *window)
{
    size_t count;
    const int64_t *pads = davy_node_ints(call->node, "pads", &count);
    int first = DAVY_WINDOW_AXES - window->rank;

    if (!pads)
        return DAVY_OK;
    if (count != 2 * (size_t) window->rank)
        return davy_call_fail(call, DAVY_ERR_INVALID, "'pads' has %zu values instead of %d", count,
                              2 * window->rank);
    for (size_t i = 0; i < count; i++)
        if (pads[i] < 0 || pads[i] > SIZE_LIMIT)
            return davy_call_fail(call, DAVY_ERR_INVALID, "'pads' holds %lld", (long long) pads[i]);
    for (int i = 0; i < window->rank; i++) {
        window->begin[first + i] = (size_t) pads[i];
        window->end[first + i] = (size_t) pads[window->rank + i];
    }
    return DAVY_OK;
}

/** Kernel and the attributes that every window has. `sizes` becomes those of the first input. */
static davy_status read_common(const davy_call *call, const int64_t *kernel, davy_window *window,
                               size_t sizes[DAVY_WINDOW_AXES])
{
    const davy_tensor *x = call->in[0];
    int first = DAVY_WINDOW_AXES - (x->rank - 2);
    davy_status status;

    *window = (davy_window){.rank = x->rank - 2};
    if (window->rank < 1 || window->rank > DAVY_WINDOW_AXES)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED,
                              "works on 1 to 3 spatial dimensions, the input has rank %d", x->rank);
    status = read_axes(call, "kernel_shape", window->rank, 1, window->kernel);
    if (status == DAVY_OK)
        status = read_axes(call, "strides", window->rank, 1, window->stride);
    if (status == DAVY_OK)
        status = read_axes(call, "dilations", window->rank, 1, window->dilation);
    if (status == DAVY_OK)
        status = read_pads(call, window);
    if (status != DAVY_OK)
        return status;

    window->batch = (size_t) x->dims[0];
    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++) {
        sizes[axis] = axis < first ? 1 : (size_t) x->dims[1 + axis - first];
        if (kernel && axis >= first)
            window->kernel[axis] = (size_t) kernel[axis - first];
        if (window->kernel[axis] < 1 || window->kernel[axis] > (size_t) SIZE_LIMIT ||
            sizes[axis] > (size_t) SIZE_LIMIT)
            return davy_call_fail(call, DAVY_ERR_INVALID, "a kernel of %zu over %zu values",
                                  window->kernel[axis], sizes[axis]);
    }
    return DAVY_OK;
}

/** Put `total` padding on both sides; what is odd goes behind, or in front for SAME_LOWER. */
static void split_padding(davy_window *window, int axis, size_t total, bool lower)
{
    window->begin[axis] = lower ? total - total / 2 : total / 2;
    window->end[axis] = total - window->begin[axis];
}

/** ONNX's auto_pad: SAME_UPPER and SAME_LOWER give ceil(in / stride). */
static davy_status pad_automatically(const davy_call *call, davy_window *window)
{
    const char *mode = davy_node_text(call->node, "auto_pad", "NOTSET");
    bool lower = strcmp(mode, "SAME_LOWER") == 0;

    if (strcmp(mode, "NOTSET") == 0)
        return DAVY_OK;
    if (strcmp(mode, "VALID") != 0 && strcmp(mode, "SAME_UPPER") != 0 && !lower)
        return davy_call_fail(call, DAVY_ERR_INVALID, "'auto_pad' is '%s'", mode);
    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++) {
        size_t out = (window->in[axis] + window->stride[axis] - 1) / window->stride[axis];
        size_t covered =
            out ? (out - 1) * window->stride[axis] + davy_window_extent(window, axis) : 0;
        bool valid = strcmp(mode, "VALID") == 0 || covered < window->in[axis];

        split_padding(window, axis, valid ? 0 : covered - window->in[axis], lower);
    }
    return DAVY_OK;
}

/** With ceil_mode a last window may hang over the end, but it must start before the padding. */
static size_t output_size(const davy_window *window, int axis, bool ceil_mode)
{
    size_t padded = window->begin[axis] + window->in[axis] + window->end[axis];
    size_t extent = davy_window_extent(window, axis), stride = window->stride[axis];
    size_t out;

    if (padded < extent)
        return 0;
    out = (padded - extent + (ceil_mode ? stride - 1 : 0)) / stride + 1;
    if (ceil_mode && (out - 1) * stride >= window->begin[axis] + window->in[axis])
        out--;
    return out;
}

davy_status davy_window_read(const davy_call *call, const int64_t *kernel, davy_window *window)
{
    bool ceil_mode = davy_node_int(call->node, "ceil_mode", 0) != 0;
    size_t sizes[DAVY_WINDOW_AXES];
    davy_status status = read_common(call, kernel, window, sizes);

    if (status != DAVY_OK)
        return status;
    memcpy(window->in, sizes, sizeof sizes);
    status = pad_automatically(call, window);
    if (status != DAVY_OK)
        return status;
    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++) {
        window->out[axis] = output_size(window, axis, ceil_mode);
        if (window->out[axis] == 0)
            return davy_call_fail(call, DAVY_ERR_INVALID,
                                  "a kernel that covers %zu does not fit an input of %zu",
                                  davy_window_extent(window, axis), window->in[axis]);
    }
    return DAVY_OK;
}

/** Size of the larger side; `output_shape` moves the padding instead (ONNX ConvTranspose). */
static davy_status transposed_size(const davy_call *call, davy_window *window, int axis,
                                   size_t output_padding, size_t wanted)
{
    const char *mode = davy_node_text(call->node, "auto_pad", "NOTSET");
    size_t full = (window->out[axis] - 1) * window->stride[axis] +
                  davy_window_extent(window, axis) + output_padding;
    size_t padding;

    if (wanted == 0 && strncmp(mode, "SAME_", 5) == 0)
        wanted = window->out[axis] * window->stride[axis];
    if (wanted > full)
        full = wanted; /* as output_padding: zeros at the end, that nothing goes to */
    if (wanted > 0)
        split_padding(window, axis, full - wanted, strcmp(mode, "SAME_LOWER") == 0);
    padding = window->begin[axis] + window->end[axis];
    if (window->out[axis] == 0 || padding >= full)
        return davy_call_fail(call, DAVY_ERR_INVALID, "an output of no size");
    window->in[axis] = full - padding;
    return DAVY_OK;
}

davy_status davy_window_read_transposed(const davy_call *call, const int64_t *kernel,
                                        davy_window *window)
{
    size_t sizes[DAVY_WINDOW_AXES], extra[DAVY_WINDOW_AXES], wanted[DAVY_WINDOW_AXES];
    davy_status status = read_common(call, kernel, window, sizes);

    if (status == DAVY_OK)
        status = read_axes(call, "output_padding", window->rank, 0, extra);
    if (status == DAVY_OK)
        status = read_axes(call, "output_shape", window->rank, 0, wanted);
    if (status != DAVY_OK)
        return status;
    memcpy(window->out, sizes, sizeof sizes);
    for (int axis = 0; axis < DAVY_WINDOW_AXES && status == DAVY_OK; axis++)
        status = transposed_size(call, window, axis, extra[axis], wanted[axis]);
    return status;
}

davy_status davy_window_shape(const davy_window *window, const size_t *sizes, size_t channels,
                              davy_type type, davy_tensor *tensor)
{
    int first = DAVY_WINDOW_AXES - window->rank;
    int64_t dims[DAVY_WINDOW_AXES + 2];

    dims[0] = (int64_t) window->batch;
    for (int i = 0; i < window->rank; i++)
        dims[1 + i] = (int64_t) sizes[first + i];
    dims[1 + window->rank] = (int64_t) channels;
    return davy_tensor_shape(tensor, type, window->rank + 2, dims);
}

bool davy_window_unpadded(const davy_window *window)
{
    for (int axis = 0; axis < DAVY_WINDOW_AXES; axis++)
        if (window->begin[axis] || window->end[axis])
            return false;
    return true;
}

void davy_window_taps(const davy_window *window, int axis, size_t position, size_t *from,
                      size_t *to)
{
    size_t start = position * window->stride[axis], begin = window->begin[axis];
    size_t dilation = window->dilation[axis], limit = begin + window->in[axis];

    *from = start >= begin ? 0 : (begin - start + dilation - 1) / dilation;
    *to = start >= limit ? 0 : (limit - start + dilation - 1) / dilation;
    if (*to > window->kernel[axis])
        *to = window->kernel[axis];
    if (*from > *to)
        *from = *to;
}
