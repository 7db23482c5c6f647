/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image_augment.h"
#include "models/form.h"

/**
 * @file
 * A series as it could as well have been: louder or fainter, shifted in time, with noise.
 *
 * Stage: models. Like pictures (data/image_augment.h): all chance is a function of seed, epoch and
 * sample. Only waves and recordings are shifted and made louder: a row and a window stand where and
 * as they stand.
 *
 * @param scale    [channels] usual deviation of each channel
 * @param values   [davy_form_values()] changed in place
 * @param scratch  the same size
 */
void davy_series_vary(const davy_form *form, const davy_augmentation_key *key, const float *scale,
                      float *values, float *scratch);
