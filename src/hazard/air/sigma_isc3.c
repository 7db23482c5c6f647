/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The curves of Pasquill and Gifford for open country, as ISC3 fits them.
 */
#include "hazard/air/sigma_forms.h"

#define SOURCE                                                                                  \
    "EPA, User's Guide for the Industrial Source Complex (ISC3) Dispersion Models, volume 2, "  \
    "EPA-454/B-95-003b (1995), as transcribed in GasDispersion.jl; sigma z also as printed in " \
    "Fundamentals of Air Pollution, 3rd edition, table 19-5"
#define RANGE                                                                            \
    "flat ground; 50 km is how far EPA uses steady plumes (common use, not read in the " \
    "source); sigma z is never above 5 km"
#define INPUTS DAVY_SIGMA_INPUTS(100, 50000)

static const davy_formula side = {"sigma-y-isc3-rural",
                                  "Pasquill and Gifford by ISC3, open country, across the wind",
                                  "465.11628 x tan(a - b ln(x)), x in km, degrees",
                                  "m",
                                  SOURCE,
                                  RANGE,
                                  "",
                                  INPUTS,
                                  "Pasquill-Gifford（ISC3），开阔地，横风向扩散参数"};
static const davy_formula up = {"sigma-z-isc3-rural",
                                "Pasquill and Gifford by ISC3, open country, upwards",
                                "a x^b, x in km, by stretches of the distance",
                                "m",
                                SOURCE,
                                RANGE,
                                "sig-isc3-rural-D-500-z,sig-isc3-rural-F-10000-z",
                                INPUTS,
                                "Pasquill-Gifford（ISC3），开阔地，铅直扩散参数"};

static double tangent(const davy_sigma_piece *piece, double distance)
{
    static const double radian = 0.017453293; /* of a degree, with the digits of the source */
    const double x = distance / 1000;

    return 465.11628 * x * tan(radian * (piece->a - piece->b * log(x)));
}

static double stretch(const davy_sigma_piece *piece, double distance)
{
    static const double most = 5000; /* m */

    return fmin(piece->a * pow(distance / 1000, piece->b), most);
}

#define SIDE(a, b)                     \
    {                                  \
        {                              \
            INFINITY, tangent, a, b, 0 \
        }                              \
    }
#define UP(to, a, b)         \
    {                        \
        to, stretch, a, b, 0 \
    }

static const davy_sigma_piece sides[][1] = {SIDE(24.1670, 2.5334), SIDE(18.3330, 1.8096),
                                            SIDE(12.5000, 1.0857), SIDE(8.3330, 0.72382),
                                            SIDE(6.2500, 0.54287), SIDE(4.1667, 0.36191)};
static const davy_sigma_piece ups[][10] = {
    {UP(100, 122.800, 0.94470), UP(150, 158.080, 1.05420), UP(200, 170.220, 1.09320),
     UP(250, 179.520, 1.12620), UP(300, 217.410, 1.26440), UP(400, 258.890, 1.40940),
     UP(500, 346.750, 1.72830), UP(INFINITY, 453.850, 2.11660)},
    {UP(200, 90.673, 0.93198), UP(400, 98.483, 0.98332), UP(INFINITY, 109.300, 1.09710)},
    {UP(INFINITY, 61.141, 0.91465)},
    {UP(300, 34.459, 0.86974), UP(1000, 32.093, 0.81066), UP(3000, 32.093, 0.64403),
     UP(10000, 33.504, 0.60486), UP(30000, 36.650, 0.56589), UP(INFINITY, 44.053, 0.51179)},
    {UP(100, 24.260, 0.83660), UP(300, 23.331, 0.81956), UP(1000, 21.628, 0.75660),
     UP(2000, 21.628, 0.63077), UP(4000, 22.534, 0.57154), UP(10000, 24.703, 0.50527),
     UP(20000, 26.970, 0.46713), UP(40000, 35.420, 0.37615), UP(INFINITY, 47.618, 0.29592)},
    {UP(200, 15.209, 0.81558), UP(700, 14.457, 0.78407), UP(1000, 13.953, 0.68465),
     UP(2000, 13.953, 0.63227), UP(3000, 14.823, 0.54503), UP(7000, 16.187, 0.46490),
     UP(15000, 17.836, 0.41507), UP(30000, 22.651, 0.32681), UP(60000, 27.074, 0.27436),
     UP(INFINITY, 34.219, 0.21716)},
};

const davy_sigma_set davy_sigma_isc3_rural = {
    .name = "isc3-rural",
    .title = "Pasquill and Gifford by ISC3, open country",
    .side = {DAVY_SIGMA_SAME(&side), DAVY_SIGMA_EACH(sides)},
    .up = {DAVY_SIGMA_SAME(&up), DAVY_SIGMA_EACH(ups)},
};
