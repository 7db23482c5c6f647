/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/kinds/pca_fit.h"

/**
 * @file
 * First half of learning lagged principal components: regimes, and the scale of every signal.
 *
 * Stage: models. What models/kinds/regime.h and models/kinds/scaling.h find, put together: a signal
 * that stands still inside a regime but moves between regimes keeps the scale of its whole history,
 * because by the scale of a constant every change of regime would be a catastrophe.
 */

/**
 * @param rows  [count * signals] newest row of every window
 * @param out   a model with regimes, centre and scale, a mean of 0 and no plane
 */
DAVY_MUST_CHECK davy_status davy_pca_learn_scaling(const davy_study *fit,
                                                   const davy_pca_settings *settings,
                                                   const double *rows, size_t count,
                                                   davy_pca **out);
