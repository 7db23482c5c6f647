/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The coefficients of TNO's Yellow Book, for plumes and for puffs.
 */
#include "hazard/air/sigma_forms.h"

#define SOURCE                                                                                    \
    "E. A. Bakkum and N. J. Duijm, Vapour cloud dispersion, in TNO Yellow Book, CPR 14E (2005), " \
    "chapter 4, as transcribed in GasDispersion.jl"
#define RANGE \
    "flat ground; the ends of the distance are those of Briggs: the book's own were not read"
#define INPUTS DAVY_SIGMA_INPUTS(100, 10000)

static const davy_formula plume_y = {"sigma-y-tno-plume",
                                     "TNO, plume, across the wind",
                                     "a x^b",
                                     "m",
                                     SOURCE,
                                     RANGE ", averages of 10 minutes",
                                     "sig-tno-D-1.2-y",
                                     INPUTS,
                                     "TNO，烟羽，横风向扩散参数"};
static const davy_formula plume_z = {
    "sigma-z-tno-plume",      "TNO, plume, upwards", "a x^b", "m", SOURCE, RANGE, "", INPUTS,
    "TNO，烟羽，铅直扩散参数"};
static const davy_formula puff_x = {"sigma-x-tno-puff",
                                    "TNO, puff, along the wind",
                                    "0.13 x",
                                    "m",
                                    SOURCE,
                                    RANGE,
                                    "",
                                    INPUTS,
                                    "TNO，烟团，顺风向扩散参数"};
static const davy_formula puff_y = {"sigma-y-tno-puff",
                                    "TNO, puff, across the wind",
                                    "half of the plume's",
                                    "m",
                                    SOURCE,
                                    RANGE,
                                    "",
                                    INPUTS,
                                    "TNO，烟团，横风向扩散参数"};
/* GasDispersion.jl has the plume's coefficient times x for puffs: see the erratum tno-puff-height.
 */
static const davy_formula puff_z = {"sigma-z-tno-puff",
                                    "TNO, puff, upwards",
                                    "that of the plume, a x^b",
                                    "m",
                                    SOURCE " for plumes; that a puff is as high is derived",
                                    RANGE,
                                    "",
                                    INPUTS,
                                    "TNO，烟团，铅直扩散参数"};

#define LAW(a, b)                                    \
    {                                                \
        {                                            \
            INFINITY, davy_sigma_form_power, a, b, 0 \
        }                                            \
    }

static const davy_sigma_piece plume_side[][1] = {LAW(.527, .865), LAW(.371, .866), LAW(.209, .897),
                                                 LAW(.128, .905), LAW(.098, .902), LAW(.065, .902)};
static const davy_sigma_piece plume_up[][1] = {LAW(.28, .90), LAW(.23, .85), LAW(.22, .80),
                                               LAW(.20, .76), LAW(.15, .73), LAW(.12, .67)};
static const davy_sigma_piece puff_side[][1] = {LAW(.527 / 2, .865), LAW(.371 / 2, .866),
                                                LAW(.209 / 2, .897), LAW(.128 / 2, .905),
                                                LAW(.098 / 2, .902), LAW(.065 / 2, .902)};
static const davy_sigma_piece puff_along[1] = LAW(.13, 1);

const davy_sigma_set davy_sigma_tno_plume = {
    .name = "tno-plume",
    .title = "TNO Yellow Book, plume",
    .side = {DAVY_SIGMA_SAME(&plume_y), DAVY_SIGMA_EACH(plume_side)},
    .up = {DAVY_SIGMA_SAME(&plume_z), DAVY_SIGMA_EACH(plume_up)},
};

const davy_sigma_set davy_sigma_tno_puff = {
    .name = "tno-puff",
    .title = "TNO Yellow Book, puff",
    .side = {DAVY_SIGMA_SAME(&puff_y), DAVY_SIGMA_EACH(puff_side)},
    .up = {DAVY_SIGMA_SAME(&puff_z), DAVY_SIGMA_EACH(plume_up)},
    .along = {DAVY_SIGMA_SAME(&puff_x), DAVY_SIGMA_SAME(puff_along)},
};
