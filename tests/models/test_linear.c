/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `linear` against scikit-learn (make_classic.py), and against problems solved by hand.
 */
#include "classic_testing.h"
#include "scratch_registry.h"

#include "models/kinds/lasso.h"
#include "models/kinds/logistic.h"
#include "models/kinds/minimise.h"
#include "models/kinds/ridge.h"

static void compare_classes(const char *const *settings, size_t count, const double *expected)
{
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);

    golden_compare(registry, "linear", &table, settings, count, expected, 1e-5);
    davy_table_clear(&table);
}

static void compare_numbers(const char *const *settings, size_t count, const double *expected)
{
    davy_table table = golden_table(golden_x, golden_y, 0);

    golden_compare(registry, "linear", &table, settings, count, expected, 2e-5);
    davy_table_clear(&table);
}

static void a_ridge_is_that_of_scikit_learn(void **state)
{
    static const char *const given[] = {"holdout=0", "l2=3"}, *const found[] = {"holdout=0"};

    (void) state;
    compare_numbers(given, 2, golden_ridge);
    compare_numbers(found, 1, golden_ridge_found);
}

static void an_elastic_net_is_that_of_scikit_learn(void **state)
{
    static const char *const settings[] = {"holdout=0", "l1=6", "l2=4"};

    (void) state;
    compare_numbers(settings, 3, golden_elastic);
}

static void logistic_regressions_are_those_of_scikit_learn(void **state)
{
    static const char *const l2[] = {"holdout=0", "l2=1"};
    static const char *const l1[] = {"holdout=0", "l1=2"};
    static const char *const balanced[] = {"holdout=0", "balance=yes"};

    (void) state;
    compare_classes(l2, 2, golden_logistic);
    compare_classes(l1, 2, golden_logistic_l1);
    compare_classes(balanced, 2, golden_logistic_balanced);
}

/* Of two classes the penalty is on the one vector that tells them apart. */
static void two_classes_are_binary_logistic_regression(void **state)
{
    static const char *const settings[] = {"holdout=0", "l2=0.5"};
    davy_table table;
    double rest[GOLDEN_ROWS];

    (void) state;
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        rest[i] = golden_classes[i] > 0;
    table = golden_table(golden_x, rest, 2);
    golden_compare(registry, "linear", &table, settings, 2, golden_logistic_binary, 1e-5);
    davy_table_clear(&table);
}

static void fit_golden_ridge(size_t rows, size_t columns, double l2, davy_ridge *ridge)
{
    float x[GOLDEN_ROWS * GOLDEN_COLUMNS];
    const davy_ridge_problem problem = {
        .x = x, .y = golden_y, .rows = rows, .columns = columns, .outputs = 1, .l2 = l2};

    for (size_t i = 0; i < rows * columns; i++)
        x[i] = (float) golden_x[i];
    assert_ok(davy_ridge_fit(&problem, ridge));
}

static double golden_prediction(const davy_ridge *ridge, size_t columns, size_t row)
{
    double sum = ridge->bias[0];

    for (size_t j = 0; j < columns; j++)
        sum += (double) (float) golden_x[row * columns + j] * ridge->weights[j];
    return sum;
}

/* With a row too many, and two columns too many, the two ways to decompose must meet: the answer to
 * 6 rows of 5 is that to 6 rows of 7 of which two columns are nothing. */
static void wide_and_tall_are_the_same_ridge(void **state)
{
    float tall[6 * 5], wide[6 * 7] = {0};
    davy_ridge_problem problem = {.x = tall, .y = golden_y, .rows = 6, .columns = 5, .outputs = 2};
    davy_ridge a = {0}, b = {0};
    static const double weights[] = {1, 2, 1, 0.5, 3, 1};

    (void) state;
    problem.l2 = NAN;
    problem.weights = weights;
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 5; j++)
            wide[i * 7 + j] = tall[i * 5 + j] = (float) golden_x[i * 5 + j];
    assert_ok(davy_ridge_fit(&problem, &a));
    problem.x = wide;
    problem.columns = 7;
    problem.l2 = a.l2;
    assert_ok(davy_ridge_fit(&problem, &b));
    for (size_t i = 0; i < 10; i++)
        assert_near(a.weights[i], b.weights[i], 1e-6);
    assert_near(a.bias[1], b.bias[1], 1e-5);
    davy_ridge_clear(&a);
    davy_ridge_clear(&b);
}

/* The formula against the thing itself: every row left out in turn, and the others learnt. */
static void leave_one_out_is_what_it_says(void **state)
{
    const size_t rows = 12, columns = 3;
    davy_ridge all = {0};
    double sum = 0;

    (void) state;
    fit_golden_ridge(rows, columns, NAN, &all);
    for (size_t left = 0; left < rows; left++) {
        float x[12 * 3];
        double y[12], error = 0;
        davy_ridge_problem problem = {.x = x, .y = y, .columns = columns, .outputs = 1};
        davy_ridge ridge = {0};

        problem.l2 = all.l2;
        for (size_t i = 0; i < rows; i++) {
            if (i == left)
                continue;
            for (size_t j = 0; j < columns; j++)
                x[problem.rows * columns + j] = (float) golden_x[i * columns + j];
            y[problem.rows++] = golden_y[i];
        }
        assert_ok(davy_ridge_fit(&problem, &ridge));
        error = golden_prediction(&ridge, columns, left) - golden_y[left];
        sum += error * error;
        davy_ridge_clear(&ridge);
    }
    assert_near(all.error, sum / (double) rows, 1e-6 * all.error);
    davy_ridge_clear(&all);
}

/* Of standardised numbers the penalty and the error are those of RidgeCV. */
static void the_penalty_is_found_as_ridge_cv_finds_it(void **state)
{
    float x[GOLDEN_ROWS * GOLDEN_COLUMNS];
    double y[GOLDEN_ROWS];
    const davy_ridge_problem problem = {
        .x = x, .y = y, .rows = GOLDEN_ROWS, .columns = GOLDEN_COLUMNS, .outputs = 1, .l2 = NAN};
    davy_ridge ridge = {0};

    (void) state;
    for (size_t j = 0; j <= GOLDEN_COLUMNS; j++) {
        const double *from = j < GOLDEN_COLUMNS ? golden_x + j : golden_y;
        const size_t step = j < GOLDEN_COLUMNS ? GOLDEN_COLUMNS : 1;
        double mean = 0, squares = 0;

        for (size_t i = 0; i < GOLDEN_ROWS; i++)
            mean += from[i * step] / GOLDEN_ROWS;
        for (size_t i = 0; i < GOLDEN_ROWS; i++)
            squares += (from[i * step] - mean) * (from[i * step] - mean) / GOLDEN_ROWS;
        for (size_t i = 0; i < GOLDEN_ROWS; i++) {
            const double scaled = (from[i * step] - mean) / sqrt(squares);

            if (j < GOLDEN_COLUMNS)
                x[i * step + j] = (float) scaled;
            else
                y[i] = scaled;
        }
    }
    assert_ok(davy_ridge_fit(&problem, &ridge));
    assert_near(ridge.l2, golden_ridge_l2[0], 1e-5 * golden_ridge_l2[0]);
    assert_near(ridge.error, golden_ridge_error[0], 1e-5 * golden_ridge_error[0]);
    davy_ridge_clear(&ridge);
}

/* Two points, by hand: of x = -1, 1 and y = -2, 2 the weight is (4 - l1) / (2 + l2). */
static void a_lasso_is_what_the_formula_says(void **state)
{
    static const float x[] = {-1, 5, 1, 5};
    static const double y[] = {-1, 3};
    davy_lasso_problem problem = {.x = x,
                                  .y = y,
                                  .rows = 2,
                                  .columns = 2,
                                  .l1 = 1,
                                  .l2 = 0.5,
                                  .tolerance = 1e-12,
                                  .sweeps = 100};
    davy_lasso lasso = {0};

    (void) state;
    assert_ok(davy_lasso_fit(&problem, &lasso));
    assert_true(lasso.arrived);
    assert_near(lasso.weights[0], 3 / 2.5, 1e-12);
    assert_near(lasso.weights[1], 0, 0); /* constant */
    assert_near(lasso.bias, 1, 1e-12);
    assert_int_equal(lasso.kept, 1);
    davy_lasso_clear(&lasso);
    problem.l1 = 5;
    assert_ok(davy_lasso_fit(&problem, &lasso));
    assert_int_equal(lasso.kept, 0);
    davy_lasso_clear(&lasso);
}

/* Rosenbrock's valley, Comput. J. 3, 1960, from his start: the least value is at (1, 1). */
static double rosenbrock(void *context, const double *x, double *gradient)
{
    const double up = x[1] - x[0] * x[0];

    (void) context;
    gradient[0] = -2 * (1 - x[0]) - 400 * x[0] * up;
    gradient[1] = 200 * up;
    return (1 - x[0]) * (1 - x[0]) + 100 * up * up;
}

static double never_finite(void *context, const double *x, double *gradient)
{
    (void) context;
    gradient[0] = x[0];
    return NAN;
}

static void a_curved_valley_is_followed_to_its_end(void **state)
{
    davy_minimise_problem problem = {
        .count = 2, .value = rosenbrock, .tolerance = 1e-8, .iterations = 200};
    double x[2] = {-1.2, 1};
    davy_minimum minimum;

    (void) state;
    assert_ok(davy_minimise(&problem, x, &minimum));
    assert_true(minimum.arrived);
    assert_near(x[0], 1, 1e-6);
    assert_near(x[1], 1, 1e-6);
    x[0] = -1.2;
    problem.iterations = 3;
    assert_ok(davy_minimise(&problem, x, &minimum));
    assert_false(minimum.arrived);
    assert_int_equal(minimum.iterations, 3);
    problem.value = never_finite;
    assert_fails(davy_minimise(&problem, x, &minimum), DAVY_ERR_INVALID, "not finite");
}

static void the_note_says_what_was_learnt_and_whether_it_settled(void **state)
{
    static const char *const hurried[] = {"holdout=0", "iterations=2"};
    static const char *const sparse[] = {"holdout=0", "l1=40"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    float answers[GOLDEN_ROWS * GOLDEN_CLASSES];
    davy_train_report report;

    (void) state;
    golden_ask(registry, "linear", &table, hurried, 2, answers, &report);
    assert_non_null(strstr(report.summary, "NOT settled after 2 steps"));
    golden_ask(registry, "linear", &table, sparse, 2, answers, &report);
    assert_non_null(strstr(report.summary, "0 of 12 weights are used"));
    davy_table_clear(&table);
}

/* A constant column says nothing, and more columns than rows are no trouble. */
static void odd_tables_are_learnt(void **state)
{
    static const char *const settings[] = {"holdout=0", "window=10"};
    davy_table table = golden_table(golden_x, golden_y, 0);
    davy_train_options options;
    davy_train_report report;

    (void) state;
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        table.values[GOLDEN_ROWS + i] = 7;
    options = golden_options(registry, "linear", &table, settings, 1);
    assert_ok(davy_train(&table, &options, &report));
    table.independent = false;
    table.rows = 25; /* 16 windows of 40 numbers */
    for (size_t j = 1; j < GOLDEN_COLUMNS; j++)
        memmove(table.values + 25 * j, table.values + GOLDEN_ROWS * j, 25 * sizeof *table.values);
    options = golden_options(registry, "linear", &table, settings, 2);
    assert_ok(davy_train(&table, &options, &report));
    assert_non_null(strstr(report.summary, "Ridge regression on 40 numbers"));
    davy_table_clear(&table);
}

static void what_cannot_be_learnt_says_why(void **state)
{
    static const char *const settings[] = {"holdout=0"}, *const unknown[] = {"alpha=3"};
    davy_table table = golden_table(golden_x, golden_y, 0);
    davy_train_options options = golden_options(registry, "linear", &table, settings, 1);
    davy_train_report report;

    (void) state;
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        table.labels[i] = 4;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "the same answer, 4");
    table.labels[0] = 5;
    for (size_t i = 0; i < GOLDEN_ROWS * GOLDEN_COLUMNS; i++)
        table.values[i] = 1;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "the same numbers");
    for (size_t i = 0; i < GOLDEN_ROWS * GOLDEN_COLUMNS; i++)
        table.values[i] = i % 2 ? INFINITY : NAN;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "a missing value");
    table.rows = 1;
    for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
        table.values[j] = (double) j;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "too few");
    options.settings = unknown;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "l2, l1, iterations");
    table.rows = GOLDEN_ROWS;
    davy_table_clear(&table);
}

/* Groups in order of time: the last one, which alone has class c, is held out. */
static void a_class_that_is_held_out_as_a_whole_is_told(void **state)
{
    static const char *const settings[] = {"window=2"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    davy_train_options options = golden_options(registry, "linear", &table, settings, 1);
    davy_train_report report;

    (void) state;
    table.independent = false;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID,
                 "class 'c' stands wholly in the samples that are held out");
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ridge_is_that_of_scikit_learn),
        cmocka_unit_test(an_elastic_net_is_that_of_scikit_learn),
        cmocka_unit_test(logistic_regressions_are_those_of_scikit_learn),
        cmocka_unit_test(two_classes_are_binary_logistic_regression),
        cmocka_unit_test(wide_and_tall_are_the_same_ridge),
        cmocka_unit_test(leave_one_out_is_what_it_says),
        cmocka_unit_test(the_penalty_is_found_as_ridge_cv_finds_it),
        cmocka_unit_test(a_lasso_is_what_the_formula_says),
        cmocka_unit_test(a_curved_valley_is_followed_to_its_end),
        cmocka_unit_test(the_note_says_what_was_learnt_and_whether_it_settled),
        cmocka_unit_test(odd_tables_are_learnt),
        cmocka_unit_test(what_cannot_be_learnt_says_why),
        cmocka_unit_test(a_class_that_is_held_out_as_a_whole_is_told),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
