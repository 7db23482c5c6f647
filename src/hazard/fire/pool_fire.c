/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/fire/pool_fire.h"

#include "hazard/constants.h"

#include "core/status.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double soot_emission = 20e3; /* W/m2: "about 20e3", Yellow Book equation 6.20 */

#define YELLOW_BOOK "TNO Yellow Book CPR 14E (2005), "
#define TRANSCRIBED ", as transcribed in Petrolord/petrolord-suite"
#define DIAMETER                                      \
    {                                                 \
        "diameter", "m", DAVY_POSITIVE, DAVY_POSITIVE \
    }
#define BURNING                                                  \
    {                                                            \
        "burning rate", "kg/(m2.s)", {0.001, 0.3}, DAVY_POSITIVE \
    }
#define AIR                                                  \
    {                                                        \
        "density of air", "kg/m3", {0.8, 1.6}, DAVY_POSITIVE \
    }
#define WIND                                      \
    {                                             \
        "wind", "m/s", {0, 30}, DAVY_NOT_NEGATIVE \
    }

/* Babrauskas, as in table 6.5 of the Yellow Book: the rows that its transcription has. */
static const davy_pool_fuel fuels[] = {
    {"benzene", 0.085, 2.7},
    {"gasoline", 0.055, 2.1},
    {"LNG", 0.078, 1.1},
    {"methanol", 0.015, INFINITY},
};

static const davy_formula babrauskas = {
    "babrauskas-burning",
    "Burning rate of a pool by its width",
    "m = m_inf (1 - exp(-k beta D))",
    "kg/(m2.s)",
    "Babrauskas 1983, in " YELLOW_BOOK "table 6.5 and equation 6.66" TRANSCRIBED,
    "still air; below 0.2 m the flame is no more turbulent, which is not in the figures (not "
    "verified in the document)",
    "burn-gasoline-2",
    {{"burning rate of an endless pool", "kg/(m2.s)", {0.001, 0.3}, DAVY_POSITIVE},
     {"extinction coefficient", "/m", DAVY_POSITIVE, DAVY_NOT_NEGATIVE},
     {"diameter", "m", {0.2, INFINITY}, DAVY_POSITIVE}},
    "池火燃烧速率（按液池直径）",
};

static const davy_formula burgess = {
    "burgess-burning",
    "Burning rate of a liquid that boils above the temperature of the air",
    "m = 0.001 Hc / (Hv + cp (Tb - Ta))",
    "kg/(m2.s)",
    "Burgess 1974, in " YELLOW_BOOK "equation 6.67" TRANSCRIBED,
    "a wide pool; a liquid that boils already has another balance of heat",
    "",
    {{"heat of combustion", "J/kg", {1e6, 1.5e8}, DAVY_POSITIVE},
     {"heat of vaporisation", "J/kg", {5e4, 3e6}, DAVY_POSITIVE},
     {"heat capacity", "J/(kg.K)", {500, 10000}, DAVY_POSITIVE},
     {"ambient temperature", "K", {200, 340}, DAVY_POSITIVE},
     {"boiling point over ambient", "K", {0, 500}, DAVY_NOT_NEGATIVE}},
    "沸点高于环境温度的液体的燃烧速率",
};

static const davy_formula thomas_still = {
    "thomas-still",
    "Length of the flame of a pool in still air",
    "L = 42 D (m / (rho sqrt(g D)))^0.61",
    "m",
    "Thomas 1963" TRANSCRIBED,
    "",
    "",
    {DIAMETER, BURNING, AIR},
    "无风时池火火焰长度",
};

static const davy_formula thomas_wind = {
    "thomas-wind",
    "Length of the flame of a pool in wind",
    "L = 55 D (m / (rho sqrt(g D)))^0.67 u*^-0.21, u* = max(1, u10 / (g m D / rho)^(1/3))",
    "m",
    YELLOW_BOOK "equations 6.12 to 6.14" TRANSCRIBED,
    "",
    "pf-yb-length",
    {DIAMETER, BURNING, AIR, WIND},
    "有风时池火火焰长度",
};

static const davy_formula tilt_formula = {
    "pool-flame-tilt",
    "Tilt of the flame of a pool",
    "tan t / cos t = 0.666 Fr^0.333 Re^0.117, Fr = u10^2 / (g D), Re = u10 D / nu",
    "rad",
    YELLOW_BOOK "equations 6.16, 6.68 to 6.70" TRANSCRIBED,
    "the worked example has half the viscosity of air: errata yellow-book-viscosity",
    "pf-yb-tilt",
    {DIAMETER, WIND, {"kinematic viscosity", "m2/s", {1e-5, 2e-5}, DAVY_POSITIVE}},
    "池火火焰倾角",
};

static const davy_formula clear_formula = {
    "pool-emission-clear",
    "Emission of the surface of a clear flame",
    "SEPmax = Fs m Hc / (1 + 4 L/D)",
    "W/m2",
    YELLOW_BOOK "equation 6.71" TRANSCRIBED,
    "the flame radiates from its side and its top",
    "pf-yb-sepmax",
    {{"radiated fraction", "1", {0.1, 0.4}, {0, 1}},
     BURNING,
     {"heat of combustion", "J/kg", {1e6, 1.5e8}, DAVY_POSITIVE},
     {"length over diameter", "1", DAVY_POSITIVE, DAVY_POSITIVE}},
    "清洁火焰的表面热辐射通量",
};

static const davy_formula soot_formula = {
    "pool-emission-soot",
    "Emission of the surface of a flame behind soot",
    "SEP = SEPmax (1 - s) + 20e3 s",
    "W/m2",
    YELLOW_BOOK "equation 6.20" TRANSCRIBED,
    "s = 0.8 for products of oil",
    "",
    {{"emission of the clear flame", "W/m2", {2e4, 4e5}, DAVY_POSITIVE},
     {"share of soot", "1", {0, 1}, {0, 1}}},
    "有烟遮挡的火焰的表面热辐射通量",
};

const davy_pool_fuel *davy_pool_fuel_at(size_t index)
{
    return index < DAVY_ARRAY_LENGTH(fuels) ? &fuels[index] : NULL;
}

const davy_pool_fuel *davy_pool_fuel_find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(fuels); i++)
        if (strcmp(fuels[i].name, name) == 0)
            return &fuels[i];
    return NULL;
}

davy_answer davy_pool_burning(const davy_pool_fuel *fuel, double diameter)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &babrauskas,
                           (const double[]){fuel->burning, fuel->extinction, diameter}))
        return answer;
    return davy_answer_give(answer, fuel->burning * -expm1(-fuel->extinction * diameter));
}

davy_answer davy_pool_burning_of_liquid(const davy_pool_liquid *liquid)
{
    const double warming = liquid->boiling - liquid->ambient;
    davy_answer answer;

    if (!davy_answer_begin(&answer, &burgess,
                           (const double[]){liquid->combustion, liquid->vaporisation,
                                            liquid->capacity, liquid->ambient, warming}))
        return answer;
    return davy_answer_give(answer, 0.001 * liquid->combustion /
                                        (liquid->vaporisation + liquid->capacity * warming));
}

/* What both lengths hang on: the burning rate against that of air drawn in by buoyancy. */
static double scaled_burning(double diameter, double burning, double air)
{
    return burning / (air * sqrt(DAVY_GRAVITY * diameter));
}

davy_answer davy_pool_flame_length_still(double diameter, double burning, double air)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &thomas_still, (const double[]){diameter, burning, air}))
        return answer;
    return davy_answer_give(answer,
                            42 * diameter * pow(scaled_burning(diameter, burning, air), 0.61));
}

davy_answer davy_pool_flame_length(double diameter, double burning, double air, double wind)
{
    const double scale = cbrt(DAVY_GRAVITY * burning * diameter / air);
    davy_answer answer;

    if (!davy_answer_begin(&answer, &thomas_wind, (const double[]){diameter, burning, air, wind}))
        return answer;
    return davy_answer_give(answer, 55 * diameter *
                                        pow(scaled_burning(diameter, burning, air), 0.67) *
                                        pow(fmax(1, wind / scale), -0.21));
}

davy_answer davy_pool_flame_tilt(double diameter, double wind, double viscosity)
{
    davy_answer answer;
    double drag;

    if (!davy_answer_begin(&answer, &tilt_formula, (const double[]){diameter, wind, viscosity}))
        return answer;
    drag = 0.666 * pow(wind * wind / (DAVY_GRAVITY * diameter), 0.333) *
           pow(wind * diameter / viscosity, 0.117);
    /* sin t = (sqrt(4 c^2 + 1) - 1) / 2c, in a form that also knows c = 0 */
    return davy_answer_give(answer, asin(2 * drag / (sqrt(4 * drag * drag + 1) + 1)));
}

davy_answer davy_pool_emission_clear(double fraction, double burning, double combustion,
                                     double slender)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &clear_formula,
                           (const double[]){fraction, burning, combustion, slender}))
        return answer;
    return davy_answer_give(answer, fraction * burning * combustion / (1 + 4 * slender));
}

davy_answer davy_pool_emission(double clear, double soot)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &soot_formula, (const double[]){clear, soot}))
        return answer;
    return davy_answer_give(answer, clear * (1 - soot) + soot_emission * soot);
}
