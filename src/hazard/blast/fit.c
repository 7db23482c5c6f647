/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/blast/fit.h"

#include <float.h>
#include <math.h>

#define SWISDAK                                                                                    \
    "M. M. Swisdak, Simplified Kingery airblast calculations, 26th DoD Explosives Safety Seminar " \
    "1994 (ADA526744), metric table, as transcribed in fcento100/kingery-bulmash"
#define GROUND "a hemisphere of TNT on the ground, nothing in the way"
#define FIT    "exp(a0 + a1 ln Z + a2 (ln Z)^2 + ...), Z = R / W^(1/3)"
#define INPUTS(least, most)                                                  \
    {                                                                        \
        {"mass of TNT", "kg", DAVY_POSITIVE, DAVY_POSITIVE},                 \
            {"distance", "m", DAVY_POSITIVE, DAVY_POSITIVE},                 \
            {"scaled distance", "m/kg^(1/3)", {least, most}, DAVY_POSITIVE}, \
    }

/* Units of the fits in SI: kPa, kPa ms = Pa s, ms, m/ms. */
#define KILOPASCAL      1e3
#define PASCAL_SECOND   1
#define MILLISECOND     1e-3
#define METRE_PER_MILLI 1e3

const davy_formula davy_blast_distance_formula = {
    "blast-distance",
    "Distance to an overpressure",
    "P(R / W^(1/3)) = P",
    "m",
    SWISDAK,
    GROUND,
    "",
    {{"overpressure", "Pa", {250, 5.5e6}, DAVY_POSITIVE},
     {"mass of TNT", "kg", DAVY_POSITIVE, DAVY_POSITIVE}},
    "达到某超压的距离",
};

const davy_blast davy_blast_pressure = {{"blast-pressure", "Overpressure of the wave", FIT, "Pa",
                                         SWISDAK, GROUND, "kb-z1-p,kb-z5-p,kb-z20-p,kb-10t-500m-p",
                                         INPUTS(0.2, 198.5), "爆炸波超压"},
                                        KILOPASCAL,
                                        false,
                                        {{2.9, {7.2106, -2.1069, -0.3229, 0.1117, 0.0685}},
                                         {23.8, {7.5938, -3.0523, 0.40977, 0.0261, -0.01267}},
                                         {198.5, {6.0536, -1.4066}}}};

const davy_blast davy_blast_pressure_reflected = {
    {"blast-pressure-reflected", "Overpressure at a wall that reflects the wave", FIT, "Pa",
     SWISDAK, GROUND, "kb-z5-pr", INPUTS(0.06, 40), "反射超压（墙面）"},
    KILOPASCAL,
    false,
    {{2, {9.006, -2.6893, -0.6295, 0.1011, 0.29255, 0.13505, 0.019736}},
     {40, {8.8396, -1.733, -2.64, 2.293, -0.8232, 0.14247, -0.0099}}}};

const davy_blast davy_blast_impulse = {{"blast-impulse", "Impulse of the wave", FIT, "Pa.s",
                                        SWISDAK, GROUND, "kb-z5-i", INPUTS(0.2, 158.7),
                                        "爆炸波冲量"},
                                       PASCAL_SECOND,
                                       true,
                                       {{0.96, {5.522, 1.117, 0.6, -0.292, -0.087}},
                                        {2.38, {5.465, -0.308, -1.464, 1.362, -0.432}},
                                        {33.7, {5.2749, -0.4677, -0.2499, 0.0588, -0.00554}},
                                        {158.7, {5.9825, -1.062}}}};

const davy_blast davy_blast_impulse_reflected = {
    {"blast-impulse-reflected", "Impulse at a wall that reflects the wave", FIT, "Pa.s", SWISDAK,
     GROUND, "", INPUTS(0.06, 40), "反射冲量（墙面）"},
    PASCAL_SECOND,
    true,
    {{40, {6.7853, -1.3466, 0.101, -0.01123}}}};

const davy_blast davy_blast_duration = {
    {"blast-duration", "How long the wave pushes", FIT, "s", SWISDAK, GROUND, "", INPUTS(0.2, 40),
     "爆炸波正压作用时间"},
    MILLISECOND,
    true,
    {{1.02, {0.5426, 3.2299, -1.5931, -5.9667, -4.0815, -0.9149}},
     {2.8, {0.544, 2.7082, -9.7354, 14.3425, -9.7791, 2.8535}},
     {40, {-2.4608, 7.1639, -5.6215, 2.2711, -0.44994, 0.03486}}}};

const davy_blast davy_blast_arrival = {
    {"blast-arrival", "When the wave arrives", FIT, "s", SWISDAK, GROUND, "kb-10t-500m-ta",
     INPUTS(0.06, 40), "爆炸波到达时间"},
    MILLISECOND,
    true,
    {{1.5, {-0.7604, 1.8058, 0.1257, -0.0437, -0.031, -0.00669}},
     {40, {-0.7137, 1.5732, 0.5561, -0.4213, 0.1054, -0.00929}}}};

const davy_blast davy_blast_speed = {{"blast-speed", "Speed of the front", FIT, "m/s", SWISDAK,
                                      GROUND, "", INPUTS(0.06, 40), "波阵面速度"},
                                     METRE_PER_MILLI,
                                     false,
                                     {{1.5, {0.1794, -0.956, -0.0866, 0.109, 0.0699, 0.01218}},
                                      {40, {0.2597, -1.326, 0.3767, 0.0396, -0.0351, 0.00432}}}};
