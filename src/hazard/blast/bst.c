/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/blast/bst.h"

#include "hazard/blast/bst_curves.h"

#include <float.h>
#include <math.h>

static const double sound = 340; /* m/s, with which the impulse was scaled */
static const double ground = 2;  /* what the ground reflects, as energy */

/* Places looked at for a pressure. */
enum { PLACES = 200 };

#define TANG                                                                                    \
    "M. J. Tang, Q. A. Baker 1999, in CCPS, Guidelines for Vapor Cloud Explosion, 2nd edition " \
    "(2010), curves digitised by sandialabs/hyram; energy doubled for the ground as there"
#define RANGE                                                                                      \
    "between the curves by the logarithms; another digitising, of aefarrell.github.io, is within " \
    "8 % to scaled distance 1.1 and up to 1.8 times as high far away"
#define CLOUD_INPUTS                                          \
    {"flame Mach number", "1", {0.2, 5.2}, {DBL_MIN, 5.2}},   \
        {"energy", "J", {1e6, 1e14}, DAVY_POSITIVE},          \
    {                                                         \
        "outside pressure", "Pa", {5e4, 1.2e5}, DAVY_POSITIVE \
    }
#define AT_DISTANCE                                                                 \
    {                                                                               \
        CLOUD_INPUTS, {"distance", "m", DAVY_POSITIVE, DAVY_POSITIVE},              \
            {"scaled distance", "1", {DAVY_BST_NEAR, DAVY_BST_FAR}, DAVY_POSITIVE}, \
    }

static const davy_formula mach_formula = {
    "bst-mach",
    "Mach number of a flame among obstacles",
    "a table by reactivity, congestion and expansion",
    "1",
    "J. K. Pierorazio et al., Process Safety Progress 24 (2005), as transcribed in a public "
    "program "
    "that names it; its greatest pressures are those of B06-105 (2017), table 5.5, and its middle "
    "is "
    "the 0.44 of aefarrell.github.io, vapour_cloud_explosion_example",
    "5.2 stands for a deflagration that becomes a detonation",
    "",
    {{"reactivity", "1", {0, 2}, {0, 2}},
     {"congestion", "1", {0, 2}, {0, 2}},
     {"expansion", "1", {0, 2}, {0, 2}}},
    "障碍物中火焰的马赫数",
};

static const davy_formula pressure_formula = {
    "bst-pressure",
    "Overpressure of a cloud, Baker, Strehlow and Tang",
    "P/p0 = f(r (p0/2E)^(1/3), M)",
    "Pa",
    TANG,
    RANGE,
    "",
    AT_DISTANCE,
    "蒸气云爆炸超压（Baker-Strehlow-Tang）",
};

static const davy_formula impulse_formula = {
    "bst-impulse",
    "Impulse of the wave of a cloud, Baker, Strehlow and Tang",
    "i c0 / ((2E)^(1/3) p0^(2/3)) = g(r (p0/2E)^(1/3), M), c0 = 340 m/s",
    "Pa.s",
    TANG,
    "between the curves by the logarithms",
    "",
    AT_DISTANCE,
    "蒸气云爆炸冲量（Baker-Strehlow-Tang）",
};

static const davy_formula distance_formula = {
    "bst-distance",
    "Farthest distance to an overpressure of a cloud, Baker, Strehlow and Tang",
    "P(r) = P, solved for the greatest r",
    "m",
    "the inverse of bst-pressure",
    RANGE,
    "",
    {CLOUD_INPUTS, {"overpressure", "Pa", DAVY_POSITIVE, DAVY_POSITIVE}},
    "蒸气云爆炸达到某超压的最远距离（Baker-Strehlow-Tang）",
};

/* By expansion, reactivity, congestion. */
static const double machs[DAVY_BST_EXPANSIONS][DAVY_BST_REACTIVITIES][DAVY_BST_CONGESTIONS] = {
    [DAVY_BST_EXPANSION_2D] = {{0.079, 0.47, 0.66}, {0.47, 0.66, 1.6}, {0.59, 5.2, 5.2}},
    [DAVY_BST_EXPANSION_25D] = {{0.053, 0.35, 0.50}, {0.29, 0.55, 1.0}, {0.47, 5.2, 5.2}},
    [DAVY_BST_EXPANSION_3D] = {{0.026, 0.23, 0.34}, {0.11, 0.44, 0.50}, {0.36, 5.2, 5.2}},
};

davy_answer davy_bst_mach(davy_bst_reactivity reactivity, davy_bst_congestion congestion,
                          davy_bst_expansion expansion)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &mach_formula,
                           (const double[]){reactivity, congestion, expansion}))
        return answer;
    return davy_answer_give(answer, machs[expansion][reactivity][congestion]);
}

/* A line through two points of logarithms. */
static double between(double x, double x0, double y0, double x1, double y1)
{
    return exp(log(y0) + log(x / x0) / log(x1 / x0) * log(y1 / y0));
}

/* NaN where the curve is not. */
static double read_curve(const davy_bst_point *at, double distance)
{
    if (!(distance >= DAVY_BST_NEAR && distance <= DAVY_BST_FAR))
        return NAN;
    while (at[1].distance < distance)
        at++;
    return between(distance, at->distance, at->value, at[1].distance, at[1].value);
}

/* Between the curves of the two Mach numbers around one. A slower flame than all has the lowest. */
static double read_curves(double mach, double distance, bool impulse)
{
    const davy_bst_curve *of = davy_bst_curves;
    double low, high;

    mach = fmax(mach, of->mach);
    while (of[1].mach < mach)
        of++;
    low = read_curve(impulse ? of->impulse : of->pressure, distance);
    high = read_curve(impulse ? of[1].impulse : of[1].pressure, distance);
    return between(mach, of->mach, low, of[1].mach, high);
}

/* m by which distances are scaled. */
static double size_of(const davy_bst_cloud *cloud)
{
    return cbrt(ground * cloud->energy / cloud->outside);
}

static bool begin(davy_answer *answer, const davy_formula *formula, const davy_bst_cloud *cloud,
                  double distance)
{
    return davy_answer_begin(answer, formula,
                             (const double[]){cloud->mach, cloud->energy, cloud->outside, distance,
                                              distance / size_of(cloud)});
}

davy_answer davy_bst_pressure(const davy_bst_cloud *cloud, double distance)
{
    davy_answer answer;

    if (!begin(&answer, &pressure_formula, cloud, distance))
        return answer;
    return davy_answer_give(answer, cloud->outside *
                                        read_curves(cloud->mach, distance / size_of(cloud), false));
}

davy_answer davy_bst_impulse(const davy_bst_cloud *cloud, double distance)
{
    const double size = size_of(cloud);
    davy_answer answer;

    if (!begin(&answer, &impulse_formula, cloud, distance))
        return answer;
    return davy_answer_give(answer, cloud->outside * size / sound *
                                        read_curves(cloud->mach, distance / size, true));
}

/* Where the pressure falls through a value between two scaled distances. */
static double halve(double mach, double asked, double near, double far)
{
    while (far - near > 1e-12 * far) {
        const double middle = (near + far) / 2;

        if (read_curves(mach, middle, false) >= asked)
            near = middle;
        else
            far = middle;
    }
    return far;
}

davy_answer davy_bst_distance(const davy_bst_cloud *cloud, double pressure)
{
    const double asked = pressure / cloud->outside;
    const double step = log(DAVY_BST_FAR / DAVY_BST_NEAR) / PLACES;
    double far = DAVY_BST_FAR, peak = 0;
    davy_answer answer;

    if (!davy_answer_begin(&answer, &distance_formula,
                           (const double[]){cloud->mach, cloud->energy, cloud->outside, pressure}))
        return answer;
    if (read_curves(cloud->mach, far, false) >= asked) /* beyond the curves */
        return davy_answer_give(answer, NAN);
    for (int i = PLACES; i-- > 0;) {
        const double near = DAVY_BST_NEAR * exp(step * i);
        const double here = read_curves(cloud->mach, near, false);

        if (here >= asked)
            return davy_answer_give(answer, halve(cloud->mach, asked, near, far) * size_of(cloud));
        peak = fmax(peak, here);
        far = near;
    }
    if (answer.kind == DAVY_ANSWER_OUTSIDE) /* of a weak flame it is not known */
        return davy_answer_give(answer, NAN);
    return davy_answer_give_not_reached(answer, peak * cloud->outside);
}
