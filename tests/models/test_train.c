/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

static char registry[64];
static davy_table history;
static davy_model *model;
static davy_train_report report;

static int set_up(void **state)
{
    (void) state;
    plant_folder(registry);
    history = plant_make(6000, 7);
    model = plant_train(&history, registry, NULL, 0, 20.0 * 86400.0 / 1500.0, &report);
    return 0;
}

static int tear_down(void **state)
{
    (void) state;
    davy_model_close(model);
    davy_table_clear(&history);
    plant_remove(registry);
    return 0;
}

static void tells_what_it_was_trained_on(void **state)
{
    const davy_model_info *info = davy_model_describe(model);

    (void) state;
    assert_string_equal(info->name, "plant");
    assert_int_equal(info->version, 1);
    assert_string_equal(info->kind, "pca");
    assert_int_equal(info->signal_count, PLANT_SIGNALS);
    assert_string_equal(info->signals[5], "s5");
    assert_int_equal(info->period_ns, 1000000000);
    assert_int_equal(strlen(info->data_hash), 64);
    assert_int_equal(strlen(info->file_hash), 64);
    assert_true(info->promise_per_day <= info->budget_per_day);
    assert_non_null(strstr(report.summary, "6000 rows of 6 signals in 1 run"));
}

static void abstains_until_the_window_is_full_and_then_sums_its_contributions(void **state)
{
    davy_scorer *scorer = NULL;
    davy_score score;
    double row[PLANT_SIGNALS];

    (void) state;
    assert_ok(davy_scorer_create(model, &scorer));
    for (size_t r = 0; r < 300; r++) {
        double sum = 0;

        for (size_t j = 0; j < PLANT_SIGNALS; j++)
            row[j] = davy_table_at(&history, r, j);
        davy_scorer_update(scorer, row, &score);
        if (r < 5) {
            assert_int_equal(score.verdict, DAVY_VERDICT_ABSTAIN);
            assert_string_equal(score.reason, "the window is not full yet");
            assert_null(score.contributions);
            continue;
        }
        for (size_t j = 0; j < PLANT_SIGNALS; j++) {
            assert_true(score.contributions[j] >= 0);
            sum += score.contributions[j];
        }
        assert_true(sum == score.score); /* exactly: the score is defined as this sum */
        assert_null(score.reason);
    }
    davy_scorer_destroy(scorer);
}

static void scores_a_stream_and_a_batch_to_the_same_bits(void **state)
{
    davy_scorer *scorer = NULL;
    davy_run run = {0};
    double row[PLANT_SIGNALS];

    (void) state;
    assert_ok(davy_model_run(model, &history, true, &run));
    assert_ok(davy_scorer_create(model, &scorer));
    for (size_t r = 0; r < history.rows; r++) {
        davy_score score;

        for (size_t j = 0; j < PLANT_SIGNALS; j++)
            row[j] = davy_table_at(&history, r, j);
        davy_scorer_update(scorer, row, &score);
        assert_memory_equal(&score.score, &run.scores[r], sizeof score.score);
        if (score.contributions)
            assert_memory_equal(score.contributions, run.contributions + r * PLANT_SIGNALS,
                                PLANT_SIGNALS * sizeof(double));
    }
    davy_scorer_destroy(scorer);
    davy_run_clear(&run);
}

/* Each signal in turn is moved by ten of its own standard deviations of noise. */
static void names_the_signal_that_was_moved(void **state)
{
    (void) state;
    for (size_t faulty = 0; faulty < PLANT_SIGNALS; faulty++) {
        davy_table fresh = plant_make(400, 99);
        davy_run run = {0};
        const double *shares;
        size_t largest = 0;

        for (size_t r = 300; r < 400; r++)
            fresh.values[faulty * fresh.rows + r] += 10.0;
        assert_ok(davy_model_run(model, &fresh, true, &run));
        assert_int_equal(run.verdicts[250], DAVY_VERDICT_NORMAL);
        assert_int_equal(run.verdicts[340], DAVY_VERDICT_ALARM);
        shares = run.contributions + 340 * PLANT_SIGNALS;
        for (size_t j = 1; j < PLANT_SIGNALS; j++)
            if (shares[j] > shares[largest])
                largest = j;
        assert_int_equal(largest, faulty);
        davy_run_clear(&run);
        davy_table_clear(&fresh);
    }
}

static void expects_of_a_normal_signal_about_its_value(void **state)
{
    davy_run run = {0};

    (void) state;
    assert_ok(davy_model_run(model, &history, true, &run));
    for (size_t r = 100; r < 200; r++)
        for (size_t j = 0; j < PLANT_SIGNALS; j++)
            assert_near(run.expected[r * PLANT_SIGNALS + j], davy_table_at(&history, r, j),
                        5.0); /* five deviations of the noise */
    davy_run_clear(&run);
}

static void trains_the_same_bytes_again_and_moves_the_champion(void **state)
{
    davy_train_report again;
    davy_model *second = plant_train(&history, registry, NULL, 0, 20.0 * 86400.0 / 1500.0, &again);

    (void) state;
    assert_int_equal(again.version, 2);
    assert_string_equal(davy_model_describe(second)->file_hash,
                        davy_model_describe(model)->file_hash);
    assert_int_equal(davy_model_describe(second)->version, 2);
    davy_model_close(second);
    assert_ok(davy_registry_open(registry, "plant@1", &second));
    assert_int_equal(davy_model_describe(second)->version, 1);
    davy_model_close(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_it_was_trained_on),
        cmocka_unit_test(abstains_until_the_window_is_full_and_then_sums_its_contributions),
        cmocka_unit_test(scores_a_stream_and_a_batch_to_the_same_bits),
        cmocka_unit_test(names_the_signal_that_was_moved),
        cmocka_unit_test(expects_of_a_normal_signal_about_its_value),
        cmocka_unit_test(trains_the_same_bytes_again_and_moves_the_champion),
    };

    return cmocka_run_group_tests_name("models: training", tests, set_up, tear_down);
}
