/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Megabytes per second of the CSV reader on one core, plain and gzip, of a file of ten columns, and
 * points per second of a whole replay of it. The file is written first, in the folder for
 * temporary files, and read out of the page cache.
 *
 *     bench_csv FILE
 *
 * prints the seconds of the processor that a table of the file takes, for bench/csv_pandas.py.
 */
#include "collect/source.h"
#include "core/csv.h"
#include "data/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

enum { ROWS = 200000, COLUMNS = 10, ROUNDS = 7 };

static char path[] = "/tmp/davy-bench-csv-XXXXXX";
static const char *const files[] = {path};

/* Write the file, as text or gzip. @return bytes of text */
static size_t write_file(const char *mode)
{
    gzFile file = gzopen(path, mode);
    size_t bytes = 0;

    if (!file)
        exit(EXIT_FAILURE);
    bytes += (size_t) gzprintf(file, "time");
    for (int c = 0; c < COLUMNS; c++)
        bytes += (size_t) gzprintf(file, ",s%d", c);
    for (int r = 0; r < ROWS; r++) {
        bytes += (size_t) gzprintf(file, "\n%d", 1700000000 + r);
        for (int c = 0; c < COLUMNS; c++)
            bytes += (size_t) gzprintf(file, ",%.3f", 50.0 + 10.0 * sin(r * 0.001 * (c + 1)));
    }
    if (gzclose(file) != Z_OK)
        exit(EXIT_FAILURE);
    return bytes;
}

/* Time of the processor and not of the clock: the figure is per core, on a machine that is shared.
 */
static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static double read_once(void)
{
    double start = now_s();
    const char *const *fields = NULL;
    davy_csv *csv = NULL;

    if (davy_csv_open(path, &csv) != DAVY_OK)
        exit(EXIT_FAILURE);
    do {
        if (davy_csv_next(csv, &fields) != DAVY_OK)
            exit(EXIT_FAILURE);
    } while (fields);
    davy_csv_close(csv);
    return now_s() - start;
}

static double read_table(const char *const *paths)
{
    const davy_table_csv_options options = {.categories = true};
    davy_table table = {0};
    double start = now_s(), seconds;

    if (davy_table_read_csv(paths, 1, &options, &table) != DAVY_OK)
        exit(EXIT_FAILURE);
    seconds = now_s() - start;
    davy_table_clear(&table);
    return seconds;
}

static double table_once(void)
{
    return read_table(files);
}

static double replay_once(void)
{
    static davy_site_signal signals[COLUMNS];
    static uint32_t bound[COLUMNS];
    static char names[COLUMNS][8];
    static davy_sample samples[4096];
    const davy_site_source source = {.name = "bench",
                                     .files = files,
                                     .file_count = 1,
                                     .time_column = "time",
                                     .bound_count = COLUMNS};
    const davy_site site = {.signals = signals, .signal_count = COLUMNS, .bound = bound};
    void *state = calloc(1, davy_source_replay.state_size);
    davy_status status = state ? DAVY_OK : DAVY_ERR_NOMEM;
    double start = now_s();
    size_t count, total = 0;

    for (uint32_t i = 0; i < COLUMNS; i++) {
        (void) snprintf(names[i], sizeof names[i], "s%u", i);
        bound[i] = i;
        signals[i] = (davy_site_signal){.id = i, .path = names[i], .name = names[i]};
        signals[i].from.scale = 1.0;
    }
    if (status == DAVY_OK)
        status = davy_source_replay.open(state, &site, &source, davy_clock_system());
    while (status == DAVY_OK) {
        status = davy_source_replay.read(state, 100, samples, 4096, &count);
        total += count;
    }
    davy_source_replay.close(state);
    free(state);
    if (total != (size_t) ROWS * COLUMNS)
        exit(EXIT_FAILURE);
    return now_s() - start;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static void measure(const char *name, double (*once)(void), double amount, const char *unit)
{
    double seconds[ROUNDS];

    for (int i = 0; i < ROUNDS; i++)
        seconds[i] = once();
    qsort(seconds, ROUNDS, sizeof *seconds, compare);
    (void) printf("csv: %-12s %7.1f %s\n", name, amount / seconds[ROUNDS / 2] / 1e6, unit);
}

int main(int argc, char **argv)
{
    int descriptor;
    size_t bytes;

    if (argc > 1) {
        (void) printf("%.6f\n", read_table((const char *const *) argv + 1));
        return EXIT_SUCCESS;
    }
    descriptor = mkstemp(path);

    if (descriptor < 0 || close(descriptor) != 0)
        return EXIT_FAILURE;
    bytes = write_file("wT");
    measure("plain", read_once, (double) bytes, "MB/s");
    measure("table", table_once, (double) bytes, "MB/s");
    measure("replay", replay_once, (double) ROWS * COLUMNS, "M points/s");
    (void) write_file("wb");
    measure("gzip", read_once, (double) bytes, "MB/s of text");
    return unlink(path) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
