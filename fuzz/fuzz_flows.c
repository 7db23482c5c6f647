/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any text of flows in the first line, and any file behind it: every number is finite or missing,
 * or a sentence is said.
 */
#include "data/flows.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TEXT_MAX 2048

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_rows(const char *path, const davy_flows *flows)
{
    const davy_csv_options options = {.extra = davy_flows_columns(flows)};
    const char *const *fields = NULL;
    davy_csv *csv = NULL;
    davy_status status = davy_csv_open_as(path, &options, &csv);
    size_t columns;

    while (status == DAVY_OK && (status = davy_csv_next(csv, &fields)) == DAVY_OK && fields) {
        (void) davy_csv_header(csv, &columns);
        for (size_t i = columns - options.extra->count; i < columns; i++)
            if (strlen(fields[i]) != davy_csv_lengths(csv)[i] || !isfinite(strtod(fields[i], NULL)))
                abort();
    }
    davy_csv_close(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    const size_t length = end ? (size_t) (end - data) : 0;
    char text[TEXT_MAX], path[64];
    davy_flows *flows = NULL;
    int file;

    if (!end || length >= sizeof text)
        return 0;
    memcpy(text, data, length);
    text[length] = '\0';
    if (davy_flows_parse(text, &flows) != DAVY_OK)
        return 0;
    file = memfd_create("flows", 0);
    if (file < 0 || write(file, end + 1, size - length - 1) < 0)
        abort();
    (void) snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    read_rows(path, flows);
    davy_flows_destroy(flows);
    (void) close(file);
    return 0;
}
