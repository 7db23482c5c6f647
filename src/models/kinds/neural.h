/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/kinds/series_vary.h"
#include "models/predictor_kind.h"
#include "nn/layers.h"

#include <math.h>

/**
 * @file
 * Networks as predictors: what kinds of network share.
 *
 * Stage: models. A recipe says how a network is built between a scaled sample and its scores, and
 * how it likes to be trained; davy_neural_fit() does the rest.
 */

/** What a recipe builds from. */
typedef struct davy_neural_design {
    const davy_lesson *lesson;
    const davy_form *form;
    int64_t outputs; /* classes, or 1 */
    float dropout;
} davy_neural_design;

typedef struct davy_recipe {
    const char *name; /* value of the setting `network` */
    unsigned forms;   /* DAVY_FORM_BIT */
    size_t side;      /* of pictures, when the setting says nothing */
    size_t epochs;
    double rate;    /* learning rate */
    double decay;   /* of the weights, AdamW; 0: plain Adam */
    double average; /* share of the past in the averaged weights; 0: none */
    bool cosine;    /* the rate falls as a cosine, after a short rise; else it stays */
    bool augment;
    double smoothing, mixup, dropout;
    /* From `x`, scaled, [N, ...form] to scores [N, outputs]. */
    davy_value (*build)(davy_graph *graph, const davy_neural_design *design, davy_value x);
} davy_recipe;

/** Settings of every network; 0, -1 and auto: as the recipe wants it. */
#define DAVY_NEURAL_SETTINGS                                                                     \
    {"epochs", "0", "passes over the samples; 0: as the network wants", 0, 100000, NULL},        \
        {"batch", "32", "samples that are learnt from at once", 1, 4096, NULL},                  \
        {"learning_rate", "0", "step of the optimiser; 0: as the network wants", 0, 10, NULL},   \
        {"decay", "-1", "pull of the weights towards 0; -1: as the network wants", -1, 1, NULL}, \
        {"dropout", "-1", "share of numbers left out in training; -1: as the network wants",     \
         -1,        0.95, NULL},                                                                 \
    {                                                                                            \
        "precision", "f32", "of products: bf16 is faster and less exact", NAN, NAN, "f32|bf16"   \
    }

/** Settings of networks that answer, beside those. */
#define DAVY_NEURAL_ANSWER_SETTINGS                                                                \
    {"patience",                                                                                   \
     "0",                                                                                          \
     "epochs without a better one of the watched until it ends, with the best; 0: the last one",   \
     0,                                                                                            \
     1000,                                                                                         \
     NULL},                                                                                        \
        {"augment", "auto", "learn from samples that are varied at random",                        \
         NAN,       NAN,    "auto|yes|no"},                                                        \
        {"vary",                                                                                   \
         DAVY_SERIES_CHANGES,                                                                      \
         "changes of series: jitter, scale, shift, slice, warp, bend",                             \
         NAN,                                                                                      \
         NAN,                                                                                      \
         NULL},                                                                                    \
        {"mixup", "-1", "strength of mixing two samples; -1: as the network wants", -1, 10, NULL}, \
        {"smoothing", "-1", "share of a label given to other classes; -1: as the network wants",   \
         -1,          0.5,  NULL},                                                                 \
        {"focal", "0", "weight of samples that are hard; 0: all alike", 0, 10, NULL},              \
        {"balance", "no", "rare classes count as much as common ones", NAN, NAN, "yes|no"},        \
    {                                                                                              \
        "resume", "auto", "go on with a training that was interrupted", NAN, NAN, "auto|no"        \
    }

/** Settings of one kind of network. */
#define DAVY_CNN_SETTINGS                                                                \
    {                                                                                    \
        "width", "32", "channels of the first stage of a residual network", 4, 512, NULL \
    }
#define DAVY_LSTM_SETTINGS                                               \
    {"units", "64", "numbers that each layer remembers", 1, 1024, NULL}, \
    {                                                                    \
        "layers", "1", "layers, one upon the other", 1, 8, NULL          \
    }
#define DAVY_TRANSFORMER_SETTINGS                                                                \
    {"units", "64", "numbers of a token; a multiple of heads", 4, 1024, NULL},                   \
        {"heads", "4", "heads of attention", 1, 64, NULL},                                       \
        {"layers", "2", "layers, one upon the other", 1, 24, NULL},                              \
    {                                                                                            \
        "patch", "0", "steps of a token; 0: so many that there are at most 128 tokens", 0, 4096, \
            NULL                                                                                 \
    }

/** Recipes of networks over tables, which also forecast for those that watch. */
extern const davy_recipe davy_recipe_series, davy_recipe_lstm, davy_recipe_transformer;

/** Forms that are cut from tables, and tasks that networks answer. */
#define DAVY_NEURAL_TABLES                                            \
    (DAVY_FORM_BIT(DAVY_FORM_ROW) | DAVY_FORM_BIT(DAVY_FORM_WINDOW) | \
     DAVY_FORM_BIT(DAVY_FORM_RECORDING) | DAVY_FORM_BIT(DAVY_FORM_WAVE))
#define DAVY_NEURAL_TASKS                                                   \
    (DAVY_TASK_BIT(DAVY_TASK_CLASSIFY) | DAVY_TASK_BIT(DAVY_TASK_REGRESS) | \
     DAVY_TASK_BIT(DAVY_TASK_LIFE) | DAVY_TASK_BIT(DAVY_TASK_FORECAST))

/** What ends every network that answers: dropout, and a dense layer to the scores. */
davy_value davy_neural_head(davy_graph *graph, const davy_neural_design *design, davy_value x);

/** A constant of a few numbers, and a node of two inputs; DAVY_VALUE_NONE in a failed graph. */
davy_value davy_neural_numbers(davy_graph *graph, const char *name, const float *values,
                               size_t count);
davy_value davy_neural_binary(davy_graph *graph, const char *op, davy_value a, davy_value b);

/** Train a network by a recipe. */
DAVY_MUST_CHECK davy_status davy_neural_fit(const davy_lesson *lesson, const davy_recipe *recipe,
                                            davy_lesson_result *result);

/** Mean and deviation of each channel over the samples to learn from; pictures: fixed numbers. */
typedef struct davy_channel_scale {
    size_t count;
    float *mean, *scale; /* [count] scale above 0 */
} davy_channel_scale;

DAVY_MUST_CHECK davy_status davy_channel_scale_find(const davy_lesson *lesson,
                                                    davy_channel_scale *out);
void davy_channel_scale_clear(davy_channel_scale *scale);

/** Side of the pictures that a network of the settings `network` and `backbone` wants. */
DAVY_MUST_CHECK davy_status davy_cnn_side(const char *network, const char *backbone, size_t *side);
