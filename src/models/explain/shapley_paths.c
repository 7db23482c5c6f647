/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shares by paths: products of (o t + z (1 - t)) are carried down to the leaves, and sums of leaves
 * up. A branch on number i shares out, to i, the leaves below it by the part that i has in their
 * products there. Where a way asks for i again, the deeper branch knows better: it takes back for
 * the leaves below itself what the one above has shared out.
 */
#include "models/explain/shapley_private.h"

#include "nn/op/ml_tree.h"

#include <string.h>

/* Whether a number is on the way, and whether the row keeps to the way as far as it goes. */
enum { ABSENT, LEFT, KEPT };

typedef struct walk {
    davy_shapley_trees *trees;
    const davy_shapley_tree *tree;
    const double *mix;
    const float *x;
    double *shares;
    double base;
} walk;

/* What a number has to do with a way: o and z. One that is not on it yet is one of which all is
 * kept, 1 t + 1 (1 - t) = 1. */
typedef struct part {
    double one, zero;
} part;

static bool is_whole(part p)
{
    return p.one == 1 && p.zero == 1;
}

static double factor(part p, double t)
{
    return p.zero + (p.one - p.zero) * t;
}

static double *product_at(const walk *w, size_t level)
{
    return w->trees->levels + level * 2 * w->tree->points;
}

static double *sum_at(const walk *w, size_t level)
{
    return product_at(w, level) + w->tree->points;
}

/* The products of a child: the part of its number becomes `now`. */
static void go_down(const walk *w, size_t level, part before, part now)
{
    const double *t = w->tree->t, *from = product_at(w, level);
    double *to = product_at(w, level + 1);

    if (is_whole(before))
        for (uint32_t q = 0; q < w->tree->points; q++)
            to[q] = from[q] * factor(now, t[q]);
    else
        for (uint32_t q = 0; q < w->tree->points; q++)
            to[q] = from[q] * factor(now, t[q]) / factor(before, t[q]);
}

/* Add the sums of a child to its parent's. @return what they give the number of the branch */
static double go_up(const walk *w, size_t level, part before, part now)
{
    const double *t = w->tree->t, *weights = w->tree->w, *from = sum_at(w, level + 1);
    double *to = sum_at(w, level), gained = 0, lost = 0;

    for (uint32_t q = 0; q < w->tree->points; q++) {
        gained += weights[q] * from[q] / factor(now, t[q]);
        to[q] += from[q];
    }
    for (uint32_t q = 0; q < w->tree->points && !is_whole(before); q++)
        lost += weights[q] * from[q] / factor(before, t[q]);
    return (now.one - now.zero) * gained - (before.one - before.zero) * lost;
}

static void visit(walk *w, uint32_t at, size_t level, double reach);

static void visit_child(walk *w, const davy_shapley_node *node, uint32_t child, bool kept,
                        double share, size_t level, double reach)
{
    davy_shapley_trees *trees = w->trees;
    const uint8_t state = trees->state[node->feature];
    const double zero = trees->zero[node->feature];
    const part before = state == ABSENT ? (part){1, 1} : (part){state == KEPT ? 1 : 0, zero};
    const part now = {kept && state != LEFT ? 1 : 0, before.zero * share};

    if (now.one == 0 && now.zero == 0)
        return; /* nobody comes here */
    trees->state[node->feature] = now.one > 0 ? KEPT : LEFT;
    trees->zero[node->feature] = now.zero;
    go_down(w, level, before, now);
    visit(w, child, level + 1, reach * share);
    w->shares[node->feature] += go_up(w, level, before, now);
    trees->state[node->feature] = state;
    trees->zero[node->feature] = zero;
}

/* @param reach  share of the covers of the root that comes here */
static void visit(walk *w, uint32_t at, size_t level, double reach)
{
    const davy_shapley_node *node = &w->trees->nodes[at];
    double *sums = sum_at(w, level);

    if (node->mode == DAVY_TREE_LEAF) {
        const double value = davy_shapley_leaf(w->trees, node, w->mix);
        const double *products = product_at(w, level);

        for (uint32_t q = 0; q < w->tree->points; q++)
            sums[q] = value * products[q];
        w->base += value * reach;
    } else {
        const bool yes = davy_shapley_decide(node, w->x[node->feature]);

        memset(sums, 0, w->tree->points * sizeof *sums);
        visit_child(w, node, node->yes, yes, node->share, level, reach);
        visit_child(w, node, node->no, !yes, 1 - node->share, level, reach);
    }
}

davy_status davy_shapley_by_paths(davy_shapley_trees *trees, const double *mix, const float *x,
                                  double *shares, davy_shapley_sum *sum)
{
    walk w = {.trees = trees,
              .mix = mix,
              .x = x,
              .shares = shares,
              .base = davy_shapley_beside(trees, mix)};

    if (!trees->covered)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "the trees do not tell their covers");
    memset(shares, 0, trees->features * sizeof *shares);
    for (size_t i = 0; i < trees->tree_count; i++) {
        w.tree = &trees->trees[i];
        for (uint32_t q = 0; q < w.tree->points; q++)
            product_at(&w, 0)[q] = 1;
        visit(&w, w.tree->root, 0, 1);
    }
    *sum = (davy_shapley_sum){.base = w.base, .score = davy_shapley_score(trees, mix, x)};
    return davy_shapley_check(trees, shares, sum);
}
