/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * @file
 * Files as davy needs them: read whole with a limit, replaced whole or not at all, synced.
 *
 * Stage: core.
 */

/** Read a regular file whole into an empty buffer. DAVY_ERR_FULL when it is longer than `limit`. */
DAVY_MUST_CHECK davy_status davy_file_read(const char *path, size_t limit, davy_buffer *out);

/** Open a folder, for those who open what stands beneath it. DAVY_ERR_NOT_FOUND when it is none. */
DAVY_MUST_CHECK davy_status davy_folder_open(const char *path, int *out);

/**
 * Open what stands beneath a folder that strangers may write into: no "..", no absolute path, no
 * link on the way (openat2 with RESOLVE_BENEATH), and no pipe is waited for.
 *
 * @param folder  descriptor of the folder
 * @param flags   as open()'s; O_CLOEXEC is added
 * @return DAVY_ERR_NOT_FOUND, DAVY_ERR_DENIED for a path that leads outside or over a link
 */
DAVY_MUST_CHECK davy_status davy_open_beneath(int folder, const char *path, int flags, int *out);

/** Read a regular file beneath a folder whole, as davy_file_read() does. */
DAVY_MUST_CHECK davy_status davy_file_read_beneath(int folder, const char *path, size_t limit,
                                                   davy_buffer *out);

/**
 * Replace a file: write beside it, sync, rename over it, sync the folder. After a crash the file
 * holds the old bytes or the new ones.
 *
 * @param mode  permission bits of the new file, for example 0600
 */
DAVY_MUST_CHECK davy_status davy_file_replace(const char *path, const void *bytes, size_t length,
                                              mode_t mode);

/** Remove what writers of this file that died before their rename have left beside it. Only under
 * the lock under which it is replaced: without it, they may be alive. */
void davy_file_sweep(const char *path);

/** A piece of what becomes a file. */
typedef struct davy_file_part {
    const void *bytes;
    size_t length;
} davy_file_part;

/** The same with bytes that lie in several places, so that they need not be put together first. */
DAVY_MUST_CHECK davy_status davy_file_replace_parts(const char *path, const davy_file_part *parts,
                                                    size_t count, mode_t mode);

/** Write all bytes to a descriptor, again after short writes and interrupts. */
DAVY_MUST_CHECK davy_status davy_file_write_all(int descriptor, const void *bytes, size_t length);

/** Make a folder and those above it; existing ones are fine. */
DAVY_MUST_CHECK davy_status davy_folder_make(const char *path, mode_t mode);

/** Sync a folder, so that a rename or a new file in it survives a power cut. */
DAVY_MUST_CHECK davy_status davy_folder_sync(const char *path);

/** Sync the folder that a file stands in. */
DAVY_MUST_CHECK davy_status davy_file_sync_parent(const char *path);

/** XXH3 checksum of bytes: finds damage, proves nothing against an attacker. */
uint64_t davy_checksum(const void *bytes, size_t length);
