/* SPDX-License-Identifier: Apache-2.0 */

/* Receivers, routes, schedules and the heartbeat: what is read, and every fault of them. */
#include "site/schedule.h"
#include "site_testing.h"

#define SITE "site: {name: a}\n"
#define MORE                                                                                   \
    "assets: [{name: T, signals: [{name: p}]}]\n"                                              \
    "positions: [{name: farm, assets: [T]}]\n"                                                 \
    "receivers:\n"                                                                             \
    "- {name: phone, kind: webhook, url: \"https://h/x?token=1\", secret_file: k}\n"           \
    "- {name: bus, kind: mqtt, address: \"mqtt://h:1883\", topic: davy/alarms, username: u,\n" \
    "   password_file: p, format: cap}\n"                                                      \
    "- {name: mail, kind: smtp, address: \"smtps://h:465\", sender: davy@a.example,\n"         \
    "   recipients: [one@a.example, two@a.example]}\n"                                         \
    "- {name: siren, kind: command, program: /bin/true, arguments: [\"--on\", x],\n"           \
    "   paths: [/dev/ttyS0, /x], network: true}\n"                                             \
    "- {name: log, kind: syslog, address: \"unix:///dev/log\"}\n"
#define RECEIVER(text) SITE "receivers:\n- {name: r, " text "}\n"
#define ROUTE(text)    SITE MORE "routes:\n- {" text "}\n"

static void what_a_route_says_is_read(void **state)
{
    davy_site *site =
        read_good(ROUTE("to: [phone, bus, phone], positions: [farm, site],\n"
                        "   departments: [process], priority: high,\n"
                        "   transitions: [raised], schedule: \"Mon-Fri 08:00-18:00\",\n"
                        "   escalate: {after: 10min, to: [mail]}") //
                  "heartbeat: {to: [log], every: 1min}\n");
    const davy_site_route *route = &site->routes[0];

    (void) state;
    assert_int_equal(site->receiver_count, 5);
    assert_string_equal(site->receivers[0].address, "https://h/x?token=1");
    assert_int_equal(site->receivers[0].format, DAVY_NOTICE_JSON);
    assert_int_equal(site->receivers[1].format, DAVY_NOTICE_CAP);
    assert_int_equal(site->receivers[2].format, DAVY_NOTICE_TEXT);
    assert_int_equal(site->receivers[2].recipient_count, 2);
    assert_string_equal(site->receivers[3].arguments[1], "x");
    assert_int_equal(site->receivers[3].path_count, 2);
    assert_string_equal(site->receivers[3].paths[0], "/dev/ttyS0");
    assert_true(site->receivers[3].network);
    assert_int_equal(site->route_count, 1);
    assert_int_equal(route->to_count, 2); /* phone is named twice */
    assert_int_equal(route->to[1], 1);
    assert_string_equal(route->positions[1], "site");
    assert_string_equal(route->departments[0], "process");
    assert_string_equal(route->transitions[0], "raised");
    assert_int_equal(route->priority, DAVY_PRIORITY_HIGH);
    assert_int_equal(route->span_count, 1);
    assert_int_equal(route->spans[0].days, 0x1f);
    assert_int_equal(route->escalate_after_ns, 600 * DAVY_NS_PER_S);
    assert_int_equal(route->escalate_to[0], 2);
    assert_int_equal(site->heartbeat.to[0], 4);
    assert_int_equal(site->heartbeat.every_ns, 60 * DAVY_NS_PER_S);
    davy_site_destroy(site);
}

static void faults_of_receivers_are_told(void **state)
{
    static const bad_case cases[] = {
        {RECEIVER("kind: webhok, url: \"http://h\""), 3, 19, "receivers[0].kind",
         "did you mean 'webhook'?"},
        {RECEIVER("kind: webhook"), 3, 3, "receivers[0]", "'url' is missing"},
        {RECEIVER("kind: webhook, url: \"ftp://h\""), 3, 33, "receivers[0].url", "is not http(s)"},
        {RECEIVER("kind: webhook, url: \"http://u:p@h/\""), 3, 33, "receivers[0].url",
         "without a user name"},
        {RECEIVER("kind: webhook, url: \"http://h/a b\""), 3, 33, "receivers[0].url",
         "is not http"},
        {RECEIVER("kind: mqtt, address: \"tcp://h:1\", topic: t"), 3, 34, "receivers[0].address",
         "mqtt://127.0.0.1:1883"},
        {RECEIVER("kind: mqtt, address: \"mqtt://h:1\", topic: t/+"), 3, 55, "receivers[0].topic",
         "holds a wildcard"},
        {RECEIVER("kind: mqtt, address: \"mqtt://h:1\", topic: t, password_file: f"), 3, 73,
         "receivers[0].password_file", "never sent"},
        {RECEIVER("kind: smtp, address: \"smtp://h:25\", sender: a, recipients: [b@c]"), 3, 57,
         "receivers[0].sender", "'a' is not an e-mail address"},
        {RECEIVER("kind: smtp, address: \"smtp://h:25\", sender: a@b, recipients: [\"b@c> x\"]"), 3,
         74, "receivers[0].recipients", "is not an e-mail address"},
        {RECEIVER("kind: command, program: siren"), 3, 37, "receivers[0].program",
         "is not an absolute path"},
        {RECEIVER("kind: command, program: /siren, paths: [tty]"), 3, 52, "receivers[0].paths",
         "'tty' is not an absolute path"},
        {RECEIVER("kind: syslog, address: \"unix:///\""), 3, 36, "receivers[0].address",
         "udp://10.0.0.9:514"},
        {RECEIVER("kind: syslog, address: \"udp://h:1\", format: json"), 3, 49,
         "receivers[0].format", "unknown key 'format'"},
    };

    (void) state;
    assert_cases(cases);
}

static void faults_of_routes_are_told(void **state)
{
    static const bad_case cases[] = {
        {ROUTE("priority: high"), 14, 3, "routes[0]", "'to' is missing"},
        {ROUTE("to: [fone]"), 14, 9, "routes[0].to[0]", "did you mean 'phone'?"},
        {ROUTE("to: []"), 14, 8, "routes[0].to", "the list is empty"},
        {ROUTE("to: [log], positions: [fram]"), 14, 27, "routes[0].positions[0]",
         "did you mean 'farm'?"},
        {ROUTE("to: [log], priority: hihg"), 14, 25, "routes[0].priority", "did you mean 'high'?"},
        {ROUTE("to: [log], schedule: \"Mon-Fri\""), 14, 25, "routes[0].schedule",
         "'Mon-Fri' is not DAYS HH:MM-HH:MM"},
        {ROUTE("to: [log], escalate: {to: [mail]}"), 14, 25, "routes[0].escalate",
         "'after' is missing"},
        {ROUTE("to: [log], escalate: {after: 10min}"), 14, 25, "routes[0].escalate",
         "'to' is missing"},
        {SITE MORE "heartbeat: {to: [log], every: 10ms}\n", 13, 31, "heartbeat.every",
         "write for example 'every: 1min'"},
    };

    (void) state;
    assert_cases(cases);
}

static void a_schedule_is_days_and_times_and_nothing_else(void **state)
{
    static const char *const bad[] = {"",
                                      "Mon",
                                      "Mon 8:00-18:00",
                                      "Mon 08:00",
                                      "Mon 08:00-25:00",
                                      "Mon 08:60-09:00",
                                      "Mon 24:00-09:00",
                                      "Mon-08:00-09:00",
                                      "Mon-Fri 08:00-18:00 x",
                                      "Mon 08:00-18:00,",
                                      "mon 08:00-18:00"};
    davy_site_span spans[DAVY_SITE_SPANS_MAX];
    size_t count;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(bad); i++)
        assert_fails(davy_site_schedule_parse(bad[i], spans, &count), DAVY_ERR_INVALID, "is not");
    assert_ok(davy_site_schedule_parse("Fri-Mon 22:00-06:00, 12:00-24:00", spans, &count));
    assert_int_equal(count, 2);
    assert_int_equal(spans[0].days, 0x71); /* Fri, Sat, Sun, Mon */
    assert_int_equal(spans[1].days, 0x7f);
    assert_int_equal(spans[1].to_min, 24 * 60);
}

/* 2026-11-23 is a Monday (`date -d 2026-11-23 +%a`). */
static void a_night_belongs_to_the_day_on_which_it_begins(void **state)
{
    static const struct {
        const char *text;
        int64_t day, hour, minute; /* day 0 is Monday, -1 the Sunday before */
        bool holds;
    } cases[] = {
        {"Mon-Fri 08:00-18:00", 0, 7, 59, false},
        {"Mon-Fri 08:00-18:00", 0, 8, 0, true},
        {"Mon-Fri 08:00-18:00", 4, 17, 59, true},
        {"Mon-Fri 08:00-18:00", 4, 18, 0, false},
        {"Mon-Fri 08:00-18:00", 5, 13, 0, false},
        {"Sat 22:00-06:00", 5, 21, 59, false},
        {"Sat 22:00-06:00", 5, 22, 0, true},
        {"Sat 22:00-06:00", 6, 5, 59, true},
        {"Sat 22:00-06:00", 6, 6, 0, false},
        {"Sat 22:00-06:00", 6, 22, 0, false},
        {"Sun 22:00-06:00", 0, 1, 0, true},
        {"Sun 22:00-06:00", -1, 23, 0, true},
        {"00:00-24:00", 3, 23, 59, true},
        {"Tue 00:00-00:00", 1, 13, 0, true},
        {"Mon 01:00-02:00, Mon 03:00-04:00", 0, 3, 30, true},
    };
    const int64_t monday = 1795392000; /* date -u -d 2026-11-23 +%s */

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_site_span spans[DAVY_SITE_SPANS_MAX];
        size_t count;
        int64_t moment =
            monday + cases[i].day * 86400 + cases[i].hour * 3600 + cases[i].minute * 60;

        assert_ok(davy_site_schedule_parse(cases[i].text, spans, &count));
        if (davy_site_schedule_holds(spans, count, moment) != cases[i].holds)
            fail_msg("case %zu: %s", i, cases[i].text);
    }
    assert_true(davy_site_schedule_holds(NULL, 0, monday));
}

static void a_change_of_a_receiver_is_seen(void **state)
{
    davy_site *a = read_good(SITE MORE), *b = read_good(SITE MORE);

    (void) state;
    for (size_t i = 0; i < a->receiver_count; i++)
        for (size_t j = 0; j < a->receiver_count; j++)
            assert_int_equal(davy_site_receiver_equal(&a->receivers[i], &b->receivers[j]), i == j);
    b->receivers[2].recipient_count = 1;
    assert_false(davy_site_receiver_equal(&a->receivers[2], &b->receivers[2]));
    b->receivers[3].network = false;
    assert_false(davy_site_receiver_equal(&a->receivers[3], &b->receivers[3]));
    b->receivers[0].format = DAVY_NOTICE_TEXT;
    assert_false(davy_site_receiver_equal(&a->receivers[0], &b->receivers[0]));
    davy_site_destroy(a);
    davy_site_destroy(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_route_says_is_read),
        cmocka_unit_test(faults_of_receivers_are_told),
        cmocka_unit_test(faults_of_routes_are_told),
        cmocka_unit_test(a_schedule_is_days_and_times_and_nothing_else),
        cmocka_unit_test(a_night_belongs_to_the_day_on_which_it_begins),
        cmocka_unit_test(a_change_of_a_receiver_is_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
