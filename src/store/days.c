/* SPDX-License-Identifier: Apache-2.0 */
#include "store/days.h"

#include "core/file.h"
#include "core/timestamp.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IDLE_MAX    ((size_t) 16)
#define NAME_LENGTH 10 /* YYYY-MM-DD */

struct davy_days {
    char folder[PATH_MAX - 32];
    bool read_only;
    pthread_mutex_t lock; /* for what follows */
    int32_t *numbers;     /* ascending */
    size_t count, capacity;
    davy_day *idle[IDLE_MAX]; /* longest idle first */
    size_t idle_count;
    unsigned epoch; /* goes up when a file is set aside: older connections may be to it */
};

/* Index of the first day >= number. */
static size_t find(const davy_days *days, int32_t number)
{
    size_t i = days->count;

    while (i > 0 && days->numbers[i - 1] >= number)
        i--;
    return i;
}

static davy_status insert(davy_days *days, int32_t number)
{
    size_t at = find(days, number);

    if (at < days->count && days->numbers[at] == number)
        return DAVY_OK;
    if (days->count == days->capacity) {
        size_t capacity = days->capacity ? days->capacity * 2 : 64;
        int32_t *grown = realloc(days->numbers, capacity * sizeof *grown);

        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu days", capacity);
        days->numbers = grown;
        days->capacity = capacity;
    }
    memmove(days->numbers + at + 1, days->numbers + at, (days->count - at) * sizeof(int32_t));
    days->numbers[at] = number;
    days->count++;
    return DAVY_OK;
}

static bool parse_name(const char *name, int32_t *number)
{
    char date[NAME_LENGTH + 1] = {0};
    int64_t time_ns;

    if (strlen(name) != NAME_LENGTH + 3 || strcmp(name + NAME_LENGTH, ".db") != 0)
        return false;
    memcpy(date, name, NAME_LENGTH);
    if (davy_timestamp_parse(date, &time_ns) != DAVY_OK)
        return false;
    *number = davy_day_of(time_ns);
    return true;
}

static davy_status scan_folder(davy_days *days)
{
    DIR *directory = opendir(days->folder);
    const struct dirent *entry;
    davy_status status = DAVY_OK;
    int32_t number;

    if (!directory)
        return davy_fail(DAVY_ERR_IO, "cannot list '%s'", days->folder);
    while (status == DAVY_OK && (entry = readdir(directory)))
        if (parse_name(entry->d_name, &number))
            status = insert(days, number);
    closedir(directory);
    return status;
}

davy_status davy_days_open(const char *folder, bool read_only, davy_days **out)
{
    davy_days *days = calloc(1, sizeof *days);
    davy_status status = DAVY_OK;

    if (!days)
        return davy_fail(DAVY_ERR_NOMEM, "day files '%s'", folder);
    pthread_mutex_init(&days->lock, NULL);
    days->read_only = read_only;
    if (snprintf(days->folder, sizeof days->folder, "%s", folder) >= (int) sizeof days->folder)
        status = davy_fail(DAVY_ERR_INVALID, "path '%.80s...' is too long", folder);
    if (status == DAVY_OK && !read_only)
        status = davy_folder_make(folder, 0750);
    if (status == DAVY_OK)
        status = scan_folder(days);
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
    pthread_mutex_destroy(&days->lock);
    free(days->numbers);
    free(days);
}

davy_status davy_days_list(davy_days *days, int32_t from, int32_t to, int32_t **numbers,
                           size_t *count)
{
    size_t first, end;
    int32_t *copy;

    pthread_mutex_lock(&days->lock);
    first = find(days, from);
    end = to == INT32_MAX ? days->count : find(days, to + 1);
    *count = end > first ? end - first : 0;
    copy = malloc((*count + 1) * sizeof *copy);
    if (copy && *count > 0)
        memcpy(copy, days->numbers + first, *count * sizeof *copy);
    pthread_mutex_unlock(&days->lock);
    if (!copy)
        return davy_fail(DAVY_ERR_NOMEM, "no memory to list %zu days", *count);
    *numbers = copy;
    return DAVY_OK;
}

static davy_day *take_idle(davy_days *days, int32_t number)
{
    davy_day *day = NULL;

    pthread_mutex_lock(&days->lock);
    for (size_t i = days->idle_count; i-- > 0 && !day;)
        if (davy_day_number(days->idle[i]) == number) {
            day = days->idle[i];
            days->idle_count--;
            memmove(days->idle + i, days->idle + i + 1,
                    (days->idle_count - i) * sizeof *days->idle);
        }
    pthread_mutex_unlock(&days->lock);
    return day;
}

static void make_path(const davy_days *days, int32_t number, char path[PATH_MAX])
{
    char date[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(davy_day_start_ns(number), 0, date);
    (void) snprintf(path, PATH_MAX, "%s/%.*s.db", days->folder, NAME_LENGTH, date);
}

static davy_status open_day(davy_days *days, int32_t number, davy_day **out)
{
    char path[PATH_MAX];
    unsigned epoch;
    davy_status status;

    pthread_mutex_lock(&days->lock);
    epoch = days->epoch;
    pthread_mutex_unlock(&days->lock);
    make_path(days, number, path);
    status = davy_day_open(path, number, epoch, days->read_only, out);
    if (status != DAVY_OK)
        return status;
    pthread_mutex_lock(&days->lock);
    status = insert(days, number);
    pthread_mutex_unlock(&days->lock);
    if (status != DAVY_OK)
        davy_day_close(*out);
    return status;
}

davy_status davy_days_get(davy_days *days, int32_t number, davy_day **out)
{
    davy_day *day = take_idle(days, number);

    if (!day)
        return open_day(days, number, out);
    *out = day;
    return DAVY_OK;
}

/* Keep a connection for the next one who asks; gives the one that must be closed, or NULL. */
static davy_day *keep_idle(davy_days *days, davy_day *day)
{
    davy_day *extra = NULL;

    if (days->idle_count == IDLE_MAX) {
        extra = days->idle[0];
        memmove(days->idle, days->idle + 1, (IDLE_MAX - 1) * sizeof(davy_day *));
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
    pthread_mutex_lock(&days->lock);
    if (!broken && davy_day_epoch(day) == days->epoch)
        extra = keep_idle(days, day);
    pthread_mutex_unlock(&days->lock);
    davy_day_close(extra);
}

davy_status davy_days_set_aside(davy_days *days, int32_t number)
{
    static const char *const endings[] = {"-wal", "-shm", ""}; /* the file itself last */
    char path[PATH_MAX], from[PATH_MAX + 8], to[PATH_MAX + 48];
    long now = (long) time(NULL);
    davy_day *idle;

    while ((idle = take_idle(days, number)))
        davy_day_close(idle);
    pthread_mutex_lock(&days->lock);
    days->epoch++;
    pthread_mutex_unlock(&days->lock);
    make_path(days, number, path);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(endings); i++) {
        (void) snprintf(from, sizeof from, "%s%s", path, endings[i]);
        (void) snprintf(to, sizeof to, "%s.damaged-%ld%s", path, now, endings[i]);
        if (rename(from, to) != 0 && errno != ENOENT)
            return davy_fail(DAVY_ERR_IO, "cannot set '%s' aside", from);
    }
    return davy_folder_sync(days->folder);
}
