/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/threat/weather_now.h"

#include "core/status.h"
#include "hazard/air/sun.h"
#include "hazard/air/weather.h"

#include <math.h>

#define WORST_WIND     1.5
#define WORST_CLASS    'F'
#define GUIDANCE_K     298.15
#define GUIDANCE_SHARE 0.5

/* W/m2 below which it is night, where the site does not say where it is: pyranometers show a few
 * watts more or less than nothing in the dark. */
#define DARK 10.0

static const struct {
    const char *name, *unit;
    size_t signal;
    const char *assumption;
} parts[DAVY_WEATHER_PARTS] = {
    [DAVY_WEATHER_SPEED] = {"wind_speed", "m/s", offsetof(davy_site_weather, speed),
                            "1.5 m/s and class F, the worst case of 40 CFR 68.22(b)"},
    [DAVY_WEATHER_FROM] = {"wind_from", "deg", offsetof(davy_site_weather, from),
                           "no direction: clouds are drawn all around"},
    [DAVY_WEATHER_TEMPERATURE] = {"temperature", "K", offsetof(davy_site_weather, temperature),
                                  "25 degC, as 40 CFR 68.22(c) has it"},
    [DAVY_WEATHER_HUMIDITY] = {"humidity", "1", offsetof(davy_site_weather, humidity),
                               "50 %, as 40 CFR 68.22(c) has it"},
    [DAVY_WEATHER_RADIATION] = {"radiation", "W/m2", offsetof(davy_site_weather, radiation),
                                "night, which is the most stable"},
    [DAVY_WEATHER_CLOUD] = {"cloud", "1", offsetof(davy_site_weather, cloud),
                            "a clear sky, which is the most stable by night"},
};

const char *davy_weather_part_name(davy_weather_part part)
{
    return parts[part].name;
}

const char *davy_weather_part_unit(davy_weather_part part)
{
    return parts[part].unit;
}

const char *davy_weather_part_assumption(davy_weather_part part)
{
    return parts[part].assumption;
}

size_t davy_weather_part_signal(const davy_site_weather *station, davy_weather_part part)
{
    return *(const size_t *) (const void *) ((const char *) station + parts[part].signal);
}

/* The reading, or what is taken for it. */
static double take(davy_weather_now *now, const double *readings, davy_weather_part part,
                   double otherwise)
{
    if (!isnan(readings[part]))
        return readings[part];
    now->assumed |= 1U << part;
    return otherwise;
}

/* Sun and clouds decide about the class alone, so they are assumed where they are asked for. */
static void take_sky(davy_weather_now *now, const double *readings, double latitude,
                     double longitude, int64_t time_ns)
{
    davy_scenario_weather *weather = &now->weather;
    const bool located = !isnan(latitude) && !isnan(longitude);

    weather->radiation = readings[DAVY_WEATHER_RADIATION];
    weather->cloud = readings[DAVY_WEATHER_CLOUD];
    if (located)
        weather->night = davy_sun_is_night(latitude, longitude, time_ns);
    else if (!isnan(weather->radiation))
        weather->night = weather->radiation < DARK;
    if (!weather->night && isnan(weather->radiation)) {
        now->assumed |= 1U << DAVY_WEATHER_RADIATION;
        weather->night = true;
    }
    if (weather->night)
        weather->cloud = take(now, readings, DAVY_WEATHER_CLOUD, 0.0);
}

davy_weather_now davy_weather_now_of(const davy_site_weather *station,
                                     const double readings[DAVY_WEATHER_PARTS], double latitude,
                                     double longitude, int64_t time_ns)
{
    davy_weather_now now = {
        .weather = {.wind_height_m = station->height_m, .urban = station->urban}};
    davy_scenario_weather *weather = &now.weather;

    weather->wind = take(&now, readings, DAVY_WEATHER_SPEED, WORST_WIND);
    weather->wind_from = take(&now, readings, DAVY_WEATHER_FROM, NAN);
    if (weather->wind < DAVY_WEATHER_CALM) {
        weather->wind = DAVY_WEATHER_CALM;
        weather->wind_from = NAN;
        now.assumed |= 1U << DAVY_WEATHER_FROM;
    }
    weather->temperature_k = take(&now, readings, DAVY_WEATHER_TEMPERATURE, GUIDANCE_K);
    weather->humidity = take(&now, readings, DAVY_WEATHER_HUMIDITY, GUIDANCE_SHARE);
    if (now.assumed & 1U << DAVY_WEATHER_SPEED) {
        weather->stability = WORST_CLASS;
        weather->radiation = readings[DAVY_WEATHER_RADIATION];
        weather->cloud = readings[DAVY_WEATHER_CLOUD];
    } else {
        take_sky(&now, readings, latitude, longitude, time_ns);
    }
    return now;
}

/* 0 to 5, or DAVY_STABILITIES. */
static davy_stability class_of(const davy_scenario_weather *weather)
{
    if (weather->stability)
        return davy_stability_of(weather->stability);
    return davy_weather_pasquill(&(davy_weather){.wind = weather->wind,
                                                 .radiation = weather->radiation,
                                                 .cloud = weather->cloud,
                                                 .ceiling = NAN,
                                                 .gradient = NAN,
                                                 .sun = NAN,
                                                 .night = weather->night})
        .stability;
}

/* Degrees between two directions, 0 to 180; NaN where one is not known. */
static double angle_between(double a, double b)
{
    return fabs(remainder(a - b, 360.0));
}

bool davy_weather_moved(const davy_weather_now *before, const davy_weather_now *now)
{
    const davy_scenario_weather *a = &before->weather, *b = &now->weather;
    const double speed = fabs(a->wind - b->wind);

    return before->assumed != now->assumed || a->urban != b->urban ||
           a->wind_height_m != b->wind_height_m || class_of(a) != class_of(b) ||
           (speed >= DAVY_WEATHER_MOVED_LEAST && speed >= DAVY_WEATHER_MOVED_SPEED * a->wind) ||
           angle_between(a->wind_from, b->wind_from) >= DAVY_WEATHER_MOVED_FROM ||
           fabs(a->temperature_k - b->temperature_k) >= DAVY_WEATHER_MOVED_KELVIN ||
           fabs(a->humidity - b->humidity) >= DAVY_WEATHER_MOVED_HUMIDITY;
}
