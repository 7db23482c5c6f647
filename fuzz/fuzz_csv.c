/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as a CSV file, plain or gzip: every row has the header's fields, or a sentence is said.
 */
#include "core/csv.h"

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
        for (size_t i = 0; i < columns; i++)
            bytes += strlen(fields[i]);
    }
    if (bytes > DAVY_CSV_ROW_MAX * ROWS_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    davy_csv *csv = NULL;
    int descriptor = memfd_create("csv", MFD_CLOEXEC);

    if (descriptor < 0 || write(descriptor, data, size) != (ssize_t) size)
        abort();
    (void) snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    if (davy_csv_open(path, &csv) == DAVY_OK) {
        read_rows(csv);
        if (davy_csv_rewind(csv) == DAVY_OK)
            read_rows(csv);
    }
    davy_csv_close(csv);
    close(descriptor);
    return 0;
}
