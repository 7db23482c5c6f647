/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Single files of a backup: plain ones, databases, day files. Private to the stage.
 *
 * Stage: store. A copy is synced when the function returns; the folder it stands in is not.
 */

/** Create a file that is not there yet, write it and sync it. */
DAVY_MUST_CHECK davy_status davy_backup_write(const char *path, const void *bytes, size_t length,
                                              unsigned mode);

/** DAVY_ERR_NOT_FOUND when there is no FROM any more. */
DAVY_MUST_CHECK davy_status davy_backup_plain(const char *from, const char *to, uint64_t *bytes);

/** One moment of a database that others may write. One that SQLite cannot read is copied byte for
 * byte: what is wrong with it is found when it is read back. The copy needs no -wal beside it. */
DAVY_MUST_CHECK davy_status davy_backup_database(const char *from, const char *to, uint64_t *bytes);

/** A connection with nothing of a day file about it: it makes no schema and checks none. The caller
 * closes it, after a failure too; NULL where there was no memory. */
DAVY_MUST_CHECK davy_status davy_backup_open(const char *path, int flags, sqlite3 **out);

/** A file that is being made has no schema yet, for the length of one transaction, and has none for
 * longer where its maker ended meanwhile. */
DAVY_MUST_CHECK davy_status davy_backup_has_schema(sqlite3 *database, bool *has);

/** Take the chunks out of a copied day file that were sealed after frame `last`. */
DAVY_MUST_CHECK davy_status davy_backup_cut_day(const char *path, uint64_t last);

/** The highest sequence of any chunk of a day file. */
DAVY_MUST_CHECK davy_status davy_backup_sealed(const char *path, uint64_t *sequence);

/** Of a file of rollups what outlived its samples; no copy where nothing did. */
DAVY_MUST_CHECK davy_status davy_backup_rollups(const char *from, const char *to, uint64_t *bytes);
