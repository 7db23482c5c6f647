/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/fire/fireball.h"

#include <float.h>
#include <math.h>

const double davy_fireball_emission = 350e3;

static const double large = 30000; /* kg, from which a ball lasts longer by buoyancy alone */

#define SHEET "CCPS, worked by A. Srivastava in scribd.com document 529343808"
#define MASS                                              \
    {                                                     \
        "mass of fuel", "kg", {1, 1e7}, DAVY_NOT_NEGATIVE \
    }
#define TOUCHES "the ball touches the ground: its middle is half a diameter high"
#define VIEW_INPUTS                                               \
    {                                                             \
        {"diameter", "m", DAVY_POSITIVE, DAVY_POSITIVE},          \
        {                                                         \
            "distance", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE \
        }                                                         \
    }

static const davy_formula diameter_formula = {
    "fireball-diameter",
    "Greatest diameter of a fireball",
    "D = 5.8 M^(1/3)",
    "m",
    SHEET "; equinor/neqsim FireModelsTest.java",
    "all of the fuel in the vessel burns in the ball",
    "bleve-scribd-D,bleve-neqsim-D",
    {MASS},
    "火球最大直径",
};

static const davy_formula duration_formula = {
    "fireball-duration",
    "How long a fireball lasts",
    "t = 0.45 M^(1/3) below 30 t, 2.6 M^(1/6) from there",
    "s",
    SHEET,
    "1/6 of large balls is not verified in a document: the sheet prints 1/3, errata "
    "fireball-duration",
    "bleve-scribd-t",
    {MASS},
    "火球持续时间",
};

static const davy_formula vertical_formula = {
    "fireball-view-vertical",
    "View factor of a fireball, upright target",
    "F = x (D/2)^2 / (x^2 + (D/2)^2)^1.5",
    "1",
    SHEET,
    TOUCHES,
    "bleve-scribd-F",
    VIEW_INPUTS,
    "火球视角系数（垂直目标）",
};

static const davy_formula max_formula = {
    "fireball-view-max",
    "View factor of a fireball, target turned to it",
    "F = (D/2)^2 / (x^2 + (D/2)^2)",
    "1",
    "a sphere seen by a plane that faces its middle: (radius / distance)^2",
    TOUCHES,
    "",
    VIEW_INPUTS,
    "火球视角系数（目标正对火球）",
};

static const davy_formula point = {
    "fireball-point",
    "Heat that arrives from a fireball seen as a point",
    "q = 2.2 tau R Hc M^0.67 / (4 pi L^2)",
    "W/m2",
    "Hymes, in scribd.com document 529343808",
    "the heat of a ball below 30 t over the time it lasts",
    "",
    {{"radiated fraction", "1", {0.3, 0.4}, {0, 1}},
     MASS,
     {"heat of combustion", "J/kg", {1e6, 1.5e8}, DAVY_POSITIVE},
     {"transmissivity", "1", {DBL_MIN, 1}, {DBL_MIN, 1}},
     {"distance", "m", DAVY_POSITIVE, DAVY_POSITIVE}},
    "火球的热辐射通量（点源模型）",
};

static const davy_formula distance_formula = {
    "fireball-distance",
    "Distance to a heat flux of a fireball",
    "x = (D/2) sqrt(E tau / q - 1)",
    "m",
    "solid-flame with fireball-view-max, solved for x",
    TOUCHES,
    "",
    {{"heat flux", "W/m2", {100, 4e5}, DAVY_POSITIVE},
     {"diameter", "m", DAVY_POSITIVE, DAVY_POSITIVE},
     {"surface emission", "W/m2", {2e4, 4e5}, DAVY_POSITIVE},
     {"transmissivity", "1", {DBL_MIN, 1}, {DBL_MIN, 1}}},
    "火球达到某热辐射通量的距离",
};

davy_answer davy_fireball_diameter(double mass)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &diameter_formula, (const double[]){mass}))
        return answer;
    return davy_answer_give(answer, 5.8 * cbrt(mass));
}

davy_answer davy_fireball_duration(double mass)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &duration_formula, (const double[]){mass}))
        return answer;
    return davy_answer_give(answer, mass < large ? 0.45 * cbrt(mass) : 2.6 * sqrt(cbrt(mass)));
}

davy_answer davy_fireball_view_max(double diameter, double distance)
{
    const double radius = diameter / 2;
    davy_answer answer;

    if (!davy_answer_begin(&answer, &max_formula, (const double[]){diameter, distance}))
        return answer;
    return davy_answer_give(answer, radius * radius / (distance * distance + radius * radius));
}

davy_answer davy_fireball_view_vertical(double diameter, double distance)
{
    const double radius = diameter / 2;
    davy_answer answer;

    if (!davy_answer_begin(&answer, &vertical_formula, (const double[]){diameter, distance}))
        return answer;
    return davy_answer_give(answer, distance * radius * radius / pow(hypot(distance, radius), 3));
}

davy_answer davy_fireball_distance(double flux, double diameter, double emission,
                                   double transmissivity)
{
    const double most = emission * transmissivity;
    davy_answer answer;

    if (!davy_answer_begin(&answer, &distance_formula,
                           (const double[]){flux, diameter, emission, transmissivity}))
        return answer;
    if (flux > most)
        return davy_answer_give_not_reached(answer, most);
    return davy_answer_give(answer, diameter / 2 * sqrt(most / flux - 1));
}

davy_answer davy_fireball_flux_point(double fraction, double mass, double combustion,
                                     double transmissivity, double distance)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &point,
                           (const double[]){fraction, mass, combustion, transmissivity, distance}))
        return answer;
    return davy_answer_give(answer, 2.2 * transmissivity * fraction * combustion * pow(mass, 0.67) /
                                        (4 * M_PI * distance * distance));
}
