/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/case.h"
#include "hazard/constants.h"
#include "hazard/release/hole.h"
#include "hazard/release/pool.h"

#include <math.h>

static davy_hole hole_of(const davy_case_inputs *inputs)
{
    return (davy_hole){davy_case_number(inputs, "Cd"), davy_case_number(inputs, "d_m")};
}

static void liquid(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_hole hole = hole_of(inputs);

    davy_case_give(result, davy_liquid_outflow(
                               &hole, &(davy_liquid_in){davy_case_number(inputs, "rho"),
                                                        davy_case_number_or(inputs, "dP_Pa", 0),
                                                        davy_case_number(inputs, "head_m")}));
}

/* A case gives the density, or the molar mass in g/mol. */
static void gas(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_hole hole = hole_of(inputs);
    const double pressure = davy_case_number(inputs, "P_Pa");
    double density = davy_case_number(inputs, "rho");

    if (isnan(density))
        density = davy_gas_density(pressure, davy_case_number(inputs, "T_K"),
                                   davy_case_number(inputs, "MW") * 1e-3)
                      .value;
    davy_case_give(
        result, davy_gas_outflow(
                    &hole, &(davy_gas_in){pressure, density, davy_case_number(inputs, "gamma"),
                                          davy_case_number_or(inputs, "P_atm", DAVY_ATMOSPHERE)}));
}

static void evaporation(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result,
                   davy_pool_evaporation(&(davy_pool){
                       davy_case_number(inputs, "D_m"), davy_case_number(inputs, "u10_ms"),
                       davy_case_number(inputs, "Pv_Pa"), davy_case_number(inputs, "MW") * 1e-3,
                       davy_case_number(inputs, "T_K"), davy_case_number(inputs, "Sc")}));
}

const davy_case_model davy_release_cases[] = {
    {"liquid outflow", liquid},
    {"gas outflow", gas},
    {"pool evaporation", evaporation},
    {0},
};
