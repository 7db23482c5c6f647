/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/rate.h"

#include <math.h>

static void start_from(davy_rate *rate, double value, int64_t time_ns)
{
    rate->from_ns = time_ns;
    rate->from_value = value;
    rate->started = true;
}

davy_change davy_rate_update(davy_rate *rate, double limit, const davy_delays *delays, double value,
                             int64_t time_ns, int64_t now_ns)
{
    const davy_limit_settings settings = {limit, limit * (1.0 - DAVY_RATE_RELEASE), DAVY_LIMIT_HIGH,
                                          *delays};

    if (!rate->started || time_ns < rate->from_ns) {
        start_from(rate, value, time_ns);
        return DAVY_CHANGE_NONE;
    }
    if (time_ns - rate->from_ns < DAVY_RATE_SPAN_NS)
        return DAVY_CHANGE_NONE;

    rate->per_second = (value - rate->from_value) / ((double) (time_ns - rate->from_ns) * 1e-9);
    start_from(rate, value, time_ns);
    return davy_limit_update(&rate->delay, &settings, fabs(rate->per_second), time_ns, now_ns);
}
