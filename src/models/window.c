/* SPDX-License-Identifier: Apache-2.0 */
#include "models/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

davy_status davy_window_init(davy_window *window, size_t signals, size_t lags, size_t hold)
{
    *window = (davy_window){.signals = signals, .lags = lags, .hold = hold};
    window->values = calloc((lags + 1) * signals, sizeof *window->values);
    window->last = calloc(signals, sizeof *window->last);
    window->absent = calloc(signals, sizeof *window->absent);
    if (!window->values || !window->last || !window->absent) {
        davy_window_clear(window);
        (void) davy_fail(DAVY_ERR_NOMEM, "window of %zu signals", signals);
        return DAVY_ERR_NOMEM;
    }
    davy_window_reset(window);
    return DAVY_OK;
}

void davy_window_clear(davy_window *window)
{
    free(window->values);
    free(window->last);
    free(window->absent);
    *window = (davy_window){0};
}

void davy_window_reset(davy_window *window)
{
    window->filled = 0;
    for (size_t j = 0; j < window->signals; j++) {
        window->last[j] = NAN;
        window->absent[j] = 0;
    }
}

/* Take the row's values and hold what is missing; false when that is too much. */
static bool hold_missing(davy_window *window, const double *row)
{
    const size_t held_max = window->signals / 5 > 1 ? window->signals / 5 : 1;
    size_t held = 0;
    bool usable = true;

    for (size_t j = 0; j < window->signals; j++) {
        if (isfinite(row[j])) {
            window->last[j] = row[j];
            window->absent[j] = 0;
            continue;
        }
        held++;
        if (window->absent[j] < UINT32_MAX)
            window->absent[j]++;
        if (window->absent[j] > window->hold || isnan(window->last[j]))
            usable = false;
    }
    return usable && held <= held_max;
}

davy_window_state davy_window_push(davy_window *window, const double *row)
{
    const size_t signals = window->signals;

    if (!hold_missing(window, row)) {
        window->filled = 0;
        return DAVY_WINDOW_MISSING;
    }
    memmove(window->values + signals, window->values, window->lags * signals * sizeof(double));
    memcpy(window->values, window->last, signals * sizeof(double));
    if (window->filled <= window->lags)
        window->filled++;
    return window->filled > window->lags ? DAVY_WINDOW_FULL : DAVY_WINDOW_FILLING;
}

bool davy_walk_begins(const davy_walk *walk, size_t row)
{
    return row == walk->from || davy_clean_begins(walk->table, row, walk->period_ns);
}

static davy_status walk_row(const davy_walk *walk, davy_window *window, size_t row, double *values,
                            davy_walk_visit visit, void *context)
{
    if (davy_walk_begins(walk, row))
        davy_window_reset(window);
    if (walk->skip && walk->skip[row]) {
        davy_window_reset(window);
        return DAVY_OK;
    }
    for (size_t j = 0; j < window->signals; j++)
        values[j] = davy_table_at(walk->table, row, j);
    if (davy_window_push(window, values) != DAVY_WINDOW_FULL)
        return DAVY_OK;
    return visit(context, row, window->values);
}

davy_status davy_walk_windows(const davy_walk *walk, size_t lags, size_t hold,
                              davy_walk_visit visit, void *context)
{
    davy_window window;
    double *values = calloc(walk->table->columns, sizeof *values);
    davy_status status;

    if (!values)
        return davy_fail(DAVY_ERR_NOMEM, "row of %zu signals", walk->table->columns);
    status = davy_window_init(&window, walk->table->columns, lags, hold);
    for (size_t row = walk->from; row < walk->to && status == DAVY_OK; row++)
        status = walk_row(walk, &window, row, values, visit, context);
    davy_window_clear(&window);
    free(values);
    return status;
}
