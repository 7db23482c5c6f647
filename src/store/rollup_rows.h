/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/rollup_block.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The rollups of one signal and one day in memory, while they are made.
 *
 * Stage: store. Samples go in in the order of their times, once; the coarse tiers come from the
 * fine one. The sum of decimal numbers is a decimal number, so what adding made of its last digits
 * is undone, as in heads of chunks: a sum over n numbers is off by at most half a unit in the last
 * place of itself, others by less than n 2^-53 times the sum of their sizes.
 */

/** Most steps that a day has in the finest tier. */
#define DAVY_ROLLUP_DAY_MAX ((size_t) 8640)

/** Steps of one tier in which something happened, ascending. */
typedef struct davy_rollup_rows {
    davy_store_bucket *items;
    uint8_t *decimals; /* of the values in each step, or that some are no decimal numbers */
    size_t count;
} davy_rollup_rows;

/** All tiers; one block of memory, about 1 MB, used for signal after signal. */
typedef struct davy_rollup_day {
    davy_rollup_rows tiers[DAVY_ROLLUP_TIERS];
} davy_rollup_day;

DAVY_MUST_CHECK davy_status davy_rollup_day_create(davy_rollup_day **out);

/** NULL is fine. */
void davy_rollup_day_destroy(davy_rollup_day *day);

/** Forget all steps. */
void davy_rollup_day_reset(davy_rollup_day *day);

/** Add samples, later than all before them. */
void davy_rollup_day_add(davy_rollup_day *day, const davy_store_run *run);

/** Add a step of the finest tier, later than all before it, that was made before. */
void davy_rollup_day_keep(davy_rollup_day *day, const davy_store_bucket *row);

/** No more samples come: set the sums right and fill the coarse tiers. */
void davy_rollup_day_finish(davy_rollup_day *day);
