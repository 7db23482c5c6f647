/* SPDX-License-Identifier: Apache-2.0 */
#include "app/clock_trust.h"

#include <stddef.h>

void davy_clock_trust_start(davy_clock_trust *trust, int64_t wall_ns, int64_t monotonic_ns,
                            int64_t newest_ns)
{
    *trust = (davy_clock_trust){
        .offset_ns = wall_ns - monotonic_ns,
        .start_ns = monotonic_ns,
        .is_far_ahead = wall_ns - DAVY_CLOCK_AHEAD_NS > newest_ns,
    };
}

const char *davy_clock_trust_doubt(const davy_clock_trust *trust, int64_t wall_ns,
                                   int64_t monotonic_ns)
{
    const int64_t leap_ns = wall_ns - monotonic_ns - trust->offset_ns;

    if (leap_ns > DAVY_CLOCK_LEAP_NS || leap_ns < -DAVY_CLOCK_LEAP_NS)
        return "the clock of this machine has leapt: nothing is removed until it is back or davy is"
               " started again";
    if (trust->is_far_ahead && monotonic_ns - trust->start_ns < DAVY_CLOCK_WAIT_NS)
        return "the clock of this machine is days past everything that is stored: nothing is "
               "removed for 24 hours";
    return NULL;
}
