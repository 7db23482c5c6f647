/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"

/**
 * @file
 * Prefetch: batches filled by a thread while the caller works on the one before.
 *
 * Stage: nn. Two batches of memory are taken at creation; filling and handing over allocate
 * nothing. What the caller sees does not depend on which thread is faster.
 */

/** Samples to learn from or to validate with. */
typedef struct davy_samples {
    size_t count; /* samples; 0: none */
    void *context;
    /**
     * Fill one batch. Called on a thread of its own, one call at a time.
     *
     * @param epoch    from 0, for augmentation that is drawn from (seed, epoch, index)
     * @param indices  [count] samples to put into rows 0 .. count-1
     * @param inputs   [graph->input_count] with memory for `count` rows of the graph's shapes
     */
    davy_status (*fill)(void *context, uint64_t epoch, const uint32_t *indices, size_t count,
                        davy_tensor *inputs);
} davy_samples;

typedef struct davy_prefetch davy_prefetch;

/** A pass over samples. */
typedef struct davy_prefetch_pass {
    const davy_samples *samples;
    uint64_t epoch;
    const uint32_t *order; /* [count] borrowed until the next pass; samples in their order */
    size_t count;
} davy_prefetch_pass;

/**
 * @param graph  every input has its shape declared, all but dims[0], which is the batch
 * @param batch  rows of a batch; the last one of a pass may have fewer
 */
DAVY_MUST_CHECK davy_status davy_prefetch_create(const davy_graph *graph, size_t batch,
                                                 davy_prefetch **out);
/** Ends the thread. NULL is fine. */
void davy_prefetch_destroy(davy_prefetch *prefetch);

/** Begin a pass; what is left of the one before is dropped. `pass` is copied. */
void davy_prefetch_begin(davy_prefetch *prefetch, const davy_prefetch_pass *pass);

/**
 * The next batch, which the caller has until the next call.
 *
 * @param count  its rows; 0 when the pass is over
 * @return what fill() failed with
 */
DAVY_MUST_CHECK davy_status davy_prefetch_next(davy_prefetch *prefetch, const davy_tensor **inputs,
                                               size_t *count);
