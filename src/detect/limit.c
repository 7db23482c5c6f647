/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/limit.h"

davy_change davy_limit_update(davy_delay *delay, const davy_limit_settings *settings, double value,
                              int64_t time_ns, int64_t now_ns)
{
    double sign = settings->side == DAVY_LIMIT_HIGH ? 1.0 : -1.0;
    double excess = sign * (value - settings->limit);
    double needed = davy_delay_holds(delay) ? -settings->deadband : 0.0;

    return davy_delay_update(delay, excess > needed, time_ns, now_ns, &settings->delays);
}
