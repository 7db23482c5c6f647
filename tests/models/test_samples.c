/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "models/judge/assess.h"
#include "models/samples/sample_split.h"
#include "models/training/predictor_calibrate.h"

/* Two runs of ten rows, a second apart; the value is the row's number, and so is the label. */
static davy_table make_runs(void)
{
    davy_table table = plant_table(20, 1);

    free(table.run_names[0]);
    free((void *) table.run_names);
    table.run_names = calloc(2, sizeof *table.run_names);
    table.labels = calloc(table.rows, sizeof *table.labels);
    assert_true(table.run_names && table.labels);
    table.run_count = 2;
    table.run_names[0] = strdup("first");
    table.run_names[1] = strdup("second");
    for (size_t row = 0; row < table.rows; row++) {
        table.runs[row] = row / 10;
        table.values[row] = table.labels[row] = (double) row;
    }
    return table;
}

static davy_sample_set cut_table(const davy_table *table, davy_form form, davy_task task,
                                 bool training)
{
    static const size_t columns[] = {0};
    const davy_cut cut = {.form = form,
                          .task = task,
                          .columns = columns,
                          .column_count = 1,
                          .hold = 1,
                          .training = training};
    davy_sample_set samples = {0};

    assert_ok(davy_sample_set_cut(table, &cut, &samples));
    return samples;
}

static void windows_stay_in_their_run_and_end_at_their_row(void **state)
{
    davy_table table = make_runs();
    const davy_form form = {.kind = DAVY_FORM_WINDOW, .steps = 4, .channels = 1, .stride = 3};
    davy_sample_set samples = cut_table(&table, form, DAVY_TASK_REGRESS, true);
    float window[4];

    (void) state;
    /* Ends at rows 3, 6, 9 and 13, 16, 19. */
    assert_int_equal(samples.count, 6);
    assert_near(samples.targets[1], 6, 0);
    assert_int_equal(samples.places[3], 13);
    assert_int_equal(samples.groups[3], 1);
    assert_ok(davy_sample_set_read(&samples, 3, window));
    assert_near(window[0], 10, 0);
    assert_near(window[3], 13, 0);
    davy_sample_set_clear(&samples);
    samples = cut_table(&table, form, DAVY_TASK_REGRESS, false);
    assert_int_equal(samples.count, 14); /* asked, every row with a whole window is answered */
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void a_missing_value_is_held_for_a_row_and_no_longer(void **state)
{
    davy_table table = make_runs();
    const davy_form form = {.kind = DAVY_FORM_ROW, .steps = 1, .channels = 1, .stride = 1};
    davy_sample_set samples;
    float value;

    (void) state;
    table.values[4] = table.values[5] = NAN;
    samples = cut_table(&table, form, DAVY_TASK_REGRESS, true);
    assert_int_equal(samples.count, 19);
    assert_int_equal(samples.left_out, 1);
    assert_ok(davy_sample_set_read(&samples, 4, &value));
    assert_near(value, 3, 0);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void a_forecast_looks_ahead_and_a_life_counts_down(void **state)
{
    davy_table table = make_runs();
    const davy_form ahead = {
        .kind = DAVY_FORM_WINDOW, .steps = 2, .channels = 1, .stride = 1, .horizon = 3};
    const davy_form life = {
        .kind = DAVY_FORM_ROW, .steps = 1, .channels = 1, .stride = 1, .cap = 5};
    davy_sample_set samples = cut_table(&table, ahead, DAVY_TASK_FORECAST, true);

    (void) state;
    assert_int_equal(samples.count, 12); /* of each run rows 1 .. 6 have a row three later */
    assert_near(samples.targets[0], 4, 0);
    davy_sample_set_clear(&samples);
    free(table.labels);
    table.labels = NULL;
    samples = cut_table(&table, life, DAVY_TASK_LIFE, true);
    assert_near(samples.targets[0], 5, 0); /* nine are left, five are told apart */
    assert_near(samples.targets[7], 2, 0);
    assert_near(samples.targets[19], 0, 0);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void a_recording_is_cut_around_its_movement_or_goes_on(void **state)
{
    davy_table table = make_runs();
    davy_form form = {.kind = DAVY_FORM_RECORDING, .steps = 4, .channels = 1, .stride = 1};
    davy_sample_set samples;
    float recording[12];

    (void) state;
    for (size_t row = 0; row < 10; row++)
        table.values[row] = row >= 6 ? 1 : 0;
    samples = cut_table(&table, form, DAVY_TASK_REGRESS, true);
    assert_int_equal(samples.count, 2);
    assert_ok(davy_sample_set_read(&samples, 0, recording));
    assert_near(recording[1], 0, 0); /* rows 4, 5, 6, 7 */
    assert_near(recording[2], 1, 0);
    davy_sample_set_clear(&samples);
    form.steps = 12;
    samples = cut_table(&table, form, DAVY_TASK_REGRESS, true);
    assert_ok(davy_sample_set_read(&samples, 1, recording));
    assert_near(recording[9], 19, 0);
    assert_near(recording[11], 19, 0);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void rows_are_averaged_to_a_rate_that_they_have(void **state)
{
    davy_table table = make_runs();
    davy_form form = {
        .kind = DAVY_FORM_WINDOW, .steps = 2, .channels = 1, .stride = 1, .rate = 0.5};
    davy_sample_set samples = cut_table(&table, form, DAVY_TASK_REGRESS, true);
    float window[2];
    size_t factor;

    (void) state;
    assert_ok(davy_sample_set_read(&samples, 0, window));
    assert_near(window[0], 0.5, 0); /* rows 0 and 1 */
    assert_near(window[1], 2.5, 0);
    davy_sample_set_clear(&samples);
    form.rate = 2;
    assert_fails(davy_form_factor(&form, &table, &factor), DAVY_ERR_INVALID, "1 times a second");
    free(table.times);
    table.times = NULL;
    assert_fails(davy_form_factor(&form, &table, &factor), DAVY_ERR_INVALID, "--period");
    davy_table_clear(&table);
}

static void a_split_keeps_groups_whole_and_time_in_order(void **state)
{
    davy_table table = make_runs();
    const davy_form form = {.kind = DAVY_FORM_ROW, .steps = 1, .channels = 1, .stride = 1};
    davy_sample_set samples = cut_table(&table, form, DAVY_TASK_REGRESS, true);
    davy_split_wish wish = {.share = 0.5, .seed = 1};
    davy_split_done done;
    uint8_t purposes[20];

    (void) state;
    assert_ok(davy_sample_set_split(&samples, &wish, purposes, &done));
    for (size_t i = 1; i < 20; i++)
        if (samples.groups[i] == samples.groups[i - 1])
            assert_int_equal(purposes[i], purposes[i - 1]);
    samples.in_order = true;
    wish.rule = DAVY_SPLIT_TIME;
    assert_ok(davy_sample_set_split(&samples, &wish, purposes, &done));
    assert_int_equal(purposes[9], DAVY_PURPOSE_LEARN);
    assert_int_equal(purposes[10], DAVY_PURPOSE_WATCH);
    assert_int_equal(purposes[14], DAVY_PURPOSE_WATCH);
    assert_int_equal(purposes[15], DAVY_PURPOSE_JUDGE);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

/* Scores that are three times too sure: labels drawn from softmax(z / 3). */
static void a_temperature_brings_back_what_was_exaggerated(void **state)
{
    enum { COUNT = 4000 };
    static float scores[COUNT * 2];
    static size_t targets[COUNT];
    uint64_t seed = 8;

    (void) state;
    for (size_t i = 0; i < COUNT; i++) {
        const double z = 2 * plant_normal(&seed);

        scores[2 * i] = (float) (3 * z);
        targets[i] = plant_uniform(&seed) < 1 / (1 + exp(-z)) ? 0 : 1;
    }
    assert_near(davy_temperature_find(scores, targets, COUNT, 2), 3, 0.25);
    assert_near(davy_temperature_find(scores, targets, 10, 2), 1, 0); /* too few to say */
    for (size_t i = 0; i < 30; i++)
        targets[i] = scores[2 * i] > 0 ? 0 : 1;
    /* Thirty that are right do not vouch for certainty: p of a score of 6 stays below 0.9999. */
    assert_true(1 / (1 + exp(-6 / davy_temperature_find(scores, targets, 30, 2))) < 0.9999);
}

/* Lei et al., section 2.2: of n = 9 errors k = ceil(10 * 0.9) = 9. */
static void an_interval_takes_the_rank_that_covers(void **state)
{
    double errors[] = {9, 1, 8, 2, 7, 3, 6, 4, 5};

    (void) state;
    assert_near(davy_interval_find(errors, 9, 0.9), 9, 0);
    assert_near(davy_interval_find(errors, 9, 0.5), 5, 0);
    assert_true(isnan(davy_interval_find(errors, 8, 0.95)));
}

/* Counted by hand: two of three cats and one of two dogs are found. */
static void figures_of_classes_are_those_of_a_count(void **state)
{
    double targets[] = {0, 0, 0, 1, 1, NAN};
    float p[] = {0.9F, 0.1F, 0.8F, 0.2F, 0.4F, 0.6F, 0.3F, 0.7F, 0.6F, 0.4F, 1, 0};
    bool given[] = {true, true, true, true, true, true};
    const davy_sample_set samples = {.count = 6, .targets = targets, .class_count = 2};
    const davy_answer_set answers = {
        .count = 6, .class_count = 2, .probabilities = p, .given = given};
    const davy_predictor_info info = {.class_count = 2, .abstain = 0.65};
    davy_assessment a = {0};
    size_t worst[2];

    (void) state;
    assert_ok(davy_assess(&info, &samples, &answers, NULL, 0, &a));
    assert_int_equal(a.count, 5);
    assert_int_equal(a.unknown, 1);
    assert_int_equal(a.abstained, 2);
    assert_near(a.accuracy, 0.6, 1e-12);
    assert_near(a.common_accuracy, 0.6, 1e-12);
    assert_near(a.balanced_accuracy, (2.0 / 3 + 0.5) / 2, 1e-12);
    assert_near(a.classes[0].f1, 2.0 / 3, 1e-12); /* precision and recall 2 / 3 */
    assert_near(a.classes[1].f1, 0.5, 1e-12);
    assert_int_equal(a.confusion[1], 1);
    assert_int_equal(davy_assess_worst(&samples, &answers, NULL, 0, 2, worst), 2);
    assert_int_equal(worst[0], 2);
    assert_int_equal(worst[1], 4);
    davy_assessment_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_stay_in_their_run_and_end_at_their_row),
        cmocka_unit_test(a_missing_value_is_held_for_a_row_and_no_longer),
        cmocka_unit_test(a_forecast_looks_ahead_and_a_life_counts_down),
        cmocka_unit_test(a_recording_is_cut_around_its_movement_or_goes_on),
        cmocka_unit_test(rows_are_averaged_to_a_rate_that_they_have),
        cmocka_unit_test(a_split_keeps_groups_whole_and_time_in_order),
        cmocka_unit_test(a_temperature_brings_back_what_was_exaggerated),
        cmocka_unit_test(an_interval_takes_the_rank_that_covers),
        cmocka_unit_test(figures_of_classes_are_those_of_a_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
