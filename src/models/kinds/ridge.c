/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/ridge.h"

#include "core/bulk.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t) 256) /* rows or columns that are widened to doubles at once */

#define TRIED_LOW    1e-6
#define TRIED_HIGH   1e4
#define SPECTRUM_MIN 1e-12 /* of the largest: what is below is nothing but rounding */
#define LEVERAGE_MIN 1e-9  /* 1 - h of a row that decides its own answer: no error can be told */

/*
 * Rows are centred and multiplied by the roots of their weights, which makes the problem an
 * unweighted one without bias. Let X = U S V' be the rows. The spectrum S^2 comes from X'X (`lies`
 * is false, `vectors` is V) or from XX' (true, U); Z = X V = U S, and every answer is
 * Z (S^2 + l2)^-1 Z'y.
 */
typedef struct ridge_work {
    const davy_ridge_problem *problem;
    bool lies;
    size_t size;      /* of the spectrum */
    double *root;     /* [rows] of the weights */
    double total;     /* sum of the weights */
    double *mean;     /* [columns] */
    double *mean_y;   /* [outputs] */
    double *y;        /* [rows * outputs] centred, times root */
    double *vectors;  /* [size * size] by columns of LAPACK */
    double *spectrum; /* [size] S^2 in rising order */
    double *zy;       /* [size * outputs] Z'y */
    double *block;    /* [BLOCK * larger of rows and columns] */
    double *z;        /* [BLOCK * size] */
    double penalties[DAVY_RIDGE_TRIED];
    double *gains; /* [DAVY_RIDGE_TRIED * size] 1 / (S^2 + penalty) */
} ridge_work;

void davy_ridge_clear(davy_ridge *ridge)
{
    free(ridge->weights);
    free(ridge->bias);
    *ridge = (davy_ridge){0};
}

static void work_clear(ridge_work *work)
{
    davy_bulk_free(work->root);
    davy_bulk_free(work->mean);
    davy_bulk_free(work->mean_y);
    davy_bulk_free(work->y);
    davy_bulk_free(work->vectors);
    davy_bulk_free(work->spectrum);
    davy_bulk_free(work->zy);
    davy_bulk_free(work->block);
    davy_bulk_free(work->z);
    davy_bulk_free(work->gains);
}

static davy_status work_init(ridge_work *work, davy_ridge *out)
{
    const davy_ridge_problem *p = work->problem;
    const size_t longer = p->rows > p->columns ? p->rows : p->columns;

    work->lies = p->columns > p->rows;
    work->size = work->lies ? p->rows : p->columns;
    if (work->size > DAVY_RIDGE_SIZE_MAX)
        return davy_fail(DAVY_ERR_FULL,
                         "a ridge over %zu rows of %zu numbers: one of the two must be at most %zu",
                         p->rows, p->columns, DAVY_RIDGE_SIZE_MAX);
    work->root = davy_bulk_alloc(p->rows, sizeof(double));
    work->mean = davy_bulk_alloc(p->columns, sizeof(double));
    work->mean_y = davy_bulk_alloc(p->outputs, sizeof(double));
    work->y = davy_bulk_alloc(p->rows * p->outputs, sizeof(double));
    work->vectors = davy_bulk_alloc(work->size * work->size, sizeof(double));
    work->spectrum = davy_bulk_alloc(work->size, sizeof(double));
    work->zy = davy_bulk_alloc(work->size * p->outputs, sizeof(double));
    work->block = davy_bulk_alloc(BLOCK * longer, sizeof(double));
    work->z = davy_bulk_alloc(BLOCK * work->size, sizeof(double));
    work->gains = davy_bulk_alloc(DAVY_RIDGE_TRIED * work->size, sizeof(double));
    out->weights = calloc(p->columns * p->outputs, sizeof(double));
    out->bias = calloc(p->outputs, sizeof(double));
    if (!work->root || !work->mean || !work->mean_y || !work->y || !work->vectors ||
        !work->spectrum || !work->zy || !work->block || !work->z || !work->gains || !out->weights ||
        !out->bias)
        return davy_fail_in(DAVY_ERR_NOMEM, "a ridge of %zu rows of %zu numbers", p->rows,
                            p->columns);
    return DAVY_OK;
}

static void centre(ridge_work *work)
{
    const davy_ridge_problem *p = work->problem;

    for (size_t i = 0; i < p->rows; i++) {
        const double weight = p->weights ? p->weights[i] : 1;

        work->root[i] = sqrt(weight);
        work->total += weight;
        for (size_t j = 0; j < p->columns; j++)
            work->mean[j] += weight * (double) p->x[i * p->columns + j];
        for (size_t k = 0; k < p->outputs; k++)
            work->mean_y[k] += weight * p->y[i * p->outputs + k];
    }
    for (size_t j = 0; j < p->columns; j++)
        work->mean[j] /= work->total;
    for (size_t k = 0; k < p->outputs; k++)
        work->mean_y[k] /= work->total;
    for (size_t i = 0; i < p->rows; i++)
        for (size_t k = 0; k < p->outputs; k++)
            work->y[i * p->outputs + k] =
                work->root[i] * (p->y[i * p->outputs + k] - work->mean_y[k]);
}

static double entry(const ridge_work *work, size_t i, size_t j)
{
    return work->root[i] *
           ((double) work->problem->x[i * work->problem->columns + j] - work->mean[j]);
}

/* Rows [from, from + count), each of all columns. */
static void widen_rows(ridge_work *work, size_t from, size_t count)
{
    const size_t columns = work->problem->columns;

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < columns; j++)
            work->block[i * columns + j] = entry(work, from + i, j);
}

/* Columns [from, from + count), each of all rows. */
static void widen_columns(ridge_work *work, size_t from, size_t count)
{
    const size_t rows = work->problem->rows;

    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < count; j++)
            work->block[j * rows + i] = entry(work, i, from + j);
}

static size_t block_at(size_t from, size_t end)
{
    return end - from < BLOCK ? end - from : BLOCK;
}

/* X'X, or XX', into `vectors`: lines of the block are added as outer products. */
static void add_gram(ridge_work *work)
{
    const size_t lines = work->lies ? work->problem->columns : work->problem->rows;
    const int n = (int) work->size;

    for (size_t from = 0; from < lines; from += BLOCK) {
        const size_t count = block_at(from, lines);

        if (work->lies)
            widen_columns(work, from, count);
        else
            widen_rows(work, from, count);
        cblas_dsyrk(CblasColMajor, CblasUpper, CblasNoTrans, n, (int) count, 1.0, work->block, n,
                    1.0, work->vectors, n);
    }
}

static davy_status decompose(ridge_work *work)
{
    const lapack_int n = (lapack_int) work->size;
    const lapack_int failed =
        LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'U', n, work->vectors, n, work->spectrum);
    const double largest = failed == 0 ? work->spectrum[work->size - 1] : 0;

    if (failed != 0 || !isfinite(largest))
        return davy_fail(DAVY_ERR_INVALID,
                         "a ridge of %zu rows of %zu numbers could not be decomposed (LAPACK %d)",
                         work->problem->rows, work->problem->columns, (int) failed);
    for (size_t j = 0; j < work->size; j++)
        if (work->spectrum[j] < SPECTRUM_MIN * largest)
            work->spectrum[j] = 0;
    return DAVY_OK;
}

/* Rows [from, from + count) of Z. */
static void make_z(ridge_work *work, size_t from, size_t count)
{
    const int n = (int) work->size, columns = (int) work->problem->columns;

    if (!work->lies) {
        widen_rows(work, from, count);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int) count, n, columns, 1.0,
                    work->block, columns, work->vectors, n, 0.0, work->z, n);
        return;
    }
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < work->size; j++)
            work->z[i * work->size + j] =
                work->vectors[j * work->size + from + i] * sqrt(work->spectrum[j]);
}

static void make_zy(ridge_work *work)
{
    const size_t rows = work->problem->rows;
    const int n = (int) work->size, outputs = (int) work->problem->outputs;

    for (size_t from = 0; from < rows; from += BLOCK) {
        const size_t count = block_at(from, rows);

        make_z(work, from, count);
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, outputs, (int) count, 1.0, work->z,
                    n, work->y + from * work->problem->outputs, outputs, 1.0, work->zy, outputs);
    }
}

/* 1 / (S^2 + l2); a direction in which nothing moves is left out. */
static double shrink(const ridge_work *work, size_t j, double l2)
{
    return work->spectrum[j] > 0 ? 1 / (work->spectrum[j] + l2) : 0;
}

static void list_penalties(ridge_work *work)
{
    const double step = log(TRIED_HIGH / TRIED_LOW) / (DAVY_RIDGE_TRIED - 1);
    double mean = 0;

    for (size_t j = 0; j < work->size; j++)
        mean += work->spectrum[j] / (double) work->size;
    for (size_t t = 0; t < DAVY_RIDGE_TRIED; t++) {
        work->penalties[t] = mean * TRIED_LOW * exp(step * (double) t);
        for (size_t j = 0; j < work->size; j++)
            work->gains[t * work->size + j] = shrink(work, j, work->penalties[t]);
    }
}

/* Squares of the errors of one row that was left out, over all outputs, for one penalty. */
static double error_left_out(const ridge_work *work, size_t row, const double *z,
                             const double *gains)
{
    const size_t outputs = work->problem->outputs;
    double left = 1 - work->root[row] * work->root[row] / work->total, sum = 0;

    for (size_t j = 0; j < work->size; j++)
        left -= z[j] * z[j] * gains[j];
    if (left < LEVERAGE_MIN)
        return INFINITY;
    for (size_t k = 0; k < outputs; k++) {
        double error = work->y[row * outputs + k];

        for (size_t j = 0; j < work->size; j++)
            error -= z[j] * gains[j] * work->zy[j * outputs + k];
        sum += error * error / (left * left);
    }
    return sum;
}

/* Of equal errors the larger penalty. */
static void find_penalty(ridge_work *work, davy_ridge *out)
{
    const davy_ridge_problem *p = work->problem;
    double errors[DAVY_RIDGE_TRIED] = {0};
    size_t best = DAVY_RIDGE_TRIED - 1;

    list_penalties(work);
    for (size_t from = 0; from < p->rows; from += BLOCK) {
        const size_t count = block_at(from, p->rows);

        make_z(work, from, count);
        for (size_t i = 0; i < count; i++)
            for (size_t t = 0; t < DAVY_RIDGE_TRIED; t++)
                errors[t] += error_left_out(work, from + i, work->z + i * work->size,
                                            work->gains + t * work->size);
    }
    for (size_t t = DAVY_RIDGE_TRIED; t-- > 0;)
        if (errors[t] < errors[best])
            best = t;
    out->l2 = work->penalties[best];
    out->error = errors[best] / (work->total * (double) p->outputs);
}

/* w = V (S^2 + l2)^-1 Z'y, or X' U (S^2 + l2)^-1 U'y. */
static void solve(ridge_work *work, davy_ridge *out)
{
    const davy_ridge_problem *p = work->problem;
    const int n = (int) work->size, outputs = (int) p->outputs, columns = (int) p->columns;
    double *shrunk = work->zy;

    for (size_t j = 0; j < work->size; j++)
        for (size_t k = 0; k < p->outputs; k++)
            shrunk[j * p->outputs + k] *=
                shrink(work, j, out->l2) *
                (work->lies ? 1 / sqrt(fmax(work->spectrum[j], 1e-300)) : 1);
    if (!work->lies) {
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, outputs, n, 1.0, work->vectors, n,
                    shrunk, outputs, 0.0, out->weights, outputs);
        return;
    }
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, outputs, n, 1.0, work->vectors, n,
                shrunk, outputs, 0.0, work->y, outputs);
    for (size_t from = 0; from < p->rows; from += BLOCK) {
        const size_t count = block_at(from, p->rows);

        widen_rows(work, from, count);
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, columns, outputs, (int) count, 1.0,
                    work->block, columns, work->y + from * p->outputs, outputs, 1.0, out->weights,
                    outputs);
    }
}

static void find_bias(const ridge_work *work, davy_ridge *out)
{
    const davy_ridge_problem *p = work->problem;

    for (size_t k = 0; k < p->outputs; k++) {
        out->bias[k] = work->mean_y[k];
        for (size_t j = 0; j < p->columns; j++)
            out->bias[k] -= work->mean[j] * out->weights[j * p->outputs + k];
    }
}

davy_status davy_ridge_fit(const davy_ridge_problem *problem, davy_ridge *out)
{
    ridge_work work = {.problem = problem};
    davy_ridge found = {.l2 = problem->l2, .error = NAN};
    davy_status status = work_init(&work, &found);

    openblas_set_num_threads(1); /* more threads would add in another order */
    if (status == DAVY_OK) {
        centre(&work);
        add_gram(&work);
        status = decompose(&work);
    }
    if (status == DAVY_OK) {
        make_zy(&work);
        if (isnan(problem->l2))
            find_penalty(&work, &found);
        solve(&work, &found);
        find_bias(&work, &found);
    }
    work_clear(&work);
    if (status != DAVY_OK)
        davy_ridge_clear(&found);
    else
        *out = found;
    return status;
}
