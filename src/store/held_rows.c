/* SPDX-License-Identifier: Apache-2.0 */
#include "store/held_rows.h"

#include "store/rollup_rows.h"

#include <math.h>
#include <stdlib.h>

static const size_t capacities[DAVY_ROLLUP_TIERS] = {DAVY_ROLLUP_DAY_MAX, 1440, 24};

bool davy_held_find(double values[DAVY_STORE_STATES_MAX], size_t *states, double value,
                    uint8_t quality, uint8_t *state)
{
    *state = DAVY_HELD_NONE;
    if (quality == DAVY_QUALITY_BAD || isnan(value))
        return true;
    for (size_t i = 0; i < *states; i++)
        if (values[i] == value) {
            *state = (uint8_t) i;
            return true;
        }
    if (*states == DAVY_STORE_STATES_MAX)
        return false;
    *state = (uint8_t) *states;
    values[(*states)++] = value + 0.0; /* -0 is the same state as 0, and told as 0 */
    return true;
}

/* Add a later row to one, which keeps its time. */
static void add_later(davy_held_row *row, const davy_held_row *later)
{
    row->held_ns[row->last] += later->first_ns - row->last_ns;
    for (size_t i = 0; i < DAVY_HELD_PLACES; i++)
        row->held_ns[i] += later->held_ns[i];
    row->last_ns = later->last_ns;
    row->last = later->last;
}

davy_status davy_held_day_init(davy_held_day *day)
{
    size_t rows = 0;

    *day = (davy_held_day){0};
    for (size_t i = 0; i < DAVY_ROLLUP_TIERS; i++)
        rows += capacities[i];
    day->rows[0] = malloc(rows * sizeof(davy_held_row));
    if (!day->rows[0])
        return davy_fail(DAVY_ERR_NOMEM, "no memory for times in state");
    for (size_t i = 1; i < DAVY_ROLLUP_TIERS; i++)
        day->rows[i] = day->rows[i - 1] + capacities[i - 1];
    return DAVY_OK;
}

void davy_held_day_clear(davy_held_day *day)
{
    free(day->rows[0]);
}

void davy_held_day_reset(davy_held_day *day)
{
    day->states = 0;
    day->too_many = false;
    for (size_t i = 0; i < DAVY_ROLLUP_TIERS; i++)
        day->counts[i] = 0;
}

/* Into the step of a tier that the row lies in. */
static void add_row(davy_held_day *day, davy_rollup_tier tier, davy_held_row row)
{
    const int64_t rest = row.first_ns % davy_rollup_step_ns[tier];
    davy_held_row *rows = day->rows[tier];
    size_t *count = &day->counts[tier];

    row.time_ns = row.first_ns - (rest < 0 ? rest + davy_rollup_step_ns[tier] : rest);
    if (*count > 0 && rows[*count - 1].time_ns == row.time_ns)
        add_later(&rows[*count - 1], &row);
    else
        rows[(*count)++] = row;
}

void davy_held_day_add(davy_held_day *day, const davy_store_run *run)
{
    for (size_t i = 0; i < run->count && !day->too_many; i++) {
        davy_held_row row = {.first_ns = run->times[i], .last_ns = run->times[i]};

        day->too_many =
            !davy_held_find(day->values, &day->states, run->values[i], run->quality[i], &row.last);
        if (!day->too_many)
            add_row(day, DAVY_ROLLUP_10S, row);
    }
}

void davy_held_day_finish(davy_held_day *day)
{
    for (int tier = DAVY_ROLLUP_1MIN; tier < DAVY_ROLLUP_TIERS && !day->too_many; tier++)
        for (size_t i = 0; i < day->counts[tier - 1]; i++)
            add_row(day, (davy_rollup_tier) tier, day->rows[tier - 1][i]);
}
