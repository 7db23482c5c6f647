/* SPDX-License-Identifier: Apache-2.0 */

/* The sun against what geometry says: at noon on the equinox it stands at 90 degrees less the
 * latitude, at the solstice 23.44 degrees higher, and the day of the equinox has twelve hours. */
#include "../testing.h"

#include "core/timestamp.h"
#include "hazard/air/sun.h"

#include <math.h>

static int64_t at(const char *text)
{
    int64_t time_ns;

    assert_ok(davy_timestamp_parse(text, &time_ns));
    return time_ns;
}

static double degrees(double latitude, double longitude, const char *text)
{
    return davy_sun_elevation(latitude, longitude, at(text)) * 180 / M_PI;
}

static void it_stands_where_geometry_puts_it(void **state)
{
    (void) state;
    /* The equation of time is -7.5 minutes on 20 March, -1.7 on 21 June. */
    assert_near(degrees(40, 0, "2026-03-20T12:07:30Z"), 50, 0.6);
    assert_near(degrees(40, 0, "2026-06-21T12:01:42Z"), 73.44, 0.6);
    assert_near(degrees(40, 0, "2026-12-21T11:58:00Z"), 26.56, 0.6);
    assert_near(degrees(-40, 0, "2026-12-21T11:58:00Z"), 73.44, 0.6);
    assert_near(degrees(0, 104.066, "2026-03-20T17:11:00Z"), -90, 7); /* midnight in Chengdu */
    assert_near(degrees(0, 90, "2026-03-20T06:07:30Z"), 90, 0.6);     /* its noon is at 06 UTC */
    assert_near(degrees(40, 0, "1969-06-21T12:01:42Z"), 73.44, 0.6);  /* before 1970 */
}

static void the_night_begins_an_hour_before_the_sunset(void **state)
{
    (void) state;
    /* Equinox on the equator: sunrise 06:07:30, sunset 18:07:30. */
    assert_true(davy_sun_is_night(0, 0, at("2026-03-20T07:00:00Z")));
    assert_false(davy_sun_is_night(0, 0, at("2026-03-20T07:15:00Z")));
    assert_false(davy_sun_is_night(0, 0, at("2026-03-20T17:00:00Z")));
    assert_true(davy_sun_is_night(0, 0, at("2026-03-20T17:15:00Z")));
    assert_true(davy_sun_is_night(0, 0, at("2026-03-20T00:00:00Z")));
    assert_false(davy_sun_is_night(80, 0, at("2026-06-21T00:00:00Z"))); /* polar day */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_stands_where_geometry_puts_it),
        cmocka_unit_test(the_night_begins_an_hour_before_the_sunset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
