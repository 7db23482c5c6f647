/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking a forest.
 *
 * A step of a walk waits for memory twice, so LANES walks go side by side: a tree with many rows,
 * or a row with many trees (simd/tree.c). Many rows are asked the top of a tree at once, and walk
 * from where they leave it. Shallow trees are asked whole (simd/shallow.h). All ways end at the
 * same leaves, and leaves are added tree after tree, so the bits of a row do not depend on its
 * neighbours.
 */
#include "nn/op/ml_tree.h"

#include <math.h>
#include <string.h>

#define LANES 16
/* Steps between two looks at whether all walks have ended; trees that are hardly deeper are walked
 * to their depth. */
#define STEPS 4
/* Shallow trees that are asked before their numbers are added. A full block of rows is answered
 * sooner by walks when there are fewer. */
#define TOGETHER ((size_t) DAVY_SHALLOW_ASKED)

static int32_t key_of(float number, int32_t missing)
{
    int32_t bits;

    memcpy(&bits, &number, sizeof bits);
    if ((bits & INT32_MAX) > 0x7f800000)
        return missing;
    return bits < 0 ? -(bits & INT32_MAX) : bits;
}

/* @param stride  keys of neighbouring columns are so far apart */
static void make_keys(const davy_forest *forest, const float *x, size_t stride, int32_t *keys)
{
    keys[0] = DAVY_TREE_NOTHING;
    for (size_t i = 1; i < forest->column_count; i++)
        keys[i * stride] = key_of(x[forest->columns[i].feature], forest->columns[i].missing);
}

/* ---------------------------------------------------------------------------------------- walks */

/* LANES rows in one tree. */
typedef struct lanes {
    const davy_tree_node *tree; /* root */
    const int32_t *keys;        /* of the first row; those of the others stand beside */
    uint32_t at[LANES];
} lanes;

static inline void step(const davy_forest *forest, lanes *walks)
{
    const uint32_t columns = (1U << forest->bits) - 1;

    for (size_t i = 0; i < LANES; i++) {
        const davy_tree_node node = walks->tree[walks->at[i]];
        const int32_t key = walks->keys[(size_t) (node.link & columns) * DAVY_FOREST_ROWS + i];

        walks->at[i] = (node.link >> forest->bits) + (uint32_t) (key > node.key);
    }
}

static inline bool ended(const davy_forest *forest, const lanes *walks)
{
    uint32_t moves = 0;

    for (size_t i = 0; i < LANES; i++)
        moves |= davy_tree_child(forest, walks->tree[walks->at[i]].link) ^ walks->at[i];
    return moves == 0;
}

static inline void walk(const davy_forest *forest, uint32_t steps, lanes *walks)
{
    for (; steps > 2 * STEPS; steps -= STEPS) {
        if (ended(forest, walks))
            return;
        for (size_t i = 0; i < STEPS; i++)
            step(forest, walks);
    }
    for (; steps > 0; steps--)
        step(forest, walks);
}

/* ----------------------------------------------------------------------------------------- sums */

static inline void add_number(davy_aggregate aggregate, double number, double *sum)
{
    if (aggregate <= DAVY_AGGREGATE_AVERAGE)
        *sum += number;
    else if (aggregate == DAVY_AGGREGATE_MIN)
        *sum = fmin(*sum, number);
    else
        *sum = fmax(*sum, number);
}

static inline void add_leaf(const davy_forest *forest, davy_aggregate aggregate, int32_t leaf,
                            double *sums)
{
    float only;

    if (forest->single) {
        memcpy(&only, &leaf, sizeof only);
        add_number(aggregate, (double) only, sums);
        return;
    }
    for (uint32_t i = forest->first[leaf]; i < forest->first[leaf + 1]; i++)
        add_number(aggregate, (double) forest->weights[i].value, &sums[forest->weights[i].target]);
}

/* What the walks of LANES rows came to. */
static void add_leaves(const davy_forest *forest, davy_aggregate aggregate, const lanes *walks,
                       double *sums)
{
    const davy_tree_node *nodes = walks->tree;

    if (forest->single && aggregate <= DAVY_AGGREGATE_AVERAGE) {
        float numbers[LANES];

        for (size_t i = 0; i < LANES; i++)
            memcpy(&numbers[i], &nodes[walks->at[i]].key, sizeof numbers[i]);
        for (size_t i = 0; i < LANES; i++)
            sums[i] += (double) numbers[i];
        return;
    }
    for (size_t i = 0; i < LANES; i++)
        add_leaf(forest, aggregate, nodes[walks->at[i]].key, sums + i * forest->targets);
}

/* ------------------------------------------------------------------------------- rows and trees */

/* One tree after the other, for a block of rows. @param rows  a multiple of LANES */
static void score_block(const davy_forest *forest, const davy_kernels *kernels,
                        davy_aggregate aggregate, size_t rows, const int32_t *keys, double *sums)
{
    uint32_t left[DAVY_FOREST_ROWS];
    lanes walks;

    for (const davy_tree *tree = forest->trees; tree < forest->trees + forest->tree_count; tree++) {
        const uint32_t *exits = forest->exits + tree->exit;

        kernels->tree_tops(tree->top_count, forest->tops + tree->top, keys, left);
        walks.tree = forest->nodes + tree->first;
        for (size_t row = 0; row < rows; row += LANES) {
            walks.keys = keys + row;
            for (size_t i = 0; i < LANES; i++)
                walks.at[i] = exits[__builtin_ctz(left[row + i])];
            walk(forest, tree->rest, &walks);
            add_leaves(forest, aggregate, &walks, sums + row * forest->targets);
        }
    }
}

/* Many trees at once, for one row. Where fewer are left, some walks go into the last. */
static void score_row(const davy_forest *forest, const davy_kernels *kernels,
                      davy_aggregate aggregate, const int32_t *keys, double *sums)
{
    davy_tree_walks walks DAVY_UNSET;

    walks.nodes = forest->nodes;
    walks.keys = keys;
    walks.bits = forest->bits;
    for (size_t t = 0; t < forest->tree_count; t += DAVY_TREE_WALKS) {
        const size_t left = forest->tree_count - t;
        const size_t count = left < DAVY_TREE_WALKS ? left : DAVY_TREE_WALKS;

        walks.steps = 0;
        for (size_t i = 0; i < DAVY_TREE_WALKS; i++) {
            const davy_tree *tree = &forest->trees[i < count ? t + i : forest->tree_count - 1];

            walks.first[i] = tree->first;
            walks.steps = tree->depth > walks.steps ? tree->depth : walks.steps;
        }
        kernels->tree_walks(&walks, count);
        for (size_t i = 0; i < count; i++)
            add_leaf(forest, aggregate, forest->nodes[walks.first[i] + walks.at[i]].key, sums);
    }
}

/* What so many trees say of a row. */
static void add_says(const davy_forest *forest, davy_aggregate aggregate, size_t count,
                     const int32_t *says, double *sums)
{
    double sum = *sums;

    if (!forest->single || aggregate > DAVY_AGGREGATE_AVERAGE) {
        for (size_t i = 0; i < count; i++)
            add_leaf(forest, aggregate, says[i], sums);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        float number;

        memcpy(&number, &says[i], sizeof number);
        sum += (double) number;
    }
    *sums = sum;
}

static void rank_row(const davy_shallow_forest *shallow, const float *x, uint8_t *ranks)
{
    int32_t keys[DAVY_SHALLOW_COLUMNS] DAVY_UNSET;

    for (size_t i = 0; i < shallow->column_count; i++)
        keys[i] = key_of(x[shallow->sources[i].feature], shallow->sources[i].missing);
    davy_shallow_rank(shallow->column_count, shallow->columns, keys, ranks);
}

/* Shallow trees, some of them for one row after the other. */
static void score_shallow(const davy_forest *forest, davy_aggregate aggregate, size_t rows,
                          size_t features, const float *x, double *sums)
{
    const davy_shallow_forest *shallow = &forest->shallow;
    uint8_t ranks[DAVY_FOREST_ROWS][DAVY_SHALLOW_COLUMNS] DAVY_UNSET;
    int32_t says[TOGETHER] DAVY_UNSET;

    for (size_t row = 0; row < rows; row++)
        rank_row(shallow, x + row * features, ranks[row]);
    for (size_t t = 0; t < forest->tree_count; t += TOGETHER) {
        const size_t left = forest->tree_count - t, count = left < TOGETHER ? left : TOGETHER;
        const size_t asked = (count + DAVY_SHALLOW_TREES - 1) & ~(size_t) (DAVY_SHALLOW_TREES - 1);

        for (size_t row = 0; row < rows; row++) {
            davy_shallow_ask(asked, shallow->trees + t, shallow->column_count, ranks[row], says);
            add_says(forest, aggregate, count, says, sums + row * forest->targets);
        }
    }
}

/* Trees that are walked: rows side by side, and those left over one by one. */
static void score_walks(const davy_forest *forest, const davy_kernels *kernels,
                        davy_aggregate aggregate, size_t rows, size_t features, const float *x,
                        int32_t *keys, double *sums)
{
    const size_t together = rows / LANES * LANES;

    if (together > 0) {
        for (size_t row = 0; row < DAVY_FOREST_ROWS; row++) /* the first again for who is missing */
            make_keys(forest, x + (row < together ? row : 0) * features, DAVY_FOREST_ROWS,
                      keys + row);
        score_block(forest, kernels, aggregate, together, keys, sums);
    }
    for (size_t row = together; row < rows; row++) {
        make_keys(forest, x + row * features, 1, keys);
        score_row(forest, kernels, aggregate, keys, sums + row * forest->targets);
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
            sums[i] /= (double) forest->tree_count;
    }
}

size_t davy_forest_scratch(const davy_forest *forest)
{
    return DAVY_FOREST_ROWS * forest->column_count * sizeof(int32_t);
}

void davy_forest_score(const davy_forest *forest, const davy_kernels *kernels,
                       davy_aggregate aggregate, size_t rows, size_t features, const float *x,
                       void *scratch, double *sums)
{
    start(forest, aggregate, rows, sums);
    if (forest->shallow.fits && (rows < DAVY_FOREST_ROWS || forest->tree_count > TOGETHER))
        score_shallow(forest, aggregate, rows, features, x, sums);
    else
        score_walks(forest, kernels, aggregate, rows, features, x, scratch, sums);
    finish(forest, aggregate, rows, sums);
}
