/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image.h"
#include "models/predictor.h"
#include "models/sample_set.h"

/**
 * @file
 * Why a predictor answers what it answers, from the gradients of its graph.
 *
 * Stage: models. Integrated gradients share out the score of an answer among the numbers of a
 * sample: (x - base) times the mean gradient on the way from base to x. They are complete: their
 * sum is score(x) - score(base), and how far the sum is off is told with every explanation, because
 * the mean is taken over finitely many points. Grad-CAM shows where in a picture a network looked:
 * its last maps, weighted by their mean gradients.
 *
 * Sources: Sundararajan, Taly, Yan, "Axiomatic Attribution for Deep Networks", arXiv:1703.01365,
 * with the midpoint rule; Selvaraju et al., "Grad-CAM", arXiv:1610.02391.
 */
typedef struct davy_explainer davy_explainer;

/**
 * Points on the way from the base to a sample: as many as it takes until what is missing is below
 * DAVY_EXPLAIN_GAP, twice as many each time.
 */
#define DAVY_EXPLAIN_POINTS     32
#define DAVY_EXPLAIN_POINTS_MAX 1024
#define DAVY_EXPLAIN_GAP        0.01

/** The predictor is borrowed. DAVY_ERR_UNSUPPORTED when its graph has no way back. */
DAVY_MUST_CHECK davy_status davy_explainer_create(const davy_predictor *predictor,
                                                  davy_explainer **out);
/** NULL is fine. */
void davy_explainer_destroy(davy_explainer *explainer);

/**
 * Integrated gradients from what the scaling of the graph makes 0: the mean of each channel.
 *
 * @param answer        class; 0 for numbers
 * @param attributions  [davy_form_values()] shares of the score, which may be negative
 * @param gap           what they miss of score(x) - score(base), as a share of its size
 */
DAVY_MUST_CHECK davy_status davy_explain_sample(davy_explainer *explainer, const float *sample,
                                                size_t answer, float *attributions, double *gap);

/**
 * The picture of a sample with heat where it spoke for an answer.
 *
 * @param image  as davy_explain_read_picture() gave it; changed in place
 * @return DAVY_ERR_UNSUPPORTED when the graph has no maps [N, H, W, C] on its way
 */
DAVY_MUST_CHECK davy_status davy_explain_picture(davy_explainer *explainer,
                                                 const davy_sample_set *samples, size_t sample,
                                                 size_t answer, davy_image *image);

/** A sample of a set of pictures as a picture again. */
DAVY_MUST_CHECK davy_status davy_explain_read_picture(const davy_sample_set *samples, size_t sample,
                                                      davy_image *out);
