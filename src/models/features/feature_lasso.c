/* SPDX-License-Identifier: Apache-2.0 */
#include "models/features/feature_merit.h"
#include "models/kinds/lasso.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HALVINGS  24   /* of the penalty, in search of the one that leaves as many as wanted */
#define LEAST     1e-4 /* penalty as a share of the one that leaves none */
#define TOLERANCE 1e-4
#define SWEEPS    1000

/* A lasso of standardised columns. */
typedef struct choosing {
    const davy_feature_matrix *m;
    float *x;     /* [rows * columns] */
    double *y;    /* [rows] */
    double *most; /* [columns] largest weight over the answers */
} choosing;

static davy_status choosing_init(const davy_feature_matrix *m, choosing *c)
{
    c->m = m;
    c->x = malloc((m->rows * m->columns + 1) * sizeof *c->x);
    c->y = malloc((m->rows + 1) * sizeof *c->y);
    c->most = calloc(m->columns, sizeof *c->most);
    if (!c->x || !c->y || !c->most)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    for (size_t j = 0; j < m->columns; j++) {
        double sum = 0, squares = 0, scale;

        for (size_t i = 0; i < m->rows; i++)
            sum += (double) m->values[i * m->columns + j];
        sum /= (double) m->rows;
        for (size_t i = 0; i < m->rows; i++) {
            const double d = (double) m->values[i * m->columns + j] - sum;

            squares += d * d;
        }
        scale = sqrt(squares / (double) m->rows);
        for (size_t i = 0; i < m->rows; i++)
            c->x[i * m->columns + j] =
                scale > 1e-6 * fabs(sum) && scale > 0
                    ? (float) (((double) m->values[i * m->columns + j] - sum) / scale)
                    : 0;
    }
    return DAVY_OK;
}

static void choosing_clear(choosing *c)
{
    free(c->x);
    free(c->y);
    free(c->most);
}

/* The answer in deviations: a number, or whether it is a class. */
static void set_answer(choosing *c, size_t class)
{
    const davy_feature_matrix *m = c->m;
    double mean = 0, squares = 0;

    for (size_t i = 0; i < m->rows; i++) {
        c->y[i] = m->classes > 0 ? m->targets[i] == (double) class : m->targets[i];
        mean += c->y[i] / (double) m->rows;
    }
    for (size_t i = 0; i < m->rows; i++) {
        c->y[i] -= mean;
        squares += c->y[i] * c->y[i] / (double) m->rows;
    }
    for (size_t i = 0; i < m->rows && squares > 0; i++)
        c->y[i] /= sqrt(squares);
}

/* The penalty at which no weight is left. */
static double strongest(const choosing *c)
{
    double most = 0;

    for (size_t j = 0; j < c->m->columns; j++) {
        double sum = 0;

        for (size_t i = 0; i < c->m->rows; i++)
            sum += (double) c->x[i * c->m->columns + j] * c->y[i];
        most = fmax(most, fabs(sum));
    }
    return most;
}

/* Weights of all answers under a share of their strongest penalty. @return how many are left */
static davy_status weigh(choosing *c, double share, size_t *left)
{
    const size_t answers = c->m->classes > 0 ? c->m->classes : 1;
    davy_status status = DAVY_OK;

    memset(c->most, 0, c->m->columns * sizeof *c->most);
    for (size_t k = 0; k < answers && status == DAVY_OK; k++) {
        davy_lasso lasso = {0};
        davy_lasso_problem problem = {.x = c->x,
                                      .y = c->y,
                                      .rows = c->m->rows,
                                      .columns = c->m->columns,
                                      .tolerance = TOLERANCE,
                                      .sweeps = SWEEPS};

        set_answer(c, k);
        problem.l1 = share * strongest(c);
        if (problem.l1 > 0)
            status = davy_lasso_fit(&problem, &lasso);
        for (size_t j = 0; j < c->m->columns && status == DAVY_OK && lasso.weights; j++)
            c->most[j] = fmax(c->most[j], fabs(lasso.weights[j]));
        davy_lasso_clear(&lasso);
    }
    *left = 0;
    for (size_t j = 0; j < c->m->columns; j++)
        *left += c->most[j] > 0;
    return status;
}

davy_status davy_merit_l1(const davy_lesson *lesson, const davy_feature_matrix *m, size_t keep,
                          double *merit)
{
    choosing c = {0};
    double strong = 1, weak = LEAST;
    size_t left = 0;
    davy_status status = choosing_init(m, &c);

    /* The weakest penalty that leaves no more than wanted; without a wish, a hundredth. */
    if (status == DAVY_OK && keep == 0)
        status = weigh(&c, 0.01, &left);
    for (int i = 0; i < HALVINGS && keep > 0 && status == DAVY_OK; i++) {
        const double share = sqrt(strong * weak);

        status = weigh(&c, share, &left);
        if (left == keep)
            break;
        if (left > keep)
            weak = share;
        else
            strong = share;
        if (status == DAVY_OK)
            status = davy_classic_go_on(lesson);
    }
    if (status == DAVY_OK)
        memcpy(merit, c.most, m->columns * sizeof *merit);
    choosing_clear(&c);
    return status;
}
