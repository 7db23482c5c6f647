/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "data/cleaning.h"
#include "models/model_private.h"

/**
 * @file
 * A history made ready to learn from: put in order, counted, cleaned; and what there was to say.
 *
 * Stage: models. Both sorts of training begin here, and tell the same in their summary, their page
 * and model.json.
 */
typedef struct davy_data_quality {
    davy_quality_report found; /* before it was cleaned */
    int64_t period_ns;         /* usual time from row to row; 0 without times */
    char hash[DAVY_HASH_MAX];  /* of the rows in order, before they were cleaned */
    davy_cleaning cleaning;
    davy_clean_tally tally;
} davy_data_quality;

/** A zeroed one is fine. */
void davy_data_quality_clear(davy_data_quality *quality);

/** Put the rows in order of time, count what is wrong, and take the hash. */
DAVY_MUST_CHECK davy_status davy_data_order(davy_table *table, davy_data_quality *quality);

/**
 * Learn the recipe from the table and clean it.
 *
 * @param recipe  NULL: none
 * @param ranges  [columns] of the signals; NULL: not known
 * @param live    rows will come one by one: no step may look ahead
 */
DAVY_MUST_CHECK davy_status davy_data_clean(davy_table *table, const char *recipe,
                                            const davy_clean_range *ranges, bool live,
                                            davy_data_quality *quality);

/** Sentences, a line each; nothing when nothing was wrong and nothing changed. */
void davy_data_quality_say(const davy_data_quality *quality, davy_buffer *text);

/** Add to a model.json: the counts to its `data`, and `cleaning`. */
DAVY_MUST_CHECK davy_status davy_data_quality_add(const davy_data_quality *quality, json_t *root);

/** A section of a page: the counts, and what each step changed in each column. */
void davy_data_quality_section(const davy_data_quality *quality, davy_buffer *html);
