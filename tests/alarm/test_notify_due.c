/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What becomes due by itself: escalations and heartbeats, on a clock that is moved by hand. What is
 * expected is the promise of alarm/notify/notify.h.
 */
#include "notify_testing.h"

#include "alarm/notify/backoff.h"

#define ESCALATES TWO "routes: [{to: [hook], escalate: {after: 10min, to: [late]}}]\n"

static void what_nobody_acknowledges_escalates_once(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(ESCALATES, sink->port, sink->port);

    (void) state;
    raise_or_end(bench, HI, true);
    pass(bench, 599 * S);
    raise_or_end(bench, HI, false); /* returned, and still unacknowledged */
    settle(bench);
    assert_int_equal(sink_count(sink), 2);
    pass(bench, 1 * S);
    assert_int_equal(sink_count(sink), 3);
    assert_string_equal(sink->messages[2].path, "/b");
    assert_body(sink, 2, "data/key", HI);
    assert_string_not_equal(sink->messages[2].id, sink->messages[0].id);
    pass(bench, 3600 * S);
    assert_int_equal(sink_count(sink), 3);
    notify_destroy(bench);
    sink_destroy(sink);
}

static void who_acknowledges_or_shelves_stops_the_escalation(void **state)
{
    const davy_alarm_request requests[] = {
        {.action = DAVY_ALARM_ACKNOWLEDGE, .by = "jan", .comment = NULL, .duration_ns = 0},
        {.action = DAVY_ALARM_SHELVE, .by = "jan", .comment = NULL, .duration_ns = 3600 * S},
        {.action = DAVY_ALARM_TAKE_OUT_OF_SERVICE,
         .by = "jan",
         .comment = "pump",
         .duration_ns = 3600 * S}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(requests); i++) {
        struct sink *sink = sink_create(0);
        struct notify_bench *bench = create_with(ESCALATES, sink->port, sink->port);

        raise_or_end(bench, HI, true);
        pass(bench, 599 * S);
        assert_ok(davy_alarms_act(bench->alarms->alarms, alarm_id(bench, HI), &requests[i]));
        pass(bench, 1200 * S);
        assert_int_equal(sink_count(sink), 2);
        assert_string_equal(sink->messages[1].path, "/a");
        notify_destroy(bench);
        sink_destroy(sink);
    }
}

static void an_escalation_due_while_davy_was_down_goes_out_after_the_start(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(ESCALATES, sink->port, sink->port);
    const davy_alarm_request acknowledge = {
        .action = DAVY_ALARM_ACKNOWLEDGE, .by = "jan", .comment = NULL, .duration_ns = 0};

    (void) state;
    raise_or_end(bench, HI, true);
    raise_or_end(bench, HIHI, true);
    settle(bench);
    /* Recorded just before the end and never followed: it must stop the one of HIHI. */
    assert_ok(davy_alarms_act(bench->alarms->alarms, alarm_id(bench, HIHI), &acknowledge));
    davy_clock_fake_advance(&bench->alarms->clock, 3600 * S);
    notify_restart(bench);
    settle(bench);
    assert_int_equal(sink_count(sink), 4);
    for (size_t i = 0; i < 4; i++)
        if (strcmp(sink->messages[i].path, "/b") == 0)
            assert_body(sink, i, "data/key", HI);
    notify_destroy(bench);
    sink_destroy(sink);
}

/* The wall clock goes back two hours, beside a running davy and while it is down. */
static void a_clock_that_is_set_back_stretches_no_escalation(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(ESCALATES, sink->port, sink->port);

    (void) state;
    raise_or_end(bench, HI, true);
    settle(bench);
    bench->alarms->clock.wall_ns -= 7200 * S;
    pass(bench, 600 * S);
    assert_int_equal(sink_count(sink), 2);
    raise_or_end(bench, HIHI, true);
    settle(bench);
    bench->alarms->clock.wall_ns -= 7200 * S;
    notify_restart(bench);
    pass(bench, 600 * S);
    assert_int_equal(sink_count(sink), 4);
    notify_destroy(bench);
    sink_destroy(sink);
}

static void a_reload_keeps_what_is_due(void **state)
{
    int port = free_port();
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", port, 0);
    struct sink *sink;
    char site[2048];

    (void) state;
    raise_or_end(bench, HI, true);
    settle(bench);
    /* The receiver is gone, then it is back under its name at another address. */
    notify_use_site(bench, alarm_site);
    pass(bench, 600 * S);
    sink = sink_create(0);
    (void) snprintf(site, sizeof site,
                    "%s" HOOK "routes: [{to: [hook], transitions: [acknowledged]}]\n", alarm_site,
                    sink->port);
    notify_use_site(bench, site);
    raise_or_end(bench, HIHI, true); /* no route takes it any more */
    settle(bench);
    assert_int_equal(sink_count(sink), 1);
    assert_body(sink, 0, "data/key", HI);
    notify_destroy(bench);
    sink_destroy(sink);
}

static void a_heartbeat_stops_when_nobody_watches(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench =
        create_with(HOOK "heartbeat: {to: [hook], every: 1min}\n", sink->port, 0);

    (void) state;
    settle(bench);
    assert_int_equal(sink_count(sink), 1);
    assert_body(sink, 0, "type", "heartbeat");
    pass(bench, 59 * S);
    assert_int_equal(sink_count(sink), 1);
    pass(bench, 1 * S);
    assert_int_equal(sink_count(sink), 2);
    assert_string_not_equal(sink->messages[0].id, sink->messages[1].id);
    bench->watches = false;
    pass(bench, 600 * S);
    assert_int_equal(sink_count(sink), 2);
    notify_destroy(bench);
    sink_destroy(sink);
}

static void a_heartbeat_that_could_not_be_sent_is_not_sent_late(void **state)
{
    int port = free_port();
    struct notify_bench *bench =
        create_with(HOOK "heartbeat: {to: [hook], every: 1min}\n", port, 0);
    struct sink *sink;

    (void) state;
    for (int i = 0; i < 30; i++)
        pass(bench, 60 * S);
    sink = sink_create(port);
    pass(bench, DAVY_BACKOFF_MAX_NS);
    assert_int_equal(sink_count(sink), 1);
    notify_destroy(bench);
    sink_destroy(sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_acknowledges_escalates_once),
        cmocka_unit_test(who_acknowledges_or_shelves_stops_the_escalation),
        cmocka_unit_test(an_escalation_due_while_davy_was_down_goes_out_after_the_start),
        cmocka_unit_test(a_clock_that_is_set_back_stretches_no_escalation),
        cmocka_unit_test(a_reload_keeps_what_is_due),
        cmocka_unit_test(a_heartbeat_stops_when_nobody_watches),
        cmocka_unit_test(a_heartbeat_that_could_not_be_sent_is_not_sent_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
