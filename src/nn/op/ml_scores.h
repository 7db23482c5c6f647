/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/op.h"

/**
 * @file
 * What the classifiers and regressors of ai.onnx.ml have in common: labels and transforms.
 *
 * Stage: nn. Scores are computed in double and written as floats. Class names may be texts: a label
 * that comes out then is a DAVY_TYPE_TEXT, which points into the attributes of the node.
 */

/** Targets or classes of a model, so that a row's scores fit anywhere. */
#define DAVY_ML_TARGETS_MAX 100000

typedef enum davy_ml_transform {
    DAVY_ML_NONE,
    DAVY_ML_SOFTMAX,
    DAVY_ML_LOGISTIC,
    DAVY_ML_SOFTMAX_ZERO, /* softmax of those that are not zero; zeros stay */
    DAVY_ML_PROBIT        /* the normal deviate that has this probability below it */
} davy_ml_transform;

typedef struct davy_ml_labels {
    const int64_t *ints;      /* NULL: texts */
    const char *const *texts; /* NULL: ints; both NULL: classes are called by number */
    size_t count;
} davy_ml_labels;

/**
 * One of some words as an index.
 *
 * @param words  closed by NULL; the first is the default
 * @return DAVY_ERR_INVALID for another word
 */
DAVY_MUST_CHECK davy_status davy_ml_word(const davy_call *call, const char *attribute,
                                         const char *const *words, int *out);
/** The attribute `post_transform`. */
DAVY_MUST_CHECK davy_status davy_ml_transform_read(const davy_call *call, davy_ml_transform *out);
/** Write the transformed scores of one row. */
void davy_ml_transform_write(davy_ml_transform transform, size_t count, const double *scores,
                             float *out);

/**
 * Class names: texts, or int64 under the name `ints`.
 *
 * @return DAVY_ERR_INVALID when both are there
 */
DAVY_MUST_CHECK davy_status davy_ml_labels_read(const davy_call *call, const char *ints,
                                                davy_ml_labels *out);
/** Shapes of a classifier's results: labels [rows] and scores [rows, classes]. */
DAVY_MUST_CHECK davy_status davy_ml_classes_result(const davy_call *call,
                                                   const davy_ml_labels *labels, size_t rows);
/** Output i, or NULL when nobody wants it. */
davy_tensor *davy_ml_output(const davy_call *call, size_t i);
/** Write the name of a class as element `row`; nothing when nobody wants labels (`out` NULL). */
void davy_ml_label_write(const davy_ml_labels *labels, size_t class_, davy_tensor *out, size_t row);
/** Index of the greatest, the first of equals. */
size_t davy_ml_greatest(size_t count, const double *scores);

/**
 * Rows and columns of input 0: [rows, columns] or one row.
 *
 * @return DAVY_ERR_INVALID for another rank, DAVY_ERR_UNSUPPORTED for other than numbers
 */
DAVY_MUST_CHECK davy_status davy_ml_rows(const davy_call *call, size_t *rows, size_t *columns);
/** Some rows of input 0 as floats: where they lie, or converted into the buffer. */
const float *davy_ml_read(const davy_call *call, size_t from, size_t count, float *buffer);
