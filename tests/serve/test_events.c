/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "serve/limits.h"

static const davy_watch_limits limits = {.heartbeat_ms = 500};

static int start(void **state)
{
    (void) state;
    plant_start(&limits);
    return 0;
}

static int stop(void **state)
{
    (void) state;
    plant_stop();
    return 0;
}

/* A stream that has begun: its first comment line was seen. */
static int follow(const char *from)
{
    int client = connect_raw(from);
    char text[256];
    char *seen;

    (void) snprintf(text, sizeof text,
                    "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
                    plant_key(DAVY_ROLE_VIEWER));
    assert_true(send_raw(client, text));
    seen = read_raw(client, ": here\n\n");
    assert_memory_equal(seen, "HTTP/1.1 200", 12);
    assert_non_null(strstr(seen, "Content-Type: text/event-stream"));
    free(seen);
    return client;
}

static void every_stream_sees_an_alarm_when_it_is_raised(void **state)
{
    int clients[3];
    reply answer;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++)
        clients[i] = follow(NULL);
    answer = ask(&(request){.path = "/api/v2/write",
                            .key = plant_key(DAVY_ROLE_OPERATOR),
                            .body = "T-101 pressure=1213"});
    assert_code(answer, 204);
    reply_clear(&answer);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++) {
        char *seen = read_raw(clients[i], "T-101/pressure:hihi");

        assert_non_null(strstr(seen, "event: alarm\ndata: {"));
        assert_non_null(strstr(seen, "T-101/pressure:hihi"));
        free(seen);
        close(clients[i]);
    }
}

static void an_event_is_one_line_whatever_its_json_looks_like(void **state)
{
    int client = follow(NULL);
    char *seen;

    (void) state;
    davy_server_publish(plant_server, "score", "{\"a\":\r\n 1,\n\"b\": \"x\\ny\"}");
    seen = read_raw(client, "}\n\n");
    assert_non_null(strstr(seen, "event: score\ndata: {\"a\":   1, \"b\": \"x\\ny\"}\n\n"));
    free(seen);
    close(client);
}

/* A stream that does not read is told how many it missed, and nobody waits for it. */
static void a_stream_that_lags_is_told_its_gap(void **state)
{
    const unsigned long long published = 40000;
    int client = follow(NULL);
    char event[600], last[64];
    unsigned long long seen_events = 0, missed = 0;
    char *seen;

    (void) state;
    for (unsigned long long i = 0; i < published; i++) {
        (void) snprintf(event, sizeof event, "{\"n\":%llu,\"fill\":\"%0500d\"}", i, 0);
        davy_server_publish(plant_server, "score", event);
    }
    (void) snprintf(last, sizeof last, "{\"n\":%llu,", published - 1);
    seen = read_raw(client, last);
    for (const char *at = seen; (at = strstr(at, "event: ")); at++) {
        if (strncmp(at, "event: score", 12) == 0)
            seen_events++;
        else if (strncmp(at, "event: gap\ndata: {\"missed\":", 27) == 0)
            missed += strtoull(at + 27, NULL, 10);
    }
    assert_true(missed > 0);
    assert_int_equal(seen_events + missed, published);
    free(seen);
    close(client);
}

static void there_are_only_so_many_streams(void **state)
{
    int clients[DAVY_HTTP_STREAMS_MAX];
    reply answer;
    char from[32];

    (void) state;
    /* streams of the tests before end when the server sees that they are gone */
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++)
        clients[i] = -1;
    for (size_t i = 0; i + 8 < DAVY_ARRAY_LENGTH(clients); i++) {
        (void) snprintf(from, sizeof from, "127.0.7.%zu", i % 4 + 1);
        clients[i] = follow(from);
    }
    for (size_t i = DAVY_ARRAY_LENGTH(clients) - 8; i < DAVY_ARRAY_LENGTH(clients); i++) {
        char text[256];

        clients[i] = connect_raw("127.0.7.9");
        (void) snprintf(text, sizeof text,
                        "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                        "%s\r\n\r\n",
                        plant_key(DAVY_ROLE_VIEWER));
        assert_true(send_raw(clients[i], text));
        free(read_raw(clients[i], "\r\n\r\n"));
    }
    answer = ask(&(request){.path = "/api/v1/events", .key = plant_key(DAVY_ROLE_VIEWER)});
    assert_code(answer, 503);
    assert_non_null(reply_header(&answer, "Retry-After"));
    reply_clear(&answer);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++)
        close(clients[i]);
}

static void streams_end_when_the_server_stops(void **state)
{
    int client;
    char *seen;

    (void) state;
    plant_stop(); /* the streams of the tests before may not be missed yet */
    plant_start(&limits);
    client = follow(NULL);
    plant_stop();
    seen = read_raw(client, NULL);
    assert_non_null(strstr(seen, "0\r\n\r\n")); /* the last chunk: an orderly end */
    free(seen);
    close(client);
    plant_start(&limits);
}

static void a_revoked_key_ends_its_streams(void **state)
{
    char key[DAVY_KEY_MAX], text[256];
    int client = connect_raw(NULL);
    char *seen;

    (void) state;
    assert_ok(davy_keys_create(plant_system.keys, "guest", DAVY_ROLE_VIEWER, NULL, 1, key));
    (void) snprintf(text, sizeof text,
                    "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n",
                    key);
    assert_true(send_raw(client, text));
    free(read_raw(client, ": here\n\n"));
    assert_ok(davy_keys_revoke(plant_system.keys, "guest"));
    seen = read_raw(client, "0\r\n\r\n"); /* at the next heartbeat */
    assert_non_null(strstr(seen, "0\r\n\r\n"));
    free(seen);
    close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stream_sees_an_alarm_when_it_is_raised),
        cmocka_unit_test(an_event_is_one_line_whatever_its_json_looks_like),
        cmocka_unit_test(a_stream_that_lags_is_told_its_gap),
        cmocka_unit_test(there_are_only_so_many_streams),
        cmocka_unit_test(streams_end_when_the_server_stops),
        cmocka_unit_test(a_revoked_key_ends_its_streams),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
