/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/evaluate.h"

#include "core/buffer.h"
#include "core/bulk.h"
#include "models/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

davy_status davy_model_bind(const davy_model *model, const davy_table *table, size_t *columns)
{
    const davy_model_info *info = davy_model_describe(model);
    davy_buffer missing = {0};
    davy_status status = DAVY_OK;

    for (size_t j = 0; j < info->signal_count; j++) {
        columns[j] = 0;
        while (columns[j] < table->columns &&
               strcmp(table->names[columns[j]], info->signals[j]) != 0)
            columns[j]++;
        if (columns[j] == table->columns)
            davy_buffer_printf(&missing, "%s'%s'", missing.length > 0 ? ", " : "",
                               info->signals[j]);
    }
    if (missing.length > 0)
        status =
            davy_fail(DAVY_ERR_NOT_FOUND, "model '%s' needs signals that the table has not: %s",
                      info->name, missing.bytes);
    davy_buffer_clear(&missing);
    return status;
}

void davy_run_clear(davy_run *run)
{
    davy_bulk_free(run->scores);
    davy_bulk_free(run->verdicts);
    davy_bulk_free((void *) run->reasons);
    davy_bulk_free(run->contributions);
    davy_bulk_free(run->expected);
    *run = (davy_run){0};
}

static davy_status run_init(davy_run *run, size_t rows, size_t signals, bool explain)
{
    const size_t cells = explain ? rows * signals : 0;

    *run = (davy_run){.rows = rows, .signals = signals};
    run->scores = davy_bulk_alloc(rows + 1, sizeof *run->scores);
    run->verdicts = davy_bulk_alloc(rows + 1, sizeof *run->verdicts);
    run->reasons = davy_bulk_alloc(rows + 1, sizeof *run->reasons);
    run->contributions = explain ? davy_bulk_alloc(cells + 1, sizeof(double)) : NULL;
    run->expected = explain ? davy_bulk_alloc(cells + 1, sizeof(double)) : NULL;
    if (!run->scores || !run->verdicts || !run->reasons ||
        (explain && (!run->contributions || !run->expected)))
        return davy_fail_in(DAVY_ERR_NOMEM, "scores of %zu rows", rows);
    return DAVY_OK;
}

static void keep(double *dst, const double *src, size_t count)
{
    for (size_t j = 0; j < count && dst; j++)
        dst[j] = src ? src[j] : NAN;
}

static void keep_score(davy_run *run, size_t row, const davy_score *score)
{
    const size_t at = row * run->signals;

    run->scores[row] = score->score;
    run->verdicts[row] = (uint8_t) score->verdict;
    run->reasons[row] = score->reason;
    keep(run->contributions ? run->contributions + at : NULL, score->contributions, run->signals);
    keep(run->expected ? run->expected + at : NULL, score->expected, run->signals);
}

static davy_status run_rows(const davy_model *model, const davy_table *table, const size_t *columns,
                            double *values, davy_run *run)
{
    const davy_walk walk = {
        .table = table, .to = table->rows, .period_ns = davy_model_describe(model)->period_ns};
    davy_scorer *scorer = NULL;
    davy_status status = davy_scorer_create(model, &scorer);

    if (status != DAVY_OK)
        return status;
    for (size_t row = 0; row < table->rows; row++) {
        davy_score score;

        if (davy_walk_begins(&walk, row))
            davy_scorer_reset(scorer);
        for (size_t j = 0; j < run->signals; j++)
            values[j] = davy_table_at(table, row, columns[j]);
        davy_scorer_update(scorer, values, &score);
        keep_score(run, row, &score);
    }
    davy_scorer_destroy(scorer);
    return DAVY_OK;
}

davy_status davy_model_run(const davy_model *model, const davy_table *table, bool explain,
                           davy_run *out)
{
    const size_t signals = davy_model_describe(model)->signal_count;
    size_t *columns = calloc(signals, sizeof *columns);
    double *values = calloc(signals, sizeof *values);
    davy_run run = {0};
    davy_status status = DAVY_ERR_NOMEM;

    if (columns && values)
        status = davy_model_bind(model, table, columns);
    else
        (void) davy_fail(status, "row");
    if (status == DAVY_OK)
        status = run_init(&run, table->rows, signals, explain);
    if (status == DAVY_OK)
        status = run_rows(model, table, columns, values, &run);
    if (status == DAVY_OK)
        *out = run;
    else
        davy_run_clear(&run);
    free(columns);
    free(values);
    return status;
}
