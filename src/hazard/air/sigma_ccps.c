/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The coefficients of the worked examples of CCPS, for plumes (p. 97) and for puffs (p. 101).
 */
#include "hazard/air/sigma_forms.h"

#define PLUME_RANGE                                                                           \
    "flat ground, averages of 10 minutes; the ends of the distance are those of Briggs: the " \
    "sources' own were not read"
#define PUFF_SOURCE                                                                           \
    "D. H. Slade, Meteorology and Atomic Energy, TID-24190 (1968), pp. 163-175, as in CCPS, " \
    "Guidelines for Consequence Analysis of Chemical Releases (1999), as transcribed in "     \
    "GasDispersion.jl"
#define PUFF_RANGE                                                                     \
    "flat ground; Slade gives values at 100 m and at 4 km, the law runs through them " \
    "(ends not read in the source)"
#define PUFF_INPUTS DAVY_SIGMA_INPUTS(100, 4000)

static const davy_formula plume_y = {
    "sigma-y-ccps-plume",
    "Spicer and Havens, plume, across the wind",
    "a x^0.9",
    "m",
    "T. O. Spicer and J. A. Havens, User's Guide for the DEGADIS 2.1 Dense Gas Dispersion Model, "
    "EPA-450/4-89-019 (1989), pp. 45-46, as transcribed in GasDispersion.jl",
    PLUME_RANGE,
    "",
    DAVY_SIGMA_INPUTS(100, 10000),
    "Spicer 和 Havens，烟羽，横风向扩散参数"};
static const davy_formula plume_z = {
    "sigma-z-ccps-plume",
    "Seinfeld, plume, upwards",
    "a x^b exp(c ln(x)^2)",
    "m",
    "J. H. Seinfeld, Atmospheric Chemistry and Physics of Air Pollution (1986), as transcribed in "
    "GasDispersion.jl",
    PLUME_RANGE,
    "",
    DAVY_SIGMA_INPUTS(100, 10000),
    "Seinfeld，烟羽，铅直扩散参数"};
static const davy_formula puff_side = {"sigma-y-ccps-puff",
                                       "Slade, puff, across and along the wind",
                                       "a x^b",
                                       "m",
                                       PUFF_SOURCE,
                                       PUFF_RANGE,
                                       "sig-ccps-puff-F-500-y",
                                       PUFF_INPUTS,
                                       "Slade，烟团，横风向和顺风向扩散参数"};
static const davy_formula puff_up = {"sigma-z-ccps-puff",
                                     "Slade, puff, upwards",
                                     "a x^b",
                                     "m",
                                     PUFF_SOURCE,
                                     PUFF_RANGE,
                                     "sig-ccps-puff-F-500-z",
                                     PUFF_INPUTS,
                                     "Slade，烟团，铅直扩散参数"};

/* a x^b exp(c ln(x)^2). */
static double seinfeld(const davy_sigma_piece *piece, double distance)
{
    const double l = log(distance);

    return piece->a * exp(piece->b * l + piece->c * l * l);
}

#define LAW(form, a, b, c)          \
    {                               \
        {                           \
            INFINITY, form, a, b, c \
        }                           \
    }
#define POWER(a, b) LAW(davy_sigma_form_power, a, b, 0)

static const davy_sigma_piece plume_sides[][1] = {POWER(.423, .9), POWER(.313, .9),
                                                  POWER(.210, .9), POWER(.136, .9),
                                                  POWER(.102, .9), POWER(.0674, .9)};
static const davy_sigma_piece plume_ups[][1] = {
    LAW(seinfeld, 107.7, -1.7172, .2770),  LAW(seinfeld, .1355, .8752, .0136),
    LAW(seinfeld, .09623, .9477, -.0020),  LAW(seinfeld, .04134, 1.1737, -.0316),
    LAW(seinfeld, .02275, 1.3010, -.0450), LAW(seinfeld, .01122, 1.4024, -.0540)};
static const davy_sigma_piece puff_sides[][1] = {POWER(.18, .92), POWER(.14, .92), POWER(.10, .92),
                                                 POWER(.06, .92), POWER(.04, .92), POWER(.02, .89)};
static const davy_sigma_piece puff_ups[][1] = {POWER(.60, .75), POWER(.53, .73), POWER(.34, .71),
                                               POWER(.15, .70), POWER(.10, .65), POWER(.05, .61)};

const davy_sigma_set davy_sigma_ccps_plume = {
    .name = "ccps-plume",
    .title = "CCPS 1999, example of p. 97",
    .side = {DAVY_SIGMA_SAME(&plume_y), DAVY_SIGMA_EACH(plume_sides)},
    .up = {DAVY_SIGMA_SAME(&plume_z), DAVY_SIGMA_EACH(plume_ups)},
};

const davy_sigma_set davy_sigma_ccps_puff = {
    .name = "ccps-puff",
    .title = "CCPS 1999, puff",
    .side = {DAVY_SIGMA_SAME(&puff_side), DAVY_SIGMA_EACH(puff_sides)},
    .up = {DAVY_SIGMA_SAME(&puff_up), DAVY_SIGMA_EACH(puff_ups)},
    .along = {DAVY_SIGMA_SAME(&puff_side), DAVY_SIGMA_EACH(puff_sides)},
};
