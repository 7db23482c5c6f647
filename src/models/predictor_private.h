/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/buffer.h"
#include "data/cleaning.h"
#include "models/explain/background.h"
#include "models/predictor.h"
#include "nn/network.h"

#include <jansson.h>

/**
 * @file
 * What a predictor holds, for the files of this stage that make, write and ask one.
 *
 * Stage: models. Its graph has one input, `sample` [N, ...form], and as outputs `probabilities`
 * [N, C] of classes, or `value` [N, 1] of numbers, with `low` and `high` when it has intervals. On
 * the way lie `scaled`, what the network sees, and `score` [N, C or 1], what it says before it is
 * calibrated: explanations look at these two.
 */
#define DAVY_PREDICTOR_SCALED   "scaled"
#define DAVY_PREDICTOR_FEATURES "features" /* [N, F], of a model that makes them */
#define DAVY_PREDICTOR_SCORE    "score"

/** Most columns that a predictor reads. */
#define DAVY_PREDICTOR_SIGNALS_MAX ((size_t) 65536)

struct davy_predictor {
    davy_arena arena; /* texts of `info` */
    davy_predictor_info info;
    davy_cleaning cleaning; /* of rows, before samples are cut; of an opened predictor */
    davy_buffer onnx;       /* the bytes of model.onnx */
    davy_network *network;
    davy_background background; /* samples that it learnt from; may be none */
    bool bf16;
};

/** An empty predictor; its `info` is to be filled, its graph to be given. */
DAVY_MUST_CHECK davy_status davy_predictor_create(davy_predictor **out);

/**
 * Give it the graph in predictor->onnx, and check that it fits the info: one input of the form, the
 * outputs of the task. DAVY_ERR_CORRUPT says what does not fit.
 */
DAVY_MUST_CHECK davy_status davy_predictor_load(davy_predictor *predictor);

/** Fill a predictor from a model.json. DAVY_ERR_CORRUPT names the key that does not fit. */
DAVY_MUST_CHECK davy_status davy_predictor_json_read(const char *text, size_t length,
                                                     davy_predictor **out);

/** The keys of model.json that a predictor holds itself; a new object, or NULL without memory. */
json_t *davy_predictor_json_make(const davy_predictor *predictor);
