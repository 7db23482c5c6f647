/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/baseline_pca.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MIN  ((size_t) 5)
#define EXPLAINED 0.95
#define TINY      1e-12

void davy_plain_pca_clear(davy_plain_pca *pca)
{
    free(pca->mean);
    free(pca->deviation);
    free(pca->axes);
    free(pca->variance);
    *pca = (davy_plain_pca){0};
}

static void standardise(const double *rows, size_t count, davy_plain_pca *pca)
{
    const size_t columns = pca->columns;

    for (size_t j = 0; j < columns; j++) {
        double sum = 0, squares = 0;

        for (size_t i = 0; i < count; i++)
            sum += rows[i * columns + j];
        pca->mean[j] = sum / (double) count;
        for (size_t i = 0; i < count; i++) {
            const double off = rows[i * columns + j] - pca->mean[j];

            squares += off * off;
        }
        pca->deviation[j] = sqrt(squares / (double) count);
        if (!(pca->deviation[j] > TINY * fmax(1, fabs(pca->mean[j]))))
            pca->deviation[j] = 0;
    }
}

static double scaled(const davy_plain_pca *pca, const double *row, size_t j)
{
    return pca->deviation[j] > 0 ? (row[j] - pca->mean[j]) / pca->deviation[j] : 0;
}

/* The upper triangle of the correlation matrix. */
static void correlate(const double *rows, size_t count, const davy_plain_pca *pca, double *x,
                      double *matrix)
{
    const size_t columns = pca->columns;

    memset(matrix, 0, columns * columns * sizeof *matrix);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < columns; j++)
            x[j] = scaled(pca, rows + i * columns, j);
        for (size_t a = 0; a < columns; a++)
            for (size_t b = a; b < columns; b++)
                matrix[a * columns + b] += x[a] * x[b] / (double) count;
    }
}

/* The largest eigenvalues, which come last, until enough is explained. */
static void keep_axes(const double *matrix, const double *values, davy_plain_pca *pca)
{
    const size_t columns = pca->columns;
    double all = 0, explained = 0;

    for (size_t j = 0; j < columns; j++)
        all += fmax(values[j], 0);
    while (pca->components < columns && explained < EXPLAINED * all) {
        const size_t from = columns - 1 - pca->components;

        if (!(values[from] > TINY))
            break;
        for (size_t j = 0; j < columns; j++) /* row-major: eigenvectors are columns */
            pca->axes[pca->components * columns + j] = matrix[j * columns + from];
        pca->variance[pca->components++] = values[from];
        explained += values[from];
    }
}

static davy_status find_axes(const double *rows, size_t count, davy_plain_pca *pca)
{
    const size_t columns = pca->columns;
    double *matrix = calloc(columns * columns + 2 * columns, sizeof *matrix);
    double *values = matrix ? matrix + columns * columns : NULL;
    davy_status status = DAVY_OK;

    if (!matrix)
        return davy_fail(DAVY_ERR_NOMEM, "%zu columns", columns);
    correlate(rows, count, pca, values + columns, matrix);
    if (LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'V', 'U', (lapack_int) columns, matrix,
                       (lapack_int) columns, values) == 0)
        keep_axes(matrix, values, pca);
    else
        status = davy_fail(DAVY_ERR_INVALID, "the columns have no principal components");
    free(matrix);
    return status;
}

double davy_plain_pca_project(const davy_plain_pca *pca, const double *row, double *t)
{
    double all = 0, kept = 0;

    for (size_t j = 0; j < pca->columns; j++)
        all += scaled(pca, row, j) * scaled(pca, row, j);
    for (size_t c = 0; c < pca->components; c++) {
        t[c] = 0;
        for (size_t j = 0; j < pca->columns; j++)
            t[c] += pca->axes[c * pca->columns + j] * scaled(pca, row, j);
        kept += t[c] * t[c];
    }
    return fmax(all - kept, 0);
}

static double t2_of(const davy_plain_pca *pca, const double *t)
{
    double t2 = 0;

    for (size_t c = 0; c < pca->components; c++)
        t2 += t[c] * t[c] / pca->variance[c];
    return t2;
}

double davy_plain_pca_score(const davy_plain_pca *pca, const double *row, double *t)
{
    const double q = davy_plain_pca_project(pca, row, t);

    return (t2_of(pca, t) / pca->usual_t2 + q / pca->usual_q) / 2;
}

static davy_status find_usual(const double *rows, size_t count, davy_plain_pca *pca)
{
    double *t = calloc(pca->components + 1, sizeof *t);

    if (!t)
        return davy_fail(DAVY_ERR_NOMEM, "components");
    for (size_t i = 0; i < count; i++) {
        pca->usual_q += davy_plain_pca_project(pca, rows + i * pca->columns, t) / (double) count;
        pca->usual_t2 += t2_of(pca, t) / (double) count;
    }
    pca->usual_q = fmax(pca->usual_q, 1e-6);
    pca->usual_t2 = fmax(pca->usual_t2, 1e-6);
    free(t);
    return DAVY_OK;
}

davy_status davy_plain_pca_fit(const double *rows, size_t count, size_t columns,
                               davy_plain_pca *out)
{
    davy_plain_pca pca = {.columns = columns};
    davy_status status = DAVY_OK;

    if (count < ROWS_MIN)
        return davy_fail(DAVY_ERR_INVALID, "%zu rows are too few for principal components", count);
    if (columns > DAVY_PLAIN_PCA_COLUMNS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%zu columns are too many for principal components",
                         columns);
    pca.mean = calloc(columns + 1, sizeof *pca.mean);
    pca.deviation = calloc(columns + 1, sizeof *pca.deviation);
    pca.axes = calloc(columns * columns + 1, sizeof *pca.axes);
    pca.variance = calloc(columns + 1, sizeof *pca.variance);
    if (!pca.mean || !pca.deviation || !pca.axes || !pca.variance)
        status = davy_fail(DAVY_ERR_NOMEM, "%zu columns", columns);
    if (status == DAVY_OK) {
        standardise(rows, count, &pca);
        status = find_axes(rows, count, &pca);
    }
    if (status == DAVY_OK)
        status = find_usual(rows, count, &pca);
    if (status == DAVY_OK)
        *out = pca;
    else
        davy_plain_pca_clear(&pca);
    return status;
}
