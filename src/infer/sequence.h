/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/batch.h"
#include "infer/match.h"

/**
 * @file
 * Sequences: what a model remembers from request to request, for each who asks.
 *
 * Stage: infer. A sequence belongs to a client, a version and a correlation id; the name of the
 * client is part of its key, so no id can be guessed into somebody else's state. A watcher's
 * sequence has an instance of its own, whose scorer goes on; a graph's has its state tensors, which
 * come back as inputs of the next request.
 *
 * A sequence begins with its start and ends with its end, when it was idle for too long, or with
 * its version. Requests of one sequence run one after another in the order of their arrival.
 */
typedef struct davy_sequences davy_sequences;
typedef struct davy_sequence davy_sequence;

/** Sequences of a version, unless its config says less: 1,000 clients with one each. */
#define DAVY_SEQUENCES_MAX ((size_t) 1024)
/** A client that has not come back for so long is gone: a minute, as Triton's clients expect. */
#define DAVY_SEQUENCE_IDLE_US UINT64_C(60000000)

DAVY_MUST_CHECK davy_status davy_sequences_create(const davy_served *served, davy_pool *pool,
                                                  davy_sequences **out);
/** NULL is fine. Nobody is in a sequence. */
void davy_sequences_destroy(davy_sequences *sequences);
size_t davy_sequences_count(davy_sequences *sequences);

/**
 * Find or begin the sequence of a request and wait until it is free: it is the caller's until
 * davy_sequence_leave().
 *
 * @return DAVY_ERR_INVALID for one that is not known and does not start; DAVY_ERR_FULL
 */
DAVY_MUST_CHECK davy_status davy_sequence_enter(davy_sequences *sequences,
                                                const davy_infer_request *request,
                                                davy_sequence **out);
/** @param ends  it is over: nobody finds it any more */
void davy_sequence_leave(davy_sequences *sequences, davy_sequence *sequence, bool ends);

/** Where a watcher's past is kept and goes on; NULL for graphs. */
davy_place *davy_sequence_place(davy_sequence *sequence);

/** Whether an input or output belongs to the host: controls and states. */
bool davy_sequence_keeps(const davy_infer_config *config, const char *name);

/** Give the inputs that are the host's: controls, and the states as they were left. */
DAVY_MUST_CHECK davy_status davy_sequence_fill(davy_sequence *sequence,
                                               const davy_served_info *info,
                                               const davy_infer_request *request, davy_arena *arena,
                                               davy_matched *matched);
/** Keep what the model gave. @param states  [state_count] */
DAVY_MUST_CHECK davy_status davy_sequence_keep(davy_sequence *sequence, const davy_tensor *states);
