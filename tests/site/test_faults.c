/* SPDX-License-Identifier: Apache-2.0 */

/* Every family of faults of the site file, each with its line, column and path, counted by hand. */
#include "core/buffer.h"
#include "site_testing.h"

/* Six lines that are in order; what follows them continues the list of signals on line 7. */
#define SITE "site: {name: a}\n"
#define PLANT                                                                     \
    SITE "sources:\n"                                                             \
         "  - {name: plc, kind: modbus, address: \"tcp://h:502\", poll: 1s}\n"    \
         "  - {name: broker, kind: mqtt, address: \"mqtt://h:1\", topics: [p]}\n" \
         "  - {name: csv, kind: replay, files: [a.csv], time: t}\n"               \
         "assets: [{name: T, signals: [\n"
#define SIGNAL(text)      PLANT "{name: s, " text "}]}]\n"
#define SIGNAL_PATH(text) "assets[0].signals[0]" text
#define DETECTOR(text)    SIGNAL("unit: kPa") "detectors:\n- {" text "}\n"

static void unknown_keys_are_told_with_the_nearest(void **state)
{
    static const bad_case cases[] = {
        {SITE "asets: []\n", 2, 1, "asets", "did you mean 'assets'?"},
        {"site: {name: a, zzz: 1}\n", 1, 17, "site.zzz", "name, title, location, timezone"},
        {SITE "sources: [{name: l, kind: lines, adress: x}]\n", 2, 34, "sources[0].adress",
         "the keys here are name, kind"},
        {SIGNAL("dedline: 10s"), 7, 11, SIGNAL_PATH(".dedline"), "did you mean 'deadline'?"},
        {SIGNAL("limits: {hgi: 3}"), 7, 20, SIGNAL_PATH(".limits.hgi"), "did you mean 'hi'?"},
        {SIGNAL("from: {source: csv, topic: p}"), 7, 31, SIGNAL_PATH(".from.topic"),
         "the keys here are source, column, scale, offset"},
        {DETECTOR("name: d, model: m, signals: [T/s], bugdet: 1/day"), 9, 39, "detectors[0].bugdet",
         "did you mean 'budget'?"},
    };

    (void) state;
    assert_cases(cases);
}

static void a_key_given_twice_names_the_first_line(void **state)
{
    static const bad_case cases[] = {
        {SITE "site: {name: b}\n", 2, 1, "site",
         "'site' is given twice; keep one; the first is on line 1"},
        {SIGNAL("unit: bar, unit: kPa"), 7, 22, SIGNAL_PATH(".unit"), "given twice"},
    };

    (void) state;
    assert_cases(cases);
}

static void values_of_the_wrong_type_are_told(void **state)
{
    static const bad_case cases[] = {
        {"[site]\n", 1, 1, "", "a list stands where a mapping is expected"},
        {"site\n", 1, 1, "", "a single value stands where a mapping is expected"},
        {"site: a\n", 1, 7, "site", "a single value stands where a mapping is expected"},
        {SITE "assets: {name: T}\n", 2, 9, "assets", "a mapping stands where a list is expected"},
        {SITE "assets: [T]\n", 2, 10, "assets[0]", "where a mapping is expected"},
        {SIGNAL("unit: [kPa]"), 7, 17, SIGNAL_PATH(".unit"), "write for example 'unit: kPa'"},
        {SIGNAL("range: 5"), 7, 18, SIGNAL_PATH(".range"), "write for example 'range: [0, 1600]'"},
        {SIGNAL("range: [1, 2, 3]"), 7, 18, SIGNAL_PATH(".range"), "3 numbers stand where two"},
        {SIGNAL("range: [1, x]"), 7, 22, SIGNAL_PATH(".range[1]"), "'x' is not a number"},
        {SIGNAL("range: [0, .inf]"), 7, 22, SIGNAL_PATH(".range[1]"), "'.inf' is not a number"},
        {SIGNAL("shift: \"2\""), 7, 18, SIGNAL_PATH(".shift"), "take the quotes off"},
        {SIGNAL("from: [plc]"), 7, 17, SIGNAL_PATH(".from"), "where a single value is expected"},
        {SIGNAL("limits: 5"), 7, 19, SIGNAL_PATH(".limits"), "where a mapping is expected"},
        {SITE "assets: [{name: T, signals: 5}]\n", 2, 29, "assets[0].signals",
         "where a list is expected"},
        {DETECTOR("name: d, model: m, signals: T/s"), 9, 32, "detectors[0].signals",
         "write for example 'signals: [T-101/*]'"},
        {SIGNAL("title: null"), 7, 18, SIGNAL_PATH(".title"), "no value is given"},
        {SIGNAL("title: ~"), 7, 18, SIGNAL_PATH(".title"), "no value is given"},
        {SIGNAL("title: \"\""), 7, 18, SIGNAL_PATH(".title"), "the text is empty"},
        {SITE "sources: [{name: c, kind: replay, files: [a], time: t, loop: yes}]\n", 2, 62,
         "sources[0].loop", "write true or false"},
        {SITE "sources: [{name: c, kind: replay, files: a.csv, time: t}]\n", 2, 42,
         "sources[0].files", "where a list is expected"},
        {SITE "resources: [{name: r, type: t, crew: 1.5}]\n", 2, 38, "resources[0].crew",
         "1.5 is not a whole number"},
        {SITE "resources: [{name: r, type: t, crew: 1e300}]\n", 2, 38, "resources[0].crew",
         "is not from 0 to 10000"},
    };

    (void) state;
    assert_cases(cases);
}

static void a_value_left_empty_is_told_for_every_type(void **state)
{
    static const bad_case cases[] = {
        {"site: {name: ~}\n", 1, 14, "site.name", "no value is given"},
        {"site: {name: a, timezone: ~}\n", 1, 27, "site.timezone", "no value is given"},
        {SITE "sources: [{name: x, kind: ~}]\n", 2, 27, "sources[0].kind", "no value is given"},
        {SITE "sources: [{name: x, kind: modbus, address: ~}]\n", 2, 44, "sources[0].address",
         "no value is given"},
        {SITE "sources: [{name: c, kind: replay, files: [a], time: t, speed: ~}]\n", 2, 63,
         "sources[0].speed", "no value is given"},
        {SITE "sources: [{name: c, kind: replay, files: [~], time: t}]\n", 2, 43,
         "sources[0].files[0]", "no value is given"},
        {SIGNAL("unit: ~"), 7, 17, SIGNAL_PATH(".unit"), "no value is given"},
        {SIGNAL("from: ~"), 7, 17, SIGNAL_PATH(".from"), "no value is given"},
        {SIGNAL("from: {source: ~}"), 7, 26, SIGNAL_PATH(".from.source"), "no value is given"},
        {SIGNAL("from: {source: plc, register: ~}"), 7, 41, SIGNAL_PATH(".from.register"),
         "no value is given"},
        {SIGNAL("range: [0, ~]"), 7, 22, SIGNAL_PATH(".range[1]"), "no value is given"},
        {SIGNAL("deadband: ~"), 7, 21, SIGNAL_PATH(".deadband"), "no value is given"},
        {SIGNAL("on_delay: ~"), 7, 21, SIGNAL_PATH(".on_delay"), "no value is given"},
        {SIGNAL("rate_limit: ~"), 7, 23, SIGNAL_PATH(".rate_limit"), "no value is given"},
        {SIGNAL("priority: ~"), 7, 21, SIGNAL_PATH(".priority"), "no value is given"},
        {DETECTOR("name: d, model: ~, signals: [T/s]"), 9, 20, "detectors[0].model",
         "no value is given"},
    };

    (void) state;
    assert_cases(cases);
}

static void what_must_be_there_is_missed(void **state)
{
    static const bad_case cases[] = {
        {"assets: []\n", 1, 1, "", "'site' is missing; add for example 'site: {name: harbour}'"},
        {"site: {title: a}\n", 1, 7, "site", "'name' is missing"},
        {SITE "sources: [{name: x}]\n", 2, 11, "sources[0]", "'kind' is missing"},
        {SITE "sources: [{name: x, kind: modbus}]\n", 2, 11, "sources[0]", "'address' is missing"},
        {SITE "sources: [{name: c, kind: replay, time: t}]\n", 2, 11, "sources[0]",
         "'files' is missing"},
        {SITE "sources: [{name: c, kind: replay, files: [], time: t}]\n", 2, 42, "sources[0].files",
         "the list is empty"},
        {SITE "assets: [{name: T, holds: {chemical: x}}]\n", 2, 27, "assets[0].holds",
         "'amount' is missing"},
        {SIGNAL("from: {source: broker}"), 7, 17, SIGNAL_PATH(".from"), "'topic' is missing"},
        {SIGNAL("from: broker"), 7, 17, SIGNAL_PATH(".from"), "'topic' is missing"},
        {SIGNAL("from: {register: coil 1}"), 7, 17, SIGNAL_PATH(".from"), "'source' is missing"},
        {SIGNAL("from: plc"), 7, 17, SIGNAL_PATH(".from"), "'register' is missing"},
        {DETECTOR("name: d, signals: [T/s]"), 9, 3, "detectors[0]", "'model' is missing"},
        {DETECTOR("name: d, model: m"), 9, 3, "detectors[0]", "'signals' is missing"},
        {DETECTOR("name: d, model: m, signals: []"), 9, 32, "detectors[0].signals", "empty"},
        {SITE "resources: [{name: r}]\n", 2, 13, "resources[0]", "'type' is missing"},
    };

    (void) state;
    assert_cases(cases);
}

static void quantities_need_a_number_and_their_unit(void **state)
{
    static const bad_case cases[] = {
        {SIGNAL("on_delay: 2"), 7, 21, SIGNAL_PATH(".on_delay"), "not a duration with a unit"},
        {SIGNAL("deadline: 10 fortnights"), 7, 21, SIGNAL_PATH(".deadline"), "not a duration"},
        {SIGNAL("stuck: -5s"), 7, 18, SIGNAL_PATH(".stuck"), "not a duration"},
        {SIGNAL("off_delay: 2d"), 7, 22, SIGNAL_PATH(".off_delay"), "not from 1ms to 1d"},
        {SIGNAL("rate_limit: 5"), 7, 23, SIGNAL_PATH(".rate_limit"), "not a number per time"},
        {SIGNAL("shift: 0"), 7, 18, SIGNAL_PATH(".shift"), "not from 0.1 to 10"},
        {SIGNAL("novel: 10"), 7, 18, SIGNAL_PATH(".novel"), "not from 100 to"},
        {SIGNAL("unit: k Pa"), 7, 17, SIGNAL_PATH(".unit"), "not a UCUM unit"},
        {SIGNAL("deadband: wide"), 7, 21, SIGNAL_PATH(".deadband"), "neither a number nor"},
        {SIGNAL("deadband: -1"), 7, 21, SIGNAL_PATH(".deadband"), "-1 cannot be"},
        {SITE "assets: [{name: T, holds: {chemical: x, amount: 20}}]\n", 2, 49,
         "assets[0].holds.amount", "'20' is not an amount with a unit"},
        {DETECTOR("name: d, model: m, signals: [T/s], budget: 1"), 9, 47, "detectors[0].budget",
         "'1' is not a number per time; write for example 'budget: 1/week'"},
        {DETECTOR("name: d, model: m, signals: [T/s], budget: 0/day"), 9, 47, "detectors[0].budget",
         "not a number per time"},
        {SITE "sources: [{name: c, kind: replay, files: [a], time: t, decimal: x}]\n", 2, 11,
         "sources[0]", "decimal: 'x' is neither point nor comma"},
        {SITE "sources: [{name: c, kind: replay, files: [a], time: t, speed: 10}]\n", 2, 63,
         "sources[0].speed", "write for example 'speed: 10x'"},
        {SITE "sources: [{name: c, kind: replay, files: [a], time: t, speed: 0x}]\n", 2, 63,
         "sources[0].speed", "'0x' is not a speed"},
        {SITE "sources: [{name: c, kind: replay, files: [a], time: t, speed: \"\"}]\n", 2, 63,
         "sources[0].speed", "'' is not a speed"},
    };

    (void) state;
    assert_cases(cases);
}

static void values_far_from_sense_are_told(void **state)
{
    static const bad_case cases[] = {
        {SITE "sources: [{name: p, kind: modbus, address: \"tcp://h:502\", poll: 9ms}]\n", 2, 65,
         "sources[0].poll", "'9ms' is not from 10ms to 1d"},
        {SITE "sources: [{name: p, kind: modbus, address: \"tcp://h:502\", timeout: 2min}]\n", 2,
         68, "sources[0].timeout", "not from 10ms to 1min"},
        {"site: {name: a, location: [91, 0]}\n", 1, 27, "site.location", "not from -90 to 90"},
        {"site: {name: a, location: [0, 181]}\n", 1, 31, "site.location[1]", "-180 to 180"},
        {"site: {name: a, timezone: ../etc}\n", 1, 27, "site.timezone", "not a time zone"},
        {SITE "assets: [{name: T, at: [1e9, 0]}]\n", 2, 25, "assets[0].at[0]",
         "1000000000 is not from -1000000 to 1000000"},
        {SIGNAL("from: {source: csv, scale: 0}"), 7, 38, SIGNAL_PATH(".from.scale"),
         "makes every value the same"},
        {SIGNAL("from: {source: plc, register: coil 0}, deadline: 1s"), 7, 60,
         SIGNAL_PATH(".deadline"), "not longer than the poll interval of 'plc'"},
    };

    (void) state;
    assert_cases(cases);
}

static void names_are_unique_among_their_kind(void **state)
{
    static const bad_case cases[] = {
        {SITE "sources: [{name: x, kind: lines}, {name: x, kind: lines}]\n", 2, 42,
         "sources[1].name", "the name 'x' is taken by sources[0]"},
        {SITE "assets: [{name: T}, {name: P}, {name: T}]\n", 2, 39, "assets[2].name",
         "taken by assets[0]"},
        {SITE "assets: [{name: T, signals: [{name: s}]}, {name: T, signals: [{name: s}]}]\n", 2, 50,
         "assets[1].name", "taken by assets[0]"},
        {PLANT "{name: s},\n{name: s}]}]\n", 8, 8, "assets[0].signals[1].name",
         "the name 's' is taken by the signal on line 7"},
        {SITE "resources: [{name: r, type: t}, {name: r, type: t}]\n", 2, 40, "resources[1].name",
         "taken by resources[0]"},
        {DETECTOR("name: d, model: m, signals: [T/s]}\n- {name: d, model: m, signals: [T/s]"), 10,
         10, "detectors[1].name", "taken by detectors[0]"},
        {DETECTOR("name: T, model: m, signals: [T/s]"), 9, 10, "detectors[0].name",
         "the name 'T' is taken by assets[0], and scores are kept as 'T/score'"},
    };

    (void) state;
    assert_cases(cases);
}

#define LETTERS_60 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"

static void names_make_paths_that_can_be_written_and_matched(void **state)
{
    static const bad_case cases[] = {
        {"site: {name: a/b}\n", 1, 14, "site.name", "the name 'a/b' holds '/'"},
        {"site: {name: \"a*\"}\n", 1, 14, "site.name", "'*'"},
        {"site: {name: \" a\"}\n", 1, 14, "site.name", "begins or ends with a blank"},
        {"site: {name: \"\"}\n", 1, 14, "site.name", "is empty"},
        {"site: {name: \"a\\tb\"}\n", 1, 14, "site.name", "control character"},
        {"site: {name: \"a\\0b\"}\n", 1, 14, "site.name", "control character"},
        {"site: {name: \"a\\x85\"}\n", 1, 14, "site.name", "control character"},
        {"site: {name: a, title: \"\\e[31mred\"}\n", 1, 24, "site.title", "control character"},
        {SITE "assets: [{name: " LETTERS_60 LETTERS_60 "xy}]\n", 2, 17, "assets[0].name",
         "is too long"},
        {SITE "assets: [{name: " LETTERS_60 "12345, signals: [{name: " LETTERS_60 "123}]}]\n", 2,
         101, "assets[0].signals[0].name", "is longer than 127 bytes"},
    };

    (void) state;
    assert_cases(cases);
    davy_site_destroy(read_good(SITE "assets: [{name: " LETTERS_60
                                     "12345, signals: [{name: " LETTERS_60 "1}]}]\n"));
}

static void references_lead_somewhere(void **state)
{
    static const bad_case cases[] = {
        {SIGNAL("from: {source: plx, register: coil 1}"), 7, 26, SIGNAL_PATH(".from.source"),
         "no source has the name 'plx'; did you mean 'plc'?"},
        {SIGNAL("from: nowhere"), 7, 17, SIGNAL_PATH(".from"), "add it under 'sources'"},
        {DETECTOR("name: d, model: m, signals: [T/s, \"U/*\"]"), 9, 38, "detectors[0].signals[1]",
         "no signal matches 'U/*'"},
        {DETECTOR("name: d, model: m, signals: [\"T/s, T/t\"]"), 9, 33, "detectors[0].signals[0]",
         "no signal matches 'T/t'"},
        {DETECTOR("name: d, model: m, signals: [\",T/s\"]"), 9, 33, "detectors[0].signals[0]",
         "no signal matches ''"},
        {DETECTOR("name: d, model: m, signals: [[T/s]]"), 9, 33, "detectors[0].signals[0]",
         "a list stands where a single value is expected"},
        {DETECTOR("name: d, model: m, signals: [T/s], priority: urgent"), 9, 49,
         "detectors[0].priority", "write one of low, medium, high, critical"},
        {DETECTOR("name: d, model: a@b@c, signals: [T/s]"), 9, 20, "detectors[0].model",
         "not name, name@alias or name@version"},
        {DETECTOR("name: d, model: ../m, signals: [T/s]"), 9, 20, "detectors[0].model", "not name"},
    };

    (void) state;
    assert_cases(cases);
}

#define ASSETS(text) SITE "assets: [{name: T-1, signals: [{name: s}]}, {name: P-1" text "}]\n"

static void positions_and_what_feeds_what_name_assets(void **state)
{
    static const bad_case cases[] = {
        {ASSETS("") "positions: [{name: a, assets: [\"T-*\", \"X*\"]}]\n", 3, 39,
         "positions[0].assets[1]", "no asset matches 'X*'"},
        {ASSETS("") "positions: [{name: a, assets: [\"T-1, P-1\"]}]\n", 3, 32,
         "positions[0].assets[0]", "name assets, one pattern each"},
        {ASSETS("") "positions: [{name: a, assets: [T-1]}, {name: b, assets: [\"*\"]}]\n", 3, 58,
         "positions[1].assets[0]", "the asset 'T-1' belongs to positions[0] already"},
        {ASSETS("") "positions: [{name: a, assets: [T-1]}, {name: a, assets: [P-1]}]\n", 3, 46,
         "positions[1].name", "taken by positions[0]"},
        {ASSETS("") "positions: [{name: site, assets: [T-1]}]\n", 3, 20, "positions[0].name",
         "the position 'site' is there already"},
        {ASSETS("") "positions: [{name: a}]\n", 3, 13, "positions[0]", "'assets' is missing"},
        {ASSETS("") "positions: [{name: a, assets: []}]\n", 3, 31, "positions[0].assets",
         "the list is empty"},
        {ASSETS("") "positions: [{name: a, assets: T-1}]\n", 3, 31, "positions[0].assets",
         "where a list is expected"},
        {ASSETS("") "positions: [{name: a, assets: [~]}]\n", 3, 32, "positions[0].assets[0]",
         "no value is given"},
        {ASSETS(", downstream: T-1"), 2, 69, "assets[1].downstream", "where a list is expected"},
        {ASSETS(", downstream: [T-1, T-2]"), 2, 75, "assets[1].downstream[1]",
         "no asset has the name 'T-2'; did you mean 'T-1'?"},
        {ASSETS(", downstream: [reactor]"), 2, 70, "assets[1].downstream[0]",
         "no asset has the name 'reactor'; add it under 'assets'"},
        {ASSETS(", downstream: [P-1]"), 2, 70, "assets[1].downstream[0]", "'P-1' feeds itself"},
        {ASSETS(", downstream: [T-1, T-1]"), 2, 75, "assets[1].downstream[1]",
         "'T-1' is named twice"},
        {ASSETS(", downstream: [[T-1]]"), 2, 70, "assets[1].downstream[0]",
         "a list stands where a single value is expected"},
    };

    (void) state;
    assert_cases(cases);
}

static void an_asset_feeds_a_largest_number_of_others(void **state)
{
    davy_buffer text = {0};
    davy_site_faults faults;

    (void) state;
    davy_buffer_append_text(&text, SITE "assets: [{name: T, downstream: [");
    for (size_t i = 0; i <= DAVY_SITE_DOWNSTREAM_MAX; i++)
        davy_buffer_printf(&text, "P%zu, ", i);
    davy_buffer_append_text(&text, "]}]\n");
    assert_ok(davy_buffer_ok(&text));
    read_bad(text.bytes, &faults);
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.items[0].path, "assets[0].downstream");
    assert_string_equal(faults.items[0].what,
                        "1025 assets are more than the 1024 that one may feed");
    davy_site_faults_clear(&faults);
    davy_buffer_clear(&text);
}

/* A wide plant, and a pattern that would hand all of it to one model. */
static void a_detector_has_a_largest_number_of_signals(void **state)
{
    davy_buffer text = {0};
    davy_site_faults faults;

    (void) state;
    davy_buffer_append_text(&text, SITE "assets:\n- name: T\n  signals:\n");
    for (size_t i = 0; i <= DAVY_SITE_DETECTOR_SIGNALS_MAX; i++)
        davy_buffer_printf(&text, "  - {name: s%zu}\n", i);
    davy_buffer_append_text(&text, "detectors: [{name: d, model: m, signals: [\"**\"]}]\n");
    assert_ok(davy_buffer_ok(&text));
    read_bad(text.bytes, &faults);
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.items[0].path, "detectors[0].signals");
    assert_string_equal(faults.items[0].what, "a detector takes at most 4096 signals");
    davy_site_faults_clear(&faults);
    davy_buffer_clear(&text);
}

/* The signal without a name is told; the pattern looks past it. */
static void a_signal_with_a_fault_matches_nothing(void **state)
{
    static const bad_case cases[] = {
        {SITE "assets: [{name: T, signals: [{unit: kPa}, {name: s}]}]\n"
              "detectors: [{name: d, model: m, signals: [\"**\"]}]\n",
         2, 30, "assets[0].signals[0]", "'name' is missing"},
        {SITE "assets: [{name: 'T*', signals: [{name: s}]}]\n", 2, 17, "assets[0].name", "'T*'"},
    };

    (void) state;
    assert_cases(cases);
}

static void limits_are_in_order_and_in_range(void **state)
{
    static const bad_case cases[] = {
        {SIGNAL("limits: {hihi: 1200, hi: 1300}"), 7, 19, SIGNAL_PATH(".limits"),
         "hi (1300) is above hihi (1200); lower hi or raise hihi"},
        {SIGNAL("limits: {lolo: 5, hihi: 5}"), 7, 19, SIGNAL_PATH(".limits"),
         "lolo (5) is equal to hihi (5)"},
        {SIGNAL("limits: {lo: 7, hi: 3}"), 7, 19, SIGNAL_PATH(".limits"), "lo (7) is above hi (3)"},
        {SIGNAL("limits: {lolo: 2, lo: 1}"), 7, 19, SIGNAL_PATH(".limits"),
         "lower lolo or raise lo"},
        {SIGNAL("range: [0, 10], limits: {hi: 11}"), 7, 35, SIGNAL_PATH(".limits"),
         "hi (11) is outside the range [0, 10]"},
        {SIGNAL("range: [0, 10], limits: {lo: -0.5}"), 7, 35, SIGNAL_PATH(".limits"),
         "lo (-0.5) is outside the range [0, 10]"},
        {SIGNAL("range: [10, 10]"), 7, 18, SIGNAL_PATH(".range"), "write [low, high]"},
        {SIGNAL("range: [10, 0]"), 7, 18, SIGNAL_PATH(".range"), "the range ends (0)"},
    };

    (void) state;
    assert_cases(cases);
}

static void a_deadband_lets_alarms_end(void **state)
{
    static const bad_case cases[] = {
        {SIGNAL("limits: {lo: 1, hi: 3}, deadband: 2"), 7, 45, SIGNAL_PATH(".deadband"),
         "as wide as the gap between 1 and 3"},
        {SIGNAL("range: [0, 10], limits: {hi: 3}, deadband: 30%"), 7, 54, SIGNAL_PATH(".deadband"),
         "ends outside the range only"},
        {SIGNAL("range: [0, 10], limits: {lolo: 8}, deadband: 2"), 7, 56, SIGNAL_PATH(".deadband"),
         "ends outside the range only"},
        {SIGNAL("limits: {hi: 3}, deadband: 2%"), 7, 38, SIGNAL_PATH(".deadband"),
         "there is no range; add a range, or write the deadband as a number"},
        {SIGNAL("range: [0, 9], limits: {hi: 3}, deadband: 101%"), 7, 53, SIGNAL_PATH(".deadband"),
         "101% cannot be"},
    };

    (void) state;
    assert_cases(cases);
}

static void modbus_registers_types_and_bits_fit_together(void **state)
{
    static const bad_case cases[] = {
        {SIGNAL("from: {source: plc, register: holding, type: int8l}"), 7, 41,
         SIGNAL_PATH(".from.register"), "does not end with an address from 0 to 65535"},
        {SIGNAL("from: {source: plc, register: coil 65536}"), 7, 41, SIGNAL_PATH(".from.register"),
         "'holding 0' is what is often called 40001"},
        {SIGNAL("from: {source: plc, register: coil -1}"), 7, 41, SIGNAL_PATH(".from.register"),
         "does not end with an address"},
        {SIGNAL("from: {source: plc, register: holdin 1, type: int16}"), 7, 41,
         SIGNAL_PATH(".from.register"), "did you mean 'holding'?"},
        {SIGNAL("from: {source: plc, register: an-impossible-table 1}"), 7, 41,
         SIGNAL_PATH(".from.register"), "write one of coil, discrete, holding, input"},
        {SIGNAL("from: {source: plc, register: holding 1}"), 7, 17, SIGNAL_PATH(".from"),
         "'type' is missing"},
        {SIGNAL("from: {source: plc, register: holding 1, type: float}"), 7, 58,
         SIGNAL_PATH(".from.type"), "did you mean 'float16'?"},
        {SIGNAL("from: {source: plc, register: holding 65535, type: float32}"), 7, 41,
         SIGNAL_PATH(".from.register"), "a value of type float32 takes 2 registers from 65535 on"},
        {SIGNAL("from: {source: plc, register: input 65533, type: int64}"), 7, 41,
         SIGNAL_PATH(".from.register"), "a value of type int64 takes 4 registers"},
        {SIGNAL("from: {source: plc, register: input 1, type: bit}"), 7, 17, SIGNAL_PATH(".from"),
         "'bit' is missing: a register has 16"},
        {SIGNAL("from: {source: plc, register: input 1, type: bit, bit: 16}"), 7, 66,
         SIGNAL_PATH(".from.bit"), "16 is not from 0 to 15"},
        {SIGNAL("from: {source: plc, register: input 1, type: int16, bit: 3}"), 7, 68,
         SIGNAL_PATH(".from.bit"), "'bit' means nothing for type int16"},
        {SIGNAL("from: {source: plc, register: coil 1, type: int16}"), 7, 55,
         SIGNAL_PATH(".from.type"), "a coil is one bit and not of type int16"},
        {SIGNAL("from: {source: plc, register: discrete 1, bit: 3}"), 7, 58,
         SIGNAL_PATH(".from.bit"), "'bit' means nothing for a discrete"},
        {SIGNAL("from: {source: plc, register: coil 1, order: ABCD}"), 7, 56,
         SIGNAL_PATH(".from.order"), "'order' means nothing for a coil"},
        {SIGNAL("from: {source: plc, register: input 1, type: int32, order: XYZW}"), 7, 70,
         SIGNAL_PATH(".from.order"), "write one of ABCD, DCBA, BADC, CDAB"},
        {SITE "sources: [{name: p, kind: modbus, address: \"tcp://h:502\", unit_id: 250}]\n", 2, 68,
         "sources[0].unit_id", "248 to 254 are reserved"},
    };

    (void) state;
    assert_cases(cases);
}

static void two_signals_may_read_one_register(void **state)
{
    (void) state;
    davy_site_destroy(
        read_good(PLANT "{name: raw, from: {source: plc, register: holding 7, type: uint16}},\n"
                        "{name: on, from: {source: plc, register: holding 7, type: bit, bit: 0}}"
                        "]}]\n"));
}

static void mqtt_topics_and_filters_fit_together(void **state)
{
    static const bad_case cases[] = {
        {SIGNAL("from: {source: broker, topic: q}"), 7, 41, SIGNAL_PATH(".from.topic"),
         "no subscription of 'broker' covers the topic 'q'"},
        {SIGNAL("from: {source: broker, topic: p/+}"), 7, 41, SIGNAL_PATH(".from.topic"),
         "holds a wildcard"},
        {SIGNAL("from: {source: broker, topic: p, path: level}"), 7, 50, SIGNAL_PATH(".from.path"),
         "does not begin with $"},
        {SIGNAL("from: {source: broker, topic: p, path: $.a, tag: a}"), 7, 60,
         SIGNAL_PATH(".from.tag"), "keep one of them"},
        {SITE "sources: [{name: b, kind: mqtt, address: \"mqtt://h:1\", topics: [\"a/#/b\"]}]\n", 2,
         64, "sources[0].topics", "'a/#/b' is not a topic filter"},
        {SITE "sources: [{name: b, kind: mqtt, address: \"mqtt://h:1\", topics: [a+]}]\n", 2, 64,
         "sources[0].topics", "'a+' is not a topic filter"},
        {SITE "sources: [{name: b, kind: mqtt, address: \"mqtt://h:1\", password_file: f}]\n", 2,
         71, "sources[0].password_file", "add 'username: ...'"},
        {SITE "sources: [{name: b, kind: mqtt, address: \"mqtt://h:1\", format: xml}]\n", 2, 64,
         "sources[0].format", "write one of number, json, neuron"},
    };

    (void) state;
    assert_cases(cases);
}

/* MQTT 3.1.1, section 4.7.1: the examples of its multi-level and single-level wildcards. */
static void subscriptions_cover_topics_as_the_standard_says(void **state)
{
    static const struct {
        const char *filter, *topic;
        bool covers;
    } examples[] = {
        {"sport/tennis/player1/#", "sport/tennis/player1", true},
        {"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
        {"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
        {"sport/#", "sport", true},
        {"#", "sport/tennis", true},
        {"sport/tennis/+", "sport/tennis/player1", true},
        {"sport/tennis/+", "sport/tennis/player1/ranking", false},
        {"sport/+", "sport", false},
        {"sport/+", "sport/", true},
        {"+/+", "/finance", true},
        {"/+", "/finance", true},
        {"+", "/finance", false},
        {"+/tennis/#", "sport/tennis/x", true},
        {"sport", "sports", false},
    };
    char text[400];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(examples); i++) {
        davy_site_faults faults = {0};
        davy_site *site = NULL;
        int length = snprintf(text, sizeof text,
                              "{site: {name: a}, sources: [{name: b, kind: mqtt, "
                              "address: \"mqtt://h:1\", topics: [\"%s\"]}], assets: [{name: T, "
                              "signals: [{name: s, from: {source: b, topic: \"%s\"}}]}]}",
                              examples[i].filter, examples[i].topic);
        davy_status status = davy_site_parse("site.yaml", text, (size_t) length, &faults, &site);

        if ((status == DAVY_OK) != examples[i].covers)
            fail_msg("'%s' and '%s': %s", examples[i].filter, examples[i].topic, davy_error());
        davy_site_faults_clear(&faults);
        davy_site_destroy(site);
    }
}

static void addresses_are_scheme_host_and_port(void **state)
{
    static const char *const wrong[] = {
        "10.0.0.5:502",  "http://h:502", "tcp://h",      "tcp://:502",    "tcp://h:0",
        "tcp://h:65536", "tcp://h:502/", "tcp://h:5 02", "tcp://h:",      "tcp://a:b:502",
        "tcp://u@h:502", "tcp://[::1:5", "tcp://::1]:5", "tcp://h:0x1f6", "tcp://",
    };
    char text[200];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++) {
        const bad_case one = {text, 2, 44, "sources[0].address", "is not tcp://HOST:PORT"};

        (void) snprintf(text, sizeof text,
                        SITE "sources: [{name: p, kind: modbus, address: \"%s\"}]\n", wrong[i]);
        assert_case(&one);
    }
}

static void a_source_of_unknown_kind_is_one_fault(void **state)
{
    static const bad_case cases[] = {
        {SITE "sources: [{name: x, kind: modbuz, address: y, whatever: z}]\n"
              "assets: [{name: T, signals: [{name: s, from: {source: x, register: holding 0}}]}]\n",
         2, 27, "sources[0].kind", "did you mean 'modbus'?"},
        {SITE "sources: [{name: x, kind: opcua}]\n", 2, 27, "sources[0].kind",
         "write one of replay, lines, modbus, mqtt"},
        {SITE "sources: [{name: x, kind: [modbus]}]\n", 2, 27, "sources[0].kind",
         "where a single value is expected"},
    };

    (void) state;
    assert_cases(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_keys_are_told_with_the_nearest),
        cmocka_unit_test(a_key_given_twice_names_the_first_line),
        cmocka_unit_test(values_of_the_wrong_type_are_told),
        cmocka_unit_test(a_value_left_empty_is_told_for_every_type),
        cmocka_unit_test(what_must_be_there_is_missed),
        cmocka_unit_test(quantities_need_a_number_and_their_unit),
        cmocka_unit_test(values_far_from_sense_are_told),
        cmocka_unit_test(names_are_unique_among_their_kind),
        cmocka_unit_test(names_make_paths_that_can_be_written_and_matched),
        cmocka_unit_test(references_lead_somewhere),
        cmocka_unit_test(positions_and_what_feeds_what_name_assets),
        cmocka_unit_test(an_asset_feeds_a_largest_number_of_others),
        cmocka_unit_test(a_detector_has_a_largest_number_of_signals),
        cmocka_unit_test(a_signal_with_a_fault_matches_nothing),
        cmocka_unit_test(limits_are_in_order_and_in_range),
        cmocka_unit_test(a_deadband_lets_alarms_end),
        cmocka_unit_test(modbus_registers_types_and_bits_fit_together),
        cmocka_unit_test(two_signals_may_read_one_register),
        cmocka_unit_test(mqtt_topics_and_filters_fit_together),
        cmocka_unit_test(subscriptions_cover_topics_as_the_standard_says),
        cmocka_unit_test(addresses_are_scheme_host_and_port),
        cmocka_unit_test(a_source_of_unknown_kind_is_one_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
