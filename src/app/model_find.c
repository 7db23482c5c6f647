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

static davy_status open_path(const char *path, davy_model **out)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char folder[PATH_MAX], description[PATH_MAX + sizeof "/model.json"];

    if (access(path, R_OK) != 0)
        return davy_fail(DAVY_ERR_NOT_FOUND, "cannot read '%s'", path);
    if (snprintf(folder, sizeof folder, "%.*s", slash ? (int) (slash - path) : 1,
                 slash ? path : ".") >= (int) sizeof folder)
        return davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
    (void) snprintf(description, sizeof description, "%s/model.json", folder);
    if (strcmp(name, OUR_NAME) != 0 || access(description, R_OK) != 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "'%s' is no model that davy has trained: there is no model.onnx with a "
                         "model.json beside it",
                         path);
    return davy_model_open(folder, out);
}

davy_status davy_model_find(const char *data, const char *models, const char *word,
                            davy_model **out)
{
    char folder[PATH_MAX];

    if (is_path(word))
        return open_path(word, out);
    return davy_registry_open(davy_models_folder(data, models, folder, sizeof folder), word, out);
}

davy_status davy_model_path(const char *data, const char *models, const char *word, char *path)
{
    char folder[PATH_MAX], name[NAME_MAX + 1];
    const char *root = davy_models_folder(data, models, folder, sizeof folder);
    unsigned version;
    int length;

    if (is_path(word)) {
        if (access(word, R_OK) != 0)
            return davy_fail(DAVY_ERR_NOT_FOUND, "cannot read '%s'", word);
        length = snprintf(path, PATH_MAX, "%s", word);
    } else {
        davy_status status = davy_registry_resolve(root, word, name, sizeof name, &version);

        if (status != DAVY_OK)
            return status;
        length = snprintf(path, PATH_MAX, "%s/%s/%u/%s", root, name, version, OUR_NAME);
    }
    return length < PATH_MAX ? DAVY_OK
                             : davy_fail(DAVY_ERR_INVALID, "the path of the model is too long");
}
