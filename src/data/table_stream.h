/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/table.h"

/**
 * @file
 * A table in pieces: CSV files of any size in flat memory.
 *
 * Stage: data. A piece is a table of some thousand rows in the order of the files: its runs are
 * numbered from the first file on, and rows of different groups stand as they were written, so that
 * a run may go on in a later piece after others. What the columns hold is told from the first rows
 * when a stream is opened; a cell that does not fit it is an error with file, line and column.
 */
typedef struct davy_table_stream davy_table_stream;

/**
 * Open files (paths or globs) and tell what their columns hold.
 *
 * @param options  borrowed until close. A column of words needs options->levels: their order is not
 *                 known before the end
 */
DAVY_MUST_CHECK davy_status davy_table_stream_open(const char *const *files, size_t file_count,
                                                   const davy_table_csv_options *options,
                                                   davy_table_stream **out);
/** NULL is fine. */
void davy_table_stream_close(davy_table_stream *stream);

/** What was found in the first rows, or in all when those did not tell. */
const davy_table_facts *davy_table_stream_facts(const davy_table_stream *stream);

/**
 * The next rows, borrowed until the next call; NULL at the end. `places` are numbered through, and
 * `run_count` and `run_names` hold all runs so far.
 */
DAVY_MUST_CHECK davy_status davy_table_stream_next(davy_table_stream *stream,
                                                   const davy_table **chunk);

/** The first run that may go on: those before it are of files that were read to their end. */
size_t davy_table_stream_first_run(const davy_table_stream *stream);
