/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `bayes` against scikit-learn (make_classic.py).
 */
#include "classic_testing.h"
#include "scratch_registry.h"

#include "models/explain/explain.h"

#include <math.h>

#define TOLERANCE 1e-6

static void gaussians_are_those_of_scikit_learn(void **state)
{
    static const char *const settings[] = {"holdout=0"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);

    (void) state;
    golden_compare(registry, "bayes", &table, settings, 1, golden_gaussian, TOLERANCE);
    davy_table_clear(&table);
}

static void counts_are_those_of_scikit_learn(void **state)
{
    static const char *const multinomial[] = {"holdout=0", "density=multinomial"};
    static const char *const bernoulli[] = {"holdout=0", "density=bernoulli", "binarize=1"};
    davy_table table = golden_table(golden_counts, golden_classes, GOLDEN_CLASSES);

    (void) state;
    golden_compare(registry, "bayes", &table, multinomial, 2, golden_multinomial, TOLERANCE);
    golden_compare(registry, "bayes", &table, bernoulli, 3, golden_bernoulli, TOLERANCE);
    davy_table_clear(&table);
}

/* By hand: all four rows of class a at 1, of class b at 3, with classes as common as each other.
 * Half way between the means the classes are as likely; balance does not look at how many there
 * are. */
static void priors_are_counted_or_equal(void **state)
{
    static const char *const equal[] = {"holdout=0", "balance=yes", "smoothing=1"};
    static const char *const counted[] = {"holdout=0", "smoothing=1"};
    davy_table table = golden_table(golden_x, golden_classes, 2);
    float answers[GOLDEN_ROWS * 2];
    davy_train_report report;

    (void) state;
    for (size_t i = 0; i < GOLDEN_ROWS; i++) {
        table.labels[i] = i < 45 ? 0 : 1;
        for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
            table.values[j * GOLDEN_ROWS + i] = j == 0 ? (i % 2 ? 1 : 3) : 0;
    }
    golden_ask(registry, "bayes", &table, equal, 3, answers, &report);
    assert_near((double) answers[0] + (double) answers[2], 1, 0.05);
    golden_ask(registry, "bayes", &table, counted, 2, answers, &report);
    assert_near((double) answers[0], 0.75, 0.02);
    davy_table_clear(&table);
}

/* What number j of a row adds to the score of a class, by the formulas that scikit-learn documents.
 */
typedef double (*adds)(const davy_table *table, size_t j, double x, size_t k);

static double mean_of(const davy_table *table, size_t j, size_t k, double (*f)(double x, double y),
                      double y)
{
    double sum = 0, count = 0;

    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        if (table->labels[i] == (double) k) {
            sum += f(table->values[j * GOLDEN_ROWS + i], y);
            count++;
        }
    return sum / count;
}

static double number(double x, double y)
{
    (void) y;
    return x;
}

static double square_from(double x, double mean)
{
    return (x - mean) * (x - mean);
}

static double above_one(double x, double y)
{
    (void) y;
    return x > 1;
}

static double gaussian_adds(const davy_table *table, size_t j, double x, size_t k)
{
    const double mean = mean_of(table, j, k, number, 0);

    return -(x - mean) * (x - mean) / (2 * mean_of(table, j, k, square_from, mean));
}

static double multinomial_adds(const davy_table *table, size_t j, double x, size_t k)
{
    double all = 0, one = 0, rows = 0;

    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        rows += table->labels[i] == (double) k;
    for (size_t c = 0; c < GOLDEN_COLUMNS; c++)
        all += mean_of(table, c, k, number, 0) * rows + 1;
    one = mean_of(table, j, k, number, 0) * rows + 1;
    return x * log(one / all);
}

static double bernoulli_adds(const davy_table *table, size_t j, double x, size_t k)
{
    double rows = 0, p;

    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        rows += table->labels[i] == (double) k;
    p = (mean_of(table, j, k, above_one, 0) * rows + 1) / (rows + 2);
    return x > 1 ? log(p) : log(1 - p);
}

/* What a number adds for class 1 beyond what it adds for the others, less the same of all rows. */
static double share_of(const davy_table *table, adds f, size_t j, size_t row)
{
    double share = 0;

    for (size_t k = 0; k < GOLDEN_CLASSES; k++) {
        const double mix = k == 1 ? 1 : -1.0 / (GOLDEN_CLASSES - 1);

        share += mix * f(table, j, table->values[j * GOLDEN_ROWS + row], k);
        for (size_t i = 0; i < GOLDEN_ROWS; i++)
            share -= mix * f(table, j, table->values[j * GOLDEN_ROWS + i], k) / GOLDEN_ROWS;
    }
    return share;
}

static void explain(const davy_table *table, const char *density, adds f)
{
    const char *const settings[] = {"holdout=0", "background=1000", density, "binarize=1"};
    const davy_train_options options = golden_options(registry, "bayes", table, settings, 4);
    float sample[GOLDEN_COLUMNS];
    davy_predictor *predictor = NULL;
    davy_explainer *explainer = NULL;
    davy_explanation explained;
    davy_train_report report;

    for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
        sample[j] = (float) table->values[j * GOLDEN_ROWS + 7];
    assert_ok(davy_train(table, &options, &report));
    assert_ok(davy_predictor_open(report.folder, &predictor));
    assert_ok(davy_explainer_create(predictor, NULL, &explainer));
    assert_string_equal(davy_explainer_describe(explainer).method, "sums");
    assert_ok(davy_explain_sample(explainer, sample, 1, &explained));
    assert_near(explained.residual, 0, 1e-12 * fabs(explained.score - explained.base) + 1e-13);
    for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
        assert_near(explained.shares[j], share_of(table, f, j, 7),
                    2e-6 * (1 + fabs(explained.shares[j])));
    davy_explainer_destroy(explainer);
    davy_predictor_close(predictor);
}

/* The numbers of a class are independent, so a Shapley value is what a number adds by itself. */
static void every_number_has_what_it_adds_to_the_log_probability(void **state)
{
    davy_table table = golden_table(golden_counts, golden_classes, GOLDEN_CLASSES);

    (void) state;
    explain(&table, "density=gaussian", gaussian_adds);
    explain(&table, "density=multinomial", multinomial_adds);
    explain(&table, "density=bernoulli", bernoulli_adds);
    davy_table_clear(&table);
}

static void what_cannot_be_learnt_says_why(void **state)
{
    static const char *const counts[] = {"holdout=0", "density=multinomial"};
    static const char *const rough[] = {"holdout=0", "smoothing=0"};
    davy_table table = golden_table(golden_x, golden_classes, GOLDEN_CLASSES);
    davy_train_options options = golden_options(registry, "bayes", &table, counts, 2);
    davy_train_report report;

    (void) state;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID,
                 "density=multinomial takes counts");
    options.settings = rough;
    for (size_t i = 0; i < 30; i++)
        table.values[GOLDEN_ROWS + i] = 2;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID,
                 "number 2 never changes within class 'a'");
    options.task = "regress";
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_UNSUPPORTED,
                 "kind 'bayes' has no task 'regress': it has classify");
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaussians_are_those_of_scikit_learn),
        cmocka_unit_test(counts_are_those_of_scikit_learn),
        cmocka_unit_test(priors_are_counted_or_equal),
        cmocka_unit_test(every_number_has_what_it_adds_to_the_log_probability),
        cmocka_unit_test(what_cannot_be_learnt_says_why),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
