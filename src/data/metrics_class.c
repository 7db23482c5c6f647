/* SPDX-License-Identifier: Apache-2.0 */
#include "data/metrics_class.h"

#include <math.h>
#include <string.h>

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static davy_class_figures judge_class(const double *counts, size_t classes, size_t k)
{
    const double hits = counts[k * classes + k];
    double is = 0, said = 0;

    for (size_t other = 0; other < classes; other++) {
        is += counts[k * classes + other];
        said += counts[other * classes + k];
    }
    return (davy_class_figures){.samples = (size_t) is,
                                .precision = ratio(hits, said),
                                .recall = ratio(hits, is),
                                .f1 = ratio(2 * hits, said + is)};
}

davy_class_summary davy_class_summarise(const double *counts, size_t classes,
                                        davy_class_figures *each)
{
    davy_class_summary s = {0};
    double all = 0, hits = 0, common = 0, present = 0;

    for (size_t k = 0; k < classes; k++) {
        const davy_class_figures figures = judge_class(counts, classes, k);

        if (each)
            each[k] = figures;
        hits += counts[k * classes + k];
        all += (double) figures.samples;
        common = fmax(common, (double) figures.samples);
        if (figures.samples == 0)
            continue;
        present++;
        s.precision += figures.precision;
        s.recall += figures.recall;
        s.f1 += figures.f1;
    }
    if (!(all > 0))
        return (davy_class_summary){NAN, NAN, NAN, NAN, NAN, NAN};
    s.precision /= present;
    s.recall /= present;
    s.f1 /= present;
    s.balanced_accuracy = s.recall;
    s.accuracy = hits / all;
    s.common_accuracy = common / all;
    return s;
}

void davy_reliability(const double *said, const uint8_t *right, const uint32_t *groups,
                      const uint32_t *times, size_t count,
                      davy_reliability_bin bins[DAVY_RELIABILITY_BINS])
{
    memset(bins, 0, DAVY_RELIABILITY_BINS * sizeof *bins);
    for (size_t i = 0; i < count; i++) {
        const double place = ceil(said[i] * DAVY_RELIABILITY_BINS) - 1;
        davy_reliability_bin *bin = &bins[(size_t) fmin(fmax(place, 0), DAVY_RELIABILITY_BINS - 1)];
        const double weight = times ? (double) times[groups ? groups[i] : 0] : 1;

        bin->weight += weight;
        bin->said += weight * said[i];
        bin->true_share += weight * right[i];
    }
    for (size_t b = 0; b < DAVY_RELIABILITY_BINS; b++) {
        bins[b].said = ratio(bins[b].said, bins[b].weight);
        bins[b].true_share = ratio(bins[b].true_share, bins[b].weight);
    }
}

double davy_calibration_error(const davy_reliability_bin bins[DAVY_RELIABILITY_BINS])
{
    double error = 0, weight = 0;

    for (size_t b = 0; b < DAVY_RELIABILITY_BINS; b++) {
        error += bins[b].weight * fabs(bins[b].said - bins[b].true_share);
        weight += bins[b].weight;
    }
    return weight > 0 ? error / weight : NAN;
}

double davy_brier(const float *probabilities, size_t classes, size_t right)
{
    double sum = 0;

    for (size_t k = 0; k < classes; k++) {
        const double d = (double) probabilities[k] - (k == right ? 1.0 : 0.0);

        sum += d * d;
    }
    return sum;
}

void davy_cost_curve(const davy_rank_point *points, size_t point_count, double *costs, size_t steps)
{
    for (size_t i = 0; i < steps; i++) {
        const double x = steps > 1 ? (double) i / (double) (steps - 1) : 0;

        costs[i] = fmin(x, 1 - x);
        for (size_t p = 0; p < point_count; p++)
            costs[i] = fmin(costs[i], (1 - points[p].recall) * x + points[p].false_rate * (1 - x));
    }
}

double davy_cost_area(const double *costs, size_t steps)
{
    double area = 0;

    for (size_t i = 1; i < steps; i++)
        area += (costs[i - 1] + costs[i]) / 2;
    return steps > 1 ? area / (double) (steps - 1) : NAN;
}
