/* SPDX-License-Identifier: Apache-2.0 */
#include "core/pattern.h"

#include "../testing.h"

static void a_star_stays_within_an_asset(void **state)
{
    (void) state;
    assert_true(davy_pattern_matches("T-101/*", "T-101/pressure"));
    assert_false(davy_pattern_matches("T-101/*", "T-102/pressure"));
    assert_false(davy_pattern_matches("*", "T-101/pressure"));
    assert_true(davy_pattern_matches("*/pressure", "T-101/pressure"));
    assert_true(davy_pattern_matches("T-1*/*re", "T-101/pressure"));
}

static void two_stars_cross_assets(void **state)
{
    (void) state;
    assert_true(davy_pattern_matches("**", "T-101/pressure"));
    assert_true(davy_pattern_matches("T**e", "T-101/pressure"));
}

static void commas_separate_patterns(void **state)
{
    (void) state;
    assert_true(davy_pattern_matches("P-1/flow,T-101/level", "T-101/level"));
    assert_false(davy_pattern_matches("P-1/flow,T-101/level", "T-101/leve"));
    assert_false(davy_pattern_matches("", "T-101/level"));
}

static void samples_of_proof_tests_have_to_be_named(void **state)
{
    static const char path[] = "prooftest/T-101/level";

    (void) state;
    assert_false(davy_pattern_selects("**", path));
    assert_false(davy_pattern_selects("*/*/*,T-101/level", path));
    assert_true(davy_pattern_selects("prooftest/**", path));
    assert_true(davy_pattern_selects("T-101/level,prooftest/T-101/*", path));
    assert_false(davy_pattern_selects("**,prooftest/P-1/*", path));
    assert_true(davy_pattern_selects("**", "T-101/level"));
    assert_true(davy_pattern_selects("*/*", "prooftester/level"));
    assert_true(davy_path_is_proof(path));
    assert_false(davy_path_is_proof("T-101/prooftest/"));
}

/* Exponential matchers need minutes for this. */
static void many_stars_cost_little(void **state)
{
    char path[2001];

    (void) state;
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_false(davy_pattern_matches("*a*a*a*a*a*a*a*a*a*a*a*a*b", path));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_star_stays_within_an_asset),
        cmocka_unit_test(two_stars_cross_assets),
        cmocka_unit_test(commas_separate_patterns),
        cmocka_unit_test(samples_of_proof_tests_have_to_be_named),
        cmocka_unit_test(many_stars_cost_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
