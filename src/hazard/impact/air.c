/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/air.h"

#include "hazard/air/wind.h"
#include "hazard/constants.h"
#include "hazard/zone/zone.h"

#include <float.h>
#include <math.h>

enum { SPOTS = 8 }; /* of each side of a place */

/* m: where weather stations measure, and where formulas want the wind. */
static const double station = 10;
/* m downwind of the source: clouds begin behind it, and nobody is nearer. */
static const double beside = 1;
/* kg/mol, of dry air: US Standard Atmosphere, 1976, as programs quote it; not read in it. */
static const double molar_mass = 0.0289644;

static const davy_formula given_class = {"stability-given",
                                         "Class of stability as the scenario gives it",
                                         "A to F",
                                         "1",
                                         "the scenario",
                                         "",
                                         "",
                                         {{"class", "1", {1, 6}, {1, 6}}},
                                         "情景给定的大气稳定度"};

static const davy_wind_set *profile(bool urban)
{
    return urban ? &davy_wind_irwin_urban : &davy_wind_irwin_rural;
}

static void classify(davy_air *air, const davy_scenario_weather *weather)
{
    davy_stability_estimate estimate;

    if (weather->stability) {
        const davy_stability letter = davy_stability_of(weather->stability);
        const double number = letter == DAVY_STABILITIES ? NAN : (double) letter + 1;

        air->stability = letter;
        air->method = "given";
        if (davy_answer_begin(&air->class_answer, &given_class, &number))
            air->class_answer = davy_answer_give(air->class_answer, number);
        return;
    }
    estimate = davy_weather_pasquill(&(davy_weather){.wind = weather->wind,
                                                     .radiation = weather->radiation,
                                                     .cloud = weather->cloud,
                                                     .ceiling = NAN,
                                                     .gradient = NAN,
                                                     .sun = NAN,
                                                     .night = weather->night});
    air->stability = estimate.stability;
    air->class_answer = estimate.answer;
    air->method = "pasquill";
}

davy_air davy_air_of(const davy_scenario_weather *weather)
{
    davy_air air = {.wind = weather->wind,
                    .from = isfinite(weather->wind_from) ? weather->wind_from * M_PI / 180 : NAN,
                    .kelvin = weather->temperature_k,
                    .density =
                        DAVY_ATMOSPHERE * molar_mass / (DAVY_GAS_CONSTANT * weather->temperature_k),
                    .urban = weather->urban};

    classify(&air, weather);
    if (weather->wind_height_m > 0 && weather->wind_height_m != station &&
        air.stability != DAVY_STABILITIES)
        air.wind = davy_wind_power(profile(air.urban), air.stability, weather->wind,
                                   weather->wind_height_m, station)
                       .value;
    return air;
}

davy_answer davy_air_wind(const davy_air *air, double height)
{
    return davy_wind_power(profile(air->urban), air->stability, air->wind, station,
                           fmax(height, station));
}

davy_site_point davy_air_place(const davy_air *air, davy_site_point source, double downwind,
                               double across)
{
    const double east = -sin(air->from), north = -cos(air->from); /* where the wind goes */

    return (davy_site_point){source.east + downwind * east - across * north,
                             source.north + downwind * north + across * east};
}

void davy_air_seen(const davy_air *air, davy_site_point source, davy_site_point place,
                   double *downwind, double *across)
{
    const double east = -sin(air->from), north = -cos(air->from);
    const double to_east = place.east - source.east, to_north = place.north - source.north;

    *downwind = to_east * east + to_north * north;
    *across = to_north * east - to_east * north;
}

/* The spot `index` of a place's edge, eight a side; the one behind the last is the first. */
static void spot_of(const davy_air *air, davy_site_point source, const davy_site_place *place,
                    size_t index, double *downwind, double *across)
{
    const davy_site_point a = place->outline[index / SPOTS % place->outline_count];
    const davy_site_point b = place->outline[(index / SPOTS + 1) % place->outline_count];
    const double t = (double) (index % SPOTS) / SPOTS;
    const davy_site_point at = {a.east + t * (b.east - a.east), a.north + t * (b.north - a.north)};

    davy_air_seen(air, source, at, downwind, across);
}

/* Even steps are the spots, odd ones what the axis crosses behind them, the last is the source. */
bool davy_air_edge(const davy_air *air, davy_site_point source, const davy_site_place *place,
                   size_t *next, double *downwind, double *across)
{
    const size_t around = (size_t) 2 * SPOTS * place->outline_count;
    const davy_zone ground = {.ring = place->outline, .count = place->outline_count};

    while (*next < around) {
        const size_t step = (*next)++;
        double x, y;

        spot_of(air, source, place, step / 2, downwind, across);
        if (step % 2 == 0)
            return true;
        spot_of(air, source, place, step / 2 + 1, &x, &y);
        if (*across * y < 0) {
            *downwind += *across / (*across - y) * (x - *downwind);
            *across = 0;
            return true;
        }
    }
    *downwind = beside;
    *across = 0;
    return (*next)++ == around && davy_zone_contains(&ground, source);
}
