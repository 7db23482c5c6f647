/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/release/pool.h"

#include "hazard/constants.h"

#include <float.h>
#include <math.h>

static const davy_formula spread_formula = {
    "pool-diameter",
    "Pool that spreads to a depth",
    "D = sqrt(4 V / (pi d))",
    "m",
    "TNO Yellow Book CPR 14E (2005), 3.5 and 6.6.3, as transcribed in Petrolord/petrolord-suite",
    "flat ground; the depth is that of the ground",
    "pf-yb-diameter",
    {{"volume", "m3", {1e-3, 1e5}, DAVY_POSITIVE}, {"depth", "m", {0.002, 0.3}, DAVY_POSITIVE}},
    "液池扩展至某深度的直径",
};

static const davy_formula dike_formula = {
    "pool-diameter-in-dike",
    "Pool in a dike",
    "D = sqrt(4 S / pi)",
    "m",
    "TNO Yellow Book CPR 14E (2005), 3.5",
    "the liquid covers the dike's floor and does not splash over it",
    "",
    {{"area of the dike", "m2", {0.1, 1e5}, DAVY_POSITIVE},
     {"share of the dike that is filled", "1", {0, 1}, {0, 1}}},
    "围堰内液池直径",
};

static const davy_formula evaporation_formula = {
    "pool-evaporation",
    "Evaporation into the wind",
    "m = k A M pv / (R T), k = 0.004786 u^0.78 D^-0.11 Sc^-0.67",
    "kg/s",
    "D. Mackay, R. Matsugu 1973, as TNO Yellow Book CPR 14E (2005), equation 3.24, transcribed in "
    "Petrolord/petrolord-suite",
    "a liquid below its boiling point, at a constant temperature",
    "pool-evap-hexane",
    {{"diameter of the pool", "m", {0.5, 200}, DAVY_POSITIVE},
     {"wind at 10 m", "m/s", {0.5, 20}, DAVY_POSITIVE},
     {"vapour pressure", "Pa", {1, 1.013e5}, DAVY_NOT_NEGATIVE},
     {"molar mass", "kg/mol", {0.01, 0.5}, DAVY_POSITIVE},
     {"temperature", "K", {150, 400}, DAVY_POSITIVE},
     {"Schmidt number", "1", {0.2, 3}, DAVY_POSITIVE}},
    "风中液池质量蒸发",
};

static const davy_formula boiling_formula = {
    "pool-boiling",
    "Boiling on warm ground",
    "m = A k dT / (hv sqrt(pi a t))",
    "kg/s",
    "heat conduction into a half space, TNO Yellow Book CPR 14E (2005), 3.5",
    "ground that is not frozen through; nothing else heats the pool",
    "",
    {{"area", "m2", {0.1, 1e5}, DAVY_POSITIVE},
     {"conductivity of the ground", "W/(m.K)", {0.1, 5}, DAVY_POSITIVE},
     {"diffusivity of the ground", "m2/s", {1e-7, 5e-6}, DAVY_POSITIVE},
     {"difference of temperatures", "K", {0, 300}, DAVY_NOT_NEGATIVE},
     {"heat of vaporisation", "J/kg", {1e4, 3e6}, DAVY_POSITIVE},
     {"time", "s", {1, 36000}, DAVY_POSITIVE}},
    "暖地面上的液池沸腾",
};

static double diameter_of(double area)
{
    return sqrt(4 * area / M_PI);
}

davy_answer davy_pool_diameter(double volume, double depth)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &spread_formula, (const double[]){volume, depth}))
        return answer;
    return davy_answer_give(answer, diameter_of(volume / depth));
}

davy_answer davy_pool_diameter_in_dike(double volume, double area, double height)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &dike_formula,
                           (const double[]){area, volume / (area * height)}))
        return answer;
    return davy_answer_give(answer, diameter_of(area));
}

davy_answer davy_pool_evaporation(const davy_pool *pool)
{
    davy_answer answer;
    double transfer, area;

    if (!davy_answer_begin(&answer, &evaporation_formula,
                           (const double[]){pool->diameter, pool->wind, pool->vapour,
                                            pool->molar_mass, pool->temperature, pool->schmidt}))
        return answer;
    area = M_PI / 4 * pool->diameter * pool->diameter;
    transfer =
        0.004786 * pow(pool->wind, 0.78) * pow(pool->diameter, -0.11) * pow(pool->schmidt, -0.67);
    return davy_answer_give(answer, transfer * area * pool->molar_mass * pool->vapour /
                                        (DAVY_GAS_CONSTANT * pool->temperature));
}

davy_answer davy_pool_boiling(double area, double conductivity, double diffusivity,
                              double difference, double vaporisation, double time)
{
    davy_answer answer;

    if (!davy_answer_begin(
            &answer, &boiling_formula,
            (const double[]){area, conductivity, diffusivity, difference, vaporisation, time}))
        return answer;
    return davy_answer_give(answer, area * conductivity * difference /
                                        (vaporisation * sqrt(M_PI * diffusivity * time)));
}
