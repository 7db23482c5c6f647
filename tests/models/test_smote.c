/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch_registry.h"

#include "models/kinds/smote.h"
#include "models/predictor.h"
#include "models/training/train_predictor.h"

#define ROWS    60
#define RARE    6 /* the last ones */
#define COLUMNS 2

/* Rare samples stand on the line y = 1000 x for x in 10 .. 15, the others around 0. */
static davy_table make_rare(void)
{
    davy_table table = plant_table(ROWS, COLUMNS);
    uint64_t seed = 3;

    table.independent = true;
    table.labels = calloc(ROWS, sizeof *table.labels);
    table.classes = calloc(2, sizeof *table.classes);
    assert_true(table.labels && table.classes);
    table.classes[table.class_count++] = strdup("common");
    table.classes[table.class_count++] = strdup("rare");
    for (size_t row = 0; row < ROWS; row++) {
        const bool rare = row >= ROWS - RARE;
        const double x = rare ? 10 + (double) (row - (ROWS - RARE)) : plant_normal(&seed);

        table.labels[row] = rare;
        table.values[row] = x;
        table.values[ROWS + row] = rare ? 1000 * x : 1000 * plant_normal(&seed);
    }
    return table;
}

typedef struct lesson_parts {
    davy_table table;
    davy_sample_set samples;
    uint8_t held[ROWS];
    davy_setting settings[DAVY_PREDICTOR_SETTINGS_MAX];
    davy_lesson lesson;
} lesson_parts;

static void lesson_init(lesson_parts *l, const char *const *given, size_t count)
{
    static const size_t columns[] = {0, 1};
    const davy_cut cut = {.form = {.kind = DAVY_FORM_ROW, .steps = 1, .channels = 2, .stride = 1},
                          .task = DAVY_TASK_CLASSIFY,
                          .columns = columns,
                          .column_count = 2,
                          .training = true};

    memset(l, 0, sizeof *l);
    l->table = make_rare();
    assert_ok(davy_sample_set_cut(&l->table, &cut, &l->samples));
    l->lesson = (davy_lesson){.samples = &l->samples,
                              .held = l->held,
                              .task = DAVY_TASK_CLASSIFY,
                              .seed = 5,
                              .table = l->settings,
                              .table_count = davy_predictor_settings("linear", l->settings),
                              .settings = given,
                              .setting_count = count};
}

static void lesson_clear(lesson_parts *l)
{
    davy_sample_set_clear(&l->samples);
    davy_table_clear(&l->table);
}

/* 54 to 6, filled up to a half of 54: 21 new ones, each between two rare ones: on their line, and
 * no further away than the second of the two nearest. */
static void new_samples_lie_between_neighbours_of_their_class(void **state)
{
    const char *const given[] = {"smote=0.5", "smote_neighbours=2"};
    lesson_parts l;
    davy_smote made = {.made = 0};
    size_t per_sample[RARE] = {0};

    (void) state;
    lesson_init(&l, given, 2);
    assert_true(davy_smote_wanted(&l.lesson));
    assert_ok(davy_smote_make(&l.lesson, &made));
    assert_int_equal(made.made, 21);
    assert_int_equal(made.samples.count, ROWS + 21);
    for (size_t i = ROWS; i < made.samples.count; i++) {
        const size_t from = made.samples.places[i] - (ROWS - RARE);
        float values[COLUMNS];

        assert_ok(davy_sample_set_read(&made.samples, i, values));
        assert_true(from < RARE);
        per_sample[from]++;
        assert_int_equal(made.held[i], DAVY_PURPOSE_LEARN);
        assert_near(made.samples.targets[i], 1, 0);
        assert_near(values[1] / values[0], 1000, 0.01);
        assert_true(fabs((double) values[0] - (10 + (double) from)) <= 2.001);
        assert_true(values[0] >= 10 && values[0] <= 15);
    }
    for (size_t i = 0; i < RARE; i++) /* 21 = 6 * 3 + 3 */
        assert_true(per_sample[i] == 3 || per_sample[i] == 4);
    davy_smote_clear(&made);
    lesson_clear(&l);
}

/* Rows that are watched or judged are neither counted, nor interpolated, nor changed. */
static void only_what_is_learnt_from_is_filled_up(void **state)
{
    const char *const given[] = {"smote=1"};
    lesson_parts l;
    davy_smote made = {.made = 0};

    (void) state;
    lesson_init(&l, given, 1);
    for (size_t row = ROWS - RARE; row < ROWS; row += 3)
        l.held[row] = DAVY_PURPOSE_JUDGE; /* two of the six: x = 10 and 13 */
    assert_ok(davy_smote_make(&l.lesson, &made));
    assert_int_equal(made.made, 50);
    for (size_t i = 0; i < ROWS; i++) {
        float own[COLUMNS], same[COLUMNS];

        assert_ok(davy_sample_set_read(&l.samples, i, own));
        assert_ok(davy_sample_set_read(&made.samples, i, same));
        assert_memory_equal(own, same, sizeof own);
        assert_int_equal(made.held[i], l.held[i]);
    }
    for (size_t i = ROWS; i < made.samples.count; i++) {
        const size_t from = made.samples.places[i];
        float values[COLUMNS];

        assert_ok(davy_sample_set_read(&made.samples, i, values));
        assert_int_equal(l.held[from], DAVY_PURPOSE_LEARN);
        assert_true(values[0] >= 11); /* 10 is judged */
    }
    davy_smote_clear(&made);
    lesson_clear(&l);
}

static void what_is_no_row_or_too_rare_is_refused(void **state)
{
    const char *const given[] = {"smote=1"};
    lesson_parts l;
    davy_smote made = {.made = 0};

    (void) state;
    lesson_init(&l, given, 1);
    for (size_t row = ROWS - RARE; row + 1 < ROWS; row++)
        l.held[row] = DAVY_PURPOSE_WATCH;
    assert_fails(davy_smote_make(&l.lesson, &made), DAVY_ERR_INVALID, "has one sample");
    davy_smote_clear(&made);
    l.samples.form.kind = DAVY_FORM_WINDOW;
    assert_fails(davy_smote_make(&l.lesson, &made), DAVY_ERR_INVALID, "balance=yes");
    davy_smote_clear(&made);
    lesson_clear(&l);
}

/* The whole way: counts of the parts stay, and the version says what was made up. */
static void a_training_says_how_many_were_made_up(void **state)
{
    davy_table table = make_rare();
    const char *const given[] = {"smote=1", "holdout=0.2"};
    const davy_train_options options = {.name = "m",
                                        .kind = "linear",
                                        .task = "classify",
                                        .registry = registry,
                                        .label = "answer",
                                        .settings = given,
                                        .setting_count = 2};
    davy_train_report report;

    (void) state;
    assert_ok(davy_train(&table, &options, &report));
    assert_non_null(strstr(report.summary, "60 samples"));
    assert_non_null(strstr(report.summary, "synthetic samples fill up rare classes"));
    davy_table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_samples_lie_between_neighbours_of_their_class),
        cmocka_unit_test(only_what_is_learnt_from_is_filled_up),
        cmocka_unit_test(what_is_no_row_or_too_rare_is_refused),
        cmocka_unit_test_setup_teardown(a_training_says_how_many_were_made_up, registry_set_up,
                                        registry_tear_down),
    };

    return cmocka_run_group_tests_name("models: SMOTE", tests, NULL, NULL);
}
