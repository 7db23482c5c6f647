/* SPDX-License-Identifier: Apache-2.0 */

/* An impact is computed again from its frozen inputs to the same bits. */
#include "../testing.h"

#include "respond/threat/frozen.h"
#include "site/load.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static const char plant[] =
    "site: {name: a, location: [30.657, 104.066]}\n"
    "assets: [{name: T-101, at: [120, 40], holds: {chemical: chlorine, amount: 20 t}}]\n"
    "places:\n"
    "- {name: room, kind: building, outline: [[0, 0], [20, 0], [20, 10]], people: 9, air_changes: "
    "1/h}\n"
    "- {name: village, kind: open, at: [900, 400], people: {day: 10, night: 70}}\n"
    "scenarios:\n"
    "- {name: leak, title: A leak, asset: T-101, release: {kind: liquid hole, hole: 20 mm, head: 2 "
    "m,\n"
    "   pressure: 6.8 bar, temperature: 20 Cel, duration: 30 min}, endpoints: [AEGL-2, {toxic: 20 "
    "ppm}]}\n";

static davy_site *read_plant(void)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;

    assert_ok(davy_site_parse("site.yaml", plant, sizeof plant - 1, &faults, &site));
    davy_site_faults_clear(&faults);
    return site;
}

static char *compute(const davy_impact_input *input)
{
    davy_impact impact = {0};
    davy_buffer text = {0};

    assert_ok(davy_impact_compute(input, &impact));
    assert_ok(davy_impact_json(&impact, NULL, &text));
    davy_impact_destroy(&impact);
    return text.bytes;
}

/* Numbers that decimals cannot hold, and what is not known. */
static davy_impact_input input_of(const davy_site *site, davy_scenario *scenario,
                                  const double *badges)
{
    *scenario = site->emergency.scenarios[0];
    scenario->weather.wind = 3.0 + 1.0 / 3.0;
    scenario->weather.wind_from = 225.1;
    scenario->weather.stability = 'D';
    scenario->weather.temperature_k = 293.15 + 1e-13;
    scenario->weather.humidity = 0.6;
    return (davy_impact_input){.scenario = scenario,
                               .site = site,
                               .latitude = site->latitude,
                               .longitude = site->longitude,
                               .badges = badges,
                               .computed_ns = INT64_C(1767322985000000000),
                               .likelihood = 1.0 / 7.0};
}

static void the_same_bits_come_from_the_record(void **state)
{
    davy_site *site = read_plant();
    const double badges[] = {12.5, NAN};
    davy_scenario scenario;
    const davy_impact_input input = input_of(site, &scenario, badges);
    char hash[DAVY_FROZEN_HASH_MAX];
    davy_thawed thawed = {0};
    char *before = compute(&input), *text, *after;
    json_t *frozen;

    (void) state;
    davy_frozen_hash(site->text, site->text_length, hash);
    frozen = davy_impact_freeze(&input, hash);
    text = json_dumps(frozen, JSON_COMPACT | JSON_REAL_PRECISION(17));
    json_decref(frozen);
    frozen = json_loads(text, 0, NULL); /* as the record has it */
    assert_ok(davy_impact_thaw(frozen, &thawed));
    json_decref(frozen);
    assert_string_equal(thawed.site, hash);
    assert_ok(davy_thawed_place(&thawed, site));
    after = compute(&thawed.input);
    assert_string_equal(after, before);
    assert_true(thawed.scenario.weather.wind == scenario.weather.wind);
    assert_true(isnan(thawed.scenario.release.rate_kg_s));

    /* One bit of one number is another impact. */
    free(after);
    thawed.scenario.weather.wind = nextafter(thawed.scenario.weather.wind, 10);
    after = compute(&thawed.input);
    assert_string_not_equal(after, before);
    free(after);
    free(before);
    free(text);
    davy_thawed_clear(&thawed);
    davy_site_destroy(site);
}

static void another_site_is_refused(void **state)
{
    davy_site *site = read_plant();
    const double badges[] = {1, 2};
    davy_scenario scenario;
    davy_impact_input input = input_of(site, &scenario, badges);
    json_t *frozen = davy_impact_freeze(&input, NULL);
    davy_thawed thawed = {0};

    (void) state;
    assert_ok(davy_impact_thaw(frozen, &thawed));
    assert_fails(davy_thawed_place(&thawed, NULL), DAVY_ERR_INVALID, "computed in a site");
    site->emergency.place_count = 1;
    assert_fails(davy_thawed_place(&thawed, site), DAVY_ERR_INVALID, "has 1 places, and had 2");
    davy_thawed_clear(&thawed);
    json_decref(frozen);
    davy_site_destroy(site);
}

/* Every key that is taken out, or is of another type, is told. */
static void what_is_no_input_is_refused(void **state)
{
    static const char *const keys[] = {"version",   "scenario", "site",        "asset",
                                       "day",       "badges",   "computed_ns", "likelihood",
                                       "longitude", "latitude"};
    davy_site *site = read_plant();
    davy_scenario scenario;
    const davy_impact_input input = input_of(site, &scenario, NULL);

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(keys); i++) {
        json_t *frozen = davy_impact_freeze(&input, NULL);
        davy_thawed thawed = {0};

        assert_int_equal(json_object_set_new(frozen, keys[i], json_pack("[[]]")), 0);
        if (davy_impact_thaw(frozen, &thawed) != DAVY_ERR_INVALID)
            fail_msg("'%s' may be anything", keys[i]);
        davy_thawed_clear(&thawed);
        json_decref(frozen);
    }
    davy_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bits_come_from_the_record),
        cmocka_unit_test(another_site_is_refused),
        cmocka_unit_test(what_is_no_input_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
