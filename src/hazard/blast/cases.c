/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/blast/tnt.h"
#include "hazard/case.h"

#include <math.h>

/* A case has a mass and a distance, or a scaled distance, which is that of one kilogram. */
static void compute(const davy_blast *what, const davy_case_inputs *inputs,
                    davy_case_result *result)
{
    const double scaled = davy_case_number(inputs, "Z");
    const double mass = isnan(scaled) ? davy_case_number(inputs, "W_kg") : 1;

    davy_case_give(result, davy_blast_at(what, mass,
                                         isnan(scaled) ? davy_case_number(inputs, "R_m") : scaled));
}

static void pressure(const davy_case_inputs *inputs, davy_case_result *result)
{
    compute(&davy_blast_pressure, inputs, result);
}

static void reflected(const davy_case_inputs *inputs, davy_case_result *result)
{
    compute(&davy_blast_pressure_reflected, inputs, result);
}

static void impulse(const davy_case_inputs *inputs, davy_case_result *result)
{
    compute(&davy_blast_impulse, inputs, result);
}

static void arrival(const davy_case_inputs *inputs, davy_case_result *result)
{
    compute(&davy_blast_arrival, inputs, result);
}

static void free_air(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_kinney_graham_at(davy_case_number(inputs, "W_kg"),
                                                 davy_case_number(inputs, "R_m")));
}

static void equivalent(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(
        result, davy_tnt_mass(davy_case_number(inputs, "yield"), davy_case_number(inputs, "m_kg"),
                              davy_case_number(inputs, "dHc_Jkg"),
                              davy_case_number_or(inputs, "E_tnt_Jkg", davy_tnt_energy)));
}

static void cloud_energy(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_cloud_energy(
                               davy_case_number(inputs, "V_m3"), davy_case_number(inputs, "P_Pa"),
                               davy_case_number(inputs, "T_K"), davy_case_number(inputs, "eta"),
                               davy_case_number(inputs, "dHc_kJmol") * 1e3));
}

const davy_case_model davy_blast_cases[] = {
    {"Kingery-Bulmash incident overpressure", pressure},
    {"Kingery-Bulmash hemispherical incident overpressure", pressure},
    {"Kingery-Bulmash reflected overpressure", reflected},
    {"Kingery-Bulmash incident impulse", impulse},
    {"Kingery-Bulmash arrival time", arrival},
    {"Kinney-Graham", free_air},
    {"TNT equivalent mass", equivalent},
    {"stoichiometric cloud energy", cloud_energy},
    {0},
};
