/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/bell.h"

#include "core/sample.h"

#include <errno.h>
#include <time.h>

void davy_bell_init(davy_bell *bell)
{
    pthread_condattr_t attributes;

    (void) pthread_condattr_init(&attributes);
    (void) pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void) pthread_cond_init(&bell->condition, &attributes);
    (void) pthread_condattr_destroy(&attributes);
}

void davy_bell_clear(davy_bell *bell)
{
    (void) pthread_cond_destroy(&bell->condition);
}

bool davy_bell_wait(davy_bell *bell, pthread_mutex_t *lock, int64_t until_ns)
{
    const struct timespec until = {.tv_sec = (time_t) (until_ns / DAVY_NS_PER_S),
                                   .tv_nsec = (long) (until_ns % DAVY_NS_PER_S)};

    if (until_ns == 0) {
        (void) pthread_cond_wait(&bell->condition, lock);
        return true;
    }
    return pthread_cond_timedwait(&bell->condition, lock, &until) != ETIMEDOUT;
}

void davy_bell_ring(davy_bell *bell)
{
    (void) pthread_cond_signal(&bell->condition);
}
