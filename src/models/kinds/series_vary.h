/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image_augment.h"
#include "models/samples/form.h"

/**
 * @file
 * A series as it could as well have been: with noise, louder or fainter, earlier or later, cut,
 * faster here and slower there.
 *
 * Stage: models. Like pictures (data/image_augment.h): all chance is a function of seed, epoch and
 * sample. Only waves and recordings are moved in time and made louder: a row and a window stand
 * where and as they stand, and get noise alone.
 *
 * Sources: Um et al., "Data Augmentation of Wearable Sensor Data", ICMI 2017, arXiv:1706.00527
 * (jitter, scaling, magnitude and time warping); Le Guennec, Malinowski, Tavenard, "Data
 * Augmentation for Time Series Classification using Convolutional Neural Networks", AALTD 2016
 * (window slicing). Departure: curves go through five even knots with a smooth step between them,
 * and numbers are uniform, so that no change is larger than its setting.
 */
typedef struct davy_series_changes {
    double jitter; /* noise, in deviations of the channel */
    double scale;  /* factor from 1 - this to 1 + this, of all channels alike */
    double shift;  /* most change of time, as a share of the steps */
    double slice;  /* least share of the steps that is kept and drawn out to all; 0: all */
    double warp;   /* speed from 1 - this to 1 + this, along a curve */
    double bend;   /* factor from 1 - this to 1 + this along a curve, for each channel its own */
} davy_series_changes;

/** What is right for most waves and recordings, as text. */
#define DAVY_SERIES_CHANGES "jitter:0.03,scale:0.1,shift:0.1"

/**
 * Read "jitter:0.03,warp:0.2": what is not named is left out.
 *
 * @return DAVY_ERR_INVALID names the word or the number that does not fit
 */
DAVY_MUST_CHECK davy_status davy_series_changes_parse(const char *text, davy_series_changes *out);

/**
 * @param scale    [channels] usual deviation of each channel
 * @param values   [davy_form_values()] changed in place
 * @param scratch  the same size
 */
void davy_series_vary(const davy_series_changes *changes, const davy_form *form,
                      const davy_augmentation_key *key, const float *scale, float *values,
                      float *scratch);
