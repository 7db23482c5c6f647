/* SPDX-License-Identifier: Apache-2.0 */
#include "data/clean.h"

#include "core/bulk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Share of the rows in which a signal moves, above which standing still is strange. */
#define MOVES_MIN 0.5

typedef struct timed_row {
    int64_t begin_ns; /* of its run */
    uint32_t run;
    int64_t time_ns;
    size_t row;
} timed_row;

/* Runs in the order of their beginnings, so that the last rows of a table are the latest. */
static int by_run_and_time(const void *a, const void *b)
{
    const timed_row *x = a, *y = b;

    if (x->begin_ns != y->begin_ns)
        return x->begin_ns < y->begin_ns ? -1 : 1;
    if (x->run != y->run)
        return x->run < y->run ? -1 : 1;
    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Where each run begins in time, by the number of the run. NULL without memory. */
static int64_t *find_begins(const davy_table *table)
{
    size_t runs = 1;
    int64_t *begins;

    for (size_t row = 0; row < table->rows; row++)
        runs = table->runs[row] >= runs ? (size_t) table->runs[row] + 1 : runs;
    begins = davy_bulk_alloc(runs, sizeof *begins);
    for (size_t run = 0; begins && run < runs; run++)
        begins[run] = INT64_MAX;
    for (size_t row = 0; begins && row < table->rows; row++)
        if (table->times[row] < begins[table->runs[row]])
            begins[table->runs[row]] = table->times[row];
    return begins;
}

static bool is_ordered(const davy_table *table, const int64_t *begins)
{
    for (size_t row = 1; row < table->rows; row++) {
        const uint32_t run = table->runs[row], before = table->runs[row - 1];

        if (run == before ? table->times[row] <= table->times[row - 1]
                          : begins[run] < begins[before])
            return false;
    }
    return true;
}

/* Rows to keep, in order: of rows of one time the last one written. */
static size_t pick_rows(const davy_table *table, const int64_t *begins, timed_row *order,
                        davy_quality_report *report)
{
    size_t kept = 0;

    for (size_t row = 0; row < table->rows; row++) {
        order[row] =
            (timed_row){begins[table->runs[row]], table->runs[row], table->times[row], row};
        report->shuffled += row > 0 && table->runs[row] == table->runs[row - 1] &&
                            table->times[row] < table->times[row - 1];
    }
    davy_bulk_sort(order, table->rows, sizeof *order, by_run_and_time);
    for (size_t i = 0; i < table->rows; i++) {
        const bool same = i + 1 < table->rows && order[i].run == order[i + 1].run &&
                          order[i].time_ns == order[i + 1].time_ns;

        report->repeated += same;
        if (!same)
            order[kept++] = order[i];
    }
    return kept;
}

/* Rearrange one row of numbers; `spare` is as long. */
static void pick_doubles(double *dst, const double *src, const timed_row *order, size_t kept,
                         double *spare)
{
    for (size_t i = 0; i < kept; i++)
        spare[i] = src[order[i].row];
    memcpy(dst, spare, kept * sizeof *spare);
}

/* Where rows were read goes with them. @param moved  taken over */
static void move_places(davy_table *table, const timed_row *order, size_t kept, size_t *moved)
{
    for (size_t i = 0; i < kept; i++)
        moved[i] = table->places[order[i].row];
    davy_bulk_free(table->places);
    table->places = moved;
}

/* Move all of the table into the order of its rows, which are then as many as were kept. */
static void move_rows(davy_table *table, const timed_row *order, size_t kept, double *spare)
{
    for (size_t c = 0; c < table->columns; c++)
        pick_doubles(table->values + c * kept, table->values + c * table->rows, order, kept, spare);
    if (table->labels)
        pick_doubles(table->labels, table->labels, order, kept, spare);
    for (size_t i = 0; i < kept; i++) {
        table->times[i] = order[i].time_ns;
        table->runs[i] = order[i].run;
    }
    table->rows = kept;
}

davy_status davy_clean_order(davy_table *table, davy_quality_report *report)
{
    davy_status status = DAVY_OK;
    timed_row *order = NULL;
    double *spare = NULL;
    size_t *moved = NULL, kept;
    int64_t *begins;

    report->rows = table->rows;
    if (!table->times)
        return DAVY_OK;
    begins = find_begins(table);
    if (begins && is_ordered(table, begins))
        goto done;
    order = davy_bulk_alloc(table->rows, sizeof *order);
    spare = davy_bulk_alloc(table->rows, sizeof *spare);
    moved = table->places ? davy_bulk_alloc(table->rows, sizeof *moved) : NULL;
    if (!begins || !order || !spare || (table->places && !moved)) {
        davy_bulk_free(moved);
        status = davy_fail_in(DAVY_ERR_NOMEM, "order of %zu rows", table->rows);
        goto done;
    }
    kept = pick_rows(table, begins, order, report);
    if (moved)
        move_places(table, order, kept, moved);
    move_rows(table, order, kept, spare);
    report->rows = table->rows;
done:
    davy_bulk_free(begins);
    davy_bulk_free(order);
    davy_bulk_free(spare);
    return status;
}

static int by_length(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

    return (x > y) - (x < y);
}

davy_status davy_clean_period(const davy_table *table, int64_t *period_ns)
{
    int64_t *steps;
    size_t count = 0;

    *period_ns = 0;
    if (!table->times)
        return DAVY_OK;
    steps = davy_bulk_alloc(table->rows, sizeof *steps);
    if (!steps)
        return davy_fail_in(DAVY_ERR_NOMEM, "times of %zu rows", table->rows);
    for (size_t row = 1; row < table->rows; row++)
        if (table->runs[row] == table->runs[row - 1] && table->times[row] > table->times[row - 1])
            steps[count++] = table->times[row] - table->times[row - 1];
    if (count > 0) {
        davy_bulk_sort(steps, count, sizeof *steps, by_length);
        *period_ns = steps[count / 2];
    }
    davy_bulk_free(steps);
    return DAVY_OK;
}

bool davy_clean_parts(int64_t from_ns, int64_t to_ns, int64_t period_ns)
{
    return to_ns < from_ns || (to_ns - from_ns) / DAVY_CLEAN_GAP > period_ns;
}

bool davy_clean_begins(const davy_table *table, size_t row, int64_t period_ns)
{
    if (row == 0 || table->runs[row] != table->runs[row - 1])
        return true;
    if (!table->times || period_ns <= 0)
        return false;
    return davy_clean_parts(table->times[row - 1], table->times[row], period_ns);
}

/* Whether a row goes on with the value of the one before it. */
static bool stands_still(const davy_table *table, size_t row, size_t column)
{
    return table->runs[row] == table->runs[row - 1] &&
           davy_table_at(table, row, column) == davy_table_at(table, row - 1, column);
}

double davy_clean_moves(const davy_table *table, size_t column)
{
    size_t pairs = 0, still = 0;

    for (size_t row = 1; row < table->rows; row++) {
        if (!isfinite(davy_table_at(table, row, column)) ||
            !isfinite(davy_table_at(table, row - 1, column)))
            continue;
        pairs++;
        still += stands_still(table, row, column);
    }
    return pairs > 0 ? (double) (pairs - still) / (double) pairs : 0;
}

size_t davy_clean_stuck_cells(const davy_table *table, size_t column)
{
    size_t still = 0, stuck = 0;
    double last = NAN;

    for (size_t row = 0; row <= table->rows; row++) {
        const bool ends =
            row == table->rows || (row > 0 && table->runs[row] != table->runs[row - 1]);
        const double value = row < table->rows ? davy_table_at(table, row, column) : NAN;

        if (!ends && !isfinite(value))
            continue; /* a value that is missing has not moved */
        if (!ends && value == last) {
            still++;
            continue;
        }
        stuck += still >= DAVY_CLEAN_STUCK_ROWS ? still : 0;
        still = 0;
        last = value;
    }
    return davy_clean_moves(table, column) > MOVES_MIN ? stuck : 0;
}

static void count_gaps(const davy_table *table, int64_t period_ns, davy_quality_report *report)
{
    for (size_t row = 1; row < table->rows; row++) {
        const int64_t step = table->times[row] - table->times[row - 1];

        if (table->runs[row] != table->runs[row - 1] || step <= period_ns + period_ns / 2)
            continue;
        report->gaps++;
        report->absent += (size_t) ((step + period_ns / 2) / period_ns) - 1;
        report->gap_ns = step > report->gap_ns ? step : report->gap_ns;
    }
}

void davy_clean_count(const davy_table *table, int64_t period_ns, davy_quality_report *report)
{
    for (size_t i = 0; i < table->rows * table->columns; i++)
        report->missing += !isfinite(table->values[i]);
    for (size_t c = 0; c < table->columns; c++)
        report->stuck += davy_clean_stuck_cells(table, c);
    if (table->times && period_ns > 0)
        count_gaps(table, period_ns, report);
}
