/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/case.h"
#include "hazard/constants.h"
#include "hazard/dense/plume.h"

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

const davy_case_model davy_dense_cases[] = {
    {"Britter-McQuaid plume", concentration},
    {"Britter-McQuaid alpha", alpha},
    {"Britter-McQuaid distance", reach},
    {"Britter-McQuaid upwind extent", upwind},
    {0},
};
