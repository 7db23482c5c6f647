/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Steps of features that change the columns: what is gathered becomes fewer, or of one size.
 *
 * Stage: models.
 */
#include "models/features/feature_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A deviation below this share of the mean is rounding, not movement, as classic.c has it. */
#define MOVES_RELATIVE 1e-6
#define MOVES_ABSOLUTE 1e-30

/* Mean and deviation of the columns; a column that never moves has a scale of 1. */
static void measure(const davy_feature_matrix *matrix, double *mean, double *scale)
{
    for (size_t j = 0; j < matrix->columns; j++) {
        double sum = 0, squares = 0, spread;

        for (size_t i = 0; i < matrix->rows; i++)
            sum += (double) matrix->values[i * matrix->columns + j];
        mean[j] = sum / (double) matrix->rows;
        for (size_t i = 0; i < matrix->rows; i++) {
            const double d = (double) matrix->values[i * matrix->columns + j] - mean[j];

            squares += d * d;
        }
        spread = sqrt(squares / (double) matrix->rows);
        scale[j] =
            spread > MOVES_RELATIVE * fabs(mean[j]) && spread > MOVES_ABSOLUTE ? spread : 1.0;
    }
}

static davy_status fit_standardise(davy_features *f, const davy_feature_call *call)
{
    davy_feature_matrix matrix = {0};
    double *numbers = NULL;
    davy_value x;
    davy_status status = davy_feature_columns(f, &x);

    (void) call;
    if (status == DAVY_OK)
        status = davy_feature_learn(f, x, &matrix);
    if (status == DAVY_OK) {
        numbers = calloc(2 * matrix.columns, sizeof *numbers);
        status = numbers ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "features");
    }
    if (status == DAVY_OK) {
        double *mean = numbers, *scale = numbers + matrix.columns;

        measure(&matrix, mean, scale);
        x = davy_classic_vector(f->graph, "sub", x, "features/mean", mean, matrix.columns);
        x = davy_classic_vector(f->graph, "div", x, "features/scale", scale, matrix.columns);
        status = davy_feature_set_columns(f, x, f->names, f->count);
    }
    free(numbers);
    davy_feature_matrix_clear(&matrix);
    return status;
}

const davy_feature_step davy_feature_standardise = {
    .name = "standardise",
    .meaning = "each column less its mean, divided by its deviation",
    .fit = fit_standardise,
};
