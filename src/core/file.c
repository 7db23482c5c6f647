/* SPDX-License-Identifier: Apache-2.0 */
#include "core/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define READ_STEP ((size_t) 64 * 1024)

static davy_status read_all(int descriptor, const char *path, size_t limit, davy_buffer *out)
{
    for (;;) {
        char *end = davy_buffer_reserve(out, READ_STEP);
        ssize_t count;

        if (!end)
            return davy_fail(DAVY_ERR_NOMEM, "'%s'", path);
        count = read(descriptor, end, READ_STEP);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return davy_fail(DAVY_ERR_IO, "cannot read '%s'", path);
        out->length += (size_t) count;
        out->bytes[out->length] = '\0';
        if (out->length > limit)
            return davy_fail(DAVY_ERR_FULL, "'%s' is longer than the %zu bytes that are allowed",
                             path, limit);
        if (count == 0)
            return DAVY_OK;
    }
}

/* Takes the descriptor, which a pipe or a device may be behind. */
static davy_status read_regular(int descriptor, const char *path, size_t limit, davy_buffer *out)
{
    struct stat about;
    davy_status status;

    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode))
        status = davy_fail(DAVY_ERR_INVALID, "'%s' is not a regular file", path);
    else
        status = read_all(descriptor, path, limit, out);
    close(descriptor);
    return status;
}

davy_status davy_file_read(const char *path, size_t limit, davy_buffer *out)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (descriptor < 0)
        return davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO, "cannot open '%s': %s",
                         path, strerror(errno));
    return read_regular(descriptor, path, limit, out);
}

davy_status davy_folder_open(const char *path, int *out)
{
    *out = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*out < 0)
        return davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO,
                         "cannot open folder '%s': %s", path, strerror(errno));
    return DAVY_OK;
}

davy_status davy_open_beneath(int folder, const char *path, int flags, int *out)
{
    const struct open_how how = {.flags = (unsigned) (flags | O_CLOEXEC | O_NONBLOCK),
                                 .resolve =
                                     RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    const long descriptor = syscall(SYS_openat2, folder, path, &how, sizeof how);

    if (descriptor >= 0) {
        *out = (int) descriptor;
        return DAVY_OK;
    }
    if (errno == EXDEV || errno == ELOOP)
        return davy_fail(DAVY_ERR_DENIED, "'%s' leads out of its folder or over a link", path);
    return davy_fail(errno == ENOENT ? DAVY_ERR_NOT_FOUND : DAVY_ERR_IO, "cannot open '%s': %s",
                     path, strerror(errno));
}

davy_status davy_file_read_beneath(int folder, const char *path, size_t limit, davy_buffer *out)
{
    int descriptor;
    davy_status status = davy_open_beneath(folder, path, O_RDONLY, &descriptor);

    return status == DAVY_OK ? read_regular(descriptor, path, limit, out) : status;
}

davy_status davy_file_write_all(int descriptor, const void *bytes, size_t length)
{
    const char *cursor = bytes;

    while (length > 0) {
        ssize_t count = write(descriptor, cursor, length);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return davy_fail(errno == ENOSPC || errno == EDQUOT ? DAVY_ERR_FULL : DAVY_ERR_IO,
                             "cannot write: %s", strerror(errno));
        cursor += count;
        length -= (size_t) count;
    }
    return DAVY_OK;
}

davy_status davy_file_sync_parent(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');

    if (!slash)
        return davy_folder_sync(".");
    (void) snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int) (slash - path), path);
    return davy_folder_sync(folder);
}

davy_status davy_file_replace(const char *path, const void *bytes, size_t length, mode_t mode)
{
    return davy_file_replace_parts(path, &(davy_file_part){bytes, length}, 1, mode);
}

davy_status davy_file_replace_parts(const char *path, const davy_file_part *parts, size_t count,
                                    mode_t mode)
{
    char beside[PATH_MAX];
    davy_status status = DAVY_OK;
    int descriptor;

    if (snprintf(beside, sizeof beside, "%s.%ld.new", path, (long) getpid()) >= (int) sizeof beside)
        return davy_fail(DAVY_ERR_INVALID, "path '%.80s...' is too long", path);
    descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (descriptor < 0)
        return davy_fail(DAVY_ERR_IO, "cannot create '%s'", beside);
    for (size_t i = 0; status == DAVY_OK && i < count; i++)
        status = davy_file_write_all(descriptor, parts[i].bytes, parts[i].length);
    if (status != DAVY_OK)
        davy_fail_in(status, "'%s'", beside);
    else if (fsync(descriptor) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot sync '%s'", beside);
    close(descriptor);
    if (status == DAVY_OK && rename(beside, path) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot rename '%s' to '%s'", beside, path);
    if (status != DAVY_OK) {
        unlink(beside);
        return status;
    }
    return davy_file_sync_parent(path);
}

/* "NAME.1234.new" beside NAME: as davy_file_replace_parts() names it. */
static bool is_left_of(const char *entry, const char *name)
{
    const size_t length = strlen(name);
    size_t digits;

    if (strncmp(entry, name, length) != 0 || entry[length] != '.')
        return false;
    digits = strspn(entry + length + 1, "0123456789");
    return digits > 0 && strcmp(entry + length + 1 + digits, ".new") == 0;
}

void davy_file_sweep(const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_MAX];
    const struct dirent *entry;
    DIR *list;

    (void) snprintf(folder, sizeof folder, "%.*s", slash ? (int) (slash - path) + 1 : 2,
                    slash ? path : "./");
    list = opendir(folder);
    while (list && (entry = readdir(list)))
        if (is_left_of(entry->d_name, slash ? slash + 1 : path))
            (void) unlinkat(dirfd(list), entry->d_name, 0);
    if (list)
        closedir(list);
}

davy_status davy_folder_make(const char *path, mode_t mode)
{
    char partial[PATH_MAX];
    size_t length = strlen(path);

    if (length == 0 || length >= sizeof partial)
        return davy_fail(DAVY_ERR_INVALID, "'%.80s' is not a folder name", path);
    memcpy(partial, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (partial[i] != '/' && partial[i] != '\0')
            continue;
        partial[i] = '\0';
        if (mkdir(partial, mode) != 0 && errno != EEXIST)
            return davy_fail(DAVY_ERR_IO, "cannot make folder '%s'", partial);
        partial[i] = path[i];
    }
    return DAVY_OK;
}

davy_status davy_folder_sync(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    davy_status status = DAVY_OK;

    if (descriptor < 0)
        return davy_fail(DAVY_ERR_IO, "cannot open folder '%s'", path);
    if (fsync(descriptor) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot sync folder '%s'", path);
    close(descriptor);
    return status;
}

uint64_t davy_checksum(const void *bytes, size_t length)
{
    return XXH3_64bits(bytes, length);
}
