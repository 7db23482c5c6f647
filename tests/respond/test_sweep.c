/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A scenario over measured weather: means, sectors and quantiles by hand; distances beside those of
 * the impact in the same weather.
 */
#include "respond/sweep/gather.h"
#include "respond/sweep/sweep.h"

#include "../testing.h"
#include "site/load.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#define S DAVY_NS_PER_S
/* 2026-01-01T00:00:00Z */
#define NEW_YEAR (1767225600LL * S)
#define HOUR     (3600 * S)

static const char site_text[] =
    "site: {name: harbour, location: [30.657, 104.066], timezone: Asia/Shanghai}\n"
    "assets:\n"
    "  - {name: T-101, at: [120, 40], holds: {chemical: chlorine, amount: 20 t}}\n"
    "  - name: WS-1\n"
    "    signals: [{name: speed, unit: km/h}, {name: direction, unit: deg}]\n"
    "weather: {wind_speed: WS-1/speed, wind_from: WS-1/direction}\n";
static const char scenario_text[] =
    "scenario: {name: T-101 leaks, asset: T-101, release: {kind: gas hole, hole: 20 mm,"
    " height: 1 m, pressure: 7 bar, temperature: 20 Cel, duration: 30 min}}\n";

static davy_site *site;
static davy_scenario_file file;

static void means_of_directions_go_around_north(void **state)
{
    davy_sweep_mean north = {0}, around = {0}, none = {0}, speed = {0};

    (void) state;
    davy_sweep_mean_add(&north, 350);
    davy_sweep_mean_add(&north, 20);
    davy_sweep_mean_add(&north, NAN);
    assert_near(davy_sweep_mean_of(&north, DAVY_WEATHER_FROM), 5, 1e-9);
    davy_sweep_mean_add(&around, 90);
    davy_sweep_mean_add(&around, 270);
    assert_true(isnan(davy_sweep_mean_of(&around, DAVY_WEATHER_FROM)));
    assert_true(isnan(davy_sweep_mean_of(&none, DAVY_WEATHER_SPEED)));
    davy_sweep_mean_add(&speed, 2);
    davy_sweep_mean_add(&speed, 5);
    assert_near(davy_sweep_mean_of(&speed, DAVY_WEATHER_SPEED), 3.5, 1e-12);
}

/* A wind from the south-west blows to the north-east; sectors are 22.5 degrees wide, around 0. */
static void a_cloud_goes_where_the_wind_does_not_come_from(void **state)
{
    static const struct {
        double from;
        const char *towards;
    } cases[] = {{225, "NE"},    {180, "N"},   {0, "S"},       {360, "S"}, {191.2, "N"},
                 {191.3, "NNE"}, {168.8, "N"}, {168.7, "NNW"}, {270, "E"}, {-90, "E"}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_string_equal(davy_sweep_sector_name(davy_sweep_sector(cases[i].from)),
                            cases[i].towards);
}

/* Twenty hours: 1 to 18 m, one outside and one without data, eleven of them to the north. */
static void quantiles_are_distances_that_were_computed(void **state)
{
    double distances[20];
    size_t sectors[20];
    davy_sweep_hour hours[20] = {0};
    davy_sweep_row row = {.distances = distances, .worst = SIZE_MAX};
    davy_sweep sweep = {.hours = hours,
                        .sectors = sectors,
                        .hour_count = 20,
                        .used = 20,
                        .rows = &row,
                        .row_count = 1};
    davy_sweep_figures figures;

    (void) state;
    for (size_t i = 0; i < 18; i++)
        distances[i] = (double) (18 - i);
    distances[18] = INFINITY;
    distances[19] = NAN;
    for (size_t i = 0; i < 20; i++)
        sectors[i] = i < 11 ? 0 : 8;
    assert_ok(davy_sweep_figures_of(&sweep, &row, SIZE_MAX, &figures));
    assert_int_equal(figures.hours, 19);
    assert_int_equal(figures.outside, 1);
    assert_int_equal(figures.nodata, 1);
    assert_near(figures.median, 10, 0); /* the ceil(9.5)-th */
    assert_true(isinf(figures.high));   /* the ceil(18.05)-th, the 19th */
    assert_true(isinf(figures.worst));
    assert_ok(davy_sweep_figures_of(&sweep, &row, 0, &figures)); /* 8 to 18 */
    assert_near(figures.median, 13, 0);
    assert_near(figures.high, 18, 0);
    assert_near(figures.worst, 18, 0);
    assert_ok(davy_sweep_figures_of(&sweep, &row, 3, &figures));
    assert_int_equal(figures.hours, 0);
    assert_true(isnan(figures.median));
}

static davy_impact_input input_of(void)
{
    return (davy_impact_input){.scenario = &file.scenario,
                               .site = site,
                               .latitude = site->latitude,
                               .longitude = site->longitude,
                               .day = true,
                               .likelihood = NAN};
}

static davy_sweep_hour hour_of(int64_t time_ns, double speed, double from)
{
    davy_sweep_hour hour = {.time_ns = time_ns};

    for (unsigned part = 0; part < DAVY_WEATHER_PARTS; part++)
        hour.readings[part] = NAN;
    hour.readings[DAVY_WEATHER_SPEED] = speed;
    hour.readings[DAVY_WEATHER_FROM] = from;
    return hour;
}

/* The distance of each hour is that of the impact in its weather, and a weak wind at night reaches
 * farther than a fresh one at noon. */
static void each_hour_is_the_impact_in_its_weather(void **state)
{
    const davy_sweep_hour hours[] = {hour_of(NEW_YEAR + 4 * HOUR, 8, 180), /* noon in Chengdu */
                                     hour_of(NEW_YEAR + 16 * HOUR, 2, 225),
                                     hour_of(NEW_YEAR + 17 * HOUR, NAN, 225)};
    const davy_impact_input input = input_of();
    davy_impact_input one = input;
    davy_scenario scenario = file.scenario;
    davy_sweep sweep = {0};
    davy_impact impact = {0};
    size_t compared = 0;

    (void) state;
    assert_ok(davy_sweep_run(&input, hours, DAVY_ARRAY_LENGTH(hours), &sweep));
    assert_int_equal(sweep.used, 2);
    assert_int_equal(sweep.silent, 1);
    scenario.weather = davy_weather_now_of(&site->emergency.weather, hours[1].readings,
                                           site->latitude, site->longitude, hours[1].time_ns)
                           .weather;
    one.scenario = &scenario;
    assert_ok(davy_impact_compute(&one, &impact));
    for (size_t i = 0; i < sweep.row_count; i++)
        for (size_t z = 0; z < impact.zone_count; z++)
            if (strcmp(sweep.rows[i].endpoint, impact.zones[z].endpoint) == 0 &&
                sweep.rows[i].effect == impact.zones[z].effect &&
                impact.zones[z].reach.kind == DAVY_ANSWER_VALUE) {
                assert_near(sweep.rows[i].distances[1], impact.zones[z].reach.value, 0);
                assert_true(sweep.rows[i].distances[1] > sweep.rows[i].distances[0]);
                assert_int_equal(sweep.rows[i].worst, 1);
                compared++;
            }
    assert_true(compared > 0);
    davy_impact_destroy(&impact);
    davy_sweep_clear(&sweep);
}

static void the_json_has_every_sector(void **state)
{
    const davy_sweep_hour hours[] = {hour_of(NEW_YEAR, 3, 225)};
    const davy_impact_input input = input_of();
    davy_sweep sweep = {0};
    davy_buffer text = {0};
    json_t *json, *level;

    (void) state;
    assert_ok(davy_sweep_run(&input, hours, 1, &sweep));
    assert_ok(davy_sweep_json(&sweep, &text));
    json = json_loads(text.bytes, 0, NULL);
    assert_non_null(json);
    level = json_array_get(json_object_get(json, "levels"), 0);
    assert_int_equal(json_array_size(json_object_get(level, "sectors")), DAVY_SWEEP_SECTORS);
    assert_int_equal(json_integer_value(json_object_get(
                         json_array_get(json_object_get(level, "sectors"), 2), "hours")),
                     1); /* NE */
    assert_string_equal(json_string_value(json_object_get(json_object_get(level, "when"), "time")),
                        "2026-01-01T00:00:00.000Z");
    json_decref(json);
    davy_buffer_clear(&text);
    davy_sweep_clear(&sweep);
}

static void hours_without_wind_are_no_sweep(void **state)
{
    const davy_sweep_hour hours[] = {hour_of(NEW_YEAR, NAN, 225), hour_of(NEW_YEAR, 3, NAN)};
    const davy_impact_input input = input_of();
    davy_sweep sweep = {0};

    (void) state;
    assert_fails(davy_sweep_run(&input, hours, 2, &sweep), DAVY_ERR_INVALID, "no hour");
    davy_sweep_clear(&sweep);
    assert_fails(davy_sweep_run(&input, hours, DAVY_SWEEP_HOURS_MAX + 1, &sweep), DAVY_ERR_FULL,
                 "shorter range");
    davy_sweep_clear(&sweep);
}

/* Means of good samples by the hour, km/h made m/s: 18 km/h are 5 m/s. */
static void hours_come_out_of_the_store(void **state)
{
    char folder[] = "/tmp/davy-sweep-XXXXXX", command[64];
    davy_sweep_hour *hours = NULL;
    davy_store *store;
    davy_signal_id speed, direction;
    size_t count = 0;

    (void) state;
    assert_non_null(mkdtemp(folder));
    assert_ok(davy_store_open(folder, NULL, &store));
    assert_fails(davy_sweep_gather(store, site, INT64_MIN, INT64_MAX, &hours, &count),
                 DAVY_ERR_NOT_FOUND, "WS-1/speed");
    assert_ok(davy_store_signal(store, "WS-1/speed", "km/h", &speed));
    assert_ok(davy_store_signal(store, "WS-1/direction", "deg", &direction));
    {
        const davy_sample samples[] = {
            {.time_ns = NEW_YEAR + 600 * S,
             .value = 9,
             .signal = speed,
             .quality = DAVY_QUALITY_GOOD},
            {.time_ns = NEW_YEAR + 1200 * S,
             .value = 27,
             .signal = speed,
             .quality = DAVY_QUALITY_GOOD},
            {.time_ns = NEW_YEAR + 1300 * S,
             .value = 500,
             .signal = speed,
             .quality = DAVY_QUALITY_BAD},
            {.time_ns = NEW_YEAR + 2 * HOUR + S,
             .value = 36,
             .signal = speed,
             .quality = DAVY_QUALITY_GOOD},
            {.time_ns = NEW_YEAR + 600 * S,
             .value = 350,
             .signal = direction,
             .quality = DAVY_QUALITY_GOOD},
            {.time_ns = NEW_YEAR + 1200 * S,
             .value = 10,
             .signal = direction,
             .quality = DAVY_QUALITY_GOOD},
        };

        assert_ok(davy_store_append(store, samples, DAVY_ARRAY_LENGTH(samples)));
    }
    assert_ok(davy_sweep_gather(store, site, INT64_MIN, INT64_MAX, &hours, &count));
    assert_int_equal(count, 3);
    assert_int_equal(hours[0].time_ns, NEW_YEAR);
    assert_near(hours[0].readings[DAVY_WEATHER_SPEED], 5, 1e-12);
    assert_near(fmod(hours[0].readings[DAVY_WEATHER_FROM] + 1, 360), 1, 1e-9);
    assert_true(isnan(hours[0].readings[DAVY_WEATHER_TEMPERATURE]));
    assert_true(isnan(hours[1].readings[DAVY_WEATHER_SPEED]));
    assert_near(hours[2].readings[DAVY_WEATHER_SPEED], 10, 1e-12);
    assert_true(isnan(hours[2].readings[DAVY_WEATHER_FROM]));
    free(hours);
    assert_ok(davy_sweep_gather(store, site, NEW_YEAR + HOUR, NEW_YEAR + 3 * HOUR, &hours, &count));
    assert_int_equal(count, 2);
    free(hours);
    davy_store_close(store);
    (void) snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static int load(void **state)
{
    davy_site_faults faults = {0};

    (void) state;
    if (davy_site_parse("site.yaml", site_text, sizeof site_text - 1, &faults, &site) != DAVY_OK)
        fail_msg("%s", davy_error());
    davy_site_faults_clear(&faults);
    if (davy_scenario_parse("scenario", scenario_text, sizeof scenario_text - 1, site, &file,
                            &faults) != DAVY_OK)
        fail_msg("%s", davy_error());
    davy_site_faults_clear(&faults);
    return 0;
}

static int drop(void **state)
{
    (void) state;
    davy_scenario_file_destroy(&file);
    davy_site_destroy(site);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_of_directions_go_around_north),
        cmocka_unit_test(a_cloud_goes_where_the_wind_does_not_come_from),
        cmocka_unit_test(quantiles_are_distances_that_were_computed),
        cmocka_unit_test(each_hour_is_the_impact_in_its_weather),
        cmocka_unit_test(the_json_has_every_sector),
        cmocka_unit_test(hours_without_wind_are_no_sweep),
        cmocka_unit_test(hours_come_out_of_the_store),
    };

    return cmocka_run_group_tests(tests, load, drop);
}
