/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm_testing.h"

#include <jansson.h>

static void an_alarm_is_raised_acknowledged_and_returns(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_announced(bench, "raised " HI " unacknowledged");
    assert_ok(bench_act(bench, HI, DAVY_ALARM_ACKNOWLEDGE, "on my way", 0));
    assert_announced(bench, "acknowledged " HI " acknowledged");
    assert_string_equal(bench_see(bench, HI).comment, "on my way");
    assert_string_equal(bench_see(bench, HI).by, "jan");
    assert_ok(bench_find(bench, HI, false));
    assert_announced(bench, "returned " HI " normal");
    bench_destroy(bench);
}

static void an_alarm_that_returns_by_itself_still_wants_to_be_acknowledged(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(bench_find(bench, HI, false));
    assert_ok(bench_find(bench, HI, true));
    assert_int_equal(bench_see(bench, HI).alarm.occurrences, 2);
    assert_ok(bench_find(bench, HI, false));
    assert_ok(bench_act(bench, HI, DAVY_ALARM_ACKNOWLEDGE, NULL, 0));
    assert_announced(bench, "raised " HI " unacknowledged", "returned " HI " returned",
                     "raised " HI " unacknowledged", "returned " HI " returned",
                     "acknowledged " HI " normal");
    bench_destroy(bench);
}

static void an_end_of_what_never_began_is_nothing(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_ok(bench_find(bench, HI, false));
    assert_ok(bench_find(bench, HIHI, false));
    assert_int_equal(bench->line_count, 0);
    bench_destroy(bench);
}

static void what_the_state_does_not_allow_is_refused_with_the_reason(void **state)
{
    struct alarm_bench *bench = bench_create();
    const davy_alarm_request acknowledge = {
        .action = DAVY_ALARM_ACKNOWLEDGE, .by = "jan", .comment = NULL, .duration_ns = 0};

    (void) state;
    assert_fails(bench_act(bench, HI, DAVY_ALARM_ACKNOWLEDGE, NULL, 0), DAVY_ERR_INVALID,
                 "is normal: it cannot be acknowledged");
    assert_fails(bench_act(bench, HI, DAVY_ALARM_UNSHELVE, NULL, 0), DAVY_ERR_INVALID,
                 "cannot be unshelved");
    assert_fails(davy_alarms_act(bench->alarms, 999, &acknowledge), DAVY_ERR_NOT_FOUND, "999");
    assert_int_equal(bench->line_count, 0);
    bench_destroy(bench);
}

static void a_shelved_alarm_is_evaluated_in_silence_and_comes_back_as_it_is(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_ok(bench_act(bench, HI, DAVY_ALARM_SHELVE, "known work", 1800 * S));
    assert_announced(bench, "shelved " HI " shelved");
    assert_ok(bench_find(bench, HI, true));
    assert_int_equal(bench->line_count, 0);
    assert_true(bench_see(bench, HI).alarm.active);
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_SHELVED);
    davy_clock_fake_advance(&bench->clock, 1799 * S);
    assert_ok(davy_alarms_tick(bench->alarms));
    assert_int_equal(bench->line_count, 0);
    davy_clock_fake_advance(&bench->clock, 1 * S);
    assert_ok(davy_alarms_tick(bench->alarms));
    assert_announced(bench, "shelf-ended " HI " unacknowledged");
    assert_true(bench_see(bench, HI).alarm.shelved_until_ns == 0);
    bench_destroy(bench);
}

static void unshelving_and_returning_to_service_give_the_evaluated_state(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(bench_act(bench, HI, DAVY_ALARM_SHELVE, NULL, 60 * S));
    assert_ok(bench_find(bench, HI, false));
    assert_ok(bench_act(bench, HI, DAVY_ALARM_UNSHELVE, NULL, 0));
    assert_ok(bench_act(bench, HI, DAVY_ALARM_TAKE_OUT_OF_SERVICE, "calibration", 3600 * S));
    assert_ok(bench_find(bench, HI, true));
    assert_ok(bench_act(bench, HI, DAVY_ALARM_RETURN_TO_SERVICE, NULL, 0));
    assert_announced(bench, "raised " HI " unacknowledged", "shelved " HI " shelved",
                     "unshelved " HI " returned", "out-of-service " HI " out-of-service",
                     "returned-to-service " HI " unacknowledged");
    bench_destroy(bench);
}

static void steps_of_the_wall_clock_never_stretch_a_shelf(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_ok(bench_act(bench, HI, DAVY_ALARM_SHELVE, NULL, 3600 * S));
    bench->clock.wall_ns -= 86400 * S; /* set back a day */
    davy_clock_fake_advance(&bench->clock, 3600 * S);
    assert_ok(davy_alarms_tick(bench->alarms));
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_NORMAL);

    assert_ok(bench_act(bench, HI, DAVY_ALARM_SHELVE, NULL, 3600 * S));
    bench->clock.wall_ns -= 86400 * S; /* and set back while the program is down */
    bench_restart(bench);
    assert_ok(davy_alarms_tick(bench->alarms));
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_NORMAL);
    bench_destroy(bench);
}

/* Set back by five hours, and then the alarm moves: its last record agrees with the clock, and what
 * is left of the half hour would be five. */
static void a_clock_set_back_before_a_later_record_stretches_no_shelf(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_ok(bench_act(bench, HI, DAVY_ALARM_SHELVE, NULL, 1800 * S));
    bench->clock.wall_ns -= 5 * 3600 * S;
    assert_ok(bench_find(bench, HI, true));
    bench_restart(bench);
    assert_ok(davy_alarms_tick(bench->alarms));
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_UNACKNOWLEDGED);
    bench_destroy(bench);
}

static void everything_is_there_after_a_restart(void **state)
{
    struct alarm_bench *bench = bench_create();
    struct alarm_seen before, after;

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(bench_find(bench, HIHI, true));
    assert_ok(bench_act(bench, HIHI, DAVY_ALARM_ACKNOWLEDGE, "seen", 0));
    assert_ok(bench_act(bench, LEVEL, DAVY_ALARM_SHELVE, "noisy", 3600 * S));
    before = bench_see(bench, HIHI);
    bench_restart(bench);
    after = bench_see(bench, HIHI);
    assert_int_equal(bench->line_count, 0);
    assert_int_equal(after.alarm.id, before.alarm.id);
    assert_int_equal(after.alarm.state, DAVY_ALARM_ACKNOWLEDGED);
    assert_true(after.alarm.since_ns == before.alarm.since_ns);
    assert_int_equal(after.alarm.occurrences, 1);
    assert_string_equal(after.text, before.text);
    assert_string_equal(after.comment, "seen");
    assert_int_equal(bench_see(bench, LEVEL).alarm.state, DAVY_ALARM_SHELVED);
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_UNACKNOWLEDGED);
    /* The condition is looked at afresh; its first answer ends what ended meanwhile. */
    assert_ok(bench_find(bench, HI, false));
    assert_announced(bench, "returned " HI " returned");
    bench_destroy(bench);
}

static void a_shelf_that_ran_out_while_down_comes_back_unshelved(void **state)
{
    struct alarm_bench *bench = bench_create();

    (void) state;
    assert_ok(bench_act(bench, HI, DAVY_ALARM_SHELVE, NULL, 600 * S));
    assert_ok(bench_find(bench, HI, true));
    bench_close(bench);
    bench->line_count = 0;
    davy_clock_fake_advance(&bench->clock, 601 * S);
    bench_open(bench);
    assert_announced(bench, "shelf-ended " HI " unacknowledged");
    bench_destroy(bench);
}

static void an_alarm_keeps_its_id_whatever_the_site_becomes(void **state)
{
    struct alarm_bench *bench = bench_create();
    uint64_t level = bench_see(bench, LEVEL).alarm.id;

    (void) state;
    bench_use_site(bench, "site: {name: test}\n"
                          "sources: [{name: in, kind: lines}]\n"
                          "assets:\n"
                          "  - name: A\n"
                          "    signals: [{name: new, unit: kPa, limits: {hi: 1}}]\n"
                          "  - name: T-101\n"
                          "    signals: [{name: level, unit: kPa, limits: {hi: 1}}]\n");
    bench_restart(bench);
    assert_int_equal(bench_see(bench, LEVEL).alarm.id, level);
    assert_true(bench_see(bench, "A/new:hi").alarm.id > level);
    bench_destroy(bench);
}

/* More conditions than are made known in one transaction. */
static void the_alarms_of_a_large_site_keep_their_ids(void **state)
{
    enum { SIGNALS = 3000, LINE = 64 };
    struct alarm_bench *bench = bench_create();
    char *text = malloc((size_t) (SIGNALS + 4) * LINE), key[32];
    size_t length = (size_t) snprintf(text, (size_t) 4 * LINE,
                                      "site: {name: large}\nassets:\n- name: L\n  signals:\n");
    uint64_t ids[2];

    (void) state;
    for (int i = 0; i < SIGNALS; i++)
        length += (size_t) snprintf(text + length, LINE,
                                    "  - {name: s%d, unit: kPa, limits: {hi: 9}}\n", i);
    bench_use_site(bench, text);
    bench_configure(bench);
    (void) snprintf(key, sizeof key, "L/s%d:hi", SIGNALS - 1);
    ids[0] = bench_see(bench, "L/s0:hi").alarm.id;
    ids[1] = bench_see(bench, key).alarm.id;
    bench_restart(bench);
    assert_int_equal(bench_see(bench, "L/s0:hi").alarm.id, ids[0]);
    assert_int_equal(bench_see(bench, key).alarm.id, ids[1]);
    free(text);
    bench_destroy(bench);
}

static void an_alarm_whose_condition_is_gone_ends(void **state)
{
    struct alarm_bench *bench = bench_create();
    struct alarm_seen seen = {.key = HI};

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    bench->line_count = 0;
    bench_use_site(bench, "site: {name: test}\n"
                          "sources: [{name: in, kind: lines}]\n"
                          "assets:\n"
                          "  - name: T-101\n"
                          "    signals: [{name: level, unit: kPa, limits: {hi: 1}}]\n");
    bench_configure(bench);
    assert_announced(bench, "removed " HI " normal");
    assert_ok(davy_alarms_visit(bench->alarms, DAVY_ALARMS_ALL, see_alarm, &seen));
    assert_false(seen.found);
    bench_destroy(bench);
}

static void several_findings_of_one_call_are_announced_in_order_as_they_were(void **state)
{
    struct alarm_bench *bench = bench_create();
    davy_finding findings[3] = {finding_of(bench, HI, true), finding_of(bench, HI, false),
                                finding_of(bench, HIHI, true)};

    (void) state;
    assert_ok(davy_alarms_take(bench->alarms, findings, 3));
    assert_announced(bench, "raised " HI " unacknowledged", "returned " HI " returned",
                     "raised " HIHI " unacknowledged");
    findings[0].condition = 999; /* passed over; the others are taken */
    findings[2].active = false;
    assert_fails(davy_alarms_take(bench->alarms, findings, 3), DAVY_ERR_INVALID, "999");
    assert_announced(bench, "returned " HIHI " returned");
    bench_destroy(bench);
}

static davy_status note_key(void *context, const davy_alarm *alarm)
{
    char *keys = context;

    (void) snprintf(keys + strlen(keys), 400 - strlen(keys), "%s ", alarm->key);
    return DAVY_OK;
}

static void what_calls_for_a_person_comes_first(void **state)
{
    struct alarm_bench *bench = bench_create();
    char keys[400] = "";

    (void) state;
    assert_ok(bench_find(bench, LEVEL, true));
    assert_ok(bench_find(bench, HI, true));
    davy_clock_fake_advance(&bench->clock, S);
    assert_ok(bench_find(bench, HIHI, true));
    assert_ok(bench_find(bench, HEALTH, true));
    assert_ok(bench_act(bench, HIHI, DAVY_ALARM_ACKNOWLEDGE, NULL, 0));
    assert_ok(davy_alarms_visit(bench->alarms, DAVY_ALARMS_STANDING, note_key, keys));
    /* Unacknowledged by priority (high, medium, low), then the acknowledged one. */
    assert_string_equal(keys, HI " " HEALTH " " LEVEL " " HIHI " ");
    bench_destroy(bench);
}

static void the_reason_of_a_model_names_its_causes(void **state)
{
    struct alarm_bench *bench = bench_create();
    davy_finding finding = finding_of(bench, HEALTH, true);
    json_t *reason, *cause;

    (void) state;
    (void) snprintf(finding.model, sizeof finding.model, "health@3");
    (void) snprintf(finding.model_hash, sizeof finding.model_hash, "abcd");
    finding.window_from_ns = NEW_YEAR;
    finding.window_to_ns = NEW_YEAR + 5 * S;
    finding.cause_count = 1;
    finding.causes[0] = (davy_cause){1, 0.8, 93.5, NAN};
    assert_ok(davy_alarms_take(bench->alarms, &finding, 1));

    reason = json_loads(bench_see(bench, HEALTH).text, 0, NULL);
    assert_non_null(reason);
    assert_string_equal(json_string_value(json_object_get(reason, "model")), "health@3");
    assert_string_equal(json_string_value(json_array_get(json_object_get(reason, "window"), 1)),
                        "2026-01-01T00:00:05.000Z");
    cause = json_array_get(json_object_get(reason, "causes"), 0);
    assert_string_equal(json_string_value(json_object_get(cause, "signal")), "T-101/level");
    assert_near(json_real_value(json_object_get(cause, "contribution")), 0.8, 0.0);
    assert_true(json_is_null(json_object_get(cause, "expected")));
    json_decref(reason);
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_is_raised_acknowledged_and_returns),
        cmocka_unit_test(an_alarm_that_returns_by_itself_still_wants_to_be_acknowledged),
        cmocka_unit_test(an_end_of_what_never_began_is_nothing),
        cmocka_unit_test(what_the_state_does_not_allow_is_refused_with_the_reason),
        cmocka_unit_test(a_shelved_alarm_is_evaluated_in_silence_and_comes_back_as_it_is),
        cmocka_unit_test(unshelving_and_returning_to_service_give_the_evaluated_state),
        cmocka_unit_test(steps_of_the_wall_clock_never_stretch_a_shelf),
        cmocka_unit_test(a_clock_set_back_before_a_later_record_stretches_no_shelf),
        cmocka_unit_test(everything_is_there_after_a_restart),
        cmocka_unit_test(a_shelf_that_ran_out_while_down_comes_back_unshelved),
        cmocka_unit_test(an_alarm_keeps_its_id_whatever_the_site_becomes),
        cmocka_unit_test(the_alarms_of_a_large_site_keep_their_ids),
        cmocka_unit_test(an_alarm_whose_condition_is_gone_ends),
        cmocka_unit_test(several_findings_of_one_call_are_announced_in_order_as_they_were),
        cmocka_unit_test(what_calls_for_a_person_comes_first),
        cmocka_unit_test(the_reason_of_a_model_names_its_causes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
