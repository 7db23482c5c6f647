/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "models/calibrate.h"

/* Ten rows a day for ten days, three spikes; what is below the spikes never is. */
static davy_calibration_input spiky(double scores[100], uint8_t begins[100])
{
    for (size_t i = 0; i < 100; i++)
        scores[i] = 0.001 * (double) (i % 7);
    memset(begins, 0, 100);
    scores[20] = 5.0;
    scores[50] = 4.0;
    scores[51] = 3.9;
    scores[80] = 3.0;
    return (davy_calibration_input){
        .scores = scores, .begins = begins, .count = 100, .rows_per_day = 10.0, .merge = 3};
}

static void counts_a_stretch_with_short_gaps_as_one_episode(void **state)
{
    double scores[100];
    uint8_t begins[100];
    davy_calibration_input input = spiky(scores, begins);

    (void) state;
    assert_int_equal(davy_calibration_episodes(&input, 5.0), 0);
    assert_int_equal(davy_calibration_episodes(&input, 3.5), 2);
    scores[54] = 4.5; /* two rows after 51: the same episode */
    assert_int_equal(davy_calibration_episodes(&input, 3.5), 2);
    scores[59] = 4.5; /* four rows between: another */
    assert_int_equal(davy_calibration_episodes(&input, 3.5), 3);
    begins[51] = 1; /* a run begins inside */
    assert_int_equal(davy_calibration_episodes(&input, 3.5), 4);
}

/* (e + 1) / 10 days within the budget, by hand: 0.1 -> e = 0, 0.2 -> 1, 0.3 -> 2. */
static void takes_the_lowest_limit_that_keeps_the_budget(void **state)
{
    static const struct {
        double budget, limit;
        size_t episodes;
    } cases[] = {{0.1, 5.0, 0}, {0.2, 4.0, 1}, {0.3, 3.0, 2}};
    double scores[100];
    uint8_t begins[100];
    davy_calibration_input input = spiky(scores, begins);
    davy_calibration c;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        input.budget_per_day = cases[i].budget + 1e-9;
        assert_ok(davy_calibrate(&input, &c));
        assert_false(c.extrapolated);
        assert_float_equal(c.days, 10.0, 1e-12);
        assert_float_equal(c.limit, cases[i].limit, 0.0);
        assert_int_equal(c.episodes, cases[i].episodes);
        assert_float_equal(c.promise_per_day, (double) (cases[i].episodes + 1) / 10.0, 1e-12);
    }
}

static void never_spends_a_large_budget_on_an_alarm_that_stands(void **state)
{
    double scores[100];
    uint8_t begins[100];
    davy_calibration_input input = spiky(scores, begins);
    davy_calibration c;
    size_t above = 0;

    (void) state;
    input.budget_per_day = 1000.0;
    assert_ok(davy_calibrate(&input, &c));
    for (size_t i = 0; i < 100; i++)
        above += scores[i] > c.limit;
    assert_true(above <= 5);
}

static void says_what_a_short_history_can_promise(void **state)
{
    double scores[100];
    uint8_t begins[100];
    davy_calibration_input input = spiky(scores, begins);
    davy_calibration c;

    (void) state;
    input.budget_per_day = 0.01; /* ten days cannot vouch for one in a hundred days */
    assert_ok(davy_calibrate(&input, &c));
    assert_true(c.extrapolated);
    assert_float_equal(c.promise_per_day, 0.1, 1e-12);
    assert_true(c.limit >= 5.0);
}

/* Peaks over u of an exponential law with mean 1: the limit for rate b is u + ln(rate / b). */
static void extrapolates_an_exponential_tail_to_its_law(void **state)
{
    static double scores[200000];
    static uint8_t begins[200000];
    uint64_t seed = 5;
    davy_calibration_input input = {.scores = scores,
                                    .begins = begins,
                                    .count = 200000,
                                    .rows_per_day = 200000.0, /* one day */
                                    .merge = 0};
    davy_calibration c;

    (void) state;
    for (size_t i = 0; i < input.count; i++)
        scores[i] = -log(plant_uniform(&seed));
    input.budget_per_day = 0.01; /* once in 2e7 rows: ln 2e7 = 16.8 */
    assert_ok(davy_calibrate(&input, &c));
    assert_true(c.extrapolated);
    assert_float_equal(c.limit, 16.8, 0.9); /* runs that join above u shift it by up to 5 % */
}

/*
 * AR(1) noise with the memory of a smoothed score: limits from one history, counted on fresh
 * ones. Forty fresh histories, so that the mean is within a tenth or so of what is expected.
 */
static void keeps_its_budget_on_fresh_correlated_noise(void **state)
{
    enum { ROWS = 20000, FRESH = 40 };
    double *scores = calloc(ROWS, sizeof *scores);
    uint8_t *begins = calloc(ROWS, 1);
    davy_calibration_input input = {.scores = scores,
                                    .begins = begins,
                                    .count = ROWS,
                                    .rows_per_day = 1000.0,
                                    .budget_per_day = 1.0, /* 20 in these 20 days */
                                    .merge = 30};
    double total = 0, level = 0;
    uint64_t seed = 11;
    davy_calibration c;

    (void) state;
    assert_true(scores && begins);
    for (size_t h = 0; h <= FRESH; h++) {
        for (size_t i = 0; i < ROWS; i++) {
            level = 0.9 * level + 0.4359 * plant_normal(&seed);
            scores[i] = level;
        }
        if (h == 0) {
            assert_ok(davy_calibrate(&input, &c));
            assert_false(c.extrapolated);
            assert_int_equal(c.episodes, 19);
        } else {
            total += (double) davy_calibration_episodes(&input, c.limit) / 20.0;
        }
    }
    assert_float_equal(total / FRESH, 1.0, 0.35); /* one calibration history: sigma sqrt(20)/20 */
    free(scores);
    free(begins);
}

static void refuses_no_rows_and_scores_that_are_no_numbers(void **state)
{
    double scores[100];
    uint8_t begins[100];
    davy_calibration_input input = spiky(scores, begins);
    davy_calibration c;

    (void) state;
    scores[7] = INFINITY;
    assert_fails(davy_calibrate(&input, &c), DAVY_ERR_INVALID, "not finite");
    input.count = 0;
    assert_fails(davy_calibrate(&input, &c), DAVY_ERR_INVALID, "no rows");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_a_stretch_with_short_gaps_as_one_episode),
        cmocka_unit_test(takes_the_lowest_limit_that_keeps_the_budget),
        cmocka_unit_test(never_spends_a_large_budget_on_an_alarm_that_stands),
        cmocka_unit_test(says_what_a_short_history_can_promise),
        cmocka_unit_test(extrapolates_an_exponential_tail_to_its_law),
        cmocka_unit_test(keeps_its_budget_on_fresh_correlated_noise),
        cmocka_unit_test(refuses_no_rows_and_scores_that_are_no_numbers),
    };

    return cmocka_run_group_tests_name("models: calibration", tests, NULL, NULL);
}
