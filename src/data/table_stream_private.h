/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/class_list.h"
#include "data/table_inspect.h"
#include "data/table_stream.h"

/**
 * @file
 * A stream of rows under way, shared by what hands out pieces and what makes a whole table of them.
 *
 * Stage: data.
 */

/* A column of the table, or one that is only watched because it was empty so far. */
typedef struct stream_column {
    const char *name; /* borrowed from the facts or the options */
    davy_column_type type;
    bool lenient; /* it was set to be a number: other cells are missing */
    bool watched; /* it has no place in the table, and any value contradicts what was found */
    bool kin;     /* it may have any number of words */
    bool known;   /* `words` are those of a model, and a new one has the number `count` */
    size_t field; /* in the file now open */
    size_t cells; /* words so far */
    davy_word_list words;
} stream_column;

struct davy_table_stream {
    const davy_table_csv_options *options;
    davy_table_facts facts;
    stream_column *columns; /* those of the table, then those that are watched */
    size_t column_count, watched_count;
    char decimal;
    size_t time_field, label_field, group_field; /* SIZE_MAX: none */
    davy_time_format time_format;

    davy_csv *csv; /* the file now open; NULL: none */
    size_t file;
    uint64_t bytes;          /* of the files before */
    davy_word_list groups;   /* of the file now open */
    davy_class_list classes; /* of the labels, when they are words */
    bool contradicted; /* a failure was a cell that is not what the first rows said of its column */

    davy_table chunk; /* its `rows` are those that are filled; columns stand `capacity` apart */
    size_t capacity;
    size_t rows;                    /* of the pieces before */
    size_t run_capacity, first_run; /* first_run: of the file now open */
    int64_t *run_rows;              /* [run_capacity] rows so far, of each run */
};

/** As davy_table_stream_open(), of facts that were found before and are taken over. */
davy_status davy_table_stream_begin(const davy_table_csv_options *options, davy_table_facts *facts,
                                    davy_table_stream **out);

/** Choose the columns and their types by the facts: fills in->columns. */
davy_status davy_table_stream_plan(davy_table_stream *in);

/**
 * Whether the facts of the first rows are enough to go on with: no column that is wanted is mixed,
 * and the format of the time is known. Facts of all rows always are: they fail later, and for good.
 */
bool davy_table_facts_settled(const davy_table_facts *facts, const davy_table_csv_options *options);
