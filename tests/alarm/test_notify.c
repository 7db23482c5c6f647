/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Notification on a clock that is moved by hand, with real records and a real webhook at the other
 * end. What is expected is the promise of alarm/notify/notify.h.
 */
#include "notify_testing.h"

#include "alarm/notify/backoff.h"
#include "alarm/notify/worker.h"
#include "store/database.h"

#include <jansson.h>
#include <sodium.h>

static struct notify_bench *create_with(const char *format, int port, int other)
{
    char more[2048];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void) snprintf(more, sizeof more, format, port, other);
#pragma GCC diagnostic pop
    return notify_create(more);
}

#define HOOK "receivers: [{name: hook, kind: webhook, url: \"http://127.0.0.1:%d/\"}]\n"
#define TWO                                                                       \
    "receivers:\n- {name: hook, kind: webhook, url: \"http://127.0.0.1:%d/a\"}\n" \
    "- {name: late, kind: webhook, url: \"http://127.0.0.1:%d/b\"}\n"

static void assert_body(struct sink *sink, size_t index, const char *path, const char *expected)
{
    json_t *json, *value;
    char *copy = strdup(path), *rest = copy, *part;

    assert_true(index < sink_count(sink));
    json = json_loads(sink->messages[index].body, 0, NULL);
    assert_non_null(json);
    for (value = json; (part = strsep(&rest, "/"));)
        value = json_object_get(value, part);
    if (!json_is_string(value) || strcmp(json_string_value(value), expected) != 0)
        fail_msg("message %zu: %s is not %s in %s", index, path, expected,
                 sink->messages[index].body);
    json_decref(json);
    free(copy);
}

static void what_is_announced_arrives_in_order(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", sink->port, 0);
    const davy_alarm_request acknowledge = {
        .action = DAVY_ALARM_ACKNOWLEDGE, .by = "jan", .comment = "seen", .duration_ns = 0};

    (void) state;
    raise_or_end(bench, HI, true);
    assert_ok(davy_alarms_act(bench->alarms->alarms, alarm_id(bench, HI), &acknowledge));
    raise_or_end(bench, HI, false);
    settle(bench);
    assert_int_equal(sink_count(sink), 3);
    assert_body(sink, 0, "type", "alarm.raised");
    assert_body(sink, 0, "data/key", HI);
    assert_body(sink, 0, "data/reason/text", HI " began");
    assert_body(sink, 1, "type", "alarm.acknowledged");
    assert_body(sink, 1, "data/by", "jan");
    assert_body(sink, 1, "raised/id", sink->messages[0].id);
    assert_body(sink, 2, "type", "alarm.returned");
    assert_body(sink, 2, "data/state", "normal");
    settle(bench);
    assert_int_equal(sink_count(sink), 3); /* confirmed: never again */
    notify_restart(bench);
    settle(bench);
    assert_int_equal(sink_count(sink), 3);
    notify_destroy(bench);
    sink_destroy(sink);
}

/* The detector watches T-101 alone: its alarms are the tank farm's, like those of the signals. */
static void routes_know_whose_an_alarm_is(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(
        TWO "positions: [{name: farm, assets: [T-101]}]\n"
            "routes: [{to: [hook], positions: [farm]}, {to: [late], positions: [site]}]\n",
        sink->port, sink->port);

    (void) state;
    raise_or_end(bench, HI, true);
    raise_or_end(bench, "detector health:model", true);
    raise_or_end(bench, "source in:source", true);
    settle(bench);
    assert_int_equal(sink_count(sink), 3);
    for (size_t i = 0; i < 3; i++)
        if (strcmp(sink->messages[i].path, "/a") == 0)
            assert_null(strstr(sink->messages[i].body, "source in"));
        else
            assert_body(sink, i, "data/key", "source in:source");
    notify_destroy(bench);
    sink_destroy(sink);
}

static void what_is_shelved_is_silent_until_it_is_unshelved(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", sink->port, 0);
    const davy_alarm_request shelve = {
        .action = DAVY_ALARM_SHELVE, .by = "jan", .comment = NULL, .duration_ns = 600 * S};
    const davy_alarm_request unshelve = {
        .action = DAVY_ALARM_UNSHELVE, .by = "jan", .comment = NULL, .duration_ns = 0};

    (void) state;
    assert_ok(davy_alarms_act(bench->alarms->alarms, alarm_id(bench, HI), &shelve));
    raise_or_end(bench, HI, true);
    raise_or_end(bench, HI, false);
    raise_or_end(bench, HI, true);
    settle(bench);
    assert_int_equal(sink_count(sink), 1);
    assert_body(sink, 0, "transition", "shelved");
    assert_ok(davy_alarms_act(bench->alarms->alarms, alarm_id(bench, HI), &unshelve));
    settle(bench);
    assert_int_equal(sink_count(sink), 2);
    assert_body(sink, 1, "data/state", "unacknowledged");
    notify_destroy(bench);
    sink_destroy(sink);
}

static void a_message_has_the_advice_of_the_rules(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench =
        create_with(HOOK "routes: [{to: [hook]}]\n"
                         "alarms: [{match: [\"T-101/*:hi\"], cause: the outlet is shut,\n"
                         "          consequence: the relief valve opens, actions: [Open V-401]}]\n",
                    sink->port, 0);

    (void) state;
    raise_or_end(bench, HI, true);
    settle(bench);
    assert_int_equal(sink_count(sink), 1);
    assert_body(sink, 0, "data/cause", "the outlet is shut");
    assert_body(sink, 0, "data/consequence", "the relief valve opens");
    assert_non_null(strstr(sink->messages[0].body, "[\"Open V-401\"]"));
    notify_destroy(bench);
    sink_destroy(sink);
}

static void an_answer_to_an_alarm_calls_nobody(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", sink->port, 0);
    const davy_alarm_request judge = {
        .action = DAVY_ALARM_JUDGE, .by = "jan", .verdict = DAVY_ALARM_FALSE};

    (void) state;
    raise_or_end(bench, HI, true);
    assert_ok(davy_alarms_act(bench->alarms->alarms, alarm_id(bench, HI), &judge));
    raise_or_end(bench, HI, false);
    settle(bench);
    assert_int_equal(sink_count(sink), 2);
    assert_body(sink, 0, "transition", "raised");
    assert_body(sink, 1, "transition", "returned");
    notify_destroy(bench);
    sink_destroy(sink);
}

/* One receiver is dead for an hour, the other is not. */
static void a_receiver_dead_for_an_hour_loses_nothing_and_delays_nobody(void **state)
{
    struct sink *sink = sink_create(0), *back;
    int port = free_port();
    struct notify_bench *bench =
        create_with(TWO "routes: [{to: [hook, late]}]\n", sink->port, port);
    char text[300];

    (void) state;
    for (int minute = 0; minute < 60; minute++) {
        raise_or_end(bench, HI, minute % 2 == 0);
        pass(bench, 60 * S);
        assert_int_equal(sink_count(sink), minute + 1);
        assert_int_equal(davy_notify_is_failing(bench->notify, text, sizeof text), minute >= 2);
    }
    assert_non_null(strstr(text, "receiver 'late' has failed for"));
    back = sink_create(port);
    pass(bench, DAVY_BACKOFF_MAX_NS);
    assert_int_equal(sink_count(back), 60);
    for (size_t i = 0; i < 60; i++)
        assert_string_equal(back->messages[i].id, sink->messages[i].id);
    assert_false(davy_notify_is_failing(bench->notify, text, sizeof text));
    notify_destroy(bench);
    sink_destroy(sink);
    sink_destroy(back);
}

static void a_start_goes_on_where_it_was(void **state)
{
    int port = free_port();
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", port, 0);
    struct sink *sink;

    (void) state;
    raise_or_end(bench, HI, true);
    settle(bench); /* kept, and not delivered */
    raise_or_end(bench, HIHI, true);
    notify_restart(bench); /* recorded, and not followed */
    sink = sink_create(port);
    settle(bench);
    assert_int_equal(sink_count(sink), 2);
    assert_body(sink, 0, "data/key", HI);
    assert_body(sink, 1, "data/key", HIHI);
    notify_destroy(bench);
    sink_destroy(sink);
}

static void a_new_file_sends_nothing_of_the_past(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", sink->port, 0);

    (void) state;
    davy_notify_close(bench->notify);
    raise_or_end(bench, HI, true);
    assert_int_equal(unlink(bench->file), 0);
    notify_open(bench);
    raise_or_end(bench, HIHI, true);
    settle(bench);
    assert_int_equal(sink_count(sink), 1);
    assert_body(sink, 0, "data/key", HIHI);
    notify_destroy(bench);
    sink_destroy(sink);
}

/* Records that were restored from an older copy, or begun anew, end before the cursor. */
static void a_cursor_that_is_ahead_of_the_records_goes_back(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", sink->port, 0);
    char other[128];

    (void) state;
    for (int i = 0; i < 10; i++)
        raise_or_end(bench, HI, i % 2 == 0);
    settle(bench);
    assert_int_equal(sink_count(sink), 10);
    davy_notify_close(bench->notify);
    bench_close(bench->alarms);
    (void) snprintf(other, sizeof other, "%s/other.db", bench->alarms->folder);
    (void) snprintf(bench->alarms->file, sizeof bench->alarms->file, "%.90s", other);
    bench_open(bench->alarms);
    bench_configure(bench->alarms);
    notify_open(bench);
    raise_or_end(bench, LEVEL, true);
    settle(bench);
    assert_int_equal(sink_count(sink), 11);
    assert_body(sink, 10, "data/key", LEVEL);
    notify_destroy(bench);
    sink_destroy(sink);
}

/* Standard Webhooks: HMAC-SHA256 over "id.timestamp.body"; its worked example is in test_messages.
 * Here: what is sent verifies with the secret, and with no other. */
static void a_webhook_is_signed(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(
        "receivers: [{name: hook, kind: webhook, url: \"http://127.0.0.1:%d/\", secret_file: "
        "/tmp/davy-test-hook.key}]\nroutes: [{to: [hook]}]\n",
        sink->port, 0);
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state hash;
    char signature[128], seconds[32], expected[128] = "v1,", signed_text[256];
    const char *body;
    FILE *file = fopen("/tmp/davy-test-hook.key", "w");

    (void) state;
    assert_non_null(file);
    (void) fprintf(file, "secret of the test\n");
    (void) fclose(file);
    raise_or_end(bench, HI, true);
    settle(bench);
    assert_int_equal(unlink("/tmp/davy-test-hook.key"), 0);
    assert_int_equal(sink_count(sink), 1);
    body = sink->messages[0].body;
    (void) sink_header(sink->messages[0].head, "webhook-timestamp", seconds, sizeof seconds);
    assert_string_equal(seconds, "1767225600"); /* the bench's clock */
    (void) snprintf(signed_text, sizeof signed_text, "%s.%s.", sink->messages[0].id, seconds);
    crypto_auth_hmacsha256_init(&hash, (const unsigned char *) "secret of the test", 18);
    crypto_auth_hmacsha256_update(&hash, (const unsigned char *) signed_text, strlen(signed_text));
    crypto_auth_hmacsha256_update(&hash, (const unsigned char *) body, strlen(body));
    crypto_auth_hmacsha256_final(&hash, mac);
    (void) sodium_bin2base64(expected + 3, sizeof expected - 3, mac, sizeof mac,
                             sodium_base64_VARIANT_ORIGINAL);
    assert_string_equal(
        sink_header(sink->messages[0].head, "webhook-signature", signature, sizeof signature),
        expected);
    assert_non_null(strcasestr(sink->messages[0].head, "Idempotency-Key"));
    notify_destroy(bench);
    sink_destroy(sink);
}

static void a_secret_that_cannot_be_read_sends_nothing_unsigned(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(
        "receivers: [{name: hook, kind: webhook, url: \"http://127.0.0.1:%d/\", secret_file: "
        "/nowhere/hook.key}]\nroutes: [{to: [hook]}]\n",
        sink->port, 0);

    (void) state;
    raise_or_end(bench, HI, true);
    pass(bench, 600 * S);
    assert_int_equal(sink_count(sink), 0);
    notify_destroy(bench);
    sink_destroy(sink);
}

static void retry_after_is_honoured(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", sink->port, 0);

    (void) state;
    atomic_store(&sink->code, 503);
    atomic_store(&sink->retry_after, 120);
    raise_or_end(bench, HI, true);
    settle(bench);
    pass(bench, 119 * S);
    assert_int_equal(sink_count(sink), 1);
    atomic_store(&sink->code, 204);
    pass(bench, 1 * S);
    assert_int_equal(sink_count(sink), 2);
    assert_string_equal(sink->messages[0].id, sink->messages[1].id);
    pass(bench, 600 * S);
    assert_int_equal(sink_count(sink), 2);
    notify_destroy(bench);
    sink_destroy(sink);
}

static void a_message_that_is_refused_makes_room_for_the_next(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", sink->port, 0);
    davy_buffer metrics = {0};

    (void) state;
    atomic_store(&sink->code, 503); /* the receiver's fault: never given up */
    raise_or_end(bench, HI, true);
    raise_or_end(bench, HIHI, true);
    for (int i = 0; i < 20; i++)
        pass(bench, DAVY_BACKOFF_MAX_NS);
    assert_string_equal(sink->messages[sink_count(sink) - 1].id, sink->messages[0].id);
    atomic_store(&sink->code, 413); /* the message's */
    for (int i = 0; i < DAVY_NOTIFY_REFUSALS; i++)
        pass(bench, DAVY_BACKOFF_MAX_NS);
    atomic_store(&sink->code, 200);
    pass(bench, DAVY_BACKOFF_MAX_NS);
    assert_string_not_equal(sink->messages[sink_count(sink) - 1].id, sink->messages[0].id);
    davy_notify_metrics(bench->notify, &metrics);
    assert_non_null(
        strstr(metrics.bytes, "davy_receiver_given_up_messages_total{receiver=\"hook\"} 1\n"));
    assert_non_null(
        strstr(metrics.bytes, "davy_receiver_confirmed_messages_total{receiver=\"hook\"} 1\n"));
    assert_non_null(strstr(metrics.bytes, "davy_receiver_waiting_messages{receiver=\"hook\"} 0\n"));
    davy_buffer_clear(&metrics);
    notify_destroy(bench);
    sink_destroy(sink);
}

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

/* The same id as the record will have: what comes twice is known. */
static void a_transition_without_a_record_is_sent_with_the_id_of_its_record(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", sink->port, 0);
    davy_alarm seen = {0};

    (void) state;
    raise_or_end(bench, HI, true);
    settle(bench);
    /* The second transition of this alarm: as the engine would announce it without its record. */
    seen = (davy_alarm){.id = alarm_id(bench, HI),
                        .key = HI,
                        .kind = DAVY_CONDITION_HI,
                        .priority = DAVY_PRIORITY_HIGH,
                        .state = DAVY_ALARM_RETURNED,
                        .changed_ns = bench->alarms->clock.wall_ns,
                        .turn = 3}; /* known, raised, returned */
    davy_notify_urgent(bench->notify, &seen, "returned");
    settle(bench);
    assert_int_equal(sink_count(sink), 2);
    assert_body(sink, 1, "type", "alarm.returned");
    raise_or_end(bench, HI, false);
    settle(bench);
    assert_int_equal(sink_count(sink), 2); /* its record came, and was known */
    notify_destroy(bench);
    sink_destroy(sink);
}

static void when_nothing_can_be_kept_messages_go_from_memory(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", sink->port, 0);
    sqlite3 *other;
    char text[300];

    (void) state;
    /* Another connection holds the write lock: davy waits for it as long as a disk may take. */
    assert_int_equal(sqlite3_open(bench->file, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "ALTER TABLE cursor RENAME TO gone", NULL, NULL, NULL),
                     SQLITE_OK);
    raise_or_end(bench, HI, true);
    raise_or_end(bench, HIHI, true);
    settle(bench);
    assert_int_equal(sink_count(sink), 2);
    assert_true(davy_notify_is_failing(bench->notify, text, sizeof text));
    assert_non_null(strstr(text, "cannot be kept"));
    assert_int_equal(sqlite3_exec(other, "ALTER TABLE gone RENAME TO cursor", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    pass(bench, 2 * S);
    assert_false(davy_notify_is_failing(bench->notify, text, sizeof text));
    assert_int_equal(sink_count(sink), 4); /* again, with the same ids */
    assert_string_equal(sink->messages[0].id, sink->messages[2].id);
    assert_string_equal(sink->messages[1].id, sink->messages[3].id);
    notify_destroy(bench);
    sink_destroy(sink);
}

static void a_test_is_a_drill_and_says_so(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK, sink->port, 0);
    json_t *list = NULL;
    char id[40];

    (void) state;
    assert_fails(davy_notify_test(bench->notify, "nobody", "jan", id), DAVY_ERR_NOT_FOUND,
                 "no receiver has the name 'nobody'");
    assert_ok(davy_notify_test(bench->notify, "hook", "jan", id));
    settle(bench);
    assert_int_equal(sink_count(sink), 1);
    assert_string_equal(sink->messages[0].id, id);
    assert_body(sink, 0, "type", "test");
    assert_non_null(strstr(sink->messages[0].body, "\"exercise\":true"));
    assert_non_null(strstr(sink->messages[0].body, "EXERCISE"));
    assert_ok(davy_notify_messages_json(bench->notify, "hook", 10, &list));
    assert_int_equal(json_array_size(list), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "state")),
                        "confirmed");
    json_decref(list);
    notify_destroy(bench);
    sink_destroy(sink);
}

static void nothing_secret_is_shown(void **state)
{
    struct notify_bench *bench =
        notify_create("receivers:\n- {name: hook, kind: webhook,\n"
                      "   url: \"http://127.0.0.1:1/services/T0KEN?key=T0KEN#T0KEN\"}\n"
                      "routes: [{to: [hook]}]\n");
    json_t *list = NULL;
    char *text;

    (void) state;
    raise_or_end(bench, HI, true);
    settle(bench);
    assert_ok(davy_notify_receivers_json(bench->notify, &list));
    text = json_dumps(list, 0);
    assert_null(strstr(text, "T0KEN"));
    assert_non_null(strstr(text, "http://127.0.0.1:1"));
    assert_non_null(strstr(text, "connect")); /* the error is there */
    free(text);
    json_decref(list);
    notify_destroy(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_announced_arrives_in_order),
        cmocka_unit_test(routes_know_whose_an_alarm_is),
        cmocka_unit_test(what_is_shelved_is_silent_until_it_is_unshelved),
        cmocka_unit_test(a_message_has_the_advice_of_the_rules),
        cmocka_unit_test(an_answer_to_an_alarm_calls_nobody),
        cmocka_unit_test(a_receiver_dead_for_an_hour_loses_nothing_and_delays_nobody),
        cmocka_unit_test(a_start_goes_on_where_it_was),
        cmocka_unit_test(a_new_file_sends_nothing_of_the_past),
        cmocka_unit_test(a_cursor_that_is_ahead_of_the_records_goes_back),
        cmocka_unit_test(a_webhook_is_signed),
        cmocka_unit_test(a_secret_that_cannot_be_read_sends_nothing_unsigned),
        cmocka_unit_test(retry_after_is_honoured),
        cmocka_unit_test(a_message_that_is_refused_makes_room_for_the_next),
        cmocka_unit_test(what_nobody_acknowledges_escalates_once),
        cmocka_unit_test(who_acknowledges_or_shelves_stops_the_escalation),
        cmocka_unit_test(an_escalation_due_while_davy_was_down_goes_out_after_the_start),
        cmocka_unit_test(a_clock_that_is_set_back_stretches_no_escalation),
        cmocka_unit_test(a_reload_keeps_what_is_due),
        cmocka_unit_test(a_heartbeat_stops_when_nobody_watches),
        cmocka_unit_test(a_heartbeat_that_could_not_be_sent_is_not_sent_late),
        cmocka_unit_test(a_transition_without_a_record_is_sent_with_the_id_of_its_record),
        cmocka_unit_test(when_nothing_can_be_kept_messages_go_from_memory),
        cmocka_unit_test(a_test_is_a_drill_and_says_so),
        cmocka_unit_test(nothing_secret_is_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
