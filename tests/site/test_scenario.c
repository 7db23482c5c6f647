/* SPDX-License-Identifier: Apache-2.0 */

/* Scenarios of a site, and files of one scenario: what is read, and every fault. */
#include "site/scenario.h"
#include "site_testing.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define PLANT                                                                    \
    "site: {name: a, location: [30, 104]}\n"                                     \
    "assets: [{name: T, at: [3, 4], holds: {chemical: chlorine, amount: 2 t},\n" \
    "   signals: [{name: p, limits: {lo: 5, lolo: 4}}]}, {name: bare}]\n"
#define SCENARIO(text)  PLANT "scenarios:\n- {" text "}\n"
#define RELEASE(text)   SCENARIO("name: x, asset: T, release: {" text "}")
#define ENDPOINTS(text) SCENARIO("name: x, asset: T, release: {kind: all}, endpoints: " text)
#define ALONE(text)                                                                     \
    "scenario: {name: x, at: [1, 2], chemical: chlorine, amount: 1 t, release: {kind: " \
    "all}}\n" text "\n"

#define LEAK(text)                                                                          \
    "scenario: {name: x, at: [1, 2], chemical: chlorine, amount: 1 t, release: {kind: gas " \
    "hole, hole: 1 cm}}\n" text "\n"

static void a_scenario_of_a_site_is_read_in_si(void **state)
{
    davy_site *site = read_good(SCENARIO(
        "name: leak, asset: T, when: [\"T/p:lo*\"], frequency: 1e-5,\n"
        "  release: {kind: liquid hole, hole: 20 mm, height: 1 m, pressure: 6 barg,\n"
        "   temperature: 20 Cel, head: 300 cm, duration: 30 min, dike: 200 m2, yield: 5 %},\n"
        "  endpoints: [AEGL-2, AEGL-3 30 min, {heat: 12.5 kW/m2}, {toxic: 20 ppm}, {blast: 0.2 "
        "bar},\n"
        "   {flammable: 50 %}]"));
    const davy_scenario *scenario = site->emergency.scenarios;
    const davy_scenario_release *release = &scenario->release;

    (void) state;
    assert_int_equal(site->emergency.scenario_count, 1);
    assert_int_equal(scenario->asset, 0);
    assert_true(scenario->east == 3 && scenario->north == 4); /* the asset's, as the next two */
    assert_string_equal(scenario->chemical, "chlorine");
    assert_near(scenario->amount_kg, 2000, 0);
    assert_string_equal(scenario->when, "T/p:lo*");
    assert_near(scenario->frequency, 1e-5, 0);
    assert_int_equal(release->kind, DAVY_RELEASE_LIQUID_HOLE);
    assert_near(release->hole_m, 0.02, 1e-15);
    assert_near(release->pressure_pa, 701325, 1e-6); /* 6 bar above 101.325 kPa */
    assert_near(release->temperature_k, 293.15, 1e-9);
    assert_near(release->head_m, 3, 1e-12);
    assert_near(release->duration_s, 1800, 0);
    assert_near(release->pool_m2, 200, 0);
    assert_near(release->tnt_yield, 0.05, 1e-15);
    assert_true(isnan(release->rate_kg_s) && isnan(release->volume_m3));
    assert_int_equal(release->congestion, DAVY_CONGESTION_MEDIUM);
    assert_int_equal(scenario->endpoint_count, 6);
    assert_string_equal(scenario->endpoints[0].name, "AEGL-2");
    assert_true(isnan(scenario->endpoints[0].level));
    assert_string_equal(scenario->endpoints[1].name, "AEGL-3 30 min");
    assert_int_equal(scenario->endpoints[2].quantity, DAVY_ENDPOINT_HEAT);
    assert_near(scenario->endpoints[2].level, 12500, 1e-9);
    assert_string_equal(scenario->endpoints[2].name, "12.5 kW/m2");
    assert_int_equal(scenario->endpoints[3].quantity, DAVY_ENDPOINT_TOXIC);
    assert_near(scenario->endpoints[3].level, 2e-5, 1e-18);
    assert_near(scenario->endpoints[4].level, 20000, 1e-9);
    assert_near(scenario->endpoints[5].level, 0.5, 1e-15);
    assert_true(isnan(scenario->weather.wind) && scenario->weather.stability == 0);
    davy_site_destroy(site);
}

static void another_chemical_has_not_the_amount_of_the_asset(void **state)
{
    davy_site *site = read_good(SCENARIO(
        "name: x, asset: T, chemical: ammonia, release: {kind: rate, rate: 2 kg/s, duration: 1h}"));

    (void) state;
    assert_string_equal(site->emergency.scenarios[0].chemical, "ammonia");
    assert_true(isnan(site->emergency.scenarios[0].amount_kg));
    davy_site_destroy(site);
}

static void faults_of_scenarios_are_told(void **state)
{
    static const bad_case cases[] = {
        {SCENARIO("name: x, asset: TT, release: {kind: all}"), 5, 20, "scenarios[0].asset",
         "no asset has the name 'TT'; did you mean 'T'"},
        {SCENARIO("name: x, asset: T"), 5, 3, "scenarios[0]", "'release' is missing"},
        {SCENARIO("name: x, asset: bare, chemical: y, amount: 1 t, release: {kind: all}"), 5, 3,
         "scenarios[0]", "nothing says where"},
        {SCENARIO("name: x, at: [1, 2], release: {kind: gas hole, hole: 1 cm}"), 5, 3,
         "scenarios[0]", "nothing says what escapes"},
        {SCENARIO("name: x, at: [1, 2], chemical: y, release: {kind: pool}"), 5, 3, "scenarios[0]",
         "nothing says how much there is"},
        {SCENARIO("name: x, asset: T, amount: -1 t, release: {kind: all}"), 5, 31,
         "scenarios[0].amount", "'-1 t' is not an amount"},
        {SCENARIO("name: x, asset: T, amount: 0 t, release: {kind: all}"), 5, 31,
         "scenarios[0].amount", "an amount of 0"},
        {SCENARIO("name: x, asset: T, release: {kind: all}, when: [\"T/p:hi\"]"), 5, 52,
         "scenarios[0].when[0]", "no condition or detector matches 'T/p:hi'"},
        {SCENARIO("name: x, asset: T, release: {kind: all}, frequency: 0"), 5, 56,
         "scenarios[0].frequency", "0 is not from 1e-12 to 1000"},
        {RELEASE("kind: liquid hole"), 5, 32, "scenarios[0].release", "needs 'hole'"},
        {RELEASE("kind: liquid hole, hole: 0 mm"), 5, 58, "scenarios[0].release.hole",
         "'0 mm' is not from 0.1 to 2000 mm"},
        {RELEASE("kind: liquid hole, hole: 20"), 5, 58, "scenarios[0].release.hole",
         "'20' is not a number with a unit like m"},
        {RELEASE("kind: liquid hol, hole: 20 mm"), 5, 39, "scenarios[0].release.kind",
         "did you mean 'liquid hole'"},
        {RELEASE("kind: all, hole: 20 mm"), 5, 50, "scenarios[0].release.hole",
         "'hole' means nothing for a release of kind 'all'"},
        {RELEASE("kind: all, pressure: 7 kg"), 5, 54, "scenarios[0].release.pressure",
         "'7 kg' is not a pressure"},
        {RELEASE("kind: all, temperature: -300 Cel"), 5, 57, "scenarios[0].release.temperature",
         "'-300 Cel' is not from -253.15 to 1726.85 Cel"},
        {RELEASE("kind: pool, dike: 9 m2, depth: 1 cm"), 5, 64, "scenarios[0].release.depth",
         "both say how far"},
        {ENDPOINTS("[AELG-2]"), 5, 57, "scenarios[0].endpoints[0]", "did you mean 'AEGL-2'"},
        {ENDPOINTS("[AEGL-2 soon]"), 5, 57, "scenarios[0].endpoints[0]", "names no level"},
        {ENDPOINTS("[{heat: 5 kW/m2, blast: 1 kPa}]"), 5, 57, "scenarios[0].endpoints[0]",
         "one quantity and not 2"},
        {ENDPOINTS("[{heat: 5 kPa}]"), 5, 64, "scenarios[0].endpoints[0].heat",
         "'5 kPa' is not a number with a unit like W/m2"},
        {ENDPOINTS("[{toxic: 20 mg/m3}]"), 5, 65, "scenarios[0].endpoints[0].toxic",
         "write for example 'toxic: 20 ppm'"},
    };

    (void) state;
    assert_cases(cases);
}

static davy_status parse(const char *text, davy_scenario_file *file, davy_site_faults *faults)
{
    return davy_scenario_parse("x.yaml", text, strlen(text), NULL, file, faults);
}

static void a_file_has_a_scenario_and_its_weather(void **state)
{
    davy_site_faults faults = {0};
    davy_scenario_file file;
    const davy_scenario_weather *weather = &file.scenario.weather;

    (void) state;
    assert_ok(
        parse(ALONE("location: [30.657, 104.066]\n"
                    "weather: {wind: 10.8 km/h, wind_from: 225, stability: D, night: true,\n"
                    "  temperature: \"68 [degF]\", humidity: 60 %, cloud: 25 %, ground: urban,\n"
                    "  radiation: 0.4 kW/m2}"),
              &file, &faults));
    assert_true(file.located && file.site == NULL);
    assert_near(file.longitude, 104.066, 0);
    assert_true(file.scenario.east == 1 && file.scenario.north == 2);
    assert_near(file.scenario.amount_kg, 1000, 0);
    assert_near(weather->wind, 3, 1e-12);
    assert_near(weather->wind_height_m, 10, 0);
    assert_near(weather->wind_from, 225, 0);
    assert_int_equal(weather->stability, 'D');
    assert_near(weather->temperature_k, 293.15, 1e-9);
    assert_near(weather->humidity, 0.6, 1e-12);
    assert_near(weather->cloud, 0.25, 1e-12);
    assert_near(weather->radiation, 400, 1e-9);
    assert_true(weather->night && weather->urban);
    davy_site_faults_clear(&faults);
    davy_scenario_file_destroy(&file);
}

/* Ends in SI units: 5 mm, 1 m/s; a likeliest only where three stand. */
static void a_file_says_what_nobody_knows(void **state)
{
    davy_site_faults faults = {0};
    davy_scenario_file file;
    const davy_scenario_uncertain *uncertain = &file.uncertain;

    (void) state;
    assert_ok(parse(LEAK("uncertain: {hole: [5 mm, 5 cm], fill: [20 %, 80 %, 95 %], weather:\n"
                         "  [{stability: D, wind: [4 m/s, 8 m/s], share: 60 %},\n"
                         "   {stability: F, wind: [3.6 km/h, 3 m/s], share: 40 %}]}"),
                    &file, &faults));
    assert_true(uncertain->given && isnan(uncertain->rate.low));
    assert_near(uncertain->hole.low, 0.005, 1e-12);
    assert_near(uncertain->hole.high, 0.05, 1e-12);
    assert_true(isnan(uncertain->hole.likely));
    assert_near(uncertain->fill.likely, 0.8, 1e-12);
    assert_int_equal(uncertain->weather_count, 2);
    assert_int_equal(uncertain->weather[1].stability, 'F');
    assert_near(uncertain->weather[1].wind.low, 1, 1e-12);
    assert_near(uncertain->weather[1].share, 0.4, 1e-12);
    davy_site_faults_clear(&faults);
    davy_scenario_file_destroy(&file);
    assert_ok(parse(LEAK("weather: {wind: 1 m/s}"), &file, &faults));
    assert_false(file.uncertain.given);
    davy_site_faults_clear(&faults);
    davy_scenario_file_destroy(&file);
}

static void faults_of_a_file_are_told(void **state)
{
    static const struct {
        const char *text, *told;
    } cases[] = {
        {ALONE("weather: {wind: 0 m/s}"), "x.yaml:2:17: weather.wind: '0 m/s' is not from 0.1"},
        {ALONE("weather: {stability: G}"),
         "x.yaml:2:22: weather.stability: class G has no coefficients"},
        {ALONE("weather: {wind_from: 361}"), "x.yaml:2:22: weather.wind_from: 361 is not from"},
        {ALONE("weather: {humidity: 120 %}"), "x.yaml:2:21: weather.humidity: '120 %' is not"},
        {ALONE("location: [91, 0]"), "x.yaml:2:11: location: a latitude of 91"},
        {ALONE("site: /etc/passwd"), "x.yaml:2:7: site: a scenario that is sent names no file"},
        {ALONE("wether: {wind: 1 m/s}"), "did you mean 'weather'"},
        {"weather: {wind: 1 m/s}\n", "'scenario' is missing"},
        {"scenario: {name: x, asset: T, release: {kind: all}}\n", "no asset has the name 'T'"},
        {"scenario: {name: x, at: [1, 2], chemical: y, when: [\"T/p:lo\"], release: {kind: gas "
         "hole, "
         "hole: 1 mm}}\n",
         "no condition or detector matches"},
        {LEAK("uncertain: {hole: [50 mm, 5 mm]}"), "uncertain.hole: the figures do not rise"},
        {LEAK("uncertain: {hole: [5 mm]}"), "1 figures stand where two ends"},
        {LEAK("uncertain: {hole: 5 mm}"), "x.yaml:2:19: uncertain.hole: "},
        {LEAK("uncertain: {hole: [5 mm, 5 m]}"),
         "uncertain.hole[1]: '5 m' is not from 0.0001 to 2 m"},
        {LEAK("uncertain: {rate: [1 kg/s, 2 kg/s]}"), "the release of this scenario has no rate"},
        {ALONE("uncertain: {hole: [5 mm, 50 mm]}"), "the release of this scenario has no hole"},
        {LEAK("uncertain: {}"), "nothing stands here"},
        {LEAK("uncertain: {weather: []}"), "0 weathers are not from 1 to 36"},
        {LEAK("uncertain: {weather: [{stability: D, wind: [1 m/s, 2 m/s], share: 50 %}]}"),
         "the shares add up to 0.5 and not to 1"},
        {LEAK("uncertain: {weather: [{stability: G, wind: [1 m/s, 2 m/s], share: 1}]}"),
         "uncertain.weather[0].stability: "},
        {LEAK("uncertain: {weather: [D]}"), "uncertain.weather[0]: "},
        {"a: [", "x.yaml:2:1"},
        {"", "x.yaml"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_site_faults faults = {0};
        davy_scenario_file file;

        assert_int_equal(parse(cases[i].text, &file, &faults), DAVY_ERR_INVALID);
        assert_true(faults.count > 0);
        if (!strstr(davy_error(), cases[i].told))
            fail_msg("'%s' is not in: %s", cases[i].told, davy_error());
        davy_site_faults_clear(&faults);
        davy_scenario_file_destroy(&file);
    }
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void a_file_finds_its_site_beside_it(void **state)
{
    char folder[] = "/tmp/davy-scenario-XXXXXX";
    char site_path[64], path[64];
    davy_site_faults faults = {0};
    davy_scenario_file file;

    (void) state;
    assert_non_null(mkdtemp(folder));
    (void) snprintf(site_path, sizeof site_path, "%s/site.yaml", folder);
    (void) snprintf(path, sizeof path, "%s/leak.yaml", folder);
    write_file(site_path, PLANT);
    write_file(path, "site: site.yaml\nscenario: {name: x, asset: T, release: {kind: all}}\n");
    assert_ok(davy_scenario_load(path, &file, &faults));
    assert_non_null(file.site);
    assert_string_equal(file.site->assets[file.scenario.asset].name, "T");
    assert_string_equal(file.scenario.chemical, "chlorine");
    assert_true(file.located && file.latitude == 30);
    davy_site_faults_clear(&faults);
    davy_scenario_file_destroy(&file);

    /* The faults of the site are told, with its name. */
    write_file(site_path, "site: {nme: a}\n");
    assert_int_equal(davy_scenario_load(path, &file, &faults), DAVY_ERR_INVALID);
    assert_string_equal(faults.file, site_path);
    davy_site_faults_clear(&faults);
    davy_scenario_file_destroy(&file);

    faults = (davy_site_faults){0};
    assert_int_equal(unlink(site_path), 0);
    assert_int_equal(davy_scenario_load(path, &file, &faults), DAVY_ERR_INVALID);
    assert_string_equal(faults.file, path);
    assert_int_equal(faults.items[0].line, 1);
    davy_site_faults_clear(&faults);
    davy_scenario_file_destroy(&file);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scenario_of_a_site_is_read_in_si),
        cmocka_unit_test(another_chemical_has_not_the_amount_of_the_asset),
        cmocka_unit_test(faults_of_scenarios_are_told),
        cmocka_unit_test(a_file_has_a_scenario_and_its_weather),
        cmocka_unit_test(a_file_says_what_nobody_knows),
        cmocka_unit_test(faults_of_a_file_are_told),
        cmocka_unit_test(a_file_finds_its_site_beside_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
