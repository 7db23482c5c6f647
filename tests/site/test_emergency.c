/* SPDX-License-Identifier: Apache-2.0 */

/* The day something escapes: weather, places, roads and resources, and every fault of them. Lines
 * and columns were counted by hand. */
#include "site/networks.h"
#include "site/within.h"
#include "site_testing.h"

#include <math.h>
#include <stdlib.h>

#define PLANT                                                                      \
    "site: {name: a}\n"                                                            \
    "assets: [{name: WS, signals: [{name: v, unit: km/h}, {name: d, unit: deg},\n" \
    "   {name: t, unit: \"[degF]\"}, {name: h, unit: \"%\"}, {name: p, unit: kPa}, {name: n}]}]\n"
#define WEATHER(text) PLANT "weather: {" text "}\n"
#define PLACE(text)   PLANT "places:\n- {" text "}\n"
#define ROADS(text)                                                                 \
    PLANT "roads:\n  junctions: [{name: a, at: [0, 0]}, {name: b, at: [30, 40]}]\n" \
          "  stretches: [" text "]\n"
#define RESOURCE(text) PLANT "resources:\n- {" text "}\n"

static void the_weather_names_signals(void **state)
{
    davy_site *site =
        read_good(WEATHER("wind_speed: WS/v, wind_from: WS/d, temperature: WS/t, humidity: WS/h,\n"
                          "  height: 1200 cm, ground: urban"));
    const davy_site_weather *weather = &site->emergency.weather;

    (void) state;
    assert_string_equal(site->signals[weather->speed].path, "WS/v");
    assert_string_equal(site->signals[weather->from].path, "WS/d");
    assert_string_equal(site->signals[weather->temperature].path, "WS/t");
    assert_true(weather->radiation == DAVY_SITE_NONE && weather->cloud == DAVY_SITE_NONE);
    assert_near(weather->height_m, 12.0, 1e-12);
    assert_true(weather->urban);
    assert_int_equal(weather->line, 4);
    davy_site_destroy(site);
}

static void a_file_without_weather_has_none(void **state)
{
    davy_site *site = read_good("site: {name: a}\n");

    (void) state;
    assert_int_equal(site->emergency.weather.line, 0);
    assert_true(site->emergency.weather.speed == DAVY_SITE_NONE);
    assert_near(site->emergency.weather.height_m, 10.0, 0);
    assert_int_equal(site->emergency.place_count, 0);
    davy_site_destroy(site);
}

static void places_have_ground_and_people(void **state)
{
    davy_site *site = read_good(
        PLACE("name: room, kind: building, outline: [[0, 0], [20, 0], [20, 10], [0, 0]],\n"
              "   people: {day: 12, night: 4}, badges: WS/n, air_changes: 0.5/h") //
        "- {name: village, kind: open, at: [900, 400], people: 1500, outside: true, sensitive: "
        "true}\n"
        "- {name: north, kind: muster, at: [0, 300], capacity: 200}\n"
        "emergency: {day: \"Mon-Fri 08:00-18:00\"}\n");
    const davy_site_place *place = site->emergency.places;

    (void) state;
    assert_int_equal(site->emergency.place_count, 3);
    assert_int_equal(place[0].kind, DAVY_PLACE_BUILDING);
    assert_int_equal(place[0].outline_count, 3); /* the first point is not repeated */
    assert_near(place[0].outline[2].north, 10, 0);
    assert_near(place[0].day, 12, 0);
    assert_near(place[0].night, 4, 0);
    assert_string_equal(site->signals[place[0].badges].path, "WS/n");
    assert_near(place[0].air_changes, 0.5 / 3600, 1e-15);
    assert_int_equal(place[1].outline_count, 1);
    assert_near(place[1].outline[0].east, 900, 0);
    assert_true(place[1].day == 1500 && place[1].night == 1500);
    assert_true(place[1].outside && place[1].sensitive && !place[0].outside);
    assert_true(isnan(place[1].air_changes) && isnan(place[1].capacity));
    assert_true(place[1].badges == DAVY_SITE_NONE);
    assert_near(place[2].capacity, 200, 0);
    assert_int_equal(site->emergency.day_count, 1);
    assert_int_equal(site->emergency.day[0].from_min, 480);
    davy_site_destroy(site);
}

static void roads_join_junctions(void **state)
{
    davy_site *site = read_good(ROADS(
        "{from: a, to: b}, {from: b, to: a, speed: 36 km/h, length: 0.08 km, one_way: true}"));
    const davy_site_road *road = site->emergency.roads;

    (void) state;
    assert_int_equal(site->emergency.junction_count, 2);
    assert_int_equal(site->emergency.road_count, 2);
    assert_int_equal(road[0].from, 0);
    assert_int_equal(road[0].to, 1);
    assert_near(road[0].length_m, 50, 1e-12); /* 3-4-5 */
    assert_near(road[0].speed, 30 / 3.6, 1e-12);
    assert_false(road[0].one_way);
    assert_near(road[1].speed, 10, 1e-12);
    assert_near(road[1].length_m, 80, 1e-9);
    assert_true(road[1].one_way);
    davy_site_destroy(site);
}

static void resources_can_what_they_are(void **state)
{
    davy_site *site = read_good(RESOURCE(
        "name: e1, type: foam engine, capabilities: [foam, water], ppe: B, speed: 36 km/h") //
                                "- {name: m1, type: medic}\n");

    (void) state;
    assert_int_equal(site->resources[0].capability_count, 2);
    assert_string_equal(site->resources[0].capabilities[1], "water");
    assert_int_equal(site->resources[0].ppe, 'B');
    assert_near(site->resources[0].speed, 10, 1e-12);
    assert_int_equal(site->resources[1].capability_count, 1);
    assert_string_equal(site->resources[1].capabilities[0], "medic");
    assert_int_equal(site->resources[1].ppe, 0);
    assert_true(isnan(site->resources[1].speed));
    davy_site_destroy(site);
}

static void faults_of_the_weather_are_told(void **state)
{
    static const bad_case cases[] = {
        {WEATHER("wind_speed: WS/v"), 4, 10, "weather", "'wind_from' is missing"},
        {WEATHER("wind_speed: WS/w, wind_from: WS/d"), 4, 23, "weather.wind_speed",
         "no signal has the name 'WS/w'; did you mean 'WS/"},
        {WEATHER("wind_speed: WS/p, wind_from: WS/d"), 4, 23, "weather.wind_speed",
         "the unit 'kPa' of this signal is none of m/s"},
        {WEATHER("wind_speed: WS/v, wind_from: WS/n"), 4, 40, "weather.wind_from",
         "the unit '' of this signal is none of deg; give it 'unit: \"deg\"'"},
        {WEATHER("wind_speed: WS/v, wind_from: WS/d, height: 10"), 4, 54, "weather.height",
         "'10' is not a number with a unit like m; write for example 'height: 10 m'"},
        {WEATHER("wind_speed: WS/v, wind_from: WS/d, height: 0 m"), 4, 54, "weather.height",
         "'0 m' is not from 1 to 300 m"},
        {WEATHER("wind_speed: WS/v, wind_from: WS/d, ground: rurl"), 4, 54, "weather.ground",
         "did you mean 'rural'"},
        {PLANT "emergency: {day: Mon-Fry 08:00-18:00}\n", 4, 18, "emergency.day",
         "day: \"Mon-Fri 08:00-18:00\""},
    };

    (void) state;
    assert_cases(cases);
}

static void faults_of_places_are_told(void **state)
{
    static const bad_case cases[] = {
        {PLACE("name: x, kind: open, people: 3"), 5, 3, "places[0]", "where the place is"},
        {PLACE("name: x, kind: open, at: [1, 2], outline: [[0, 0], [1, 0], [1, 1]]"), 5, 29,
         "places[0].at", "both say where the place is"},
        {PLACE("name: x, kind: open, at: [1, 2], people: -3"), 5, 45, "places[0].people",
         "-3 is not from 0 to 10000000"},
        {PLACE("name: x, kind: open, at: [1, 2], people: {day: 3}"), 5, 45, "places[0].people",
         "'night' is missing"},
        {PLACE("name: x, kind: open, outline: [[0, 0], [9, 9], [9, 0], [0, 9]]"), 5, 34,
         "places[0].outline",
         "the edge from point 0 to 1 meets the edge from point 2 to 3"}, /* a bow tie */
        {PLACE("name: x, kind: open, outline: [[0, 0], [9, 9]]"), 5, 34, "places[0].outline",
         "2 points has no ground"},
        {PLACE("name: x, kind: open, outline: [[0, 0], [0, 0], [9, 9], [9, 0]]"), 5, 34,
         "places[0].outline", "points 0 and 1 of the outline are the same"},
        {PLACE("name: x, kind: open, outline: [[0, 0], [1, y], [9, 9]]"), 5, 47,
         "places[0].outline[1][1]", "'y' is not a number"},
        {PLACE("name: x, kind: open, at: [1, 2], air_changes: 1/h"), 5, 50, "places[0].air_changes",
         "of the kind 'building' alone"},
        {PLACE("name: x, kind: building, at: [1, 2], air_changes: 1000/h"), 5, 54,
         "places[0].air_changes", "'1000/h' is not from 0.01 to 100 /h"},
        {PLACE("name: x, kind: building, at: [1, 2], capacity: 9"), 5, 51, "places[0].capacity",
         "of the kind 'muster' alone"},
        {PLACE("name: x, kind: open, at: [1, 2], badges: WS/nn"), 5, 45, "places[0].badges",
         "no signal has the name 'WS/nn'"},
        {PLACE("name: x, kind: opn, at: [1, 2]"), 5, 19, "places[0].kind", "did you mean 'open'"},
        {PLACE("name: x, kind: open, at: [1, 2]") "- {name: x, kind: open, at: [1, 2]}\n", 6, 10,
         "places[1].name", "the name 'x' is taken by places[0]"},
    };

    (void) state;
    assert_cases(cases);
}

static void faults_of_roads_are_told(void **state)
{
    static const bad_case cases[] = {
        {ROADS("{from: a, to: bb}"), 6, 29, "roads.stretches[0].to",
         "no junction has the name 'bb'; did you mean 'b'"},
        {ROADS("{from: a, to: a}, {from: a, to: b}"), 6, 29, "roads.stretches[0].to",
         "ends where it begins"},
        {ROADS("{from: a, to: b, length: 40 m}"), 6, 40, "roads.stretches[0].length",
         "40 m are less than the straight line of 50 m"},
        {ROADS("{from: a, to: b, speed: 0 km/h}"), 6, 39, "roads.stretches[0].speed",
         "'0 km/h' is not from"},
        {ROADS("{from: a, to: b, speed: 30 kg}"), 6, 39, "roads.stretches[0].speed",
         "'30 kg' is not a number with a unit like m/s"},
        {ROADS("{from: a, to: b}, {from: b}"), 6, 33, "roads.stretches[1]", "'to' is missing"},
        {PLANT "roads:\n  junctions: [{name: a, at: [0, 0]}, {name: b, at: [1, 0]},\n"
               "    {name: c, at: [2, 0]}]\n  stretches: [{from: a, to: b}]\n",
         6, 5, "roads.junctions[2]", "no road reaches the junction 'c'"},
        {PLANT "roads: {junctions: [{name: a, at: [0, 0]}]}\n", 4, 8, "roads",
         "'stretches' is missing"},
    };

    (void) state;
    assert_cases(cases);
}

static void faults_of_resources_are_told(void **state)
{
    static const bad_case cases[] = {
        {RESOURCE("name: x, type: y, ppe: E"), 5, 27, "resources[0].ppe", "'E' is not known here"},
        {RESOURCE("name: x, type: y, crew: -1"), 5, 28, "resources[0].crew", "-1 is not from 0"},
        {RESOURCE("name: x, type: y, speed: 900 km/h"), 5, 29, "resources[0].speed",
         "'900 km/h' is not from 3.6 to 150 km/h"},
        {RESOURCE("name: x, type: y, capabilities: []"), 5, 36, "resources[0].capabilities",
         "the list is empty"},
    };

    (void) state;
    assert_cases(cases);
}

static void an_outline_may_be_too_long(void **state)
{
    char *text = malloc(64 * 1024);
    size_t length =
        (size_t) sprintf(text, "%s", PLANT "places:\n- {name: x, kind: open, outline: [");
    davy_site_faults faults;

    (void) state;
    for (size_t i = 0; i < DAVY_SITE_OUTLINE_MAX + 1; i++)
        length += (size_t) sprintf(text + length, "[%zu, %zu],\n", i, i * i);
    (void) sprintf(text + length, "]}\n");
    read_bad(text, &faults);
    assert_int_equal(faults.count, 1);
    assert_non_null(strstr(faults.items[0].what, "257 points are more than the 256"));
    davy_site_faults_clear(&faults);
    free(text);
}

/* By hand: the room is in the hall and the hall in the yard; the shed sticks out of the yard; the
 * school stands in the yard's ground and is the public; the twin is the hall again; the notch is
 * open where the hook's corners lie on both sides of it. */
static void a_place_is_within_the_smallest_that_holds_it(void **state)
{
    davy_site *site = read_good(
        PLANT "places:\n"
              "- {name: room, kind: building, at: [30, 30], people: 4}\n"
              "- {name: hall, kind: building, outline: [[20, 20], [40, 20], [40, 40], [20, 40]], "
              "people: 10}\n"
              "- {name: twin, kind: building, outline: [[20, 20], [40, 20], [40, 40], [20, 40]], "
              "people: 2}\n"
              "- {name: yard, kind: open, outline: [[0, 0], [100, 0], [100, 100], [0, 100]], "
              "people: 40}\n"
              "- {name: shed, kind: building, outline: [[90, 90], [110, 90], [110, 95], [90, 95]], "
              "people: 3}\n"
              "- {name: school, kind: building, at: [50, 50], people: 200, outside: true}\n"
              "- {name: point, kind: muster, at: [10, 10]}\n"
              "- {name: notch, kind: open, outline: [[200, 0], [260, 0], [260, 60], [230, 10], "
              "[200, 60]], people: 9}\n"
              "- {name: hook, kind: open, outline: [[205, 20], [255, 20], [255, 22], [205, 22]], "
              "people: 1}\n");
    static const size_t within[] = {2, 4, 2, 0, 0, 0, 0, 0, 0};
    static const double people[] = {4, 10, 7, 40, 3, 200, 0, 9, 1};
    double apart[9];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(within); i++)
        assert_int_equal(site->emergency.places[i].within, within[i]);
    davy_places_apart(&site->emergency, people, apart);
    assert_near(apart[0], 4, 0);
    assert_near(apart[1], 0, 0); /* 10 less 4 and 7: nobody, and not -1 */
    assert_near(apart[2], 7, 0);
    assert_near(apart[3], 30, 0);
    assert_near(apart[5], 200, 0);
    davy_site_destroy(site);
}

/* Two stretches apart from each other are two networks of two and three junctions. */
static void roads_that_nothing_joins_are_networks(void **state)
{
    davy_site *site = read_good(
        PLANT
        "roads:\n  junctions: [{name: a, at: [0, 0]}, {name: b, at: [30, 40]}, {name: c, at: "
        "[0, 90]}, {name: d, at: [9, 90]}, {name: e, at: [9, 99]}]\n"
        "  stretches: [{from: b, to: a}, {from: e, to: c, one_way: true}, {from: d, to: e}]\n");
    davy_site_network networks[3] = {0};
    davy_arena scratch;
    size_t count;

    (void) state;
    davy_arena_init(&scratch, 0);
    assert_ok(davy_site_networks(&site->emergency, &scratch, networks, 3, &count));
    assert_int_equal(count, 2);
    assert_string_equal(networks[0].first, "a");
    assert_int_equal(networks[0].junctions, 2);
    assert_string_equal(networks[1].first, "c");
    assert_int_equal(networks[1].junctions, 3);
    assert_ok(davy_site_networks(&site->emergency, &scratch, networks, 1, &count));
    assert_int_equal(count, 2);
    davy_arena_clear(&scratch);
    davy_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_weather_names_signals),
        cmocka_unit_test(a_place_is_within_the_smallest_that_holds_it),
        cmocka_unit_test(roads_that_nothing_joins_are_networks),
        cmocka_unit_test(a_file_without_weather_has_none),
        cmocka_unit_test(places_have_ground_and_people),
        cmocka_unit_test(roads_join_junctions),
        cmocka_unit_test(resources_can_what_they_are),
        cmocka_unit_test(faults_of_the_weather_are_told),
        cmocka_unit_test(faults_of_places_are_told),
        cmocka_unit_test(faults_of_roads_are_told),
        cmocka_unit_test(faults_of_resources_are_told),
        cmocka_unit_test(an_outline_may_be_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
