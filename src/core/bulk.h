/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Bulk: memory for what grows with the rows of a file, so that a large history costs disk.
 *
 * Stage: core. A small block is malloc's. A block of DAVY_BULK_LIMIT bytes or more lies in a file
 * that has no name and is mapped: the kernel writes it out when it needs the memory, and it is gone
 * with the process. Files lie in the first folder that has room, of $TMPDIR, the folder of
 * davy_bulk_folder() and /var/tmp; a folder that is itself memory (tmpfs) is passed over, and
 * DAVY_BULK_RESERVE is left free for whoever else writes there. Their room is taken when they are
 * made: a full disk is a sentence, and no SIGBUS in the middle of a training. Where no disk has
 * room a block may take a share of the memory that is free.
 *
 * It is bad at blocks that are read in no order and are larger than the memory: each touch may be a
 * read of the disk. Any thread may call.
 */

/** Bytes from which on a block lies in a file. */
#define DAVY_BULK_LIMIT ((size_t) 64 << 20)

/** Bytes that are left free on a disk. */
#define DAVY_BULK_RESERVE ((uint64_t) 1 << 30)

/** Name a folder that large blocks may lie in; borrowed for good. */
void davy_bulk_folder(const char *path);

/** Zeroed memory for `count` of `size` bytes; NULL, and a sentence for davy_error(), without room.
 */
void *davy_bulk_alloc(size_t count, size_t size);

/**
 * A block of another length with the same beginning; the rest of it holds anything.
 *
 * @param block  of davy_bulk_alloc() or NULL; no more to be used, unless the call fails
 * @param have   bytes of the block that are to be kept
 * @return NULL, and a sentence for davy_error(), without room
 */
void *davy_bulk_grow(void *block, size_t have, size_t count, size_t size);

/** Give a block back. NULL is fine, and what malloc() gave. */
void davy_bulk_free(void *block);

/**
 * As qsort(), which takes memory for a copy of all: here a large copy is a block. Equal ones keep
 * their order, unless there is no room for the copy.
 */
void davy_bulk_sort(void *items, size_t count, size_t size,
                    int (*compare)(const void *a, const void *b));

/** The most room there is for blocks: on one of the disks, or in memory. */
uint64_t davy_bulk_room(void);
