/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/uploads.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <sodium.h>

#include "core/file.h"
#include "core/sample.h"

#define WHOLE ".csv"
#define PART  ".part"

static davy_status folder_of(const char *data, char *folder, size_t capacity)
{
    return snprintf(folder, capacity, "%s/uploads", data) < (int) capacity
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "the path of the data folder is too long");
}

static void path_of(const char *folder, const char *id, const char *ending, char path[4096])
{
    (void) snprintf(path, 4096, "%s/%s%s", folder, id, ending);
}

/* The id of a file of uploads; false for any other file. */
static bool read_id(const char *name, char id[DAVY_UPLOAD_ID_MAX])
{
    const size_t length = DAVY_UPLOAD_ID_MAX - 1;

    if (strspn(name, "0123456789abcdef") != length)
        return false;
    memcpy(id, name, length);
    id[length] = '\0';
    return true;
}

static uint64_t bytes_of_all(const char *folder)
{
    DIR *list = opendir(folder);
    const struct dirent *entry;
    uint64_t bytes = 0;

    while (list && (entry = readdir(list))) {
        struct stat about;

        if (fstatat(dirfd(list), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(about.st_mode))
            bytes += (uint64_t) about.st_size;
    }
    if (list)
        closedir(list);
    return bytes;
}

static davy_status check_room(const char *folder, uint64_t all)
{
    struct statvfs disk;

    if (statvfs(folder, &disk) != 0)
        return davy_fail(DAVY_ERR_IO, "cannot ask for the room of '%s'", folder);
    if ((uint64_t) disk.f_bavail * disk.f_frsize < DAVY_UPLOAD_DISK_RESERVE)
        return davy_fail(DAVY_ERR_FULL,
                         "the disk has less than %llu MiB left, which samples and "
                         "alarms need",
                         (unsigned long long) (DAVY_UPLOAD_DISK_RESERVE >> 20));
    if (all > DAVY_UPLOADS_BYTES_MAX)
        return davy_fail(DAVY_ERR_FULL, "all uploads together have more than %llu MiB",
                         (unsigned long long) (DAVY_UPLOADS_BYTES_MAX >> 20));
    return DAVY_OK;
}

davy_status davy_upload_begin(const char *data, davy_upload **out)
{
    davy_upload *upload = calloc(1, sizeof *upload);
    unsigned char random[(DAVY_UPLOAD_ID_MAX - 1) / 2];
    char path[4096];
    davy_status status;

    if (!upload)
        return davy_fail(DAVY_ERR_NOMEM, "an upload");
    upload->file = -1;
    status = folder_of(data, upload->folder, sizeof upload->folder);
    if (status == DAVY_OK)
        status = davy_folder_make(upload->folder, 0700);
    if (status == DAVY_OK)
        status = check_room(upload->folder, bytes_of_all(upload->folder));
    if (status == DAVY_OK) {
        randombytes_buf(random, sizeof random);
        sodium_bin2hex(upload->id, sizeof upload->id, random, sizeof random);
        path_of(upload->folder, upload->id, PART, path);
        upload->file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (upload->file < 0)
            status = davy_fail(DAVY_ERR_IO, "cannot create '%s'", path);
    }
    if (status == DAVY_OK)
        *out = upload;
    else
        davy_upload_end(upload);
    return status;
}

davy_status davy_upload_add(davy_upload *upload, const void *bytes, size_t length)
{
    davy_status status = check_room(upload->folder, upload->bytes + length);

    if (status == DAVY_OK)
        status = davy_file_write_all(upload->file, bytes, length);
    upload->bytes += length;
    return status;
}

davy_status davy_upload_finish(davy_upload *upload)
{
    char part[4096], whole[4096];

    path_of(upload->folder, upload->id, PART, part);
    path_of(upload->folder, upload->id, WHOLE, whole);
    if (fsync(upload->file) != 0 || rename(part, whole) != 0)
        return davy_fail(DAVY_ERR_IO, "cannot keep '%s'", whole);
    return davy_folder_sync(upload->folder);
}

void davy_upload_end(davy_upload *upload)
{
    char path[4096];

    if (!upload)
        return;
    if (upload->file >= 0) {
        close(upload->file);
        path_of(upload->folder, upload->id, PART, path);
        (void) unlink(path); /* a whole one has another name */
    }
    free(upload);
}

davy_status davy_upload_find(const char *data, const char *id, char *path, size_t capacity)
{
    char folder[4000], checked[DAVY_UPLOAD_ID_MAX];
    struct stat about;
    davy_status status = folder_of(data, folder, sizeof folder);

    if (status == DAVY_OK && (!read_id(id, checked) || id[DAVY_UPLOAD_ID_MAX - 1] != '\0'))
        status = davy_fail(DAVY_ERR_NOT_FOUND, "'%.40s' is not the id of an upload", id);
    if (status == DAVY_OK &&
        snprintf(path, capacity, "%s/%s" WHOLE, folder, checked) >= (int) capacity)
        status = davy_fail(DAVY_ERR_INVALID, "the path of the data folder is too long");
    if (status == DAVY_OK && (lstat(path, &about) != 0 || !S_ISREG(about.st_mode)))
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no upload '%s'; it may have been too old",
                           checked);
    return status;
}

void davy_uploads_expire(const char *data, int64_t now_ns,
                         bool (*in_use)(void *context, const char *id), void *context)
{
    char folder[4000], id[DAVY_UPLOAD_ID_MAX];
    const struct dirent *entry;
    DIR *list = folder_of(data, folder, sizeof folder) == DAVY_OK ? opendir(folder) : NULL;

    while (list && (entry = readdir(list))) {
        struct stat about;

        if (!read_id(entry->d_name, id) ||
            fstatat(dirfd(list), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (now_ns / DAVY_NS_PER_S - about.st_mtim.tv_sec > DAVY_UPLOAD_KEPT_S &&
            !(in_use && in_use(context, id)))
            (void) unlinkat(dirfd(list), entry->d_name, 0);
    }
    if (list)
        closedir(list);
}
