/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Steps for so many pixels, over random ranges from one end of the calendar to the other: one
 * begins where the one before ends, they are no more than pixels, and every sample of the range is
 * in one of them, once.
 */
#include "serve/samples/page.h"

#include "../store/temporary.h"
#include "../testing.h"

#include <stdlib.h>

#define S         DAVY_NS_PER_S
#define FIRST_NS  (-9214560000LL * S) /* 1678-01-01 */
#define LAST_NS   (9214559999LL * S)  /* 2261-12-31 */
#define SAMPLES   600
#define QUESTIONS 3000

static int64_t times[SAMPLES];
static uint64_t random_state = 88172645463325252ULL; /* xorshift64, G. Marsaglia 2003 */

static uint64_t random_below(uint64_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % bound;
}

/* Near a place in the calendar, on whole seconds, tens and hours and a nanosecond beside them. */
static int64_t random_time(void)
{
    static const int64_t places[] = {FIRST_NS, -86400 * S, 0, 1709121600 * S, LAST_NS - 7200 * S};
    static const int64_t grids[] = {1, S, 10 * S, 3600 * S};
    const int64_t grid_ns = grids[random_below(DAVY_ARRAY_LENGTH(grids))];
    int64_t time_ns = places[random_below(DAVY_ARRAY_LENGTH(places))] +
                      (int64_t) random_below((uint64_t) (7200 * S / grid_ns)) * grid_ns;

    time_ns += (int64_t) random_below(3) - 1;
    return time_ns < FIRST_NS ? FIRST_NS : time_ns > LAST_NS ? LAST_NS : time_ns;
}

static size_t count_samples(int64_t from_ns, int64_t to_ns)
{
    size_t count = 0;

    for (size_t i = 0; i < SAMPLES; i++)
        count += times[i] >= from_ns && times[i] < to_ns;
    return count;
}

static void ask_at_random(davy_store *store)
{
    const uint64_t pixels = 1 + random_below(random_below(2) ? 2000 : 10);
    davy_samples_query query = {.store = store};
    davy_store_bucket *steps;
    size_t count, found = 0;

    do {
        query.from_ns = random_time();
        query.to_ns = random_time();
    } while (query.from_ns >= query.to_ns);
    assert_ok(davy_samples_set_step(&query, 0, pixels));
    assert_ok(davy_samples_steps(&query, &steps, &count));
    assert_ok(davy_samples_summarise(&query, 0, steps, count));
    assert_in_range(count, 1, pixels + (query.step_ns == INT64_MAX ? 2 : 0));
    assert_true(steps[0].time_ns == query.from_ns);
    for (size_t i = 0; i < count; i++) {
        const int64_t end_ns = i + 1 < count ? steps[i + 1].time_ns : query.to_ns;

        assert_true(steps[i].time_ns < end_ns);
        assert_true((uint64_t) end_ns - (uint64_t) steps[i].time_ns <= (uint64_t) query.step_ns);
        assert_int_equal(steps[i].count, count_samples(steps[i].time_ns, end_ns));
        found += steps[i].count;
    }
    assert_int_equal(found, count_samples(query.from_ns, query.to_ns));
    free(steps);
}

static void every_sample_is_in_one_step(void **state)
{
    davy_signal_id id;
    davy_store *store;

    (void) state;
    assert_ok(davy_store_open(temporary, NULL, &store));
    assert_ok(davy_store_signal(store, "T-101/level", "", &id));
    for (size_t i = 0; i < SAMPLES; i++) {
        davy_sample sample = {.value = 1, .signal = id};
        size_t k = 0;

        do
            sample.time_ns = random_time();
        while (count_samples(sample.time_ns, sample.time_ns + 1) > 0);
        times[k = i] = sample.time_ns;
        assert_ok(davy_store_append(store, &sample, 1));
    }
    for (int i = 0; i < QUESTIONS / 3; i++)
        ask_at_random(store);
    assert_ok(davy_store_seal(store));
    for (int i = 0; i < QUESTIONS / 3; i++)
        ask_at_random(store);
    assert_ok(davy_store_roll_up(store, INT64_MAX));
    for (int i = 0; i < QUESTIONS / 3; i++)
        ask_at_random(store);
    davy_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_sample_is_in_one_step, temporary_make,
                                        temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
