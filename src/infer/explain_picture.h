/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/tensors.h"
#include "models/explain/explain.h"

/**
 * @file
 * Where in a picture a network looked, as a PNG: heat laid over what it was asked.
 *
 * Stage: infer. Grad-CAM of models/explain, of pixels in memory.
 */

/**
 * @param pixels  [height, width, 3] of the form, 0 to 255
 * @param answer  class; 0 for numbers
 * @param out     in the arena; of length 0 where the graph has no maps on its way
 */
DAVY_MUST_CHECK davy_status davy_explain_png(davy_explainer *explainer, const davy_form *form,
                                             const float *pixels, size_t answer, davy_arena *arena,
                                             davy_bytes *out);
