/* SPDX-License-Identifier: Apache-2.0 */
#include "models/registry_publish.h"

#include "core/file.h"
#include "models/model_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALIASES_MAX   ((size_t) 1024 * 1024)
#define PATH_CAPACITY 4096
#define NAME_CAPACITY 128
#define DRAFT         ".draft-"

static davy_status path_of(char path[PATH_CAPACITY], const char *folder, const char *name,
                           const char *leaf)
{
    if (snprintf(path, PATH_CAPACITY, "%s/%s%s%s", folder, name, *leaf ? "/" : "", leaf) >=
        PATH_CAPACITY)
        return davy_fail(DAVY_ERR_INVALID, "the path of model '%s' is too long", name);
    return DAVY_OK;
}

/* A version as a folder's name: digits without a leading zero; 0 for anything else. */
static unsigned version_of(const char *text)
{
    unsigned long value;
    char *end;

    if (text[0] < '1' || text[0] > '9')
        return 0;
    errno = 0;
    value = strtoul(text, &end, 10);
    return *end == '\0' && errno == 0 && value <= INT_MAX ? (unsigned) value : 0;
}

/* The aliases of a model: an empty object when it has none yet. */
static davy_status read_aliases(const char *folder, const char *name, json_t **out)
{
    char path[PATH_CAPACITY];
    davy_buffer text = {0};
    json_error_t error;
    davy_status status = path_of(path, folder, name, "aliases.json");

    if (status != DAVY_OK)
        return status;
    if (access(path, F_OK) != 0) {
        *out = json_object();
        return *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "aliases");
    }
    status = davy_file_read(path, ALIASES_MAX, &text);
    if (status == DAVY_OK) {
        *out = json_loadb(text.bytes, text.length, JSON_REJECT_DUPLICATES, &error);
        if (!json_is_object(*out)) {
            json_decref(*out);
            status = davy_fail(DAVY_ERR_CORRUPT, "'%s' is no JSON object", path);
        }
    }
    davy_buffer_clear(&text);
    return status;
}

static davy_status write_aliases(const char *folder, const char *name, const json_t *aliases)
{
    char path[PATH_CAPACITY];
    char *text = json_dumps(aliases, JSON_INDENT(2) | JSON_SORT_KEYS);
    davy_status status;

    if (!text)
        return davy_fail(DAVY_ERR_NOMEM, "aliases");
    status = path_of(path, folder, name, "aliases.json");
    if (status == DAVY_OK)
        status = davy_file_replace(path, text, strlen(text), 0644);
    free(text);
    return status;
}

static davy_status check_version(const char *folder, const char *name, unsigned version)
{
    char path[PATH_CAPACITY], leaf[16];
    struct stat entry;
    davy_status status;

    (void) snprintf(leaf, sizeof leaf, "%u", version);
    status = path_of(path, folder, name, leaf);
    if (status == DAVY_OK && (stat(path, &entry) != 0 || !S_ISDIR(entry.st_mode)))
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%s' of version %u in '%s'", name,
                           version, folder);
    return status;
}

static davy_status resolve_alias(const char *folder, const char *name, const char *alias,
                                 unsigned *version)
{
    json_t *aliases = NULL;
    davy_status status = read_aliases(folder, name, &aliases);
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
    *version = version_of(which);
    if (*version == 0)
        status = resolve_alias(folder, name, which, version);
    return status == DAVY_OK ? check_version(folder, name, *version) : status;
}

davy_status davy_registry_open(const char *folder, const char *reference, davy_model **out)
{
    char name[NAME_CAPACITY] = "", leaf[16], path[PATH_CAPACITY];
    unsigned version = 0;
    davy_status status = davy_registry_resolve(folder, reference, name, sizeof name, &version);

    if (status != DAVY_OK)
        return status;
    (void) snprintf(leaf, sizeof leaf, "%u", version);
    status = path_of(path, folder, name, leaf);
    return status == DAVY_OK ? davy_model_open(path, out) : status;
}

/* Hold a model's folder against another trainer; the lock goes with the descriptor. */
static davy_status lock_model(const char *folder, const char *name, int *descriptor)
{
    char path[PATH_CAPACITY];
    davy_status status = path_of(path, folder, name, ".lock");

    if (status != DAVY_OK)
        return status;
    *descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (*descriptor < 0)
        return davy_fail(DAVY_ERR_IO, "cannot open '%s'", path);
    if (flock(*descriptor, LOCK_EX) != 0) {
        status = davy_fail(DAVY_ERR_IO, "cannot lock '%s'", path);
        close(*descriptor);
    }
    return status;
}

static davy_status set_alias_locked(const char *folder, const char *name, const char *alias,
                                    unsigned version)
{
    json_t *aliases = NULL;
    davy_status status = check_version(folder, name, version);

    if (status == DAVY_OK)
        status = read_aliases(folder, name, &aliases);
    if (status != DAVY_OK)
        return status;
    if (json_object_set_new(aliases, alias, json_integer(version)) != 0)
        status = davy_fail(DAVY_ERR_NOMEM, "aliases");
    else
        status = write_aliases(folder, name, aliases);
    json_decref(aliases);
    return status;
}

davy_status davy_registry_set_alias(const char *folder, const char *name, const char *alias,
                                    unsigned version)
{
    int descriptor;
    davy_status status = davy_model_name_check(name);

    if (status == DAVY_OK)
        status = davy_model_name_check(alias);
    if (status == DAVY_OK && version_of(alias) > 0)
        status = davy_fail(DAVY_ERR_INVALID, "alias '%s' reads like a version", alias);
    if (status == DAVY_OK)
        status = check_version(folder, name, version);
    if (status == DAVY_OK)
        status = lock_model(folder, name, &descriptor);
    if (status != DAVY_OK)
        return status;
    status = set_alias_locked(folder, name, alias, version);
    close(descriptor);
    return status;
}

static int by_number(const void *a, const void *b)
{
    const unsigned x = *(const unsigned *) a, y = *(const unsigned *) b;

    return (x > y) - (x < y);
}

/* Versions of a model in rising order; the caller frees them. */
static davy_status list_versions(const char *folder, const char *name, unsigned **versions,
                                 size_t *count)
{
    char path[PATH_CAPACITY];
    const struct dirent *entry;
    davy_status status = path_of(path, folder, name, "");
    DIR *list = status == DAVY_OK ? opendir(path) : NULL;

    *versions = NULL;
    *count = 0;
    if (status != DAVY_OK || !list)
        return status; /* a plain file among the models, or none */
    while (status == DAVY_OK && (entry = readdir(list))) {
        const unsigned version = version_of(entry->d_name);
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
    davy_status status = list_versions(folder, name, &versions, &count);

    if (status == DAVY_OK && count > 0)
        status = read_aliases(folder, name, &aliases);
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

static void remove_draft(const char *path)
{
    static const char *const leaves[] = {"model.onnx", "model.json", "report.html"};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(leaves); i++) {
        char file[2 * PATH_CAPACITY];

        (void) snprintf(file, sizeof file, "%s/%s", path, leaves[i]);
        (void) unlink(file);
    }
    (void) rmdir(path);
}

/* Drafts that are there while nobody else holds the lock belong to trainers that died. */
static void remove_dead_drafts(const char *path)
{
    DIR *list = opendir(path);
    const struct dirent *entry;

    while (list && (entry = readdir(list))) {
        char draft[PATH_CAPACITY + NAME_CAPACITY * 2 + 2];

        if (strncmp(entry->d_name, DRAFT, strlen(DRAFT)) != 0)
            continue;
        (void) snprintf(draft, sizeof draft, "%s/%s", path, entry->d_name);
        remove_draft(draft);
    }
    if (list)
        closedir(list);
}

davy_status davy_registry_begin(const char *folder, const char *name, davy_registry_draft *draft)
{
    char path[PATH_CAPACITY];
    unsigned *versions = NULL;
    size_t count = 0;
    davy_status status = davy_model_name_check(name);

    *draft = (davy_registry_draft){.folder = folder, .name = name, .lock = -1};
    if (status == DAVY_OK)
        status = path_of(path, folder, name, "");
    if (status == DAVY_OK)
        status = davy_folder_make(path, 0755);
    if (status == DAVY_OK)
        status = lock_model(folder, name, &draft->lock);
    if (status == DAVY_OK)
        status = list_versions(folder, name, &versions, &count);
    if (status != DAVY_OK) {
        free(versions);
        return status;
    }
    remove_dead_drafts(path);
    draft->version = count > 0 ? versions[count - 1] + 1 : 1;
    free(versions);
    if (snprintf(draft->path, sizeof draft->path, "%s/" DRAFT "XXXXXX", path) >=
        (int) sizeof draft->path)
        return davy_fail(DAVY_ERR_INVALID, "the path of model '%s' is too long", name);
    if (!mkdtemp(draft->path)) {
        status = davy_fail(DAVY_ERR_IO, "cannot make '%s'", draft->path);
        draft->path[0] = '\0';
    }
    return status;
}

davy_status davy_registry_publish(davy_registry_draft *draft)
{
    char path[PATH_CAPACITY], leaf[16];
    davy_status status;

    (void) snprintf(leaf, sizeof leaf, "%u", draft->version);
    status = path_of(path, draft->folder, draft->name, leaf);
    if (status == DAVY_OK && chmod(draft->path, 0755) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot open '%s' to readers", draft->path);
    if (status == DAVY_OK)
        status = davy_folder_sync(draft->path);
    if (status == DAVY_OK && rename(draft->path, path) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot move '%s' to '%s'", draft->path, path);
    if (status != DAVY_OK)
        return status;
    draft->path[0] = '\0';
    status = path_of(path, draft->folder, draft->name, "");
    if (status == DAVY_OK)
        status = davy_folder_sync(path);
    if (status == DAVY_OK)
        status = set_alias_locked(draft->folder, draft->name, "champion", draft->version);
    return status;
}

void davy_registry_end(davy_registry_draft *draft)
{
    if (draft->path[0])
        remove_draft(draft->path);
    if (draft->lock >= 0)
        close(draft->lock);
    *draft = (davy_registry_draft){.lock = -1};
}
