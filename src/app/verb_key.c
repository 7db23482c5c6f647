/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * `davy key create|list|revoke`: API keys of a data folder. A running daemon sees the change.
 */
#include "app/table_print.h"
#include "app/verb.h"
#include "core/file.h"
#include "core/timestamp.h"
#include "serve/access/keys.h"
#include "store/records.h"

#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const davy_usage usage = {
    "key", "create NAME | list | revoke NAME", "Make, list and revoke API keys.",
    "Roles: viewer looks; operator also acknowledges, shelves and writes samples; engineer also "
    "takes\n"
    "alarms out of service; admin also manages keys. A key is shown once; only its hash is kept.\n"
    "With --certificate a client's certificate stands for the key, and there is none to show.\n"};

struct settings {
    const char *data, *role;
    const char *models, *certificate;
    uint64_t rate, burst, queries;
    bool json;
    davy_keys *keys;
};

static davy_status read_limit(const char *option, uint64_t wish, uint32_t *limit)
{
    if (wish > UINT32_MAX)
        return davy_fail(DAVY_ERR_INVALID, "--%s is at most %u", option, UINT32_MAX);
    *limit = (uint32_t) wish;
    return DAVY_OK;
}

static davy_status read_terms(const struct settings *settings, davy_key_terms *terms)
{
    davy_status status = settings->models ? davy_key_set_models(terms, settings->models) : DAVY_OK;

    if (status == DAVY_OK && settings->certificate)
        status = davy_key_set_certificate(terms, settings->certificate);
    if (status == DAVY_OK)
        status = read_limit("rate", settings->rate, &terms->rate);
    if (status == DAVY_OK)
        status = read_limit("burst", settings->burst, &terms->burst);
    if (status == DAVY_OK)
        status = read_limit("queries", settings->queries, &terms->queries_per_day);
    if (status == DAVY_OK && terms->burst > 0 && terms->rate == 0)
        status = davy_fail(DAVY_ERR_INVALID, "--burst needs --rate");
    return status;
}

/* No key without its record, as over the API. A daemon beside may write too: an append goes on from
 * the last record that is there, whoever wrote it. */
static davy_status audit(const struct settings *settings, const char *action, const char *name,
                         json_t *given)
{
    char path[PATH_MAX], user[DAVY_KEY_NAME_MAX];
    json_t *body =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "action", action, "outcome", "requested", "by",
                  davy_verb_user(user, sizeof user), "channel", "command line", "subject", name);
    char *text;
    davy_record record = {
        .time_ns = davy_wall_ns(davy_clock_system()), .kind = DAVY_RECORD_AUDIT, .subject = name};
    davy_records *records = NULL;
    davy_status status;

    if (given)
        (void) json_object_set_new(body, "given", given);
    record.body = text = json_dumps(body, JSON_COMPACT);
    (void) snprintf(path, sizeof path, "%s/records.db", settings->data);
    status = text ? davy_records_open(path, &records)
                  : davy_fail(DAVY_ERR_INVALID, "a key's name is UTF-8 text");
    if (status == DAVY_OK)
        status = davy_records_append(records, &record, 1);
    davy_records_close(records);
    free(text);
    json_decref(body);
    return status;
}

/* As in the record that the API leaves. */
static json_t *terms_json(davy_role role, const davy_key_terms *terms)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:s}", "role", davy_role_name(role), "models",
                     terms->models, "rate", (json_int_t) terms->rate, "burst",
                     (json_int_t) terms->burst, "queries_per_day",
                     (json_int_t) terms->queries_per_day, "certificate", terms->certificate);
}

static davy_status create_key(struct settings *settings, const char *name)
{
    davy_role role = davy_role_parse(settings->role);
    davy_key_terms terms = {0};
    char text[DAVY_KEY_MAX];
    davy_status status;

    if (role == DAVY_ROLE_NONE)
        return davy_fail(DAVY_ERR_INVALID,
                         "'%s' is not a role; use viewer, operator, engineer or admin",
                         settings->role);
    status = read_terms(settings, &terms);
    if (status == DAVY_OK)
        status = audit(settings, "key.create", name, terms_json(role, &terms));
    if (status == DAVY_OK)
        status = davy_keys_create(settings->keys, name, role, &terms,
                                  davy_wall_ns(davy_clock_system()), text);
    if (status == DAVY_OK && text[0])
        (void) printf("%s\n", text);
    return status;
}

static davy_status revoke_key(struct settings *settings, const char *name)
{
    davy_status status = audit(settings, "key.revoke", name, NULL);

    return status == DAVY_OK ? davy_keys_revoke(settings->keys, name) : status;
}

/* Room for the digits of a limit. */
#define LIMIT_MAX 16

static const char *print_limit(uint32_t limit, char text[LIMIT_MAX])
{
    if (limit == 0)
        return NULL;
    (void) snprintf(text, LIMIT_MAX, "%u", limit);
    return text;
}

static davy_status print_key(void *context, const davy_key *key)
{
    const davy_key_terms *terms = &key->terms;
    char created[DAVY_TIMESTAMP_MAX];
    char rate[LIMIT_MAX], burst[LIMIT_MAX], queries[LIMIT_MAX];

    davy_timestamp_format(key->created_ns, 0, created);
    return davy_print_row(
        context, (const char *const[]){
                     key->name, davy_role_name(key->role), created,
                     terms->models[0] ? terms->models : NULL, print_limit(terms->rate, rate),
                     print_limit(terms->burst, burst), print_limit(terms->queries_per_day, queries),
                     terms->certificate[0] ? terms->certificate : NULL});
}

static davy_status list_keys(struct settings *settings)
{
    static const davy_print_column columns[] = {
        {"name", false, false},          {"role", false, false},       {"created", false, false},
        {"models", false, false},        {"rate", true, true},         {"burst", true, true},
        {"queries_per_day", true, true}, {"certificate", false, false}};
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
        status = revoke_key(settings, name);
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
        {"models", DAVY_OPTION_TEXT, &settings.models, "PATTERNS",
         "models it is bound to, such as t101,pump-* (every model)"},
        {"rate", DAVY_OPTION_INTEGER, &settings.rate, "N", "requests a second (no limit)"},
        {"burst", DAVY_OPTION_INTEGER, &settings.burst, "N", "requests at once (the rate)"},
        {"queries", DAVY_OPTION_INTEGER, &settings.queries, "N",
         "requests to models in a day of UTC (no limit)"},
        {"certificate", DAVY_OPTION_TEXT, &settings.certificate, "SHA256",
         "client certificate that stands for the key"},
        {"json", DAVY_OPTION_FLAG, &settings.json, NULL, "list as JSON"},
    };

    return davy_verb_call(&usage, options, DAVY_ARRAY_LENGTH(options), 1, 2, argc, argv,
                          manage_keys, &settings);
}

const davy_verb davy_verb_key = {"key", "make, list and revoke API keys", key};
