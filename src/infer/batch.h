/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/queue.h"
#include "infer/served.h"

/**
 * @file
 * Batch: the inputs of several requests as one, and a place to run it.
 *
 * Stage: infer. One request alone is run on its own memory; several are copied one behind another
 * along dimension 0, which is what makes one run of them. Where a batch fails, each of its requests
 * is run by itself, so that only the one at fault is told so.
 */
typedef struct davy_place {
    davy_instance *instance; /* NULL until first used */
    davy_tensor *inputs, *outputs;
    struct davy_block {
        void *bytes;
        size_t size;
    } * memory; /* [input_count] of batches that were put together */
} davy_place;

/** Bytes of an element outside of the engine, where a text is davy_bytes. */
size_t davy_element_size(davy_type type);

/** Make ready what the first run needs. */
DAVY_MUST_CHECK davy_status davy_place_open(davy_place *place, const davy_served *served,
                                            davy_pool *pool);
/** A zeroed one is fine. */
void davy_place_close(davy_place *place, const davy_served *served);

/**
 * Run these inputs, which give place->outputs.
 *
 * @return DAVY_ERR_INVALID, and not DAVY_ERR_FULL, for what takes more than a run may: who asks
 *         again gets it again
 */
DAVY_MUST_CHECK davy_status davy_place_run(davy_place *place, const davy_tensor *inputs);

/** Set place->inputs: those of the first ask, or all one behind another. */
DAVY_MUST_CHECK davy_status davy_place_gather(davy_place *place, davy_ask *const *asks,
                                              size_t count);
