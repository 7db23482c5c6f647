/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/table.h"
#include "models/predictor_kind.h"

/**
 * @file
 * Features: numbers made of the numbers of a sample before a kind learns from them.
 *
 * Stage: models. The setting `features` lists steps: `onehot,window:spans=5,20,standardise`. Each
 * adds nodes to a graph that begins at the raw sample [N, steps, channels] and ends in features
 * [N, F]; a step that learns runs the graph so far on the samples to learn from, and on no others.
 * A kind then fits on samples that are rows of F numbers, and its graph is put behind this one: a
 * kind has no code for features, and serving computes them as training did, by the same nodes.
 */
typedef struct davy_features davy_features;

/** Most features of a sample. */
#define DAVY_FEATURES_MAX ((size_t) 4096)

/** What the channels of the samples are. */
typedef struct davy_features_source {
    const char *const *signals; /* [channels] names; of a wave its first is taken */
    const davy_levels *levels;  /* [channels] words of categories; NULL: all channels are numbers */
    size_t signal_count;
} davy_features_source;

/** Whether the text is a list of steps: DAVY_ERR_INVALID says what is wrong, and with what. */
DAVY_MUST_CHECK davy_status davy_features_check(const char *text);

/** Characters of the steps that a text begins with and that fill holes, with the comma behind. */
size_t davy_features_filling(const char *text);

/**
 * Signals of which a sample may miss values, since a step of a text fills them (`impute`).
 *
 * @param text     "" for no steps
 * @param imputed  [count] of the signals
 * @param any      whether there is one
 */
DAVY_MUST_CHECK davy_status davy_features_imputed(const char *text, const char *const *signals,
                                                  size_t count, bool *imputed, bool *any);

/**
 * Fit the steps of a text on the part of the lesson that is learnt from, and compute the features
 * of all its samples.
 *
 * @param lesson  its samples and parts are borrowed until davy_features_destroy()
 * @return DAVY_ERR_INVALID when a step does not fit the samples
 */
DAVY_MUST_CHECK davy_status davy_features_fit(const davy_lesson *lesson,
                                              const davy_features_source *source, const char *text,
                                              davy_features **out);
/** NULL is fine. */
void davy_features_destroy(davy_features *features);

/** The samples as rows of features. Borrowed; targets, groups and parts are those of the lesson. */
const davy_sample_set *davy_features_samples(const davy_features *features);

/** Names of the features, such as "mean(T-101/level)". Borrowed. */
const char *const *davy_features_names(const davy_features *features, size_t *count);

/**
 * Put what was learnt from davy_features_samples() behind the features: result->graph takes the raw
 * sample then. Once only: the graph of the features goes into the result.
 */
DAVY_MUST_CHECK davy_status davy_features_join(davy_features *features, davy_lesson_result *result);

/** Steps and their arguments, for documents and tests. */
typedef struct davy_feature_step davy_feature_step;
/** All, closed by NULL. */
const davy_feature_step *const *davy_feature_steps(void);
