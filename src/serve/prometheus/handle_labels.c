/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/prometheus/request.h"

/**
 * @file
 * What series and labels there are, for Grafana's variables and builder.
 *
 * Source: Prometheus documentation, "HTTP API".
 */

/* The signals that are asked for, and how many entries the answer may have. */
static davy_status read_list(const davy_call *call, bool required, davy_prometheus_list *selection,
                             size_t *limit)
{
    davy_status status = davy_prometheus_limit(call, limit);

    return status == DAVY_OK ? davy_prometheus_matching(call, required, selection) : status;
}

static davy_status list_series(davy_call *call)
{
    davy_prometheus_list selection = {0};
    size_t limit = 0;
    davy_status status = read_list(call, true, &selection, &limit);
    davy_buffer *out = davy_prometheus_begin(call);

    davy_json_array(out, "data");
    for (size_t i = 0; i < selection.count && i < limit; i++)
        davy_prometheus_write_labels(out, NULL, &selection.series[i]);
    davy_prometheus_end_list(out, selection.count > limit);
    davy_arena_clear(&selection.arena);
    return status == DAVY_OK ? davy_prometheus_end(call) : status;
}

static bool has_label(const davy_prometheus_list *selection, size_t label)
{
    for (size_t i = 0; i < selection->count; i++)
        if (selection->series[i].labels[label][0])
            return true;
    return false;
}

static davy_status list_labels(davy_call *call)
{
    davy_prometheus_list selection = {0};
    size_t limit = 0, count = 0;
    davy_status status = read_list(call, false, &selection, &limit);
    davy_buffer *out = davy_prometheus_begin(call);

    davy_json_array(out, "data");
    for (size_t label = 0; label < DAVY_PROMETHEUS_LABELS; label++)
        if (has_label(&selection, label) && count++ < limit)
            davy_json_text(out, NULL, davy_prometheus_labels[label]);
    davy_prometheus_end_list(out, count > limit);
    davy_arena_clear(&selection.arena);
    return status == DAVY_OK ? davy_prometheus_end(call) : status;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* In order, each once; how many there are. */
static davy_status write_values(davy_buffer *out, davy_prometheus_list *selection,
                                const char *label, size_t limit, size_t *distinct)
{
    const char **values = davy_arena_array(&selection->arena, selection->count + 1, sizeof *values);
    size_t count = 0;

    if (!values)
        return davy_fail(DAVY_ERR_NOMEM, "the values of a label");
    for (size_t i = 0; i < selection->count; i++)
        for (size_t j = 0; j < DAVY_PROMETHEUS_LABELS; j++)
            if (strcmp(davy_prometheus_labels[j], label) == 0 && selection->series[i].labels[j][0])
                values[count++] = selection->series[i].labels[j];
    qsort(values, count, sizeof *values, compare_texts);
    for (size_t i = 0; i < count; i++)
        if ((i == 0 || strcmp(values[i], values[i - 1]) != 0) && (*distinct)++ < limit)
            davy_json_text(out, NULL, values[i]);
    return DAVY_OK;
}

davy_status davy_handle_prometheus_values(davy_call *call)
{
    davy_prometheus_list selection = {0};
    size_t limit = 0, count = 0;
    davy_status status = read_list(call, false, &selection, &limit);
    davy_buffer *out = davy_prometheus_begin(call);

    davy_json_array(out, "data");
    if (status == DAVY_OK)
        status = write_values(out, &selection, call->id, limit, &count);
    davy_prometheus_end_list(out, count > limit);
    davy_arena_clear(&selection.arena);
    return status == DAVY_OK ? davy_prometheus_end(call) : status;
}

davy_status davy_handle_prometheus_series(davy_call *call)
{
    return davy_prometheus_with_form(call, list_series);
}

davy_status davy_handle_prometheus_labels(davy_call *call)
{
    return davy_prometheus_with_form(call, list_labels);
}
