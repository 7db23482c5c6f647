/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/case.h"
#include "hazard/fire/fireball.h"
#include "hazard/fire/heat_flux.h"
#include "hazard/fire/pool_fire.h"
#include "hazard/release/pool.h"

#include <math.h>

static const double degree = M_PI / 180; /* in rad */

static void diameter(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_pool_diameter(davy_case_number(inputs, "V_m3"),
                                              davy_case_number(inputs, "depth_m")));
}

static void burning(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_pool_fuel fuel = {.burning = davy_case_number(inputs, "m_inf"),
                                 .extinction = davy_case_number(inputs, "k_beta")};

    davy_case_give(result, davy_pool_burning(&fuel, davy_case_number(inputs, "D_m")));
}

static void length(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_pool_flame_length(davy_case_number(inputs, "D_m"),
                                                  davy_case_number(inputs, "m_flux"),
                                                  davy_case_number(inputs, "rho_air"),
                                                  davy_case_number(inputs, "u10_ms")));
}

static void tilt(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_pool_flame_tilt(davy_case_number(inputs, "D_m"),
                                                davy_case_number(inputs, "u_ms"),
                                                davy_case_number(inputs, "nu_air")));
}

static void emission(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_pool_emission_clear(davy_case_number(inputs, "Fs"),
                                                    davy_case_number(inputs, "m_flux"),
                                                    davy_case_number(inputs, "dHc_Jkg"),
                                                    davy_case_number(inputs, "L_over_D")));
}

static void view(const davy_case_inputs *inputs, davy_case_result *result, davy_view towards)
{
    const davy_flame_shape flame = {.radius = 1,
                                    .length = davy_case_number(inputs, "L_over_R"),
                                    .tilt = davy_case_number(inputs, "tilt_deg") * degree};

    davy_case_give(result,
                   davy_flame_view_factor(&flame, davy_case_number(inputs, "X_over_R"), towards));
}

static void view_vertical(const davy_case_inputs *inputs, davy_case_result *result)
{
    view(inputs, result, DAVY_VIEW_VERTICAL);
}

static void view_horizontal(const davy_case_inputs *inputs, davy_case_result *result)
{
    view(inputs, result, DAVY_VIEW_HORIZONTAL);
}

static void flux(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_heat_flux(davy_case_number(inputs, "SEP_Wm2"),
                                          davy_case_number(inputs, "F_max"),
                                          davy_case_number(inputs, "tau")));
}

/* A case has the mass, or the vessel with its filling and the density of the liquid. */
static double fuel_mass(const davy_case_inputs *inputs)
{
    return davy_case_number_or(inputs, "M_kg",
                               davy_case_number(inputs, "V_m3") * davy_case_number(inputs, "fill") *
                                   davy_case_number(inputs, "rho"));
}

static void fireball_diameter(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_fireball_diameter(fuel_mass(inputs)));
}

static void fireball_duration(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_fireball_duration(fuel_mass(inputs)));
}

static void fireball_view(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_fireball_view_vertical(davy_case_number(inputs, "D_m"),
                                                       davy_case_number(inputs, "X_m")));
}

static void fireball_flux(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_heat_flux(davy_case_number(inputs, "E_kWm2") * 1e3,
                                          davy_case_number(inputs, "F"), 1));
}

const davy_case_model davy_fire_cases[] = {
    {"pool diameter", diameter},
    {"Babrauskas burning rate", burning},
    {"Thomas flame length with wind", length},
    {"flame tilt", tilt},
    {"maximum surface emissive power", emission},
    {"tilted cylinder view factor, vertical", view_vertical},
    {"tilted cylinder view factor, jet flame", view_vertical},
    {"tilted cylinder view factor, horizontal", view_horizontal},
    {"heat flux", flux},
    {"BLEVE fireball diameter", fireball_diameter},
    {"BLEVE duration", fireball_duration},
    {"BLEVE view factor", fireball_view},
    {"BLEVE heat flux", fireball_flux},
    {0},
};
