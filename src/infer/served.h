/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/config.h"
#include "infer/request.h"
#include "models/explain/explain.h"
#include "models/model.h"
#include "models/predictor.h"
#include "nn/pool.h"

/**
 * @file
 * Served model: one version of a model, opened, and an instance: one who runs it.
 *
 * Stage: infer. What a version is decides its backend, a row of one table (backend.h):
 *
 *     predictor  what davy trained to answer: the graph's tensors, and explanations
 *     watcher    what davy trained to watch: rows in order; scores, verdicts, contributions
 *     onnx       anybody's model.onnx
 *     ensemble   a graph of models, from config.pbtxt
 *
 * A served model never changes after it was opened and is shared by threads; an instance belongs
 * to one at a time.
 */
typedef struct davy_served davy_served;
typedef struct davy_instance davy_instance;

/** All borrowed until the model is closed. */
typedef struct davy_served_info {
    const char *name;
    unsigned version;
    const char *backend;  /* "onnx" */
    const char *platform; /* "onnx", or "ensemble": what clients of the protocol are told */
    const davy_port *inputs, *outputs;
    size_t input_count, output_count;
    size_t batch_max; /* requests may be put together along dimension 0; 0: not */
    bool stateful;    /* answers depend on the requests of a sequence before */
    const davy_infer_config *config;
    const char *const *labels; /* [label_count] of the classes; NULL */
    size_t label_count;
    const davy_predictor_info *predictor; /* of backend predictor, else NULL */
    const davy_model_info *watcher;       /* of backend watcher, else NULL */
    const char *file_hash;
    size_t memory; /* bytes of its numbers, about */
} davy_served_info;

/**
 * Open the folder of a version. The folder is a stranger's: paths are opened beneath it only
 * (openat2 with RESOLVE_BENEATH and no links), no FIFO is waited for, external data stays inside.
 *
 * @param folder    "REPOSITORY/NAME/VERSION"
 * @param config    borrowed until the model is closed; NULL: the folder's own, or none
 * @return DAVY_ERR_CORRUPT, DAVY_ERR_UNSUPPORTED, DAVY_ERR_INVALID (config and graph differ) with
 *         the file and what does not fit
 */
DAVY_MUST_CHECK davy_status davy_served_open(const char *folder, const char *name, unsigned version,
                                             const davy_infer_config *config, davy_served **out);

/**
 * Open an ONNX file that stands alone, whatever it is called and whatever is beside it; its name is
 * the file's and its version 0.
 */
DAVY_MUST_CHECK davy_status davy_served_open_file(const char *folder, const char *file,
                                                  davy_served **out);
/** NULL is fine; its instances are destroyed before it. */
void davy_served_close(davy_served *served);
const davy_served_info *davy_served_describe(const davy_served *served);

/** @param pool  borrowed; NULL: the running thread alone */
DAVY_MUST_CHECK davy_status davy_instance_create(const davy_served *served, davy_pool *pool,
                                                 davy_instance **out);
/** NULL is fine. */
void davy_instance_destroy(davy_instance *instance);

/** A new run or sequence begins: a stateful model forgets what it saw before. */
void davy_instance_reset(davy_instance *instance);

/**
 * Run on whole tensors: every input of the model, in its order, checked against its ports. A
 * watcher goes on where its last run ended.
 *
 * @param inputs   [input_count] of the model; of a picture input, BYTES were decoded before
 * @param outputs  [output_count] of the model; borrowed until the instance's next run
 */
DAVY_MUST_CHECK davy_status davy_instance_run(davy_instance *instance, const davy_tensor *inputs,
                                              davy_tensor *outputs);

/**
 * What the last run itself found of its samples, in their order, as "the window is not full yet".
 * None for backends that judge everything. Borrowed until the next run.
 */
const davy_doubt *davy_instance_doubts(const davy_instance *instance, size_t *count);

/** Who is asked between the steps of explanations from now on; before the first of them. */
void davy_instance_set_pace(davy_instance *instance, davy_explain_pace pace);

/**
 * Whether its answers could be explained, before anything is run.
 *
 * @param method  as requests have it; NULL: auto. A watcher has one way and leaves it aside
 * @return DAVY_ERR_UNSUPPORTED when the backend has no explanation, DAVY_ERR_INVALID when no method
 *         has this name
 */
DAVY_MUST_CHECK davy_status davy_served_check_explain(const davy_served *served,
                                                      const char *method);

/**
 * Explain the answers to one sample of the tensors that were run last.
 *
 * @param sample  its index along dimension 0
 * @param arena   holds what the attribution points to
 * @return DAVY_ERR_UNSUPPORTED when the backend or the graph has no explanation
 */
DAVY_MUST_CHECK davy_status davy_instance_explain(davy_instance *instance, size_t sample,
                                                  const davy_infer_request *request,
                                                  davy_arena *arena, davy_attribution *out);
