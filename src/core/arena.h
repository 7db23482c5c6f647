/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>

/**
 * @file
 * Arena: many small pieces of memory that are given back together.
 *
 * Stage: core. A batch, a parsed file or a request takes its scratch memory here and resets it at
 * the end. Pieces are zeroed and aligned to DAVY_ARENA_ALIGNMENT. One thread per arena.
 */

/** One cache line, so that vectors of any width may load from a piece. */
#define DAVY_ARENA_ALIGNMENT 64

typedef struct davy_arena_block davy_arena_block;

/** Set by davy_arena_init(); a zeroed arena is a valid empty one without a limit. */
typedef struct davy_arena {
    davy_arena_block *blocks; /* newest first */
    size_t used;              /* bytes handed out */
    size_t limit;             /* most bytes it may hand out; 0 for no limit */
} davy_arena;

/** An empty arena that hands out at most `limit` bytes, 0 for no limit. */
void davy_arena_init(davy_arena *arena, size_t limit);

/** `size` zeroed bytes, or NULL when memory or the limit is exhausted. */
void *davy_arena_alloc(davy_arena *arena, size_t size);

/** `count` zeroed elements, or NULL; the product is checked. */
void *davy_arena_array(davy_arena *arena, size_t count, size_t size);

/** A copy of the first `length` characters of `text`, closed by a zero; NULL like the above. */
char *davy_arena_text(davy_arena *arena, const char *text, size_t length);

/** Take all pieces back and keep one block for the next batch. */
void davy_arena_reset(davy_arena *arena);

/** Give everything back; the arena is empty and usable afterwards. */
void davy_arena_clear(davy_arena *arena);
