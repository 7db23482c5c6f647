/* SPDX-License-Identifier: Apache-2.0 */

/* The weather of a station, what is taken where it is silent, and what moves a zone. */
#include "../testing.h"

#include "core/timestamp.h"
#include "respond/threat/weather_now.h"

#include <math.h>

static const davy_site_weather station = {.height_m = 10};

#define ASSUMED(part) (1U << DAVY_WEATHER_##part)

static davy_weather_now at(const char *time, const double readings[DAVY_WEATHER_PARTS])
{
    int64_t time_ns;

    assert_ok(davy_timestamp_parse(time, &time_ns));
    return davy_weather_now_of(&station, readings, 30.657, 104.066, time_ns); /* Chengdu */
}

#define NOON     "2026-06-21T05:00:00Z"
#define MIDNIGHT "2026-06-21T17:00:00Z"

static void what_the_station_says_is_taken(void **state)
{
    const davy_weather_now now = at(NOON, (double[]){3.2, 225, 300, 0.7, 650, 0.4});

    (void) state;
    assert_int_equal(now.assumed, 0);
    assert_near(now.weather.wind, 3.2, 0);
    assert_near(now.weather.wind_from, 225, 0);
    assert_near(now.weather.temperature_k, 300, 0);
    assert_near(now.weather.radiation, 650, 0);
    assert_false(now.weather.night);
    assert_int_equal(now.weather.stability, 0); /* Pasquill's, of sun and wind */
}

/* 40 CFR 68.22(b): 1.5 m/s and F. (c): 25 degC and 50 %. */
static void a_silent_station_is_the_worst_case(void **state)
{
    const davy_weather_now now = at(NOON, (double[]){NAN, NAN, NAN, NAN, NAN, NAN});

    (void) state;
    assert_near(now.weather.wind, 1.5, 0);
    assert_int_equal(now.weather.stability, 'F');
    assert_true(isnan(now.weather.wind_from));
    assert_near(now.weather.temperature_k, 298.15, 0);
    assert_near(now.weather.humidity, 0.5, 0);
    assert_int_equal(now.assumed,
                     ASSUMED(SPEED) | ASSUMED(FROM) | ASSUMED(TEMPERATURE) | ASSUMED(HUMIDITY));
    assert_non_null(strstr(davy_weather_part_assumption(DAVY_WEATHER_SPEED), "40 CFR 68.22"));
}

static void without_sun_and_clouds_the_sky_is_a_clear_night(void **state)
{
    davy_weather_now now = at(NOON, (double[]){2.5, 90, 290, 0.5, NAN, NAN});

    (void) state;
    assert_true(now.weather.night);
    assert_near(now.weather.cloud, 0, 0);
    assert_int_equal(now.assumed, ASSUMED(RADIATION) | ASSUMED(CLOUD));
    now = at(MIDNIGHT, (double[]){2.5, 90, 290, 0.5, 0, 0.8}); /* the clouds are known */
    assert_true(now.weather.night);
    assert_near(now.weather.cloud, 0.8, 0);
    assert_int_equal(now.assumed, 0);
}

/* EPA-454/R-99-005, 6.9: below 1 m/s the wind is set to 1 m/s. */
static void a_calm_has_no_direction(void **state)
{
    const davy_weather_now now = at(NOON, (double[]){0.2, 90, 290, 0.5, 650, NAN});

    (void) state;
    assert_near(now.weather.wind, 1.0, 0);
    assert_true(isnan(now.weather.wind_from));
    assert_int_equal(now.assumed, ASSUMED(FROM));
}

static void a_zone_is_drawn_anew_when_the_weather_has_moved(void **state)
{
    static const struct {
        double readings[DAVY_WEATHER_PARTS];
        bool moved;
    } cases[] = {
        {{4, 225, 300, 0.7, 500, NAN}, false},  {{4.5, 225, 300, 0.7, 500, NAN}, false}, /* 12 % */
        {{4.9, 225, 300, 0.7, 500, NAN}, true}, /* 22 %; C-B below 5 m/s as before */
        {{4, 234, 300, 0.7, 500, NAN}, false},  {{4, 236, 300, 0.7, 500, NAN}, true},
        {{4, 225, 306, 0.7, 500, NAN}, true},   {{4, 225, 300, 0.95, 500, NAN}, true},
        {{4, 225, 300, 0.7, 720, NAN}, true},  /* more sun: B in place of C */
        {{4, 225, 300, 0.7, 520, NAN}, false}, /* the same one */
        {{4, NAN, 300, 0.7, 500, NAN}, true},  /* the vane fell silent */
    };
    const davy_weather_now before = at(NOON, (double[]){4, 225, 300, 0.7, 500, NAN});
    davy_weather_now north;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        const davy_weather_now now = at(NOON, cases[i].readings);

        if (davy_weather_moved(&before, &now) != cases[i].moved)
            fail_msg("case %zu", i);
    }
    /* Over north: 358 and 2 degrees are 4 apart. */
    north = at(NOON, (double[]){4, 358, 300, 0.7, 500, NAN});
    assert_false(davy_weather_moved(
        &north,
        &(davy_weather_now){.weather = at(NOON, (double[]){4, 2, 300, 0.7, 500, NAN}).weather,
                            .assumed = north.assumed}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_station_says_is_taken),
        cmocka_unit_test(a_silent_station_is_the_worst_case),
        cmocka_unit_test(without_sun_and_clouds_the_sky_is_a_clear_night),
        cmocka_unit_test(a_calm_has_no_direction),
        cmocka_unit_test(a_zone_is_drawn_anew_when_the_weather_has_moved),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
