/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/zone/map.h"

#define PI 3.14159265358979323846

/* Earth-centred coordinates of a place on WGS 84 (NIMA TR8350.2): a = 6378137 m, e^2 =
 * 0.00669437999014. */
static void centred(davy_map_place place, double out[3])
{
    const double phi = place.latitude * PI / 180, lambda = place.longitude * PI / 180;
    const double squared = 0.00669437999014, n = 6378137 / sqrt(1 - squared * pow(sin(phi), 2));

    out[0] = n * cos(phi) * cos(lambda);
    out[1] = n * cos(phi) * sin(lambda);
    out[2] = n * (1 - squared) * sin(phi);
}

/* Back to metres east and north in the plane that touches the origin. */
static davy_site_point in_plane(davy_map_place origin, davy_map_place place)
{
    const double phi = origin.latitude * PI / 180, lambda = origin.longitude * PI / 180;
    double from[3], to[3];

    centred(origin, from);
    centred(place, to);
    for (int i = 0; i < 3; i++)
        to[i] -= from[i];
    return (davy_site_point){-sin(lambda) * to[0] + cos(lambda) * to[1],
                             -sin(phi) * cos(lambda) * to[0] - sin(phi) * sin(lambda) * to[1] +
                                 cos(phi) * to[2]};
}

static void places_within_20_km_are_a_metre_off_at_most(void **state)
{
    static const double latitudes[] = {-70, -33, 0, 30.657, 52, 70};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(latitudes); i++)
        for (int degrees = 0; degrees < 360; degrees += 15)
            for (double metres = 10; metres <= 20000; metres *= 1.9) {
                const davy_map_place origin = {latitudes[i], 104.066};
                const davy_site_point point = {metres * sin(degrees * PI / 180),
                                               metres * cos(degrees * PI / 180)};
                const davy_site_point back =
                    in_plane(origin, davy_map_of(origin.latitude, origin.longitude, point));

                assert_near(back.east, point.east, 1);
                assert_near(back.north, point.north, 1);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_within_20_km_are_a_metre_off_at_most),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
