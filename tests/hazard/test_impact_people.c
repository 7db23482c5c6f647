/* SPDX-License-Identifier: Apache-2.0 */
#include "core/random.h"
#include "hazard/zone/ring.h"
#include "impact_testing.h"
#include "site/within.h"

#include <stdlib.h>

/* Who and what is in the zones of an impact, and what is said to them. */

static davy_site_point office_ring[] = {{290, -10}, {310, -10}, {310, 10}, {290, 10}};
static davy_site_point yard_at[] = {{200, 0}}, north_at[] = {{0, 300}}, west_at[] = {{-300, 0}},
                       east_at[] = {{400, 0}};
static davy_site_place places[] = {
    {.name = "office",
     .kind = DAVY_PLACE_BUILDING,
     .outline = office_ring,
     .outline_count = 4,
     .day = 12,
     .night = 2,
     .badges = SIZE_MAX,
     .air_changes = 0.5 / 3600,
     .capacity = NAN},
    {.name = "yard",
     .kind = DAVY_PLACE_OPEN,
     .outline = yard_at,
     .outline_count = 1,
     .day = 5,
     .night = 1,
     .badges = SIZE_MAX,
     .air_changes = NAN,
     .capacity = NAN},
    {.name = "east",
     .kind = DAVY_PLACE_MUSTER,
     .outline = east_at,
     .outline_count = 1,
     .air_changes = NAN,
     .capacity = 100},
    {.name = "north",
     .kind = DAVY_PLACE_MUSTER,
     .outline = north_at,
     .outline_count = 1,
     .air_changes = NAN,
     .capacity = 100},
    {.name = "west",
     .kind = DAVY_PLACE_MUSTER,
     .outline = west_at,
     .outline_count = 1,
     .air_changes = NAN,
     .capacity = 100},
};
static davy_site_asset assets[] = {
    {.name = "T-1", .east = 0, .north = 0, .chemical = "ammonia", .amount_kg = 5000},
    {.name = "T-2", .east = 60, .north = 0, .amount_kg = NAN},
    {.name = "T-3", .east = NAN, .north = NAN, .amount_kg = NAN},
    {.name = "T-4",
     .east = 200,
     .north = 0,
     .amount_kg = NAN}, /* 6.9 kPa, and less than 37.5 kW/m2 */
};
static const davy_site site = {
    .assets = assets, .asset_count = 4, .emergency = {.places = places, .place_count = 5}};

/* A muster point in the cloud is no place to go; of the others the one upwind comes first. */
static void people_are_counted_and_sent_upwind(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_RATE, NULL);
    davy_impact impact;

    (void) state;
    scenario.asset = 0;
    scenario.east = scenario.north = NAN;
    scenario.release.rate_kg_s = 5;
    scenario.release.temperature_k = 293.15;
    impact = compute_with(&scenario, &site);
    assert_string_equal(impact.substance.chemical->name, "Ammonia");
    assert_near(impact.source.duration, 1000, 1e-9); /* 5000 kg at 5 kg/s */
    assert_near(impact.models[0].people, 17, 0);
    assert_string_equal(impact.musters[0].place->name, "west");
    assert_true(impact.musters[0].upwind && impact.musters[0].safe);
    assert_string_equal(impact.musters[1].place->name, "north");
    assert_false(impact.musters[2].safe);
    assert_string_equal(impact.places[0].place->name, "office");
    assert_true(impact.places[0].inside & 1);
    assert_int_equal(impact.places[1].advice, DAVY_ADVICE_EVACUATE);
    davy_impact_destroy(&impact);
}

/* The office of 12 stands in a works of 20, which are all there: 20, and 5 in the yard beside it.
 * With 31 badges in the office the works has at least as many. */
static void a_person_in_a_place_within_another_is_counted_once(void **state)
{
    static const davy_site_point works_ring[] = {{280, -20}, {320, -20}, {320, 20}, {280, 20}};
    const double badges[] = {31, NAN, NAN};
    davy_site_place nested[] = {places[0], places[1], places[0]};
    const davy_site works = {.emergency = {.places = nested, .place_count = 3}};
    davy_scenario scenario = blank(DAVY_RELEASE_RATE, "ammonia");
    davy_impact_input input = {
        .scenario = &scenario, .site = &works, .latitude = NAN, .day = true, .likelihood = NAN};
    davy_impact impact;

    (void) state;
    nested[2].outline = works_ring;
    nested[2].day = 20;
    davy_places_nest(nested, 3);
    assert_int_equal(nested[0].within, 3);
    scenario.release.rate_kg_s = 5;
    scenario.release.temperature_k = 293.15;
    assert_ok(davy_impact_compute(&input, &impact));
    assert_near(impact.models[0].people, 25, 0);
    assert_near(impact.places[2].people, 20, 0); /* its own count is told as it is */
    davy_impact_destroy(&impact);
    input.badges = badges;
    assert_ok(davy_impact_compute(&input, &impact));
    assert_near(impact.models[0].people, 36, 0);
    davy_impact_destroy(&impact);
}

static void badges_go_before_the_counts_of_the_day(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_RATE, "ammonia");
    const double badges[] = {31, NAN, NAN, NAN, NAN};
    const davy_impact_input input = {
        .scenario = &scenario, .site = &site, .latitude = NAN, .badges = badges, .likelihood = NAN};
    davy_impact impact;

    (void) state;
    scenario.release.rate_kg_s = 5;
    scenario.release.temperature_k = 293.15;
    assert_ok(davy_impact_compute(&input, &impact));
    assert_near(impact.places[0].people, 31, 0);
    assert_near(impact.places[1].people, 1, 0); /* it is not day */
    davy_impact_destroy(&impact);
}

/* Ammonia's load exponent is 2 (Lees). One well mixed room that changes its air 0.5 times an hour
 * for the 1000 s of the cloud: Ci = Co (1 - exp(-n t)), and the load is its integral squared:
 * Co^2 (T - 2 (1 - e^-nT)/n + (1 - e^-2nT)/2n) when all leave as the cloud has passed. */
static void load_in_a_building_is_that_by_hand(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_RATE, NULL);
    const double n = 0.5 / 3600, t = 1000;
    davy_impact impact;
    double share;

    (void) state;
    scenario.asset = 0;
    scenario.release.rate_kg_s = 5;
    scenario.release.temperature_k = 293.15;
    impact = compute_with(&scenario, &site);
    share = (t - 2 * (1 - exp(-n * t)) / n + (1 - exp(-2 * n * t)) / (2 * n)) / t;
    assert_near(impact.places[0].leave_after, 1000, 1e-6);
    assert_near(impact.places[0].load_inside / impact.places[0].load_outside, share, 1e-6);
    davy_impact_destroy(&impact);
}

/* A wind that nobody knows makes zones that nobody knows: nobody is told that he is in none of
 * them, no muster point is safe, and how many people are in a zone is not 0 but unknown. */
static void zone_that_is_not_known_makes_nobody_safe(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_RATE, "ammonia");
    davy_impact impact;

    (void) state;
    scenario.release.rate_kg_s = 5;
    scenario.weather.wind = NAN;
    impact = compute_with(&scenario, &site);
    for (size_t i = 0; i < impact.place_count; i++) {
        assert_int_equal(impact.places[i].advice, DAVY_ADVICE_UNKNOWN);
        assert_string_equal(impact.places[i].why, "unknown-zone");
    }
    for (size_t i = 0; i < impact.muster_count; i++)
        assert_false(impact.musters[i].safe);
    for (size_t i = 0; i < impact.zone_count; i++)
        assert_true(isnan(impact.models[i].people));
    davy_impact_destroy(&impact);

    /* a level that a table lacks beside levels that it has leaves nothing open */
    scenario = blank(DAVY_RELEASE_RATE, "ammonia");
    scenario.release.rate_kg_s = 1e-6;
    scenario.endpoints[scenario.endpoint_count++] =
        (davy_scenario_endpoint){.name = "PAC-1", .level = NAN};
    impact = compute_with(&scenario, &site);
    assert_int_equal(impact.places[0].advice, DAVY_ADVICE_NONE);
    davy_impact_destroy(&impact);
}

/* 300 kg/s of ammonia for 1000 s at 300 m: even inside more than the load of the IDLH (300 ppm for
 * 30 min), yet the load of being outside is always greater (the test before this one): they stay
 * until the cloud has passed, and are told that it is not safe. */
static void who_is_not_safe_inside_is_not_sent_into_the_cloud(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_RATE, "ammonia");
    davy_impact impact;

    (void) state;
    scenario.amount_kg = 3e5;
    scenario.release.rate_kg_s = 300;
    scenario.release.temperature_k = 293.15;
    impact = compute_with(&scenario, &site);
    assert_string_equal(impact.places[0].place->name, "office");
    assert_true(impact.places[0].load_inside > 300e-6 * 300e-6 * 1800);
    assert_true(impact.places[0].load_inside < impact.places[0].load_outside);
    assert_near(impact.places[0].leave_after, 1000, 1e-6);
    assert_int_equal(impact.places[0].advice, DAVY_ADVICE_SHELTER);
    assert_string_equal(impact.places[0].why, "load-high");
    assert_non_null(strstr(davy_advice_why("load-high", false), "not safe"));
    davy_impact_destroy(&impact);
}

/* The axis of 50 kg/s of ammonia is 300 m away at 50 / (pi 3 23.6 15) kg/m3 = 2.1 %: (0.021)^2 1000
 * s of it is 0.44 s outside, and 0.0065 of that inside (n t = 0.14). The near zones are drawn by
 * the plume and the far ones by a finite release, which says less there: the plume counts. */
static void load_is_that_of_the_model_that_says_most(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_RATE, "ammonia");
    davy_impact impact;

    (void) state;
    scenario.release.rate_kg_s = 50;
    scenario.release.duration_s = 1000;
    scenario.release.temperature_k = 293.15;
    impact = compute_with(&scenario, &site);
    assert_near(impact.places[0].load_inside, 0.44 * 0.0065, 0.3 * 0.44 * 0.0065);
    assert_true(impact.places[0].load_inside > 300e-6 * 300e-6 * 1800);
    assert_string_equal(impact.places[0].why, "load-high");
    davy_impact_destroy(&impact);
}

/* 37.5 kW/m2 of a ball of 125 m reaches 62.5 sqrt(350/37.5 - 1) = 180 m: T-2 stands at 60 m. */
static void tank_in_the_fireball_may_fail_next(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_ALL, "propane");
    davy_impact impact;

    (void) state;
    scenario.asset = 0;
    scenario.amount_kg = 10000;
    impact = compute_with(&scenario, &site);
    assert_int_equal(impact.domino_count, 2); /* by heat, and by the blast of 20.7 kPa */
    assert_string_equal(impact.dominoes[0].asset->name, "T-2");
    assert_near(impact.dominoes[0].distance, 60, 1e-9);
    davy_impact_destroy(&impact);
}

/* Behind each title stands the same in Chinese: letters beyond ASCII, and not the English one. */
static void every_title_is_chinese_too(const char *json)
{
    static const char key[] = "\"title_zh\":\"";
    size_t titles = 0, chinese = 0;

    for (const char *at = json; (at = strstr(at, "\"title\":\"")); at++)
        titles++;
    for (const char *at = json; (at = strstr(at, key)); at++) {
        const char *text = at + strlen(key), *end = strchr(text, '"');

        while (text < end && (unsigned char) *text < 0x80)
            text++;
        chinese += text < end;
    }
    assert_true(titles > 0);
    assert_int_equal(titles, chinese);
}

/* The same input gives the same bits; the JSON ends and begins as it should. */
static void same_input_gives_the_same_bits(void **state)
{
    davy_scenario scenario = blank(DAVY_RELEASE_LIQUID_HOLE, "toluene");
    davy_buffer first = {0}, second = {0};
    davy_impact impact;

    (void) state;
    scenario.amount_kg = 5000;
    scenario.release.hole_m = 0.05;
    scenario.release.head_m = 3;
    scenario.release.pool_m2 = 100;
    impact = compute_with(&scenario, &site);
    assert_ok(davy_impact_json(&impact, NULL, &first));
    davy_impact_destroy(&impact);
    impact = compute_with(&scenario, &site);
    assert_ok(davy_impact_json(&impact, NULL, &second));
    davy_impact_destroy(&impact);
    assert_string_equal(first.bytes, second.bytes);
    assert_non_null(strstr(first.bytes, "\"effect\":\"pool-fire\""));
    assert_non_null(strstr(first.bytes, "\"formulas\":{"));
    every_title_is_chinese_too(strstr(first.bytes, "\"formulas\":{"));
    assert_non_null(strstr(first.bytes, "液体孔口泄漏速率")); /* liquid-outflow */
    davy_buffer_clear(&first);
    davy_buffer_clear(&second);
}

/* What a scenario can say wrong or leave out, and what sensors can say: an answer or a sentence,
 * never a number that is none, a ring that is no polygon, or an end of the program. */
static double strange(uint64_t round, uint32_t which, double usual)
{
    static const double values[] = {NAN, 0, -1, 1e-300, 1e300, INFINITY, 1e-3, 1e6};
    const uint32_t pick = davy_random_below(round, which, 1, 24);

    return pick < DAVY_ARRAY_LENGTH(values) ? values[pick] : usual;
}

static void strange_scenarios_get_answers(void **state)
{
    static const char *const chemicals[] = {"chlorine", "propane", "toluene", "hydrogen",
                                            "",         "bromine", "methane", "nonsense"};
    (void) state;
    for (uint64_t round = 0; round < 400; round++) {
        davy_scenario scenario =
            blank((davy_release_kind) (round % 6), chemicals[davy_random_below(round, 0, 0, 8)]);
        const davy_impact_input input = {.scenario = &scenario,
                                         .site = round % 2 ? &site : NULL,
                                         .latitude = 30,
                                         .longitude = 104,
                                         .likelihood = NAN};
        davy_scenario_release *release = &scenario.release;
        davy_buffer out = {0};
        davy_impact impact;

        scenario.amount_kg = strange(round, 1, 5000);
        release->hole_m = strange(round, 2, 0.02);
        release->rate_kg_s = strange(round, 3, 2);
        release->duration_s = strange(round, 4, 600);
        release->height_m = strange(round, 5, 1);
        release->pressure_pa = strange(round, 6, 7e5);
        release->temperature_k = strange(round, 7, 293);
        release->head_m = strange(round, 8, 2);
        release->pool_m2 = strange(round, 9, 100);
        release->pool_depth_m = strange(round, 10, 0.02);
        release->volume_m3 = strange(round, 11, NAN);
        release->tnt_yield = strange(round, 12, 0.03);
        scenario.weather.wind = strange(round, 13, 3);
        scenario.weather.wind_from = strange(round, 14, 90);
        scenario.weather.temperature_k = strange(round, 15, 293);
        scenario.weather.wind_height_m = strange(round, 16, 10);
        scenario.endpoints[0] = (davy_scenario_endpoint){(davy_endpoint_quantity) (round % 4),
                                                         "asked for", strange(round, 17, 1e-5)};
        scenario.endpoint_count = 1;
        assert_ok(davy_impact_compute(&input, &impact));
        for (size_t i = 0; i < impact.zone_count; i++)
            if (impact.zones[i].count > 0)
                assert_true(davy_ring_is_valid(impact.zones[i].ring, impact.zones[i].count));
        assert_ok(davy_impact_json(&impact, NULL, &out));
        assert_null(strstr(out.bytes, "nan"));
        assert_null(strstr(out.bytes, ":inf"));
        davy_buffer_clear(&out);
        davy_impact_destroy(&impact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load_is_that_of_the_model_that_says_most),
        cmocka_unit_test(people_are_counted_and_sent_upwind),
        cmocka_unit_test(a_person_in_a_place_within_another_is_counted_once),
        cmocka_unit_test(badges_go_before_the_counts_of_the_day),
        cmocka_unit_test(load_in_a_building_is_that_by_hand),
        cmocka_unit_test(zone_that_is_not_known_makes_nobody_safe),
        cmocka_unit_test(who_is_not_safe_inside_is_not_sent_into_the_cloud),
        cmocka_unit_test(tank_in_the_fireball_may_fail_next),
        cmocka_unit_test(same_input_gives_the_same_bits),
        cmocka_unit_test(strange_scenarios_get_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
