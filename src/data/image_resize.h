/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image.h"

/**
 * @file
 * Pictures made smaller, larger, cut and put into the size a network wants.
 *
 * Stage: data. A network sees other pictures when they are resized by other rules than in its
 * training, so the rules are those of the two programs that trained most networks. Each is
 * separable: an output pixel is a weighted sum of a stretch of a row, then of a column, with
 * weights in fixed point and a rounding to 8 bits in between, as Pillow has it (to the bit). OpenCV
 * rounds elsewhere: its pictures and ours differ by 1 at most.
 *
 * Sources: Pillow 9.4.0, Resample.c; OpenCV 4.6.0, resize.cpp.
 */
typedef enum davy_resize {
    DAVY_RESIZE_BILINEAR, /* Pillow's: a triangle that widens when the picture shrinks */
    DAVY_RESIZE_LINEAR,   /* OpenCV's INTER_LINEAR: the two nearest pixels, also when shrinking */
    DAVY_RESIZE_AREA /* OpenCV's INTER_AREA: the mean of the area that an output pixel covers */
} davy_resize;

/** How a picture is put into a size of another shape. */
typedef enum davy_fit {
    DAVY_FIT_STRETCH,  /* each side by itself: shapes change */
    DAVY_FIT_CROP,     /* the largest centred part of the wanted shape: edges are lost */
    DAVY_FIT_LETTERBOX /* the whole picture, centred on DAVY_LETTERBOX_GREY */
} davy_fit;

/** What stands beside a letterboxed picture: the grey of the YOLO family. */
#define DAVY_LETTERBOX_GREY 114

/** A part of a picture, in pixels from its upper left corner. */
typedef struct davy_box {
    uint32_t x, y, width, height;
} davy_box;

/** The largest centred part of a box that has the shape width : height. */
davy_box davy_box_centred(const davy_box *box, uint32_t width, uint32_t height);

/**
 * Resize a part of a picture.
 *
 * @param part  NULL: all of it; nothing outside of it is looked at
 * @return DAVY_ERR_INVALID when the part is empty or reaches out of the picture
 */
DAVY_MUST_CHECK davy_status davy_image_resize(const davy_image *src, const davy_box *part,
                                              davy_resize method, uint32_t width, uint32_t height,
                                              davy_image *dst);

/** Where a picture went: a point (x, y) of it lies at (left + x scale_x, top + y scale_y). */
typedef struct davy_placement {
    double left, top, scale_x, scale_y;
} davy_placement;

/** Put a picture, or a part of it, into a size. @param part, placement  NULL is fine */
DAVY_MUST_CHECK davy_status davy_image_fit(const davy_image *src, const davy_box *part,
                                           davy_fit fit, davy_resize method, uint32_t width,
                                           uint32_t height, davy_image *dst,
                                           davy_placement *placement);

/**
 * Mean and deviation of each colour that a network was trained with, as shares of full light: it
 * sees (pixel / 255 - mean) / deviation.
 */
typedef struct davy_image_norm {
    float mean[3], deviation[3];
} davy_image_norm;

/** Of the ImageNet pictures, which most networks made by others expect. */
extern const davy_image_norm davy_image_norm_imagenet;
