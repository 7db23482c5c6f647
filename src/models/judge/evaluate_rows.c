/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/evaluate_rows.h"

#include "core/bulk.h"

#include <math.h>
#include <stdlib.h>

#define ROWS_PER_DAY_TIMELESS 86400.0

void davy_scored_rows_clear(davy_scored_rows *packed)
{
    davy_bulk_free(packed->rows);
    davy_bulk_free(packed->scores);
    davy_bulk_free(packed->labels);
    davy_bulk_free(packed->alarms);
    davy_bulk_free(packed->other);
    davy_bulk_free(packed->runs);
    *packed = (davy_scored_rows){0};
}

davy_status davy_scored_rows_pack(const davy_table *table, const davy_run *run,
                                  davy_scored_rows *packed)
{
    const size_t rows = run->rows + 1;

    packed->times = table->times;
    packed->rows = davy_bulk_alloc(rows, sizeof *packed->rows);
    packed->scores = davy_bulk_alloc(rows, sizeof *packed->scores);
    packed->labels = davy_bulk_alloc(rows, sizeof *packed->labels);
    packed->alarms = davy_bulk_alloc(rows, 1);
    packed->other = davy_bulk_alloc(rows, 1);
    packed->runs = davy_bulk_alloc(rows, sizeof *packed->runs);
    if (!packed->rows || !packed->scores || !packed->labels || !packed->alarms || !packed->other ||
        !packed->runs)
        return davy_fail_in(DAVY_ERR_NOMEM, "evaluation of %zu rows", run->rows);
    for (size_t row = 0; row < run->rows; row++) {
        const size_t i = packed->count;

        if (run->verdicts[row] == DAVY_VERDICT_ABSTAIN)
            continue;
        packed->rows[i] = row;
        packed->scores[i] = run->scores[row];
        packed->labels[i] = table->labels ? table->labels[row] : NAN;
        packed->alarms[i] = run->verdicts[row] == DAVY_VERDICT_ALARM;
        packed->runs[i] = table->runs[row];
        packed->count++;
    }
    return DAVY_OK;
}

/* What row i adds, in days. */
static double day_part(const davy_scored_rows *packed, size_t i)
{
    const size_t *rows = packed->rows;

    if (!packed->times)
        return 1 / ROWS_PER_DAY_TIMELESS;
    if (i == 0 || packed->runs[i] != packed->runs[i - 1] || rows[i] != rows[i - 1] + 1)
        return 0;
    return (double) (packed->times[rows[i]] - packed->times[rows[i - 1]]) / 86400e9;
}

double davy_scored_rows_days(const davy_scored_rows *packed, const uint32_t *groups, double *days)
{
    double all = 0;

    for (size_t i = 0; i < packed->count; i++) {
        const double part = day_part(packed, i);

        all += part;
        if (days)
            days[groups[i]] += part;
    }
    return all;
}
