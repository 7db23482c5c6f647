/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Heavy puffs: the figures of GasDispersion.jl, and what must hold of the curves and their range.
 */
#include "../testing.h"
#include "hazard/dense/curves.h"
#include "hazard/dense/plume.h"
#include "hazard/dense/puff.h"

#include <math.h>

/* 1 m3 in 1 m/s of wind, where alpha is 0.5 log10(g'). */
static davy_dense_puff with_alpha(double alpha)
{
    return (davy_dense_puff){1, 1, pow(10, 2 * alpha), 250, 300};
}

/* aefarrell/GasDispersion.jl, test/models/britter_mcquaid_puff_tests.jl. */
static void the_curves_are_those_of_ccps(void **state)
{
    static const struct {
        double alpha, distances[DAVY_DENSE_PUFF_LEVELS];
    } rows[] = {{-0.75, {0.7, 0.85, 0.95, 1.15, 1.48, 1.83, 2.075}},
                {0, {0.81, 1, 1.19, 1.39, 1.62, 1.83, 2.05}},
                {0.75, {0.93, 1.03, 1.185, 1.375, 1.525, 1.68, 1.8475}}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        const davy_dense_law law = davy_dense_puff_law_of(rows[i].alpha);

        for (int j = 0; j < DAVY_DENSE_PUFF_LEVELS; j++)
            assert_near(law.distances[1 + j], rows[i].distances[j], 1e-12);
    }
}

/* The concentrations of the same file @5eeac9e in kg/m3 over its first one, 38000 kg / 72500 m3.
 * The cloud is no possible one of ammonia; the arithmetic is what is compared. */
static void a_cloud_is_that_of_another_program(void **state)
{
    static const double first = 38e3 / 7.25e4;
    const davy_dense_puff puff = {7.25e4, 2, davy_dense_gravity(1.434, 1.2041).value, 239.834,
                                  293.15};

    (void) state;
    assert_near(davy_dense_puff_concentration(&puff, 160).value, 0.11109705839813348 / first, 1e-5);
    assert_near(davy_dense_puff_concentration(&puff, 355).value, 0.06264084534270946 / first, 1e-3);
    assert_near(davy_dense_puff_concentration(&puff, 3133).value, 0.0006403658290584752 / first,
                1e-5);
}

static void a_puff_never_thickens_and_its_reach_is_the_furthest(void **state)
{
    (void) state;
    for (double alpha = -0.65; alpha <= 1; alpha += 0.05) {
        const davy_dense_puff puff = with_alpha(alpha);
        double before = 1;

        for (double distance = 0.1; distance < 1e4; distance *= 1.1) {
            const davy_answer answer = davy_dense_puff_concentration(&puff, distance);

            assert_int_equal(answer.kind, DAVY_ANSWER_VALUE);
            assert_true(answer.value <= before * (1 + 1e-12));
            before = answer.value;
        }
        for (double level = 1e-5; level < 1; level *= 1.7) {
            const double reach = davy_dense_puff_reach(&puff, level).value;

            assert_true(davy_dense_puff_concentration(&puff, reach * (1 - 1e-9)).value >=
                        level * (1 - 1e-6));
            assert_true(davy_dense_puff_concentration(&puff, reach * (1 + 1e-9)).value <=
                        level * (1 + 1e-6));
        }
    }
}

/* The dilution is 0.1 from 5.4 lengths to the curve, 10^0.81 = 6.4565 at alpha 0: as far as that,
 * to be on the safe side. */
static void a_level_that_is_kept_for_a_while_is_kept_to_its_end(void **state)
{
    const davy_dense_law law = davy_dense_puff_law_of(0);

    (void) state;
    assert_near(davy_dense_law_at(&law, 6), 0.1, 1e-12);
    assert_near(davy_dense_law_reach(&law, 0.1), 6.4565, 1e-4);
    assert_near(davy_dense_law_reach(&law, 0.1001), 5.4, 0.01);
}

static void beyond_the_curves_there_is_no_answer(void **state)
{
    davy_dense_puff heavy = with_alpha(1.01), light = with_alpha(-0.71);

    (void) state;
    assert_int_equal(davy_dense_puff_concentration(&heavy, 10).kind, DAVY_ANSWER_OUTSIDE);
    assert_string_equal(davy_dense_puff_reach(&light, 0.01).what, "alpha");
    light.wind = NAN;
    assert_int_equal(davy_dense_puff_reach(&light, 0.01).kind, DAVY_ANSWER_NO_DATA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_curves_are_those_of_ccps),
        cmocka_unit_test(a_cloud_is_that_of_another_program),
        cmocka_unit_test(a_puff_never_thickens_and_its_reach_is_the_furthest),
        cmocka_unit_test(a_level_that_is_kept_for_a_while_is_kept_to_its_end),
        cmocka_unit_test(beyond_the_curves_there_is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
