/* SPDX-License-Identifier: Apache-2.0 */
#include "app/alarms_changes.h"

#include "app/local_times.h"
#include "app/table_print.h"

#include <stdio.h>

static const char *text_of(const json_t *object, const char *key, const char *without)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : without;
}

/* "2026-11-22T15:00:00.000Z  alarms: mia: less noise (file of davy)", then what differs. */
static void print_change(const json_t *change)
{
    const json_t *texts = json_object_get(change, "changes"), *text;
    const long long more = json_integer_value(json_object_get(change, "more"));
    const bool first = !json_is_string(json_object_get(change, "before"));
    size_t index;

    (void) printf("%s  %s: ", text_of(change, "time", "-"), text_of(change, "of", "-"));
    if (first)
        (void) printf("the first that were recorded");
    else if (json_is_true(json_object_get(change, "flagged")))
        (void) printf("NO REASON");
    else if (!json_is_string(json_object_get(change, "reason")))
        (void) printf("comments only");
    else
        (void) printf("%s: %s", text_of(change, "by", "-"), text_of(change, "reason", "-"));
    (void) printf(" (file of %s)\n", text_of(change, "owner", "nobody known"));
    if (!first && !json_is_array(texts))
        (void) printf("    what differs is not known: what was in force before is not in the data "
                      "folder\n");
    json_array_foreach(texts, index, text)(void) printf("    %s\n", json_string_value(text));
    if (more > 0)
        (void) printf("    and %lld more\n", more);
}

davy_status davy_alarms_print_changes(const davy_client *client, bool json)
{
    json_t *answer = NULL;
    const json_t *change;
    size_t index;
    davy_status status = davy_client_call(client, "GET", "/api/v1/changes", NULL, &answer);

    if (status == DAVY_OK && json)
        return davy_print_json(answer);
    if (status == DAVY_OK)
        davy_local_times(client, answer);
    json_array_foreach(json_object_get(answer, "changes"), index, change) print_change(change);
    json_decref(answer);
    return status;
}
