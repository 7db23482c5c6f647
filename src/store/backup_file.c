/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backup_file.h"

#include "core/file.h"
#include "core/sample.h"
#include "store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t) 64 * 1024)

/* A new database has its schema after one commit: a second is long. */
#define SCHEMA_TRIES    100
#define SCHEMA_PAUSE_NS (10 * DAVY_NS_PER_MS)

static davy_status create_file(const char *path, unsigned mode, int *out)
{
    *out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (*out < 0)
        return davy_fail(errno == ENOSPC || errno == EDQUOT ? DAVY_ERR_FULL : DAVY_ERR_IO,
                         "cannot create '%s'", path);
    return DAVY_OK;
}

static davy_status sync_and_close(int file, const char *path, davy_status status)
{
    if (status == DAVY_OK && fsync(file) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot sync '%s'", path);
    close(file);
    return status;
}

davy_status davy_backup_write(const char *path, const void *bytes, size_t length, unsigned mode)
{
    int file;
    davy_status status = create_file(path, mode, &file);

    if (status != DAVY_OK)
        return status;
    status = davy_file_write_all(file, bytes, length);
    if (status != DAVY_OK)
        davy_fail_in(status, "'%s'", path);
    return sync_and_close(file, path, status);
}

static davy_status copy_bytes(int source, int target, const char *to, uint64_t *bytes)
{
    char piece[PIECE_BYTES];
    davy_status status = DAVY_OK;
    ssize_t length = 0;

    while (status == DAVY_OK &&
           ((length = read(source, piece, sizeof piece)) > 0 || (length < 0 && errno == EINTR))) {
        if (length < 0)
            continue;
        status = davy_file_write_all(target, piece, (size_t) length);
        *bytes += (uint64_t) length;
    }
    if (status == DAVY_OK && length < 0)
        status = davy_fail(DAVY_ERR_IO, "cannot read what becomes '%s'", to);
    return status;
}

davy_status davy_backup_plain(const char *from, const char *to, uint64_t *bytes)
{
    int source = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), target = -1;
    struct stat about;
    davy_status status;

    if (source < 0)
        return davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO, "cannot open '%s'",
                         from);
    status = fstat(source, &about) == 0 ? create_file(to, about.st_mode & 0777, &target)
                                        : davy_fail(DAVY_ERR_IO, "cannot look at '%s'", from);
    if (status == DAVY_OK)
        status = sync_and_close(target, to, copy_bytes(source, target, to, bytes));
    close(source);
    return status;
}

/* All pages in one step: the source's readers and writers go on, they use its write-ahead log. */
static davy_status copy_pages(sqlite3 *source, sqlite3 *target)
{
    sqlite3_backup *backup = sqlite3_backup_init(target, "main", source, "main");

    if (!backup)
        return davy_database_fail(target, "cannot begin a backup");
    (void) sqlite3_backup_step(backup, -1);
    if (sqlite3_backup_finish(backup) != SQLITE_OK)
        return davy_database_fail(target, "cannot copy");
    return davy_database_run(target, "PRAGMA journal_mode=DELETE");
}

davy_status davy_backup_open(const char *path, int flags, sqlite3 **out)
{
    *out = NULL;
    if (sqlite3_open_v2(path, out, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL) !=
        SQLITE_OK)
        return *out ? davy_database_fail(*out, "cannot open")
                    : davy_fail(DAVY_ERR_NOMEM, "'%s'", path);
    sqlite3_busy_timeout(*out, DAVY_DATABASE_BUSY_MS);
    return DAVY_OK;
}

davy_status davy_backup_has_schema(sqlite3 *database, bool *has)
{
    sqlite3_stmt *select;
    davy_status status = davy_database_prepare(database, "SELECT 1 FROM sqlite_schema", &select);
    int answer;

    if (status != DAVY_OK)
        return status;
    answer = sqlite3_step(select);
    if (answer != SQLITE_ROW && answer != SQLITE_DONE)
        status = davy_database_fail(database, "cannot read the schema");
    *has = answer == SQLITE_ROW;
    sqlite3_finalize(select);
    return status;
}

static davy_status wait_for_schema(sqlite3 *source)
{
    const struct timespec pause = {.tv_nsec = SCHEMA_PAUSE_NS};
    bool has = false;
    davy_status status = davy_backup_has_schema(source, &has);

    for (int tries = 1; status == DAVY_OK && !has && tries < SCHEMA_TRIES; tries++) {
        (void) nanosleep(&pause, NULL);
        status = davy_backup_has_schema(source, &has);
    }
    return status; /* without one it is damaged, and copied as it is */
}

static davy_status copy_database(const char *from, const char *to)
{
    sqlite3 *source = NULL, *target = NULL;
    davy_status status = davy_backup_open(from, SQLITE_OPEN_READONLY, &source);

    if (status == DAVY_OK)
        status = wait_for_schema(source);
    if (status == DAVY_OK)
        status = davy_backup_open(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &target);
    if (status == DAVY_OK)
        status = copy_pages(source, target);
    davy_database_close(target);
    davy_database_close(source);
    return status;
}

davy_status davy_backup_database(const char *from, const char *to, uint64_t *bytes)
{
    struct stat about;
    davy_status status;

    if (stat(from, &about) != 0)
        return davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO, "'%s'", from);
    status = copy_database(from, to);
    if (status == DAVY_ERR_CORRUPT) {
        (void) unlink(to);
        return davy_backup_plain(from, to, bytes);
    }
    if (status == DAVY_OK && (chmod(to, about.st_mode & 0777) != 0 || stat(to, &about) != 0))
        status = davy_fail(DAVY_ERR_IO, "cannot look at '%s'", to);
    if (status == DAVY_OK)
        *bytes += (uint64_t) about.st_size;
    return status;
}

/* What the chunks past `last` add to the totals of the file. */
struct surplus {
    uint64_t chunks, points, fold;
};

static davy_status count_surplus(sqlite3 *day, uint64_t last, struct surplus *surplus)
{
    sqlite3_stmt *select;
    int answer;
    davy_status status = davy_database_prepare(
        day, "SELECT points, checksum FROM chunk WHERE sequence > ?1", &select);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(select, 1, (sqlite3_int64) last);
    while ((answer = sqlite3_step(select)) == SQLITE_ROW) {
        surplus->chunks++;
        surplus->points += (uint64_t) sqlite3_column_int64(select, 0);
        surplus->fold ^= (uint32_t) sqlite3_column_int64(select, 1); /* signed from format 4 on */
    }
    if (answer != SQLITE_DONE)
        status = davy_database_fail(day, "cannot read the chunks");
    sqlite3_finalize(select);
    return status;
}

/* The totals lose exactly what is taken out, so a head that was lost before is still missed. */
static davy_status remove_surplus(sqlite3 *day, uint64_t last, const struct surplus *surplus)
{
    char sql[640];

    (void) sqlite3_snprintf(
        (int) sizeof sql, sql,
        "DELETE FROM chunk WHERE sequence > %lld;"
        "DELETE FROM blob WHERE id NOT IN (SELECT data FROM chunk UNION SELECT times FROM chunk);"
        "UPDATE total SET chunks = chunks - %lld, points = points - %lld,"
        " bytes = (SELECT coalesce(sum(length(bytes)), 0) FROM blob),"
        " sequence = (SELECT coalesce(max(sequence), 0) FROM chunk),"
        " fold = (fold | %lld) - (fold & %lld) WHERE id = 0",
        (sqlite3_int64) last, (sqlite3_int64) surplus->chunks, (sqlite3_int64) surplus->points,
        (sqlite3_int64) surplus->fold, (sqlite3_int64) surplus->fold); /* exclusive or */
    return davy_database_run(day, sql);
}

/* A file without late chunks has no table for notes of them. */
static davy_status remove_late(sqlite3 *day, uint64_t last)
{
    char sql[64];
    int version;
    davy_status status = davy_database_version(day, &version);

    (void) snprintf(sql, sizeof sql, "DELETE FROM late WHERE sequence > %lld", (long long) last);
    return status == DAVY_OK && version >= 3 ? davy_database_run(day, sql) : status;
}

davy_status davy_backup_cut_day(const char *path, uint64_t last)
{
    struct surplus surplus = {0};
    sqlite3 *day = NULL;
    bool has = false;
    davy_status status = davy_backup_open(path, SQLITE_OPEN_READWRITE, &day);

    if (status == DAVY_OK)
        status = davy_backup_has_schema(day, &has);
    if (status == DAVY_OK && has)
        status = count_surplus(day, last, &surplus);
    if (status == DAVY_OK && surplus.chunks > 0) {
        status = davy_database_begin(day);
        if (status == DAVY_OK)
            status = remove_late(day, last);
        if (status == DAVY_OK)
            status = remove_surplus(day, last, &surplus);
        status = davy_database_end(day, status);
    }
    davy_database_close(day);
    return status;
}

davy_status davy_backup_sealed(const char *path, uint64_t *sequence)
{
    sqlite3_stmt *select = NULL;
    sqlite3 *day = NULL;
    davy_status status = davy_backup_open(path, SQLITE_OPEN_READONLY, &day);

    if (status == DAVY_OK)
        status = davy_database_prepare(day, "SELECT sequence FROM total WHERE id = 0", &select);
    if (status == DAVY_OK && sqlite3_step(select) == SQLITE_ROW)
        *sequence = (uint64_t) sqlite3_column_int64(select, 0);
    sqlite3_finalize(select);
    davy_database_close(day);
    return status;
}
