/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/drift_features.h"
#include "infer/gate.h"

/**
 * @file
 * What a model was made on, as rows of features: the samples of its training, answered by itself.
 *
 * Stage: infer. The answers are the model's and not the labels, since it is answers that a window
 * holds.
 *
 * @param gate   at which it is a guest
 * @param rows   [*count * features->count] the caller frees them; NULL when there are none
 * @param count  0 for a model whose package keeps no samples
 */
DAVY_MUST_CHECK davy_status davy_drift_training(const davy_served *served,
                                                const davy_drift_features *features,
                                                davy_gate *gate, float **rows, size_t *count);
