/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "models/explain/shapley_trees.h"

/**
 * @file
 * Trees as they are walked to be explained.
 *
 * Stage: models.
 */
typedef struct davy_shapley_node {
    uint32_t feature;
    uint8_t mode; /* davy_tree_mode */
    bool missing_yes;
    float threshold;
    uint32_t yes, no; /* of a leaf: its weights are [yes, no) */
    double share;     /* of the covers that goes to `yes` */
} davy_shapley_node;

typedef struct davy_shapley_weight {
    uint32_t target;
    double value;
} davy_shapley_weight;

typedef struct davy_shapley_tree {
    uint32_t root;
    uint32_t points; /* that its polynomials take, a multiple of 4 */
    const double *t; /* [points] in (0, 1) */
    const double *w; /* [points] weights; 0 of those that fill up */
} davy_shapley_tree;

struct davy_shapley_trees {
    davy_arena arena; /* everything below */
    davy_shapley_node *nodes;
    size_t count;
    davy_shapley_weight *weights;
    davy_shapley_tree *trees;
    size_t tree_count, targets, features;
    double *base; /* [targets] beside the leaves */
    bool covered;
    double work;
    size_t depth, players; /* most of a way */
    /* Scratch of a row. */
    double *levels;     /* [depth + 2][2][points] products on the way down, sums on the way up */
    double *zero;       /* [features] share of the covers that keep to the way */
    uint8_t *state;     /* [features] whether a number is on the way, and whose it is */
    double *chances;    /* [players + 1][players + 1] by background */
    size_t points_most; /* of a tree */
};

/** Whether the row takes `yes`. */
bool davy_shapley_decide(const davy_shapley_node *node, float x);

/** What a leaf says. */
static inline double davy_shapley_leaf(const davy_shapley_trees *trees,
                                       const davy_shapley_node *leaf, const double *mix)
{
    double value = 0;

    for (uint32_t i = leaf->yes; i < leaf->no; i++)
        value += mix[trees->weights[i].target] * trees->weights[i].value;
    return value;
}

/** What the trees say of a row. */
double davy_shapley_score(const davy_shapley_trees *trees, const double *mix, const float *x);

/** What stands beside the leaves. */
double davy_shapley_beside(const davy_shapley_trees *trees, const double *mix);

/** DAVY_ERR_CORRUPT when the shares do not add up. */
DAVY_MUST_CHECK davy_status davy_shapley_check(const davy_shapley_trees *trees,
                                               const double *shares, const davy_shapley_sum *sum);

/** Points and weights that integrate polynomials of degree 2 count - 1 over [0, 1]. */
void davy_shapley_points(size_t count, double *t, double *w);
