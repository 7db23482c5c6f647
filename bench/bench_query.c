/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What asking for samples costs, from the question to the bytes of the answer, without a network:
 * an hour as it is, a month as a chart, and all of it leaving in each form, with the memory that
 * takes.
 *
 *     bench_query [SIGNALS]    each with 30 days at 1 Hz; 4 when not said, 40 for 100 million
 *
 * Another process writes the store, so that the peak of memory is that of reading.
 */
#include "core/clock.h"
#include "core/random.h"
#include "serve/samples/samples.h"

#include "must.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DAYS      30
#define DAY_S     86400
#define FROM_NS   (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02T00:00:00Z */
#define TO_NS     (FROM_NS + (int64_t) DAYS * DAY_S * DAVY_NS_PER_S)
#define QUESTIONS 300

static char folder[] = "/tmp/davy-bench-query-XXXXXX";

/* What a plant sends: quantised, drifting, noisy. Deterministic. */
static double plant_value(size_t signal, size_t t)
{
    const uint64_t noise = (signal * 2654435761U + t) * 0x9e3779b97f4a7c15ULL;

    return round((50 + (double) (signal % 7) + 10 * sin((double) t / 600) +
                  (double) (noise >> 60) * 0.01) *
                 100) /
           100;
}

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static void write_store(size_t signals)
{
    davy_sample *day = calloc(DAY_S, sizeof *day);
    davy_store *store;

    if (!day)
        exit(EXIT_FAILURE);
    must(davy_store_open(folder, NULL, &store));
    for (size_t s = 0; s < signals; s++) {
        char path[32];
        davy_signal_id id;

        (void) snprintf(path, sizeof path, "unit/signal-%zu", s);
        must(davy_store_signal(store, path, "kPa", &id));
    }
    for (size_t d = 0; d < DAYS; d++)
        for (size_t s = 0; s < signals; s++) {
            for (size_t i = 0; i < DAY_S; i++) {
                const size_t t = d * DAY_S + i;

                day[i] = (davy_sample){FROM_NS + (int64_t) t * DAVY_NS_PER_S, plant_value(s, t),
                                       (davy_signal_id) s, DAVY_QUALITY_GOOD};
            }
            must(davy_store_append(store, day, DAY_S));
        }
    must(davy_store_seal(store));
    must(davy_store_roll_up(store, TO_NS));
    davy_store_close(store);
    free(day);
}

/* Ask and throw the answer away. @return its bytes */
static uint64_t ask(davy_store *store, const char *pattern, int64_t from_ns, int64_t to_ns,
                    uint64_t pixels, const char *form)
{
    davy_samples_query query = {.store = store, .from_ns = from_ns, .to_ns = to_ns};
    davy_producer producer;
    davy_buffer piece = {0};
    uint64_t bytes = 0;
    bool end = false;

    must(davy_samples_select(&query, pattern));
    if (pixels > 0)
        must(davy_samples_set_step(&query, 0, pixels));
    must(davy_samples_producer(&query, davy_samples_form_find(form), &producer));
    while (!end) {
        davy_buffer_reset(&piece);
        must(producer.fill(producer.state, &piece, &end));
        bytes += piece.length;
    }
    producer.destroy(producer.state);
    davy_buffer_clear(&piece);
    return bytes;
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *) left, b = *(const double *) right;

    return a < b ? -1 : a > b;
}

/* Of questions of one kind. */
typedef struct sample_times {
    double wall[QUESTIONS], worked[QUESTIONS];
} sample_times;

static void ask_timed(davy_store *store, const char *pattern, int64_t from_ns, int64_t to_ns,
                      uint64_t pixels, sample_times *times, size_t i)
{
    const double start = seconds(), cpu = cpu_seconds();

    (void) ask(store, pattern, from_ns, to_ns, pixels, "json");
    times->wall[i] = seconds() - start;
    times->worked[i] = cpu_seconds() - cpu;
}

static void print_times(const char *what, sample_times *times)
{
    qsort(times->wall, QUESTIONS, sizeof(double), compare);
    qsort(times->worked, QUESTIONS, sizeof(double), compare);
    (void) printf("%-34s p50 %.2f ms, p99 %.2f ms; of CPU %.2f and %.2f ms\n", what,
                  times->wall[QUESTIONS / 2] * 1e3, times->wall[QUESTIONS * 99 / 100] * 1e3,
                  times->worked[QUESTIONS / 2] * 1e3, times->worked[QUESTIONS * 99 / 100] * 1e3);
}

static void bench_questions(davy_store *store, size_t signals)
{
    static sample_times hour, chart, latest;

    for (size_t i = 0; i < QUESTIONS; i++) {
        const int64_t from_ns =
            FROM_NS + (int64_t) davy_random_below(1, 0, i, DAYS * 24) * 3600 * DAVY_NS_PER_S;
        char one[32], two[64];

        (void) snprintf(one, sizeof one, "unit/signal-%zu", i % signals);
        (void) snprintf(two, sizeof two, "%s,unit/signal-%zu", one, (i + 1) % signals);
        ask_timed(store, one, from_ns, from_ns + 3600 * DAVY_NS_PER_S, 0, &hour, i);
        ask_timed(store, two, TO_NS - (TO_NS - FROM_NS) / DAYS, TO_NS, 1200, &latest, i);
        ask_timed(store, two, FROM_NS, TO_NS, 1200, &chart, i);
    }
    print_times("an hour of a signal at 1 Hz", &hour);
    print_times("a day of two signals, 1,200 px", &latest);
    print_times("30 days of two signals, 1,200 px", &chart);
}

static long peak_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void bench_export(davy_store *store, size_t signals, const char *form)
{
    const double points = (double) signals * DAYS * DAY_S, start = seconds(), cpu = cpu_seconds();
    const uint64_t bytes = ask(store, "**", FROM_NS, TO_NS, 0, form);
    const double taken = seconds() - start, worked = cpu_seconds() - cpu;

    (void) printf("export %-8s                    %.1f M points/s, %.1f in a second of CPU, %.1f "
                  "bytes a point, peak of the process %ld MiB\n",
                  form, points / taken / 1e6, points / worked / 1e6, (double) bytes / points,
                  peak_kib() / 1024);
}

static void bench_all(size_t signals)
{
    davy_store *store;
    const double start = seconds();

    must(davy_store_open(folder, &(davy_store_options){.read_only = true}, &store));
    (void) ask(store, "unit/signal-0,unit/signal-1", FROM_NS, TO_NS, 1200, "json");
    (void) printf("%.1f M points\nopen, and 30 days of two signals    %.1f ms\n",
                  (double) signals * DAYS * DAY_S / 1e6, (seconds() - start) * 1e3);
    bench_questions(store, signals);
    bench_export(store, signals, "columns");
    bench_export(store, signals, "lines");
    bench_export(store, signals, "csv");
    davy_store_close(store);
}

int main(int argc, char **argv)
{
    const size_t signals = argc > 1 ? (size_t) strtoul(argv[1], NULL, 10) : 4;
    char command[64];
    int outcome = 0;
    pid_t writer;

    if (signals < 2 || signals > 1000 || !mkdtemp(folder))
        return EXIT_FAILURE;
    writer = fork();
    if (writer == 0) {
        write_store(signals);
        _exit(EXIT_SUCCESS);
    }
    if (writer < 0 || waitpid(writer, &outcome, 0) != writer || outcome != 0)
        return EXIT_FAILURE;
    bench_all(signals);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
