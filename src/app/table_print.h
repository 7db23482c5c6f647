/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * A table for people, or the same as JSON for programs.
 *
 * Stage: app. Columns are as wide as they need to be and cut to the terminal; with `json` the
 * output is {"name": [{"column": value, ...}, ...]} and numbers are numbers.
 */
typedef struct davy_print_column {
    const char *name; /* heading, and key of the JSON object in lower case */
    bool right;       /* numbers stand right */
    bool is_number;   /* a JSON number (or null when the text is empty) */
} davy_print_column;

typedef struct davy_print davy_print;

DAVY_MUST_CHECK davy_status davy_print_create(const char *name, const davy_print_column *columns,
                                              size_t column_count, bool json, davy_print **out);

/** Add a row of texts; NULL stands for nothing. The texts are copied. */
DAVY_MUST_CHECK davy_status davy_print_row(davy_print *print, const char *const *texts);

/** Write it to standard output and free it. NULL is fine. */
void davy_print_finish(davy_print *print);

struct json_t;

/** Write an object to standard output, indented, and give its reference back. NULL: no memory. */
DAVY_MUST_CHECK davy_status davy_print_json(struct json_t *object);
