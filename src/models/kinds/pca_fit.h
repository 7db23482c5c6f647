/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/kind.h"
#include "models/kinds/pca.h"

/**
 * @file
 * Learning of lagged principal components (models/kinds/pca.h) from the rows of a table.
 *
 * Stage: models. Scaling and regimes, covariance, eigenvalues by LAPACK's dsyevd, the worst windows
 * left out and learnt again, T2 and Q weighed on later rows. One thread, so that the same rows give
 * the same numbers.
 */

/** Fewest windows to learn from. */
#define DAVY_PCA_WINDOWS_MIN 30

typedef struct davy_pca_settings {
    double variance; /* share of the variance that the components explain, 0..1 */
    double trim;     /* share of the windows left out */
    bool fuse_max;
    size_t regimes;             /* 0: found */
    const char *regime_signals; /* names with commas; "": those like a set point */
} davy_pca_settings;

/** What was found, for the report. */
typedef struct davy_pca_learnt {
    size_t windows, trimmed, components, regimes;
} davy_pca_learnt;

DAVY_MUST_CHECK davy_status davy_pca_fit(const davy_study *fit, const davy_pca_settings *settings,
                                         davy_pca_learnt *learnt, davy_pca **out);
