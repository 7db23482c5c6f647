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

/** Room for the text that a cell is made in. */
#define DAVY_PRINT_CELL_MAX 256

/**
 * The words of a cell: text of its own, of the object, or written into `text`; NULL for nothing.
 *
 * @param path  of the field, as the table has it
 */
typedef const char *davy_print_cell(const struct json_t *object, const char *path,
                                    char text[DAVY_PRINT_CELL_MAX]);

/** A column of a table of JSON objects. */
typedef struct davy_print_field {
    const char *name;      /* heading */
    const char *path;      /* of the value in an object: "key", or "given.by" */
    bool right;            /* numbers stand right */
    davy_print_cell *cell; /* NULL: davy_print_value() */
} davy_print_field;

/** The text or the number at `path` as words: whole numbers in full, others with five digits, and
 * "-" for what is not there. */
davy_print_cell davy_print_value;

/** Write a table with a row for each object of a JSON array. NULL, and no array, is an empty one.
 */
DAVY_MUST_CHECK davy_status davy_print_objects(const char *name, const davy_print_field *fields,
                                               size_t field_count, const struct json_t *objects);

/** Write an object to standard output, indented, and give its reference back. NULL: no memory. */
DAVY_MUST_CHECK davy_status davy_print_json(struct json_t *object);
