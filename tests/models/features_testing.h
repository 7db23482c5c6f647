/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "plant.h"

#include "models/features/feature_private.h"

/**
 * @file
 * A table of two runs, and features fitted to it: for the tests of the steps and of their contract.
 */
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
    bool imputed[3], any;
    const davy_cut cut = {
        .form = {.kind = steps + (early > 0) > 1 ? DAVY_FORM_WINDOW : DAVY_FORM_ROW,
                 .steps = steps + (early > 0),
                 .channels = 3,
                 .stride = 1,
                 .early = early},
        .task = DAVY_TASK_REGRESS,
        .columns = columns,
        .column_count = 3,
        .imputed = imputed,
        .training = true};
    taught *t = calloc(1, sizeof *t);

    assert_non_null(t);
    assert_ok(davy_features_imputed(text, signals, 3, imputed, &any));
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

static inline size_t find_feature(const taught *t, const char *name)
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
static inline double feature(const taught *t, size_t sample, const char *name)
{
    float values[DAVY_FEATURES_MAX];

    assert_ok(davy_sample_set_read(davy_features_samples(t->features), sample, values));
    return (double) values[find_feature(t, name)];
}
