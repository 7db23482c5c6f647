/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "core/sample.h"
#include "data/clean_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Signals of unlike rates on one grid: rows at whole multiples of the period since 1970, the grid
 * on which models are scored live. A row at t holds of each column
 *
 *   mean    the mean of its values in (t - period, t]; the default, which keeps noise out
 *   last    its newest value at or before t, as a live row has it
 *   linear  the line between its neighbours of t, which looks ahead
 *
 * For `last` and `linear` values are no further away than three of the column's usual intervals, or
 * three periods. A row that would hold nothing is not made, so a gap stays a gap. A label, a class
 * and a category are never averaged: the newest one counts.
 */
#define USUAL_TIMES 3
#define CELLS_MAX   ((double) 256 * 1024 * 1024) /* 2 GiB */

enum { PERIOD, MEAN, LAST, LINEAR };

/* A grid of one run under way. */
typedef struct grid {
    const davy_clean_step *step;
    const davy_clean_sheet *sheet;
    int64_t period;
    size_t from, to; /* rows of the run */
    int64_t first;   /* time of its first grid row */
    size_t rows;     /* how many it has */
    davy_table *out; /* with room for all */
    size_t room;     /* rows of room */
} grid;

static int64_t ceil_to(int64_t time_ns, int64_t period)
{
    const int64_t rest = time_ns % period;

    return rest == 0 ? time_ns : rest > 0 ? time_ns - rest + period : time_ns - rest;
}

/* Row after the last of a run. Gaps are inside of it: rows that hold nothing are left out later. */
static size_t run_end(const davy_table *table, size_t row)
{
    size_t end = row + 1;

    while (end < table->rows && table->runs[end] == table->runs[row])
        end++;
    return end;
}

static void grid_set(grid *g, size_t from, size_t to)
{
    const int64_t *times = g->sheet->table->times;
    const int64_t last = ceil_to(times[to - 1], g->period);

    g->from = from;
    g->to = to;
    g->first = ceil_to(times[from], g->period);
    g->rows = (size_t) ((uint64_t) (last - g->first) / (uint64_t) g->period) + 1;
}

static int by_length(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

    return (x > y) - (x < y);
}

/* How far away a value of the column may be. @param spare  [rows of the run] */
static int64_t reach_of(const grid *g, const double *values, int64_t *spare)
{
    const int64_t *times = g->sheet->table->times;
    size_t count = 0, before = SIZE_MAX;
    int64_t usual;

    for (size_t row = g->from; row < g->to; row++) {
        if (!isfinite(values[row]))
            continue;
        if (before != SIZE_MAX)
            spare[count++] = times[row] - times[before];
        before = row;
    }
    if (count == 0)
        return USUAL_TIMES * g->period;
    davy_bulk_sort(spare, count, sizeof *spare, by_length);
    usual = spare[count / 2] > g->period ? spare[count / 2] : g->period;
    return usual < INT64_MAX / USUAL_TIMES ? USUAL_TIMES * usual : INT64_MAX;
}

/* The neighbours of a time among the values of a column, walked along with the grid. */
typedef struct neighbours {
    size_t next;   /* first row that is later */
    size_t before; /* newest row with a value at or before; SIZE_MAX: none */
    double sum;    /* of the values of the grid row's own period */
    size_t count;
} neighbours;

static void walk_to(const grid *g, const double *values, int64_t time_ns, neighbours *n)
{
    const int64_t *times = g->sheet->table->times;

    n->sum = 0;
    n->count = 0;
    for (; n->next < g->to && times[n->next] <= time_ns; n->next++) {
        if (!isfinite(values[n->next]))
            continue;
        n->before = n->next;
        n->sum += values[n->next];
        n->count++;
    }
}

static double last_at(const grid *g, const double *values, int64_t time_ns, int64_t reach,
                      const neighbours *n)
{
    const int64_t *times = g->sheet->table->times;

    return n->before != SIZE_MAX && time_ns - times[n->before] <= reach ? values[n->before] : NAN;
}

static double line_at(const grid *g, const double *values, int64_t time_ns, int64_t reach,
                      const neighbours *n)
{
    const int64_t *times = g->sheet->table->times;
    size_t after = n->next;

    if (n->before == SIZE_MAX || times[n->before] == time_ns)
        return n->before == SIZE_MAX ? NAN : values[n->before];
    while (after < g->to && !isfinite(values[after]) && times[after] - times[n->before] <= reach)
        after++;
    if (after == g->to || !isfinite(values[after]) || times[after] - times[n->before] > reach)
        return NAN;
    return values[n->before] + (values[after] - values[n->before]) *
                                   (double) (time_ns - times[n->before]) /
                                   (double) (times[after] - times[n->before]);
}

static void fill_column(const grid *g, size_t column, int64_t reach, size_t at)
{
    const davy_table *table = g->sheet->table;
    const double *values = table->values + column * table->rows;
    const bool mean = g->step->arguments[LAST] == 0 && g->step->arguments[LINEAR] == 0;
    const bool category = table->levels && table->levels[column].count > 0;
    neighbours n = {.next = g->from, .before = SIZE_MAX};

    for (size_t i = 0; i < g->rows; i++) {
        const int64_t time_ns = g->first + (int64_t) i * g->period;
        double *value = &g->out->values[column * g->room + at + i];

        walk_to(g, values, time_ns, &n);
        if (category || g->step->arguments[LAST] > 0)
            *value = last_at(g, values, time_ns, reach, &n);
        else if (mean)
            *value = n.count > 0 ? n.sum / (double) n.count : NAN;
        else
            *value = line_at(g, values, time_ns, reach, &n);
    }
}

/* Time, run, label and place of the newest row of each grid row's period. */
static void fill_rows(const grid *g, size_t at)
{
    const davy_table *table = g->sheet->table;
    size_t next = g->from;

    for (size_t i = 0; i < g->rows; i++) {
        const int64_t time_ns = g->first + (int64_t) i * g->period;
        double label = NAN;

        while (next < g->to && table->times[next] <= time_ns) {
            if (table->labels && !isnan(table->labels[next]))
                label = table->labels[next];
            next++;
        }
        g->out->times[at + i] = time_ns;
        g->out->runs[at + i] = table->runs[g->from];
        g->out->places[at + i] = table->places ? table->places[next - 1] : next - 1;
        if (table->labels)
            g->out->labels[at + i] = label;
    }
}

/* Whether a row of the new table holds a value. */
static bool holds(const davy_table *out, size_t room, size_t row)
{
    for (size_t c = 0; c < out->columns; c++)
        if (isfinite(out->values[c * room + row]))
            return true;
    return false;
}

static davy_status out_init(const davy_table *table, size_t room, davy_table *out)
{
    out->columns = table->columns;
    out->values = davy_bulk_alloc(room * table->columns, sizeof *out->values);
    out->times = davy_bulk_alloc(room, sizeof *out->times);
    out->runs = davy_bulk_alloc(room, sizeof *out->runs);
    out->places = davy_bulk_alloc(room, sizeof *out->places);
    out->labels = table->labels ? davy_bulk_alloc(room, sizeof *out->labels) : NULL;
    if (out->values && out->times && out->runs && out->places && (out->labels || !table->labels))
        return DAVY_OK;
    davy_table_clear(out);
    return davy_fail_in(DAVY_ERR_NOMEM, "a grid of %zu rows", room);
}

/* Close up over the rows that hold nothing, and bring the columns to their new length. */
static void close_up(davy_table *out, size_t room)
{
    size_t kept = 0;

    for (size_t row = 0; row < room; row++) {
        if (!holds(out, room, row))
            continue;
        for (size_t c = 0; c < out->columns; c++)
            out->values[c * room + kept] = out->values[c * room + row];
        out->times[kept] = out->times[row];
        out->runs[kept] = out->runs[row];
        out->places[kept] = out->places[row];
        if (out->labels)
            out->labels[kept] = out->labels[row];
        kept++;
    }
    for (size_t c = 1; c < out->columns; c++)
        memmove(out->values + c * kept, out->values + c * room, kept * sizeof *out->values);
    out->rows = kept;
}

/* Give the table the rows of the grid. */
static void take_over(davy_table *table, davy_table *out)
{
    davy_bulk_free(table->values);
    davy_bulk_free(table->times);
    davy_bulk_free(table->runs);
    davy_bulk_free(table->labels);
    davy_bulk_free(table->places);
    table->rows = out->rows;
    table->values = out->values;
    table->times = out->times;
    table->runs = out->runs;
    table->labels = out->labels;
    table->places = out->places;
}

static davy_status count_rows(grid *g, size_t *room)
{
    const davy_table *table = g->sheet->table;
    double rows = 0;

    for (size_t row = 0; row < table->rows; row = g->to) {
        grid_set(g, row, run_end(table, row));
        rows += (double) g->rows;
    }
    if (rows * (double) (table->columns + 1) > CELLS_MAX)
        return davy_fail(DAVY_ERR_FULL,
                         "cleaning step 'resample': %.0f rows of %zu columns are too many: choose "
                         "a longer period",
                         rows, table->columns);
    *room = (size_t) rows;
    return DAVY_OK;
}

static davy_status apply_resample(const davy_clean_step *step, const davy_clean_sheet *sheet)
{
    davy_table *table = sheet->table, out = {0};
    grid g = {
        .step = step, .sheet = sheet, .period = (int64_t) step->arguments[PERIOD], .out = &out};
    int64_t *spare;
    size_t at = 0;
    davy_status status;

    if (!table->times)
        return davy_fail(DAVY_ERR_INVALID, "cleaning step 'resample' needs times: name their "
                                           "column with --time, or give --period");
    status = count_rows(&g, &g.room);
    if (status == DAVY_OK)
        status = out_init(table, g.room, &out);
    if (status != DAVY_OK)
        return status;
    spare = davy_bulk_alloc(table->rows, sizeof *spare);
    for (size_t row = 0; spare && row < table->rows; row = g.to, at += g.rows) {
        grid_set(&g, row, run_end(table, row));
        fill_rows(&g, at);
        for (size_t c = 0; c < table->columns; c++)
            fill_column(&g, c, reach_of(&g, table->values + c * table->rows, spare), at);
    }
    if (!spare) {
        davy_table_clear(&out);
        return davy_fail_in(DAVY_ERR_NOMEM, "a grid of %zu rows", table->rows);
    }
    davy_bulk_free(spare);
    close_up(&out, g.room);
    take_over(table, &out);
    return DAVY_OK;
}

const davy_clean_kind davy_clean_resample = {
    .name = "resample",
    .what = {"", ""}, /* what it does is told by the rows before and after */
    .meaning = "put signals of unlike rates on one grid of time; for histories alone",
    .parameters = {{"period", DAVY_CLEAN_DURATION, NAN, 0, 0, "from row to row, such as 10s"},
                   {"mean", DAVY_CLEAN_FLAG, 0, 0, 1, "the mean of a period's values (default)"},
                   {"last", DAVY_CLEAN_FLAG, 0, 0, 1, "the newest value"},
                   {"linear", DAVY_CLEAN_FLAG, 0, 0, 1, "a line between neighbours"}},
    .back = true,
    .words = true,
    .apply = apply_resample,
};
