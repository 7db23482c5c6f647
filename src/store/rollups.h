/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/rollup_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The files of rollups of a store and a pool of connections to them.
 *
 * Stage: store. A day has one or none, whatever the classes of its signals. Any thread may call.
 */
typedef struct davy_rollups davy_rollups;

/** Find the files in the folder of the day files, which is there. */
DAVY_MUST_CHECK davy_status davy_rollups_open(const char *folder, davy_rollups **out);

/** No connection may be out. NULL is fine. */
void davy_rollups_close(davy_rollups *rollups);

/** Numbers of the days [from, to] that have a file, ascending, into an allocated array. */
DAVY_MUST_CHECK davy_status davy_rollups_list(davy_rollups *rollups, int32_t from, int32_t to,
                                              int32_t **numbers, size_t *count);

/** Borrow a connection to read a file that is there; else DAVY_ERR_NOT_FOUND. */
DAVY_MUST_CHECK davy_status davy_rollups_get(davy_rollups *rollups, int32_t number,
                                             davy_rollup_file **out);

/** Borrow one to write, and make the file when there is none. */
DAVY_MUST_CHECK davy_status davy_rollups_make(davy_rollups *rollups, int32_t number,
                                              davy_rollup_file **out);

/** Give it back; NULL is fine. `broken`: do not use it again. */
void davy_rollups_put(davy_rollups *rollups, davy_rollup_file *file, bool broken);

/** Rename a damaged file, so that a new one can be made. */
DAVY_MUST_CHECK davy_status davy_rollups_set_aside(davy_rollups *rollups, int32_t number);

/** Remove a file for good; fine when there is none. @param bytes  room that this gave */
DAVY_MUST_CHECK davy_status davy_rollups_remove(davy_rollups *rollups, int32_t number,
                                                uint64_t *bytes);

/** Bytes of all files, without what SQLite keeps beside them. */
uint64_t davy_rollups_bytes(davy_rollups *rollups);

/** Check every block of every file, and tell of each file in which places are damaged. */
typedef void (*davy_rollups_tell)(void *context, int32_t number, uint64_t damaged);
DAVY_MUST_CHECK davy_status davy_rollups_verify(davy_rollups *rollups, davy_rollups_tell tell,
                                                void *context);
