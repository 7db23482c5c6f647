/* SPDX-License-Identifier: Apache-2.0 */
#include "data/cleaning.h"

#include "data/clean_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void davy_cleaning_clear(davy_cleaning *cleaning)
{
    for (size_t i = 0; i < cleaning->step_count; i++) {
        free(cleaning->steps[i].by);
        free(cleaning->steps[i].learnt);
    }
    for (size_t j = 0; j < cleaning->column_count && cleaning->names; j++)
        free(cleaning->names[j]);
    free((void *) cleaning->names);
    free(cleaning->categories);
    free(cleaning->text);
    *cleaning = (davy_cleaning){0};
}

davy_status davy_cleaning_check_live(const davy_cleaning *cleaning)
{
    for (size_t i = 0; i < cleaning->step_count; i++)
        if (cleaning->steps[i].kind->apply)
            return davy_fail(DAVY_ERR_INVALID,
                             "cleaning step '%s' needs the whole history: a model that watches "
                             "scores a row when it comes. Clean the history first with `davy data "
                             "--out`, or choose range, missing, hampel, stuck, hold or median",
                             cleaning->steps[i].kind->name);
    return DAVY_OK;
}

davy_status davy_clean_learnt_init(davy_clean_step *step, size_t count)
{
    free(step->learnt);
    step->learnt = calloc(count + 1, sizeof *step->learnt);
    step->learnt_count = step->learnt ? count : 0;
    return step->learnt ? DAVY_OK
                        : davy_fail(DAVY_ERR_NOMEM, "cleaning step '%s'", step->kind->name);
}

bool davy_clean_takes_column(const davy_clean_step *step, const davy_cleaning *cleaning,
                             size_t column)
{
    return column != SIZE_MAX && (step->kind->words || !cleaning->categories[column]);
}

size_t davy_clean_stretch_end(const davy_table *table, size_t row, int64_t period_ns)
{
    size_t end = row + 1;

    while (end < table->rows && !davy_clean_begins(table, end, period_ns))
        end++;
    return end;
}

/* Run a step that looks back over one column of a table. */
static size_t push_column(const davy_clean_step *step, const davy_clean_sheet *sheet, size_t column,
                          const double *by, double *state)
{
    const davy_table *table = sheet->table;
    double *values = table->values + column * table->rows;
    size_t changed = 0;

    for (size_t row = 0; row < table->rows; row++) {
        const davy_clean_cell cell = {&values[row], sheet->columns[column], by ? by[row] : NAN};

        if (step->kind->begin && davy_clean_begins(table, row, sheet->period_ns))
            step->kind->begin(step, state);
        changed += step->kind->push(step, &cell, state);
    }
    return changed;
}

/* The column of the table that a step's `by` names; NULL when the table does not have it. */
static const double *find_by(const davy_clean_step *step, const davy_clean_sheet *sheet)
{
    for (size_t c = 0; step->by && c < sheet->table->columns; c++)
        if (sheet->columns[c] == step->by_column)
            return sheet->table->values + c * sheet->table->rows;
    return NULL;
}

static davy_status run_step(const davy_clean_step *step, const davy_clean_sheet *sheet)
{
    double *state;

    if (step->kind->apply)
        return step->kind->apply(step, sheet);
    if (!step->kind->push)
        return DAVY_OK;
    state = calloc(davy_clean_state(step) + 1, sizeof *state);
    if (!state)
        return davy_fail(DAVY_ERR_NOMEM, "cleaning step '%s'", step->kind->name);
    for (size_t c = 0; c < sheet->table->columns; c++)
        if (davy_clean_takes_column(step, sheet->cleaning, sheet->columns[c]))
            sheet->changed[c] += push_column(step, sheet, c, find_by(step, sheet), state);
    free(state);
    return DAVY_OK;
}

/* Which column of the cleaning each of the table is. NULL without memory. */
static size_t *map_columns(const davy_cleaning *cleaning, const davy_table *table)
{
    size_t *columns = calloc(table->columns + 1, sizeof *columns);

    for (size_t c = 0; columns && c < table->columns; c++) {
        columns[c] = SIZE_MAX;
        for (size_t k = 0; k < cleaning->column_count && columns[c] == SIZE_MAX; k++) {
            const size_t j = (c + k) % cleaning->column_count; /* most often they stand alike */

            if (strcmp(cleaning->names[j], table->names[c]) == 0)
                columns[c] = j;
        }
    }
    return columns;
}

void davy_clean_tally_clear(davy_clean_tally *tally)
{
    free(tally->changed);
    *tally = (davy_clean_tally){0};
}

size_t davy_clean_tally_step(const davy_clean_tally *tally, size_t step)
{
    size_t changed = 0;

    for (size_t c = 0; c < tally->columns; c++)
        changed += tally->changed[step * tally->columns + c];
    return changed;
}

/* Run the steps [from, to) over a table. @param changed  [steps * columns] */
static davy_status run_steps(const davy_cleaning *cleaning, size_t from, size_t to,
                             davy_table *table, int64_t *period_ns, size_t *changed)
{
    size_t *columns = map_columns(cleaning, table);
    davy_status status = columns ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "columns");

    for (size_t i = from; i < to && status == DAVY_OK; i++) {
        const davy_clean_sheet sheet = {
            .cleaning = cleaning,
            .table = table,
            .period_ns = *period_ns,
            .columns = columns,
            .changed = changed + i * table->columns,
        };

        status = run_step(&cleaning->steps[i], &sheet);
        if (status == DAVY_OK && cleaning->steps[i].kind == &davy_clean_resample)
            *period_ns = (int64_t) cleaning->steps[i].arguments[0];
    }
    free(columns);
    return status;
}

davy_status davy_cleaning_apply(const davy_cleaning *cleaning, davy_table *table, int64_t period_ns,
                                davy_clean_tally *out)
{
    davy_clean_tally tally = {
        .steps = cleaning->step_count, .columns = table->columns, .rows_before = table->rows};
    davy_status status = DAVY_OK;

    tally.changed = calloc(tally.steps * tally.columns + 1, sizeof *tally.changed);
    if (!tally.changed)
        return davy_fail(DAVY_ERR_NOMEM, "counts of cleaning");
    if (period_ns == 0 && cleaning->step_count > 0)
        status = davy_clean_period(table, &period_ns);
    if (status == DAVY_OK)
        status = run_steps(cleaning, 0, cleaning->step_count, table, &period_ns, tally.changed);
    tally.rows_after = table->rows;
    if (status == DAVY_OK && out)
        *out = tally;
    else
        davy_clean_tally_clear(&tally);
    return status;
}

static davy_status take_names(davy_cleaning *cleaning, const davy_table *table)
{
    cleaning->names = calloc(table->columns + 1, sizeof *cleaning->names);
    cleaning->categories = calloc(table->columns + 1, sizeof *cleaning->categories);
    if (!cleaning->names || !cleaning->categories)
        return davy_fail(DAVY_ERR_NOMEM, "%zu columns", table->columns);
    cleaning->column_count = table->columns;
    for (size_t j = 0; j < table->columns; j++) {
        cleaning->categories[j] = table->levels && table->levels[j].count > 0;
        cleaning->names[j] = strdup(table->names[j]);
        if (!cleaning->names[j])
            return davy_fail(DAVY_ERR_NOMEM, "column '%s'", table->names[j]);
    }
    return DAVY_OK;
}

davy_status davy_cleaning_bind(davy_cleaning *cleaning)
{
    for (size_t i = 0; i < cleaning->step_count; i++) {
        davy_clean_step *step = &cleaning->steps[i];

        step->by_column = 0;
        while (step->by && step->by_column < cleaning->column_count &&
               strcmp(cleaning->names[step->by_column], step->by) != 0)
            step->by_column++;
        if (step->by && step->by_column == cleaning->column_count)
            return davy_fail(DAVY_ERR_INVALID, "cleaning step '%s': there is no column '%s'",
                             step->kind->name, step->by);
    }
    return DAVY_OK;
}

bool davy_cleaning_fits(const davy_cleaning *cleaning)
{
    for (size_t i = 0; i < cleaning->step_count; i++) {
        const davy_clean_step *step = &cleaning->steps[i];

        if (step->kind->fits ? !step->kind->fits(step, cleaning->column_count)
                             : step->learnt_count > 0)
            return false;
    }
    return true;
}

static davy_status check_table(const davy_cleaning *cleaning, const davy_table *table)
{
    for (size_t i = 0; i < cleaning->step_count; i++)
        if (table->independent && cleaning->steps[i].kind->back)
            return davy_fail(DAVY_ERR_INVALID,
                             "cleaning step '%s' looks at the rows around a row, and these rows "
                             "have neither time nor group: name one with --time or --group, or "
                             "give --period",
                             cleaning->steps[i].kind->name);
    return DAVY_OK;
}

/* How many steps lead up to the last one that learns. */
static size_t learning_steps(const davy_cleaning *cleaning)
{
    size_t count = cleaning->step_count;

    while (count > 0 && !cleaning->steps[count - 1].kind->learn)
        count--;
    return count;
}

/* Learn step by step, each from a copy of the table as the steps before leave it. */
static davy_status learn_steps(davy_cleaning *cleaning, davy_table *copy,
                               const davy_clean_range *ranges)
{
    const size_t count = learning_steps(cleaning);
    size_t *changed = calloc(count * copy->columns + 1, sizeof *changed);
    int64_t period_ns;
    davy_status status = davy_clean_period(copy, &period_ns);

    if (status == DAVY_OK && !changed)
        status = davy_fail(DAVY_ERR_NOMEM, "counts of cleaning");
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        davy_clean_step *step = &cleaning->steps[i];

        if (step->kind->learn)
            status = step->kind->learn(step, copy, ranges);
        if (status == DAVY_OK && i + 1 < count)
            status = run_steps(cleaning, i, i + 1, copy, &period_ns, changed);
    }
    free(changed);
    return status;
}

/* Rows that are kept to judge by are not learnt from. */
static void keep_learnt(davy_table *table)
{
    size_t kept = 0;

    if (!table->run_parts)
        return;
    for (size_t c = 0; c < table->columns; c++)
        for (size_t row = 0; row < table->rows; row++)
            if (table->run_parts[table->runs[row]] == 0)
                table->values[kept++] = table->values[c * table->rows + row];
    kept = 0;
    for (size_t row = 0; row < table->rows; row++) {
        if (table->run_parts[table->runs[row]] != 0)
            continue;
        if (table->times)
            table->times[kept] = table->times[row];
        if (table->labels)
            table->labels[kept] = table->labels[row];
        table->runs[kept++] = table->runs[row];
    }
    table->rows = kept;
}

davy_status davy_cleaning_learn(davy_cleaning *cleaning, const davy_table *table,
                                const davy_clean_range *ranges)
{
    davy_table copy = {0};
    davy_status status = check_table(cleaning, table);

    if (status == DAVY_OK)
        status = take_names(cleaning, table);
    if (status == DAVY_OK)
        status = davy_cleaning_bind(cleaning);
    if (status != DAVY_OK || learning_steps(cleaning) == 0)
        return status;
    status = davy_table_copy(table, &copy);
    if (status == DAVY_OK)
        keep_learnt(&copy);
    if (status == DAVY_OK)
        status = learn_steps(cleaning, &copy, ranges);
    davy_table_clear(&copy);
    return status;
}
