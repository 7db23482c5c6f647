/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "models/kinds/regime.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Lagged principal components with T2 and Q: how unusual a window is inside the plane of usual
 * variation, and how far it lies beside that plane.
 *
 * Stage: models. Each row of a window of lags + 1 rows is scaled by the median and the median
 * absolute deviation of its regime, which makes x, then
 *
 *     t = P' (x - mean)      T2 = sum t_i^2 / lambda_i      Q = |x - mean - P t|^2
 *     score = weight_t2 T2 + weight_q Q                     or the larger of the two (fuse=max)
 *
 * Each signal's share is exact: of Q its squared residuals over the lags; of T2 the complete
 * decomposition, the squares of P Lambda^(-1/2) t over its lags. Both are never negative and sum to
 * the whole. It sees broken relations between signals; it is blind to what stays inside the usual
 * plane, and it spreads a fault of one signal over those it is correlated with.
 *
 * Sources: Hotelling, 1933; Jackson and Mudholkar, Technometrics 21(3), 1979 (Q); Ku, Storer,
 * Georgakis, Chemom. Intell. Lab. Syst. 30, 1995 (lags); Alcala and Qin, J. Process Control 21,
 * 2011 (complete decomposition contributions).
 */
typedef struct davy_pca {
    size_t signals, lags, window; /* window = (lags + 1) * signals, newest row first */
    size_t components;
    bool fuse_max;
    davy_regimes regimes;
    double *centre, *scale;      /* [regimes * signals] */
    double *mean;                /* [window] of the scaled windows */
    double *loadings;            /* P, [window * components] */
    double *loadings_transposed; /* [components * window], made from the above */
    double *whiten;              /* [components] 1 / sqrt(lambda) */
    double weight_t2, weight_q;
} davy_pca;

/** Room for everything but the regimes' rule; `components` at most `window`. */
DAVY_MUST_CHECK davy_status davy_pca_create(size_t signals, size_t lags, size_t components,
                                            size_t regimes, davy_pca **out);
/** NULL is fine. */
void davy_pca_destroy(davy_pca *pca);
/** Make what follows from the loadings. Call once they are set. */
void davy_pca_finish(davy_pca *pca);

/** T2, Q and the shares of each signal in both. */
typedef struct davy_pca_parts {
    double t2, q;
    double *shares_t2, *shares_q; /* [signals], in the scratch */
} davy_pca_parts;

/** A scaled value is held within this, so that no sum of squares can overflow. */
#define DAVY_PCA_CLIP 1e6

/** x - mean of the formula above. @param x  [window] */
void davy_pca_scale(const davy_pca *pca, const double *window, double *x);

/** Doubles of scratch that davy_pca_measure() needs. */
size_t davy_pca_scratch(const davy_pca *pca);

/** Measure a window of finite numbers. @param expected  [signals] of the newest row; may be NULL */
davy_pca_parts davy_pca_measure(const davy_pca *pca, const double *window, double *scratch,
                                double *expected);
