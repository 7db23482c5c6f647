/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/served.h"

/**
 * @file
 * What is looked at of a model's samples and answers: a few numbers each.
 *
 * Stage: infer. Signals and small tensors are taken number by number, windows and pictures as the
 * mean and the contrast (the standard deviation) of each channel, other large tensors as those of
 * the whole; classes as the one that is named, and verdicts. At most so many, evenly spaced among
 * the columns, so that a request costs little whatever it carries.
 */
#define DAVY_DRIFT_INPUTS_MAX   64
#define DAVY_DRIFT_OUTPUTS_MAX  16
#define DAVY_DRIFT_FEATURES_MAX (DAVY_DRIFT_INPUTS_MAX + DAVY_DRIFT_OUTPUTS_MAX)

/** Elements of a channel that a mean and a contrast are taken of, evenly spaced: the mean is then
 * right to a sixteenth of the contrast. */
#define DAVY_DRIFT_ELEMENTS_MAX 256

/** Categories that are told apart; more of them are one. */
#define DAVY_DRIFT_CATEGORIES_MAX 64

/** What is made of the elements of a part. */
typedef enum davy_drift_kind {
    DAVY_DRIFT_MEAN, /* of one element: the element */
    DAVY_DRIFT_CONTRAST,
    DAVY_DRIFT_LARGEST, /* the place of the largest: the class */
    DAVY_DRIFT_VERDICT  /* a text of davy_verdict_name() */
} davy_drift_kind;

typedef struct davy_drift_feature {
    const char *name; /* "T-101/pressure", "image mean 0", "class" */
    bool output;
    size_t port; /* of the model's inputs or outputs */
    davy_drift_kind kind;
    /* The elements of a sample are so many parts, and the feature is of one of them: elements
     * part, part + parts, ... when interleaved, else one block behind another. */
    size_t part, parts;
    bool interleaved;
    size_t categories; /* 0: a number; else 0 .. categories - 1 */
} davy_drift_feature;

/** Zeroed is nothing. Its memory is of an arena. */
typedef struct davy_drift_features {
    const davy_drift_feature *at; /* [count] inputs first */
    size_t count, input_count;
    size_t left_out; /* numbers of samples and answers that are not looked at */
    bool rowed;      /* dimension 0 of every tensor counts samples; false: a request is one */
} davy_drift_features;

/** Choose them by what the model declares. */
DAVY_MUST_CHECK davy_status davy_drift_features_choose(const davy_served_info *info,
                                                       davy_arena *arena, davy_drift_features *out);

/**
 * Look at one sample and its answer.
 *
 * @param inputs   of the model, in its order; NULL: none, its features are NaN
 * @param outputs  likewise
 * @param in, out  which sample of the inputs, and of the outputs
 * @param numbers  [count] NaN where there is nothing: not a number, not finite, no elements
 */
void davy_drift_features_read(const davy_drift_features *features, const davy_tensor *inputs,
                              size_t in, const davy_tensor *outputs, size_t out, float *numbers);
