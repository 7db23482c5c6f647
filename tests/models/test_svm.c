/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `svm` against scikit-learn (make_classic.py), and its graph against libsvm itself.
 */
#include "classic_testing.h"
#include "scratch_registry.h"

#include "core/file.h"
#include "models/kinds/platt.h"
#include "models/kinds/support.h"
#include "nn/network.h"

#define PAIRS 3

/* scikit-learn's StandardScaler: (x - mean) / deviation. */
static void standardise(const double *x, size_t columns, double *scaled)
{
    for (size_t j = 0; j < columns; j++) {
        double mean = 0, squares = 0;

        for (size_t i = 0; i < GOLDEN_ROWS; i++)
            mean += x[i * columns + j] / GOLDEN_ROWS;
        for (size_t i = 0; i < GOLDEN_ROWS; i++)
            squares += (x[i * columns + j] - mean) * (x[i * columns + j] - mean) / GOLDEN_ROWS;
        for (size_t i = 0; i < GOLDEN_ROWS; i++)
            scaled[i * columns + j] = (x[i * columns + j] - mean) / sqrt(squares);
    }
}

static void golden_samples(float *x)
{
    double scaled[GOLDEN_ROWS * GOLDEN_COLUMNS];

    standardise(golden_x, GOLDEN_COLUMNS, scaled);
    for (size_t i = 0; i < GOLDEN_ROWS * GOLDEN_COLUMNS; i++)
        x[i] = (float) scaled[i];
}

/* What a graph of the machine decides about all samples, at once. */
static void run_graph(const davy_support *support, bool exact, const float *x, float *decisions)
{
    static const double one[PAIRS] = {1, 1, 1}, none[PAIRS] = {0};
    const davy_tensor input = {.type = DAVY_TYPE_F32,
                               .rank = 2,
                               .dims = {GOLDEN_ROWS, GOLDEN_COLUMNS},
                               .data = (void *) (uintptr_t) x};
    davy_graph *graph = NULL;
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_tensor output;
    davy_value value;

    assert_ok(davy_graph_create("svm", 0, &graph));
    value = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, (int64_t[]){-1, GOLDEN_COLUMNS});
    davy_graph_output(graph, exact ? davy_support_build_exact(support, graph, value, one, none)
                                   : davy_support_build(support, graph, value, NULL, NULL));
    assert_ok(davy_graph_status(graph));
    assert_ok(davy_network_create(graph, NULL, &network));
    assert_ok(davy_session_create(network, NULL, &session));
    assert_ok(davy_session_run(session, &input, &output));
    memcpy(decisions, output.data, GOLDEN_ROWS * support->decisions * sizeof *decisions);
    davy_session_destroy(session);
    davy_network_destroy(network);
}

/* libsvm decides as scikit-learn's copy of it does, and both graphs as libsvm. */
static void compare(davy_support_problem problem, const double *expected)
{
    float x[GOLDEN_ROWS * GOLDEN_COLUMNS], decided[GOLDEN_ROWS * PAIRS];
    float exact[GOLDEN_ROWS * PAIRS];
    davy_support support = {0};

    golden_samples(x);
    problem.x = x;
    problem.rows = GOLDEN_ROWS;
    problem.columns = GOLDEN_COLUMNS;
    problem.gamma = davy_support_gamma(x, GOLDEN_ROWS, GOLDEN_COLUMNS);
    problem.tolerance = 1e-9;
    assert_near(problem.gamma, 0.25, 1e-6);
    assert_ok(davy_support_fit(&problem, &support));
    run_graph(&support, false, x, decided);
    run_graph(&support, true, x, exact);
    for (size_t i = 0; i < GOLDEN_ROWS; i++) {
        double decisions[PAIRS];

        assert_ok(davy_support_decide(&support, x + i * GOLDEN_COLUMNS, decisions));
        for (size_t p = 0; p < support.decisions; p++) {
            const double want = expected[i * support.decisions + p];

            assert_near(decisions[p], want, 2e-5);
            assert_near((double) decided[i * support.decisions + p], want, 2e-5);
            assert_near((double) exact[i * support.decisions + p], decisions[p], 5e-6);
        }
    }
    davy_support_clear(&support);
}

static void classes_are_told_apart_as_by_scikit_learn(void **state)
{
    static const double balanced[] = {60.0 / 90, 60.0 / 60, 60.0 / 30};
    davy_support_problem problem = {.y = golden_classes, .classes = GOLDEN_CLASSES, .c = 2};

    (void) state;
    compare(problem, golden_svc);
    problem.kernel = DAVY_SUPPORT_LINEAR;
    compare(problem, golden_svc_linear);
    problem.kernel = DAVY_SUPPORT_POLY;
    problem.degree = 3;
    problem.coef0 = 1;
    problem.class_weights = balanced;
    compare(problem, golden_svc_poly);
}

static void nu_is_the_share_of_errors_as_in_scikit_learn(void **state)
{
    (void) state;
    compare((davy_support_problem){.y = golden_classes,
                                   .classes = GOLDEN_CLASSES,
                                   .type = DAVY_SUPPORT_NU_CLASSES,
                                   .nu = 0.3},
            golden_nusvc);
}

static void a_border_is_that_of_scikit_learn(void **state)
{
    (void) state;
    compare((davy_support_problem){.type = DAVY_SUPPORT_BORDER, .nu = 0.2}, golden_one_class);
}

static void numbers_are_those_of_scikit_learn(void **state)
{
    static const char *const epsilon[] = {"holdout=0", "c=2", "epsilon=0.1", "tolerance=1e-9"};
    static const char *const nu[] = {"holdout=0", "c=2", "variant=nu", "nu=0.4", "tolerance=1e-9"};
    davy_table table = golden_table(golden_x, golden_y, 0);

    (void) state;
    golden_compare(registry, "svm", &table, epsilon, 4, golden_svr, 1e-4);
    golden_compare(registry, "svm", &table, nu, 5, golden_nusvr, 1e-4);
    davy_table_clear(&table);
}

static void a_curve_is_that_of_platt(void **state)
{
    double decisions[GOLDEN_ROWS];
    bool positive[GOLDEN_ROWS];
    davy_platt platt;

    (void) state;
    standardise(golden_y, 1, decisions);
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        positive[i] = golden_classes[i] == 0;
    assert_ok(davy_platt_fit(decisions, positive, GOLDEN_ROWS, &platt));
    assert_near(platt.a, golden_platt[0], 1e-5);
    assert_near(platt.b, golden_platt[1], 1e-5);
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        positive[i] = true;
    assert_ok(davy_platt_fit(decisions, positive, GOLDEN_ROWS, &platt)); /* nothing to fit */
    assert_near(platt.a, -1, 0);
}

/* Classes that are wide apart are answered; probabilities sum to 1 and are not certain. */
static void probabilities_follow_the_decisions(void **state)
{
    static const char *const settings[] = {"holdout=0"}, *const rough[] = {"holdout=0", "folds=0"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    float p[GOLDEN_ROWS * GOLDEN_CLASSES], q[GOLDEN_ROWS * GOLDEN_CLASSES];
    davy_train_report report;
    size_t right = 0;
    double loss = 0;

    (void) state;
    golden_ask(registry, "svm", &table, settings, 1, p, &report);
    assert_non_null(strstr(report.summary, "support vectors of 60 samples"));
    for (size_t i = 0; i < GOLDEN_ROWS; i++) {
        const float *row = p + i * GOLDEN_CLASSES;
        const size_t k = (size_t) golden_classes[i];

        right += row[k] > row[(k + 1) % 3] && row[k] > row[(k + 2) % 3];
        loss -= log((double) row[k]) / GOLDEN_ROWS;
        assert_near((double) row[0] + (double) row[1] + (double) row[2], 1, 1e-6);
    }
    assert_true(right >= 48); /* SVC(): 0.83 of the rows that it learnt */
    assert_true(loss < 0.6);  /* SVC(probability=True): 0.47; chance: 1.1 */
    golden_ask(registry, "svm", &table, rough, 2, q, &report);
    assert_memory_not_equal(p, q, sizeof p);
    davy_table_clear(&table);
}

/* Rows of one run are no groups: left out are stretches of time, and a curve is found. */
static void one_run_has_its_curve_too(void **state)
{
    static const char *const settings[] = {"holdout=0", "window=2"};
    static const char *const rough[] = {"holdout=0", "window=2", "folds=0"};
    davy_table table = golden_table(golden_x, golden_classes, 2);
    davy_train_options options = golden_options(registry, "svm", &table, settings, 2);
    davy_predictor *found = NULL, *guessed = NULL;
    davy_train_report report;

    (void) state;
    table.independent = false;
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        table.labels[i] = golden_y[i] > golden_y[(i + 7) % GOLDEN_ROWS];
    assert_ok(davy_train(&table, &options, &report));
    assert_ok(davy_predictor_open(report.folder, &found));
    options.settings = rough;
    options.setting_count = 3;
    assert_ok(davy_train(&table, &options, &report));
    assert_ok(davy_predictor_open(report.folder, &guessed));
    assert_string_not_equal(davy_predictor_describe(found)->file_hash,
                            davy_predictor_describe(guessed)->file_hash);
    davy_predictor_close(found);
    davy_predictor_close(guessed);
    davy_table_clear(&table);
}

/* Runs at 0, 1, 2 and 3 are of classes a, b, a and b: a machine that has not seen one of them says
 * the other class. That must not turn over what is said of those that it has seen. */
static void groups_that_contradict_do_not_turn_answers_over(void **state)
{
    static const char *const settings[] = {"holdout=0"};
    static const char *names[] = {"1", "2", "3", "4"};
    davy_table table = golden_table(golden_x, golden_classes, 2);
    char **run_names = table.run_names;
    float p[GOLDEN_ROWS * 2];
    davy_train_report report;

    (void) state;
    table.independent = false;
    table.run_names = (char **) (uintptr_t) names;
    table.run_count = 4;
    for (size_t i = 0; i < GOLDEN_ROWS; i++) {
        table.runs[i] = i / 15;
        table.labels[i] = (double) (i / 15 % 2);
        table.values[i] = (double) (i / 15);
        for (size_t j = 1; j < GOLDEN_COLUMNS; j++)
            table.values[j * GOLDEN_ROWS + i] = 0;
    }
    golden_ask(registry, "svm", &table, settings, 1, p, &report);
    assert_non_null(strstr(report.summary, "1 of 1 pairs of classes are told apart the wrong way"));
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        assert_true((p[2 * i + 1] > p[2 * i]) == (i / 15 % 2 == 1));
    table.run_names = run_names;
    table.run_count = 1;
    davy_table_clear(&table);
}

/* Errors that cost 100,000 have coefficients as large, and floats would lose what is left of
 * their sum: the training checks its answers to 1e-5 of the largest, and its file holds machines.
 */
static void large_coefficients_are_summed_in_doubles(void **state)
{
    static const char *const settings[] = {"holdout=0", "c=1e5", "gamma=0.01"};
    davy_table table = golden_table(golden_x, golden_y, 0);
    float said[GOLDEN_ROWS];
    char path[4096];
    davy_buffer file = {0};
    davy_train_report report;

    (void) state;
    golden_ask(registry, "svm", &table, settings, 3, said, &report);
    (void) snprintf(path, sizeof path, "%s/model.onnx", report.folder);
    assert_ok(davy_file_read(path, SIZE_MAX, &file));
    assert_non_null(memmem(file.bytes, file.length, "SVMRegressor", 12));
    davy_buffer_clear(&file);
    davy_table_clear(&table);
}

/* Numerical Recipes' generator of 32 bits, between -2 and 2 and in six digits. */
static double next_number(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return round(((double) *state / 4294967296.0 * 4 - 2) * 1e6) / 1e6;
}

/* 200 samples of two numbers, of which each twentieth is of class b, whatever its numbers. */
static davy_table rare_table(void)
{
    static const double none[GOLDEN_ROWS * GOLDEN_COLUMNS];
    davy_table small = golden_table(none, none, 2), table = plant_table(200, 2);
    uint32_t state = 4;

    table.independent = true;
    table.labels = calloc(200, sizeof *table.labels);
    assert_non_null(table.labels);
    table.classes = small.classes;
    table.class_count = small.class_count;
    small.classes = NULL;
    small.class_count = 0;
    davy_table_clear(&small);
    for (size_t i = 0; i < 200; i++) {
        table.values[i] = next_number(&state);
        table.values[200 + i] = next_number(&state);
        table.labels[i] = i % 20 == 7;
    }
    return table;
}

/* A decision says nothing about it, left out or learnt, and its curve is steep. */
static void a_rare_class_that_numbers_do_not_tell_is_not_the_answer(void **state)
{
    static const char *const nu[] = {"holdout=0", "variant=nu", "nu=0.05"};
    static const char *const poly[] = {"holdout=0", "kernel=poly", "c=1"};
    const char *const *const machines[] = {nu, poly};
    davy_table table = rare_table();

    (void) state;
    for (size_t m = 0; m < DAVY_ARRAY_LENGTH(machines); m++) {
        davy_train_options options = golden_options(registry, "svm", &table, machines[m], 3);
        davy_train_report report;

        options.seed = 0;
        assert_ok(davy_train(&table, &options, &report));
        assert_non_null(strstr(report.summary, "1 of 1 pairs of classes are told apart the wrong"));
        assert_non_null(strstr(report.summary, "Of the learnt samples 95 % are right"));
    }
    davy_table_clear(&table);
}

static void what_cannot_be_learnt_says_why(void **state)
{
    static const char *const settings[] = {"holdout=0", "variant=nu", "nu=0.9"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    davy_train_options options = golden_options(registry, "svm", &table, settings, 3);
    davy_train_report report;

    (void) state;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID,
                 "nu is infeasible: a smaller nu");
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_told_apart_as_by_scikit_learn),
        cmocka_unit_test(nu_is_the_share_of_errors_as_in_scikit_learn),
        cmocka_unit_test(a_border_is_that_of_scikit_learn),
        cmocka_unit_test(numbers_are_those_of_scikit_learn),
        cmocka_unit_test(a_curve_is_that_of_platt),
        cmocka_unit_test(probabilities_follow_the_decisions),
        cmocka_unit_test(one_run_has_its_curve_too),
        cmocka_unit_test(groups_that_contradict_do_not_turn_answers_over),
        cmocka_unit_test(large_coefficients_are_summed_in_doubles),
        cmocka_unit_test(a_rare_class_that_numbers_do_not_tell_is_not_the_answer),
        cmocka_unit_test(what_cannot_be_learnt_says_why),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
