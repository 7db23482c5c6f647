/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/engine.h"

/**
 * @file
 * Detectors that work with another model after a reload than before it.
 *
 * Stage: app. A model that was swapped under a detector may be why its alarm comes or goes.
 */

/** @param from  "name@version", or NULL for none */
typedef void davy_swap_tell(void *context, const char *detector, const char *from, const char *to);

/** An engine and the site it is for. */
typedef struct davy_swap_side {
    const davy_site *site;
    const davy_detect *engine;
} davy_swap_side;

/** Tell of each detector that is on both sides whether its model is another one. */
void davy_swaps_find(const davy_swap_side *before, const davy_swap_side *after,
                     davy_swap_tell *tell, void *context);
