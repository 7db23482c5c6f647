/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/judge/evaluate.h"

/**
 * @file
 * The rows that a model scored, packed: what every figure of an evaluation is made of.
 *
 * Stage: models.
 */
typedef struct davy_scored_rows {
    size_t count;
    size_t *rows; /* [count] in the table */
    double *scores, *labels;
    uint8_t *alarms, *other; /* other: of a baseline */
    uint32_t *runs;
    const int64_t *times; /* of the table, by `rows`; NULL: none */
} davy_scored_rows;

/** Pack; clear it also after a failure. The table is borrowed. */
DAVY_MUST_CHECK davy_status davy_scored_rows_pack(const davy_table *table, const davy_run *run,
                                                  davy_scored_rows *packed);
void davy_scored_rows_clear(davy_scored_rows *packed);

/**
 * Days that the rows cover: from row to row where they follow each other. Without times a day is
 * taken for as many rows as it has seconds.
 *
 * @param groups  [count] and days for each group, added to; NULL: not asked for
 * @return of all
 */
double davy_scored_rows_days(const davy_scored_rows *packed, const uint32_t *groups, double *days);
