/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/external.h"

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    const char *path; /* "" without */
    uint64_t offset, length;
    bool has_length;
};

static bool parse_number(const char *text, uint64_t *out)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

static davy_status read_place(const Onnx__TensorProto *proto, struct place *out)
{
    *out = (struct place){.path = ""};
    for (size_t i = 0; i < proto->n_external_data; i++) {
        const char *key = davy_onnx_text(proto->external_data[i]->key);
        const char *value = davy_onnx_text(proto->external_data[i]->value);
        bool good = true;

        if (strcmp(key, "location") == 0)
            out->path = value;
        else if (strcmp(key, "offset") == 0)
            good = parse_number(value, &out->offset);
        else if (strcmp(key, "length") == 0)
            good = out->has_length = parse_number(value, &out->length);
        if (!good)
            return davy_fail(DAVY_ERR_CORRUPT, "external data: %s '%s' is no number", key, value);
    }
    return DAVY_OK;
}

/* Only beneath the folder, over no link: a stranger wrote the path. */
static davy_status open_file(const char *folder, const char *path, int *out)
{
    int descriptor;
    davy_status status = davy_folder_open(folder, &descriptor);

    if (status != DAVY_OK)
        return status;
    status = davy_open_beneath(descriptor, path, O_RDONLY, out);
    (void) close(descriptor);
    if (status == DAVY_OK)
        return DAVY_OK;
    return davy_fail(status == DAVY_ERR_NOT_FOUND ? DAVY_ERR_IO : DAVY_ERR_DENIED,
                     "external data '%s' is not a file beneath the model's folder", path);
}

static davy_status read_all(int file, const struct place *where, void *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        const ssize_t got =
            pread(file, (char *) bytes + done, length - done, (off_t) (where->offset + done));

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return davy_fail(DAVY_ERR_IO, "cannot read external data '%s'", where->path);
        done += (size_t) got;
    }
    return DAVY_OK;
}

/* The file is regular and holds what the shape asks for. */
static davy_status check_file(int file, const struct place *where, size_t bytes)
{
    struct stat about;

    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode))
        return davy_fail(DAVY_ERR_DENIED, "external data '%s' is no regular file", where->path);
    if (where->has_length && where->length != bytes)
        return davy_fail(DAVY_ERR_CORRUPT,
                         "external data '%s': %" PRIu64 " bytes instead of the shape's %zu",
                         where->path, where->length, bytes);
    if (where->offset > (uint64_t) about.st_size ||
        bytes > (uint64_t) about.st_size - where->offset)
        return davy_fail(DAVY_ERR_CORRUPT,
                         "external data '%s' ends before %zu bytes from byte %" PRIu64, where->path,
                         bytes, where->offset);
    return DAVY_OK;
}

davy_status davy_onnx_external(const Onnx__TensorProto *proto, const char *folder, size_t bytes,
                               davy_arena *arena, void **out)
{
    struct place where;
    davy_status status = read_place(proto, &where);
    void *room;
    int file;

    if (status != DAVY_OK)
        return status;
    if (!folder)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "external data '%s' needs a model in a folder",
                         where.path);
    status = open_file(folder, where.path, &file);
    if (status != DAVY_OK)
        return status;
    status = check_file(file, &where, bytes);
    room = status == DAVY_OK ? davy_arena_alloc(arena, bytes + 1) : NULL;
    if (status == DAVY_OK && !room)
        status = davy_fail(DAVY_ERR_NOMEM, "%zu bytes of external data '%s'", bytes, where.path);
    if (status == DAVY_OK)
        status = read_all(file, &where, room, bytes);
    (void) close(file);
    if (status == DAVY_OK)
        *out = room;
    return status;
}
