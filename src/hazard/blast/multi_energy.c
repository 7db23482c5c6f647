/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/blast/multi_energy.h"

#include <float.h>
#include <math.h>

static const double sound = 340.3; /* m/s, of the source, at 15 deg C */

#define B06                                                                                       \
    "A. C. van den Berg 1985, by the fits of B06-105, Beräkning av impulsbelastad konstruktion " \
    "(2017), "
#define HEMISPHERE                                                                               \
    "a hemisphere on flat ground, nothing in the way; the fits are within a few percent of the " \
    "curves. Scaled distances below 0.24 lie in the cloud of 3.5 MJ/m3"
#define CHARGE_INPUTS                                                                 \
    {"strength", "1", {1, 10}, {1, 10}}, {"energy", "J", {1e6, 1e14}, DAVY_POSITIVE}, \
    {                                                                                 \
        "outside pressure", "Pa", {5e4, 1.2e5}, DAVY_POSITIVE                         \
    }
#define AT_DISTANCE                                                         \
    {                                                                       \
        CHARGE_INPUTS, {"distance", "m", DAVY_POSITIVE, DAVY_POSITIVE},     \
            {"scaled distance", "1", {0.24, 100}, DAVY_POSITIVE},           \
            {"scaled overpressure", "1", {0.001, INFINITY}, DAVY_POSITIVE}, \
    }

static const davy_formula pressure_formula = {
    "multi-energy-pressure",
    "Overpressure of a cloud, multi-energy method",
    "P/p0 = a r'^b, r' = r (p0/E)^(1/3)",
    "Pa",
    B06 "table 4.2",
    HEMISPHERE,
    "",
    AT_DISTANCE,
    "蒸气云爆炸超压（多能法）",
};

static const davy_formula duration_formula = {
    "multi-energy-duration",
    "How long the wave of a cloud pushes, multi-energy method",
    "t c0 (p0/E)^(1/3) = c r'^d, c0 = 340.3 m/s",
    "s",
    B06 "table 4.3",
    HEMISPHERE,
    "",
    AT_DISTANCE,
    "蒸气云爆炸正压作用时间（多能法）",
};

static const davy_formula impulse_formula = {
    "multi-energy-impulse",
    "Impulse of the wave of a cloud, multi-energy method",
    "i = P t / 2",
    "Pa.s",
    B06 "equation 4.7",
    HEMISPHERE ". A triangle; from r' 0.9 on a charge of 7 has more than one of 10",
    "",
    AT_DISTANCE,
    "蒸气云爆炸冲量（多能法）",
};

static const davy_formula distance_formula = {
    "multi-energy-distance",
    "Distance to an overpressure of a cloud, multi-energy method",
    "P(r) = P, solved for r",
    "m",
    "the inverse of multi-energy-pressure",
    HEMISPHERE,
    "",
    {CHARGE_INPUTS,
     {"overpressure", "Pa", DAVY_POSITIVE, DAVY_POSITIVE},
     {"scaled overpressure", "1", {0.001, INFINITY}, DAVY_POSITIVE}},
    "蒸气云爆炸达到某超压的距离（多能法）",
};

/* factor r'^power up to a scaled distance. */
typedef struct piece {
    double most, factor, power;
} piece;

enum { PIECES = 4 };

/* Table 4.2. What charges of 6 to 10 have in common far away stands in each of their rows. */
static const piece pressures[DAVY_CLOUD_STRONGEST][PIECES] = {
    {{0.69, 0.01, 0}, {INFINITY, 0.007, -0.98}},
    {{0.64, 0.02, 0}, {INFINITY, 0.013, -0.97}},
    {{0.61, 0.05, 0}, {INFINITY, 0.031, -0.96}},
    {{0.63, 0.1, 0}, {INFINITY, 0.064, -0.97}},
    {{0.60, 0.2, 0}, {INFINITY, 0.12, -1.00}},
    {{0.64, 0.5, 0}, {2.35, 0.32, -1.01}, {3.21, 0.47, -1.46}, {INFINITY, 0.32, -1.13}},
    {{0.48, 1, 0}, {0.96, 0.48, -1.00}, {3.21, 0.47, -1.46}, {INFINITY, 0.32, -1.13}},
    {{0.37, 2, 0}, {3.21, 0.47, -1.46}, {INFINITY, 0.32, -1.13}},
    {{0.20, 5, 0}, {3.21, 0.47, -1.46}, {INFINITY, 0.32, -1.13}},
    {{0.90, 0.43, -2.35}, {3.21, 0.47, -1.46}, {INFINITY, 0.32, -1.13}},
};

/* Table 4.3. Its fifth piece of charge 7 is its fourth here: from r' 9.40 to 10.49 they differ by
 * less than 1 %. */
static const piece durations[DAVY_CLOUD_STRONGEST][PIECES] = {
    {{0.50, 3.83, -0.34}, {INFINITY, 4.85, 0}},
    {{0.54, 2.44, -0.34}, {INFINITY, 3, 0}},
    {{0.52, 1.56, -0.38}, {INFINITY, 2, 0}},
    {{0.53, 1.02, -0.38}, {INFINITY, 1.3, 0}},
    {{0.51, 0.52, -0.44}, {INFINITY, 0.7, 0}},
    {{0.49, 0.26, -0.46}, {7.81, 0.38, 0.07}, {INFINITY, 0.35, 0.11}},
    {{0.62, 0.21, -0.46}, {1.59, 0.30, 0.29}, {9.40, 0.32, 0.15}, {INFINITY, 0.35, 0.11}},
    {{0.58, 0.17, -0.40}, {1.32, 0.27, 0.45}, {10.49, 0.29, 0.19}, {INFINITY, 0.35, 0.11}},
    {{0.53, 0.13, -0.51}, {2.02, 0.24, 0.46}, {10.49, 0.29, 0.19}, {INFINITY, 0.35, 0.11}},
    {{0.51, 0.13, -0.22}, {2.07, 0.22, 0.57}, {10.49, 0.29, 0.19}, {INFINITY, 0.35, 0.11}},
};

static double read_pieces(const piece *of, double scaled)
{
    while (scaled > of->most)
        of++;
    return of->factor * pow(scaled, of->power);
}

/* m by which distances are scaled. */
static double size_of(const davy_cloud_charge *charge)
{
    return cbrt(charge->energy / charge->outside);
}

static bool has_strength(const davy_cloud_charge *charge)
{
    return charge->strength >= DAVY_CLOUD_WEAKEST && charge->strength <= DAVY_CLOUD_STRONGEST;
}

/* In pressures of the air. A charge that is none: NaN. */
static double scaled_pressure(const davy_cloud_charge *charge, double scaled)
{
    return has_strength(charge) ? read_pieces(pressures[charge->strength - 1], scaled) : NAN;
}

static bool begin(davy_answer *answer, const davy_formula *formula, const davy_cloud_charge *charge,
                  double distance)
{
    const double scaled = distance / size_of(charge);
    const double pressure = has_strength(charge) ? scaled_pressure(charge, scaled) : 1;

    return davy_answer_begin(answer, formula,
                             (const double[]){charge->strength, charge->energy, charge->outside,
                                              distance, scaled, pressure});
}

davy_answer davy_cloud_pressure(const davy_cloud_charge *charge, double distance)
{
    davy_answer answer;

    if (!begin(&answer, &pressure_formula, charge, distance))
        return answer;
    return davy_answer_give(answer,
                            charge->outside * scaled_pressure(charge, distance / size_of(charge)));
}

static double duration(const davy_cloud_charge *charge, double distance)
{
    const double size = size_of(charge);

    return read_pieces(durations[charge->strength - 1], distance / size) * size / sound;
}

davy_answer davy_cloud_duration(const davy_cloud_charge *charge, double distance)
{
    davy_answer answer;

    if (!begin(&answer, &duration_formula, charge, distance))
        return answer;
    return davy_answer_give(answer, duration(charge, distance));
}

davy_answer davy_cloud_impulse(const davy_cloud_charge *charge, double distance)
{
    const double scaled = distance / size_of(charge);
    davy_answer answer;

    if (!begin(&answer, &impulse_formula, charge, distance))
        return answer;
    return davy_answer_give(answer, 0.5 * charge->outside * scaled_pressure(charge, scaled) *
                                        duration(charge, distance));
}

/* The scaled distance at which the last piece that has so much comes down to it. Where pieces meet
 * they differ in their third digit, and the one with the farther distance is taken. */
static double scaled_distance(const piece *of, double asked)
{
    double farthest = 0, least = 0;

    for (int i = 0; i < PIECES && of[i].factor > 0; i++) {
        const double there = of[i].power < 0 ? pow(asked / of[i].factor, 1 / of[i].power)
                                             : (of[i].factor >= asked ? of[i].most : 0);

        if (there > least)
            farthest = fmax(farthest, fmin(there, of[i].most));
        least = of[i].most;
    }
    return farthest;
}

davy_answer davy_cloud_distance(const davy_cloud_charge *charge, double pressure)
{
    const double asked = pressure / charge->outside;
    davy_answer answer;
    double scaled;

    if (!davy_answer_begin(
            &answer, &distance_formula,
            (const double[]){charge->strength, charge->energy, charge->outside, pressure, asked}))
        return answer;
    scaled = scaled_distance(pressures[charge->strength - 1], asked);
    if (scaled == 0)
        return davy_answer_give_not_reached(answer, charge->outside *
                                                        pressures[charge->strength - 1][0].factor);
    return davy_answer_give(answer, scaled * size_of(charge));
}
