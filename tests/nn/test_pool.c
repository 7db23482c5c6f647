/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/pool.h"

#include "../testing.h"

#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define CHUNKS 1000

typedef struct tally {
    size_t threads;
    atomic_int times[CHUNKS];
    atomic_int strangers; /* worker numbers outside 0 .. threads - 1 */
} tally;

static void count_chunk(void *context, size_t chunk, size_t worker)
{
    tally *t = context;

    atomic_fetch_add(&t->times[chunk], 1);
    if (worker >= t->threads)
        atomic_fetch_add(&t->strangers, 1);
}

static void runs_every_chunk_once(void **state)
{
    static tally t;
    davy_pool *pool;

    (void) state;
    for (size_t threads = 1; threads <= 5; threads++) {
        assert_ok(davy_pool_create(threads, &pool));
        assert_int_equal(davy_pool_threads(pool), threads);
        memset(&t, 0, sizeof t);
        t.threads = threads;
        for (int run = 1; run <= 50; run++) {
            davy_pool_run(pool, CHUNKS, count_chunk, &t);
            for (size_t i = 0; i < CHUNKS; i++)
                assert_int_equal(t.times[i], run);
        }
        assert_int_equal(t.strangers, 0);
        davy_pool_destroy(pool);
    }
}

static void without_a_pool_the_caller_runs_all(void **state)
{
    static tally t = {.threads = 1};

    (void) state;
    assert_int_equal(davy_pool_threads(NULL), 1);
    davy_pool_run(NULL, CHUNKS, count_chunk, &t);
    davy_pool_run(NULL, 0, count_chunk, &t);
    for (size_t i = 0; i < CHUNKS; i++)
        assert_int_equal(t.times[i], 1);
    assert_int_equal(t.strangers, 0);
    davy_pool_destroy(NULL);
}

/* Long enough between runs that the workers sleep; a lost wake-up would hang, and the runner ends
 * it. */
static void workers_wake_from_their_sleep(void **state)
{
    static tally t = {.threads = 3};
    davy_pool *pool;

    (void) state;
    assert_ok(davy_pool_create(3, &pool));
    for (int run = 1; run <= 20; run++) {
        (void) usleep(2000);
        davy_pool_run(pool, 3, count_chunk, &t);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(t.times[i], run);
    }
    davy_pool_destroy(pool);
}

/* Numbers, not atomics: what a chunk wrote must be seen by the caller (ThreadSanitizer looks). */
typedef struct squares {
    size_t from;
    size_t values[64];
} squares;

static void square(void *context, size_t chunk, size_t worker)
{
    squares *s = context;

    (void) worker;
    s->values[chunk] = (s->from + chunk) * (s->from + chunk);
}

static void the_caller_sees_what_the_chunks_wrote(void **state)
{
    davy_pool *pool;

    (void) state;
    assert_ok(davy_pool_create(4, &pool));
    for (size_t run = 0; run < 500; run++) {
        squares s = {.from = run};

        davy_pool_run(pool, 64, square, &s);
        for (size_t i = 0; i < 64; i++)
            assert_int_equal(s.values[i], (run + i) * (run + i));
    }
    davy_pool_destroy(pool);
}

typedef struct halves {
    volatile float tiny; /* the least normal float: half of it is denormal */
    float results[100];
} halves;

static void halve(void *context, size_t chunk, size_t worker)
{
    halves *h = context;

    (void) worker;
    h->results[chunk] = h->tiny * 0.5F;
}

static void denormals_are_zero_in_chunks_and_come_back_after(void **state)
{
    halves h = {.tiny = 0x1p-126F};
    davy_pool *pool;

    (void) state;
    assert_ok(davy_pool_create(3, &pool));
    for (int with = 0; with < 2; with++) {
        memset(h.results, 0xff, sizeof h.results);
        davy_pool_run(with ? pool : NULL, 100, halve, &h);
        for (size_t i = 0; i < 100; i++)
            assert_near(h.results[i], 0.0F, 0.0F);
        halve(&h, 0, 0);
        assert_true(h.results[0] > 0.0F);
    }
    davy_pool_destroy(pool);
}

/* Threads that the caller starts later would inherit a binding. */
static void the_caller_is_not_bound(void **state)
{
    static tally t = {.threads = 2};
    cpu_set_t before, after;
    davy_pool *pool;

    (void) state;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_ok(davy_pool_create(2, &pool));
    for (int run = 0; run < 100; run++)
        davy_pool_run(pool, 10, count_chunk, &t);
    assert_int_equal(sched_getaffinity(0, sizeof after, &after), 0);
    assert_true(CPU_EQUAL(&before, &after));
    davy_pool_destroy(pool);
}

static void refuses_more_threads_than_it_has_room_for(void **state)
{
    davy_pool *pool;

    (void) state;
    assert_fails(davy_pool_create(DAVY_POOL_THREADS_MAX + 1, &pool), DAVY_ERR_INVALID,
                 "256 at most");
    assert_ok(davy_pool_create(0, &pool));
    assert_true(davy_pool_threads(pool) >= 1);
    davy_pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_every_chunk_once),
        cmocka_unit_test(without_a_pool_the_caller_runs_all),
        cmocka_unit_test(workers_wake_from_their_sleep),
        cmocka_unit_test(the_caller_sees_what_the_chunks_wrote),
        cmocka_unit_test(denormals_are_zero_in_chunks_and_come_back_after),
        cmocka_unit_test(the_caller_is_not_bound),
        cmocka_unit_test(refuses_more_threads_than_it_has_room_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
