/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

/* Two runs of ten rows at one row a second; rows 4 to 7 of the first and 5 to 8 of the second are
 * faulty. The alarms are set by hand, so that every figure can be counted. */
typedef struct example {
    davy_table table;
    davy_run run;
} example;

static example make_example(void)
{
    example e = {.table = plant_table(20, 1)};

    e.table.labels = calloc(20, sizeof(double));
    e.table.run_count = 2;
    e.run = (davy_run){.rows = 20, .signals = 1};
    e.run.scores = calloc(20, sizeof(double));
    e.run.verdicts = calloc(20, 1);
    e.run.reasons = calloc(20, sizeof *e.run.reasons);
    for (size_t row = 0; row < 20; row++) {
        e.table.runs[row] = row >= 10;
        e.table.labels[row] = (row >= 4 && row < 8) || (row >= 15 && row < 19);
    }
    return e;
}

static void clear_example(example *e)
{
    e->table.run_count = 1;
    davy_table_clear(&e->table);
    davy_run_clear(&e->run);
}

static void raise_alarm(example *e, size_t row)
{
    e->run.scores[row] = 2.0;
    e->run.verdicts[row] = DAVY_VERDICT_ALARM;
}

static void sets_the_model_beside_rules_that_look_at_nothing(void **state)
{
    example e = make_example();
    davy_evaluation out;

    (void) state;
    raise_alarm(&e, 6);
    raise_alarm(&e, 7);
    raise_alarm(&e, 12);
    assert_ok(davy_evaluate(&e.table, &e.run, &out));
    assert_true(out.labelled);
    assert_int_equal(out.faulty, 8);
    assert_near(out.model.f1, 4.0 / 11.0, 1e-12); /* 2 true, 1 false, 6 missed */
    assert_near(out.model.false_rate, 1.0 / 12.0, 1e-12);
    assert_near(out.model.missed_rate, 0.75, 1e-12);
    /* 96 pairs: 2 faulty rows win 11 and tie 1; 6 lose 1 and tie 11. */
    assert_near(out.model.auc_roc, (22 + 1 + 33) / 96.0, 1e-12);
    assert_near(out.always.f1, 16.0 / 28.0, 1e-12);
    assert_near(out.always.false_rate, 1.0, 0.0);
    /* The clock of the other run: rows 5-8 of the first, 4-7 of the second: 6 true, 2 false. */
    assert_near(out.clock.f1, 12.0 / 16.0, 1e-12);
    clear_example(&e);
}

static void counts_events_delays_and_false_episodes(void **state)
{
    example e = make_example();
    davy_evaluation out;

    (void) state;
    raise_alarm(&e, 6);
    raise_alarm(&e, 11);
    assert_ok(davy_evaluate(&e.table, &e.run, &out));
    assert_int_equal(out.events, 2);
    assert_int_equal(out.detected, 1);
    assert_near(out.delay_rows, 2.0, 0.0);
    assert_near(out.delay_seconds, 2.0, 1e-9);
    assert_int_equal(out.episodes, 1); /* the one at row 11; that at row 6 was right */
    assert_near(out.days, 18.0 / 86400.0, 1e-12);
    clear_example(&e);
}

static void leaves_rows_without_a_verdict_out(void **state)
{
    example e = make_example();
    davy_evaluation out;

    (void) state;
    for (size_t row = 0; row < 4; row++) {
        e.run.verdicts[row] = DAVY_VERDICT_ABSTAIN;
        e.run.scores[row] = NAN;
    }
    assert_ok(davy_evaluate(&e.table, &e.run, &out));
    assert_int_equal(out.abstained, 4);
    assert_near(out.model.false_rate, 0.0, 0.0);
    clear_example(&e);
}

static void says_little_without_labels(void **state)
{
    example e = make_example();
    davy_evaluation out;

    (void) state;
    raise_alarm(&e, 6);
    free(e.table.labels);
    e.table.labels = NULL;
    assert_ok(davy_evaluate(&e.table, &e.run, &out));
    assert_false(out.labelled);
    assert_true(isnan(out.model.f1) && isnan(out.clock.f1));
    assert_int_equal(out.episodes, 1);
    clear_example(&e);
}

static void has_no_clock_with_one_run(void **state)
{
    example e = make_example();
    uint8_t alarms[10];
    davy_evaluation out;

    (void) state;
    assert_fails(davy_clock_alarms(e.table.labels, e.table.runs, 10, 1, alarms), DAVY_ERR_INVALID,
                 "a clock needs two");
    memset(e.table.runs, 0, 20 * sizeof *e.table.runs);
    assert_ok(davy_evaluate(&e.table, &e.run, &out));
    assert_true(isnan(out.clock.f1));
    clear_example(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_the_model_beside_rules_that_look_at_nothing),
        cmocka_unit_test(counts_events_delays_and_false_episodes),
        cmocka_unit_test(leaves_rows_without_a_verdict_out),
        cmocka_unit_test(says_little_without_labels),
        cmocka_unit_test(has_no_clock_with_one_run),
    };

    return cmocka_run_group_tests_name("models: evaluation", tests, NULL, NULL);
}
