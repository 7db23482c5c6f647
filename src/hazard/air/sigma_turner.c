/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * The coefficients of Turner's workbook, as Lees fits them.
 */
#include "hazard/air/sigma_forms.h"

#define SOURCE                                                                            \
    "D. B. Turner, Workbook of Atmospheric Dispersion Estimates, EPA 1970, as fitted in " \
    "F. P. Lees, Loss Prevention in the Process Industries, 2nd edition (1996), as "      \
    "transcribed in GasDispersion.jl"
#define RANGE "flat ground, averages of 10 minutes"
#define CASES "sig-turner-F-520-z"
#define UP(to)                                                                                 \
    {                                                                                          \
        "sigma-z-turner", "Turner, upwards",                                                   \
            "a x^b near by, 10^(a + b log(x) + c log(x)^2) beyond", "m", SOURCE, RANGE, CASES, \
            DAVY_SIGMA_INPUTS(100, to), "Turner，铅直扩散参数"                          \
    }

static const davy_formula side = {"sigma-y-turner",
                                  "Turner, across the wind",
                                  "a x^b",
                                  "m",
                                  SOURCE,
                                  RANGE,
                                  "",
                                  DAVY_SIGMA_INPUTS(100, 100000),
                                  "Turner，横风向扩散参数"};
static const davy_formula up_a = UP(3000), up_b = UP(20000), up = UP(100000);

static double parabola(const davy_sigma_piece *piece, double distance)
{
    const double l = log10(distance);

    return pow(10, piece->a + piece->b * l + piece->c * l * l);
}

#define POWER(to, a, b)                    \
    {                                      \
        to, davy_sigma_form_power, a, b, 0 \
    }
#define BEYOND(a, b, c)             \
    {                               \
        INFINITY, parabola, a, b, c \
    }
#define SIDE(a, b)            \
    {                         \
        POWER(INFINITY, a, b) \
    }

static const davy_sigma_piece sides[][1] = {SIDE(.493, .88), SIDE(.337, .88), SIDE(.195, .90),
                                            SIDE(.128, .90), SIDE(.091, .91), SIDE(.067, .90)};
static const davy_sigma_piece ups[][2] = {
    {POWER(300, .087, 1.10), BEYOND(-1.67, .902, .181)},
    {POWER(500, .135, .95), BEYOND(-1.25, 1.09, .0018)},
    {POWER(INFINITY, .112, .91)},
    {POWER(500, .093, .85), BEYOND(-1.22, 1.08, -.061)},
    {POWER(500, .082, .82), BEYOND(-1.18, 1.04, -.070)},
    {POWER(500, .057, .80), BEYOND(-1.91, 1.37, -.119)},
};

const davy_sigma_set davy_sigma_turner = {
    .name = "turner",
    .title = "Turner 1970",
    .side = {DAVY_SIGMA_SAME(&side), DAVY_SIGMA_EACH(sides)},
    .up = {{&up_a, &up_b, &up, &up, &up, &up}, DAVY_SIGMA_EACH(ups)},
};
