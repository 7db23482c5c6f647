/* SPDX-License-Identifier: Apache-2.0 */

/* Which messages go to whom: every key of a route, by itself and together. */
#include "alarm_testing.h"

#include "alarm/notify/routing.h"

#define MORE                                                          \
    "receivers:\n- {name: a, kind: syslog, address: \"udp://h:1\"}\n" \
    "- {name: b, kind: syslog, address: \"udp://h:2\"}\n"             \
    "- {name: c, kind: syslog, address: \"udp://h:3\"}\n"             \
    "positions: [{name: farm, assets: [T-101]}]\nroutes:\n"

/* 2026-11-23, a Monday, 12:00 UTC. */
#define MONDAY_NOON ((1795392000LL + 12 * 3600) * S)

static const davy_notice usual = {.id = "i",
                                  .alarm = 1,
                                  .time_ns = MONDAY_NOON,
                                  .transition = "raised",
                                  .priority = DAVY_PRIORITY_MEDIUM,
                                  .position = "farm",
                                  .department = "process",
                                  .begins = true,
                                  .needs_person = true};

/* What goes out: "ab" for receivers a and b, "+c" for an escalation to c. */
static void assert_goes(const char *routes, const davy_notice *notice, const davy_timezone *zone,
                        const char *expected)
{
    char text[4096], found[16] = "";
    davy_routing routing;
    davy_site_faults faults = {0};
    davy_site *site = NULL;
    size_t length = 0;

    (void) snprintf(text, sizeof text, "%s%s%s", alarm_site, MORE, routes);
    assert_ok(davy_site_parse("test.yaml", text, strlen(text), &faults, &site));
    site->signals[0].from.source = 0; /* what `in` is lost with */
    davy_routing_make(site, zone, notice, &routing);
    for (size_t i = 0; i < 3; i++)
        if (routing.to[i])
            found[length++] = (char) ('a' + i);
    for (size_t i = 0; i < 3; i++)
        if (routing.escalate_ns[i]) {
            found[length++] = '+';
            found[length++] = (char) ('a' + i);
        }
    if (strcmp(found, expected) != 0)
        fail_msg("'%s' instead of '%s' by\n%s", found, expected, routes);
    davy_site_faults_clear(&faults);
    davy_site_destroy(site);
}

static davy_notice with(davy_priority priority, const char *position, const char *department)
{
    davy_notice notice = usual;

    notice.priority = priority;
    notice.position = position;
    notice.department = department;
    return notice;
}

static void a_route_takes_what_it_does_not_exclude(void **state)
{
    const davy_notice high = with(DAVY_PRIORITY_HIGH, "site", NULL);

    (void) state;
    assert_goes("- {to: [a]}\n", &usual, NULL, "a");
    assert_goes("- {to: [a]}\n- {to: [a, b]}\n", &usual, NULL, "ab");
    assert_goes("- {to: [a], priority: high}\n- {to: [b], priority: medium}\n", &usual, NULL, "b");
    assert_goes("- {to: [a], priority: high}\n", &high, NULL, "a");
    assert_goes("- {to: [a], positions: [farm]}\n- {to: [b], positions: [site]}\n", &usual, NULL,
                "a");
    assert_goes("- {to: [a], positions: [farm]}\n- {to: [b], positions: [site, farm]}\n", &high,
                NULL, "b");
    assert_goes("- {to: [a], departments: [process]}\n- {to: [b], departments: [power]}\n", &usual,
                NULL, "a");
    assert_goes("- {to: [a], departments: [process]}\n", &high, NULL, ""); /* it has none */
    assert_goes("- {to: [a], transitions: [returned]}\n- {to: [b], transitions: [raised]}\n",
                &usual, NULL, "b");
    assert_goes("- {to: [a], positions: [farm], departments: [power]}\n", &usual, NULL, "");
}

/* A desk whose signals come from a lost source is blind, whoever looks after sources. */
static void who_is_blinded_is_told(void **state)
{
    static const char routes[] = "- {to: [a], positions: [farm]}\n- {to: [b], positions: [site]}\n";
    davy_notice notice = with(DAVY_PRIORITY_HIGH, "site", NULL);

    (void) state;
    notice.kind = DAVY_CONDITION_SOURCE;
    notice.source = "in";
    assert_goes(routes, &notice, NULL, "ab");
    notice.source = "other";
    assert_goes(routes, &notice, NULL, "b");
    notice.kind = DAVY_CONDITION_VERDICT;
    notice.detector = "health";
    assert_goes(routes, &notice, NULL, "ab");
    notice.detector = "other";
    assert_goes(routes, &notice, NULL, "b");
    notice.kind = DAVY_CONDITION_STORE;
    assert_goes(routes, &notice, NULL, "ab");
    notice.kind = DAVY_CONDITION_RECEIVERS;
    assert_goes(routes, &notice, NULL, "b");
}

static void a_schedule_is_on_the_wall_of_the_site(void **state)
{
    davy_timezone *shanghai; /* UTC+8: there it is 20:00 */

    (void) state;
    assert_goes("- {to: [a], schedule: \"Mon-Fri 08:00-18:00\"}\n", &usual, NULL, "a");
    if (davy_timezone_open("Asia/Shanghai", &shanghai) != DAVY_OK)
        davy_skip_test("no time zones here (tzdata)");
    assert_goes("- {to: [a], schedule: \"Mon-Fri 08:00-18:00\"}\n"
                "- {to: [b], schedule: \"Mon 20:00-20:01\"}\n",
                &usual, shanghai, "b");
    davy_timezone_close(shanghai);
}

static void what_somebody_must_look_at_escalates(void **state)
{
    davy_notice notice = usual;
    static const char routes[] = "- {to: [a], escalate: {after: 10min, to: [b]}}\n"
                                 "- {to: [a], escalate: {after: 5min, to: [b, c]}}\n";

    (void) state;
    assert_goes(routes, &notice, NULL, "a+b+c");
    assert_goes("- {to: [a], priority: high, escalate: {after: 10min, to: [b]}}\n", &notice, NULL,
                "");
    notice.transition = "commented";
    assert_goes(routes, &notice, NULL, "a");
    notice.transition = "acknowledged";
    notice.needs_person = false;
    assert_goes(routes, &notice, NULL, "a");
}

static void the_earliest_escalation_counts(void **state)
{
    davy_routing routing;
    davy_site_faults faults = {0};
    davy_site *site = NULL;
    char text[4096];

    (void) state;
    (void) snprintf(text, sizeof text, "%s%s%s", alarm_site, MORE,
                    "- {to: [a], escalate: {after: 10min, to: [b]}}\n"
                    "- {to: [a], escalate: {after: 5min, to: [b]}}\n"
                    "- {to: [a], escalate: {after: 7min, to: [b]}}\n");
    assert_ok(davy_site_parse("test.yaml", text, strlen(text), &faults, &site));
    davy_routing_make(site, NULL, &usual, &routing);
    assert_int_equal(routing.escalate_ns[1], 300 * S);
    davy_site_faults_clear(&faults);
    davy_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_route_takes_what_it_does_not_exclude),
        cmocka_unit_test(who_is_blinded_is_told),
        cmocka_unit_test(a_schedule_is_on_the_wall_of_the_site),
        cmocka_unit_test(what_somebody_must_look_at_escalates),
        cmocka_unit_test(the_earliest_escalation_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
