/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `bayes` against scikit-learn (make_classic.py).
 */
#include "classic_testing.h"
#include "scratch_registry.h"

#include "models/explain.h"

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
    static const char *const bernoulli[] = {"holdout=0", "density=bernoulli", "threshold=1"};
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
    assert_float_equal((double) answers[0] + (double) answers[2], 1, 0.05);
    golden_ask(registry, "bayes", &table, counted, 2, answers, &report);
    assert_float_equal((double) answers[0], 0.75, 0.02);
    davy_table_clear(&table);
}

static davy_status explain(const davy_table *table, const char *density, double *gap)
{
    const char *const settings[] = {"holdout=0", density};
    const davy_train_options options = golden_options(registry, "bayes", table, settings, 2);
    float sample[GOLDEN_COLUMNS], attributions[GOLDEN_COLUMNS];
    davy_predictor *predictor = NULL;
    davy_explainer *explainer = NULL;
    davy_train_report report;
    davy_status status;

    for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
        sample[j] = (float) table->values[j * GOLDEN_ROWS + 7];
    assert_ok(davy_train(table, &options, &report));
    assert_ok(davy_predictor_open(report.folder, &predictor));
    status = davy_explainer_create(predictor, &explainer);
    if (status == DAVY_OK)
        assert_ok(davy_explain_sample(explainer, sample, 1, attributions, gap));
    davy_explainer_destroy(explainer);
    davy_predictor_close(predictor);
    return status;
}

/* Scores that are linear or square in the numbers are shared out exactly by the midpoint rule. */
static void attributions_are_exact_where_there_are_some(void **state)
{
    davy_table table = golden_table(golden_counts, golden_classes, GOLDEN_CLASSES);
    double gap = 1;

    (void) state;
    assert_ok(explain(&table, "density=gaussian", &gap));
    assert_float_equal(gap, 0, 1e-4);
    assert_ok(explain(&table, "density=multinomial", &gap));
    assert_float_equal(gap, 0, 1e-4);
    assert_fails(explain(&table, "density=bernoulli", &gap), DAVY_ERR_UNSUPPORTED, "");
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
                 "kind 'bayes' does not regress");
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaussians_are_those_of_scikit_learn),
        cmocka_unit_test(counts_are_those_of_scikit_learn),
        cmocka_unit_test(priors_are_counted_or_equal),
        cmocka_unit_test(attributions_are_exact_where_there_are_some),
        cmocka_unit_test(what_cannot_be_learnt_says_why),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
