/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/alarm_json.h"

#include "alarm_testing.h"

#include <jansson.h>

static davy_status dump(void *context, const davy_alarm *alarm)
{
    davy_buffer text = {0};
    json_t *json = davy_alarm_json(alarm);
    json_t *read;

    davy_alarm_json_write(&text, alarm);
    read = json_loadb(text.bytes, text.length, 0, NULL);
    assert_true(json && json_equal(json, read));
    *(char **) context = davy_buffer_take(&text);
    json_decref(read);
    json_decref(json);
    return DAVY_OK;
}

static void assert_alarm(struct alarm_bench *bench, const char *key, const char *expected)
{
    char *text = NULL;

    assert_ok(davy_alarms_get(bench->alarms, bench_see(bench, key).alarm.id, dump, &text));
    assert_string_equal(text, expected);
    free(text);
}

static void an_alarm_is_written_as_the_contract_says(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(bench_act(bench, HI, DAVY_ALARM_SHELVE, "known \"work\"", 1800 * S));
    assert_alarm(
        bench, HI,
        "{\"id\":1,\"key\":\"T-101/pressure:hi\",\"kind\":\"hi\","
        "\"signal\":\"T-101/pressure\",\"asset\":\"T-101\",\"state\":\"shelved\","
        "\"evaluated\":\"unacknowledged\",\"active\":true,\"acknowledged\":false,"
        "\"latched\":false,\"department\":null,\"priority\":\"high\","
        "\"since\":\"2026-01-01T00:00:00.000Z\",\"ended\":null,\"changed\":\"2026-01-"
        "01T00:00:00.000Z\","
        "\"shelved_until\":\"2026-01-01T00:30:00.000Z\",\"one_shot\":false,"
        "\"shelve_max\":43200,\"out_until\":null,\"suppressed_by\":null,"
        "\"occurrences\":1,\"re_alarms\":0,"
        "\"comment\":\"known \\\"work\\\"\",\"by\":\"jan\",\"judgement\":null,"
        "\"cause\":null,\"consequence\":null,\"respond_within\":null,"
        "\"actions\":[],\"reason\":{\"text\":"
        "\"T-101/pressure:hi began\",\"value\":1213,\"limit\":1000,\"unit\":\"kPa\","
        "\"model\":null,\"model_hash\":null,\"window\":null,\"above\":null,\"budget_per_day\":null,"
        "\"promise_per_day\":null,\"causes\":[]}}");
    bench_destroy(bench);
}

static void an_alarm_that_was_never_raised_has_an_empty_reason(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_alarm(bench, HEALTH,
                 "{\"id\":6,\"key\":\"detector health:model\",\"kind\":\"model\","
                 "\"detector\":\"health\",\"asset\":\"T-101\",\"state\":\"normal\","
                 "\"evaluated\":\"normal\",\"active\":false,\"acknowledged\":true,"
                 "\"latched\":false,\"department\":null,\"priority\":\"medium\",\"since\":null,"
                 "\"ended\":null,"
                 "\"changed\":\"2026-01-01T00:00:00.000Z\",\"shelved_until\":null,"
                 "\"one_shot\":false,\"shelve_max\":43200,\"out_until\":null,"
                 "\"suppressed_by\":null,\"occurrences\":0,\"re_alarms\":0,\"comment\":null,\"by\":"
                 "null,\"judgement\":null,"
                 "\"cause\":null,\"consequence\":null,\"respond_within\":null,"
                 "\"actions\":[],\"reason\":{\"text\":\"\","
                 "\"value\":null,\"limit\":null,\"unit\":null,\"model\":null,\"model_hash\":null,"
                 "\"window\":null,\"above\":null,\"budget_per_day\":null,"
                 "\"promise_per_day\":null,\"causes\":[]}}");
    bench_destroy(bench);
}

static json_t *history_of(struct alarm_bench *bench, int64_t from_ns, const char *signal,
                          size_t limit)
{
    json_t *history = NULL;

    assert_ok(
        davy_alarm_history(bench->records, from_ns, NEW_YEAR + 3600 * S, signal, limit, &history));
    return history;
}

static void assert_transition(const json_t *history, size_t index, const char *transition,
                              const char *state, const char *text)
{
    const json_t *item = json_array_get(history, index);

    assert_string_equal(json_string_value(json_object_get(item, "transition")), transition);
    assert_string_equal(json_string_value(json_object_get(item, "state")), state);
    assert_string_equal(json_string_value(json_object_get(item, "text")), text);
}

static void history_tells_every_transition_in_order(void **state)
{
    struct alarm_bench *bench = bench_create();
    json_t *history;

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    davy_clock_fake_advance(&bench->clock, 10 * S);
    assert_ok(bench_act(bench, HI, DAVY_ALARM_ACKNOWLEDGE, "seen", 0));
    assert_ok(bench_find(bench, LEVEL, true));
    assert_ok(bench_find(bench, HI, false));

    history = history_of(bench, 0, NULL, 0);
    assert_int_equal(json_array_size(history), 4);
    assert_transition(history, 0, "raised", "unacknowledged", HI " began");
    assert_transition(history, 1, "acknowledged", "acknowledged", HI " began");
    assert_transition(history, 3, "returned", "normal", HI " ended");
    assert_string_equal(json_string_value(json_object_get(json_array_get(history, 1), "comment")),
                        "seen");
    assert_string_equal(json_string_value(json_object_get(json_array_get(history, 1), "time")),
                        "2026-01-01T00:00:10.000Z");
    assert_true(json_is_null(json_object_get(json_array_get(history, 3), "by")));
    json_decref(history);

    history = history_of(bench, NEW_YEAR + S, "T-101/pressure", 0);
    assert_int_equal(json_array_size(history), 2);
    json_decref(history);
    history = history_of(bench, 0, NULL, 2); /* the newest two */
    assert_int_equal(json_array_size(history), 2);
    assert_transition(history, 0, "raised", "unacknowledged", LEVEL " began");
    json_decref(history);
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_is_written_as_the_contract_says),
        cmocka_unit_test(an_alarm_that_was_never_raised_has_an_empty_reason),
        cmocka_unit_test(history_tells_every_transition_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
