/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/fire/flash_fire.h"

#include "hazard/air/concentration.h"
#include "hazard/air/flammable.h"

#include <float.h>
#include <math.h>

#define LIMITS                                                   \
    {"lower flammable limit", "1", {0.001, 0.5}, {DBL_MIN, 1}},  \
        {"upper flammable limit", "1", {0.01, 1}, {DBL_MIN, 1}}, \
    {                                                            \
        "upper over lower limit", "1", {1, 1000},                \
        {                                                        \
            1, INFINITY                                          \
        }                                                        \
    }
#define NO_HEAT "no heat outside of what burns, no blast; averages, not gusts"

static const davy_formula mass_formula = {
    "flash-fire-mass",
    "How much of a cloud can burn",
    "integral of C over where LFL <= C <= UFL",
    "kg",
    "plume-mass-above of the cloud's own model",
    NO_HEAT,
    "",
    {LIMITS},
    "云团中处于燃烧极限内的质量",
};

static const davy_formula dense_mass_formula = {
    "flash-fire-dense-mass",
    "How much of a heavy cloud can burn",
    "m = rate (x(LFL) - x(UFL)) / u10",
    "kg",
    "slices of one concentration that move with the wind: by hand, from dense-plume-height",
    NO_HEAT,
    "",
    {LIMITS, {"rate", "kg/s", {0, 1e4}, DAVY_POSITIVE}},
    "重气云团中处于燃烧极限内的质量",
};

/* kg/m3 of a part of the volume. */
static davy_answer density_of(const davy_flammable *gas, double fraction)
{
    return davy_concentration_density(fraction, gas->molar_mass, gas->temperature, gas->pressure);
}

/* @param last  the input behind the limits, where the formula has one */
static bool begin(davy_answer *answer, const davy_formula *formula, const davy_flammable *gas,
                  double last)
{
    return davy_answer_begin(
        answer, formula, (const double[]){gas->lower, gas->upper, gas->upper / gas->lower, last});
}

davy_answer davy_flash_fire_mass(const davy_plume *plume, const davy_flammable *gas)
{
    davy_answer answer, lower, upper, mass;

    if (!begin(&answer, &mass_formula, gas, 0))
        return answer;
    lower = density_of(gas, gas->lower);
    upper = density_of(gas, gas->upper);
    if (!davy_answer_follows(&answer, lower) || !davy_answer_follows(&answer, upper))
        return answer;
    mass = davy_plume_mass_between(plume, lower.value, upper.value);
    if (!davy_answer_follows(&answer, mass))
        return answer;
    return davy_answer_give(answer, mass.value);
}

davy_answer davy_flash_fire_dense_mass(const davy_dense_plume *plume, const davy_flammable *gas,
                                       double rate)
{
    davy_answer answer, lean, rich;

    if (!begin(&answer, &dense_mass_formula, gas, rate))
        return answer;
    lean = davy_dense_plume_reach(plume, gas->lower);
    rich = davy_dense_plume_reach(plume, gas->upper);
    if (!davy_answer_follows(&answer, lean) || !davy_answer_follows(&answer, rich))
        return answer;
    return davy_answer_give(answer, rate * (lean.value - rich.value) / plume->wind);
}
