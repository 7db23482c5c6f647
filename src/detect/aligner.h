/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "core/status.h"

#include <stdbool.h>

/**
 * @file
 * Aligner: from signals that tick at their own times to rows on a model's period grid.
 *
 * Stage: detect. The grid stands at whole multiples of the period since 1970, so a replay that
 * starts anywhere makes the same rows. The row at tick t holds, for each column, the last good
 * value with time <= t, as long as it is not older than the column's cap; else NaN. A row is made
 * when every column has passed t, or when the newest column has passed t by the wait.
 *
 *     t            t+1          t+2
 *     |--a---b-----|-----a----b-|      row t+1 holds the second-last a and b as soon as both
 *                                      columns have sent something at or after t+1
 *
 * A sample for a tick whose row is gone is late: it is counted, and it counts for later rows when
 * it is the newest of its column. Rows depend on the order of the samples and on nothing else.
 * Memory is taken at creation.
 */
typedef struct davy_aligner davy_aligner;

/** How far the newest column may run ahead of a row that waits for another one. */
#define DAVY_ALIGNER_WAIT_NS (2 * DAVY_NS_PER_S)

/** Most ticks that may wait at once; a shorter wait is taken for very short periods. */
#define DAVY_ALIGNER_TICKS_MAX 1024

/**
 * A row is ready.
 *
 * @param gap  ticks are missing between the row before and this one: a new run begins
 */
typedef void (*davy_aligner_emit)(void *context, int64_t time_ns, const double *row, bool gap);

/**
 * @param period_ns  > 0
 * @param caps_ns    [columns] greatest age of a value in a row
 */
DAVY_MUST_CHECK davy_status davy_aligner_create(int64_t period_ns, size_t columns,
                                                const int64_t *caps_ns, davy_aligner_emit emit,
                                                void *context, davy_aligner **out);
/** NULL is fine. */
void davy_aligner_destroy(davy_aligner *aligner);

/** Give the rows to somebody else from now on. */
void davy_aligner_rebind(davy_aligner *aligner, void *context);

/** Add a sample; calls `emit` for every row that is ready now. A bad sample only passes time. */
void davy_aligner_add(davy_aligner *aligner, size_t column, int64_t time_ns, bool good,
                      double value);

/** Make all rows up to the newest sample: the history is over. */
void davy_aligner_flush(davy_aligner *aligner);

/** Samples that came after their row was made. */
uint64_t davy_aligner_late(const davy_aligner *aligner);
