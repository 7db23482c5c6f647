/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/events.h"

#include "core/csv.h"
#include "core/timestamp.h"

#include <stdlib.h>
#include <string.h>

/* Places of the columns in the file. */
struct columns {
    size_t from, to, name, asset;
    bool has_asset;
};

davy_status davy_event_list_add(davy_event_list *list, const davy_event *event)
{
    davy_event *items;
    davy_event copy = *event;

    if (event->to_ns <= event->from_ns)
        return davy_fail(DAVY_ERR_INVALID, "event '%s' ends before it begins", event->name);
    if (list->count == DAVY_EVENTS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "more than %zu events", DAVY_EVENTS_MAX);
    items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (!items)
        return davy_fail(DAVY_ERR_NOMEM, "%zu events", list->count + 1);
    list->items = items;
    copy.name = strdup(event->name);
    copy.asset = event->asset && event->asset[0] ? strdup(event->asset) : NULL;
    if (!copy.name || (event->asset && event->asset[0] && !copy.asset)) {
        free(copy.name);
        free(copy.asset);
        return davy_fail(DAVY_ERR_NOMEM, "%zu events", list->count + 1);
    }
    list->items[list->count++] = copy;
    return DAVY_OK;
}

bool davy_event_is_nuisance(const davy_event *event)
{
    return event->answer == DAVY_ALARM_FALSE || event->answer == DAVY_ALARM_KNOWN_WORK;
}

static bool has_column(const davy_csv *csv, const char *name)
{
    size_t count;
    const char *const *header = davy_csv_header(csv, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(header[i], name) == 0)
            return true;
    return false;
}

static davy_status find_columns(const davy_csv *csv, struct columns *columns)
{
    davy_status status = davy_csv_column(csv, "from", &columns->from);

    if (status == DAVY_OK)
        status = davy_csv_column(csv, "to", &columns->to);
    if (status == DAVY_OK)
        status = davy_csv_column(csv, "name", &columns->name);
    columns->has_asset = has_column(csv, "asset");
    if (status == DAVY_OK && columns->has_asset)
        status = davy_csv_column(csv, "asset", &columns->asset);
    return status;
}

static davy_status read_row(const struct columns *columns, const char *const *fields,
                            davy_event_list *list)
{
    davy_event event = {.name = (char *) fields[columns->name],
                        .asset = columns->has_asset ? (char *) fields[columns->asset] : NULL};
    davy_status status = davy_timestamp_parse(fields[columns->from], &event.from_ns);

    if (status == DAVY_OK)
        status = davy_timestamp_parse(fields[columns->to], &event.to_ns);
    return status == DAVY_OK ? davy_event_list_add(list, &event) : status;
}

static davy_status read_rows(davy_csv *csv, davy_event_list *list)
{
    const char *const *fields = NULL;
    struct columns columns;
    davy_status status = find_columns(csv, &columns);

    while (status == DAVY_OK) {
        status = davy_csv_next(csv, &fields);
        if (status != DAVY_OK || !fields)
            return status;
        status = read_row(&columns, fields, list);
        if (status != DAVY_OK)
            status = davy_fail_in(status, "%s:%llu", davy_csv_path(csv),
                                  (unsigned long long) davy_csv_line(csv));
    }
    return status;
}

davy_status davy_event_list_read(const char *path, davy_event_list *list)
{
    davy_csv *csv;
    davy_status status = davy_csv_open(path, &csv);

    if (status != DAVY_OK)
        return status;
    status = read_rows(csv, list);
    davy_csv_close(csv);
    davy_event_list_sort(list);
    return status;
}

static int compare(const void *a, const void *b)
{
    const davy_event *left = a, *right = b;

    if (left->from_ns != right->from_ns)
        return left->from_ns < right->from_ns ? -1 : 1;
    return (left->to_ns > right->to_ns) - (left->to_ns < right->to_ns);
}

void davy_event_list_sort(davy_event_list *list)
{
    if (list->count > 0)
        qsort(list->items, list->count, sizeof *list->items, compare);
}

void davy_event_list_clear(davy_event_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].asset);
    }
    free(list->items);
    *list = (davy_event_list){0};
}
