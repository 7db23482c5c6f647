/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log.h"
#include "store/days_private.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Who still writes a copy changes it more often than this. */
#define SETTLED_S 2

/* Bytes that the header of a database says it has; 0 when there is none.
 * sqlite.org/fileformat2.html, 1.3: page size at 16, 1 for 65,536; pages at 28. */
static off_t size_by_header(const char *path)
{
    uint8_t header[32];
    FILE *file = fopen(path, "rbe");
    bool whole = file && fread(header, sizeof header, 1, file) == 1;
    uint32_t page_size = whole ? (uint32_t) header[16] << 8 | header[17] : 0, pages;

    if (file)
        (void) fclose(file);
    if (!whole)
        return 0;
    pages = (uint32_t) header[28] << 24 | (uint32_t) header[29] << 16 | (uint32_t) header[30] << 8 |
            header[31];
    return (off_t) (page_size == 1 ? 65536 : page_size) * pages;
}

/* Somebody has ended writing it: what is shorter than it says, or what SQLite would have to mend,
 * is no copy of a whole file. */
static bool is_whole(const char *path)
{
    char journal[PATH_MAX + 16];
    struct stat about;

    (void) snprintf(journal, sizeof journal, "%s-journal", path);
    return stat(path, &about) == 0 && time(NULL) - about.st_ctim.tv_sec >= SETTLED_S &&
           access(journal, F_OK) != 0 && davy_days_is_database(path) &&
           about.st_size >= size_by_header(path);
}

static bool is_listed(davy_days *days, davy_day_file file)
{
    bool listed;

    pthread_mutex_lock(&days->lock);
    listed = davy_days_is_listed(days, file);
    pthread_mutex_unlock(&days->lock);
    return listed;
}

static davy_status enlist(davy_days *days, davy_day_file file)
{
    davy_status status;

    pthread_mutex_lock(&days->lock);
    status = davy_days_enlist(days, file);
    pthread_mutex_unlock(&days->lock);
    return status == DAVY_OK ? davy_days_write_names(days) : status;
}

/* Alone with the names: a file that its time just takes away, or that is being made, is none that
 * was put back. */
static davy_status take_back(davy_days *days, davy_day_file file, size_t *returned)
{
    char path[PATH_MAX];
    davy_status status = DAVY_OK;
    bool back;

    davy_days_path(days, file, path, sizeof path);
    pthread_rwlock_wrlock(&days->names);
    back = !is_listed(days, file) && is_whole(path);
    if (back)
        status = enlist(days, file);
    pthread_rwlock_unlock(&days->names);
    if (!back || status != DAVY_OK)
        return status;
    davy_log(DAVY_LOG_INFO, "store", "the day file '%s' is there again and answers", path);
    (*returned)++;
    return DAVY_OK;
}

static davy_status look_at_name(davy_days *days, const char *name, size_t *returned)
{
    char class_name[DAVY_DAY_CLASS_MAX];
    davy_day_file file;
    davy_status status;

    if (!davy_day_name_parse(name, &file.number, class_name))
        return DAVY_OK;
    status = davy_days_class(days, class_name, &file.class_id);
    return status == DAVY_OK && !is_listed(days, file) ? take_back(days, file, returned) : status;
}

davy_status davy_days_look_again(davy_days *days, size_t *returned)
{
    DIR *directory = opendir(days->folder);
    const struct dirent *entry;
    davy_status status = DAVY_OK;
    size_t aside = 0;

    *returned = 0;
    if (!directory)
        return davy_fail(DAVY_ERR_IO, "cannot list '%s'", days->folder);
    while (status == DAVY_OK && (entry = readdir(directory))) {
        aside += davy_days_is_aside(entry->d_name);
        status = look_at_name(days, entry->d_name, returned);
    }
    closedir(directory);
    if (status != DAVY_OK)
        return status;
    pthread_mutex_lock(&days->lock);
    if (aside < days->aside)
        davy_log(DAVY_LOG_INFO, "store", "%zu of the day files that were missed are missed no more",
                 days->aside - aside);
    days->aside = aside;
    pthread_mutex_unlock(&days->lock);
    return DAVY_OK;
}
