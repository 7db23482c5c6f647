/* SPDX-License-Identifier: Apache-2.0 */
#include "app/model_find.h"

#include "app/verb.h"
#include "models/registry/registry.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ENDING   ".onnx"
#define OUR_NAME "model.onnx"

/* Where a version lies in the registry; version 0: it was given by its path. */
typedef struct named_version {
    char name[128];
    unsigned version;
} named_version;

static bool is_path(const char *word)
{
    const size_t length = strlen(word);

    return length > strlen(ENDING) && strcmp(word + length - strlen(ENDING), ENDING) == 0;
}

/* The folder of a model.onnx that davy has written. */
static davy_status folder_of(const char *path, char folder[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char description[PATH_MAX + sizeof "/model.json"];

    if (access(path, R_OK) != 0)
        return davy_fail(DAVY_ERR_NOT_FOUND, "cannot read '%s'", path);
    if (snprintf(folder, PATH_MAX, "%.*s", slash ? (int) (slash - path) : 1, slash ? path : ".") >=
        PATH_MAX)
        return davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    (void) snprintf(description, sizeof description, "%s/model.json", folder);
    if (strcmp(name, OUR_NAME) != 0 || access(description, R_OK) != 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "'%s' is no model that davy has trained: there is no model.onnx with a "
                         "model.json beside it",
                         path);
    return DAVY_OK;
}

/* A version in the registry, and its folder. */
static davy_status version_of(const char *registry, const char *word, named_version *place,
                              char folder[PATH_MAX])
{
    davy_status status =
        davy_registry_resolve(registry, word, place->name, sizeof place->name, &place->version);

    if (status == DAVY_OK &&
        snprintf(folder, PATH_MAX, "%s/%s/%u", registry, place->name, place->version) >= PATH_MAX)
        status = davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    return status;
}

/* A version that was exchanged with another is signed, and not the one that was asked for. */
static davy_status check_place(const named_version *place, const davy_found_model *found)
{
    if (place->version == 0)
        return DAVY_OK;
    if (found->watcher) {
        const davy_model_info *info = davy_model_describe(found->watcher);

        return davy_registry_fits(place->name, place->version, info->name, info->version);
    }
    return davy_registry_fits(place->name, place->version,
                              davy_predictor_describe(found->predictor)->name,
                              davy_predictor_describe(found->predictor)->version);
}

davy_status davy_model_find(const char *data, const char *models, const char *word,
                            davy_found_model *out)
{
    char registry[PATH_MAX], folder[PATH_MAX];
    named_version place = {.version = 0};
    davy_task task;
    davy_status status =
        is_path(word) ? folder_of(word, folder)
                      : version_of(davy_models_folder(data, models, registry, sizeof registry),
                                   word, &place, folder);

    *out = (davy_found_model){0};
    if (status == DAVY_OK)
        status = davy_model_task(folder, &task);
    if (status != DAVY_OK)
        return status;
    status = task == DAVY_TASK_ANOMALY ? davy_model_open(folder, &out->watcher)
                                       : davy_predictor_open(folder, &out->predictor);
    if (status == DAVY_OK)
        status = check_place(&place, out);
    if (status != DAVY_OK)
        davy_found_model_close(out);
    return status;
}

void davy_found_model_close(davy_found_model *found)
{
    davy_model_close(found->watcher);
    davy_predictor_close(found->predictor);
    *found = (davy_found_model){0};
}

davy_status davy_model_path(const char *data, const char *models, const char *word, char *path)
{
    char registry[PATH_MAX], folder[PATH_MAX];
    named_version place;
    davy_status status;

    if (is_path(word)) {
        if (access(word, R_OK) != 0)
            return davy_fail(DAVY_ERR_NOT_FOUND, "cannot read '%s'", word);
        return snprintf(path, PATH_MAX, "%s", word) < PATH_MAX
                   ? DAVY_OK
                   : davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    }
    status = version_of(davy_models_folder(data, models, registry, sizeof registry), word, &place,
                        folder);
    if (status == DAVY_OK && snprintf(path, PATH_MAX, "%s/%s", folder, OUR_NAME) >= PATH_MAX)
        status = davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    return status;
}
