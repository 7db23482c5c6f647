/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "core/random.h"
#include "hazard/zone/geojson.h"
#include "hazard/zone/ring.h"
#include "hazard/zone/zone.h"

#include <stdlib.h>

#define PI 3.14159265358979323846

static davy_site_point square[] = {{0, 0}, {100, 0}, {100, 100}, {0, 100}};
static const davy_zone block = {.effect = DAVY_EFFECT_TOXIC,
                                .endpoint = "AEGL-2 60 min",
                                .severity = 2,
                                .reach = {.kind = DAVY_ANSWER_VALUE, .value = 100, .far = NAN},
                                .ring = square,
                                .count = 4};

static void edge_and_inside_belong_to_a_zone(void **state)
{
    (void) state;
    assert_true(davy_zone_contains(&block, (davy_site_point){50, 50}));
    assert_true(davy_zone_contains(&block, (davy_site_point){0, 0}));
    assert_true(davy_zone_contains(&block, (davy_site_point){100, 37.1}));
    assert_true(
        davy_zone_contains(&block, (davy_site_point){100.0005, 50})); /* half a millimetre */
    assert_false(davy_zone_contains(&block, (davy_site_point){100.01, 50}));
    assert_false(davy_zone_contains(&block, (davy_site_point){-0.01, 100}));
}

static void road_that_touches_crosses(void **state)
{
    (void) state;
    assert_true(davy_zone_crosses(&block, (davy_site_point){-50, 50}, (davy_site_point){150, 60}));
    assert_true(davy_zone_crosses(&block, (davy_site_point){10, 10}, (davy_site_point){20, 20}));
    assert_true(
        davy_zone_crosses(&block, (davy_site_point){-50, 100}, (davy_site_point){150, 100}));
    assert_true(davy_zone_crosses(&block, (davy_site_point){50, 50}, (davy_site_point){50, 500}));
    /* past the corner: the line e + n = 201 is 0.7 m away from it */
    assert_false(davy_zone_crosses(&block, (davy_site_point){201, 0}, (davy_site_point){0, 201}));
    assert_true(davy_zone_crosses(&block, (davy_site_point){200, 0}, (davy_site_point){0, 200}));
    assert_false(davy_zone_crosses(&block, (davy_site_point){-5, -5}, (davy_site_point){500, -5}));
}

static void zone_without_a_ring_holds_nothing(void **state)
{
    const davy_zone none = {.count = 0};

    (void) state;
    assert_false(davy_zone_contains(&none, (davy_site_point){0, 0}));
    assert_false(davy_zone_crosses(&none, (davy_site_point){0, 0}, (davy_site_point){1, 1}));
}

/* A bow tie: two triangles of 100 x 50 / 2 = 2500 m2 and 200 x 100 / 2 = 10000 m2 that meet in a
 * point; the large one stays. */
static void line_that_crosses_itself_leaves_its_largest_piece(void **state)
{
    davy_site_point ring[16] = {{0, 0}, {100, 0}, {-100, 150}, {100, 150}};
    size_t count = 4;

    (void) state;
    assert_ok(davy_ring_repair(ring, &count, DAVY_ARRAY_LENGTH(ring)));
    assert_int_equal(count, 3);
    assert_true(davy_ring_is_valid(ring, count));
    assert_near(davy_ring_area(ring, count), 0.5 * 200 * 100, 1e-6);
}

static void clockwise_ring_is_turned_around(void **state)
{
    davy_site_point ring[8] = {{0, 0}, {0, 100}, {100, 100}, {100, 0}};
    size_t count = 4;

    (void) state;
    assert_near(davy_ring_area(ring, count), -1e4, 1e-9);
    assert_ok(davy_ring_repair(ring, &count, DAVY_ARRAY_LENGTH(ring)));
    assert_near(davy_ring_area(ring, count), 1e4, 1e-9);
}

static void ring_without_area_is_no_zone(void **state)
{
    davy_site_point ring[8] = {{0, 0}, {100, 100}, {200, 200}}, lost[] = {{0, 0}, {NAN, 1}, {2, 2}};
    size_t count = 3;

    (void) state;
    assert_ok(davy_ring_repair(ring, &count, DAVY_ARRAY_LENGTH(ring)));
    assert_int_equal(count, 0);
    count = 2;
    assert_ok(davy_ring_repair(ring, &count, DAVY_ARRAY_LENGTH(ring)));
    assert_int_equal(count, 0);
    count = 3;
    assert_fails(davy_ring_repair(lost, &count, 3), DAVY_ERR_INVALID, "point 1");
}

/* A random star, which is simple; some are slivers. */
static size_t draw_star(uint64_t seed, davy_site_point *ring, size_t count)
{
    const double stretch = pow(10, 3 * davy_random_uniform(seed, 1, 0));

    for (size_t i = 0; i < count; i++) {
        const double angle = 2 * PI * (double) i / (double) count;
        const double radius = 20 + 400 * davy_random_uniform(seed, 0, i);

        ring[i] =
            (davy_site_point){1000 + stretch * radius * cos(angle), -500 + radius * sin(angle)};
    }
    return count;
}

/* Read "lat,lon lat,lon" back to metres with the factors of the equator, where 1e-6 degrees are
 * 0.11 m: the origin is put there. */
static size_t read_outline(const char *text, davy_site_point *ring, size_t capacity)
{
    size_t count = 0;

    while (*text && count < capacity) {
        char *end;
        const double latitude = strtod(text, &end), longitude = strtod(end + 1, &end);

        ring[count++] = (davy_site_point){longitude * 111319.4908, latitude * 110574.2727};
        text = *end == ' ' ? end + 1 : end;
    }
    return count;
}

static void outline_is_never_smaller_than_the_zone(void **state)
{
    davy_site_point ring[DAVY_ZONE_POINTS_MAX], outline[128];

    (void) state;
    for (uint64_t round = 0; round < 50; round++) {
        const size_t points = 5 + (size_t) (60 * davy_random_uniform(round, 2, 0));
        davy_zone zone = {.ring = ring}, wide = {.ring = outline};
        char *text;

        zone.count = draw_star(round, ring, 3 + (size_t) (500 * davy_random_uniform(round, 3, 0)));
        assert_ok(davy_zone_outline(&zone, 0, 0, points, &text));
        wide.count = read_outline(text, outline, DAVY_ARRAY_LENGTH(outline));
        free(text);
        assert_in_range(wide.count, 4, points);
        assert_near(outline[wide.count - 1].east, outline[0].east, 0);
        wide.count--;
        assert_true(davy_ring_is_valid(outline, wide.count));
        for (size_t i = 0; i < zone.count; i++)
            assert_true(davy_zone_contains(&wide, ring[i]));
    }
}

static void circle_outline_is_a_little_larger_only(void **state)
{
    davy_site_point ring[360], outline[32];
    davy_zone zone = {.ring = ring, .count = 360};
    char *text;
    size_t count;

    (void) state;
    for (size_t i = 0; i < 360; i++)
        ring[i] =
            (davy_site_point){500 * cos((double) i * PI / 180), 500 * sin((double) i * PI / 180)};
    assert_ok(davy_zone_outline(&zone, 0, 0, 25, &text));
    count = read_outline(text, outline, DAVY_ARRAY_LENGTH(outline));
    free(text);
    assert_in_range(count, 10, 25);
    assert_true(davy_ring_area(outline, count - 1) < 1.1 * PI * 500 * 500);
    assert_fails(davy_zone_outline(&zone, NAN, 0, 25, &text), DAVY_ERR_INVALID, "origin");
    assert_fails(davy_zone_outline(&zone, 0, 0, 4, &text), DAVY_ERR_INVALID, "5 pairs");
}

/* RFC 7946: longitude first, closed, counter-clockwise. A degree of latitude at the equator is
 * 110574.27 m and one of longitude 111319.49 m on WGS 84. */
static void geojson_is_closed_and_begins_with_the_longitude(void **state)
{
    const davy_zone zones[] = {{.reach = {.kind = DAVY_ANSWER_NOT_REACHED}}, block};
    davy_buffer out = {0};
    char *text;

    (void) state;
    davy_zone_geojson(&out, NULL, zones, 2, 0, 30);
    text = davy_buffer_take(&out);
    assert_string_equal(
        text, "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":"
              "{\"id\":2,\"effect\":\"toxic\",\"endpoint\":\"AEGL-2 60 min\",\"severity\":2,"
              "\"distance\":100},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[["
              "[30.0000000,0.0000000],[30.0008983,0.0000000],[30.0008983,0.0009044],"
              "[30.0000000,0.0009044],[30.0000000,0.0000000]]]}}]}");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edge_and_inside_belong_to_a_zone),
        cmocka_unit_test(road_that_touches_crosses),
        cmocka_unit_test(zone_without_a_ring_holds_nothing),
        cmocka_unit_test(line_that_crosses_itself_leaves_its_largest_piece),
        cmocka_unit_test(clockwise_ring_is_turned_around),
        cmocka_unit_test(ring_without_area_is_no_zone),
        cmocka_unit_test(outline_is_never_smaller_than_the_zone),
        cmocka_unit_test(circle_outline_is_a_little_larger_only),
        cmocka_unit_test(geojson_is_closed_and_begins_with_the_longitude),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
