/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/training/calibrate.h"
#include "models/training/train_predictor.h"

#include <jansson.h>

/**
 * @file
 * The figures of a training with their intervals, for model.json.
 *
 * Stage: models. `{"part", "samples", "drawn", "groups", "draws", "figures": {KEY: {"value", "low",
 * "high"}}}`, the same for models that watch and models that answer, so that versions can be
 * compared without asking them. Answers: bootstrap over whole groups of the judged part
 * (data/bootstrap.h). False-alarm episodes: the exact interval of a Poisson count.
 *
 * Source: F. Garwood, "Fiducial Limits for the Poisson Distribution", Biometrika 28, 1936.
 */

/** Of the judged samples, or of all when none were held out. */
DAVY_MUST_CHECK davy_status davy_judged_answer_figures(const davy_teaching *teaching, json_t **out);

/** Of the rows that the limit was set on. NULL without memory. */
json_t *davy_judged_watch_figures(const davy_calibration *calibration);

/** The 95 % interval of the mean of a Poisson variable that was counted once. */
void davy_poisson_interval(size_t count, double *low, double *high);
