/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/page.h"

#include <stdbool.h>

/**
 * @file
 * A model beside what needs no model: the same figures of each, with intervals, from the same
 * draws.
 *
 * Stage: models. Method 0 is the model. Whole groups (runs, engines, persons) are drawn; in a draw
 * every method is measured on the same groups, so the interval of how far the model is ahead is
 * paired. A method that could not be measured keeps its row and says why.
 */

/** A figure that methods are compared by. */
typedef struct davy_figure_kind {
    const char *key; /* in JSON: "vus_pr" */
    davy_words name, meaning;
    bool lower_is_better;
    bool unranked; /* neither is: a share that should be what was promised, an error with a sign */
} davy_figure_kind;

#define DAVY_FIGURES_MAX 12
#define DAVY_METHODS_MAX 12

typedef struct davy_method {
    const char *key; /* in JSON: "pca" */
    davy_words name, meaning;
    bool measured;
    char why[256]; /* why not */
    davy_estimate figures[DAVY_FIGURES_MAX];
    davy_estimate
        ahead; /* how much better the model is in the main figure; above 0: it is better */
} davy_method;

typedef struct davy_comparison {
    const davy_figure_kind *kinds;
    size_t kind_count;
    size_t main; /* of the kinds */
    davy_method methods[DAVY_METHODS_MAX];
    size_t count;
    davy_bootstrap bootstrap;
    davy_words drawn; /* "runs" */
    davy_words title; /* of its part of a page; without: the model beside what needs no model */
} davy_comparison;

/** Add a method; the caller sets `measured` or `why`. NULL when there is no room. */
davy_method *davy_comparison_add(davy_comparison *comparison, const char *key, davy_words name,
                                 davy_words meaning);

/**
 * Measure all methods that are `measured`.
 *
 * @param measure   gives kind_count values of one method
 * @param contexts  [count] of each method
 */
DAVY_MUST_CHECK davy_status davy_comparison_run(davy_comparison *comparison,
                                                davy_bootstrap_measure measure,
                                                const void *const *contexts);
