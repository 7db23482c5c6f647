/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollup_rows.h"

#include "store/bucket.h"

#include <math.h>
#include <stdlib.h>

/* In place of the decimals of a step: some value is no decimal number. */
#define IRREGULAR UINT8_MAX

/* Above it a sum in units of its last decimal is no exact integer any more. */
#define SUM_MAX 1e15

static const size_t capacities[DAVY_ROLLUP_TIERS] = {DAVY_ROLLUP_DAY_MAX, 1440, 24};

davy_status davy_rollup_day_create(davy_rollup_day **out)
{
    davy_rollup_day *day = calloc(1, sizeof *day);
    bool made = day != NULL;

    for (size_t i = 0; i < DAVY_ROLLUP_TIERS && made; i++) {
        day->tiers[i].items = malloc(capacities[i] * sizeof *day->tiers[i].items);
        day->tiers[i].decimals = malloc(capacities[i]);
        made = day->tiers[i].items && day->tiers[i].decimals;
    }
    if (!made) {
        davy_rollup_day_destroy(day);
        return davy_fail(DAVY_ERR_NOMEM, "no memory for rollups");
    }
    *out = day;
    return DAVY_OK;
}

void davy_rollup_day_destroy(davy_rollup_day *day)
{
    if (!day)
        return;
    for (size_t i = 0; i < DAVY_ROLLUP_TIERS; i++) {
        free(day->tiers[i].items);
        free(day->tiers[i].decimals);
    }
    free(day);
}

void davy_rollup_day_reset(davy_rollup_day *day)
{
    for (size_t i = 0; i < DAVY_ROLLUP_TIERS; i++)
        day->tiers[i].count = 0;
}

/* The start of the step of a tier that a time lies in. Steps divide the seconds before 1970 too. */
static int64_t step_of(int64_t time_ns, davy_rollup_tier tier)
{
    const int64_t step_ns = davy_rollup_step_ns[tier];
    const int64_t rest = time_ns % step_ns;

    return time_ns - (rest < 0 ? rest + step_ns : rest);
}

/* The step that begins at a time, the last one there is or one after it. */
static size_t find_row(davy_rollup_rows *rows, int64_t begin_ns)
{
    if (rows->count == 0 || rows->items[rows->count - 1].time_ns != begin_ns) {
        davy_bucket_clear(&rows->items[rows->count], begin_ns);
        rows->decimals[rows->count++] = 0;
    }
    return rows->count - 1;
}

static void widen_decimals(uint8_t *decimals, uint8_t more)
{
    *decimals = *decimals > more ? *decimals : more;
}

static bool are_integers(const davy_points *points, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const double value = points->values[i];

        if (points->quality[i] != DAVY_QUALITY_BAD &&
            (!(fabs(value) < SUM_MAX) || value != rint(value)))
            return false;
    }
    return true;
}

static uint8_t find_decimals(const davy_points *points, size_t from, size_t to)
{
    const unsigned decimals =
        davy_codec_decimals(points->values + from, points->quality + from, to - from);

    return decimals > 0 || are_integers(points, from, to) ? (uint8_t) decimals : IRREGULAR;
}

void davy_rollup_day_add(davy_rollup_day *day, const davy_store_run *run)
{
    const davy_points points = {(int64_t *) run->times, (double *) run->values,
                                (uint8_t *) run->quality, run->count, run->count};
    davy_rollup_rows *rows = &day->tiers[DAVY_ROLLUP_10S];
    size_t end;

    for (size_t from = 0; from < run->count; from = end) {
        const int64_t begin_ns = step_of(points.times[from], DAVY_ROLLUP_10S);
        const size_t row = find_row(rows, begin_ns);

        end = from + 1;
        while (end < run->count &&
               points.times[end] - begin_ns < davy_rollup_step_ns[DAVY_ROLLUP_10S])
            end++;
        davy_bucket_add_points(&rows->items[row], &points, from, end);
        widen_decimals(&rows->decimals[row], find_decimals(&points, from, end));
    }
}

/* Its sum is right already, and of its values nothing more is known. */
void davy_rollup_day_keep(davy_rollup_day *day, const davy_store_bucket *row)
{
    davy_rollup_rows *rows = &day->tiers[DAVY_ROLLUP_10S];

    rows->items[rows->count] = *row;
    rows->decimals[rows->count++] = IRREGULAR;
}

static void set_sums_right(davy_rollup_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        const double power = davy_codec_power(rows->decimals[i]);
        const double units = rows->items[i].sum * power;

        if (rows->decimals[i] > 0 && rows->decimals[i] != IRREGULAR && fabs(units) < SUM_MAX)
            rows->items[i].sum = round(units) / power;
    }
}

static void fill_tier(davy_rollup_rows *rows, davy_rollup_tier tier, const davy_rollup_rows *finer)
{
    for (size_t i = 0; i < finer->count; i++) {
        const size_t row = find_row(rows, step_of(finer->items[i].time_ns, tier));

        davy_bucket_add(&rows->items[row], &finer->items[i]);
        widen_decimals(&rows->decimals[row], finer->decimals[i]);
    }
}

void davy_rollup_day_finish(davy_rollup_day *day)
{
    set_sums_right(&day->tiers[DAVY_ROLLUP_10S]);
    for (int tier = DAVY_ROLLUP_1MIN; tier < DAVY_ROLLUP_TIERS; tier++) {
        fill_tier(&day->tiers[tier], (davy_rollup_tier) tier, &day->tiers[tier - 1]);
        set_sums_right(&day->tiers[tier]);
    }
}
