/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/guest.h"

#include "core/clock.h"
#include "core/sample.h"

#include <errno.h>
#include <time.h>

/* Times as long as it held its place that a guest stays out. */
#define REST 3

/* Steps are put together for so long: changing places costs microseconds. */
#define SLICE_NS INT64_C(500000)

static int64_t now_ns(void)
{
    return davy_monotonic_ns(davy_clock_system());
}

void davy_guest_init(davy_guest *guest, davy_gate *gate)
{
    *guest = (davy_guest){.gate = gate};
}

static void stay_out(int64_t until_ns)
{
    const struct timespec until = {.tv_sec = (time_t) (until_ns / DAVY_NS_PER_S),
                                   .tv_nsec = (long) (until_ns % DAVY_NS_PER_S)};

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        ;
}

/* Somebody waits, or has waited since the guest got its place. */
static bool is_in_the_way(const davy_guest *guest)
{
    return davy_gate_line(guest->gate) > 0 || davy_gate_waited(guest->gate) != guest->waited;
}

bool davy_guest_enter(davy_guest *guest, int64_t until_ns)
{
    if (guest->until_ns > now_ns())
        stay_out(until_ns > 0 && until_ns < guest->until_ns ? until_ns : guest->until_ns);
    if (!davy_gate_enter(guest->gate, until_ns))
        return false;
    guest->since_ns = now_ns();
    guest->waited = davy_gate_waited(guest->gate);
    return true;
}

void davy_guest_leave(davy_guest *guest)
{
    const bool in_the_way = is_in_the_way(guest);
    const int64_t now = now_ns();

    davy_gate_leave(guest->gate);
    guest->until_ns = in_the_way ? now + REST * (now - guest->since_ns) : 0;
}

void davy_guest_step(davy_guest *guest)
{
    const int64_t now = now_ns();

    if (now - guest->since_ns < SLICE_NS || !is_in_the_way(guest))
        return;
    davy_guest_leave(guest);
    (void) davy_guest_enter(guest, 0);
    guest->rested_ns += guest->since_ns - now;
}
