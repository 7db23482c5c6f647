/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/samples/page.h"

/**
 * @file
 * Samples as rows, signal after signal, in flat memory; and what writes them.
 *
 * Stage: serve. Private to this room. A row stands alone, so samples that come late while an answer
 * is written are in it or not, and never tear it.
 */

/** An answer under way, as those who write rows see it. */
typedef struct davy_samples_writer {
    davy_samples_query query;
    const struct davy_samples_rows *rows;
    const davy_samples_signal *signal; /* the one being written */
    davy_samples_page *page;           /* NULL: summarised */
    davy_store_bucket *steps;
    size_t step_count;
    int64_t minute;    /* since 1970, of the text below; INT64_MIN: none */
    char date[20];     /* "2026-01-02T03:04:" */
    davy_buffer name;  /* of the signal, as every row has it */
    size_t name_split; /* where its first part ends, if it has two */
    uint64_t left_out; /* samples of the signal that have no row */
    uint64_t samples;  /* of all signals */
} davy_samples_writer;

/** How rows are written. Only `run` and `stride` must be there. */
typedef struct davy_samples_rows {
    size_t stride; /* rows at a time: some ten KiB */
    void (*begin)(davy_samples_writer *writer, davy_buffer *out);
    void (*begin_signal)(davy_samples_writer *writer, davy_buffer *out);
    /* Samples [from, to) of the page. */
    void (*run)(davy_samples_writer *writer, davy_buffer *out, size_t from, size_t to);
    /* A step that has a sample; NULL: summaries have no word. */
    void (*step)(davy_samples_writer *writer, davy_buffer *out, const davy_store_bucket *step);
    void (*end_signal)(davy_samples_writer *writer, davy_buffer *out);
    void (*end)(davy_samples_writer *writer, davy_buffer *out);
} davy_samples_rows;

/** A text as a cell of CSV, in quotes when it needs them. */
void davy_samples_append_cell(davy_buffer *out, const char *text);

/** A number as a cell of CSV: nothing for one that is none, and inf and -inf. */
void davy_samples_append_number(davy_buffer *out, double value);

extern const davy_samples_rows davy_samples_csv;
extern const davy_samples_rows davy_samples_text; /* for people at a terminal */
extern const davy_samples_rows davy_samples_lines;
extern const davy_samples_rows davy_samples_columns;

DAVY_MUST_CHECK davy_status davy_samples_produce_rows(const davy_samples_query *query,
                                                      const davy_samples_rows *rows,
                                                      davy_producer *out);

/**
 * As JSON. A column stands after the other, so a long signal is read once per column; the later
 * ones stop at the last time of the first and must show the same times. When late samples came in
 * between, the answer is cut off, so that a value never stands beside the time of another.
 */
DAVY_MUST_CHECK davy_status davy_samples_produce_json(const davy_samples_query *query,
                                                      davy_producer *out);
