/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/air/weather.h"

#include <math.h>

static davy_weather weather_of(double wind)
{
    return (davy_weather){wind, NAN, NAN, NAN, NAN, NAN, false};
}

static void assert_classes(davy_stability_estimate estimate, const char *classes)
{
    assert_int_equal(davy_stability_letter(estimate.other), classes[0]);
    assert_int_equal(davy_stability_letter(estimate.stability), classes[classes[1] ? 1 : 0]);
    assert_int_equal(estimate.answer.kind, classes[1] ? DAVY_ANSWER_TWO : DAVY_ANSWER_VALUE);
}

/* The table on ready.noaa.gov/READYpgclass.php, by rows of the wind: strong, moderate, slight. */
static void by_day_it_is_the_table_of_pasquill(void **state)
{
    static const struct {
        double wind;
        const char *strong, *moderate, *slight;
    } rows[] = {
        {1.9, "A", "AB", "B"}, {2, "AB", "B", "C"},  {3, "B", "BC", "C"},
        {5, "C", "CD", "D"},   {6.1, "C", "D", "D"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        davy_weather weather = weather_of(rows[i].wind);

        weather.radiation = 800;
        assert_classes(davy_weather_pasquill(&weather), rows[i].strong);
        weather.radiation = 400;
        assert_classes(davy_weather_pasquill(&weather), rows[i].moderate);
        weather.radiation = 100;
        assert_classes(davy_weather_pasquill(&weather), rows[i].slight);
        weather.cloud = 1; /* note 3 of the page */
        assert_classes(davy_weather_pasquill(&weather), "D");
    }
}

static void by_night_clouds_make_the_air_less_stable(void **state)
{
    davy_weather weather = weather_of(2.5);

    (void) state;
    weather.night = true;
    weather.cloud = 0.2;
    assert_classes(davy_weather_pasquill(&weather), "F");
    weather.cloud = 0.6;
    assert_classes(davy_weather_pasquill(&weather), "E");
    weather.wind = 4;
    assert_classes(davy_weather_pasquill(&weather), "D");
}

/* Pasquill's table of 1961 has no entry there, READY prints F, Turner's has a class 7. */
static void a_calm_clear_night_is_told_to_be_beyond_the_table(void **state)
{
    davy_weather weather = weather_of(1);
    davy_stability_estimate estimate;

    (void) state;
    weather.night = true;
    weather.cloud = 0;
    estimate = davy_weather_pasquill(&weather);
    assert_int_equal(estimate.stability, DAVY_STABILITY_F);
    assert_true(estimate.beyond);
    assert_int_equal(estimate.answer.kind, DAVY_ANSWER_OUTSIDE);
    assert_string_equal(estimate.answer.what, "wind speed");
    weather.cloud = 1; /* overcast is D at any wind */
    assert_classes(davy_weather_pasquill(&weather), "D");
    assert_false(davy_weather_pasquill(&weather).beyond);
}

/* EPA-454/R-99-005, table 6-7. */
static void sun_and_gradient_are_the_table_of_epa(void **state)
{
    static const struct {
        double wind;
        const char *by_day; /* from 925 W/m2 down */
    } rows[] = {{1, "AABD"}, {2.5, "ABCD"}, {4, "BBCD"}, {5.5, "CCDD"}, {8, "CDDD"}};
    static const double radiation[] = {925, 700, 175, 174};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++)
        for (size_t j = 0; j < DAVY_ARRAY_LENGTH(radiation); j++) {
            davy_weather weather = weather_of(rows[i].wind);

            weather.radiation = radiation[j];
            assert_classes(davy_weather_srdt(&weather), (char[]){rows[i].by_day[j], 0});
        }
}

static void nights_of_epa_go_by_the_gradient(void **state)
{
    davy_weather weather = weather_of(1);

    (void) state;
    weather.night = true;
    assert_string_equal(davy_weather_srdt(&weather).answer.what, "temperature gradient");
    weather.gradient = 0;
    assert_classes(davy_weather_srdt(&weather), "F");
    weather.gradient = -0.01;
    assert_classes(davy_weather_srdt(&weather), "E");
    weather.wind = 2.2;
    assert_classes(davy_weather_srdt(&weather), "D");
    weather.gradient = 0.01;
    assert_classes(davy_weather_srdt(&weather), "E");
    weather.wind = 2.5;
    assert_classes(davy_weather_srdt(&weather), "D");
}

/* EPA-454/R-99-005, tables 6-4 to 6-6: a sun at 40 degrees is class 3. */
static void turner_takes_off_for_clouds(void **state)
{
    davy_weather weather = weather_of(2);

    (void) state;
    weather.sun = 40 / 57.29577951308232;
    weather.cloud = 0.5;
    assert_classes(davy_weather_turner(&weather), "B");
    weather.cloud = 0.8;
    assert_string_equal(davy_weather_turner(&weather).answer.what, "ceiling");
    weather.ceiling = 1000; /* m: two off */
    assert_classes(davy_weather_turner(&weather), "D");
    weather.ceiling = 3000; /* one off */
    assert_classes(davy_weather_turner(&weather), "C");
    weather.ceiling = 6000; /* none */
    assert_classes(davy_weather_turner(&weather), "B");
    weather.cloud = 1;
    weather.ceiling = 1000; /* index 0 */
    assert_classes(davy_weather_turner(&weather), "D");
}

static void turner_calls_a_calm_clear_night_g(void **state)
{
    davy_weather weather = weather_of(1.5);

    (void) state;
    weather.night = true;
    weather.cloud = 0.4;
    assert_classes(davy_weather_turner(&weather), "F");
    assert_true(davy_weather_turner(&weather).beyond);
    weather.cloud = 0.5;
    assert_classes(davy_weather_turner(&weather), "F");
    assert_false(davy_weather_turner(&weather).beyond);
    weather.wind = 3;
    assert_classes(davy_weather_turner(&weather), "E");
}

static void what_is_missing_is_named(void **state)
{
    davy_weather weather = weather_of(NAN);

    (void) state;
    assert_string_equal(davy_weather_pasquill(&weather).answer.what, "wind speed");
    weather.wind = 3;
    assert_string_equal(davy_weather_pasquill(&weather).answer.what, "solar radiation");
    assert_string_equal(davy_weather_srdt(&weather).answer.what, "solar radiation");
    assert_string_equal(davy_weather_turner(&weather).answer.what, "cloud cover");
    weather.cloud = 0;
    assert_string_equal(davy_weather_turner(&weather).answer.what, "height of the sun");
    weather.night = true;
    weather.cloud = NAN;
    assert_string_equal(davy_weather_pasquill(&weather).answer.what, "cloud cover");
    assert_int_equal(davy_weather_pasquill(&weather).stability, DAVY_STABILITIES);
    weather.wind = -1;
    assert_int_equal(davy_weather_pasquill(&weather).answer.kind, DAVY_ANSWER_OUTSIDE);
    assert_int_equal(davy_weather_pasquill(&weather).stability, DAVY_STABILITIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_day_it_is_the_table_of_pasquill),
        cmocka_unit_test(by_night_clouds_make_the_air_less_stable),
        cmocka_unit_test(a_calm_clear_night_is_told_to_be_beyond_the_table),
        cmocka_unit_test(sun_and_gradient_are_the_table_of_epa),
        cmocka_unit_test(nights_of_epa_go_by_the_gradient),
        cmocka_unit_test(turner_takes_off_for_clouds),
        cmocka_unit_test(turner_calls_a_calm_clear_night_g),
        cmocka_unit_test(what_is_missing_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
