/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `kmeans` that watches: each signal by itself, by models of stretches of its own past.
 *
 * Stage: models. A signal's point is its last few changes, each the mean of some in a row. The
 * history is cut into stretches, and of each signal and stretch two-means keeps two centres and how
 * far points usually lie from the nearer. A signal is unusual when it lies beyond that for every
 * stretch; with d the distance to centre c of model m and r the limit of that model this is one
 * number, the least of all of them above 1:
 *
 *     u_j = min over m, c of (d_jmc / r_jm)^2        share_j = min(u_j, most) / signals
 *
 * What any stretch of the history has seen is normal, so it is slow to call wolf, and it knows no
 * relation between signals: it is for many signals of which nobody knows how they belong together.
 * All numbers of a centre stand side by side for all signals, so that a thousand signals cost
 * little more than the reading of their centres.
 *
 * Source: the idea of the Netdata agent's anomaly detection (learn.netdata.cloud, "ML models and
 * anomaly detection"): k-means of two over lagged, smoothed differences, and consensus of models of
 * different times. Limits are quantiles here, and distances are to the nearer centre.
 */
#include "core/bulk.h"
#include "models/kinds/classic.h"
#include "models/kinds/two_means.h"
#include "models/kinds/watch_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRETCH_MIN ((size_t) 50) /* windows of a stretch */
#define LIMIT_LEAST 1e-3          /* widths of a signal: below, movement is noise */
#define CHECKED     ((size_t) 1000)
#define TOLERANCE   1e-5

typedef struct kmeans_fitting {
    const davy_study *fit;
    size_t signals, rows;
    bool differs;  /* points are of changes */
    size_t smooth; /* rows that are averaged */
    size_t size;   /* numbers of a point */
    size_t models; /* stretches */
    double most;   /* of a signal's u; 0: signals are counted */
    davy_windows windows;
    float *centre, *scale; /* [signals] */
    float *points;         /* [signals][windows][size] */
    float *minus;          /* [size][2 * models][signals] centres times -1: a sum is fast */
    float *weights;        /* [2 * models][signals] -1 / limit^2 */
} kmeans_fitting;

static const davy_setting settings[] = {
    {"models", "18", "stretches of the history: each has its own model, if it has 50 windows", 1,
     100, NULL},
    {"difference", "no", "look at changes from row to row, and not at values", NAN, NAN, "yes|no"},
    {"smooth", "3", "rows that are averaged", 1, 60, NULL},
    {"usual", "0.99", "share of a stretch that is usual", 0.5, 1, NULL},
    {"most", "100", "a signal counts at most as so many at their limit", 1, 1e6, NULL},
    {"keep", "20000", "most windows that are learnt from", 10, 1e7, NULL},
};

static double number(const kmeans_fitting *f, const char *key)
{
    return davy_settings_number(settings, DAVY_ARRAY_LENGTH(settings), f->fit->settings,
                                f->fit->setting_count, key);
}

static void fitting_clear(kmeans_fitting *f)
{
    davy_windows_clear(&f->windows);
    free(f->centre);
    free(f->scale);
    davy_bulk_free(f->points);
    free(f->minus);
    free(f->weights);
}

/* --------------------------------------------------------------------------------------- points */

static davy_status read_settings(kmeans_fitting *f)
{
    size_t used;

    f->differs = strcmp(davy_settings_text(settings, DAVY_ARRAY_LENGTH(settings), f->fit->settings,
                                           f->fit->setting_count, "difference"),
                        "yes") == 0;
    f->smooth = (size_t) number(f, "smooth");
    f->most = number(f, "most");
    used = f->smooth - 1 + f->differs;
    if (f->rows <= used)
        return davy_fail(DAVY_ERR_INVALID,
                         "windows of %zu rows hold no %smean of %zu rows: say lags=%zu or more",
                         f->rows, f->differs ? "change of a " : "", f->smooth, used);
    f->size = f->rows - used;
    return DAVY_OK;
}

static davy_status collect(kmeans_fitting *f)
{
    davy_status status = davy_windows_collect(
        f->fit, &f->fit->fit, davy_windows_most(f->fit, number(f, "keep")), &f->windows);

    if (status == DAVY_OK)
        status = davy_windows_scale(&f->windows, f->signals, false, &f->centre, &f->scale);
    if (status != DAVY_OK)
        return status;
    f->models = (size_t) number(f, "models");
    if (f->models > f->windows.count / STRETCH_MIN)
        f->models = f->windows.count / STRETCH_MIN;
    f->models = f->models > 0 ? f->models : 1;
    return DAVY_OK;
}

/* A signal's scaled value, as the graph has it. */
static float value_at(const kmeans_fitting *f, const float *window, size_t row, size_t signal)
{
    const float x = (window[row * f->signals + signal] - f->centre[signal]) / f->scale[signal];

    return fminf(fmaxf(x, -DAVY_WATCH_HELD), DAVY_WATCH_HELD);
}

static void make_point(const kmeans_fitting *f, const float *window, size_t signal, float *point)
{
    for (size_t i = 0; i < f->size; i++) {
        float sum = 0;

        for (size_t k = i; k < i + f->smooth; k++)
            sum += f->differs ? value_at(f, window, k, signal) - value_at(f, window, k + 1, signal)
                              : value_at(f, window, k, signal);
        point[i] = sum / (float) f->smooth;
    }
}

/* --------------------------------------------------------------------------------------- models */

static void keep_model(kmeans_fitting *f, size_t signal, size_t model, const davy_two_means *means)
{
    const double limit = fmax(means->limit, LIMIT_LEAST);

    for (size_t c = 0; c < 2; c++) {
        const size_t place = 2 * model + c;

        f->weights[place * f->signals + signal] = (float) (-1 / (limit * limit));
        for (size_t i = 0; i < f->size; i++)
            f->minus[(i * 2 * f->models + place) * f->signals + signal] =
                (float) -means->centres[c * f->size + i];
    }
}

static davy_status learn_signal(kmeans_fitting *f, size_t signal, davy_two_means *means)
{
    const size_t count = f->windows.count;
    davy_status status = DAVY_OK;

    for (size_t n = 0; n < count; n++)
        make_point(f, f->windows.values + n * f->windows.size, signal, f->points + n * f->size);
    for (size_t m = 0; m < f->models && status == DAVY_OK; m++) {
        const size_t from = m * count / f->models, to = (m + 1) * count / f->models;

        status = davy_two_means_fit(f->points + from * f->size, to - from, f->size,
                                    number(f, "usual"), means);
        if (status == DAVY_OK)
            keep_model(f, signal, m, means);
    }
    return status;
}

static davy_status learn(kmeans_fitting *f)
{
    const size_t places = 2 * f->models * f->signals;
    davy_two_means means = {.centres = calloc(2 * f->size, sizeof *means.centres)};
    davy_status status = DAVY_OK;

    f->points = davy_bulk_alloc(f->windows.count * f->size, sizeof *f->points);
    f->minus = calloc(places * f->size, sizeof *f->minus);
    f->weights = calloc(places, sizeof *f->weights);
    if (!means.centres || !f->points || !f->minus || !f->weights)
        status = davy_fail_in(DAVY_ERR_NOMEM, "models of %zu signals", f->signals);
    for (size_t j = 0; j < f->signals && status == DAVY_OK; j++) {
        if (f->fit->progress)
            f->fit->progress(f->fit->progress_context, j, f->signals, "");
        if (f->fit->interrupted && f->fit->interrupted(f->fit->progress_context))
            status = davy_fail(DAVY_ERR_TIMEOUT, "interrupted: nothing was learnt");
        else
            status = learn_signal(f, j, &means);
    }
    free(means.centres);
    return status;
}

/* ---------------------------------------------------------------------------------------- build */

/* [N, size, signals]: changes, and means of so many in a row. */
static davy_value build_points(const kmeans_fitting *f, davy_graph *graph, davy_value x)
{
    const int64_t rows = (int64_t) f->rows;
    davy_value sum;

    if (f->differs)
        x = davy_neural_binary(graph, "sub", davy_layer_slice(graph, x, 1, 0, rows - 1),
                               davy_layer_slice(graph, x, 1, 1, rows));
    sum = davy_layer_slice(graph, x, 1, 0, (int64_t) f->size);
    for (size_t k = 1; k < f->smooth; k++)
        sum = davy_neural_binary(
            graph, "add", sum, davy_layer_slice(graph, x, 1, (int64_t) k, (int64_t) (k + f->size)));
    return davy_classic_number(graph, "div", sum, "smooth", (double) f->smooth);
}

static davy_value add_table(davy_graph *graph, const char *name, float *numbers, size_t rows,
                            size_t columns)
{
    const davy_tensor tensor = {.type = DAVY_TYPE_F32,
                                .rank = 2,
                                .dims = {(int64_t) rows, (int64_t) columns},
                                .data = numbers};

    return davy_graph_constant(graph, name, &tensor);
}

/* -u [N, signals], which is a max pool over the places. One number of the points after the other:
 * what is added up stays in the cache. */
static davy_value build_least(const kmeans_fitting *f, davy_graph *graph, davy_value points)
{
    const size_t table = 2 * f->models * f->signals;
    davy_value sum = DAVY_VALUE_NONE, d;

    for (size_t i = 0; i < f->size; i++) {
        d = davy_layer_slice(graph, points, 1, (int64_t) i, (int64_t) i + 1);
        d = davy_neural_binary(graph, "add", d,
                               add_table(graph, i == 0 ? "minus" : "", f->minus + i * table,
                                         2 * f->models, f->signals));
        d = davy_neural_binary(graph, "mul", d, d);
        sum = i == 0 ? d : davy_neural_binary(graph, "add", sum, d);
    }
    sum = davy_neural_binary(graph, "mul", sum,
                             add_table(graph, "limits", f->weights, 2 * f->models, f->signals));
    return davy_layer_global_max_pool(graph, sum);
}

/* The mean of the rows before the newest one; of one row alone its middle. */
static davy_value build_expected(const kmeans_fitting *f, davy_graph *graph, davy_value x)
{
    if (f->rows == 1)
        return davy_watch_hold(graph, x, 0, 0);
    return davy_layer_mean(graph, davy_layer_slice(graph, x, 1, 1, (int64_t) f->rows), 1);
}

static davy_status build(const void *learnt, davy_graph *graph, davy_value *factor)
{
    const kmeans_fitting *f = learnt;
    davy_value x = davy_watch_begin(graph, f->rows, f->signals, f->centre, f->scale);
    davy_value shares = build_least(f, graph, build_points(f, graph, x));

    shares = davy_watch_hold(graph, shares, -(float) f->most, 0);
    shares = davy_classic_number(graph, "div", shares, "signals", -(double) f->signals);
    return davy_watch_end(graph, shares, build_expected(f, graph, x), f->centre, f->scale,
                          f->signals, factor);
}

/* ---------------------------------------------------------------------------------------- check */

/* What a signal adds to the score of a window, in double. @param point  [size] scratch */
static double share_of(const kmeans_fitting *f, const float *window, size_t signal, float *point)
{
    const size_t places = 2 * f->models;
    double least = INFINITY;

    make_point(f, window, signal, point);
    for (size_t p = 0; p < places; p++) {
        double sum = 0;

        for (size_t i = 0; i < f->size; i++) {
            const double d = (double) (point[i] + f->minus[(i * places + p) * f->signals + signal]);

            sum += d * d;
        }
        least = fmin(least, -sum * (double) f->weights[p * f->signals + signal]);
    }
    return fmin(least, f->most) / (double) f->signals;
}

/* @param room  [windows.size + 2 * signals] and [size] floats */
static davy_status check_window(const kmeans_fitting *f, const void *watcher, void *scratch,
                                const float *values, double *room, float *point)
{
    double *window = room, *shares = room + f->windows.size;
    davy_status status;

    for (size_t i = 0; i < f->windows.size; i++)
        window[i] = (double) values[i];
    status = davy_watcher_score(watcher, scratch, window, shares, shares + f->signals);
    for (size_t j = 0; j < f->signals && status == DAVY_OK; j++) {
        const double share = share_of(f, values, j, point);

        if (!(fabs(shares[j] - share) <= TOLERANCE * fmax(share, 1 / (double) f->signals)))
            return davy_fail(DAVY_ERR_CORRUPT,
                             "the graph scores %.9g for a signal where its models score %.9g",
                             shares[j], share);
    }
    return status;
}

static davy_status check(const void *learnt, const void *watcher)
{
    const kmeans_fitting *f = learnt;
    double *room = calloc(f->windows.size + 2 * f->signals, sizeof *room);
    float *point = calloc(f->size, sizeof *point);
    void *scratch = NULL;
    davy_status status = room && point ? davy_watcher_begin(watcher, &scratch)
                                       : davy_fail(DAVY_ERR_NOMEM, "self-check");

    for (size_t n = 0; n < f->windows.count && n < CHECKED && status == DAVY_OK; n++)
        status =
            check_window(f, watcher, scratch, f->windows.values + n * f->windows.size, room, point);
    davy_watcher_end(scratch);
    free(room);
    free(point);
    return status;
}

static davy_status fit_kmeans(const davy_study *fit, davy_sentences *note, void **parameters)
{
    kmeans_fitting f = {.fit = fit, .signals = fit->fit.table->columns, .rows = fit->lags + 1};
    davy_status status = read_settings(&f);

    if (status == DAVY_OK)
        status = collect(&f);
    if (status == DAVY_OK)
        status = learn(&f);
    if (status == DAVY_OK)
        status = davy_watch_finish(&(davy_watch_maker){"kmeans", f.rows, f.signals, build, check},
                                   &f, parameters);
    if (status == DAVY_OK)
        davy_say(note,
                 "Each signal by itself: %zu models of two centres of %zu numbers, each of a "
                 "stretch of %zu windows.",
                 "每个信号独立：%zu 个模型，各有两个中心（%zu 个数值），各学自连续 %zu 个窗口。",
                 f.models, f.size, f.windows.count / f.models);
    fitting_clear(&f);
    return status;
}

const davy_model_kind davy_model_kmeans = {
    .name = "kmeans",
    .lags = "8",
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit_kmeans,
    .destroy = davy_watcher_destroy,
    .scale = davy_watcher_scale,
    .save = davy_watcher_save,
    .load = davy_watcher_load,
    .begin = davy_watcher_begin,
    .end = davy_watcher_end,
    .score = davy_watcher_score,
};
