/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kinds `forest` and `tree`: many trees that each saw other samples and columns, or one shallow
 * one.
 *
 * Stage: models. XGBoost grows the trees, and no more: a tree learns from gradients -w y and
 * curvatures w, so that with no shrinkage and no penalty its leaves are means of y, and a branch is
 * the one that lessens the variance most, as in CART. For a forest w counts how often a sample was
 * drawn, as often as there are samples and with replacement; every node looks at a few columns,
 * drawn anew. That is Breiman's random forest, but for two things:
 *
 * - Thresholds are those of a histogram of `bins` bins, and not every one there is.
 * - Classes are learnt one against the rest, a tree for each, from 0 and 1: the variance of such
 *   numbers is half of Gini's impurity, so for two classes, where one tree does, it is CART. More
 *   classes have shares that sum to 1 only nearly, and are divided by their sum.
 *
 * What trees say is averaged as probabilities, and the score is the logarithm of that.
 *
 * Sources: Breiman, Machine Learning 45, 2001; Breiman, Friedman, Olshen, Stone, CART, 1984.
 */
#include "core/bulk.h"
#include "core/random.h"
#include "models/kinds/booster.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define STREAM_DRAWS 0xf0e5U /* of random numbers: a stream for each tree from here */

/* How trees are to be grown. */
typedef struct forest_recipe {
    size_t trees;
    double depth, leaf, columns, bins; /* depth 0: free; columns: a share */
    bool draws;                        /* samples, for each tree */
} forest_recipe;

typedef struct forest_fitting {
    const davy_lesson *lesson;
    davy_lesson_result *result;
    forest_recipe recipe;
    davy_classic_matrix matrix;
    size_t outputs, groups;
    double *numbers; /* [rows] standardised targets; NULL: classes */
    double mean, spread;
    double least; /* share of a class that no leaf speaks for */
    davy_booster_rows *rows;
    davy_booster *booster;
    davy_trees trees;
    float *gradients, *curvatures; /* [rows * groups] */
    float *drawn;                  /* [rows] how often */
} forest_fitting;

static void fitting_clear(forest_fitting *f)
{
    davy_classic_clear(&f->matrix);
    davy_booster_destroy(f->booster);
    davy_booster_rows_destroy(f->rows);
    davy_trees_clear(&f->trees);
    davy_bulk_free(f->numbers);
    davy_bulk_free(f->gradients);
    davy_bulk_free(f->curvatures);
    davy_bulk_free(f->drawn);
}

/* ----------------------------------------------------------------------------------------- grow */

static davy_status start(forest_fitting *f)
{
    const davy_booster_setting settings[] = {
        {"objective", f->groups > 1 ? "multi:softprob" : "reg:squarederror", 0},
        {"num_class", NULL, f->groups > 1 ? (double) f->groups : 0},
        {"base_score", NULL, 0},
        {"eta", NULL, 1},
        {"lambda", NULL, 0},
        {"max_depth", NULL, f->recipe.depth},
        {"min_child_weight", NULL, f->recipe.leaf},
        {"colsample_bynode", NULL, f->recipe.columns},
        {"max_bin", NULL, f->recipe.bins},
    };
    davy_status status = davy_booster_rows_create(&f->matrix, NULL, &f->rows);

    return status == DAVY_OK ? davy_booster_create(f->rows, NULL, f->lesson->seed, settings,
                                                   DAVY_ARRAY_LENGTH(settings), &f->booster)
                             : status;
}

static void draw_rows(const forest_fitting *f, size_t tree)
{
    const size_t rows = f->matrix.rows;

    for (size_t i = 0; i < rows; i++)
        f->drawn[i] = f->recipe.draws ? 0 : 1;
    for (size_t i = 0; i < rows && f->recipe.draws; i++)
        f->drawn[davy_random_below(f->lesson->seed, STREAM_DRAWS + (uint32_t) tree, i,
                                   (uint32_t) rows)] += 1;
}

/* What a group says of a row: 1 for its class, or the number. A group of its own speaks of the
 * second of two classes. */
static double said_of(const forest_fitting *f, size_t row, size_t group)
{
    if (f->numbers)
        return f->numbers[row];
    return f->matrix.targets[row] == (double) (group + f->outputs - f->groups);
}

static davy_status grow_tree(forest_fitting *f, size_t tree)
{
    const size_t count = f->matrix.rows * f->groups;

    draw_rows(f, tree);
    for (size_t i = 0; i < count; i++) {
        const size_t row = i / f->groups;
        const double weight = (double) f->drawn[row] * f->matrix.weights[row];

        f->gradients[i] = (float) (-weight * said_of(f, row, i % f->groups));
        f->curvatures[i] = (float) weight;
    }
    return davy_booster_round_by(f->booster, f->rows, f->gradients, f->curvatures, count);
}

static davy_status grow(forest_fitting *f)
{
    davy_status status = start(f);

    for (size_t t = 0; t < f->recipe.trees && status == DAVY_OK; t++) {
        davy_classic_tell(f->lesson, "learning", t, f->recipe.trees);
        status = davy_classic_go_on(f->lesson);
        if (status == DAVY_OK)
            status = grow_tree(f, t);
    }
    return status == DAVY_OK ? davy_booster_trees(f->booster, f->recipe.trees, &f->trees) : status;
}

/* ---------------------------------------------------------------------------------------- graph */

static davy_status build(const forest_fitting *f)
{
    const davy_trees_ending ending = {.groups = f->groups,
                                      .outputs = f->outputs,
                                      .factor = f->spread / (double) f->recipe.trees,
                                      .base = f->mean,
                                      .complement = f->outputs > f->groups};
    davy_graph *graph = NULL;
    davy_value x;
    davy_status status = davy_graph_create("forest", 0, &graph);

    if (status != DAVY_OK)
        return status;
    x = davy_classic_begin(graph, &f->lesson->samples->form, NULL);
    x = davy_trees_build(&f->trees, graph, x, &ending);
    if (f->matrix.classes > 0) {
        const davy_node *node;

        x = davy_classic_number(graph, "max", x, "least", f->least);
        node = davy_graph_node(graph, "log", &x, 1, 1);
        x = node ? node->out[0] : DAVY_VALUE_NONE;
    }
    return davy_classic_end(graph, x, f->result);
}

/* Sums of what each tree predicts by itself, in double: XGBoost's own sum is a float. */
static davy_status sum_trees(const forest_fitting *f, davy_booster_rows *rows, double *sums,
                             size_t count)
{
    davy_status status = DAVY_OK;

    for (size_t t = 0; t < f->recipe.trees && status == DAVY_OK; t++) {
        const float *said;

        status = davy_booster_predict(f->booster, rows, t, t + 1, count, &said);
        for (size_t i = 0; i < count && status == DAVY_OK; i++)
            sums[i] += (double) said[i];
    }
    return status;
}

static double score_of(const forest_fitting *f, const double *sums, size_t output)
{
    const bool complement = f->outputs > f->groups && output == 0;
    const double mean = sums[f->outputs > f->groups ? 0 : output] / (double) f->recipe.trees;

    if (f->numbers)
        return f->mean + f->spread * mean;
    return log(fmax(complement ? 1 - mean : mean, f->least));
}

static davy_status check(const forest_fitting *f)
{
    davy_classic_matrix asked = f->matrix; /* borrows */
    davy_booster_rows *rows = NULL;
    double *sums, *expected;
    davy_status status;

    asked.rows = davy_classic_checked(&f->matrix);
    sums = calloc(asked.rows * f->groups, sizeof *sums);
    expected = calloc(asked.rows * f->outputs, sizeof *expected);
    status = sums && expected ? davy_booster_rows_create(&asked, NULL, &rows)
                              : davy_fail(DAVY_ERR_NOMEM, "self-check");
    if (status == DAVY_OK)
        status = sum_trees(f, rows, sums, asked.rows * f->groups);
    for (size_t i = 0; status == DAVY_OK && i < asked.rows * f->outputs; i++)
        expected[i] = score_of(f, sums + i / f->outputs * f->groups, i % f->outputs);
    if (status == DAVY_OK)
        status = davy_classic_check(f->lesson, &f->matrix, f->result, expected);
    davy_booster_rows_destroy(rows);
    free(sums);
    free(expected);
    return status;
}

/* ------------------------------------------------------------------------------------------ fit */

static davy_status init(forest_fitting *f)
{
    const size_t rows = f->matrix.rows;

    f->outputs = davy_classic_outputs(&f->matrix);
    f->groups = f->outputs == 2 ? 1 : f->outputs;
    f->spread = 1;
    f->least = 0.5 / (double) rows;
    f->drawn = davy_bulk_alloc(rows, sizeof *f->drawn);
    f->gradients = davy_bulk_alloc(rows * f->groups, sizeof *f->gradients);
    f->curvatures = davy_bulk_alloc(rows * f->groups, sizeof *f->curvatures);
    if (!f->drawn || !f->gradients || !f->curvatures)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", rows);
    if (f->matrix.classes == 0)
        return davy_classic_scale_targets(&f->matrix, &f->mean, &f->spread, &f->numbers);
    if (davy_classic_balanced(f->lesson))
        davy_classic_balance(&f->matrix);
    return DAVY_OK;
}

static void note(const forest_fitting *f)
{
    davy_say(&f->result->note,
             "%zu %s of %zu nodes, at most %zu branches deep, from %zu samples; XGBoost %s.",
             "%zu 棵树%.0s，共 %zu 个节点，最深 %zu 层，学自 %zu 个样本；XGBoost %s。",
             f->trees.trees, f->trees.trees == 1 ? "tree" : "trees", f->trees.count,
             davy_trees_depth(&f->trees), f->matrix.rows, davy_booster_version());
}

static davy_status fit(forest_fitting *f, forest_recipe (*recipe_of)(const forest_fitting *f))
{
    davy_status status = davy_classic_read(f->lesson, DAVY_PURPOSE_LEARN, &f->matrix);

    if (status == DAVY_OK)
        status = davy_booster_open_gaps(&f->matrix, f->lesson->samples->rounding);
    if (status == DAVY_OK)
        status = init(f);
    if (status == DAVY_OK) {
        f->recipe = recipe_of(f);
        status = grow(f);
    }
    if (status == DAVY_OK)
        status = build(f);
    if (status == DAVY_OK)
        status = check(f);
    if (status == DAVY_OK)
        note(f);
    fitting_clear(f);
    return status;
}

/* Breiman's: of p columns a node sees sqrt(p) for classes, p / 3 for numbers, whose leaves hold 5.
 */
static forest_recipe forest_of(const forest_fitting *f)
{
    const bool classes = f->matrix.classes > 0;
    const double columns = davy_lesson_number(f->lesson, "columns");
    const double leaf = davy_lesson_number(f->lesson, "leaf");

    return (forest_recipe){.trees = (size_t) davy_lesson_number(f->lesson, "trees"),
                           .depth = davy_lesson_number(f->lesson, "depth"),
                           .leaf = leaf > 0  ? leaf
                                   : classes ? 1
                                             : 5,
                           .columns = columns > 0 ? columns
                                      : classes   ? 1 / sqrt((double) f->matrix.columns)
                                                  : 1 / 3.0,
                           .bins = davy_lesson_number(f->lesson, "bins"),
                           .draws = true};
}

static forest_recipe tree_of(const forest_fitting *f)
{
    return (forest_recipe){.trees = 1,
                           .depth = davy_lesson_number(f->lesson, "depth"),
                           .leaf = davy_lesson_number(f->lesson, "leaf"),
                           .columns = 1,
                           .bins = davy_lesson_number(f->lesson, "bins")};
}

static davy_status fit_forest(const davy_lesson *lesson, davy_lesson_result *result)
{
    return fit(&(forest_fitting){.lesson = lesson, .result = result}, forest_of);
}

static davy_status fit_tree(const davy_lesson *lesson, davy_lesson_result *result)
{
    return fit(&(forest_fitting){.lesson = lesson, .result = result}, tree_of);
}

#define BINS                                                                            \
    {                                                                                   \
        "bins", "256", "most thresholds of a number that are looked at", 2, 65535, NULL \
    }

static const davy_setting forest_settings[] = {
    {"trees", "200", "trees: more never hurt, and gain less and less", 1, 5000, NULL},
    {"depth", "0", "most branches to a leaf; 0: as many as there are", 0, 64, NULL},
    {"leaf", "0", "least weight of a leaf, in samples; 0: 1 for classes, 5 for numbers", 0, 1e6,
     NULL},
    {"columns", "0",
     "share of the numbers that a branch chooses from; 0: the root of their count for classes, a "
     "third for numbers",
     0, 1, NULL},
    BINS,
    DAVY_CLASSIC_BALANCE,
};

static const davy_setting tree_settings[] = {
    {"depth", "6", "most branches to a leaf; 4 can be read by a person", 1, 64, NULL},
    {"leaf", "5", "least weight of a leaf, in samples", 1, 1e6, NULL},
    BINS,
    DAVY_CLASSIC_BALANCE,
};

const davy_predictor_kind davy_predictor_forest = {
    .name = "forest",
    .tasks = DAVY_CLASSIC_TASKS,
    .forms = DAVY_CLASSIC_FORMS,
    .settings = forest_settings,
    .setting_count = DAVY_ARRAY_LENGTH(forest_settings),
    .fit = fit_forest,
};

const davy_predictor_kind davy_predictor_tree = {
    .name = "tree",
    .tasks = DAVY_CLASSIC_TASKS,
    .forms = DAVY_CLASSIC_FORMS,
    .settings = tree_settings,
    .setting_count = DAVY_ARRAY_LENGTH(tree_settings),
    .fit = fit_tree,
};
