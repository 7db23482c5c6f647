/* SPDX-License-Identifier: Apache-2.0 */
#include "models/registry/registry_private.h"

#include "core/buffer.h"
#include "models/model_private.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

davy_status davy_registry_path(char path[DAVY_REGISTRY_PATH], const char *folder, const char *name,
                               const char *leaf)
{
    if (snprintf(path, DAVY_REGISTRY_PATH, "%s/%s%s%s", folder, name, *leaf ? "/" : "", leaf) >=
        DAVY_REGISTRY_PATH)
        return davy_fail(DAVY_ERR_INVALID, "the path of model '%s' is too long", name);
    return DAVY_OK;
}

unsigned davy_registry_number(const char *text)
{
    unsigned long value;
    char *end;

    if (text[0] < '1' || text[0] > '9')
        return 0;
    errno = 0;
    value = strtoul(text, &end, 10);
    return *end == '\0' && errno == 0 && value <= INT_MAX ? (unsigned) value : 0;
}

davy_status davy_registry_check(const char *folder, const char *name, unsigned version)
{
    char path[DAVY_REGISTRY_PATH], leaf[16];
    struct stat entry;
    davy_status status;

    (void) snprintf(leaf, sizeof leaf, "%u", version);
    status = davy_registry_path(path, folder, name, leaf);
    if (status == DAVY_OK && (stat(path, &entry) != 0 || !S_ISDIR(entry.st_mode)))
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%s' of version %u in '%s'", name,
                           version, folder);
    return status;
}

static davy_status resolve_alias(const char *folder, const char *name, const char *alias,
                                 unsigned *version)
{
    json_t *aliases = NULL;
    davy_status status = davy_registry_aliases(folder, name, &aliases);
    json_int_t found;

    if (status != DAVY_OK)
        return status;
    found = json_integer_value(json_object_get(aliases, alias));
    json_decref(aliases);
    if (found < 1 || found > INT_MAX)
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%s@%s' in '%s'", name, alias,
                         folder);
    *version = (unsigned) found;
    return DAVY_OK;
}

davy_status davy_registry_resolve(const char *folder, const char *reference, char *name,
                                  size_t name_capacity, unsigned *version)
{
    const size_t length = strcspn(reference, "@");
    const char *which = reference[length] == '@' ? reference + length + 1 : "champion";
    davy_status status;

    if (length >= name_capacity)
        return davy_fail(DAVY_ERR_INVALID, "model '%s': the name is too long", reference);
    memcpy(name, reference, length);
    name[length] = '\0';
    status = davy_model_name_check(name);
    if (status != DAVY_OK)
        return status;
    *version = davy_registry_number(which);
    if (*version == 0)
        status = resolve_alias(folder, name, which, version);
    return status == DAVY_OK ? davy_registry_check(folder, name, *version) : status;
}

davy_status davy_registry_fits(const char *name, unsigned version, const char *said_name,
                               unsigned said_version)
{
    return version == said_version && strcmp(name, said_name) == 0
               ? DAVY_OK
               : davy_fail(DAVY_ERR_CORRUPT,
                           "version %u of model '%s' says that it is version %u of '%s': the "
                           "folders were renamed or exchanged",
                           version, name, said_version, said_name);
}

davy_status davy_registry_open(const char *folder, const char *reference, davy_model **out)
{
    char name[DAVY_REGISTRY_NAME] = "", leaf[16], path[DAVY_REGISTRY_PATH];
    unsigned version = 0;
    davy_model *model = NULL;
    davy_status status = davy_registry_resolve(folder, reference, name, sizeof name, &version);

    if (status != DAVY_OK)
        return status;
    (void) snprintf(leaf, sizeof leaf, "%u", version);
    status = davy_registry_path(path, folder, name, leaf);
    if (status == DAVY_OK)
        status = davy_model_open(path, &model);
    if (status == DAVY_OK) {
        const davy_model_info *info = davy_model_describe(model);

        status = davy_registry_fits(name, version, info->name, info->version);
    }
    if (status == DAVY_OK)
        *out = model;
    else
        davy_model_close(model);
    return status;
}

static int by_number(const void *a, const void *b)
{
    const unsigned x = *(const unsigned *) a, y = *(const unsigned *) b;

    return (x > y) - (x < y);
}

davy_status davy_registry_versions(const char *folder, const char *name, unsigned **versions,
                                   size_t *count)
{
    char path[DAVY_REGISTRY_PATH];
    const struct dirent *entry;
    davy_status status = davy_registry_path(path, folder, name, "");
    DIR *list = status == DAVY_OK ? opendir(path) : NULL;

    *versions = NULL;
    *count = 0;
    if (status != DAVY_OK || !list)
        return status; /* a plain file among the models, or none */
    while (status == DAVY_OK && (entry = readdir(list))) {
        const unsigned version = davy_registry_number(entry->d_name);
        unsigned *grown = version > 0 ? realloc(*versions, (*count + 1) * sizeof *grown) : NULL;

        if (grown) {
            *versions = grown;
            grown[(*count)++] = version;
        } else if (version > 0) {
            status = davy_fail(DAVY_ERR_NOMEM, "versions of model '%s'", name);
        }
    }
    closedir(list);
    if (*count > 1)
        qsort(*versions, *count, sizeof **versions, by_number);
    return status;
}

/* Join the aliases that name this version with commas. */
static void join_aliases(json_t *aliases, unsigned version, davy_buffer *out)
{
    const char *alias;
    json_t *value;

    davy_buffer_reset(out);
    davy_buffer_append_text(out, "");
    json_object_foreach(aliases, alias,
                        value) if (json_integer_value(value) == (json_int_t) version)
        davy_buffer_printf(out, "%s%s", out->length > 0 ? "," : "", alias);
}

static davy_status visit_model(const char *folder, const char *name, davy_registry_visit visit,
                               void *context)
{
    unsigned *versions = NULL;
    size_t count = 0;
    json_t *aliases = NULL;
    davy_buffer joined = {0};
    davy_status status = davy_registry_versions(folder, name, &versions, &count);

    if (status == DAVY_OK && count > 0)
        status = davy_registry_aliases(folder, name, &aliases);
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        join_aliases(aliases, versions[i], &joined);
        status = davy_buffer_ok(&joined);
        if (status == DAVY_OK)
            status = visit(context, name, versions[i], joined.bytes);
    }
    davy_buffer_clear(&joined);
    json_decref(aliases);
    free(versions);
    return status;
}

davy_status davy_registry_list(const char *folder, davy_registry_visit visit, void *context)
{
    struct dirent **names = NULL;
    davy_status status = DAVY_OK;
    const int count = scandir(folder, &names, NULL, alphasort);

    if (count < 0)
        return errno == ENOENT ? DAVY_OK
                               : davy_fail(DAVY_ERR_IO, "cannot read the models in '%s'", folder);
    for (int i = 0; i < count; i++) {
        if (status == DAVY_OK && davy_model_name_check(names[i]->d_name) == DAVY_OK)
            status = visit_model(folder, names[i]->d_name, visit, context);
        free(names[i]);
    }
    free(names);
    return status;
}
