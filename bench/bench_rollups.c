/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Figures of rollups: a chart of 30 days of two signals at 1 Hz drawn by a process that has just
 * been started, from files that are not in memory, with rollups and without; their bytes per
 * sample; how fast they are made and with how much memory; and what their making costs those who
 * write meanwhile.
 */
#include "store/store.h"

#include "must.h"

#include <fcntl.h>
#include <glob.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS    5
#define DAYS      30
#define SIGNALS   2
#define WIDTH     1200
#define START_NS  (1767225600LL * DAVY_NS_PER_S) /* 2026-01-01T00:00:00Z */
#define DAY_S     86400
#define END_NS    (START_NS + (int64_t) DAYS * DAY_S * DAVY_NS_PER_S)
#define TARGET_MS 100.0

static char folder[64] = "/tmp/davy-bench-rollups-XXXXXX";
static int outcome = EXIT_SUCCESS; /* a target that is missed is a failure */

static int compare(const void *left, const void *right)
{
    double a = *(const double *) left, b = *(const double *) right;

    return a < b ? -1 : a > b;
}

static double median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, compare);
    return values[ROUNDS / 2];
}

/* What a plant sends: quantised, drifting, noisy. Deterministic. */
static double plant_value(size_t signal, size_t t)
{
    uint64_t noise = (signal * 2654435761U + t) * 0x9e3779b97f4a7c15ULL;

    return round(
               (50 + (double) signal + 10 * sin((double) t / 600) + (double) (noise >> 60) * 0.01) *
               100) /
           100;
}

static davy_store *open_store(bool read_only)
{
    const davy_store_options options = {.read_only = read_only};
    davy_store *store;

    must(davy_store_open(folder, &options, &store));
    return store;
}

static void fill(davy_store *store)
{
    static davy_sample batch[SIGNALS * DAY_S / 8];

    for (size_t i = 0; i < SIGNALS; i++) {
        char path[DAVY_PATH_MAX];
        davy_signal_id id;

        (void) snprintf(path, sizeof path, "unit-1/signal-%zu", i);
        must(davy_store_signal(store, path, "kPa", &id));
    }
    for (size_t t = 0; t < (size_t) DAYS * DAY_S;) {
        for (size_t k = 0; k < DAVY_ARRAY_LENGTH(batch); k += SIGNALS, t++)
            for (size_t i = 0; i < SIGNALS; i++)
                batch[k + i] = (davy_sample){START_NS + (int64_t) t * DAVY_NS_PER_S,
                                             plant_value(i, t), (davy_signal_id) i, 0};
        must(davy_store_append(store, batch, DAVY_ARRAY_LENGTH(batch)));
    }
    must(davy_store_seal(store));
}

/* Bytes of the files that a pattern under the store names. */
static double bytes_of(const char *pattern, bool forget)
{
    char path[256];
    double bytes = 0;
    glob_t found;

    (void) snprintf(path, sizeof path, "%s/%s", folder, pattern);
    if (glob(path, 0, NULL, &found) != 0)
        return 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        int file = open(found.gl_pathv[i], O_RDONLY | O_CLOEXEC);

        if (file < 0)
            exit(EXIT_FAILURE);
        bytes += (double) lseek(file, 0, SEEK_END);
        if (forget && (fsync(file) != 0 || posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0))
            exit(EXIT_FAILURE);
        close(file);
    }
    globfree(&found);
    return bytes;
}

static double cpu_ms(void)
{
    struct timespec used;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double) used.tv_sec * 1e3 + (double) used.tv_nsec * 1e-6;
}

/* The process that draws: opens the store, asks for every pixel of both signals, tells how long. */
static int draw(void)
{
    static davy_store_bucket buckets[WIDTH];
    double start = seconds();
    davy_store *store = open_store(true);
    uint64_t count = 0;

    for (davy_signal_id i = 0; i < SIGNALS; i++) {
        must(davy_store_summarise(store, i, START_NS, END_NS, (END_NS - START_NS) / WIDTH, buckets,
                                  WIDTH));
        for (size_t k = 0; k < WIDTH; k++)
            count += buckets[k].count;
    }
    davy_store_close(store);
    (void) printf("%.3f %.3f\n", (seconds() - start) * 1e3, cpu_ms());
    return count == (uint64_t) SIGNALS * DAYS * DAY_S ? EXIT_SUCCESS : EXIT_FAILURE;
}

static double run_draw(const char *program, double *cpu)
{
    char command[512];
    double ms = 0;
    FILE *pipe;

    (void) snprintf(command, sizeof command, "'%s' draw '%s'", program, folder);
    pipe = popen(command, "re");
    if (!pipe || fscanf(pipe, "%lf %lf", &ms, cpu) != 2 || pclose(pipe) != 0)
        exit(EXIT_FAILURE);
    return ms;
}

static void bench_chart(const char *program, const char *what, double target_ms)
{
    double cold[ROUNDS], warm[ROUNDS], cpu[ROUNDS], middle;

    for (int i = 0; i < ROUNDS; i++) {
        (void) bytes_of("*/*", true);
        (void) bytes_of("*.db", true);
        cold[i] = run_draw(program, &cpu[i]);
        warm[i] = run_draw(program, &cpu[i]);
    }
    middle = median(cold);
    (void) printf("  %-24s cold %7.1f ms (%.1f to %.1f)   warm %6.1f ms   CPU of"
                  " it %5.1f ms",
                  what, middle, cold[0], cold[ROUNDS - 1], median(warm), median(cpu));
    (void) printf(target_ms > 0 ? "   (target %.0f)\n" : "\n", target_ms);
    if (target_ms > 0 && middle > target_ms)
        outcome = EXIT_FAILURE;
}

static long peak_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void bench_making(void)
{
    const double samples = (double) SIGNALS * DAYS * DAY_S;
    davy_store *store = open_store(false);
    double start;
    long before;

    must(davy_store_roll_up(store, START_NS + DAY_S * DAVY_NS_PER_S));
    before = peak_kib();
    start = seconds();
    must(davy_store_roll_up(store, END_NS));
    (void) printf("rollups made                   %.1f M samples/s, peak memory %ld KiB more after"
                  " %d days than after one\n",
                  samples / (seconds() - start) / 1e6, peak_kib() - before, DAYS);
    davy_store_close(store);
    (void) printf("bytes of rollups               %.3f a sample, samples themselves %.3f (files)\n",
                  bytes_of("days/*.rollups.db", false) / samples,
                  bytes_of("days/[0-9]*[0-9].db", false) / samples);
}

/*
 * Ingest of a later day, with rollups of 30 days made beside it without a rest and without. The
 * store's own thread rests three quarters of its time.
 */
static atomic_bool made;

static void *make_all(void *context)
{
    must(davy_store_roll_up(context, END_NS));
    made = true;
    return NULL;
}

/* Samples a second in batches of 1,000, each synced; until all is made, or for a second. */
static double ingest(davy_store *store, bool beside, int round)
{
    static davy_sample batch[1000];
    static int64_t time_ns = END_NS + 10 * DAY_S * DAVY_NS_PER_S;
    const double start = seconds();
    double samples = 0;
    pthread_t thread;

    made = false;
    if (beside && pthread_create(&thread, NULL, make_all, store) != 0)
        exit(EXIT_FAILURE);
    while (beside ? !made : seconds() - start < 1) {
        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(batch); i++, time_ns += DAVY_NS_PER_MS)
            batch[i] = (davy_sample){time_ns, plant_value((size_t) round, i), 0, 0};
        must(davy_store_append(store, batch, DAVY_ARRAY_LENGTH(batch)));
        samples += DAVY_ARRAY_LENGTH(batch);
    }
    samples /= seconds() - start;
    if (beside)
        pthread_join(thread, NULL);
    return samples;
}

static void bench_ingest(void)
{
    double alone[ROUNDS], beside[ROUNDS], ratio[ROUNDS];
    char command[128];

    (void) snprintf(command, sizeof command, "rm -f '%s'/days/*.rollups.db*", folder);
    for (int i = 0; i < ROUNDS; i++) {
        davy_store *store;

        if (system(command) != 0)
            exit(EXIT_FAILURE);
        store = open_store(false);
        alone[i] = ingest(store, false, i);
        beside[i] = ingest(store, true, i);
        ratio[i] = beside[i] / alone[i];
        davy_store_close(store);
    }
    (void) printf("durable ingest, one writer     %.0f points/s alone, %.0f while rollups are made"
                  " without a rest, ratio %.2f\n",
                  median(alone), median(beside), median(ratio));
}

int main(int argument_count, char **arguments)
{
    davy_store *store;
    char command[128];

    if (argument_count == 3 && strcmp(arguments[1], "draw") == 0) {
        (void) snprintf(folder, sizeof folder, "%s", arguments[2]);
        return draw();
    }
    if (!mkdtemp(folder))
        return EXIT_FAILURE;
    store = open_store(false);
    fill(store);
    davy_store_close(store);
    (void) printf("30 days of two signals at 1 Hz in 1,200 pixels, by a new process:\n");
    bench_chart(arguments[0], "without rollups", 0);
    bench_making();
    bench_chart(arguments[0], "with rollups", TARGET_MS);
    bench_ingest();
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? outcome : EXIT_FAILURE;
}
