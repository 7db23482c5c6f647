/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op/window.h"

/**
 * @file
 * Convolution of channels-last images: what its forward pass, its gradients and the transposed
 * convolution share.
 *
 * Stage: nn. There is no im2col. The pixels of an image row are the rows of a matrix that overlap:
 * pixel j and the kernel's row of taps after it are KW * C numbers that begin at j * stride * C.
 * So one row of outputs is one product with the weights, with a segment for each row of the kernel.
 * Dilated and grouped kernels take a segment for each tap of a row instead.
 *
 * Work goes by bands: rows of one image that fit a cache. A band that touches padding is copied
 * into scratch memory with its zeros; others are read where they are.
 *
 * 3x3 kernels without strides go by tiles of 2x2 outputs, for fewer products (conv_winograd.h).
 *
 * With bf16 the operands of the products are rounded and the sums are floats (conv_bf16.c). Kernels
 * whose rows of taps do not adjoin stay with floats, and so do strided ones in training.
 */
typedef struct davy_conv {
    davy_window window;
    size_t channels, outputs, groups; /* of the whole convolution */
    davy_activation activation;
    float slope;
    bool pool;     /* a 2x2 max pool follows, and the outputs themselves are never stored */
    bool bf16;     /* products of bf16 numbers */
    bool winograd; /* by tiles */
    bool adds;     /* to what the output holds: input 3 is there */
    bool gathers;  /* floats: the taps of a pixel are copied side by side */

    /* How the work is cut; by the shape alone, never by the number of threads. */
    size_t band;     /* rows of outputs that are worked on at once */
    size_t bands;    /* of one plane */
    size_t together; /* rows of outputs that are finished together, an even number; of a band */
    size_t sums;     /* partial sums of the gradient of the weights, each over some images */
    /* Scratch memory of one worker in floats, and its parts. */
    size_t worker, rows_size, load_size, diff_size;
    const uint16_t *packed;   /* weights for bf16 products, when they are constant; or NULL */
    const float *transformed; /* weights for tiles, when they are constant; or NULL */
    const float *strips;      /* the same in the order of the kernel (gemm.h); or NULL */
} davy_conv;

/**
 * Rows of outputs of fewer pixels leave tiles of sums half empty, and the weights are read for each
 * row: the taps of several are gathered to one product. Layers of 7x7 and 14x14 pixels take 0.6 of
 * the time.
 */
#define DAVY_CONV_NARROW ((size_t) 32)

/** Where rows of outputs go, pooled in pairs where the convolution has a pool: bias included. */
typedef struct davy_conv_place {
    float *y;         /* or NULL: */
    uint16_t *y_bf16; /* rounded */
    uint8_t *winners; /* of the pool (davy_kernels.max_pool2), or NULL */
    const float *bias;
    davy_activation activation;
    bool add; /* to what is there */
} davy_conv_place;

/** Rows of an image as the loops see them, in the type of the products; zeros for padding. */
typedef struct davy_band {
    const void *data; /* first tap of the first output */
    size_t pitch;     /* elements from a row to the next */
    size_t plane;     /* elements from a tap in depth to the next */
} davy_band;

/** Elements that the weights take: [kernel..., channels / groups, outputs]. */
size_t davy_conv_weights(const davy_conv *conv);
/** Elements that one image takes before and after. */
size_t davy_conv_image_in(const davy_conv *conv);
size_t davy_conv_image_out(const davy_conv *conv);

/** Elements of a row of outputs before pooling, and of a row of inputs. */
static inline size_t davy_conv_row_out(const davy_conv *conv)
{
    return conv->window.out[DAVY_WIDTH] * conv->outputs;
}

static inline size_t davy_conv_row_in(const davy_conv *conv)
{
    return conv->window.in[DAVY_WIDTH] * conv->channels;
}

/** Bytes of an operand of the products. */
static inline size_t davy_conv_operand(const davy_conv *conv)
{
    return conv->bf16 ? sizeof(uint16_t) : sizeof(float);
}

/** Whether a row of taps is KW * C numbers that stand together. */
static inline bool davy_conv_taps_adjoin(const davy_conv *conv)
{
    return conv->groups == 1 &&
           (conv->window.dilation[DAVY_WIDTH] == 1 || conv->window.kernel[DAVY_WIDTH] == 1);
}

/** Elements up to a whole number of cache lines. */
static inline size_t davy_conv_align(size_t elements)
{
    return (elements + 31) / 32 * 32;
}

/** Choose band, bands, sums and worker; set saved_size and scratch_size. Padding is known. */
void davy_conv_plan(davy_call *call, davy_conv *conv);

/** Floats of one partial sum, gradient of the weights then of the bias, and of its weights. */
size_t davy_conv_sum(const davy_conv *conv);
size_t davy_conv_sum_weights(const davy_conv *conv);

/* The passes of the operator `conv`. */
void davy_conv_forward(const davy_call *call, const davy_conv *conv);
/** Put input 3 where the output goes, if it is elsewhere. */
void davy_conv_take_sum(const davy_call *call);
void davy_conv_backward(const davy_call *call, const davy_conv *conv);

/* Rows, for the passes of both operators. */

/** Elements of scratch that davy_conv_load() wants for `rows` rows of outputs. */
size_t davy_conv_load_size(const davy_conv *conv, size_t rows);

/**
 * Make the input of output rows `row` .. row+rows-1 of plane `depth` readable.
 *
 * @param x  [batch, in..., channels] floats or bf16
 */
davy_band davy_conv_load(const davy_conv *conv, const davy_kernels *kernels, const davy_tensor *x,
                         size_t image, size_t depth, size_t row, size_t rows, void *scratch);

/** The band of the next rows of outputs. */
static inline void davy_conv_band_next(const davy_conv *conv, davy_band *band, size_t rows)
{
    band->data = (const char *) band->data +
                 rows * conv->window.stride[DAVY_HEIGHT] * band->pitch * davy_conv_operand(conv);
}

/** Copy constant weights in the order of the kernel, where davy_conv_rows() can use that. */
void davy_conv_keep_strips(davy_call *call, davy_conv *conv);

/** Numbers of a row of taps. */
size_t davy_conv_taps_row(const davy_conv *conv);

/**
 * Copy the taps of the pixels of some rows of outputs, in the type of the products: [rows, out
 * width, depth], `depth` at least the taps of a pixel; what is left of it is zero.
 */
void davy_conv_gather(const davy_conv *conv, const davy_band *band, size_t rows, size_t depth,
                      void *dst);

/** Whether products of floats had better gather, and elements of scratch for `rows` rows. */
bool davy_conv_rows_gather(const davy_conv *conv);
size_t davy_conv_rows_size(const davy_conv *conv, size_t rows);

/**
 * Rows of outputs [rows, out width, outputs] from a band that begins at their first tap.
 *
 * @param scratch  davy_conv_rows_size()
 */
void davy_conv_rows(const davy_conv *conv, const davy_kernels *kernels, const davy_band *band,
                    size_t rows, const float *weights, const davy_conv_place *place,
                    float *scratch);

/**
 * Add the gradient of the weights that comes from `rows` rows of outputs.
 *
 * @param diff   [rows][pitch] gradient of the outputs
 */
void davy_conv_back_weights(const davy_conv *conv, const davy_kernels *kernels,
                            const davy_band *band, const float *diff, size_t diff_pitch,
                            size_t rows, float *diff_weights);

/** Gradient of outputs laid out for davy_conv_back_row(): rows with zeros left and right. */
typedef struct davy_conv_diff {
    void *data;   /* of output plane 0, of output row `row`; in the type of the products */
    size_t row;   /* first row that is there */
    size_t rows;  /* of a plane that are there */
    size_t left;  /* zero pixels before the first */
    size_t pitch; /* elements from a row to the next */
} davy_conv_diff;

/** Set left and pitch. */
void davy_conv_diff_init(const davy_conv *conv, davy_conv_diff *diff);
/** Rows of a plane that the way back holds: a band and those before it that it looks back to. */
size_t davy_conv_diff_rows(const davy_conv *conv);

/** Output rows from .. to-1 that input rows `row` .. row+rows-1 went into. */
void davy_conv_rows_above(const davy_conv *conv, size_t row, size_t rows, size_t *from, size_t *to);

/**
 * Add to one row of an image [in width, channels] what flows back from the outputs.
 *
 * @param flipped  weights by davy_conv_flip()
 */
void davy_conv_back_row(const davy_conv *conv, const davy_kernels *kernels,
                        const davy_conv_diff *diff, const float *flipped, size_t depth, size_t row,
                        float *x);

/** Weights with channels and outputs exchanged: [kernel..., outputs, channels / groups]. */
void davy_conv_flip(const davy_conv *conv, const float *weights, float *flipped);
