/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Briggs' coefficients, and ISC3's for towns, which are his.
 */
#include "hazard/air/sigma_forms.h"

#define SOURCE                                                                                  \
    "G. A. Briggs, Diffusion estimation for small emissions, ATDL 79, NOAA 1973, as in ALOHA, " \
    "NOAA Technical Memorandum NOS OR&R 43 (2013), table 13"
#define RANGE  "flat ground, averages of 10 minutes"
#define INPUTS DAVY_SIGMA_INPUTS(100, 10000)

static const davy_formula rural_y = {"sigma-y-briggs-rural",
                                     "Briggs, open country, across the wind",
                                     "a x (1 + 0.0001 x)^(-1/2)",
                                     "m",
                                     SOURCE,
                                     RANGE,
                                     "sig-briggs-rural-D-1000-y,sig-briggs-rural-F-500-y",
                                     INPUTS,
                                     "Briggs，开阔地，横风向扩散参数"};
static const davy_formula rural_z = {
    "sigma-z-briggs-rural",
    "Briggs, open country, upwards",
    "a x (1 + b x)^c",
    "m",
    SOURCE,
    RANGE,
    "sig-briggs-rural-D-1000-z,sig-briggs-rural-F-500-z,sig-briggs-rural-C-5000-z",
    INPUTS,
    "Briggs，开阔地，铅直扩散参数"};
static const davy_formula urban_y = {"sigma-y-briggs-urban",
                                     "Briggs, built-up areas, across the wind",
                                     "a x (1 + 0.0004 x)^(-1/2)",
                                     "m",
                                     SOURCE,
                                     RANGE,
                                     "sig-briggs-urban-D-1.2-y",
                                     INPUTS,
                                     "Briggs，建成区，横风向扩散参数"};
static const davy_formula urban_z = {"sigma-z-briggs-urban",
                                     "Briggs, built-up areas, upwards",
                                     "a x (1 + b x)^c",
                                     "m",
                                     SOURCE,
                                     RANGE,
                                     "sig-briggs-urban-D-1.2-z",
                                     INPUTS,
                                     "Briggs，建成区，铅直扩散参数"};

#define LAW(a, b, c)                                  \
    {                                                 \
        {                                             \
            INFINITY, davy_sigma_form_briggs, a, b, c \
        }                                             \
    }

static const davy_sigma_piece rural_side[][1] = {LAW(.22, 1e-4, -.5), LAW(.16, 1e-4, -.5),
                                                 LAW(.11, 1e-4, -.5), LAW(.08, 1e-4, -.5),
                                                 LAW(.06, 1e-4, -.5), LAW(.04, 1e-4, -.5)};
/* Class D is 0.0015: 0.00015 is an old misprint (errata.c). */
static const davy_sigma_piece rural_up[][1] = {LAW(.20, 0, 0),      LAW(.12, 0, 0),
                                               LAW(.08, 2e-4, -.5), LAW(.06, 1.5e-3, -.5),
                                               LAW(.03, 3e-4, -1),  LAW(.016, 3e-4, -1)};
static const davy_sigma_piece urban_side[][1] = {LAW(.32, 4e-4, -.5), LAW(.32, 4e-4, -.5),
                                                 LAW(.22, 4e-4, -.5), LAW(.16, 4e-4, -.5),
                                                 LAW(.11, 4e-4, -.5), LAW(.11, 4e-4, -.5)};
/* Classes A and B grow faster than the distance: an exponent of -1/2 is a misprint (errata.c). */
static const davy_sigma_piece urban_up[][1] = {LAW(.24, 1e-3, .5),    LAW(.24, 1e-3, .5),
                                               LAW(.20, 0, 0),        LAW(.14, 3e-4, -.5),
                                               LAW(.08, 1.5e-3, -.5), LAW(.08, 1.5e-3, -.5)};

const davy_sigma_set davy_sigma_briggs_rural = {
    .name = "briggs-rural",
    .title = "Briggs, open country",
    .side = {DAVY_SIGMA_SAME(&rural_y), DAVY_SIGMA_EACH(rural_side)},
    .up = {DAVY_SIGMA_SAME(&rural_z), DAVY_SIGMA_EACH(rural_up)},
};

const davy_sigma_set davy_sigma_briggs_urban = {
    .name = "briggs-urban",
    .title = "Briggs, built-up areas",
    .side = {DAVY_SIGMA_SAME(&urban_y), DAVY_SIGMA_EACH(urban_side)},
    .up = {DAVY_SIGMA_SAME(&urban_z), DAVY_SIGMA_EACH(urban_up)},
};

#define ISC3_SOURCE                                                                            \
    "EPA, User's Guide for the Industrial Source Complex (ISC3) Dispersion Models, volume 2, " \
    "EPA-454/B-95-003b (1995), which takes Briggs' for built-up areas, as transcribed in "     \
    "GasDispersion.jl"

static const davy_formula isc3_y = {"sigma-y-isc3-urban",
                                    "ISC3, built-up areas, across the wind",
                                    "a x (1 + 0.0004 x)^(-1/2)",
                                    "m",
                                    ISC3_SOURCE,
                                    RANGE,
                                    "",
                                    INPUTS,
                                    "ISC3，建成区，横风向扩散参数"};
static const davy_formula isc3_z = {"sigma-z-isc3-urban",
                                    "ISC3, built-up areas, upwards",
                                    "a x (1 + b x)^c",
                                    "m",
                                    ISC3_SOURCE,
                                    RANGE,
                                    "",
                                    INPUTS,
                                    "ISC3，建成区，铅直扩散参数"};

const davy_sigma_set davy_sigma_isc3_urban = {
    .name = "isc3-urban",
    .title = "ISC3, built-up areas",
    .side = {DAVY_SIGMA_SAME(&isc3_y), DAVY_SIGMA_EACH(urban_side)},
    .up = {DAVY_SIGMA_SAME(&isc3_z), DAVY_SIGMA_EACH(urban_up)},
};
