/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/flammable.h"

#include "hazard/air/gauss.h"
#include "hazard/air/reach.h"

#include <float.h>
#include <math.h>

/* Stretches of the integrals, of four places each. */
enum { ALONG = 64, UP = 32 };

/* Places and weights of Gauss and Legendre on the half of [-1, 1]. */
static const double places[] = {0.33998104358485626, 0.86113631159405258};
static const double weights[] = {0.65214515486254614, 0.34785484513745386};

/* Integral from one end to another in `count` stretches. */
static double integrate(double (*of)(const void *context, double at), const void *context,
                        double from, double to, int count)
{
    const double half = 0.5 * (to - from) / count;
    double sum = 0;

    for (int i = 0; i < count; i++)
        for (int j = 0; j < 2; j++) {
            const double middle = from + (2 * i + 1) * half;

            sum += weights[j] * (of(context, middle - places[j] * half) +
                                 of(context, middle + places[j] * half));
        }
    return sum * half;
}

typedef struct section {
    const davy_plume *plume;
    double level;
    double side, up; /* m, the widths of this section */
} section;

/* kg/m2 above the level at a height: across the wind it is a piece of a normal distribution. */
static double at_height(const void *context, double height)
{
    const section *of = context;
    const double line =
        of->plume->rate / of->plume->wind * davy_gauss_up(height, of->plume->height, of->up, 0);
    const double excess = log(line * davy_gauss(0, of->side) / of->level);

    return excess > 0 ? line * erf(sqrt(excess)) : 0;
}

/* kg/m above the level at the logarithm of a distance, times the distance. */
static double at_distance(const void *context, double logarithm)
{
    section of = *(const section *) context;
    const double distance = exp(logarithm), most = davy_gauss(0, 1) * davy_gauss(0, 1);
    double reach, low, high;

    of.side = davy_plume_width(of.plume, distance).value;
    of.up = davy_sigma_z(of.plume->sigma, of.plume->stability, distance).value;
    reach = 2 * of.plume->rate * most / (of.plume->wind * of.side * of.up * of.level);
    if (!(reach > 1))
        return 0;
    reach = of.up * sqrt(2 * log(reach)); /* both images together are not higher than this */
    low = fmax(of.plume->height - reach, 0);
    high = of.plume->height + reach;
    return distance * integrate(at_height, &of, low, high, UP);
}

davy_answer davy_plume_mass_above(const davy_plume *plume, double level)
{
    static const davy_formula formula = {
        "plume-mass-above",
        "Mass of a plume above a concentration",
        "integral of C over where C >= level",
        "kg",
        "integral of the Gaussian plume; closed form for powers of the distance: by hand",
        "averages of the plume's averaging time: gusts carry pockets that can burn further",
        "",
        {{"level", "kg/m3", DAVY_POSITIVE, DAVY_POSITIVE},
         {"mixing height", "m", {0, 0}, DAVY_NOT_NEGATIVE},
         {0}},
        "烟羽中高于某浓度的质量"};
    /* m: below this the whole of the release is above the level, or it is nothing to speak of */
    static const double nearest = 1e-3;
    const davy_plume at_ground = {plume->sigma,    plume->stability, plume->rate, plume->wind, 0, 0,
                                  plume->averaging};
    const davy_answer reach = davy_plume_reach(&at_ground, level, 0);
    const section of = {plume, level, 0, 0};
    const double near = nearest * davy_reach_far(reach);
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){level, plume->lid}))
        return answer;
    if (reach.kind == DAVY_ANSWER_NOT_REACHED)
        return davy_answer_give(answer, 0);
    if (!davy_answer_follows(&answer, reach) ||
        !davy_answer_follows(
            &answer, davy_plume_concentration(plume, (davy_place){davy_reach_far(reach), 0, 0})))
        return answer;
    return davy_answer_give(
        answer, plume->rate / plume->wind * near +
                    integrate(at_distance, &of, log(near), log(davy_reach_far(reach)), ALONG));
}

davy_answer davy_plume_mass_between(const davy_plume *plume, double lower, double upper)
{
    davy_answer above = davy_plume_mass_above(plume, lower);
    const davy_answer rich = davy_plume_mass_above(plume, upper);

    if (!davy_answer_follows(&above, rich))
        return above;
    above.value -= rich.value;
    return above;
}
