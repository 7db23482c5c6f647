/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rollups.h"

#include "core/file.h"
#include "store/day_name.h"
#include "store/days_private.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Connections kept for the next one who asks: a chart of a month draws signal after signal. */
#define IDLE_MAX ((size_t) 32)

struct davy_rollups {
    char folder[PATH_MAX - 80];
    pthread_rwlock_t names; /* held for reading while a file is opened, else while one goes */
    pthread_mutex_t lock;   /* for what follows; taken after `names` */
    int32_t *numbers;       /* ascending */
    size_t count, capacity;
    davy_rollup_file *idle[IDLE_MAX]; /* longest idle first */
    size_t idle_count;
    unsigned epoch; /* goes up when a file goes: older connections may be to it */
};

/* Index of the first day >= number. */
static size_t find(const davy_rollups *rollups, int32_t number)
{
    size_t i = rollups->count;

    while (i > 0 && rollups->numbers[i - 1] >= number)
        i--;
    return i;
}

static bool has(const davy_rollups *rollups, int32_t number)
{
    const size_t at = find(rollups, number);

    return at < rollups->count && rollups->numbers[at] == number;
}

static davy_status enlist(davy_rollups *rollups, int32_t number)
{
    const size_t at = find(rollups, number);

    if (has(rollups, number))
        return DAVY_OK;
    if (rollups->count == rollups->capacity) {
        const size_t capacity = rollups->capacity ? rollups->capacity * 2 : 64;
        int32_t *grown = realloc(rollups->numbers, capacity * sizeof *grown);

        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu days", capacity);
        rollups->numbers = grown;
        rollups->capacity = capacity;
    }
    memmove(rollups->numbers + at + 1, rollups->numbers + at,
            (rollups->count - at) * sizeof *rollups->numbers);
    rollups->numbers[at] = number;
    rollups->count++;
    return DAVY_OK;
}

static void strike(davy_rollups *rollups, int32_t number)
{
    const size_t at = find(rollups, number);

    if (!has(rollups, number))
        return;
    rollups->count--;
    memmove(rollups->numbers + at, rollups->numbers + at + 1,
            (rollups->count - at) * sizeof *rollups->numbers);
}

static davy_status look(davy_rollups *rollups)
{
    DIR *directory = opendir(rollups->folder);
    const struct dirent *entry;
    davy_status status = DAVY_OK;
    int32_t number;

    if (!directory)
        return davy_fail(DAVY_ERR_IO, "cannot list '%s'", rollups->folder);
    while (status == DAVY_OK && (entry = readdir(directory)))
        if (davy_rollups_name_parse(entry->d_name, &number))
            status = enlist(rollups, number);
    closedir(directory);
    return status;
}

davy_status davy_rollups_open(const char *folder, davy_rollups **out)
{
    davy_rollups *rollups = calloc(1, sizeof *rollups);
    davy_status status = DAVY_OK;

    if (!rollups)
        return davy_fail(DAVY_ERR_NOMEM, "rollups '%s'", folder);
    pthread_mutex_init(&rollups->lock, NULL);
    pthread_rwlock_init(&rollups->names, NULL);
    if (snprintf(rollups->folder, sizeof rollups->folder, "%s", folder) >=
        (int) sizeof rollups->folder)
        status = davy_fail(DAVY_ERR_INVALID, "path '%.80s...' is too long", folder);
    if (status == DAVY_OK)
        status = look(rollups);
    if (status != DAVY_OK) {
        davy_rollups_close(rollups);
        return status;
    }
    *out = rollups;
    return DAVY_OK;
}

void davy_rollups_close(davy_rollups *rollups)
{
    if (!rollups)
        return;
    for (size_t i = 0; i < rollups->idle_count; i++)
        davy_rollup_file_close(rollups->idle[i]);
    pthread_rwlock_destroy(&rollups->names);
    pthread_mutex_destroy(&rollups->lock);
    free(rollups->numbers);
    free(rollups);
}

davy_status davy_rollups_list(davy_rollups *rollups, int32_t from, int32_t to, int32_t **numbers,
                              size_t *count)
{
    size_t first, end;
    int32_t *copy;

    pthread_mutex_lock(&rollups->lock);
    first = find(rollups, from);
    end = to == INT32_MAX ? rollups->count : find(rollups, to + 1);
    *count = end > first ? end - first : 0;
    copy = malloc((*count + 1) * sizeof *copy);
    if (copy && *count > 0)
        memcpy(copy, rollups->numbers + first, *count * sizeof *copy);
    pthread_mutex_unlock(&rollups->lock);
    if (!copy)
        return davy_fail(DAVY_ERR_NOMEM, "no memory to list %zu days", *count);
    *numbers = copy;
    return DAVY_OK;
}

static davy_rollup_file *take_idle(davy_rollups *rollups, int32_t number)
{
    davy_rollup_file *file = NULL;

    pthread_mutex_lock(&rollups->lock);
    for (size_t i = rollups->idle_count; i-- > 0 && !file;)
        if (davy_rollup_file_number(rollups->idle[i]) == number) {
            file = rollups->idle[i];
            rollups->idle_count--;
            memmove(rollups->idle + i, rollups->idle + i + 1,
                    (rollups->idle_count - i) * sizeof(davy_rollup_file *));
        }
    pthread_mutex_unlock(&rollups->lock);
    return file;
}

static void make_path(const davy_rollups *rollups, int32_t number, char path[PATH_MAX])
{
    char name[DAVY_DAY_NAME_MAX];

    davy_day_name_format(number, DAVY_ROLLUPS_NAME, name);
    (void) snprintf(path, PATH_MAX, "%s/%s", rollups->folder, name);
}

/* What a full disk leaves of a file that was being made. */
static void remove_if_empty(const char *path)
{
    struct stat about;

    if (stat(path, &about) == 0 && about.st_size == 0)
        (void) unlink(path);
}

/* A writer that ended in the middle leaves a journal, which only a connection that writes can clear
 * away. Who may not write has no rollups of that day. */
static davy_status open_to_read(const char *path, int32_t number, unsigned epoch,
                                davy_rollup_file **out)
{
    davy_status status = davy_rollup_file_open(path, number, epoch, true, out);

    if (status != DAVY_ERR_DENIED)
        return status;
    status = davy_rollup_file_open(path, number, epoch, false, out);
    if (status != DAVY_OK)
        return status == DAVY_ERR_DENIED ? DAVY_ERR_NOT_FOUND : status;
    davy_rollup_file_close(*out);
    return davy_rollup_file_open(path, number, epoch, true, out);
}

/* Under the names: so no file comes back that is just going. */
static davy_status open_file(davy_rollups *rollups, int32_t number, bool make,
                             davy_rollup_file **out)
{
    char path[PATH_MAX];
    unsigned epoch;
    davy_status status = DAVY_OK;

    pthread_mutex_lock(&rollups->lock);
    epoch = rollups->epoch;
    if (!make && !has(rollups, number))
        status = davy_fail(DAVY_ERR_NOT_FOUND, "day %d has no rollups", number);
    pthread_mutex_unlock(&rollups->lock);
    make_path(rollups, number, path);
    if (status == DAVY_OK)
        status = make ? davy_rollup_file_open(path, number, epoch, false, out)
                      : open_to_read(path, number, epoch, out);
    if (make && status == DAVY_ERR_FULL)
        remove_if_empty(path);
    if (status != DAVY_OK)
        return status;
    pthread_mutex_lock(&rollups->lock);
    status = enlist(rollups, number);
    pthread_mutex_unlock(&rollups->lock);
    if (status != DAVY_OK)
        davy_rollup_file_close(*out);
    return status;
}

static davy_status borrow(davy_rollups *rollups, int32_t number, bool make, davy_rollup_file **out)
{
    davy_rollup_file *file = make ? NULL : take_idle(rollups, number);
    davy_status status;

    if (file) {
        *out = file;
        return DAVY_OK;
    }
    pthread_rwlock_rdlock(&rollups->names);
    status = open_file(rollups, number, make, out);
    pthread_rwlock_unlock(&rollups->names);
    return status;
}

davy_status davy_rollups_get(davy_rollups *rollups, int32_t number, davy_rollup_file **out)
{
    return borrow(rollups, number, false, out);
}

davy_status davy_rollups_make(davy_rollups *rollups, int32_t number, davy_rollup_file **out)
{
    return borrow(rollups, number, true, out);
}

/* Keep a connection for the next one who asks; gives the one that must be closed, or NULL. */
static davy_rollup_file *keep_idle(davy_rollups *rollups, davy_rollup_file *file)
{
    davy_rollup_file *extra = NULL;

    if (rollups->idle_count == IDLE_MAX) {
        extra = rollups->idle[0];
        memmove(rollups->idle, rollups->idle + 1, (IDLE_MAX - 1) * sizeof(davy_rollup_file *));
        rollups->idle_count--;
    }
    rollups->idle[rollups->idle_count++] = file;
    return extra;
}

void davy_rollups_put(davy_rollups *rollups, davy_rollup_file *file, bool broken)
{
    davy_rollup_file *extra = file;

    if (!file)
        return;
    pthread_mutex_lock(&rollups->lock);
    if (!broken && !davy_rollup_file_writes(file) && davy_rollup_file_epoch(file) == rollups->epoch)
        extra = keep_idle(rollups, file);
    pthread_mutex_unlock(&rollups->lock);
    davy_rollup_file_close(extra);
}

/* What SQLite keeps beside a database goes first: a -wal that stayed would be taken for that of the
 * next file of this name. */
static const char *const endings[] = {"-wal", "-shm", ""};

static davy_status remove_files(const char *path, uint64_t *bytes)
{
    char name[PATH_MAX + 8];
    struct stat about;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(endings); i++) {
        (void) snprintf(name, sizeof name, "%s%s", path, endings[i]);
        *bytes += stat(name, &about) == 0 ? (uint64_t) about.st_blocks * 512 : 0;
        if (unlink(name) != 0 && errno != ENOENT)
            return davy_fail(DAVY_ERR_IO, "cannot remove '%s'", name);
    }
    return DAVY_OK;
}

/* @param bytes  NULL: it is set aside */
static davy_status let_go(davy_rollups *rollups, int32_t number, uint64_t *bytes)
{
    char path[PATH_MAX];
    davy_rollup_file *idle;
    davy_status status;

    make_path(rollups, number, path);
    pthread_rwlock_wrlock(&rollups->names);
    while ((idle = take_idle(rollups, number)))
        davy_rollup_file_close(idle);
    status = bytes ? remove_files(path, bytes) : davy_days_rename_aside(path);
    pthread_mutex_lock(&rollups->lock);
    rollups->epoch++;
    if (status == DAVY_OK)
        strike(rollups, number);
    pthread_mutex_unlock(&rollups->lock);
    pthread_rwlock_unlock(&rollups->names);
    return status == DAVY_OK ? davy_folder_sync(rollups->folder) : status;
}

davy_status davy_rollups_set_aside(davy_rollups *rollups, int32_t number)
{
    return let_go(rollups, number, NULL);
}

davy_status davy_rollups_remove(davy_rollups *rollups, int32_t number, uint64_t *bytes)
{
    *bytes = 0;
    return let_go(rollups, number, bytes);
}

static davy_status verify_day(davy_rollups *rollups, int32_t number, davy_codec_work *work,
                              uint64_t *damaged)
{
    davy_rollup_file *file;
    davy_status status = davy_rollups_get(rollups, number, &file);

    if (status == DAVY_OK) {
        status = davy_rollup_file_verify(file, work, damaged);
        davy_rollups_put(rollups, file, status != DAVY_OK);
    } else if (status == DAVY_ERR_CORRUPT || status == DAVY_ERR_UNSUPPORTED) {
        ++*damaged;
        status = DAVY_OK;
    }
    return status == DAVY_ERR_NOT_FOUND ? DAVY_OK : status; /* removed since it was listed */
}

davy_status davy_rollups_verify(davy_rollups *rollups, davy_rollups_tell tell, void *context)
{
    davy_codec_work *work = NULL;
    int32_t *numbers;
    size_t count;
    davy_status status = davy_rollups_list(rollups, INT32_MIN, INT32_MAX, &numbers, &count);

    if (status != DAVY_OK)
        return status;
    status = davy_codec_work_create(&work);
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        uint64_t damaged = 0;

        status = verify_day(rollups, numbers[i], work, &damaged);
        if (damaged > 0)
            tell(context, numbers[i], damaged);
    }
    davy_codec_work_destroy(work);
    free(numbers);
    return status;
}

uint64_t davy_rollups_bytes(davy_rollups *rollups)
{
    char path[PATH_MAX];
    struct stat about;
    int32_t *numbers;
    uint64_t bytes = 0;
    size_t count;

    if (davy_rollups_list(rollups, INT32_MIN, INT32_MAX, &numbers, &count) != DAVY_OK)
        return 0;
    for (size_t i = 0; i < count; i++) {
        make_path(rollups, numbers[i], path);
        bytes += stat(path, &about) == 0 ? (uint64_t) about.st_size : 0;
    }
    free(numbers);
    return bytes;
}
