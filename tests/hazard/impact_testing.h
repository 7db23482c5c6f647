/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../testing.h"
#include "hazard/impact/impact.h"

#include <math.h>
#include <string.h>

/* A scenario of which nothing is said but a place and the weather. */
static inline davy_scenario blank(davy_release_kind kind, const char *chemical)
{
    return (davy_scenario){
        .name = "test",
        .asset = SIZE_MAX,
        .chemical = chemical,
        .amount_kg = NAN,
        .release = {.kind = kind,
                    .hole_m = NAN,
                    .rate_kg_s = NAN,
                    .duration_s = NAN,
                    .height_m = 0,
                    .pressure_pa = NAN,
                    .temperature_k = NAN,
                    .head_m = NAN,
                    .pool_m2 = NAN,
                    .pool_depth_m = NAN,
                    .volume_m3 = NAN,
                    .tnt_yield = NAN},
        .weather = {.wind = 3,
                    .wind_height_m = 10,
                    .wind_from = 270,
                    .stability = 'D',
                    .temperature_k = 293.15,
                    .humidity = 0.5,
                    .radiation = NAN,
                    .cloud = NAN},
        .frequency = NAN,
    };
}

static inline davy_impact compute_with(const davy_scenario *scenario, const davy_site *site)
{
    const davy_impact_input input = {.scenario = scenario,
                                     .site = site,
                                     .latitude = 30,
                                     .longitude = 104,
                                     .day = true,
                                     .likelihood = NAN};
    davy_impact impact;

    assert_ok(davy_impact_compute(&input, &impact));
    return impact;
}

static inline davy_impact compute(const davy_scenario *scenario)
{
    return compute_with(scenario, NULL);
}

static inline const davy_zone *zone_of(const davy_impact *impact, davy_effect effect,
                                       const char *endpoint)
{
    for (size_t i = 0; i < impact->zone_count; i++)
        if (impact->zones[i].effect == effect && strcmp(impact->zones[i].endpoint, endpoint) == 0)
            return &impact->zones[i];
    fail_msg("no zone of %s %s", davy_effect_name(effect), endpoint);
    return NULL;
}

static inline bool has_effect(const davy_impact *impact, davy_effect effect)
{
    for (size_t i = 0; i < impact->zone_count; i++)
        if (impact->zones[i].effect == effect)
            return true;
    return false;
}
