/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "data/clean.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The window a model looks at: the newest row and the rows before it, short gaps held.
 *
 * Stage: models. Training and scoring push rows through the same window, so that a model never
 * sees other numbers live than it learnt from. A missing value is replaced by the signal's last
 * one for at most `hold` rows in a row, and only while at most a fifth of the signals (or one) are
 * missing; beyond that there is no window, and it fills again from the start.
 */
typedef struct davy_window {
    size_t signals, lags, hold;
    size_t filled;    /* rows in the window, at most lags + 1 */
    double *values;   /* [(lags + 1) * signals], newest row first */
    double *last;     /* [signals] last good value; NaN before the first */
    uint32_t *absent; /* [signals] rows since the last good value */
} davy_window;

typedef enum davy_window_state {
    DAVY_WINDOW_FULL,
    DAVY_WINDOW_FILLING,
    DAVY_WINDOW_MISSING
} davy_window_state;

DAVY_MUST_CHECK davy_status davy_window_init(davy_window *window, size_t signals, size_t lags,
                                             size_t hold);
/** A zeroed window is fine. */
void davy_window_clear(davy_window *window);
/** Forget all rows. */
void davy_window_reset(davy_window *window);
davy_window_state davy_window_push(davy_window *window, const double *row);

/** Stretch of a table that is walked window by window. */
typedef struct davy_walk {
    const davy_table *table;
    const uint8_t *skip; /* [rows] 1: the row does not exist for this walk; NULL: all do */
    size_t from, to;     /* rows [from, to) */
    int64_t period_ns;   /* a step of time beyond DAVY_CLEAN_GAP of these begins anew; 0: never */
} davy_walk;

/** Whether the past of `row` must be forgotten: another run, a gap in time, a step back. */
bool davy_walk_begins(const davy_walk *walk, size_t row);

/** @param window  [(lags + 1) * signals], newest row first, borrowed for the call */
typedef davy_status (*davy_walk_visit)(void *context, size_t row, const double *window);

/** Visit every full window of the stretch in order. */
DAVY_MUST_CHECK davy_status davy_walk_windows(const davy_walk *walk, size_t lags, size_t hold,
                                              davy_walk_visit visit, void *context);
