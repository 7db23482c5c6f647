/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Bounded ring between threads: many producers, one consumer, fixed-size elements, no lock.
 *
 * Stage: core. Memory is taken at creation; push and pop allocate nothing. With one producer the
 * ring keeps its order; with several, each producer's own order.
 *
 * What happens when the ring is full is written down where it is created: the ring itself never
 * overwrites and never waits. davy_ring_push() answers how many elements it took, and counts the
 * others, so that the owner can wait, mark a gap, or refuse; nothing is dropped unseen.
 *
 * Source: the slot sequence numbers follow D. Vyukov, "Bounded MPMC queue", 1024cores.net, with
 * one consumer.
 */
typedef struct davy_ring davy_ring;

/**
 * @param element_size  bytes of one element
 * @param capacity      elements it holds; rounded up to a power of two, at most 2^30
 */
DAVY_MUST_CHECK davy_status davy_ring_create(size_t element_size, size_t capacity, davy_ring **out);

/** NULL is fine. */
void davy_ring_destroy(davy_ring *ring);

/** Copy up to `count` elements in, from any thread. @return how many were taken */
size_t davy_ring_push(davy_ring *ring, const void *elements, size_t count);

/** Copy up to `count` elements out, from the one consumer thread. @return how many came */
size_t davy_ring_pop(davy_ring *ring, void *elements, size_t count);

/** Wait until an element is there, the ring is woken, or the time is over. Consumer only. */
void davy_ring_wait(davy_ring *ring, int timeout_ms);

/** Make a davy_ring_wait() return now. */
void davy_ring_wake(davy_ring *ring);

/** Elements waiting; a moment's estimate. */
size_t davy_ring_length(const davy_ring *ring);

size_t davy_ring_capacity(const davy_ring *ring);

/** Elements that found the ring full since its creation. */
uint64_t davy_ring_refused(const davy_ring *ring);
