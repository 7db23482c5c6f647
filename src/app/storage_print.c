/* SPDX-License-Identifier: Apache-2.0 */
#include "app/storage_print.h"

#include "app/table_print.h"

#include <jansson.h>
#include <string.h>

const char *davy_bytes_text(double bytes, char text[DAVY_BYTES_TEXT_MAX])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;

    while (bytes >= 999.5 && unit + 1 < DAVY_ARRAY_LENGTH(units)) {
        bytes /= 1000;
        unit++;
    }
    (void) snprintf(text, DAVY_BYTES_TEXT_MAX, bytes < 9.95 && unit > 0 ? "%.1f %s" : "%.0f %s",
                    bytes, units[unit]);
    return text;
}

static double number_at(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const char *text_at(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static const char *bytes_cell(const json_t *object, const char *path,
                              char text[DAVY_PRINT_CELL_MAX])
{
    const json_t *value = json_object_get(object, path);

    return json_is_number(value) ? davy_bytes_text(json_number_value(value), text) : NULL;
}

/* How long: null is for ever. */
static const char *kept_cell(const json_t *object, const char *path, char text[DAVY_PRINT_CELL_MAX])
{
    const json_t *value = json_object_get(object, path);

    if (!json_is_number(value))
        return "for ever";
    (void) snprintf(text, DAVY_PRINT_CELL_MAX, "%.6g d", json_number_value(value));
    return text;
}

static void print_room(const json_t *root, FILE *file)
{
    const json_t *disk = json_object_get(root, "disk"), *days = json_object_get(root, "room_days");
    char total[DAVY_BYTES_TEXT_MAX], free_text[DAVY_BYTES_TEXT_MAX], a_day[DAVY_BYTES_TEXT_MAX],
        floor_text[DAVY_BYTES_TEXT_MAX];
    const char *state = text_at(disk, "state");

    (void) fprintf(file, "%s: %s free of %s; below %s samples are refused\n",
                   text_at(root, "folder"),
                   davy_bytes_text(number_at(disk, "free_bytes"), free_text),
                   davy_bytes_text(number_at(disk, "total_bytes"), total),
                   davy_bytes_text(number_at(disk, "floor_bytes"), floor_text));
    if (strcmp(state, "full") == 0)
        (void) fprintf(file, "the disk is full: samples are refused\n");
    else if (strcmp(state, "low") == 0)
        (void) fprintf(file, "the disk runs full: days go that may go\n");
    (void) fprintf(file, "grows by %s a day; ",
                   davy_bytes_text(number_at(root, "bytes_a_day"), a_day));
    if (json_is_integer(days))
        (void) fprintf(file, "the room lasts for about %lld days\n",
                       (long long) json_integer_value(days));
    else
        (void) fprintf(file, "the room lasts for ten years and more\n");
}

static void print_waits(const json_t *root, FILE *file)
{
    const json_t *item;
    size_t i;

    json_array_foreach(json_object_get(root, "classes"), i, item)
    {
        const json_t *waits = json_object_get(item, "waits");
        char bytes[DAVY_BYTES_TEXT_MAX];

        if (json_is_object(waits))
            (void) fprintf(file,
                           "class %s is kept for a shorter time from %s on: %.0f days (%s) go "
                           "then, unless the site file is changed back\n",
                           text_at(item, "class"), text_at(waits, "from"),
                           number_at(waits, "files"),
                           davy_bytes_text(number_at(waits, "bytes"), bytes));
    }
    if (json_is_false(json_object_get(root, "retention_known")))
        (void) fprintf(file, "no daemon has noted how long things are kept\n");
}

static void print_missed(const json_t *root, FILE *file)
{
    const json_t *item;
    size_t i;

    json_array_foreach(json_object_get(root, "missed"), i, item)(void)
        fprintf(file, "%s is missed since %s: restore it from a backup, then remove %s*\n",
                text_at(item, "day_file"), text_at(item, "since"), text_at(item, "file"));
}

static void print_last(const json_t *root, const char *key, const char *word, FILE *file)
{
    const json_t *last = json_object_get(root, key);

    if (!json_is_object(last)) {
        (void) fprintf(file, "%s: none is noted\n", word);
        return;
    }
    (void) fprintf(file, "%s: %s", word, text_at(last, "time"));
    if (json_is_string(json_object_get(last, "to")))
        (void) fprintf(file, " to %s", text_at(last, "to"));
    if (number_at(last, "damaged") > 0)
        (void) fprintf(file, ", %.0f pieces damaged\n", number_at(last, "damaged"));
    else
        (void) fprintf(file, ", all whole\n");
}

davy_status davy_storage_print(const char *json, size_t length, FILE *file)
{
    static const davy_print_field classes[] = {
        {"class", "class", false, NULL},
        {"keep", "keep_days", true, kept_cell},
        {"rollups", "rollups_days", true, kept_cell},
        {"when full", "when_full_days", true, NULL},
        {"days", "files", true, NULL},
        {"first", "first_day", false, NULL},
        {"last", "last_day", false, NULL},
        {"samples", "samples", true, NULL},
        {"bytes", "bytes", true, bytes_cell},
        {"a day", "bytes_a_day", true, bytes_cell},
        {"may go", "may_go_bytes", true, bytes_cell},
    };
    static const davy_print_field kinds[] = {{"what", "kind", false, NULL},
                                             {"bytes", "bytes", true, bytes_cell}};
    json_t *root = json_loadb(json, length, 0, NULL);
    davy_status status;

    if (!root)
        return davy_fail(DAVY_ERR_NOMEM, "what the storage holds");
    print_room(root, file);
    print_waits(root, file);
    print_missed(root, file);
    print_last(root, "last_backup", "last backup", file);
    print_last(root, "last_verify", "last verify", file);
    (void) fflush(file);
    status = davy_print_objects("classes", classes, DAVY_ARRAY_LENGTH(classes),
                                json_object_get(root, "classes"));
    if (status == DAVY_OK)
        status = davy_print_objects("kinds", kinds, DAVY_ARRAY_LENGTH(kinds),
                                    json_object_get(root, "kinds"));
    json_decref(root);
    return status;
}
