/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/substance.h"

#include <math.h>
#include <string.h>

#define ZERO_CELSIUS 273.15

static double figure(const davy_physical *physical, davy_physical_figure which)
{
    return physical ? physical->figures[which] : NAN;
}

/* SMILES of carbon alone: letters other than C and c are other elements. */
static bool is_hydrocarbon(const char *smiles)
{
    return smiles[0] && !strpbrk(smiles, "ABDEFGIJKLMNOPQRSTUVWXYZabdefgijklmnopqrstuvwxyz");
}

davy_substance davy_substance_of(const char *text)
{
    const davy_chemical *chemical = text ? davy_chemical_named(text) : NULL;
    const davy_physical *physical = chemical ? davy_chemical_physical(chemical->cas) : NULL;
    davy_substance of = {
        .chemical = chemical,
        .physical = physical,
        .molar_mass = figure(physical, DAVY_PHYSICAL_MOLAR_MASS),
        .critical = figure(physical, DAVY_PHYSICAL_CRITICAL_TEMPERATURE),
        .boiling = figure(physical, DAVY_PHYSICAL_BOILING),
        .gamma = figure(physical, DAVY_PHYSICAL_GAMMA),
        .vaporisation = figure(physical, DAVY_PHYSICAL_VAPORISATION),
        .combustion = figure(physical, DAVY_PHYSICAL_COMBUSTION),
        .gas_heat = figure(physical, DAVY_PHYSICAL_GAS_HEAT),
        .liquid_heat = figure(physical, DAVY_PHYSICAL_LIQUID_HEAT),
        .lower = NAN,
        .upper = NAN,
    };

    if (!chemical)
        return of;
    of.lower = chemical->figures[DAVY_CHEMICAL_LEL] / 100;
    of.upper = chemical->figures[DAVY_CHEMICAL_UEL] / 100;
    of.burns = !isnan(of.lower) || !isnan(chemical->figures[DAVY_CHEMICAL_FLASH]);
    of.hydrocarbon = is_hydrocarbon(chemical->smiles);
    if (isnan(of.boiling))
        of.boiling = chemical->figures[DAVY_CHEMICAL_BOILING] + ZERO_CELSIUS;
    return of;
}

double davy_substance_liquid_density(const davy_substance *substance, double kelvin)
{
    const double density =
        substance->physical ? davy_physical_liquid_density(substance->physical, kelvin) : NAN;

    if (kelvin >= substance->critical)
        return NAN;
    return isnan(density) ? figure(substance->physical, DAVY_PHYSICAL_LIQUID_DENSITY) : density;
}

double davy_substance_vapour_pressure(const davy_substance *substance, double kelvin)
{
    return substance->physical ? davy_physical_vapour_pressure(substance->physical, kelvin) : NAN;
}

bool davy_substance_boils(const davy_substance *substance, double kelvin)
{
    return kelvin > substance->boiling;
}

bool davy_substance_is_liquefied(const davy_substance *substance, double kelvin, double pressure)
{
    static const double nearly = 0.99; /* pressures are rounded when they are written down */
    const double vapour = davy_substance_vapour_pressure(substance, kelvin);

    if (!davy_substance_boils(substance, kelvin) || kelvin >= substance->critical)
        return false;
    return isnan(pressure) || isnan(vapour) || pressure >= nearly * vapour;
}
