/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/case.h"
#include "hazard/constants.h"

#include "hazard/air/concentration.h"
#include "hazard/air/puff.h"
#include "hazard/air/reach.h"
#include "hazard/air/rise.h"
#include "hazard/air/wind.h"

#include <math.h>

/* What the cases of a plume name; other inputs are as they are where nothing is said. */
static davy_plume plume_of(const davy_sigma_set *sigma, const davy_case_inputs *inputs)
{
    return (davy_plume){.sigma = sigma,
                        .stability = davy_case_class(inputs),
                        .rate = davy_case_number(inputs, "Q_kgs"),
                        .wind = davy_case_number(inputs, "u_ms"),
                        .height = davy_case_number_or(inputs, "h_m", 0)};
}

static davy_place place_of(const davy_case_inputs *inputs)
{
    return (davy_place){davy_case_number(inputs, "x_m"), davy_case_number_or(inputs, "y_m", 0),
                        davy_case_number_or(inputs, "z_m", 0)};
}

static void wind_log(const davy_case_inputs *inputs, davy_case_result *result)
{
    static const double roughness = 0.1; /* m: in the words of the case */

    davy_case_give(result,
                   davy_wind_log(davy_case_class(inputs), davy_case_number(inputs, "u_ref_ms"),
                                 davy_case_number(inputs, "z_ref_m"),
                                 davy_case_number(inputs, "z_m"), roughness));
}

static void wind_irwin_rural(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_wind_power(&davy_wind_irwin_rural, davy_case_class(inputs),
                                           davy_case_number(inputs, "u_ref_ms"),
                                           davy_case_number(inputs, "z_ref_m"),
                                           davy_case_number(inputs, "z_m")));
}

static void plume_ccps(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_plume plume = plume_of(&davy_sigma_ccps_plume, inputs);

    davy_case_give(result, davy_plume_concentration(&plume, place_of(inputs)));
}

static void plume_propane(const davy_case_inputs *inputs, davy_case_result *result)
{
    static const double density = 1.80238; /* kg/m3 of the gas: in the words of the case */
    const davy_plume plume = plume_of(&davy_sigma_ccps_plume, inputs);
    const davy_answer answer = davy_plume_concentration(&plume, place_of(inputs));

    davy_case_give_value(result, answer, answer.value / density);
}

static void plume_given(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_plume plume = plume_of(NULL, inputs);

    davy_case_give(result, davy_plume_with_sigmas(&plume, davy_case_number(inputs, "sigma_y_m"),
                                                  davy_case_number(inputs, "sigma_z_m"),
                                                  davy_case_number(inputs, "y_m"),
                                                  davy_case_number(inputs, "z_m")));
}

static void plume_briggs(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_plume plume = plume_of(&davy_sigma_briggs_rural, inputs);

    davy_case_give(result, davy_plume_concentration(&plume, place_of(inputs)));
}

static const double gram = 1e-3; /* kg */

static void plume_briggs_ppm(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_plume plume = plume_of(&davy_sigma_briggs_rural, inputs);

    davy_case_give(result, davy_concentration_fraction(
                               davy_plume_concentration(&plume, place_of(inputs)).value,
                               davy_case_number(inputs, "MW") * gram,
                               davy_case_number(inputs, "T_K"), DAVY_ATMOSPHERE));
}

static void ppm_to_density(const davy_case_inputs *inputs, davy_case_result *result)
{
    static const double room = 298.15; /* K: in the words of the case */

    davy_case_give(result, davy_concentration_density(davy_case_number(inputs, "ppm") * 1e-6,
                                                      davy_case_number(inputs, "MW") * gram, room,
                                                      DAVY_ATMOSPHERE));
}

static davy_answer reach_of(const davy_case_inputs *inputs)
{
    static const double milligram = 1e-6; /* kg */
    const davy_plume plume = plume_of(&davy_sigma_briggs_rural, inputs);

    return davy_plume_reach(&plume, davy_case_number(inputs, "target_mgm3") * milligram, 0);
}

static void reach_far(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_answer reach = reach_of(inputs);

    davy_case_give_value(result, reach, davy_reach_far(reach));
}

static void reach_near(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_answer reach = reach_of(inputs);

    davy_case_give_value(result, reach, isnan(reach.far) ? NAN : reach.value);
}

static void reach_never(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_answer reach = reach_of(inputs);

    davy_case_give_value(result, reach, reach.kind == DAVY_ANSWER_NOT_REACHED ? reach.value : NAN);
}

static davy_answer puff_of(const davy_case_inputs *inputs)
{
    const davy_puff puff = {.sigma = &davy_sigma_ccps_puff,
                            .stability = davy_case_class(inputs),
                            .mass = davy_case_number(inputs, "m_kg"),
                            .wind = davy_case_number(inputs, "u_ms"),
                            .height = davy_case_number(inputs, "h_m")};

    return davy_puff_concentration(&puff, place_of(inputs), davy_case_number(inputs, "t_s"));
}

static void puff_density(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, puff_of(inputs));
}

static void puff_fraction(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_answer answer = puff_of(inputs);

    davy_case_give_value(result, answer, answer.value / davy_case_number(inputs, "rho_gas"));
}

static void finite_release(const davy_case_inputs *inputs, davy_case_result *result)
{
    const davy_finite release = {.sigma = &davy_sigma_ccps_puff,
                                 .stability = davy_case_class(inputs),
                                 .rate = davy_case_number(inputs, "Q_kgs"),
                                 .duration = davy_case_number(inputs, "dur_s"),
                                 .wind = davy_case_number(inputs, "u_ms"),
                                 .height = davy_case_number(inputs, "h_m")};

    davy_case_give(result, davy_finite_concentration(&release, place_of(inputs),
                                                     davy_case_number(inputs, "t_s")));
}

static void rise_buoyant(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_rise_buoyant(davy_case_number(inputs, "Fb"),
                                             davy_case_number(inputs, "u_ms")));
}

static void rise_distance(const davy_case_inputs *inputs, davy_case_result *result)
{
    const double stability =
        davy_rise_stability(davy_case_number(inputs, "g"), davy_case_number(inputs, "Ta_K"),
                            davy_case_number(inputs, "dTheta_dz"));

    davy_case_give(result, davy_rise_distance_stable(davy_case_number(inputs, "u_ms"), stability));
}

#define SIGMA(name, law, set)                                                                 \
    static void name(const davy_case_inputs *inputs, davy_case_result *result)                \
    {                                                                                         \
        davy_case_give(result, davy_sigma_##law(&(davy_sigma_##set), davy_case_class(inputs), \
                                                davy_case_number(inputs, "x_m")));            \
    }

SIGMA(briggs_rural_y, y, briggs_rural)
SIGMA(briggs_rural_z, z, briggs_rural)
SIGMA(briggs_urban_y, y, briggs_urban)
SIGMA(briggs_urban_z, z, briggs_urban)
SIGMA(ccps_puff_x, x, ccps_puff)
SIGMA(ccps_puff_z, z, ccps_puff)
SIGMA(isc3_rural_z, z, isc3_rural)
SIGMA(turner_z, z, turner)
SIGMA(tno_plume_y, y, tno_plume)

const davy_case_model davy_air_cases[] = {
    {"sigma_y Briggs rural", briggs_rural_y},
    {"sigma_z Briggs rural", briggs_rural_z},
    {"sigma_y Briggs urban", briggs_urban_y},
    {"sigma_z Briggs urban", briggs_urban_z},
    {"sigma_x = sigma_y CCPS puff", ccps_puff_x},
    {"sigma_z CCPS puff", ccps_puff_z},
    {"sigma_z ISC3 rural", isc3_rural_z},
    {"sigma_z Turner 1970", turner_z},
    {"sigma_y TNO Yellow Book plume", tno_plume_y},
    {"wind profile TNO log law, z0=0.1 m", wind_log},
    {"wind power law Irwin rural", wind_irwin_rural},
    {"gaussian plume, ground reflection; sy=0.0674*x^0.9", plume_ccps},
    {"gaussian plume (same sigmas as plume-ccps97), propane gas density 1.80238", plume_propane},
    {"gaussian plume, given sigmas", plume_given},
    {"gaussian plume Briggs rural", plume_briggs},
    {"gaussian plume Briggs rural + ppm", plume_briggs_ppm},
    {"ppm to mg/m3, 25 C", ppm_to_density},
    {"distance to concentration (far root)", reach_far},
    {"distance to concentration (near root)", reach_near},
    {"distance to concentration: must say not reached", reach_never},
    {"gaussian puff CCPS sigmas", puff_density},
    {"gaussian puff CCPS sigmas at cloud centre", puff_fraction},
    {"integrated puff (erf)", finite_release},
    {"Briggs final rise, buoyant", rise_buoyant},
    {"Briggs distance to final rise, stable", rise_distance},
    {0},
};
