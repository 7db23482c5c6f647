/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Large enough that a parsed site or a request usually needs one block. */
#define BLOCK_SIZE ((size_t) 64 * 1024)

struct davy_arena_block {
    davy_arena_block *next;
    size_t capacity;
    size_t used;
    _Alignas(DAVY_ARENA_ALIGNMENT) unsigned char bytes[];
};

void davy_arena_init(davy_arena *arena, size_t limit)
{
    *arena = (davy_arena){.limit = limit};
}

static davy_arena_block *add_block(davy_arena *arena, size_t size)
{
    size_t capacity = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    davy_arena_block *block;

    if (capacity > SIZE_MAX - sizeof *block - DAVY_ARENA_ALIGNMENT)
        return NULL;
    block = aligned_alloc(DAVY_ARENA_ALIGNMENT, sizeof *block + capacity);
    if (!block)
        return NULL;
    *block = (davy_arena_block){arena->blocks, capacity, 0};
    arena->blocks = block;
    return block;
}

void *davy_arena_alloc(davy_arena *arena, size_t size)
{
    davy_arena_block *block = arena->blocks;
    unsigned char *piece;

    if (size > SIZE_MAX - DAVY_ARENA_ALIGNMENT)
        return NULL;
    size = (size + DAVY_ARENA_ALIGNMENT - 1) / DAVY_ARENA_ALIGNMENT * DAVY_ARENA_ALIGNMENT;
    if (arena->limit && size > arena->limit - arena->used)
        return NULL;
    if (!block || size > block->capacity - block->used)
        block = add_block(arena, size);
    if (!block)
        return NULL;

    piece = block->bytes + block->used;
    block->used += size;
    arena->used += size;
    return memset(piece, 0, size);
}

void *davy_arena_array(davy_arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    return davy_arena_alloc(arena, count * size);
}

char *davy_arena_text(davy_arena *arena, const char *text, size_t length)
{
    char *copy = length < SIZE_MAX ? davy_arena_alloc(arena, length + 1) : NULL;

    return copy ? memcpy(copy, text, length) : NULL;
}

static void free_blocks(davy_arena_block *block)
{
    while (block) {
        davy_arena_block *next = block->next;

        free(block);
        block = next;
    }
}

void davy_arena_reset(davy_arena *arena)
{
    if (arena->blocks) {
        free_blocks(arena->blocks->next);
        arena->blocks->next = NULL;
        arena->blocks->used = 0;
    }
    arena->used = 0;
}

void davy_arena_clear(davy_arena *arena)
{
    free_blocks(arena->blocks);
    arena->blocks = NULL;
    arena->used = 0;
}
