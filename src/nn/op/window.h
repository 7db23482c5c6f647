/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * Window: the geometry of a kernel that slides over a volume, an image or a series.
 *
 * Stage: nn. Three axes (depth, height, width) always; an image leaves the first alone and a series
 * the first two: size and kernel 1, no padding. So convolution and pooling are written once.
 */
#define DAVY_WINDOW_AXES 3
enum { DAVY_DEPTH, DAVY_HEIGHT, DAVY_WIDTH };

typedef struct davy_window {
    int rank; /* axes in use, the last ones: 1, 2 or 3 */
    size_t batch;
    size_t in[DAVY_WINDOW_AXES], out[DAVY_WINDOW_AXES];
    size_t kernel[DAVY_WINDOW_AXES], stride[DAVY_WINDOW_AXES], dilation[DAVY_WINDOW_AXES];
    size_t begin[DAVY_WINDOW_AXES], end[DAVY_WINDOW_AXES]; /* padding */
} davy_window;

/**
 * Read `strides`, `pads`, `dilations`, `auto_pad` and `ceil_mode` of a node whose first input is
 * [N, spatial..., C], and find the size of the output.
 *
 * @param kernel  [spatial rank]; NULL: the attribute `kernel_shape`
 * @return DAVY_ERR_INVALID when an attribute has the wrong length or sign, or the kernel is larger
 *         than the padded input
 */
DAVY_MUST_CHECK davy_status davy_window_read(const davy_call *call, const int64_t *kernel,
                                             davy_window *window);

/**
 * As above for a transposed convolution, with `output_padding` and `output_shape`: `in` of the
 * window is the (larger) output of the node and `out` is its input, so that the window is that of
 * the convolution which it transposes.
 */
DAVY_MUST_CHECK davy_status davy_window_read_transposed(const davy_call *call,
                                                        const int64_t *kernel, davy_window *window);

/** Set [N, spatial..., channels] with these sizes (`window->in` or `window->out`). */
DAVY_MUST_CHECK davy_status davy_window_shape(const davy_window *window, const size_t *sizes,
                                              size_t channels, davy_type type, davy_tensor *tensor);

/** Size that a kernel covers along an axis. */
static inline size_t davy_window_extent(const davy_window *window, int axis)
{
    return (window->kernel[axis] - 1) * window->dilation[axis] + 1;
}

/** Whether nothing is padded anywhere. */
bool davy_window_unpadded(const davy_window *window);

/** Taps from .. to-1 of an axis that see the input from an output position; may be none. */
void davy_window_taps(const davy_window *window, int axis, size_t position, size_t *from,
                      size_t *to);
