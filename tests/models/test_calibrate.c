/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include "models/training/calibrate.h"

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
        assert_near(c.days, 10.0, 1e-12);
        assert_near(c.limit, cases[i].limit, 0.0);
        assert_int_equal(c.episodes, cases[i].episodes);
        assert_near(c.promise_per_day, (double) (cases[i].episodes + 1) / 10.0, 1e-12);
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
    assert_near(c.promise_per_day, 0.1, 1e-12);
    assert_true(c.limit >= 5.0);
}

/*
 * The steps of these scores by hand: above 5 nothing, above 4 one spike, above 3 two; the five
 * rows of the 5 % end there. Ten days vouch for 0.1 a day with none, 0.2 with one, 0.3 with two.
 */
static void one_history_answers_every_budget(void **state)
{
    static const struct {
        double budget, limit, promise;
        bool extrapolated;
    } cases[] = {{0.1, 5.0, 0.1, false},  {0.15, 5.0, 0.1, false}, {0.2, 4.0, 0.2, false},
                 {0.25, 4.0, 0.2, false}, {0.3, 3.0, 0.3, false},  {0.099, 5.0, 0.1, true}};
    double scores[100];
    uint8_t begins[100];
    davy_calibration_input input = spiky(scores, begins);
    davy_calibration c;

    (void) state;
    input.budget_per_day = 0.2;
    assert_ok(davy_calibrate(&input, &c));
    assert_null(davy_budget_curve_fault(&c.curve));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const davy_budget_answer answer = davy_budget_curve_answer(&c.curve, cases[i].budget);

        assert_near(answer.limit, cases[i].limit, 0.0);
        assert_near(answer.promise_per_day, cases[i].promise, 1e-12);
        assert_int_equal(answer.extrapolated, cases[i].extrapolated);
    }
}

/* Tail and steps chosen for round numbers: rate 10 a day over 2, mean excess 0.5, ten days. */
static void beyond_its_history_a_curve_follows_its_tail(void **state)
{
    davy_budget_curve curve = {.days = 10.0,
                               .step_count = 2,
                               .steps = {{0, 4.0}, {1, 3.0}},
                               .tail = {.from = 2.0, .excess = 0.5, .per_day = 10.0}};
    davy_budget_answer answer = davy_budget_curve_answer(&curve, 10.0 * exp(-6.0));

    (void) state;
    assert_true(answer.extrapolated);
    assert_near(answer.limit, 2.0 + 0.5 * 6.0, 1e-12); /* u + excess ln(rate / budget) */
    assert_near(answer.promise_per_day, 0.1, 1e-12);
    answer = davy_budget_curve_answer(&curve, 10.0 * exp(-3.0) / 10.0); /* ln = 5.3: 4.65 */
    assert_near(answer.limit, 2.0 + 0.5 * (3.0 + log(10.0)), 1e-12);
    answer = davy_budget_curve_answer(&curve, 0.0999); /* ln = 4.6: never below what was seen */
    assert_true(answer.limit >= 4.0);
    assert_near(davy_budget_curve_answer(&curve, 1e6).limit, 3.0, 0.0);
    davy_budget_curve_divide(&curve, 4.0);
    assert_near(davy_budget_curve_answer(&curve, 0.1).limit, 1.0, 0.0);
    assert_near(davy_budget_curve_answer(&curve, 0.2).limit, 0.75, 0.0);
}

/* Counting by neighbours must be counting by walking, at every one of the largest scores. */
static void every_step_is_what_walking_over_the_rows_counts(void **state)
{
    enum { ROWS = 4000 };
    double *scores = calloc(ROWS, sizeof *scores);
    uint8_t *begins = calloc(ROWS, 1);
    davy_calibration_input input = {.scores = scores,
                                    .begins = begins,
                                    .count = ROWS,
                                    .rows_per_day = 100.0,
                                    .budget_per_day = 1.0,
                                    .merge = 4};
    uint64_t seed = 3;
    double level = 0;
    davy_calibration c;

    (void) state;
    assert_true(scores && begins);
    for (size_t i = 0; i < ROWS; i++) {
        level = 0.6 * level + plant_normal(&seed);
        scores[i] = round(8.0 * level) / 8.0; /* equal scores are common */
        begins[i] = plant_uniform(&seed) < 0.02;
    }
    assert_ok(davy_calibrate(&input, &c));
    assert_true(c.curve.step_count > 5);
    for (size_t i = 0; i < c.curve.step_count; i++)
        assert_true(davy_calibration_episodes(&input, c.curve.steps[i].limit) <=
                    c.curve.steps[i].episodes);
    for (size_t i = 1; i < c.curve.step_count; i++) {
        double next = -INFINITY; /* the next lower limit breaks the budget of the higher step */

        for (size_t row = 0; row < ROWS; row++)
            if (scores[row] < c.curve.steps[i - 1].limit)
                next = fmax(next, scores[row]);
        assert_true(davy_calibration_episodes(&input, next) > c.curve.steps[i - 1].episodes);
    }
    free(scores);
    free(begins);
}

static void a_curve_that_is_none_is_told_from_one(void **state)
{
    static const davy_budget_curve good = {.days = 10.0,
                                           .step_count = 2,
                                           .steps = {{0, 4.0}, {1, 3.0}},
                                           .tail = {.from = 2.0, .excess = 0.5, .per_day = 1.0}};
    davy_budget_curve bad;

    (void) state;
    assert_null(davy_budget_curve_fault(&good));
    bad = good, bad.days = 0;
    assert_non_null(strstr(davy_budget_curve_fault(&bad), "days"));
    bad = good, bad.tail.excess = NAN;
    assert_non_null(strstr(davy_budget_curve_fault(&bad), "tail"));
    bad = good, bad.steps[1].limit = 4.0;
    assert_non_null(strstr(davy_budget_curve_fault(&bad), "go down"));
    bad = good, bad.steps[1].episodes = 0;
    assert_non_null(strstr(davy_budget_curve_fault(&bad), "go down"));
    bad = good, bad.steps[0].episodes = 1;
    assert_non_null(strstr(davy_budget_curve_fault(&bad), "begin"));
    bad = good, bad.steps[1].limit = -3.0;
    assert_non_null(strstr(davy_budget_curve_fault(&bad), "range"));
    bad = good, bad.step_count = 0;
    assert_non_null(strstr(davy_budget_curve_fault(&bad), "begin"));
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
    assert_near(c.limit, 16.8, 0.9); /* runs that join above u shift it by up to 5 % */
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
    assert_near(total / FRESH, 1.0, 0.35); /* one calibration history: sigma sqrt(20)/20 */
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
        cmocka_unit_test(one_history_answers_every_budget),
        cmocka_unit_test(beyond_its_history_a_curve_follows_its_tail),
        cmocka_unit_test(every_step_is_what_walking_over_the_rows_counts),
        cmocka_unit_test(a_curve_that_is_none_is_told_from_one),
        cmocka_unit_test(extrapolates_an_exponential_tail_to_its_law),
        cmocka_unit_test(keeps_its_budget_on_fresh_correlated_noise),
        cmocka_unit_test(refuses_no_rows_and_scores_that_are_no_numbers),
    };

    return cmocka_run_group_tests_name("models: calibration", tests, NULL, NULL);
}
