/* SPDX-License-Identifier: Apache-2.0 */
#include "app/models_verb.h"
#include "app/table_print.h"
#include "core/file.h"
#include "core/timestamp.h"
#include "models/registry/registry.h"
#include "models/registry/seal.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON_FILE_MAX ((size_t) 16 * 1024 * 1024)
#define LIST_SHOWN    ((size_t) 12)
#define DEPTH_MAX     6

davy_status davy_models_read_json(const char *folder, json_t **out)
{
    char path[PATH_MAX + 16];
    davy_buffer text = {0};
    json_error_t error;
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/model.json", folder);
    status = davy_file_read(path, JSON_FILE_MAX, &text);
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

static json_t *history_json(const davy_alias_move *moves, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        char time[DAVY_TIMESTAMP_MAX];

        davy_timestamp_format(moves[i].time_ns, 0, time);
        json_array_append_new(list, json_pack("{ss ss si si ss ss}", "time", time, "alias",
                                              moves[i].alias, "from", (int) moves[i].from, "to",
                                              (int) moves[i].to, "why", moves[i].why, "who",
                                              moves[i].who));
    }
    return list;
}

/* What stands beside model.json: who signed it, and how its aliases moved. */
static davy_status add_place(const davy_models_call *call, const davy_models_version *which,
                             json_t *root)
{
    davy_alias_move *moves = NULL;
    size_t count = 0;
    davy_seal seal = {.is_signed = false};
    davy_status status = davy_seal_read(which->folder, &seal);

    if (status == DAVY_OK)
        status = davy_registry_history(call->registry, which->name, &moves, &count);
    if (status == DAVY_OK &&
        (json_object_set_new(root, "signed_by", json_string(seal.author)) != 0 ||
         json_object_set_new(root, "folder", json_string(which->folder)) != 0 ||
         json_object_set_new(root, "history", history_json(moves, count)) != 0))
        status = davy_fail(DAVY_ERR_NOMEM, "model");
    free(moves);
    davy_seal_clear(&seal);
    return status;
}

static void print_value(const json_t *value);

static void print_list(const json_t *list)
{
    const size_t count = json_array_size(list);
    const json_t *first = json_array_get(list, 0);

    if (count == 0)
        (void) printf("-");
    if (json_is_object(first) && !json_object_get(first, "name")) {
        (void) printf("%zu, see --json", count);
        return;
    }
    for (size_t i = 0; i < count && i < LIST_SHOWN; i++) {
        const json_t *item = json_array_get(list, i), *name = json_object_get(item, "name");

        (void) printf("%s", i > 0 ? ", " : "");
        print_value(name ? name : item);
    }
    if (count > LIST_SHOWN)
        (void) printf(" and %zu more", count - LIST_SHOWN);
}

/* {"value", "low", "high"} as people write it. */
static void print_estimate(const json_t *estimate)
{
    (void) printf("%.6g", json_number_value(json_object_get(estimate, "value")));
    if (json_is_number(json_object_get(estimate, "low")))
        (void) printf(" (%.6g to %.6g)", json_number_value(json_object_get(estimate, "low")),
                      json_number_value(json_object_get(estimate, "high")));
}

static void print_value(const json_t *value)
{
    if (json_is_string(value))
        (void) printf("%s", json_string_length(value) > 0 ? json_string_value(value) : "-");
    else if (json_is_integer(value))
        (void) printf("%lld", (long long) json_integer_value(value));
    else if (json_is_number(value))
        (void) printf("%.6g", json_number_value(value));
    else if (json_is_array(value))
        print_list(value);
    else if (json_object_get(value, "value"))
        print_estimate(value);
    else
        (void) printf("%s", json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "-");
}

/* An object is a heading with its keys under it. The summary has lines of its own. */
static void print_object(json_t *object, int depth)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        if (strcmp(key, "summary") == 0 || strcmp(key, "history") == 0)
            continue;
        (void) printf("%*s%-*s", 2 * depth, "", 24 - 2 * depth, key);
        if (json_is_object(value) && !json_object_get(value, "value") && depth < DEPTH_MAX) {
            (void) printf("\n");
            print_object(value, depth + 1);
            continue;
        }
        (void) printf(" ");
        print_value(value);
        (void) printf("\n");
    }
}

static void print_history(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *move = json_array_get(list, i);

        (void) printf("  %s  %s %lld -> %lld, %s by %s\n",
                      json_string_value(json_object_get(move, "time")),
                      json_string_value(json_object_get(move, "alias")),
                      (long long) json_integer_value(json_object_get(move, "from")),
                      (long long) json_integer_value(json_object_get(move, "to")),
                      json_string_value(json_object_get(move, "why")),
                      json_string_value(json_object_get(move, "who")));
    }
}

static davy_status print_text(json_t *root)
{
    const char *summary = json_string_value(json_object_get(root, "summary"));

    print_object(root, 0);
    (void) printf("history of aliases\n");
    print_history(json_object_get(root, "history"));
    if (summary)
        (void) printf("\n%s", summary);
    json_decref(root);
    return DAVY_OK;
}

davy_status davy_models_show(const davy_models_call *call)
{
    davy_models_version which;
    json_t *root = NULL;
    davy_status status = davy_models_resolve(call, call->words[0], &which);

    if (status == DAVY_OK)
        status = davy_models_read_json(which.folder, &root);
    if (status == DAVY_OK)
        status = add_place(call, &which, root);
    if (status == DAVY_OK)
        return call->json ? davy_print_json(root) : print_text(root);
    json_decref(root);
    return status;
}
