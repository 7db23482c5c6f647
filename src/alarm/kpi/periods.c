/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/periods.h"

static void close_current(davy_periods *periods)
{
    davy_tally_add(&periods->closed, periods->count, 1);
    if (periods->count > periods->above)
        periods->crowded++;
    periods->count = 0;
}

void davy_periods_begin(davy_periods *periods, int64_t begin_ns)
{
    periods->begin_ns = begin_ns;
    periods->current = 0;
}

void davy_periods_pass(davy_periods *periods, int64_t now_ns)
{
    int64_t index = (now_ns - periods->begin_ns) / periods->length_ns;

    if (index <= periods->current)
        return;
    close_current(periods);
    davy_tally_add(&periods->closed, 0, (uint64_t) (index - periods->current - 1));
    periods->current = index;
}

void davy_periods_add(davy_periods *periods)
{
    periods->count++;
}

void davy_periods_end(davy_periods *periods, int64_t end_ns)
{
    if (end_ns <= periods->begin_ns)
        return;
    davy_periods_pass(periods, end_ns - 1);
    close_current(periods);
}
