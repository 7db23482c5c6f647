/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/dense/puff.h"

#include "hazard/dense/curves.h"

#include <float.h>
#include <math.h>

#define CURVES                                                                                 \
    "Britter and McQuaid (1988), curves of CCPS (1999) as transcribed in "                     \
    "aefarrell/GasDispersion.jl, src/utils/britter_mcquaid_correls.jl before @983a672; below " \
    "0.001 as the inverse square of the distance, as there"
#define FLAT                                                                                 \
    "flat open ground, all of the gas at once; the end of the range at alpha -0.7, where "   \
    "(g' V^(1/3))^(1/2) / u is 0.2, is not verified; no published case: the workbook's own " \
    "contradicts itself (erratum bm-puff-ammonia)"

/* The curves end at alpha 1. */
#define INPUTS                                                         \
    {"volume of gas", "m3", DAVY_POSITIVE, DAVY_POSITIVE},             \
        {"wind speed at 10 m", "m/s", DAVY_POSITIVE, DAVY_POSITIVE},   \
        {"reduced gravity", "m/s2", DAVY_POSITIVE, DAVY_POSITIVE},     \
        {"alpha", "1", {-0.7, 1}, DAVY_ANY},                           \
        {"temperature of the gas", "K", DAVY_POSITIVE, DAVY_POSITIVE}, \
    {                                                                  \
        "temperature of the air", "K", DAVY_POSITIVE, DAVY_POSITIVE    \
    }
#define INPUTS_OF(puff)                                                                 \
    (puff)->volume, (puff)->wind, (puff)->gravity, alpha_of(puff), (puff)->temperature, \
        (puff)->air_temperature

static double alpha_of(const davy_dense_puff *puff)
{
    return 0.5 * log10(puff->gravity * cbrt(puff->volume) / (puff->wind * puff->wind));
}

davy_answer davy_dense_puff_concentration(const davy_dense_puff *puff, double distance)
{
    static const davy_formula formula = {
        "dense-puff",
        "Heavy puff of Britter and McQuaid",
        "C = c / (c + (1 - c) Tr / Ta); c = 3.24 / (3.24 + X^2) down to 0.1, then linear in log10 "
        "X between the curves of alpha = 0.5 log10(g' V^(1/3) / u^2); X = x / V^(1/3)",
        "1",
        CURVES,
        FLAT,
        "",
        {INPUTS, {"distance", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}},
        "重气烟团（Britter-McQuaid）"};
    davy_dense_law law;
    davy_answer answer;
    double c;

    if (!davy_answer_begin(&answer, &formula, (const double[]){INPUTS_OF(puff), distance}))
        return answer;
    law = davy_dense_puff_law_of(alpha_of(puff));
    c = davy_dense_law_at(&law, distance / cbrt(puff->volume));
    return davy_answer_give(answer, c / (c + (1 - c) * puff->temperature / puff->air_temperature));
}

davy_answer davy_dense_puff_reach(const davy_dense_puff *puff, double level)
{
    static const davy_formula formula = {"dense-puff-reach",
                                         "Distance to a concentration of a heavy puff",
                                         "C(x) = level, solved for x",
                                         "m",
                                         CURVES,
                                         FLAT,
                                         "",
                                         {INPUTS, {"level", "1", {DBL_MIN, 1}, {DBL_MIN, 1}}},
                                         "重气烟团达到某浓度的距离"};
    const double cold = puff->temperature / puff->air_temperature;
    davy_dense_law law;
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){INPUTS_OF(puff), level}))
        return answer;
    law = davy_dense_puff_law_of(alpha_of(puff));
    return davy_answer_give(
        answer,
        cbrt(puff->volume) * davy_dense_law_reach(&law, level * cold / (1 - level + level * cold)));
}
