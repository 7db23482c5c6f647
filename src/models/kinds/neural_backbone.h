/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/kinds/neural.h"

/**
 * @file
 * Transfer: somebody's network, as it is, with a head of our own.
 *
 * Stage: models. What others have trained on millions of pictures is taken up to the input of its
 * last dense layer, which says what it saw; nothing of it is changed, and a head is trained behind
 * it. The backbone is an ONNX file with one input of pictures, [N, 3, H, W] or [N, H, W, 3].
 */

/** How a backbone wants its pixels. */
typedef struct davy_backbone {
    const char *path;
    const char *pixels; /* "imagenet": less ImageNet's mean, by its deviation; "unit": 0 .. 1;
                         * "bytes": 0 .. 255 */
} davy_backbone;

/** Side of the pictures that it wants; 0 when any will do. */
DAVY_MUST_CHECK davy_status davy_backbone_side(const davy_backbone *backbone, size_t *side);

/**
 * Put it behind x, pictures [N, H, W, 3] of -1 .. 1.
 *
 * @param features  [N, F]: what it saw
 * @return DAVY_ERR_UNSUPPORTED when it is no network over pictures, or nests graphs
 */
DAVY_MUST_CHECK davy_status davy_backbone_build(const davy_backbone *backbone, davy_graph *graph,
                                                davy_value x, davy_value *features);
