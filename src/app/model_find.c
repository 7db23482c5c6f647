/* SPDX-License-Identifier: Apache-2.0 */
#include "app/model_find.h"

#include "app/verb.h"
#include "models/registry.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ENDING   ".onnx"
#define OUR_NAME "model.onnx"

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

/* The folder of a version in the registry. */
static davy_status version_of(const char *registry, const char *word, char folder[PATH_MAX])
{
    char name[PATH_MAX];
    unsigned version;
    davy_status status = davy_registry_resolve(registry, word, name, sizeof name, &version);

    if (status == DAVY_OK &&
        snprintf(folder, PATH_MAX, "%s/%s/%u", registry, name, version) >= PATH_MAX)
        status = davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    return status;
}

davy_status davy_model_find(const char *data, const char *models, const char *word,
                            davy_found_model *out)
{
    char registry[PATH_MAX], folder[PATH_MAX];
    davy_task task;
    davy_status status =
        is_path(word)
            ? folder_of(word, folder)
            : version_of(davy_models_folder(data, models, registry, sizeof registry), word, folder);

    *out = (davy_found_model){0};
    if (status == DAVY_OK)
        status = davy_model_task(folder, &task);
    if (status != DAVY_OK)
        return status;
    return task == DAVY_TASK_ANOMALY ? davy_model_open(folder, &out->watcher)
                                     : davy_predictor_open(folder, &out->predictor);
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
    davy_status status;

    if (is_path(word)) {
        if (access(word, R_OK) != 0)
            return davy_fail(DAVY_ERR_NOT_FOUND, "cannot read '%s'", word);
        return snprintf(path, PATH_MAX, "%s", word) < PATH_MAX
                   ? DAVY_OK
                   : davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    }
    status = version_of(davy_models_folder(data, models, registry, sizeof registry), word, folder);
    if (status == DAVY_OK && snprintf(path, PATH_MAX, "%s/%s", folder, OUR_NAME) >= PATH_MAX)
        status = davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    return status;
}
