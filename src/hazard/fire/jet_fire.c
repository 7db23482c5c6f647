/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/fire/jet_fire.h"

#include "hazard/constants.h"

#include <float.h>
#include <math.h>

#define CHAMBERLAIN                                                                             \
    "G. A. Chamberlain, Chem. Eng. Res. Des. 65 (1987) 299-309, as in TNO Yellow Book CPR 14E " \
    "(2005), 6.5.4; by the transcriptions of kociembadamian/HAZEL and YakNazim/fireSIM-Matlab-" \
    "toolbox"
#define FLARES "fitted to flares of natural gas and light paraffins"
#define RATE                                    \
    {                                           \
        "rate", "kg/s", {0, 1e4}, DAVY_POSITIVE \
    }
#define VELOCITY                                        \
    {                                                   \
        "jet velocity", "m/s", {1, 3000}, DAVY_POSITIVE \
    }
#define MOLAR_MASS                                           \
    {                                                        \
        "molar mass", "kg/mol", {0.015, 0.06}, DAVY_POSITIVE \
    }
#define AIR                                                  \
    {                                                        \
        "density of air", "kg/m3", {0.8, 1.6}, DAVY_POSITIVE \
    }
#define WIND                                      \
    {                                             \
        "wind", "m/s", {0, 30}, DAVY_NOT_NEGATIVE \
    }
#define VESSEL_INPUTS                                                    \
    {                                                                    \
        {"pressure over that outside", "1", {1.02, 500}, {1, INFINITY}}, \
            {"temperature", "K", {150, 800}, DAVY_POSITIVE},             \
            {"molar mass", "kg/mol", {0.002, 0.2}, DAVY_POSITIVE},       \
            {"ratio of heat capacities", "1", {1.02, 1.7}, {1.0001, 2}}, \
            {"outside pressure", "Pa", {5e4, 2e5}, DAVY_POSITIVE},       \
    }

static const davy_formula velocity_formula = {
    "jet-velocity",
    "Velocity of a jet spread to the pressure of the air",
    "u = sqrt(2 g/(g-1) R T/M (1 - (Pa/P)^((g-1)/g)))",
    "m/s",
    "isentropic flow of an ideal gas; with the Mach number of the choked hole put in it is that of "
    "ALOHA, NOAA TM NOS OR&R 43, 6.4.1",
    "no losses, no liquid: a jet from high pressure gets colder than some gases stay gas",
    "",
    VESSEL_INPUTS,
    "射流膨胀至大气压时的速度",
};

static const davy_formula density_formula = {
    "jet-density",
    "Density of a jet spread to the pressure of the air",
    "rho = Pa M / (R Tj), Tj = T (Pa/P)^((g-1)/g)",
    "kg/m3",
    "isentropic flow of an ideal gas",
    "as that of the velocity",
    "",
    VESSEL_INPUTS,
    "射流膨胀至大气压时的密度",
};

static const davy_formula length_formula = {
    "jet-flame-length",
    "Length of the flame of a jet",
    "L = Y Ds (0.51 exp(-0.4 v) + 0.49) (1 - 0.00607 (angle - 90)), angle in degrees, "
    "0.024 (g Ds/u^2)^(1/3) Y^(5/3) + 0.2 Y^(2/3) = (2.85/W)^(2/3), Ds^2 = 4 m / (pi rho_a u)",
    "m",
    CHAMBERLAIN ", after Kalghatgi 1983",
    FLARES,
    "",
    {RATE, VELOCITY, MOLAR_MASS, AIR, WIND, {"angle of jet and wind", "rad", {0, M_PI}, {0, M_PI}}},
    "喷射火火焰长度",
};

static const davy_formula flame_formula = {
    "jet-flame",
    "Shape of the flame of a jet that blows straight up",
    "R = v/u, X(l) = l (g/(Ds u)^2)^(1/3), tilt = 8000 R / X(L0) up to R 0.05, then "
    "(134 + 1726 sqrt(R - 0.026)) / X(L0) degrees; b = L sin(K tilt) / sin(tilt), "
    "K = 0.185 exp(-20 R) + 0.015; frustum = sqrt(L^2 - b^2 sin^2 tilt) - b cos tilt; "
    "W1 = Ds (13.5 exp(-6 R) + 1.5) (1 - (1 - sqrt(rho_a/rho_j)/15) exp(-70 X(Ds)^(C R))), "
    "C = 1000 exp(-100 R) + 0.8; W2 = L (0.18 exp(-1.5 R) + 0.31) (1 - 0.47 exp(-25 R))",
    "m",
    CHAMBERLAIN
    ". 134 in the tilt: without it the two branches do not meet at R 0.05. 0.185 in K: "
    "with it b is 0.2 L in still air. C R is an exponent of X: as a factor the flame of "
    "6.6.2 would be a fifth less slender than its step 29 prints",
    FLARES "; the wind at right angles to the jet. Below R 0.001 the base comes out too wide",
    "",
    {RATE,
     VELOCITY,
     {"density of the jet", "kg/m3", {0.3, 20}, DAVY_POSITIVE},
     MOLAR_MASS,
     AIR,
     WIND,
     {"wind over jet velocity", "1", {0, 0.5}, DAVY_NOT_NEGATIVE},
     {"tilt", "rad", {0, M_PI_2}, DAVY_NOT_NEGATIVE}},
    "垂直向上喷射火的火焰形状",
};

static const davy_formula radiated_formula = {
    "jet-radiated",
    "Share of the heat that a jet flame radiates",
    "F = 0.21 C exp(-0.00323 u) + 0.11, C = 1 below 21 g/mol, sqrt(M/21) to 60 g/mol",
    "1",
    CHAMBERLAIN "; C of J. Cook, Z. Bahrami, R. J. Whitehouse 1990, as in ALOHA, NOAA TM NOS OR&R "
                "43, 6.4.1",
    "",
    "",
    {VELOCITY, MOLAR_MASS},
    "喷射火的热辐射系数",
};

static const davy_formula emission_formula = {
    "jet-emission",
    "Emission of the surface of a jet flame",
    "SEP = F m Hc / A",
    "W/m2",
    CHAMBERLAIN,
    "one emission for all of the surface, with both ends",
    "",
    {{"radiated fraction", "1", {0.1, 0.5}, {0, 1}},
     RATE,
     {"heat of combustion", "J/kg", {1e7, 6e7}, DAVY_POSITIVE},
     {"area", "m2", DAVY_POSITIVE, DAVY_POSITIVE}},
    "喷射火的表面热辐射通量",
};

static const davy_formula api_formula = {
    "jet-flame-length-api",
    "Length of the flame of a flare, API 521",
    "L = 0.0059 Q^0.478, L in ft, Q in Btu/h",
    "m",
    "M. Beychok's fit of the figure of API 521, as in scribd.com document 474283311 and in a "
    "public "
    "program that uses it for flares of propane",
    "flares; hydrogen and hydrocarbons. Neither the wind nor the velocity is in it",
    "",
    {{"heat of the fire", "W", {3e6, 3e9}, DAVY_POSITIVE}},
    "火炬火焰长度（API 521）",
};

davy_answer davy_jet_velocity(const davy_jet_vessel *of)
{
    const double power = (of->gamma - 1) / of->gamma, ratio = of->pressure / of->outside;
    davy_answer answer;

    if (!davy_answer_begin(
            &answer, &velocity_formula,
            (const double[]){ratio, of->temperature, of->molar_mass, of->gamma, of->outside}))
        return answer;
    return davy_answer_give(answer, sqrt(2 / power * DAVY_GAS_CONSTANT * of->temperature /
                                         of->molar_mass * -expm1(-power * log(ratio))));
}

davy_answer davy_jet_density(const davy_jet_vessel *of)
{
    const double power = (of->gamma - 1) / of->gamma, ratio = of->pressure / of->outside;
    davy_answer answer;

    if (!davy_answer_begin(
            &answer, &density_formula,
            (const double[]){ratio, of->temperature, of->molar_mass, of->gamma, of->outside}))
        return answer;
    return davy_answer_give(answer, of->outside * of->molar_mass * pow(ratio, power) /
                                        (DAVY_GAS_CONSTANT * of->temperature));
}

/* Share of the mass that is fuel in the stoichiometric mixture of a paraffin with air, W of
 * Chamberlain. */
static double stoichiometric(double molar_mass)
{
    return molar_mass / (15.816 * molar_mass + 0.0395);
}

/* Diameter of a hole through which air would come out at the same rate and velocity. */
static double source_diameter(const davy_jet *jet)
{
    return sqrt(4 * jet->rate / (M_PI * jet->air_density * jet->velocity));
}

/* A length against that at which buoyancy has become as strong as the jet. */
static double buoyancy(const davy_jet *jet, double length)
{
    const double strength = source_diameter(jet) * jet->velocity;

    return length * cbrt(DAVY_GRAVITY / (strength * strength));
}

/* Length in still air. The left side grows with Y^(1/3), so that halving finds its one root. */
static double still_length(const davy_jet *jet)
{
    const double diameter = source_diameter(jet);
    const double rise = 0.024 * cbrt(DAVY_GRAVITY * diameter / (jet->velocity * jet->velocity));
    const double asked = pow(2.85 / stoichiometric(jet->molar_mass), 2.0 / 3);
    double low = 0, high = sqrt(asked / 0.2); /* Y^(1/3) without buoyancy */

    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2, square = middle * middle;

        if (rise * square * square * middle + 0.2 * square < asked)
            low = middle;
        else
            high = middle;
    }
    return diameter * high * high * high;
}

static double length_in_wind(const davy_jet *jet, double degrees)
{
    return still_length(jet) * (0.51 * exp(-0.4 * jet->wind) + 0.49) *
           (1 - 0.00607 * (degrees - 90));
}

davy_answer davy_jet_flame_length(const davy_jet *jet, double angle)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &length_formula,
                           (const double[]){jet->rate, jet->velocity, jet->molar_mass,
                                            jet->air_density, jet->wind, angle}))
        return answer;
    return davy_answer_give(answer, length_in_wind(jet, angle * 180 / M_PI));
}

/* rad from the vertical. @param ratio  wind over velocity of the jet */
static double tilt_of(const davy_jet *jet, double ratio)
{
    const double degrees = ratio <= 0.05 ? 8000 * ratio : 134 + 1726 * sqrt(ratio - 0.026);

    return degrees / buoyancy(jet, still_length(jet)) * M_PI / 180;
}

static double base_of(const davy_jet *jet, double ratio)
{
    const double power = (1000 * exp(-100 * ratio) + 0.8) * ratio;
    const double diameter = source_diameter(jet);
    const double inner = sqrt(jet->air_density / jet->density) / 15;

    return diameter * (13.5 * exp(-6 * ratio) + 1.5) *
           (1 - (1 - inner) * exp(-70 * pow(buoyancy(jet, diameter), power)));
}

static double area_of(const davy_jet_flame *flame)
{
    const double slant = hypot(flame->frustum, (flame->tip - flame->base) / 2);

    return M_PI / 4 * (flame->base * flame->base + flame->tip * flame->tip) +
           M_PI / 2 * (flame->base + flame->tip) * slant;
}

davy_answer davy_jet_flame_find(const davy_jet *jet, davy_jet_flame *flame)
{
    const double ratio = jet->wind / jet->velocity, lift = 0.185 * exp(-20 * ratio) + 0.015;
    const double tilt = tilt_of(jet, ratio);
    davy_answer answer;

    if (!davy_answer_begin(&answer, &flame_formula,
                           (const double[]){jet->rate, jet->velocity, jet->density, jet->molar_mass,
                                            jet->air_density, jet->wind, ratio, tilt}))
        return answer;
    flame->length = length_in_wind(jet, 90);
    flame->tilt = fmin(tilt, M_PI_2); /* it does not lean below the ground */
    flame->lift_off =
        flame->length * (flame->tilt > 0 ? sin(lift * flame->tilt) / sin(flame->tilt) : lift);
    flame->frustum =
        sqrt(flame->length * flame->length - pow(flame->lift_off * sin(flame->tilt), 2)) -
        flame->lift_off * cos(flame->tilt);
    flame->base = base_of(jet, ratio);
    flame->tip = flame->length * (0.18 * exp(-1.5 * ratio) + 0.31) * (1 - 0.47 * exp(-25 * ratio));
    flame->area = area_of(flame);
    return davy_answer_give(answer, flame->length);
}

davy_answer davy_jet_radiated(double velocity, double molar_mass)
{
    static const double light = 0.021, most = 1.69; /* kg/mol; sqrt(60/21) */
    davy_answer answer;
    double heavier;

    if (!davy_answer_begin(&answer, &radiated_formula, (const double[]){velocity, molar_mass}))
        return answer;
    heavier = fmin(most, sqrt(fmax(1, molar_mass / light)));
    return davy_answer_give(answer, 0.21 * heavier * exp(-0.00323 * velocity) + 0.11);
}

davy_answer davy_jet_emission(const davy_jet *jet, const davy_jet_flame *flame, double combustion)
{
    const davy_answer radiated = davy_jet_radiated(jet->velocity, jet->molar_mass);
    davy_answer answer;

    if (!davy_answer_begin(&answer, &emission_formula,
                           (const double[]){radiated.value, jet->rate, combustion, flame->area}) ||
        !davy_answer_follows(&answer, radiated))
        return answer;
    return davy_answer_give(answer, radiated.value * jet->rate * combustion / flame->area);
}

davy_answer davy_jet_flame_length_api(double heat)
{
    static const double btu_per_hour = 3.412142, foot = 0.3048; /* in a W, in m */
    davy_answer answer;

    if (!davy_answer_begin(&answer, &api_formula, &heat))
        return answer;
    return davy_answer_give(answer, 0.0059 * foot * pow(btu_per_hour * heat, 0.478));
}
