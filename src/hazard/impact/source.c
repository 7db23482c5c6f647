/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/source.h"

#include "hazard/constants.h"
#include "hazard/fire/jet_fire.h"
#include "hazard/release/hole.h"
#include "hazard/release/pool.h"

#include <float.h>
#include <math.h>

/* Sharp-edged hole: between the 0.61 and 0.63 of release/hole.h. */
static const double discharge = 0.62;
/* A substance of which no Schmidt number is known: release/pool.h. */
static const double schmidt = 0.8;
/* Dry concrete: A. Bejan, A. D. Kraus, Heat Transfer Handbook (2003), as quoted in
 * aefarrell.github.io, butane_leak_example. W/(m K), m2/s. */
static const double ground_conductivity = 1.28, ground_diffusivity = 6.6e-7;
/* s, over which the boiling of a pool is a mean: that is twice the rate at its end. */
static const double boiling_time = 60;

static const davy_formula given_rate = {"given-rate",
                                        "Rate as the scenario gives it",
                                        "m",
                                        "kg/s",
                                        "the scenario",
                                        "",
                                        "",
                                        {{"rate", "kg/s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}},
                                        "情景给定的泄漏速率"};

static const davy_formula given_mass = {"given-amount",
                                        "Amount as the scenario gives it",
                                        "M",
                                        "kg",
                                        "the scenario",
                                        "",
                                        "",
                                        {{"amount", "kg", DAVY_POSITIVE, DAVY_POSITIVE}},
                                        "情景给定的泄漏量"};

static davy_answer given(const davy_formula *formula, double value)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, formula, &value))
        return answer;
    return davy_answer_give(answer, value);
}

static void note_step(davy_source_term *term, const char *name, davy_answer answer,
                      const char *note)
{
    if (term->step_count < DAVY_SOURCE_STEPS_MAX)
        term->steps[term->step_count++] = (davy_source_step){name, answer, note};
}

/* Pressure inside: as given, else that of the vapour, but never less than that of the air. */
static double pressure_inside(const davy_scenario_release *release, const davy_substance *of,
                              double kelvin, const char **note)
{
    const double vapour = davy_substance_vapour_pressure(of, kelvin);

    if (!isnan(release->pressure_pa))
        return release->pressure_pa;
    *note = "pressure not given: that of the vapour, at least that of the air";
    if (isnan(vapour) && !davy_substance_boils(of, kelvin) && !isnan(of->boiling))
        return DAVY_ATMOSPHERE;
    return isnan(vapour) ? NAN : fmax(vapour, DAVY_ATMOSPHERE);
}

/* How long an outflow lasts: as given, and no longer than there is something. */
static double duration_of(const davy_scenario *scenario, double rate)
{
    const double given_s = scenario->release.duration_s, amount = scenario->amount_kg;
    const double empty = isnan(amount) || !(rate > 0) ? INFINITY : amount / rate;

    return isnan(given_s) ? empty : fmin(given_s, empty);
}

/* Diameter of the pool of a mass: the dike's, or as wide as it spreads. */
static davy_answer pool_of(const davy_scenario_release *release, double mass, double density)
{
    const davy_answer spread = davy_pool_diameter(mass / density, release->pool_depth_m);
    davy_answer dike;

    if (isnan(release->pool_m2))
        return spread;
    /* how high the dike is nobody says: that it does not overflow is the file's word */
    dike = davy_pool_diameter_in_dike(isnan(mass) ? 0 : mass / density, release->pool_m2, INFINITY);
    return isfinite(spread.value) && spread.value < dike.value ? spread : dike;
}

/* Into the air from a pool: boiling on the ground, or evaporating into the wind. */
static davy_answer from_pool(const davy_air *air, const davy_substance *of, double diameter,
                             double kelvin)
{
    davy_answer rate;

    if (davy_substance_boils(of, air->kelvin)) {
        rate = davy_pool_boiling(M_PI / 4 * diameter * diameter, ground_conductivity,
                                 ground_diffusivity, air->kelvin - of->boiling, of->vaporisation,
                                 boiling_time);
        rate.value *= 2;
        return rate;
    }
    return davy_pool_evaporation(&(davy_pool){diameter, air->wind,
                                              davy_substance_vapour_pressure(of, kelvin),
                                              of->molar_mass, kelvin, schmidt});
}

/* A liquid on the ground. @param mass  of it in all; NaN: not known */
static void lay_pool(davy_source_term *term, const davy_scenario *scenario,
                     const davy_substance *of, const davy_air *air, double mass, double kelvin)
{
    const double density = davy_substance_liquid_density(of, kelvin);
    const bool boiling = davy_substance_boils(of, air->kelvin);

    term->is_liquid = true;
    term->pool = pool_of(&scenario->release, mass, density);
    note_step(term, "diameter of the pool", term->pool, NULL);
    term->kelvin = boiling ? of->boiling : kelvin;
    term->height = 0;
    term->rate = from_pool(air, of, term->pool.value, kelvin);
    if (isnan(term->pool.value)) /* why there is no pool is why there is no rate */
        term->rate = term->pool;
    note_step(term, boiling ? "boiling of the pool" : "evaporation of the pool", term->rate,
              boiling ? "mean of the first minute, on concrete" : NULL);
    term->duration = isnan(mass) || !(term->rate.value > 0) ? INFINITY : mass / term->rate.value;
}

static void liquid_hole(davy_source_term *term, const davy_scenario *scenario,
                        const davy_substance *of, const davy_air *air, double kelvin)
{
    const davy_scenario_release *release = &scenario->release;
    const char *note = NULL;
    const double pressure = pressure_inside(release, of, kelvin, &note);
    /* what nothing drives out does not leak: then somebody has to say how high the liquid stands */
    const double head = isnan(release->head_m) && pressure > DAVY_ATMOSPHERE ? 0 : release->head_m;

    term->outflow = davy_liquid_outflow(&(davy_hole){discharge, release->hole_m},
                                        &(davy_liquid_in){davy_substance_liquid_density(of, kelvin),
                                                          pressure - DAVY_ATMOSPHERE, head});
    note_step(term, "liquid outflow", term->outflow, note);
    term->duration = duration_of(scenario, term->outflow.value);
    if (davy_substance_boils(of, kelvin)) {
        note_step(term, "share that flashes",
                  davy_flash_share(of->liquid_heat, kelvin, of->boiling, of->vaporisation),
                  "the rest is taken as drops that stay in the air");
        term->rate = term->outflow;
        term->kelvin = of->boiling;
    } else if (isfinite(term->outflow.value)) {
        const double outflow = term->outflow.value, spilled = outflow * term->duration;

        lay_pool(term, scenario, of, air, isfinite(spilled) ? spilled : NAN, kelvin);
        if (term->rate.value > outflow) { /* it cannot give more than it gets */
            term->rate = term->outflow;
            term->duration = duration_of(scenario, outflow);
        }
    } else {
        term->rate = term->outflow;
    }
}

/* m2 of the jet when it has spread to the pressure of the air. */
static double jet_of(const davy_substance *of, double pressure, double kelvin, double rate)
{
    const davy_jet_vessel vessel = {pressure, kelvin, of->molar_mass, of->gamma, DAVY_ATMOSPHERE};

    return rate / (davy_jet_velocity(&vessel).value * davy_jet_density(&vessel).value);
}

static void gas_hole(davy_source_term *term, const davy_scenario *scenario,
                     const davy_substance *of, double kelvin)
{
    const davy_scenario_release *release = &scenario->release;
    const char *note = NULL;
    const double pressure = pressure_inside(release, of, kelvin, &note);
    const davy_answer density = davy_gas_density(pressure, kelvin, of->molar_mass);

    note_step(term, "density of the gas inside", density, note);
    term->outflow =
        davy_gas_outflow(&(davy_hole){discharge, release->hole_m},
                         &(davy_gas_in){pressure, density.value, of->gamma, DAVY_ATMOSPHERE});
    if (isnan(density.value)) /* what it lacks is what the outflow lacks */
        term->outflow = density;
    note_step(term, "gas outflow", term->outflow, NULL);
    term->rate = term->outflow;
    term->jet_m2 = jet_of(of, pressure, kelvin, term->rate.value);
    term->duration = duration_of(scenario, term->rate.value);
}

static void all_at_once(davy_source_term *term, const davy_scenario *scenario,
                        const davy_substance *of, const davy_air *air, double kelvin)
{
    const davy_answer mass = given(&given_mass, scenario->amount_kg);

    note_step(term, "amount", mass, NULL);
    term->mass = mass;
    term->liquefied = davy_substance_is_liquefied(of, kelvin, scenario->release.pressure_pa);
    if (scenario->release.kind == DAVY_RELEASE_ALL && davy_substance_boils(of, kelvin)) {
        term->sudden = true;
        term->kelvin = term->liquefied ? of->boiling : kelvin;
        term->duration = 0;
    } else {
        lay_pool(term, scenario, of, air, scenario->amount_kg,
                 term->liquefied ? of->boiling : kelvin);
    }
}

davy_source_term davy_source_term_of(const davy_scenario *scenario, const davy_substance *substance,
                                     const davy_air *air)
{
    const davy_scenario_release *release = &scenario->release;
    const double kelvin = isnan(release->temperature_k) ? air->kelvin : release->temperature_k;
    const davy_answer none = given(&given_rate, NAN);
    davy_source_term term = {.mass = given(&given_mass, NAN),
                             .rate = none,
                             .outflow = none,
                             .pool = davy_pool_diameter(NAN, NAN),
                             .duration = INFINITY,
                             .jet_m2 = NAN,
                             .height = isnan(release->height_m) ? 0 : release->height_m,
                             .kelvin = kelvin};

    switch (release->kind) {
    case DAVY_RELEASE_LIQUID_HOLE:
        liquid_hole(&term, scenario, substance, air, kelvin);
        break;
    case DAVY_RELEASE_GAS_HOLE:
        gas_hole(&term, scenario, substance, kelvin);
        break;
    case DAVY_RELEASE_RATE:
        term.rate = term.outflow = given(&given_rate, release->rate_kg_s);
        note_step(&term, "rate", term.rate, NULL);
        term.duration = duration_of(scenario, term.rate.value);
        break;
    case DAVY_RELEASE_ALL:
    case DAVY_RELEASE_POOL:
        all_at_once(&term, scenario, substance, air, kelvin);
        break;
    case DAVY_RELEASE_CHARGE:
        term.is_charge = true;
        term.mass = given(&given_mass, scenario->amount_kg);
        note_step(&term, "amount", term.mass, "of TNT");
        break;
    }
    return term;
}
