/* SPDX-License-Identifier: Apache-2.0 */
#include "data/split.h"
#include "models/kinds/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct folds_work {
    const davy_support_problem *problem;
    size_t pairs;
    uint8_t *fold; /* [rows] */
    float *x;      /* [rows * columns] of those that are learnt */
    double *y;     /* [rows] */
    double *decisions;
} folds_work;

static davy_status deal_out(const folds_work *work, const davy_support_folds *folds)
{
    const davy_support_problem *p = work->problem;
    double shares[DAVY_SPLIT_PARTS_MAX];
    uint32_t *classes = calloc(p->rows, sizeof *classes);
    const davy_split_options options = {.classes = classes,
                                        .groups = folds->groups,
                                        .shares = shares,
                                        .parts = folds->count,
                                        .seed = folds->seed};
    davy_status status;

    if (!classes)
        return davy_fail(DAVY_ERR_NOMEM, "%zu samples", p->rows);
    for (size_t n = 0; n < DAVY_SPLIT_PARTS_MAX; n++)
        shares[n] = 1;
    for (size_t i = 0; i < p->rows; i++)
        classes[i] = (uint32_t) p->y[i];
    status = davy_split(&options, p->rows, work->fold);
    free(classes);
    return status;
}

/* The samples that are not in the fold. */
static davy_support_problem without(const folds_work *work, size_t fold)
{
    davy_support_problem others = *work->problem;
    const size_t columns = others.columns;

    others.rows = 0;
    others.x = work->x;
    others.y = work->y;
    for (size_t i = 0; i < work->problem->rows; i++)
        if (work->fold[i] != fold) {
            memcpy(work->x + others.rows * columns, work->problem->x + i * columns,
                   columns * sizeof *work->x);
            work->y[others.rows++] = work->problem->y[i];
        }
    return others;
}

static davy_status ask_fold(const folds_work *work, size_t fold)
{
    const davy_support_problem others = without(work, fold);
    davy_support support = {0};
    davy_status status = others.rows > 0 ? davy_support_fit(&others, &support) : DAVY_OK;

    for (size_t i = 0; i < work->problem->rows && status == DAVY_OK; i++) {
        double *decisions = work->decisions + i * work->pairs;

        if (work->fold[i] != fold)
            continue;
        if (others.rows > 0)
            status =
                davy_support_decide(&support, work->problem->x + i * others.columns, decisions);
        for (size_t p = 0; p < work->pairs; p++)
            if (others.rows == 0 || !support.known[p])
                decisions[p] = NAN;
    }
    davy_support_clear(&support);
    return status;
}

davy_status davy_support_leave_out(const davy_support_problem *problem,
                                   const davy_support_folds *folds, double *decisions)
{
    folds_work work = {.problem = problem,
                       .pairs = problem->classes * (problem->classes - 1) / 2,
                       .fold = calloc(problem->rows, 1),
                       .x = malloc(problem->rows * problem->columns * sizeof(float)),
                       .y = calloc(problem->rows, sizeof(double)),
                       .decisions = decisions};
    davy_status status = work.fold && work.x && work.y
                             ? deal_out(&work, folds)
                             : davy_fail(DAVY_ERR_NOMEM, "%zu samples", problem->rows);

    for (size_t fold = 0; fold < folds->count && status == DAVY_OK; fold++) {
        status = folds->go_on ? folds->go_on(folds->context, fold) : DAVY_OK;
        if (status == DAVY_OK)
            status = ask_fold(&work, fold);
    }
    free(work.fold);
    free(work.x);
    free(work.y);
    return status;
}
