/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>

/**
 * @file
 * Plain principal components of a matrix: the part of baselines, nothing more.
 *
 * Stage: models. The model of davy is models/kinds/pca.h. This one standardises columns, keeps the
 * components that explain 95 % of the variance, and gives T2 and Q of a row, or its components.
 */
#define DAVY_PLAIN_PCA_COLUMNS_MAX ((size_t) 512)

typedef struct davy_plain_pca {
    size_t columns, components;
    double *mean,
        *deviation;   /* [columns] deviation 0: a constant column, which counts for nothing */
    double *axes;     /* [components * columns] of unit length */
    double *variance; /* [components] */
    double usual_t2, usual_q; /* means over the rows it learnt from; at least a little above 0 */
} davy_plain_pca;

/**
 * @param rows  [count * columns]
 * @return DAVY_ERR_INVALID for fewer than five rows or more columns than the limit
 */
DAVY_MUST_CHECK davy_status davy_plain_pca_fit(const double *rows, size_t count, size_t columns,
                                               davy_plain_pca *out);
void davy_plain_pca_clear(davy_plain_pca *pca);

/** Components of a row. @param t  [components] @return Q, the squared rest */
double davy_plain_pca_project(const davy_plain_pca *pca, const double *row, double *t);

/** Half the sum of T2 and Q, each in units of its usual size. @param t  [components] scratch */
double davy_plain_pca_score(const davy_plain_pca *pca, const double *row, double *t);
