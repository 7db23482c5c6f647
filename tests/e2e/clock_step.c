/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Preloaded into the daemon by test_clock.py: the wall clock is off by as many nanoseconds as
 * stand, as eight bytes of this machine, in the file that DAVY_TEST_CLOCK names. It may change at
 * any time. The monotonic clock goes on, as it does when an administrator or NTP sets the wall
 * clock.
 */
#undef _FORTIFY_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000LL

static const volatile int64_t *offset_ns;

__attribute__((constructor)) static void look_for_clock(void)
{
    const char *path = getenv("DAVY_TEST_CLOCK");
    int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *map;

    if (descriptor < 0)
        return;
    map = mmap(NULL, sizeof *offset_ns, PROT_READ, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (map != MAP_FAILED)
        offset_ns = map;
}

int clock_gettime(clockid_t which, struct timespec *now)
{
    int answer = (int) syscall(SYS_clock_gettime, which, now);
    int64_t own_ns;

    if (answer != 0 || !offset_ns || (which != CLOCK_REALTIME && which != CLOCK_REALTIME_COARSE))
        return answer;
    own_ns = now->tv_sec * NS_PER_S + now->tv_nsec + *offset_ns;
    now->tv_sec = own_ns / NS_PER_S;
    now->tv_nsec = own_ns % NS_PER_S;
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
