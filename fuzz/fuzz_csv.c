/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as a CSV file, plain or gzip: every row has the header's fields, or a sentence is said.
 * The same bytes are read as they are, in several encodings and with several delimiters, and as a
 * table whose types are found.
 */
#include "core/csv.h"
#include "data/table.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A gzip bomb is read in flat memory; the fuzzer need not wait for its end. */
#define ROWS_MAX 100000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_rows(davy_csv *csv)
{
    const char *const *fields = NULL;
    size_t columns, bytes = 0;

    (void) davy_csv_header(csv, &columns);
    for (int row = 0; row < ROWS_MAX; row++) {
        if (davy_csv_next(csv, &fields) != DAVY_OK || !fields)
            break;
        for (size_t i = 0; i < columns; i++) {
            bytes += strlen(fields[i]);
            if (strlen(fields[i]) != davy_csv_lengths(csv)[i])
                abort();
        }
    }
    if (bytes > DAVY_CSV_ROW_MAX * ROWS_MAX)
        abort();
}

static void read_as(const char *path, const davy_csv_options *options)
{
    davy_csv *csv = NULL;

    if (davy_csv_open_as(path, options, &csv) == DAVY_OK) {
        read_rows(csv);
        if (davy_csv_rewind(csv) == DAVY_OK)
            read_rows(csv);
    }
    davy_csv_close(csv);
}

static void read_table(const char *path, const davy_table_csv_options *options)
{
    davy_table table = {0};

    if (davy_table_read_csv(&path, 1, options, &table) == DAVY_OK)
        for (size_t c = 0; c < table.columns; c++)
            for (size_t row = 0; table.levels && table.levels[c].count > 0 && row < table.rows;
                 row++)
                if (davy_table_at(&table, row, c) >= (double) table.levels[c].count)
                    abort();
    davy_table_clear(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const davy_csv_options options[] = {{0},
                                               {.encoding = "GB18030"},
                                               {.encoding = "UTF-16", .delimiter = ';'},
                                               {.delimiter = DAVY_CSV_BLANKS, .headless = true}};
    static const davy_table_csv_options tables[] = {
        {.categories = true, .room_max = 1 << 24},
        {.time_column = "t", .group_column = "g", .room_max = 1 << 24},
        {.label_column = "l", .label_classes = true, .decimal = ',', .room_max = 1 << 24}};
    char path[64];
    int descriptor = memfd_create("csv", MFD_CLOEXEC);

    if (descriptor < 0 || write(descriptor, data, size) != (ssize_t) size)
        abort();
    (void) snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(options); i++)
        read_as(path, &options[i]);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(tables); i++)
        read_table(path, &tables[i]);
    close(descriptor);
    return 0;
}
