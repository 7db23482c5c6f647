/* SPDX-License-Identifier: Apache-2.0 */
#include "incident_testing.h"

static const char *word(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "null";
}

static json_int_t number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static json_t *entry(const json_t *incident, const char *list, size_t index)
{
    return json_array_get(json_object_get(incident, list), index);
}

#define LEAK                                                                        \
    "{\"name\":\"T-101 leaks\",\"asset\":\"T-101\",\"at\":[120,40],\"alarms\":[3]," \
    "\"description\":\"chlorine at the pump\",\"commander\":\"Zhao\"}"
#define CLOSE "{\"type\":\"close\",\"text\":\"the gasket was of the wrong kind\"}"

static void an_incident_is_opened_worked_on_and_closed(void **state)
{
    static const char *const events[] = {
        "{\"type\":\"impact\",\"impact\":{\"scenario\":\"T-101-leak\",\"zones\":["
        "{\"severity\":2,\"people\":12},{\"severity\":3,\"people\":2.5},"
        "{\"severity\":2,\"people\":7}]}}",
        "{\"type\":\"person\",\"name\":\"Li Wei\",\"state\":\"missing\",\"place\":\"pump house\"}",
        "{\"type\":\"task\",\"what\":\"look for Li Wei\",\"capability\":\"rescue\",\"ppe\":\"A\"}",
        "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"committed\",\"task\":1}",
        "{\"type\":\"task\",\"id\":1,\"resources\":[\"engine-1\"]}",
        "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"en-route\"}",
        "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"on-scene\"}",
        "{\"type\":\"task\",\"id\":1,\"state\":\"under-way\"}",
        "{\"type\":\"person\",\"id\":1,\"state\":\"injured\"}",
        "{\"type\":\"task\",\"id\":1,\"state\":\"done\"}",
        "{\"type\":\"contain\",\"comment\":\"valve shut\"}",
        "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"released\"}",
        CLOSE,
    };
    struct incident_bench *bench = bench_create();
    const uint64_t id = begin(bench, LEAK);
    json_t *now;

    (void) state;
    assert_int_equal(id, 1);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(events); i++)
        assert_ok(add(bench, id, events[i]));
    now = look(bench, id);
    assert_string_equal(word(now, "name"), "T-101 leaks");
    assert_string_equal(word(now, "state"), "closed");
    assert_string_equal(word(now, "opened"), "2026-01-01T00:00:00.000Z");
    assert_string_equal(word(now, "contained"), "2026-01-01T00:11:00.000Z");
    assert_string_equal(word(now, "closed"), "2026-01-01T00:13:00.000Z");
    assert_string_equal(word(now, "closed_by"), "jan");
    assert_int_equal(number(now, "events"), 14);
    assert_string_equal(word(entry(now, "people", 0), "state"), "injured");
    assert_string_equal(word(entry(now, "tasks", 0), "assigned"), "2026-01-01T00:05:00.000Z");
    assert_string_equal(word(entry(now, "tasks", 0), "begun"), "2026-01-01T00:08:00.000Z");
    assert_string_equal(word(entry(now, "tasks", 0), "ended"), "2026-01-01T00:10:00.000Z");
    assert_string_equal(word(entry(now, "resources", 0), "arrived"), "2026-01-01T00:07:00.000Z");
    assert_string_equal(word(entry(now, "lessons", 0), "text"), "the gasket was of the wrong kind");
    assert_int_equal(number(json_object_get(now, "reach"), "harmed"), 12);
    assert_int_equal(number(json_object_get(now, "reach"), "endangered"), 3); /* 2.5 and up */
    /* One hurt, three lives in danger: major, no graded accident, response IV. */
    assert_int_equal(number(json_object_get(now, "severity"), "scale"), 4);
    assert_string_equal(word(json_object_get(now, "severity"), "response"), "IV");
    assert_true(json_is_null(json_object_get(json_object_get(now, "severity"), "accident")));
    assert_string_equal(word(json_object_get(now, "impact"), "scenario"), "T-101-leak");
    json_decref(now);
    bench_destroy(bench);
}

static void a_restart_loses_nothing(void **state)
{
    struct incident_bench *bench = bench_create();
    const uint64_t first = begin(bench, LEAK), second = begin(bench, "{\"name\":\"b\","
                                                                     "\"drill\":true}");
    char *before[2], *after[2];

    (void) state;
    assert_ok(add(bench, first, "{\"type\":\"person\",\"count\":3,\"state\":\"missing\"}"));
    assert_ok(add(bench, second, "{\"type\":\"note\",\"text\":\"说得好\"}"));
    assert_ok(add(bench, first, "{\"type\":\"impact\",\"impact\":{\"zones\":[]}}"));
    before[0] = text_of(bench, first);
    before[1] = text_of(bench, second);
    bench_shut(bench);
    bench_open(bench);
    after[0] = text_of(bench, first);
    after[1] = text_of(bench, second);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(before[i], after[i]);
        free(before[i]);
        free(after[i]);
    }
    assert_int_equal(davy_incidents_unreadable(bench->book), 0);
    assert_int_equal(begin(bench, "{\"name\":\"c\"}"), 3);
    bench_destroy(bench);
}

static void it_does_not_end_before_all_is_settled(void **state)
{
    struct incident_bench *bench = bench_create();
    const uint64_t id = begin(bench, LEAK);

    (void) state;
    assert_ok(add(bench, id, "{\"type\":\"person\",\"count\":2,\"state\":\"missing\"}"));
    assert_ok(add(bench, id, "{\"type\":\"task\",\"what\":\"search\"}"));
    assert_ok(
        add(bench, id, "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"committed\"}"));
    assert_ok(add(bench, id, "{\"type\":\"publish\",\"message\":\"Alert\",\"text\":\"stay in\"}"));
    assert_fails(add(bench, id, CLOSE), DAVY_ERR_EXISTS, "2 people are missing");
    assert_ok(add(bench, id, "{\"type\":\"person\",\"id\":1,\"state\":\"safe\"}"));
    assert_fails(add(bench, id, CLOSE), DAVY_ERR_EXISTS, "task 1 is open");
    assert_ok(add(bench, id, "{\"type\":\"task\",\"id\":1,\"state\":\"cancelled\"}"));
    assert_fails(add(bench, id, CLOSE), DAVY_ERR_EXISTS, "'engine-1' is committed: release it");
    assert_ok(
        add(bench, id, "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"released\"}"));
    assert_fails(add(bench, id, CLOSE), DAVY_ERR_EXISTS, "a public alert stands");
    assert_ok(add(bench, id, "{\"type\":\"publish\",\"message\":\"Cancel\"}"));
    assert_ok(add(bench, id, CLOSE));
    assert_fails(add(bench, id, CLOSE), DAVY_ERR_EXISTS, "reopen it");
    /* Who dies of it later changes the grade of what is closed. */
    assert_ok(add(bench, id, "{\"type\":\"person\",\"name\":\"Li\",\"state\":\"severe\"}"));
    assert_ok(add(bench, id, "{\"type\":\"person\",\"id\":2,\"state\":\"dead\"}"));
    bench_destroy(bench);
}

static void a_part_of_the_unnamed_becomes_an_entry(void **state)
{
    struct incident_bench *bench = bench_create();
    const uint64_t id = begin(bench, LEAK);
    json_t *now;

    (void) state;
    assert_ok(add(bench, id,
                  "{\"type\":\"person\",\"name\":\"scaffolders\",\"count\":5,\"state\":"
                  "\"missing\"}"));
    assert_ok(add(bench, id, "{\"type\":\"person\",\"id\":1,\"count\":2,\"state\":\"safe\"}"));
    assert_ok(add(bench, id, "{\"type\":\"person\",\"id\":1,\"count\":3,\"state\":\"severe\"}"));
    assert_fails(add(bench, id, "{\"type\":\"person\",\"id\":1,\"count\":4}"), DAVY_ERR_EXISTS,
                 "stands for 3 people");
    assert_fails(add(bench, id, "{\"type\":\"person\",\"id\":2,\"state\":\"withdrawn\"}"),
                 DAVY_ERR_EXISTS, "needs a comment");
    now = look(bench, id);
    assert_int_equal(json_array_size(json_object_get(now, "people")), 2);
    assert_int_equal(number(entry(now, "people", 0), "count"), 3);
    assert_string_equal(word(entry(now, "people", 1), "name"), "scaffolders");
    assert_int_equal(number(json_object_get(now, "toll"), "safe"), 2);
    assert_int_equal(number(json_object_get(now, "toll"), "severe"), 3);
    assert_int_equal(number(json_object_get(now, "toll"), "missing"), 0);
    json_decref(now);
    bench_destroy(bench);
}

static void what_is_refused_leaves_no_trace(void **state)
{
    static const struct {
        const char *text, *words;
        davy_status status;
    } cases[] = {
        {"{\"type\":\"person\",\"id\":9}", "no person 9", DAVY_ERR_EXISTS},
        {"{\"type\":\"person\",\"state\":\"safe\"}", "a name, or a count", DAVY_ERR_EXISTS},
        {"{\"type\":\"person\",\"name\":\"x\"}", "needs a state", DAVY_ERR_EXISTS},
        {"{\"type\":\"task\",\"crew\":1}", "needs 'what'", DAVY_ERR_EXISTS},
        {"{\"type\":\"task\",\"what\":\"x\",\"state\":\"done\"}", "does not begin done",
         DAVY_ERR_EXISTS},
        {"{\"type\":\"task\",\"what\":\"x\",\"state\":\"assigned\"}", "assigned to 'resources'",
         DAVY_ERR_EXISTS},
        {"{\"type\":\"resource\",\"name\":\"x\"}", "needs a state", DAVY_ERR_EXISTS},
        {"{\"type\":\"resource\",\"name\":\"x\",\"state\":\"committed\",\"task\":7}", "no task 7",
         DAVY_ERR_EXISTS},
        {"{\"type\":\"publish\",\"message\":\"Cancel\"}", "no alert stands", DAVY_ERR_EXISTS},
        {"{\"type\":\"publish\",\"message\":\"Shout\"}", "Alert, Update or Cancel",
         DAVY_ERR_EXISTS},
        {"{\"type\":\"reopen\",\"comment\":\"x\"}", "takes no 'reopen'", DAVY_ERR_EXISTS},
        {"{\"type\":\"note\",\"text\":\"x\",\"by\":\"somebody else\"}", "not for the one who asks",
         DAVY_ERR_INVALID},
        {"{\"type\":\"begin\",\"name\":\"x\"}", "needs 'type'", DAVY_ERR_INVALID},
        {"{\"type\":\"alarm\",\"alarms\":[{\"id\":3,\"key\":\"made up\"}]}", "list of ids",
         DAVY_ERR_INVALID},
    };
    struct incident_bench *bench = bench_create();
    const uint64_t id = begin(bench, LEAK);
    char *before = text_of(bench, id), *after;
    uint64_t records, now;
    json_t *body = json_of("{\"type\":\"note\",\"text\":\"x\"}");

    (void) state;
    assert_ok(davy_records_last(bench->records, &records));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
        assert_fails(add(bench, id, cases[i].text), cases[i].status, cases[i].words);
    assert_fails(add(bench, 2, "{\"type\":\"note\",\"text\":\"x\"}"), DAVY_ERR_NOT_FOUND,
                 "no incident 2");
    assert_fails(davy_incidents_begin(bench->book, "jan", body, &now), DAVY_ERR_INVALID,
                 "without 'type'");
    json_decref(body);
    after = text_of(bench, id);
    assert_string_equal(before, after);
    assert_int_equal(bench->announcements, 1);
    assert_ok(davy_records_last(bench->records, &now));
    assert_int_equal(now, records);
    free(before);
    free(after);
    bench_destroy(bench);
}

static void a_resource_is_in_one_place_and_a_drill_holds_none(void **state)
{
    static const char commit[] = "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":"
                                 "\"committed\"}";
    struct incident_bench *bench = bench_create();
    const uint64_t drill = begin(bench, "{\"name\":\"drill\",\"drill\":true}");
    const uint64_t first = begin(bench, LEAK), second = begin(bench, LEAK);

    (void) state;
    assert_ok(add(bench, drill, commit));
    assert_ok(add(bench, first, commit));
    assert_fails(add(bench, second, commit), DAVY_ERR_EXISTS,
                 "'engine-1' is committed for incident 2");
    assert_ok(
        add(bench, first, "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"released\"}"));
    assert_ok(add(bench, second, commit));
    assert_ok(
        add(bench, drill, "{\"type\":\"resource\",\"name\":\"engine-1\",\"state\":\"released\"}"));
    assert_fails(add(bench, drill, commit), DAVY_ERR_EXISTS, "for incident 3");
    bench_destroy(bench);
}

static void what_is_announced_is_durable_and_whole(void **state)
{
    struct incident_bench *bench = bench_create();
    uint64_t last;
    json_t *told;

    (void) state;
    (void) begin(bench, LEAK);
    told = json_of(bench->announced);
    assert_ok(davy_records_last(bench->records, &last));
    assert_string_equal(word(told, "event"), "begin");
    assert_int_equal(number(told, "sequence"), (json_int_t) last);
    assert_string_equal(word(json_object_get(told, "incident"), "name"), "T-101 leaks");
    json_decref(told);
    bench_destroy(bench);
}

static void the_timeline_says_who_and_when(void **state)
{
    struct incident_bench *bench = bench_create();
    const uint64_t id = begin(bench, LEAK), other = begin(bench, LEAK);
    davy_buffer text = {0};
    json_t *list;

    (void) state;
    assert_ok(add(bench, other, "{\"type\":\"note\",\"text\":\"of the other\"}"));
    assert_ok(
        add(bench, id, "{\"type\":\"impact\",\"impact\":{\"scenario\":\"s\",\"zones\":[{},{}]}}"));
    assert_ok(
        add(bench, id, "{\"type\":\"note\",\"text\":\"n\",\"happened\":\"2025-12-31T23:59:00Z\"}"));
    assert_ok(davy_incident_timeline(bench->records, id, 0, 0, &text));
    list = json_of(text.bytes);
    assert_int_equal(json_array_size(list), 3);
    assert_string_equal(word(json_array_get(list, 0), "type"), "begin");
    assert_int_equal(number(json_object_get(json_array_get(list, 1), "impact"), "zones"), 2);
    assert_string_equal(word(json_array_get(list, 2), "time"), "2026-01-01T00:03:00.000Z");
    assert_string_equal(word(json_array_get(list, 2), "happened"), "2025-12-31T23:59:00Z");
    assert_string_equal(word(json_array_get(list, 2), "by"), "jan");
    json_decref(list);
    davy_buffer_clear(&text);
    bench_destroy(bench);
}

static davy_status count_them(void *context, const davy_incident *incident)
{
    char *ids = context;

    (void) snprintf(ids + strlen(ids), 8, "%u ", (unsigned) incident->id);
    return DAVY_OK;
}

static void they_are_listed_newest_first(void **state)
{
    struct incident_bench *bench = bench_create();
    char ids[64] = "";

    (void) state;
    for (int i = 0; i < 40; i++) /* more than the book begins with */
        (void) begin(bench, "{\"name\":\"x\"}");
    for (uint64_t id = 1; id <= 37; id++)
        assert_ok(add(bench, id, CLOSE));
    assert_ok(davy_incidents_each(bench->book, true, count_them, ids));
    assert_string_equal(ids, "40 39 38 ");
    bench_destroy(bench);
}

/* A record of a later davy, or damaged before the chain was made, costs itself. */
static void a_record_that_is_no_event_is_passed_over(void **state)
{
    struct incident_bench *bench = bench_create();
    const uint64_t id = begin(bench, LEAK);
    static const struct {
        const char *subject, *body;
    } strangers[] = {{"incident 1", "{\"type\":\"teleport\",\"by\":\"x\"}"},
                     {"incident 1", "{"},
                     {"incident 7", "{\"type\":\"note\",\"text\":\"x\"}"},
                     {"incident 0", "{\"type\":\"begin\",\"name\":\"x\"}"},
                     {"incident", "{\"type\":\"begin\",\"name\":\"x\"}"},
                     {"incident 3", "{\"type\":\"begin\",\"name\":\"x\"}"}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(strangers); i++) {
        davy_record record = {.kind = DAVY_RECORD_INCIDENT,
                              .subject = strangers[i].subject,
                              .body = strangers[i].body};

        assert_ok(davy_records_append(bench->records, &record, 1));
    }
    bench_shut(bench);
    bench_open(bench);
    assert_int_equal(davy_incidents_unreadable(bench->book), DAVY_ARRAY_LENGTH(strangers));
    assert_ok(add(bench, id, CLOSE));
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incident_is_opened_worked_on_and_closed),
        cmocka_unit_test(a_restart_loses_nothing),
        cmocka_unit_test(it_does_not_end_before_all_is_settled),
        cmocka_unit_test(a_part_of_the_unnamed_becomes_an_entry),
        cmocka_unit_test(what_is_refused_leaves_no_trace),
        cmocka_unit_test(a_resource_is_in_one_place_and_a_drill_holds_none),
        cmocka_unit_test(what_is_announced_is_durable_and_whole),
        cmocka_unit_test(the_timeline_says_who_and_when),
        cmocka_unit_test(they_are_listed_newest_first),
        cmocka_unit_test(a_record_that_is_no_event_is_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
