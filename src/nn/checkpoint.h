/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Checkpoint: a file of named blocks of bytes, whole and undamaged or refused.
 *
 * Stage: nn. A training is saved in one so that it can go on after a power cut. The file replaces
 * an older one by a rename after a sync. It is little-endian, as the machines davy runs on:
 *
 *     "davyckpt"  version (u32)  blocks (u32)  length of the file (u64)
 *     for each block: name (char[32], closed by a zero)  offset (u64)  length (u64)  XXH3 (u64)
 *     XXH3 of all bytes before this one (u64)
 *     the blocks, in order, each at the next multiple of 64, with zeros between
 *
 * A reader trusts nothing: everything is checked before a block is handed out. The checksums find
 * damage; they are no proof against somebody who can write them.
 */

/** Version of the format; another one is DAVY_ERR_UNSUPPORTED. */
#define DAVY_CHECKPOINT_VERSION    1U
#define DAVY_CHECKPOINT_BLOCKS_MAX ((size_t) 32)
#define DAVY_CHECKPOINT_NAME_MAX   ((size_t) 32) /* with its zero */

typedef struct davy_block {
    char name[DAVY_CHECKPOINT_NAME_MAX];
    const void *bytes;
    size_t length;
} davy_block;

/** A file that was read. A zeroed one is valid and empty. */
typedef struct davy_checkpoint {
    davy_buffer file;
    davy_block blocks[DAVY_CHECKPOINT_BLOCKS_MAX]; /* borrow from `file`, aligned as it is */
    size_t count;
} davy_checkpoint;

/** Write blocks to a file. Names are ours: short enough, none twice, at most BLOCKS_MAX. */
DAVY_MUST_CHECK davy_status davy_checkpoint_write(const char *path, const davy_block *blocks,
                                                  size_t count);

/**
 * Read a file and check all of it.
 *
 * @param limit  most bytes it may have
 * @return DAVY_ERR_NOT_FOUND, DAVY_ERR_IO, DAVY_ERR_FULL (longer), DAVY_ERR_CORRUPT,
 *         DAVY_ERR_UNSUPPORTED, each with the path
 */
DAVY_MUST_CHECK davy_status davy_checkpoint_read(const char *path, size_t limit,
                                                 davy_checkpoint *out);

/** The same from bytes, which the blocks then borrow; a failure leaves none. `file` is not touched.
 */
DAVY_MUST_CHECK davy_status davy_checkpoint_parse(const void *bytes, size_t length,
                                                  davy_checkpoint *out);

/** Block of this name, or NULL. */
const davy_block *davy_checkpoint_find(const davy_checkpoint *checkpoint, const char *name);

void davy_checkpoint_clear(davy_checkpoint *checkpoint);
