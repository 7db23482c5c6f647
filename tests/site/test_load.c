/* SPDX-License-Identifier: Apache-2.0 */
#include "site/load.h"

#include "core/file.h"
#include "site_testing.h"

#include <jansson.h>

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* The example of the design, section 6, with two changes: the MQTT source has a signal. */
static const char design[] =
    "site: {name: Harbour Chemical Park, location: [30.657, 104.066], timezone: Asia/Shanghai}\n"
    "sources:\n"
    "  - {name: plc-1, kind: modbus, address: \"tcp://10.0.0.5:502\", poll: 1s}\n"
    "  - {name: field, kind: mqtt, address: \"mqtt://127.0.0.1:1883\", topics: [\"plant/#\"]}\n"
    "assets:\n"
    "  - name: T-101\n"
    "    kind: tank\n"
    "    at: [120, 40]                    # metres east, north of the site's origin\n"
    "    holds: {chemical: chlorine, amount: 20 t}\n"
    "    signals:\n"
    "      - {name: pressure, unit: kPa, from: {source: plc-1, register: holding 0, type: "
    "float32},\n"
    "         range: [0, 1600], limits: {hihi: 1200, hi: 1000}, deadband: 2%, on_delay: 2s,\n"
    "         deadline: 10s}\n"
    "detectors:\n"
    "  - {name: T-101-health, model: t101@champion, signals: [T-101/*], budget: 1/week,\n"
    "     priority: high}\n"
    "resources:\n"
    "  - {name: fire-engine-1, type: foam engine, at: [400, 10], crew: 6}\n";

static void reads_the_example_of_the_design(void **state)
{
    davy_site *site = read_good(design);
    const davy_site_signal *pressure = davy_site_find_signal(site, "T-101/pressure");

    (void) state;
    assert_string_equal(site->name, "Harbour Chemical Park");
    assert_string_equal(site->title, "Harbour Chemical Park");
    assert_string_equal(site->timezone, "Asia/Shanghai");
    assert_near(site->latitude, 30.657, 0.0);
    assert_near(site->longitude, 104.066, 0.0);

    assert_int_equal(site->source_count, 2);
    assert_string_equal(site->sources[0].kind, "modbus");
    assert_string_equal(site->sources[0].address, "tcp://10.0.0.5:502");
    assert_true(site->sources[0].poll_ns == DAVY_NS_PER_S);
    assert_string_equal(site->sources[1].topics[0], "plant/#");

    assert_int_equal(site->asset_count, 1);
    assert_string_equal(site->assets[0].chemical, "chlorine");
    assert_near(site->assets[0].amount_kg, 20000.0, 0.0);
    assert_near(site->assets[0].east, 120.0, 0.0);
    assert_near(site->assets[0].north, 40.0, 0.0);

    assert_non_null(pressure);
    assert_string_equal(pressure->name, "pressure");
    assert_string_equal(pressure->unit, "kPa");
    assert_int_equal(pressure->from.source, 0);
    assert_int_equal(pressure->from.table, DAVY_MODBUS_HOLDING);
    assert_int_equal(pressure->from.type, DAVY_MODBUS_FLOAT32);
    assert_near(pressure->limits.hihi, 1200.0, 0.0);
    assert_true(isnan(pressure->limits.lo));
    assert_near(pressure->deadband, 32.0, 1e-12); /* 2 % of 1600 */
    assert_true(pressure->on_delay_ns == 2 * DAVY_NS_PER_S);
    assert_true(pressure->deadline_ns == 10 * DAVY_NS_PER_S);

    assert_string_equal(site->detectors[0].model, "t101@champion");
    assert_near(site->detectors[0].budget_per_day, 1.0 / 7.0, 1e-15);
    assert_int_equal(site->detectors[0].priority, DAVY_PRIORITY_HIGH);
    assert_int_equal(site->detectors[0].signal_count, 1);

    assert_string_equal(site->resources[0].type, "foam engine");
    assert_int_equal(site->resources[0].crew, 6);
    davy_site_destroy(site);
}

/* Every key that the design's example does not use. */
static const char every_other_key[] =
    "site: {name: park, title: The Park}\n"
    "sources:\n"
    "  - {name: csv, kind: replay, files: [\"a/*.csv\", b.csv], time: datetime, speed: 10x,\n"
    "     loop: true, restamp: true}\n"
    "  - {name: fast, kind: replay, files: [c.csv], time: t, speed: max}\n"
    "  - {name: lines, kind: lines}\n"
    "  - {name: plc, kind: modbus, address: \"tcp://[::1]:1502\", timeout: 500ms, unit_id: 7}\n"
    "  - {name: broker, kind: mqtt, address: \"mqtt://b.example:1883\", format: json,\n"
    "     timeout: 2s, username: davy, password_file: /etc/davy/mqtt}\n"
    "assets:\n"
    "  - name: P-1\n"
    "    title: Feed pump\n"
    "    signals:\n"
    "      - {name: flow, title: Flow, unit: m3/h, from: {source: csv, column: Flow, scale: 2},\n"
    "         range: [-5, 5], limits: {lolo: -4, lo: -3, hi: 3, hihi: 4}, deadband: 0.5,\n"
    "         off_delay: 3s, rate_limit: 120/min, stuck: 10min, shift: 1.5,\n"
    "         novel: 1e5, priority: critical}\n"
    "      - {name: speed, from: fast}\n"
    "      - {name: power, from: lines}\n"
    "      - {name: run, from: {source: plc, register: coil 3}}\n"
    "      - {name: trip, from: {source: plc, register: holding 9, type: bit, bit: 15}}\n"
    "      - {name: hours, from: {source: plc, register: input 40000, type: uint32, order: CDAB,\n"
    "         scale: 0.1, offset: -3}}\n"
    "      - {name: level, from: {source: broker, topic: p/1, path: $.level}}\n"
    "      - {name: heat, from: {source: broker, topic: p/1, tag: heat}}\n"
    "      - {name: noise, from: {source: broker, topic: p/0}}\n"
    "      - {name: typed}\n"
    "detectors:\n"
    "  - {name: d, model: m, signals: [\"P-1/r* , P-1/flow\", \"**\"], on_delay: 5s,\n"
    "     off_delay: 1min}\n";

static void reads_every_kind_of_source(void **state)
{
    davy_site *site = read_good(every_other_key);
    const davy_site_source *csv = &site->sources[0];
    const davy_site_source *plc = &site->sources[3];
    const davy_site_source *broker = &site->sources[4];

    (void) state;
    assert_string_equal(site->title, "The Park");
    assert_string_equal(site->timezone, "UTC");
    assert_true(isnan(site->latitude));
    assert_int_equal(csv->file_count, 2);
    assert_string_equal(csv->files[0], "a/*.csv");
    assert_string_equal(csv->time_column, "datetime");
    assert_near(csv->speed, 10.0, 0.0);
    assert_true(csv->loop && csv->restamp);
    assert_near(site->sources[1].speed, 0.0, 0.0);
    assert_false(site->sources[1].loop || site->sources[1].restamp);
    assert_null(site->sources[2].address);
    assert_true(plc->timeout_ns == 500 * DAVY_NS_PER_MS && plc->poll_ns == DAVY_NS_PER_S);
    assert_int_equal(plc->unit_id, 7);
    assert_string_equal(broker->format, "json");
    assert_string_equal(broker->username, "davy");
    assert_string_equal(broker->password_file, "/etc/davy/mqtt");
    davy_site_destroy(site);
}

static void reads_every_form_of_from(void **state)
{
    davy_site *site = read_good(every_other_key);
    const davy_site_signal *signals = site->signals;

    (void) state;
    assert_string_equal(signals[0].from.column, "Flow");
    assert_near(signals[0].from.scale, 2.0, 0.0);
    assert_string_equal(signals[1].from.column, "speed"); /* its name, when none is given */
    assert_near(signals[1].from.scale, 1.0, 0.0);
    assert_int_equal(signals[2].from.source, 2);
    assert_int_equal(signals[3].from.table, DAVY_MODBUS_COIL);
    assert_int_equal(signals[3].from.type, DAVY_MODBUS_BIT);
    assert_int_equal(signals[4].from.bit, 15);
    assert_int_equal(signals[5].from.table, DAVY_MODBUS_INPUT);
    assert_int_equal(signals[5].from.address, 40000);
    assert_int_equal(signals[5].from.order, DAVY_ORDER_CDAB);
    assert_near(signals[5].from.offset, -3.0, 0.0);
    assert_string_equal(signals[6].from.path, "$.level");
    assert_string_equal(signals[7].from.tag, "heat");
    assert_true(signals[9].from.source == DAVY_SITE_NONE);
    davy_site_destroy(site);
}

static void reads_every_check_of_a_signal(void **state)
{
    davy_site *site = read_good(every_other_key);
    const davy_site_signal *flow = &site->signals[0];
    const davy_site_signal *typed = &site->signals[9];

    (void) state;
    assert_string_equal(flow->title, "Flow");
    assert_near(flow->range_low, -5.0, 0.0);
    assert_near(flow->limits.lolo, -4.0, 0.0);
    assert_near(flow->deadband, 0.5, 0.0);
    assert_true(flow->off_delay_ns == 3 * DAVY_NS_PER_S);
    assert_near(flow->rate_limit, 2.0, 1e-12); /* 120 a minute are 2 a second */
    assert_true(flow->stuck_ns == 600 * DAVY_NS_PER_S);
    assert_near(flow->shift, 1.5, 0.0);
    assert_near(flow->novel, 1e5, 0.0);
    assert_int_equal(flow->priority, DAVY_PRIORITY_CRITICAL);

    assert_string_equal(typed->unit, "");
    assert_true(isnan(typed->range_low) && isnan(typed->limits.hi));
    assert_true(typed->deadline_ns == 0 && typed->stuck_ns == 0 && typed->shift == 0.0 &&
                typed->novel == 0.0);
    assert_int_equal(typed->priority, DAVY_PRIORITY_MEDIUM);
    assert_true(typed->id == DAVY_SIGNAL_NONE);
    davy_site_destroy(site);
}

static void patterns_select_in_their_order_and_each_signal_once(void **state)
{
    davy_site *site = read_good(every_other_key);
    const davy_site_detector *detector = &site->detectors[0];

    (void) state;
    assert_string_equal(detector->model, "m@champion");
    assert_near(detector->budget_per_day, 0.0, 0.0);
    assert_true(detector->on_delay_ns == 5 * DAVY_NS_PER_S);
    assert_int_equal(detector->signal_count, 10);
    assert_int_equal(detector->signals[0], 3); /* P-1/run by "P-1/r*" */
    assert_int_equal(detector->signals[1], 0); /* P-1/flow */
    assert_int_equal(detector->signals[2], 1); /* the rest in the order of the file */
    assert_int_equal(detector->signals[9], 9);
    davy_site_destroy(site);
}

/* A recycle: the reactor feeds the tank that feeds it. The detector of both has no desk. */
static const char desks[] = "site: {name: a}\n"
                            "positions:\n"
                            "  - {name: farm, title: Tank farm, assets: [\"T-*\", T-1]}\n"
                            "  - {name: reactors, assets: [R-1]}\n"
                            "assets:\n"
                            "  - {name: T-1, downstream: [P-1], signals: [{name: level}]}\n"
                            "  - {name: T-2, signals: [{name: level}]}\n"
                            "  - {name: P-1, downstream: [R-1, T-2]}\n"
                            "  - {name: R-1, downstream: [T-1], signals: [{name: level}]}\n"
                            "detectors:\n"
                            "  - {name: tanks, model: m, signals: [\"T-*/*\"]}\n"
                            "  - {name: all, model: m, signals: [\"**\"]}\n";

static void positions_have_their_assets_and_the_rest_is_the_sites(void **state)
{
    davy_site *site = read_good(desks);
    size_t position;

    (void) state;
    assert_int_equal(site->position_count, 3);
    assert_string_equal(site->positions[DAVY_SITE_POSITION].name, "site");
    assert_string_equal(site->positions[1].title, "Tank farm");
    assert_string_equal(site->positions[2].title, "reactors");
    assert_int_equal(site->positions[2].line, 4);
    assert_int_equal(site->assets[0].position, 1);
    assert_int_equal(site->assets[1].position, 1);
    assert_int_equal(site->assets[2].position, DAVY_SITE_POSITION);
    assert_int_equal(site->assets[3].position, 2);
    assert_int_equal(davy_site_detector_position(site, &site->detectors[0]), 1);
    assert_int_equal(davy_site_detector_position(site, &site->detectors[1]), DAVY_SITE_POSITION);
    assert_true(davy_site_find_position(site, "reactors", &position) && position == 2);
    assert_false(davy_site_find_position(site, "reactor", &position));
    davy_site_destroy(site);
}

static void a_site_without_positions_has_its_own(void **state)
{
    davy_site *site = read_good("site: {name: a}\n");
    const davy_site by_hand = {0};

    (void) state;
    assert_int_equal(site->position_count, 1);
    assert_string_equal(davy_site_position_name(site, DAVY_SITE_POSITION), "site");
    assert_string_equal(davy_site_position_name(&by_hand, DAVY_SITE_POSITION), "site");
    davy_site_destroy(site);
}

static void an_asset_knows_what_it_feeds_also_in_a_circle(void **state)
{
    davy_site *site = read_good(desks);

    (void) state;
    assert_int_equal(site->assets[0].downstream_count, 1);
    assert_int_equal(site->assets[0].downstream[0], 2);
    assert_int_equal(site->assets[1].downstream_count, 0);
    assert_int_equal(site->assets[2].downstream_count, 2);
    assert_int_equal(site->assets[2].downstream[0], 3);
    assert_int_equal(site->assets[2].downstream[1], 1);
    assert_int_equal(site->assets[3].downstream[0], 0);
    davy_site_destroy(site);
}

static void an_mqtt_source_without_topics_has_those_of_its_signals(void **state)
{
    davy_site *site = read_good(every_other_key);
    const davy_site_source *broker = &site->sources[4];

    (void) state;
    assert_int_equal(broker->bound_count, 3);
    assert_int_equal(broker->topic_count, 2);
    assert_string_equal(broker->topics[0], "p/1"); /* of heat, the first of its paths */
    assert_string_equal(broker->topics[1], "p/0");
    davy_site_destroy(site);
}

static void a_text_longer_than_any_file_is_not_looked_at(void **state)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;

    (void) state;
    assert_fails(davy_site_parse("a", "", DAVY_SITE_FILE_MAX + 1, &faults, &site), DAVY_ERR_INVALID,
                 "a: the file is longer than 64 MiB; split the plant into several sites");
    assert_int_equal(faults.count, 1);
    davy_site_faults_clear(&faults);
}

static const char many_faults[] =
    "sources: [{name: plc, kind: modbus, address: \"tcp://10.0.0.5:502\"}]\n"
    "assets:\n"
    "  - name: T-101\n"
    "    signals:\n"
    "      - {name: pressure, limits: {hihi: 1200, hi: 1300}, dedline: 10s}\n"
    "      - {name: level, from: {source: plx, register: holding 0}}\n"
    "site: {nam: park}\n";

static void all_faults_are_told_at_once_in_the_order_of_lines(void **state)
{
    davy_site_faults faults;

    (void) state;
    read_bad(many_faults, &faults);
    assert_int_equal(faults.count, 5);
    assert_string_equal(faults.items[0].path, "assets[0].signals[0].limits");
    assert_string_equal(faults.items[1].path, "assets[0].signals[0].dedline");
    assert_string_equal(faults.items[2].path, "assets[0].signals[1].from.source");
    assert_string_equal(faults.items[3].path, "site"); /* 'name' is missing */
    assert_string_equal(faults.items[4].path, "site.nam");
    assert_string_equal(davy_error(),
                        "site.yaml:5:34: assets[0].signals[0].limits: hi (1300) is above hihi "
                        "(1200); lower hi or raise hihi (and 4 more faults)");
    davy_site_faults_clear(&faults);
}

static void prints_faults_as_compilers_do(void **state)
{
    davy_site_faults faults;
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);

    (void) state;
    assert_non_null(stream);
    read_bad("site: {name: a, nme: b}\n", &faults);
    davy_site_faults_print(&faults, stream, false);
    davy_site_faults_print(&faults, stream, true);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(
        text, "site.yaml:1:17: site.nme: unknown key 'nme'; did you mean 'name'?\n"
              "\033[1msite.yaml:1:17:\033[0m site.nme: \033[31munknown key 'nme'\033[0m; did you "
              "mean 'name'?\n");
    free(text);
    davy_site_faults_clear(&faults);
}

static void tells_faults_as_json(void **state)
{
    davy_site_faults faults;
    const json_t *first;
    json_t *json;

    (void) state;
    read_bad(many_faults, &faults);
    json = davy_site_faults_json(&faults);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "file")), "site.yaml");
    assert_int_equal(json_array_size(json_object_get(json, "faults")), 5);
    assert_int_equal(json_integer_value(json_object_get(json, "left_out")), 0);
    first = json_array_get(json_object_get(json, "faults"), 0);
    assert_int_equal(json_integer_value(json_object_get(first, "line")), 5);
    assert_int_equal(json_integer_value(json_object_get(first, "column")), 34);
    assert_string_equal(json_string_value(json_object_get(first, "remedy")),
                        "lower hi or raise hihi");
    json_decref(json);
    davy_site_faults_clear(&faults);
}

/* 300 faults in falling order of their lines' readers: sources are read before `site` is. */
static void keeps_the_first_faults_and_counts_the_others(void **state)
{
    davy_buffer text = {0};
    davy_site_faults faults;
    char *printed = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&printed, &length);

    (void) state;
    davy_buffer_append_text(&text, "assets:\n");
    for (int i = 0; i < 150; i++)
        davy_buffer_printf(&text, "  - {name: a%d, x: 1}\n", i);
    davy_buffer_append_text(&text, "sources:\n");
    for (int i = 0; i < 150; i++)
        davy_buffer_printf(&text, "  - {name: s%d, kind: lines, x: 1}\n", i);
    davy_buffer_append_text(&text, "site: {name: a}\n");
    assert_ok(davy_buffer_ok(&text));

    read_bad(text.bytes, &faults);
    assert_int_equal(faults.count, DAVY_SITE_FAULTS_MAX);
    assert_int_equal(faults.left_out, 300 - DAVY_SITE_FAULTS_MAX);
    assert_int_equal(faults.items[0].line, 2);
    assert_string_equal(faults.items[149].path, "assets[149].x");
    assert_string_equal(faults.items[199].path, "sources[49].x");
    assert_non_null(strstr(davy_error(), "(and 299 more faults)"));

    assert_non_null(stream);
    davy_site_faults_print(&faults, stream, false);
    assert_int_equal(fclose(stream), 0);
    assert_non_null(strstr(printed, "site.yaml: 100 more faults are not shown\n"));
    free(printed);
    davy_site_faults_clear(&faults);
    davy_buffer_clear(&text);
}

static void loads_a_file_and_knows_where_it_stands(void **state)
{
    char path[] = "/tmp/davy-site-XXXXXX";
    int descriptor = mkstemp(path);
    davy_site_faults faults = {0};
    davy_site *site = NULL;
    json_t *json;

    (void) state;
    assert_true(descriptor >= 0);
    assert_ok(davy_file_write_all(descriptor, design, sizeof design - 1));
    assert_ok(davy_site_load(path, &faults, &site));
    assert_string_equal(site->file, path);
    davy_site_destroy(site);
    davy_site_faults_clear(&faults);

    assert_int_equal(ftruncate(descriptor, (off_t) DAVY_SITE_FILE_MAX + 1), 0);
    assert_fails(davy_site_load(path, &faults, &site), DAVY_ERR_INVALID, "longer than 64 MiB");
    assert_int_equal(faults.items[0].line, 0);
    davy_site_faults_clear(&faults);

    close(descriptor);
    unlink(path);
    assert_fails(davy_site_load(path, &faults, &site), DAVY_ERR_NOT_FOUND, path);
    assert_int_equal(faults.count, 0);
    assert_fails(davy_site_load("/tmp", &faults, &site), DAVY_ERR_INVALID, "not a regular file");
    json = davy_site_faults_json(&faults);
    assert_true(json_is_null(json_object_get(json, "file")));
    json_decref(json);
    davy_site_faults_clear(&faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_example_of_the_design),
        cmocka_unit_test(reads_every_kind_of_source),
        cmocka_unit_test(reads_every_form_of_from),
        cmocka_unit_test(reads_every_check_of_a_signal),
        cmocka_unit_test(patterns_select_in_their_order_and_each_signal_once),
        cmocka_unit_test(positions_have_their_assets_and_the_rest_is_the_sites),
        cmocka_unit_test(a_site_without_positions_has_its_own),
        cmocka_unit_test(an_asset_knows_what_it_feeds_also_in_a_circle),
        cmocka_unit_test(an_mqtt_source_without_topics_has_those_of_its_signals),
        cmocka_unit_test(a_text_longer_than_any_file_is_not_looked_at),
        cmocka_unit_test(all_faults_are_told_at_once_in_the_order_of_lines),
        cmocka_unit_test(prints_faults_as_compilers_do),
        cmocka_unit_test(tells_faults_as_json),
        cmocka_unit_test(keeps_the_first_faults_and_counts_the_others),
        cmocka_unit_test(loads_a_file_and_knows_where_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
