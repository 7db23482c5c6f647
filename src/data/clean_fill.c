/* SPDX-License-Identifier: Apache-2.0 */
#include "data/clean_kind.h"

#include <math.h>

/*
 * Short holes: `hold` goes on with the last value, as a display in a control room does; `linear`
 * draws a line to the next one, which a live row has not seen. Neither fills more rows than it is
 * told, and a hole that is longer is not begun to be filled by a line: what is not known for an
 * hour is not known.
 */
enum { LAST, ABSENT, STATE };

static size_t hold_state(const davy_clean_step *step)
{
    (void) step;
    return STATE;
}

static void begin_hold(const davy_clean_step *step, double *state)
{
    (void) step;
    state[LAST] = NAN;
    state[ABSENT] = 0;
}

static bool push_hold(const davy_clean_step *step, const davy_clean_cell *cell, double *state)
{
    if (isfinite(*cell->value)) {
        state[LAST] = *cell->value;
        state[ABSENT] = 0;
        return false;
    }
    state[ABSENT]++;
    if (state[ABSENT] > step->arguments[0] || isnan(state[LAST]))
        return false;
    *cell->value = state[LAST];
    return true;
}

/* How far along a row is: by its time, or by its number. */
static double place_of(const davy_table *table, size_t row)
{
    return table->times ? (double) table->times[row] : (double) row;
}

/* The line from row `from` to row `to`, both known. @return rows filled */
static size_t draw_line(const davy_table *table, double *values, size_t from, size_t to)
{
    const double begin = place_of(table, from), length = place_of(table, to) - begin;

    for (size_t row = from + 1; row < to; row++)
        values[row] =
            values[from] + (values[to] - values[from]) * (place_of(table, row) - begin) / length;
    return to - from - 1;
}

static size_t fill_stretch(const davy_clean_step *step, const davy_table *table, double *values,
                           size_t from, size_t to)
{
    size_t known = SIZE_MAX, filled = 0;

    for (size_t row = from; row < to; row++) {
        if (!isfinite(values[row]))
            continue;
        if (known != SIZE_MAX && row - known > 1 &&
            (double) (row - known - 1) <= step->arguments[0])
            filled += draw_line(table, values, known, row);
        known = row;
    }
    return filled;
}

static davy_status apply_linear(const davy_clean_step *step, const davy_clean_sheet *sheet)
{
    const davy_table *table = sheet->table;

    for (size_t c = 0; c < table->columns; c++) {
        if (!davy_clean_takes_column(step, sheet->cleaning, sheet->columns[c]))
            continue;
        for (size_t row = 0, end; row < table->rows; row = end) {
            end = davy_clean_stretch_end(table, row, sheet->period_ns);
            sheet->changed[c] +=
                fill_stretch(step, table, table->values + c * table->rows, row, end);
        }
    }
    return DAVY_OK;
}

const davy_clean_kind davy_clean_hold = {
    .name = "hold",
    .what = {"missing, held", "缺失,沿用前值"},
    .meaning = "fill a missing value with the last one",
    .parameters = {{"rows", DAVY_CLEAN_NUMBER, 5, 1, 1e6, "rows in a row that are filled at most"}},
    .back = true,
    .words = true,
    .state = hold_state,
    .begin = begin_hold,
    .push = push_hold,
};

const davy_clean_kind davy_clean_linear = {
    .name = "linear",
    .what = {"missing, on a line", "缺失,线性插补"},
    .meaning = "fill a hole with a line from the last value to the next; for histories alone",
    .parameters = {{"rows", DAVY_CLEAN_NUMBER, 5, 1, 1e6, "longest hole that is filled"}},
    .back = true,
    .apply = apply_linear,
};
