/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shares by background: an absent number is that of another row. A leaf is reached by taking u
 * numbers of the row and v of the other; of all orders in which numbers may come the share in which
 * just these u have come, and one of them the last, is (u - 1)! v! / (u + v)!. Ways on which both
 * rows agree cost nothing.
 */
#include "models/explain/shapley_private.h"

#include "nn/op/ml_tree.h"

#include <string.h>

/* Whose number is taken on the way. */
enum { NOBODY, ROW, OTHER };

typedef struct duel {
    davy_shapley_trees *trees;
    const double *mix;
    const float *x, *other;
    double *shares;
} duel;

/* What the leaves below give to each number of the row that was taken, and take from each of the
 * other's. */
typedef struct gain {
    double row, other;
} gain;

/* (u - 1)! v! / (u + v)! for u > 0, else 0. */
static double *chance_at(davy_shapley_trees *trees, size_t u, size_t v)
{
    return &trees->chances[u * (trees->players + 1) + v];
}

static void fill_chances(davy_shapley_trees *trees)
{
    if (trees->players == 0 || *chance_at(trees, 1, 0) > 0)
        return;
    for (size_t u = 1; u <= trees->players; u++) {
        *chance_at(trees, u, 0) = 1.0 / (double) u;
        for (size_t v = 1; u + v <= trees->players; v++)
            *chance_at(trees, u, v) = *chance_at(trees, u, v - 1) * (double) v / (double) (u + v);
    }
}

static gain visit(duel *d, uint32_t at, size_t u, size_t v);

/* The rows part here: once with the number of the one, once with that of the other. */
static gain part(duel *d, const davy_shapley_node *node, bool yes, size_t u, size_t v)
{
    uint8_t *state = &d->trees->state[node->feature];
    gain row, other;

    *state = ROW;
    row = visit(d, yes ? node->yes : node->no, u + 1, v);
    *state = OTHER;
    other = visit(d, yes ? node->no : node->yes, u, v + 1);
    *state = NOBODY;
    d->shares[node->feature] += row.row - other.other;
    return (gain){row.row + other.row, row.other + other.other};
}

static gain visit(duel *d, uint32_t at, size_t u, size_t v)
{
    const davy_shapley_node *node = &d->trees->nodes[at];

    while (node->mode != DAVY_TREE_LEAF) {
        const bool yes = davy_shapley_decide(node, d->x[node->feature]);
        const bool others = davy_shapley_decide(node, d->other[node->feature]);
        const uint8_t whose = d->trees->state[node->feature];

        if (whose == NOBODY && yes != others)
            return part(d, node, yes, u, v);
        node = &d->trees->nodes[(whose == OTHER ? others : yes) ? node->yes : node->no];
    }
    {
        const double value = davy_shapley_leaf(d->trees, node, d->mix);

        return (gain){value * *chance_at(d->trees, u, v), value * *chance_at(d->trees, v, u)};
    }
}

davy_status davy_shapley_by_background(davy_shapley_trees *trees, const double *mix, const float *x,
                                       const float *rows, size_t count, double *shares,
                                       davy_shapley_sum *sum)
{
    duel d = {.trees = trees, .mix = mix, .x = x, .shares = shares};

    if (count == 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "there are no rows to compare with");
    fill_chances(trees);
    memset(shares, 0, trees->features * sizeof *shares);
    *sum = (davy_shapley_sum){.score = davy_shapley_score(trees, mix, x)};
    for (size_t b = 0; b < count; b++) {
        d.other = rows + b * trees->features;
        sum->base += davy_shapley_score(trees, mix, d.other) / (double) count;
        for (size_t i = 0; i < trees->tree_count; i++)
            (void) visit(&d, trees->trees[i].root, 0, 0);
    }
    for (size_t i = 0; i < trees->features; i++)
        shares[i] /= (double) count;
    return davy_shapley_check(trees, shares, sum);
}
