/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * How much two boxes overlap: their intersection over their union, 0 to 1.
 *
 * Stage: nn.
 *
 * @param a, b  left, top, right, bottom; boxes without an area overlap nothing
 */
static inline float davy_overlap(const float a[4], const float b[4])
{
    float common = 1, areas[2] = {1, 1};

    for (int d = 0; d < 2; d++) {
        const float from = a[d] > b[d] ? a[d] : b[d];
        const float to = a[d + 2] < b[d + 2] ? a[d + 2] : b[d + 2];

        common *= to > from ? to - from : 0;
        areas[0] *= a[d + 2] - a[d];
        areas[1] *= b[d + 2] - b[d];
    }
    return common > 0 ? common / (areas[0] + areas[1] - common) : 0;
}
