/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/puff.h"

#include "hazard/air/gauss.h"

#include <float.h>
#include <math.h>

/* The inputs that all clouds have, behind how much it is. */
#define CLOUD_INPUTS                                                   \
    {"wind speed", "m/s", {1, INFINITY}, DAVY_POSITIVE},               \
        {"release height", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}, \
        {"mixing height", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},  \
        {"release height over mixing height", "1", {0, 1}, {0, 1}},    \
        {"distance across the wind", "m", DAVY_ANY, DAVY_ANY},         \
        {"height", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},         \
        {"distance", "m", DAVY_ANY, DAVY_ANY},                         \
    {                                                                  \
        "time", "s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE              \
    }
#define CLOUD_VALUES(cloud, at, time)             \
    (cloud)->wind, (cloud)->height, (cloud)->lid, \
        (cloud)->lid > 0 ? (cloud)->height / (cloud)->lid : 0, (at).y, (at).z, (at).x, time
#define RANGE \
    "steady wind, flat ground, a gas about as heavy as air; the least wind is that of plumes"

davy_answer davy_puff_concentration(const davy_puff *puff, davy_place at, double time)
{
    static const davy_formula formula = {
        "gaussian-puff",
        "Gaussian puff with mirrors at the ground and the mixing height",
        "m / ((2 pi)^1.5 sx sy sz) exp(-(x - u t)^2 / 2 sx^2) exp(-y^2 / 2 sy^2) (exp(-(z - h)^2 / "
        "2 sz^2) + exp(-(z + h)^2 / 2 sz^2) + images in the lid); widths at the distance u t",
        "kg/m3",
        "CCPS, Guidelines for Consequence Analysis of Chemical Releases (1999), p. 101",
        RANGE,
        "puff-propane-doc,puff-ccps101-F-500",
        {{"mass", "kg", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}, CLOUD_INPUTS, {0}},
        "高斯烟团（地面和混合层顶反射）"};
    const double travelled = puff->wind * time;
    davy_answer along, side, up, answer;

    if (!davy_answer_begin(&answer, &formula,
                           (const double[]){puff->mass, CLOUD_VALUES(puff, at, time)}))
        return answer;
    if (time == 0)
        return davy_answer_give(answer, 0);
    along = davy_sigma_x(puff->sigma, puff->stability, travelled);
    side = davy_sigma_y(puff->sigma, puff->stability, travelled);
    up = davy_sigma_z(puff->sigma, puff->stability, travelled);
    if (!davy_answer_follows(&answer, along) || !davy_answer_follows(&answer, side) ||
        !davy_answer_follows(&answer, up))
        return answer;
    return davy_answer_give(answer, puff->mass * davy_gauss(at.x - travelled, along.value) *
                                        davy_gauss(at.y, side.value) *
                                        davy_gauss_up(at.z, puff->height, up.value, puff->lid));
}

/* How much of the puffs before one that has come to `centre` has passed x, from 0 to 2. */
static double passed(double x, double centre, double sigma)
{
    return 1 + erf((x - centre) / (sqrt(2) * sigma));
}

/* What lies between the front and the end of a cloud, per m/s of the wind, from 0 to 1. */
static bool between(const davy_finite *finite, double x, double time, davy_answer *answer,
                    double *share)
{
    const double front = finite->wind * time;
    const double end = finite->wind * fmax(time - finite->duration, 0);
    const davy_answer first = davy_sigma_x(finite->sigma, finite->stability, front);

    if (!davy_answer_follows(answer, first))
        return false;
    *share = 2; /* it still goes on */
    if (end > 0) {
        const davy_answer last = davy_sigma_x(finite->sigma, finite->stability, end);

        if (!davy_answer_follows(answer, last))
            return false;
        *share = passed(x, end, last.value);
    }
    *share = 0.5 * (*share - passed(x, front, first.value));
    return true;
}

davy_answer davy_finite_concentration(const davy_finite *finite, davy_place at, double time)
{
    static const davy_formula formula = {
        "finite-release",
        "Release of finite duration as an integral of puffs",
        "Q / u (erf((x - u (t - T)) / sqrt(2) sx') - erf((x - u t) / sqrt(2) sx)) / 2 g(y) g(z); "
        "sx at the front, sx' at the end, sy and sz at x",
        "kg/m3",
        "E. Palazzi et al., Diffusion from a steady source of short duration, Atmospheric "
        "Environment 16 (1982), as in GasDispersion.jl, whose lengths of the two ends these are",
        RANGE,
        "intpuff-inf-F-500",
        {{"emission rate", "kg/s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {"duration", "s", DAVY_POSITIVE, DAVY_POSITIVE},
         CLOUD_INPUTS,
         {0}},
        "有限时间释放（烟团积分）"};
    davy_answer side, up, answer;
    double share;

    if (!davy_answer_begin(
            &answer, &formula,
            (const double[]){finite->rate, finite->duration, CLOUD_VALUES(finite, at, time)}))
        return answer;
    if (at.x < 0 || time == 0)
        return davy_answer_give(answer, 0);
    side = davy_sigma_y(finite->sigma, finite->stability, at.x);
    up = davy_sigma_z(finite->sigma, finite->stability, at.x);
    if (!davy_answer_follows(&answer, side) || !davy_answer_follows(&answer, up) ||
        !between(finite, at.x, time, &answer, &share))
        return answer;
    return davy_answer_give(answer, finite->rate / finite->wind * share *
                                        davy_gauss(at.y, side.value) *
                                        davy_gauss_up(at.z, finite->height, up.value, finite->lid));
}

davy_answer davy_palazzi_concentration(const davy_plume *plume, davy_place at, double duration,
                                       double time)
{
    static const davy_formula formula = {
        "palazzi",
        "Release of finite duration, the plume cut at both ends",
        "C (erf((x - u max(t - T, 0)) / sqrt(2) sx) - erf((x - u t) / sqrt(2) sx)) / 2, C that of "
        "the plume",
        "kg/m3",
        "E. Palazzi et al., Diffusion from a steady source of short duration, Atmospheric "
        "Environment 16 (1982)",
        "sx is taken as sy of the plume at x; the paper itself was not read",
        "",
        {{"duration", "s", DAVY_POSITIVE, DAVY_POSITIVE},
         {"time", "s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {0}},
        "有限时间释放（两端截断的烟羽，Palazzi）"};
    const davy_answer steady = davy_plume_concentration(plume, at);
    davy_answer length, answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){duration, time}) ||
        !davy_answer_follows(&answer, steady))
        return answer;
    if (at.x < 0)
        return davy_answer_give(answer, 0);
    length = davy_plume_width(plume, at.x);
    return davy_answer_give(
        answer, steady.value * 0.5 *
                    (passed(at.x, plume->wind * fmax(time - duration, 0), length.value) -
                     passed(at.x, plume->wind * time, length.value)));
}

davy_regime davy_regime_of(double wind, double duration, double distance, davy_answer *answer)
{
    static const davy_formula formula = {
        "release-regime",
        "Duration of a release over the time its cloud needs to arrive",
        "u T / x: a plume from 2.5, a puff up to 0.6",
        "1",
        "R. E. Britter and J. McQuaid, Workbook on the Dispersion of Dense Gases, HSE Contract "
        "Research Report 17/1988; 2.5 as in a public notebook on it",
        "0.6 is common use, not read in the source",
        "",
        {{"wind speed", "m/s", DAVY_POSITIVE, DAVY_POSITIVE},
         {"duration", "s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {"distance", "m", DAVY_POSITIVE, DAVY_POSITIVE},
         {0}},
        "释放持续时间与云团到达时间之比"};
    static const double steady = 2.5, sudden = 0.6;
    const double ratio = wind * duration / distance;
    davy_answer own = {0};

    answer = answer ? answer : &own;
    if (!davy_answer_begin(answer, &formula, (const double[]){wind, duration, distance}))
        return DAVY_REGIME_UNKNOWN;
    *answer = davy_answer_give(*answer, ratio);
    if (ratio >= steady)
        return DAVY_REGIME_PLUME;
    return ratio <= sudden ? DAVY_REGIME_PUFF : DAVY_REGIME_FINITE;
}
