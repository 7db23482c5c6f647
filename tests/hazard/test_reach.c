/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/reach.h"

#include <math.h>

static const davy_plume at_ground = {
    .sigma = &davy_sigma_briggs_rural, .stability = DAVY_STABILITY_F, .rate = 0.5, .wind = 2};
static const davy_plume elevated = {.sigma = &davy_sigma_briggs_rural,
                                    .stability = DAVY_STABILITY_D,
                                    .rate = 1,
                                    .wind = 3,
                                    .height = 30};

/* Oracle of petrolord-suite (brentq), "F-ground-50mg". */
static void agrees_with_an_independent_root(void **state)
{
    davy_answer answer = davy_plume_reach(&at_ground, 50e-6, 0);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_VALUE);
    assert_near(answer.value, 2115.2109994840785, 1e-7);
    assert_near(davy_reach_far(answer), answer.value, 0);
}

/* The distance and the concentration are one model: what is found has the level. */
static void at_the_distance_the_concentration_is_the_level(void **state)
{
    (void) state;
    for (size_t i = 0; davy_sigma_set_at(i); i++)
        for (davy_stability class = DAVY_STABILITY_A; class < DAVY_STABILITIES; class ++)
            for (double level = 1e-2; level > 1e-7; level /= 3) {
                davy_plume plume = elevated;
                davy_answer answer;

                plume.sigma = davy_sigma_set_at(i);
                plume.stability = class;
                plume.height = 8;
                if (davy_sigma_set_is_puff(plume.sigma))
                    continue;
                answer = davy_plume_reach(&plume, level, 1.5);
                if (answer.kind == DAVY_ANSWER_NOT_REACHED) {
                    assert_true(answer.value <= level);
                    continue;
                }
                if (isnan(answer.value)) {
                    assert_true(davy_plume_concentration(&plume, (davy_place){1e5, 0, 1.5}).value >
                                level);
                    continue;
                }
                /* a root at a joint of a fit that steps by a part of a percent lies in the step */
                assert_near(
                    davy_plume_concentration(&plume, (davy_place){davy_reach_far(answer), 0, 1.5})
                            .value /
                        level,
                    1, 0.02);
                assert_true(davy_plume_concentration(
                                &plume, (davy_place){1.05 * davy_reach_far(answer), 0, 1.5})
                                .value < level);
            }
}

static void under_a_stack_there_are_two_distances(void **state)
{
    davy_answer answer = davy_plume_reach(&elevated, 10e-6, 0);

    (void) state;
    assert_int_equal(answer.kind, DAVY_ANSWER_TWO);
    assert_true(answer.value < answer.far);
    assert_near(davy_plume_concentration(&elevated, (davy_place){answer.value, 0, 0}).value, 10e-6,
                1e-15);
    assert_near(davy_plume_concentration(&elevated, (davy_place){answer.far, 0, 0}).value, 10e-6,
                1e-15);
    assert_near(davy_reach_far(answer), answer.far, 0);
}

/* The bump just under its peak is narrower than the steps of the search. */
static void a_level_just_under_the_peak_is_found(void **state)
{
    davy_answer never = davy_plume_reach(&elevated, 1, 0);
    davy_answer answer = davy_plume_reach(&elevated, 0.999999 * never.value, 0);

    (void) state;
    assert_int_equal(never.kind, DAVY_ANSWER_NOT_REACHED);
    assert_near(davy_reach_far(never), 0, 0);
    assert_int_equal(answer.kind, DAVY_ANSWER_TWO);
    assert_true(answer.far / answer.value < 1.01);
    assert_int_equal(davy_plume_reach(&elevated, 1.000001 * never.value, 0).kind,
                     DAVY_ANSWER_NOT_REACHED);
}

static void a_higher_level_is_nearer(void **state)
{
    double before = INFINITY;

    (void) state;
    for (double level = 3e-6; level < 1; level *= 1.7) {
        double far = davy_reach_far(davy_plume_reach(&at_ground, level, 0));

        assert_true(far < before);
        before = far;
    }
}

static void a_distance_outside_the_coefficients_is_doubted(void **state)
{
    davy_answer near = davy_plume_reach(&at_ground, 0.1, 0);
    davy_answer far = davy_plume_reach(&at_ground, 3e-6, 0);

    (void) state;
    assert_int_equal(near.kind, DAVY_ANSWER_OUTSIDE);
    assert_true(near.value < 100);
    assert_int_equal(far.kind, DAVY_ANSWER_OUTSIDE);
    assert_true(far.value > 10000);
    assert_string_equal(far.what, "distance");
}

/* "F-beyond-range" of petrolord-suite: 50 kg/s, 1 m/s, 0.1 mg/m3. */
static void beyond_a_hundred_kilometres_there_is_no_number(void **state)
{
    davy_plume plume = at_ground;
    davy_answer answer;

    (void) state;
    plume.rate = 50;
    plume.wind = 1;
    answer = davy_plume_reach(&plume, 0.1e-6, 0);
    assert_int_equal(answer.kind, DAVY_ANSWER_OUTSIDE);
    assert_true(isnan(answer.value));
    assert_true(isnan(davy_reach_far(answer)));
}

static void what_the_model_lacks_the_distance_lacks(void **state)
{
    davy_plume plume = at_ground;

    (void) state;
    plume.stability = DAVY_STABILITIES;
    assert_string_equal(davy_plume_reach(&plume, 1e-6, 0).what, "stability class");
    assert_int_equal(davy_plume_reach(&plume, 1e-6, 0).kind, DAVY_ANSWER_NO_DATA);
    plume = at_ground;
    plume.wind = 0;
    assert_string_equal(davy_plume_reach(&plume, 1e-6, 0).what, "wind speed");
    assert_true(isnan(davy_reach_far(davy_plume_reach(&plume, 1e-6, 0))));
    assert_string_equal(davy_plume_reach(&at_ground, 0, 0).what, "level");
    plume = at_ground;
    plume.rate = 0;
    assert_int_equal(davy_plume_reach(&plume, 1e-6, 0).kind, DAVY_ANSWER_NOT_REACHED);
}

static void puffs_and_finite_releases_reach_by_their_own_models(void **state)
{
    const davy_puff puff = {&davy_sigma_ccps_puff, DAVY_STABILITY_D, 100, 4, 2, 0};
    const davy_finite finite = {&davy_sigma_ccps_puff, DAVY_STABILITY_D, 2, 50, 4, 2, 0};
    double x;

    (void) state;
    x = davy_reach_far(davy_puff_reach(&puff, 1e-4, 0));
    assert_near(davy_puff_concentration(&puff, (davy_place){x, 0, 0}, x / 4).value, 1e-4, 1e-14);
    x = davy_reach_far(davy_finite_reach(&finite, 1e-4, 0));
    assert_near(davy_finite_concentration(&finite, (davy_place){x, 0, 0}, x / 4 + 25).value, 1e-4,
                1e-14);
    /* spread over 50 s it is thinner than in one puff */
    assert_true(x < davy_reach_far(davy_puff_reach(&puff, 1e-4, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_an_independent_root),
        cmocka_unit_test(at_the_distance_the_concentration_is_the_level),
        cmocka_unit_test(under_a_stack_there_are_two_distances),
        cmocka_unit_test(a_level_just_under_the_peak_is_found),
        cmocka_unit_test(a_higher_level_is_nearer),
        cmocka_unit_test(a_distance_outside_the_coefficients_is_doubted),
        cmocka_unit_test(beyond_a_hundred_kilometres_there_is_no_number),
        cmocka_unit_test(what_the_model_lacks_the_distance_lacks),
        cmocka_unit_test(puffs_and_finite_releases_reach_by_their_own_models),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
