/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ring.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pthread.h>

#define CAPACITY_MAX ((size_t) 1 << 30)
#define CACHE_LINE   64

/* A slot's sequence says whose turn it is: `position` for the producer that will fill it,
 * `position + 1` for the consumer that will empty it. */
struct slot {
    atomic_size_t sequence;
    unsigned char bytes[];
};

struct davy_ring {
    size_t element_size;
    size_t stride;
    size_t mask;
    unsigned char *slots;
    atomic_uint_fast64_t refused;
    pthread_mutex_t mutex; /* only for waiting; push takes it only when someone waits */
    pthread_cond_t filled;
    atomic_bool waiting;
    bool woken;
    _Alignas(CACHE_LINE) atomic_size_t head; /* next position to fill */
    _Alignas(CACHE_LINE) atomic_size_t tail; /* next position to empty */
};

static struct slot *slot_at(const davy_ring *ring, size_t position)
{
    return (struct slot *) (void *) (ring->slots + (position & ring->mask) * ring->stride);
}

static size_t round_up_to_power_of_two(size_t value)
{
    size_t power = 1;

    while (power < value)
        power *= 2;
    return power;
}

davy_status davy_ring_create(size_t element_size, size_t capacity, davy_ring **out)
{
    pthread_condattr_t attributes;
    davy_ring *ring;

    if (element_size == 0 || capacity == 0 || capacity > CAPACITY_MAX)
        return davy_fail(DAVY_ERR_INVALID, "ring of %zu elements of %zu bytes", capacity,
                         element_size);
    capacity = round_up_to_power_of_two(capacity < 2 ? 2 : capacity);
    ring = aligned_alloc(CACHE_LINE, (sizeof *ring + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
    if (!ring)
        return davy_fail(DAVY_ERR_NOMEM, "ring");
    memset(ring, 0, sizeof *ring);
    ring->element_size = element_size;
    ring->stride = (sizeof(struct slot) + element_size + 7) / 8 * 8;
    ring->mask = capacity - 1;
    ring->slots = calloc(capacity, ring->stride);
    if (!ring->slots) {
        free(ring);
        return davy_fail(DAVY_ERR_NOMEM, "ring of %zu elements", capacity);
    }
    for (size_t i = 0; i < capacity; i++)
        atomic_init(&slot_at(ring, i)->sequence, i);

    pthread_mutex_init(&ring->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&ring->filled, &attributes);
    pthread_condattr_destroy(&attributes);
    *out = ring;
    return DAVY_OK;
}

void davy_ring_destroy(davy_ring *ring)
{
    if (!ring)
        return;
    pthread_cond_destroy(&ring->filled);
    pthread_mutex_destroy(&ring->mutex);
    free(ring->slots);
    free(ring);
}

static bool push_one(davy_ring *ring, const void *element)
{
    size_t position = atomic_load_explicit(&ring->head, memory_order_relaxed);

    for (;;) {
        struct slot *slot = slot_at(ring, position);
        size_t sequence = atomic_load_explicit(&slot->sequence, memory_order_acquire);
        ptrdiff_t turn = (ptrdiff_t) (sequence - position);

        if (turn < 0)
            return false;
        if (turn > 0) {
            position = atomic_load_explicit(&ring->head, memory_order_relaxed);
            continue;
        }
        if (atomic_compare_exchange_weak_explicit(&ring->head, &position, position + 1,
                                                  memory_order_relaxed, memory_order_relaxed)) {
            memcpy(slot->bytes, element, ring->element_size);
            atomic_store_explicit(&slot->sequence, position + 1, memory_order_release);
            return true;
        }
    }
}

size_t davy_ring_push(davy_ring *ring, const void *elements, size_t count)
{
    const unsigned char *bytes = elements;
    size_t taken = 0;

    while (taken < count && push_one(ring, bytes + taken * ring->element_size))
        taken++;
    if (taken < count)
        atomic_fetch_add_explicit(&ring->refused, count - taken, memory_order_relaxed);
    /* The fence orders the slots before the look at `waiting`; the consumer does the reverse. */
    atomic_thread_fence(memory_order_seq_cst);
    if (taken > 0 && atomic_load_explicit(&ring->waiting, memory_order_relaxed)) {
        pthread_mutex_lock(&ring->mutex);
        pthread_cond_signal(&ring->filled);
        pthread_mutex_unlock(&ring->mutex);
    }
    return taken;
}

size_t davy_ring_pop(davy_ring *ring, void *elements, size_t count)
{
    unsigned char *bytes = elements;
    size_t position = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    size_t taken = 0;

    while (taken < count) {
        struct slot *slot = slot_at(ring, position);

        if (atomic_load_explicit(&slot->sequence, memory_order_acquire) != position + 1)
            break;
        memcpy(bytes + taken * ring->element_size, slot->bytes, ring->element_size);
        atomic_store_explicit(&slot->sequence, position + ring->mask + 1, memory_order_release);
        position++;
        taken++;
    }
    atomic_store_explicit(&ring->tail, position, memory_order_relaxed);
    return taken;
}

static bool has_element(davy_ring *ring)
{
    size_t position = atomic_load_explicit(&ring->tail, memory_order_relaxed);

    return atomic_load_explicit(&slot_at(ring, position)->sequence, memory_order_acquire) ==
           position + 1;
}

static struct timespec after_ms(int timeout_ms)
{
    struct timespec end;

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += timeout_ms / 1000;
    end.tv_nsec += (long) (timeout_ms % 1000) * 1000000L;
    if (end.tv_nsec >= 1000000000L) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000L;
    }
    return end;
}

void davy_ring_wait(davy_ring *ring, int timeout_ms)
{
    struct timespec end = after_ms(timeout_ms);

    pthread_mutex_lock(&ring->mutex);
    atomic_store_explicit(&ring->waiting, true, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
    while (!ring->woken && !has_element(ring))
        if (pthread_cond_timedwait(&ring->filled, &ring->mutex, &end) == ETIMEDOUT)
            break;
    atomic_store_explicit(&ring->waiting, false, memory_order_relaxed);
    ring->woken = false;
    pthread_mutex_unlock(&ring->mutex);
}

void davy_ring_wake(davy_ring *ring)
{
    pthread_mutex_lock(&ring->mutex);
    ring->woken = true;
    pthread_cond_signal(&ring->filled);
    pthread_mutex_unlock(&ring->mutex);
}

size_t davy_ring_length(const davy_ring *ring)
{
    size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);

    return head >= tail ? head - tail : 0;
}

size_t davy_ring_capacity(const davy_ring *ring)
{
    return ring->mask + 1;
}

uint64_t davy_ring_refused(const davy_ring *ring)
{
    return atomic_load_explicit(&ring->refused, memory_order_relaxed);
}
