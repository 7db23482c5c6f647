/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `isolation` that watches: windows that few random cuts part from all others are unusual.
 *
 * Stage: models. The score of a window is Liu's, 2^(-E h / c), with E h the mean path in the trees
 * and c the path of a common window: near 1 far away, below a half in a crowd. With the mean gains
 * g_j of the signals (models/kinds/isolation_forest.h: what their cuts saved, exactly) it is
 *
 *     score = 2^(sum_j g_j / c - 1)        share_j = score * max(g_j, 0) / sum_k max(g_k, 0)
 *
 * A signal whose cuts saved nothing has no share; where none saved anything, all share alike.
 * Trees see raw numbers: a random cut knows no unit.
 *
 * It needs little data and no form of it, and it is fast. It is bad at what only a relation tells:
 * every cut looks at one number. A window beyond all that was seen scores as one at the border, for
 * beyond the last cut all is one place.
 */
#include "models/kinds/classic.h"
#include "models/kinds/isolation_forest.h"
#include "models/kinds/watch_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define GAIN_LEAST 1e-12 /* so that there is something to share */
#define CHECKED    ((size_t) 1000)
#define TOLERANCE  1e-5

typedef struct isolation_fitting {
    const davy_study *fit;
    size_t signals, rows;
    davy_windows windows;
    float *centre, *scale; /* [signals] */
    davy_isolation forest;
} isolation_fitting;

static const davy_setting settings[] = {
    {"trees", "100", "trees: more of them tell the same, more steadily", 1, 10000, NULL},
    {"sample", "256", "windows that each tree sees: few, so that faults are not crowds", 2, 65536,
     NULL},
    {"keep", "100000", "most windows that trees are drawn from", 10, 1e7, NULL},
};

static double number(const isolation_fitting *f, const char *key)
{
    return davy_settings_number(settings, DAVY_ARRAY_LENGTH(settings), f->fit->settings,
                                f->fit->setting_count, key);
}

static void fitting_clear(isolation_fitting *f)
{
    davy_windows_clear(&f->windows);
    davy_isolation_clear(&f->forest);
    free(f->centre);
    free(f->scale);
}

static davy_status learn(isolation_fitting *f)
{
    const davy_isolation_options options = {.x = f->windows.values,
                                            .rows = f->windows.count,
                                            .columns = f->windows.size,
                                            .owners = f->signals,
                                            .trees = (size_t) number(f, "trees"),
                                            .sample = (size_t) number(f, "sample"),
                                            .seed = f->fit->seed};

    return davy_isolation_grow(&options, &f->forest);
}

/* 2^(sum / c - 1) [N, 1] */
static davy_value build_score(const isolation_fitting *f, davy_graph *graph, davy_value gains)
{
    const double common = davy_isolation_path(f->forest.sample);
    davy_value s = davy_classic_sum(graph, gains, 1);
    const davy_node *node;

    s = davy_classic_number(graph, "mul", s, "common", log(2) / common);
    s = davy_classic_number(graph, "sub", s, "half", log(2));
    node = davy_graph_node(graph, "exp", &s, 1, 1);
    return davy_layer_reshape(graph, node ? node->out[0] : DAVY_VALUE_NONE, 2,
                              (const int64_t[]){0, 1});
}

static davy_status build(const void *learnt, davy_graph *graph, davy_value *factor)
{
    const isolation_fitting *f = learnt;
    davy_value x = davy_graph_input(graph, "window", DAVY_TYPE_F32, 2,
                                    (const int64_t[]){-1, (int64_t) f->windows.size});
    davy_value gains = davy_isolation_build(&f->forest, graph, x, f->signals), shares, total;

    shares = davy_layer_activation(graph, gains, DAVY_ACTIVATION_RELU, 0);
    shares = davy_classic_number(graph, "add", shares, "least", GAIN_LEAST);
    total =
        davy_layer_reshape(graph, davy_classic_sum(graph, shares, 1), 2, (const int64_t[]){0, 1});
    shares = davy_neural_binary(graph, "div", shares, total);
    shares = davy_neural_binary(graph, "mul", shares, build_score(f, graph, gains));
    x = davy_layer_slice(graph, x, 1, 0, (int64_t) f->signals);
    x = davy_watch_hold(graph, x, 0, 0); /* the middle is what is expected, always */
    return davy_watch_end(graph, shares, x, f->centre, f->scale, f->signals, factor);
}

/* The graph's shares against those of the trees as they grew. @param room  [size + 3 * signals] */
static davy_status check_window(const isolation_fitting *f, const void *watcher, void *scratch,
                                const float *values, double *room)
{
    double *window = room, *shares = room + f->windows.size, *expected = shares + f->signals,
           *gains = expected + f->signals;
    double sum = 0, said = 0, score;
    davy_status status;

    davy_isolation_ask(&f->forest, values, f->signals, gains);
    for (size_t j = 0; j < f->signals; j++)
        sum += gains[j];
    score = exp2(sum / davy_isolation_path(f->forest.sample) - 1);
    for (size_t i = 0; i < f->windows.size; i++)
        window[i] = (double) values[i];
    status = davy_watcher_score(watcher, scratch, window, shares, expected);
    for (size_t j = 0; j < f->signals && status == DAVY_OK; j++)
        said += shares[j];
    if (status == DAVY_OK && !(fabs(said - score) <= TOLERANCE))
        return davy_fail(DAVY_ERR_CORRUPT, "the graph scores %.9g where the trees score %.9g", said,
                         score);
    return status;
}

static davy_status check(const void *learnt, const void *watcher)
{
    const isolation_fitting *f = learnt;
    double *room = calloc(f->windows.size + 3 * f->signals, sizeof *room);
    void *scratch = NULL;
    davy_status status =
        room ? davy_watcher_begin(watcher, &scratch) : davy_fail(DAVY_ERR_NOMEM, "self-check");

    for (size_t n = 0; n < f->windows.count && n < CHECKED && status == DAVY_OK; n++)
        status = check_window(f, watcher, scratch, f->windows.values + n * f->windows.size, room);
    davy_watcher_end(scratch);
    free(room);
    return status;
}

static davy_status fit_isolation(const davy_study *fit, davy_sentences *note, void **parameters)
{
    isolation_fitting f = {.fit = fit, .signals = fit->fit.table->columns, .rows = fit->lags + 1};
    davy_status status = davy_windows_collect(
        fit, &fit->fit, davy_windows_most(fit, number(&f, "keep")), &f.windows);

    if (status == DAVY_OK)
        status = davy_windows_scale(&f.windows, f.signals, false, &f.centre, &f.scale);
    if (fit->progress)
        fit->progress(fit->progress_context, 0, 1, "");
    if (status == DAVY_OK)
        status = learn(&f);
    if (status == DAVY_OK)
        status = davy_watch_finish(
            &(davy_watch_maker){"isolation", f.rows, f.signals, build, check}, &f, parameters);
    if (status == DAVY_OK)
        davy_say(note,
                 "Isolation forest of %zu trees, each of %zu of %zu windows of %zu numbers, "
                 "with %zu nodes in all.",
                 "孤立森林：%zu 棵树，每棵取 %zu 个窗口（共 %zu 个，每个 %zu 个数值），"
                 "共 %zu 个节点。",
                 f.forest.trees.trees, f.forest.sample, f.windows.count, f.windows.size,
                 f.forest.trees.count);
    fitting_clear(&f);
    return status;
}

const davy_model_kind davy_model_isolation = {
    .name = "isolation",
    .lags = "0",
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit_isolation,
    .destroy = davy_watcher_destroy,
    .scale = davy_watcher_scale,
    .save = davy_watcher_save,
    .load = davy_watcher_load,
    .begin = davy_watcher_begin,
    .end = davy_watcher_end,
    .score = davy_watcher_score,
};
