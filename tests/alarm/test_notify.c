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

static void act(struct notify_bench *bench, davy_alarm_action action, const char *comment)
{
    const davy_alarm_request request = {.action = action,
                                        .by = "jan",
                                        .comment = comment,
                                        .duration_ns = action == DAVY_ALARM_SHELVE ? 600 * S : 0};

    assert_ok(davy_alarms_act(bench->alarms->alarms, alarm_id(bench, HI), &request));
    settle(bench);
}

/* The bench's clock stands still at 2026-01-01T00:00:00Z. */
static void who_acts_on_what_is_over_does_not_say_that_it_holds(void **state)
{
    static const char *const expected[] = {
        "its condition does not hold; until 2026-01-01T00:10:00Z; jan",
        "its condition does not hold; jan",
        HI " began",
        HI " began; jan: look at it",
        HI " ended",
        "over since 2026-01-01T00:00:00Z; jan: the float was stuck",
        "over since 2026-01-01T00:00:00Z; jan"};
    struct sink *sink = sink_create(0);
    struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", sink->port, 0);

    (void) state;
    act(bench, DAVY_ALARM_SHELVE, NULL);
    act(bench, DAVY_ALARM_UNSHELVE, NULL);
    raise_or_end(bench, HI, true);
    act(bench, DAVY_ALARM_COMMENT, "look at it");
    raise_or_end(bench, HI, false);
    act(bench, DAVY_ALARM_COMMENT, "the float was stuck");
    act(bench, DAVY_ALARM_ACKNOWLEDGE, NULL);
    assert_int_equal(sink_count(sink), DAVY_ARRAY_LENGTH(expected));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(expected); i++)
        assert_body(sink, i, "text", expected[i]);
    notify_destroy(bench);
    sink_destroy(sink);
}

static size_t count_to(struct sink *sink, const char *path)
{
    size_t count = 0;

    for (size_t i = 0; i < sink_count(sink); i++)
        count += strcmp(sink->messages[i].path, path) == 0 ? 1 : 0;
    return count;
}

static void suppress(struct notify_bench *bench, bool active)
{
    assert_ok(davy_alarms_suppress(bench->alarms->alarms, 0, active));
    settle(bench);
}

#define SUPPRESSIBLE \
    TWO "alarms: [{match: [\"T-101/pressure:hi\"], suppress_when: '\"detector health:model\"'}]\n"

/* docs/alarms.md, "Suppression by design". */
static void design_that_silences_what_nobody_was_told_of_is_no_news(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench =
        create_with(SUPPRESSIBLE "routes: [{to: [hook]},"
                                 " {to: [late], transitions: [suppressed, unsuppressed]}]\n",
                    sink->port, sink->port);

    (void) state;
    for (size_t i = 0; i < 5; i++) {
        suppress(bench, true);
        suppress(bench, false);
    }
    assert_int_equal(count_to(sink, "/a"), 0);
    assert_int_equal(count_to(sink, "/b"), 10); /* who names them gets them */
    suppress(bench, true);
    raise_or_end(bench, HI, true);
    raise_or_end(bench, HI, false);
    raise_or_end(bench, HI, true);
    settle(bench);
    assert_int_equal(count_to(sink, "/a"), 0);
    suppress(bench, false); /* active: news */
    assert_int_equal(count_to(sink, "/a"), 1);
    for (size_t i = 0; i < sink_count(sink); i++)
        if (strcmp(sink->messages[i].path, "/a") == 0)
            assert_body(sink, i, "text",
                        "no longer suppressed: \"detector health:model\"; " HI " began");
    notify_destroy(bench);
    sink_destroy(sink);
}

/* Whoever was told of an alarm is told that it is silenced, and what came of it; after a restart
 * too. */
static void design_that_silences_an_alarm_people_know_of_is_told(void **state)
{
    struct sink *sink = sink_create(0);
    struct notify_bench *bench =
        create_with(SUPPRESSIBLE "routes: [{to: [hook]}]\n", sink->port, sink->port);
    const davy_alarm_request acknowledge = {.action = DAVY_ALARM_ACKNOWLEDGE, .by = "jan"};

    (void) state;
    raise_or_end(bench, HI, true);
    assert_ok(davy_alarms_act(bench->alarms->alarms, alarm_id(bench, HI), &acknowledge));
    suppress(bench, true);
    assert_int_equal(sink_count(sink), 3);
    assert_body(sink, 2, "transition", "suppressed");
    raise_or_end(bench, HI, false);
    notify_restart(bench);
    suppress(bench, false);
    assert_int_equal(sink_count(sink), 4);
    assert_body(sink, 3, "transition", "unsuppressed");
    assert_body(sink, 3, "data/state", "normal");
    suppress(bench, true);
    suppress(bench, false);
    assert_int_equal(sink_count(sink), 4);
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

/* A page in the middle, and the head: the one is found when it is read, the other at once. */
static void a_damaged_file_is_moved_aside_and_told(void **state)
{
    static const long places[] = {0, 4096};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(places); i++) {
        struct sink *sink = sink_create(0);
        struct notify_bench *bench = create_with(HOOK "routes: [{to: [hook]}]\n", sink->port, 0);
        char junk[4096], text[300];
        FILE *file;

        davy_notify_close(bench->notify);
        memset(junk, 0x5a, sizeof junk);
        file = fopen(bench->file, "r+e");
        assert_non_null(file);
        assert_int_equal(fseek(file, places[i], SEEK_SET), 0);
        assert_int_equal(fwrite(junk, sizeof junk, 1, file), 1);
        assert_int_equal(fclose(file), 0);
        notify_open(bench);
        assert_true(davy_notify_is_failing(bench->notify, text, sizeof text));
        assert_non_null(strstr(text, "notify.db.damaged-"));
        raise_or_end(bench, HI, true);
        settle(bench);
        assert_int_equal(sink_count(sink), 1);
        pass(bench, 601 * S);
        assert_false(davy_notify_is_failing(bench->notify, text, sizeof text));
        notify_destroy(bench);
        sink_destroy(sink);
    }
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
        cmocka_unit_test(who_acts_on_what_is_over_does_not_say_that_it_holds),
        cmocka_unit_test(design_that_silences_what_nobody_was_told_of_is_no_news),
        cmocka_unit_test(design_that_silences_an_alarm_people_know_of_is_told),
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
        cmocka_unit_test(a_transition_without_a_record_is_sent_with_the_id_of_its_record),
        cmocka_unit_test(when_nothing_can_be_kept_messages_go_from_memory),
        cmocka_unit_test(a_damaged_file_is_moved_aside_and_told),
        cmocka_unit_test(a_test_is_a_drill_and_says_so),
        cmocka_unit_test(nothing_secret_is_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
