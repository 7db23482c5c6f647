/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/host.h"

/**
 * @file
 * Real models for the tests of inference over HTTP, in a folder of Triton's layout:
 *
 *     scale             x FP32 [-1, 2] -> y; version 1 answers 2 x, version 2 answers 3 x;
 *                       alias `champion` is 1, `challenger` is 2
 *     simple            INPUT0, INPUT1 FP32 [-1, 4] -> OUTPUT0 their sum, OUTPUT1 their difference
 *     identity_TYPE     INPUT0 [-1] -> OUTPUT0, of FP32, FP64, INT64, INT32, UINT8, BOOL, FP16
 *     wide              INPUT0 FP32 [-1, -1] -> OUTPUT0
 *     classes           x FP32 [-1, 3] -> p, softmax, labels calm, busy, alarm; batches of 8
 *     picture           data FP32 [-1, 3, 2, 2] -> pixels, the same; takes pictures, in colours
 *                       (value - 0.5) / 0.5
 *     detection         data FP32 [-1, 2, 2, 3] -> p FP32 [-1, 2], labels dark, light; takes
 * pictures pump              a regression that davy trained on the signals s0 to s4 watch a PCA
 * that davy trained on the signals s0 to s5
 */
void oip_models_make(const char *folder);

/** A host on the folder, with all of it loaded. */
davy_host *oip_host_create(const char *folder);
