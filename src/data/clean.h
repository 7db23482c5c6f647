/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/table.h"

/**
 * @file
 * Cleaning: what is done to a history before anything is learnt from it, each change counted.
 *
 * Stage: data.
 */

/** A value that stands still for so many rows, in a signal that else moves in most, is stuck. */
#define DAVY_CLEAN_STUCK_ROWS 60

/** Periods without a row after which the past is forgotten, as if another run began. */
#define DAVY_CLEAN_GAP 10

/** What was found and done. */
typedef struct davy_quality_report {
    size_t rows;
    size_t shuffled; /* rows that stood before an earlier one and were moved */
    size_t repeated; /* rows of the time of the row before, in the same run: dropped */
    size_t missing;  /* cells without a value */
    size_t stuck;    /* cells in stretches that stand still; left as they are */
    size_t gaps;     /* steps of time longer than one and a half periods, inside runs */
    size_t absent;   /* rows that these would hold, at the usual period */
    int64_t gap_ns;  /* the longest of them; 0: none */
} davy_quality_report;

/**
 * Put the rows of every run in the order of time, drop those of the same time but the last, and
 * put the runs in the order in which they began: "10.csv" is read before "2.csv", and what stands
 * last is taken for the latest. Runs that begin together, as simulations do, keep their order.
 */
DAVY_MUST_CHECK davy_status davy_clean_order(davy_table *table, davy_quality_report *report);

/** Median step of time inside the runs; 0 without times. */
DAVY_MUST_CHECK davy_status davy_clean_period(const davy_table *table, int64_t *period_ns);

/** Whether a step of time makes the past void: a gap of so many periods, or a step back. */
bool davy_clean_parts(int64_t from_ns, int64_t to_ns, int64_t period_ns);

/** Whether the past of `row` must be forgotten: the first row, another run, a gap, a step back.
 * @param period_ns  0: gaps are not known */
bool davy_clean_begins(const davy_table *table, size_t row, int64_t period_ns);

/** Of the rows with a value after a row with one: the share in which it is another. */
double davy_clean_moves(const davy_table *table, size_t column);
/** Cells of a column that stand still for long, though it else moves in most rows. */
size_t davy_clean_stuck_cells(const davy_table *table, size_t column);

/** Count missing and stuck cells, and gaps. @param period_ns  of davy_clean_period() */
void davy_clean_count(const davy_table *table, int64_t period_ns, davy_quality_report *report);
