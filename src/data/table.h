/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "data/column_types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Table: columns of numbers to learn from, with the time and the run of each row.
 *
 * Stage: data. Columns stand one after the other (values[column * rows + row]); a missing value is
 * NaN. Rows of one run follow each other in time; windows and lags never reach across runs.
 */

/** Words of a column of categories. A value of the column is the index of its word; `count` for a
 * word that is not among them, NaN where there is none. */
typedef struct davy_levels {
    char **names; /* [count] sorted by their bytes */
    size_t count; /* 0: the column holds numbers */
} davy_levels;

typedef struct davy_table {
    size_t rows, columns;
    char **names;        /* [columns] */
    davy_levels *levels; /* [columns]; NULL: all columns hold numbers */
    double *values;      /* [columns * rows] */
    int64_t *times;      /* [rows] UTC nanoseconds; NULL when the rows have no time */
    uint32_t *runs; /* [rows] from 0; a CSV file is one run unless a group column says otherwise */
    char **run_names; /* [run_count] file or group */
    size_t run_count;
    uint8_t *run_parts; /* [run_count] 0: to learn from, 1: to watch, 2: to judge by, as the files
                         * say that were given for it; NULL: none says */
    double *labels;     /* [rows] NaN where there is none; NULL when no label column was named */
    char *
        *classes; /* [class_count] sorted: then a label is the index of its class; NULL: numbers */
    size_t class_count;
    size_t
        *places; /* [rows] of each row among all as they were read, from 0; NULL: as they stand */
    bool independent; /* rows have neither time nor group: none has to do with the one before it */
} davy_table;

/** How CSV files are read into tables. Zeroed: all is found, and columns of numbers are taken. */
typedef struct davy_table_csv_options {
    const char *time_column;     /* NULL: rows have no time */
    const char *label_column;    /* NULL: none */
    const char *group_column;    /* NULL: a file is a run */
    const char *molecule_column; /* read by csv.extra, and left out itself; NULL: none */
    const char *kin_column;      /* words, any number, that tell what is alike; NULL: none */
    const char *const *columns;  /* NULL: every column that is numeric, except the named ones */
    size_t column_count;
    const davy_levels *levels; /* [column_count] of `columns` as a model knows them: numbers and
                                * words are what they were when it learnt; NULL: found */
    bool categories;           /* columns of words that come again are taken too */
    bool label_optional;       /* a missing label column is fine */
    bool label_classes;        /* labels are words, one for each class */
    davy_csv_options csv;
    char decimal;                      /* '.' or ','; 0: found */
    const davy_column_settings *types; /* NULL: none is set */
    int64_t
        period_ns; /* rows without times get them, every run from one period after 1970; 0: no */
    uint64_t room_max; /* bytes of disk or memory that rows may take while they are read; 0: any */
    /* Told now and then: bytes of the files that were read so far. NULL is fine. */
    void (*progress)(void *context, uint64_t bytes);
    void *progress_context;
    /* Told what the columns were found to hold, and what a large table takes. NULL is fine. */
    void (*note)(void *context, const char *sentence);
    void *note_context;
} davy_table_csv_options;

/** Read CSV files (paths or globs) into one table. Errors name file, line and column.
 *
 * @return DAVY_ERR_FULL before room is taken for a table beyond options->room_max
 */
DAVY_MUST_CHECK davy_status davy_table_read_csv(const char *const *files, size_t file_count,
                                                const davy_table_csv_options *options,
                                                davy_table *out);

/** A table of its own with the same rows, without their places. */
DAVY_MUST_CHECK davy_status davy_table_copy(const davy_table *table, davy_table *out);

/**
 * Put the rows of another table behind those of a table: its runs stay runs of their own, its words
 * and classes find their place among those of both.
 *
 * @param other  is cleared, also after a failure; the table is then whole but may not be used
 * @return DAVY_ERR_INVALID when they have not the same columns, or only one has times, labels,
 * words
 */
DAVY_MUST_CHECK davy_status davy_table_join(davy_table *table, davy_table *other);

/** Give the memory back. A zeroed table is fine. */
void davy_table_clear(davy_table *table);

/** One value. */
static inline double davy_table_at(const davy_table *table, size_t row, size_t column)
{
    return table->values[column * table->rows + row];
}
