/* SPDX-License-Identifier: Apache-2.0 */
#include "app/alarms_receivers.h"

#include "app/table_print.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ASK_TIMES 60
#define ASK_NS    500000000L

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static davy_status print_receivers(const json_t *answer)
{
    static const davy_print_field fields[] = {
        {"name", "name", false, NULL},
        {"kind", "kind", false, NULL},
        {"place", "place", false, NULL},
        {"waiting", "waiting", true, NULL},
        {"confirmed", "confirmed", true, NULL},
        {"given up", "given_up", true, NULL},
        {"last confirmed", "last_confirmed", false, NULL},
        {"error", "error", false, NULL},
    };

    const json_t *list = json_object_get(answer, "receivers"), *receiver;
    davy_status status = davy_print_objects("receivers", fields, DAVY_ARRAY_LENGTH(fields), list);
    size_t index;

    json_array_foreach(list, index, receiver)
    {
        if (text_of(receiver, "lacks"))
            (void) printf("%s: %s\n", text_of(receiver, "name"), text_of(receiver, "lacks"));
    }
    return status;
}

davy_status davy_alarms_print_receivers(const davy_client *client, bool json)
{
    json_t *answer = NULL;
    davy_status status = davy_client_call(client, "GET", "/api/v1/receivers", NULL, &answer);

    if (status == DAVY_OK)
        status = json ? davy_print_json(json_incref(answer)) : print_receivers(answer);
    json_decref(answer);
    return status;
}

/* "/api/v1/receivers/NAME/what", with what a path must not hold escaped. */
static davy_status make_path(const char *name, const char *what, char *path, size_t capacity)
{
    char *escaped = curl_easy_escape(NULL, name, (int) strlen(name));
    int length;

    if (!escaped)
        return davy_fail(DAVY_ERR_NOMEM, "receiver '%s'", name);
    length = snprintf(path, capacity, "/api/v1/receivers/%s/%s", escaped, what);
    curl_free(escaped);
    return length < (int) capacity
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "no receiver has a name of %zu bytes", strlen(name));
}

/* What has become of a message so far. @param ended  it was confirmed, or given up */
static davy_status look(const davy_client *client, const char *path, const char *id, bool *ended)
{
    json_t *answer = NULL;
    const json_t *message;
    size_t index;
    davy_status status = davy_client_call(client, "GET", path, NULL, &answer);

    *ended = status != DAVY_OK;
    json_array_foreach(json_object_get(answer, "messages"), index, message)
    {
        const char *state = text_of(message, "state"), *error = text_of(message, "error");

        if (!state || !text_of(message, "id") || strcmp(text_of(message, "id"), id) != 0)
            continue;
        *ended = strcmp(state, "waiting") != 0;
        if (strcmp(state, "confirmed") != 0)
            status = davy_fail(DAVY_ERR_UNAVAILABLE, "%s is %s%s%s", id, state, error ? ": " : "",
                               error ? error : "");
    }
    json_decref(answer);
    return status;
}

davy_status davy_alarms_test_receiver(const davy_client *client, const char *name)
{
    const struct timespec pause = {0, ASK_NS};
    json_t *answer = NULL;
    char path[512];
    bool ended = false;
    davy_status status = make_path(name, "test", path, sizeof path);

    if (status == DAVY_OK)
        status = davy_client_call(client, "POST", path, NULL, &answer);
    if (status == DAVY_OK)
        status = make_path(name, "messages", path, sizeof path);
    for (int i = 0; i < ASK_TIMES && !ended; i++) {
        if (i > 0)
            (void) nanosleep(&pause, NULL);
        if (answer)
            status = look(client, path, text_of(answer, "id"), &ended);
        else
            break;
    }
    if (status == DAVY_OK)
        (void) printf("%s: confirmed %s\n", name, text_of(answer, "id"));
    json_decref(answer);
    return status;
}
