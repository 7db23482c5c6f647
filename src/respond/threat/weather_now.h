/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/scenario.h"

#include <stdint.h>

/**
 * @file
 * The weather of this moment, from the station's readings, and what is taken where they are silent.
 *
 * Stage: respond, room threat. Pure. What a silent instrument would have said is taken as it is
 * worst for a cloud at the ground, and told:
 *
 *     wind speed   1.5 m/s and class F               40 CFR 68.22(b)
 *     direction    none: the cloud may be anywhere around
 *     temperature  25 degC                           40 CFR 68.22(c), with the guidance of the EPA
 *     humidity     50 %                              the same
 *     sun          night, when the site has no location
 *     clouds       none, by night and without the sun: a clear night is the most stable
 *
 * In a calm, below DAVY_WEATHER_CALM, that speed is taken, and no direction: air that hardly moves
 * wanders.
 *
 * A wind is taken as the station sends it. Models are made for means of some minutes: a station
 * that sends gusts moves the zone with them.
 */
typedef enum davy_weather_part {
    DAVY_WEATHER_SPEED,
    DAVY_WEATHER_FROM,
    DAVY_WEATHER_TEMPERATURE,
    DAVY_WEATHER_HUMIDITY,
    DAVY_WEATHER_RADIATION,
    DAVY_WEATHER_CLOUD,
    DAVY_WEATHER_PARTS
} davy_weather_part;

/** "wind_speed", ...: as in the site file. */
const char *davy_weather_part_name(davy_weather_part part);

/** The unit that a part is read in: "m/s", "deg", "K", "1", "W/m2", "1". */
const char *davy_weather_part_unit(davy_weather_part part);

/** The signal of a part; SIZE_MAX: the site names none. */
size_t davy_weather_part_signal(const davy_site_weather *station, davy_weather_part part);

typedef struct davy_weather_now {
    davy_scenario_weather weather;
    unsigned assumed; /* bit i: part i was silent, and something was taken for it */
} davy_weather_now;

/**
 * @param readings             in the units above; NaN: silent
 * @param latitude, longitude  degrees; NaN: not known
 */
davy_weather_now davy_weather_now_of(const davy_site_weather *station,
                                     const double readings[DAVY_WEATHER_PARTS], double latitude,
                                     double longitude, int64_t time_ns);

/** What was taken for a part that is silent: "1.5 m/s and class F, the worst case of 40 CFR 68.22".
 */
const char *davy_weather_part_assumption(davy_weather_part part);

/* What makes a zone be drawn anew. */
#define DAVY_WEATHER_MOVED_SPEED    0.2  /* share of the speed, and */
#define DAVY_WEATHER_MOVED_LEAST    0.3  /* m/s: what cup anemometers can tell apart */
#define DAVY_WEATHER_MOVED_FROM     10.0 /* degrees: half of the width of a plume of class D */
#define DAVY_WEATHER_MOVED_KELVIN   5.0
#define DAVY_WEATHER_MOVED_HUMIDITY 0.2

/** m/s: below it EPA sets the wind to it for models of a steady plume, which nobody has tried below
 * (EPA-454/R-99-005, 6.9, on webmet.com/met_monitoring/69.html). */
#define DAVY_WEATHER_CALM 1.0

/** Has the weather changed so that the zone must be drawn anew: by the figures above, to another
 * class, or because an instrument fell silent or speaks again. */
bool davy_weather_moved(const davy_weather_now *before, const davy_weather_now *now);
