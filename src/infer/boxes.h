/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/config.h"

/**
 * @file
 * Boxes of a detector out of the numbers of its graph, as the models of the YOLO family give them.
 *
 * Stage: infer. A graph of that family ends in thousands of boxes with scores, most of them
 * nothing; what is left for its user is to read their layout, to leave out what is unlikely, and of
 * boxes of one class that overlap to keep the surest (greedy non-maximum suppression, class by
 * class; each box speaks for its likeliest class). A model declares its layout in `davy.boxes` of
 * its config. The first DAVY_BOXES_CANDIDATES by score are looked at, so that a graph of a million
 * boxes costs one pass and a bounded rest.
 *
 * A graph whose numbers are none, or whose scores are no probabilities, is refused with the box: an
 * empty picture must not be what a broken detector says.
 *
 * Source: Neubeck, Van Gool, "Efficient Non-Maximum Suppression", ICPR 2006; ONNX,
 * NonMaxSuppression-11.
 */

/** Boxes that pass the threshold and are compared: ten times what crowds have. */
#define DAVY_BOXES_CANDIDATES ((size_t) 4096)

typedef struct davy_found_box {
    float ends[4]; /* left, top, right, bottom in pixels of the model's input */
    float score;
    size_t class;
} davy_found_box;

/**
 * Find the boxes of one sample.
 *
 * @param image   the input that the boxes are of
 * @param tensor  FP32 [N, boxes, values] or [N, values, boxes], as declared
 * @param arena   holds the boxes
 * @param out     [count] the surest first, at most boxes->most
 * @return DAVY_ERR_CORRUPT for numbers that are none and scores beyond 0 to 1
 */
DAVY_MUST_CHECK davy_status davy_boxes_find(const davy_box_output *boxes,
                                            const davy_image_input *image,
                                            const davy_tensor *tensor, size_t sample,
                                            davy_arena *arena, davy_found_box **out, size_t *count);

/** Classes that a tensor of so many values for each box has; 0 when they are too few. */
size_t davy_boxes_classes(const davy_box_output *boxes, int64_t values);

/** DAVY_ERR_INVALID when a tensor of this type and shape is not what was declared. */
DAVY_MUST_CHECK davy_status davy_boxes_check(const davy_box_output *boxes, davy_type type, int rank,
                                             const int64_t *dims, size_t label_count);
