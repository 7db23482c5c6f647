/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/kind.h"
#include "models/kinds/neural.h"
#include "nn/network.h"

/**
 * @file
 * Networks that watch: they say what a window should look like, and the error is the score.
 *
 * Stage: models. A watcher sees a window of rows, newest first, as models/kind.h gives it, scales
 * it, and says again what it saw (an autoencoder) or what should come next (a forecaster). Its
 * graph has the input `window` [N, (lags + 1) * signals] and the outputs `score` [N], `shares` [N,
 * signals], whose sum it is, and `expected` [N, signals], the newest row in its units.
 */

/** How a network is made for watching. */
typedef struct davy_watch_recipe {
    const char *name;
    size_t epochs;
    double rate;
    double corrupt;  /* share of the numbers hidden from it in training; 0: none */
    bool unit_range; /* scale each signal to 0 .. 1, and not by median and deviation */
    bool forecasts;  /* the newest row from those before; else the whole window from itself */
    bool norm;       /* the score is the norm of the error; else the mean of the squares, each
                      * signal in units of its usual error */
    bool cosine;     /* the learning rate falls as a cosine */
    /* From x [N, T, signals], oldest first, to the same, or to [N, signals] of a forecast. */
    davy_value (*build)(davy_graph *graph, const davy_neural_design *design, davy_value x);
} davy_watch_recipe;

/** A network as parameters of a davy_model_kind. */
typedef struct davy_watcher {
    size_t signals, rows; /* rows = lags + 1 */
    davy_graph *graph;    /* what was learnt; NULL when it was read from a file */
    davy_value factor;    /* constant of the graph that every score is multiplied by */
    davy_buffer onnx;
    davy_network *network;
} davy_watcher;

/** Learn; the settings are those of `table`. */
DAVY_MUST_CHECK davy_status davy_watcher_fit(const davy_study *fit, const davy_watch_recipe *recipe,
                                             const davy_setting *table, size_t table_count,
                                             davy_sentences *note, void **parameters);

/* The rest of a davy_model_kind. */
void davy_watcher_destroy(void *parameters);
davy_status davy_watcher_scale(void *parameters, double factor);
davy_status davy_watcher_save(const void *parameters, const char *name, davy_buffer *onnx);
davy_status davy_watcher_load(const void *onnx, size_t length, size_t signals, size_t lags,
                              void **parameters);
davy_status davy_watcher_begin(const void *parameters, void **scratch);
void davy_watcher_end(void *scratch);
davy_status davy_watcher_score(const void *parameters, void *scratch, const double *window,
                               double *shares, double *expected);

/** Bytes and network of watcher->graph as it is now. */
DAVY_MUST_CHECK davy_status davy_watcher_seal(davy_watcher *watcher);
