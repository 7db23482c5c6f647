/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "serve/api/json.h"
#include "serve/handlers.h"
#include "serve/prometheus/evaluate.h"
#include "serve/prometheus/series.h"

/**
 * @file
 * What Grafana's Prometheus data source asks: queries, series and labels.
 *
 * Source: Prometheus documentation, "HTTP API".
 */

/* Most points of one series, as Prometheus has it, and of one answer: 16 MiB of text about. */
#define STEPS_MAX  11000
#define POINTS_MAX 500000

/* -- What is asked ------------------------------------------------------------------------------
 */

/* The parameters of a form, as those of the address; they point into `form`. A line's end, which
 * an editor of queries puts in, is a space. */
static davy_status read_form(davy_call *call, davy_target *form)
{
    char raw[DAVY_HTTP_TARGET_MAX + 3] = "/?";

    if (call->body.length == 0)
        return DAVY_OK;
    if (call->body.length > DAVY_HTTP_TARGET_MAX - 2 ||
        memchr(call->body.bytes, '\0', call->body.length))
        return davy_fail(DAVY_ERR_INVALID, "the form may have %zu bytes, none of them zero",
                         DAVY_HTTP_TARGET_MAX - 2);
    memcpy(raw + 2, call->body.bytes, call->body.length);
    for (char *at = raw; (at = strchr(at, '%')); at++)
        if (memcmp(at, "%0A", 3) == 0 || memcmp(at, "%0D", 3) == 0 || memcmp(at, "%09", 3) == 0)
            memcpy(at, "%20", 3);
    davy_target_parse(raw, form);
    if (form->query_fault)
        return davy_fail(DAVY_ERR_INVALID, "the form: %s", form->query_fault);
    for (size_t i = 0; i < form->parameter_count; i++) {
        if (davy_target_parameter(&call->target, form->parameters[i].name))
            return davy_fail(DAVY_ERR_INVALID, "'%.64s' is in the address and in the form",
                             form->parameters[i].name);
        if (call->target.parameter_count == DAVY_HTTP_PARAMETERS_MAX)
            return davy_fail(DAVY_ERR_INVALID, "the request has too many parameters");
        call->target.parameters[call->target.parameter_count++] = form->parameters[i];
    }
    return DAVY_OK;
}

/* Run a handler with a form's parameters among those of the address. */
static davy_status with_form(davy_call *call, davy_status (*handle)(davy_call *call))
{
    davy_target *form = calloc(1, sizeof *form);
    const size_t count = call->target.parameter_count;
    davy_status status;

    if (!form)
        return davy_fail(DAVY_ERR_NOMEM, "the form of a query");
    status = read_form(call, form);
    if (status == DAVY_OK)
        status = handle(call);
    call->target.parameter_count = count;
    free(form);
    return status;
}

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
    *out = (int64_t) (seconds * 1e3 + 0.5) * DAVY_NS_PER_MS;
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

/* The signals that `match[]` selects; all without it, when it may be absent. */
static davy_status select_matching(const davy_call *call, bool required, davy_prometheus_list *out)
{
    const char *text = davy_target_parameter(&call->target, "match[]");
    davy_promql *query = NULL;
    davy_status status = DAVY_OK;

    if (!text && required)
        return davy_fail(DAVY_ERR_INVALID, "the parameter 'match[]' is missing");
    if (text) {
        query = calloc(1, sizeof *query);
        status = query ? davy_promql_parse(text, query) : davy_fail(DAVY_ERR_NOMEM, "a selector");
        if (status == DAVY_OK && query->function != DAVY_PROMQL_NEWEST)
            status = davy_fail(DAVY_ERR_INVALID, "'match[]' must be a selector alone");
    }
    out->query = query;
    if (status == DAVY_OK)
        status = davy_prometheus_select(call->system->store, out);
    out->query = NULL;
    if (query)
        davy_promql_clear(query);
    free(query);
    return status;
}

/* -- Answers ------------------------------------------------------------------------------------
 */

static davy_buffer *begin_answer(davy_call *call)
{
    davy_buffer *out = &call->answer.body;

    davy_json_object(out, NULL);
    davy_json_text(out, "status", "success");
    return out;
}

static davy_status end_answer(davy_call *call)
{
    davy_json_object_end(&call->answer.body);
    return davy_reply_json(call);
}

static void write_point(davy_buffer *out, const char *key, int64_t time_ns, double value)
{
    davy_buffer digits = {0};

    if (isinf(value))
        davy_buffer_append_text(&digits, value > 0 ? "+Inf" : "-Inf");
    else
        davy_json_digits(&digits, value);
    davy_json_array(out, key);
    davy_json_number(out, NULL, (double) (time_ns / DAVY_NS_PER_MS) / 1e3);
    davy_json_text(out, NULL, digits.bytes);
    davy_json_array_end(out);
    out->failed |= digits.failed;
    davy_buffer_clear(&digits);
}

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
    write_point(writer->out, writer->instant ? "value" : NULL, time_ns, value);
}

static davy_status write_series(davy_call *call, const davy_promql *query,
                                davy_prometheus_range *range, point_writer *writer)
{
    davy_prometheus_list selection = {.query = query};
    davy_status status = davy_prometheus_select(call->system->store, &selection);

    for (size_t i = 0; i < selection.count && status == DAVY_OK; i++) {
        writer->series = &selection.series[i];
        writer->begun = false;
        status = davy_prometheus_evaluate(call->system->store, writer->series->id, query, range);
        if (status == DAVY_OK && writer->points > POINTS_MAX)
            status = davy_fail(DAVY_ERR_INVALID,
                               "more than %d points: make 'step' longer or "
                               "select fewer signals",
                               POINTS_MAX);
        if (writer->begun && !writer->instant)
            davy_json_array_end(writer->out);
        if (writer->begun)
            davy_json_object_end(writer->out);
    }
    davy_arena_clear(&selection.arena);
    return status;
}

/* A number alone is one series without labels over a range. */
static void write_scalar(double value, const davy_prometheus_range *range, point_writer *writer)
{
    const size_t count = (size_t) ((range->end_ns - range->start_ns) / range->step_ns) + 1;

    if (writer->instant) {
        write_point(writer->out, "result", range->start_ns, value);
        return;
    }
    davy_json_array(writer->out, "result");
    davy_json_object(writer->out, NULL);
    davy_json_object(writer->out, "metric");
    davy_json_object_end(writer->out);
    davy_json_array(writer->out, "values");
    for (size_t i = 0; i < count; i++)
        write_point(writer->out, NULL, range->start_ns + (int64_t) i * range->step_ns, value);
    davy_json_array_end(writer->out);
    davy_json_object_end(writer->out);
    davy_json_array_end(writer->out);
}

static davy_status answer_query(davy_call *call, davy_prometheus_range *range, bool instant)
{
    davy_promql *query = calloc(1, sizeof *query);
    point_writer writer = {.out = begin_answer(call), .instant = instant};
    davy_status status = query ? read_query(call, query) : davy_fail(DAVY_ERR_NOMEM, "a query");
    bool scalar = status == DAVY_OK && query->function == DAVY_PROMQL_SCALAR;

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
    if (query)
        davy_promql_clear(query);
    free(query);
    return status == DAVY_OK ? end_answer(call) : status;
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

static davy_status list_series(davy_call *call)
{
    davy_prometheus_list selection = {0};
    davy_status status = select_matching(call, true, &selection);
    davy_buffer *out = begin_answer(call);

    davy_json_array(out, "data");
    for (size_t i = 0; i < selection.count; i++)
        davy_prometheus_write_labels(out, NULL, &selection.series[i]);
    davy_json_array_end(out);
    davy_arena_clear(&selection.arena);
    return status == DAVY_OK ? end_answer(call) : status;
}

static davy_status list_labels(davy_call *call)
{
    davy_prometheus_list selection = {0};
    davy_status status = select_matching(call, false, &selection);
    davy_buffer *out = begin_answer(call);

    davy_json_array(out, "data");
    for (size_t label = 0; label < DAVY_PROMETHEUS_LABELS; label++)
        for (size_t i = 0; i < selection.count; i++)
            if (selection.series[i].labels[label][0]) {
                davy_json_text(out, NULL, davy_prometheus_labels[label]);
                break;
            }
    davy_json_array_end(out);
    davy_arena_clear(&selection.arena);
    return status == DAVY_OK ? end_answer(call) : status;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* In order, each once. */
static davy_status write_values(davy_buffer *out, davy_prometheus_list *selection,
                                const char *label)
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
        if (i == 0 || strcmp(values[i], values[i - 1]) != 0)
            davy_json_text(out, NULL, values[i]);
    return DAVY_OK;
}

davy_status davy_handle_prometheus_values(davy_call *call)
{
    davy_prometheus_list selection = {0};
    davy_status status = select_matching(call, false, &selection);
    davy_buffer *out = begin_answer(call);

    davy_json_array(out, "data");
    if (status == DAVY_OK)
        status = write_values(out, &selection, call->id);
    davy_json_array_end(out);
    davy_arena_clear(&selection.arena);
    return status == DAVY_OK ? end_answer(call) : status;
}

davy_status davy_handle_prometheus_range(davy_call *call)
{
    return with_form(call, query_range);
}

davy_status davy_handle_prometheus_query(davy_call *call)
{
    return with_form(call, query_instant);
}

davy_status davy_handle_prometheus_series(davy_call *call)
{
    return with_form(call, list_series);
}

davy_status davy_handle_prometheus_labels(davy_call *call)
{
    return with_form(call, list_labels);
}
