/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/model.h"
#include "models/predictor.h"

/**
 * @file
 * The model a verb is told to use: a name of the registry, or the path of a model.onnx.
 *
 * Stage: app. A word that ends in ".onnx" is a path. A model watches or answers; who asks for one
 * gets it in `watcher` or in `predictor`, and the other is NULL.
 */
typedef struct davy_found_model {
    davy_model *watcher;
    davy_predictor *predictor;
} davy_found_model;

/**
 * @param models  folder of models, or NULL for the one of `data`
 * @return DAVY_ERR_UNSUPPORTED for an ONNX file that davy has not trained: what its numbers mean
 *         stands in the model.json beside it
 */
DAVY_MUST_CHECK davy_status davy_model_find(const char *data, const char *models, const char *word,
                                            davy_found_model *out);
/** Zeroed is fine. */
void davy_found_model_close(davy_found_model *found);

/**
 * The path of the model.onnx that a word means; the file may be anybody's.
 *
 * @param path  [PATH_MAX]
 */
DAVY_MUST_CHECK davy_status davy_model_path(const char *data, const char *models, const char *word,
                                            char *path);
