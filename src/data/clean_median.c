/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "data/clean_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * A missing value becomes the signal's median over the history, in the regime of the row where a
 * column names one (a recipe number, a valve position, a mode). A regime that was not seen, or in
 * which the signal has no value, has the median of all rows.
 *
 * learnt: how many regimes, their values in order, then for each column its median over all rows
 * and over each regime.
 */
#define REGIMES_MAX ((size_t) 64)

static size_t regimes_of(const davy_clean_step *step)
{
    return step->learnt_count > 0 ? (size_t) step->learnt[0] : 0;
}

/* [1 + regimes] medians of a column. */
static double *medians_of(const davy_clean_step *step, size_t column)
{
    const size_t regimes = regimes_of(step);

    return step->learnt + 1 + regimes + column * (1 + regimes);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* Of the column's values in the rows where `by` is `regime`, or in all rows. NaN without any. */
static double median_of(const double *values, const double *by, double regime, size_t rows,
                        double *spare)
{
    size_t count = 0;

    for (size_t row = 0; row < rows; row++)
        if (isfinite(values[row]) && (!by || by[row] == regime))
            spare[count++] = values[row];
    if (count == 0)
        return NAN;
    davy_bulk_sort(spare, count, sizeof *spare, by_size);
    return count % 2 ? spare[count / 2] : 0.5 * (spare[count / 2 - 1] + spare[count / 2]);
}

/* The values of a column that names regimes, in order. */
static davy_status list_regimes(const davy_table *table, size_t column, double *regimes,
                                size_t *count)
{
    const double *values = table->values + column * table->rows;

    *count = 0;
    for (size_t row = 0; row < table->rows; row++) {
        bool known = !isfinite(values[row]);

        for (size_t i = 0; i < *count && !known; i++)
            known = regimes[i] == values[row];
        if (known)
            continue;
        if (*count == REGIMES_MAX)
            return davy_fail(DAVY_ERR_INVALID,
                             "cleaning step 'median': column '%s' has more than %zu values, so it "
                             "names no regimes",
                             table->names[column], REGIMES_MAX);
        regimes[(*count)++] = values[row];
    }
    qsort(regimes, *count, sizeof *regimes, by_size);
    return DAVY_OK;
}

static void learn_column(davy_clean_step *step, const davy_table *table, size_t column,
                         double *spare)
{
    const double *values = table->values + column * table->rows;
    const double *by = step->by ? table->values + step->by_column * table->rows : NULL;
    double *medians = medians_of(step, column);

    medians[0] = median_of(values, NULL, 0, table->rows, spare);
    for (size_t r = 0; r < regimes_of(step); r++) {
        const double own = median_of(values, by, step->learnt[1 + r], table->rows, spare);

        medians[1 + r] = isnan(own) ? medians[0] : own;
    }
}

static davy_status learn_median(davy_clean_step *step, const davy_table *table,
                                const davy_clean_range *ranges)
{
    double regimes[REGIMES_MAX] = {0};
    double *spare = davy_bulk_alloc(table->rows, sizeof *spare);
    size_t count = 0;
    davy_status status = spare ? DAVY_OK : davy_fail_in(DAVY_ERR_NOMEM, "medians");

    (void) ranges;
    if (status == DAVY_OK && step->by)
        status = list_regimes(table, step->by_column, regimes, &count);
    if (status == DAVY_OK)
        status = davy_clean_learnt_init(step, 1 + count + table->columns * (1 + count));
    if (status == DAVY_OK) {
        step->learnt[0] = (double) count;
        memcpy(step->learnt + 1, regimes, count * sizeof *regimes);
        for (size_t c = 0; c < table->columns; c++)
            learn_column(step, table, c, spare);
    }
    davy_bulk_free(spare);
    return status;
}

static bool median_fits(const davy_clean_step *step, size_t columns)
{
    const double count = step->learnt_count > 0 ? step->learnt[0] : NAN;

    return count >= 0 && count <= (double) REGIMES_MAX && count == floor(count) &&
           step->learnt_count == 1 + (size_t) count + columns * (1 + (size_t) count);
}

static bool push_median(const davy_clean_step *step, const davy_clean_cell *cell, double *state)
{
    const size_t regimes = regimes_of(step);
    size_t regime = 0;
    double median;

    (void) state;
    if (isfinite(*cell->value) || (step->by && cell->column == step->by_column))
        return false;
    while (regime < regimes && step->learnt[1 + regime] != cell->by)
        regime++;
    median = medians_of(step, cell->column)[regime < regimes ? 1 + regime : 0];
    if (!isfinite(median))
        return false;
    *cell->value = median;
    return true;
}

const davy_clean_kind davy_clean_median = {
    .name = "median",
    .what = {"missing, the median", "缺失,取中位数"},
    .meaning = "fill a missing value with the median of the history, in the regime of the row",
    .parameters = {{"by", DAVY_CLEAN_COLUMN, NAN, 0, 0, "column whose values name the regimes"}},
    .learn = learn_median,
    .fits = median_fits,
    .push = push_median,
};
