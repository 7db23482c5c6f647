/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/plume.h"

#include "hazard/air/gauss.h"

#include <float.h>
#include <math.h>

davy_answer davy_plume_width(const davy_plume *plume, double distance)
{
    davy_answer width = davy_sigma_y(plume->sigma, plume->stability, distance), factor;

    if (plume->averaging == 0) /* as published */
        return width;
    factor = davy_sigma_averaging(plume->stability, plume->averaging);
    if (!davy_answer_follows(&width, factor))
        return width;
    width.value *= factor.value;
    return width;
}

/* Look at everything but the widths. */
static bool begin(davy_answer *answer, const davy_plume *plume, double sigma_y, double sigma_z,
                  double y, double z)
{
    static const davy_formula formula = {
        "gaussian-plume",
        "Gaussian plume with mirrors at the ground and the mixing height",
        "Q / (2 pi u sy sz) exp(-y^2 / 2 sy^2) (exp(-(z - h)^2 / 2 sz^2) + exp(-(z + h)^2 / 2 "
        "sz^2) + images in the lid)",
        "kg/m3",
        "CCPS, Guidelines for Consequence Analysis of Chemical Releases (1999), p. 97; images of "
        "the lid as in ISC3, EPA-454/B-95-003b (1995)",
        "steady release and wind, flat ground, a gas about as heavy as air; ISC3 takes winds "
        "below 1 m/s as 1 m/s (common use, not read in the source)",
        "plume-ccps97-F-500,plume-pb-co-361,plume-briggs-D-1000,plume-briggs-offaxis-E-800,"
        "plume-propane-doc",
        {{"emission rate", "kg/s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {"wind speed", "m/s", {1, INFINITY}, DAVY_POSITIVE},
         {"release height", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {"mixing height", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {"release height over mixing height", "1", {0, 1}, {0, 1}},
         {"distance across the wind", "m", DAVY_ANY, DAVY_ANY},
         {"height", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {"sigma y", "m", DAVY_POSITIVE, DAVY_POSITIVE},
         {"sigma z", "m", DAVY_POSITIVE, DAVY_POSITIVE},
         {0}},
        "高斯烟羽（地面和混合层顶反射）"};
    const double under_lid = plume->lid > 0 ? plume->height / plume->lid : 0;

    return davy_answer_begin(answer, &formula,
                             (const double[]){plume->rate, plume->wind, plume->height, plume->lid,
                                              under_lid, y, z, sigma_y, sigma_z});
}

static double concentration(const davy_plume *plume, double sigma_y, double sigma_z, double y,
                            double z)
{
    return plume->rate / plume->wind * davy_gauss(y, sigma_y) *
           davy_gauss_up(z, plume->height, sigma_z, plume->lid);
}

davy_answer davy_plume_with_sigmas(const davy_plume *plume, double sigma_y, double sigma_z,
                                   double y, double z)
{
    davy_answer answer;

    if (!begin(&answer, plume, sigma_y, sigma_z, y, z))
        return answer;
    return davy_answer_give(answer, concentration(plume, sigma_y, sigma_z, y, z));
}

davy_answer davy_plume_concentration(const davy_plume *plume, davy_place at)
{
    static const double any = 1; /* m: the widths are looked at on their own */
    davy_answer side, up, answer;

    if (!begin(&answer, plume, any, any, at.y, at.z))
        return answer;
    if (davy_sigma_set_is_puff(plume->sigma))
        return davy_answer_missing(answer, "set of coefficients for plumes");
    if (at.x < 0)
        return davy_answer_give(answer, 0);
    side = davy_plume_width(plume, at.x);
    up = davy_sigma_z(plume->sigma, plume->stability, at.x);
    if (!davy_answer_follows(&answer, side) || !davy_answer_follows(&answer, up))
        return answer;
    return davy_answer_give(answer, concentration(plume, side.value, up.value, at.y, at.z));
}
