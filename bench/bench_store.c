/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Figures of the store: durable ingest beside bare SQLite, bytes per point on SKAB and TEP, scan,
 * summary, memory per signal. Medians of interleaved rounds; see README.md in this folder.
 */
#include "core/csv.h"
#include "core/quantity.h"
#include "core/timestamp.h"
#include "store/store.h"

#include "data.h"
#include "gorilla.h"
#include "must.h"

#include <glob.h>
#include <malloc.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define ROUNDS     5
#define BATCH      ((size_t) 1000)
#define START_NS   (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02T00:00:00Z */
#define ROW_PAUSES 300

static char folder[64];
static int outcome = EXIT_SUCCESS; /* a target that is missed is a failure */

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *) left, b = *(const double *) right;

    return a < b ? -1 : a > b;
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

static void new_folder(void)
{
    (void) snprintf(folder, sizeof folder, "%s", "/tmp/davy-bench-store-XXXXXX");
    if (!mkdtemp(folder))
        exit(EXIT_FAILURE);
}

static void drop_folder(void)
{
    char command[128];

    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        exit(EXIT_FAILURE);
}

static davy_store *open_store(void)
{
    davy_store *store;

    must(davy_store_open(folder, NULL, &store));
    return store;
}

static void make_signals(davy_store *store, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char path[DAVY_PATH_MAX];
        davy_signal_id id;

        (void) snprintf(path, sizeof path, "unit-%zu/signal-%zu", i / 10, i);
        must(davy_store_signal(store, path, "kPa", &id));
    }
}

/* What a plant sends: quantised, drifting, noisy. Deterministic. */
static double plant_value(size_t signal, size_t t)
{
    uint64_t noise = (signal * 2654435761U + t) * 0x9e3779b97f4a7c15ULL;

    return round((50 + (double) (signal % 7) + 10 * sin((double) t / 600) +
                  (double) (noise >> 60) * 0.01) *
                 100) /
           100;
}

static void fill_batch(davy_sample *batch, size_t round)
{
    for (size_t i = 0; i < BATCH; i++)
        batch[i] = (davy_sample){START_NS + (int64_t) round * DAVY_NS_PER_S, plant_value(i, round),
                                 (davy_signal_id) i, DAVY_QUALITY_GOOD};
}

/*
 * Durable ingest: batches of 1,000 samples, each synced before the next.
 */
static double ingest_davy(size_t batches)
{
    davy_sample batch[BATCH];
    davy_store *store;
    double start;

    new_folder();
    store = open_store();
    make_signals(store, BATCH);
    start = seconds();
    for (size_t k = 0; k < batches; k++) {
        fill_batch(batch, k);
        must(davy_store_append(store, batch, BATCH));
    }
    start = seconds() - start;
    davy_store_close(store);
    drop_folder();
    return (double) (batches * BATCH) / start;
}

static void sql(sqlite3 *database, const char *text)
{
    if (sqlite3_exec(database, text, NULL, NULL, NULL) != SQLITE_OK)
        exit(EXIT_FAILURE);
}

static double ingest_sqlite(size_t batches)
{
    davy_sample batch[BATCH];
    char path[128];
    sqlite3 *database;
    sqlite3_stmt *insert;
    double start;

    new_folder();
    (void) snprintf(path, sizeof path, "%s/rows.db", folder);
    sqlite3_open(path, &database);
    sql(database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                  "CREATE TABLE sample(signal INTEGER, time INTEGER, value REAL,"
                  " PRIMARY KEY(signal, time)) WITHOUT ROWID");
    sqlite3_prepare_v2(database, "INSERT INTO sample VALUES(?1, ?2, ?3)", -1, &insert, NULL);
    start = seconds();
    for (size_t k = 0; k < batches; k++) {
        fill_batch(batch, k);
        sql(database, "BEGIN");
        for (size_t i = 0; i < BATCH; i++) {
            sqlite3_bind_int64(insert, 1, batch[i].signal);
            sqlite3_bind_int64(insert, 2, batch[i].time_ns);
            sqlite3_bind_double(insert, 3, batch[i].value);
            sqlite3_step(insert);
            sqlite3_reset(insert);
        }
        sql(database, "COMMIT");
    }
    start = seconds() - start;
    sqlite3_finalize(insert);
    sqlite3_close(database);
    drop_folder();
    return (double) (batches * BATCH) / start;
}

static void bench_ingest(void)
{
    double davy[ROUNDS], rows[ROUNDS], ratios[ROUNDS];

    /* The disk changes between rounds, so a ratio is of one round. */
    for (int i = 0; i < ROUNDS; i++) {
        davy[i] = ingest_davy(400);
        rows[i] = ingest_sqlite(100);
        ratios[i] = davy[i] / rows[i];
    }
    (void) printf("durable ingest, batches of 1,000, one writer, synced each:\n"
                  "  davy                      %9.0f points/s\n"
                  "  SQLite rows, WAL, FULL    %9.0f points/s   ratio %.1f\n",
                  median(davy, ROUNDS), median(rows, ROUNDS), median(ratios, ROUNDS));
}

/*
 * Bytes per point.
 */
static uint64_t payload, file_bytes, gorilla_bits;
static bool sealed_days_are_over; /* compacted, as the background does after midnight */

/* Bytes of all rows with keys and indexes, and of the file, of each day. */
static void measure_days(void)
{
    char path[512];
    glob_t found;

    payload = file_bytes = 0;
    (void) snprintf(path, sizeof path, "%s/days/[0-9]*[0-9].db", folder);
    if (glob(path, 0, NULL, &found) != 0)
        exit(EXIT_FAILURE);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        sqlite3 *database;
        sqlite3_stmt *select;

        sqlite3_open(found.gl_pathv[i], &database);
        sqlite3_prepare_v2(database,
                           "SELECT sum(pgsize), sum(payload + 4 * ncell) FROM dbstat"
                           " WHERE name <> 'sqlite_schema'",
                           -1, &select, NULL);
        if (sqlite3_step(select) == SQLITE_ROW) {
            file_bytes += (uint64_t) sqlite3_column_int64(select, 0);
            payload += (uint64_t) sqlite3_column_int64(select, 1);
        }
        sqlite3_finalize(select);
        sqlite3_close(database);
    }
    globfree(&found);
}

static davy_status add_to_gorilla(void *context, const davy_store_run *run)
{
    for (size_t i = 0; i < run->count; i++)
        gorilla_add(context, run->times[i], run->values[i]);
    return DAVY_OK;
}

static davy_status count_gorilla(void *context, const davy_store_signal_info *info)
{
    gorilla series = {0};

    must(davy_store_scan(context, info->id, INT64_MIN, INT64_MAX, add_to_gorilla, &series));
    gorilla_bits += series.bits;
    return DAVY_OK;
}

static void finish_sizes(const char *name, davy_store *store, double target)
{
    davy_store_stats stats;
    double points;

    must(davy_store_seal(store));
    if (sealed_days_are_over)
        must(davy_store_compact(store));
    gorilla_bits = 0;
    must(davy_store_signals(store, count_gorilla, store));
    davy_store_get_stats(store, &stats);
    davy_store_close(store);
    measure_days();
    points = (double) stats.chunk_samples;
    (void) printf("  %-22s %9.0f points   data and times %.3f   with heads and keys %.3f"
                  "   pages %.3f   Gorilla %.3f",
                  name, points, (double) stats.chunk_bytes / points, (double) payload / points,
                  (double) file_bytes / points, (double) gorilla_bits / 8 / points);
    if (isfinite(target))
        (void) printf("   (target %.2f)", target);
    (void) printf("\n");
    if ((double) payload / points > target)
        outcome = EXIT_FAILURE;
    drop_folder();
}

/* One run of SKAB: a column of time, then the eight sensors; labels are left out. */
static void load_skab(davy_store *store, const char *path, size_t run)
{
    static davy_sample batch[8 * 512];
    davy_signal_id ids[8];
    const char *const *fields;
    size_t count = 0;
    davy_csv *csv;

    must(davy_csv_open(path, &csv));
    for (size_t i = 0; i < 8; i++) {
        char name[DAVY_PATH_MAX];

        (void) snprintf(name, sizeof name, "run-%zu/%s", run,
                        davy_csv_header(csv, &(size_t){0})[i + 1]);
        must(davy_store_signal(store, name, NULL, &ids[i]));
    }
    for (must(davy_csv_next(csv, &fields)); fields; must(davy_csv_next(csv, &fields))) {
        int64_t time_ns;

        must(davy_timestamp_parse(fields[0], &time_ns));
        for (size_t i = 0; i < 8; i++) {
            batch[count] = (davy_sample){time_ns, 0, ids[i], DAVY_QUALITY_GOOD};
            must(davy_number_parse(fields[i + 1], &batch[count].value));
            if (++count == DAVY_ARRAY_LENGTH(batch)) {
                must(davy_store_append(store, batch, count));
                count = 0;
            }
        }
    }
    must(davy_store_append(store, batch, count));
    davy_csv_close(csv);
}

static void bench_skab(const char *data, const char *pattern, const char *name)
{
    char path[512];
    davy_store *store;
    glob_t found;

    (void) snprintf(path, sizeof path, "%s/skab/%s", data, pattern);
    if (glob(path, 0, NULL, &found) != 0) {
        bench_left_out(name, "skab");
        return;
    }
    new_folder();
    store = open_store();
    for (size_t i = 0; i < found.gl_pathc; i++)
        load_skab(store, found.gl_pathv[i], i);
    finish_sizes(name, store, 1.75);
    globfree(&found);
}

/* One run of TEP: rows of 52 numbers every three minutes. */
static void load_tep(davy_store *store, const char *path, size_t run)
{
    static char line[4096];
    static davy_sample batch[52 * 100];
    davy_signal_id ids[52];
    gzFile file = gzopen(path, "rb");
    int64_t time_ns = START_NS;
    size_t count = 0;

    for (size_t i = 0; i < 52; i++) {
        char name[DAVY_PATH_MAX];

        (void) snprintf(name, sizeof name, "run-%zu/x%zu", run, i + 1);
        must(davy_store_signal(store, name, NULL, &ids[i]));
    }
    while (file && gzgets(file, line, sizeof line)) {
        char *cursor = line;

        for (size_t i = 0; i < 52; i++)
            batch[count + i] = (davy_sample){time_ns, strtod(cursor, &cursor), ids[i], 0};
        count += 52;
        time_ns += 180 * DAVY_NS_PER_S;
        if (count == DAVY_ARRAY_LENGTH(batch)) {
            must(davy_store_append(store, batch, count));
            count = 0;
        }
    }
    gzclose(file);
    if (count > 0)
        must(davy_store_append(store, batch, count));
}

static void bench_tep(const char *data, const char *pattern, const char *name)
{
    char path[512];
    davy_store *store;
    glob_t found;

    (void) snprintf(path, sizeof path, "%s/tep/%s", data, pattern);
    if (glob(path, 0, NULL, &found) != 0) {
        bench_left_out(name, "tep");
        return;
    }
    new_folder();
    store = open_store();
    for (size_t i = 0; i < found.gl_pathc; i++)
        load_tep(store, found.gl_pathv[i], i);
    finish_sizes(name, store, 1.25);
    globfree(&found);
}

/*
 * Four tags as a transmitter of 4 to 20 mA gives them, 0.01 a step, 1 Hz, ten days: without noise,
 * with noise of 0.02 and of 0.04 in three steps, and one that is on or off for two hours.
 */
static double tag_value(size_t tag, size_t t, double walk, uint64_t noise)
{
    if (tag == 3)
        return (double) (t / 7200 % 2);
    return round((walk + 10 * sin((double) t / 86400 * 2 * M_PI) +
                  (double) ((int) (noise % 3) - 1) * 0.02 * (double) tag) *
                 100) /
           100;
}

static void bench_tags(const char *name, double target)
{
    enum { TAGS = 4, POINTS = 864000, TAG_BATCH = 4000 };
    static davy_sample batch[TAG_BATCH];
    uint64_t random = 7;
    davy_store *store;

    new_folder();
    store = open_store();
    make_signals(store, TAGS);
    for (size_t tag = 0; tag < TAGS; tag++) {
        double walk = 50;

        for (size_t t = 0; t < POINTS; t++) {
            random = random * 6364136223846793005U + 1442695040888963407U; /* MMIX, Knuth */
            walk += ((double) (random >> 33) / (double) (1U << 31) - 0.5) * 0.02;
            batch[t % TAG_BATCH] =
                (davy_sample){START_NS + (int64_t) t * DAVY_NS_PER_S,
                              tag_value(tag, t, walk, random >> 13), (davy_signal_id) tag, 0};
            if ((t + 1) % TAG_BATCH == 0)
                must(davy_store_append(store, batch, TAG_BATCH));
        }
    }
    finish_sizes(name, store, target);
}

static void bench_sizes(void)
{
    const char *data = bench_data_folder();

    (void) printf("bytes per point, lossless:\n");
    bench_skab(data, "anomaly-free/*.csv", "SKAB anomaly-free");
    bench_skab(data, "*/*.csv", "SKAB all");
    bench_tep(data, "d00_te.dat.gz", "TEP d00_te");
    bench_tep(data, "d*_te.dat.gz", "TEP all test runs");
    bench_tags("quantised tags", INFINITY); /* chunks are short until the day is over */
    sealed_days_are_over = true;
    bench_tags("the same, day over", 0.30);
    bench_tep(data, "d*_te.dat.gz", "TEP, day over");
}

/*
 * Reading.
 */
static davy_status add_up(void *context, const davy_store_run *run)
{
    double *sums = context;

    sums[0] += (double) run->count;
    sums[1] += run->values[0] + run->values[run->count - 1];
    return DAVY_OK;
}

/* A point of every minute came late: one chunk over all of a day. */
static void write_late(davy_store *store, davy_signal_id signal, size_t points)
{
    static davy_sample samples[20000];
    size_t count = 0;

    for (size_t t = 30; t < points && count < DAVY_ARRAY_LENGTH(samples); t += 60)
        samples[count++] = (davy_sample){START_NS + (int64_t) t * DAVY_NS_PER_S + DAVY_NS_PER_S / 2,
                                         plant_value(signal, t), signal, DAVY_QUALITY_GOOD};
    must(davy_store_append(store, samples, count));
    must(davy_store_seal(store));
}

/* Pixels that are no steps of rollups. */
static double draw(davy_store *store, davy_signal_id signal)
{
    enum { STEPS = 21 };
    const int64_t step_ns = 47000 * DAVY_NS_PER_S;
    static davy_store_bucket buckets[STEPS];
    double lasted[ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        const double start = seconds();

        must(davy_store_summarise(store, signal, START_NS + 1, START_NS + 1 + STEPS * step_ns,
                                  step_ns, buckets, STEPS));
        lasted[round] = seconds() - start;
    }
    return median(lasted, ROUNDS);
}

static void bench_late(davy_store *store)
{
    enum { SIGNAL = 5, POINTS = 1000000 };
    const double in_order = draw(store, SIGNAL);
    double late, start;

    write_late(store, SIGNAL, POINTS);
    late = draw(store, SIGNAL);
    start = cpu_seconds();
    must(davy_store_compact(store));
    start = cpu_seconds() - start;
    (void) printf(
        "1 M points as 21 pixels        %.1f ms, with late points among them %.1f ms, compacted"
        " %.1f ms (compaction of 8 M points %.1f s)\n",
        in_order * 1e3, late * 1e3, draw(store, SIGNAL) * 1e3, start);
}

static void bench_reading(void)
{
    enum { SIGNALS = 8, POINTS = 1000000, STEPS = 2000 };
    static davy_sample batch[SIGNALS * 1000];
    static davy_store_bucket buckets[STEPS];
    double scan[ROUNDS], chart[ROUNDS], whole[ROUNDS];
    davy_store *store;

    new_folder();
    store = open_store();
    make_signals(store, SIGNALS);
    for (size_t t = 0; t < POINTS;) {
        for (size_t k = 0; k < DAVY_ARRAY_LENGTH(batch); k += SIGNALS, t++)
            for (size_t i = 0; i < SIGNALS; i++)
                batch[k + i] = (davy_sample){START_NS + (int64_t) t * DAVY_NS_PER_S,
                                             plant_value(i, t), (davy_signal_id) i, 0};
        must(davy_store_append(store, batch, DAVY_ARRAY_LENGTH(batch)));
    }
    must(davy_store_seal(store));
    for (int round = 0; round < ROUNDS; round++) {
        int64_t end_ns = START_NS + POINTS * DAVY_NS_PER_S;
        double sums[2] = {0}, start = cpu_seconds();

        for (davy_signal_id i = 0; i < SIGNALS; i++)
            must(davy_store_scan(store, i, START_NS, end_ns, add_up, sums));
        scan[round] = sums[0] / (cpu_seconds() - start);
        start = seconds();
        must(davy_store_summarise(store, 3, START_NS, end_ns,
                                  (end_ns - START_NS + STEPS - 1) / STEPS, buckets, STEPS));
        chart[round] = seconds() - start;
        start = seconds();
        must(davy_store_summarise(store, 3, START_NS, end_ns, end_ns - START_NS, buckets, 1));
        whole[round] = seconds() - start;
    }
    (void) printf("scan of sealed data            %.1f M points/s on one core (target 50)\n"
                  "1 M points as 2,000 pixels     %.1f ms\n"
                  "1 M points as one step         %.1f ms\n",
                  median(scan, ROUNDS) / 1e6, median(chart, ROUNDS) * 1e3,
                  median(whole, ROUNDS) * 1e3);
    bench_late(store);
    if (median(scan, ROUNDS) < 50e6)
        outcome = EXIT_FAILURE;
    davy_store_close(store);
    drop_folder();
}

/*
 * Memory.
 */
static size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void bench_memory(void)
{
    enum { SIGNALS = 10000 };
    static davy_sample batch[SIGNALS];
    size_t before = heap_bytes(), empty;
    davy_store *store;

    new_folder();
    store = open_store();
    make_signals(store, SIGNALS);
    empty = heap_bytes() - before;
    for (size_t t = 0; t < ROW_PAUSES; t++) {
        for (size_t i = 0; i < SIGNALS; i++)
            batch[i] = (davy_sample){START_NS + (int64_t) t * DAVY_NS_PER_S, plant_value(i, t),
                                     (davy_signal_id) i, 0};
        must(davy_store_append(store, batch, SIGNALS));
    }
    (void) printf("memory at 10,000 signals       %zu bytes a signal when empty, %zu with %d points"
                  " that are not sealed\n",
                  empty / SIGNALS, (heap_bytes() - before) / SIGNALS, ROW_PAUSES);
    davy_store_close(store);
    drop_folder();
}

int main(void)
{
    bench_sizes();
    bench_reading();
    bench_memory();
    bench_ingest();
    return outcome;
}
