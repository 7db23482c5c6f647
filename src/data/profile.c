/* SPDX-License-Identifier: Apache-2.0 */
#include "data/profile.h"

#include "core/bulk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX    ((size_t) 20) /* distinct values of a column of steps */
#define STEPS_SHARE  0.02          /* ... which are at most this share of its values */
#define SPARSE_SHARE 0.5
#define CODE_ROWS    ((size_t) 3)
#define CODE_FAR     0.1 /* of the spread of the other values: how far the nearest of them is */
#define TAIL         0.005
#define CLOCK_SHARE  0.95 /* an hour of the day counts on 23 times of 24 */

/* One column under way. */
typedef struct look {
    const davy_table *table;
    size_t column;
    const double *values;
    double *sorted; /* [rows] the finite ones, in order */
    double *spare;  /* [rows] */
    size_t count;   /* of the finite ones */
    davy_column_profile *out;
} look;

const char *davy_column_shape_name(davy_column_shape type)
{
    static const char *const names[] = {"empty", "constant", "switch", "steps",
                                        "whole", "number",   "words"};

    return names[type];
}

void davy_profile_clear(davy_profile *profile)
{
    free(profile->columns);
    *profile = (davy_profile){0};
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static void sort_values(look *l)
{
    davy_column_profile *out = l->out;

    l->count = 0;
    for (size_t row = 0; row < l->table->rows; row++) {
        if (isfinite(l->values[row]))
            l->sorted[l->count++] = l->values[row];
        else
            out->missing++;
        out->infinite += isinf(l->values[row]) != 0;
    }
    out->present = l->count;
    davy_bulk_sort(l->sorted, l->count, sizeof *l->sorted, by_size);
    for (size_t i = 0; i < l->count; i++)
        out->distinct += i == 0 || l->sorted[i] != l->sorted[i - 1];
}

/* Linear between neighbours, as numpy's percentile. */
static double quantile(const double *sorted, size_t count, double share)
{
    const double at = share * (double) (count - 1);
    const size_t below = (size_t) at, above = below + 1 < count ? below + 1 : below;

    return sorted[below] + (at - (double) below) * (sorted[above] - sorted[below]);
}

static void measure(look *l)
{
    davy_column_profile *out = l->out;
    double squares = 0, sum = 0;

    if (l->count == 0) {
        out->mean = out->deviation = out->low = out->high = NAN;
        out->quarter = out->median = out->three_quarters = out->bottom = out->top = NAN;
        return;
    }
    for (size_t i = 0; i < l->count; i++)
        sum += l->sorted[i];
    out->mean = sum / (double) l->count;
    for (size_t i = 0; i < l->count; i++)
        squares += (l->sorted[i] - out->mean) * (l->sorted[i] - out->mean);
    out->deviation = l->count > 1 ? sqrt(squares / (double) (l->count - 1)) : 0;
    out->low = l->sorted[0];
    out->high = l->sorted[l->count - 1];
    out->quarter = quantile(l->sorted, l->count, 0.25);
    out->median = quantile(l->sorted, l->count, 0.5);
    out->three_quarters = quantile(l->sorted, l->count, 0.75);
    out->bottom = quantile(l->sorted, l->count, TAIL);
    out->top = quantile(l->sorted, l->count, 1 - TAIL);
}

static bool all_whole(const look *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->sorted[i] != floor(l->sorted[i]))
            return false;
    return true;
}

static davy_column_shape find_type(const look *l)
{
    const size_t distinct = l->out->distinct;

    if (l->table->levels && l->table->levels[l->column].count > 0)
        return DAVY_SHAPE_WORDS;
    if (distinct <= 1)
        return distinct == 0 ? DAVY_SHAPE_EMPTY : DAVY_SHAPE_CONSTANT;
    if (distinct == 2)
        return DAVY_SHAPE_SWITCH;
    if (distinct <= STEPS_MAX && (double) distinct <= STEPS_SHARE * (double) l->count)
        return DAVY_SHAPE_STEPS;
    return all_whole(l) ? DAVY_SHAPE_WHOLE : DAVY_SHAPE_NUMBER;
}

/* One end of the sorted values: a number that stands there often, and far from all others. */
static void find_code(look *l, bool high)
{
    const size_t last = l->count - 1;
    const double code = high ? l->sorted[last] : l->sorted[0];
    const double *others;
    size_t equal = 0, rest;
    double spread, distance;

    while (equal < l->count && l->sorted[high ? last - equal : equal] == code)
        equal++;
    rest = l->count - equal;
    if (equal < CODE_ROWS || rest < CODE_ROWS)
        return;
    others = high ? l->sorted : l->sorted + equal;
    spread = quantile(others, rest, 1 - TAIL) - quantile(others, rest, TAIL);
    distance = high ? code - others[rest - 1] : others[0] - code;
    if (!(spread > 0) || distance < CODE_FAR * spread || distance < fabs(code) / 2 || code == 0 ||
        equal < l->out->code_rows)
        return;
    l->out->notes |= DAVY_NOTE_CODE;
    l->out->code = code;
    l->out->code_rows = equal;
}

/* Whether nearly every row is one more than the one before: a number of rows, a clock. */
static bool counts_rows(const look *l)
{
    size_t pairs = 0, same = 0;
    double step = 0;

    for (size_t row = 1; row < l->table->rows; row++) {
        const double now = l->values[row] - l->values[row - 1];

        if (l->table->runs[row] != l->table->runs[row - 1])
            continue;
        if (pairs++ == 0)
            step = now;
        same += now == step;
    }
    return pairs > CODE_ROWS && step > 0 && (double) same > CLOCK_SHARE * (double) pairs;
}

static bool equals_column(const davy_table *table, size_t a, size_t b)
{
    for (size_t row = 0; row < table->rows; row++) {
        const double x = davy_table_at(table, row, a), y = davy_table_at(table, row, b);

        if (x != y && !(isnan(x) && isnan(y)))
            return false;
    }
    return true;
}

static void find_notes(look *l, const davy_column_profile *columns)
{
    davy_column_profile *out = l->out;

    if (l->count == 0)
        out->notes |= DAVY_NOTE_EMPTY;
    else if (out->distinct == 1)
        out->notes |= DAVY_NOTE_CONSTANT;
    if (l->count > 0 && (double) out->missing > SPARSE_SHARE * (double) l->table->rows)
        out->notes |= DAVY_NOTE_SPARSE;
    if (out->type == DAVY_SHAPE_WHOLE || out->type == DAVY_SHAPE_NUMBER) {
        find_code(l, false);
        find_code(l, true);
        if (counts_rows(l))
            out->notes |= DAVY_NOTE_CLOCK;
    }
    for (size_t c = 0; c < l->column && out->distinct > 2; c++)
        if (columns[c].type == out->type && columns[c].mean == out->mean &&
            equals_column(l->table, c, l->column)) {
            out->notes |= DAVY_NOTE_SAME;
            out->same = c;
            return;
        }
}

static void count_outside(look *l, const davy_clean_range *range)
{
    for (size_t i = 0; i < l->count && range; i++)
        l->out->outside += l->sorted[i] < range->low || l->sorted[i] > range->high;
    if (l->out->outside > 0)
        l->out->notes |= DAVY_NOTE_OUTSIDE;
}

/* A table of this column alone, which borrows all but its values. */
static davy_status count_spikes(look *l, const davy_cleaning *recipe, int64_t period_ns)
{
    davy_table lone = {.rows = l->table->rows,
                       .columns = 1,
                       .names = &l->table->names[l->column],
                       .values = l->spare,
                       .times = l->table->times,
                       .runs = l->table->runs};
    davy_clean_tally tally;
    davy_cleaning one = *recipe;
    uint8_t category = 0;
    davy_status status;

    if (l->out->type != DAVY_SHAPE_WHOLE && l->out->type != DAVY_SHAPE_NUMBER)
        return DAVY_OK;
    if (l->table->independent)
        return DAVY_OK;
    memcpy(l->spare, l->values, l->table->rows * sizeof *l->spare);
    one.names = lone.names;
    one.categories = &category;
    one.column_count = 1;
    status = davy_cleaning_apply(&one, &lone, period_ns, &tally);
    if (status != DAVY_OK)
        return status;
    l->out->spikes = davy_clean_tally_step(&tally, 0);
    davy_clean_tally_clear(&tally);
    return DAVY_OK;
}

/* Median time from value to value. */
static void find_period(look *l)
{
    const davy_table *table = l->table;
    size_t count = 0, before = SIZE_MAX;

    if (!table->times)
        return;
    for (size_t row = 0; row < table->rows; row++) {
        if (!isfinite(l->values[row]))
            continue;
        if (before != SIZE_MAX && table->runs[before] == table->runs[row])
            l->spare[count++] = (double) (table->times[row] - table->times[before]);
        before = row;
    }
    davy_bulk_sort(l->spare, count, sizeof *l->spare, by_size);
    l->out->period_ns = count > 0 ? (int64_t) l->spare[count / 2] : 0;
}

static void draw_stroke(look *l, size_t stroke, size_t from, size_t to)
{
    double low = INFINITY, high = -INFINITY, sum = 0;
    size_t count = 0;

    for (size_t row = from; row < to; row++) {
        if (!isfinite(l->values[row]))
            continue;
        low = fmin(low, l->values[row]);
        high = fmax(high, l->values[row]);
        sum += l->values[row];
        count++;
    }
    l->out->trace_low[stroke] = count > 0 ? (float) low : NAN;
    l->out->trace_high[stroke] = count > 0 ? (float) high : NAN;
    l->out->trace_mean[stroke] = count > 0 ? (float) (sum / (double) count) : NAN;
}

static void draw(look *l)
{
    davy_column_profile *out = l->out;
    const double width = (out->top - out->bottom) / DAVY_PROFILE_BARS;
    const size_t rows = l->table->rows;

    for (size_t i = 0; i < DAVY_PROFILE_TRACE; i++) {
        const size_t from = i * rows / DAVY_PROFILE_TRACE, to = (i + 1) * rows / DAVY_PROFILE_TRACE;

        draw_stroke(l, i, from, to > from ? to : from + (rows > 0));
    }
    for (size_t i = 0; i < l->count; i++) {
        const double bar = width > 0 ? (l->sorted[i] - out->bottom) / width : 0;

        out->bars[(size_t) fmin(fmax(bar, 0), DAVY_PROFILE_BARS - 1)]++;
    }
}

static davy_status look_at(look *l, const davy_profile *profile, const davy_clean_range *ranges,
                           const davy_cleaning *spikes)
{
    davy_status status;

    sort_values(l);
    measure(l);
    l->out->type = find_type(l);
    l->out->stuck = davy_clean_stuck_cells(l->table, l->column);
    find_notes(l, profile->columns);
    count_outside(l, ranges ? &ranges[l->column] : NULL);
    status = count_spikes(l, spikes, profile->period_ns);
    find_period(l);
    draw(l);
    return status;
}

static davy_status look_at_all(const davy_table *table, const davy_clean_range *ranges,
                               davy_profile *profile)
{
    look l = {.table = table,
              .sorted = davy_bulk_alloc(table->rows, sizeof(double)),
              .spare = davy_bulk_alloc(table->rows, sizeof(double))};
    davy_cleaning spikes = {0};
    davy_status status = davy_cleaning_parse(DAVY_PROFILE_SPIKES, &spikes);

    if (status == DAVY_OK && (!l.sorted || !l.spare))
        status = davy_fail_in(DAVY_ERR_NOMEM, "a look at %zu rows", table->rows);
    for (size_t c = 0; c < table->columns && status == DAVY_OK; c++) {
        l.column = c;
        l.values = table->values + c * table->rows;
        l.out = &profile->columns[c];
        status = look_at(&l, profile, ranges, &spikes);
    }
    davy_cleaning_clear(&spikes);
    davy_bulk_free(l.sorted);
    davy_bulk_free(l.spare);
    return status;
}

/* Of all rows: runs may overlap, so the first row need not be the earliest. */
static void find_extent(const davy_table *table, davy_profile *profile)
{
    if (!table->times || table->rows == 0)
        return;
    profile->first_ns = profile->last_ns = table->times[0];
    for (size_t row = 1; row < table->rows; row++) {
        const int64_t time = table->times[row];

        profile->first_ns = time < profile->first_ns ? time : profile->first_ns;
        profile->last_ns = time > profile->last_ns ? time : profile->last_ns;
    }
}

davy_status davy_profile_make(const davy_table *table, const davy_quality_report *ordered,
                              const davy_clean_range *ranges, davy_profile *out)
{
    davy_profile profile = {.rows = table->rows,
                            .runs = table->run_count,
                            .found = *ordered,
                            .column_count = table->columns};
    davy_status status = davy_clean_period(table, &profile.period_ns);

    profile.columns = calloc(table->columns + 1, sizeof *profile.columns);
    if (status == DAVY_OK && !profile.columns)
        status = davy_fail(DAVY_ERR_NOMEM, "a look at %zu columns", table->columns);
    if (status == DAVY_OK) {
        find_extent(table, &profile);
        davy_clean_count(table, profile.period_ns, &profile.found);
        status = look_at_all(table, ranges, &profile);
    }
    if (status == DAVY_OK)
        *out = profile;
    else
        davy_profile_clear(&profile);
    return status;
}
