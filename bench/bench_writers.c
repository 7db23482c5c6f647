/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Durable ingest in process: writers of batches of 1,000 points that share syncs, as threads of a
 * server do. Medians of rounds; see README.md in this folder.
 */
#include "store/store.h"

#include "must.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS      5
#define WRITERS_MAX 64
#define SIGNALS     ((size_t) 1000) /* of each writer; a batch is a sample of each */
#define POINTS      ((size_t) 4000000)
#define START_NS    (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02T00:00:00Z */

struct writer {
    davy_store *store;
    size_t number, batches;
};

static void *write_batches(void *context)
{
    const struct writer *writer = context;
    davy_sample *batch = malloc(SIGNALS * sizeof *batch);

    if (!batch)
        exit(EXIT_FAILURE);
    for (size_t k = 0; k < writer->batches; k++) {
        for (size_t i = 0; i < SIGNALS; i++)
            batch[i] = (davy_sample){.time_ns = START_NS + (int64_t) k * DAVY_NS_PER_S,
                                     .value = 50 + (double) ((k * 7 + i * 13) % 997) / 100,
                                     .signal = (davy_signal_id) (writer->number * SIGNALS + i)};
        must(davy_store_append(writer->store, batch, SIGNALS));
    }
    free(batch);
    return NULL;
}

/* Points a second of so many writers. */
static double ingest(const char *folder, size_t writers)
{
    pthread_t threads[WRITERS_MAX];
    struct writer each[WRITERS_MAX];
    davy_store *store;
    double start;

    must(davy_store_open(folder, NULL, &store));
    for (size_t i = 0; i < writers * SIGNALS; i++) {
        davy_signal_id id;
        char path[32];

        (void) snprintf(path, sizeof path, "w-%zu/f%zu", i / SIGNALS, i % SIGNALS);
        must(davy_store_signal(store, path, NULL, &id));
    }
    start = seconds();
    for (size_t i = 0; i < writers; i++) {
        each[i] = (struct writer){store, i, POINTS / SIGNALS / writers};
        if (pthread_create(&threads[i], NULL, write_batches, &each[i]) != 0)
            exit(EXIT_FAILURE);
    }
    for (size_t i = 0; i < writers; i++)
        pthread_join(threads[i], NULL);
    start = seconds() - start;
    davy_store_close(store);
    return (double) (each[0].batches * writers * SIGNALS) / start;
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *) left, b = *(const double *) right;

    return (a > b) - (a < b);
}

static double round_of(size_t writers)
{
    const char *base = getenv("DAVY_BENCH_DIR");
    char folder[256], command[300];
    double rate;

    (void) snprintf(folder, sizeof folder, "%s/davy-bench-writers-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(folder))
        exit(EXIT_FAILURE);
    rate = ingest(folder, writers);
    (void) snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command) == 0 ? rate : 0;
}

int main(void)
{
    static const size_t counts[] = {1, 8, 64};

    (void) printf("durable ingest in process, batches of 1,000, synced before each answer:\n");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        double rates[ROUNDS];

        for (int k = 0; k < ROUNDS; k++)
            rates[k] = round_of(counts[i]);
        qsort(rates, ROUNDS, sizeof *rates, compare);
        (void) printf("  %2zu writers  %6.2f M points/s (%.2f to %.2f; target 2)\n", counts[i],
                      rates[ROUNDS / 2] / 1e6, rates[0] / 1e6, rates[ROUNDS - 1] / 1e6);
    }
    return EXIT_SUCCESS;
}
