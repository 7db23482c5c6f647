/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/reach.h"
#include "hazard/risk/draws.h"
#include "hazard/risk/ranks.h"

enum { DRAWS = 20000 };

static const davy_draws_weather weather[] = {
    {DAVY_STABILITY_B, 2, 4, 0.2}, {DAVY_STABILITY_D, 4, 8, 0.5}, {DAVY_STABILITY_F, 1.5, 3, 0.3}};

static davy_draws example(void)
{
    return (davy_draws){weather,
                        DAVY_ARRAY_LENGTH(weather),
                        {DAVY_DRAW_LOG_UNIFORM, 0.005, 0, 0.05},
                        {.kind = DAVY_DRAW_NONE},
                        {DAVY_DRAW_TRIANGLE, 0.1, 0.85, 0.95},
                        7};
}

/* Inverse distribution functions by hand: 2 + 0.25 * 8; sqrt(1 * 100); a triangle from 0 to 10 with
 * the mode 4 has 0.4 below it, 0.1 below 2 and 0.9 below 10 - sqrt(6). */
static void a_share_of_a_distribution_is_below_its_value(void **state)
{
    const davy_draw uniform = {DAVY_DRAW_UNIFORM, 2, 0, 10}, known = {.kind = DAVY_DRAW_NONE};
    const davy_draw log_uniform = {DAVY_DRAW_LOG_UNIFORM, 1, 0, 100};
    const davy_draw triangle = {DAVY_DRAW_TRIANGLE, 0, 4, 10};

    (void) state;
    assert_near(davy_draw_value(&uniform, 0.25), 4, 1e-12);
    assert_true(isnan(davy_draw_value(&known, 0.25)));
    assert_near(davy_draw_value(&log_uniform, 0.5), 10, 1e-12);
    assert_near(davy_draw_value(&triangle, 0.1), 2, 1e-12);
    assert_near(davy_draw_value(&triangle, 0.4), 4, 1e-12);
    assert_near(davy_draw_value(&triangle, 0.9), 10 - sqrt(6), 1e-12);
}

static void draws_are_as_often_what_the_tables_say(void **state)
{
    const davy_draws draws = example();
    double classes[DAVY_STABILITIES] = {0}, small = 0, fill = 0;

    (void) state;
    assert_ok(davy_draws_check(&draws));
    for (uint64_t n = 0; n < DRAWS; n++) {
        const davy_drawn drawn = davy_draws_at(&draws, n);

        assert_true(drawn.wind >= 1.5 && drawn.wind <= 8);
        assert_true(drawn.hole >= 0.005 && drawn.hole <= 0.05);
        classes[drawn.stability]++;
        small += drawn.hole < sqrt(0.005 * 0.05); /* half of them, by the logarithm */
        fill += drawn.fill;
    }
    /* Five deviations of a share of 20,000 are at most 0.018; of the mean fill, 0.0068. */
    assert_near(classes[DAVY_STABILITY_B] / DRAWS, 0.2, 0.018);
    assert_near(classes[DAVY_STABILITY_D] / DRAWS, 0.5, 0.018);
    assert_near(classes[DAVY_STABILITY_F] / DRAWS, 0.3, 0.018);
    assert_near(small / DRAWS, 0.5, 0.018);
    assert_near(fill / DRAWS, (0.1 + 0.85 + 0.95) / 3, 0.0068);
}

static void what_has_no_distance_counts_as_far_and_is_told(void **state)
{
    const davy_answer unknown = {DAVY_ANSWER_NO_DATA, NAN, NAN, .given = NAN};
    const davy_answer nowhere = {DAVY_ANSWER_NOT_REACHED, 0, NAN, .given = NAN};
    const davy_answer outside = {DAVY_ANSWER_OUTSIDE, 70, NAN, .given = NAN};
    const davy_answer two = {DAVY_ANSWER_TWO, 30, 60, .given = NAN};
    davy_draws_tally tally = {0};

    (void) state;
    assert_true(isinf(davy_draws_count(&tally, unknown)));
    assert_near(davy_draws_count(&tally, nowhere), 0, 0);
    assert_near(davy_draws_count(&tally, outside), 70, 0);
    assert_near(davy_draws_count(&tally, two), 60, 0);
    assert_int_equal(tally.unknown, 1);
    assert_int_equal(tally.not_reached, 1);
    assert_int_equal(tally.outside, 1);
    assert_int_equal(tally.reached, 1);
}

/* Ten people with their IQ and hours of television, as textbooks have them: 1 - 6 * 194 / 990. Ties
 * by hand: ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4 give 4.5 / sqrt(4.5 * 5). */
static void ranks_correlate_as_spearman_has_it(void **state)
{
    static const double iq[] = {106, 100, 86, 101, 99, 103, 97, 113, 112, 110};
    static const double hours[] = {7, 27, 2, 50, 28, 29, 20, 12, 6, 17};
    static const double tied[] = {1, 5, 5, INFINITY}, rising[] = {1, 2, 3, 4};
    static const double same[] = {3, 3, 3, 3};
    double x[10], y[10];
    size_t order[10];

    (void) state;
    davy_ranks_of(iq, 10, order, x);
    davy_ranks_of(hours, 10, order, y);
    assert_near(davy_ranks_correlation(x, y, 10), 1 - 6.0 * 194 / 990, 1e-12);
    davy_ranks_of(tied, 4, order, x);
    davy_ranks_of(rising, 4, order, y);
    assert_near(x[1], 2.5, 0);
    assert_near(davy_ranks_correlation(x, y, 4), 4.5 / sqrt(4.5 * 5), 1e-12);
    davy_ranks_of(same, 4, order, y);
    assert_true(isnan(davy_ranks_correlation(x, y, 4)));
}

/* Ranks of the interval of a median at 95 %: D. G. Altman, Statistics with Confidence, table 17.1:
 * of 10 the 2nd and 9th, of 20 the 6th and 15th, of 100 the 40th and 61st. */
static void the_interval_of_a_median_has_the_ranks_of_the_table(void **state)
{
    static const double ranks[][3] = {{10, 2, 9}, {20, 6, 15}, {100, 40, 61}};
    double numbers[100];

    (void) state;
    for (size_t i = 0; i < 100; i++)
        numbers[i] = (double) i + 1;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(ranks); i++) {
        const davy_draws_quantile median =
            davy_draws_quantile_of(numbers, (size_t) ranks[i][0], 0.5, 0.95);

        assert_near(median.distance, ranks[i][0] / 2, 0);
        assert_near(median.low, ranks[i][1], 0);
        assert_near(median.high, ranks[i][2], 0);
    }
}

/* S. S. Wilks 1941: it takes 59 draws to be 95 % sure that the largest is above 95 % of all. */
static void too_few_draws_have_no_upper_end(void **state)
{
    double numbers[59];

    (void) state;
    for (size_t i = 0; i < 59; i++)
        numbers[i] = (double) i + 1;
    assert_near(davy_draws_quantile_of(numbers, 59, 0.95, 0.9).high, 59, 0);
    assert_true(isinf(davy_draws_quantile_of(numbers, 58, 0.95, 0.9).high));
    assert_near(davy_draws_quantile_of(numbers, 2, 0.5, 0.95).low, 0, 0);
}

/* The true 90 % quantile of a uniform distance is known: the interval holds it about as often as it
 * says. 200 runs of 500 draws; 95 % is 190, and fewer than 179 come once in 10,000 times. */
static void the_interval_holds_the_true_quantile_as_often_as_it_says(void **state)
{
    davy_draws draws = example();
    static double distances[500];
    int held = 0;

    (void) state;
    draws.fill = (davy_draw){DAVY_DRAW_UNIFORM, 0, 0, 1};
    for (uint64_t run = 0; run < 200; run++) {
        davy_draws_quantile quantile;

        for (uint64_t n = 0; n < 500; n++)
            distances[n] = davy_draws_at(&draws, run * 500 + n).fill;
        davy_draws_sort(distances, 500);
        quantile = davy_draws_quantile_of(distances, 500, 0.9, 0.95);
        held += quantile.low <= 0.9 && 0.9 <= quantile.high;
    }
    assert_in_range(held, 179, 200);
}

static void tables_that_cannot_be_are_refused_with_what_is_wrong(void **state)
{
    const davy_draws_weather calm = {DAVY_STABILITY_F, 0, 2, 1},
                             half = {DAVY_STABILITY_F, 1, 2, 0.5};
    const davy_draws_weather unknown = {DAVY_STABILITIES, 1, 2, 1};
    davy_draws draws = example();

    (void) state;
    draws.hole = (davy_draw){DAVY_DRAW_UNIFORM, 0.05, 0, 0.005};
    assert_fails(davy_draws_check(&draws), DAVY_ERR_INVALID, "the hole goes from 0.05 to 0.005");
    draws = example();
    draws.fill.mode = 0.99;
    assert_fails(davy_draws_check(&draws), DAVY_ERR_INVALID, "not between its ends");
    draws = example();
    draws.fill = (davy_draw){DAVY_DRAW_UNIFORM, NAN, 0, 1};
    assert_fails(davy_draws_check(&draws), DAVY_ERR_INVALID, "fill");
    draws = example();
    draws.rate = (davy_draw){DAVY_DRAW_LOG_UNIFORM, 0, 0, 1};
    assert_fails(davy_draws_check(&draws), DAVY_ERR_INVALID, "rate");
    draws = example();
    draws.weather_count = 0;
    assert_ok(davy_draws_check(&draws));
    assert_true(isnan(davy_draws_at(&draws, 0).wind));
    draws.weather = &half;
    draws.weather_count = 1;
    assert_fails(davy_draws_check(&draws), DAVY_ERR_INVALID, "add up to 0.5");
    draws.weather = &calm;
    assert_fails(davy_draws_check(&draws), DAVY_ERR_INVALID, "a wind above 0");
    draws.weather = &unknown;
    assert_fails(davy_draws_check(&draws), DAVY_ERR_INVALID, "class ?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_of_a_distribution_is_below_its_value),
        cmocka_unit_test(draws_are_as_often_what_the_tables_say),
        cmocka_unit_test(ranks_correlate_as_spearman_has_it),
        cmocka_unit_test(what_has_no_distance_counts_as_far_and_is_told),
        cmocka_unit_test(the_interval_of_a_median_has_the_ranks_of_the_table),
        cmocka_unit_test(too_few_draws_have_no_upper_end),
        cmocka_unit_test(the_interval_holds_the_true_quantile_as_often_as_it_says),
        cmocka_unit_test(tables_that_cannot_be_are_refused_with_what_is_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
