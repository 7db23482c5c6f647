/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/cloud.h"

#include "hazard/air/concentration.h"
#include "hazard/air/reach.h"
#include "hazard/constants.h"
#include "hazard/release/hole.h"

#include <math.h>
#include <string.h>

/* m: of open country in the Yellow Book's profiles of the wind, as air/wind.h has it. */
static const double roughness = 0.1;
/* m: what blows out higher is no jet along the ground. */
static const double low_jet = 1;
/* s, of the sets of Briggs and the others. */
static const double ten_minutes = 600;

/* (g' V^(1/3))^(1/2) / u from which a sudden release is heavy: dense/puff.c on its range. */
static const double heavy_puff = 0.2;

static const davy_sigma_set *const rural[] = {&davy_sigma_briggs_rural, &davy_sigma_isc3_rural,
                                              &davy_sigma_ccps_plume, &davy_sigma_tno_plume,
                                              &davy_sigma_turner};
static const davy_sigma_set *const urban[] = {&davy_sigma_briggs_urban, &davy_sigma_isc3_urban};
static const davy_sigma_set *const puffs[] = {&davy_sigma_ccps_puff, &davy_sigma_tno_puff};

static const char *plume_name(const davy_sigma_set *set)
{
    static const char *const names[][2] = {{"briggs-rural", "Gaussian plume, Briggs rural"},
                                           {"briggs-urban", "Gaussian plume, Briggs urban"},
                                           {"isc3-rural", "Gaussian plume, ISC3 rural"},
                                           {"isc3-urban", "Gaussian plume, ISC3 urban"},
                                           {"ccps-plume", "Gaussian plume, CCPS"},
                                           {"tno-plume", "Gaussian plume, TNO"},
                                           {"turner", "Gaussian plume, Turner"}};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(names[i][0], set->name) == 0)
            return names[i][1];
    return set->title;
}

static void add(davy_cloud *cloud, davy_cloud_model model)
{
    if (cloud->count < DAVY_CLOUD_MODELS_MAX)
        cloud->models[cloud->count++] = model;
}

/* m3 of gas of so much, at the temperature it has. */
static double volume_of(double mass, double kelvin, const davy_substance *substance)
{
    return mass / davy_gas_density(DAVY_ATMOSPHERE, kelvin, substance->molar_mass).value;
}

static double gravity_of(const davy_source_term *source, const davy_substance *substance,
                         const davy_air *air)
{
    const double density =
        davy_gas_density(DAVY_ATMOSPHERE, source->kelvin, substance->molar_mass).value;

    return davy_dense_gravity(density, air->density).value;
}

static void add_sudden(davy_cloud *cloud, const davy_source_term *source,
                       const davy_substance *substance, const davy_air *air)
{
    static const char *const names[] = {"Gaussian puff, CCPS", "Gaussian puff, TNO"};
    const davy_dense_puff puff = {volume_of(source->mass.value, source->kelvin, substance),
                                  air->wind, gravity_of(source, substance, air), source->kelvin,
                                  air->kelvin};

    if (sqrt(puff.gravity * cbrt(puff.volume)) / puff.wind >= heavy_puff)
        add(cloud, (davy_cloud_model){"Britter and McQuaid, puff", DAVY_CLOUD_DENSE_PUFF,
                                      .of.dense_puff = puff});
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(puffs); i++)
        add(cloud, (davy_cloud_model){names[i], DAVY_CLOUD_PUFF,
                                      .of.puff = {puffs[i], air->stability, source->mass.value,
                                                  cloud->wind, source->height, 0}});
}

static void add_steady(davy_cloud *cloud, const davy_source_term *source,
                       const davy_substance *substance, const davy_air *air)
{
    static const char *const names[] = {"finite release, CCPS puffs", "finite release, TNO puffs"};
    const davy_dense_plume dense = {volume_of(source->rate.value, source->kelvin, substance),
                                    air->wind, gravity_of(source, substance, air), source->kelvin,
                                    air->kelvin};
    const davy_sigma_set *const *sets = air->urban ? urban : rural;
    const size_t count = air->urban ? DAVY_ARRAY_LENGTH(urban) : DAVY_ARRAY_LENGTH(rural);

    cloud->heavy = davy_dense_criterion(&dense);
    if (cloud->heavy.value >= DAVY_DENSE_FROM)
        add(cloud, (davy_cloud_model){"Britter and McQuaid, plume", DAVY_CLOUD_DENSE_PLUME,
                                      .of.dense_plume = dense});
    if (cloud->heavy.value >= DAVY_DENSE_FROM && isfinite(source->duration))
        add(cloud, (davy_cloud_model){"Britter and McQuaid, all as a puff", DAVY_CLOUD_DENSE_PUFF,
                                      .of.dense_puff = {dense.flow * source->duration, dense.wind,
                                                        dense.gravity, dense.temperature,
                                                        dense.air_temperature}});
    for (size_t i = 0; i < count; i++)
        add(cloud, (davy_cloud_model){plume_name(sets[i]), DAVY_CLOUD_PLUME,
                                      .of.plume = {sets[i], air->stability, source->rate.value,
                                                   cloud->wind, source->height, 0, 0}});
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(puffs) && isfinite(source->duration); i++)
        add(cloud,
            (davy_cloud_model){names[i], DAVY_CLOUD_FINITE,
                               .of.finite = {puffs[i], air->stability, source->rate.value,
                                             source->duration, cloud->wind, source->height, 0}});
}

/* A heavy jet of gas near the ground, in the manner of SLAB. */
static void add_slab(davy_cloud *cloud, const davy_source_term *source,
                     const davy_substance *substance, const davy_air *air)
{
    if (air->urban || isnan(source->jet_m2) || source->height > low_jet ||
        !(cloud->heavy.value >= DAVY_DENSE_FROM))
        return;
    add(cloud,
        (davy_cloud_model){"heavy jet, in the manner of SLAB", DAVY_CLOUD_SLAB,
                           .of.slab = {source->rate.value, source->jet_m2, source->kelvin,
                                       substance->molar_mass, substance->gas_heat, air->wind, 10,
                                       roughness, air->kelvin, ten_minutes, air->stability}});
}

davy_cloud davy_cloud_of(const davy_source_term *source, const davy_substance *substance,
                         const davy_air *air)
{
    const davy_answer carrying = davy_air_wind(air, source->height);
    const davy_answer pure =
        davy_concentration_density(1, substance->molar_mass, air->kelvin, DAVY_ATMOSPHERE);
    const davy_answer amount = source->sudden ? source->mass : source->rate;
    davy_cloud cloud = {.heavy = davy_dense_criterion(&(davy_dense_plume){NAN, NAN, NAN, NAN, NAN}),
                        .per_fraction = pure.value,
                        .duration = source->duration,
                        .wind = carrying.value,
                        .spread = air->urban ? &davy_sigma_briggs_urban : &davy_sigma_briggs_rural,
                        .stability = air->stability};

    cloud.lacking = amount;
    if (isnan(amount.value))
        return cloud;
    cloud.lacking = pure;
    if (isnan(pure.value))
        return cloud;
    cloud.lacking = air->class_answer;
    if (air->stability == DAVY_STABILITIES)
        return cloud;
    cloud.lacking = carrying;
    if (isnan(carrying.value))
        return cloud;
    cloud.lacking = davy_regime_of(carrying.value, 1, 1, &cloud.lacking) == DAVY_REGIME_UNKNOWN
                        ? cloud.lacking /* a calm: none of the models is for it */
                        : carrying;
    if (!(carrying.value > 0))
        return cloud;
    if (source->sudden)
        add_sudden(&cloud, source, substance, air);
    else
        add_steady(&cloud, source, substance, air);
    add_slab(&cloud, source, substance, air);
    return cloud;
}

/* A release a little above the ground has a near distance too, of a metre or so, where no set of
 * coefficients is vouched for. The zone begins at the source then, and only the far end counts. */
static davy_answer from_the_source(davy_answer reach, davy_answer at_far)
{
    if (reach.kind != DAVY_ANSWER_OUTSIDE || !isfinite(reach.far) ||
        at_far.kind != DAVY_ANSWER_VALUE)
        return reach;
    reach.kind = DAVY_ANSWER_VALUE;
    reach.value = reach.far;
    reach.far = NAN;
    reach.what = reach.what_unit = NULL;
    return reach;
}

/* All of a steady release at once says nothing of one that still goes on when its cloud arrives. */
static davy_answer all_at_once(const davy_cloud *cloud, davy_answer reach)
{
    static const double steady = 2.5; /* as davy_regime_of() has it */
    const double ratio = cloud->wind * cloud->duration / davy_reach_far(reach);

    if (cloud->duration > 0 && ratio >= steady) {
        reach.kind = DAVY_ANSWER_OUTSIDE;
        reach.what = "duration over the time of arrival";
        reach.what_unit = "1";
        reach.given = ratio;
        reach.allowed = (davy_interval){0, steady};
    }
    return reach;
}

/* A cloud still above the level where the search ends is drawn to there: a model that ends nearer
 * must not draw the zone in its place. */
static davy_answer to_the_end(davy_answer reach)
{
    const double end = davy_reach_at_least(reach);

    if (!isnan(end))
        reach.value = end;
    return reach;
}

davy_answer davy_cloud_reach(const davy_cloud *cloud, const davy_cloud_model *model, double level)
{
    const double density = level * cloud->per_fraction;
    davy_answer reach;

    switch (model->kind) {
    case DAVY_CLOUD_PLUME:
        reach = davy_plume_reach(&model->of.plume, density, 0);
        break;
    case DAVY_CLOUD_PUFF:
        reach = davy_puff_reach(&model->of.puff, density, 0);
        break;
    case DAVY_CLOUD_FINITE:
        reach = davy_finite_reach(&model->of.finite, density, 0);
        break;
    case DAVY_CLOUD_DENSE_PLUME:
        return davy_dense_plume_reach(&model->of.dense_plume, level);
    case DAVY_CLOUD_SLAB:
        return davy_slab_reach(&model->of.slab, level);
    default:
        return all_at_once(cloud, davy_dense_puff_reach(&model->of.dense_puff, level));
    }
    reach = to_the_end(reach);
    return from_the_source(reach, davy_cloud_gaussian(model, davy_reach_far(reach), 0));
}

static bool has_distance(davy_answer reach)
{
    return reach.kind == DAVY_ANSWER_NOT_REACHED || isfinite(davy_reach_far(reach));
}

/* The release, by u T / x at the distance of a steady model. */
static davy_regime regime_at(const davy_cloud *cloud, davy_answer reach)
{
    const double far = davy_reach_far(reach);

    if (!isfinite(cloud->duration) || !(far > 0))
        return DAVY_REGIME_PLUME;
    return davy_regime_of(cloud->wind, cloud->duration, far, NULL);
}

/* The farthest of a kind, also outside of its range; `otherwise` when none has a distance. */
static size_t farthest_of(const davy_cloud *cloud, const davy_answer *reaches, davy_cloud_kind kind,
                          size_t otherwise)
{
    size_t best = otherwise;
    double farthest = -1;

    for (size_t i = 0; i < cloud->count; i++)
        if (cloud->models[i].kind == kind && has_distance(reaches[i]) &&
            davy_reach_far(reaches[i]) > farthest) {
            best = i;
            farthest = davy_reach_far(reaches[i]);
        }
    return best;
}

/* The one that reaches less. */
static size_t lesser(const davy_answer *reaches, size_t steady, size_t other)
{
    return davy_reach_far(reaches[other]) < davy_reach_far(reaches[steady]) ? other : steady;
}

size_t davy_cloud_preferred(const davy_cloud *cloud, const davy_answer *reaches)
{
    size_t first = 0;

    for (size_t i = cloud->count; i-- > 0;)
        if (has_distance(reaches[i]))
            first = i;
    if (cloud->count == 0)
        return 0;
    switch (cloud->models[first].kind) {
    case DAVY_CLOUD_DENSE_PLUME:
        return lesser(reaches, first, farthest_of(cloud, reaches, DAVY_CLOUD_DENSE_PUFF, first));
    case DAVY_CLOUD_PUFF:
        return farthest_of(cloud, reaches, DAVY_CLOUD_PUFF, first);
    case DAVY_CLOUD_PLUME:
        if (regime_at(cloud, reaches[first]) == DAVY_REGIME_PLUME)
            return first;
        return lesser(reaches, first, farthest_of(cloud, reaches, DAVY_CLOUD_FINITE, first));
    default:
        return first;
    }
}

bool davy_cloud_decides(const davy_cloud *cloud, const davy_answer *reaches, size_t model)
{
    const davy_cloud_kind kind = cloud->models[model].kind;

    if (model == 0 || !has_distance(reaches[0]))
        return true;
    switch (cloud->models[0].kind) {
    case DAVY_CLOUD_DENSE_PLUME:
        return kind == DAVY_CLOUD_DENSE_PUFF;
    case DAVY_CLOUD_PUFF:
        return kind == DAVY_CLOUD_PUFF;
    case DAVY_CLOUD_PLUME:
        return kind == DAVY_CLOUD_FINITE && regime_at(cloud, reaches[0]) != DAVY_REGIME_PLUME;
    default:
        return false;
    }
}
