/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An alert that another stage has written goes to the receivers it names, once, as it is.
 */
#include "notify_testing.h"

#define ALERT_XML "<alert>\n<a b=\"c\"/>\n</alert>\n"

static const davy_notice_alert alert = {.identifier = "incident 1 7",
                                        .text = "Alert: T-101 leaks",
                                        .cap = ALERT_XML,
                                        .data = "{\"incident\":1}",
                                        .time_ns = NEW_YEAR};

static void an_alert_comes_once_however_often_it_is_sent(void **state)
{
    static const char *const names[] = {"hook"};
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK, sink->port, 0);

    (void) state;
    for (int i = 0; i < 2; i++) {
        assert_ok(davy_notify_alert(bench->notify, &alert, names, 1));
        settle(bench);
    }
    notify_restart(bench);
    assert_ok(davy_notify_alert(bench->notify, &alert, names, 1));
    settle(bench);
    assert_int_equal(sink_count(sink), 1);
    assert_body(sink, 0, "type", "alert");
    assert_body(sink, 0, "cap", ALERT_XML);
    assert_body(sink, 0, "text", "Alert: T-101 leaks");
    notify_destroy(bench);
    sink_destroy(sink);
}

static void who_takes_cap_gets_the_alert_itself(void **state)
{
    static const char *const names[] = {"hook"};
    struct sink *sink = sink_create(0);
    struct notify_bench *bench =
        create_with("receivers: [{name: hook, kind: webhook, url: \"http://127.0.0.1:%d/\", "
                    "format: cap}]\n",
                    sink->port, 0);

    (void) state;
    assert_ok(davy_notify_alert(bench->notify, &alert, names, 1));
    settle(bench);
    assert_int_equal(sink_count(sink), 1);
    assert_string_equal(sink->messages[0].body, ALERT_XML);
    notify_destroy(bench);
    sink_destroy(sink);
}

static void one_unknown_receiver_tells_nobody(void **state)
{
    static const char *const names[] = {"hook", "nobody"};
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK, sink->port, 0);

    (void) state;
    assert_fails(davy_notify_alert(bench->notify, &alert, names, 2), DAVY_ERR_NOT_FOUND,
                 "no receiver 'nobody'");
    settle(bench);
    assert_int_equal(sink_count(sink), 0);
    notify_destroy(bench);
    sink_destroy(sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_comes_once_however_often_it_is_sent),
        cmocka_unit_test(who_takes_cap_gets_the_alert_itself),
        cmocka_unit_test(one_unknown_receiver_tells_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
