/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/explain/importance.h"
#include "models/pages/page.h"

/**
 * @file
 * Parts of a page that say what answers hang on, and why one of them is what it is.
 *
 * Stage: models.
 */

/** Tables with bars, and curves. Nothing for an importance without anything. */
void davy_page_importance(davy_buffer *html, const davy_predictor *predictor,
                          const davy_importance *importance);

/** One answer: its largest shares, and the samples learnt from that are nearest. A model that
 * cannot be explained (explainer NULL) has none. */
DAVY_MUST_CHECK davy_status davy_page_explanation(davy_buffer *html,
                                                  const davy_predictor *predictor,
                                                  davy_explainer *explainer, const float *sample,
                                                  size_t answer);
