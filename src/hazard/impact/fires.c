/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/constants.h"
#include "hazard/fire/fireball.h"
#include "hazard/fire/heat_flux.h"
#include "hazard/fire/pool_fire.h"
#include "hazard/impact/parts.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Share of the heat that is radiated: the most of the Yellow Book's range, and what the EPA's risk
 * management guidance takes for pools. */
static const double radiated = 0.4;
/* Of the flame's surface, for products of oil: Yellow Book, with equation 6.20. */
static const double soot = 0.8;
/* m2/s, air at 15 degC: US Standard Atmosphere, 1976, sea level; not read in it. The tilt hangs on
 * the ninth root of it. */
static const double viscosity = 1.46e-5;

/* A burning pool, the same for every level. */
typedef struct pool_flame {
    davy_answer burning; /* kg/(m2 s) */
    davy_answer length, tilt, emission;
    double diameter;
} pool_flame;

static const davy_pool_fuel *fuel_of(const davy_substance *substance)
{
    if (!substance->chemical)
        return NULL;
    if (strcasecmp(substance->chemical->name, "methane") == 0)
        return davy_pool_fuel_find("LNG");
    for (size_t i = 0; davy_pool_fuel_at(i); i++)
        if (strcasecmp(substance->chemical->name, davy_pool_fuel_at(i)->name) == 0)
            return davy_pool_fuel_at(i);
    return NULL;
}

static davy_answer burning_of(const davy_substance *substance, const davy_air *air, double diameter)
{
    const davy_pool_fuel *fuel = fuel_of(substance);

    if (fuel)
        return davy_pool_burning(fuel, diameter);
    return davy_pool_burning_of_liquid(
        &(davy_pool_liquid){substance->combustion, substance->vaporisation, substance->liquid_heat,
                            substance->boiling, air->kelvin});
}

/* Where a leak feeds it, a pool grows until it burns what it gets. */
static double diameter_of(const davy_impact *impact)
{
    const double pool = impact->source.pool.value, flow = impact->source.outflow.value;
    double diameter = isfinite(pool) ? pool : 10;

    if (!isfinite(flow))
        return pool;
    for (int i = 0; i < 30; i++) /* the rate hangs on the width by little: it settles */
        diameter =
            sqrt(4 * flow / (M_PI * burning_of(&impact->substance, &impact->air, diameter).value));
    return isfinite(pool) ? fmin(diameter, pool) : diameter;
}

static pool_flame flame_of(const davy_impact *impact)
{
    const davy_substance *substance = &impact->substance;
    const davy_air *air = &impact->air;
    pool_flame flame = {.diameter = diameter_of(impact)};

    flame.burning = burning_of(substance, air, flame.diameter);
    flame.length =
        davy_pool_flame_length(flame.diameter, flame.burning.value, air->density, air->wind);
    flame.tilt = davy_pool_flame_tilt(flame.diameter, air->wind, viscosity);
    flame.emission = davy_pool_emission_clear(radiated, flame.burning.value, substance->combustion,
                                              flame.length.value / flame.diameter);
    if (substance->hydrocarbon && isfinite(flame.emission.value))
        flame.emission = davy_pool_emission(flame.emission.value, soot);
    return flame;
}

static davy_answer pool_distance(const pool_flame *flame, double flux)
{
    const davy_flame_shape shape = {0.5 * flame->diameter, flame->length.value, flame->tilt.value};

    if (isnan(flame->burning.value))
        return flame->burning;
    if (isnan(flame->emission.value))
        return flame->emission;
    return davy_heat_flux_distance(flux, &shape, flame->emission.value, 1);
}

/* A flux that falls with the square of the distance, from what it is at one metre. */
davy_answer davy_impact_square_law(davy_answer at_one_metre, double flux)
{
    static const davy_formula formula = {"point-source-distance",
                                         "Distance to a heat flux of a fire seen as a point",
                                         "x = sqrt(q(1 m) / q)",
                                         "m",
                                         "point-source and fireball-point, solved for x",
                                         "too low near the flame: stay some lengths of it away",
                                         "",
                                         {{"heat flux", "W/m2", {100, 4e5}, DAVY_NOT_NEGATIVE}},
                                         "点源模型达到某热辐射通量的距离"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, &flux) || !davy_answer_follows(&answer, at_one_metre))
        return answer;
    return davy_answer_give(answer, sqrt(at_one_metre.value / flux));
}

static davy_answer pool_point(const davy_impact *impact, const pool_flame *flame, double flux)
{
    const double rate = flame->burning.value * M_PI / 4 * flame->diameter * flame->diameter;

    return davy_impact_square_law(
        davy_heat_flux_point(radiated, rate, impact->substance.combustion, 1, 1), flux);
}

/* From the middle of the ball, half a diameter high, to the ground. */
static davy_answer ball_point(const davy_impact *impact, double diameter, double flux)
{
    davy_answer slant =
        davy_impact_square_law(davy_fireball_flux_point(radiated, impact->source.mass.value,
                                                        impact->substance.combustion, 1, 1),
                               flux);

    if (isfinite(slant.value))
        slant.value = sqrt(fmax(slant.value * slant.value - 0.25 * diameter * diameter, 0));
    return slant;
}

static void add_pool(davy_impact_work *work, const pool_flame *flame, const davy_impact_wish *level)
{
    davy_impact_wish wish = *level;
    davy_impact_models *models;

    wish.effect = DAVY_EFFECT_POOL_FIRE;
    models = davy_impact_add(work, &wish);
    if (!models)
        return;
    davy_impact_add_model(models, "solid flame", pool_distance(flame, wish.level));
    davy_impact_add_model(models, "point source", pool_point(work->impact, flame, wish.level));
    davy_impact_draw_circle(work, 0);
}

static void add_ball(davy_impact_work *work, davy_answer diameter, const davy_impact_wish *level)
{
    davy_impact_wish wish = *level;
    davy_impact_models *models;

    wish.effect = DAVY_EFFECT_FIREBALL;
    models = davy_impact_add(work, &wish);
    if (!models)
        return;
    davy_impact_add_model(
        models, "fireball with a surface",
        isnan(diameter.value)
            ? diameter
            : davy_fireball_distance(wish.level, diameter.value, davy_fireball_emission, 1));
    davy_impact_add_model(models, "point source",
                          ball_point(work->impact, diameter.value, wish.level));
    davy_impact_draw_circle(work, 0);
}

/* Which fires there can be. */
typedef struct fires {
    bool pool, ball, jet;
} fires;

static void add_fires(davy_impact_work *work, const davy_impact_wish *wish, fires of)
{
    const pool_flame flame = flame_of(work->impact);

    if (of.pool)
        add_pool(work, &flame, wish);
    if (of.jet)
        davy_impact_jet(work, wish);
    if (of.ball)
        add_ball(work, davy_fireball_diameter(work->impact->source.mass.value), wish);
}

/* A jet is what leaves a hole as gas, or as a liquid that boils on its way. */
static fires fires_of(const davy_impact *impact)
{
    const davy_source_term *source = &impact->source;
    const davy_release_kind kind = impact->scenario.release.kind;
    const bool hole =
        kind == DAVY_RELEASE_GAS_HOLE || (kind == DAVY_RELEASE_LIQUID_HOLE && !source->is_liquid);

    if (!impact->substance.burns)
        return (fires){false, false, false};
    return (fires){source->is_liquid, source->sudden && source->liquefied, hole};
}

void davy_impact_fires(davy_impact_work *work)
{
    static const davy_impact_wish levels[] = {{0, "1.6 kW/m2", 1600, 1},
                                              {0, "4 kW/m2", 4000, 2},
                                              {0, "12.5 kW/m2", 12500, 3},
                                              {0, "37.5 kW/m2", 37500, 3}};
    const davy_impact *impact = work->impact;
    const davy_scenario *scenario = &impact->scenario;
    const fires of = fires_of(impact);

    if (!of.pool && !of.ball && !of.jet)
        return;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(levels); i++)
        add_fires(work, &levels[i], of);
    for (size_t i = 0; i < scenario->endpoint_count; i++) {
        const davy_impact_wish wish = {0, scenario->endpoints[i].name, scenario->endpoints[i].level,
                                       2};

        if (scenario->endpoints[i].quantity == DAVY_ENDPOINT_HEAT &&
            !davy_impact_has(levels, DAVY_ARRAY_LENGTH(levels), wish.level))
            add_fires(work, &wish, of);
    }
}
