/* SPDX-License-Identifier: Apache-2.0 */

/* How the points of a chunk move, counted by hand. */
#include "store/moves.h"

#include "core/random.h"
#include "store/points.h"

#include "../testing.h"

#include <math.h>

#define MS       DAVY_NS_PER_MS
#define S        DAVY_NS_PER_S
#define POINTS   400
#define SEEDS    200
#define GOOD     DAVY_QUALITY_GOOD
#define BAD      DAVY_QUALITY_BAD
#define NO_VALUE ((double) NAN)

static davy_moves moves_of(const davy_points *points, unsigned decimals)
{
    davy_moves moves;

    davy_moves_summarise(points, 0, points->count, decimals, &moves);
    assert_true(moves.known);
    return moves;
}

static davy_moves moves_of_arrays(const int64_t *times, const double *values,
                                  const uint8_t *quality, size_t count, unsigned decimals)
{
    const davy_points points = {.times = (int64_t *) (uintptr_t) times,
                                .values = (double *) (uintptr_t) values,
                                .quality = (uint8_t *) (uintptr_t) quality,
                                .count = count};

    return moves_of(&points, decimals);
}

/* 3 to 3.5 in two seconds is 0.25/s, 3.5 to 2 in one second 1.5/s, 2 stays for 5 s and at the end
 * for 1 s. */
static void the_steepest_step_and_the_longest_rest_are_found(void **state)
{
    static const int64_t times[] = {0, 2 * S, 3 * S, 8 * S, 10 * S, 11 * S};
    static const double values[] = {3.0, 3.5, 2.0, 2.0, 2.5, 2.5};
    static const uint8_t quality[6] = {GOOD};
    const davy_moves moves = moves_of_arrays(times, values, quality, 6, 1);

    (void) state;
    assert_near(moves.steepest, 1.5, 0.0);
    assert_true(moves.still_ns == 5 * S && moves.still_last_ns == 1 * S);
    assert_int_equal(moves.uncertain, 0);
    assert_int_equal(moves.odd, 0);
}

/* Half a unit in 1 ms would be 500/s. Over the first stretch of at least 1 s it is 0.5 in 1.001 s
 * from the first point, and 0 from the second one. */
static void a_rate_is_taken_over_a_second_at_least(void **state)
{
    static const int64_t times[] = {0, MS, 1001 * MS};
    static const double values[] = {1.0, 1.5, 1.5};
    static const uint8_t quality[3] = {GOOD};

    (void) state;
    assert_near(moves_of_arrays(times, values, quality, 3, 0).steepest, 0.5 / (1001e6 * 1e-9),
                1e-15);
}

/* Between the numbers lie 4 s: 8/4 is 2/s, and 7 does not rest. */
static void bad_samples_and_those_that_are_no_number_are_passed_over(void **state)
{
    static const int64_t times[] = {0, 1 * S, 2 * S, 3 * S, 4 * S};
    static const double values[] = {-1.0, 99.0, NO_VALUE, INFINITY, 7.0};
    static const uint8_t quality[] = {GOOD, BAD, GOOD, BAD, DAVY_QUALITY_UNCERTAIN};
    const davy_moves moves = moves_of_arrays(times, values, quality, 5, 0);

    (void) state;
    assert_near(moves.steepest, 2.0, 0.0);
    assert_true(moves.still_ns == 0 && moves.still_last_ns == 0);
    assert_int_equal(moves.uncertain, 1);
    assert_int_equal(moves.odd, DAVY_ODD_NAN);
}

static void a_value_without_end_is_told(void **state)
{
    static const int64_t times[] = {0, S};
    static const double values[] = {0.0, -INFINITY};
    static const uint8_t quality[2] = {GOOD};
    const davy_moves moves = moves_of_arrays(times, values, quality, 2, 0);

    (void) state;
    assert_int_equal(moves.odd, DAVY_ODD_INFINITE);
    assert_true(isinf(moves.steepest));
}

/* A third of 0.1 in a second is 0.0333...: kept as 34 ten-thousandths, which is no less. */
static void what_is_kept_is_never_less(void **state)
{
    static const int64_t times[] = {0, 3 * S};
    static const double values[] = {0.1, 0.2};
    static const uint8_t quality[2] = {GOOD};
    const davy_moves moves = moves_of_arrays(times, values, quality, 2, 1);

    (void) state;
    assert_near(moves.steepest, 0.0334, 1e-15);
    assert_near(davy_moves_pack(moves.steepest, 1), 334.0, 0.0);
    assert_true(davy_moves_unpack(334.0, 1) == moves.steepest);
}

/* A walk that takes each rate as a reader does, from some point on: none is above the steepest. */
static double steepest_walked(const davy_points *points, size_t from)
{
    double steepest = 0.0;
    size_t base = from;

    for (size_t i = from + 1; i < points->count; i++) {
        const int64_t gap_ns = points->times[i] - points->times[base];

        if (gap_ns < DAVY_MOVES_SPAN_NS)
            continue;
        steepest = fmax(steepest,
                        fabs(points->values[i] - points->values[base]) / ((double) gap_ns * 1e-9));
        base = i;
    }
    return steepest;
}

static void no_reader_finds_a_steeper_step(void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        davy_points points = {0};
        const unsigned decimals = (unsigned) (seed % 5);
        const double unit = pow(10.0, decimals), pace = (double) (seed % 7 + 1) * 0.2;
        int64_t time_ns = 0;
        davy_moves moves;

        assert_ok(davy_points_reserve(&points, POINTS));
        for (uint64_t i = 0; i < POINTS; i++) {
            time_ns += 1 + (int64_t) (pace * 1e9 * (double) davy_random_uniform(seed, 0, 2 * i));
            davy_points_push(&points, time_ns,
                             round(unit * (double) davy_random_uniform(seed, 0, 2 * i + 1)) / unit,
                             GOOD);
        }
        moves = moves_of(&points, decimals);
        for (size_t from = 0; from < POINTS; from += 7)
            assert_true(steepest_walked(&points, from) <= moves.steepest);
        assert_true(davy_moves_unpack(davy_moves_pack(moves.steepest, decimals), decimals) ==
                    moves.steepest);
        davy_points_clear(&points);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_steepest_step_and_the_longest_rest_are_found),
        cmocka_unit_test(a_rate_is_taken_over_a_second_at_least),
        cmocka_unit_test(bad_samples_and_those_that_are_no_number_are_passed_over),
        cmocka_unit_test(a_value_without_end_is_told),
        cmocka_unit_test(what_is_kept_is_never_less),
        cmocka_unit_test(no_reader_finds_a_steeper_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
