/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/**
 * @file
 * Proof tests as the routes see them; src/app runs them.
 *
 * Stage: serve.
 */

/** Most proof tests of one list. */
#define DAVY_PROOFS_LIST_MAX 1000

/** Most conditions of one list. */
#define DAVY_PROOFS_CONDITIONS_MAX 5000

typedef struct davy_proof_order {
    const char *by;       /* name of the key; NULL: nobody, the site asks for it */
    const char *patterns; /* over keys of conditions and names of detectors, separated by commas;
                           * NULL: all */
    bool notify;          /* send drills to those who would be told */
} davy_proof_order;

/** All for any thread. Objects are those of the API's schema ProofTest; the caller gives them back.
 */
typedef struct davy_proofs {
    void *context;
    /* It is recorded before the answer. DAVY_ERR_NOT_FOUND when nothing matches; DAVY_ERR_EXISTS
     * while another one runs. */
    davy_status (*start)(void *context, const davy_proof_order *order, uint64_t *id);
    davy_status (*get)(void *context, uint64_t id, json_t **test);
    /* The newest first, without their items. */
    davy_status (*list)(void *context, size_t limit, json_t **tests);
    /* Conditions of the site with their last proofs, objects of the schema ProofCondition; those
     * that were proved or are planned come first. */
    davy_status (*conditions)(void *context, size_t most, json_t **list, size_t *left_out);
} davy_proofs;
