/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/blast/tnt.h"

#include "hazard/blast/fit.h"
#include "hazard/constants.h"

#include <float.h>
#include <math.h>

const double davy_tnt_energy = 4.68e6;

static const davy_formula free_air = {
    "kinney-graham",
    "Overpressure of a charge in free air",
    "P/Pa = 808 (1 + (Z/4.5)^2) / sqrt((1 + (Z/0.048)^2)(1 + (Z/0.32)^2)(1 + (Z/1.35)^2))",
    "Pa",
    "G. F. Kinney, K. J. Graham, Explosive Shocks in Air, Springer 1985",
    "free air: a charge on the ground acts as nearly twice its mass",
    "kg-0.1kg-1m,kg-1kg-5m",
    {{"mass of TNT", "kg", DAVY_POSITIVE, DAVY_POSITIVE},
     {"distance", "m", DAVY_POSITIVE, DAVY_POSITIVE},
     {"scaled distance", "m/kg^(1/3)", {0.05, 500}, DAVY_POSITIVE}},
    "自由空气中装药的超压",
};

static const davy_formula equivalent = {
    "tnt-mass",
    "Charge of TNT that stands for a cloud",
    "W = yield m Hc / E",
    "kg",
    "CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999, as in sandialabs/hyram",
    "a cloud is no point: too high near by, too low far away",
    "tnt-h2",
    {{"yield", "1", {0.01, 0.1}, {0, 1}},
     {"mass", "kg", DAVY_POSITIVE, DAVY_NOT_NEGATIVE},
     {"heat of combustion", "J/kg", {1e6, 1.5e8}, DAVY_POSITIVE},
     {"energy of TNT", "J/kg", {4.18e6, 4.7e6}, DAVY_POSITIVE}},
    "蒸气云的 TNT 当量",
};

static const davy_formula stoichiometric = {
    "cloud-energy",
    "Energy of a stoichiometric cloud",
    "E = (p V / R T) share Hc",
    "J",
    "ideal gas; worked in aefarrell/aefarrell.github.io, vapour_cloud_explosion_example",
    "",
    "bst-energy-butane",
    {{"volume", "m3", DAVY_POSITIVE, DAVY_NOT_NEGATIVE},
     {"pressure", "Pa", {5e4, 2e5}, DAVY_POSITIVE},
     {"temperature", "K", {200, 400}, DAVY_POSITIVE},
     {"share of fuel", "1", {0.005, 0.5}, {0, 1}},
     {"heat of combustion", "J/mol", {1e5, 2e7}, DAVY_POSITIVE}},
    "化学计量蒸气云的能量",
};

/* A polynomial of ln Z in the exponent, in one stretch of Z. */
static double fitted(const davy_blast *what, double scaled)
{
    const davy_blast_fit *fit = what->fits;
    const double x = log(scaled);
    double sum = 0;

    while (scaled > fit->most && fit[1].most > 0)
        fit++;
    for (size_t i = DAVY_BLAST_TERMS; i-- > 0;)
        sum = sum * x + fit->terms[i];
    return exp(sum);
}

davy_answer davy_blast_at(const davy_blast *what, double mass, double distance)
{
    const double size = cbrt(mass);
    davy_answer answer;

    if (!davy_answer_begin(&answer, &what->formula,
                           (const double[]){mass, distance, distance / size}))
        return answer;
    return davy_answer_give(answer,
                            fitted(what, distance / size) * what->unit * (what->grows ? size : 1));
}

davy_answer davy_blast_distance(double pressure, double mass)
{
    const davy_blast *what = &davy_blast_pressure;
    const davy_interval valid = what->formula.inputs[2].valid;
    double near = valid.low, far = valid.high;
    davy_answer answer;

    if (!davy_answer_begin(&answer, &davy_blast_distance_formula, (const double[]){pressure, mass}))
        return answer;
    if (fitted(what, near) * what->unit < pressure || fitted(what, far) * what->unit > pressure)
        return davy_answer_give(answer, NAN);
    while (far - near > 1e-12 * far) {
        const double middle = (near + far) / 2;

        if (fitted(what, middle) * what->unit > pressure)
            near = middle;
        else
            far = middle;
    }
    return davy_answer_give(answer, far * cbrt(mass));
}

static double square(double x)
{
    return x * x;
}

davy_answer davy_kinney_graham_at(double mass, double distance)
{
    const double z = distance / cbrt(mass);
    davy_answer answer;

    if (!davy_answer_begin(&answer, &free_air, (const double[]){mass, distance, z}))
        return answer;
    return davy_answer_give(answer, DAVY_ATMOSPHERE * 808 * (1 + square(z / 4.5)) /
                                        sqrt((1 + square(z / 0.048)) * (1 + square(z / 0.32)) *
                                             (1 + square(z / 1.35))));
}

davy_answer davy_tnt_mass(double yield, double mass, double combustion, double energy)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &equivalent, (const double[]){yield, mass, combustion, energy}))
        return answer;
    return davy_answer_give(answer, yield * mass * combustion / energy);
}

davy_answer davy_cloud_energy(double volume, double pressure, double temperature, double share,
                              double combustion)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &stoichiometric,
                           (const double[]){volume, pressure, temperature, share, combustion}))
        return answer;
    return davy_answer_give(answer, pressure * volume / (DAVY_GAS_CONSTANT * temperature) * share *
                                        combustion);
}
