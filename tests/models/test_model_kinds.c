/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The contract of every kind that watches: shares that sum to the score, the same bits after the
 * file, the same bytes from the same seed, and a sentence for a history that says nothing. A new
 * kind is tested by being in the table of kinds.
 */
#include "scratch_registry.h"

#include "models/kind.h"

#define ROWS 600

/* Little work for networks. */
static const char *const quick[] = {"epochs=2", "width=8", "units=8", "trees=20"};

static bool knows(const davy_model_kind *kind, const char *given)
{
    return davy_settings_check(kind->settings, kind->setting_count, &given, 1) == DAVY_OK;
}

static davy_status train(const davy_model_kind *kind, const davy_table *table, uint64_t seed,
                         davy_train_report *report)
{
    const char *known[DAVY_ARRAY_LENGTH(quick)];
    davy_train_options options = {.name = kind->name,
                                  .kind = kind->name,
                                  .task = "anomaly",
                                  .registry = registry,
                                  .budget_per_day = 24,
                                  .seed = seed,
                                  .settings = known};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(quick); i++)
        if (knows(kind, quick[i]))
            known[options.setting_count++] = quick[i];
    return davy_train(table, &options, report);
}

static davy_model *learn(const davy_model_kind *kind, const davy_table *table, uint64_t seed)
{
    davy_train_report report;
    davy_model *model = NULL;

    assert_ok(train(kind, table, seed, &report));
    assert_ok(davy_registry_open(registry, kind->name, &model));
    return model;
}

static void check_shares(const char *kind, const davy_run *run, size_t rows)
{
    for (size_t row = 0; row < rows; row++) {
        const double *shares = run->contributions + row * PLANT_SIGNALS;
        double sum = 0;

        if (run->verdicts[row] == DAVY_VERDICT_ABSTAIN)
            continue;
        for (size_t j = 0; j < PLANT_SIGNALS; j++) {
            assert_true(shares[j] >= 0);
            sum += shares[j];
        }
        if (!(fabs(sum - run->scores[row]) <= 1e-12 * fmax(run->scores[row], 1)))
            fail_msg("%s, row %zu: shares sum to %.17g, the score is %.17g", kind, row, sum,
                     run->scores[row]);
    }
}

/* The last half jumps far: it must score above the first, and its signal stands first. */
static void every_kind_scores_a_jump_and_shares_it_out(void **state)
{
    (void) state;
    for (size_t k = 0; davy_model_kinds()[k]; k++) {
        const davy_model_kind *kind = davy_model_kinds()[k];
        davy_table table = plant_make(ROWS, 1), live = plant_make(200, 2);
        davy_model *model = learn(kind, &table, 1);
        davy_run run = {0};
        size_t named = 0, above = 0;

        for (size_t row = 150; row < 200; row++)
            live.values[4 * 200 + row] += row % 2 ? 200 : -200;
        assert_ok(davy_model_run(model, &live, true, &run));
        check_shares(kind->name, &run, 200);
        for (size_t row = 180; row < 200; row++) {
            const double *shares = run.contributions + row * PLANT_SIGNALS;
            size_t most = 0;

            for (size_t j = 1; j < PLANT_SIGNALS; j++)
                most = shares[j] > shares[most] ? j : most;
            named += most == 4;
            above += run.scores[row] > run.scores[140];
        }
        if (named < 20 || above < 20)
            fail_msg("%s: of 20 rows %zu name the signal and %zu stand out", kind->name, named,
                     above);
        davy_run_clear(&run);
        davy_model_close(model);
        davy_table_clear(&table);
        davy_table_clear(&live);
    }
}

static void every_kind_is_a_function_of_its_seed_and_rows(void **state)
{
    (void) state;
    for (size_t k = 0; davy_model_kinds()[k]; k++) {
        const davy_model_kind *kind = davy_model_kinds()[k];
        davy_table table = plant_make(ROWS, 1);
        davy_model *first = learn(kind, &table, 5), *second = learn(kind, &table, 5);

        assert_string_equal(davy_model_describe(first)->file_hash,
                            davy_model_describe(second)->file_hash);
        davy_model_close(first);
        davy_model_close(second);
        davy_table_clear(&table);
    }
}

/* Far beyond all that was seen, at 0 and at the largest values that a row may have. */
static void every_kind_answers_rows_from_another_world(void **state)
{
    static const double worlds[] = {0, 1e9, -1e30, 1e100};

    (void) state;
    for (size_t k = 0; davy_model_kinds()[k]; k++) {
        const davy_model_kind *kind = davy_model_kinds()[k];
        davy_table table = plant_make(ROWS, 1), live = plant_make(200, 2);
        davy_model *model = learn(kind, &table, 1);
        davy_run run = {0};

        for (size_t i = 0; i < 4; i++)
            for (size_t row = 100 + 25 * i; row < 125 + 25 * i; row++)
                live.values[2 * 200 + row] = worlds[i];
        assert_ok(davy_model_run(model, &live, true, &run));
        check_shares(kind->name, &run, 200);
        for (size_t row = 80; row < 200; row++)
            if (!isfinite(run.scores[row]))
                fail_msg("%s: row %zu scores %g", kind->name, row, run.scores[row]);
        davy_run_clear(&run);
        davy_model_close(model);
        davy_table_clear(&table);
        davy_table_clear(&live);
    }
}

/* One signal stands still and the others move: no harm. All stand still: refused. */
static void every_kind_bears_signals_that_stand_still(void **state)
{
    (void) state;
    for (size_t k = 0; davy_model_kinds()[k]; k++) {
        const davy_model_kind *kind = davy_model_kinds()[k];
        davy_table table = plant_make(ROWS, 1);
        davy_train_report report;

        for (size_t row = 0; row < ROWS; row++)
            table.values[row] = 5;
        davy_model_close(learn(kind, &table, 1));
        for (size_t i = 0; i < (size_t) ROWS * PLANT_SIGNALS; i++)
            table.values[i] = 5;
        assert_fails(train(kind, &table, 1, &report), DAVY_ERR_INVALID, "signals moves");
        davy_table_clear(&table);
    }
}

static void every_kind_refuses_what_is_too_little(void **state)
{
    (void) state;
    for (size_t k = 0; davy_model_kinds()[k]; k++) {
        davy_table table = plant_make(ROWS, 1);
        davy_train_report report;

        table.rows = 1;
        assert_fails(train(davy_model_kinds()[k], &table, 1, &report), DAVY_ERR_INVALID, "too few");
        table.rows = ROWS;
        for (size_t row = 0; row < ROWS; row++)
            table.values[3 * ROWS + row] = NAN;
        assert_fails(train(davy_model_kinds()[k], &table, 1, &report), DAVY_ERR_INVALID,
                     "has no value at all");
        davy_table_clear(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_scores_a_jump_and_shares_it_out),
        cmocka_unit_test(every_kind_is_a_function_of_its_seed_and_rows),
        cmocka_unit_test(every_kind_answers_rows_from_another_world),
        cmocka_unit_test(every_kind_bears_signals_that_stand_still),
        cmocka_unit_test(every_kind_refuses_what_is_too_little),
    };

    return cmocka_run_group_tests(tests, registry_set_up, registry_tear_down);
}
