/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/reach.h"
#include "hazard/constants.h"
#include "hazard/fire/heat_flux.h"
#include "hazard/fire/jet_heat.h"
#include "hazard/impact/parts.h"

#include <math.h>

/* Jets that burn: of gas by their flame, blowing straight up; of a liquid that boils on its way as
 * a point alone, because drops burn longer than the formulas of gas know. */

/* The most of the point source's range: drops radiate more than gas. */
static const double radiated = 0.4;

/* A jet and its flame, the same for every level. */
typedef struct torch {
    davy_answer length, emission, share;
    davy_jet_flame flame;
} torch;

static torch torch_of(const davy_impact *impact)
{
    const davy_scenario_release *release = &impact->scenario.release;
    const davy_substance *substance = &impact->substance;
    const double kelvin =
        isnan(release->temperature_k) ? impact->air.kelvin : release->temperature_k;
    const double vapour = davy_substance_vapour_pressure(substance, kelvin);
    const davy_jet_vessel vessel = {isnan(release->pressure_pa) ? vapour : release->pressure_pa,
                                    kelvin, substance->molar_mass, substance->gamma,
                                    DAVY_ATMOSPHERE};
    const davy_answer velocity = davy_jet_velocity(&vessel);
    const davy_jet jet = {impact->source.rate.value,
                          velocity.value,
                          davy_jet_density(&vessel).value,
                          substance->molar_mass,
                          impact->air.density,
                          davy_air_wind(&impact->air, impact->source.height).value};
    torch of = {.length = velocity, .emission = velocity};

    of.share = davy_jet_radiated(velocity.value, substance->molar_mass);
    if (isnan(velocity.value))
        return of;
    of.length = davy_jet_flame_find(&jet, &of.flame);
    of.emission = isnan(of.length.value)
                      ? of.length
                      : davy_jet_emission(&jet, &of.flame, substance->combustion);
    return of;
}

/* The point is put at the source, on the ground: on the safe side. */
static davy_answer as_point(const davy_impact *impact, double share, double flux)
{
    return davy_impact_square_law(
        davy_heat_flux_point(share, impact->source.rate.value, impact->substance.combustion, 1, 1),
        flux);
}

/* Which way it blows nobody says: the model that reaches farthest draws it. */
static size_t farthest(const davy_impact_models *models)
{
    size_t best = 0;

    for (size_t i = 1; i < models->count; i++)
        if (!(davy_reach_far(models->items[best].reach) >= davy_reach_far(models->items[i].reach)))
            best = i;
    return best;
}

void davy_impact_jet(davy_impact_work *work, const davy_impact_wish *level)
{
    const davy_impact *impact = work->impact;
    davy_impact_wish wish = *level;
    davy_impact_models *models;
    torch of;

    wish.effect = DAVY_EFFECT_JET_FIRE;
    models = davy_impact_add(work, &wish);
    if (!models)
        return;
    if (impact->scenario.release.kind == DAVY_RELEASE_GAS_HOLE) {
        of = torch_of(impact);
        davy_impact_add_model(models, "jet flame straight up, Chamberlain",
                              isnan(of.emission.value)
                                  ? of.emission
                                  : davy_jet_heat_distance(wish.level, &of.flame,
                                                           impact->source.height, of.emission.value,
                                                           1));
        davy_impact_add_model(models, "point source",
                              isnan(of.share.value) ? of.share
                                                    : as_point(impact, of.share.value, wish.level));
    } else {
        davy_impact_add_model(models, "point source", as_point(impact, radiated, wish.level));
    }
    davy_impact_draw_circle(work, farthest(models));
}
