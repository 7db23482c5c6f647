/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/concentration.h"

#include "hazard/constants.h"

#include <float.h>
#include <math.h>

#define SOURCE "ideal gas law; CCOHS rounds R T / P to 24.45 L/mol at 25 degrees C"
/* From hydrogen to what is hardly a gas; kg/mol, K and Pa in which air is near enough ideal. */
#define STATE                                             \
    {"molar mass", "kg/mol", {0.002, 1}, DAVY_POSITIVE},  \
        {"temperature", "K", {200, 1000}, DAVY_POSITIVE}, \
    {                                                     \
        "pressure", "Pa", {50000, 200000}, DAVY_POSITIVE  \
    }

davy_answer davy_concentration_fraction(double density, double molar_mass, double temperature,
                                        double pressure)
{
    static const davy_formula formula = {
        "concentration-fraction",
        "Part of the volume",
        "c R T / (M P)",
        "1",
        SOURCE,
        "",
        "plume-chlorine-ppm-D-1500",
        {{"concentration", "kg/m3", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         STATE,
         {"part of the volume", "1", {0, 1}, DAVY_ANY},
         {0}},
        "体积分数"};
    const double fraction = density * DAVY_GAS_CONSTANT * temperature / (molar_mass * pressure);
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula,
                           (const double[]){density, molar_mass, temperature, pressure, fraction}))
        return answer;
    return davy_answer_give(answer, fraction);
}

davy_answer davy_concentration_density(double fraction, double molar_mass, double temperature,
                                       double pressure)
{
    static const davy_formula formula = {"concentration-density",
                                         "Mass in a volume",
                                         "f M P / (R T)",
                                         "kg/m3",
                                         SOURCE,
                                         "",
                                         "conv-chlorine",
                                         {{"part of the volume", "1", {0, 1}, {0, 1}}, STATE, {0}},
                                         "质量浓度"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula,
                           (const double[]){fraction, molar_mass, temperature, pressure}))
        return answer;
    return davy_answer_give(answer,
                            fraction * molar_mass * pressure / (DAVY_GAS_CONSTANT * temperature));
}
