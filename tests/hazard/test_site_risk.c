/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"
#include "hazard/impact/site_risk.h"
#include "site/scenario.h"

#include <math.h>

enum { PLACES = 4 };

/* A place that is one point. */
static davy_site_place point_at(const char *name, const davy_site_point *at, double people)
{
    return (davy_site_place){.name = name,
                             .kind = DAVY_PLACE_OPEN,
                             .outline = at,
                             .outline_count = 1,
                             .day = people,
                             .night = 2 * people,
                             .badges = SIZE_MAX,
                             .air_changes = NAN,
                             .capacity = NAN,
                             .outside = true};
}

static davy_scenario scenario_of(davy_release_kind kind, const char *chemical, double frequency)
{
    return (davy_scenario){.name = "test",
                           .asset = SIZE_MAX,
                           .east = 0,
                           .north = 0,
                           .chemical = chemical,
                           .amount_kg = 100,
                           .release = {.kind = kind,
                                       .hole_m = NAN,
                                       .rate_kg_s = NAN,
                                       .duration_s = NAN,
                                       .pressure_pa = NAN,
                                       .temperature_k = NAN,
                                       .head_m = NAN,
                                       .pool_m2 = NAN,
                                       .pool_depth_m = NAN,
                                       .volume_m3 = NAN,
                                       .tnt_yield = NAN},
                           .frequency = frequency};
}

static davy_scenario chlorine(void)
{
    davy_scenario leak = scenario_of(DAVY_RELEASE_RATE, "chlorine", 1e-4);

    leak.amount_kg = NAN;
    leak.release.rate_kg_s = 5;
    leak.release.duration_s = 1800;
    return leak;
}

static davy_site site_of(davy_site_place *places, size_t count, davy_scenario *scenarios,
                         size_t scenario_count)
{
    return (davy_site){.name = "works",
                       .emergency = {.places = places,
                                     .place_count = count,
                                     .scenarios = scenarios,
                                     .scenario_count = scenario_count}};
}

static const davy_risk_weather all_round[] = {{'D', 5, 0, 360, false, 288.15, 0.6, 0.6},
                                              {'F', 2, 0, 360, true, 281.15, 0.8, 0.4}};

/* 100 kg of TNT break 13.8 kPa at some 50 m: 20 m is inside in every weather and 500 m in none. By
 * hand: 1e-5 a year, 3 people by day in 0.6 of the year and 6 by night: 6e-6 and 4e-6. */
static void a_blast_kills_whoever_is_near_in_all_weathers(void **state)
{
    static const davy_site_point near = {20, 0}, far = {0, 500};
    davy_site_place places[] = {point_at("near", &near, 3), point_at("far", &far, 50),
                                point_at("own", &near, 7)};
    davy_scenario charge = scenario_of(DAVY_RELEASE_CHARGE, "2,4,6-Trinitrotoluene", 1e-5);
    const davy_site site = site_of(places, 3, &charge, 1);
    davy_site_risk risk = {0};
    davy_fn_point *points;
    size_t count;

    (void) state;
    places[2].outside = false; /* the plant's own people have a risk, and are not of the curve */
    assert_ok(davy_site_risk_compute(&site, all_round, 2, &risk));
    assert_near(risk.places[0].individual.value, 1e-5, 1e-15);
    assert_near(risk.places[1].individual.value, 0, 0);
    assert_near(risk.places[2].individual.value, 1e-5, 1e-15);
    points = davy_arena_array(&risk.arena, risk.event_count, sizeof *points);
    assert_ok(davy_fn_curve(risk.events, risk.event_count, points, &count));
    assert_int_equal(count, 2);
    assert_near(points[0].deaths, 3, 0);
    assert_near(points[0].frequency, 1e-5, 1e-15);
    assert_near(points[1].deaths, 6, 0);
    assert_near(points[1].frequency, 4e-6, 1e-15);
    assert_int_equal(risk.unknown, 0);
    davy_site_risk_destroy(&risk);
}

/* The wind comes from everywhere alike: places as far from the source have the same risk, whichever
 * way they lie; one twice as far has less. */
static void a_cloud_is_turned_to_every_side_alike(void **state)
{
    static const davy_site_point at[] = {{300, 0}, {0, 300}, {-300, 0}, {0, -600}};
    davy_site_place places[PLACES];
    davy_scenario leak = chlorine();
    davy_site site = site_of(places, PLACES, &leak, 1);
    davy_site_risk risk = {0};

    (void) state;
    for (size_t i = 0; i < PLACES; i++)
        places[i] = point_at("p", &at[i], 1);
    assert_ok(davy_site_risk_compute(&site, all_round, 2, &risk));
    assert_true(risk.places[0].individual.value > 1e-7);
    assert_near(risk.places[1].individual.value / risk.places[0].individual.value, 1, 1e-9);
    assert_near(risk.places[2].individual.value / risk.places[0].individual.value, 1, 1e-9);
    assert_true(risk.places[3].individual.value < risk.places[0].individual.value);
    assert_true(risk.places[3].individual.value > 0);
    davy_site_risk_destroy(&risk);
}

/* A west wind carries it east, as meteorologists count: nobody north, south or west has a risk. */
static void a_west_wind_endangers_who_is_east(void **state)
{
    static const davy_risk_weather west = {'D', 5, 270, 5, false, 288.15, 0.6, 1};
    static const davy_site_point at[] = {{300, 0}, {0, 300}, {-300, 0}, {0, -300}};
    davy_site_place places[PLACES];
    davy_scenario leak = chlorine();
    const davy_site site = site_of(places, PLACES, &leak, 1);
    davy_site_risk risk = {0};

    (void) state;
    for (size_t i = 0; i < PLACES; i++)
        places[i] = point_at("p", &at[i], 1);
    assert_ok(davy_site_risk_compute(&site, &west, 1, &risk));
    assert_true(risk.places[0].individual.value > 1e-6);
    assert_true(risk.places[0].individual.value <= 1e-4 * (1 + 1e-12));
    for (size_t i = 1; i < PLACES; i++)
        assert_near(risk.places[i].individual.value, 0, 1e-12);
    davy_site_risk_destroy(&risk);
}

/* A side of 2 km lies across the wind. The axis of a cloud some 20 m wide crosses it 100 m from the
 * nearest eighth of the side; the place has the risk of the point that is crossed. */
static void a_narrow_cloud_is_not_missed_by_a_wide_place(void **state)
{
    static const davy_risk_weather west = {'D', 5, 270, 5, false, 288.15, 0.6, 1};
    static const davy_site_point crossed = {300, 0};
    static const davy_site_point field[] = {{300, -900}, {1500, 0}, {300, 1100}};
    davy_site_place places[] = {point_at("point", &crossed, 1), point_at("field", field, 1)};
    davy_scenario leak = chlorine();
    const davy_site site = site_of(places, 2, &leak, 1);
    davy_site_risk risk = {0};

    (void) state;
    places[1].outline_count = 3;
    assert_ok(davy_site_risk_compute(&site, &west, 1, &risk));
    assert_true(risk.places[0].individual.value > 1e-6);
    assert_near(risk.places[1].individual.value / risk.places[0].individual.value, 1, 1e-6);
    davy_site_risk_destroy(&risk);
}

/* 100 m around the leak or at it: the risk is that of the spot beside it, where all die, and more
 * than that of the edge. */
static void people_around_the_leak_have_the_risk_of_the_leak(void **state)
{
    static const davy_site_point at = {0, 0}, beside = {1, 0}, edge = {100, 0};
    static const davy_site_point yard[] = {{-100, -100}, {100, -100}, {100, 100}, {-100, 100}};
    static const davy_risk_weather west = {'D', 5, 270, 5, false, 288.15, 0.6, 1};
    davy_site_place places[] = {point_at("beside", &beside, 1), point_at("yard", yard, 1),
                                point_at("at", &at, 1), point_at("edge", &edge, 1)};
    davy_scenario leak = chlorine();
    davy_site_risk risk = {0};
    davy_site site;

    (void) state;
    leak.release.rate_kg_s = 0.02;
    places[1].outline_count = 4;
    site = site_of(places, PLACES, &leak, 1);
    assert_ok(davy_site_risk_compute(&site, &west, 1, &risk));
    assert_near(risk.places[0].individual.value, 1e-4, 1e-6);
    assert_near(risk.places[1].individual.value, risk.places[0].individual.value, 1e-15);
    assert_near(risk.places[2].individual.value, risk.places[0].individual.value, 1e-15);
    assert_true(risk.places[3].individual.value < 0.9 * risk.places[0].individual.value);
    davy_site_risk_destroy(&risk);
}

/* The same year in one row or in many is the same risk. */
static void sectors_add_up_to_the_circle(void **state)
{
    static const davy_site_point at = {250, 150};
    davy_risk_weather eighths[8];
    davy_site_place place = point_at("p", &at, 1);
    davy_scenario leak = chlorine();
    const davy_site site = site_of(&place, 1, &leak, 1);
    const davy_risk_weather circle = {'D', 5, 0, 360, false, 288.15, 0.6, 1};
    davy_site_risk one = {0}, many = {0};

    (void) state;
    for (size_t i = 0; i < 8; i++)
        eighths[i] =
            (davy_risk_weather){'D', 5, 45.0 * (double) i, 45, false, 288.15, 0.6, 1.0 / 8};
    assert_ok(davy_site_risk_compute(&site, &circle, 1, &one));
    assert_ok(davy_site_risk_compute(&site, eighths, 8, &many));
    assert_true(one.places[0].individual.value > 0);
    /* Steps of 5 degrees lie half a step apart in the two. */
    assert_near(many.places[0].individual.value / one.places[0].individual.value, 1, 0.1);
    davy_site_risk_destroy(&one);
    davy_site_risk_destroy(&many);
}

static void what_is_left_out_is_counted(void **state)
{
    static const davy_site_point at = {20, 0};
    davy_site_place place = point_at("p", &at, 1);
    davy_scenario scenarios[] = {scenario_of(DAVY_RELEASE_CHARGE, "2,4,6-Trinitrotoluene", NAN),
                                 scenario_of(DAVY_RELEASE_ALL, "propane", 1e-6)};
    const davy_site site = site_of(&place, 1, scenarios, 2);
    davy_site_risk risk = {0};

    (void) state;
    assert_ok(davy_site_risk_compute(&site, all_round, 2, &risk));
    assert_int_equal(risk.scenario_count, 1);
    assert_int_equal(risk.without_frequency, 1);
    assert_int_equal(risk.unknown, 4); /* a burst of propane: its reactivity was not read */
    /* of none of its outcomes the frequency is known: that is no safety */
    assert_int_equal(risk.places[0].individual.kind, DAVY_ANSWER_NO_DATA);
    davy_site_risk_destroy(&risk);
}

static void weather_and_sites_that_cannot_be_are_refused(void **state)
{
    static const davy_site_point at = {20, 0};
    davy_site_place place = point_at("p", &at, 1);
    davy_scenario leak = chlorine();
    davy_site site = site_of(&place, 1, &leak, 1);
    davy_risk_weather weather = all_round[0];
    davy_site_risk risk = {0};

    (void) state;
    assert_fails(davy_site_risk_compute(&site, &weather, 1, &risk), DAVY_ERR_INVALID,
                 "add up to 0.6");
    weather.share = 1;
    weather.stability = 'G';
    assert_fails(davy_site_risk_compute(&site, &weather, 1, &risk), DAVY_ERR_INVALID, "weather 1");
    weather.stability = 'D';
    leak.frequency = NAN;
    assert_fails(davy_site_risk_compute(&site, &weather, 1, &risk), DAVY_ERR_NOT_FOUND,
                 "has a `frequency`");
    davy_site_risk_destroy(&risk);
    site.emergency.place_count = 0;
    assert_fails(davy_site_risk_compute(&site, &weather, 1, &risk), DAVY_ERR_NOT_FOUND, "places");
    davy_site_risk_destroy(&risk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blast_kills_whoever_is_near_in_all_weathers),
        cmocka_unit_test(a_cloud_is_turned_to_every_side_alike),
        cmocka_unit_test(a_west_wind_endangers_who_is_east),
        cmocka_unit_test(a_narrow_cloud_is_not_missed_by_a_wide_place),
        cmocka_unit_test(people_around_the_leak_have_the_risk_of_the_leak),
        cmocka_unit_test(sectors_add_up_to_the_circle),
        cmocka_unit_test(what_is_left_out_is_counted),
        cmocka_unit_test(weather_and_sites_that_cannot_be_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
