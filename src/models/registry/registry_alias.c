/* SPDX-License-Identifier: Apache-2.0 */
#include "core/clock.h"
#include "core/file.h"
#include "models/model_private.h"
#include "models/registry/registry_private.h"
#include "models/registry/seal.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALIASES_MAX ((size_t) 1024 * 1024)
#define ROLLBACK    "rollback"

davy_status davy_registry_aliases(const char *folder, const char *name, json_t **out)
{
    char path[DAVY_REGISTRY_PATH];
    davy_buffer text = {0};
    json_error_t error;
    davy_status status = davy_registry_path(path, folder, name, "aliases.json");

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
    char path[DAVY_REGISTRY_PATH];
    char *text = json_dumps(aliases, JSON_INDENT(2) | JSON_SORT_KEYS);
    davy_status status;

    if (!text)
        return davy_fail(DAVY_ERR_NOMEM, "aliases");
    status = davy_registry_path(path, folder, name, "aliases.json");
    if (status == DAVY_OK) {
        davy_file_sweep(path);
        status = davy_file_replace(path, text, strlen(text), 0644);
    }
    free(text);
    return status;
}

static void say_who(char *who, size_t capacity)
{
    char space[4096];
    struct passwd entry, *found = NULL;

    if (getpwuid_r(geteuid(), &entry, space, sizeof space, &found) == 0 && found)
        (void) snprintf(who, capacity, "%s", found->pw_name);
    else
        (void) snprintf(who, capacity, "user %ld", (long) geteuid());
}

/* The history comes first: a move that a crash cut short is seen there, and a silent one nowhere.
 */
davy_status davy_registry_move(const char *folder, const char *name, const char *alias,
                               unsigned version, const char *why)
{
    davy_alias_move move = {.time_ns = davy_wall_ns(davy_clock_system()), .to = version};
    json_t *aliases = NULL;
    davy_status status = davy_registry_check(folder, name, version);

    if (status == DAVY_OK)
        status = davy_registry_aliases(folder, name, &aliases);
    if (status != DAVY_OK)
        return status;
    move.from = (unsigned) json_integer_value(json_object_get(aliases, alias));
    (void) snprintf(move.alias, sizeof move.alias, "%s", alias);
    (void) snprintf(move.why, sizeof move.why, "%s", why);
    say_who(move.who, sizeof move.who);
    if (json_object_set_new(aliases, alias, json_integer(version)) != 0)
        status = davy_fail(DAVY_ERR_NOMEM, "aliases");
    if (status == DAVY_OK)
        status = davy_registry_record(folder, name, &move);
    if (status == DAVY_OK)
        status = write_aliases(folder, name, aliases);
    json_decref(aliases);
    return status;
}

static davy_status check_alias(const char *name, const char *alias)
{
    davy_status status = davy_model_name_check(name);

    if (status == DAVY_OK)
        status = davy_model_name_check(alias);
    if (status == DAVY_OK && davy_registry_number(alias) > 0)
        status = davy_fail(DAVY_ERR_INVALID, "alias '%s' reads like a version", alias);
    return status;
}

davy_status davy_registry_set_alias(const char *folder, const char *name, const char *alias,
                                    unsigned version)
{
    int descriptor;
    davy_status status = check_alias(name, alias);

    if (status == DAVY_OK)
        status = davy_registry_check(folder, name, version);
    if (status == DAVY_OK)
        status = davy_registry_lock(folder, name, &descriptor);
    if (status != DAVY_OK)
        return status;
    status = davy_registry_move(folder, name, alias, version, "promote");
    close(descriptor);
    return status;
}

/* What the alias named before, over all moves: a move puts a version on top, and going back takes
 * the top away. Versions that are gone are passed over. @return 0 for none */
static unsigned find_earlier(const char *folder, const char *name, const char *alias,
                             const davy_alias_move *moves, size_t count)
{
    unsigned *stack = calloc(count + 1, sizeof *stack), found = 0;
    size_t height = 0;

    for (size_t i = 0; i < count && stack; i++) {
        if (strcmp(moves[i].alias, alias) != 0)
            continue;
        while (strcmp(moves[i].why, ROLLBACK) == 0 && height > 0 &&
               stack[height - 1] != moves[i].to)
            height--;
        if (height == 0 || stack[height - 1] != moves[i].to)
            stack[height++] = moves[i].to;
    }
    for (size_t i = height; i-- > 0 && found == 0;)
        if (stack[i] != stack[height - 1] && davy_registry_check(folder, name, stack[i]) == DAVY_OK)
            found = stack[i];
    free(stack);
    return found;
}

static davy_status roll_back_locked(const char *folder, const char *name, const char *alias,
                                    unsigned *version)
{
    char path[DAVY_REGISTRY_PATH], leaf[16];
    davy_alias_move *moves = NULL;
    size_t count = 0;
    davy_status status = davy_registry_history(folder, name, &moves, &count);

    if (status != DAVY_OK)
        return status;
    *version = find_earlier(folder, name, alias, moves, count);
    free(moves);
    if (*version == 0)
        return davy_fail(DAVY_ERR_NOT_FOUND,
                         "the history knows no version that '%s@%s' named before: say which one, "
                         "davy models promote %s@VERSION",
                         name, alias, name);
    (void) snprintf(leaf, sizeof leaf, "%u", *version);
    status = davy_registry_path(path, folder, name, leaf);
    if (status == DAVY_OK)
        status = davy_seal_check(path); /* what answers next is what was signed */
    if (status != DAVY_OK)
        return davy_fail_in(status, "version %u", *version);
    return davy_registry_move(folder, name, alias, *version, ROLLBACK);
}

davy_status davy_registry_rollback(const char *folder, const char *name, const char *alias,
                                   unsigned *version)
{
    char path[DAVY_REGISTRY_PATH];
    int descriptor;
    davy_status status = check_alias(name, alias);

    if (status == DAVY_OK)
        status = davy_registry_path(path, folder, name, "");
    if (status == DAVY_OK && access(path, F_OK) != 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "there is no model '%s' in '%s'", name, folder);
    if (status == DAVY_OK)
        status = davy_registry_lock(folder, name, &descriptor);
    if (status != DAVY_OK)
        return status;
    status = roll_back_locked(folder, name, alias, version);
    close(descriptor);
    return status;
}
