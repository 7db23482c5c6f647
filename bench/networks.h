/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/layers.h"

/**
 * @file
 * Networks that benchmarks run: shapes of well-known ones, with random weights.
 *
 * Each adds its input and layers to an empty graph and returns the value before any loss. Free
 * sizes (dimension -1) are the batch.
 */

/** ResNet-50 (He et al., arXiv:1512.03385, table 1): [N, 224, 224, 3] -> [N, 1000]. */
davy_value bench_resnet50(davy_graph *graph);

/**
 * A detector of the shape of YOLOv5s (CSP backbone, SPPF, two-way feature pyramid, SiLU; width
 * 0.5, depth 1/3, 80 classes): [N, 640, 640, 3] -> three maps [N, h, w, 255] as outputs of the
 * graph; returns the finest.
 */
davy_value bench_yolo(davy_graph *graph);
