/* SPDX-License-Identifier: Apache-2.0 */
#include "core/clock.h"

#include "core/sample.h"

#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t) now.tv_sec * DAVY_NS_PER_S + now.tv_nsec;
}

static int64_t system_wall(const davy_clock *clock)
{
    (void) clock;
    return read_clock(CLOCK_REALTIME);
}

static int64_t system_monotonic(const davy_clock *clock)
{
    (void) clock;
    return read_clock(CLOCK_MONOTONIC);
}

const davy_clock *davy_clock_system(void)
{
    static const davy_clock clock = {system_wall, system_monotonic};

    return &clock;
}

static int64_t fake_wall(const davy_clock *clock)
{
    return ((const davy_clock_fake *) clock)->wall_ns;
}

static int64_t fake_monotonic(const davy_clock *clock)
{
    return ((const davy_clock_fake *) clock)->monotonic_ns;
}

void davy_clock_fake_init(davy_clock_fake *fake, int64_t wall_ns)
{
    *fake = (davy_clock_fake){{fake_wall, fake_monotonic}, wall_ns, 0};
}

void davy_clock_fake_advance(davy_clock_fake *fake, int64_t ns)
{
    fake->wall_ns += ns;
    fake->monotonic_ns += ns;
}
