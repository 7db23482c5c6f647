/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/kinds/classic.h"
#include "models/kinds/trees.h"

/**
 * @file
 * XGBoost behind statuses: rows in, rounds of trees, predictions and the trees themselves out.
 *
 * Stage: models. It runs on one thread, so that a model is a function of its samples and its seed
 * and not of the machine. Trees are grown from histograms (`tree_method` hist), which alone draws
 * columns anew for every node.
 *
 * Source: Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", KDD 2016.
 */
typedef struct davy_booster davy_booster;
/** Samples as XGBoost holds them. */
typedef struct davy_booster_rows davy_booster_rows;

/** A parameter of XGBoost by its own name. */
typedef struct davy_booster_setting {
    const char *name;
    const char *text; /* NULL: it is a number */
    double number;
} davy_booster_setting;

/** "1.7.4" */
const char *davy_booster_version(void);

/**
 * Make thresholds fall into gaps: every number becomes the middle between itself and the next one
 * below it, which is where XGBoost then cuts, for it cuts at numbers that it was given. Without, a
 * number that another program computes a rounding error apart would fall on the other side. Numbers
 * that only rounding tells apart become one, and no threshold parts them. A row that was learnt
 * from comes to the same leaf with its numbers as they were.
 *
 * @param rounding  [columns] how far a number may be off; NULL: they are exact
 */
DAVY_MUST_CHECK davy_status davy_booster_open_gaps(davy_classic_matrix *matrix,
                                                   const float *rounding);

/**
 * Hand rows over, which XGBoost holds in memory of its own.
 *
 * @param labels  [rows] class index or number; NULL: who gives gradients needs none
 * @return DAVY_ERR_FULL, and the remedy, when there is not memory for them
 */
DAVY_MUST_CHECK davy_status davy_booster_rows_create(const davy_classic_matrix *matrix,
                                                     const double *labels, davy_booster_rows **out);
/** NULL is fine. */
void davy_booster_rows_destroy(davy_booster_rows *rows);

/** @param watch  rows that are asked for after every round; NULL: none */
DAVY_MUST_CHECK davy_status davy_booster_create(davy_booster_rows *learn, davy_booster_rows *watch,
                                                uint64_t seed, const davy_booster_setting *settings,
                                                size_t count, davy_booster **out);
/** NULL is fine. */
void davy_booster_destroy(davy_booster *booster);

/** One more round, by the objective. */
DAVY_MUST_CHECK davy_status davy_booster_round(davy_booster *booster, davy_booster_rows *learn,
                                               size_t round);
/** One more round for these gradients and curvatures [rows * groups]. */
DAVY_MUST_CHECK davy_status davy_booster_round_by(davy_booster *booster, davy_booster_rows *learn,
                                                  float *gradients, float *curvatures,
                                                  size_t count);

/**
 * Sums of the leaves of rounds [from, to) for all rows; both 0: of all rounds.
 *
 * @param out  [count = rows * groups] borrowed until the next call
 */
DAVY_MUST_CHECK davy_status davy_booster_predict(davy_booster *booster, davy_booster_rows *rows,
                                                 size_t from, size_t to, size_t count,
                                                 const float **out);

/** The trees of rounds [0, rounds). Large ones are read round by round. */
DAVY_MUST_CHECK davy_status davy_booster_trees(davy_booster *booster, size_t rounds,
                                               davy_trees *out);
