/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "classic_golden.h"
#include "plant.h"

#include "models/predictor.h"

/**
 * @file
 * Classical kinds held against scikit-learn: train on all rows of a small table, and ask them
 * again.
 */

/** Rows by themselves, with classes a, b, c, or with numbers when class_count is 0. */
static inline davy_table golden_table(const double *x, const double *targets, size_t class_count)
{
    davy_table table = plant_table(GOLDEN_ROWS, GOLDEN_COLUMNS);

    table.independent = true;
    table.labels = calloc(GOLDEN_ROWS, sizeof *table.labels);
    table.classes = class_count > 0 ? calloc(class_count, sizeof *table.classes) : NULL;
    assert_true(table.labels && (class_count == 0 || table.classes));
    for (; table.class_count < class_count; table.class_count++) {
        const char name[2] = {(char) ('a' + table.class_count), '\0'};

        table.classes[table.class_count] = strdup(name);
    }
    for (size_t i = 0; i < GOLDEN_ROWS; i++) {
        table.labels[i] = targets[i];
        for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
            table.values[j * GOLDEN_ROWS + i] = x[i * GOLDEN_COLUMNS + j];
    }
    return table;
}

static inline davy_train_options golden_options(const char *registry, const char *kind,
                                                const davy_table *table,
                                                const char *const *settings, size_t count)
{
    return (davy_train_options){.name = "golden",
                                .kind = kind,
                                .task = table->classes ? "classify" : "regress",
                                .registry = registry,
                                .seed = 1,
                                .label = "answer",
                                .settings = settings,
                                .setting_count = count};
}

/** Train on the table, and ask for its rows. @param answers  [rows * classes, or rows] */
static inline void golden_ask(const char *registry, const char *kind, const davy_table *table,
                              const char *const *settings, size_t count, float *answers,
                              davy_train_report *report)
{
    const davy_train_options options = golden_options(registry, kind, table, settings, count);
    const size_t outputs = table->classes ? table->class_count : 1;
    float rows[GOLDEN_ROWS * GOLDEN_COLUMNS];
    davy_predictor *predictor = NULL;
    davy_asker *asker = NULL;
    davy_answers said;

    assert_ok(davy_train(table, &options, report));
    assert_ok(davy_predictor_open(report->folder, &predictor));
    assert_ok(davy_asker_create(predictor, NULL, &asker));
    for (size_t i = 0; i < GOLDEN_ROWS; i++)
        for (size_t j = 0; j < GOLDEN_COLUMNS; j++)
            rows[i * GOLDEN_COLUMNS + j] = (float) table->values[j * GOLDEN_ROWS + i];
    assert_ok(davy_asker_ask(asker, rows, GOLDEN_ROWS, &said));
    memcpy(answers, table->classes ? said.probabilities : said.values,
           outputs * GOLDEN_ROWS * sizeof *answers);
    davy_asker_destroy(asker);
    davy_predictor_close(predictor);
}

/** What a kind answers must be what scikit-learn answers. */
static inline void golden_compare(const char *registry, const char *kind, const davy_table *table,
                                  const char *const *settings, size_t count, const double *expected,
                                  double tolerance)
{
    const size_t outputs = table->classes ? table->class_count : 1;
    float answers[GOLDEN_ROWS * GOLDEN_CLASSES];
    davy_train_report report;

    golden_ask(registry, kind, table, settings, count, answers, &report);
    for (size_t i = 0; i < GOLDEN_ROWS * outputs; i++)
        if (!(fabs((double) answers[i] - expected[i]) <= tolerance))
            fail_msg("%s: answer %zu of row %zu is %.9g, not %.9g", kind, i % outputs, i / outputs,
                     (double) answers[i], expected[i]);
}
