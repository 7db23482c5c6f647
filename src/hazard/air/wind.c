/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/wind.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define POWER_INPUTS                                                    \
    {                                                                   \
        {"wind speed", "m/s", {0.5, 30}, DAVY_NOT_NEGATIVE},            \
            {"height where it is known", "m", {1, 200}, DAVY_POSITIVE}, \
            {"height", "m", {1, 200}, DAVY_POSITIVE},                   \
        {                                                               \
            0                                                           \
        }                                                               \
    }
#define POWER_LAW   "u (z / z0)^p"
#define POWER_RANGE "over level ground; the ends are common use, not read in the source"

static const davy_formula common = {
    "wind-power-common",
    "Wind by the power law, common exponents",
    POWER_LAW,
    "m/s",
    "exponents of GasDispersion.jl, which names no document for them",
    POWER_RANGE,
    "",
    POWER_INPUTS,
    "风速幂律（常用指数）"};
static const davy_formula irwin_rural = {
    "wind-power-irwin-rural",
    "Wind by the power law, open country",
    POWER_LAW,
    "m/s",
    "J. S. Irwin, A theoretical variation of the wind profile power-law exponent, Atmospheric "
    "Environment 13 (1979), as in CCPS, Guidelines for Consequence Analysis (1999), p. 83, as "
    "transcribed in GasDispersion.jl",
    POWER_RANGE,
    "wind-irwin-rural-F-10",
    POWER_INPUTS,
    "风速幂律（开阔地）"};
static const davy_formula irwin_urban = {
    "wind-power-irwin-urban",
    "Wind by the power law, built-up areas",
    POWER_LAW,
    "m/s",
    "J. S. Irwin, A theoretical variation of the wind profile power-law exponent, Atmospheric "
    "Environment 13 (1979), as in CCPS, Guidelines for Consequence Analysis (1999), p. 83, as "
    "transcribed in GasDispersion.jl",
    POWER_RANGE,
    "",
    POWER_INPUTS,
    "风速幂律（建成区）"};
static const davy_formula isc3_urban = {
    "wind-power-isc3-urban",
    "Wind by the power law, built-up areas, ISC3",
    POWER_LAW,
    "m/s",
    "EPA, User's Guide for the Industrial Source Complex (ISC3) Dispersion Models, volume 2, "
    "EPA-454/B-95-003b (1995), as transcribed in GasDispersion.jl",
    POWER_RANGE,
    "",
    POWER_INPUTS,
    "风速幂律（建成区，ISC3）"};

const davy_wind_set davy_wind_common = {"common", &common, {.108, .112, .120, .142, .203, .253}};
const davy_wind_set davy_wind_irwin_rural = {
    "irwin-rural", &irwin_rural, {.07, .07, .10, .15, .35, .55}};
const davy_wind_set davy_wind_irwin_urban = {
    "irwin-urban", &irwin_urban, {.15, .15, .20, .25, .40, .60}};
const davy_wind_set davy_wind_isc3_urban = {
    "isc3-urban", &isc3_urban, {.15, .15, .20, .25, .30, .30}};

static const davy_wind_set *const sets[] = {&davy_wind_common, &davy_wind_irwin_rural,
                                            &davy_wind_irwin_urban, &davy_wind_isc3_urban, NULL};

const davy_wind_set *davy_wind_set_at(size_t index)
{
    return sets[index];
}

const davy_wind_set *davy_wind_set_find(const char *name)
{
    for (size_t i = 0; sets[i]; i++)
        if (strcmp(sets[i]->name, name) == 0)
            return sets[i];
    return NULL;
}

davy_answer davy_wind_power(const davy_wind_set *set, davy_stability stability, double speed,
                            double known, double height)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, set->formula, (const double[]){speed, known, height}))
        return answer;
    if (stability >= DAVY_STABILITIES)
        return davy_answer_missing(answer, "stability class");
    return davy_answer_give(answer, speed * pow(height / known, set->exponents[stability]));
}

#define YELLOW_BOOK \
    "E. A. Bakkum and N. J. Duijm, Vapour cloud dispersion, in TNO Yellow Book, CPR 14E (2005)"
/* From open water to the middle of a town. */
#define ROUGHNESS                                           \
    {                                                       \
        "roughness length", "m", {0.0002, 3}, DAVY_POSITIVE \
    }

davy_answer davy_wind_obukhov(davy_stability stability, double roughness)
{
    static const davy_formula formula = {"wind-obukhov-tno",
                                         "Length of Monin and Obukhov, inverse",
                                         "1 / L = log10(min(z0, 0.5 m) / k2) / k1",
                                         "m-1",
                                         YELLOW_BOOK ", as transcribed in GasDispersion.jl",
                                         "ends of the roughness not read in the source",
                                         "",
                                         {ROUGHNESS, {0}},
                                         "莫宁-奥布霍夫长度的倒数"};
    static const double k1[] = {33.162, 32.258, 51.787, INFINITY, -48.330, -31.325}; /* m */
    static const double k2[] = {1117, 11.46, 1.324, 1, 1.262, 19.36};                /* m */
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, &roughness))
        return answer;
    if (stability >= DAVY_STABILITIES)
        return davy_answer_missing(answer, "stability class");
    return davy_answer_give(answer, log10(fmin(roughness, 0.5) / k2[stability]) / k1[stability]);
}

/* What the buoyancy of the air takes from the logarithm at z, `inverse` being 1 / L. */
static double correction(double z, double inverse)
{
    const double a = sqrt(sqrt(1 - 16 * z * inverse));

    if (inverse >= 0)
        return -5 * z * inverse;
    return 2 * log((1 + a) / 2) + log((1 + a * a) / 2) - 2 * atan(a) + 2 * atan(1);
}

static double profile(double z, double roughness, double inverse)
{
    return log(z / roughness) - correction(z, inverse) + correction(roughness, inverse);
}

davy_answer davy_wind_log(davy_stability stability, double speed, double known, double height,
                          double roughness)
{
    static const davy_formula formula = {
        "wind-log-tno",
        "Wind by the logarithmic law",
        "u f(z) / f(z1), f = ln(z / z0) - psi(z / L) + psi(z0 / L)",
        "m/s",
        YELLOW_BOOK ", equation 4.32, as transcribed in GasDispersion.jl",
        "over level ground; ends of the roughness not read in the source",
        "wind-tno-F-15",
        {{"wind speed", "m/s", {0.5, 30}, DAVY_NOT_NEGATIVE},
         {"height where it is known over the roughness length", "1", {1, INFINITY}, {1, INFINITY}},
         {"height over the roughness length", "1", {1, INFINITY}, {1, INFINITY}},
         ROUGHNESS,
         {0}},
        "风速对数律"};
    const davy_answer inverse = davy_wind_obukhov(stability, roughness);
    davy_answer answer;

    if (!davy_answer_begin(
            &answer, &formula,
            (const double[]){speed, known / roughness, height / roughness, roughness}) ||
        !davy_answer_follows(&answer, inverse))
        return answer;
    return davy_answer_give(answer, speed * profile(height, roughness, inverse.value) /
                                        profile(known, roughness, inverse.value));
}
