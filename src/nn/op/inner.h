/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/network.h"
#include "nn/op.h"

/**
 * @file
 * Inner graphs: the bodies of if, loop and scan, run by a session of their own.
 *
 * Stage: nn. What a body makes decides the shapes of the node's outputs, so it runs while the node
 * is prepared, late, when all numbers are there; forward() hands the results over. The state owns
 * what was made and gives it back in clear(). The body's session stays with the session that runs
 * the node, so that a body is planned once for the same shapes and not in every run.
 *
 * The last inputs of the node are values of the outer graph that its bodies use; the attribute
 * `captured` says how many, and the last inputs of every body are the same.
 */

/** Iterations that all loops of one run may take together: a model must not run for ever. */
#define DAVY_LOOP_ITERATIONS_MAX ((int64_t) 1000000)

typedef struct davy_inner {
    const davy_graph *graph;
    davy_network *network;
    davy_session *session;
    bool kept;               /* for the next run, in the list of the node's bodies */
    struct davy_inner *next; /* in that list */
} davy_inner;

/** Results that were copied out of a session, and stacks of them that grow. */
typedef struct davy_kept {
    davy_tensor tensor; /* of one result; its data are the first of the stack */
    size_t size, count; /* bytes taken, and results stacked */
} davy_kept;

/** Whether all inputs of a node can be read now; if not the caller returns DAVY_OK. */
bool davy_inner_ready(davy_call *call);

/**
 * Make the graph of an attribute ready to run, or find it as the last run left it.
 *
 * @param inputs   it must have so many
 * @param outputs  it must have so many at least: a node may leave the last ones away
 */
DAVY_MUST_CHECK davy_status davy_inner_open(const davy_call *call, const char *attribute,
                                            size_t inputs, size_t outputs, davy_inner **out);
/** Destroy it, unless it is kept for the next run. NULL is fine. */
void davy_inner_close(davy_inner *inner);
/** Destroy the bodies that are kept: the `release` of a row. */
void davy_inner_release(void *held);

/** Run once. @param outputs  borrowed until the next run */
DAVY_MUST_CHECK davy_status davy_inner_run(const davy_call *call, const davy_inner *inner,
                                           const davy_tensor *inputs, davy_tensor *outputs);

/** A loop begins and ends, in one thread; loops inside it share its iterations. */
void davy_inner_enter(void);
void davy_inner_leave(void);
/** Count one iteration. @return DAVY_ERR_FULL beyond DAVY_LOOP_ITERATIONS_MAX */
DAVY_MUST_CHECK davy_status davy_inner_iterate(const davy_call *call);

/** Keep a copy of `tensor` in place of what was kept. */
DAVY_MUST_CHECK davy_status davy_kept_set(const davy_call *call, davy_kept *kept,
                                          const davy_tensor *tensor);
/** Stack a copy of `tensor`, which has the type and shape of those before it. */
DAVY_MUST_CHECK davy_status davy_kept_push(const davy_call *call, davy_kept *kept,
                                           const davy_tensor *tensor);
/**
 * Take what one run of a body made: the first `carried` outputs in place of what was carried, the
 * others onto their stacks. An output may lie where an input of the body lies, so what was carried
 * stays as it is in `before` until all are taken.
 *
 * @param kept    [count]
 * @param before  [carried]
 */
DAVY_MUST_CHECK davy_status davy_kept_take(const davy_call *call, davy_kept *kept,
                                           davy_kept *before, size_t carried,
                                           const davy_tensor *outputs, size_t count);
void davy_kept_clear(davy_kept *kept);

/** A tensor that is true: one bool. */
DAVY_MUST_CHECK davy_status davy_inner_truth(const davy_call *call, const davy_tensor *tensor,
                                             bool *out);
