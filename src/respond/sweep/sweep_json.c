/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/sweep/sweep.h"

#include "core/json.h"

/* What is outside of every model is null, as JSON has no infinity; `outside` says so. */
static void write_figures(davy_buffer *out, const davy_sweep_figures *figures)
{
    davy_json_unsigned(out, "hours", figures->hours);
    davy_json_unsigned(out, "outside", figures->outside);
    davy_json_unsigned(out, "nodata", figures->nodata);
    davy_json_number(out, "median", figures->median);
    davy_json_number(out, "p95", figures->high);
    davy_json_number(out, "worst", figures->worst);
}

static void write_worst(davy_buffer *out, const davy_sweep *sweep, const davy_sweep_row *row)
{
    const davy_sweep_hour *hour;

    if (row->worst == SIZE_MAX) {
        davy_json_null(out, "when");
        return;
    }
    hour = &sweep->hours[row->worst];
    davy_json_object(out, "when");
    davy_json_time(out, "time", hour->time_ns);
    davy_json_number(out, "wind", hour->readings[DAVY_WEATHER_SPEED]);
    davy_json_number(out, "wind_from", hour->readings[DAVY_WEATHER_FROM]);
    davy_json_object_end(out);
}

static davy_status write_row(davy_buffer *out, const davy_sweep *sweep, const davy_sweep_row *row)
{
    davy_sweep_figures figures;
    davy_status status = davy_sweep_figures_of(sweep, row, SIZE_MAX, &figures);

    davy_json_object(out, NULL);
    davy_json_text(out, "effect", davy_effect_name(row->effect));
    davy_json_text(out, "endpoint", row->endpoint);
    davy_json_number(out, "level", row->level);
    davy_json_integer(out, "severity", row->severity);
    davy_json_object(out, "all");
    write_figures(out, &figures);
    davy_json_object_end(out);
    write_worst(out, sweep, row);
    davy_json_array(out, "sectors");
    for (size_t sector = 0; sector < DAVY_SWEEP_SECTORS && status == DAVY_OK; sector++) {
        status = davy_sweep_figures_of(sweep, row, sector, &figures);
        davy_json_object(out, NULL);
        davy_json_text(out, "towards", davy_sweep_sector_name(sector));
        write_figures(out, &figures);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
    davy_json_object_end(out);
    return status;
}

davy_status davy_sweep_json(const davy_sweep *sweep, davy_buffer *out)
{
    davy_status status = DAVY_OK;

    davy_json_object(out, NULL);
    davy_json_unsigned(out, "hours", sweep->hour_count);
    davy_json_unsigned(out, "used", sweep->used);
    davy_json_unsigned(out, "silent", sweep->silent);
    davy_json_time(out, "from", sweep->hour_count > 0 ? sweep->hours[0].time_ns : 0);
    davy_json_time(out, "to",
                   sweep->hour_count > 0 ? sweep->hours[sweep->hour_count - 1].time_ns : 0);
    davy_json_array(out, "levels");
    for (size_t i = 0; i < sweep->row_count && status == DAVY_OK; i++)
        status = write_row(out, sweep, &sweep->rows[i]);
    davy_json_array_end(out);
    davy_json_object_end(out);
    return status == DAVY_OK ? davy_buffer_ok(out) : status;
}
