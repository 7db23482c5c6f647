/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Learning through davy beside calling the library bare: libsvm for `svm`, XGBoost for `boost` and
 * `forest`, on the same rows with the same parameters and one thread, in interleaved rounds.
 *
 *     bench_libraries [svm|boost|forest]
 *
 * Bare is what a program would write that has the rows as floats already: hand them over, and
 * learn. davy's fit() also reads its samples and checks them, keeps the loss of every round, takes
 * the model apart into a graph, and asks the exported graph again beside the library. `svm` learns
 * without the folds of its probabilities, which are learnings of their own. Prints median CPU times
 * and the median of the ratios within a round.
 */
#include "core/random.h"
#include "models/predictor_kind.h"

#include <libsvm/svm.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xgboost/c_api.h>

enum { ROUNDS = 9, BOOST_ROUNDS = 100, FOREST_TREES = 20 };

static struct {
    size_t rows, columns;
    float *x;  /* [rows * columns] standardised already */
    double *y; /* [rows] 0 or 1 */
    davy_sample_set samples;
    uint8_t *held; /* [rows] all to learn from */
} bench;

static void fail(const char *what)
{
    (void) fprintf(stderr, "bench_libraries: %s\n", what);
    exit(1);
}

static void check_xgboost(int failed)
{
    if (failed)
        fail(XGBGetLastError());
}

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

/* ----------------------------------------------------------------------------------------- rows */

static davy_status read_row(const davy_sample_set *samples, size_t sample, float *values)
{
    (void) samples;
    memcpy(values, bench.x + sample * bench.columns, bench.columns * sizeof *values);
    return DAVY_OK;
}

static void clear_rows(davy_sample_set *samples)
{
    (void) samples;
}

/* Two clouds that overlap, about a curved border. */
static void draw(size_t rows, size_t columns)
{
    static const davy_sample_source source = {.read = read_row, .clear = clear_rows};
    static char no[] = "no", yes[] = "yes";
    static char *classes[] = {no, yes};

    bench.rows = rows;
    bench.columns = columns;
    bench.x = calloc(rows * columns, sizeof *bench.x);
    bench.y = calloc(rows, sizeof *bench.y);
    bench.held = calloc(rows, sizeof *bench.held);
    bench.samples =
        (davy_sample_set){.form = {.kind = DAVY_FORM_ROW, .steps = 1, .channels = columns},
                          .source = &source,
                          .count = rows,
                          .targets = bench.y,
                          .groups = calloc(rows, sizeof *bench.samples.groups),
                          .places = calloc(rows, sizeof *bench.samples.places),
                          .group_count = rows,
                          .classes = classes,
                          .class_count = 2};
    if (!bench.x || !bench.y || !bench.held || !bench.samples.groups || !bench.samples.places)
        fail("no memory");
    for (size_t i = 0; i < rows; i++) {
        float *x = bench.x + i * columns;

        for (size_t j = 0; j < columns; j++)
            x[j] = davy_random_normal(1, 0, i * columns + j);
        bench.y[i] =
            x[0] + x[1] * x[2] + 0.5F * x[3] * x[3] - 0.5F + 0.7F * davy_random_normal(1, 1, i) > 0;
        bench.samples.groups[i] = (uint32_t) i;
        bench.samples.places[i] = i;
    }
}

static void drop(void)
{
    free(bench.x);
    free(bench.y);
    free(bench.held);
    free(bench.samples.groups);
    free(bench.samples.places);
}

/* ----------------------------------------------------------------------------------------- davy */

static void learn_davy(const davy_predictor_kind *kind, const char *const *settings, size_t count)
{
    const davy_lesson lesson = {.samples = &bench.samples,
                                .held = bench.held,
                                .task = DAVY_TASK_CLASSIFY,
                                .seed = 1,
                                .table = kind->settings,
                                .table_count = kind->setting_count,
                                .settings = settings,
                                .setting_count = count};
    davy_lesson_result result = {0};

    if (kind->fit(&lesson, &result) != DAVY_OK)
        fail(davy_error());
    davy_lesson_result_clear(&result);
}

/* ----------------------------------------------------------------------------------------- bare */

static void be_quiet(const char *text)
{
    (void) text;
}

static void bare_svm(void)
{
    const size_t width = bench.columns + 1;
    struct svm_node *nodes = calloc(bench.rows * width, sizeof *nodes);
    struct svm_node **rows = calloc(bench.rows, sizeof *rows);
    const struct svm_problem problem = {.l = (int) bench.rows, .y = bench.y, .x = rows};
    const struct svm_parameter how = {.svm_type = C_SVC,
                                      .kernel_type = RBF,
                                      .gamma = 1.0 / (double) bench.columns,
                                      .cache_size = 256,
                                      .eps = 1e-3,
                                      .C = 1,
                                      .shrinking = 1};
    struct svm_model *model;

    if (!nodes || !rows)
        fail("no memory");
    for (size_t i = 0; i < bench.rows; i++) {
        rows[i] = nodes + i * width;
        for (size_t j = 0; j < bench.columns; j++)
            rows[i][j] = (struct svm_node){(int) j + 1, (double) bench.x[i * bench.columns + j]};
        rows[i][bench.columns].index = -1;
    }
    svm_set_print_string_function(be_quiet);
    model = svm_train(&problem, &how);
    svm_free_and_destroy_model(&model);
    free(nodes);
    free((void *) rows);
}

static DMatrixHandle hand_over(void)
{
    float *labels = calloc(bench.rows, sizeof *labels);
    DMatrixHandle matrix;

    if (!labels)
        fail("no memory");
    for (size_t i = 0; i < bench.rows; i++)
        labels[i] = (float) bench.y[i];
    check_xgboost(XGDMatrixCreateFromMat(bench.x, bench.rows, bench.columns, NAN, &matrix));
    check_xgboost(XGDMatrixSetFloatInfo(matrix, "label", labels, bench.rows));
    free(labels);
    return matrix;
}

static BoosterHandle begin(DMatrixHandle matrix, const char *const settings[][2], size_t count)
{
    static const char *const common[][2] = {
        {"tree_method", "hist"}, {"nthread", "1"}, {"verbosity", "0"}, {"seed", "1"}};
    BoosterHandle booster;

    check_xgboost(XGBoosterCreate(&matrix, 1, &booster));
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        check_xgboost(XGBoosterSetParam(booster, common[i][0], common[i][1]));
    for (size_t i = 0; i < count; i++)
        check_xgboost(XGBoosterSetParam(booster, settings[i][0], settings[i][1]));
    return booster;
}

static void bare_boost(void)
{
    static const char *const settings[][2] = {
        {"objective", "binary:logistic"}, {"eta", "0.1"}, {"max_depth", "6"}};
    DMatrixHandle matrix = hand_over();
    BoosterHandle booster = begin(matrix, settings, sizeof settings / sizeof *settings);

    for (int r = 0; r < BOOST_ROUNDS; r++)
        check_xgboost(XGBoosterUpdateOneIter(booster, r, matrix));
    check_xgboost(XGBoosterFree(booster));
    check_xgboost(XGDMatrixFree(matrix));
}

/* A forest of one's own: each tree has its own draw of the rows, with replacement. */
static void bare_forest(void)
{
    static const char *const settings[][2] = {{"objective", "reg:squarederror"},
                                              {"base_score", "0"},
                                              {"eta", "1"},
                                              {"lambda", "0"},
                                              {"max_depth", "0"},
                                              {"min_child_weight", "1"},
                                              {"colsample_bynode", "0.188982237"}};
    DMatrixHandle matrix = hand_over();
    BoosterHandle booster = begin(matrix, settings, sizeof settings / sizeof *settings);
    float *gradients = calloc(bench.rows, sizeof *gradients);
    float *drawn = calloc(bench.rows, sizeof *drawn);

    if (!gradients || !drawn)
        fail("no memory");
    for (uint32_t t = 0; t < FOREST_TREES; t++) {
        memset(drawn, 0, bench.rows * sizeof *drawn);
        for (size_t i = 0; i < bench.rows; i++)
            drawn[davy_random_below(1, t, i, (uint32_t) bench.rows)] += 1;
        for (size_t i = 0; i < bench.rows; i++)
            gradients[i] = -drawn[i] * (float) bench.y[i];
        check_xgboost(XGBoosterBoostOneIter(booster, matrix, gradients, drawn, bench.rows));
    }
    free(gradients);
    free(drawn);
    check_xgboost(XGBoosterFree(booster));
    check_xgboost(XGDMatrixFree(matrix));
}

/* -------------------------------------------------------------------------------------- compare */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, by_size);
    return values[ROUNDS / 2];
}

typedef struct comparison {
    const davy_predictor_kind *kind;
    const char *library, *settings[4];
    size_t setting_count, rows, columns;
    void (*bare)(void);
} comparison;

static void compare(const comparison *c)
{
    double bare[ROUNDS], ours[ROUNDS], ratios[ROUNDS];

    draw(c->rows, c->columns);
    for (size_t round = 0; round < ROUNDS; round++) {
        double start = now_s();

        c->bare();
        bare[round] = now_s() - start;
        start = now_s();
        learn_davy(c->kind, c->settings, c->setting_count);
        ours[round] = now_s() - start;
        ratios[round] = ours[round] / bare[round];
    }
    (void) printf("%-7s %6zu rows of %zu: %s bare %8.1f ms, davy %8.1f ms, ratio %.3f",
                  c->kind->name, c->rows, c->columns, c->library, 1e3 * median(bare),
                  1e3 * median(ours), median(ratios));
    (void) printf(" (%.3f to %.3f)\n", ratios[0], ratios[ROUNDS - 1]);
    drop();
}

int main(int argc, char **argv)
{
    static const comparison comparisons[] = {
        {&davy_predictor_svm, "libsvm", {"folds=0"}, 1, 10000, 16, bare_svm},
        {&davy_predictor_boost,
         "XGBoost",
         {"rounds=100", "learning_rate=0.1"},
         2,
         20000,
         28,
         bare_boost},
        {&davy_predictor_forest, "XGBoost", {"trees=20"}, 1, 5000, 28, bare_forest},
    };

    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (argc < 2 || strcmp(argv[1], comparisons[i].kind->name) == 0)
            compare(&comparisons[i]);
    return 0;
}
