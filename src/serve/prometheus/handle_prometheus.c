/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/prometheus/aggregate.h"
#include "serve/prometheus/evaluate.h"
#include "serve/prometheus/request.h"

/**
 * @file
 * What Grafana's Prometheus data source asks to draw: a query at one time or over a range.
 *
 * Source: Prometheus documentation, "HTTP API".
 */

/* Most points of one series, as Prometheus has it, and of one answer: 16 MiB of text about. */
#define STEPS_MAX  11000
#define POINTS_MAX 500000

/* -- What is asked ------------------------------------------------------------------------------
 */

static davy_status read_time(const davy_call *call, const char *name, int64_t *out)
{
    davy_status status = davy_call_time(call, name, out);

    if (status == DAVY_OK && (*out < 0 || *out == INT64_MAX))
        status = davy_fail(DAVY_ERR_INVALID, "'%s' must be of 1970 or later", name);
    return status;
}

/* 15, 0.5 or 15s */
static davy_status read_step(const davy_call *call, int64_t *out)
{
    const char *text = davy_target_parameter(&call->target, "step");
    char *end;
    double seconds;

    if (!text)
        return davy_fail(DAVY_ERR_INVALID, "the parameter 'step' is missing");
    seconds = strtod(text, &end);
    if (end == text || *end)
        return davy_promql_duration(text, strlen(text), out);
    if (!(seconds >= 1e-3) || seconds > (double) DAVY_PROMQL_DURATION_MAX_NS / 1e9)
        return davy_fail(DAVY_ERR_INVALID, "'step' must be from 1 ms to 100 years");
    *out = llround(seconds * 1e3) * DAVY_NS_PER_MS;
    return DAVY_OK;
}

static davy_status read_range(const davy_call *call, davy_prometheus_range *out)
{
    davy_status status = read_time(call, "start", &out->start_ns);

    if (status == DAVY_OK)
        status = read_time(call, "end", &out->end_ns);
    if (status == DAVY_OK)
        status = read_step(call, &out->step_ns);
    if (status == DAVY_OK && out->end_ns < out->start_ns)
        status = davy_fail(DAVY_ERR_INVALID, "'end' is before 'start'");
    if (status == DAVY_OK && (out->end_ns - out->start_ns) / out->step_ns >= STEPS_MAX)
        status = davy_fail(DAVY_ERR_INVALID, "more than %d points of a series: make 'step' longer",
                           STEPS_MAX);
    return status;
}

static davy_status read_query(const davy_call *call, davy_promql *out)
{
    const char *text = davy_target_parameter(&call->target, "query");

    if (!text)
        return davy_fail(DAVY_ERR_INVALID, "the parameter 'query' is missing");
    return davy_promql_parse(text, out);
}

/* -- Answers ------------------------------------------------------------------------------------
 */

typedef struct point_writer {
    davy_buffer *out;
    const davy_prometheus_series *series;
    bool instant, begun;
    size_t points; /* of the answer */
} point_writer;

static void take_point(void *context, int64_t time_ns, double value)
{
    point_writer *writer = context;

    if (++writer->points > POINTS_MAX)
        return;
    if (!writer->begun) {
        davy_json_object(writer->out, NULL);
        davy_prometheus_write_labels(writer->out, "metric", writer->series);
        if (!writer->instant)
            davy_json_array(writer->out, "values");
    }
    writer->begun = true;
    davy_prometheus_write_point(writer->out, writer->instant ? "value" : NULL, time_ns, value);
}

/* Behind the points of a series. */
static davy_status end_series(point_writer *writer)
{
    if (writer->begun && !writer->instant)
        davy_json_array_end(writer->out);
    if (writer->begun)
        davy_json_object_end(writer->out);
    writer->begun = false;
    if (writer->points > POINTS_MAX)
        return davy_fail(DAVY_ERR_INVALID,
                         "more than %d points: make 'step' longer or select fewer signals",
                         POINTS_MAX);
    return DAVY_OK;
}

/* One series of each group of the selection. */
static davy_status write_groups(davy_store *store, const davy_prometheus_list *selection,
                                davy_prometheus_range *range, point_writer *writer)
{
    davy_prometheus_groups *groups = NULL;
    davy_prometheus_range inner = *range;
    davy_status status =
        davy_prometheus_groups_create(selection->queries, range, POINTS_MAX, &groups);

    inner.point = davy_prometheus_groups_add;
    inner.context = groups;
    for (size_t i = 0; i < selection->count && status == DAVY_OK; i++) {
        status = davy_prometheus_groups_choose(groups, &selection->series[i]);
        if (status == DAVY_OK)
            status = davy_prometheus_evaluate(store, selection->series[i].id, selection->queries,
                                              &inner);
    }
    for (size_t i = 0; status == DAVY_OK && i < davy_prometheus_groups_count(groups); i++) {
        writer->series = davy_prometheus_groups_series(groups, i);
        davy_prometheus_groups_give(groups, i, range);
        status = end_series(writer);
    }
    davy_prometheus_groups_destroy(groups);
    return status;
}

static davy_status write_series(davy_call *call, const davy_promql *query,
                                davy_prometheus_range *range, point_writer *writer)
{
    davy_prometheus_list selection = {.queries = query, .query_count = 1};
    davy_status status = davy_prometheus_select(call->system->store, &selection);

    if (query->function != DAVY_PROMQL_NEWEST)
        davy_prometheus_drop_names(&selection);
    if (status == DAVY_OK && query->aggregate != DAVY_PROMQL_NO_AGGREGATE)
        status = write_groups(call->system->store, &selection, range, writer);
    else
        for (size_t i = 0; i < selection.count && status == DAVY_OK; i++) {
            writer->series = &selection.series[i];
            status =
                davy_prometheus_evaluate(call->system->store, writer->series->id, query, range);
            if (status == DAVY_OK)
                status = end_series(writer);
        }
    writer->series = NULL;
    davy_arena_clear(&selection.arena);
    return status;
}

/* A number alone is one series without labels over a range. */
static void write_scalar(double value, const davy_prometheus_range *range, point_writer *writer)
{
    const size_t count = (size_t) ((range->end_ns - range->start_ns) / range->step_ns) + 1;

    if (writer->instant) {
        davy_prometheus_write_point(writer->out, "result", range->start_ns, value);
        return;
    }
    davy_json_array(writer->out, "result");
    davy_json_object(writer->out, NULL);
    davy_json_object(writer->out, "metric");
    davy_json_object_end(writer->out);
    davy_json_array(writer->out, "values");
    for (size_t i = 0; i < count; i++)
        davy_prometheus_write_point(writer->out, NULL,
                                    range->start_ns + (int64_t) i * range->step_ns, value);
    davy_json_array_end(writer->out);
    davy_json_object_end(writer->out);
    davy_json_array_end(writer->out);
}

static davy_status answer_query(davy_call *call, davy_prometheus_range *range, bool instant)
{
    davy_promql *query = calloc(1, sizeof *query);
    point_writer writer = {.out = davy_prometheus_begin(call), .instant = instant};
    davy_status status = query ? read_query(call, query) : davy_fail(DAVY_ERR_NOMEM, "a query");
    bool scalar = status == DAVY_OK && query->function == DAVY_PROMQL_SCALAR;

    range->wanted = call->wanted;
    range->point = take_point;
    range->context = &writer;
    davy_json_object(writer.out, "data");
    davy_json_text(writer.out, "resultType", !instant ? "matrix" : scalar ? "scalar" : "vector");
    if (scalar) {
        write_scalar(query->scalar, range, &writer);
    } else if (status == DAVY_OK) {
        davy_json_array(writer.out, "result");
        status = write_series(call, query, range, &writer);
        davy_json_array_end(writer.out);
    }
    davy_json_object_end(writer.out);
    range->context = NULL;
    if (query)
        davy_promql_clear(query);
    free(query);
    return status == DAVY_OK ? davy_prometheus_end(call) : status;
}

static davy_status query_range(davy_call *call)
{
    davy_prometheus_range range = {0};
    davy_status status = read_range(call, &range);

    return status == DAVY_OK ? answer_query(call, &range, false) : status;
}

static davy_status query_instant(davy_call *call)
{
    davy_prometheus_range range = {.start_ns = davy_wall_ns(davy_clock_system()), .step_ns = 1};
    davy_status status = DAVY_OK;

    if (davy_target_parameter(&call->target, "time"))
        status = read_time(call, "time", &range.start_ns);
    range.end_ns = range.start_ns;
    return status == DAVY_OK ? answer_query(call, &range, true) : status;
}

davy_status davy_handle_prometheus_range(davy_call *call)
{
    return davy_prometheus_with_form(call, query_range);
}

davy_status davy_handle_prometheus_query(davy_call *call)
{
    return davy_prometheus_with_form(call, query_instant);
}
