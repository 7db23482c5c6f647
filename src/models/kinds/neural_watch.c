/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/neural_watch.h"

#include "nn/onnx/onnx.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of a sensor are held within what a float squares without harm. */
#define HELD 1e15

/* What a scorer has of its own. */
typedef struct watching {
    davy_session *session;
    float *window; /* [rows * signals] */
} watching;

enum { SCORE, SHARES, EXPECTED, OUTPUTS };

static const char *const output_names[OUTPUTS] = {"score", "shares", "expected"};

void davy_watcher_destroy(void *parameters)
{
    davy_watcher *watcher = parameters;

    if (!watcher)
        return;
    davy_network_destroy(watcher->network);
    davy_graph_destroy(watcher->graph);
    davy_buffer_clear(&watcher->onnx);
    free(watcher);
}

static davy_status check_graph(const davy_watcher *watcher, const davy_graph *graph)
{
    const davy_tensor *in =
        graph->input_count == 1 ? &graph->values[graph->inputs[0]].tensor : NULL;

    if (!in || in->type != DAVY_TYPE_F32 || in->rank != 2 ||
        in->dims[1] != (int64_t) (watcher->rows * watcher->signals))
        return davy_fail(DAVY_ERR_CORRUPT, "the graph does not take windows of %zu numbers",
                         watcher->rows * watcher->signals);
    if (graph->output_count != OUTPUTS)
        return davy_fail(DAVY_ERR_CORRUPT, "the graph has %zu outputs, not %d", graph->output_count,
                         (int) OUTPUTS);
    for (size_t i = 0; i < OUTPUTS; i++)
        if (strcmp(graph->values[graph->outputs[i]].name, output_names[i]) != 0)
            return davy_fail(DAVY_ERR_CORRUPT, "output %zu of the graph is not '%s'", i,
                             output_names[i]);
    return DAVY_OK;
}

/* A network of the bytes, so that what is scored is what was written. */
static davy_status open_network(davy_watcher *watcher)
{
    davy_graph *graph = NULL;
    davy_status status =
        davy_onnx_import(watcher->onnx.bytes, watcher->onnx.length, NULL, 0, &graph);

    if (status == DAVY_OK)
        status = check_graph(watcher, graph);
    if (status != DAVY_OK) {
        davy_graph_destroy(graph);
        return status;
    }
    davy_network_destroy(watcher->network);
    watcher->network = NULL;
    return davy_network_create(graph, NULL, &watcher->network);
}

davy_status davy_watcher_seal(davy_watcher *watcher)
{
    davy_status status;

    davy_buffer_reset(&watcher->onnx);
    status = davy_onnx_export(watcher->graph, NULL, 0, &watcher->onnx);
    return status == DAVY_OK ? open_network(watcher) : status;
}

davy_status davy_watcher_scale(void *parameters, double factor)
{
    davy_watcher *watcher = parameters;
    float *kept = davy_f32(&watcher->graph->values[watcher->factor].tensor);

    *kept = (float) ((double) *kept * factor);
    if (!isfinite(*kept) || !(*kept > 0))
        return davy_fail(DAVY_ERR_INVALID, "the scores of this history have no scale");
    return davy_watcher_seal(watcher);
}

davy_status davy_watcher_save(const void *parameters, const char *name, davy_buffer *onnx)
{
    const davy_watcher *watcher = parameters;

    (void) name;
    davy_buffer_append(onnx, watcher->onnx.bytes, watcher->onnx.length);
    return davy_buffer_ok(onnx);
}

davy_status davy_watcher_load(const void *onnx, size_t length, size_t signals, size_t lags,
                              void **parameters)
{
    davy_watcher *watcher = calloc(1, sizeof *watcher);
    davy_status status;

    if (!watcher)
        return davy_fail(DAVY_ERR_NOMEM, "model");
    watcher->signals = signals;
    watcher->rows = lags + 1;
    davy_buffer_append(&watcher->onnx, onnx, length);
    status = davy_buffer_ok(&watcher->onnx);
    if (status == DAVY_OK)
        status = open_network(watcher);
    if (status != DAVY_OK) {
        davy_watcher_destroy(watcher);
        return status;
    }
    *parameters = watcher;
    return DAVY_OK;
}

void davy_watcher_end(void *scratch)
{
    watching *w = scratch;

    if (!w)
        return;
    davy_session_destroy(w->session);
    free(w->window);
    free(w);
}

static davy_status run(const davy_watcher *watcher, watching *w, davy_tensor outputs[OUTPUTS])
{
    const davy_tensor input = {.type = DAVY_TYPE_F32,
                               .rank = 2,
                               .dims = {1, (int64_t) (watcher->rows * watcher->signals)},
                               .data = w->window};
    davy_status status = davy_session_run(w->session, &input, outputs);

    if (status == DAVY_OK &&
        (davy_tensor_count(&outputs[SHARES]) != (int64_t) watcher->signals ||
         davy_tensor_count(&outputs[EXPECTED]) != (int64_t) watcher->signals ||
         outputs[SHARES].type != DAVY_TYPE_F32 || outputs[EXPECTED].type != DAVY_TYPE_F32))
        return davy_fail(DAVY_ERR_CORRUPT, "the graph does not answer for each signal");
    return status;
}

/* The first run makes the plan: later ones allocate nothing. */
davy_status davy_watcher_begin(const void *parameters, void **scratch)
{
    const davy_watcher *watcher = parameters;
    watching *w = calloc(1, sizeof *w);
    davy_tensor outputs[OUTPUTS];
    davy_status status = DAVY_ERR_NOMEM;

    if (w)
        w->window = calloc(watcher->rows * watcher->signals, sizeof *w->window);
    if (!w || !w->window)
        (void) davy_fail(status, "scorer");
    else
        status = davy_session_create(watcher->network, NULL, &w->session);
    if (status == DAVY_OK)
        status = run(watcher, w, outputs);
    if (status != DAVY_OK) {
        davy_watcher_end(w);
        return status;
    }
    *scratch = w;
    return DAVY_OK;
}

/* Not by fmin() and fmax(), which are calls. */
static float hold(double x)
{
    return (float) (x > HELD ? HELD : x < -HELD ? -HELD : x);
}

davy_status davy_watcher_score(const void *parameters, void *scratch, const double *window,
                               double *shares, double *expected)
{
    const davy_watcher *watcher = parameters;
    watching *w = scratch;
    davy_tensor outputs[OUTPUTS];
    davy_status status;

    for (size_t i = 0; i < watcher->rows * watcher->signals; i++)
        w->window[i] = hold(window[i]);
    status = run(watcher, w, outputs);
    for (size_t j = 0; j < watcher->signals && status == DAVY_OK; j++) {
        shares[j] = (double) davy_f32(&outputs[SHARES])[j];
        expected[j] = (double) davy_f32(&outputs[EXPECTED])[j];
        if (!isfinite(shares[j]) || shares[j] < 0 || !isfinite(expected[j]))
            status = davy_fail(DAVY_ERR_UNAVAILABLE, "the network gives no finite score");
    }
    return status;
}
