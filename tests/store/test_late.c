/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which chunks are noted as late, over random histories: of two that overlap it is always the one
 * with the larger sequence, however they came to be there, and no note is of a chunk that is gone.
 * SQLite is asked directly: what the store concludes from the notes is in test_corrected.
 */
#include "store/store.h"

#include "../testing.h"
#include "ask_day.h"
#include "temporary.h"

#include <stdlib.h>

#define START_NS (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02T00:00:00Z */
#define SIGNALS  3
#define PLACES   2000 /* s */

static uint64_t random_state;

static int random_below(int bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int) (random_state % (uint64_t) bound);
}

/* A few samples of a stretch that is short or long, anywhere in the day or after all others. */
static void append_some(davy_store *store, int round, int rounds)
{
    const int length = random_below(4) == 0 ? PLACES / 2 : 20;
    const int first =
        random_below(2) == 0 ? random_below(PLACES) : PLACES + round * PLACES / rounds;

    for (int i = 1 + random_below(4); i > 0; i--) {
        const davy_sample sample = {START_NS + (first + random_below(length)) * DAVY_NS_PER_S,
                                    random_below(100), (davy_signal_id) random_below(SIGNALS), 0};

        assert_ok(davy_store_append(store, &sample, 1));
    }
}

#define PAIRS                                                               \
    "SELECT count(*) FROM chunk a JOIN chunk b ON a.signal = b.signal"      \
    " AND a.sequence > b.sequence AND a.first_ns <= b.first_ns + b.span_ns" \
    " AND b.first_ns <= a.first_ns + a.span_ns"

/* @return pairs of chunks that overlap */
static int check_notes(void)
{
    assert_int_equal(ask_day(temporary, PAIRS
                             " WHERE NOT EXISTS(SELECT 1 FROM late WHERE signal = a.signal AND"
                             " first_ns = a.first_ns AND sequence = a.sequence)"),
                     0);
    assert_int_equal(ask_day(temporary,
                             "SELECT count(*) FROM late WHERE NOT EXISTS(SELECT 1 FROM chunk WHERE"
                             " chunk.signal = late.signal AND chunk.first_ns = late.first_ns AND"
                             " chunk.sequence = late.sequence AND chunk.span_ns = late.span_ns)"),
                     0);
    return ask_day(temporary, PAIRS);
}

/* @return pairs that overlapped, over all looks */
static int live_through(uint64_t seed, int rounds, int compact_every)
{
    davy_store *store;
    int pairs = 0;

    random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
    assert_ok(davy_store_open(temporary, NULL, &store));
    for (int i = 0; i < SIGNALS; i++) {
        davy_signal_id id;
        char path[8];

        (void) snprintf(path, sizeof path, "s/%d", i);
        assert_ok(davy_store_signal(store, path, "", &id));
    }
    for (int round = 0; round < rounds; round++) {
        append_some(store, round, rounds);
        assert_ok(davy_store_seal(store));
        if ((round + 1) % compact_every == 0)
            assert_ok(davy_store_compact(store));
        if (round % 10 == 9)
            pairs += check_notes();
    }
    davy_store_close(store);
    return pairs;
}

static void of_two_chunks_that_overlap_the_later_is_noted(void **state)
{
    const uint64_t seeds = getenv("DAVY_TORTURE") ? 100 : 6;
    int pairs = 0;

    for (uint64_t seed = 1; seed <= seeds; seed++) {
        print_message("# seed %llu\n", (unsigned long long) seed);
        pairs += live_through(seed, 60, 7 + (int) seed % 30);
        assert_int_equal(temporary_remove(state), 0);
        assert_int_equal(temporary_make(state), 0);
    }
    print_message("# %d pairs that overlap\n", pairs);
    assert_true(pairs > 100);
}

/* More than compaction merges at once: what it cuts off stays apart under an earlier sequence. */
static void also_where_more_overlap_than_are_merged_at_once(void **state)
{
    (void) state;
    assert_true(live_through(5, 450, 440) > 1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(of_two_chunks_that_overlap_the_later_is_noted),
        TEST(also_where_more_overlap_than_are_merged_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
