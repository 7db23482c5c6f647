/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/repository_private.h"

#include "core/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Files of a load request. They are read as those of the folder are, so they are written to a disk
 * first: into a hidden folder of the repository that is made for them, which no look sees and which
 * is removed when the model is in memory.
 */
#define PREFIX      ".given-"
#define PARTS_MAX   4 /* "1/model.onnx" has two; external data may lie in folders */
#define PART_LENGTH 255

/* Take the next part of a path. @return false when it could lead anywhere but down */
static bool take_part(const char **path, char part[PART_LENGTH + 1], bool *last)
{
    const size_t length = strcspn(*path, "/");

    if (length == 0 || length > PART_LENGTH)
        return false;
    memcpy(part, *path, length);
    part[length] = '\0';
    *last = (*path)[length] == '\0';
    *path += length + !*last;
    return strcmp(part, ".") != 0 && strcmp(part, "..") != 0;
}

static davy_status write_file(int folder, const char *name, const davy_bytes *bytes)
{
    const int file =
        openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    davy_status status;

    if (file < 0)
        return davy_fail(DAVY_ERR_IO, "cannot write the file '%.100s' of a request", name);
    status = davy_file_write_all(file, bytes->at, bytes->length);
    close(file);
    return status;
}

/* A folder that is made when it is not there. */
static davy_status enter(int folder, const char *name, int *out)
{
    (void) mkdirat(folder, name, 0700); /* opening says whether there is one now */
    return davy_open_beneath(folder, name, O_RDONLY | O_DIRECTORY, out);
}

static davy_status write_given(int folder, const davy_model_file *file)
{
    char part[PART_LENGTH + 1];
    const char *path = file->path;
    int at = dup(folder), next;
    bool last = false;
    davy_status status = at >= 0 ? DAVY_OK : davy_fail(DAVY_ERR_IO, "a file of a request");

    for (int depth = 0; status == DAVY_OK && !last; depth++) {
        if (depth == PARTS_MAX || !take_part(&path, part, &last)) {
            status = davy_fail(DAVY_ERR_INVALID,
                               "the file '%.100s' of a request is no path like 1/model.onnx",
                               file->path);
        } else if (last) {
            status = write_file(at, part, &file->bytes);
        } else {
            status = enter(at, part, &next);
            if (status == DAVY_OK) {
                close(at);
                at = next;
            }
        }
    }
    if (at >= 0)
        close(at);
    return status;
}

davy_status davy_given_write(const davy_repository *repository, const char *model,
                             const davy_model_file *files, size_t count, davy_given *out)
{
    char path[4096];
    int folder = -1;
    davy_status status;

    *out = (davy_given){.folder = -1};
    if (snprintf(path, sizeof path, "%s/" PREFIX "XXXXXX", repository->options.folder) >=
        (int) sizeof path)
        return davy_fail(DAVY_ERR_INVALID, "the path of the repository is too long");
    if (!mkdtemp(path))
        return davy_fail(DAVY_ERR_IO, "cannot make a folder in '%s'", repository->options.folder);
    (void) snprintf(out->name, sizeof out->name, "%s", strrchr(path, '/') + 1);
    status = davy_open_beneath(repository->folder, out->name, O_RDONLY | O_DIRECTORY, &out->folder);
    if (status == DAVY_OK)
        status = enter(out->folder, model, &folder);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = write_given(folder, &files[i]);
    if (folder >= 0)
        close(folder);
    return status;
}

/* Remove all beneath a folder; takes the descriptor. */
static void empty(int descriptor, int depth)
{
    DIR *list = fdopendir(descriptor);
    const struct dirent *entry;

    if (!list) {
        close(descriptor);
        return;
    }
    while ((entry = readdir(list))) {
        int inner;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            unlinkat(dirfd(list), entry->d_name, 0) == 0 || depth == 0)
            continue;
        if (davy_open_beneath(dirfd(list), entry->d_name, O_RDONLY | O_DIRECTORY, &inner) ==
            DAVY_OK)
            empty(inner, depth - 1);
        (void) unlinkat(dirfd(list), entry->d_name, AT_REMOVEDIR);
    }
    closedir(list);
}

static void remove_folder(const davy_repository *repository, const char *name)
{
    int descriptor;

    if (davy_open_beneath(repository->folder, name, O_RDONLY | O_DIRECTORY, &descriptor) == DAVY_OK)
        empty(descriptor, PARTS_MAX + 1);
    (void) unlinkat(repository->folder, name, AT_REMOVEDIR);
}

void davy_given_remove(const davy_repository *repository, davy_given *given)
{
    if (given->folder >= 0)
        close(given->folder);
    if (given->name[0])
        remove_folder(repository, given->name);
    *given = (davy_given){.folder = -1};
}

void davy_given_sweep(const davy_repository *repository)
{
    const int descriptor = openat(repository->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    const struct dirent *entry;

    while (list && (entry = readdir(list)))
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0)
            remove_folder(repository, entry->d_name);
    if (list)
        closedir(list);
}
