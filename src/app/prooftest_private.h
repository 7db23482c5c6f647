/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/prooftest.h"

#include <stdatomic.h>

/**
 * @file
 * The inside of proof tests, shared by the queue, the run of one condition, and the records.
 *
 * Stage: app.
 */

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
 * @return failures of memory alone; a path that fails is an outcome
 */
DAVY_MUST_CHECK davy_status davy_prooftest_prove(const davy_prooftest_item *item, json_t **result);

/** Keep a record of a test; takes the reference. */
DAVY_MUST_CHECK davy_status davy_prooftest_keep(const davy_prooftest_parts *parts, json_t *body,
                                                uint64_t *sequence);

/** One test; @param running  the one at work, 0 for none */
DAVY_MUST_CHECK davy_status davy_prooftest_read(davy_records *records, uint64_t id,
                                                uint64_t running, json_t **out);
DAVY_MUST_CHECK davy_status davy_prooftest_list(davy_records *records, size_t limit,
                                                uint64_t running, json_t **out);

/** What failed when it was tested last: {condition: why}, a new reference. */
DAVY_MUST_CHECK davy_status davy_prooftest_failing(davy_records *records, json_t **out);
