/* SPDX-License-Identifier: Apache-2.0 */

/* What a reload may keep: one site beside copies with one change each. */
#include "core/buffer.h"
#include "site_testing.h"

static const char plant[] =
    "site: {name: a}\n"
    "sources:\n"
    "- {name: plc, kind: modbus, address: \"tcp://h:502\", poll: 1s, timeout: 1s, unit_id: 1}\n"
    "- {name: broker, kind: mqtt, address: \"mqtt://h:1\", topics: [p, q], format: json,\n"
    "   username: u, password_file: f}\n"
    "- {name: csv, kind: replay, files: [a.csv, b.csv], time: t, speed: 2x, loop: true,\n"
    "   restamp: true, delimiter: tab, encoding: UTF-16, decimal: comma, header: row,\n"
    "   types: t=time}\n"
    "assets:\n"
    "- name: T\n"
    "  signals:\n"
    "  - {name: p, title: P, unit: kPa, from: {source: plc, register: holding 0, type: int32,\n"
    "     order: ABCD, scale: 0.1, offset: 2}, range: [0, 100], limits: {lolo: 1, lo: 2, hi: 30,\n"
    "     hihi: 40}, deadband: 0.5, on_delay: 1s, off_delay: 2s, rate_limit: 1/s, stuck: 1min,\n"
    "     shift: 1, novel: 1000, deadline: 10s, priority: high}\n"
    "  - {name: on, from: {source: plc, register: holding 5, type: bit, bit: 4}}\n"
    "  - {name: l, from: {source: broker, topic: p, path: $.level}}\n"
    "  - {name: m, from: {source: broker, topic: q, tag: level}}\n"
    "  - {name: c, from: {source: csv, column: Pressure}}\n"
    "detectors:\n"
    "- {name: d, model: m@3, signals: [T/p, T/l], budget: 1/week, priority: low, on_delay: 1s,\n"
    "   off_delay: 2s}\n";

/* The plant with the first `from` replaced by `to`. */
static davy_site *read_changed(const char *from, const char *to)
{
    const char *place = strstr(plant, from);
    davy_buffer text = {0};
    davy_site *site;

    assert_non_null(place);
    davy_buffer_append(&text, plant, (size_t) (place - plant));
    davy_buffer_append_text(&text, to);
    davy_buffer_append_text(&text, place + strlen(from));
    assert_ok(davy_buffer_ok(&text));
    site = read_good(text.bytes);
    davy_buffer_clear(&text);
    return site;
}

static bool sources_equal(const davy_site *a, const davy_site *b, size_t i)
{
    return davy_site_source_equal(a, &a->sources[i], b, &b->sources[i]);
}

static bool signals_equal(const davy_site *a, const davy_site *b, size_t i)
{
    return davy_site_signal_equal(a, &a->signals[i], b, &b->signals[i]);
}

struct change {
    const char *from, *to;
};

/* Each change must be seen in part `i`, and in no part at another place. */
static void assert_seen(const struct change *changes, size_t count, size_t i, size_t parts,
                        bool (*equal)(const davy_site *a, const davy_site *b, size_t i))
{
    davy_site *before = read_good(plant);

    for (size_t c = 0; c < count; c++) {
        davy_site *after = read_changed(changes[c].from, changes[c].to);

        for (size_t part = 0; part < parts; part++)
            if (equal(before, after, part) != (part != i))
                fail_msg("'%s' instead of '%s': part %zu", changes[c].to, changes[c].from, part);
        davy_site_destroy(after);
    }
    davy_site_destroy(before);
}

static void what_is_the_same_stays(void **state)
{
    davy_site *a = read_good(plant);
    davy_site *b = read_changed("name: a}\n", "name: a}\nresources: []\n\n"); /* other lines */

    (void) state;
    for (size_t i = 0; i < a->source_count; i++)
        assert_true(sources_equal(a, b, i));
    for (size_t i = 0; i < a->signal_count; i++)
        assert_true(signals_equal(a, b, i));
    assert_true(davy_site_detector_equal(a, &a->detectors[0], b, &b->detectors[0]));
    davy_site_destroy(a);
    davy_site_destroy(b);
}

static void a_change_of_a_source_is_seen_in_it_alone(void **state)
{
    static const struct change modbus[] = {
        {"h:502", "h:503"},
        {"poll: 1s", "poll: 2s"},
        {"timeout: 1s", "timeout: 2s"},
        {"unit_id: 1", "unit_id: 2"},
        {"holding 0", "holding 2"},
        {"holding 0", "input 0"},
        {"int32", "float32"},
        {"ABCD", "CDAB"},
        {"bit: 4", "bit: 5"},
        {"scale: 0.1", "scale: 0.2"},
        {"offset: 2", "offset: 3"},
        {"range: [0", "range: [1"},
        {"range: [0, 100]", "range: [0, 101]"},
        {"  - {name: on, from: {source: plc, register: holding 5, type: bit, bit: 4}}\n", ""},
        {"name: on", "name: of"},
    };
    static const struct change mqtt[] = {
        {"h:1\"", "h:2\""},
        {"topics: [p, q]", "topics: [q, p]"},
        {"topics: [p, q]", "topics: [p, q, r]"},
        {"format: json", "format: neuron"},
        {"username: u", "username: v"},
        {"password_file: f", "password_file: g"},
        {"topic: p, path", "topic: q, path"},
        {"$.level", "$.other"},
        {"tag: level", "tag: other"},
    };
    static const struct change replay[] = {
        {"a.csv", "x.csv"},
        {"time: t", "time: u"},
        {"speed: 2x", "speed: max"},
        {"loop: true", "loop: false"},
        {"restamp: true", "restamp: false"},
        {"delimiter: tab", "delimiter: bar"},
        {"encoding: UTF-16", "encoding: GB18030"},
        {"decimal: comma", "decimal: point"},
        {"header: row", "header: none"},
        {"types: t=time", "types: t=time:dmy"},
        {"column: Pressure", "column: Flow"},
    };

    (void) state;
    assert_seen(modbus, DAVY_ARRAY_LENGTH(modbus), 0, 3, sources_equal);
    assert_seen(mqtt, DAVY_ARRAY_LENGTH(mqtt), 1, 3, sources_equal);
    assert_seen(replay, DAVY_ARRAY_LENGTH(replay), 2, 3, sources_equal);
}

static void a_change_of_a_signal_is_seen_in_it_alone(void **state)
{
    static const struct change changes[] = {
        {"title: P", "title: Q"},
        {"title: P, ", ""},
        {"unit: kPa", "unit: bar"},
        {"holding 0", "holding 2"},
        {"range: [0, ", "range: [-1, "},
        {"lolo: 1, ", ""},
        {"lo: 2", "lo: 3"},
        {"hi: 30", "hi: 31"},
        {"hihi: 40", "hihi: 41"},
        {"deadband: 0.5", "deadband: 1"},
        {"on_delay: 1s", "on_delay: 3s"},
        {"off_delay: 2s", "off_delay: 3s"},
        {"1/s", "2/s"},
        {"stuck: 1min", "stuck: 2min"},
        {"shift: 1", "shift: 2"},
        {"novel: 1000", "novel: 2000"},
        {"deadline: 10s", "deadline: 11s"},
        {"priority: high", "priority: critical"},
    };

    (void) state;
    assert_seen(changes, DAVY_ARRAY_LENGTH(changes), 0, 5, signals_equal);
}

/* A source is not connected again because somebody moved a limit. */
static void limits_do_not_matter_to_a_source(void **state)
{
    davy_site *before = read_good(plant);
    davy_site *after = read_changed("hihi: 40", "hihi: 50");

    (void) state;
    assert_true(sources_equal(before, after, 0));
    davy_site_destroy(before);
    davy_site_destroy(after);
}

/* Who answers for a tank, and what it feeds, changes nothing of how its samples are judged. */
static void positions_and_the_graph_matter_to_nobody(void **state)
{
    davy_site *before = read_good(plant);
    davy_site *after = read_changed("detectors:\n", "- {name: P, downstream: [T]}\n"
                                                    "positions: [{name: o, assets: [T]}]\n"
                                                    "detectors:\n");

    (void) state;
    for (size_t i = 0; i < before->source_count; i++)
        assert_true(sources_equal(before, after, i));
    for (size_t i = 0; i < before->signal_count; i++)
        assert_true(signals_equal(before, after, i));
    assert_true(
        davy_site_detector_equal(before, &before->detectors[0], after, &after->detectors[0]));
    davy_site_destroy(before);
    davy_site_destroy(after);
}

static void a_change_of_a_detector_is_seen(void **state)
{
    static const struct change changes[] = {
        {"name: d", "name: e"},
        {"m@3", "m@4"},
        {"[T/p, T/l]", "[T/l, T/p]"},
        {"[T/p, T/l]", "[T/p]"},
        {"unit: kPa", "unit: bar"},
        {"budget: 1/week", "budget: 1/day"},
        {"priority: low", "priority: medium"},
        {"low, on_delay: 1s", "low, on_delay: 2s"},
        {"   off_delay: 2s", "   off_delay: 3s"},
    };
    davy_site *before = read_good(plant);

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(changes); i++) {
        davy_site *after = read_changed(changes[i].from, changes[i].to);

        if (davy_site_detector_equal(before, &before->detectors[0], after, &after->detectors[0]))
            fail_msg("'%s' instead of '%s' is not seen", changes[i].to, changes[i].from);
        davy_site_destroy(after);
    }
    davy_site_destroy(before);
}

/* The index of a source moves when another is put before it; its name does not. */
static void things_that_only_moved_are_equal(void **state)
{
    davy_site *a = read_good(plant);
    davy_site *b = read_changed("sources:\n", "sources:\n- {name: first, kind: lines}\n");

    (void) state;
    for (size_t i = 0; i < a->source_count; i++)
        assert_true(davy_site_source_equal(a, &a->sources[i], b, &b->sources[i + 1]));
    for (size_t i = 0; i < a->signal_count; i++)
        assert_true(signals_equal(a, b, i));
    davy_site_destroy(a);
    davy_site_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_the_same_stays),
        cmocka_unit_test(a_change_of_a_source_is_seen_in_it_alone),
        cmocka_unit_test(a_change_of_a_signal_is_seen_in_it_alone),
        cmocka_unit_test(limits_do_not_matter_to_a_source),
        cmocka_unit_test(positions_and_the_graph_matter_to_nobody),
        cmocka_unit_test(a_change_of_a_detector_is_seen),
        cmocka_unit_test(things_that_only_moved_are_equal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
