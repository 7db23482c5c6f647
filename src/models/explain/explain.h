/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/image.h"
#include "models/explain/background.h"
#include "models/pages/page.h"
#include "models/predictor.h"
#include "models/samples/sample_set.h"

/**
 * @file
 * Why a predictor answers what it answers: its score shared out among what it was asked with.
 *
 * Stage: models. An explanation needs the model's folder alone. What is shared out is the
 * difference between the score of a sample and a base, the usual score; who shares are the
 * *players*: the numbers of a sample, or the features where the graph computes some (the value
 * named `features`), or signals where numbers are too many. Five methods; the first that fits the
 * graph is used:
 *
 *     paths        trees whose covers are known: exact (models/explain/shapley_trees.h)
 *     sums         each number by itself and then sums, as linear models and naive Bayes: exact
 *     background   trees compared with real samples: exact
 *     gradients    networks: integrated gradients, with what is missing told
 *     permutation  anything: Shapley values by random orders, with their standard error
 *
 * The score of a class is its score less the mean score of the others, which the softmax behind
 * them does not change: for two classes their log odds, before the temperature. Where trees
 * average probabilities it is the probability.
 *
 * What falls short: a share says what the model did and not what the plant does; numbers that move
 * together share what one of them may have caused; and a base is no better than the samples it
 * comes from.
 *
 * Sources: Lundberg and Lee, arXiv:1705.07874; Sundararajan, Taly, Yan, arXiv:1703.01365, with the
 * midpoint rule; Castro, Gomez, Tejada, Computers & Operations Research 36, 2009, with antithetic
 * orders; Selvaraju et al., arXiv:1610.02391.
 */
typedef struct davy_explainer davy_explainer;

/** Names of the methods, for a message. */
#define DAVY_EXPLAIN_METHODS "auto, paths, sums, background, gradients, permutation"

/** DAVY_ERR_INVALID, with those that there are, when no method has this name; NULL is auto. */
DAVY_MUST_CHECK davy_status davy_explain_method_check(const char *name);

/** Asked between the steps of an explanation: who shares a CPU with others gives way here. */
typedef struct davy_explain_pace {
    davy_status (*step)(void *context); /* a failure ends the explanation; NULL: nobody is asked */
    void *context;
} davy_explain_pace;

/** How it is explained. Zeroed: as fits the graph. */
typedef struct davy_explain_options {
    const char *method; /* one of DAVY_EXPLAIN_METHODS; NULL: auto, the first that fits */
    size_t orders;      /* permutation: random orders, each also backwards; 0: as the players ask */
    uint64_t seed;      /* permutation */
    davy_explain_pace pace;
} davy_explain_options;

/**
 * The predictor is borrowed. One explainer belongs to one thread.
 *
 * @param options  NULL: zeroed
 * @return DAVY_ERR_UNSUPPORTED when the method does not fit, DAVY_ERR_INVALID when there is none
 */
DAVY_MUST_CHECK davy_status davy_explainer_create(const davy_predictor *predictor,
                                                  const davy_explain_options *options,
                                                  davy_explainer **out);
/** NULL is fine. */
void davy_explainer_destroy(davy_explainer *explainer);

/** The samples that a predictor keeps of those it learnt from; there may be none. */
const davy_background *davy_predictor_background(const davy_predictor *predictor);

/** What a method is, for people. */
typedef struct davy_explainer_info {
    const char *method;
    davy_words label; /* "exact, by the paths of trees" */
    davy_words unit;  /* "log odds" */
    size_t players;
    bool exact;
    double work; /* steps of an explanation, about */
} davy_explainer_info;

davy_explainer_info davy_explainer_describe(const davy_explainer *explainer);

/** Name of a player: "T-101", "T-101[-3]" three steps before the newest, or a feature's. */
#define DAVY_PLAYER_NAME_MAX 256
const char *davy_explainer_player(const davy_explainer *explainer, size_t player,
                                  char name[DAVY_PLAYER_NAME_MAX]);

/** An answer explained: score = base + the sum of the shares + residual. */
typedef struct davy_explanation {
    size_t answer; /* class; 0 for numbers */
    double base, score, residual;
    double error; /* the largest standard error of a share; 0: not by chance */
    size_t count;
    const double *shares; /* [count] of the players; borrowed until the next question */
    const double *values; /* [count] their numbers; NaN of one that has many */
} davy_explanation;

/**
 * Explain.
 *
 * @param sample  [davy_form_values()]
 * @param answer  class; 0 for numbers
 * @return DAVY_ERR_CORRUPT when an exact method does not add up
 */
DAVY_MUST_CHECK davy_status davy_explain_sample(davy_explainer *explainer, const float *sample,
                                                size_t answer, davy_explanation *out);

/** What people read: players put together by signal, or as they are where each is one by itself. */
size_t davy_explainer_parts(const davy_explainer *explainer);
const char *davy_explainer_part(const davy_explainer *explainer, size_t part,
                                char name[DAVY_PLAYER_NAME_MAX]);
/** @param shares  [davy_explainer_parts()] */
void davy_explain_parts(const davy_explainer *explainer, const davy_explanation *explanation,
                        double *shares);

/** Indices of the largest shares by size, largest first. @return how many, at most `most` */
size_t davy_explain_largest(const double *shares, size_t count, size_t most, size_t *out);

/**
 * The picture of a sample with heat where it spoke for an answer.
 *
 * @param image  as davy_explain_read_picture() gave it; changed in place
 * @return DAVY_ERR_UNSUPPORTED when the graph has no maps [N, H, W, C] on its way
 */
DAVY_MUST_CHECK davy_status davy_explain_picture(davy_explainer *explainer,
                                                 const davy_sample_set *samples, size_t sample,
                                                 size_t answer, davy_image *image);

/** A sample of a set of pictures as a picture again. */
DAVY_MUST_CHECK davy_status davy_explain_read_picture(const davy_sample_set *samples, size_t sample,
                                                      davy_image *out);
