/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/watch_parts.h"

#include "core/bulk.h"
#include "models/kinds/scaling.h"

#include <math.h>
#include <stdlib.h>

static davy_status count_window(void *context, size_t row, const double *window)
{
    davy_windows *w = context;

    (void) row;
    (void) window;
    w->seen++;
    return DAVY_OK;
}

static davy_status keep_window(void *context, size_t row, const double *window)
{
    davy_windows *w = context;

    (void) row;
    if (w->seen++ % w->step != 0 || w->count == w->capacity)
        return DAVY_OK;
    for (size_t i = 0; i < w->size; i++)
        w->values[w->count * w->size + i] = (float) window[i];
    w->count++;
    return DAVY_OK;
}

size_t davy_windows_most(const davy_study *fit, double keep)
{
    const size_t fits = DAVY_WATCH_VALUES_MAX / ((fit->lags + 1) * fit->fit.table->columns);

    return keep < (double) fits ? (size_t) keep : fits;
}

davy_status davy_windows_collect(const davy_study *fit, const davy_walk *walk, size_t most,
                                 davy_windows *out)
{
    davy_status status;

    *out = (davy_windows){.size = (fit->lags + 1) * walk->table->columns};
    status = davy_walk_windows(walk, fit->lags, fit->hold, count_window, out);
    if (status != DAVY_OK)
        return status;
    if (out->seen == 0)
        return davy_fail(DAVY_ERR_INVALID, "no whole window to learn from");
    out->step = (out->seen - 1) / most + 1;
    out->capacity = (out->seen - 1) / out->step + 1;
    out->seen = 0;
    out->values = davy_bulk_alloc(out->capacity * out->size, sizeof *out->values);
    if (!out->values)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu windows", out->capacity);
    return davy_walk_windows(walk, fit->lags, fit->hold, keep_window, out);
}

void davy_windows_clear(davy_windows *windows)
{
    davy_bulk_free(windows->values);
    *windows = (davy_windows){0};
}

/* The column is reordered. */
static void scale_of(double *column, size_t count, bool unit_range, double *centre, double *scale)
{
    double low = INFINITY, high = -INFINITY;

    if (!unit_range) {
        davy_scaling_of(column, count, centre, scale);
        return;
    }
    for (size_t n = 0; n < count; n++) {
        low = fmin(low, column[n]);
        high = fmax(high, column[n]);
    }
    *centre = low;
    *scale = high > low ? high - low : fmax(1e-3 * fabs(low), 1e-3);
}

davy_status davy_windows_scale(const davy_windows *windows, size_t signals, bool unit_range,
                               float **centre, float **scale)
{
    double *column = davy_bulk_alloc(windows->count + 1, sizeof *column);

    *centre = calloc(signals, sizeof **centre);
    *scale = calloc(signals, sizeof **scale);
    if (!column || !*centre || !*scale) {
        davy_bulk_free(column);
        return davy_fail_in(DAVY_ERR_NOMEM, "scale of %zu signals", signals);
    }
    for (size_t j = 0; j < signals; j++) {
        double middle, width;

        for (size_t n = 0; n < windows->count; n++)
            column[n] = (double) windows->values[n * windows->size + j];
        scale_of(column, windows->count, unit_range, &middle, &width);
        (*centre)[j] = (float) middle;
        (*scale)[j] = (float) width;
    }
    davy_bulk_free(column);
    return DAVY_OK;
}

davy_value davy_watch_hold(davy_graph *graph, davy_value x, float low, float high)
{
    const davy_tensor bounds[2] = {{.type = DAVY_TYPE_F32, .data = &low},
                                   {.type = DAVY_TYPE_F32, .data = &high}};
    davy_value in[3] = {x, DAVY_VALUE_NONE, DAVY_VALUE_NONE};
    const davy_node *node;

    in[1] = davy_graph_constant(graph, "", &bounds[0]);
    in[2] = davy_graph_constant(graph, "", &bounds[1]);
    node = davy_graph_node(graph, "clip", in, 3, 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value davy_watch_begin(davy_graph *graph, size_t rows, size_t signals, const float *centre,
                            const float *scale)
{
    davy_value x = davy_graph_input(graph, "window", DAVY_TYPE_F32, 2,
                                    (const int64_t[]){-1, (int64_t) (rows * signals)});

    x = davy_layer_reshape(graph, x, 3, (const int64_t[]){0, (int64_t) rows, (int64_t) signals});
    x = davy_neural_binary(graph, "sub", x, davy_neural_numbers(graph, "centre", centre, signals));
    x = davy_neural_binary(graph, "div", x, davy_neural_numbers(graph, "scale", scale, signals));
    return davy_watch_hold(graph, x, -DAVY_WATCH_HELD, DAVY_WATCH_HELD);
}

/* The sum over the signals: their mean, times how many there are. */
static davy_value sum_signals(davy_graph *graph, davy_value shares, size_t signals)
{
    const float count = (float) signals;
    const int64_t last = 1;
    davy_node *node = davy_graph_node(graph, "reduce_mean", &shares, 1, 1);

    davy_node_set_ints(graph, node, "axes", &last, 1);
    davy_node_set_int(graph, node, "keepdims", 0);
    return davy_neural_binary(graph, "mul", node ? node->out[0] : DAVY_VALUE_NONE,
                              davy_neural_numbers(graph, "signal_count", &count, 1));
}

davy_status davy_watch_end(davy_graph *graph, davy_value shares, davy_value expected,
                           const float *centre, const float *scale, size_t signals,
                           davy_value *factor)
{
    const float one = 1;
    davy_value score;

    *factor = davy_neural_numbers(graph, "factor", &one, 1);
    shares = davy_neural_binary(graph, "mul", shares, *factor);
    score = sum_signals(graph, shares, signals);
    expected = davy_layer_reshape(graph, expected, 2, (const int64_t[]){0, (int64_t) signals});
    expected = davy_neural_binary(graph, "mul", expected,
                                  davy_neural_numbers(graph, "scale_back", scale, signals));
    expected = davy_neural_binary(graph, "add", expected,
                                  davy_neural_numbers(graph, "centre_back", centre, signals));
    graph->output_count = 0;
    davy_graph_name(graph, score, "score");
    davy_graph_name(graph, shares, "shares");
    davy_graph_name(graph, expected, "expected");
    davy_graph_output(graph, score);
    davy_graph_output(graph, shares);
    davy_graph_output(graph, expected);
    return davy_graph_status(graph);
}

davy_status davy_watch_make(davy_graph *graph, davy_value factor, size_t rows, size_t signals,
                            void **parameters)
{
    davy_watcher *watcher = calloc(1, sizeof *watcher);
    davy_status status;

    if (!watcher) {
        davy_graph_destroy(graph);
        return davy_fail(DAVY_ERR_NOMEM, "model");
    }
    *watcher = (davy_watcher){.signals = signals, .rows = rows, .graph = graph, .factor = factor};
    status = davy_watcher_seal(watcher);
    if (status != DAVY_OK) {
        davy_watcher_destroy(watcher);
        return status;
    }
    *parameters = watcher;
    return DAVY_OK;
}

davy_status davy_watch_finish(const davy_watch_maker *maker, const void *learnt, void **parameters)
{
    davy_graph *graph = NULL;
    davy_value factor = DAVY_VALUE_NONE;
    void *watcher = NULL;
    davy_status status = davy_graph_create(maker->name, 0, &graph);

    if (status == DAVY_OK)
        status = maker->build(learnt, graph, &factor);
    if (status != DAVY_OK) {
        davy_graph_destroy(graph);
        return status;
    }
    status = davy_watch_make(graph, factor, maker->rows, maker->signals, &watcher);
    if (status == DAVY_OK)
        status = maker->check(learnt, watcher);
    if (status == DAVY_OK)
        *parameters = watcher;
    else
        davy_watcher_destroy(watcher);
    return status;
}
