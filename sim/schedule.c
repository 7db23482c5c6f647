/* SPDX-License-Identifier: Apache-2.0 */
#include "schedule.h"

#include "core/csv.h"
#include "core/quantity.h"
#include "faults.h"

#include <stdlib.h>

#define LINES_MAX   10000
#define SECONDS_MAX (1000.0 * 86400.0)

/* Columns of the file; every_s may be missing. */
typedef struct columns {
    size_t after, fault, duration, every;
    int has_every;
} columns;

static davy_status find_columns(const davy_csv *csv, columns *out)
{
    davy_status status = davy_csv_column(csv, "after_s", &out->after);

    if (status == DAVY_OK)
        status = davy_csv_column(csv, "fault", &out->fault);
    if (status == DAVY_OK)
        status = davy_csv_column(csv, "duration_s", &out->duration);
    if (status == DAVY_OK)
        out->has_every = davy_csv_column(csv, "every_s", &out->every) == DAVY_OK;
    return status;
}

static davy_status read_seconds(const char *text, int64_t *seconds)
{
    double value;
    davy_status status = davy_number_parse(text, &value);

    if (status != DAVY_OK)
        return status;
    if (value < 0.0 || value > SECONDS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%s seconds is not between 0 and 1000 days", text);
    *seconds = (int64_t) value;
    return DAVY_OK;
}

static davy_status read_line(const char *const *fields, const columns *where,
                             davy_sim_schedule_line *line)
{
    davy_status status = davy_sim_fault_find(fields[where->fault], &line->fault);

    if (status == DAVY_OK)
        status = read_seconds(fields[where->after], &line->after_s);
    if (status == DAVY_OK)
        status = read_seconds(fields[where->duration], &line->duration_s);
    if (status == DAVY_OK && where->has_every && fields[where->every][0])
        status = read_seconds(fields[where->every], &line->every_s);
    if (status == DAVY_OK && line->duration_s == 0)
        status = davy_fail(DAVY_ERR_INVALID, "duration_s is 0: give at least a second");
    if (status == DAVY_OK && line->every_s && line->every_s <= line->duration_s)
        status = davy_fail(DAVY_ERR_INVALID, "every_s is not longer than duration_s");
    return status;
}

static davy_status add_line(davy_sim_schedule *schedule, const davy_sim_schedule_line *line)
{
    davy_sim_schedule_line *lines;

    if (schedule->count == LINES_MAX)
        return davy_fail(DAVY_ERR_FULL, "more than %d lines", LINES_MAX);
    lines = realloc(schedule->lines, (schedule->count + 1) * sizeof *lines);
    if (!lines)
        return davy_fail(DAVY_ERR_NOMEM, "schedule");
    schedule->lines = lines;
    schedule->lines[schedule->count++] = *line;
    return DAVY_OK;
}

static davy_status read_lines(davy_csv *csv, davy_sim_schedule *schedule)
{
    columns where = {0};
    const char *const *fields;
    davy_status status = find_columns(csv, &where);

    if (status != DAVY_OK)
        return status;
    while ((status = davy_csv_next(csv, &fields)) == DAVY_OK && fields) {
        davy_sim_schedule_line line = {0};

        status = read_line(fields, &where, &line);
        if (status == DAVY_OK)
            status = add_line(schedule, &line);
        if (status != DAVY_OK)
            return davy_fail_in(status, "line %llu", (unsigned long long) davy_csv_line(csv));
    }
    return status;
}

/* A leak within the first minute, then a bearing, then a valve; the plant mends itself and half an
 * hour after the first the three come again. */
static const struct {
    const char *fault;
    int64_t after_s, duration_s;
} demo[] = {{"tank-leak", 45, 240}, {"bearing-warms", 240, 300}, {"sticking-valve", 420, 240}};

#define DEMO_EVERY_S 1800

davy_status davy_sim_schedule_default(davy_sim_schedule *out)
{
    davy_sim_schedule schedule = {0};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(demo) && status == DAVY_OK; i++) {
        davy_sim_schedule_line line = {
            .after_s = demo[i].after_s, .duration_s = demo[i].duration_s, .every_s = DEMO_EVERY_S};

        status = davy_sim_fault_find(demo[i].fault, &line.fault);
        if (status == DAVY_OK)
            status = add_line(&schedule, &line);
    }
    if (status != DAVY_OK)
        davy_sim_schedule_clear(&schedule);
    else
        *out = schedule;
    return status;
}

davy_status davy_sim_schedule_read(const char *path, davy_sim_schedule *out)
{
    davy_sim_schedule schedule = {0};
    davy_csv *csv = NULL;
    davy_status status = davy_csv_open(path, &csv);

    if (status == DAVY_OK) {
        status = read_lines(csv, &schedule);
        if (status != DAVY_OK)
            status = davy_fail_in(status, "%s", path);
    }
    davy_csv_close(csv);
    if (status != DAVY_OK)
        davy_sim_schedule_clear(&schedule);
    else
        *out = schedule;
    return status;
}

void davy_sim_schedule_clear(davy_sim_schedule *schedule)
{
    free(schedule->lines);
    *schedule = (davy_sim_schedule){0};
}

davy_sim_edge davy_sim_schedule_edge(const davy_sim_schedule_line *line, int64_t after_s)
{
    int64_t since = after_s - line->after_s;

    if (since < 0)
        return DAVY_SIM_EDGE_NONE;
    if (line->every_s)
        since %= line->every_s;
    return since == 0                  ? DAVY_SIM_EDGE_START
           : since == line->duration_s ? DAVY_SIM_EDGE_STOP
                                       : DAVY_SIM_EDGE_NONE;
}
