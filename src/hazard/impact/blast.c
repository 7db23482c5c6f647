/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/flammable.h"
#include "hazard/air/reach.h"
#include "hazard/blast/tnt.h"
#include "hazard/impact/parts.h"

#include <float.h>
#include <math.h>

/* Share of the energy in the blast where the scenario says nothing: sandialabs/hyram; 0.01 to 0.1
 * in CCPS. */
static const double common_yield = 0.03;

/* What explodes. */
typedef struct charge {
    davy_answer tnt; /* kg */
    double centre;   /* m downwind of the source */
} charge;

/* kg of a cloud between its flammable limits; all of what is let out at once. */
static davy_answer flammable_mass(const davy_impact_work *work, double *centre)
{
    const davy_cloud *cloud = &work->cloud;
    const davy_substance *substance = &work->impact->substance;

    *centre = 0;
    if (work->impact->source.sudden)
        return work->impact->source.mass;
    for (size_t i = 0; i < cloud->count; i++) {
        const davy_plume *plume = &cloud->models[i].of.plume;
        const double lower = substance->lower * cloud->per_fraction;
        const double upper = substance->upper * cloud->per_fraction;
        davy_answer mass;

        if (cloud->models[i].kind != DAVY_CLOUD_PLUME)
            continue;
        mass = isnan(upper) ? davy_plume_mass_above(plume, lower)
                            : davy_plume_mass_between(plume, lower, upper);
        *centre = 0.5 * davy_reach_far(davy_plume_reach(plume, lower, 0));
        if (isnan(*centre))
            *centre = 0;
        return mass;
    }
    return cloud->lacking;
}

static charge charge_of(const davy_impact_work *work)
{
    const davy_impact *impact = work->impact;
    const double yield = impact->scenario.release.tnt_yield;
    charge of = {.centre = 0};
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
                                          {"mass of TNT", "kg", DAVY_POSITIVE, DAVY_POSITIVE}}};
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

static void add_level(davy_impact_work *work, const charge *of, const davy_impact_wish *wish)
{
    davy_impact_models *models = davy_impact_add(work, wish);

    if (!models)
        return;
    models->centre = of->centre;
    if (isnan(of->tnt.value) || of->tnt.kind == DAVY_ANSWER_NOT_REACHED) {
        davy_impact_add_model(models, "TNT equivalence", of->tnt);
    } else {
        davy_impact_add_model(models, "TNT on the ground, Kingery and Bulmash",
                              davy_blast_distance(wish->level, of->tnt.value));
        davy_impact_add_model(models, "TNT in free air, Kinney and Graham",
                              in_free_air(wish->level, of->tnt.value));
    }
    davy_impact_draw_circle(work, 0);
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
