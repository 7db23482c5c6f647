/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/risk/events_file.h"

#include "core/csv.h"
#include "core/decimal.h"

#include <inttypes.h>
#include <string.h>

/* What a frequency and a number of deaths may be: once a day, and all who live. */
static const double most_often = 366, most_deaths = 1e10;

static davy_status read_number(const davy_csv *csv, const char *column, const char *text,
                               double most, double *value)
{
    if (davy_decimal_read(text, strlen(text), value) == DAVY_DECIMAL_OK && *value >= 0 &&
        *value <= most)
        return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID, "%s:%" PRIu64 ": %s '%.60s': give a number from 0 to %g",
                     davy_csv_path(csv), davy_csv_line(csv), column, text, most);
}

static davy_status count_rows(davy_csv *csv, size_t *rows)
{
    const char *const *fields = NULL;
    davy_status status;

    *rows = 0;
    do {
        status = davy_csv_next(csv, &fields);
        if (status == DAVY_OK && fields && ++*rows > DAVY_EVENTS_ROWS_MAX)
            return davy_fail(DAVY_ERR_INVALID,
                             "%s: more than %zu events: leave out those without "
                             "deaths",
                             davy_csv_path(csv), DAVY_EVENTS_ROWS_MAX);
    } while (status == DAVY_OK && fields);
    return status == DAVY_OK ? davy_csv_rewind(csv) : status;
}

static davy_status read_rows(davy_csv *csv, davy_events_file *file)
{
    size_t frequency, deaths, rows = 0;
    davy_status status = davy_csv_column(csv, "frequency", &frequency);

    if (status == DAVY_OK)
        status = davy_csv_column(csv, "deaths", &deaths);
    if (status == DAVY_OK)
        status = count_rows(csv, &rows);
    if (status != DAVY_OK)
        return status;
    file->events = davy_arena_array(&file->arena, rows + 1, sizeof *file->events);
    if (!file->events)
        return davy_fail(DAVY_ERR_NOMEM, "events '%s'", davy_csv_path(csv));
    while (file->count < rows) {
        const char *const *fields = NULL;
        davy_risk_event *event = &file->events[file->count];

        status = davy_csv_next(csv, &fields);
        if (status != DAVY_OK || !fields)
            return status;
        status = read_number(csv, "frequency", fields[frequency], most_often, &event->frequency);
        if (status == DAVY_OK)
            status = read_number(csv, "deaths", fields[deaths], most_deaths, &event->deaths);
        if (status != DAVY_OK)
            return status;
        file->count++;
    }
    return DAVY_OK;
}

davy_status davy_events_load(const char *path, davy_events_file *file)
{
    davy_csv *csv = NULL;
    davy_status status = davy_csv_open(path, &csv);

    if (status == DAVY_OK)
        status = read_rows(csv, file);
    davy_csv_close(csv);
    return status;
}

void davy_events_clear(davy_events_file *file)
{
    davy_arena_clear(&file->arena);
    *file = (davy_events_file){0};
}
