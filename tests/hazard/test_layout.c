/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/layout/detectors.h"

static const double hydrogen = 0.002016, acetylene = 0.02604, air = 0.029, chlorine = 0.0709;

static davy_release_point pump(const char *room, double molar_mass, davy_gas_danger danger)
{
    davy_release_point point = {"P-101", room, 0, 0, 1, 0, "gas", molar_mass, {false, false}};

    point.watched[danger] = true;
    return point;
}

static davy_gas_detector detector(const char *room, double east, double height,
                                  davy_gas_danger danger)
{
    return (davy_gas_detector){"GD-7", room, east, 0, height, "gas", danger};
}

/* One place and one detector. @return the only finding about the place; FAULTS when it has none */
static davy_layout_fault look(davy_release_point point, davy_gas_detector one)
{
    davy_layout_finding findings[DAVY_LAYOUT_FINDINGS(1, 1)];

    if (davy_layout_check(&point, 1, &one, 1, findings) == 0 || !findings[0].point)
        return DAVY_LAYOUT_FAULTS;
    return findings[0].fault;
}

/* GB/T 50493-2019, 4.1.2; chlorine 2.4, vinyl chloride 2.2, hydrogen chloride 1.3, acetylene 0.9
 * and hydrogen 0.07 are the examples of the summary that was read. */
static void the_weight_of_a_gas_follows_4_1_2(void **state)
{
    (void) state;
    assert_int_equal(davy_gas_weight_of(chlorine), DAVY_GAS_HEAVY);
    assert_int_equal(davy_gas_weight_of(0.0625), DAVY_GAS_HEAVY);
    assert_int_equal(davy_gas_weight_of(0.0365), DAVY_GAS_HEAVY);
    assert_int_equal(davy_gas_weight_of(1.2 * air), DAVY_GAS_HEAVY);
    assert_int_equal(davy_gas_weight_of(1.19 * air), DAVY_GAS_SLIGHTLY_HEAVY);
    assert_int_equal(davy_gas_weight_of(air), DAVY_GAS_SLIGHTLY_HEAVY);
    assert_int_equal(davy_gas_weight_of(acetylene), DAVY_GAS_SLIGHTLY_LIGHT);
    assert_int_equal(davy_gas_weight_of(0.8 * air), DAVY_GAS_LIGHT);
    assert_int_equal(davy_gas_weight_of(hydrogen), DAVY_GAS_LIGHT);
    assert_int_equal(davy_gas_weight_of(NAN), DAVY_GAS_WEIGHTS);
    assert_int_equal(davy_gas_weight_of(0), DAVY_GAS_WEIGHTS);
}

/* 10 m and 5 m of a flammable gas, 4 m and 2 m of a toxic one, in the open and indoors. */
static void a_detector_covers_the_radius_of_its_gas_and_room(void **state)
{
    static const struct {
        const char *room;
        davy_gas_danger danger;
        double radius;
    } rows[] = {{NULL, DAVY_GAS_FLAMMABLE, 10},
                {"hall", DAVY_GAS_FLAMMABLE, 5},
                {NULL, DAVY_GAS_TOXIC, 4},
                {"hall", DAVY_GAS_TOXIC, 2}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        const davy_release_point point = pump(rows[i].room, chlorine, rows[i].danger);
        const double radius = rows[i].radius;

        assert_int_equal(look(point, detector(rows[i].room, radius, 0.5, rows[i].danger)),
                         DAVY_LAYOUT_FAULTS);
        assert_int_equal(look(point, detector(rows[i].room, radius + 0.01, 0.5, rows[i].danger)),
                         DAVY_LAYOUT_BLIND);
    }
}

/* Of a pump 1 m above its floor: 0.3 to 0.6 m above the floor; 0.5 to 1 m below the release; 0.5 to
 * 1 m above it; up to 2 m above it. */
static void a_detector_hangs_where_its_gas_gathers(void **state)
{
    static const struct {
        double molar_mass, low, high;
    } rows[] = {{0.0709, 0.3, 0.6}, {0.030, 0, 0.5}, {0.02604, 1.5, 2}, {0.002016, 1, 3}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rows); i++) {
        const davy_release_point point = pump(NULL, rows[i].molar_mass, DAVY_GAS_FLAMMABLE);
        const double heights[] = {rows[i].low, rows[i].high, rows[i].low - 0.01,
                                  rows[i].high + 0.01};

        for (size_t k = 0; k < 4; k++)
            assert_int_equal(look(point, detector(NULL, 3, heights[k], DAVY_GAS_FLAMMABLE)),
                             k < 2 ? DAVY_LAYOUT_FAULTS : DAVY_LAYOUT_HEIGHT);
    }
}

static void walls_gases_and_dangers_part_detectors_from_places(void **state)
{
    davy_release_point point = pump("hall", chlorine, DAVY_GAS_TOXIC);
    davy_gas_detector one = detector("store", 0, 0.5, DAVY_GAS_TOXIC);

    (void) state;
    assert_int_equal(look(point, one), DAVY_LAYOUT_BLIND);
    one.room = NULL;
    assert_int_equal(look(point, one), DAVY_LAYOUT_BLIND);
    one.room = "hall";
    one.gas = "another";
    assert_int_equal(look(point, one), DAVY_LAYOUT_BLIND);
    one.gas = NULL;
    assert_int_equal(look(point, one), DAVY_LAYOUT_FAULTS);
    one.danger = DAVY_GAS_FLAMMABLE;
    assert_int_equal(look(point, one), DAVY_LAYOUT_BLIND);
    one.danger = DAVY_GAS_TOXIC;
    point.watched[DAVY_GAS_FLAMMABLE] = true; /* both are asked for, and only one is there */
    assert_int_equal(look(point, one), DAVY_LAYOUT_BLIND);
}

static void what_is_not_known_is_said_and_never_covers(void **state)
{
    davy_release_point point = pump(NULL, NAN, DAVY_GAS_TOXIC);

    (void) state;
    assert_int_equal(look(point, detector(NULL, 1, 0.5, DAVY_GAS_TOXIC)), DAVY_LAYOUT_UNKNOWN);
    assert_int_equal(look(point, detector(NULL, NAN, 0.5, DAVY_GAS_TOXIC)), DAVY_LAYOUT_BLIND);
    point.molar_mass = chlorine;
    assert_int_equal(look(point, detector(NULL, 1, NAN, DAVY_GAS_TOXIC)), DAVY_LAYOUT_HEIGHT);
}

/* Two places: one watched by the second detector, one that none is near; the first is far off. */
static void findings_name_the_place_the_detector_the_distance_and_the_clause(void **state)
{
    davy_release_point points[] = {pump(NULL, chlorine, DAVY_GAS_TOXIC),
                                   pump(NULL, chlorine, DAVY_GAS_TOXIC)};
    davy_gas_detector detectors[] = {detector(NULL, 50, 0.5, DAVY_GAS_TOXIC),
                                     detector(NULL, 3, 0.5, DAVY_GAS_TOXIC)};
    davy_layout_finding findings[DAVY_LAYOUT_FINDINGS(2, 2)];
    char text[DAVY_LAYOUT_TEXT_MAX];

    (void) state;
    points[1].name = "P-102";
    points[1].north = 20;
    detectors[0].name = "GD-1";
    assert_int_equal(davy_layout_check(points, 2, detectors, 2, findings), 2);
    assert_ptr_equal(findings[0].point, &points[1]);
    assert_ptr_equal(findings[0].detector, &detectors[1]);
    assert_near(findings[0].distance, 20.223748416, 1e-9); /* sqrt(409) */
    assert_non_null(strstr(findings[0].clause, "GB/T 50493-2019"));
    assert_string_equal(davy_layout_text(&findings[0], text),
                        "P-102: no detector of toxic gas within 4 m; GD-7 is 20.2 m away");
    assert_int_equal(findings[1].fault, DAVY_LAYOUT_IDLE);
    assert_string_equal(davy_layout_text(&findings[1], text),
                        "GD-1: near no place that may leak toxic gas that it measures");
    detectors[0] = detectors[1];
    detectors[1].east = NAN; /* a detector without a place is not the nearest */
    points[0].north = 20;
    assert_int_equal(davy_layout_check(points, 1, detectors, 2, findings), 3);
    assert_ptr_equal(findings[0].detector, &detectors[0]);
    assert_int_equal(davy_layout_check(points, 1, NULL, 0, findings), 1);
    assert_null(findings[0].detector);
    assert_non_null(strstr(davy_layout_text(&findings[0], text), "none for its gas"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_weight_of_a_gas_follows_4_1_2),
        cmocka_unit_test(a_detector_covers_the_radius_of_its_gas_and_room),
        cmocka_unit_test(a_detector_hangs_where_its_gas_gathers),
        cmocka_unit_test(walls_gases_and_dangers_part_detectors_from_places),
        cmocka_unit_test(what_is_not_known_is_said_and_never_covers),
        cmocka_unit_test(findings_name_the_place_the_detector_the_distance_and_the_clause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
