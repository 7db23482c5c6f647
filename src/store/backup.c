/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backup.h"

#include "core/buffer.h"
#include "core/file.h"
#include "store/backup_file.h"
#include "store/compaction.h"
#include "store/records.h"
#include "store/segment.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders below the data folder; models and jobs lie two deep. */
#define DEPTH_MAX 16

/* A segment is rolled at 16 MiB, so the log stands still for long enough to be opened. */
#define OPEN_TRIES 100

#define REMOVE_DESCRIPTORS 16

struct backup {
    char from[PATH_MAX - 64], to[PATH_MAX - 64];
    uint64_t last; /* frame of the log that the copy ends with */
    davy_backup_report *report;
};

/* Segments held open: they can be read when the sealer has removed them. */
struct held {
    uint64_t *numbers;
    int *files;
    size_t count;
};

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static void release(struct held *held)
{
    for (size_t i = 0; held->files && i < held->count; i++)
        if (held->files[i] >= 0)
            close(held->files[i]);
    free(held->files);
    free(held->numbers);
    *held = (struct held){0};
}

static davy_status open_segments(const char *folder, struct held *held)
{
    char path[PATH_MAX];
    davy_status status = davy_segment_list(folder, &held->numbers, &held->count);

    if (status != DAVY_OK)
        return status;
    held->files = malloc((held->count + 1) * sizeof *held->files);
    if (!held->files)
        return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu segments", held->count);
    for (size_t i = 0; i < held->count; i++)
        held->files[i] = -1;
    for (size_t i = 0; i < held->count && status == DAVY_OK; i++) {
        status = davy_segment_path(folder, held->numbers[i], path, sizeof path);
        if (status == DAVY_OK)
            held->files[i] = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (status == DAVY_OK && held->files[i] < 0)
            status = davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO,
                               "cannot open '%s'", path);
    }
    return status;
}

/* No segment came or went since they were listed. */
static davy_status is_same(const char *folder, const struct held *held, bool *same)
{
    uint64_t *numbers;
    size_t count;
    davy_status status = davy_segment_list(folder, &numbers, &count);

    if (status != DAVY_OK)
        return status;
    *same = count == held->count &&
            (count == 0 || memcmp(numbers, held->numbers, count * sizeof *numbers) == 0);
    free(numbers);
    return DAVY_OK;
}

static davy_status hold_log(const char *folder, struct held *held)
{
    for (int tries = 0; tries < OPEN_TRIES; tries++) {
        bool same = false;
        davy_status status = open_segments(folder, held);

        if (status == DAVY_OK)
            status = is_same(folder, held, &same);
        if (status == DAVY_OK && same)
            return DAVY_OK;
        release(held);
        if (status != DAVY_OK && status != DAVY_ERR_NOT_FOUND)
            return status;
    }
    return davy_fail(DAVY_ERR_UNAVAILABLE, "'%s' changes too fast to be copied: try again", folder);
}

static davy_status pass_frame(void *context, const davy_frame *frame)
{
    (void) context, (void) frame;
    return DAVY_OK;
}

/* Up to its last whole frame: what comes after it is being written, or was when a writer ended. */
static davy_status copy_segment(struct backup *backup, uint64_t number, int file)
{
    char path[PATH_MAX], folder[PATH_MAX];
    davy_segment_report found;
    davy_buffer bytes = {0};
    davy_status status = davy_segment_load(file, true, &bytes);

    (void) snprintf(folder, sizeof folder, "%s/hot", backup->to);
    if (status == DAVY_OK)
        status = davy_segment_path(folder, number, path, sizeof path);
    if (status == DAVY_OK)
        status = davy_segment_read_bytes((const uint8_t *) bytes.bytes, bytes.length, pass_frame,
                                         NULL, &found);
    if (status == DAVY_OK)
        status = davy_backup_write(path, bytes.bytes, (size_t) found.good_size, 0640);
    if (status == DAVY_OK) {
        if (found.sequence > backup->last)
            backup->last = found.sequence;
        backup->report->frames += found.frames;
        backup->report->bytes += found.good_size;
        backup->report->files++;
    }
    davy_buffer_clear(&bytes);
    return status;
}

/* Chunks that are sealed by now stay in, also when damage in the log hides the frames of theirs. */
static davy_status note_sealed(struct backup *backup)
{
    char folder[PATH_MAX], path[2 * PATH_MAX];
    const struct dirent *entry;
    DIR *directory;

    (void) snprintf(folder, sizeof folder, "%s/days", backup->from);
    directory = opendir(folder);
    if (!directory)
        return errno == ENOENT ? DAVY_OK : davy_fail(DAVY_ERR_IO, "cannot list '%s'", folder);
    while ((entry = readdir(directory))) {
        uint64_t sequence = 0;

        (void) snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (ends_with(path, ".db") && davy_backup_sealed(path, &sequence) == DAVY_OK &&
            sequence > backup->last)
            backup->last = sequence; /* what cannot be read is found when the copy is */
    }
    closedir(directory);
    return DAVY_OK;
}

static davy_status copy_log(struct backup *backup)
{
    char folder[PATH_MAX];
    struct held held = {0};
    davy_status status;

    (void) snprintf(folder, sizeof folder, "%s/hot", backup->to);
    status = davy_folder_make(folder, 0750);
    (void) snprintf(folder, sizeof folder, "%s/hot", backup->from);
    if (status == DAVY_OK)
        status = hold_log(folder, &held);
    for (size_t i = 0; i < held.count && status == DAVY_OK; i++)
        status = copy_segment(backup, held.numbers[i], held.files[i]);
    release(&held);
    return status;
}

static bool stays_behind(const char *path)
{
    return strcmp(path, "/lock") == 0 || strcmp(path, "/daemon.json") == 0 ||
           strcmp(path, "/reserve") == 0 || strcmp(path, "/days/list") == 0 ||
           strcmp(path, "/records.db-head") == 0 || ends_with(path, "-wal") ||
           ends_with(path, "-shm") || (strncmp(path, "/hot/", 5) == 0 && ends_with(path, ".log"));
}

static davy_status copy_day(const struct backup *backup, const char *path)
{
    davy_status status = davy_backup_cut_day(path, backup->last);

    return status == DAVY_ERR_CORRUPT ? DAVY_OK : status; /* found when it is read back */
}

static davy_status copy_bytes(const struct backup *backup, const char *path, const char *from,
                              const char *to)
{
    davy_status status;

    if (!ends_with(path, ".db"))
        return davy_backup_plain(from, to, &backup->report->bytes);
    if (strncmp(path, "/days/", 6) != 0)
        return davy_backup_database(from, to, &backup->report->bytes);
    if (ends_with(path, ".rollups.db"))
        return davy_backup_rollups(from, to, &backup->report->bytes);
    status = davy_backup_database(from, to, &backup->report->bytes);
    return status == DAVY_OK ? copy_day(backup, to) : status;
}

/* @param path  below both folders, begins with a slash */
static davy_status copy_file(struct backup *backup, const char *path)
{
    char from[PATH_MAX + 1], to[PATH_MAX + 1];
    davy_status status;

    if (snprintf(from, sizeof from, "%s%s", backup->from, path) >= PATH_MAX ||
        snprintf(to, sizeof to, "%s%s", backup->to, path) >= PATH_MAX)
        return davy_fail(DAVY_ERR_INVALID, "path '%.80s...' is too long", path);
    status = copy_bytes(backup, path, from, to);
    if (status == DAVY_ERR_NOT_FOUND) /* removed since it was listed */
        return DAVY_OK;
    backup->report->files++;
    return status;
}

static davy_status copy_folder(struct backup *backup, const char *path, int depth);

static davy_status copy_entry(struct backup *backup, const char *folder, const char *name,
                              int depth)
{
    char path[PATH_MAX], whole[2 * PATH_MAX];
    struct stat about;

    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int) sizeof path)
        return davy_fail(DAVY_ERR_INVALID, "path '%.80s...' is too long", folder);
    (void) snprintf(whole, sizeof whole, "%s%s", backup->from, path);
    if (stays_behind(path) || lstat(whole, &about) != 0)
        return DAVY_OK;
    if (S_ISDIR(about.st_mode))
        return copy_folder(backup, path, depth + 1);
    return S_ISREG(about.st_mode) ? copy_file(backup, path) : DAVY_OK;
}

static davy_status copy_entries(struct backup *backup, const char *from, const char *path,
                                int depth)
{
    DIR *directory = opendir(from);
    const struct dirent *entry;
    davy_status status = DAVY_OK;

    if (!directory)
        return errno == ENOENT && depth > 0 ? DAVY_OK
                                            : davy_fail(DAVY_ERR_IO, "cannot list '%s'", from);
    while (status == DAVY_OK && (entry = readdir(directory)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = copy_entry(backup, path, entry->d_name, depth);
    closedir(directory);
    return status;
}

/* @param path  "" for the data folder itself */
static davy_status copy_folder(struct backup *backup, const char *path, int depth)
{
    char from[2 * PATH_MAX], to[2 * PATH_MAX];
    davy_status status;

    if (depth > DEPTH_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'%s%s' is deeper than %d folders", backup->from, path,
                         DEPTH_MAX);
    (void) snprintf(from, sizeof from, "%s%s", backup->from, path);
    (void) snprintf(to, sizeof to, "%s%s", backup->to, path);
    status = davy_folder_make(to, 0750);
    if (status == DAVY_OK)
        status = copy_entries(backup, from, path, depth);
    return status == DAVY_OK ? davy_folder_sync(to) : status;
}

/* Before the records: it may lag behind them and is never ahead (records_head.h). */
static davy_status copy_records_head(struct backup *backup)
{
    return copy_file(backup, "/records.db-head");
}

/* Before the day files: one that is made meanwhile is not missed in the copy. */
static davy_status copy_list(struct backup *backup)
{
    char folder[PATH_MAX];
    davy_status status;

    (void) snprintf(folder, sizeof folder, "%s/days", backup->to);
    status = davy_folder_make(folder, 0750);
    return status == DAVY_OK ? copy_file(backup, "/days/list") : status;
}

static davy_status read_back_store(struct backup *backup)
{
    const davy_store_options read_only = {.read_only = true};
    davy_backup_report *report = backup->report;
    davy_store *store;
    davy_status status = davy_store_open(backup->to, &read_only, &store);

    if (status == DAVY_ERR_CORRUPT || status == DAVY_ERR_UNSUPPORTED) {
        report->damaged++;
        return DAVY_OK;
    }
    if (status != DAVY_OK)
        return status;
    status = davy_store_verify(store, &report->chunks, &report->damaged);
    davy_store_close(store);
    return status;
}

static davy_status read_back_records(struct backup *backup)
{
    char path[PATH_MAX];
    davy_records *records = NULL;
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/records.db", backup->to);
    if (access(path, F_OK) != 0)
        return DAVY_OK; /* no daemon has run on it: history was imported */
    status = davy_records_open_read_only(path, &records);
    if (status == DAVY_OK)
        status = davy_records_verify(records, &backup->report->records);
    davy_records_close(records);
    backup->report->chain_broken = status == DAVY_ERR_CORRUPT;
    return status == DAVY_ERR_CORRUPT ? DAVY_OK : status;
}

static davy_status copy_all(struct backup *backup)
{
    davy_status status = note_sealed(backup);

    if (status == DAVY_OK)
        status = copy_log(backup);
    if (status == DAVY_OK)
        status = copy_list(backup);
    if (status == DAVY_OK)
        status = copy_records_head(backup);
    return status == DAVY_OK ? copy_folder(backup, "", 0) : status;
}

/* A chunk that is merged with a later one meanwhile would be taken out with it. */
static davy_status copy_undisturbed(struct backup *backup)
{
    char folder[PATH_MAX];
    int held = -1;
    davy_status status;

    (void) snprintf(folder, sizeof folder, "%s/days", backup->from);
    status = davy_compaction_hold(folder, false, &held);
    if (status != DAVY_OK && status != DAVY_ERR_NOT_FOUND) /* no day file: nothing is merged */
        return status;
    status = copy_all(backup);
    if (held >= 0)
        close(held);
    return status;
}

static davy_status fill(struct backup *backup)
{
    davy_status status = copy_undisturbed(backup);

    if (status == DAVY_OK)
        status = read_back_store(backup);
    return status == DAVY_OK ? read_back_records(backup) : status;
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *place)
{
    (void) about, (void) type, (void) place;
    return remove(path);
}

static davy_status sync_parent(const char *path)
{
    char parent[PATH_MAX];
    char *slash;

    (void) snprintf(parent, sizeof parent, "%s", path);
    slash = strrchr(parent, '/');
    if (!slash)
        return davy_folder_sync(".");
    slash[slash == parent] = '\0';
    return davy_folder_sync(parent);
}

/* A copy that lies in what is copied would be copied too, again and again. */
static davy_status check_apart(const struct backup *backup, const char *to)
{
    char from[PATH_MAX], made[PATH_MAX];
    size_t length;

    if (!realpath(backup->from, from) || !realpath(backup->to, made))
        return davy_fail(DAVY_ERR_IO, "cannot look at '%s'", backup->to);
    length = strlen(from);
    if (strncmp(made, from, length) == 0 && made[length] == '/')
        return davy_fail(DAVY_ERR_INVALID,
                         "'%s' is inside '%s', which is copied: name a folder outside of it", to,
                         backup->from);
    return DAVY_OK;
}

static davy_status begin(struct backup *backup, const char *from, const char *to)
{
    char hot[PATH_MAX];
    struct stat about;

    if (snprintf(backup->from, sizeof backup->from, "%s", from) >= (int) sizeof backup->from ||
        snprintf(backup->to, sizeof backup->to, "%s.partial", to) >= (int) sizeof backup->to)
        return davy_fail(DAVY_ERR_INVALID, "path '%.80s...' is too long", to);
    (void) snprintf(hot, sizeof hot, "%s/hot", from);
    if (stat(hot, &about) != 0 || !S_ISDIR(about.st_mode))
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no store in '%s'", from);
    if (lstat(to, &about) == 0)
        return davy_fail(DAVY_ERR_EXISTS,
                         "'%s' is there already: name a new folder, or move it away", to);
    if (mkdir(backup->to, 0750) == 0)
        return DAVY_OK;
    if (errno == EEXIST)
        return davy_fail(DAVY_ERR_EXISTS,
                         "'%s' is there: another one is at work, or was broken off; then remove it",
                         backup->to);
    return davy_fail(DAVY_ERR_IO, "cannot make '%s'", backup->to);
}

davy_status davy_backup_make(const char *from, const char *to, davy_backup_report *report)
{
    struct backup backup = {.report = report};
    davy_status status = begin(&backup, from, to);

    if (status != DAVY_OK)
        return status;
    *report = (davy_backup_report){0};
    status = check_apart(&backup, to);
    if (status == DAVY_OK)
        status = fill(&backup);
    if (status == DAVY_OK && rename(backup.to, to) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot name '%s'", to);
    if (status == DAVY_OK)
        return sync_parent(to);
    (void) nftw(backup.to, remove_one, REMOVE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
    return status;
}
