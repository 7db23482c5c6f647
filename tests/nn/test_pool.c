/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/pool.h"

#include "../testing.h"

#include <stdatomic.h>
#include <string.h>

#define CHUNKS 1000

typedef struct tally {
    size_t threads;
    atomic_int times[CHUNKS];
    atomic_int strangers; /* worker numbers outside 0 .. threads - 1 */
    float tiny, products[CHUNKS];
} tally;

static void count_chunk(void *context, size_t chunk, size_t worker)
{
    tally *t = context;

    atomic_fetch_add(&t->times[chunk], 1);
    if (worker >= t->threads)
        atomic_fetch_add(&t->strangers, 1);
    t->products[chunk] = t->tiny * 0.5F;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_every_chunk_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
