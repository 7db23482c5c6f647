/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/risk/events_file.h"

#include "hazard/rows.h"

enum column { FREQUENCY, DEATHS, COLUMNS };

static const char *const columns[COLUMNS] = {"frequency", "deaths"};

static davy_status begin(void *context, size_t rows)
{
    davy_events_file *file = context;

    file->events = davy_arena_array(&file->arena, rows + 1, sizeof *file->events);
    return file->events ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "%zu events", rows);
}

/* A frequency is at most once a day, and deaths are at most all who live. */
static davy_status read_row(void *context, const davy_hazard_rows *rows)
{
    davy_events_file *file = context;
    davy_risk_event *event = &file->events[file->count];
    davy_status status = davy_hazard_rows_number(rows, FREQUENCY, 0, 366,
                                                 "give a number from 0 to 366", &event->frequency);

    if (status == DAVY_OK)
        status = davy_hazard_rows_number(rows, DEATHS, 0, 1e10, "give a number from 0 to 1e+10",
                                         &event->deaths);
    file->count += status == DAVY_OK;
    return status;
}

davy_status davy_events_load(const char *path, davy_events_file *file)
{
    return davy_hazard_rows_read(
        path, &(davy_hazard_rows_reader){.columns = columns,
                                         .column_count = COLUMNS,
                                         .rows_max = DAVY_EVENTS_ROWS_MAX,
                                         .fewer = "leave out those without deaths",
                                         .begin = begin,
                                         .row = read_row,
                                         .context = file});
}

void davy_events_clear(davy_events_file *file)
{
    davy_arena_clear(&file->arena);
    *file = (davy_events_file){0};
}
