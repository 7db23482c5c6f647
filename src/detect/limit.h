/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/delay.h"

/**
 * @file
 * One limit of one series, with deadband, on-delay and off-delay.
 *
 * Stage: detect. A value beyond the limit starts the on-delay; from then on the value counts as
 * beyond until it comes back past the limit by the deadband. So noise smaller than the deadband
 * neither restarts the on-delay nor rings. A limit knows nothing of the next one: a value beyond
 * hihi is beyond hi as well, and both conditions hold.
 */
typedef enum davy_limit_side { DAVY_LIMIT_LOW, DAVY_LIMIT_HIGH } davy_limit_side;

typedef struct davy_limit_settings {
    double limit;    /* in the unit of the series */
    double deadband; /* same unit, >= 0 */
    davy_limit_side side;
    davy_delays delays;
} davy_limit_settings;

/** Look at the next value, which must be a number. `delay` is the limit's whole state. */
davy_change davy_limit_update(davy_delay *delay, const davy_limit_settings *settings, double value,
                              int64_t time_ns, int64_t now_ns);
