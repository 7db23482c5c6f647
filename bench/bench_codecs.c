/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Figures of the store's codecs: bytes a point, and points that one core codes and decodes in a
 * second, of each kind on the same columns. Tennessee Eastman in the columns of a day, and tags of
 * which one value in ten is another than before in those of a day that is over.
 */
#include "store/codec.h"

#include "data.h"
#include "must.h"

#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#define ROUNDS      5
#define TEP_SIGNALS ((size_t) 52)
#define TEP_POINTS  ((size_t) 480) /* of a day, every three minutes */
#define COLUMNS_MAX ((size_t) 2500)
#define TAGS        ((size_t) 100)

static double columns[COLUMNS_MAX * TEP_POINTS > TAGS *DAVY_CHUNK_POINTS_MAX
                          ? COLUMNS_MAX *TEP_POINTS
                          : TAGS *DAVY_CHUNK_POINTS_MAX];
static davy_buffer coded[COLUMNS_MAX];
static davy_codec_work *work;

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

/* @return columns that the kind can hold */
static size_t encode_all(const davy_codec *codec, size_t count, size_t points, size_t *bytes)
{
    size_t held = 0;

    *bytes = 0;
    for (size_t i = 0; i < count; i++) {
        davy_buffer_reset(&coded[i]);
        held += codec->encode(work, columns + i * points, points, &coded[i]);
        *bytes += coded[i].length;
    }
    return held;
}

static void decode_all(const davy_codec *codec, size_t count, size_t points)
{
    static double values[DAVY_CHUNK_POINTS_MAX];

    for (size_t i = 0; i < count; i++)
        if (coded[i].length > 0 &&
            !codec->decode(work, (const uint8_t *) coded[i].bytes, coded[i].length, values, points))
            exit(EXIT_FAILURE);
}

/* The best of some rounds: what else the machine does only adds. */
static void measure(const davy_codec *codec, size_t count, size_t points)
{
    double encoding = 1e9, decoding = 1e9;
    size_t bytes = 0, held = 0;

    for (int round = 0; round < ROUNDS; round++) {
        const double start = cpu_seconds();
        double middle, end;

        held = encode_all(codec, count, points, &bytes);
        middle = cpu_seconds();
        decode_all(codec, count, points);
        end = cpu_seconds();
        encoding = middle - start < encoding ? middle - start : encoding;
        decoding = end - middle < decoding ? end - middle : decoding;
    }
    if (held > 0)
        (void) printf("  %-12s %5zu of %zu columns   %.3f bytes a point   decodes %4.0f M points/s"
                      "   codes %4.0f M points/s\n",
                      codec->name, held, count, (double) bytes / (double) (held * points),
                      (double) (held * points) / decoding / 1e6,
                      (double) (held * points) / encoding / 1e6);
}

static void measure_all(const char *what, size_t count, size_t points)
{
    (void) printf("%s, %zu columns of %zu points:\n", what, count, points);
    for (size_t i = 0; davy_codecs[i]; i++)
        measure(davy_codecs[i], count, points);
}

/* Whole days of a run, column after column. @return columns that there are then */
static size_t load_run(const char *path, size_t count)
{
    static char line[4096];
    gzFile file = gzopen(path, "rb");
    size_t row = 0;

    while (file && gzgets(file, line, sizeof line) && count + TEP_SIGNALS <= COLUMNS_MAX) {
        char *cursor = line;

        for (size_t i = 0; i < TEP_SIGNALS; i++)
            columns[(count + i) * TEP_POINTS + row] = strtod(cursor, &cursor);
        if (++row == TEP_POINTS) {
            count += TEP_SIGNALS;
            row = 0;
        }
    }
    gzclose(file);
    return count;
}

static void bench_tennessee(void)
{
    size_t count = 0;
    char pattern[512];
    glob_t found;

    (void) snprintf(pattern, sizeof pattern, "%s/tep/d*_te.dat.gz", bench_data_folder());
    if (glob(pattern, 0, NULL, &found) != 0) {
        bench_left_out("codecs on Tennessee Eastman", "tep");
        return;
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        count = load_run(found.gl_pathv[i], count);
    globfree(&found);
    measure_all("Tennessee Eastman", count, TEP_POINTS);
}

static void bench_tags(void)
{
    static const int steps[] = {-2, -1, 1, 2};
    uint64_t bits = 1;

    for (size_t tag = 0; tag < TAGS; tag++) {
        int level = 5000;

        for (size_t t = 0; t < DAVY_CHUNK_POINTS_MAX; t++) {
            bits = bits * 6364136223846793005U + 1442695040888963407U; /* MMIX, Knuth */
            if (bits >> 40 < (1U << 24) / 10)
                level += steps[bits >> 20 & 3];
            columns[tag * DAVY_CHUNK_POINTS_MAX + t] = level / 100.0;
        }
    }
    measure_all("tags, one value in ten another", TAGS, DAVY_CHUNK_POINTS_MAX);
    davy_codec_work_be_thorough(work, true);
    measure_all("the same, thorough", TAGS, DAVY_CHUNK_POINTS_MAX);
}

int main(void)
{
    must(davy_codec_work_create(&work));
    bench_tennessee();
    bench_tags();
    for (size_t i = 0; i < COLUMNS_MAX; i++)
        davy_buffer_clear(&coded[i]);
    davy_codec_work_destroy(work);
    return EXIT_SUCCESS;
}
