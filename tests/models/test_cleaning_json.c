/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * A cleaning in a model.json, which may be a stranger's; and a model that was learnt from cleaned
 * rows: it is its own judge of how live rows are cleaned.
 */
#include "scratch_registry.h"

#include "models/judge/evaluate.h"
#include "models/model_private.h"
#include "models/samples/cleaning_json.h"
#include "models/training/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RECIPE "missing:-200,range:low=-5:high=90,hampel:5:sigmas=4,stuck:30,hold:3,median:by=b"

/* Two columns: noise with a spike, a code and a hole; and a mode. */
static davy_table make(void)
{
    static const char *const names[] = {"a", "b"};
    davy_table table = {.rows = 60, .columns = 2, .run_count = 1};

    table.names = calloc(2, sizeof *table.names);
    table.values = calloc(120, sizeof *table.values);
    table.times = calloc(60, sizeof *table.times);
    table.runs = calloc(60, sizeof *table.runs);
    table.run_names = calloc(1, sizeof *table.run_names);
    table.run_names[0] = strdup("run");
    for (size_t row = 0; row < 60; row++) {
        table.values[row] = row == 9 ? -200 : row == 20 ? 80 : (double) (row * 37 % 11);
        table.values[60 + row] = row / 30 > 0;
        table.times[row] = (int64_t) row * 1000000000;
    }
    for (size_t row = 40; row < 48; row++)
        table.values[row] = NAN;
    for (size_t c = 0; c < 2; c++)
        table.names[c] = strdup(names[c]);
    return table;
}

static json_t *write_model(const davy_cleaning *cleaning)
{
    return json_pack("{so}", "cleaning", davy_cleaning_json_make(cleaning));
}

static davy_status read_model(json_t *root, davy_cleaning *cleaning)
{
    davy_arena arena = {0};
    davy_model_reader in = {.arena = &arena};

    davy_cleaning_json_read(&in, root, cleaning);
    davy_arena_clear(&arena);
    json_decref(root);
    return in.status;
}

static davy_cleaning learn(const davy_table *table)
{
    davy_cleaning cleaning;

    assert_ok(davy_cleaning_parse(RECIPE, &cleaning));
    assert_ok(davy_cleaning_learn(&cleaning, table, NULL));
    return cleaning;
}

/* Bounds that are not there and medians that are not known survive as null. */
static void a_cleaning_that_was_read_cleans_as_the_one_that_was_written(void **state)
{
    davy_table table = make(), again = make();
    davy_cleaning cleaning = learn(&table), read = {0};

    (void) state;
    assert_ok(read_model(write_model(&cleaning), &read));
    assert_string_equal(read.text, RECIPE);
    assert_ok(davy_cleaning_apply(&cleaning, &table, 0, NULL));
    assert_ok(davy_cleaning_apply(&read, &again, 0, NULL));
    assert_memory_equal(table.values, again.values, 120 * sizeof(double));
    davy_cleaning_clear(&cleaning);
    davy_cleaning_clear(&read);
    davy_table_clear(&table);
    davy_table_clear(&again);
}

static void a_model_without_the_key_cleans_nothing(void **state)
{
    davy_cleaning read = {0};

    (void) state;
    assert_ok(read_model(json_object(), &read));
    assert_int_equal(read.step_count, 0);
}

static void refuses_what_does_not_hold_together(void **state)
{
    static const struct {
        const char *key, *value, *words;
    } cases[] = {
        {"recipe", "\"polish\"", "'polish' is no cleaning step"},
        {"recipe", "\"hold\"", "'learnt' is not a list for each step"},
        {"recipe", "7", "recipe"},
        {"columns", "[\"b\"]", "as many numbers as each step needs"},
        {"columns", "[\"a\", \"c\"]", "there is no column 'b'"},
        {"columns", "7", "columns"},
        {"categories", "[2]", "categories"},
        {"categories", "[-1]", "categories"},
        {"categories", "[\"a\"]", "categories"},
        {"learnt", "[[], [1], [], [], [], []]", "as many numbers"},
        {"learnt", "[[], [1, 2, 3, 4], [], [1, 1], [], [1e300, 1]]", "as many numbers"},
        {"learnt", "[[], [1, 2, 3, 4], [], [1, 1], [], [-1]]", "as many numbers"},
        {"learnt", "[[], [1, 2, 3, \"x\"], [], [], [], []]", "learnt"},
        {"learnt", "[[], [1, 2, 3, 4], [5], [1, 1], [], []]", "as many numbers"},
        {"learnt", "7", "learnt"},
    };
    davy_table table = make();
    davy_cleaning cleaning = learn(&table);

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        json_t *root = write_model(&cleaning);
        davy_cleaning read = {0};

        json_object_set_new(json_object_get(root, "cleaning"), cases[i].key,
                            json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
        assert_fails(read_model(root, &read), DAVY_ERR_CORRUPT, cases[i].words);
        davy_cleaning_clear(&read);
    }
    davy_cleaning_clear(&cleaning);
    davy_table_clear(&table);
}

/* Spikes, codes and holes in half of the rows: what the model says of a history is what it says of
 * the same rows one by one, and not what one without the recipe says. */
static void scores_live_rows_as_it_learnt_them(void **state)
{
    davy_table table = plant_make(1500, 5);
    davy_train_options options = {.name = "m",
                                  .kind = "pca",
                                  .task = "anomaly",
                                  .registry = registry,
                                  .clean = "missing:-200,hampel:7:sigmas=6,hold:3"};
    davy_train_report report;
    davy_model *model;
    davy_run run = {0};
    size_t scored = 0;

    (void) state;
    for (size_t row = 100; row < 1500; row += 41)
        table.values[row] = -200;
    for (size_t row = 130; row < 1500; row += 53)
        table.values[1500 + row] *= 50;
    assert_ok(davy_train(&table, &options, &report));
    assert_non_null(strstr(report.summary, "Cleaned by missing:-200,hampel:7:sigmas=6,hold:3"));
    assert_ok(davy_model_open(report.folder, &model));
    assert_int_equal(model->cleaning.step_count, 3);
    assert_ok(davy_model_run(model, &table, false, &run));
    for (size_t row = 0; row < run.rows; row++) {
        scored += isfinite(run.scores[row]);
        assert_false(run.scores[row] > 5); /* a code would be a thousand */
    }
    assert_true(scored > 1400);
    davy_run_clear(&run);
    davy_model_close(model);
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cleaning_that_was_read_cleans_as_the_one_that_was_written),
        cmocka_unit_test(a_model_without_the_key_cleans_nothing),
        cmocka_unit_test(refuses_what_does_not_hold_together),
        cmocka_unit_test_setup_teardown(scores_live_rows_as_it_learnt_them, registry_set_up,
                                        registry_tear_down),
    };

    return cmocka_run_group_tests_name("models: cleaning in model.json", tests, NULL, NULL);
}
