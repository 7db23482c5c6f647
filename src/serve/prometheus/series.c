/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/prometheus/series.h"

#include <string.h>

#include "core/json.h"

#define METRIC "davy_signal"

enum { LABEL_NAME, LABEL_ASSET, LABEL_PATH, LABEL_SIGNAL, LABEL_UNIT };

const char *const davy_prometheus_labels[DAVY_PROMETHEUS_LABELS] = {"__name__", "asset", "path",
                                                                    "signal", "unit"};

/* -- Series -------------------------------------------------------------------------------------
 */

static bool fits(const davy_promql *query, const davy_prometheus_series *series)
{
    for (size_t i = 0; i < query->count; i++) {
        const char *value = "";

        for (size_t j = 0; j < DAVY_PROMETHEUS_LABELS; j++)
            if (strcmp(query->matchers[i].name, davy_prometheus_labels[j]) == 0)
                value = series->labels[j];
        if (!davy_promql_fits(&query->matchers[i], value))
            return false;
    }
    return true;
}

static bool is_selected(const davy_prometheus_list *selection, const davy_prometheus_series *series)
{
    for (size_t i = 0; i < selection->query_count; i++)
        if (fits(&selection->queries[i], series))
            return true;
    return selection->query_count == 0;
}

static davy_status keep(davy_prometheus_list *selection, const davy_prometheus_series *made)
{
    if (selection->count == DAVY_PROMETHEUS_SERIES_MAX)
        return davy_fail(DAVY_ERR_INVALID, "more than %d series: select fewer",
                         DAVY_PROMETHEUS_SERIES_MAX);
    if (selection->count == selection->capacity) {
        size_t capacity = selection->capacity ? 2 * selection->capacity : 64;
        davy_prometheus_series *grown =
            davy_arena_array(&selection->arena, capacity, sizeof *grown);

        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "the list of series");
        for (size_t i = 0; i < selection->count; i++)
            grown[i] = selection->series[i];
        selection->series = grown;
        selection->capacity = capacity;
    }
    selection->series[selection->count++] = *made;
    return DAVY_OK;
}

static davy_status select_signal(void *context, const davy_store_signal_info *info)
{
    davy_prometheus_list *selection = context;
    const char *slash = strrchr(info->path, '/');
    davy_prometheus_series made = {.id = info->id};

    made.labels[LABEL_NAME] = METRIC;
    made.labels[LABEL_PATH] = davy_arena_text(&selection->arena, info->path, strlen(info->path));
    made.labels[LABEL_ASSET] =
        davy_arena_text(&selection->arena, info->path, slash ? (size_t) (slash - info->path) : 0);
    made.labels[LABEL_UNIT] = davy_arena_text(&selection->arena, info->unit, strlen(info->unit));
    if (!made.labels[LABEL_PATH] || !made.labels[LABEL_ASSET] || !made.labels[LABEL_UNIT])
        return davy_fail(DAVY_ERR_NOMEM, "the list of series");
    made.labels[LABEL_SIGNAL] =
        slash ? made.labels[LABEL_PATH] + (slash + 1 - info->path) : made.labels[LABEL_PATH];
    return is_selected(selection, &made) ? keep(selection, &made) : DAVY_OK;
}

davy_status davy_prometheus_select(davy_store *store, davy_prometheus_list *list)
{
    return davy_store_signals(store, select_signal, list);
}

void davy_prometheus_drop_names(davy_prometheus_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        list->series[i].labels[LABEL_NAME] = "";
}

void davy_prometheus_write_labels(davy_buffer *out, const char *key,
                                  const davy_prometheus_series *series)
{
    davy_json_object(out, key);
    for (size_t i = 0; i < DAVY_PROMETHEUS_LABELS; i++)
        if (series->labels[i][0])
            davy_json_text(out, davy_prometheus_labels[i], series->labels[i]);
    davy_json_object_end(out);
}
