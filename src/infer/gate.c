/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/gate.h"

#include "infer/bell.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

struct waiter {
    davy_bell bell;
    bool passed;
    TAILQ_ENTRY(waiter) link;
};

struct davy_gate {
    pthread_mutex_t lock;
    size_t places, taken, most, waiting;
    uint64_t waited;
    TAILQ_HEAD(waiter_line, waiter) line;
};

davy_status davy_gate_create(size_t places, davy_gate **out)
{
    davy_gate *gate = calloc(1, sizeof *gate);

    if (!gate)
        return davy_fail(DAVY_ERR_NOMEM, "gate of a host");
    gate->places = places;
    (void) pthread_mutex_init(&gate->lock, NULL);
    TAILQ_INIT(&gate->line);
    *out = gate;
    return DAVY_OK;
}

void davy_gate_destroy(davy_gate *gate)
{
    if (!gate)
        return;
    (void) pthread_mutex_destroy(&gate->lock);
    free(gate);
}

static bool try_locked(davy_gate *gate)
{
    if (gate->taken == gate->places || !TAILQ_EMPTY(&gate->line))
        return false;
    gate->taken++;
    if (gate->taken > gate->most)
        gate->most = gate->taken;
    return true;
}

bool davy_gate_try(davy_gate *gate)
{
    bool passed;

    (void) pthread_mutex_lock(&gate->lock);
    passed = try_locked(gate);
    (void) pthread_mutex_unlock(&gate->lock);
    return passed;
}

bool davy_gate_enter(davy_gate *gate, int64_t until_ns)
{
    struct waiter waiter = {.passed = false};
    bool passed;

    (void) pthread_mutex_lock(&gate->lock);
    passed = try_locked(gate);
    if (!passed) {
        davy_bell_init(&waiter.bell);
        TAILQ_INSERT_TAIL(&gate->line, &waiter, link);
        gate->waiting++;
        gate->waited++;
        while (!waiter.passed && davy_bell_wait(&waiter.bell, &gate->lock, until_ns))
            ;
        if (!waiter.passed)
            TAILQ_REMOVE(&gate->line, &waiter, link);
        gate->waiting--;
        passed = waiter.passed;
        davy_bell_clear(&waiter.bell);
    }
    (void) pthread_mutex_unlock(&gate->lock);
    return passed;
}

/* The place is handed to the first in line, so that nobody who comes later takes it before him. */
void davy_gate_leave(davy_gate *gate)
{
    struct waiter *first;

    (void) pthread_mutex_lock(&gate->lock);
    first = TAILQ_FIRST(&gate->line);
    if (first) {
        TAILQ_REMOVE(&gate->line, first, link);
        first->passed = true;
        davy_bell_ring(&first->bell);
    } else {
        gate->taken--;
    }
    (void) pthread_mutex_unlock(&gate->lock);
}

static size_t read_locked(davy_gate *gate, const size_t *value)
{
    size_t copy;

    (void) pthread_mutex_lock(&gate->lock);
    copy = *value;
    (void) pthread_mutex_unlock(&gate->lock);
    return copy;
}

uint64_t davy_gate_waited(davy_gate *gate)
{
    uint64_t copy;

    (void) pthread_mutex_lock(&gate->lock);
    copy = gate->waited;
    (void) pthread_mutex_unlock(&gate->lock);
    return copy;
}

size_t davy_gate_line(davy_gate *gate)
{
    return read_locked(gate, &gate->waiting);
}

size_t davy_gate_most(davy_gate *gate)
{
    return read_locked(gate, &gate->most);
}
