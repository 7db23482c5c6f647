/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/ewma.h"

#include <math.h>

davy_status davy_ewma_init(davy_ewma *chart, double target, double sigma, double lambda)
{
    if (!isfinite(target) || !isfinite(sigma) || !(sigma > 0.0))
        return davy_fail(DAVY_ERR_INVALID, "EWMA chart: target %g, sigma %g", target, sigma);
    if (!(lambda > 0.0 && lambda <= 1.0))
        return davy_fail(DAVY_ERR_INVALID, "EWMA chart: lambda %g is not in (0, 1]", lambda);

    *chart = (davy_ewma){target, sigma, lambda, target};
    return DAVY_OK;
}

double davy_ewma_update(davy_ewma *chart, double x)
{
    double spread = chart->sigma * sqrt(chart->lambda / (2.0 - chart->lambda));

    if (!isnan(x))
        davy_ewma_smooth(chart, x);
    return (chart->value - chart->target) / spread;
}
