/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/fire/flash_fire.h"

#include "core/status.h"
#include "hazard/air/concentration.h"
#include "hazard/air/flammable.h"
#include "hazard/air/reach.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const davy_flash_margin margins[] = {
    {"full", 1, "40 CFR 68.22 (a) (2) (iii): the lower flammability limit"},
    {"aloha", 0.6,
     "ALOHA, NOAA TM NOS OR&R 43 (2013), 6.6, as transcribed in kociembadamian/HAZEL"},
    {"half", 0.5,
     "half of the limit, on the safe side with simple models: aefarrell.github.io, "
     "vapour_cloud_explosion_example"},
};

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

static const davy_formula reach_formula = {
    "flash-fire-reach",
    "How far a cloud can burn",
    "C(x) = margin LFL, solved for x",
    "m",
    "the reach of the cloud's own model; the margin names its source",
    NO_HEAT,
    "",
    {LIMITS, {"margin", "1", {0.5, 1}, {DBL_MIN, 1}}},
    "闪火范围",
};

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

static const davy_formula exposure_formula = {
    "flash-fire-exposure",
    "Concentration over the lower flammable limit",
    "C / LFL",
    "1",
    "the cloud's own model",
    NO_HEAT,
    "",
    {LIMITS},
    "浓度与燃烧下限之比",
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

const davy_flash_margin *davy_flash_margin_at(size_t index)
{
    return index < DAVY_ARRAY_LENGTH(margins) ? &margins[index] : NULL;
}

const davy_flash_margin *davy_flash_margin_find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(margins); i++)
        if (strcmp(margins[i].name, name) == 0)
            return &margins[i];
    return NULL;
}

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

/* What a model says of a reach, as an answer of this one; nowhere is 0 m where the range is left.
 */
static davy_answer pass_on(davy_answer answer, davy_answer reach)
{
    if (reach.kind == DAVY_ANSWER_NOT_REACHED)
        return answer.kind == DAVY_ANSWER_VALUE ? davy_answer_give_not_reached(answer, reach.value)
                                                : davy_answer_give(answer, 0);
    if (reach.kind != DAVY_ANSWER_TWO && !davy_answer_follows(&answer, reach))
        return answer;
    return isnan(reach.far) ? davy_answer_give(answer, reach.value)
                            : davy_answer_give_two(answer, reach.value, reach.far);
}

davy_answer davy_flash_fire_reach(const davy_plume *plume, const davy_flammable *gas,
                                  const davy_flash_margin *margin, double height)
{
    davy_answer answer, level;

    if (!begin(&answer, &reach_formula, gas, margin->share))
        return answer;
    level = density_of(gas, margin->share * gas->lower);
    if (!davy_answer_follows(&answer, level))
        return answer;
    return pass_on(answer, davy_plume_reach(plume, level.value, height));
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

davy_answer davy_flash_fire_exposure(const davy_plume *plume, const davy_flammable *gas,
                                     davy_place at)
{
    const davy_answer there = davy_plume_concentration(plume, at);
    davy_answer answer, lower;

    if (!begin(&answer, &exposure_formula, gas, 0))
        return answer;
    lower = density_of(gas, gas->lower);
    if (!davy_answer_follows(&answer, lower) || !davy_answer_follows(&answer, there))
        return answer;
    return davy_answer_give(answer, there.value / lower.value);
}

davy_answer davy_flash_fire_dense_reach(const davy_dense_plume *plume, const davy_flammable *gas,
                                        const davy_flash_margin *margin)
{
    davy_answer answer;

    if (!begin(&answer, &reach_formula, gas, margin->share))
        return answer;
    return pass_on(answer, davy_dense_plume_reach(plume, margin->share * gas->lower));
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
