/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/logistic.h"

#include "models/kinds/minimise.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK     ((size_t) 256) /* rows that are widened to doubles at once */
#define TOLERANCE 1e-8           /* largest slope of the mean loss */

/* The numbers that are learnt lie as weights [columns * classes], then bias [classes]. */
typedef struct logistic_work {
    const davy_logistic_problem *problem;
    double *block;  /* [BLOCK * columns] */
    double *scores; /* [BLOCK * classes] */
} logistic_work;

void davy_logistic_clear(davy_logistic *logistic)
{
    free(logistic->weights);
    free(logistic->bias);
    *logistic = (davy_logistic){0};
}

/* Scores of a row become the slope of its loss by them. @return the loss */
static double soften(double *scores, size_t classes, size_t target, double weight)
{
    double most = scores[0], total = 0, loss;

    for (size_t k = 1; k < classes; k++)
        most = fmax(most, scores[k]);
    loss = most - scores[target];
    for (size_t k = 0; k < classes; k++) {
        scores[k] = exp(scores[k] - most);
        total += scores[k];
    }
    for (size_t k = 0; k < classes; k++)
        scores[k] = weight * (scores[k] / total - (k == target ? 1 : 0));
    return weight * (loss + log(total));
}

static double add_block(const logistic_work *work, const double *at, double *gradient, size_t from,
                        size_t count)
{
    const davy_logistic_problem *p = work->problem;
    const int columns = (int) p->columns, classes = (int) p->classes;
    const double *bias = at + p->columns * p->classes;
    double *diff_bias = gradient + p->columns * p->classes;
    double loss = 0;

    for (size_t i = 0; i < count * p->columns; i++)
        work->block[i] = (double) p->x[from * p->columns + i];
    for (size_t i = 0; i < count; i++)
        memcpy(work->scores + i * p->classes, bias, p->classes * sizeof *bias);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) count, classes, columns, 1.0,
                work->block, columns, at, classes, 1.0, work->scores, classes);
    for (size_t i = 0; i < count; i++) {
        double *scores = work->scores + i * p->classes;

        loss += soften(scores, p->classes, (size_t) p->targets[from + i], p->weights[from + i]);
        for (size_t k = 0; k < p->classes; k++)
            diff_bias[k] += scores[k];
    }
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, columns, classes, (int) count, 1.0,
                work->block, columns, work->scores, classes, 1.0, gradient, classes);
    return loss;
}

static double penalty_of(const davy_logistic_problem *p)
{
    return p->classes == 2 ? 2 * p->l2 : p->l2;
}

/* The mean over the rows, so that the tolerance means the same for few and for many. */
static double mean_loss(void *context, const double *at, double *gradient)
{
    const logistic_work *work = context;
    const davy_logistic_problem *p = work->problem;
    const size_t penalised = p->columns * p->classes;
    const double l2 = penalty_of(p), rows = (double) p->rows;
    double loss = 0;

    memset(gradient, 0, (penalised + p->classes) * sizeof *gradient);
    for (size_t from = 0; from < p->rows; from += BLOCK)
        loss +=
            add_block(work, at, gradient, from, p->rows - from < BLOCK ? p->rows - from : BLOCK);
    for (size_t i = 0; i < penalised; i++) {
        loss += l2 / 2 * at[i] * at[i];
        gradient[i] += l2 * at[i];
    }
    for (size_t i = 0; i < penalised + p->classes; i++)
        gradient[i] /= rows;
    return loss / rows;
}

static bool is_stopped(void *context, size_t iteration)
{
    const davy_logistic_problem *p = ((const logistic_work *) context)->problem;

    return p->stop && p->stop(p->context, iteration);
}

static davy_status keep(const davy_logistic_problem *p, const double *at, davy_logistic *out)
{
    const size_t count = p->columns * p->classes;

    out->weights = malloc(count * sizeof(double));
    out->bias = malloc(p->classes * sizeof(double));
    if (!out->weights || !out->bias)
        return davy_fail(DAVY_ERR_NOMEM, "%zu weights", count);
    memcpy(out->weights, at, count * sizeof(double));
    memcpy(out->bias, at + count, p->classes * sizeof(double));
    for (size_t i = 0; i < count; i++)
        out->kept += at[i] != 0;
    return DAVY_OK;
}

davy_status davy_logistic_fit(const davy_logistic_problem *problem, davy_logistic *out)
{
    const davy_logistic_problem *p = problem;
    logistic_work work = {.problem = p,
                          .block = malloc(BLOCK * p->columns * sizeof(double)),
                          .scores = malloc(BLOCK * p->classes * sizeof(double))};
    const davy_minimise_problem search = {.count = (p->columns + 1) * p->classes,
                                          .value = mean_loss,
                                          .context = &work,
                                          .l1 = p->l1 / (double) p->rows,
                                          .l1_count = p->columns * p->classes,
                                          .tolerance = TOLERANCE,
                                          .iterations = p->iterations,
                                          .stop = is_stopped};
    double *at = calloc(search.count, sizeof *at);
    davy_minimum minimum = {0};
    davy_status status = work.block && work.scores && at
                             ? DAVY_OK
                             : davy_fail(DAVY_ERR_NOMEM, "%zu weights", search.count);

    openblas_set_num_threads(1); /* more threads would add in another order */
    if (status == DAVY_OK)
        status = davy_minimise(&search, at, &minimum);
    *out = (davy_logistic){
        .iterations = minimum.iterations, .arrived = minimum.arrived, .stopped = minimum.stopped};
    if (status == DAVY_OK)
        status = keep(p, at, out);
    if (status != DAVY_OK)
        davy_logistic_clear(out);
    free(work.block);
    free(work.scores);
    free(at);
    return status;
}
