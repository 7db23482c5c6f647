/* SPDX-License-Identifier: Apache-2.0 */
#include "data/clean_kind.h"

#include <math.h>

/*
 * A sensor that froze: its value stands still for `rows` rows, though the signal else moves in more
 * than half of its rows. From there on it is missing, until it moves. The rows before stay: that it
 * would go on could not be known when they came.
 */
#define MOVES_MIN 0.5

enum { LAST, STILL, STATE };

/* learnt: of each column 1 when it moves, so that standing still is strange. */
static davy_status learn_stuck(davy_clean_step *step, const davy_table *table,
                               const davy_clean_range *ranges)
{
    davy_status status = davy_clean_learnt_init(step, table->columns);

    (void) ranges;
    for (size_t c = 0; c < table->columns && status == DAVY_OK; c++)
        step->learnt[c] = davy_clean_moves(table, c) > MOVES_MIN;
    return status;
}

static bool stuck_fits(const davy_clean_step *step, size_t columns)
{
    return step->learnt_count == columns;
}

static size_t stuck_state(const davy_clean_step *step)
{
    (void) step;
    return STATE;
}

static void begin_stuck(const davy_clean_step *step, double *state)
{
    (void) step;
    state[LAST] = NAN;
    state[STILL] = 0;
}

static bool push_stuck(const davy_clean_step *step, const davy_clean_cell *cell, double *state)
{
    if (!isfinite(*cell->value))
        return false;
    state[STILL] = *cell->value == state[LAST] ? state[STILL] + 1 : 0;
    state[LAST] = *cell->value;
    if (state[STILL] < step->arguments[0] || !(step->learnt[cell->column] > 0))
        return false;
    *cell->value = NAN;
    return true;
}

const davy_clean_kind davy_clean_stuck = {
    .name = "stuck",
    .what = {"stuck, taken out", "卡滞,已剔除"},
    .meaning = "take out a value that stands still, in a signal that else moves",
    .parameters = {{"rows", DAVY_CLEAN_NUMBER, DAVY_CLEAN_STUCK_ROWS, 2, 1e6,
                    "rows of one value, from which on it is stuck"}},
    .back = true,
    .takes = true,
    .learn = learn_stuck,
    .fits = stuck_fits,
    .state = stuck_state,
    .begin = begin_stuck,
    .push = push_stuck,
};
