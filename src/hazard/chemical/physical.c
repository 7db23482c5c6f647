/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/chemical/physical.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static const davy_physical_figure_name names[DAVY_PHYSICAL_FIGURES] = {
    [DAVY_PHYSICAL_MOLAR_MASS] = {"molar_mass", "Molar mass", "kg/mol", "mw"},
    [DAVY_PHYSICAL_BOILING] = {"boiling_point", "Boiling point", "K", "tb"},
    [DAVY_PHYSICAL_CRITICAL_TEMPERATURE] = {"critical_temperature", "Critical temperature", "K",
                                            "tc"},
    [DAVY_PHYSICAL_CRITICAL_PRESSURE] = {"critical_pressure", "Critical pressure", "Pa", "pc"},
    [DAVY_PHYSICAL_LIQUID_DENSITY] = {"liquid_density", "Density of the liquid", "kg/m3", "rho"},
    [DAVY_PHYSICAL_LIQUID_DENSITY_AT] = {"liquid_density_at", "that density is at", "K", "rho"},
    [DAVY_PHYSICAL_LIQUID_HEAT] = {"liquid_heat", "Heat capacity of the liquid", "J/(kg K)", "cl"},
    [DAVY_PHYSICAL_LIQUID_HEAT_AT] = {"liquid_heat_at", "that heat capacity is at", "K", "cl"},
    [DAVY_PHYSICAL_GAS_HEAT] = {"gas_heat", "Heat capacity of the gas", "J/(kg K)", "cg"},
    [DAVY_PHYSICAL_GAMMA] = {"gamma", "Ratio of the heats of the gas", "", "cg"},
    [DAVY_PHYSICAL_VAPORISATION] = {"heat_of_vaporisation", "Heat of vaporisation", "J/kg", "hv"},
    [DAVY_PHYSICAL_COMBUSTION] = {"heat_of_combustion", "Heat of combustion", "J/kg", "hc"},
};

const davy_physical_figure_name *davy_physical_figure_of(davy_physical_figure figure)
{
    return &names[figure];
}

const davy_physical *davy_chemical_physical(const char *cas)
{
    const davy_physical *row;

    for (size_t i = 0; (row = davy_physical_at(i)); i++)
        if (strcmp(row->cas, cas) == 0)
            return row;
    return NULL;
}

const char *davy_physical_source(const davy_physical *physical, davy_physical_figure figure,
                                 char text[DAVY_CHEMICAL_SOURCE_MAX])
{
    text[0] = '\0';
    return isnan(physical->figures[figure])
               ? text
               : davy_chemical_cite(physical->sources, names[figure].key, text);
}

/* A curve that was not read holds nowhere: its range ends at 0 K. */
static bool holds(const davy_physical_curve *curve, double kelvin)
{
    return kelvin > 0 && kelvin >= curve->low && kelvin <= curve->high;
}

double davy_physical_vapour_pressure(const davy_physical *physical, double kelvin)
{
    const double *c = physical->pressure.c;

    if (!holds(&physical->pressure, kelvin))
        return NAN;
    return exp(c[0] + c[1] / kelvin + c[2] * log(kelvin) + c[3] * pow(kelvin, c[4]));
}

double davy_physical_liquid_density(const davy_physical *physical, double kelvin)
{
    const double *c = physical->density.c;

    if (!holds(&physical->density, kelvin))
        return NAN;
    return physical->figures[DAVY_PHYSICAL_MOLAR_MASS] * c[0] /
           pow(c[1], 1 + pow(1 - kelvin / c[2], c[3]));
}

double davy_physical_heat_of_vaporisation(const davy_physical *physical, double kelvin)
{
    const double *c = physical->vaporisation.c;
    const double reduced = kelvin / physical->vaporisation.high;

    if (!holds(&physical->vaporisation, kelvin))
        return NAN;
    return c[0] * pow(1 - reduced, c[1] + reduced * (c[2] + reduced * (c[3] + reduced * c[4]))) /
           physical->figures[DAVY_PHYSICAL_MOLAR_MASS];
}
