/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/explain/explain.h"
#include "models/predictor_private.h"
#include "nn/network.h"
#include "nn/op.h"

/**
 * @file
 * What the methods of an explanation share.
 *
 * Stage: models. A model is seen as two graphs: one from the sample to its features, where there
 * are any, and one from these numbers, the *row*, to the scores. Methods know the second alone.
 */

/** A method. */
typedef struct davy_explain_method {
    const char *name;
    davy_words label;
    bool exact;
    /* Make explainer->state from explainer->graph. DAVY_ERR_UNSUPPORTED: the graph is none of
     * those. */
    davy_status (*create)(davy_explainer *explainer);
    void (*destroy)(davy_explainer *explainer); /* NULL is fine as state */
    /* Explain explainer->row: fill explainer->shares, and all of out but answer and pointers. */
    davy_status (*explain)(davy_explainer *explainer, size_t answer, davy_explanation *out);
} davy_explain_method;

extern const davy_explain_method davy_explain_by_paths;
extern const davy_explain_method davy_explain_by_background;
extern const davy_explain_method davy_explain_by_sums;
extern const davy_explain_method davy_explain_by_gradients;
extern const davy_explain_method davy_explain_by_permutation;

struct davy_explainer {
    const davy_predictor *predictor;
    davy_explain_options options;
    const davy_explain_method *method;
    void *state; /* of the method */
    double work;
    davy_words unit;
    /* The model from the row on. Values of the graph keep the names of the file. */
    davy_graph *graph; /* one input, the row; one output, the scores; no passes were run */
    size_t numbers, outputs;
    davy_network *front, *back; /* to the features, NULL without any; from there, made when asked */
    davy_session *front_session, *back_session;
    float *row;        /* [numbers] that is explained */
    float *background; /* [background_count * numbers] as rows */
    size_t background_count;
    double *mix; /* [outputs] what is explained is the sum of the scores times these */
    /* Players: each has one number, unless the method has made groups of them. */
    size_t players;
    uint32_t *player_of; /* [numbers] */
    size_t parts;
    uint32_t *part_of;       /* [players] */
    double *shares, *values; /* [numbers] room for as many players */
};

/** A pass of a graph, or what takes as long, comes next. A failure ends the explanation. */
DAVY_MUST_CHECK davy_status davy_explainer_step(const davy_explainer *explainer);

/** Scores of rows. @param scores  [count * outputs] */
DAVY_MUST_CHECK davy_status davy_explainer_ask(davy_explainer *explainer, const float *rows,
                                               size_t count, float *scores);

/**
 * A row that is usual: one of the background, or without any that of the means by which the graph
 * scales.
 *
 * @param which  of the background
 * @return DAVY_ERR_UNSUPPORTED when there is neither
 */
DAVY_MUST_CHECK davy_status davy_explainer_usual(const davy_explainer *explainer, size_t which,
                                                 float *row);

/** A player for each number, and a part for each signal or feature. */
DAVY_MUST_CHECK davy_status davy_explainer_make_players(davy_explainer *explainer);

/** Let players be few: a signal each, or an eighth of a waveform. */
void davy_explainer_group(davy_explainer *explainer);

/** explainer->mix for an answer: the class against the mean of the others; 1 for a number. */
void davy_explainer_contrast(davy_explainer *explainer, size_t answer);

/** The node that makes a value; NULL for none. */
const davy_node *davy_explain_maker(const davy_graph *graph, davy_value value);

/** Whether an operator gives its first input in another shape. */
bool davy_explain_is_view(const davy_node *node);

/** Way back of a graph, for pictures. */
/** Run the gradients of the answer's score. @param score  NULL is fine */
DAVY_MUST_CHECK davy_status davy_gradients_run(davy_explainer *explainer, const float *row,
                                               size_t answer, double *score);
/** The last maps before the scores and their gradients; NULL where there are none. */
const davy_tensor *davy_gradients_maps(const davy_explainer *explainer, const davy_tensor **diff);
