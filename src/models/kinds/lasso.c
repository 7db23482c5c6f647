/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/lasso.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>

#define BLOCK            ((size_t) 256) /* rows that are widened to doubles at once */
#define SWEEPS_PER_CHECK 10             /* the gap costs as much as a sweep */

typedef struct lasso_work {
    const davy_lasso_problem *problem;
    double *mean;   /* [columns] */
    double mean_y;  /* and of y */
    double *gram;   /* [columns * columns] X'X of centred rows */
    double *xy;     /* [columns] X'y */
    double *pull;   /* [columns] X'(y - X w) */
    double *block;  /* [BLOCK * (columns + 1)] */
    double squares; /* sum of y^2 */
} lasso_work;

void davy_lasso_clear(davy_lasso *lasso)
{
    free(lasso->weights);
    *lasso = (davy_lasso){0};
}

static void work_clear(lasso_work *work)
{
    free(work->mean);
    free(work->gram);
    free(work->xy);
    free(work->pull);
    free(work->block);
}

static davy_status work_init(lasso_work *work, davy_lasso *out)
{
    const size_t columns = work->problem->columns;

    if (columns > DAVY_LASSO_COLUMNS_MAX)
        return davy_fail(DAVY_ERR_FULL,
                         "an L1 penalty over %zu numbers of a sample: at most %zu are taken",
                         columns, DAVY_LASSO_COLUMNS_MAX);
    work->mean = calloc(columns, sizeof(double));
    work->gram = calloc(columns * columns, sizeof(double));
    work->xy = calloc(columns, sizeof(double));
    work->pull = calloc(columns, sizeof(double));
    work->block = calloc(BLOCK * (columns + 1), sizeof(double));
    out->weights = calloc(columns, sizeof(double));
    if (!work->mean || !work->gram || !work->xy || !work->pull || !work->block || !out->weights)
        return davy_fail(DAVY_ERR_NOMEM, "weights of %zu numbers", columns);
    return DAVY_OK;
}

static void find_means(lasso_work *work)
{
    const davy_lasso_problem *p = work->problem;

    for (size_t i = 0; i < p->rows; i++) {
        work->mean_y += p->y[i] / (double) p->rows;
        for (size_t j = 0; j < p->columns; j++)
            work->mean[j] += (double) p->x[i * p->columns + j] / (double) p->rows;
    }
}

static void add_block(lasso_work *work, size_t from, size_t count)
{
    const davy_lasso_problem *p = work->problem;
    const int columns = (int) p->columns;
    double *y = work->block + BLOCK * p->columns;

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < p->columns; j++)
            work->block[i * p->columns + j] =
                (double) p->x[(from + i) * p->columns + j] - work->mean[j];
        y[i] = p->y[from + i] - work->mean_y;
        work->squares += y[i] * y[i];
    }
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, columns, (int) count, 1.0, work->block,
                columns, 1.0, work->gram, columns);
    cblas_dgemv(CblasRowMajor, CblasTrans, (int) count, columns, 1.0, work->block, columns, y, 1,
                1.0, work->xy, 1);
}

static void make_gram(lasso_work *work)
{
    const davy_lasso_problem *p = work->problem;

    find_means(work);
    for (size_t from = 0; from < p->rows; from += BLOCK)
        add_block(work, from, p->rows - from < BLOCK ? p->rows - from : BLOCK);
    for (size_t i = 0; i < p->columns; i++)
        for (size_t j = 0; j < i; j++)
            work->gram[i * p->columns + j] = work->gram[j * p->columns + i];
}

/* Its best value while the others stay. */
static void move_weight(lasso_work *work, double *weights, size_t j)
{
    const davy_lasso_problem *p = work->problem;
    const double *line = work->gram + j * p->columns;
    const double pull = work->pull[j] + line[j] * weights[j];
    const double best =
        line[j] + p->l2 > 0 ? copysign(fmax(fabs(pull) - p->l1, 0), pull) / (line[j] + p->l2) : 0;

    if (best == weights[j])
        return;
    cblas_daxpy((int) p->columns, weights[j] - best, line, 1, work->pull, 1);
    weights[j] = best;
}

/*
 * Value less its dual. The residual is scaled until it is feasible; the l2 penalty is taken for
 * more rows, sqrt(l2) I, whose targets are 0.
 */
static double gap(const lasso_work *work, const double *w)
{
    const davy_lasso_problem *p = work->problem;
    double slope = 0, sizes = 0, norm = 0, along = 0, residual, scale;

    for (size_t j = 0; j < p->columns; j++) {
        slope = fmax(slope, fabs(work->pull[j] - p->l2 * w[j]));
        sizes += fabs(w[j]);
        norm += w[j] * w[j];
        along += w[j] * work->xy[j];
    }
    residual = work->squares - along; /* |y - Xw|^2 = y'y - w'X'y - w'X'(y - Xw) */
    for (size_t j = 0; j < p->columns; j++)
        residual -= w[j] * work->pull[j];
    scale = slope > p->l1 ? p->l1 / slope : 1;
    return 0.5 * (1 + scale * scale) * (residual + p->l2 * norm) + p->l1 * sizes -
           scale * (work->squares - along);
}

static void descend(lasso_work *work, davy_lasso *out)
{
    const davy_lasso_problem *p = work->problem;

    cblas_dcopy((int) p->columns, work->xy, 1, work->pull, 1);
    while (out->sweeps < p->sweeps && !out->arrived) {
        for (size_t j = 0; j < p->columns; j++)
            move_weight(work, out->weights, j);
        out->sweeps++;
        if (out->sweeps % SWEEPS_PER_CHECK == 0)
            out->arrived = gap(work, out->weights) <= p->tolerance * work->squares;
    }
    out->bias = work->mean_y;
    for (size_t j = 0; j < p->columns; j++) {
        out->kept += out->weights[j] != 0;
        out->bias -= work->mean[j] * out->weights[j];
    }
}

davy_status davy_lasso_fit(const davy_lasso_problem *problem, davy_lasso *out)
{
    lasso_work work = {.problem = problem};
    davy_lasso found = {0};
    davy_status status = work_init(&work, &found);

    openblas_set_num_threads(1); /* more threads would add in another order */
    if (status == DAVY_OK) {
        make_gram(&work);
        descend(&work, &found);
        *out = found;
    } else {
        davy_lasso_clear(&found);
    }
    work_clear(&work);
    return status;
}
