/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "models/samples/bins.h"
#include "models/samples/leaks.h"
#include "models/samples/sample_split.h"

#include <math.h>
#include <string.h>

enum { ROWS = 400, COLUMNS = 6 };

/* Independent rows of six signals of noise, of two classes (or a number) that none of them knows.
 */
static davy_table make_table(bool classes)
{
    davy_table table = plant_table(ROWS, COLUMNS);
    uint64_t seed = 5;

    table.labels = calloc(table.rows, sizeof *table.labels);
    assert_non_null(table.labels);
    for (size_t row = 0; row < table.rows; row++) {
        for (size_t j = 0; j < COLUMNS; j++)
            table.values[j * ROWS + row] = plant_normal(&seed);
        table.labels[row] = classes ? (double) (plant_uniform(&seed) < 0.4) : plant_normal(&seed);
    }
    if (classes) {
        table.class_count = 2;
        table.classes = calloc(2, sizeof *table.classes);
        assert_non_null(table.classes);
        table.classes[0] = strdup("bad");
        table.classes[1] = strdup("good");
    }
    table.independent = true;
    return table;
}

static davy_sample_set cut(const davy_table *table, davy_form_kind kind, davy_task task)
{
    static const size_t columns[COLUMNS] = {0, 1, 2, 3, 4, 5};
    const davy_cut cut = {.form = {.kind = kind,
                                   .steps = kind == DAVY_FORM_WINDOW ? 8 : 1,
                                   .channels = COLUMNS,
                                   .stride = 1},
                          .task = task,
                          .columns = columns,
                          .column_count = COLUMNS,
                          .hold = 1,
                          .training = true};
    davy_sample_set samples = {0};

    assert_ok(davy_sample_set_cut(table, &cut, &samples));
    return samples;
}

/* All checks of a split; the model's figures are what the test says. */
static davy_clock_figures check(const davy_table *table, davy_form_kind form, davy_split_wish wish,
                                double model, davy_cautions *cautions)
{
    const bool classes = table->class_count > 0;
    davy_sample_set samples = cut(table, form, classes ? DAVY_TASK_CLASSIFY : DAVY_TASK_REGRESS);
    uint8_t held[ROWS];
    davy_split_done done;
    davy_clock_figures clock;
    const davy_leak_case given = {
        .learnt = {&samples, held, 1U << DAVY_PURPOSE_LEARN},
        .held = {&samples, held, 1U << DAVY_PURPOSE_WATCH | 1U << DAVY_PURPOSE_JUDGE},
        .judged = {&samples, held, 1U << DAVY_PURPOSE_JUDGE},
        .signals = (const char *const *) table->names,
        .task = classes ? DAVY_TASK_CLASSIFY : DAVY_TASK_REGRESS,
        .class_count = table->class_count,
        .model_f1 = model,
        .model_rmse = model};

    wish.share = 0.4;
    assert_ok(davy_sample_set_split(&samples, &wish, held, &done));
    *cautions = (davy_cautions){0};
    assert_ok(davy_leaks_check(&given, cautions, &clock));
    davy_sample_set_clear(&samples);
    return clock;
}

static void honest_samples_are_not_suspected(void **state)
{
    davy_table table = make_table(true);
    davy_cautions cautions;
    davy_clock_figures clock =
        check(&table, DAVY_FORM_ROW, (davy_split_wish){.seed = 1}, 0.5, &cautions);

    (void) state;
    assert_int_equal(cautions.count, 0);
    assert_true(isnan(clock.macro_f1)); /* rows of their own have no clock */
    davy_table_clear(&table);
}

/* Each spoils the first columns or the labels of an honest table. */
static void spoil_constant(davy_table *t)
{
    for (size_t row = 0; row < ROWS; row++)
        t->values[row] = 7;
}

static void spoil_counter(davy_table *t)
{
    for (size_t row = 0; row < ROWS; row++)
        t->values[row] = 3.0 * (double) row + 100;
}

static void spoil_disguise(davy_table *t)
{
    for (size_t row = 0; row < ROWS; row++)
        t->values[row] = t->labels[row] > 0 ? 4 : 9;
}

static void spoil_other_unit(davy_table *t)
{
    for (size_t row = 0; row < ROWS; row++)
        t->values[row] = 32 + 1.8 * t->labels[row];
}

static void spoil_oracle(davy_table *t)
{
    for (size_t row = 0; row < ROWS; row++)
        t->values[row] += 8 * t->labels[row];
}

/* Half of the rows are copies of the other half. */
static void spoil_copies(davy_table *t)
{
    for (size_t j = 0; j < COLUMNS; j++)
        for (size_t row = ROWS / 2; row < ROWS; row++)
            t->values[j * ROWS + row] = t->values[j * ROWS + row - ROWS / 2];
}

static void spoil_near_copies(davy_table *t)
{
    spoil_copies(t);
    for (size_t j = 0; j < COLUMNS; j++)
        for (size_t row = ROWS / 2; row < ROWS; row++)
            t->values[j * ROWS + row] += 1e-6;
}

static void every_leak_is_named(void **state)
{
    static const struct {
        const char *key, *says;
        bool classes;
        void (*spoil)(davy_table *table);
    } cases[] = {
        {"constant", "'s0'", true, spoil_constant},
        {"counter", "'s0' counts the rows", true, spoil_counter},
        {"disguise", "'s0' is the answer under another name", true, spoil_disguise},
        {"disguise", "'s0' is the answer under another name", false, spoil_other_unit},
        {"oracle", "'s0' alone has AUC-ROC", true, spoil_oracle},
        {"copies", "number for number", true, spoil_copies},
        {"copies", "number for number", false, spoil_copies},
        {"near_copies", "nearly copies", true, spoil_near_copies},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_table table = make_table(cases[i].classes);
        davy_cautions cautions;
        const davy_caution *found;

        cases[i].spoil(&table);
        (void) check(&table, DAVY_FORM_ROW, (davy_split_wish){.seed = 1}, 0.5, &cautions);
        found = davy_cautions_find(&cautions, cases[i].key);
        if (!found || !strstr(found->en, cases[i].says) || cautions.count != 1)
            fail_msg("%s (%zu): %zu found, '%s'", cases[i].key, i, cautions.count,
                     cautions.list[0].en);
        assert_true(strlen(found->zh) > 0);
        davy_table_clear(&table);
    }
}

static void windows_of_a_forced_split_share_rows(void **state)
{
    davy_table table = make_table(true);
    const davy_split_wish forced = {.rule = DAVY_SPLIT_RANDOM, .forced = true};
    davy_cautions cautions;

    (void) state;
    table.independent = false;
    (void) check(&table, DAVY_FORM_WINDOW, forced, 0.5, &cautions);
    assert_non_null(davy_cautions_find(&cautions, "overlap"));
    (void) check(&table, DAVY_FORM_WINDOW, (davy_split_wish){.seed = 0}, 0.5, &cautions);
    assert_null(davy_cautions_find(&cautions, "overlap"));
    davy_table_clear(&table);
}

/* Ten runs, each with its event in the second half: what SKAB's files are like. */
static void a_clock_that_is_as_good_as_the_model_is_said_loudly(void **state)
{
    davy_table table = make_table(true);
    davy_cautions cautions;
    davy_clock_figures clock;

    (void) state;
    table.independent = false;
    free(table.run_names[0]);
    free((void *) table.run_names);
    table.run_count = 10;
    table.run_names = calloc(10, sizeof *table.run_names);
    assert_non_null(table.run_names);
    for (size_t run = 0; run < 10; run++) {
        char name[16];

        (void) snprintf(name, sizeof name, "run %zu", run);
        table.run_names[run] = strdup(name);
    }
    for (size_t row = 0; row < ROWS; row++) {
        table.runs[row] = (uint32_t) (row / 40);
        table.labels[row] = row % 40 < 20 ? 1 : 0;
    }
    clock = check(&table, DAVY_FORM_ROW, (davy_split_wish){.seed = 1}, 0.9, &cautions);
    assert_near(clock.macro_f1, 1, 0);
    assert_non_null(davy_cautions_find(&cautions, "clock"));
    assert_non_null(strstr(davy_cautions_find(&cautions, "clock")->en, "CLOCK"));
    for (size_t row = 0; row < ROWS; row++) /* the event is anywhere */
        table.labels[row] = (row * 7919 % 400) < 200 ? 1 : 0;
    (void) check(&table, DAVY_FORM_ROW, (davy_split_wish){.seed = 1}, 0.9, &cautions);
    assert_null(davy_cautions_find(&cautions, "clock"));
    davy_table_clear(&table);
}

/* By hand: bins 1, 2, 3 with 2, 1 and 0 of class 1, and 0, 1 and 2 of class 0; of the 9 pairs 8 are
 * in order and one is a tie at 2: 8 + 1/2 of 9. */
static void bins_answer_as_their_samples_did(void **state)
{
    static const float values[] = {1, 1, 2, 2, 3, 3};
    static const double classes[] = {1, 1, 1, 0, 0, 0}, numbers[] = {1, 3, 5, 5, 9, 9};
    davy_bins bins = {0};
    davy_bins_figures figures;

    (void) state;
    assert_ok(davy_bins_fit(values, classes, 6, 2, &bins));
    assert_int_equal(bins.count, 3);
    assert_ok(davy_bins_judge(&bins, values, classes, 6, &figures));
    assert_near(figures.auc, 8.5 / 9, 1e-12);
    davy_bins_clear(&bins);
    assert_ok(davy_bins_fit(values, numbers, 6, 0, &bins));
    assert_int_equal(davy_bins_find(&bins, -100), 0);
    assert_int_equal(davy_bins_find(&bins, 100), 2);
    assert_ok(davy_bins_judge(&bins, values, numbers, 6, &figures));
    /* Errors of 1 and -1 at the first bin; the spread about 16/3 is 222 - 512/3. */
    assert_near(figures.rmse, sqrt(2.0 / 6), 1e-12);
    assert_near(figures.r2, 1 - 2 / (222 - 512.0 / 3), 1e-12);
    davy_bins_clear(&bins);
    assert_fails(davy_bins_fit(values, numbers, 0, 0, &bins), DAVY_ERR_INVALID, "nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_samples_are_not_suspected),
        cmocka_unit_test(every_leak_is_named),
        cmocka_unit_test(windows_of_a_forced_split_share_rows),
        cmocka_unit_test(a_clock_that_is_as_good_as_the_model_is_said_loudly),
        cmocka_unit_test(bins_answer_as_their_samples_did),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
