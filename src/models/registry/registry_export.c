/* SPDX-License-Identifier: Apache-2.0 */
#include "core/file.h"
#include "models/registry/registry_private.h"
#include "models/registry/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRY_PATH (2 * DAVY_REGISTRY_PATH)
#define READ_STEP  ((size_t) 64 * 1024)

static davy_status copy_bytes(int from, int to)
{
    char bytes[READ_STEP];
    ssize_t count;
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && (count = read(from, bytes, sizeof bytes)) != 0)
        status = count < 0 ? davy_fail(DAVY_ERR_IO, "cannot read")
                           : davy_file_write_all(to, bytes, (size_t) count);
    if (status == DAVY_OK && fsync(to) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot sync");
    return status;
}

static davy_status copy_file(const char *from, const char *to, const char *name)
{
    char source[ENTRY_PATH], target[ENTRY_PATH];
    int in, out = -1;
    davy_status status;

    (void) snprintf(source, sizeof source, "%s/%s", from, name);
    (void) snprintf(target, sizeof target, "%s/%s", to, name);
    in = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (in >= 0)
        out = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    status = in >= 0 && out >= 0 ? copy_bytes(in, out) : davy_fail(DAVY_ERR_IO, "cannot copy");
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return status == DAVY_OK ? DAVY_OK : davy_fail_in(status, "'%s' to '%s'", source, target);
}

static davy_status copy_files(const char *from, const char *to)
{
    DIR *list = opendir(from);
    const struct dirent *entry;
    davy_status status = DAVY_OK;

    if (!list)
        return davy_fail(DAVY_ERR_IO, "cannot read '%s'", from);
    while (status == DAVY_OK && (entry = readdir(list)))
        if (entry->d_name[0] != '.')
            status = copy_file(from, to, entry->d_name);
    closedir(list);
    return status;
}

davy_status davy_registry_export(const char *folder, const char *name, unsigned version,
                                 const char *destination)
{
    char from[DAVY_REGISTRY_PATH], leaf[16], beside[DAVY_REGISTRY_PATH];
    davy_status status;

    (void) snprintf(leaf, sizeof leaf, "%u", version);
    status = davy_registry_path(from, folder, name, leaf);
    if (status == DAVY_OK && access(destination, F_OK) == 0)
        status = davy_fail(DAVY_ERR_EXISTS, "'%s' is there already", destination);
    if (status == DAVY_OK && snprintf(beside, sizeof beside, "%s.%ld.new", destination,
                                      (long) getpid()) >= (int) sizeof beside)
        status = davy_fail(DAVY_ERR_INVALID, "the path is too long");
    if (status == DAVY_OK && mkdir(beside, 0755) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot make '%s'", beside);
    if (status != DAVY_OK)
        return status;
    status = copy_files(from, beside);
    if (status == DAVY_OK)
        status = davy_seal_check(beside);
    if (status == DAVY_OK)
        status = davy_folder_sync(beside);
    if (status == DAVY_OK && rename(beside, destination) != 0)
        status = davy_fail(errno == EEXIST || errno == ENOTEMPTY ? DAVY_ERR_EXISTS : DAVY_ERR_IO,
                           "cannot rename '%s' to '%s'", beside, destination);
    if (status != DAVY_OK)
        davy_registry_remove(beside);
    return status;
}
