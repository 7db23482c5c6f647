/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/engine.h"

/**
 * @file
 * A proof of one condition: an engine beside the one at work, and samples that must make it find.
 *
 * Stage: detect. The engine has the code, the settings and the model of the condition at work, and
 * what the checks at work have learnt; it has signals of its own, so its samples can go the way of
 * all samples and reach no other check. What it learns goes with it.
 *
 * The samples are the newest real values with a deviation that grows beyond anything, ending now:
 * the delays of the condition lie behind, and the last samples decide. Silence, a model without
 * rows and a lost source need no samples: the proof has waited for longer than they may last, and
 * the next look at the time decides.
 *
 * Bad at: a model that was trained to know certain faults need not answer to a deviation of every
 * signal.
 */
typedef struct davy_proof davy_proof;

/** Put before every sentence of a proof. */
#define DAVY_PROOF_WORDS "PROOF TEST: "

/** A deviation grows to so many standard deviations of a signal. */
#define DAVY_PROOF_SIGMAS 1024.0

typedef struct davy_proof_parts {
    const davy_site *site;           /* bound; borrowed until destroy */
    const davy_condition *condition; /* of that site */
    const char *model;               /* the one at work, "name@version"; NULL: as the site says */
    const char *registry;            /* folder of models */
    davy_store *store;
    davy_detect_callbacks callbacks; /* findings are of davy_proof_conditions() */
    int64_t wall_ns, now_ns;
} davy_proof_parts;

/** @return DAVY_ERR_UNSUPPORTED for a condition of the daemon itself */
DAVY_MUST_CHECK davy_status davy_proof_create(const davy_proof_parts *parts, davy_proof **out);
/** NULL is fine. */
void davy_proof_destroy(davy_proof *proof);

/** Site of its own: of each signal a copy under the id of its marked path. */
const davy_site *davy_proof_site(const davy_proof *proof);
davy_detect *davy_proof_engine(davy_proof *proof);
/** Index of the condition among those of its engine, and that one. */
size_t davy_proof_index(const davy_proof *proof);
const davy_condition *davy_proof_condition(const davy_proof *proof);

/** What an engine at work must lend before davy_proof_prepare(): shift and novel have a past. */
bool davy_proof_borrows(const davy_proof *proof);

/** Samples in the order of sending. */
typedef struct davy_proof_samples {
    const davy_sample *samples; /* belong to the proof */
    size_t count, batch;        /* hand over so many at once */
} davy_proof_samples;

/**
 * Make the samples, and let the engine see what comes before them.
 *
 * @return DAVY_ERR_UNAVAILABLE with the reason why this condition cannot be found now: no model,
 *         no values, not enough learnt
 */
DAVY_MUST_CHECK davy_status davy_proof_prepare(davy_proof *proof, davy_proof_samples *out);
