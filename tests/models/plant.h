/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../testing.h"

#include "data/table.h"
#include "models/judge/evaluate.h"
#include "models/registry/registry.h"
#include "models/training/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * @file
 * A small plant for tests: six signals that follow two slow causes, with noise of their own.
 */
#define PLANT_SIGNALS 6

/* splitmix64, so that a test sees the same plant on every machine. */
static inline double plant_uniform(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return ((double) ((z ^ (z >> 31)) >> 11) + 0.5) * 0x1.0p-53;
}

/* Box and Muller, 1958. */
static inline double plant_normal(uint64_t *state)
{
    const double radius = sqrt(-2.0 * log(plant_uniform(state)));

    return radius * cos(6.283185307179586 * plant_uniform(state));
}

static inline davy_table plant_table(size_t rows, size_t columns)
{
    davy_table table = {.rows = rows, .columns = columns, .run_count = 1};

    table.names = calloc(columns, sizeof *table.names);
    table.values = calloc(rows * columns, sizeof *table.values);
    table.times = calloc(rows, sizeof *table.times);
    table.runs = calloc(rows, sizeof *table.runs);
    table.run_names = calloc(1, sizeof *table.run_names);
    assert_true(table.names && table.values && table.times && table.runs && table.run_names);
    table.run_names[0] = strdup("plant");
    for (size_t j = 0; j < columns; j++) {
        char name[16];

        (void) snprintf(name, sizeof name, "s%zu", j);
        table.names[j] = strdup(name);
    }
    for (size_t row = 0; row < rows; row++)
        table.times[row] = (int64_t) row * 1000000000LL;
    return table;
}

/* One row a second; the causes are AR(1) with a memory of about twenty rows. */
static inline davy_table plant_make(size_t rows, uint64_t seed)
{
    static const double gain[PLANT_SIGNALS][2] = {{1, 0},    {0.8, 0.3}, {-0.5, 1},
                                                  {0, -1.2}, {0.6, 0.6}, {-0.9, 0.2}};
    davy_table table = plant_table(rows, PLANT_SIGNALS);
    double cause[2] = {0, 0};

    for (size_t row = 0; row < rows; row++) {
        for (size_t c = 0; c < 2; c++)
            cause[c] = 0.95 * cause[c] + 0.31 * plant_normal(&seed);
        for (size_t j = 0; j < PLANT_SIGNALS; j++)
            table.values[j * rows + row] = 100.0 + 10.0 * (double) j +
                                           5.0 * (gain[j][0] * cause[0] + gain[j][1] * cause[1]) +
                                           plant_normal(&seed);
    }
    return table;
}

static inline void plant_folder(char path[64])
{
    (void) snprintf(path, 64, "/tmp/davy-test-XXXXXX");
    assert_non_null(mkdtemp(path));
}

static inline void plant_remove(const char *path)
{
    char command[128];

    (void) snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
}

static inline davy_model *plant_train(const davy_table *table, const char *registry,
                                      const char *const *settings, size_t setting_count,
                                      double budget_per_day, davy_train_report *report)
{
    const davy_train_options options = {.name = "plant",
                                        .kind = "auto",
                                        .task = "anomaly",
                                        .registry = registry,
                                        .budget_per_day = budget_per_day,
                                        .seed = 1,
                                        .settings = settings,
                                        .setting_count = setting_count};
    davy_model *model = NULL;

    assert_ok(davy_train(table, &options, report));
    assert_ok(davy_registry_open(registry, "plant", &model));
    return model;
}
