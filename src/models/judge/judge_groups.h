/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/judge/comparison.h"
#include "models/samples/sample_set.h"

/**
 * @file
 * What is drawn together when an interval is made, and what learns from what.
 *
 * Stage: models. Runs are drawn whole. A single run is cut into twenty stretches, none of which
 * ends inside of an event: rows that are near in time are alike, and those far apart less so.
 * Source: Künsch, Annals of Statistics 17, 1989, in its form without overlap.
 */
typedef struct davy_row_groups {
    uint32_t *of; /* [rows] from 0 */
    size_t count;
    davy_words drawn;
} davy_row_groups;

/** Both languages of what was drawn, from the English of a model.json; else "groups". */
davy_words davy_judge_drawn(const char *english);

void davy_row_groups_clear(davy_row_groups *groups);

/**
 * @param runs    [count]
 * @param faulty  [count] or NULL
 * @param lone    rows are independent: each is a group
 */
DAVY_MUST_CHECK davy_status davy_judge_group_rows(const uint32_t *runs, const uint8_t *faulty,
                                                  size_t count, bool lone, davy_row_groups *groups);

/** Folds of the rows of a table, for baselines that learn. */
DAVY_MUST_CHECK davy_status davy_judge_fold_rows(const davy_table *table, uint64_t seed,
                                                 uint8_t *folds, size_t *fold_count);

/** Whether a table is what a model says that it learnt from. */
bool davy_judge_is_history(const davy_table *history, const char *data_hash);
