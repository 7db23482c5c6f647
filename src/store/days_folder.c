/* SPDX-License-Identifier: Apache-2.0 */
#include "core/file.h"
#include "store/days_private.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What SQLite keeps beside a database, and the database itself. */
static const char *const beside[] = {"-wal", "-shm"};

/* A file on its way out: nobody opens it any more. */
static const char removed[] = ".removed";

static davy_status unlink_if_there(const char *path)
{
    if (unlink(path) != 0 && errno != ENOENT)
        return davy_fail(DAVY_ERR_IO, "cannot remove '%s'", path);
    return DAVY_OK;
}

/* Unlink what is left of the database `path` once nobody can open it under that name. A -wal that
 * stayed would be taken for that of the next file of this name, so the file goes last. */
static davy_status unlink_rest(const char *path)
{
    char name[PATH_MAX + 16];
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(beside) && status == DAVY_OK; i++) {
        (void) snprintf(name, sizeof name, "%s%s", path, beside[i]);
        status = unlink_if_there(name);
    }
    (void) snprintf(name, sizeof name, "%s%s", path, removed);
    return status == DAVY_OK ? unlink_if_there(name) : status;
}

static davy_status find_file(davy_days *days, const char *name)
{
    char class_name[DAVY_DAY_CLASS_MAX];
    davy_day_file file;
    davy_status status;

    if (!davy_day_name_parse(name, &file.number, class_name))
        return DAVY_OK;
    status = davy_days_class(days, class_name, &file.class_id);
    return status == DAVY_OK ? davy_days_enlist(days, file) : status;
}

/* Go on with a removal that a crash ended in the middle. */
static davy_status sweep_file(const davy_days *days, const char *name)
{
    size_t length = strlen(name), tail = sizeof removed - 1;
    char path[PATH_MAX];

    if (days->read_only || length <= tail || strcmp(name + length - tail, removed) != 0)
        return DAVY_OK;
    (void) snprintf(path, sizeof path, "%s/%.*s", days->folder, (int) (length - tail), name);
    return unlink_rest(path);
}

davy_status davy_days_look(davy_days *days)
{
    DIR *directory = opendir(days->folder);
    const struct dirent *entry;
    davy_status status = DAVY_OK;

    if (!directory)
        return davy_fail(DAVY_ERR_IO, "cannot list '%s'", days->folder);
    while (status == DAVY_OK && (entry = readdir(directory))) {
        days->aside += davy_days_is_aside(entry->d_name);
        status = find_file(days, entry->d_name);
        if (status == DAVY_OK)
            status = sweep_file(days, entry->d_name);
    }
    closedir(directory);
    return status;
}

static void drop_connections(davy_days *days, davy_day_file file)
{
    davy_day *idle;

    while ((idle = davy_days_take_idle(days, file)))
        davy_day_close(idle);
    pthread_mutex_lock(&days->lock);
    days->epoch++;
    pthread_mutex_unlock(&days->lock);
}

davy_status davy_days_sync(davy_days *days)
{
    return davy_folder_sync(days->folder);
}

davy_status davy_days_rename_aside(const char *path)
{
    static const char *const endings[] = {"-wal", "-shm", ""}; /* the file itself last */
    char from[PATH_MAX + 8], to[PATH_MAX + 48];
    long now = (long) time(NULL);

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(endings); i++) {
        (void) snprintf(from, sizeof from, "%s%s", path, endings[i]);
        (void) snprintf(to, sizeof to, "%s.damaged-%ld%s", path, now, endings[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return davy_fail(DAVY_ERR_IO, "cannot set '%s' aside", from);
    }
    return DAVY_OK;
}

static davy_status strike(davy_days *days, davy_day_file file)
{
    pthread_mutex_lock(&days->lock);
    davy_days_strike(days, file);
    pthread_mutex_unlock(&days->lock);
    return davy_days_write_names(days);
}

davy_status davy_days_set_aside(davy_days *days, davy_day_file file)
{
    char path[PATH_MAX];
    davy_status status;

    davy_days_path(days, file, path, sizeof path);
    pthread_rwlock_wrlock(&days->names);
    drop_connections(days, file);
    status = davy_days_rename_aside(path);
    if (status == DAVY_OK) {
        pthread_mutex_lock(&days->lock);
        days->aside++;
        pthread_mutex_unlock(&days->lock);
        status = strike(days, file);
    }
    if (status == DAVY_OK)
        status = davy_folder_sync(days->folder);
    pthread_rwlock_unlock(&days->names);
    return status;
}

static uint64_t size_of(const char *path, const char *ending)
{
    char name[PATH_MAX + 16];
    struct stat about;

    (void) snprintf(name, sizeof name, "%s%s", path, ending);
    return stat(name, &about) == 0 ? (uint64_t) about.st_blocks * 512 : 0;
}

static davy_status rename_removed(const char *path)
{
    char to[PATH_MAX + 16];

    (void) snprintf(to, sizeof to, "%s%s", path, removed);
    if (rename(path, to) != 0 && errno != ENOENT)
        return davy_fail(DAVY_ERR_IO, "cannot remove '%s'", path);
    return DAVY_OK;
}

/* Off the list first: what a crash leaves then is a file that is not on it. A disk too full for a
 * new list gets its room first. */
static davy_status remove_file(davy_days *days, davy_day_file file, const char *path)
{
    davy_status listed = strike(days, file), status;

    if (listed != DAVY_OK && listed != DAVY_ERR_FULL) {
        pthread_mutex_lock(&days->lock);
        status = davy_days_enlist(days, file); /* in the place that it had */
        pthread_mutex_unlock(&days->lock);
        return status == DAVY_OK ? listed : status;
    }
    status = rename_removed(path);
    if (status == DAVY_OK)
        status = davy_folder_sync(days->folder);
    if (status == DAVY_OK)
        status = unlink_rest(path);
    return status == DAVY_OK && listed != DAVY_OK ? davy_days_write_names(days) : status;
}

davy_status davy_days_remove(davy_days *days, davy_day_file file, uint64_t *bytes)
{
    char path[PATH_MAX];
    davy_status status;

    davy_days_path(days, file, path, sizeof path);
    *bytes = size_of(path, "") + size_of(path, "-wal");
    pthread_rwlock_wrlock(&days->names);
    drop_connections(days, file);
    status = remove_file(days, file, path);
    pthread_rwlock_unlock(&days->names);
    return status;
}
