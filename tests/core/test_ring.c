/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ring.h"

#include "../testing.h"

#include <pthread.h>

static void a_full_ring_says_how_many_it_took(void **state)
{
    uint32_t in[10], out[10];
    davy_ring *ring;

    (void) state;
    for (uint32_t i = 0; i < 10; i++)
        in[i] = i;
    assert_ok(davy_ring_create(sizeof in[0], 8, &ring));
    assert_int_equal(davy_ring_push(ring, in, 10), 8);
    assert_int_equal(davy_ring_refused(ring), 2);
    assert_int_equal(davy_ring_length(ring), 8);
    assert_int_equal(davy_ring_pop(ring, out, 3), 3);
    assert_int_equal(davy_ring_push(ring, in + 8, 2), 2);
    assert_int_equal(davy_ring_pop(ring, out + 3, 10), 7);
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(out[i], i);
    davy_ring_destroy(ring);
}

static void an_absurd_ring_is_refused(void **state)
{
    davy_ring *ring;

    (void) state;
    assert_fails(davy_ring_create(8, (size_t) 1 << 40, &ring), DAVY_ERR_INVALID, "ring of");
    assert_fails(davy_ring_create(0, 8, &ring), DAVY_ERR_INVALID, "ring of");
}

#define PRODUCERS    3
#define PER_PRODUCER 20000

struct producer {
    davy_ring *ring;
    uint32_t number;
};

static void *produce(void *argument)
{
    const struct producer *producer = argument;

    for (uint32_t i = 0; i < PER_PRODUCER; i++) {
        uint32_t element[2] = {producer->number, i};

        while (davy_ring_push(producer->ring, element, 1) == 0)
            ;
    }
    return NULL;
}

static void every_producers_order_is_kept(void **state)
{
    struct producer producers[PRODUCERS];
    pthread_t threads[PRODUCERS];
    uint32_t next[PRODUCERS] = {0};
    davy_ring *ring;
    size_t seen = 0;

    (void) state;
    assert_ok(davy_ring_create(2 * sizeof(uint32_t), 64, &ring));
    for (uint32_t i = 0; i < PRODUCERS; i++) {
        producers[i] = (struct producer){ring, i};
        assert_int_equal(pthread_create(&threads[i], NULL, produce, &producers[i]), 0);
    }
    while (seen < (size_t) PRODUCERS * PER_PRODUCER) {
        uint32_t elements[16][2];
        size_t count = davy_ring_pop(ring, elements, 16);

        if (count == 0)
            davy_ring_wait(ring, 1000);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(elements[i][1], next[elements[i][0]]++);
        seen += count;
    }
    for (size_t i = 0; i < PRODUCERS; i++)
        pthread_join(threads[i], NULL);
    davy_ring_destroy(ring);
}

static void a_wait_ends_when_woken(void **state)
{
    davy_ring *ring;

    (void) state;
    assert_ok(davy_ring_create(4, 4, &ring));
    davy_ring_wake(ring);
    davy_ring_wait(ring, 60000);
    davy_ring_wait(ring, 1);
    davy_ring_destroy(ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_ring_says_how_many_it_took),
        cmocka_unit_test(an_absurd_ring_is_refused),
        cmocka_unit_test(every_producers_order_is_kept),
        cmocka_unit_test(a_wait_ends_when_woken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
