/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/explain/explain.h"
#include "models/samples/answer_set.h"

/**
 * @file
 * What the answers of a predictor hang on, over many samples.
 *
 * Stage: models. Three views that need nothing but the model's folder and the samples: the mean
 * size of the shares of explanations; how much worse the answers are when one signal comes from
 * other samples (which says what the model would miss, and little of signals that stand in for each
 * other); and how the mean answer goes when one signal is held at a value, with how far the samples
 * spread about it.
 *
 * Sources: Breiman, Machine Learning 45, 2001, section 10 (permutation); Friedman, Annals of
 * Statistics 29, 2001, section 8.2 (partial dependence); Goldstein et al., arXiv:1309.6392.
 */

/** Most samples that are looked at. */
#define DAVY_IMPORTANCE_SAMPLES ((size_t) 200)
/** Most signals that are taken from other samples, and curves. */
#define DAVY_IMPORTANCE_SIGNALS ((size_t) 64)
#define DAVY_IMPORTANCE_CURVES  3
#define DAVY_DEPENDENCE_POINTS  17

/** Mean answer while a signal is held at a value. */
typedef struct davy_dependence {
    size_t signal, class_index; /* of classes: whose probability */
    size_t count;
    double x[DAVY_DEPENDENCE_POINTS], mean[DAVY_DEPENDENCE_POINTS];
    double low[DAVY_DEPENDENCE_POINTS],
        high[DAVY_DEPENDENCE_POINTS]; /* a tenth of the samples is beyond */
} davy_dependence;

/** Zeroed is nothing. */
typedef struct davy_importance {
    davy_explainer *explainer; /* for names; owned. NULL: the model is not explained, see `why` */
    char why[256];             /* it is not */
    size_t parts, explained;   /* of the explainer; samples */
    double *sizes;             /* [parts] mean size of a share */
    double residual;           /* mean size of what is left over */
    size_t signals, asked;     /* that were taken from other samples; samples */
    double *lost;              /* [signals] by how much the loss grows */
    double loss;               /* as it is: log loss, or root mean squared error */
    davy_dependence curves[DAVY_IMPORTANCE_CURVES];
    size_t curve_count;
} davy_importance;

/** Samples that are looked at. */
typedef struct davy_importance_of {
    const davy_predictor *predictor;
    const davy_sample_set *samples;
    const davy_answer_set *answers;
    const uint8_t *part; /* only samples where it is `which`; NULL: all */
    uint8_t which;
    uint64_t seed;
} davy_importance_of;

/**
 * Look. Of pictures nothing is known but where a network looked, so they have no importance.
 *
 * @return DAVY_OK also when the model cannot be explained
 */
DAVY_MUST_CHECK davy_status davy_importance_find(const davy_importance_of *of,
                                                 davy_importance *out);
void davy_importance_clear(davy_importance *importance);

/** Signals that the model would miss most, first. @return how many, at most `most` */
size_t davy_importance_missed(const davy_importance *importance, size_t most, size_t *out);
