/* SPDX-License-Identifier: Apache-2.0 */
#include "store/day_private.h"

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/*
 * SQLite takes what it reads in the write-ahead log for committed. After a sync that failed, or a
 * kill before one, that may be in the system's memory alone; the kernel may have dropped it and
 * forgotten the error, so a later sync of the same pages means nothing. Points that are sealed once
 * more would be found there, nothing would be written, and a mark in the hot log would say that
 * they are on disk. So the log is written over itself once more and synced, as the last segment of
 * the hot log is at a start, before a connection changes anything and after any change that failed.
 *
 * Source: A. Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020.
 */

/* SQLite brings the log into the file at 1,000 pages of 8 KiB; a transaction may make it longer. */
#define LOG_BYTES_MAX ((size_t) 1024 * 1024 * 1024)

/* Changes that failed, of all stores of this process: one settling too many costs a write. */
static atomic_uint failures = 1;

void davy_day_note_failure(void)
{
    atomic_fetch_add(&failures, 1);
}

static davy_status write_again(const char *path, const davy_buffer *bytes)
{
    int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    davy_status status;

    if (descriptor < 0)
        return davy_fail(DAVY_ERR_IO, "cannot open '%s'", path);
    status = davy_file_write_all(descriptor, bytes->bytes, bytes->length);
    if (status == DAVY_OK && fsync(descriptor) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot sync '%s'", path);
    close(descriptor);
    return status;
}

/* Under SQLite's lock for writers, so that the log is nobody else's. */
davy_status davy_day_settle(davy_day *day)
{
    const unsigned now = atomic_load(&failures);
    const char *path = sqlite3_filename_wal(sqlite3_db_filename(day->database, "main"));
    davy_buffer bytes = {0};
    davy_status status;

    if (day->settled == now || !path)
        return DAVY_OK;
    status = davy_file_read(path, LOG_BYTES_MAX, &bytes);
    if (status == DAVY_ERR_NOT_FOUND)
        status = DAVY_OK;
    if (status == DAVY_OK && bytes.length > 0)
        status = write_again(path, &bytes);
    davy_buffer_clear(&bytes);
    if (status == DAVY_OK)
        day->settled = now;
    return status;
}
