/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "hazard/impact/impact.h"
#include "respond/threat/weather_now.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * A scenario over the weather that was measured: how far it would have reached, hour by hour, for a
 * plan before the event.
 *
 * Stage: respond, room sweep. Each hour that the station has measured is a weather; the impact is
 * computed in it, and the distances of each level become a median, a 95 % quantile and a worst,
 * over all hours and by the sixteen directions that a cloud goes to. An hour whose wind speed or
 * direction is silent is left out and counted: a statistic has no worst-case weather in it. "Not
 * reached" is 0 m. An hour outside of what the models vouch for is counted and stands beyond all
 * distances, because nobody vouches for less; hours without data are counted apart.
 *
 * A quantile q of n hours is the ceil(q n)-th smallest, so that it is a distance that was computed.
 * Means of the direction are those of unit vectors (EPA-454/R-99-005, section 6.2.2, as
 * WebMET.com has it); other means are arithmetic.
 *
 * Bad at: what the year of the samples had not: storms of ten years, a station that stands behind a
 * building.
 */
#define DAVY_SWEEP_SECTORS 16

/** Most hours: two years and their leap day. */
#define DAVY_SWEEP_HOURS_MAX ((size_t) 2 * 366 * 24)

/** What the station measured in an hour, in the units of davy_weather_part_unit(); NaN: nothing. */
typedef struct davy_sweep_hour {
    int64_t time_ns; /* its begin */
    double readings[DAVY_WEATHER_PARTS];
} davy_sweep_hour;

/** Samples of one part become means of hours. */
typedef struct davy_sweep_mean {
    double east, north; /* of unit vectors, where the wind comes from */
    double sum;
    size_t count;
} davy_sweep_mean;

/** Add a reading; what is no number is passed over. */
void davy_sweep_mean_add(davy_sweep_mean *mean, double reading);
/** NaN of nothing; of a direction that turned around so that its vectors cancel too. */
double davy_sweep_mean_of(const davy_sweep_mean *mean, davy_weather_part part);

/** 0 is north, 4 east: where a cloud goes when the wind comes from so many degrees. */
size_t davy_sweep_sector(double wind_from);
/** "N", "NNE", ...: never NULL below DAVY_SWEEP_SECTORS. */
const char *davy_sweep_sector_name(size_t sector);

/** One level, over the hours. */
typedef struct davy_sweep_row {
    davy_effect effect;
    char endpoint[64];
    double level;
    int severity;
    double *distances; /* [hours]: metres, 0 not reached, infinite outside, NaN no data */
    size_t worst;      /* hour of the farthest; SIZE_MAX: none */
} davy_sweep_row;

typedef struct davy_sweep {
    const davy_sweep_hour *hours; /* borrowed */
    size_t *sectors;              /* [hours]; SIZE_MAX: left out */
    size_t hour_count, used, silent;
    davy_sweep_row *rows;
    size_t row_count;
} davy_sweep;

/**
 * Compute.
 *
 * @param input  its scenario's weather is replaced, its site names the station
 * @param sweep  zeroed; davy_sweep_clear() gives it back, also after a failure
 * @return as davy_impact_compute(); DAVY_ERR_INVALID when no hour can be used
 */
DAVY_MUST_CHECK davy_status davy_sweep_run(const davy_impact_input *input,
                                           const davy_sweep_hour *hours, size_t count,
                                           davy_sweep *sweep);
void davy_sweep_clear(davy_sweep *sweep);

/** Of some hours of a level. */
typedef struct davy_sweep_figures {
    size_t hours;               /* with an answer */
    size_t outside, nodata;     /* of a model's range (they are among `hours`); without an answer */
    double median, high, worst; /* m; high: 95 %; infinite: outside; NaN: no hour */
} davy_sweep_figures;

/** @param sector  SIZE_MAX: all directions */
DAVY_MUST_CHECK davy_status davy_sweep_figures_of(const davy_sweep *sweep,
                                                  const davy_sweep_row *row, size_t sector,
                                                  davy_sweep_figures *out);

/**
 * {"hours", "used", "silent", "from", "to", "levels": [{"effect", "endpoint", "level", "severity",
 *  "all": FIGURES, "when": {"time", "wind", "wind_from"} of the worst | null, "sectors":
 * [{"towards": "NNE", FIGURES}]}]}, FIGURES: "hours", "outside", "nodata", "median", "p95", "worst"
 * in metres, null for what is outside of every model or not there.
 */
DAVY_MUST_CHECK davy_status davy_sweep_json(const davy_sweep *sweep, davy_buffer *out);
