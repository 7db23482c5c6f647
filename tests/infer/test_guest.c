/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * A guest at the gate: long work in steps, beside those who wait for a place.
 */
#include "../testing.h"

#include "infer/guest.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

static davy_gate *gate;
static atomic_bool stop;
static atomic_size_t passed;

static int open_gate(void **state)
{
    (void) state;
    atomic_store(&stop, false);
    atomic_store(&passed, 0);
    return davy_gate_create(1, &gate) == DAVY_OK ? 0 : -1;
}

static int close_gate(void **state)
{
    (void) state;
    davy_gate_destroy(gate);
    return 0;
}

static void rest_ms(long ms)
{
    (void) nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static void *pass_once(void *context)
{
    (void) context;
    assert_true(davy_gate_enter(gate, 0));
    atomic_fetch_add(&passed, 1);
    davy_gate_leave(gate);
    return NULL;
}

static void *pass_always(void *context)
{
    (void) context;
    while (!atomic_load(&stop)) {
        (void) pass_once(NULL);
        rest_ms(1);
    }
    return NULL;
}

static void a_guest_whom_nobody_waits_for_keeps_its_place(void **state)
{
    davy_guest guest;

    (void) state;
    davy_guest_init(&guest, gate);
    assert_true(davy_guest_enter(&guest, 0));
    for (size_t i = 0; i < 3; i++) {
        rest_ms(1);
        davy_guest_step(&guest);
        assert_false(davy_gate_try(gate)); /* it is the guest's */
    }
    davy_guest_leave(&guest);
    assert_int_equal(guest.rested_ns, 0);
    assert_int_equal(guest.until_ns, 0);
    assert_true(davy_gate_try(gate));
    davy_gate_leave(gate);
}

/* Who waits has passed when the step is over, and the guest stays out for three times its own. */
static void who_waits_for_a_guest_waits_for_a_step(void **state)
{
    davy_guest guest;
    pthread_t thread;
    int64_t held;

    (void) state;
    davy_guest_init(&guest, gate);
    assert_true(davy_guest_enter(&guest, 0));
    held = guest.since_ns;
    assert_int_equal(pthread_create(&thread, NULL, pass_once, NULL), 0);
    while (davy_gate_line(gate) != 1)
        (void) sched_yield();
    rest_ms(2);
    davy_guest_step(&guest);
    assert_int_equal(atomic_load(&passed), 1);
    held = guest.since_ns - guest.rested_ns - held; /* until it left */
    assert_true(held >= 2000000);
    assert_true(guest.rested_ns >= 3 * held);
    davy_guest_leave(&guest);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* Three who come again and again: the guest gets its twenty steps all the same. */
static void a_guest_comes_to_its_end_beside_those_who_never_cease(void **state)
{
    davy_guest guest;
    pthread_t threads[3];

    (void) state;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, pass_always, NULL), 0);
    davy_guest_init(&guest, gate);
    assert_true(davy_guest_enter(&guest, 0));
    for (size_t i = 0; i < 20; i++) {
        rest_ms(1);
        davy_guest_step(&guest);
    }
    davy_guest_leave(&guest);
    atomic_store(&stop, true);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_true(guest.rested_ns > 0);
}

static void a_guest_that_may_not_wait_so_long_does_not(void **state)
{
    davy_guest guest;

    (void) state;
    davy_guest_init(&guest, gate);
    assert_true(davy_gate_try(gate));
    assert_false(davy_guest_enter(&guest, 1)); /* long ago */
    davy_gate_leave(gate);
}

#define AT_GATE(test) cmocka_unit_test_setup_teardown(test, open_gate, close_gate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_GATE(a_guest_whom_nobody_waits_for_keeps_its_place),
        AT_GATE(who_waits_for_a_guest_waits_for_a_step),
        AT_GATE(a_guest_comes_to_its_end_beside_those_who_never_cease),
        AT_GATE(a_guest_that_may_not_wait_so_long_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
