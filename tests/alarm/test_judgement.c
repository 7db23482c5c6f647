/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/alarm_json.h"

#include "alarm_testing.h"

#include <jansson.h>

static davy_status see_json(void *context, const davy_alarm *alarm)
{
    *(json_t **) context = davy_alarm_json(alarm);
    return DAVY_OK;
}

static json_t *json_of(struct alarm_bench *bench, const char *key)
{
    json_t *json = NULL;

    assert_ok(davy_alarms_get(bench->alarms, bench_see(bench, key).alarm.id, see_json, &json));
    assert_non_null(json);
    return json;
}

static const char *text_at(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static davy_status judge(struct alarm_bench *bench, const char *key, davy_alarm_verdict verdict,
                         uint64_t occurrence)
{
    const davy_alarm_request request = {.action = DAVY_ALARM_JUDGE,
                                        .by = "mei",
                                        .comment = "the valve was open",
                                        .verdict = verdict,
                                        .occurrence = occurrence};

    return davy_alarms_act(bench->alarms, bench_see(bench, key).alarm.id, &request);
}

static void assert_judged(struct alarm_bench *bench, const char *key, const char *verdict)
{
    json_t *json = json_of(bench, key);
    const json_t *judgement = json_object_get(json, "judgement");

    if (!verdict)
        assert_true(json_is_null(judgement));
    else {
        assert_string_equal(text_at(judgement, "verdict"), verdict);
        assert_string_equal(text_at(judgement, "by"), "mei");
        assert_string_equal(text_at(judgement, "comment"), "the valve was open");
        assert_string_equal(text_at(judgement, "time"), "2026-01-01T00:00:00.000Z");
    }
    json_decref(json);
}

static void an_answer_stands_in_the_alarm_and_in_its_history_also_after_a_restart(void **state)
{
    struct alarm_bench *bench = bench_create();
    json_t *history;
    const json_t *last;

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(judge(bench, HI, DAVY_ALARM_FALSE, 1));
    assert_announced(bench, "raised " HI " unacknowledged", "judged " HI " unacknowledged");
    assert_judged(bench, HI, "false");
    bench_restart(bench);
    assert_judged(bench, HI, "false");

    assert_ok(davy_alarm_history(bench->records, 0, NEW_YEAR + S, NULL, 0, &history));
    last = json_array_get(history, json_array_size(history) - 1);
    assert_string_equal(text_at(last, "transition"), "judged");
    assert_string_equal(text_at(last, "verdict"), "false");
    assert_string_equal(text_at(last, "by"), "mei");
    json_decref(history);
    bench_destroy(bench);
}

static void an_answer_is_of_one_occurrence_and_the_next_has_none(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(bench_find(bench, HI, false));
    assert_ok(judge(bench, HI, DAVY_ALARM_TRUE, 0)); /* also when it is over */
    assert_judged(bench, HI, "true");
    assert_ok(judge(bench, HI, DAVY_ALARM_KNOWN_WORK, 0)); /* a better answer takes its place */
    assert_judged(bench, HI, "known-work");
    assert_ok(bench_find(bench, HI, true));
    assert_judged(bench, HI, NULL);
    bench_restart(bench);
    assert_judged(bench, HI, NULL);
    bench_destroy(bench);
}

static void an_answer_that_comes_too_late_or_too_early_is_refused(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_fails(judge(bench, HI, DAVY_ALARM_TRUE, 0), DAVY_ERR_INVALID, "has never begun");
    assert_ok(bench_find(bench, HI, true));
    assert_ok(bench_find(bench, HI, false));
    assert_ok(bench_find(bench, HI, true));
    assert_fails(judge(bench, HI, DAVY_ALARM_TRUE, 1), DAVY_ERR_INVALID, "is at occurrence 2");
    assert_fails(judge(bench, HI, DAVY_ALARM_UNJUDGED, 0), DAVY_ERR_INVALID, "known-work");
    assert_fails(judge(bench, HI, (davy_alarm_verdict) 9, 0), DAVY_ERR_INVALID, "known-work");
    assert_judged(bench, HI, NULL);
    bench_destroy(bench);
}

/* docs/alarms.md, "What an answer moves": nothing. */
static void a_false_does_not_silence_the_next_excursion(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    for (unsigned i = 0; i < 100; i++) {
        assert_ok(bench_find(bench, HI, true));
        assert_ok(judge(bench, HI, DAVY_ALARM_FALSE, 0));
        assert_ok(bench_find(bench, HI, false));
        assert_ok(bench_act(bench, HI, DAVY_ALARM_ACKNOWLEDGE, NULL, 0));
    }
    bench->line_count = 0;
    assert_ok(bench_find(bench, HI, true));
    assert_announced(bench, "raised " HI " unacknowledged");
    assert_int_equal(bench_see(bench, HI).alarm.priority, DAVY_PRIORITY_HIGH);
    bench_destroy(bench);
}

static void an_answer_changes_neither_the_state_nor_a_shelf(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(bench_act(bench, HI, DAVY_ALARM_SHELVE, NULL, 60 * S));
    assert_ok(judge(bench, HI, DAVY_ALARM_TRUE, 0));
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_SHELVED);
    assert_false(bench_see(bench, HI).alarm.acknowledged);
    assert_int_equal(bench_see(bench, HI).alarm.shelved_until_ns, NEW_YEAR + 60 * S);
    bench_destroy(bench);
}

static void an_answer_that_cannot_be_kept_changes_nothing(void **state)
{
    struct alarm_bench *bench = bench_create();
    davy_records *read_only;

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(judge(bench, HI, DAVY_ALARM_TRUE, 0));
    bench_close(bench);
    /* Records that take nothing: those of a reader. */
    assert_ok(davy_records_open_read_only(bench->file, &read_only));
    bench->records = read_only;
    assert_ok(davy_alarms_open(read_only, &bench->clock.clock,
                               &(davy_alarms_callbacks){bench, note_announcement}, &bench->alarms));
    bench_configure(bench);
    bench->line_count = 0;
    assert_true(judge(bench, HI, DAVY_ALARM_FALSE, 0) != DAVY_OK);
    assert_int_equal(bench->line_count, 0);
    assert_judged(bench, HI, "true");
    bench_destroy(bench);
}

static void an_alarm_says_what_its_rules_advise(void **state)
{
    static const char site[] = "site: {name: test}\n"
                               "sources: [{name: in, kind: lines}]\n"
                               "assets:\n"
                               "  - name: T-101\n"
                               "    signals: [{name: pressure, unit: kPa, limits: {hi: 1000}}]\n"
                               "alarms:\n"
                               "  - match: [\"T-101/*:hi\"]\n"
                               "    cause: the outlet is shut\n"
                               "    consequence: the relief valve opens\n"
                               "    respond_within: 90s\n"
                               "    actions: [\"Open V-401\", \"Call the shift leader\"]\n";
    struct alarm_bench *bench = bench_create();
    json_t *json;

    (void) state;
    bench_use_site(bench, site);
    bench_configure(bench);
    json = json_of(bench, HI);
    assert_string_equal(text_at(json, "cause"), "the outlet is shut");
    assert_string_equal(text_at(json, "consequence"), "the relief valve opens");
    assert_true(json_number_value(json_object_get(json, "respond_within")) == 90);
    assert_int_equal(json_array_size(json_object_get(json, "actions")), 2);
    assert_string_equal(json_string_value(json_array_get(json_object_get(json, "actions"), 1)),
                        "Call the shift leader");
    json_decref(json);
    bench_destroy(bench);
}

static void the_reason_of_a_model_names_its_budget_and_what_its_history_promises(void **state)
{
    struct alarm_bench *bench = bench_create();
    davy_finding finding = finding_of(bench, HEALTH, true);
    const json_t *reason;
    json_t *json;

    (void) state;
    finding.budget_per_day = 1.0 / 7;
    finding.promise_per_day = 0.5;
    assert_ok(davy_alarms_take(bench->alarms, &finding, 1));
    json = json_of(bench, HEALTH);
    reason = json_object_get(json, "reason");
    assert_true(json_real_value(json_object_get(reason, "budget_per_day")) == 1.0 / 7);
    assert_true(json_real_value(json_object_get(reason, "promise_per_day")) == 0.5);
    json_decref(json);
    bench_destroy(bench);
}

static void the_end_of_an_occurrence_is_the_time_of_its_data(void **state)
{
    struct alarm_bench *bench = bench_create();
    davy_finding end;

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    end = finding_of(bench, HI, false);
    end.time_ns = NEW_YEAR + 7 * S;
    assert_int_equal(bench_see(bench, HI).alarm.ended_ns, 0);
    assert_ok(davy_alarms_take(bench->alarms, &end, 1));
    bench_restart(bench);
    assert_int_equal(bench_see(bench, HI).alarm.ended_ns, NEW_YEAR + 7 * S);
    assert_ok(bench_find(bench, HI, true));
    assert_int_equal(bench_see(bench, HI).alarm.ended_ns, 0);
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_stands_in_the_alarm_and_in_its_history_also_after_a_restart),
        cmocka_unit_test(an_answer_is_of_one_occurrence_and_the_next_has_none),
        cmocka_unit_test(an_answer_that_comes_too_late_or_too_early_is_refused),
        cmocka_unit_test(a_false_does_not_silence_the_next_excursion),
        cmocka_unit_test(an_answer_changes_neither_the_state_nor_a_shelf),
        cmocka_unit_test(an_answer_that_cannot_be_kept_changes_nothing),
        cmocka_unit_test(an_alarm_says_what_its_rules_advise),
        cmocka_unit_test(the_reason_of_a_model_names_its_budget_and_what_its_history_promises),
        cmocka_unit_test(the_end_of_an_occurrence_is_the_time_of_its_data),
    };

    return cmocka_run_group_tests_name("judgement", tests, NULL, NULL);
}
