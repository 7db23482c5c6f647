/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/dense/curves.h"

#include <math.h>

enum { PIECES = 4 };

/* A line up to an alpha: log10(x / D) = slope alpha + at_zero. */
typedef struct piece {
    double to, slope, at_zero;
} piece;

typedef struct curve {
    double level;
    piece pieces[PIECES];
} curve;

/* CCPS (1999), p. 118, in the digitised form of TSCREEN (EPA-454/B-94-023), as transcribed in
 * aefarrell/GasDispersion.jl @983a672, src/utils/britter_mcquaid_correls.jl. */
static const curve plume_curves[DAVY_DENSE_LEVELS] = {
    {0.1, {{-0.55, 0, 1.75}, {-0.14, 0.24, 1.88}, {INFINITY, -0.5, 1.78}}},
    {0.05, {{-0.68, 0, 1.92}, {-0.29, 0.36, 2.16}, {-0.18, 0, 2.06}, {INFINITY, -0.56, 1.96}}},
    {0.02, {{-0.69, 0, 2.08}, {-0.31, 0.45, 2.39}, {-0.16, 0, 2.25}, {INFINITY, -0.54, 2.16}}},
    {0.01, {{-0.7, 0, 2.25}, {-0.29, 0.49, 2.59}, {-0.2, 0, 2.45}, {INFINITY, -0.52, 2.35}}},
    {0.005, {{-0.67, 0, 2.4}, {-0.28, 0.59, 2.8}, {-0.15, 0, 2.63}, {INFINITY, -0.48, 2.56}}},
    {0.002, {{-0.69, 0, 2.6}, {-0.25, 0.39, 2.87}, {-0.13, 0, 2.77}, {INFINITY, -0.5, 2.71}}},
};

/* The same for a puff, CCPS (1999), as transcribed in an earlier version of that file. */
static const curve puff_curves[DAVY_DENSE_PUFF_LEVELS] = {
    {0.1, {{-0.44, 0, 0.7}, {0.43, 0.26, 0.81}, {INFINITY, 0, 0.93}}},
    {0.05, {{-0.56, 0, 0.85}, {0.31, 0.26, 1}, {INFINITY, -0.12, 1.12}}},
    {0.02, {{-0.66, 0, 0.95}, {0.32, 0.36, 1.19}, {INFINITY, -0.26, 1.38}}},
    {0.01, {{-0.71, 0, 1.15}, {0.37, 0.34, 1.39}, {INFINITY, -0.38, 1.66}}},
    {0.005, {{-0.52, 0, 1.48}, {0.24, 0.26, 1.62}, {INFINITY, -0.3, 1.75}}},
    {0.002, {{0.27, 0, 1.83}, {INFINITY, -0.32, 1.92}}},
    {0.001, {{-0.1, 0, 2.075}, {INFINITY, -0.27, 2.05}}},
};

/* The near field of a plume goes up to 30 D. That of a puff stops where it is down at the first
 * curve, 0.1, and waits for it. */
static const double plume_near = 306, plume_near_end = 30;
static const double puff_near = 3.24, puff_near_end = 5.4;

static double near_field(const davy_dense_law *law, double scaled)
{
    return law->near / (law->near + scaled * scaled);
}

static double distance_of(const piece *pieces, double alpha)
{
    while (alpha > pieces->to)
        pieces++;
    return pieces->slope * alpha + pieces->at_zero;
}

static davy_dense_law law_of(const curve *curves, int last, double near, double near_end,
                             double alpha)
{
    davy_dense_law law = {.last = last, .near = near};

    for (int i = 0; i < last; i++) {
        law.levels[1 + i] = curves[i].level;
        law.distances[1 + i] = distance_of(curves[i].pieces, alpha);
    }
    /* Where the first curve begins before the near field ends, as above alpha 0.605 of a plume, the
     * curve is taken, and the dilution jumps down to it. */
    law.distances[0] = fmin(log10(near_end), law.distances[1]);
    law.levels[0] = near_field(&law, pow(10, law.distances[0]));
    return law;
}

davy_dense_law davy_dense_law_of(double alpha)
{
    return law_of(plume_curves, DAVY_DENSE_LEVELS, plume_near, plume_near_end, alpha);
}

davy_dense_law davy_dense_puff_law_of(double alpha)
{
    return law_of(puff_curves, DAVY_DENSE_PUFF_LEVELS, puff_near, puff_near_end, alpha);
}

double davy_dense_law_at(const davy_dense_law *law, double scaled)
{
    const double at = log10(scaled), *levels = law->levels, *distances = law->distances;
    int i = 1;

    if (at <= distances[0])
        return near_field(law, scaled);
    while (i < law->last && at > distances[i])
        i++;
    if (at > distances[i])
        return levels[i] * pow(10, 2 * (distances[i] - at));
    return levels[i] +
           (levels[i - 1] - levels[i]) * (distances[i] - at) / (distances[i] - distances[i - 1]);
}

double davy_dense_law_reach(const davy_dense_law *law, double level)
{
    const double *levels = law->levels, *distances = law->distances;
    int i = 1;

    if (level > levels[1] && level >= levels[0])
        return sqrt(law->near * (1 / level - 1));
    while (i < law->last && level < levels[i])
        i++;
    if (level < levels[i])
        return pow(10, distances[i]) * sqrt(levels[i] / level);
    if (level == levels[i])
        return pow(10, distances[i]);
    return pow(10, distances[i] - (distances[i] - distances[i - 1]) * (level - levels[i]) /
                                      (levels[i - 1] - levels[i]));
}
