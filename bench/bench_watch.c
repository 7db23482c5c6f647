/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What a row costs a model that watches: CPU time of a row, and of a signal of it, on one core.
 *
 *     bench_watch KIND SIGNALS [KEY=VALUE...]
 *
 * The model is learnt from 2,000 rows of signals that wander by themselves; a thousand other rows
 * are scored again and again, holding, lags, score, contributions and smoothing included. Prints
 * the median of 15 rounds.
 */
#include "core/random.h"
#include "models/registry/registry.h"
#include "models/training/train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LEARNT = 2000, SCORED = 1000, ROUNDS = 15 };

static char registry[] = "/tmp/davy-bench-XXXXXX";

static void check(davy_status status)
{
    if (status == DAVY_OK)
        return;
    (void) fprintf(stderr, "bench_watch: %s\n", davy_error());
    exit(1);
}

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

/* AR(1) about a level of its own. */
static davy_table make_table(size_t rows, size_t signals, uint32_t stream)
{
    davy_table table = {.rows = rows, .columns = signals, .run_count = 1};
    static char run[] = "bench";
    static char *runs[] = {run};

    table.names = calloc(signals, sizeof *table.names);
    table.values = calloc(rows * signals, sizeof *table.values);
    table.times = calloc(rows, sizeof *table.times);
    table.runs = calloc(rows, sizeof *table.runs);
    table.run_names = runs;
    if (!table.names || !table.values || !table.times || !table.runs)
        exit(1);
    for (size_t row = 0; row < rows; row++)
        table.times[row] = (int64_t) row * 1000000000LL;
    for (size_t j = 0; j < signals; j++) {
        char name[24];
        double x = 0;

        (void) snprintf(name, sizeof name, "s%zu", j);
        table.names[j] = strdup(name);
        for (size_t row = 0; row < rows; row++) {
            x = 0.9 * x + (double) davy_random_normal(7, stream, j * rows + row);
            table.values[j * rows + row] = 50 + (double) j + x;
        }
    }
    return table;
}

static davy_model *learn(const char *kind, size_t signals, const char *const *settings,
                         size_t setting_count)
{
    const davy_table table = make_table(LEARNT, signals, 1);
    const davy_train_options options = {.name = "bench",
                                        .kind = kind,
                                        .task = "anomaly",
                                        .registry = registry,
                                        .budget_per_day = 24,
                                        .seed = 1,
                                        .settings = settings,
                                        .setting_count = setting_count};
    davy_train_report report;
    davy_model *model = NULL;
    const double began = now_s();

    check(davy_train(&table, &options, &report));
    (void) printf("%s of %zu signals, learnt in %.1f s\n%s", kind, signals, now_s() - began,
                  report.summary);
    check(davy_registry_open(registry, "bench", &model));
    return model;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static void measure(const davy_model *model, size_t signals)
{
    const davy_table table = make_table(SCORED, signals, 2);
    double took[ROUNDS], *rows = calloc(SCORED * signals, sizeof *rows);
    davy_scorer *scorer = NULL;

    if (!rows)
        exit(1);
    for (size_t row = 0; row < SCORED; row++)
        for (size_t j = 0; j < signals; j++)
            rows[row * signals + j] = davy_table_at(&table, row, j);
    check(davy_scorer_create(model, &scorer));
    for (size_t round = 0; round < ROUNDS; round++) {
        const double began = now_s();

        for (size_t row = 0; row < SCORED; row++) {
            davy_score score;

            davy_scorer_update(scorer, rows + row * signals, &score);
        }
        took[round] = (now_s() - began) / SCORED;
    }
    qsort(took, ROUNDS, sizeof *took, by_value);
    (void) printf("a row %.2f us, a signal %.0f ns\n", took[ROUNDS / 2] * 1e6,
                  took[ROUNDS / 2] * 1e9 / (double) signals);
    davy_scorer_destroy(scorer);
    free(rows);
}

int main(int argc, char **argv)
{
    char command[128];
    davy_model *model;

    if (argc < 3) {
        (void) fprintf(stderr, "usage: bench_watch KIND SIGNALS [KEY=VALUE...]\n");
        return 2;
    }
    if (!mkdtemp(registry))
        return 1;
    model = learn(argv[1], strtoul(argv[2], NULL, 10), (const char *const *) argv + 3,
                  (size_t) argc - 3);
    measure(model, strtoul(argv[2], NULL, 10));
    davy_model_close(model);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", registry);
    return system(command) == 0 ? 0 : 1;
}
