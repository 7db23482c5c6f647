/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training/predictor_calibrate.h"

#include "core/bulk.h"

#include <math.h>
#include <stdlib.h>

#define TEMPERATURE_LOW  0.05
#define TEMPERATURE_HIGH 20.0
#define STEPS            60 /* of the golden section: the interval shrinks by 0.618 at each */

/*
 * Mean of -log p with all scores divided by the temperature. The right class counts (n + 1) / (n +
 * 2) and the others share the rest: n samples that are all right do not vouch for certainty.
 */
static double log_loss(const float *scores, const size_t *targets, size_t count, size_t classes,
                       double temperature)
{
    const double others = 1.0 / (double) (count + 2) / (double) (classes - 1);
    const double right = 1.0 - 1.0 / (double) (count + 2);
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        const float *z = scores + i * classes;
        double most = (double) z[0], total = 0;

        for (size_t k = 1; k < classes; k++)
            most = fmax(most, (double) z[k]);
        for (size_t k = 0; k < classes; k++)
            total += exp(((double) z[k] - most) / temperature);
        sum += log(total);
        for (size_t k = 0; k < classes; k++)
            sum -= (k == targets[i] ? right : others) * ((double) z[k] - most) / temperature;
    }
    return sum / (double) count;
}

double davy_temperature_find(const float *scores, const size_t *targets, size_t count,
                             size_t classes)
{
    const double golden = (sqrt(5.0) - 1.0) / 2.0;
    double low = log(TEMPERATURE_LOW), high = log(TEMPERATURE_HIGH);

    if (count < DAVY_TEMPERATURE_SAMPLES_MIN)
        return 1.0;
    for (int step = 0; step < STEPS; step++) {
        const double a = high - golden * (high - low), b = low + golden * (high - low);

        if (log_loss(scores, targets, count, classes, exp(a)) <
            log_loss(scores, targets, count, classes, exp(b)))
            high = b;
        else
            low = a;
    }
    return exp((low + high) / 2);
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

double davy_interval_find(double *errors, size_t count, double coverage)
{
    const double rank = ceil((double) (count + 1) * coverage);

    if (rank < 1 || rank > (double) count)
        return NAN;
    davy_bulk_sort(errors, count, sizeof *errors, by_size);
    return errors[(size_t) rank - 1];
}
