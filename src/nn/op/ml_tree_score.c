/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking a forest.
 *
 * A step of a walk waits for memory twice, so LANES walks go side by side: a tree with many rows,
 * or, for the rows that are left, a row with many trees. Both give the same leaves, and leaves are
 * added tree after tree, so the bits of a row do not depend on its neighbours.
 */
#include "nn/op/ml_tree.h"

#include <math.h>
#include <string.h>

#define LANES 16
/* Steps between two looks at whether all walks have ended. */
#define STEPS 4

/* Walks that go side by side: where each stands, and the keys of its row. */
typedef struct lanes {
    uint32_t at[LANES];
    const int32_t *keys[LANES];
} lanes;

static int32_t key_of(float number, int32_t missing)
{
    int32_t bits;

    memcpy(&bits, &number, sizeof bits);
    if ((bits & INT32_MAX) > 0x7f800000)
        return missing;
    return bits < 0 ? -(bits & INT32_MAX) : bits;
}

static void make_keys(const davy_forest *forest, const float *x, int32_t *keys)
{
    for (size_t i = 0; i < forest->column_count; i++)
        keys[i] = key_of(x[forest->columns[i].feature], forest->columns[i].missing);
}

static void step(const davy_tree_node *nodes, lanes *walks)
{
    for (size_t i = 0; i < LANES; i++) {
        const davy_tree_node *node = &nodes[walks->at[i]];
        const uint32_t above = 0U - (uint32_t) (walks->keys[i][node->column] > node->key);

        walks->at[i] += 1 + (above & (node->skip - 1));
    }
}

static bool ended(const davy_tree_node *nodes, const lanes *walks)
{
    uint32_t left = 0;

    for (size_t i = 0; i < LANES; i++)
        left |= nodes[walks->at[i]].skip;
    return left == 0;
}

static void walk(const davy_forest *forest, lanes *walks)
{
    do
        for (size_t i = 0; i < STEPS; i++)
            step(forest->nodes, walks);
    while (!ended(forest->nodes, walks));
}

static void add_leaf(const davy_forest *forest, davy_aggregate aggregate, uint32_t at, double *sums)
{
    const uint32_t leaf = forest->nodes[at].leaf;

    for (uint32_t i = forest->first[leaf]; i < forest->first[leaf + 1]; i++) {
        const davy_tree_weight *weight = &forest->weights[i];
        double *sum = &sums[weight->target];

        if (aggregate <= DAVY_AGGREGATE_AVERAGE)
            *sum += (double) weight->value;
        else if (aggregate == DAVY_AGGREGATE_MIN)
            *sum = fmin(*sum, (double) weight->value);
        else
            *sum = fmax(*sum, (double) weight->value);
    }
}

/* One tree after the other, for LANES rows. */
static void score_rows(const davy_forest *forest, davy_aggregate aggregate, const int32_t *keys,
                       double *sums)
{
    lanes walks;

    for (size_t i = 0; i < LANES; i++)
        walks.keys[i] = keys + i * forest->column_count;
    for (size_t t = 0; t < forest->trees; t++) {
        for (size_t i = 0; i < LANES; i++)
            walks.at[i] = forest->roots[t];
        walk(forest, &walks);
        for (size_t i = 0; i < LANES; i++)
            add_leaf(forest, aggregate, walks.at[i], sums + i * forest->targets);
    }
}

/* LANES trees at once, for one row. Where fewer are left, some walk in the last. */
static void score_row(const davy_forest *forest, davy_aggregate aggregate, const int32_t *keys,
                      double *sums)
{
    lanes walks;

    for (size_t i = 0; i < LANES; i++)
        walks.keys[i] = keys;
    for (size_t t = 0; t < forest->trees; t += LANES) {
        const size_t count = forest->trees - t < LANES ? forest->trees - t : LANES;

        for (size_t i = 0; i < LANES; i++)
            walks.at[i] = forest->roots[i < count ? t + i : forest->trees - 1];
        walk(forest, &walks);
        for (size_t i = 0; i < count; i++)
            add_leaf(forest, aggregate, walks.at[i], sums);
    }
}

static void start(const davy_forest *forest, davy_aggregate aggregate, size_t rows, double *sums)
{
    const double first = aggregate == DAVY_AGGREGATE_MIN   ? INFINITY
                         : aggregate == DAVY_AGGREGATE_MAX ? -INFINITY
                                                           : 0.0;

    for (size_t i = 0; i < rows * forest->targets; i++)
        sums[i] = first;
}

/* A target that no leaf spoke of is 0. */
static void finish(const davy_forest *forest, davy_aggregate aggregate, size_t rows, double *sums)
{
    for (size_t i = 0; i < rows * forest->targets; i++) {
        if (isinf(sums[i]))
            sums[i] = 0.0;
        else if (aggregate == DAVY_AGGREGATE_AVERAGE)
            sums[i] /= (double) forest->trees;
    }
}

size_t davy_forest_scratch(const davy_forest *forest)
{
    return DAVY_FOREST_ROWS * forest->column_count * sizeof(int32_t);
}

void davy_forest_score(const davy_forest *forest, davy_aggregate aggregate, size_t rows,
                       size_t features, const float *x, void *scratch, double *sums)
{
    int32_t *keys = scratch;
    size_t row = 0;

    for (size_t i = 0; i < rows; i++)
        make_keys(forest, x + i * features, keys + i * forest->column_count);
    start(forest, aggregate, rows, sums);
    for (; row + LANES <= rows; row += LANES)
        score_rows(forest, aggregate, keys + row * forest->column_count,
                   sums + row * forest->targets);
    for (; row < rows; row++)
        score_row(forest, aggregate, keys + row * forest->column_count,
                  sums + row * forest->targets);
    finish(forest, aggregate, rows, sums);
}
