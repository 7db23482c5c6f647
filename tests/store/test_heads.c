/* SPDX-License-Identifier: Apache-2.0 */

/* The head of a chunk as bytes, docs/store-format.md. */
#include "store/head_packed.h"

#include "../testing.h"

#include <math.h>
#include <stdlib.h>

#define S      DAVY_NS_PER_S
#define POINTS ((size_t) 64)
#define ROUNDS 3000
#define START  (1767312000LL * S)

static int64_t times[POINTS];
static double values[POINTS];
static uint8_t quality[POINTS];

static uint64_t random_state = 88172645463325252ULL; /* Marsaglia's xorshift */

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static davy_chunk_head head_of(size_t count)
{
    const davy_points points = {
        .times = times, .values = values, .quality = quality, .count = count};
    davy_chunk_head head = {.signal = 7, .sequence = 1234567, .codec = 5, .times = 3, .data = 300};

    davy_chunk_summarise(&points, 0, count, &head);
    return head;
}

/* What the columns beside the bytes say. */
static davy_chunk_head key_of(const davy_chunk_head *head)
{
    return (davy_chunk_head){.signal = head->signal,
                             .sequence = head->sequence,
                             .first_ns = head->first_ns,
                             .last_ns = head->last_ns,
                             .count = head->count,
                             .times = head->times,
                             .data = head->data};
}

static void a_head_is_the_bytes_that_the_format_says(void **state)
{
    /* 1.5, 2.5, 2.0 a second apart, by hand: one decimal, all integers; codec 5; a tick of
     * 1 * 10^9 ns, 32 * 1 + 9; min at 0, max at 1, never at rest; 15, 20 - 15, 15 - 15,
     * 25 - 20, 60 - 3 * (15 + 25) / 2; one a second at most, 10^(1 + 3) times. */
    static const uint8_t expected[] = {0x31, 5, 41, 0, 1, 0, 0, 30, 10, 0, 5, 0, 0x90, 0x4e};
    static const double three[] = {1.5, 2.5, 2.0};
    uint8_t bytes[DAVY_HEAD_PACKED_MAX];
    davy_chunk_head head;

    (void) state;
    for (size_t i = 0; i < 3; i++) {
        times[i] = START + (int64_t) i * S;
        values[i] = three[i];
        quality[i] = 0;
    }
    head = head_of(3);
    assert_int_equal(davy_head_pack(&head, bytes), sizeof expected);
    assert_memory_equal(bytes, expected, sizeof expected);
}

static double any_value(int kind)
{
    const double whole = (double) (int64_t) (random_bits() >> 40) - 8e6;

    switch (kind) {
    case 0:
        return whole / 100;
    case 1:
        return whole;
    case 2:
        return whole * 1e300;
    case 3:
        return random_bits() % 8 ? whole / 1000 : (double) NAN;
    case 4:
        return random_bits() % 8 ? whole / 7 : -INFINITY;
    default:
        return -0.0;
    }
}

static size_t any_points(void)
{
    const size_t count = 1 + random_bits() % POINTS;
    const int kind = (int) (random_bits() % 6);
    const uint64_t bad = random_bits() % 4;
    const unsigned shift = (unsigned) (random_bits() % 40);

    times[0] = START + (int64_t) (random_bits() >> 20);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            times[i] = times[i - 1] + 1 + (int64_t) (random_bits() >> 24 >> shift);
        values[i] = any_value(kind);
        quality[i] = random_bits() % 3 < bad ? DAVY_QUALITY_BAD : (uint8_t) (random_bits() % 2);
    }
    return count;
}

/* Its checksum is over all that it says; -0 and 0, and all NaN, are the same in it. */
static void what_any_points_say_comes_back(void **state)
{
    (void) state;
    for (int round = 0; round < ROUNDS; round++) {
        const davy_chunk_head head = head_of(any_points());
        davy_chunk_head again = key_of(&head);
        uint8_t bytes[DAVY_HEAD_PACKED_MAX];
        const size_t length = davy_head_pack(&head, bytes);

        assert_true(length <= sizeof bytes);
        assert_true(davy_head_unpack(bytes, length, &again));
        assert_int_equal(davy_chunk_head_checksum(&again), davy_chunk_head_checksum(&head));
        assert_true(again.min_ns == head.min_ns && again.bad == head.bad);
        assert_false(davy_head_unpack(bytes, length - 1, &again));
    }
}

static void another_head_is_told_by_its_checksum(void **state)
{
    size_t served = 0;

    (void) state;
    for (int round = 0; round < ROUNDS; round++) {
        const davy_chunk_head head = head_of(any_points());
        davy_chunk_head other = key_of(&head);
        uint8_t bytes[DAVY_HEAD_PACKED_MAX];
        const size_t length = davy_head_pack(&head, bytes);
        uint8_t *exact = malloc(length); /* so that a sanitizer sees the end */

        bytes[random_bits() % length] ^= (uint8_t) (1U << random_bits() % 8);
        memcpy(exact, bytes, length);
        /* A bit that stands for nothing, as the sign of a NaN, changes nothing that is told. */
        if (davy_head_unpack(exact, length, &other) &&
            davy_chunk_head_checksum(&other) == davy_chunk_head_checksum(&head)) {
            served++;
            assert_true(other.bad == head.bad && other.min_ns == head.min_ns);
            assert_true(other.min == head.min || (isnan(other.min) && isnan(head.min)));
            assert_true(other.max == head.max || (isnan(other.max) && isnan(head.max)));
        }
        free(exact);
    }
    assert_true(served < ROUNDS / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_the_bytes_that_the_format_says),
        cmocka_unit_test(what_any_points_say_comes_back),
        cmocka_unit_test(another_head_is_told_by_its_checksum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
