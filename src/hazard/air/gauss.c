/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/gauss.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

double davy_gauss(double distance, double sigma)
{
    const double ratio = distance / sigma;

    return exp(-0.5 * ratio * ratio) / (sqrt(2 * pi) * sigma);
}

/* Both sources, above and below the ground, seen from a height. */
static double pair(double height, double release, double sigma)
{
    return davy_gauss(height - release, sigma) + davy_gauss(height + release, sigma);
}

/* Sum of the images in both mirrors: a few are enough while sigma is below half of the lid. The
 * i-th are at least 2 (i - 1) lids away; beyond nine sigma there is less than 1e-17. */
static double images(double height, double release, double sigma, double lid)
{
    double sum = pair(height, release, sigma);

    for (int i = 1; 2 * (i - 1) * lid < 9 * sigma; i++)
        sum +=
            pair(height + 2 * i * lid, release, sigma) + pair(height - 2 * i * lid, release, sigma);
    return sum;
}

/* The same sum by Poisson's theorem: a few waves are enough while sigma is above half of the lid.
 */
static double waves(double height, double release, double sigma, double lid)
{
    double sum = 0.5;

    for (int i = 1; i <= 8; i++) {
        const double number = i * pi / lid;

        sum += cos(number * height) * cos(number * release) *
               exp(-0.5 * number * number * sigma * sigma);
    }
    return 2 * sum / lid;
}

double davy_gauss_up(double height, double release, double sigma, double lid)
{
    if (lid > 0 && height > lid)
        return 0;
    if (lid <= 0)
        return pair(height, release, sigma);
    return sigma < 0.5 * lid ? images(height, release, sigma, lid)
                             : waves(height, release, sigma, lid);
}
