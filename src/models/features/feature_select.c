/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Step of features that keeps those columns which say something about the answer.
 *
 * Stage: models. A column has a merit, found on the samples to learn from, and those with the most
 * are kept, in the order in which they stood. Information is counted in bins of equally many
 * samples; a column that never moves has none.
 *
 * Sources: Battiti, IEEE Trans. Neural Networks 5(4), 1994 (mutual information); Peng, Long, Ding,
 * IEEE TPAMI 27(8), 2005 (mRMR, as a difference); Tibshirani, J. R. Statist. Soc. B 58, 1996 (L1);
 * Breiman, Machine Learning 45, 2001 (permutation).
 */
#include "models/features/feature_private.h"

#include "models/features/feature_merit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifndef DAVY_HAVE_XGBOOST
static davy_status refuse_permutation(const davy_lesson *lesson, const davy_feature_matrix *matrix,
                                      size_t keep, double *merit)
{
    (void) lesson;
    (void) matrix;
    (void) keep;
    (void) merit;
    return davy_fail(DAVY_ERR_UNSUPPORTED,
                     "select:permutation asks trees, and this build has no XGBoost");
}
#endif

static const struct {
    const char *name;
    davy_feature_merit *find;
} ways[] = {
    {"variance", davy_merit_variance},
    {"mi", davy_merit_information},
    {"mrmr", davy_merit_mrmr},
    {"l1", davy_merit_l1},
#ifdef DAVY_HAVE_XGBOOST
    {"permutation", davy_merit_permutation},
#else
    {"permutation", refuse_permutation},
#endif
};

/* The `keep` columns of the most merit that have any. @param kept  [columns] in rising order */
static size_t choose(const double *merit, size_t columns, size_t keep, size_t *kept)
{
    size_t count = 0;

    for (size_t j = 0; j < columns; j++) {
        size_t better = 0;

        for (size_t i = 0; i < columns && merit[j] > 0; i++)
            better += merit[i] > merit[j] || (merit[i] == merit[j] && i < j);
        if (merit[j] > 0 && better < keep)
            kept[count++] = j;
    }
    return count;
}

static davy_status keep_columns(davy_features *f, davy_value x, const size_t *kept, size_t count)
{
    const char **names = davy_arena_array(&f->arena, count + 1, sizeof *names);

    for (size_t i = 0; names && i < count; i++)
        names[i] = f->names[kept[i]];
    return davy_feature_set_columns(f, davy_feature_pick(f, x, kept, count), names, count);
}

static davy_status fit_select(davy_features *f, const davy_feature_call *call)
{
    const double keep = davy_feature_number(call, "keep");
    davy_feature_matrix matrix = {0};
    double *merit = NULL;
    size_t *kept = NULL, count = 0;
    davy_value x;
    davy_status status = davy_feature_columns(f, &x);

    if (status == DAVY_OK)
        status = davy_feature_learn(f, x, &matrix);
    if (status == DAVY_OK) {
        merit = calloc(matrix.columns, sizeof *merit);
        kept = calloc(matrix.columns, sizeof *kept);
        status = merit && kept ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "features");
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ways) && status == DAVY_OK; i++)
        if (davy_feature_is(call, "how", ways[i].name))
            status = ways[i].find(f->lesson, &matrix, (size_t) keep, merit);
    if (status == DAVY_OK)
        count = choose(merit, matrix.columns, keep > 0 ? (size_t) keep : SIZE_MAX, kept);
    if (status == DAVY_OK && count == 0)
        status = davy_feature_fail(call, "no column says anything about the answer");
    if (status == DAVY_OK)
        status = keep_columns(f, x, kept, count);
    davy_feature_matrix_clear(&matrix);
    free(merit);
    free(kept);
    return status;
}

static const davy_setting arguments[] = {
    {"how", "mi", "what a column is kept for", NAN, NAN, "variance|mi|mrmr|l1|permutation"},
    {"keep", "0", "columns that are kept; 0: all that have any merit", 0, 4096, NULL},
};

const davy_feature_step davy_feature_select = {
    .name = "select",
    .meaning = "only the columns that say most about the answer",
    .arguments = arguments,
    .argument_count = DAVY_ARRAY_LENGTH(arguments),
    .fit = fit_select,
};
