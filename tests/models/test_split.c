/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "core/sample.h"
#include "models/samples/sample_split.h"

#include <math.h>
#include <string.h>

enum { ROWS = 120, STEPS = 5 };

/* Rows of so many runs, of equal length, whose names repeat after `engines` of them. */
static davy_table make_table(size_t runs, size_t engines)
{
    davy_table table = plant_table(ROWS, 1);

    free(table.run_names[0]);
    free((void *) table.run_names);
    table.run_names = calloc(runs, sizeof *table.run_names);
    table.labels = calloc(table.rows, sizeof *table.labels);
    assert_true(table.run_names && table.labels);
    table.run_count = runs;
    for (size_t run = 0; run < runs; run++) {
        table.run_names[run] = strdup("engine 0");
        table.run_names[run][7] = (char) ('0' + run % engines);
    }
    for (size_t row = 0; row < table.rows; row++) {
        table.runs[row] = (uint32_t) (row * runs / ROWS);
        table.values[row] = table.labels[row] = (double) row;
    }
    return table;
}

static davy_sample_set cut(const davy_table *table, davy_form_kind kind, size_t horizon)
{
    static const size_t columns[] = {0};
    const davy_cut cut = {.form = {.kind = kind,
                                   .steps = kind == DAVY_FORM_WINDOW ? STEPS : 1,
                                   .channels = 1,
                                   .stride = 1,
                                   .horizon = horizon},
                          .task = horizon > 0 ? DAVY_TASK_FORECAST : DAVY_TASK_REGRESS,
                          .columns = columns,
                          .column_count = 1,
                          .hold = 1,
                          .training = true};
    davy_sample_set samples = {0};

    assert_ok(davy_sample_set_cut(table, &cut, &samples));
    return samples;
}

static davy_split_done split(const davy_sample_set *samples, davy_split_wish wish,
                             uint8_t purposes[ROWS])
{
    davy_split_done done;

    wish.share = wish.share > 0 ? wish.share : 0.3;
    assert_ok(davy_sample_set_split(samples, &wish, purposes, &done));
    return done;
}

static size_t count(const davy_sample_set *samples, const uint8_t *purposes, davy_purpose which)
{
    size_t found = 0;

    for (size_t i = 0; i < samples->count; i++)
        found += purposes[i] == which;
    return found;
}

/* No row that one part knows is known to another. */
static void assert_apart(const davy_sample_set *samples, const uint8_t *purposes)
{
    for (size_t i = 0; i < samples->count; i++)
        for (size_t j = 0; j < samples->count; j++) {
            const davy_sample_place a = davy_sample_set_where(samples, i);
            const davy_sample_place b = davy_sample_set_where(samples, j);

            if (purposes[i] == purposes[j] || purposes[i] == DAVY_PURPOSE_NONE ||
                purposes[j] == DAVY_PURPOSE_NONE)
                continue;
            if (a.first <= b.last && b.first <= a.last)
                fail_msg("samples %zu and %zu overlap", i, j);
        }
}

static void windows_of_one_run_are_split_by_time_and_never_overlap(void **state)
{
    davy_table table = make_table(1, 1);
    davy_sample_set samples = cut(&table, DAVY_FORM_WINDOW, 0);
    uint8_t purposes[ROWS];
    davy_split_done done = split(&samples, (davy_split_wish){.share = 0.3}, purposes);

    (void) state;
    assert_int_equal(done.rule, DAVY_SPLIT_TIME);
    assert_false(done.forced);
    /* 116 windows: 17 judged, 18 watched; 4 windows before each of them reach in. */
    assert_int_equal(count(&samples, purposes, DAVY_PURPOSE_JUDGE), 17);
    assert_int_equal(done.left_out, 2 * (STEPS - 1));
    assert_int_equal(purposes[samples.count - 1], DAVY_PURPOSE_JUDGE);
    assert_apart(&samples, purposes);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void a_forecast_that_looks_into_the_judged_part_is_left_out(void **state)
{
    davy_table table = make_table(1, 1);
    davy_sample_set samples = cut(&table, DAVY_FORM_WINDOW, 3);
    uint8_t purposes[ROWS];
    const davy_split_done done = split(&samples, (davy_split_wish){.share = 0.3}, purposes);

    (void) state;
    assert_int_equal(done.left_out, 2 * (STEPS - 1 + 3));
    assert_apart(&samples, purposes);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void groups_of_one_name_in_several_files_are_one(void **state)
{
    davy_table table = make_table(12, 6);
    davy_sample_set samples = cut(&table, DAVY_FORM_WINDOW, 0);
    uint8_t purposes[ROWS];
    davy_split_done done = split(&samples, (davy_split_wish){.share = 0.4}, purposes);

    (void) state;
    assert_int_equal(samples.group_count, 6);
    assert_int_equal(done.rule, DAVY_SPLIT_GROUP);
    assert_true(count(&samples, purposes, DAVY_PURPOSE_JUDGE) > 0);
    for (size_t i = 0; i < samples.count; i++)
        for (size_t j = 0; j < samples.count; j++)
            if (samples.groups[i] == samples.groups[j])
                assert_int_equal(purposes[i], purposes[j]);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void a_random_split_of_what_belongs_together_is_refused_unless_forced(void **state)
{
    static const struct {
        size_t runs;
        davy_form_kind form;
        const char *why;
    } cases[] = {{1, DAVY_FORM_WINDOW, "windows that overlap"},
                 {6, DAVY_FORM_WINDOW, "windows that overlap"},
                 {6, DAVY_FORM_ROW, "tear apart what belongs together"}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_table table = make_table(cases[i].runs, cases[i].runs);
        davy_sample_set samples = cut(&table, cases[i].form, 0);
        davy_split_wish wish = {.rule = DAVY_SPLIT_RANDOM, .share = 0.3};
        davy_split_done done;
        uint8_t purposes[ROWS];

        assert_fails(davy_sample_set_split(&samples, &wish, purposes, &done), DAVY_ERR_INVALID,
                     cases[i].why);
        wish.forced = true;
        done = split(&samples, wish, purposes);
        assert_true(done.forced);
        assert_non_null(strstr(done.why.en, "flatters"));
        assert_int_equal(done.left_out, 0);
        davy_sample_set_clear(&samples);
        davy_table_clear(&table);
    }
}

static void rows_without_time_and_group_are_split_at_random_and_need_no_force(void **state)
{
    davy_table table = make_table(1, 1);
    davy_split_wish wish = {.rule = DAVY_SPLIT_TIME, .share = 0.3};
    davy_sample_set samples;
    davy_split_done done;
    uint8_t purposes[ROWS];

    (void) state;
    free(table.times);
    table.times = NULL;
    table.independent = true;
    samples = cut(&table, DAVY_FORM_ROW, 0);
    assert_fails(davy_sample_set_split(&samples, &wish, purposes, &done), DAVY_ERR_INVALID,
                 "--time");
    wish.rule = DAVY_SPLIT_GROUP;
    assert_fails(davy_sample_set_split(&samples, &wish, purposes, &done), DAVY_ERR_INVALID,
                 "--group");
    wish.rule = DAVY_SPLIT_OFFICIAL;
    assert_fails(davy_sample_set_split(&samples, &wish, purposes, &done), DAVY_ERR_INVALID,
                 "--test");
    done = split(&samples, (davy_split_wish){.share = 0.3}, purposes);
    assert_int_equal(done.rule, DAVY_SPLIT_RANDOM);
    assert_false(done.forced);
    assert_int_equal(count(&samples, purposes, DAVY_PURPOSE_LEARN), 84); /* 120 * 0.7 */
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

/* 60 rows without a scaffold that is known, 30 of one, and 15 of two rows each, in a column of
 * words; of 0.4 that are held out, half is 24 rows. */
static davy_table make_molecules(void)
{
    davy_table table = plant_table(ROWS, 2);

    free(table.times);
    table.times = NULL;
    table.independent = true;
    table.labels = calloc(ROWS, sizeof *table.labels);
    table.levels = calloc(2, sizeof *table.levels);
    assert_true(table.labels && table.levels);
    table.levels[1] = (davy_levels){calloc(16, sizeof(char *)), 16};
    assert_non_null(table.levels[1].names);
    for (size_t i = 0; i < 16; i++) {
        table.levels[1].names[i] = strdup("C1CC1a");
        table.levels[1].names[i][5] = (char) ('a' + i);
    }
    for (size_t row = 0; row < ROWS; row++) {
        table.values[row] = table.labels[row] = (double) row;
        table.values[ROWS + row] = row < 60 ? NAN : (double) (row < 90 ? 0 : 1 + (row - 90) / 2);
    }
    return table;
}

static void molecules_of_one_scaffold_stand_on_one_side(void **state)
{
    static const size_t columns[] = {0};
    davy_table table = make_molecules();
    const davy_cut wanted = {
        .form = {.kind = DAVY_FORM_ROW, .steps = 1, .channels = 1, .stride = 1},
        .task = DAVY_TASK_REGRESS,
        .columns = columns,
        .column_count = 1,
        .by_scaffold = true,
        .scaffold = 1,
        .training = true};
    davy_sample_set samples = {0};
    davy_sample_folds folds;
    davy_split_done done;
    uint8_t purposes[ROWS];

    (void) state;
    assert_ok(davy_sample_set_cut(&table, &wanted, &samples));
    assert_true(samples.by_scaffold);
    assert_int_equal(samples.group_count, 17);
    assert_string_equal(samples.group_names[samples.groups[60]], "C1CC1a");
    assert_int_equal(samples.groups[0], 16); /* the one of those that are not known */
    done = split(&samples, (davy_split_wish){.share = 0.4}, purposes);
    assert_int_equal(done.rule, DAVY_SPLIT_SCAFFOLD);
    assert_string_equal(davy_split_rule_name(done.rule), "scaffold");
    for (size_t i = 1; i < samples.count; i++)
        if (samples.groups[i] == samples.groups[i - 1])
            assert_int_equal(purposes[i], purposes[i - 1]);
    assert_int_equal(purposes[0], DAVY_PURPOSE_LEARN); /* what is common is learnt from */
    assert_true(count(&samples, purposes, DAVY_PURPOSE_JUDGE) > 0);
    assert_ok(davy_sample_set_folds(&samples, NULL, done.rule, 5, 1, &folds));
    for (size_t i = 1; i < samples.count; i++)
        if (samples.groups[i] == samples.groups[i - 1])
            assert_int_equal(folds.of[i], folds.of[i - 1]);
    davy_sample_folds_clear(&folds);
    davy_sample_set_clear(&samples);
    samples = cut(&table, DAVY_FORM_ROW, 0); /* without being asked, each row stands for itself */
    assert_fails(davy_sample_set_split(
                     &samples, &(davy_split_wish){.rule = DAVY_SPLIT_SCAFFOLD, .share = 0.4},
                     purposes, &done),
                 DAVY_ERR_INVALID, "'smiles'");
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void runs_with_times_can_be_split_by_time(void **state)
{
    davy_table table = make_table(4, 4);
    davy_sample_set samples;
    uint8_t purposes[ROWS];
    davy_split_done done;

    (void) state;
    for (size_t row = 0; row < table.rows; row++) /* four engines that run at once */
        table.times[row] = (int64_t) (row % 30) * DAVY_NS_PER_S;
    samples = cut(&table, DAVY_FORM_ROW, 0);
    done = split(&samples, (davy_split_wish){.rule = DAVY_SPLIT_TIME, .share = 0.2}, purposes);
    assert_int_equal(done.rule, DAVY_SPLIT_TIME);
    for (size_t i = 0; i < samples.count; i++)
        assert_int_equal(purposes[i], i % 30 < 24   ? DAVY_PURPOSE_LEARN
                                      : i % 30 < 27 ? DAVY_PURPOSE_WATCH
                                                    : DAVY_PURPOSE_JUDGE);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void official_files_say_what_is_judged_and_the_rest_is_watched_by_its_own_rule(void **state)
{
    davy_table table = make_table(6, 6);
    davy_sample_set samples;
    uint8_t purposes[ROWS];
    davy_split_done done;

    (void) state;
    table.run_parts = calloc(6, 1);
    assert_non_null(table.run_parts);
    table.run_parts[1] = DAVY_PURPOSE_JUDGE;
    samples = cut(&table, DAVY_FORM_WINDOW, 0);
    done = split(&samples, (davy_split_wish){.share = 0.4}, purposes);
    assert_int_equal(done.rule, DAVY_SPLIT_OFFICIAL);
    for (size_t i = 0; i < samples.count; i++)
        assert_int_equal(purposes[i] == DAVY_PURPOSE_JUDGE, samples.groups[i] == 1);
    assert_int_equal(count(&samples, purposes, DAVY_PURPOSE_WATCH), 16); /* one of five engines */
    done = split(&samples, (davy_split_wish){.rule = DAVY_SPLIT_GROUP}, purposes);
    assert_int_equal(done.rule, DAVY_SPLIT_GROUP);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void two_groups_are_learnt_from_and_judged(void **state)
{
    davy_table table = make_table(2, 2);
    davy_sample_set samples = cut(&table, DAVY_FORM_ROW, 0);
    uint8_t purposes[ROWS];

    (void) state;
    (void) split(&samples, (davy_split_wish){.share = 0.3}, purposes);
    assert_int_equal(count(&samples, purposes, DAVY_PURPOSE_LEARN), ROWS / 2);
    assert_int_equal(count(&samples, purposes, DAVY_PURPOSE_JUDGE), ROWS / 2);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void folds_by_time_learn_only_from_what_is_earlier(void **state)
{
    davy_table table = make_table(1, 1);
    davy_sample_set samples = cut(&table, DAVY_FORM_WINDOW, 0);
    davy_sample_folds folds = {0};
    uint8_t held[ROWS], purposes[ROWS];
    const davy_split_done done = split(&samples, (davy_split_wish){.share = 0.3}, held);

    (void) state;
    assert_ok(davy_sample_set_folds(&samples, held, done.rule, 4, 1, &folds));
    assert_int_equal(folds.count, 4);
    assert_true(folds.forward);
    for (size_t f = 0; f < folds.count; f++) {
        size_t latest = 0, earliest = SIZE_MAX;

        assert_ok(davy_sample_folds_take(&folds, &samples, f, purposes));
        assert_apart(&samples, purposes);
        for (size_t i = 0; i < samples.count; i++) {
            if (purposes[i] == DAVY_PURPOSE_LEARN)
                latest = i;
            else if (purposes[i] == DAVY_PURPOSE_JUDGE && earliest == SIZE_MAX)
                earliest = i;
            if (purposes[i] != DAVY_PURPOSE_NONE)
                assert_int_equal(held[i], DAVY_PURPOSE_LEARN);
        }
        assert_true(latest + STEPS <= earliest);
        assert_true(count(&samples, purposes, DAVY_PURPOSE_LEARN) > 0);
    }
    davy_sample_folds_clear(&folds);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

static void folds_by_group_judge_every_sample_once(void **state)
{
    davy_table table = make_table(12, 6);
    davy_sample_set samples = cut(&table, DAVY_FORM_WINDOW, 0);
    davy_sample_folds folds = {0};
    uint8_t purposes[ROWS], judged[ROWS] = {0};

    (void) state;
    assert_ok(davy_sample_set_folds(&samples, NULL, DAVY_SPLIT_AUTO, 10, 1, &folds));
    assert_int_equal(folds.count, 6); /* there are no more groups */
    for (size_t f = 0; f < folds.count; f++) {
        assert_ok(davy_sample_folds_take(&folds, &samples, f, purposes));
        for (size_t i = 0; i < samples.count; i++) {
            judged[i] += purposes[i] == DAVY_PURPOSE_JUDGE;
            for (size_t j = 0; j < samples.count; j++)
                if (samples.groups[i] == samples.groups[j])
                    assert_int_equal(purposes[i], purposes[j]);
        }
    }
    for (size_t i = 0; i < samples.count; i++)
        assert_int_equal(judged[i], 1);
    davy_sample_folds_clear(&folds);
    for (size_t i = 0; i < samples.count; i++)
        purposes[i] = samples.groups[i] > 0 ? DAVY_PURPOSE_JUDGE : DAVY_PURPOSE_LEARN;
    assert_fails(davy_sample_set_folds(&samples, purposes, DAVY_SPLIT_GROUP, 5, 1, &folds),
                 DAVY_ERR_INVALID, "two folds");
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_of_one_run_are_split_by_time_and_never_overlap),
        cmocka_unit_test(a_forecast_that_looks_into_the_judged_part_is_left_out),
        cmocka_unit_test(groups_of_one_name_in_several_files_are_one),
        cmocka_unit_test(a_random_split_of_what_belongs_together_is_refused_unless_forced),
        cmocka_unit_test(rows_without_time_and_group_are_split_at_random_and_need_no_force),
        cmocka_unit_test(molecules_of_one_scaffold_stand_on_one_side),
        cmocka_unit_test(runs_with_times_can_be_split_by_time),
        cmocka_unit_test(official_files_say_what_is_judged_and_the_rest_is_watched_by_its_own_rule),
        cmocka_unit_test(two_groups_are_learnt_from_and_judged),
        cmocka_unit_test(folds_by_time_learn_only_from_what_is_earlier),
        cmocka_unit_test(folds_by_group_judge_every_sample_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
