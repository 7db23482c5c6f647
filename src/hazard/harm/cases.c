/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/case.h"
#include "hazard/harm/probit.h"

/* Seconds in a minute: the cases of inhalation are in minutes. */
static const double minute = 60;

/* The concentration that kills the share P in t minutes. */
static void lethal(const char *name, const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result,
                   davy_probit_intensity(davy_probit_find(name), davy_case_number(inputs, "P"),
                                         davy_case_number(inputs, "t_min") * minute));
}

static void chlorine(const davy_case_inputs *inputs, davy_case_result *result)
{
    lethal("probit-toxic-chlorine-lees", inputs, result);
}

static void ammonia(const davy_case_inputs *inputs, davy_case_result *result)
{
    lethal("probit-toxic-ammonia-lees", inputs, result);
}

static void hydrogen_sulfide(const davy_case_inputs *inputs, davy_case_result *result)
{
    lethal("probit-toxic-hydrogen-sulfide-lees", inputs, result);
}

static void carbon_monoxide(const davy_case_inputs *inputs, davy_case_result *result)
{
    static const double milligram = 1e-6; /* in kg */

    davy_case_give(result, davy_probit_value(davy_probit_find("probit-toxic-carbon-monoxide-tno"),
                                             davy_case_number(inputs, "C_mgm3") * milligram,
                                             davy_case_number(inputs, "t_min") * minute));
}

static void share(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_probit_share(davy_case_number(inputs, "Pr")));
}

/* The case asks for the share, and names the probit. */
static void tsao_perry(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_answer pr = davy_probit_value(davy_probit_find("probit-thermal-tsao-perry"),
                                       davy_case_number(inputs, "q_kWm2") * 1e3,
                                       davy_case_number(inputs, "t_s"));

    davy_case_give_value(result, pr, davy_probit_share(pr.value).value);
}

static void eisenberg_dose(const davy_case_inputs *inputs, davy_case_result *result)
{
    static const double per_kilowatt = 1e-4; /* (1/1000)^(4/3): the dose of the case is in kW/m2 */
    davy_answer load = davy_probit_load(davy_probit_find("probit-thermal-eisenberg"),
                                        davy_case_number(inputs, "P"));

    davy_case_give_value(result, load, load.value * per_kilowatt);
}

static void eisenberg_flux(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_probit_intensity(davy_probit_find("probit-thermal-eisenberg"),
                                                 davy_case_number(inputs, "P"),
                                                 davy_case_number(inputs, "t_s")));
}

static void pressure(const char *name, const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result,
                   davy_probit_intensity(davy_probit_find(name), davy_case_number(inputs, "P"), 1));
}

static void lung(const davy_case_inputs *inputs, davy_case_result *result)
{
    pressure("probit-pressure-lung", inputs, result);
}

static void commission(const davy_case_inputs *inputs, davy_case_result *result)
{
    pressure("probit-pressure-hsc", inputs, result);
}

static void collapse(const davy_case_inputs *inputs, davy_case_result *result)
{
    davy_case_give(result, davy_collapse_probit(davy_case_number(inputs, "P_Pa"),
                                                davy_case_number(inputs, "I_Pas")));
}

const davy_case_model davy_harm_cases[] = {
    {"toxic probit CO", carbon_monoxide},
    {"probability from the probit", share},
    {"Lees: Pr=-8.29+0.92 ln(C^2 t)", chlorine},
    {"Lees: Pr=-35.9+1.85 ln(C^2 t)", ammonia},
    {"Lees: Pr=-31.42+3.008 ln(C^1.43 t)", hydrogen_sulfide},
    {"Tsao-Perry fatality", tsao_perry},
    {"Eisenberg 50 % dose", eisenberg_dose},
    {"Eisenberg 50 % flux", eisenberg_flux},
    {"lung haemorrhage", lung},
    {"HSC Pr=1.47+1.37 ln(psig)", commission},
    {"TNO structural collapse probit", collapse},
    {0},
};
