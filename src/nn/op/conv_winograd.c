/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/conv_winograd.h"

#include <string.h>

#define PLANES ((size_t) 16)
#define TAPS   ((size_t) 9)

/** Fewer channels leave the products too short to pay for what stands around them. */
#define CHANNELS_MIN ((size_t) 16)
/** Weights grow by 16 / 9; a small image does not pay for reading them. */
#define PIXELS_MIN ((size_t) 144)
/** Tiles that are worked on at once: enough rows for the products, while all fits an L2 cache. */
#define TILES_MIN   ((size_t) 48)
#define BLOCK_BYTES ((size_t) 768 << 10)

bool davy_winograd_fits(const davy_conv *conv)
{
    const davy_window *window = &conv->window;

    for (int axis = DAVY_HEIGHT; axis <= DAVY_WIDTH; axis++)
        if (window->kernel[axis] != 3 || window->stride[axis] != 1 || window->dilation[axis] != 1)
            return false;
    return window->rank == 2 && conv->groups == 1 && conv->channels >= CHANNELS_MIN &&
           conv->outputs >= CHANNELS_MIN &&
           window->out[DAVY_HEIGHT] * window->out[DAVY_WIDTH] >= PIXELS_MIN;
}

static size_t at_least(size_t value, size_t limit)
{
    return value < limit ? limit : value;
}

static size_t tiles_across(size_t width)
{
    return (width + 1) / 2;
}

size_t davy_winograd_band(const davy_conv *conv)
{
    size_t tile = PLANES * (conv->channels + conv->outputs) * sizeof(float);
    size_t tiles = at_least(BLOCK_BYTES / tile, TILES_MIN);

    return 2 * at_least(tiles / tiles_across(conv->window.out[DAVY_WIDTH]), 1);
}

/* Weights. */

/** What tap `tap` of the kernel counts for in plane `plane`: the matrix G of the paper, twice. */
static float share_of(size_t plane, size_t tap)
{
    static const float g[4][3] = {{1, 0, 0}, {0.5F, 0.5F, 0.5F}, {0.5F, -0.5F, 0.5F}, {0, 0, 1}};

    return g[plane / 4][tap / 3] * g[plane % 4][tap % 3];
}

size_t davy_winograd_weights(const davy_conv *conv)
{
    return PLANES * conv->channels * conv->outputs;
}

void davy_winograd_transform(const davy_conv *conv, const davy_kernels *kernels,
                             const float *weights, float *transformed)
{
    size_t size = conv->channels * conv->outputs;

    memset(transformed, 0, PLANES * size * sizeof *transformed);
    for (size_t plane = 0; plane < PLANES; plane++)
        for (size_t tap = 0; tap < TAPS; tap++)
            if (share_of(plane, tap) != 0.0F)
                kernels->axpy(size, share_of(plane, tap), weights + tap * size,
                              transformed + plane * size);
}

void davy_winograd_transform_back(const davy_conv *conv, const davy_kernels *kernels,
                                  const float *flipped, float *transformed)
{
    size_t size = conv->channels * conv->outputs;

    memset(transformed, 0, PLANES * size * sizeof *transformed);
    for (size_t plane = 0; plane < PLANES; plane++)
        for (size_t tap = 0; tap < TAPS; tap++) /* the way back sees the last tap first */
            if (share_of(plane, TAPS - 1 - tap) != 0.0F)
                kernels->axpy(size, share_of(plane, TAPS - 1 - tap), flipped + tap * size,
                              transformed + plane * size);
}

void davy_winograd_restore(const davy_conv *conv, const davy_kernels *kernels,
                           const float *transformed, float *diff_weights)
{
    size_t size = conv->channels * conv->outputs;

    for (size_t tap = 0; tap < TAPS; tap++)
        for (size_t plane = 0; plane < PLANES; plane++)
            if (share_of(plane, tap) != 0.0F)
                kernels->axpy(size, share_of(plane, tap), transformed + plane * size,
                              diff_weights + tap * size);
}

/* Tiles. */

davy_image_rows davy_winograd_image(const davy_conv *conv, const davy_tensor *x, size_t image)
{
    return (davy_image_rows){.data = davy_f32(x) + image * davy_conv_image_in(conv),
                             .to = (ptrdiff_t) conv->window.in[DAVY_HEIGHT],
                             .width = conv->window.in[DAVY_WIDTH],
                             .channels = conv->channels,
                             .pitch = davy_conv_row_in(conv)};
}

/** Some tiles of an image, two pixels from one to the next: where the first one's patch begins. */
typedef struct patches {
    ptrdiff_t top, left;
    size_t across, down, size; /* size: pixels of a patch's side */
} patches;

typedef void transform(size_t tiles, size_t channels, const float *x, size_t pitch, float *v,
                       size_t plane);

/** Floats from a plane to the next; not a power of two, which would share places of the cache. */
static size_t plane_size(size_t tiles, size_t channels)
{
    return davy_conv_align(tiles * channels) + 16;
}

/** Copy the patch at a row and a column, with zeros where the image is not. */
static void gather_patch(const davy_image_rows *x, ptrdiff_t top, ptrdiff_t left, size_t size,
                         float *patch)
{
    ptrdiff_t side = (ptrdiff_t) size, width = (ptrdiff_t) x->width;

    memset(patch, 0, size * size * x->channels * sizeof *patch);
    for (ptrdiff_t i = 0; i < side; i++) {
        ptrdiff_t row = top + i, from = left < 0 ? -left : 0;
        ptrdiff_t to = left + side > width ? width - left : side;

        if (row >= x->from && row < x->to && from < to)
            memcpy(patch + (size_t) (i * side + from) * x->channels,
                   x->data + (size_t) (row - x->from) * x->pitch +
                       (size_t) (left + from) * x->channels,
                   (size_t) (to - from) * x->channels * sizeof *patch);
    }
}

/** One row of tiles: those inside of the image at once, the others from copies. */
static void transform_row(const davy_image_rows *x, transform *kernel, const patches *at,
                          size_t down, float *patch, float *v, size_t plane)
{
    ptrdiff_t top = at->top + 2 * (ptrdiff_t) down, size = (ptrdiff_t) at->size;
    bool inside = top >= x->from && top + size <= x->to;
    size_t tile = 0;

    while (tile < at->across) {
        ptrdiff_t left = at->left + 2 * (ptrdiff_t) tile;
        ptrdiff_t room = (ptrdiff_t) x->width - left - size;
        size_t count = 1;

        if (inside && left >= 0 && room >= 0) {
            count = (size_t) room / 2 + 1;
            count = count < at->across - tile ? count : at->across - tile;
            kernel(count, x->channels,
                   x->data + (size_t) (top - x->from) * x->pitch + (size_t) left * x->channels,
                   x->pitch, v + tile * x->channels, plane);
        } else {
            gather_patch(x, top, left, at->size, patch);
            kernel(1, x->channels, patch, at->size * x->channels, v + tile * x->channels, plane);
        }
        tile += count;
    }
}

/** What some tiles give to the products: [16][plane] of [tiles, channels]. */
static void transform_tiles(const davy_image_rows *x, transform *kernel, const patches *at,
                            float *patch, float *v)
{
    size_t plane = plane_size(at->down * at->across, x->channels);

    for (size_t down = 0; down < at->down; down++)
        transform_row(x, kernel, at, down, patch, v + down * at->across * x->channels, plane);
}

/** Scratch memory in parts. */
typedef struct parts {
    float *patch, *inputs, *outputs;
} parts;

static parts part_scratch(const davy_conv *conv, const patches *at, size_t inputs, float *scratch)
{
    size_t patch = PLANES * at_least(conv->channels, conv->outputs);

    return (parts){scratch, scratch + patch,
                   scratch + patch + PLANES * plane_size(at->across * at->down, inputs)};
}

size_t davy_winograd_scratch(const davy_conv *conv, size_t rows, bool training)
{
    const davy_window *window = &conv->window;
    size_t across = tiles_across(window->out[DAVY_WIDTH]), down = (rows + 1) / 2;
    size_t patch = PLANES * at_least(conv->channels, conv->outputs);

    if (training) { /* the last band gives rows of input more, and a first row may be odd */
        across = at_least(across, tiles_across(window->in[DAVY_WIDTH]));
        down += 2;
    }
    return davy_conv_align(patch + PLANES * (plane_size(down * across, conv->channels) +
                                             plane_size(down * across, conv->outputs)));
}

static davy_winograd_sums multiply(const davy_conv *conv, const davy_kernels *kernels,
                                   const davy_image_rows *x, const patches *at, size_t outputs,
                                   const float *transformed, float *scratch)
{
    size_t tiles = at->across * at->down, plane = plane_size(tiles, x->channels);
    parts part = part_scratch(conv, at, x->channels, scratch);
    davy_gemm gemm = {.m = tiles,
                      .n = outputs,
                      .k = x->channels,
                      .segments = 1,
                      .a_row = (ptrdiff_t) x->channels,
                      .a_column = 1,
                      .b_row = (ptrdiff_t) outputs,
                      .c_row = (ptrdiff_t) outputs};
    davy_winograd_sums sums = {.data = part.outputs,
                               .plane = plane_size(tiles, outputs),
                               .channels = outputs,
                               .corner = part.patch};

    transform_tiles(x, kernels->winograd_input, at, part.patch, part.inputs);
    for (size_t i = 0; i < PLANES; i++) {
        gemm.a = part.inputs + i * plane;
        gemm.b = transformed + i * x->channels * outputs;
        gemm.c = part.outputs + i * sums.plane;
        kernels->gemm(&gemm);
    }
    return sums;
}

/** The patches of inputs under some rows of outputs. */
static patches input_patches(const davy_window *window, size_t row, size_t rows)
{
    return (patches){.top = (ptrdiff_t) row - (ptrdiff_t) window->begin[DAVY_HEIGHT],
                     .left = -(ptrdiff_t) window->begin[DAVY_WIDTH],
                     .across = tiles_across(window->out[DAVY_WIDTH]),
                     .down = (rows + 1) / 2,
                     .size = 4};
}

davy_winograd_sums davy_winograd_multiply(const davy_conv *conv, const davy_kernels *kernels,
                                          const davy_image_rows *x, size_t row, size_t rows,
                                          const float *transformed, float *scratch)
{
    patches at = input_patches(&conv->window, row, rows);
    davy_winograd_sums sums = multiply(conv, kernels, x, &at, conv->outputs, transformed, scratch);

    sums.width = conv->window.out[DAVY_WIDTH];
    return sums;
}

davy_winograd_sums davy_winograd_multiply_back(const davy_conv *conv, const davy_kernels *kernels,
                                               const davy_image_rows *diff, size_t row, size_t rows,
                                               const float *transformed, float *scratch)
{
    const davy_window *window = &conv->window;
    /* A row of inputs is the last one under the outputs two rows above. */
    patches at = {.top = (ptrdiff_t) (row + window->begin[DAVY_HEIGHT]) - 2,
                  .left = (ptrdiff_t) window->begin[DAVY_WIDTH] - 2,
                  .across = tiles_across(window->in[DAVY_WIDTH]),
                  .down = (rows + 1) / 2,
                  .size = 4};
    davy_winograd_sums sums =
        multiply(conv, kernels, diff, &at, conv->channels, transformed, scratch);

    sums.width = window->in[DAVY_WIDTH];
    return sums;
}

void davy_winograd_rows(const davy_kernels *kernels, const davy_winograd_sums *sums, size_t down,
                        size_t rows, const float *bias, bool relu, float *y)
{
    size_t channels = sums->channels, pitch = sums->width * channels;
    size_t across = tiles_across(sums->width), whole = rows == 2 ? sums->width / 2 : 0;
    const float *data = sums->data + down * across * channels;

    kernels->winograd_output(whole, channels, data, sums->plane, bias, relu, y, pitch);
    for (size_t tile = whole; tile < across; tile++) { /* of these a part is wanted */
        size_t pixels = 2 * tile + 2 <= sums->width ? 2 : 1;

        kernels->winograd_output(1, channels, data + tile * channels, sums->plane, bias, relu,
                                 sums->corner, 2 * channels);
        for (size_t row = 0; row < rows; row++)
            memcpy(y + row * pitch + 2 * tile * channels, sums->corner + row * 2 * channels,
                   pixels * channels * sizeof *y);
    }
}

void davy_winograd_back_weights(const davy_conv *conv, const davy_kernels *kernels,
                                const davy_image_rows *x, const davy_image_rows *diff, size_t row,
                                size_t rows, float *diff_transformed, float *scratch)
{
    patches from = input_patches(&conv->window, row, rows), to = from;
    size_t tiles = from.across * from.down;
    size_t plane = plane_size(tiles, conv->channels), diff_plane = plane_size(tiles, conv->outputs);
    parts part = part_scratch(conv, &from, conv->channels, scratch);
    davy_image_rows some = *diff;
    davy_gemm gemm = {.m = conv->channels,
                      .n = conv->outputs,
                      .k = tiles,
                      .segments = 1,
                      .a_row = 1,
                      .a_column = (ptrdiff_t) conv->channels,
                      .b_row = (ptrdiff_t) conv->outputs,
                      .c_row = (ptrdiff_t) conv->outputs,
                      .add = true};

    to.top = (ptrdiff_t) row;
    to.left = 0;
    to.size = 2;
    some.to = (ptrdiff_t) (row + rows); /* a row behind them is another band's */
    transform_tiles(x, kernels->winograd_input, &from, part.patch, part.inputs);
    transform_tiles(&some, kernels->winograd_diff, &to, part.patch, part.outputs);
    for (size_t i = 0; i < PLANES; i++) {
        gemm.a = part.inputs + i * plane;
        gemm.b = part.outputs + i * diff_plane;
        gemm.c = diff_transformed + i * gemm.m * gemm.n;
        kernels->gemm(&gemm);
    }
}
