/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/**
 * @file
 * Two clocks: the wall clock stamps, the monotonic clock measures.
 *
 * Stage: core. A wall clock can step back an hour; deadlines, delays and timeouts are therefore
 * measured on the monotonic clock. Whoever needs time takes a `const davy_clock *`, so that a test
 * can hand in a fake one and step it.
 */

typedef struct davy_clock {
    int64_t (*wall_ns)(const struct davy_clock *clock);      /* UTC since 1970 */
    int64_t (*monotonic_ns)(const struct davy_clock *clock); /* since some fixed moment */
} davy_clock;

/** The machine's clocks. Never NULL, lives for the whole program. */
const davy_clock *davy_clock_system(void);

/** A clock a test moves by hand. Not for two threads at once. */
typedef struct davy_clock_fake {
    davy_clock clock; /* first, so that &fake.clock is the fake */
    int64_t wall_ns;
    int64_t monotonic_ns;
} davy_clock_fake;

/** Start a fake clock at the given wall time, with the monotonic clock at 0. */
void davy_clock_fake_init(davy_clock_fake *fake, int64_t wall_ns);

/** Let time pass on both clocks. */
void davy_clock_fake_advance(davy_clock_fake *fake, int64_t ns);

static inline int64_t davy_wall_ns(const davy_clock *clock)
{
    return clock->wall_ns(clock);
}

static inline int64_t davy_monotonic_ns(const davy_clock *clock)
{
    return clock->monotonic_ns(clock);
}
