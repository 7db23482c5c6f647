/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/pca_scaling.h"

#include "core/bulk.h"
#include "models/kinds/scaling.h"

#include <stdlib.h>
#include <string.h>

/* Of a signal's whole scale: a scale below that in a regime says that it stands still there. */
#define STILL_SHARE 1e-3

/* The rows to learn from and what is learnt from them. */
typedef struct scaling_work {
    const davy_study *fit;
    const davy_pca_settings *settings;
    const double *rows;
    size_t count, signals;
    davy_regimes regimes;
    davy_pca *scaling;
} scaling_work;

/* Which signals of the setting `regime_signals`; NULL in `chosen` when none are named. */
static davy_status choose_named(const scaling_work *work, uint8_t **chosen)
{
    const davy_table *table = work->fit->fit.table;
    const char *at = work->settings->regime_signals;

    *chosen = NULL;
    if (*at == '\0')
        return DAVY_OK;
    *chosen = calloc(table->columns, 1);
    if (!*chosen)
        return davy_fail(DAVY_ERR_NOMEM, "regimes");
    while (*at) {
        const size_t length = strcspn(at, ",");
        bool found = false;

        for (size_t j = 0; j < table->columns; j++)
            if (strlen(table->names[j]) == length && strncmp(table->names[j], at, length) == 0)
                (*chosen)[j] = found = true;
        if (!found)
            return davy_fail(DAVY_ERR_INVALID, "setting regime_signals: no signal '%.*s'",
                             (int) length, at);
        at += length + (at[length] == ',');
    }
    return DAVY_OK;
}

/* Median and scale of one signal over the rows whose owner is `regime` (all without owners). */
static void scale_signal(const scaling_work *work, const uint8_t *owner, size_t regime,
                         size_t signal, double *values, double *median, double *scale)
{
    size_t count = 0;

    for (size_t i = 0; i < work->count; i++)
        if (!owner || owner[i] == regime)
            values[count++] = work->rows[i * work->signals + signal];
    if (count > 0)
        davy_scaling_of(values, count, median, scale);
}

static davy_status find_regimes(scaling_work *work, const double *median, const double *scale)
{
    davy_regime_input input = {
        .rows = work->rows,
        .count = work->count,
        .signals = work->signals,
        .lags = work->fit->lags,
        .median = median,
        .scale = scale,
        .wanted = work->settings->regimes,
        .seed = work->fit->seed,
    };
    uint8_t *chosen;
    davy_status status = choose_named(work, &chosen);

    if (status == DAVY_OK) {
        input.chosen = chosen;
        status = davy_regimes_find(&input, &work->regimes);
    }
    free(chosen);
    return status;
}

/*
 * The scale of a signal in a regime. A set point stands still there but moves between regimes: by
 * the scale of a constant every change of regime would be a catastrophe, so it keeps its own.
 */
static davy_status scale_regimes(scaling_work *work, double *values, const double *median,
                                 const double *scale)
{
    davy_pca *scaling = work->scaling;
    uint8_t *owner = davy_bulk_alloc(work->count, 1);

    if (!owner)
        return davy_fail_in(DAVY_ERR_NOMEM, "regimes");
    for (size_t i = 0; i < work->count; i++)
        owner[i] = (uint8_t) davy_regimes_of(&scaling->regimes, work->rows + i * work->signals,
                                             work->signals);
    for (size_t r = 0; r < scaling->regimes.count; r++)
        for (size_t j = 0; j < work->signals; j++) {
            double m = median[j], s = scale[j];

            scale_signal(work, owner, r, j, values, &m, &s);
            scaling->centre[r * work->signals + j] = m;
            scaling->scale[r * work->signals + j] = s < STILL_SHARE * scale[j] ? scale[j] : s;
        }
    davy_bulk_free(owner);
    return DAVY_OK;
}

static davy_status learn_scaling(scaling_work *work)
{
    davy_status status = DAVY_ERR_NOMEM;
    double *values = davy_bulk_alloc(work->count + 1, sizeof *values);
    double *median = davy_bulk_alloc(work->signals + 1, sizeof *median);
    double *scale = davy_bulk_alloc(work->signals + 1, sizeof *scale);

    if (!values || !median || !scale) {
        (void) davy_fail_in(DAVY_ERR_NOMEM, "scaling of %zu rows", work->count);
        goto done;
    }
    for (size_t j = 0; j < work->signals; j++)
        scale_signal(work, NULL, 0, j, values, &median[j], &scale[j]);
    status = find_regimes(work, median, scale);
    if (status == DAVY_OK)
        status =
            davy_pca_create(work->signals, work->fit->lags, 1, work->regimes.count, &work->scaling);
    if (status == DAVY_OK) {
        work->scaling->regimes = work->regimes; /* it owns them from here on */
        work->regimes = (davy_regimes){.count = 1};
        status = scale_regimes(work, values, median, scale);
    }
done:
    davy_bulk_free(values);
    davy_bulk_free(median);
    davy_bulk_free(scale);
    return status;
}

davy_status davy_pca_learn_scaling(const davy_study *fit, const davy_pca_settings *settings,
                                   const double *rows, size_t count, davy_pca **out)
{
    scaling_work work = {.fit = fit,
                         .settings = settings,
                         .rows = rows,
                         .count = count,
                         .signals = fit->fit.table->columns,
                         .regimes = {.count = 1}};
    davy_status status = learn_scaling(&work);

    davy_regimes_clear(&work.regimes);
    if (status == DAVY_OK)
        *out = work.scaling;
    else
        davy_pca_destroy(work.scaling);
    return status;
}
