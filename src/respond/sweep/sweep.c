/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/sweep/sweep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HIGH_QUANTILE 0.95

/* Means ---------------------------------------------------------------------------------------- */

void davy_sweep_mean_add(davy_sweep_mean *mean, double reading)
{
    const double angle = reading * M_PI / 180;

    if (!isfinite(reading))
        return;
    mean->east += sin(angle);
    mean->north += cos(angle);
    mean->sum += reading;
    mean->count++;
}

double davy_sweep_mean_of(const davy_sweep_mean *mean, davy_weather_part part)
{
    static const double cancelled = 1e-6; /* of the sum of unit vectors: no direction is left */
    double degrees;

    if (mean->count == 0)
        return NAN;
    if (part != DAVY_WEATHER_FROM)
        return mean->sum / (double) mean->count;
    if (hypot(mean->east, mean->north) < cancelled * (double) mean->count)
        return NAN;
    degrees = atan2(mean->east, mean->north) * 180 / M_PI;
    return degrees < 0 ? degrees + 360 : degrees;
}

size_t davy_sweep_sector(double wind_from)
{
    const double width = 360.0 / DAVY_SWEEP_SECTORS;
    const double towards = fmod(fmod(wind_from + 180, 360) + 360, 360);

    return (size_t) floor(towards / width + 0.5) % DAVY_SWEEP_SECTORS;
}

const char *davy_sweep_sector_name(size_t sector)
{
    static const char *const names[DAVY_SWEEP_SECTORS] = {"N",  "NNE", "NE", "ENE", "E",  "ESE",
                                                          "SE", "SSE", "S",  "SSW", "SW", "WSW",
                                                          "W",  "WNW", "NW", "NNW"};

    return sector < DAVY_SWEEP_SECTORS ? names[sector] : "";
}

/* The run ---------------------------------------------------------------------------------------
 */

static davy_sweep_row *find_row(davy_sweep *sweep, const davy_zone *zone)
{
    davy_sweep_row *row;

    for (size_t i = 0; i < sweep->row_count; i++)
        if (sweep->rows[i].effect == zone->effect &&
            strcmp(sweep->rows[i].endpoint, zone->endpoint) == 0)
            return &sweep->rows[i];
    if (sweep->row_count == DAVY_IMPACT_ZONES_MAX)
        return NULL;
    row = &sweep->rows[sweep->row_count];
    row->distances = malloc(sweep->hour_count * sizeof *row->distances);
    if (!row->distances)
        return NULL;
    for (size_t i = 0; i < sweep->hour_count; i++)
        row->distances[i] = NAN;
    (void) snprintf(row->endpoint, sizeof row->endpoint, "%s", zone->endpoint);
    row->effect = zone->effect;
    row->level = zone->level;
    row->severity = zone->severity;
    row->worst = SIZE_MAX;
    sweep->row_count++;
    return row;
}

/* Of two distances the far one: people are to be kept from both. */
static double distance_of(const davy_answer *reach)
{
    switch (reach->kind) {
    case DAVY_ANSWER_VALUE:
        return reach->value;
    case DAVY_ANSWER_TWO:
        return fmax(reach->value, reach->far);
    case DAVY_ANSWER_NOT_REACHED:
        return 0;
    case DAVY_ANSWER_OUTSIDE:
        return INFINITY;
    default:
        return NAN;
    }
}

static davy_status take_zones(davy_sweep *sweep, size_t hour, const davy_impact *impact)
{
    for (size_t i = 0; i < impact->zone_count; i++) {
        davy_sweep_row *row = find_row(sweep, &impact->zones[i]);
        double distance;

        if (!row)
            return davy_fail(DAVY_ERR_NOMEM, "a sweep of %zu hours", sweep->hour_count);
        distance = distance_of(&impact->zones[i].reach);
        row->distances[hour] = distance;
        if (!isnan(distance) && (row->worst == SIZE_MAX || distance > row->distances[row->worst]))
            row->worst = hour;
    }
    return DAVY_OK;
}

static davy_status compute_hour(davy_sweep *sweep, const davy_impact_input *input, size_t hour)
{
    const davy_sweep_hour *at = &sweep->hours[hour];
    davy_scenario scenario = *input->scenario;
    davy_impact_input with = *input;
    davy_impact impact = {0};
    davy_status status;

    scenario.weather = davy_weather_now_of(&input->site->emergency.weather, at->readings,
                                           input->latitude, input->longitude, at->time_ns)
                           .weather;
    with.scenario = &scenario;
    with.reaches_only = true;
    status = davy_impact_compute(&with, &impact);
    if (status == DAVY_OK)
        status = take_zones(sweep, hour, &impact);
    davy_impact_destroy(&impact);
    return status;
}

davy_status davy_sweep_run(const davy_impact_input *input, const davy_sweep_hour *hours,
                           size_t count, davy_sweep *sweep)
{
    davy_status status = DAVY_OK;

    if (count > DAVY_SWEEP_HOURS_MAX)
        return davy_fail(DAVY_ERR_FULL, "%zu hours are more than %zu: take a shorter range", count,
                         DAVY_SWEEP_HOURS_MAX);
    *sweep = (davy_sweep){.hours = hours, .hour_count = count};
    sweep->sectors = calloc(count ? count : 1, sizeof *sweep->sectors);
    sweep->rows = calloc(DAVY_IMPACT_ZONES_MAX, sizeof *sweep->rows);
    if (!sweep->sectors || !sweep->rows)
        return davy_fail(DAVY_ERR_NOMEM, "a sweep of %zu hours", count);
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        const double *readings = hours[i].readings;

        sweep->sectors[i] = SIZE_MAX;
        if (isnan(readings[DAVY_WEATHER_SPEED]) || isnan(readings[DAVY_WEATHER_FROM])) {
            sweep->silent++;
            continue;
        }
        sweep->sectors[i] = davy_sweep_sector(readings[DAVY_WEATHER_FROM]);
        sweep->used++;
        status = compute_hour(sweep, input, i);
    }
    if (status == DAVY_OK && sweep->used == 0)
        status = davy_fail(DAVY_ERR_INVALID,
                           "no hour of the range has both a wind speed and its direction");
    return status;
}

void davy_sweep_clear(davy_sweep *sweep)
{
    for (size_t i = 0; i < sweep->row_count; i++)
        free(sweep->rows[i].distances);
    free(sweep->rows);
    free(sweep->sectors);
    *sweep = (davy_sweep){0};
}

/* Figures ---------------------------------------------------------------------------------------
 */

static int compare(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* The ceil(q n)-th smallest. */
static double quantile(const double *sorted, size_t count, double share)
{
    const size_t rank = (size_t) ceil(share * (double) count);

    return count == 0 ? NAN : sorted[rank > 0 ? rank - 1 : 0];
}

davy_status davy_sweep_figures_of(const davy_sweep *sweep, const davy_sweep_row *row, size_t sector,
                                  davy_sweep_figures *out)
{
    double *sorted = malloc((sweep->used ? sweep->used : 1) * sizeof *sorted);

    *out = (davy_sweep_figures){0};
    if (!sorted)
        return davy_fail(DAVY_ERR_NOMEM, "a sweep of %zu hours", sweep->hour_count);
    for (size_t i = 0; i < sweep->hour_count; i++) {
        if (sweep->sectors[i] == SIZE_MAX || (sector != SIZE_MAX && sweep->sectors[i] != sector))
            continue;
        if (isnan(row->distances[i])) {
            out->nodata++;
            continue;
        }
        out->outside += isinf(row->distances[i]) != 0;
        sorted[out->hours++] = row->distances[i];
    }
    qsort(sorted, out->hours, sizeof *sorted, compare);
    out->median = quantile(sorted, out->hours, 0.5);
    out->high = quantile(sorted, out->hours, HIGH_QUANTILE);
    out->worst = quantile(sorted, out->hours, 1);
    free(sorted);
    return DAVY_OK;
}
