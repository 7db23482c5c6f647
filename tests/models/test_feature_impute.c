/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Filling what is missing: values by hand, which samples are learnt from, and what a file answers.
 */
#include "features_testing.h"

/* Ten rows are learnt from: level 0 1 2 - 4 5 6 7 - 9, flow 10 times the row but where it is
 * missing, kind 0 1 2 0 1 2 ... All others are judged. */
static davy_table make_holes(void)
{
    davy_table table = make_table(3);

    for (size_t row = 0; row < ROWS; row++)
        table.values[ROWS + row] = 10 * (double) row;
    table.values[3] = table.values[8] = NAN;
    table.values[ROWS + 5] = NAN;
    table.values[ROWS + 38] = table.values[38] = NAN;
    table.values[2 * ROWS + 6] = NAN;
    for (size_t c = 0; c < 3; c++)
        table.values[c * ROWS + 12] = NAN; /* nothing is known */
    return table;
}

static taught *teach_holes(size_t steps, const char *text)
{
    return teach_table(make_holes(), steps, 0, text);
}

/* Samples are the rows but 12, the first 29 are learnt from: all rows below 30 but 3, 8 and 12 have
 * a level. Its median is that of 0 .. 29 less 3, 8, 12 (27 numbers): 16, the mean 412 / 27. */
static void a_hole_becomes_the_median_of_its_channel(void **state)
{
    taught *t = teach_holes(1, "impute,onehot");

    (void) state;
    assert_ok(t->status);
    assert_int_equal(t->samples.count, ROWS - 1);
    assert_int_equal(t->samples.left_out, 1);
    assert_int_equal(t->samples.holed, 5);
    assert_near(feature(t, 3, "T/level"), 16, 0);
    assert_near(feature(t, 8, "T/level"), 16, 0);
    assert_near(feature(t, 4, "T/level"), 4, 0);
    assert_near(feature(t, 5, "T/flow"), 155, 0);  /* of 0 .. 290 less 50 and 120 */
    assert_near(feature(t, 37, "T/level"), 16, 0); /* judged: row 38 */
    assert_near(feature(t, 37, "T/flow"), 155, 0);
    taught_free(t);
}

static void or_its_mean(void **state)
{
    taught *t = teach_holes(1, "impute:mean:of=T/level+T/flow+T/k*");

    (void) state;
    assert_fails(t->status, DAVY_ERR_INVALID, "'T/kind' holds words");
    taught_free(t);
    t = teach_holes(1, "impute:mean,onehot");
    assert_ok(t->status);
    assert_near(feature(t, 3, "T/level"), 412.0 / 27, 1e-5);
    taught_free(t);
}

/* Kind of row 3 is 0: levels 0 6* 9 15 18 21 24 27 (3 and 12 are missing; of row 6 nobody knows the
 * kind), so 0 9 15 18 21 24 27: 18. Of kind 2 (row 8): 2 5 11 14 17 20 23 26 29: 17. Flow of row 5,
 * of kind 2: 20 80 110 140 170 200 230 260 290: 170. */
static void or_that_of_its_regime(void **state)
{
    taught *t = teach_holes(1, "impute:by=T/kind,onehot");

    (void) state;
    assert_ok(t->status);
    assert_near(feature(t, 3, "T/level"), 18, 0);
    assert_near(feature(t, 8, "T/level"), 17, 0);
    assert_near(feature(t, 5, "T/flow"), 170, 0);
    taught_free(t);
}

/* In a regime that was not learnt from, the median is that of all rows. */
static void a_regime_that_is_new_has_the_median_of_all(void **state)
{
    davy_table table = make_holes();
    taught *t;

    (void) state;
    table.values[2 * ROWS + 38] = 3;
    t = teach_table(table, 1, 0, "impute:by=T/kind,onehot");
    assert_ok(t->status);
    assert_near(feature(t, 37, "T/level"), 16, 0);
    taught_free(t);
}

/* The windows 1 .. 4 and 6 .. 9 miss a level each, at row 3 and at row 8. */
static void windows_are_filled_step_by_step(void **state)
{
    taught *t = teach_holes(4, "impute:missing=yes,onehot");
    size_t count;

    (void) state;
    assert_ok(t->status);
    assert_int_equal(t->samples.left_out, 0); /* of row 12 others know something */
    (void) davy_features_names(t->features, &count);
    assert_int_equal(count, 4 * 7);
    assert_near(feature(t, 1, "T/level[-1]"), feature(t, 3, "T/level[-3]"), 0);
    assert_near(feature(t, 1, "missing(T/level)[-1]"), 1, 0);
    assert_near(feature(t, 1, "missing(T/level)"), 0, 0);
    assert_near(feature(t, 1, "T/level"), 4, 0);
    assert_near(feature(t, 2, "missing(T/flow)"), 1, 0);
    taught_free(t);
}

/* Without a hole where it learns, a step says nothing of holes. */
static void only_channels_with_holes_are_marked(void **state)
{
    taught *t = teach(1, 0, "impute:missing=yes");
    size_t count;

    (void) state;
    assert_ok(t->status);
    (void) davy_features_names(t->features, &count);
    assert_int_equal(count, 3);
    taught_free(t);
}

/* What is not named must be there: rows 5, 6 and 38 miss another channel. */
static void a_sample_with_another_hole_stays_out(void **state)
{
    taught *t = teach_holes(1, "impute:of=T/level");

    (void) state;
    assert_ok(t->status);
    assert_int_equal(t->samples.count, ROWS - 4);
    assert_int_equal(t->samples.left_out, 4);
    assert_int_equal(t->samples.holed, 2);
    taught_free(t);
    t = teach_holes(1, "last");
    assert_ok(t->status);
    assert_int_equal(t->samples.left_out, 6);
    assert_int_equal(t->samples.holed, 0);
    taught_free(t);
}

/* The word of row 6 is missing: it is none of them. */
static void a_missing_word_is_none_of_the_words(void **state)
{
    taught *t = teach_holes(1, "impute,onehot");

    (void) state;
    assert_ok(t->status);
    assert_near(feature(t, 6, "T/kind=acid"), 0, 0);
    assert_near(feature(t, 6, "T/kind=base"), 0, 0);
    assert_near(feature(t, 6, "T/kind=salt"), 0, 0);
    assert_near(feature(t, 6, "T/level"), 6, 0);
    taught_free(t);
}

static void a_channel_without_a_value_is_named(void **state)
{
    davy_table table = make_table(3);
    taught *t;

    (void) state;
    for (size_t row = 0; row < ROWS - 1; row++)
        table.values[ROWS + row] = NAN;
    t = teach_table(table, 1, 0, "impute,onehot");
    assert_fails(t->status, DAVY_ERR_INVALID, "'T/flow' has no value");
    taught_free(t);
}

static void more_regimes_than_regimes_can_be_are_refused(void **state)
{
    davy_table table = plant_table(100, 1);
    const char *const names[] = {"a"};
    const davy_features_source source = {names, NULL, 1};
    const size_t column = 0;
    const bool imputed = true;
    const davy_cut cut = {.form = {.kind = DAVY_FORM_ROW, .steps = 1, .channels = 1, .stride = 1},
                          .task = DAVY_TASK_LIFE,
                          .columns = &column,
                          .column_count = 1,
                          .imputed = &imputed,
                          .training = true};
    davy_sample_set samples = {0};
    davy_features *features = NULL;
    uint8_t held[100] = {0};
    davy_lesson lesson = {.samples = &samples, .held = held, .task = DAVY_TASK_LIFE};

    (void) state;
    for (size_t row = 0; row < 100; row++)
        table.values[row] = (double) row;
    assert_ok(davy_sample_set_cut(&table, &cut, &samples));
    assert_fails(davy_features_fit(&lesson, &source, "impute:by=a", &features), DAVY_ERR_INVALID,
                 "more than 64 values");
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

/* A settings' text begins with the steps that fill. */
static void steps_that_fill_stand_first(void **state)
{
    (void) state;
    assert_int_equal(davy_features_filling(""), 0);
    assert_int_equal(davy_features_filling("window"), 0);
    assert_int_equal(davy_features_filling("impute"), 6);
    assert_int_equal(davy_features_filling("imputer"), 0);
    assert_int_equal(davy_features_filling("impute:mean,window:spans=1,2"), 12);
    assert_int_equal(davy_features_filling("impute:of=a,impute:of=b,last"), 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hole_becomes_the_median_of_its_channel),
        cmocka_unit_test(or_its_mean),
        cmocka_unit_test(or_that_of_its_regime),
        cmocka_unit_test(a_regime_that_is_new_has_the_median_of_all),
        cmocka_unit_test(windows_are_filled_step_by_step),
        cmocka_unit_test(only_channels_with_holes_are_marked),
        cmocka_unit_test(a_sample_with_another_hole_stays_out),
        cmocka_unit_test(a_missing_word_is_none_of_the_words),
        cmocka_unit_test(a_channel_without_a_value_is_named),
        cmocka_unit_test(more_regimes_than_regimes_can_be_are_refused),
        cmocka_unit_test(steps_that_fill_stand_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
