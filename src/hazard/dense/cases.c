/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/case.h"
#include "hazard/constants.h"
#include "hazard/dense/plume.h"
#include "hazard/dense/slab.h"

#include <math.h>

/* A case has its own gravity, or the standard one, and the density of the gas or of the cloud. */
static davy_dense_plume plume_of(const davy_case_inputs *inputs)
{
    const double density =
        davy_case_number_or(inputs, "rho_gas", davy_case_number(inputs, "rho_cloud"));
    const double gravity = davy_case_number_or(inputs, "g", DAVY_GRAVITY);

    return (davy_dense_plume){
        .flow = davy_case_number(inputs, "Q_m3s"),
        .wind = davy_case_number(inputs, "u10_ms"),
        .gravity = davy_dense_gravity(density, davy_case_number(inputs, "rho_air")).value *
                   gravity / DAVY_GRAVITY,
        .temperature = davy_case_number(inputs, "T_rel_K"),
        .air_temperature = davy_case_number(inputs, "T_air_K"),
    };
}

static void concentration(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_dense_plume plume = plume_of(inputs);

    davy_case_give(result, davy_dense_plume_concentration(&plume, davy_case_number(inputs, "x_m")));
}

static void alpha(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_dense_plume plume = plume_of(inputs);

    davy_case_give(result, davy_dense_alpha(&plume));
}

static void reach(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_dense_plume plume = plume_of(inputs);

    davy_case_give(result, davy_dense_plume_reach(&plume, davy_case_number(inputs, "target_vol")));
}

static void upwind(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_dense_plume plume = plume_of(inputs);

    davy_case_give(result, davy_dense_plume_upwind(&plume));
}

/* The LNG of Burro; the case has no heat capacity and no averaging time, its source has these. */
static void slab(const davy_case_inputs *inputs, davy_case_result *result)
{
    static const double capacity = 2240, averaging = 10; /* J/(kg K), s */
    const double diameter = davy_case_number(inputs, "d_m");
    const double temperature = davy_case_number(inputs, "T_rel_K");
    const davy_slab release = {
        .rate = davy_case_number(inputs, "m_dot_kgs"),
        .area = M_PI / 4 * diameter * diameter,
        .temperature = temperature,
        .molar_mass =
            davy_case_number(inputs, "rho_gas") * DAVY_GAS_CONSTANT * temperature / DAVY_ATMOSPHERE,
        .capacity = capacity,
        .wind = davy_case_number(inputs, "u10_ms"),
        .height = 10,
        .roughness = davy_case_number(inputs, "z0_m"),
        .air_temperature = davy_case_number(inputs, "T_air_K"),
        .averaging = averaging,
        .stability = davy_case_class(inputs),
    };

    davy_case_give(
        result, davy_slab_concentration(&release, (davy_place){davy_case_number(inputs, "x_m"),
                                                               davy_case_number(inputs, "y_m"),
                                                               davy_case_number(inputs, "z_m")}));
}

const davy_case_model davy_dense_cases[] = {
    {"SLAB dense gas horizontal jet", slab},   {"Britter-McQuaid plume", concentration},
    {"Britter-McQuaid alpha", alpha},          {"Britter-McQuaid distance", reach},
    {"Britter-McQuaid upwind extent", upwind}, {0},
};
