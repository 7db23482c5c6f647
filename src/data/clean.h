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

/** What was found and done. */
typedef struct davy_quality_report {
    size_t rows;
    size_t shuffled; /* rows that stood before an earlier one and were moved */
    size_t repeated; /* rows of the time of the row before, in the same run: dropped */
    size_t missing;  /* cells without a value */
    size_t held;     /* of those, filled with the last value */
    size_t stuck;    /* cells in stretches that stand still; left as they are */
} davy_quality_report;

/**
 * Put the rows of every run in the order of time, drop those of the same time but the last, and
 * put the runs in the order in which they began: "10.csv" is read before "2.csv", and what stands
 * last is taken for the latest. Runs that begin together, as simulations do, keep their order.
 */
DAVY_MUST_CHECK davy_status davy_clean_order(davy_table *table, davy_quality_report *report);

/** Count missing and stuck cells. */
void davy_clean_count(const davy_table *table, davy_quality_report *report);

/** Fill a missing cell with the signal's last value of the run, for at most `rows` in a row. */
void davy_clean_hold(davy_table *table, size_t rows, davy_quality_report *report);
