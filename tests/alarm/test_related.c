/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/advice/related.h"

#include "alarm_testing.h"

#include <jansson.h>

/* T-1 -> P-1 -> R-1 -> D-1, R-1 -> P-1 is a recycle stream, X-1 stands alone at the same desk, and
 * Y-1 belongs to another one. */
static const char plant[] =
    "site: {name: test}\n"
    "sources: [{name: plc, kind: lines}, {name: lab, kind: lines}]\n"
    "positions:\n"
    "  - {name: far, assets: [Y-1]}\n"
    "assets:\n"
    "  - {name: T-1, downstream: [P-1], signals: [{name: v, unit: bar, "
    "limits: {hi: 1}, from: {source: plc}}]}\n"
    "  - {name: P-1, downstream: [R-1], signals: [{name: v, unit: bar, "
    "limits: {hi: 1}, from: {source: plc}}]}\n"
    "  - {name: R-1, downstream: [P-1, D-1], signals: [{name: v, unit: bar, "
    "limits: {hi: 1, hihi: 2}, from: {source: plc}}]}\n"
    "  - {name: D-1, signals: [{name: v, unit: bar, limits: {hi: 1}, "
    "from: {source: lab}}]}\n"
    "  - {name: X-1, signals: [{name: v, unit: bar, limits: {hi: 1}, "
    "from: {source: lab}}]}\n"
    "  - {name: Y-1, signals: [{name: v, unit: bar, limits: {hi: 1}, "
    "from: {source: lab}}]}\n"
    "detectors:\n"
    "  - {name: watch, model: reactor, signals: [R-1/*]}\n"
    "  - {name: far-watch, model: yonder, signals: [Y-1/*]}\n";

static struct alarm_bench *plant_create(void)
{
    struct alarm_bench *bench = bench_create();

    bench_use_site(bench, plant);
    bench_configure(bench);
    return bench;
}

static void begin_after(struct alarm_bench *bench, int64_t seconds, const char *key)
{
    davy_clock_fake_advance(&bench->clock, seconds * S);
    assert_ok(bench_find(bench, key, true));
}

static void append(struct alarm_bench *bench, const char *subject, const char *body)
{
    davy_record record = {.time_ns = bench->clock.wall_ns,
                          .kind = DAVY_RECORD_AUDIT,
                          .subject = subject,
                          .body = body};

    assert_ok(davy_records_append(bench->records, &record, 1));
}

static json_t *related_to(struct alarm_bench *bench, const char *key)
{
    json_t *related = NULL;

    assert_ok(davy_alarm_related(bench->records, bench->site, key, &related));
    return related;
}

/* "near steps of", one line for each, as they stand. */
static void assert_events(const json_t *related, const char *expected)
{
    const json_t *event;
    size_t index;
    char lines[8192] = "";

    json_array_foreach(json_object_get(related, "events"), index, event)
    {
        const json_t *key = json_object_get(event, "key");
        size_t used = strlen(lines);

        (void) snprintf(lines + used, sizeof lines - used, "%s %s %d %s\n",
                        json_string_value(json_object_get(event, "kind")),
                        json_string_value(json_object_get(event, "near")),
                        (int) json_integer_value(json_object_get(event, "steps")),
                        json_string_value(key ? key : json_object_get(event, "subject")));
    }
    assert_string_equal(lines, expected);
}

/* The order by hand: same asset, one step up, two steps up (T-1 feeds P-1 feeds R-1), one step
 * down, then the desk. P-1 is up- and downstream by the recycle stream, one step each: upstream. */
static void the_plants_graph_tells_what_has_most_to_do_with_it(void **state)
{
    struct alarm_bench *bench = plant_create();
    json_t *related;
    const json_t *events;

    (void) state;
    begin_after(bench, 1, "X-1/v:hi");
    begin_after(bench, 1, "D-1/v:hi");
    begin_after(bench, 1, "T-1/v:hi");
    begin_after(bench, 1, "P-1/v:hi");
    begin_after(bench, 1, "R-1/v:hi");
    begin_after(bench, 1, "Y-1/v:hi");
    begin_after(bench, 1, "R-1/v:hihi");
    begin_after(bench, 1, "R-1/v:quality"); /* after it: nothing that went before */

    related = related_to(bench, "R-1/v:hihi");
    assert_events(related, "alarm same 0 R-1/v:hi\n"
                           "alarm upstream 1 P-1/v:hi\n"
                           "alarm upstream 2 T-1/v:hi\n"
                           "alarm downstream 1 D-1/v:hi\n"
                           "alarm position 0 X-1/v:hi\n");
    events = json_object_get(related, "events");
    assert_string_equal(json_string_value(json_object_get(json_array_get(events, 1), "why")),
                        "P-1 feeds it");
    assert_string_equal(json_string_value(json_object_get(json_array_get(events, 2), "why")),
                        "T-1 feeds it, over 2 steps");
    assert_string_equal(json_string_value(json_object_get(json_array_get(events, 3), "why")),
                        "D-1 is fed by it");
    assert_string_equal(json_string_value(json_object_get(json_array_get(events, 0), "text")),
                        "R-1/v:hi began");
    assert_true(json_is_true(json_object_get(related, "complete")));
    json_decref(related);
    bench_destroy(bench);
}

static void what_people_did_and_what_was_reloaded_or_lost_is_told(void **state)
{
    struct alarm_bench *bench = plant_create();
    json_t *related;

    (void) state;
    append(bench, "daemon", "{\"action\":\"reload\"}");
    append(bench, "reactor", "{\"action\":\"model.load\",\"outcome\":\"requested\",\"by\":\"li\"}");
    append(bench, "reactor", "{\"action\":\"model.unload\",\"outcome\":\"refused\",\"by\":\"li\"}");
    append(bench, "react", "{\"action\":\"model.load\",\"outcome\":\"requested\",\"by\":\"li\"}");
    append(bench, "yonder", "{\"action\":\"model.load\",\"outcome\":\"requested\",\"by\":\"li\"}");
    append(bench, "somebody", "{\"action\":\"key.create\",\"outcome\":\"requested\"}");
    append(bench, "daemon", "no json");
    begin_after(bench, 1, "source plc:source");
    begin_after(bench, 1, "P-1/v:hi");
    assert_ok(bench_act(bench, "P-1/v:hi", DAVY_ALARM_ACKNOWLEDGE, "on my way", 0));
    assert_ok(bench_find(bench, "P-1/v:hi", false)); /* by itself: no news */
    begin_after(bench, 1, "detector watch:model");
    assert_ok(bench_act(bench, "detector watch:model", DAVY_ALARM_ACKNOWLEDGE, NULL, 0));

    related = related_to(bench, "detector watch:model");
    assert_events(related, "source itself 0 source plc:source\n"
                           "model itself 0 reactor\n"
                           "action upstream 1 P-1/v:hi\n"
                           "alarm upstream 1 P-1/v:hi\n"
                           "site site 0 daemon\n");
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(json_object_get(related, "events"), 2), "text")),
                        "acknowledged: on my way");
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(json_object_get(related, "events"), 2), "by")),
                        "jan");
    json_decref(related);
    bench_destroy(bench);
}

/* Event `index` has this code, these values and this text. */
static void assert_told(const json_t *related, size_t index, const char *code, const char *values,
                        const char *text)
{
    const json_t *event = json_array_get(json_object_get(related, "events"), index);
    json_t *expected = json_loads(values, 0, NULL);

    assert_string_equal(json_string_value(json_object_get(event, "code")), code);
    assert_non_null(expected);
    assert_true(json_equal(json_object_get(event, "values"), expected));
    assert_string_equal(json_string_value(json_object_get(event, "text")), text);
    json_decref(expected);
}

static void settings_and_models_that_were_changed_are_told(void **state)
{
    struct alarm_bench *bench = plant_create();
    json_t *related;

    (void) state;
    append(bench, "site.whatif", "{\"action\":\"site.whatif\",\"outcome\":\"done\",\"by\":\"li\"}");
    append(bench, "site.settings",
           "{\"action\":\"site.settings\",\"outcome\":\"done\",\"before\":null,\"changes\":null}");
    append(bench, "site.settings",
           "{\"action\":\"site.settings\",\"outcome\":\"done\",\"before\":\"a\",\"reason\":null,"
           "\"changes\":[\"detector watch:model2 budget new: 1/day\"],\"more\":0}");
    append(bench, "site.settings",
           "{\"action\":\"site.settings\",\"outcome\":\"done\",\"before\":\"b\",\"by\":\"li\","
           "\"reason\":\"noise\","
           "\"changes\":[\"detector watch:model budget new: 1/day\"],\"more\":2}");
    append(bench, "reactor",
           "{\"action\":\"model.alias\",\"alias\":\"champion\",\"from\":1,\"to\":2}");
    append(bench, "yonder",
           "{\"action\":\"model.alias\",\"alias\":\"champion\",\"from\":1,\"to\":2}");
    append(bench, "reactor",
           "{\"action\":\"model.detector\",\"detector\":\"watch\",\"from\":\"reactor@1\","
           "\"to\":\"reactor@2\"}");
    begin_after(bench, 1, "R-1/v:hi");
    begin_after(bench, 1, "detector watch:model");

    related = related_to(bench, "detector watch:model");
    assert_events(related, "model itself 0 reactor\n"
                           "model itself 0 reactor\n"
                           "site itself 0 site.settings\n"
                           "alarm same 0 R-1/v:hi\n"
                           "site site 0 site.settings\n");
    assert_told(related, 0, "model.detector",
                "{\"detector\":\"watch\",\"from\":\"reactor@1\",\"to\":\"reactor@2\"}",
                "detector watch: model reactor@2 in place of reactor@1");
    assert_told(related, 1, "model.alias", "{\"alias\":\"champion\",\"from\":1,\"to\":2}",
                "champion moved from version 1 to 2");
    assert_told(related, 2, "site.settings", "{\"count\":3,\"reason\":\"noise\"}",
                "3 settings of alarms changed: noise");
    assert_told(related, 4, "site.settings", "{\"count\":1,\"reason\":null}",
                "1 settings of alarms changed without a reason");
    json_decref(related);
    bench_destroy(bench);
}

/* A sentence in another language needs the kind of the condition and its figures. */
static void an_alarm_and_an_action_give_what_their_words_are_made_of(void **state)
{
    struct alarm_bench *bench = plant_create();
    const json_t *values;
    json_t *related;

    (void) state;
    begin_after(bench, 1, "P-1/v:hi");
    assert_ok(bench_act(bench, "P-1/v:hi", DAVY_ALARM_ACKNOWLEDGE, "on my way", 0));
    begin_after(bench, 1, "R-1/v:hi");
    related = related_to(bench, "R-1/v:hi");
    assert_told(related, 0, "acknowledged", "{\"comment\":\"on my way\"}",
                "acknowledged: on my way");
    values = json_object_get(json_array_get(json_object_get(related, "events"), 1), "values");
    assert_string_equal(json_string_value(json_object_get(values, "signal")), "P-1/v");
    assert_true(json_is_null(json_object_get(values, "detector")));
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(values, "reason"), "text")),
        "P-1/v:hi began");
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(json_object_get(related, "events"), 1), "code")),
                        "hi");
    json_decref(related);
    bench_destroy(bench);
}

static void ten_minutes_and_no_more_are_looked_at(void **state)
{
    struct alarm_bench *bench = plant_create();
    json_t *related;

    (void) state;
    begin_after(bench, 1, "T-1/v:hi");
    begin_after(bench, 1, "P-1/v:hi");
    begin_after(bench, 600, "R-1/v:hi");
    related = related_to(bench, "R-1/v:hi");
    assert_events(related, "alarm upstream 1 P-1/v:hi\n");
    json_decref(related);
    bench_destroy(bench);
}

static void an_alarm_that_never_began_has_nothing_before_it(void **state)
{
    struct alarm_bench *bench = plant_create();
    json_t *related;

    (void) state;
    begin_after(bench, 1, "R-1/v:hi");
    related = related_to(bench, "R-1/v:hihi");
    assert_events(related, "");
    assert_true(json_is_null(json_object_get(related, "began")));
    json_decref(related);
    related = related_to(bench, "no such alarm");
    assert_events(related, "");
    json_decref(related);
    bench_destroy(bench);
}

static void a_flood_is_told_to_its_bound_and_the_rest_is_counted(void **state)
{
    struct alarm_bench *bench = plant_create();
    json_t *related;

    (void) state;
    begin_after(bench, 1, "T-1/v:hi");
    for (unsigned i = 0; i < 60; i++)
        assert_ok(bench_act(bench, "T-1/v:hi", DAVY_ALARM_COMMENT, "again", 0));
    begin_after(bench, 1, "P-1/v:hi");
    begin_after(bench, 1, "R-1/v:hi");
    related = related_to(bench, "R-1/v:hi");
    assert_int_equal(json_array_size(json_object_get(related, "events")), DAVY_RELATED_MAX);
    assert_int_equal(json_integer_value(json_object_get(related, "left_out")), 12);
    assert_string_equal(json_string_value(json_object_get(
                            json_array_get(json_object_get(related, "events"), 0), "key")),
                        "P-1/v:hi");
    json_decref(related);
    bench_destroy(bench);
}

static void records_beyond_the_bound_are_not_looked_at_and_that_is_said(void **state)
{
    static davy_record records[DAVY_RELATED_RECORDS_MAX];
    struct alarm_bench *bench = plant_create();
    json_t *related;

    (void) state;
    begin_after(bench, 1, "P-1/v:hi");
    for (size_t i = 0; i < DAVY_RELATED_RECORDS_MAX; i++)
        records[i] = (davy_record){.time_ns = bench->clock.wall_ns,
                                   .kind = DAVY_RECORD_AUDIT,
                                   .subject = "somebody",
                                   .body = "{}"};
    assert_ok(davy_records_append(bench->records, records, DAVY_RELATED_RECORDS_MAX));
    begin_after(bench, 1, "R-1/v:hi");
    related = related_to(bench, "R-1/v:hi");
    assert_events(related, "");
    assert_true(json_is_false(json_object_get(related, "complete")));
    json_decref(related);
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plants_graph_tells_what_has_most_to_do_with_it),
        cmocka_unit_test(what_people_did_and_what_was_reloaded_or_lost_is_told),
        cmocka_unit_test(settings_and_models_that_were_changed_are_told),
        cmocka_unit_test(an_alarm_and_an_action_give_what_their_words_are_made_of),
        cmocka_unit_test(ten_minutes_and_no_more_are_looked_at),
        cmocka_unit_test(an_alarm_that_never_began_has_nothing_before_it),
        cmocka_unit_test(a_flood_is_told_to_its_bound_and_the_rest_is_counted),
        cmocka_unit_test(records_beyond_the_bound_are_not_looked_at_and_that_is_said),
    };

    return cmocka_run_group_tests_name("related", tests, NULL, NULL);
}
