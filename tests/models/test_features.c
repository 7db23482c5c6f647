/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Features as nodes: what each step makes, by hand, and the contract of all steps.
 */
#include "plant.h"

#include "models/feature_private.h"

#define ROWS 40

static const char *const signals[] = {"T/level", "T/flow", "T/kind"};
static char *words[] = {(char *) (uintptr_t) "acid", (char *) (uintptr_t) "base",
                        (char *) (uintptr_t) "salt", (char *) (uintptr_t) "unused"};
static const davy_levels levels[] = {{0}, {0}, {words, 4}};

/* Two runs of 20 rows: level rises by 1 a row, flow is noise, kind goes round three words. */
static davy_table make_table(uint64_t seed)
{
    davy_table table = plant_table(ROWS, 3);

    free(table.run_names[0]);
    free((void *) table.run_names);
    table.run_names = calloc(2, sizeof *table.run_names);
    table.labels = calloc(ROWS, sizeof *table.labels);
    assert_true(table.run_names && table.labels);
    table.run_count = 2;
    table.run_names[0] = strdup("first");
    table.run_names[1] = strdup("second");
    for (size_t row = 0; row < ROWS; row++) {
        table.runs[row] = row / 20;
        table.values[row] = (double) row;
        table.values[ROWS + row] = 10 * plant_normal(&seed);
        table.values[2 * ROWS + row] = (double) (row % 3);
        table.labels[row] = (double) (row % 7);
    }
    return table;
}

typedef struct taught {
    davy_table table;
    davy_sample_set samples;
    uint8_t held[ROWS];
    davy_lesson lesson;
    davy_features *features;
    davy_status status;
} taught;

/* Windows of `steps` rows of all three columns; the last quarter is not learnt from. */
static taught *teach_table(davy_table table, size_t steps, size_t early, const char *text)
{
    static const size_t columns[] = {0, 1, 2};
    static const davy_features_source source = {signals, levels, 3};
    const davy_cut cut = {
        .form = {.kind = steps + (early > 0) > 1 ? DAVY_FORM_WINDOW : DAVY_FORM_ROW,
                 .steps = steps + (early > 0),
                 .channels = 3,
                 .stride = 1,
                 .early = early},
        .task = DAVY_TASK_REGRESS,
        .columns = columns,
        .column_count = 3,
        .training = true};
    taught *t = calloc(1, sizeof *t);

    assert_non_null(t);
    t->table = table;
    assert_ok(davy_sample_set_cut(&t->table, &cut, &t->samples));
    for (size_t i = 0; i < t->samples.count; i++)
        t->held[i] = i >= 3 * t->samples.count / 4 ? DAVY_PURPOSE_JUDGE : DAVY_PURPOSE_LEARN;
    t->lesson = (davy_lesson){
        .samples = &t->samples, .held = t->held, .task = DAVY_TASK_REGRESS, .seed = 1};
    t->status = davy_features_fit(&t->lesson, &source, text, &t->features);
    return t;
}

static taught *teach(size_t steps, size_t early, const char *text)
{
    return teach_table(make_table(3), steps, early, text);
}

static void taught_free(taught *t)
{
    davy_features_destroy(t->features);
    davy_sample_set_clear(&t->samples);
    davy_table_clear(&t->table);
    free(t);
}

static size_t find(const taught *t, const char *name)
{
    size_t count;
    const char *const *names = davy_features_names(t->features, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    fail_msg("no feature '%s'", name);
    return 0;
}

/* A feature of one sample, by name. */
static double feature(const taught *t, size_t sample, const char *name)
{
    float values[DAVY_FEATURES_MAX];

    assert_ok(davy_sample_set_read(davy_features_samples(t->features), sample, values));
    return (double) values[find(t, name)];
}

/* Rows 0, 1, 2, 3 of the level: by hand. */
static void window_statistics_are_those_of_the_rows(void **state)
{
    taught *t =
        teach(4, 0, "window:stats=mean+std+slope+min+max+last+range+rms+skew+kurtosis+crest");

    (void) state;
    assert_ok(t->status);
    assert_float_equal(feature(t, 0, "mean(T/level)"), 1.5, 1e-6);
    assert_float_equal(feature(t, 0, "std(T/level)"), sqrt(1.25), 1e-6);
    assert_float_equal(feature(t, 0, "slope(T/level)"), 1, 1e-6);
    assert_float_equal(feature(t, 0, "min(T/level)"), 0, 0);
    assert_float_equal(feature(t, 0, "max(T/level)"), 3, 0);
    assert_float_equal(feature(t, 0, "last(T/level)"), 3, 0);
    assert_float_equal(feature(t, 0, "range(T/level)"), 3, 0);
    assert_float_equal(feature(t, 0, "rms(T/level)"), sqrt(14.0 / 4), 1e-6);
    assert_float_equal(feature(t, 0, "skew(T/level)"), 0, 1e-6);
    assert_float_equal(feature(t, 0, "kurtosis(T/level)"), 1.64, 1e-5); /* 41 / 25 */
    assert_float_equal(feature(t, 0, "crest(T/level)"), 3 / sqrt(14.0 / 4), 1e-6);
    taught_free(t);
}

static void spans_look_at_the_newest_rows(void **state)
{
    taught *t = teach(6, 0, "window:spans=2,6:stats=mean:of=T/level");
    size_t count;

    (void) state;
    assert_ok(t->status);
    (void) davy_features_names(t->features, &count);
    assert_int_equal(count, 2);
    assert_float_equal(feature(t, 0, "mean2(T/level)"), 4.5, 1e-6); /* rows 4 and 5 of 0 .. 5 */
    assert_float_equal(feature(t, 0, "mean(T/level)"), 2.5, 1e-6);
    taught_free(t);
}

/* "unused" is not among the samples, so it has no feature. */
static void each_word_that_occurs_becomes_a_feature(void **state)
{
    taught *t = teach(1, 0, "onehot");
    size_t count;

    (void) state;
    assert_ok(t->status);
    (void) davy_features_names(t->features, &count);
    assert_int_equal(count, 5);
    assert_float_equal(feature(t, 4, "T/kind=base"), 1, 0);
    assert_float_equal(feature(t, 4, "T/kind=acid"), 0, 0);
    assert_float_equal(feature(t, 4, "T/level"), 4, 0);
    taught_free(t);
}

static void a_difference_is_to_the_row_before(void **state)
{
    taught *t = teach(4, 0, "difference:lag=2:of=T/level,last");

    (void) state;
    assert_ok(t->status);
    assert_float_equal(feature(t, 5, "diff2(T/level)"), 2, 0);
    assert_float_equal(feature(t, 5, "T/level"), 8, 0);
    taught_free(t);
}

/* The first window of the second run ends at row 23 and has seen rows 20 .. 22 as its early ones.
 */
static void early_rows_are_those_of_the_own_run(void **state)
{
    taught *t = teach(4, 3, "early:of=T/level,last");

    (void) state;
    assert_ok(t->status);
    assert_float_equal(feature(t, 0, "rise(T/level)"), 3 - 1, 0);
    assert_float_equal(feature(t, 10, "rise(T/level)"), 13 - 1, 0);
    assert_float_equal(feature(t, 17, "rise(T/level)"), 23 - 21, 0);
    assert_float_equal(feature(t, 17, "T/level"), 23, 0);
    taught_free(t);
}

static void a_logarithm_keeps_the_sign(void **state)
{
    taught *t = teach(1, 0, "log:of=T/flow");

    (void) state;
    assert_ok(t->status);
    for (size_t i = 0; i < t->samples.count; i++) {
        const double x = t->table.values[ROWS + i];

        assert_float_equal(feature(t, i, "log(T/flow)"), copysign(log1p(fabs(x)), x), 1e-5);
    }
    taught_free(t);
}

/* Mean and deviation are those of the 30 samples that are learnt from. */
static void standardising_learns_from_its_part_alone(void **state)
{
    taught *t = teach(1, 0, "standardise");
    double sum = 0, squares = 0;

    (void) state;
    assert_ok(t->status);
    for (size_t i = 0; i < 30; i++) {
        const double x = feature(t, i, "T/level");

        sum += x;
        squares += x * x;
    }
    assert_float_equal(sum / 30, 0, 1e-5);
    assert_float_equal(squares / 30, 1, 1e-5);
    taught_free(t);
}

static void a_text_that_is_no_list_of_steps_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        ",",
        "windows",
        "window,",
        "window:spans=x",
        "window:1.5",
        "window:of",
        "window:stats=",
        "window:stats=sum",
        "onehot:most=0",
        "log:a:b",
        "standardise:a=1",
        "window:spans=5:spans=6",
        "difference:lag=-1",
        "window:",
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++)
        assert_fails(davy_features_check(wrong[i]), DAVY_ERR_INVALID, "");
    assert_ok(davy_features_check("onehot,window:spans=5,20,50,standardise"));
}

static void a_step_that_does_not_fit_says_why(void **state)
{
    static const struct {
        size_t steps;
        const char *text, *said;
    } wrong[] = {
        {4, "window:spans=5", "does not fit into a sample of 4"},
        {1, "difference", "does not fit into a sample of 1 row"},
        {4, "early", "--set early=20"},
        {4, "window:of=T/none", "names no channel"},
        {4, "log:of=T/kind", "holds words"},
        {1, "onehot,onehot", "no column holds categories"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++) {
        taught *t = teach(wrong[i].steps, 0, wrong[i].text);

        assert_fails(t->status, DAVY_ERR_INVALID, wrong[i].said);
        taught_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(window_statistics_are_those_of_the_rows),
        cmocka_unit_test(spans_look_at_the_newest_rows),
        cmocka_unit_test(each_word_that_occurs_becomes_a_feature),
        cmocka_unit_test(a_difference_is_to_the_row_before),
        cmocka_unit_test(early_rows_are_those_of_the_own_run),
        cmocka_unit_test(a_logarithm_keeps_the_sign),
        cmocka_unit_test(standardising_learns_from_its_part_alone),
        cmocka_unit_test(a_text_that_is_no_list_of_steps_is_refused),
        cmocka_unit_test(a_step_that_does_not_fit_says_why),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
