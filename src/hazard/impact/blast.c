/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/flammable.h"
#include "hazard/air/reach.h"
#include "hazard/blast/bst.h"
#include "hazard/blast/multi_energy.h"
#include "hazard/blast/tnt.h"
#include "hazard/constants.h"
#include "hazard/fire/flash_fire.h"
#include "hazard/impact/parts.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Share of the energy in the blast where the scenario says nothing: sandialabs/hyram; 0.01 to 0.1
 * in CCPS. */
static const double common_yield = 0.03;

/* J that a mole of oxygen gives with nearly any fuel: 13.1 MJ/kg of C. Huggett, "Estimation of rate
 * of heat release by means of oxygen consumption measurements", Fire and Materials 4, 1980; from
 * memory, the paper was not read. Within 5 % of the heat of methane and propane by their own
 * equations. */
static const double per_oxygen = 13.1e6 * 0.031998;
/* Moles of air that hold a mole of oxygen: 1 / 0.2095 of dry air. */
static const double air_per_oxygen = 1 / 0.2095;

/* What explodes. */
typedef struct charge {
    davy_answer tnt;    /* kg */
    davy_answer energy; /* J, of the cloud or of its congested part */
    double centre;      /* m downwind of the source */
    bool congested;     /* the scenario says how much of it stands among obstacles */
} charge;

static davy_answer energy_of(const davy_impact *impact, davy_answer mass)
{
    static const davy_formula formula = {
        "cloud-heat",
        "Heat of what can burn of a cloud",
        "E = m Hc",
        "J",
        "the heat of combustion of the substance",
        "all of the cloud: obstacles make less of it a "
        "blast",
        "",
        {{"mass between the flammable limits", "kg", DAVY_POSITIVE, DAVY_NOT_NEGATIVE},
         {"heat of combustion", "J/kg", {1e6, 1.5e8}, DAVY_POSITIVE}},
        "云团可燃部分的热量"};
    const double volume = impact->scenario.release.volume_m3;
    const double heat = impact->substance.combustion * impact->substance.molar_mass; /* J/mol */
    davy_answer answer;

    if (!isnan(volume))
        return davy_cloud_energy(volume, DAVY_ATMOSPHERE, impact->air.kelvin,
                                 1 / (1 + air_per_oxygen * heat / per_oxygen), heat);
    if (!davy_answer_begin(&answer, &formula,
                           (const double[]){mass.value, impact->substance.combustion}))
        return answer;
    return davy_answer_give(answer, mass.value * impact->substance.combustion);
}

static davy_flammable gas_of(const davy_impact *impact)
{
    return (davy_flammable){impact->substance.lower, impact->substance.upper,
                            impact->substance.molar_mass, impact->air.kelvin, DAVY_ATMOSPHERE};
}

/* kg of a heavy plume between the limits, and how far it can burn. */
static davy_answer dense_mass(const davy_impact *impact, const davy_dense_plume *plume, double *far)
{
    const davy_flammable gas = gas_of(impact);

    *far = davy_reach_far(davy_dense_plume_reach(plume, impact->substance.lower));
    return davy_flash_fire_dense_mass(plume, &gas, impact->source.rate.value);
}

static davy_answer plume_mass(const davy_impact_work *work, const davy_plume *plume, double *far)
{
    const double lower = work->impact->substance.lower * work->cloud.per_fraction;
    const davy_flammable gas = gas_of(work->impact);

    *far = davy_reach_far(davy_plume_reach(plume, lower, 0));
    /* of what has no upper limit all that is above the lower one counts */
    return isnan(gas.upper) ? davy_plume_mass_above(plume, lower)
                            : davy_flash_fire_mass(plume, &gas);
}

/* kg of a cloud between its flammable limits, by the first steady model; all of what is let out at
 * once. @param centre  half way to where it is too lean */
static davy_answer flammable_mass(const davy_impact_work *work, double *centre)
{
    const davy_cloud *cloud = &work->cloud;
    davy_answer mass = cloud->lacking;
    double far = NAN;

    *centre = 0;
    if (work->impact->source.sudden)
        return work->impact->source.mass;
    for (size_t i = cloud->count; i-- > 0;)
        if (cloud->models[i].kind == DAVY_CLOUD_DENSE_PLUME)
            mass = dense_mass(work->impact, &cloud->models[i].of.dense_plume, &far);
        else if (cloud->models[i].kind == DAVY_CLOUD_PLUME)
            mass = plume_mass(work, &cloud->models[i].of.plume, &far);
    if (isfinite(far))
        *centre = 0.5 * far;
    return mass;
}

static charge charge_of(const davy_impact_work *work)
{
    const davy_impact *impact = work->impact;
    const double yield = impact->scenario.release.tnt_yield;
    charge of = {.congested =
                     !impact->source.is_charge && !isnan(impact->scenario.release.volume_m3)};
    davy_answer mass;

    if (impact->source.is_charge) {
        of.tnt = impact->source.mass;
        return of;
    }
    mass = flammable_mass(work, &of.centre);
    if (mass.value == 0) /* no part of the cloud is rich enough to burn */
        mass = davy_answer_give_not_reached(mass, 0);
    of.tnt = isnan(mass.value) || mass.value == 0
                 ? mass
                 : davy_tnt_mass(isnan(yield) || yield == 0 ? common_yield : yield, mass.value,
                                 impact->substance.combustion, davy_tnt_energy);
    if (isfinite(of.tnt.value) && of.tnt.kind != DAVY_ANSWER_NOT_REACHED)
        of.energy = energy_of(impact, mass);
    return of;
}

/* Kinney and Graham solved for the distance: their overpressure falls with it everywhere. */
static davy_answer in_free_air(double pressure, double mass)
{
    static const davy_formula formula = {"kinney-graham-distance",
                                         "Distance to an overpressure of a charge in free air",
                                         "P(x) = level, solved for x",
                                         "m",
                                         "the inverse of kinney-graham",
                                         "a charge on the ground acts as nearly twice its mass",
                                         "",
                                         {{"overpressure", "Pa", {10, 1e7}, DAVY_POSITIVE},
                                          {"mass of TNT", "kg", DAVY_POSITIVE, DAVY_POSITIVE}},
                                         "自由空气中装药达到某超压的距离"};
    double near = 0.05 * cbrt(mass), far = 500 * cbrt(mass); /* the range of the formula */
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){pressure, mass}))
        return answer;
    if (davy_kinney_graham_at(mass, near).value < pressure ||
        davy_kinney_graham_at(mass, far).value > pressure)
        return davy_answer_give(answer, NAN);
    for (int i = 0; i < 100; i++) {
        const double middle = 0.5 * (near + far);

        if (davy_kinney_graham_at(mass, middle).value > pressure)
            near = middle;
        else
            far = middle;
    }
    return davy_answer_give(answer, far);
}

/* How readily it burns, by the names that blast/bst.h has. */
static davy_bst_reactivity reactivity_of(const davy_substance *substance)
{
    static const char *const low[] = {"74-82-8", "630-08-0"}; /* methane, carbon monoxide */
    /* hydrogen, acetylene, ethylene oxide, propylene oxide */
    static const char *const high[] = {"1333-74-0", "74-86-2", "75-21-8", "75-56-9"};

    for (size_t i = 0; substance->chemical && i < DAVY_ARRAY_LENGTH(low); i++)
        if (strcmp(substance->chemical->cas, low[i]) == 0)
            return DAVY_BST_REACTIVITY_LOW;
    for (size_t i = 0; substance->chemical && i < DAVY_ARRAY_LENGTH(high); i++)
        if (strcmp(substance->chemical->cas, high[i]) == 0)
            return DAVY_BST_REACTIVITY_HIGH;
    return DAVY_BST_REACTIVITY_MEDIUM;
}

/* Among dense equipment 7, in the open 3 (blast/multi_energy.h); 5 is put between them. */
static const struct {
    int strength;
    const char *name;
} strengths[] = {[DAVY_CONGESTION_LOW] = {3, "multi-energy, strength 3"},
                 [DAVY_CONGESTION_MEDIUM] = {5, "multi-energy, strength 5"},
                 [DAVY_CONGESTION_HIGH] = {7, "multi-energy, strength 7"}};

/* What a wave does to a wall hangs on its impulse, too. */
static void add_wave(davy_impact_models *models, const char *name, davy_answer reach,
                     davy_answer impulse)
{
    davy_impact_add_model(models, name, reach);
    if (models->count > 0)
        models->items[models->count - 1].impulse = impulse;
}

static void add_flame_speed(const davy_impact *impact, davy_impact_models *models, const charge *of,
                            double pressure)
{
    static const char name[] = "Baker, Strehlow and Tang, free upwards";
    const davy_answer mach = davy_bst_mach(
        reactivity_of(&impact->substance),
        (davy_bst_congestion) impact->scenario.release.congestion, DAVY_BST_EXPANSION_3D);
    const davy_bst_cloud cloud = {mach.value, of->energy.value, DAVY_ATMOSPHERE};
    davy_answer reach;

    if (isnan(mach.value)) {
        davy_impact_add_model(models, name, mach);
        return;
    }
    reach = davy_bst_distance(&cloud, pressure);
    add_wave(models, name, reach, davy_bst_impulse(&cloud, reach.value));
}

/* The models of a cloud, beside the TNT that stands for it. */
static void add_cloud(davy_impact_work *work, davy_impact_models *models, const charge *of,
                      double pressure)
{
    const davy_congestion congestion = work->impact->scenario.release.congestion;
    const davy_cloud_charge strong = {strengths[congestion].strength, of->energy.value,
                                      DAVY_ATMOSPHERE};

    davy_answer reach;

    if (isnan(of->energy.value)) {
        davy_impact_add_model(models, strengths[congestion].name, of->energy);
        return;
    }
    reach = davy_cloud_distance(&strong, pressure);
    add_wave(models, strengths[congestion].name, reach, davy_cloud_impulse(&strong, reach.value));
    if (!work->impact->input.reaches_only)
        add_flame_speed(work->impact, models, of, pressure);
}

/* TNT draws it; where the congested part is known, that part does by the multi-energy method. */
static void add_level(davy_impact_work *work, const charge *of, const davy_impact_wish *wish)
{
    davy_impact_models *models = davy_impact_add(work, wish);
    const bool only = work->impact->input.reaches_only;
    davy_answer reach;
    size_t drawn = 0;

    if (!models)
        return;
    models->centre = of->centre;
    if (isnan(of->tnt.value) || of->tnt.kind == DAVY_ANSWER_NOT_REACHED) {
        davy_impact_add_model(models, "TNT equivalence", of->tnt);
    } else {
        reach = davy_blast_distance(wish->level, of->tnt.value);
        add_wave(models, "TNT on the ground, Kingery and Bulmash", reach,
                 davy_blast_at(&davy_blast_impulse, of->tnt.value, reach.value));
        if (!only)
            davy_impact_add_model(models, "TNT in free air, Kinney and Graham",
                                  in_free_air(wish->level, of->tnt.value));
        drawn = of->congested ? models->count : 0;
        if (!work->impact->source.is_charge && (!only || of->congested))
            add_cloud(work, models, of, wish->level);
    }
    davy_impact_draw_circle(work, drawn);
}

void davy_impact_blast(davy_impact_work *work)
{
    static const davy_impact_wish levels[] = {{DAVY_EFFECT_EXPLOSION, "2.1 kPa", 2070, 1},
                                              {DAVY_EFFECT_EXPLOSION, "6.9 kPa", 6900, 2},
                                              {DAVY_EFFECT_EXPLOSION, "13.8 kPa", 13800, 3},
                                              {DAVY_EFFECT_EXPLOSION, "20.7 kPa", 20700, 3}};
    const davy_impact *impact = work->impact;
    const davy_scenario *scenario = &impact->scenario;
    charge of;

    if (!impact->source.is_charge && !impact->substance.burns)
        return;
    of = charge_of(work);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(levels); i++)
        add_level(work, &of, &levels[i]);
    for (size_t i = 0; i < scenario->endpoint_count; i++) {
        const davy_impact_wish wish = {DAVY_EFFECT_EXPLOSION, scenario->endpoints[i].name,
                                       scenario->endpoints[i].level, 2};

        if (scenario->endpoints[i].quantity == DAVY_ENDPOINT_BLAST &&
            !davy_impact_has(levels, DAVY_ARRAY_LENGTH(levels), wish.level))
            add_level(work, &of, &wish);
    }
}
