/* SPDX-License-Identifier: Apache-2.0 */
#include "store/days.h"

#include "core/file.h"
#include "store/days_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int compare(davy_day_file a, davy_day_file b)
{
    if (a.number != b.number)
        return a.number < b.number ? -1 : 1;
    return a.class_id < b.class_id ? -1 : a.class_id > b.class_id;
}

/* Index of the first file >= `file`. Most calls are about the newest. */
static size_t find(const davy_days *days, davy_day_file file)
{
    size_t i = days->count;

    while (i > 0 && compare(days->files[i - 1], file) >= 0)
        i--;
    return i;
}

bool davy_days_is_listed(const davy_days *days, davy_day_file file)
{
    size_t at = find(days, file);

    return at < days->count && compare(days->files[at], file) == 0;
}

davy_status davy_days_enlist(davy_days *days, davy_day_file file)
{
    size_t at = find(days, file);

    if (at < days->count && compare(days->files[at], file) == 0)
        return DAVY_OK;
    if (days->count == days->capacity) {
        size_t capacity = days->capacity ? days->capacity * 2 : 64;
        davy_day_file *grown = realloc(days->files, capacity * sizeof *grown);

        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu day files", capacity);
        days->files = grown;
        days->capacity = capacity;
    }
    memmove(days->files + at + 1, days->files + at, (days->count - at) * sizeof file);
    days->files[at] = file;
    days->count++;
    return DAVY_OK;
}

void davy_days_strike(davy_days *days, davy_day_file file)
{
    size_t at = find(days, file);

    if (at == days->count || compare(days->files[at], file) != 0)
        return;
    days->count--;
    days->struck++;
    memmove(days->files + at, days->files + at + 1, (days->count - at) * sizeof file);
}

uint64_t davy_days_struck(davy_days *days)
{
    uint64_t struck;

    pthread_mutex_lock(&days->lock);
    struck = days->struck;
    pthread_mutex_unlock(&days->lock);
    return struck;
}

davy_status davy_days_open(const char *folder, bool read_only, davy_days **out)
{
    davy_days *days = calloc(1, sizeof *days);
    davy_status status = DAVY_OK;

    if (!days)
        return davy_fail(DAVY_ERR_NOMEM, "day files '%s'", folder);
    pthread_mutex_init(&days->lock, NULL);
    pthread_rwlock_init(&days->names, NULL);
    days->read_only = read_only;
    days->class_count = 1; /* the default has no name */
    if (snprintf(days->folder, sizeof days->folder, "%s", folder) >= (int) sizeof days->folder)
        status = davy_fail(DAVY_ERR_INVALID, "path '%.80s...' is too long", folder);
    if (status == DAVY_OK && !read_only)
        status = davy_folder_make(folder, 0750);
    if (status == DAVY_OK)
        status = davy_days_look(days);
    if (status == DAVY_OK)
        status = davy_days_check(days);
    if (status != DAVY_OK) {
        davy_days_close(days);
        return status;
    }
    *out = days;
    return DAVY_OK;
}

void davy_days_close(davy_days *days)
{
    if (!days)
        return;
    for (size_t i = 0; i < days->idle_count; i++)
        davy_day_close(days->idle[i]);
    pthread_rwlock_destroy(&days->names);
    pthread_mutex_destroy(&days->lock);
    davy_buffer_clear(&days->gone);
    free(days->files);
    free(days);
}

davy_status davy_days_class(davy_days *days, const char *name, uint16_t *class_id)
{
    davy_status status = DAVY_OK;
    size_t i = 0;

    pthread_mutex_lock(&days->lock);
    while (i < days->class_count && strcmp(days->classes[i], name) != 0)
        i++;
    if (i == DAVY_DAYS_CLASSES_MAX) {
        status = davy_fail(DAVY_ERR_FULL, "'%s' has files of %d classes of retention already",
                           days->folder, DAVY_DAYS_CLASSES_MAX);
    } else {
        if (i == days->class_count) {
            (void) snprintf(days->classes[i], sizeof days->classes[i], "%s", name);
            days->class_count++;
        }
        *class_id = (uint16_t) i;
    }
    pthread_mutex_unlock(&days->lock);
    return status;
}

/* A name stays as it is once it is given. */
const char *davy_days_class_name(davy_days *days, uint16_t class_id)
{
    return days->classes[class_id];
}

davy_status davy_days_files(davy_days *days, int32_t from, int32_t to, davy_day_file **files,
                            size_t *count)
{
    size_t first, end;
    davy_day_file *copy;

    pthread_mutex_lock(&days->lock);
    first = find(days, (davy_day_file){from, 0});
    end = to == INT32_MAX ? days->count : find(days, (davy_day_file){to + 1, 0});
    *count = end > first ? end - first : 0;
    copy = malloc((*count + 1) * sizeof *copy);
    if (copy && *count > 0)
        memcpy(copy, days->files + first, *count * sizeof *copy);
    pthread_mutex_unlock(&days->lock);
    if (!copy)
        return davy_fail(DAVY_ERR_NOMEM, "no memory to list %zu day files", *count);
    *files = copy;
    return DAVY_OK;
}

davy_status davy_days_list(davy_days *days, int32_t from, int32_t to, int32_t **numbers,
                           size_t *count)
{
    davy_day_file *files;
    size_t file_count, different = 0;
    int32_t *copy;
    davy_status status = davy_days_files(days, from, to, &files, &file_count);

    if (status != DAVY_OK)
        return status;
    copy = malloc((file_count + 1) * sizeof *copy);
    for (size_t i = 0; copy && i < file_count; i++)
        if (different == 0 || copy[different - 1] != files[i].number)
            copy[different++] = files[i].number;
    free(files);
    if (!copy)
        return davy_fail(DAVY_ERR_NOMEM, "no memory to list %zu days", file_count);
    *numbers = copy;
    *count = different;
    return DAVY_OK;
}

davy_day *davy_days_take_idle(davy_days *days, davy_day_file file)
{
    davy_day *day = NULL;

    pthread_mutex_lock(&days->lock);
    for (size_t i = days->idle_count; i-- > 0 && !day;)
        if (compare(davy_day_which(days->idle[i]), file) == 0) {
            day = days->idle[i];
            days->idle_count--;
            memmove(days->idle + i, days->idle + i + 1,
                    (days->idle_count - i) * sizeof *days->idle);
        }
    pthread_mutex_unlock(&days->lock);
    return day;
}

void davy_days_path(davy_days *days, davy_day_file file, char *path, size_t capacity)
{
    char name[DAVY_DAY_NAME_MAX];

    davy_day_name_format(file.number, davy_days_class_name(days, file.class_id), name);
    (void) snprintf(path, capacity, "%s/%s", days->folder, name);
}

/* A new file is on the list before the first chunk is in it: from then on it is missed. */
static davy_status add_file(davy_days *days, davy_day_file file)
{
    davy_status status;

    pthread_mutex_lock(&days->lock);
    status = davy_days_enlist(days, file);
    pthread_mutex_unlock(&days->lock);
    if (status == DAVY_OK && !days->read_only)
        status = davy_days_write_names(days);
    if (status != DAVY_OK) {
        pthread_mutex_lock(&days->lock);
        davy_days_strike(days, file);
        pthread_mutex_unlock(&days->lock);
    }
    return status;
}

/* Of what another process removed a reader learns when it asks for it. */
static davy_status tell_gone(davy_days *days, davy_day_file file, const char *path)
{
    pthread_mutex_lock(&days->lock);
    if (days->read_only)
        davy_days_strike(days, file);
    pthread_mutex_unlock(&days->lock);
    return davy_fail(DAVY_ERR_NOT_FOUND, "there is no '%s' any more", path);
}

/* Under the names: so no file comes back that is just being removed. */
static davy_status open_day(davy_days *days, davy_day_file file, bool make, davy_day **out)
{
    char path[PATH_MAX];
    unsigned epoch;
    bool listed;
    davy_status status;

    pthread_mutex_lock(&days->lock);
    epoch = days->epoch;
    listed = davy_days_is_listed(days, file);
    pthread_mutex_unlock(&days->lock);
    davy_days_path(days, file, path, sizeof path);
    if (!make && (!listed || access(path, F_OK) != 0))
        return tell_gone(days, file, path);
    status = davy_day_open(path, file, epoch, days->read_only, out);
    if (status != DAVY_OK && days->read_only && access(path, F_OK) != 0)
        return tell_gone(days, file, path);
    if (status != DAVY_OK || listed)
        return status;
    status = add_file(days, file);
    if (status != DAVY_OK)
        davy_day_close(*out);
    return status;
}

static davy_status borrow(davy_days *days, davy_day_file file, bool make, davy_day **out)
{
    davy_day *day = davy_days_take_idle(days, file);
    davy_status status;

    if (day) {
        *out = day;
        return DAVY_OK;
    }
    pthread_rwlock_rdlock(&days->names);
    status = open_day(days, file, make, out);
    pthread_rwlock_unlock(&days->names);
    return status;
}

davy_status davy_days_get(davy_days *days, davy_day_file file, davy_day **out)
{
    return borrow(days, file, false, out);
}

davy_status davy_days_make(davy_days *days, davy_day_file file, davy_day **out)
{
    return borrow(days, file, true, out);
}

/* Keep a connection for the next one who asks; gives the one that must be closed, or NULL. */
static davy_day *keep_idle(davy_days *days, davy_day *day)
{
    davy_day *extra = NULL;

    if (days->idle_count == DAVY_DAYS_IDLE_MAX) {
        extra = days->idle[0];
        memmove(days->idle, days->idle + 1, (DAVY_DAYS_IDLE_MAX - 1) * sizeof(davy_day *));
        days->idle_count--;
    }
    days->idle[days->idle_count++] = day;
    return extra;
}

void davy_days_put(davy_days *days, davy_day *day, bool broken)
{
    davy_day *extra = day;

    if (!day)
        return;
    davy_day_rest(day);
    pthread_mutex_lock(&days->lock);
    if (!broken && davy_day_epoch(day) == days->epoch)
        extra = keep_idle(days, day);
    pthread_mutex_unlock(&days->lock);
    davy_day_close(extra);
}
