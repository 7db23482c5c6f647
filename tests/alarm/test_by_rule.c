/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm_testing.h"

#include "site/logic.h"

#define MIN (60 * S)

/* What rules make of alarms: latching, re-alarm, shelves, out of service, suppression by design. */
static const char ruled_site[] =
    "site: {name: test}\n"
    "sources: [{name: in, kind: lines}]\n"
    "assets:\n"
    "  - name: T-101\n"
    "    signals:\n"
    "      - {name: pressure, unit: kPa, limits: {hihi: 1200, hi: 1000}}\n"
    "      - {name: level, unit: \"%\", limits: {hi: 90}, deadline: 10s}\n"
    "detectors:\n"
    "  - {name: health, model: health, signals: [T-101/*]}\n"
    "alarms:\n"
    "  - {match: [\"T-101/pressure:hihi\"], latch: true, department: process}\n"
    "  - {match: [\"T-101/pressure:hi\"], re_alarm: 15min, shelve_max: 2h}\n"
    "  - {match: [\"detector health:*\", \"T-101/pressure:hi\"], suppress_when: T-101/level < 5}\n";

static struct alarm_bench *ruled_bench(void)
{
    struct alarm_bench *bench = bench_create();

    bench_use_site(bench, ruled_site);
    bench_configure(bench);
    bench->line_count = 0;
    return bench;
}

static davy_status act_with(struct alarm_bench *bench, const char *key, davy_alarm_request request)
{
    request.by = "jan";
    return davy_alarms_act(bench->alarms, bench_see(bench, key).alarm.id, &request);
}

static void pass(struct alarm_bench *bench, int64_t ns)
{
    davy_clock_fake_advance(&bench->clock, ns);
    assert_ok(davy_alarms_tick(bench->alarms));
}

static void a_latched_alarm_stays_until_it_is_acknowledged_and_reset(void **state)
{
    struct alarm_bench *bench = ruled_bench();

    (void) state;
    assert_ok(bench_find(bench, HIHI, true));
    assert_ok(bench_find(bench, HIHI, false));
    assert_true(bench_see(bench, HIHI).alarm.latched);
    assert_false(bench_see(bench, HIHI).alarm.active);
    assert_fails(bench_act(bench, HIHI, DAVY_ALARM_RESET, NULL, 0), DAVY_ERR_INVALID,
                 "is latched: it cannot be reset");
    assert_ok(bench_act(bench, HIHI, DAVY_ALARM_ACKNOWLEDGE, NULL, 0));
    assert_ok(bench_act(bench, HIHI, DAVY_ALARM_RESET, "relief valve looked at", 0));
    assert_announced(bench, "raised " HIHI " unacknowledged", "latched " HIHI " latched",
                     "acknowledged " HIHI " latched-acknowledged", "reset " HIHI " normal");

    /* Acknowledged first, and one that recurs while it is latched wants to be seen again. */
    assert_ok(bench_find(bench, HIHI, true));
    assert_ok(bench_act(bench, HIHI, DAVY_ALARM_ACKNOWLEDGE, NULL, 0));
    assert_fails(bench_act(bench, HIHI, DAVY_ALARM_RESET, NULL, 0), DAVY_ERR_INVALID,
                 "is acknowledged: it cannot be reset");
    assert_ok(bench_find(bench, HIHI, false));
    assert_ok(bench_find(bench, HIHI, true));
    assert_announced(bench, "raised " HIHI " unacknowledged", "acknowledged " HIHI " acknowledged",
                     "latched " HIHI " latched-acknowledged", "raised " HIHI " unacknowledged");
    assert_string_equal(bench_see(bench, HIHI).department, "process");
    bench_destroy(bench);
}

/* OPC 10000-9, 5.8.2, ReAlarmTime: as if it just went into alarm; what was acknowledged is
 * unacknowledged again; it counts from when it last was announced. */
static void an_alarm_that_stays_is_announced_again(void **state)
{
    struct alarm_bench *bench = ruled_bench();

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    pass(bench, 10 * MIN);
    assert_ok(bench_act(bench, HI, DAVY_ALARM_ACKNOWLEDGE, NULL, 0));
    pass(bench, 5 * MIN - 1);
    bench->line_count = 0;
    pass(bench, 1);
    assert_announced(bench, "re-alarmed " HI " unacknowledged");
    pass(bench, 15 * MIN); /* also while nobody has acknowledged it */
    assert_announced(bench, "re-alarmed " HI " unacknowledged");
    assert_int_equal(bench_see(bench, HI).alarm.re_alarms, 2);
    assert_int_equal(bench_see(bench, HI).alarm.occurrences, 1);

    /* A restart goes on where it was. */
    davy_clock_fake_advance(&bench->clock, 14 * MIN);
    bench_restart(bench);
    pass(bench, MIN - 1);
    assert_int_equal(bench->line_count, 0);
    pass(bench, 1);
    assert_announced(bench, "re-alarmed " HI " unacknowledged");

    assert_ok(bench_find(bench, HI, false));
    pass(bench, 60 * MIN);
    assert_announced(bench, "returned " HI " returned");
    assert_ok(bench_find(bench, HI, true));
    assert_int_equal(bench_see(bench, HI).alarm.re_alarms, 0);
    bench_destroy(bench);
}

/* What a clock cannot tell is over: by hand, at once, and then every 15 min as the rule says. */
static void a_clock_set_back_over_a_restart_holds_back_no_re_alarm(void **state)
{
    struct alarm_bench *bench = ruled_bench();

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    pass(bench, 5 * MIN);
    bench->clock.wall_ns -= 86400 * S;
    bench_restart(bench);
    bench->line_count = 0;
    pass(bench, 1);
    assert_announced(bench, "re-alarmed " HI " unacknowledged");
    pass(bench, 15 * MIN);
    assert_announced(bench, "re-alarmed " HI " unacknowledged");
    bench_destroy(bench);
}

/* The shelf of another site: by hand, 12 h granted, of which 2 h are left when the rule says so. */
static void a_site_that_grants_less_shortens_a_shelf_that_stands(void **state)
{
    static const char shorter[] = "site: {name: test}\n"
                                  "sources: [{name: in, kind: lines}]\n"
                                  "assets:\n"
                                  "  - {name: T-101, signals: [{name: pressure, unit: kPa, limits: "
                                  "{hihi: 1200, hi: 1000}}]}\n"
                                  "alarms:\n"
                                  "  - {match: [\"T-101/pressure:hihi\"], shelve_max: 2h}\n";
    struct alarm_bench *bench = ruled_bench();

    (void) state;
    assert_ok(bench_find(bench, HIHI, true));
    assert_ok(bench_act(bench, HIHI, DAVY_ALARM_SHELVE, NULL, 720 * MIN));
    pass(bench, 60 * MIN);
    bench_use_site(bench, shorter);
    bench_configure(bench);
    bench_restart(bench);
    bench_configure(bench); /* a second time changes nothing more */
    pass(bench, 120 * MIN - 1);
    assert_int_equal(bench_see(bench, HIHI).alarm.state, DAVY_ALARM_SHELVED);
    pass(bench, 1);
    assert_int_equal(bench_see(bench, HIHI).alarm.state, DAVY_ALARM_UNACKNOWLEDGED);
    bench_destroy(bench);
}

static void what_the_site_no_longer_has_cannot_be_set_aside(void **state)
{
    static const char without[] = "site: {name: test}\n"
                                  "assets: [{name: T-101, signals: [{name: pressure, unit: kPa,"
                                  " limits: {hihi: 1200}}]}]\n";
    const davy_alarm_request shelf = {
        .action = DAVY_ALARM_SHELVE, .by = "jan", .duration_ns = 30 * MIN};
    const davy_alarm_request outage = {.action = DAVY_ALARM_TAKE_OUT_OF_SERVICE,
                                       .by = "jan",
                                       .comment = "gone",
                                       .duration_ns = 30 * MIN};
    const davy_alarm_request words = {
        .action = DAVY_ALARM_COMMENT, .by = "jan", .comment = "what it was"};
    struct alarm_bench *bench = ruled_bench();
    uint64_t id;

    (void) state;
    id = bench_see(bench, HI).alarm.id;
    bench_use_site(bench, without);
    bench_configure(bench);
    assert_fails(davy_alarms_act(bench->alarms, id, &shelf), DAVY_ERR_INVALID, "no longer has");
    assert_fails(davy_alarms_act(bench->alarms, id, &outage), DAVY_ERR_INVALID, "no longer has");
    assert_ok(davy_alarms_act(bench->alarms, id, &words));
    bench_destroy(bench);
}

static void what_is_shelved_is_not_announced_again_before_it_comes_out(void **state)
{
    struct alarm_bench *bench = ruled_bench();

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(bench_act(bench, HI, DAVY_ALARM_SHELVE, NULL, 60 * MIN));
    bench->line_count = 0;
    pass(bench, 59 * MIN);
    assert_int_equal(bench->line_count, 0);
    pass(bench, MIN);
    assert_announced(bench, "shelf-ended " HI " unacknowledged");
    pass(bench, 14 * MIN);
    assert_int_equal(bench->line_count, 0);
    pass(bench, MIN);
    assert_announced(bench, "re-alarmed " HI " unacknowledged");
    bench_destroy(bench);
}

/* OPC 10000-9: MaxTimeShelved and Bad_ShelvingTimeOutOfRange. */
static void no_shelf_is_longer_than_the_rule_grants(void **state)
{
    struct alarm_bench *bench = ruled_bench();
    const davy_alarm_request longer = {
        .action = DAVY_ALARM_SHELVE, .by = "jan", .duration_ns = 120 * MIN + 1};

    (void) state;
    assert_fails(davy_alarms_check(bench->alarms, bench_see(bench, HI).alarm.id, &longer),
                 DAVY_ERR_INVALID,
                 "Bad_ShelvingTimeOutOfRange: this alarm is shelved for at most 2h");
    assert_fails(bench_act(bench, HI, DAVY_ALARM_SHELVE, NULL, 120 * MIN + 1), DAVY_ERR_INVALID,
                 "Bad_ShelvingTimeOutOfRange");
    assert_int_equal(bench->line_count, 0);
    assert_ok(bench_act(bench, HI, DAVY_ALARM_SHELVE, NULL, 120 * MIN));
    assert_true(bench_see(bench, HI).alarm.shelve_max_ns == 120 * MIN);
    bench_destroy(bench);
}

/* OPC 10000-9: OneShotShelve, for the current active state or, if not active, for the next one. */
static void a_shelf_of_one_shot_ends_with_the_condition(void **state)
{
    struct alarm_bench *bench = ruled_bench();
    const davy_alarm_request shelve = {.action = DAVY_ALARM_SHELVE, .one_shot = true};

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(act_with(bench, HI, shelve));
    assert_true(bench_see(bench, HI).alarm.one_shot);
    assert_ok(bench_find(bench, HI, false));
    assert_announced(bench, "raised " HI " unacknowledged", "shelved " HI " shelved",
                     "shelf-ended " HI " returned");
    assert_false(bench_see(bench, HI).alarm.one_shot);

    assert_ok(act_with(bench, LEVEL, shelve));
    assert_ok(bench_find(bench, LEVEL, false)); /* it was not active: the shelf waits for it */
    assert_ok(bench_find(bench, LEVEL, true));
    bench_restart(bench);
    assert_true(bench_see(bench, LEVEL).alarm.one_shot);
    assert_ok(bench_find(bench, LEVEL, false));
    assert_announced(bench, "shelf-ended " LEVEL " returned");

    /* It does not last for ever either. */
    assert_ok(act_with(bench, HI, shelve));
    bench->line_count = 0;
    pass(bench, 120 * MIN);
    assert_announced(bench, "shelf-ended " HI " returned");
    bench_destroy(bench);
}

static void out_of_service_ends_by_itself_with_an_announcement(void **state)
{
    struct alarm_bench *bench = ruled_bench();
    const davy_alarm_request until = {.action = DAVY_ALARM_TAKE_OUT_OF_SERVICE,
                                      .comment = "permit 4711",
                                      .until_ns = NEW_YEAR + 480 * MIN};
    const davy_alarm_request past = {
        .action = DAVY_ALARM_TAKE_OUT_OF_SERVICE, .comment = "permit 4711", .until_ns = NEW_YEAR};

    (void) state;
    assert_fails(act_with(bench, LEVEL, past), DAVY_ERR_INVALID, "in the past");
    assert_ok(act_with(bench, LEVEL, until));
    assert_true(bench_see(bench, LEVEL).alarm.out_until_ns == NEW_YEAR + 480 * MIN);
    assert_string_equal(bench_see(bench, LEVEL).comment, "permit 4711");
    assert_ok(bench_find(bench, LEVEL, true)); /* evaluated and kept, and not announced */
    assert_announced(bench, "out-of-service " LEVEL " out-of-service");
    pass(bench, 400 * MIN);
    bench_restart(bench);
    pass(bench, 80 * MIN - 1);
    assert_int_equal(bench->line_count, 0);
    pass(bench, 1);
    assert_announced(bench, "out-of-service-ended " LEVEL " unacknowledged");
    bench_destroy(bench);
}

/* A clock that cannot be right: what is not known to be set aside is in service. */
static void a_clock_set_back_over_a_restart_ends_an_outage(void **state)
{
    struct alarm_bench *bench = ruled_bench();

    (void) state;
    assert_ok(bench_act(bench, LEVEL, DAVY_ALARM_TAKE_OUT_OF_SERVICE, "pump", 60 * MIN));
    bench->clock.wall_ns -= 86400 * S;
    bench_restart(bench);
    assert_int_equal(bench_see(bench, LEVEL).alarm.state, DAVY_ALARM_NORMAL);
    bench_destroy(bench);
}

static void a_logic_suppresses_all_alarms_of_its_rule_and_no_other(void **state)
{
    struct alarm_bench *bench = ruled_bench();

    (void) state;
    assert_ok(bench_find(bench, HI, true));
    assert_ok(davy_alarms_suppress(bench->alarms, 0, true));
    assert_announced(bench, "raised " HI " unacknowledged", "suppressed " HI " suppressed",
                     "suppressed " HEALTH " suppressed",
                     "suppressed detector health:verdict suppressed");
    assert_string_equal(bench_see(bench, HI).suppressed_by, "T-101/level < 5");
    assert_true(bench_see(bench, HI).alarm.active);
    assert_int_equal(bench_see(bench, HI).alarm.evaluated, DAVY_ALARM_UNACKNOWLEDGED);
    assert_fails(bench_act(bench, HI, DAVY_ALARM_SHELVE, NULL, MIN), DAVY_ERR_INVALID,
                 "is suppressed: it cannot be shelved");
    assert_fails(bench_act(bench, HI, DAVY_ALARM_UNSHELVE, NULL, 0), DAVY_ERR_INVALID,
                 "cannot be unshelved");
    assert_ok(davy_alarms_suppress(bench->alarms, 0, true)); /* twice is nothing */
    assert_ok(bench_find(bench, HEALTH, true));
    assert_int_equal(bench->line_count, 0);
    assert_ok(davy_alarms_suppress(bench->alarms, 0, false));
    assert_announced(bench, "unsuppressed " HI " unacknowledged",
                     "unsuppressed " HEALTH " unacknowledged",
                     "unsuppressed detector health:verdict normal");
    assert_string_equal(bench_see(bench, HI).suppressed_by, "");
    assert_fails(davy_alarms_suppress(bench->alarms, 1, true), DAVY_ERR_INVALID, "suppression 1");
    bench_destroy(bench);
}

/* Out of service hides the suppression and does not end it. */
static void what_comes_into_service_while_its_logic_is_true_is_suppressed(void **state)
{
    struct alarm_bench *bench = ruled_bench();

    (void) state;
    assert_ok(bench_act(bench, HI, DAVY_ALARM_TAKE_OUT_OF_SERVICE, "pump", 60 * MIN));
    assert_ok(davy_alarms_suppress(bench->alarms, 0, true));
    bench->line_count = 0;
    assert_ok(bench_act(bench, HI, DAVY_ALARM_RETURN_TO_SERVICE, NULL, 0));
    assert_announced(bench, "returned-to-service " HI " normal", "suppressed " HI " suppressed");
    assert_ok(bench_act(bench, HI, DAVY_ALARM_TAKE_OUT_OF_SERVICE, "pump", 60 * MIN));
    bench->line_count = 0;
    pass(bench, 60 * MIN);
    assert_announced(bench, "out-of-service-ended " HI " normal", "suppressed " HI " suppressed");
    bench_destroy(bench);
}

/* A restart keeps it until the logic has answered; a site without the rule ends it at once. */
static void a_suppression_ends_with_its_logic(void **state)
{
    struct alarm_bench *bench = ruled_bench();

    (void) state;
    assert_ok(davy_alarms_suppress(bench->alarms, 0, true));
    bench_restart(bench);
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_SUPPRESSED);
    assert_string_equal(bench_see(bench, HI).suppressed_by, "T-101/level < 5");
    assert_ok(davy_alarms_suppress(bench->alarms, 0, false));
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_NORMAL);
    assert_ok(davy_alarms_suppress(bench->alarms, 0, true));
    bench->line_count = 0;
    bench_use_site(bench, alarm_site);
    bench_configure(bench);
    assert_int_equal(bench_see(bench, HI).alarm.state, DAVY_ALARM_NORMAL);
    assert_int_equal(bench_see(bench, HEALTH).alarm.state, DAVY_ALARM_NORMAL);
    bench_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_latched_alarm_stays_until_it_is_acknowledged_and_reset),
        cmocka_unit_test(an_alarm_that_stays_is_announced_again),
        cmocka_unit_test(a_clock_set_back_over_a_restart_holds_back_no_re_alarm),
        cmocka_unit_test(a_site_that_grants_less_shortens_a_shelf_that_stands),
        cmocka_unit_test(what_the_site_no_longer_has_cannot_be_set_aside),
        cmocka_unit_test(what_is_shelved_is_not_announced_again_before_it_comes_out),
        cmocka_unit_test(no_shelf_is_longer_than_the_rule_grants),
        cmocka_unit_test(a_shelf_of_one_shot_ends_with_the_condition),
        cmocka_unit_test(out_of_service_ends_by_itself_with_an_announcement),
        cmocka_unit_test(a_clock_set_back_over_a_restart_ends_an_outage),
        cmocka_unit_test(a_logic_suppresses_all_alarms_of_its_rule_and_no_other),
        cmocka_unit_test(what_comes_into_service_while_its_logic_is_true_is_suppressed),
        cmocka_unit_test(a_suppression_ends_with_its_logic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
