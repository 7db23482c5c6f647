/* SPDX-License-Identifier: Apache-2.0 */
/* Both give other names, or inline functions, to what is defined here. */
#undef _FORTIFY_SOURCE
#undef _FILE_OFFSET_BITS
#include "shim.h"

#include <stdatomic.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000LL

static atomic_bool own_clock;
static atomic_llong realtime, monotonic;

void shim_set_clock(bool own, int64_t realtime_ns, int64_t monotonic_ns)
{
    atomic_store(&realtime, realtime_ns);
    atomic_store(&monotonic, monotonic_ns);
    atomic_store(&own_clock, own);
}

int clock_gettime(clockid_t which, struct timespec *now)
{
    int64_t own_ns;

    if (!atomic_load(&own_clock))
        return (int) syscall(SYS_clock_gettime, which, now);
    own_ns = which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE ? atomic_load(&realtime)
                                                                       : atomic_load(&monotonic);
    *now = (struct timespec){.tv_sec = own_ns / NS_PER_S, .tv_nsec = own_ns % NS_PER_S};
    return 0;
}

time_t time(time_t *out)
{
    struct timespec now;

    (void) clock_gettime(CLOCK_REALTIME, &now);
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}
