/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy key create|list|revoke`: API keys of a data folder. A running daemon sees the change.
 */
#include "app/table_print.h"
#include "app/verb.h"
#include "core/file.h"
#include "core/timestamp.h"
#include "serve/keys.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

static const davy_usage usage = {"key", "create NAME | list | revoke NAME",
                                 "Make, list and revoke API keys.",
                                 "Roles: viewer looks; operator also acknowledges, shelves and "
                                 "writes samples; engineer also takes\n"
                                 "alarms out of service; admin also manages keys. A key is shown "
                                 "once; only its hash is kept.\n"};

struct settings {
    const char *data, *role;
    bool json;
    davy_keys *keys;
};

static davy_status create_key(struct settings *settings, const char *name)
{
    davy_role role = davy_role_parse(settings->role);
    char text[DAVY_KEY_MAX];
    davy_status status;

    if (role == DAVY_ROLE_NONE)
        return davy_fail(DAVY_ERR_INVALID,
                         "'%s' is not a role; use viewer, operator, engineer or admin",
                         settings->role);
    status = davy_keys_create(settings->keys, name, role, davy_wall_ns(davy_clock_system()), text);
    if (status == DAVY_OK)
        (void) printf("%s\n", text);
    return status;
}

static davy_status print_key(void *context, const char *name, davy_role role, int64_t created_ns)
{
    char created[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(created_ns, 0, created);
    return davy_print_row(context, (const char *const[]){name, davy_role_name(role), created});
}

static davy_status list_keys(struct settings *settings)
{
    static const davy_print_column columns[] = {
        {"name", false, false}, {"role", false, false}, {"created", false, false}};
    davy_print *print;
    davy_status status =
        davy_print_create("keys", columns, DAVY_ARRAY_LENGTH(columns), settings->json, &print);

    if (status != DAVY_OK)
        return status;
    status = davy_keys_list(settings->keys, print_key, print);
    davy_print_finish(print);
    return status;
}

static int manage_keys(void *context, const davy_option_list *words)
{
    struct settings *settings = context;
    const char *action = words->items[0];
    const char *name = words->count > 1 ? words->items[1] : NULL;
    char path[PATH_MAX];
    davy_status status = davy_folder_make(settings->data, 0750);

    (void) snprintf(path, sizeof path, "%s/keys.json", settings->data);
    if (status == DAVY_OK)
        status = davy_keys_open(path, &settings->keys);
    if (status != DAVY_OK)
        return davy_verb_fail("key", status);
    if (strcmp(action, "create") == 0 && name)
        status = create_key(settings, name);
    else if (strcmp(action, "revoke") == 0 && name)
        status = davy_keys_revoke(settings->keys, name);
    else if (strcmp(action, "list") == 0 && !name)
        status = list_keys(settings);
    else
        status = davy_fail(DAVY_ERR_INVALID, "call it as: davy key %s", usage.positional);
    davy_keys_close(settings->keys);
    return status == DAVY_OK ? EX_OK : davy_verb_fail("key", status);
}

static int key(int argc, char **argv)
{
    struct settings settings = {.data = DAVY_DATA_FOLDER, .role = "viewer"};
    const davy_option options[] = {
        {"data", DAVY_OPTION_TEXT, &settings.data, "DIR",
         "folder of the daemon's data (davy-data)"},
        {"role", DAVY_OPTION_TEXT, &settings.role, "ROLE",
         "viewer (default), operator, engineer or admin"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "list as JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 2, argc, argv,
                          manage_keys, &settings);
}

const davy_verb davy_verb_key = {"key", "make, list and revoke API keys", key};
