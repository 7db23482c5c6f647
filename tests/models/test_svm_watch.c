/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `svm` that watches: its score is the border's, and its shares say which signal it was.
 */
#include "scratch_registry.h"

#include "models/kind.h"
#include "models/kinds/support.h"

#define ROWS 400

static void learn(const davy_table *table, const char *const *settings, size_t count, size_t lags,
                  void **parameters)
{
    const davy_walk walk = {.table = table, .to = table->rows};
    const davy_study study = {.fit = walk,
                              .reference = walk,
                              .lags = lags,
                              .seed = 1,
                              .settings = settings,
                              .setting_count = count};
    davy_sentences note = {.en = ""};

    assert_ok(davy_model_svm.fit(&study, &note, parameters));
    assert_non_null(strstr(note.en, "support vectors"));
}

/* One vector at 0 in two numbers: u = gamma |x|^2, so the shares are gamma x_j^2. With both rows of
 * the history alike, the border is that one place. */
static void of_one_place_the_score_is_the_squared_distance(void **state)
{
    static const char *const settings[] = {"gamma=0.5", "nu=0.5"};
    davy_table table = plant_table(20, 2);
    void *parameters = NULL, *scratch = NULL;
    double shares[2], expected[2];

    (void) state;
    for (size_t i = 0; i < 40; i++)
        table.values[i] = i < 20 ? 100 : 0; /* scales: a thousandth of 100, and 0.001 */
    learn(&table, settings, 2, 0, &parameters);
    assert_ok(davy_model_svm.begin(parameters, &scratch));
    assert_ok(
        davy_model_svm.score(parameters, scratch, (double[]){100.3, 0.002}, shares, expected));
    assert_near(shares[0], 0.5 * 9, 1e-3);
    assert_near(shares[1], 0.5 * 4, 1e-3);
    assert_near(expected[0], 100, 1e-4);
    assert_near(expected[1], 0, 1e-6);
    davy_model_svm.end(scratch);
    davy_model_svm.destroy(parameters);
    davy_table_clear(&table);
}

/* Far beyond where exp() of libsvm's kernel is 0 a window that is farther still scores more. */
static void what_is_farther_scores_more(void **state)
{
    davy_table table = plant_make(ROWS, 1);
    void *parameters = NULL, *scratch = NULL;
    double window[2 * PLANT_SIGNALS], shares[PLANT_SIGNALS], expected[PLANT_SIGNALS];
    double before = 0;

    (void) state;
    learn(&table, NULL, 0, 1, &parameters);
    assert_ok(davy_model_svm.begin(parameters, &scratch));
    for (int power = 3; power < 8; power++) {
        const double far = pow(10, power);
        double score = 0;

        for (size_t j = 0; j < PLANT_SIGNALS; j++)
            window[j] = window[PLANT_SIGNALS + j] = table.values[j * ROWS + 200];
        window[2] += far;
        assert_ok(davy_model_svm.score(parameters, scratch, window, shares, expected));
        for (size_t j = 0; j < PLANT_SIGNALS; j++)
            score += shares[j];
        assert_true(score > before);
        assert_true(shares[2] > 0.9 * score);
        before = score;
    }
    davy_model_svm.end(scratch);
    davy_model_svm.destroy(parameters);
    davy_table_clear(&table);
}

/* As every model that watches: signal 3 leaves its place, alarms come, and it is named. */
static void a_signal_out_of_its_place_is_found_and_named(void **state)
{
    davy_table table = plant_make(2000, 1), live = plant_make(300, 2);
    const davy_train_options options = {.name = "border",
                                        .kind = "svm",
                                        .task = "anomaly",
                                        .registry = registry,
                                        .budget_per_day = 24,
                                        .seed = 1};
    davy_train_report report;
    davy_model *model = NULL;
    davy_run run = {0};
    size_t alarms = 0, named = 0;

    (void) state;
    assert_ok(davy_train(&table, &options, &report));
    assert_ok(davy_registry_open(registry, "border", &model));
    for (size_t row = 200; row < 300; row++)
        live.values[3 * 300 + row] += 60;
    assert_ok(davy_model_run(model, &live, true, &run));
    for (size_t row = 220; row < 300; row++) {
        const double *shares = run.contributions + row * PLANT_SIGNALS;
        size_t most = 0;

        for (size_t j = 1; j < PLANT_SIGNALS; j++)
            most = shares[j] > shares[most] ? j : most;
        alarms += run.scores[row] > 1;
        named += most == 3;
    }
    assert_true(alarms > 75);
    assert_true(named > 75);
    for (size_t row = 20, early = 0; row < 200; row++)
        assert_true((early += run.scores[row] > 1) < 20);
    davy_run_clear(&run);
    davy_model_close(model);
    davy_table_clear(&table);
    davy_table_clear(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_one_place_the_score_is_the_squared_distance),
        cmocka_unit_test(what_is_farther_scores_more),
        cmocka_unit_test(a_signal_out_of_its_place_is_found_and_named),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
