/* SPDX-License-Identifier: Apache-2.0 */
#include "store/holding.h"

#include "core/buffer.h"
#include "core/file.h"
#include "store/bytes.h"
#include "store/day.h"
#include "store/day_name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders below the data folder that are counted: models have versions with files in them. */
#define DEPTH_MAX 8

static const char *const kind_names[DAVY_HOLDING_KINDS] = {
    [DAVY_HOLDING_LOG] = "log",         [DAVY_HOLDING_SAMPLES] = "samples",
    [DAVY_HOLDING_SUMS] = "rollups",    [DAVY_HOLDING_RECORDS] = "records",
    [DAVY_HOLDING_NAMES] = "names",     [DAVY_HOLDING_RESERVE] = "reserve",
    [DAVY_HOLDING_ASIDE] = "set aside", [DAVY_HOLDING_OTHER] = "other",
};

const char *davy_holding_kind_name(davy_holding_kind kind)
{
    return kind_names[kind];
}

/* A look under way. */
struct look {
    char days[PATH_MAX - 80];
    davy_holding *holding;
    const davy_holding *before;
    size_t asks; /* files that may be opened yet */
    davy_buffer files, missed;
};

/* What lies beneath a folder --------------------------------------------------------------------*/

static uint64_t bytes_of(const struct stat *about)
{
    return (uint64_t) about->st_blocks * 512;
}

/* A name that cannot be looked at counts nothing: it went while we looked. */
static uint64_t bytes_beneath(int folder, const char *name, int depth)
{
    struct stat about;
    const struct dirent *entry;
    DIR *directory;
    uint64_t bytes;
    int file;

    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return 0;
    bytes = bytes_of(&about);
    if (!S_ISDIR(about.st_mode) || depth == DEPTH_MAX)
        return bytes;
    file = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    directory = file >= 0 ? fdopendir(file) : NULL;
    if (!directory) {
        if (file >= 0)
            close(file);
        return bytes;
    }
    while ((entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            bytes += bytes_beneath(file, entry->d_name, depth + 1);
    closedir(directory);
    return bytes;
}

static bool begins_with(const char *name, const char *begin)
{
    return strncmp(name, begin, strlen(begin)) == 0;
}

static davy_holding_kind kind_of(const char *name)
{
    if (begins_with(name, "catalogue.db"))
        return DAVY_HOLDING_NAMES;
    if (begins_with(name, "records.db") || begins_with(name, "notify.db"))
        return DAVY_HOLDING_RECORDS;
    if (strcmp(name, "hot") == 0)
        return DAVY_HOLDING_LOG;
    return strcmp(name, "reserve") == 0 ? DAVY_HOLDING_RESERVE : DAVY_HOLDING_OTHER;
}

/* Day files -------------------------------------------------------------------------------------*/

/* Of a database and its -wal: a sealing changes the one, a checkpoint the other. */
static uint64_t stamp_of(const struct stat *file, const struct stat *wal)
{
    uint8_t bytes[48];

    davy_put_u64(bytes, (uint64_t) file->st_size);
    davy_put_u64(bytes + 8, (uint64_t) file->st_mtim.tv_sec);
    davy_put_u64(bytes + 16, (uint64_t) file->st_mtim.tv_nsec);
    davy_put_u64(bytes + 24, (uint64_t) wal->st_size);
    davy_put_u64(bytes + 32, (uint64_t) wal->st_mtim.tv_sec);
    davy_put_u64(bytes + 40, (uint64_t) wal->st_mtim.tv_nsec);
    return davy_checksum(bytes, sizeof bytes);
}

static int compare_files(const void *left, const void *right)
{
    const davy_holding_file *a = left, *b = right;

    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    return strcmp(a->class_name, b->class_name);
}

static bool is_rollups(const davy_holding_file *file)
{
    return strcmp(file->class_name, DAVY_HOLDING_ROLLUPS) == 0;
}

static davy_status add_file(struct look *look, const char *name, davy_holding_file *file)
{
    char path[PATH_MAX], beside[PATH_MAX + 8];
    struct stat about, wal = {0};

    (void) snprintf(path, sizeof path, "%s/%.70s", look->days, name);
    (void) snprintf(beside, sizeof beside, "%s-wal", path);
    if (stat(path, &about) != 0)
        return DAVY_OK;                              /* it is just being removed */
    if (stat(beside, &wal) != 0 || wal.st_size == 0) /* who reads leaves an empty one */
        wal = (struct stat){0};
    file->bytes = bytes_of(&about) + bytes_of(&wal);
    file->stamp = stamp_of(&about, &wal);
    look->holding->bytes[is_rollups(file) ? DAVY_HOLDING_SUMS : DAVY_HOLDING_SAMPLES] +=
        file->bytes;
    davy_buffer_append(&look->files, file, sizeof *file);
    return davy_buffer_ok(&look->files);
}

/* "2026-01-02.bulk.db.damaged-1795401866" */
static davy_status add_missed(struct look *look, int folder, const char *name, const char *mark)
{
    davy_holding_missed missed = {0};
    struct stat about;

    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return DAVY_OK;
    (void) snprintf(missed.file, sizeof missed.file, "days/%.70s", name);
    (void) snprintf(missed.day_file, sizeof missed.day_file, "days/%.*s",
                    (int) (mark - name < 58 ? mark - name : 58), name);
    missed.since_ns = strtoll(strrchr(name, '-') + 1, NULL, 10) * DAVY_NS_PER_S;
    missed.bytes = (uint64_t) about.st_size;
    look->holding->bytes[DAVY_HOLDING_ASIDE] += bytes_of(&about);
    davy_buffer_append(&look->missed, &missed, sizeof missed);
    return davy_buffer_ok(&look->missed);
}

static bool is_mark(const char *mark)
{
    const char *digits = mark + sizeof ".damaged-" - 1;

    return *digits != '\0' && digits[strspn(digits, "0123456789")] == '\0';
}

static davy_status look_at_name(struct look *look, int folder, const char *name)
{
    const char *mark = strstr(name, ".damaged-");
    davy_holding_file file = {0};

    if (mark && is_mark(mark))
        return add_missed(look, folder, name, mark);
    if (davy_rollups_name_parse(name, &file.day))
        (void) snprintf(file.class_name, sizeof file.class_name, "%s", DAVY_HOLDING_ROLLUPS);
    else if (!davy_day_name_parse(name, &file.day, file.class_name))
        return DAVY_OK;
    if (file.class_name[0] == '\0')
        (void) snprintf(file.class_name, sizeof file.class_name, "default");
    return add_file(look, name, &file);
}

static int compare_missed(const void *left, const void *right)
{
    const davy_holding_missed *a = left, *b = right;

    return strcmp(a->file, b->file);
}

static davy_status look_at_days(struct look *look)
{
    DIR *directory = opendir(look->days);
    const struct dirent *entry;
    davy_status status = DAVY_OK;

    if (!directory)
        return errno == ENOENT ? davy_fail(DAVY_ERR_NOT_FOUND, "there is no store in '%.*s'",
                                           (int) strlen(look->days) - 5, look->days)
                               : davy_fail(DAVY_ERR_IO, "cannot list '%s'", look->days);
    while (status == DAVY_OK && (entry = readdir(directory)))
        status = look_at_name(look, dirfd(directory), entry->d_name);
    closedir(directory);
    return status;
}

/* How many samples
 * -------------------------------------------------------------------------------*/

/* As it said when it was looked at before, if it is still the same. */
static bool ask_before(const struct look *look, davy_holding_file *file)
{
    const davy_holding_file *found = NULL;

    if (look->before && look->before->count > 0)
        found =
            bsearch(file, look->before->files, look->before->count, sizeof *file, compare_files);
    if (!found || !found->asked || found->stamp != file->stamp)
        return false;
    file->samples = found->samples;
    return true;
}

/* A file that does not say is damaged, and told elsewhere. */
static void ask_file(const struct look *look, davy_holding_file *file)
{
    const davy_day_file which = {file->day, 0};
    const bool rest = strcmp(file->class_name, "default") == 0;
    char name[DAVY_DAY_NAME_MAX], path[PATH_MAX];
    davy_day_totals totals;
    davy_day *day;

    davy_day_name_format(file->day, rest ? "" : file->class_name, name);
    (void) snprintf(path, sizeof path, "%s/%s", look->days, name);
    if (davy_day_open(path, which, 0, true, &day) != DAVY_OK)
        return;
    if (davy_day_get_totals(day, &totals) == DAVY_OK)
        file->samples = totals.samples;
    davy_day_close(day);
}

/* The newest first: they are looked at most. */
static void ask_files(struct look *look)
{
    for (size_t i = look->holding->count; i > 0; i--) {
        davy_holding_file *file = &look->holding->files[i - 1];

        file->asked = is_rollups(file) || ask_before(look, file);
        if (file->asked || look->asks == 0)
            continue;
        ask_file(look, file);
        file->asked = true;
        look->asks--;
    }
}

/* The folder ------------------------------------------------------------------------------------*/

static davy_status look_at_folder(struct look *look, const char *folder)
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;

    if (!directory)
        return davy_fail(DAVY_ERR_IO, "cannot list '%s'", folder);
    while ((entry = readdir(directory)))
        if (strcmp(entry->d_name, "days") != 0 && strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0)
            look->holding->bytes[kind_of(entry->d_name)] +=
                bytes_beneath(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    return DAVY_OK;
}

static void hand_over(struct look *look)
{
    davy_holding *out = look->holding;

    const size_t count = look->files.length / sizeof *out->files,
                 missed_count = look->missed.length / sizeof *out->missed;

    out->files = (davy_holding_file *) (void *) davy_buffer_take(&look->files);
    out->missed = (davy_holding_missed *) (void *) davy_buffer_take(&look->missed);
    out->count = out->files ? count : 0;
    out->missed_count = out->missed ? missed_count : 0;
    if (out->count > 0)
        qsort(out->files, out->count, sizeof *out->files, compare_files);
    if (out->missed_count > 0)
        qsort(out->missed, out->missed_count, sizeof *out->missed, compare_missed);
}

davy_status davy_holding_read(const char *folder, const davy_holding *before, size_t asks,
                              davy_holding *out)
{
    struct look look = {.holding = out, .before = before, .asks = asks};
    davy_status status = DAVY_OK;

    *out = (davy_holding){0};
    if (snprintf(look.days, sizeof look.days, "%s/days", folder) >= (int) sizeof look.days)
        status = davy_fail(DAVY_ERR_INVALID, "path '%.80s...' is too long", folder);
    if (status == DAVY_OK)
        status = look_at_days(&look);
    if (status == DAVY_OK)
        status = look_at_folder(&look, folder);
    if (status == DAVY_OK) {
        hand_over(&look);
        ask_files(&look);
    }
    davy_buffer_clear(&look.files);
    davy_buffer_clear(&look.missed);
    return status;
}

void davy_holding_clear(davy_holding *holding)
{
    free(holding->files);
    free(holding->missed);
    *holding = (davy_holding){0};
}
