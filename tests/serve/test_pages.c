/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Pages while samples come in between: all that was there is in one page, once; what comes late is
 * in a later page when it lies behind the place that the cursor names, and in none before it.
 */
#include "serve/samples/page.h"

#include "../store/temporary.h"
#include "../testing.h"

#include <stdlib.h>

#define S       DAVY_NS_PER_S
#define BASE_NS (1709121600LL * S) /* 2024-02-28T12:00:00Z */
#define SPAN_S  200000
#define SIGNALS 4
#define MOST    4000

static struct {
    int64_t time_ns;
    bool expected, seen;
} model[SIGNALS][MOST];
static size_t counts[SIGNALS];
static uint64_t random_state;

static uint64_t random_below(uint64_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % bound;
}

static size_t place_of(size_t signal, int64_t time_ns)
{
    size_t i = 0;

    while (i < counts[signal] && model[signal][i].time_ns != time_ns)
        i++;
    return i;
}

/* @param behind  signal and time from which on what comes is still to be seen */
static void append_some(davy_store *store, size_t count, size_t signal_behind, int64_t behind_ns)
{
    for (size_t k = 0; k < count; k++) {
        const size_t signal = random_below(SIGNALS);
        const davy_sample sample = {BASE_NS + (int64_t) random_below(SPAN_S) * S, 1,
                                    (davy_signal_id) signal, 0};
        const size_t at = place_of(signal, sample.time_ns);

        assert_ok(davy_store_append(store, &sample, 1));
        if (at < counts[signal])
            continue;
        model[signal][at].time_ns = sample.time_ns;
        model[signal][at].expected =
            signal > signal_behind || (signal == signal_behind && sample.time_ns >= behind_ns);
        model[signal][at].seen = false;
        counts[signal]++;
    }
}

/* Note what a page has; the place behind it. */
static void read_page(davy_store *store, const davy_samples_query *query, size_t *signal,
                      int64_t *time_ns)
{
    static davy_samples_page page;

    for (size_t i = 0; i < query->count; i++) {
        const davy_samples_signal *one = &query->signals[i];
        int64_t from_ns = one->from_ns;

        assert_ok(davy_samples_page_load(store, one->id, &from_ns, one->to_ns, &page));
        assert_false(page.more);
        for (size_t k = 0; k < page.count; k++) {
            const size_t at = place_of(one->id, page.times[k]);

            assert_true(at < counts[one->id] && !model[one->id][at].seen);
            model[one->id][at].seen = true;
        }
        *signal = one->id;
        *time_ns = one->to_ns;
    }
}

static void read_all(davy_store *store)
{
    const uint64_t limit = 1 + random_below(700);
    char cursor[DAVY_SAMPLES_CURSOR_MAX] = "";
    size_t signal = 0;
    int64_t time_ns = BASE_NS;

    do {
        davy_samples_query query = {
            .store = store, .from_ns = BASE_NS, .to_ns = BASE_NS + SPAN_S * S};

        assert_ok(davy_samples_select(&query, "unit/*"));
        assert_ok(davy_samples_cut(&query, "unit/*", limit, cursor[0] ? cursor : NULL));
        read_page(store, &query, &signal, &time_ns);
        memcpy(cursor, query.next, sizeof cursor);
        davy_arena_clear(&query.arena);
        if (cursor[0])
            append_some(store, random_below(30), signal, time_ns);
        if (random_below(6) == 0)
            assert_ok(davy_store_seal(store));
    } while (cursor[0]);
}

static void every_sample_is_in_one_page(void **state)
{
    davy_signal_id id;
    davy_store *store;

    for (uint64_t seed = 1; seed <= 12; seed++) {
        random_state = seed * 0x9e3779b97f4a7c15ULL;
        memset(counts, 0, sizeof counts);
        assert_ok(davy_store_open(temporary, NULL, &store));
        for (size_t i = 0; i < SIGNALS; i++) {
            char path[16];

            (void) snprintf(path, sizeof path, "unit/%zu", i);
            assert_ok(davy_store_signal(store, path, "", &id));
        }
        append_some(store, 1500, 0, INT64_MIN);
        read_all(store);
        for (size_t signal = 0; signal < SIGNALS; signal++)
            for (size_t i = 0; i < counts[signal]; i++)
                assert_true(model[signal][i].seen == model[signal][i].expected);
        davy_store_close(store);
        assert_int_equal(temporary_remove(state), 0);
        assert_int_equal(temporary_make(state), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_sample_is_in_one_page, temporary_make,
                                        temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
