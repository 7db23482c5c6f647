/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/model.h"
#include "models/samples/cautions.h"
#include "models/samples/form.h"
#include "models/signal_range.h"
#include "nn/pool.h"

#include <stdint.h>

/**
 * @file
 * A trained model that answers samples one by one: a class, a number, a forecast.
 *
 * Stage: models. Like a model that watches (models/model.h) it is a folder with model.onnx and
 * model.json, and the whole way from raw numbers or pixels to the answer is in the graph: scaling,
 * network, calibrated probabilities, intervals. A predictor never changes after it was opened and
 * may be shared by threads; an asker belongs to one.
 */
typedef struct davy_predictor davy_predictor;

/** Names of what goes into its graph and comes out. */
#define DAVY_PREDICTOR_SAMPLE        "sample"        /* [N, ...form] */
#define DAVY_PREDICTOR_PROBABILITIES "probabilities" /* [N, C] of classes */
#define DAVY_PREDICTOR_VALUE         "value"         /* [N, 1] of numbers */
#define DAVY_PREDICTOR_LOW           "low"           /* [N, 1], with `high`, of an interval */
#define DAVY_PREDICTOR_HIGH          "high"

/** What a predictor says of itself. All borrowed until it is closed. */
typedef struct davy_predictor_info {
    const char *name;
    unsigned version;
    const char *kind; /* "cnn" */
    davy_task task;
    davy_form form;
    const char *const *signals; /* [signal_count] columns, in order; none for pictures */
    const char *const *units;   /* [signal_count] "" where unknown; NULL: none is known */
    size_t signal_count;
    const davy_levels *levels;  /* [signal_count] words of those that hold categories; NULL: none */
    const bool *imputed;        /* [signal_count] its graph fills what is missing; NULL: nothing */
    const char *flows;          /* how connections were counted (data/flows.h); "" when not */
    const char *molecules;      /* how their columns were made (data/molecules.h); "" without any */
    const char *label;          /* column it learnt to answer; "" for none */
    const char *const *classes; /* [class_count] sorted; none for numbers */
    size_t class_count;
    const char *const *features; /* [feature_count] what its graph makes of a sample on the way */
    size_t feature_count;        /* 0: the model sees the sample as it is */
    size_t hold;                 /* rows for which a missing value is held */
    double cut;      /* of two classes: probability from which `positive` is said; 0: the larger */
    size_t positive; /* class that `cut` is of */
    double abstain;  /* a class below this probability is no answer; 0: always answers */
    double coverage; /* share of the held-out answers that the interval held; 0: no interval */
    int64_t period_ns;
    int64_t trained_ns;
    const char *data_hash, *file_hash;
    const char *signer;              /* public key of who signed the version; "" when nobody did */
    const davy_signal_range *ranges; /* [form.channels] of training; NULL: not known */
    const char *split;               /* rule by which samples were held out; "" for old models */
    const davy_cautions *cautions;   /* what the training warned of; NULL: nothing */
} davy_predictor_info;

/**
 * Open a model folder.
 *
 * @return DAVY_ERR_UNSUPPORTED for a model of another task; DAVY_ERR_CORRUPT names what does not
 *         fit, also for hostile files
 */
DAVY_MUST_CHECK davy_status davy_predictor_open(const char *folder, davy_predictor **out);
/** The same beneath a descriptor of the folder; sentences do not name it. */
DAVY_MUST_CHECK davy_status davy_predictor_open_at(int folder, davy_predictor **out);
/** NULL is fine; its askers are destroyed before it. */
void davy_predictor_close(davy_predictor *predictor);
const davy_predictor_info *davy_predictor_describe(const davy_predictor *predictor);

/**
 * Rows of a run before a row on which the answer to it depends: those of its window, and as many as
 * a missing value is held for. SIZE_MAX: on all rows of the run, before and behind.
 */
size_t davy_predictor_reach(const davy_predictor *predictor);

/** The task of a model folder, without opening the model. */
DAVY_MUST_CHECK davy_status davy_model_task(const char *folder, davy_task *out);
DAVY_MUST_CHECK davy_status davy_model_task_at(int folder, davy_task *out);

/** Answers to a batch. Arrays belong to the asker and last until its next question. */
typedef struct davy_answers {
    size_t count;
    const float *probabilities; /* [count * class_count]; NULL for numbers */
    const float *values;        /* [count]; NULL for classes */
    const float *low, *high;    /* [count] the interval; NULL for classes or without one */
} davy_answers;

/** Who asks: memory for the runs of one thread. */
typedef struct davy_asker davy_asker;

/** @param pool  borrowed; NULL: the asking thread alone. The answers are the same bits */
DAVY_MUST_CHECK davy_status davy_asker_create(const davy_predictor *predictor, davy_pool *pool,
                                              davy_asker **out);
/** NULL is fine. */
void davy_asker_destroy(davy_asker *asker);

/**
 * Ask. An answer does not depend on what else is in the batch, to the bit.
 *
 * @param samples  [count * davy_form_values()] in the units of training
 * @return DAVY_ERR_INVALID when a number is not finite; a NaN is taken where the model fills it
 */
DAVY_MUST_CHECK davy_status davy_asker_ask(davy_asker *asker, const float *samples, size_t count,
                                           davy_answers *answers);
