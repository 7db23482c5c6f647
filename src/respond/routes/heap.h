/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/**
 * @file
 * A binary heap of numbered things, the one with the least key on top, whose keys may become less.
 *
 * Stage: respond, room routes. The caller gives the memory and the keys.
 */

typedef struct davy_heap {
    const double *keys; /* [n] of the things, changed by the caller before davy_heap_offer() */
    uint32_t *things;   /* [n] the heap */
    uint32_t *places;   /* [n] where a thing is in it; UINT32_MAX: not in it */
    uint32_t count;
} davy_heap;

/** Put a thing in, or move it up after its key became less. */
void davy_heap_offer(davy_heap *heap, uint32_t thing);

/** Take the thing with the least key; the heap has one. */
uint32_t davy_heap_take(davy_heap *heap);
