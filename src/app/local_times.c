/* SPDX-License-Identifier: Apache-2.0 */
#include "app/local_times.h"

#include "core/timestamp.h"

#include <string.h>

static void show_all(json_t *value, const davy_timezone *zone)
{
    char text[DAVY_TIMESTAMP_MAX];
    json_t *item;
    const char *key;
    size_t index;
    void *next;

    if (json_is_string(value))
        (void) json_string_set(value, davy_timestamp_show(json_string_value(value), zone, text));
    json_array_foreach(value, index, item) show_all(item, zone);
    json_object_foreach_safe(value, next, key, item) show_all(item, zone);
}

static davy_timezone *zone_of_site(const davy_client *client)
{
    davy_timezone *zone = NULL;
    json_t *answer = NULL;
    const char *name = NULL;

    if (davy_client_call(client, "GET", "/api/v1/sites", NULL, &answer) == DAVY_OK)
        name = json_string_value(
            json_object_get(json_array_get(json_object_get(answer, "sites"), 0), "timezone"));
    if (!name || strcmp(name, "UTC") == 0 || davy_timezone_open(name, &zone) != DAVY_OK)
        zone = NULL;
    json_decref(answer);
    return zone;
}

void davy_local_times(const davy_client *client, json_t *answer)
{
    davy_timezone *zone = zone_of_site(client);

    if (zone)
        show_all(answer, zone);
    davy_timezone_close(zone);
}
