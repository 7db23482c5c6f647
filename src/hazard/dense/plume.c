/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/dense/plume.h"

#include "hazard/constants.h"

#include "hazard/dense/curves.h"

#include <float.h>
#include <math.h>

#define WORKBOOK                                                                              \
    "Britter and McQuaid, Workbook on the Dispersion of Dense Gases, HSE 17/1988, as worked " \
    "in aefarrell/aefarrell.github.io, "
#define CURVES                                                                                   \
    "Britter and McQuaid (1988), curves of CCPS (1999), p. 118, in the lines of TSCREEN as "     \
    "transcribed in aefarrell/GasDispersion.jl @983a672, src/utils/britter_mcquaid_correls.jl; " \
    "below 0.002 as the inverse square of the distance, as there"
#define FLAT                                                                                     \
    "flat open ground, a release at the ground that lasts at least 2.5 x / u (a rule of thumb, " \
    "as in aefarrell.github.io, vapour_cloud_explosion_example); above alpha 0.605 the first "   \
    "curve cuts the near field short, with a jump down"

#define SOURCE                                                       \
    {"flow of gas", "m3/s", DAVY_POSITIVE, DAVY_POSITIVE},           \
        {"wind speed at 10 m", "m/s", DAVY_POSITIVE, DAVY_POSITIVE}, \
    {                                                                \
        "reduced gravity", "m/s2", DAVY_POSITIVE, DAVY_POSITIVE      \
    }
#define SOURCE_OF(plume) (plume)->flow, (plume)->wind, (plume)->gravity

/* The curves end at alpha 1. Where the criterion is 0.15, alpha is 1.2 log10(0.15). */
#define ALPHA                                 \
    {                                         \
        "alpha", "1", {-0.98869, 1}, DAVY_ANY \
    }

#define TEMPERATURES                                                \
    {"temperature of the gas", "K", DAVY_POSITIVE, DAVY_POSITIVE},  \
    {                                                               \
        "temperature of the air", "K", DAVY_POSITIVE, DAVY_POSITIVE \
    }

/* The length that distances are measured by, m. */
static double length_of(const davy_dense_plume *plume)
{
    return sqrt(plume->flow / plume->wind);
}

/* The length of the spreading by weight, m. */
static double buoyancy_length(const davy_dense_plume *plume)
{
    return plume->gravity * plume->flow / pow(plume->wind, 3);
}

static double alpha_of(const davy_dense_plume *plume)
{
    return 0.2 * log10(plume->gravity * plume->gravity * plume->flow / pow(plume->wind, 5));
}

static double half_width(const davy_dense_plume *plume, double distance)
{
    const double buoyancy = buoyancy_length(plume);

    return length_of(plume) + 8 * buoyancy + 2.5 * cbrt(buoyancy * distance * distance);
}

static double dilution(const davy_dense_plume *plume, double distance)
{
    const davy_dense_law law = davy_dense_law_of(alpha_of(plume));

    return davy_dense_law_at(&law, distance / length_of(plume));
}

davy_answer davy_dense_gravity(double density, double air_density)
{
    static const davy_formula formula = {
        "dense-gravity",
        "Reduced gravity of a heavy gas",
        "g' = g (rho - rho_a) / rho_a",
        "m/s2",
        WORKBOOK "Britter-McQuaid",
        "a gas lighter than air has a negative one and is for other models",
        "",
        {{"density of the release", "kg/m3", DAVY_POSITIVE, DAVY_POSITIVE},
         {"density of the air", "kg/m3", {0.5, 2}, DAVY_POSITIVE}},
        "重气的折算重力"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){density, air_density}))
        return answer;
    return davy_answer_give(answer, DAVY_GRAVITY * (density / air_density - 1));
}

davy_answer davy_dense_criterion(const davy_dense_plume *plume)
{
    static const davy_formula formula = {"dense-criterion",
                                         "Is a steady release heavy?",
                                         "(g' Q / (u^3 D))^(1/3), D = sqrt(Q / u)",
                                         "1",
                                         WORKBOOK "vapour_cloud_explosion_example",
                                         "heavy from 0.15",
                                         "",
                                         {SOURCE},
                                         "连续释放是否为重气"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){SOURCE_OF(plume)}))
        return answer;
    return davy_answer_give(answer, cbrt(buoyancy_length(plume) / length_of(plume)));
}

davy_answer davy_dense_richardson(const davy_dense_plume *plume, double width, double friction)
{
    static const davy_formula formula = {
        "dense-richardson",
        "Richardson number of a steady release",
        "Ri = g' Q / (L u*^3)",
        "1",
        "CCPS, Guidelines for Use of Vapor Cloud Dispersion Models (1996), p. 50, as transcribed "
        "in aefarrell/aefarrell.github.io, vapour_cloud_explosion_example, with the power of u* "
        "that makes it a number",
        "heavy from 50; the book itself was not read",
        "",
        {SOURCE,
         {"width of the source", "m", DAVY_POSITIVE, DAVY_POSITIVE},
         {"friction velocity", "m/s", DAVY_POSITIVE, DAVY_POSITIVE}},
        "连续释放的理查森数"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){SOURCE_OF(plume), width, friction}))
        return answer;
    return davy_answer_give(answer, plume->gravity * plume->flow / (width * pow(friction, 3)));
}

davy_answer davy_dense_alpha(const davy_dense_plume *plume)
{
    static const davy_formula formula = {"dense-alpha",
                                         "Which curve a heavy plume follows",
                                         "alpha = 0.2 log10(g'^2 Q / u^5)",
                                         "1",
                                         WORKBOOK "Britter-McQuaid",
                                         "",
                                         "bm-alpha-burro",
                                         {SOURCE},
                                         "重气烟羽适用的曲线"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){SOURCE_OF(plume)}))
        return answer;
    return davy_answer_give(answer, alpha_of(plume));
}

davy_answer davy_dense_plume_concentration(const davy_dense_plume *plume, double distance)
{
    static const davy_formula formula = {
        "dense-plume",
        "Heavy plume of Britter and McQuaid",
        "C = c / (c + (1 - c) Tr / Ta); c = 306 / (306 + (x/D)^2) up to 30 D, then linear in "
        "log10(x/D) between the curves of alpha",
        "1",
        CURVES,
        FLAT,
        "bm-plume-45,bm-plume-367,bm-plume-1200",
        {SOURCE, ALPHA, TEMPERATURES, {"distance", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}},
        "重气烟羽（Britter-McQuaid）"};
    davy_answer answer;
    double c;

    if (!davy_answer_begin(&answer, &formula,
                           (const double[]){SOURCE_OF(plume), alpha_of(plume), plume->temperature,
                                            plume->air_temperature, distance}))
        return answer;
    c = dilution(plume, distance);
    return davy_answer_give(answer,
                            c / (c + (1 - c) * plume->temperature / plume->air_temperature));
}

davy_answer davy_dense_plume_reach(const davy_dense_plume *plume, double level)
{
    static const davy_formula formula = {
        "dense-plume-reach",
        "Distance to a concentration of a heavy plume",
        "C(x) = level, solved for x",
        "m",
        CURVES,
        FLAT,
        "bm-dist-lfl-burro,bm-dist-butane",
        {SOURCE, ALPHA, TEMPERATURES, {"level", "1", {DBL_MIN, 1}, {DBL_MIN, 1}}},
        "重气烟羽达到某浓度的距离"};
    const double cold = plume->temperature / plume->air_temperature;
    davy_dense_law law;
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula,
                           (const double[]){SOURCE_OF(plume), alpha_of(plume), plume->temperature,
                                            plume->air_temperature, level}))
        return answer;
    law = davy_dense_law_of(alpha_of(plume));
    return davy_answer_give(
        answer,
        length_of(plume) * davy_dense_law_reach(&law, level * cold / (1 - level + level * cold)));
}

davy_answer davy_dense_plume_width(const davy_dense_plume *plume, double distance)
{
    static const davy_formula formula = {
        "dense-plume-width",
        "Half width of a heavy plume",
        "D + 8 lb + 2.5 (lb x^2)^(1/3), lb = g' Q / u^3, D = sqrt(Q / u)",
        "m",
        WORKBOOK "Britter-McQuaid",
        "spreads by weight alone: too narrow once the gas is thin",
        "",
        {SOURCE, ALPHA, {"distance", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}},
        "重气烟羽的半宽"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula,
                           (const double[]){SOURCE_OF(plume), alpha_of(plume), distance}))
        return answer;
    return davy_answer_give(answer, half_width(plume, distance));
}

davy_answer davy_dense_plume_upwind(const davy_dense_plume *plume)
{
    static const davy_formula formula = {"dense-plume-upwind",
                                         "How far a heavy plume goes against the wind",
                                         "D / 2 + 2 lb, lb = g' Q / u^3, D = sqrt(Q / u)",
                                         "m",
                                         WORKBOOK "Britter-McQuaid",
                                         "",
                                         "bm-upwind-burro",
                                         {SOURCE, ALPHA},
                                         "重气烟羽逆风延伸的距离"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){SOURCE_OF(plume), alpha_of(plume)}))
        return answer;
    return davy_answer_give(answer, length_of(plume) / 2 + 2 * buoyancy_length(plume));
}

davy_answer davy_dense_plume_height(const davy_dense_plume *plume, double distance)
{
    static const davy_formula formula = {
        "dense-plume-height",
        "Height of a heavy plume",
        "D^2 / (2 LH c), c as if gas and air kept their volumes",
        "m",
        "the mass that passes is the mass that is released; the workbook's own D^2 / LH has no "
        "dilution in it",
        "all of it travels at the wind of 10 m, as in the workbook: a real one is slower and "
        "higher",
        "",
        {SOURCE, ALPHA, {"distance", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}},
        "重气烟羽的高度"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula,
                           (const double[]){SOURCE_OF(plume), alpha_of(plume), distance}))
        return answer;
    return davy_answer_give(answer, plume->flow / (plume->wind * 2 * half_width(plume, distance) *
                                                   dilution(plume, distance)));
}
