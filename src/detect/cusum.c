/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/cusum.h"

#include <math.h>

/* No chart needs a wider decision; it bounds the bisection. */
#define DECISION_MAX 1000.0

davy_status davy_cusum_init(davy_cusum *chart, double target, double slack, double decision)
{
    if (!isfinite(target) || !isfinite(slack) || !isfinite(decision) || slack < 0.0 ||
        decision <= 0.0)
        return davy_fail(DAVY_ERR_INVALID, "CUSUM chart: target %g, slack %g, decision %g", target,
                         slack, decision);

    *chart = (davy_cusum){.target = target, .slack = slack, .decision = decision};
    return DAVY_OK;
}

double davy_cusum_update(davy_cusum *chart, double x)
{
    if (!isnan(x)) {
        chart->high = fmax(0.0, chart->high + (x - chart->target - chart->slack));
        chart->low = fmax(0.0, chart->low + (chart->target - chart->slack - x));
    }
    return chart->high >= chart->low ? chart->high / chart->decision
                                     : -chart->low / chart->decision;
}

void davy_cusum_reset(davy_cusum *chart)
{
    chart->high = 0.0;
    chart->low = 0.0;
}

double davy_cusum_run_length(double slack, double decision)
{
    double exponent = 2.0 * slack * (decision + 1.166);
    double one_side = (exp(exponent) - exponent - 1.0) / (2.0 * slack * slack);

    return one_side / 2.0;
}

double davy_cusum_decision(double slack, double run_length)
{
    double low = 0.0;
    double high = DECISION_MAX;

    for (int step = 0; step < 60; step++) {
        double middle = (low + high) / 2.0;

        if (davy_cusum_run_length(slack, middle) < run_length)
            low = middle;
        else
            high = middle;
    }
    return high;
}
