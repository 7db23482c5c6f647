/* SPDX-License-Identifier: Apache-2.0 */
#include "core/file.h"
#include "core/log.h"
#include "store/days_list.h"
#include "store/days_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Between the name of a file that was set aside and the time of it. */
static const char damaged[] = ".damaged-";

/* Rollups are made again from the samples: nobody misses them. */
bool davy_days_is_aside(const char *name)
{
    const char *found = strstr(name, damaged), *digits = found ? found + sizeof damaged - 1 : "";
    size_t length = found ? (size_t) (found - name) : 0;
    char whole[DAVY_DAY_NAME_MAX], class_name[DAVY_DAY_CLASS_MAX];
    int32_t number;

    if (length == 0 || length >= sizeof whole || *digits == '\0' ||
        digits[strspn(digits, "0123456789")] != '\0')
        return false;
    memcpy(whole, name, length);
    whole[length] = '\0';
    return strcmp(whole, "list") == 0 || davy_day_name_parse(whole, &number, class_name);
}

enum beginning { BEGINS_AS_DATABASE, BEGINS_OTHERWISE, IS_EMPTY, CANNOT_BE_READ };

/* A read that fails says nothing about what is on the disk. */
static enum beginning look_at(const char *path)
{
    static const char magic[16] = "SQLite format 3"; /* sqlite.org/fileformat2.html, 1.3.1 */
    char found[sizeof magic] = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = 0;
    size_t total = 0;

    if (file < 0)
        return CANNOT_BE_READ;
    while (total < sizeof found &&
           ((length = read(file, found + total, sizeof found - total)) > 0 ||
            (length < 0 && errno == EINTR)))
        total += length > 0 ? (size_t) length : 0;
    close(file);
    if (length < 0)
        return CANNOT_BE_READ;
    if (total == 0)
        return IS_EMPTY;
    return memcmp(found, magic, sizeof magic) == 0 ? BEGINS_AS_DATABASE : BEGINS_OTHERWISE;
}

bool davy_days_is_database(const char *path)
{
    return look_at(path) == BEGINS_AS_DATABASE;
}

/* No database begins so, or an empty file is on the list. */
static davy_status set_file_aside(davy_days *days, davy_day_file file, const char *path)
{
    davy_status status = davy_days_rename_aside(path);

    if (status != DAVY_OK)
        return status;
    davy_log(DAVY_LOG_ERROR, "store",
             "'%s' is no day file any more and is set aside: what it held is left out of answers,"
             " the rest is whole",
             path);
    davy_days_strike(days, file);
    days->aside++;
    return DAVY_OK;
}

/* Where there is a list, an empty file that is not on it is what a crash or a full disk leaves of
 * one that was being made: it holds nothing, and is made when it is needed. The list is older than
 * the first day file, so where it is gone or damaged an empty file is damage too. */
static davy_status check_file(davy_days *days, davy_day_file file, const davy_days_names *list)
{
    char path[PATH_MAX], name[DAVY_DAY_NAME_MAX];
    enum beginning beginning;

    davy_days_path(days, file, path, sizeof path);
    davy_day_name_format(file.number, davy_days_class_name(days, file.class_id), name);
    beginning = look_at(path);
    if (beginning == IS_EMPTY && list->there && !davy_days_list_has(list, name)) {
        davy_days_strike(days, file);
        return DAVY_OK;
    }
    return days->read_only || (beginning != BEGINS_OTHERWISE && beginning != IS_EMPTY)
               ? DAVY_OK
               : set_file_aside(days, file, path);
}

static davy_status check_files(davy_days *days, const davy_days_names *list)
{
    davy_status status = DAVY_OK;

    for (size_t i = days->count; i > 0 && status == DAVY_OK; i--)
        status = check_file(days, days->files[i - 1], list);
    return status;
}

/* Nothing was ever in it: its maker ended before it was listed, and it is empty, or SQLite's
 * journal of its making lies beside it and empties it when it is opened. */
static bool is_unmade(const char *path, const char *name, const davy_days_names *list)
{
    char journal[PATH_MAX + 16];

    (void) snprintf(journal, sizeof journal, "%s-journal", path);
    return !davy_days_list_has(list, name) &&
           ((list->there && look_at(path) == IS_EMPTY) || access(journal, F_OK) == 0);
}

/* Such a file must not come on the list as it is. It is made on when there is something to keep. */
static void strike_unmade(davy_days *days, const davy_days_names *list)
{
    char path[PATH_MAX], name[DAVY_DAY_NAME_MAX];

    for (size_t i = days->count; i > 0; i--) {
        davy_day_file file = days->files[i - 1];

        davy_days_path(days, file, path, sizeof path);
        davy_day_name_format(file.number, davy_days_class_name(days, file.class_id), name);
        if (is_unmade(path, name, list))
            davy_days_strike(days, file);
    }
}

static bool is_gone(const davy_days *days, const char *name)
{
    char path[PATH_MAX];

    (void) snprintf(path, sizeof path, "%s/%s", days->folder, name);
    return access(path, F_OK) != 0 && errno == ENOENT;
}

/* An empty file in the place of one that was set aside says that it is gone, until a person has
 * looked into it. A -wal that stayed must not meet a copy of the file that is put back. */
static davy_status mark_gone(davy_days *days, const char *name)
{
    char path[PATH_MAX];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/%s%s%ld", days->folder, name, damaged,
                    (long) time(NULL));
    davy_log(DAVY_LOG_ERROR, "store",
             "the day file '%s/%s' is gone: what it held is left out of answers, the rest is whole",
             days->folder, name);
    days->aside++;
    status = davy_file_replace(path, "", 0, 0640);
    (void) snprintf(path, sizeof path, "%s/%s", days->folder, name);
    return status == DAVY_OK ? davy_days_rename_aside(path) : status;
}

static davy_status note_gone(davy_days *days, const char *name)
{
    if (!days->read_only)
        return mark_gone(days, name);
    davy_buffer_append(&days->gone, name, strlen(name) + 1);
    days->gone_count++;
    return davy_buffer_ok(&days->gone);
}

/* @param later  the list as it was after the folder was looked at: a file that its time has taken
 * away meanwhile is on the earlier one alone */
static davy_status find_gone(davy_days *days, const davy_days_names *list,
                             const davy_days_names *later)
{
    const char *name = list->text.bytes;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < list->count && status == DAVY_OK; i++, name += strlen(name) + 1)
        if (is_gone(days, name) && davy_days_list_has(later, name))
            status = note_gone(days, name);
    return status;
}

/* Without a list that can be trusted what is there is what ought to be. */
static davy_status set_list_aside(davy_days *days)
{
    char path[PATH_MAX];

    davy_log(DAVY_LOG_ERROR, "store", "%s: day files that are gone cannot be told", davy_error());
    days->aside++;
    if (days->read_only)
        return DAVY_OK;
    (void) snprintf(path, sizeof path, "%s/list", days->folder);
    return davy_days_rename_aside(path);
}

static davy_status check_with(davy_days *days, const davy_days_names *list)
{
    davy_days_names later;
    davy_status status = davy_days_list_read(days->folder, &later);

    if (status != DAVY_OK)
        return status;
    status = find_gone(days, list, &later);
    davy_days_list_clear(&later);
    return status == DAVY_OK ? check_files(days, list) : status;
}

/* In another order it is written anew, which does no harm. */
static bool is_same(davy_days *days, const davy_days_names *list)
{
    char name[DAVY_DAY_NAME_MAX];
    const char *at = list->text.bytes;
    bool same = list->there && list->count == days->count;

    for (size_t i = 0; i < days->count && same; i++, at += strlen(at) + 1) {
        davy_day_name_format(days->files[i].number,
                             davy_days_class_name(days, days->files[i].class_id), name);
        same = strcmp(at, name) == 0;
    }
    return same;
}

/* On a full disk the old list stays: a file that is not on it is not missed until the next start.
 */
static davy_status renew_list(davy_days *days, const davy_days_names *list)
{
    davy_status status;

    if (days->read_only || is_same(days, list))
        return DAVY_OK;
    status = davy_days_write_names(days);
    if (status == DAVY_ERR_FULL)
        davy_log(DAVY_LOG_WARNING, "store", "the list of day files is not renewed: %s",
                 davy_error());
    return status == DAVY_ERR_FULL ? DAVY_OK : status;
}

davy_status davy_days_check(davy_days *days)
{
    davy_days_names list;
    davy_status status = davy_days_list_read(days->folder, &list);

    if (status == DAVY_ERR_CORRUPT) {
        status = set_list_aside(days);
        if (status == DAVY_OK)
            status = check_files(days, &list);
    } else if (status == DAVY_OK) {
        strike_unmade(days, &list);
        status = check_with(days, &list);
    }
    if (status == DAVY_OK)
        status = renew_list(days, &list);
    davy_days_list_clear(&list);
    return status;
}

davy_status davy_days_write_names(davy_days *days)
{
    char name[DAVY_DAY_NAME_MAX];
    davy_buffer text = {0};
    davy_status status;

    pthread_mutex_lock(&days->lock);
    for (size_t i = 0; i < days->count; i++) {
        davy_day_name_format(days->files[i].number,
                             davy_days_class_name(days, days->files[i].class_id), name);
        davy_days_list_add(&text, name);
    }
    pthread_mutex_unlock(&days->lock);
    status = davy_days_list_write(days->folder, &text);
    davy_buffer_clear(&text);
    return status;
}

uint64_t davy_days_missed(davy_days *days)
{
    uint64_t missed;

    pthread_mutex_lock(&days->lock);
    missed = days->aside + days->gone_count;
    pthread_mutex_unlock(&days->lock);
    return missed;
}

static davy_status visit_aside(DIR *directory, davy_days_miss visit, void *context)
{
    const struct dirent *entry;
    davy_status status = DAVY_OK;
    struct stat about;

    while (status == DAVY_OK && (entry = readdir(directory)))
        if (davy_days_is_aside(entry->d_name) &&
            fstatat(dirfd(directory), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0)
            status = visit(context, entry->d_name, (uint64_t) about.st_size);
    return status;
}

davy_status davy_days_visit_missed(davy_days *days, davy_days_miss visit, void *context)
{
    const char *name = days->gone.bytes;
    DIR *directory = opendir(days->folder);
    davy_status status;

    if (!directory)
        return davy_fail(DAVY_ERR_IO, "cannot list '%s'", days->folder);
    status = visit_aside(directory, visit, context);
    closedir(directory);
    for (size_t i = 0; i < days->gone_count && status == DAVY_OK; i++, name += strlen(name) + 1)
        status = visit(context, name, 0);
    return status;
}
