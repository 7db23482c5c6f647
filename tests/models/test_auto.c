/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch_registry.h"

#include "core/file.h"
#include "models/predictor.h"
#include "models/training/trials.h"

#define COLUMNS 3

typedef double (*rule)(const double *x);

static double plane(const double *x)
{
    return 3 * x[0] - 2 * x[1] + 0.5 * x[2];
}

static double interaction(const double *x)
{
    return x[0] * x[1];
}

/* Rows by themselves, of numbers or of two classes by the sign of the rule, with some noise. */
static davy_table make_rows(size_t rows, rule answer, bool classes, uint64_t seed)
{
    davy_table table = plant_table(rows, COLUMNS);

    table.independent = true;
    table.labels = calloc(rows, sizeof *table.labels);
    assert_non_null(table.labels);
    for (size_t row = 0; row < rows; row++) {
        double x[COLUMNS], y;

        for (size_t j = 0; j < COLUMNS; j++)
            table.values[j * rows + row] = x[j] = plant_normal(&seed);
        y = answer(x) + 0.2 * plant_normal(&seed);
        table.labels[row] = classes ? y > 0 : y;
    }
    if (classes) {
        table.classes = calloc(2, sizeof *table.classes);
        assert_non_null(table.classes);
        table.classes[table.class_count++] = strdup("off");
        table.classes[table.class_count++] = strdup("on");
    }
    return table;
}

static davy_train_options options_of(const davy_table *table, const char *const *settings,
                                     size_t count)
{
    return (davy_train_options){.name = "m",
                                .kind = "auto",
                                .task = table->classes ? "classify" : "regress",
                                .registry = registry,
                                .seed = 3,
                                .label = "answer",
                                .settings = settings,
                                .setting_count = count};
}

static json_t *train(const davy_table *table, const char *const *settings, size_t count)
{
    const davy_train_options options = options_of(table, settings, count);
    davy_train_report report;
    davy_buffer bytes = {0};
    char path[1100];
    json_t *root;

    assert_ok(davy_train(table, &options, &report));
    (void) snprintf(path, sizeof path, "%s/model.json", report.folder);
    assert_ok(davy_file_read(path, 1 << 24, &bytes));
    root = json_loadb(bytes.bytes, bytes.length, 0, NULL);
    assert_non_null(root);
    davy_buffer_clear(&bytes);
    return root;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static void takes_a_plane_where_a_plane_is_right(void **state)
{
    davy_table table = make_rows(200, plane, false, 5);
    json_t *root = train(&table, (const char *[]){"trials=4"}, 1);

    (void) state;
    assert_string_equal(text_of(root, "kind"), "linear");
    assert_true(json_array_size(json_object_get(root, "trials")) >= 3);
    json_decref(root);
    davy_table_clear(&table);
}

/* No plane tells the sign of a product: what is taken is not linear, and beats it by far. */
static void takes_no_plane_where_numbers_act_together(void **state)
{
    davy_table table = make_rows(400, interaction, true, 6);
    json_t *root = train(&table, NULL, 0), *trial;
    const json_t *trials = json_object_get(root, "trials");
    double linear = NAN, chosen = NAN;
    size_t i;

    (void) state;
    assert_string_not_equal(text_of(root, "kind"), "linear");
    assert_string_not_equal(text_of(root, "kind"), "auto");
    json_array_foreach(trials, i, trial)
    {
        const double mean = json_number_value(json_object_get(trial, "mean"));

        if (strcmp(text_of(trial, "kind"), "linear") == 0)
            linear = mean;
        if (json_is_true(json_object_get(trial, "chosen"))) {
            chosen = mean;
            assert_string_equal(text_of(trial, "kind"), text_of(root, "kind"));
        }
    }
    assert_true(linear > 0.3 && chosen < linear - 0.15);
    json_decref(root);
    davy_table_clear(&table);
}

/* The settings that were chosen are those that model.json says and that the kind was fitted by. */
static void the_version_has_the_settings_of_what_was_taken(void **state)
{
    davy_table table = make_rows(300, plane, false, 5);
    json_t *root = train(&table, (const char *[]){"trials=1", "holdout=0.3"}, 2);
    const json_t *settings = json_object_get(root, "settings");

    (void) state;
    assert_int_equal(json_array_size(json_object_get(root, "trials")), 1);
    assert_string_equal(text_of(settings, "trials"), "1");
    assert_string_equal(text_of(settings, "holdout"), "0.3");
    assert_string_equal(text_of(settings, "l2"), "-1");
    json_decref(root);
    davy_table_clear(&table);
}

/* Same data and seed: the same trials to the digit, and the same choice. */
static void the_same_seed_makes_the_same_choice(void **state)
{
    davy_table table = make_rows(200, interaction, true, 7);
    const char *const few[] = {"trials=4"};
    json_t *first = train(&table, few, 1), *second = train(&table, few, 1);

    (void) state;
    assert_true(json_equal(json_object_get(first, "trials"), json_object_get(second, "trials")));
    json_decref(first);
    json_decref(second);
    davy_table_clear(&table);
}

/* The latest rows are judged: their answers are turned round, and the choice and all its losses
 * stay. */
static void what_is_judged_has_no_say_in_the_choice(void **state)
{
    const char *const few[] = {"trials=4"};
    const size_t rows = 300;
    davy_table table = make_rows(rows, interaction, true, 8);
    json_t *first, *second;

    (void) state;
    table.independent = false; /* one run, with times */
    first = train(&table, few, 1);
    for (size_t row = rows - rows / 20; row < rows; row++)
        table.labels[row] = 1 - table.labels[row];
    second = train(&table, few, 1);
    assert_true(json_equal(json_object_get(first, "trials"), json_object_get(second, "trials")));
    assert_true(!json_equal(json_object_get(first, "metrics"), json_object_get(second, "metrics")));
    json_decref(first);
    json_decref(second);
    davy_table_clear(&table);
}

static davy_trial trial_of(size_t candidate, double low, double high)
{
    return (davy_trial){
        .candidate = &davy_candidates[candidate], .measured = true, .losses = {low, high}};
}

/* Two folds of 0.1 and 0.3: mean 0.2, deviation 0.1 sqrt 2, standard error 0.1. The simplest within
 * 0.3 is taken, and not the first that is better than the next. */
static void the_simplest_within_one_standard_error_is_taken(void **state)
{
    davy_trials trials = {.count = 4, .folds = 2};

    (void) state;
    trials.list[0] = trial_of(0, 0.30, 0.32);
    trials.list[1] = trial_of(1, 0.28, 0.31);
    trials.list[2] = trial_of(2, 0.21, 0.25);
    trials.list[3] = trial_of(3, 0.1, 0.3);
    assert_true(davy_trials_choose(&trials));
    assert_near(trials.list[3].mean, 0.2, 1e-12);
    assert_near(trials.list[3].error, 0.1, 1e-12);
    assert_int_equal(trials.chosen, 1);
    trials.list[1].measured = false;
    assert_true(davy_trials_choose(&trials));
    assert_int_equal(trials.chosen, 2);
    trials.list[3] = trial_of(3, 0.05, 0.05); /* no error: it alone is within it */
    assert_true(davy_trials_choose(&trials));
    assert_int_equal(trials.chosen, 3);
    for (size_t i = 0; i < trials.count; i++)
        trials.list[i].measured = false;
    assert_false(davy_trials_choose(&trials));
}

static bool interrupt_later(void *context)
{
    return ++*(int *) context > 6;
}

static void a_search_can_be_interrupted(void **state)
{
    davy_table table = make_rows(200, plane, false, 9);
    davy_train_options options = options_of(&table, NULL, 0);
    davy_train_report report;
    int asked = 0;

    (void) state;
    options.interrupted = interrupt_later;
    options.progress_context = &asked;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_TIMEOUT, "interrupted");
    davy_table_clear(&table);
}

/* Three rows of a class are too few to be folded. */
static void samples_that_cannot_be_folded_are_learnt_by_the_simplest(void **state)
{
    davy_table table = make_rows(6, plane, true, 2);
    json_t *root;

    (void) state;
    for (size_t row = 0; row < table.rows; row++)
        table.labels[row] = (double) (row % 2);
    root = train(&table, (const char *[]){"holdout=0"}, 1);
    assert_string_not_equal(text_of(root, "kind"), "auto");
    json_decref(root);
    davy_table_clear(&table);
}

static void settings_of_a_kind_are_not_those_of_the_search(void **state)
{
    davy_table table = make_rows(60, plane, false, 2);
    const davy_train_options options = options_of(&table, (const char *[]){"k=3"}, 1);
    davy_train_report report;

    (void) state;
    assert_fails(davy_train(&table, &options, &report), DAVY_ERR_INVALID, "trial_folds");
    davy_table_clear(&table);
}

int main(void)
{
#define with_registry(test) \
    cmocka_unit_test_setup_teardown(test, registry_set_up, registry_tear_down)
    const struct CMUnitTest tests[] = {
        with_registry(takes_a_plane_where_a_plane_is_right),
        with_registry(takes_no_plane_where_numbers_act_together),
        with_registry(the_version_has_the_settings_of_what_was_taken),
        with_registry(the_same_seed_makes_the_same_choice),
        with_registry(what_is_judged_has_no_say_in_the_choice),
        cmocka_unit_test(the_simplest_within_one_standard_error_is_taken),
        with_registry(a_search_can_be_interrupted),
        with_registry(samples_that_cannot_be_folded_are_learnt_by_the_simplest),
        with_registry(settings_of_a_kind_are_not_those_of_the_search),
    };

    return cmocka_run_group_tests_name("models: auto", tests, NULL, NULL);
}
