/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/repository_private.h"

#include "core/file.h"
#include "core/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALIASES_FILE     "aliases.json"
#define ALIASES_FILE_MAX ((size_t) 1024 * 1024)
#define SIGNATURE_FILE   "manifest.sig"

davy_status davy_repository_name_check(const char *name)
{
    const size_t length = strlen(name);
    bool fits = length > 0 && length <= DAVY_REPOSITORY_NAME_MAX && name[0] != '.' &&
                !strchr(name, '/') && davy_utf8_valid(name, length);

    for (size_t i = 0; i < length && fits; i++)
        fits = (unsigned char) name[i] >= ' ' && name[i] != 0x7f;
    return fits ? DAVY_OK
                : davy_fail(DAVY_ERR_INVALID,
                            "'%.100s' is no name of a model: it is that of a folder, without "
                            "slashes and control characters, and does not begin with a dot",
                            name);
}

static int64_t time_of(const struct timespec *time)
{
    return (int64_t) time->tv_sec * 1000000000 + time->tv_nsec;
}

/* Room for one more element of a row that grows in an arena; NULL without memory. */
static void *grow(davy_arena *arena, void *row, size_t count, size_t size)
{
    const bool full = count == 0 || (count >= 8 && (count & (count - 1)) == 0);
    void *larger;

    if (!full)
        return row;
    larger = davy_arena_array(arena, count < 8 ? 8 : 2 * count, size);
    if (larger && count > 0)
        memcpy(larger, row, count * size);
    return larger;
}

/* ------------------------------------------------------------------------------------- folders */

/* What is done with an entry of a folder; DAVY_ERR_FULL ends the walk. */
typedef davy_status (*visit_entry)(void *context, int folder, const char *name);

/* Takes the descriptor. */
static davy_status walk(int descriptor, visit_entry visit, void *context)
{
    DIR *list = fdopendir(descriptor);
    const struct dirent *entry;
    davy_status status = DAVY_OK;

    if (!list) {
        close(descriptor);
        return davy_fail(DAVY_ERR_IO, "cannot read a folder");
    }
    while (status == DAVY_OK && (entry = readdir(list)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = visit(context, dirfd(list), entry->d_name);
    closedir(list);
    return status;
}

static davy_status walk_beneath(int folder, const char *path, visit_entry visit, void *context)
{
    int descriptor;
    davy_status status = davy_open_beneath(folder, path, O_RDONLY | O_DIRECTORY, &descriptor);

    return status == DAVY_OK ? walk(descriptor, visit, context) : status;
}

/* -------------------------------------------------------------------------------------- stamps */

/* All files of a version, folded into one number that another file, size or time changes. */
struct stamper {
    davy_seen *seen;
    size_t files;
    int depth;
};

static davy_status stamp_entry(void *context, int folder, const char *name);

static davy_status stamp_file(struct stamper *stamper, const char *name, const struct stat *about)
{
    const int64_t words[] = {(int64_t) about->st_dev,
                             (int64_t) about->st_ino,
                             (int64_t) about->st_size,
                             time_of(&about->st_mtim),
                             time_of(&about->st_ctim),
                             (int64_t) about->st_mode,
                             (int64_t) davy_checksum(name, strlen(name))};
    const int64_t changed = time_of(&about->st_ctim);

    if (++stamper->files > DAVY_REPOSITORY_FILES_MAX)
        return davy_fail(DAVY_ERR_FULL, "version %u holds more than %zu files",
                         stamper->seen->number, DAVY_REPOSITORY_FILES_MAX);
    stamper->seen->stamp += davy_checksum(words, sizeof words); /* in any order of the folder */
    if (stamper->seen->changed_ns < changed)
        stamper->seen->changed_ns = changed;
    return DAVY_OK;
}

static davy_status stamp_entry(void *context, int folder, const char *name)
{
    struct stamper *stamper = context;
    struct stat about;
    davy_status status;

    if (fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0)
        return DAVY_OK; /* it went away: the next look sees another stamp */
    if (!S_ISDIR(about.st_mode))
        return stamp_file(stamper, name, &about);
    if (stamper->depth == DAVY_REPOSITORY_NESTING_MAX)
        return DAVY_OK;
    stamper->depth++;
    status = walk_beneath(folder, name, stamp_entry, stamper);
    stamper->depth--;
    return status == DAVY_ERR_FULL ? status : DAVY_OK;
}

/* The config is a file of every version: another one is another way to serve them. */
static davy_status stamp_version(int folder, const char *name, davy_seen *seen)
{
    struct stamper stamper = {.seen = seen};
    struct stat about;
    int descriptor;
    davy_status status = davy_open_beneath(folder, name, O_RDONLY | O_DIRECTORY, &descriptor);

    if (status == DAVY_OK && fstatat(folder, DAVY_CONFIG_FILE, &about, AT_SYMLINK_NOFOLLOW) == 0)
        status = stamp_file(&stamper, DAVY_CONFIG_FILE, &about);
    if (status != DAVY_OK)
        return status;
    seen->stamp++; /* 0 is that of a version nobody looked at, and there may be no file at all */
    seen->sealed = fstatat(descriptor, SIGNATURE_FILE, &about, AT_SYMLINK_NOFOLLOW) == 0;
    return walk(descriptor, stamp_entry, &stamper);
}

davy_status davy_version_stamp(int folder, unsigned number, uint64_t *stamp)
{
    char name[16];
    davy_seen seen = {.number = number};
    davy_status status;

    (void) snprintf(name, sizeof name, "%u", number);
    status = stamp_version(folder, name, &seen);
    *stamp = seen.stamp;
    return status;
}

/* ------------------------------------------------------------------------------------ versions */

/* What is passed over is told. */
static davy_status DAVY_PRINTF(2, 3) pass_over(davy_model_look *look, const char *format, ...)
{
    char text[320];
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    look->fault = davy_arena_text(&look->arena, text, strlen(text));
    return look->fault ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "what is wrong with a folder");
}

static davy_status add_version(void *context, int folder, const char *name)
{
    davy_model_look *look = context;
    const unsigned number = davy_registry_number(name);
    davy_seen *seen;
    davy_status status;

    if (number == 0)
        return DAVY_OK;
    if (look->version_count == DAVY_REPOSITORY_NAMES_MAX)
        return davy_fail(DAVY_ERR_FULL, "more than %zu versions", DAVY_REPOSITORY_NAMES_MAX);
    seen = grow(&look->arena, look->versions, look->version_count, sizeof *seen);
    if (!seen)
        return davy_fail(DAVY_ERR_FULL, "no memory for the versions");
    look->versions = seen;
    seen += look->version_count;
    *seen = (davy_seen){.number = number};
    status = stamp_version(folder, name, seen);
    if (status == DAVY_OK)
        look->version_count++;
    else if (status != DAVY_ERR_FULL)
        status = pass_over(look, "version %u is left out, it is no folder: %.180s", number,
                           davy_error());
    return status;
}

static int by_number(const void *a, const void *b)
{
    const unsigned x = ((const davy_seen *) a)->number, y = ((const davy_seen *) b)->number;

    return (x > y) - (x < y);
}

static davy_status look_at_versions(davy_model_look *look)
{
    davy_status status = walk_beneath(look->folder, ".", add_version, look);

    if (look->version_count > 1)
        qsort(look->versions, look->version_count, sizeof *look->versions, by_number);
    return status;
}

/* ------------------------------------------------------------------------------------- aliases */

static int by_alias(const void *a, const void *b)
{
    return strcmp(((const davy_alias *) a)->name, ((const davy_alias *) b)->name);
}

static davy_status read_aliases(davy_model_look *look, const json_t *root)
{
    void *at = json_object_iter((json_t *) (uintptr_t) root);
    const size_t count = json_object_size(root);

    if (!json_is_object(root) || count > DAVY_REPOSITORY_ALIASES_MAX)
        return davy_fail(DAVY_ERR_CORRUPT, ALIASES_FILE " is no JSON object of at most %zu aliases",
                         DAVY_REPOSITORY_ALIASES_MAX);
    look->aliases = davy_arena_array(&look->arena, count + 1, sizeof *look->aliases);
    if (!look->aliases)
        return davy_fail(DAVY_ERR_NOMEM, "aliases");
    for (; at; at = json_object_iter_next((json_t *) (uintptr_t) root, at)) {
        const char *name = json_object_iter_key(at);
        const json_int_t version = json_integer_value(json_object_iter_value(at));
        davy_alias *alias = &look->aliases[look->alias_count];

        if (strlen(name) >= sizeof alias->name || !*name || davy_registry_number(name) > 0 ||
            version < 1 || version > INT_MAX)
            return davy_fail(DAVY_ERR_CORRUPT, ALIASES_FILE ": '%.40s' is no alias of a version",
                             name);
        memcpy(alias->name, name, strlen(name) + 1);
        alias->version = (unsigned) version;
        look->alias_count++;
    }
    if (look->alias_count > 1)
        qsort(look->aliases, look->alias_count, sizeof *look->aliases, by_alias);
    return DAVY_OK;
}

static davy_status look_at_aliases(davy_model_look *look)
{
    davy_buffer text = {0};
    json_error_t error;
    json_t *root = NULL;
    davy_status status =
        davy_file_read_beneath(look->folder, ALIASES_FILE, ALIASES_FILE_MAX, &text);

    if (status == DAVY_ERR_NOT_FOUND)
        return DAVY_OK;
    if (status == DAVY_OK) {
        root = json_loadb(text.bytes, text.length, JSON_REJECT_DUPLICATES, &error);
        status = root ? read_aliases(look, root)
                      : davy_fail(DAVY_ERR_CORRUPT, ALIASES_FILE ": line %d: %s", error.line,
                                  error.text);
    }
    json_decref(root);
    davy_buffer_clear(&text);
    return status;
}

/* ------------------------------------------------------------------------------ what is wanted */

/* @return whether there is such a version */
static bool want(davy_model_look *look, unsigned number)
{
    for (size_t i = 0; i < look->version_count; i++)
        if (look->versions[i].number == number)
            return look->versions[i].wanted = true;
    return false;
}

static davy_status want_by_aliases(davy_model_look *look)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < look->alias_count && status == DAVY_OK; i++)
        if (!want(look, look->aliases[i].version))
            status = pass_over(look, ALIASES_FILE ": '%s' is version %u, which is not there",
                               look->aliases[i].name, look->aliases[i].version);
    return status;
}

static void want_by_policy(davy_model_look *look)
{
    const davy_infer_config *config = &look->config;
    const size_t latest = config->policy_count > 0 ? config->policy_count : 1;

    for (size_t i = 0; i < look->version_count; i++)
        if (config->policy == DAVY_VERSIONS_ALL ||
            (config->policy == DAVY_VERSIONS_LATEST && i + latest >= look->version_count))
            look->versions[i].wanted = true;
    for (size_t i = 0; config->policy == DAVY_VERSIONS_SPECIFIC && i < config->policy_count; i++)
        (void) want(look, config->policy_versions[i]);
}

static void want_by_traffic(davy_model_look *look, const char *version)
{
    const unsigned number = davy_registry_number(version);

    if (number > 0) /* an alias is wanted anyhow */
        (void) want(look, number);
}

/* ------------------------------------------------------------------------------------ the look */

/* A config of the folder that cannot be read is the reason of every version; what serves, serves
 * on. One of a request is refused at once. */
static davy_status look_at_config(davy_model_look *look)
{
    const char *json = look->config_json;

    if (json)
        return davy_infer_config_parse_json(json, strlen(json), &look->arena, &look->config);
    if (davy_served_read_config(look->folder, &look->arena, &look->config) != DAVY_OK)
        look->config = (davy_infer_config){.policy_count = 1};
    return DAVY_OK;
}

davy_status davy_model_look_at(const davy_repository *repository, int folder, const char *name,
                               const char *config_json, davy_model_look *out)
{
    const davy_entry *entry = davy_entry_find(repository, name);
    davy_status status;

    *out = (davy_model_look){.folder = -1, .config_json = config_json};
    status = davy_repository_name_check(name);
    if (status == DAVY_OK)
        status = davy_open_beneath(folder, name, O_RDONLY | O_DIRECTORY, &out->folder);
    if (status != DAVY_OK)
        return status == DAVY_ERR_NOT_FOUND
                   ? davy_fail(status, "there is no model '%.100s' in '%s'", name,
                               repository->options.folder)
                   : status;
    status = look_at_config(out);
    if (status == DAVY_OK)
        status = look_at_aliases(out);
    if (status == DAVY_OK)
        status = look_at_versions(out);
    if (status != DAVY_OK)
        return davy_fail_in(status, "model '%.100s'", name);
    want_by_policy(out);
    status = want_by_aliases(out);
    if (status != DAVY_OK)
        return status;
    if (entry) {
        want_by_traffic(out, entry->traffic.canary);
        want_by_traffic(out, entry->traffic.shadow);
    }
    return DAVY_OK;
}

void davy_model_look_clear(davy_model_look *look)
{
    if (look->folder >= 0)
        close(look->folder);
    davy_arena_clear(&look->arena);
    *look = (davy_model_look){.folder = -1};
}

struct names {
    davy_arena *arena;
    const char **list;
    size_t count;
};

static davy_status add_name(void *context, int folder, const char *name)
{
    struct names *names = context;
    struct stat about;
    const char **list;

    if (davy_repository_name_check(name) != DAVY_OK ||
        fstatat(folder, name, &about, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(about.st_mode))
        return DAVY_OK;
    if (names->count == DAVY_REPOSITORY_NAMES_MAX)
        return davy_fail(DAVY_ERR_FULL, "more than %zu models", DAVY_REPOSITORY_NAMES_MAX);
    list = grow(names->arena, names->list, names->count, sizeof *list);
    if (!list)
        return davy_fail(DAVY_ERR_NOMEM, "names of models");
    names->list = list;
    list[names->count] = davy_arena_text(names->arena, name, strlen(name));
    return list[names->count++] ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "names of models");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

davy_status davy_model_names(const davy_repository *repository, davy_arena *arena,
                             const char *const **names, size_t *count)
{
    struct names found = {.arena = arena};
    davy_status status = walk_beneath(repository->folder, ".", add_name, &found);

    if (status != DAVY_OK)
        return davy_fail_in(status, "repository '%s'", repository->options.folder);
    if (found.count > 1)
        qsort(found.list, found.count, sizeof *found.list, by_name);
    *names = found.list;
    *count = found.count;
    return DAVY_OK;
}
