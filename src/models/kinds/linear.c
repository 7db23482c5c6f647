/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `linear`: every score is a sum of the standardised numbers, each times a weight.
 *
 * Stage: models. For numbers ridge regression, or the elastic net when l1 is set; for classes
 * logistic regression. The objective is the same for all of them, on numbers and targets of mean 0
 * and deviation 1:
 *
 *     sum_i loss_i + l1 |w|_1 + l2 / 2 |w|^2        loss: half the squared error, or -log p
 *
 * It is the model to beat, and the one to read: weights are contributions. It sees no relation
 * between two numbers but their sum, and one mad value moves a ridge far.
 */
#include "core/bulk.h"
#include "models/kinds/classic.h"
#include "models/kinds/lasso.h"
#include "models/kinds/logistic.h"
#include "models/kinds/ridge.h"

#include <stdio.h>
#include <stdlib.h>

#define L2_OF_CLASSES   1.0  /* where nothing is said: scikit-learn's C = 1 */
#define LASSO_TOLERANCE 1e-9 /* duality gap, as a share of the squares of the targets */

typedef struct linear_fitting {
    const davy_lesson *lesson;
    davy_lesson_result *result;
    davy_classic_matrix matrix;
    davy_channel_scale scale;
    double *weights; /* [columns * outputs] */
    double *bias;    /* [outputs] */
} linear_fitting;

static void fitting_clear(linear_fitting *f)
{
    davy_classic_clear(&f->matrix);
    davy_channel_scale_clear(&f->scale);
    free(f->weights);
    free(f->bias);
}

static davy_status fit_ridge(linear_fitting *f, const double *y, double l2)
{
    const davy_ridge_problem problem = {.x = f->matrix.values,
                                        .y = y,
                                        .rows = f->matrix.rows,
                                        .columns = f->matrix.columns,
                                        .outputs = 1,
                                        .l2 = l2 < 0 ? NAN : l2};
    davy_ridge ridge = {0};
    davy_status status = davy_ridge_fit(&problem, &ridge);

    if (status != DAVY_OK)
        return status;
    f->weights = ridge.weights;
    f->bias = ridge.bias;
    davy_say(&f->result->note, "Ridge regression on %zu numbers, l2 = %.4g",
             "岭回归：%zu 个数值，l2 = %.4g", f->matrix.columns, ridge.l2);
    if (l2 < 0)
        davy_say(&f->result->note, ", found by leave-one-out", "（由留一法求得）");
    davy_say(&f->result->note, ".", "。");
    return DAVY_OK;
}

/* How the search for the weights ended. */
static void say_end(const linear_fitting *f, bool arrived, size_t count, const char *what)
{
    if (arrived)
        davy_say(&f->result->note, "settled after %zu %s.", "经 %zu 步%.0s收敛。", count, what);
    else
        davy_say(&f->result->note, "NOT settled after %zu %s.", "经 %zu 步%.0s仍未收敛。", count,
                 what);
}

static davy_status fit_lasso(linear_fitting *f, const double *y, double l1, double l2)
{
    const davy_lasso_problem problem = {.x = f->matrix.values,
                                        .y = y,
                                        .rows = f->matrix.rows,
                                        .columns = f->matrix.columns,
                                        .l1 = l1,
                                        .l2 = fmax(l2, 0),
                                        .tolerance = LASSO_TOLERANCE,
                                        .sweeps =
                                            (size_t) davy_lesson_number(f->lesson, "iterations")};
    davy_lasso lasso = {0};
    davy_status status = davy_lasso_fit(&problem, &lasso);

    if (status != DAVY_OK)
        return status;
    f->weights = lasso.weights;
    f->bias = malloc(sizeof *f->bias);
    if (!f->bias)
        return davy_fail(DAVY_ERR_NOMEM, "bias");
    *f->bias = lasso.bias;
    davy_say(&f->result->note, "Elastic net, l1 = %.4g, l2 = %.4g: %zu of %zu numbers are used, ",
             "弹性网络，l1 = %.4g，l2 = %.4g：使用 %zu / %zu 个数值，", l1, problem.l2, lasso.kept,
             f->matrix.columns);
    say_end(f, lasso.arrived, lasso.sweeps, "sweeps");
    return DAVY_OK;
}

/* Scaled targets: the penalties mean the same in every unit. */
static davy_status fit_numbers(linear_fitting *f)
{
    const double l1 = davy_lesson_number(f->lesson, "l1");
    const double l2 = davy_lesson_number(f->lesson, "l2");
    double mean, spread, *y;
    davy_status status = davy_classic_scale_targets(&f->matrix, &mean, &spread, &y);

    if (status != DAVY_OK)
        return status;
    status = l1 > 0 ? fit_lasso(f, y, l1, l2) : fit_ridge(f, y, l2);
    davy_bulk_free(y);
    for (size_t j = 0; j < f->matrix.columns && status == DAVY_OK; j++)
        f->weights[j] *= spread;
    if (status == DAVY_OK)
        *f->bias = *f->bias * spread + mean;
    return status;
}

static bool is_stopped(void *context, size_t iteration)
{
    const linear_fitting *f = context;

    davy_classic_tell(f->lesson, "learning", iteration,
                      (uint64_t) davy_lesson_number(f->lesson, "iterations"));
    return davy_classic_go_on(f->lesson) != DAVY_OK;
}

static davy_status fit_classes(linear_fitting *f)
{
    const double l1 = davy_lesson_number(f->lesson, "l1");
    const double l2 = davy_lesson_number(f->lesson, "l2");
    const davy_logistic_problem problem = {.x = f->matrix.values,
                                           .targets = f->matrix.targets,
                                           .weights = f->matrix.weights,
                                           .rows = f->matrix.rows,
                                           .columns = f->matrix.columns,
                                           .classes = f->matrix.classes,
                                           .l1 = l1,
                                           .l2 = l2 >= 0  ? l2
                                                 : l1 > 0 ? 0
                                                          : L2_OF_CLASSES,
                                           .iterations =
                                               (size_t) davy_lesson_number(f->lesson, "iterations"),
                                           .stop = is_stopped,
                                           .context = f};
    davy_logistic logistic = {0};
    davy_status status = davy_logistic_fit(&problem, &logistic);

    if (status != DAVY_OK)
        return status;
    f->weights = logistic.weights;
    f->bias = logistic.bias;
    if (logistic.stopped)
        return davy_classic_go_on(f->lesson);
    davy_say(&f->result->note,
             "Logistic regression, l1 = %.4g, l2 = %.4g: %zu of %zu weights are used, ",
             "逻辑回归，l1 = %.4g，l2 = %.4g：使用 %zu / %zu 个权重，", l1, problem.l2,
             logistic.kept, f->matrix.columns * f->matrix.classes);
    say_end(f, logistic.arrived, logistic.iterations, "steps");
    return DAVY_OK;
}

static davy_status check(const linear_fitting *f)
{
    const size_t rows = davy_classic_checked(&f->matrix),
                 outputs = davy_classic_outputs(&f->matrix);
    double *expected = calloc(rows * outputs, sizeof *expected);
    davy_status status;

    if (!expected)
        return davy_fail(DAVY_ERR_NOMEM, "self-check");
    for (size_t i = 0; i < rows; i++) {
        const float *x = davy_classic_row(&f->matrix, i);

        for (size_t k = 0; k < outputs; k++) {
            double *score = &expected[i * outputs + k];

            *score = f->bias[k];
            for (size_t j = 0; j < f->matrix.columns; j++)
                *score += (double) x[j] * f->weights[j * outputs + k];
        }
    }
    status = davy_classic_check(f->lesson, &f->matrix, f->result, expected);
    free(expected);
    return status;
}

static davy_status build(const linear_fitting *f)
{
    davy_graph *graph = NULL;
    davy_value x;
    davy_status status = davy_graph_create("linear", 0, &graph);

    if (status != DAVY_OK)
        return status;
    x = davy_classic_begin(graph, &f->lesson->samples->form, &f->scale);
    x = davy_classic_dense(graph, "linear", x, f->weights, f->bias, f->matrix.columns,
                           davy_classic_outputs(&f->matrix));
    return davy_classic_end(graph, x, f->result);
}

static davy_status fit_linear(const davy_lesson *lesson, davy_lesson_result *result)
{
    linear_fitting f = {.lesson = lesson, .result = result};
    davy_status status = davy_classic_read(lesson, DAVY_PURPOSE_LEARN, &f.matrix);

    if (status == DAVY_OK)
        status = davy_classic_measure(&f.matrix, &f.scale);
    if (status == DAVY_OK) {
        davy_classic_standardise(&f.matrix, &f.scale);
        if (davy_classic_balanced(lesson))
            davy_classic_balance(&f.matrix);
        status = f.matrix.classes > 0 ? fit_classes(&f) : fit_numbers(&f);
    }
    if (status == DAVY_OK)
        status = build(&f);
    if (status == DAVY_OK)
        status = check(&f);
    fitting_clear(&f);
    return status;
}

static const davy_setting settings[] = {
    {"l2", "-1",
     "penalty on squared weights; -1: found by leave-one-out for numbers, 1 for classes", -1, 1e12,
     NULL},
    {"l1", "0", "penalty on the sizes of weights: it leaves out numbers that say little", 0, 1e12,
     NULL},
    {"iterations", "1000", "most steps of a search that is not solved exactly", 1, 1e6, NULL},
    DAVY_CLASSIC_BALANCE,
};

const davy_predictor_kind davy_predictor_linear = {
    .name = "linear",
    .tasks = DAVY_CLASSIC_TASKS,
    .forms = DAVY_CLASSIC_FORMS,
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit_linear,
};
