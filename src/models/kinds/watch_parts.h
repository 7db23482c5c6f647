/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/kinds/neural_watch.h"

/**
 * @file
 * What kinds that watch by a graph share: windows to learn from, and both ends of the graph.
 *
 * Stage: models. neural_watch.h says what the graph gives; in between stands what a kind has
 * learnt.
 */

/** Scaled numbers are held within this, so that no sum of squares can overflow. */
#define DAVY_WATCH_HELD 1e6F

/** Windows of a walk, a step apart so that they fit. Zeroed is none. */
typedef struct davy_windows {
    float *values; /* [count * size] newest row first */
    size_t count, size, capacity, step, seen;
} davy_windows;

/** Numbers of all windows that one kind learns from at once: 256 MiB of floats. */
#define DAVY_WATCH_VALUES_MAX ((size_t) 64 * 1024 * 1024)

/** `keep` windows, or so many as DAVY_WATCH_VALUES_MAX allows. */
size_t davy_windows_most(const davy_study *fit, double keep);

/** At most `most` windows of rows [lags + 1], evenly over the walk. */
DAVY_MUST_CHECK davy_status davy_windows_collect(const davy_study *fit, const davy_walk *walk,
                                                 size_t most, davy_windows *out);
void davy_windows_clear(davy_windows *windows);

/**
 * Median and deviation of each signal in the newest rows, or with `unit_range` its lowest value and
 * its range.
 *
 * @param centre, scale  [signals] for the caller to free, also after a failure
 */
DAVY_MUST_CHECK davy_status davy_windows_scale(const davy_windows *windows, size_t signals,
                                               bool unit_range, float **centre, float **scale);

/** From the input `window` to its scaled and held numbers [N, rows, signals], newest row first. */
davy_value davy_watch_begin(davy_graph *graph, size_t rows, size_t signals, const float *centre,
                            const float *scale);

/** Each number of x within low .. high. */
davy_value davy_watch_hold(davy_graph *graph, davy_value x, float low, float high);

/**
 * The outputs score, shares and expected, instead of those there are.
 *
 * @param shares    [N, signals] not yet times the factor
 * @param expected  [N, signals] the newest row, scaled
 * @param factor    the constant that every score is multiplied by: davy_watcher_scale()
 */
DAVY_MUST_CHECK davy_status davy_watch_end(davy_graph *graph, davy_value shares,
                                           davy_value expected, const float *centre,
                                           const float *scale, size_t signals, davy_value *factor);

/** A watcher of a graph with those outputs; takes ownership of the graph, also when it fails. */
DAVY_MUST_CHECK davy_status davy_watch_make(davy_graph *graph, davy_value factor, size_t rows,
                                            size_t signals, void **parameters);

/** How a kind ends whose score is a graph. */
typedef struct davy_watch_maker {
    const char *name; /* of the graph */
    size_t rows, signals;
    /* From the input `window` to the outputs of davy_watch_end(). */
    davy_status (*build)(const void *learnt, davy_graph *graph, davy_value *factor);
    /* Hold the watcher against what was learnt: DAVY_ERR_CORRUPT when it scores otherwise. */
    davy_status (*check)(const void *learnt, const void *watcher);
} davy_watch_maker;

/** A watcher of what was learnt, built and checked before it is given. */
DAVY_MUST_CHECK davy_status davy_watch_finish(const davy_watch_maker *maker, const void *learnt,
                                              void **parameters);
