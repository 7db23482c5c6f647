/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "data/sentences.h"
#include "models/samples/sample_set.h"
#include "models/settings.h"
#include "nn/graph.h"
#include "nn/pool.h"

/**
 * @file
 * What a kind of predictor fills in: learn from samples, and give a graph that answers.
 *
 * Stage: models. That is all a kind does. How samples are cut and split, how scores become
 * calibrated probabilities or intervals, files, self-check, figures, pages and explanations are the
 * same for every kind and need nothing but the graph. A forest gives a graph as a network does.
 */

/** One epoch of a training, or one round, for the page. */
typedef struct davy_epoch {
    double loss, metric;             /* of the samples that were learnt from; NaN: not known */
    double watch_loss, watch_metric; /* of those that were watched */
} davy_epoch;

/** How far a training is. */
typedef struct davy_learning_state {
    const char *what; /* "learning" */
    uint64_t done, total;
    const char *note; /* "loss 0.31, accuracy 0.92, 84 samples/s, 40 s left"; "" for none */
} davy_learning_state;

/** What there is to learn from. */
typedef struct davy_lesson {
    const davy_sample_set *samples;
    const uint8_t *held; /* [count] davy_purpose of each sample */
    davy_task task;
    uint64_t seed;
    const davy_setting *table; /* all settings of the kind, with their defaults */
    size_t table_count;
    const char *const *settings;
    size_t setting_count;
    davy_pool *pool;
    const char *checkpoint; /* file to keep an interrupted training in; NULL: none */
    /* Told often; NULL is fine. */
    void (*progress)(void *context, const davy_learning_state *state);
    bool (*interrupted)(void *context); /* asked often; true: keep what there is and end */
    void *context;
} davy_lesson;

/** What was learnt. Zeroed is nothing. */
typedef struct davy_lesson_result {
    davy_graph *graph; /* one input, [N, ...form] in the units of the samples; owned */
    davy_value score;  /* [N, classes] before softmax, or [N, 1] in the unit of the targets */
    davy_epoch *epochs;
    size_t epoch_count;
    bool bf16;                  /* the graph was learnt, and is to be run, with bf16 products */
    davy_sentences note;        /* what was learnt, in a sentence or two */
    struct davy_trials *trials; /* of `auto`, whose answer is that of the chosen kind; else NULL */
} davy_lesson_result;

void davy_lesson_result_clear(davy_lesson_result *result);

typedef struct davy_predictor_kind {
    const char *name;
    unsigned tasks, forms; /* DAVY_TASK_BIT, DAVY_FORM_BIT */
    const davy_setting *settings;
    size_t setting_count;
    davy_status (*fit)(const davy_lesson *lesson, davy_lesson_result *result);
} davy_predictor_kind;

/** The kind with this name, or NULL; "auto" tries others (models/training/trials.h), of pictures
 * none. */
const davy_predictor_kind *davy_predictor_kind_find(const char *name);
/** All, closed by NULL. */
const davy_predictor_kind *const *davy_predictor_kinds(void);

/** Let a kind learn; rare classes are filled up first when the settings say so
 * (models/kinds/smote.h). */
DAVY_MUST_CHECK davy_status davy_predictor_fit(const davy_predictor_kind *kind,
                                               const davy_lesson *lesson,
                                               davy_lesson_result *result);

/** A setting of the lesson as a number, and as a text. */
double davy_lesson_number(const davy_lesson *lesson, const char *key);
const char *davy_lesson_text(const davy_lesson *lesson, const char *key);

extern const davy_predictor_kind davy_predictor_auto;
extern const davy_predictor_kind davy_predictor_bayes;
extern const davy_predictor_kind davy_predictor_blend;
extern const davy_predictor_kind davy_predictor_boost;
extern const davy_predictor_kind davy_predictor_cnn;
extern const davy_predictor_kind davy_predictor_forest;
extern const davy_predictor_kind davy_predictor_knn;
extern const davy_predictor_kind davy_predictor_linear;
extern const davy_predictor_kind davy_predictor_lstm;
extern const davy_predictor_kind davy_predictor_rocket;
extern const davy_predictor_kind davy_predictor_svm;
extern const davy_predictor_kind davy_predictor_transformer;
extern const davy_predictor_kind davy_predictor_tree;
