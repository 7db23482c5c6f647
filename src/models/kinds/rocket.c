/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `rocket`: MiniRocket's shares of a series (models/kinds/rocket_kernels.h), and a ridge over
 * them.
 *
 * Stage: models. Nothing is searched for but the penalty of the ridge, by leave-one-out, so it
 * learns in seconds what a network learns in hours, from a few dozen samples too. Classes are
 * targets of 1 and -1, one against the others; with e2 the mean square of the errors of samples
 * that were left out, a margin m is worth 2 m / e2 as the logarithm of odds, were errors normal,
 * and the temperature behind it mends what they are not.
 *
 * Kernels see shapes and not levels: a class, a number or a life that shows in the level of a
 * signal alone is not for it.
 */
#include "core/bulk.h"
#include "models/kinds/classic.h"
#include "models/kinds/ridge.h"
#include "models/kinds/rocket_kernels.h"
#include "models/predictor_private.h"
#include "nn/network.h"
#include "nn/onnx/onnx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH       ((size_t) 16) /* samples that are convolved at once */
#define ERROR_LEAST 0.25          /* samples that overlap are no strangers to each other */
#define ROUNDING    1e-6          /* of the sum of the weights' sizes: long sums of floats */
#define STILL       1e-6          /* a share that moves less says nothing */

typedef struct rocket_fitting {
    const davy_lesson *lesson;
    davy_lesson_result *result;
    davy_classic_matrix matrix; /* in the units of the samples */
    davy_channel_scale scale;
    davy_rocket rocket;
    davy_graph *graph;
    davy_value shares;     /* [N, count] */
    float *x;              /* [rows * count] shares of the samples to learn from, standardised */
    double *mean, *spread; /* [count] of the shares */
    double *targets;       /* [rows * outputs] */
    double *weights;       /* [count * outputs] of shares as they are */
    double *bias;          /* [outputs] */
} rocket_fitting;

static void fitting_clear(rocket_fitting *f)
{
    davy_classic_clear(&f->matrix);
    davy_channel_scale_clear(&f->scale);
    davy_rocket_clear(&f->rocket);
    davy_graph_destroy(f->graph);
    davy_bulk_free(f->x);
    free(f->mean);
    free(f->spread);
    davy_bulk_free(f->targets);
    free(f->weights);
    free(f->bias);
}

static size_t outputs_of(const rocket_fitting *f)
{
    return davy_classic_outputs(&f->matrix);
}

/* --------------------------------------------------------------------------------------- shares */

static davy_status fit_kernels(rocket_fitting *f)
{
    const davy_form *form = &f->lesson->samples->form;
    const davy_rocket_options options = {.x = f->matrix.values,
                                         .rows = f->matrix.rows,
                                         .steps = form->steps,
                                         .channels = form->channels,
                                         .scale = &f->scale,
                                         .shares = (size_t) davy_lesson_number(f->lesson, "shares"),
                                         .seed = f->lesson->seed};
    davy_status status = davy_rocket_fit(&options, &f->rocket);
    davy_value x;

    if (status == DAVY_OK)
        status = davy_graph_create("rocket", 0, &f->graph);
    if (status != DAVY_OK)
        return status;
    x = davy_classic_begin(f->graph, form, &f->scale);
    x = davy_layer_reshape(f->graph, x, 3,
                           (const int64_t[]){0, (int64_t) form->steps, (int64_t) form->channels});
    f->shares = davy_rocket_build(&f->rocket, f->graph, x);
    return davy_graph_status(f->graph);
}

/* The graph so far, as it will be exported, ready to run. */
static davy_status open_network(rocket_fitting *f, davy_network **network)
{
    davy_buffer onnx = {0};
    davy_graph *copy = NULL;
    davy_status status;

    davy_graph_output(f->graph, f->shares);
    status = davy_onnx_export(f->graph, NULL, 0, &onnx);
    f->graph->output_count = 0;
    if (status == DAVY_OK)
        status = davy_onnx_import(onnx.bytes, onnx.length, NULL, 0, &copy);
    if (status == DAVY_OK)
        status = davy_network_create(copy, NULL, network);
    davy_buffer_clear(&onnx);
    return status;
}

static davy_status compute_batch(rocket_fitting *f, davy_session *session, size_t from,
                                 size_t count)
{
    const davy_form *form = &f->lesson->samples->form;
    const davy_tensor in = {
        .type = DAVY_TYPE_F32,
        .rank = 3,
        .dims = {(int64_t) count, (int64_t) form->steps, (int64_t) form->channels},
        .data = f->matrix.values + from * f->matrix.columns};
    davy_tensor out;
    davy_status status = davy_session_run(session, &in, &out);

    if (status == DAVY_OK)
        memcpy(f->x + from * f->rocket.count, out.data, count * f->rocket.count * sizeof *f->x);
    return status;
}

/* What the samples become, by the very graph that answers. */
static davy_status compute_shares(rocket_fitting *f)
{
    const size_t rows = f->matrix.rows;
    davy_network *network = NULL;
    davy_session *session = NULL;
    davy_status status = DAVY_OK;

    if (rows > DAVY_CLASSIC_VALUES_MAX / f->rocket.count)
        return davy_fail(DAVY_ERR_FULL,
                         "%zu samples of %zu shares: fewer shares, or a larger stride", rows,
                         f->rocket.count);
    f->x = davy_bulk_alloc(rows * f->rocket.count, sizeof *f->x);
    if (!f->x)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples of %zu shares", rows, f->rocket.count);
    status = open_network(f, &network);
    if (status == DAVY_OK)
        status = davy_session_create(network, f->lesson->pool, &session);
    for (size_t from = 0; from < rows && status == DAVY_OK; from += BATCH) {
        davy_classic_tell(f->lesson, "convolving", from, rows);
        status = davy_classic_go_on(f->lesson);
        if (status == DAVY_OK)
            status = compute_batch(f, session, from, rows - from < BATCH ? rows - from : BATCH);
    }
    davy_session_destroy(session);
    davy_network_destroy(network);
    return status;
}

/* ---------------------------------------------------------------------------------------- ridge */

static davy_status standardise_shares(rocket_fitting *f)
{
    const size_t rows = f->matrix.rows, count = f->rocket.count;

    f->mean = calloc(count, sizeof *f->mean);
    f->spread = calloc(count, sizeof *f->spread);
    if (!f->mean || !f->spread)
        return davy_fail(DAVY_ERR_NOMEM, "%zu shares", count);
    for (size_t i = 0; i < rows * count; i++)
        f->mean[i % count] += (double) f->x[i] / (double) rows;
    for (size_t i = 0; i < rows * count; i++) {
        const double off = (double) f->x[i] - f->mean[i % count];

        f->spread[i % count] += off * off / (double) rows;
    }
    for (size_t j = 0; j < count; j++)
        f->spread[j] = f->spread[j] > STILL * STILL ? sqrt(f->spread[j]) : INFINITY;
    for (size_t i = 0; i < rows * count; i++)
        f->x[i] = (float) (((double) f->x[i] - f->mean[i % count]) / f->spread[i % count]);
    return DAVY_OK;
}

/* 1 for the class of a sample and -1 for the others; or numbers of mean 0 and deviation 1. */
static davy_status make_targets(rocket_fitting *f, double *mean, double *spread)
{
    const size_t classes = f->matrix.classes;

    *mean = 0;
    *spread = 1;
    if (classes == 0)
        return davy_classic_scale_targets(&f->matrix, mean, spread, &f->targets);
    f->targets = davy_bulk_alloc(f->matrix.rows * classes, sizeof *f->targets);
    if (!f->targets)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu targets", f->matrix.rows);
    for (size_t i = 0; i < f->matrix.rows * classes; i++)
        f->targets[i] = f->matrix.targets[i / classes] == (double) (i % classes) ? 1 : -1;
    return DAVY_OK;
}

/* Weights of shares as they are, times `factor`, from those of standardised ones. */
static void unscale(rocket_fitting *f, double factor, double added)
{
    const size_t outputs = outputs_of(f);

    for (size_t k = 0; k < outputs; k++)
        f->bias[k] = f->bias[k] * factor + added;
    for (size_t j = 0; j < f->rocket.count; j++)
        for (size_t k = 0; k < outputs; k++) {
            double *w = &f->weights[j * outputs + k];

            *w *= factor / f->spread[j];
            f->bias[k] -= *w * f->mean[j];
        }
}

static davy_status fit_ridge(rocket_fitting *f)
{
    const double l2 = davy_lesson_number(f->lesson, "l2");
    double mean, spread, factor;
    davy_ridge ridge = {0};
    davy_status status = make_targets(f, &mean, &spread);
    const davy_ridge_problem problem = {.x = f->x,
                                        .y = f->targets,
                                        .weights = f->matrix.weights,
                                        .rows = f->matrix.rows,
                                        .columns = f->rocket.count,
                                        .outputs = outputs_of(f),
                                        .l2 = l2 < 0 ? NAN : l2};

    davy_classic_tell(f->lesson, "solving", 0, 1);
    if (status == DAVY_OK)
        status = davy_ridge_fit(&problem, &ridge);
    if (status != DAVY_OK)
        return status;
    f->weights = ridge.weights;
    f->bias = ridge.bias;
    factor = f->matrix.classes == 0 ? spread
             : isnan(ridge.error)   ? 2
                                    : 2 / fmax(ridge.error, ERROR_LEAST);
    unscale(f, factor, mean);
    davy_say(&f->result->note,
             "MiniRocket of %zu shares with dilations up to %zu, and a ridge with l2 = %.4g",
             "MiniRocket：%zu 个占比特征，膨胀最大 %zu；岭回归 l2 = %.4g", f->rocket.count,
             f->rocket.dilations[f->rocket.dilation_count - 1].step, ridge.l2);
    if (l2 < 0)
        davy_say(&f->result->note, ", found by leave-one-out", "（由留一法求得）");
    davy_say(&f->result->note, ".", "。");
    return DAVY_OK;
}

/* ------------------------------------------------------------------------------------------ end */

static davy_status build(rocket_fitting *f)
{
    davy_graph *graph = f->graph;
    davy_value score = davy_classic_dense(graph, "ridge", f->shares, f->weights, f->bias,
                                          f->rocket.count, outputs_of(f));

    f->graph = NULL; /* the result's from now on */
    return davy_classic_end(graph, score, f->result);
}

/* The score of a row in double, from its standardised shares. */
static double score_of(const rocket_fitting *f, size_t row, size_t k)
{
    double score = f->bias[k];

    for (size_t j = 0; j < f->rocket.count; j++) {
        const double x = (double) f->x[row * f->rocket.count + j];

        if (isfinite(f->spread[j]))
            score += f->weights[j * outputs_of(f) + k] * (f->mean[j] + f->spread[j] * x);
    }
    return score;
}

static davy_status check(const rocket_fitting *f)
{
    const size_t rows = davy_classic_checked(&f->matrix), outputs = outputs_of(f);
    double *expected = calloc(rows * outputs, sizeof *expected), sizes = 0;
    davy_status status;

    if (!expected)
        return davy_fail(DAVY_ERR_NOMEM, "self-check");
    for (size_t i = 0; i < rows * outputs; i++)
        expected[i] = score_of(f, i / outputs, i % outputs);
    for (size_t i = 0; i < f->rocket.count * outputs; i++)
        sizes += fabs(f->weights[i]);
    status = davy_classic_check_within(f->lesson, &f->matrix, f->result, expected,
                                       ROUNDING * sizes / (double) outputs);
    free(expected);
    return status;
}

static davy_status fit_rocket(const davy_lesson *lesson, davy_lesson_result *result)
{
    rocket_fitting f = {.lesson = lesson, .result = result};
    davy_status status = davy_classic_read(lesson, DAVY_PURPOSE_LEARN, &f.matrix);

    if (status == DAVY_OK)
        status = davy_classic_measure(&f.matrix, &f.scale);
    if (status == DAVY_OK && davy_classic_balanced(lesson))
        davy_classic_balance(&f.matrix);
    if (status == DAVY_OK)
        status = fit_kernels(&f);
    if (status == DAVY_OK)
        status = compute_shares(&f);
    if (status == DAVY_OK)
        status = standardise_shares(&f);
    if (status == DAVY_OK)
        status = fit_ridge(&f);
    if (status == DAVY_OK)
        status = build(&f);
    if (status == DAVY_OK)
        status = check(&f);
    fitting_clear(&f);
    return status;
}

static const davy_setting settings[] = {
    {"shares", "9996", "shares of steps that are learnt from: a multiple of 84", 84, 99960, NULL},
    {"l2", "-1", "penalty on squared weights; -1: found by leave-one-out", -1, 1e12, NULL},
    DAVY_CLASSIC_BALANCE,
};

const davy_predictor_kind davy_predictor_rocket = {
    .name = "rocket",
    .tasks = DAVY_TASK_BIT(DAVY_TASK_CLASSIFY) | DAVY_TASK_BIT(DAVY_TASK_REGRESS) |
             DAVY_TASK_BIT(DAVY_TASK_LIFE),
    .forms = DAVY_FORM_BIT(DAVY_FORM_WINDOW) | DAVY_FORM_BIT(DAVY_FORM_RECORDING) |
             DAVY_FORM_BIT(DAVY_FORM_WAVE),
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit_rocket,
};
