/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"
#include "nn/pool.h"

/**
 * @file
 * Network and session: a graph made ready to run, and one who runs it.
 *
 * Stage: nn. A network owns a graph, the rearranged copies of its weights, and the plans made so
 * far, one for each set of input shapes; threads share it and it is locked only while a plan is
 * made. A session has its own memory and belongs to one thread. A run with shapes seen before
 * allocates nothing and takes no lock.
 */
typedef struct davy_network davy_network;
typedef struct davy_session davy_session;

/** Plans kept for one network; the one used longest ago gives way. */
#define DAVY_PLANS_MAX 16

/** Bytes that a run may take, unless said otherwise: what a small machine can give. */
#define DAVY_RUN_MEMORY_MAX ((size_t) 4 << 30)

typedef struct davy_network_options {
    bool bf16;         /* allow bf16 products; without AMX the answers stay f32 */
    bool borrow;       /* the graph stays the caller's, who has run the passes: an inner graph */
    size_t memory_max; /* bytes of one plan's arena and of what a run allocates; 0: the default */
} davy_network_options;

/** Takes ownership of the graph, also when it fails, and runs the passes; see `borrow`. */
DAVY_MUST_CHECK davy_status davy_network_create(davy_graph *graph,
                                                const davy_network_options *options,
                                                davy_network **out);
/** NULL is fine; its sessions are destroyed before it. */
void davy_network_destroy(davy_network *network);
/** What it runs: names, types and shapes of inputs and outputs. Borrowed. */
const davy_graph *davy_network_graph(const davy_network *network);

/** @param pool  borrowed; NULL: the session's thread alone */
DAVY_MUST_CHECK davy_status davy_session_create(davy_network *network, davy_pool *pool,
                                                davy_session **out);
/** NULL is fine. */
void davy_session_destroy(davy_session *session);

/**
 * Run. Inputs are read, not changed; outputs are borrowed until the session's next run.
 *
 * @param inputs   [graph->input_count], with data
 * @param outputs  [graph->output_count]
 * @return DAVY_ERR_INVALID when an input's type or shape does not fit, or data is out of range
 *         (an index); DAVY_ERR_FULL beyond memory_max; DAVY_ERR_UNAVAILABLE while
 *         DAVY_PLANS_MAX runs go on with as many shapes; DAVY_ERR_UNSUPPORTED by an operator
 */
DAVY_MUST_CHECK davy_status davy_session_run(davy_session *session, const davy_tensor *inputs,
                                             davy_tensor *outputs);

/** Bytes of the arena of the plan of the last run; what there would be without reuse. */
void davy_session_memory(const davy_session *session, size_t *arena, size_t *without_reuse);
