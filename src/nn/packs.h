/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "nn/graph.h"

#include <stdbool.h>

/**
 * @file
 * Packs: rearranged copies of constants, shared by all plans of a network.
 *
 * Stage: nn. A kernel may want weights in another order or precision than the graph has them. Such
 * a copy is made once, while a plan is made under the network's lock, and never changes.
 */
typedef struct davy_packs {
    davy_arena memory;
    struct davy_pack *first;
} davy_packs;

/** @return the copy, zeroed and `fresh` when it is new; NULL without memory */
void *davy_packs_get(davy_packs *packs, davy_value value, const void *tag, size_t bytes,
                     bool *fresh);
void davy_packs_clear(davy_packs *packs);
