/* SPDX-License-Identifier: Apache-2.0 */
#include "embed/place.h"

#include "models/registry/registry.h"
#include "models/registry/registry_private.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define VERSION_FILE "model.onnx"

/* The folder of a path and what stands behind its last slash; "." without one. */
static davy_status cut_path(const char *path, char folder[PATH_MAX], char leaf[NAME_MAX + 1])
{
    const char *slash = strrchr(path, '/');
    const size_t length = slash && slash > path ? (size_t) (slash - path) : 1;

    if (length >= PATH_MAX || strlen(slash ? slash + 1 : path) > NAME_MAX)
        return davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    (void) snprintf(folder, PATH_MAX, "%.*s", (int) length, slash ? path : ".");
    (void) snprintf(leaf, NAME_MAX + 1, "%s", slash ? slash + 1 : path);
    return DAVY_OK;
}

/* NAME/3 is version 3 of NAME; a folder with another name is called so. */
static davy_status find_version(const char *folder, davy_place_named *place)
{
    char above[PATH_MAX], leaf[NAME_MAX + 1], model[NAME_MAX + 1], ignored[PATH_MAX];
    davy_status status = cut_path(folder, above, leaf);

    if (status == DAVY_OK)
        status = cut_path(above, ignored, model);
    if (status != DAVY_OK)
        return status;
    place->version = davy_registry_number(leaf);
    (void) snprintf(place->folder, sizeof place->folder, "%s", folder);
    (void) snprintf(place->name, sizeof place->name, "%s", place->version > 0 ? model : leaf);
    return DAVY_OK;
}

/* REGISTRY/NAME, REGISTRY/NAME@alias or REGISTRY/NAME@3. */
static davy_status find_reference(const char *path, davy_place_named *place)
{
    char registry[PATH_MAX], reference[NAME_MAX + 1], folder[PATH_MAX];
    davy_status status = cut_path(path, registry, reference);

    if (status == DAVY_OK)
        status = davy_registry_resolve(registry, reference, place->name, sizeof place->name,
                                       &place->version);
    if (status == DAVY_OK && snprintf(folder, sizeof folder, "%s/%s/%u", registry, place->name,
                                      place->version) >= (int) sizeof folder)
        status = davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    if (status == DAVY_OK && !realpath(folder, place->folder))
        status = davy_fail(DAVY_ERR_IO, "cannot find '%s'", folder);
    return status;
}

static bool holds(const char *folder, const char *file)
{
    char path[PATH_MAX + NAME_MAX];
    struct stat about;

    (void) snprintf(path, sizeof path, "%s/%s", folder, file);
    return lstat(path, &about) == 0;
}

/* model.onnx beside a model.json is the version that both are. */
static davy_status find_file(const char *path, davy_place_named *place)
{
    davy_status status = cut_path(path, place->folder, place->file);
    char folder[PATH_MAX];

    if (status != DAVY_OK || strcmp(place->file, VERSION_FILE) != 0 ||
        !holds(place->folder, "model.json"))
        return status;
    (void) snprintf(folder, sizeof folder, "%s", place->folder);
    place->file[0] = '\0';
    return find_version(folder, place);
}

static davy_status fail_open(const char *path, int error)
{
    errno = error;
    return error == ENOENT ? davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%.200s'", path)
                           : davy_fail(DAVY_ERR_IO, "cannot open model '%.200s'", path);
}

davy_status davy_place_find(const char *path, davy_place_named *out)
{
    char whole[PATH_MAX];
    struct stat about;

    *out = (davy_place_named){.version = 0};
    if (!realpath(path, whole) || stat(whole, &about) != 0)
        return errno == ENOENT && strchr(path, '@') ? find_reference(path, out)
                                                    : fail_open(path, errno);
    if (S_ISREG(about.st_mode))
        return find_file(whole, out);
    if (!S_ISDIR(about.st_mode))
        return davy_fail(DAVY_ERR_INVALID, "'%.200s' is no model: neither a file nor a folder",
                         path);
    return holds(whole, VERSION_FILE) ? find_version(whole, out) : find_reference(whole, out);
}
