/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/prooftest.h"
#include "app/prooftest_plan.h"

#include <pthread.h>
#include <stdatomic.h>

/**
 * @file
 * The inside of proof tests, shared by the queue, the run of one condition, and the records.
 *
 * Stage: app.
 */

#define DAVY_PROOFTEST_STOPPED "davy was stopped"

/** A test that was ordered. */
typedef struct davy_prooftest_order {
    uint64_t id;
    char *patterns; /* NULL: all */
    bool notify;
    bool scheduled; /* by the site and not by a person */
} davy_prooftest_order;

struct davy_prooftests {
    davy_prooftest_parts parts;
    pthread_t thread;
    bool started;
    atomic_bool stopping;

    /* Of its thread. */
    davy_timezone *zone;
    int64_t rest_ns; /* monotonic: nothing is begun by itself before */
    char told[512];  /* to health */

    pthread_mutex_t lock; /* for all below */
    pthread_cond_t wake;
    davy_prooftest_order order; /* id 0: none */
    davy_prooftest_plan plan;   /* of a site that is held */
};

/** How many conditions of the site match. DAVY_ERR_NOT_FOUND for none, DAVY_ERR_INVALID for more
 * than one test takes. */
DAVY_MUST_CHECK davy_status davy_prooftest_count(davy_prooftests *tests, const char *patterns,
                                                 size_t *count);

/** Under the lock: record that a test begins, and make it the order. DAVY_ERR_EXISTS while there is
 * one. */
DAVY_MUST_CHECK davy_status davy_prooftest_accept(davy_prooftests *tests,
                                                  const davy_proof_order *wanted, bool scheduled,
                                                  size_t count);

/** Prove its conditions, each recorded. A failure breaks the test off. */
DAVY_MUST_CHECK davy_status davy_prooftest_run(davy_prooftests *tests,
                                               const davy_prooftest_order *order);

/** Record that the order has ended; whoever reads it may order the next one. @param why  it was
 * broken off; NULL: it was not */
void davy_prooftest_end(davy_prooftests *tests, const char *why);

/** One condition of a test. */
typedef struct davy_prooftest_item {
    const davy_prooftest_parts *parts;
    const davy_site *site; /* held by the test */
    const davy_condition *condition;
    bool notify;
    const atomic_bool *stopping;
} davy_prooftest_item;

/**
 * Prove one condition.
 *
 * @param result  {"condition", "outcome", "why"?, the times...}, a new reference; the schema
 *                ProofItem
 * @return failures of memory, and DAVY_ERR_FULL: a full disk says nothing of this condition, and
 *         would fail all that follow; any other path that fails is an outcome
 */
DAVY_MUST_CHECK davy_status davy_prooftest_prove(const davy_prooftest_item *item, json_t **result);

/** Keep a record of a test; takes the reference. @param kept  its number and time; NULL is fine */
DAVY_MUST_CHECK davy_status davy_prooftest_keep(const davy_prooftest_parts *parts, json_t *body,
                                                davy_record *kept);

/** One test; @param running  the one at work, 0 for none */
DAVY_MUST_CHECK davy_status davy_prooftest_read(davy_records *records, uint64_t id,
                                                uint64_t running, json_t **out);
DAVY_MUST_CHECK davy_status davy_prooftest_list(davy_records *records, size_t limit,
                                                uint64_t running, json_t **out);

/** The last proof of each condition, and what was planned: makes plan->latest. */
DAVY_MUST_CHECK davy_status davy_prooftest_latest(davy_records *records, davy_prooftest_plan *plan);
