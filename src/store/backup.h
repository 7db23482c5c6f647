/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * A data folder copied as it was at one moment, also while a daemon writes it.
 *
 * Stage: store. The moment is the last frame of the log that was copied. Every segment is opened
 * before the first is read, so none can be lost to the sealer; chunks that were sealed later than
 * that frame are taken out of the copies of the day files, since their points are in the copied
 * log. Databases are copied with SQLite's online backup, each at one moment of its own that is not
 * before the log's. All other files are copied byte for byte; one that is written in place at that
 * moment may be copied half. Links, sockets, the lock and daemon.json stay behind.
 *
 * The copy is made under TO.partial, synced, read back whole and only then named TO: a folder TO
 * that is there is complete. The same function restores: a backup is a data folder.
 */
typedef struct davy_backup_report {
    uint64_t files, bytes;
    uint64_t frames;          /* of the log */
    uint64_t chunks, records; /* read back from the copy */
    uint64_t damaged;         /* pieces that the copy, and so its source, cannot answer */
    bool chain_broken;        /* the records do not verify; davy_error() says where */
} davy_backup_report;

/**
 * Copy the data folder FROM to TO, which must not exist. What is damaged is copied too and told in
 * the report. After a failure nothing of TO is left.
 *
 * @return DAVY_ERR_EXISTS, DAVY_ERR_NOT_FOUND when FROM holds no store, DAVY_ERR_INVALID when TO
 *         lies in FROM, DAVY_ERR_FULL, DAVY_ERR_IO
 */
DAVY_MUST_CHECK davy_status davy_backup_make(const char *from, const char *to,
                                             davy_backup_report *report);
