/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/wind.h"

#include <math.h>

/* The tests of GasDispersion.jl, 3 m/s at 1 m carried to 10 m: util_tests, ccps_tests, isc3_tests.
 */
static void the_power_law_agrees_with_gasdispersion(void **state)
{
    static const struct {
        const char *set;
        double expected[DAVY_STABILITIES];
    } rows[] = {
        {"common",
         {3.846991747968065, 3.882587524349958, 3.954770215669221, 4.160267486615665,
          4.7876374417101975, 5.371817562105883}},
        {"irwin-rural",
         {3.5246926648185886, 3.5246926648185886, 3.776776235382502, 4.237612633868263,
          6.716163415705019, 10.644401677007265}},
        {"irwin-urban",
         {4.237612633868263, 4.237612633868263, 4.754679577383341, 5.334838230116768,
          7.53565929452874, 11.943215116604916}},
        {"isc3-urban",
         {4.237612633868263, 4.237612633868263, 4.754679577383341, 5.334838230116768,
          5.985786944906638, 5.985786944906638}},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        const davy_wind_set *set = davy_wind_set_find(rows[i].set);

        assert_ptr_equal(davy_wind_set_at(i), set);
        for (davy_stability class = DAVY_STABILITY_A; class < DAVY_STABILITIES; class ++)
            assert_near(davy_wind_power(set, class, 3, 1, 10).value, rows[i].expected[class], 1e-9);
    }
    assert_null(davy_wind_set_find("none"));
}

/* tno_tests.jl of GasDispersion.jl: 2 m/s at 10 m carried to 15 m, z0 0.1 m. */
static void the_logarithmic_law_agrees_with_gasdispersion(void **state)
{
    static const double expected[] = {2.105802252736218, 2.1134438908570603, 2.1298117227821707,
                                      2.176091259055681, 2.3401491268457204, 2.542796254727042};

    (void) state;
    for (davy_stability class = DAVY_STABILITY_A; class < DAVY_STABILITIES; class ++)
        assert_near(davy_wind_log(class, 2, 10, 15, 0.1).value, expected[class], 1e-9);
}

/* By hand: -31.325 / log10(0.1 / 19.36) = 13.6985 m; above 0.5 m the roughness counts as 0.5 m. */
static void the_length_of_obukhov_is_infinite_in_neutral_air(void **state)
{
    (void) state;
    assert_near(davy_wind_obukhov(DAVY_STABILITY_D, 0.1).value, 0, 0);
    assert_near(1 / davy_wind_obukhov(DAVY_STABILITY_F, 0.1).value, 13.6984, 1e-3);
    assert_true(davy_wind_obukhov(DAVY_STABILITY_A, 0.1).value < 0);
    assert_near(davy_wind_obukhov(DAVY_STABILITY_E, 0.5).value,
                davy_wind_obukhov(DAVY_STABILITY_E, 2).value, 0);
}

static void at_the_height_where_it_is_known_the_wind_is_what_it_is(void **state)
{
    (void) state;
    for (davy_stability class = DAVY_STABILITY_A; class < DAVY_STABILITIES; class ++) {
        assert_near(davy_wind_log(class, 4, 10, 10, 0.3).value, 4, 1e-12);
        assert_near(davy_wind_power(&davy_wind_common, class, 4, 10, 10).value, 4, 1e-12);
        assert_true(davy_wind_log(class, 4, 10, 20, 0.3).value > 4);
        assert_true(davy_wind_log(class, 4, 10, 5, 0.3).value < 4);
    }
}

static void what_cannot_be_is_refused(void **state)
{
    (void) state;
    assert_string_equal(davy_wind_log(DAVY_STABILITY_D, 4, 10, 0.05, 0.1).what,
                        "height over the roughness length");
    assert_true(isnan(davy_wind_log(DAVY_STABILITY_D, 4, 10, 0.05, 0.1).value));
    assert_int_equal(davy_wind_log(DAVY_STABILITIES, 4, 10, 5, 0.1).kind, DAVY_ANSWER_NO_DATA);
    assert_int_equal(davy_wind_power(&davy_wind_common, DAVY_STABILITIES, 4, 10, 5).kind,
                     DAVY_ANSWER_NO_DATA);
    assert_int_equal(davy_wind_power(&davy_wind_common, DAVY_STABILITY_D, -1, 10, 5).kind,
                     DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_wind_power(&davy_wind_common, DAVY_STABILITY_D, 4, 10, 500).kind,
                     DAVY_ANSWER_OUTSIDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_power_law_agrees_with_gasdispersion),
        cmocka_unit_test(the_logarithmic_law_agrees_with_gasdispersion),
        cmocka_unit_test(the_length_of_obukhov_is_infinite_in_neutral_air),
        cmocka_unit_test(at_the_height_where_it_is_known_the_wind_is_what_it_is),
        cmocka_unit_test(what_cannot_be_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
