/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"

/**
 * @file
 * Exact Shapley values of trees, in double.
 *
 * Stage: models. The players are the numbers of a row, and what is shared out is f(row) - base.
 * Two games are played. By *paths* a branch on an absent number is taken both ways, weighed by the
 * covers of the children: what trees say when nothing else is known. By *background* an absent
 * number comes from another row, and the base is the mean answer to a few of them: what the model
 * does when it is given other numbers, whether or not they go together.
 *
 * Both are sums over the leaves. With o_i = 1 when the row keeps to the way to a leaf as far as
 * number i goes, and z_i the share of the covers that keep to it,
 *
 *     share of i = sum of leaf values * (o_i - z_i) * integral over t in [0, 1] of
 *                  product over j != i on the way of (o_j t + z_j (1 - t))
 *
 * which is the multilinear extension of the game. A polynomial of degree m - 1 is integrated
 * exactly by m / 2 points (Gauss-Legendre), so a walk over all nodes carries these products down
 * and sums them up, in time O(nodes * m / 2) where the recursion of the first paper takes
 * O(leaves * m^2). Every term is positive and nothing is unwound by subtraction, so that deep
 * trees of rare branches lose no digits. Memory is O(depth * m).
 *
 * Sources: Lundberg, Erion, Lee, arXiv:1802.03888 (the game by paths); Lundberg et al., Nature
 * Machine Intelligence 2, 2020 (by background); Owen, Management Science 18, 1972 (the integral);
 * Yu et al., "Linear TreeShap", NeurIPS 2022 (sums by edges). One thread for each object.
 */
typedef struct davy_shapley_trees davy_shapley_trees;

/** Deepest leaf, and most different numbers that are asked on one way, that are explained. */
#define DAVY_SHAPLEY_DEPTH_MAX   4096
#define DAVY_SHAPLEY_PLAYERS_MAX 256

/** How far base and shares may be off their score, as a share of the largest of them. */
#define DAVY_SHAPLEY_TOLERANCE 1e-9

/**
 * Read the trees of a node tree_ensemble_regressor.
 *
 * @param features  numbers of a row
 * @return DAVY_ERR_UNSUPPORTED for another operator, for what is no sum of leaves, and beyond the
 *         limits
 */
DAVY_MUST_CHECK davy_status davy_shapley_trees_create(const davy_node *node, size_t features,
                                                      davy_shapley_trees **out);
/** NULL is fine. */
void davy_shapley_trees_destroy(davy_shapley_trees *trees);

/** Numbers that the trees answer with. */
size_t davy_shapley_trees_targets(const davy_shapley_trees *trees);

/** Whether covers are known: every branch has come by as often as its children together. */
bool davy_shapley_trees_covered(const davy_shapley_trees *trees);

/** Steps that explaining a row takes, about: to know how many rows can be. */
double davy_shapley_trees_work(const davy_shapley_trees *trees);

/** A row shared out. */
typedef struct davy_shapley_sum {
    double base, score; /* score = base + the sum of the shares */
} davy_shapley_sum;

/**
 * By paths.
 *
 * @param mix     [targets] what is explained is the sum of the targets times these
 * @param x       [features] a NaN goes where its branch sends what is missing
 * @param shares  [features]
 * @return DAVY_ERR_UNSUPPORTED without covers; DAVY_ERR_CORRUPT when the shares do not add up to
 *         DAVY_SHAPLEY_TOLERANCE
 */
DAVY_MUST_CHECK davy_status davy_shapley_by_paths(davy_shapley_trees *trees, const double *mix,
                                                  const float *x, double *shares,
                                                  davy_shapley_sum *sum);

/** By background. @param rows  [count * features], one or more */
DAVY_MUST_CHECK davy_status davy_shapley_by_background(davy_shapley_trees *trees, const double *mix,
                                                       const float *x, const float *rows,
                                                       size_t count, double *shares,
                                                       davy_shapley_sum *sum);
