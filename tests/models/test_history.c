/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch_registry.h"

#include "core/file.h"

/**
 * @file
 * Training on histories as they are: short, dirty, labelled, constant, wrong.
 */
static davy_status try_train(const davy_table *table, const char *setting, const char *kind,
                             const char *task, davy_train_report *report)
{
    const davy_train_options options = {.name = "plant",
                                        .kind = kind,
                                        .task = task,
                                        .registry = registry,
                                        .settings = &setting,
                                        .setting_count = setting ? 1 : 0};

    return davy_train(table, &options, report);
}

static void says_what_a_short_history_can_promise(void **state)
{
    davy_table history = plant_make(2000, 5); /* 500 rows of calibration are 500 s */
    davy_train_report report;
    davy_model *model = plant_train(&history, registry, NULL, 0, 0, &report);

    (void) state;
    assert_near(report.promise_per_day, 86400.0 / 500.0, 5.0);
    assert_non_null(strstr(report.summary, "too short for the budget of 0.143 a day"));
    assert_true(davy_model_describe(model)->promise_per_day >
                davy_model_describe(model)->budget_per_day);
    davy_model_close(model);
    davy_table_clear(&history);
}

/*
 * Five episodes are allowed in as many rows as calibrated. Over ten fresh histories of that length
 * the mean is held between a tenth and twice of it: the limit itself rests on four episodes only.
 */
static void keeps_its_budget_on_fresh_histories(void **state)
{
    davy_table history = plant_make(40000, 21);
    davy_train_report report;
    davy_model *model = plant_train(&history, registry, NULL, 0, 5 * 86400.0 / 10000.0, &report);
    size_t episodes = 0;

    (void) state;
    assert_true(report.promise_per_day <= 5 * 86400.0 / 9990.0);
    for (uint64_t seed = 100; seed < 110; seed++) {
        davy_table fresh = plant_make(10000, seed);
        davy_evaluation evaluation;
        davy_run run = {0};

        assert_ok(davy_model_run(model, &fresh, false, &run));
        assert_ok(davy_evaluate(&fresh, &run, &evaluation));
        episodes += evaluation.episodes;
        davy_run_clear(&run);
        davy_table_clear(&fresh);
    }
    assert_in_range(episodes, 5, 100);
    davy_model_close(model);
    davy_table_clear(&history);
}

static void learns_nothing_from_rows_labelled_as_faults(void **state)
{
    davy_table clean = plant_make(3000, 5), faulty = plant_make(3000, 5);
    davy_train_report report;
    davy_model *model;
    davy_run run = {0};

    (void) state;
    faulty.labels = calloc(faulty.rows, sizeof *faulty.labels);
    for (size_t r = 1000; r < 1300; r++) {
        faulty.labels[r] = 1;
        faulty.values[r] += 50;
    }
    model = plant_train(&faulty, registry, NULL, 0, 500, &report);
    assert_non_null(strstr(report.summary, "300 of them labelled as faults"));
    assert_ok(davy_model_run(model, &faulty, false, &run));
    assert_int_equal(run.verdicts[1200], DAVY_VERDICT_ALARM);
    assert_int_equal(run.verdicts[900], DAVY_VERDICT_NORMAL);
    davy_run_clear(&run);
    davy_model_close(model);
    davy_table_clear(&clean);
    davy_table_clear(&faulty);
}

static void makes_a_constant_signal_that_moves_an_alarm(void **state)
{
    davy_table history = plant_make(2000, 5), fresh = plant_make(200, 6);
    davy_train_report report;
    davy_model *model;
    davy_run run = {0};

    (void) state;
    for (size_t r = 0; r < history.rows; r++)
        history.values[3 * history.rows + r] = 7.5;
    for (size_t r = 0; r < fresh.rows; r++)
        fresh.values[3 * fresh.rows + r] = r < 100 ? 7.5 : 7.6;
    model = plant_train(&history, registry, NULL, 0, 0, &report);
    assert_non_null(strstr(report.summary, "Signals that never moved: s3."));
    assert_ok(davy_model_run(model, &fresh, true, &run));
    assert_int_equal(run.verdicts[90], DAVY_VERDICT_NORMAL);
    assert_int_equal(run.verdicts[110], DAVY_VERDICT_ALARM);
    assert_true(run.contributions[110 * PLANT_SIGNALS + 3] > 0.9 * run.scores[110]);
    davy_run_clear(&run);
    davy_model_close(model);
    davy_table_clear(&history);
    davy_table_clear(&fresh);
}

static void puts_shuffled_and_repeated_rows_in_order_and_tells(void **state)
{
    davy_table straight = plant_make(1000, 5), dirty = plant_make(1001, 5);
    davy_train_report report;
    davy_model *first, *second;

    (void) state;
    /* The same rows, two of them swapped and the last one twice. */
    for (size_t j = 0; j < PLANT_SIGNALS; j++) {
        double *column = dirty.values + j * dirty.rows;

        for (size_t r = 0; r < 1000; r++)
            column[r] = davy_table_at(&straight, r == 500 ? 501 : r == 501 ? 500 : r, j);
        column[1000] = column[999];
    }
    dirty.times[500] = straight.times[501];
    dirty.times[501] = straight.times[500];
    dirty.times[1000] = straight.times[999];
    first = plant_train(&straight, registry, NULL, 0, 0, &report);
    assert_null(strstr(report.summary, "order"));
    second = plant_train(&dirty, registry, NULL, 0, 0, &report);
    assert_non_null(strstr(report.summary, "1 rows stood before an earlier one"));
    assert_non_null(strstr(report.summary, "1 rows repeated a time"));
    assert_string_equal(davy_model_describe(first)->file_hash,
                        davy_model_describe(second)->file_hash);
    davy_model_close(first);
    davy_model_close(second);
    davy_table_clear(&straight);
    davy_table_clear(&dirty);
}

static void abstains_on_a_signal_that_stays_away_and_comes_back(void **state)
{
    davy_table history = plant_make(1000, 5), fresh = plant_make(100, 6);
    davy_train_report report;
    davy_model *model = plant_train(&history, registry, NULL, 0, 0, &report);
    davy_run run = {0};

    (void) state;
    for (size_t r = 50; r < 60; r++)
        fresh.values[2 * fresh.rows + r] = NAN;
    assert_ok(davy_model_run(model, &fresh, true, &run));
    assert_int_not_equal(run.verdicts[54], DAVY_VERDICT_ABSTAIN); /* five rows are held */
    assert_int_equal(run.verdicts[55], DAVY_VERDICT_ABSTAIN);
    assert_string_equal(run.reasons[55], "a signal is missing");
    assert_true(isnan(run.scores[55]) && isnan(run.contributions[55 * PLANT_SIGNALS]));
    assert_string_equal(run.reasons[60], "the window is not full yet");
    assert_int_equal(run.verdicts[65], DAVY_VERDICT_NORMAL);
    davy_run_clear(&run);
    davy_model_close(model);
    davy_table_clear(&history);
    davy_table_clear(&fresh);
}

/* A sample that is a million times too large is an alarm, and half a minute later it is not. */
static void forgets_one_mad_sample_within_a_minute(void **state)
{
    davy_table history = plant_make(1000, 5), fresh = plant_make(200, 6);
    davy_train_report report;
    davy_model *model = plant_train(&history, registry, NULL, 0, 0, &report);
    davy_run run = {0};

    (void) state;
    fresh.values[100] = 1e12;
    assert_ok(davy_model_run(model, &fresh, false, &run));
    assert_int_equal(run.verdicts[99], DAVY_VERDICT_NORMAL);
    assert_int_equal(run.verdicts[100], DAVY_VERDICT_ALARM);
    assert_true(isfinite(run.scores[100]));
    assert_int_equal(run.verdicts[180], DAVY_VERDICT_NORMAL);
    davy_run_clear(&run);
    davy_model_close(model);
    davy_table_clear(&history);
    davy_table_clear(&fresh);
}

static void learns_regimes_and_sees_a_fault_inside_one(void **state)
{
    davy_table history = plant_table(6000, 3), fresh = plant_table(1200, 3);
    davy_table *both[] = {&history, &fresh};
    davy_train_report report;
    davy_model *model;
    davy_run run = {0};
    uint64_t seed = 9;
    size_t alarms = 0;

    (void) state;
    for (size_t t = 0; t < 2; t++)
        for (size_t r = 0; r < both[t]->rows; r++) {
            const double level = r / 600 % 2 ? 80 : 50, cause = plant_normal(&seed);

            both[t]->values[r] = level;
            both[t]->values[both[t]->rows + r] = 2 * level + cause;
            /* Coupled the other way round in the other regime. */
            both[t]->values[2 * both[t]->rows + r] =
                (level > 60 ? 100 - cause : cause) + 0.1 * plant_normal(&seed);
        }
    for (size_t r = 1100; r < 1200; r++)
        fresh.values[2 * fresh.rows + r] += 6;
    model = plant_train(&history, registry, NULL, 0, 500, &report);
    assert_non_null(strstr(report.summary, "2 regimes"));
    assert_ok(davy_model_run(model, &fresh, false, &run));
    for (size_t r = 1140; r < 1200; r++)
        alarms += run.verdicts[r] == DAVY_VERDICT_ALARM;
    assert_true(alarms > 50);
    assert_int_equal(run.verdicts[500], DAVY_VERDICT_NORMAL);
    assert_int_equal(run.verdicts[1000], DAVY_VERDICT_NORMAL);
    davy_run_clear(&run);
    davy_model_close(model);
    davy_table_clear(&history);
    davy_table_clear(&fresh);
}

static void leaves_a_page_in_which_no_name_becomes_markup(void **state)
{
    davy_table history = plant_make(1000, 5);
    davy_train_report report;
    davy_buffer page = {0};
    char path[1100];

    (void) state;
    free(history.names[2]);
    history.names[2] = strdup("<script>\"&");
    davy_model_close(plant_train(&history, registry, NULL, 0, 0, &report));
    (void) snprintf(path, sizeof path, "%s/report.html", report.folder);
    assert_ok(davy_file_read(path, 1 << 20, &page));
    assert_non_null(strstr(page.bytes, "&lt;script&gt;&quot;&amp;"));
    assert_null(strstr(page.bytes, "<script"));
    assert_non_null(strstr(page.bytes, "too short for the budget"));
    assert_non_null(strstr(page.bytes, "</svg>"));
    davy_buffer_clear(&page);
    davy_table_clear(&history);
}

static void says_what_it_cannot_learn_from(void **state)
{
    davy_table history = plant_make(100, 5);
    davy_train_report report;

    (void) state;
    assert_fails(try_train(&history, "calibrate=0.1", "pca", "anomaly", &report), DAVY_ERR_INVALID,
                 "too few");
    assert_fails(try_train(&history, "lag=2", "pca", "anomaly", &report), DAVY_ERR_INVALID,
                 "KEY=VALUE");
    assert_fails(try_train(&history, "regime_signals=nosuch", "pca", "anomaly", &report),
                 DAVY_ERR_INVALID, "no signal 'nosuch'");
    assert_fails(try_train(&history, NULL, "oracle", "anomaly", &report), DAVY_ERR_UNSUPPORTED,
                 "oracle");
    assert_fails(try_train(&history, NULL, "pca", "life", &report), DAVY_ERR_UNSUPPORTED, "life");
    history.values[7] = 1e200;
    assert_fails(try_train(&history, NULL, "pca", "anomaly", &report), DAVY_ERR_INVALID,
                 "signal 's0', row 8");
    for (size_t r = 0; r < history.rows; r++)
        history.values[r] = NAN;
    assert_fails(try_train(&history, NULL, "pca", "anomaly", &report), DAVY_ERR_INVALID,
                 "signal 's0' has no value");
    for (size_t i = 0; i < history.rows * history.columns; i++)
        history.values[i] = 3;
    assert_fails(try_train(&history, NULL, "pca", "anomaly", &report), DAVY_ERR_INVALID,
                 "none of the 6 signals moves");
    history.rows = 0;
    assert_fails(try_train(&history, NULL, "pca", "anomaly", &report), DAVY_ERR_INVALID,
                 "nothing to learn");
    history.rows = 100;
    davy_table_clear(&history);
}

static void learns_from_more_signals_than_windows(void **state)
{
    davy_table history = plant_table(120, 40);
    davy_train_report report;
    davy_model *model;
    uint64_t seed = 8;

    (void) state;
    for (size_t i = 0; i < history.rows * history.columns; i++)
        history.values[i] = plant_normal(&seed);
    model = plant_train(&history, registry, NULL, 0, 0, &report);
    assert_int_equal(davy_model_describe(model)->signal_count, 40);
    davy_model_close(model);
    davy_table_clear(&history);
}

static void names_the_signals_that_a_table_lacks(void **state)
{
    davy_table history = plant_make(1000, 5), other = plant_table(10, 4);
    davy_train_report report;
    davy_model *model = plant_train(&history, registry, NULL, 0, 0, &report);
    davy_run run = {0};

    (void) state;
    assert_fails(davy_model_run(model, &other, false, &run), DAVY_ERR_NOT_FOUND, "'s4', 's5'");
    davy_model_close(model);
    davy_table_clear(&history);
    davy_table_clear(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_a_short_history_can_promise),
        cmocka_unit_test(keeps_its_budget_on_fresh_histories),
        cmocka_unit_test(learns_nothing_from_rows_labelled_as_faults),
        cmocka_unit_test(makes_a_constant_signal_that_moves_an_alarm),
        cmocka_unit_test(puts_shuffled_and_repeated_rows_in_order_and_tells),
        cmocka_unit_test(abstains_on_a_signal_that_stays_away_and_comes_back),
        cmocka_unit_test(forgets_one_mad_sample_within_a_minute),
        cmocka_unit_test(learns_regimes_and_sees_a_fault_inside_one),
        cmocka_unit_test(leaves_a_page_in_which_no_name_becomes_markup),
        cmocka_unit_test(says_what_it_cannot_learn_from),
        cmocka_unit_test(learns_from_more_signals_than_windows),
        cmocka_unit_test(names_the_signals_that_a_table_lacks),
    };

    return cmocka_run_group_tests_name("models: histories", tests, registry_set_up,
                                       registry_tear_down);
}
