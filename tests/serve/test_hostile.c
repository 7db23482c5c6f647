/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "serve/limits.h"

/**
 * @file
 * Clients that are slow, lie, or break the protocol. The server's deadlines are short here; no test
 * measures time.
 */

static int start(void **state)
{
    static const davy_watch_limits limits = {.header_ms = 700, .body_ms = 700, .answer_ms = 3000};

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

static void assert_alive(void)
{
    reply answer = ask(&(request){.path = "/health/live", .from = "127.0.9.9"});

    assert_code(answer, 200);
    reply_clear(&answer);
}

/* Send, then read what comes until the server closes. */
static char *talk(const char *text)
{
    int client = connect_raw(NULL);
    char *answer;

    (void) send_raw(client, text);
    answer = read_raw(client, NULL);
    close(client);
    return answer;
}

/* A request's head with an operator's key in it; the caller frees. */
static char *with_key(const char *request_line, const char *headers)
{
    char *text = NULL;

    assert_true(asprintf(&text, "%s\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n\r\n",
                         request_line, plant_key(DAVY_ROLE_OPERATOR), headers) > 0);
    return text;
}

/* Sends a byte at a time until the server has enough. */
static void drip(const char *begin)
{
    int client = connect_raw(NULL);
    struct pollfd peer = {.fd = client, .events = POLLIN};
    bool ended = false;

    assert_true(send_raw(client, begin));
    for (int i = 0; i < 400 && !ended; i++)
        ended = poll(&peer, 1, 50) > 0 || !send_raw(client, "a");
    assert_true(ended);
    close(client);
}

static void a_client_that_drips_headers_is_ended(void **state)
{
    (void) state;
    drip("GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    drip("GET /");
    drip("");
    assert_alive();
}

static void a_client_that_drips_a_body_is_ended(void **state)
{
    char *text = with_key("POST /api/v2/write HTTP/1.1", "Content-Length: 100000");

    (void) state;
    drip(text);
    free(text);
    drip("POST /api/v2/write HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    assert_alive();
}

static void slow_clients_do_not_delay_others(void **state)
{
    int clients[90];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++) {
        clients[i] = connect_raw("127.0.9.1");
        (void) send_raw(clients[i], "POST /api/v2/write HTTP/1.1\r\nHost: x\r\nContent-");
    }
    for (int i = 0; i < 50; i++)
        assert_alive();
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++)
        close(clients[i]);
}

/* A client that asks for "100 Continue" has not sent its body: it is answered before it does. */
static void a_gigabyte_is_refused_before_it_is_sent(void **state)
{
    char *text = with_key("POST /api/v2/write HTTP/1.1",
                          "Content-Length: 1073741824\r\nExpect: 100-continue");
    char *answer = talk(text);

    (void) state;
    assert_memory_equal(answer, "HTTP/1.1 413", 12);
    assert_null(strstr(answer, "100 Continue"));
    assert_non_null(strstr(answer, "Connection: close"));
    free(answer);
    free(text);
    text = with_key("POST /api/v2/write HTTP/1.1", "Content-Length: 1073741824");
    answer = talk(text);
    assert_memory_equal(answer, "HTTP/1.1 413", 12);
    free(answer);
    free(text);
    answer = talk("POST /api/v2/write HTTP/1.1\r\nHost: x\r\n"
                  "Content-Length: 1073741824\r\nExpect: 100-continue\r\n\r\n");
    assert_memory_equal(answer, "HTTP/1.1 401", 12);
    free(answer);
}

static void a_body_that_may_come_is_told_to_continue(void **state)
{
    char *text =
        with_key("POST /api/v2/write HTTP/1.1", "Connection: close\r\nContent-Length: 13\r\n"
                                                "Expect: 100-continue");
    int client = connect_raw(NULL);
    char *answer;

    (void) state;
    assert_true(send_raw(client, text));
    answer = read_raw(client, "\r\n\r\n");
    assert_memory_equal(answer, "HTTP/1.1 100", 12);
    free(answer);
    assert_true(send_raw(client, "T-101 level=50"));
    answer = read_raw(client, "\r\n\r\n");
    assert_memory_equal(answer, "HTTP/1.1 204", 12);
    free(answer);
    free(text);
    close(client);
}

/* RFC 9112 section 6.3 and 11.2: what two readers could read in two ways is read by nobody. The
 * second request inside must not be answered. */
static void smuggled_requests_are_not_read(void **state)
{
    static const char *const headers[] = {
        "Content-Length: 4\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "Content-Length: 4\r\nContent-Length: 4",
        "Content-Length: 4\r\nContent-Length: 100",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Content-Length: +4",
        "Content-Length: -4",
        "Content-Length: 4,4",
        "Content-Length: 0x4",
        "Content-Length: 99999999999999999999",
        "Content-Length: ",
    };
    static const char *const methods[] = {"POST", "GET", "DELETE"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(headers); i++)
        for (size_t j = 0; j < DAVY_ARRAY_LENGTH(methods); j++) {
            char text[1024];
            char *answer;

            (void) snprintf(text, sizeof text,
                            "%s /api/v2/write HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                            "%s\r\n\r\n0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n",
                            methods[j], plant_key(DAVY_ROLE_OPERATOR), headers[i]);
            answer = talk(text);
            if (strstr(answer, "\"ok\"") || (answer[0] && strncmp(answer, "HTTP/1.1 4", 10) != 0 &&
                                             strncmp(answer, "HTTP/1.1 5", 10) != 0))
                fail_msg("%s, %s: %s", methods[j], headers[i], answer);
            free(answer);
        }
    assert_alive();
}

static void requests_that_are_no_http_are_closed(void **state)
{
    static const char *const texts[] = {
        "\r\n\r\n\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\x16\x03\x01\x02\x01\x01\xFC\x03\x03", /* TLS */
        "GET / HTTP/1.1\r\nNo colon here\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", /* no Host */
        "GET  /  HTTP/1.1 \r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(texts); i++) {
        char *answer = talk(texts[i]);

        if (strstr(answer, "HTTP/1.1 200") && !strstr(answer, "<!doctype html>"))
            fail_msg("%s: %s", texts[i], answer);
        free(answer);
    }
    assert_alive();
}

static void headers_past_their_memory_are_refused(void **state)
{
    char *text = malloc(200000);
    size_t length = (size_t) snprintf(text, 200000, "GET /health/live HTTP/1.1\r\nHost: x\r\n");
    char *answer;

    (void) state;
    while (length < 190000)
        length += (size_t) snprintf(text + length, 200000 - length, "X-%zu: %0200d\r\n", length, 7);
    (void) snprintf(text + length, 200000 - length, "\r\n");
    answer = talk(text);
    assert_null(strstr(answer, "\"ok\""));
    free(answer);
    memset(text, 'a', 190000);
    memcpy(text, "GET /", 5);
    text[190000] = '\0';
    answer = talk(text);
    assert_null(strstr(answer, "200 OK"));
    free(answer);
    free(text);
    assert_alive();
}

static void a_chunked_body_is_held_to_the_limit(void **state)
{
    size_t length = DAVY_HTTP_WRITE_MAX + 1000;
    char *body = malloc(length);
    reply answer;

    (void) state;
    memset(body, '\n', length);
    answer = ask(&(request){.path = "/api/v2/write",
                            .key = plant_key(DAVY_ROLE_OPERATOR),
                            .body = body,
                            .length = length,
                            .chunked = true});
    assert_code(answer, 413);
    reply_clear(&answer);
    answer = ask(&(request){.path = "/api/v2/write",
                            .key = plant_key(DAVY_ROLE_OPERATOR),
                            .body = "T-101 level=50\nT-101 level=51 1\n",
                            .chunked = true});
    assert_code(answer, 204);
    reply_clear(&answer);
    free(body);
}

/* 6-byte chunks of 3 MB once stopped another server. */
static void a_body_in_tiny_chunks_is_taken(void **state)
{
    char *text =
        with_key("POST /api/v2/write HTTP/1.1", "Connection: close\r\nTransfer-Encoding: chunked");
    davy_buffer body = {0};
    char *answer;
    int client;

    (void) state;
    davy_buffer_append_text(&body, text);
    for (int i = 0; i < 500000; i++)
        davy_buffer_append_text(&body, "6\r\n\n\n\n\n\n\n\r\n");
    davy_buffer_append_text(&body, "0\r\n\r\n");
    client = connect_raw(NULL); /* who waits for headers, waits from now on */
    assert_true(send_raw(client, body.bytes));
    answer = read_raw(client, "\r\n\r\n");
    assert_memory_equal(answer, "HTTP/1.1 204", 12);
    free(answer);
    close(client);
    davy_buffer_clear(&body);
    free(text);
}

static void broken_chunks_are_refused(void **state)
{
    static const char *const bodies[] = {"zz\r\n", "-1\r\nx\r\n", "fffffffffffffffff\r\nx",
                                         "5\r\nabcdeXX"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(bodies); i++) {
        char text[512];
        char *answer;

        (void) snprintf(text, sizeof text,
                        "POST /api/v2/write HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n%s",
                        plant_key(DAVY_ROLE_OPERATOR), bodies[i]);
        answer = talk(text);
        assert_null(strstr(answer, "HTTP/1.1 2"));
        free(answer);
    }
    assert_alive();
}

/* A refused request's sender sees the answer, not a reset, and may go on. */
static void a_refused_body_is_read_to_its_end(void **state)
{
    size_t length = 500000;
    char *body = malloc(length);
    reply answer;

    (void) state;
    memset(body, 'a', length);
    for (int i = 0; i < 20; i++) {
        answer = ask(&(request){.path = "/api/v2/write", .body = body, .length = length});
        assert_code(answer, 401);
        assert_null(reply_header(&answer, "Connection"));
        reply_clear(&answer);
    }
    free(body);
}

static void a_body_where_none_belongs_is_refused(void **state)
{
    reply answer = ask(&(request){.method = "GET",
                                  .path = "/api/v1/me",
                                  .key = plant_key(DAVY_ROLE_VIEWER),
                                  .body = "GET /api/v1/keys HTTP/1.1\r\nHost: x\r\n\r\n"});

    (void) state;
    assert_code(answer, 413);
    reply_clear(&answer);
    answer = post("/api/v1/alarms/1/comment", DAVY_ROLE_OPERATOR, NULL);
    assert_code(answer, 405); /* no body: a GET of an action */
    reply_clear(&answer);
    assert_alive();
}

/* A client that never reads what it asked for. */
static void a_client_that_does_not_read_is_ended(void **state)
{
    davy_buffer text = {0};
    int client = connect_raw(NULL);
    struct pollfd peer = {.fd = client, .events = POLLRDHUP};
    struct timeval soon = {.tv_usec = 200000};

    (void) state;
    (void) setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon);
    for (int i = 0; i < 2000; i++)
        davy_buffer_printf(&text,
                           "GET /api/openapi.json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                           "%s\r\n\r\n",
                           plant_key(DAVY_ROLE_VIEWER));
    (void) send_raw(client, text.bytes);
    /* The description takes some 25 s at the slowest rate that is served. */
    assert_int_equal(poll(&peer, 1, 120000), 1);
    assert_alive();
    davy_buffer_clear(&text);
    close(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_that_drips_headers_is_ended),
        cmocka_unit_test(a_client_that_drips_a_body_is_ended),
        cmocka_unit_test(slow_clients_do_not_delay_others),
        cmocka_unit_test(a_gigabyte_is_refused_before_it_is_sent),
        cmocka_unit_test(a_body_that_may_come_is_told_to_continue),
        cmocka_unit_test(smuggled_requests_are_not_read),
        cmocka_unit_test(requests_that_are_no_http_are_closed),
        cmocka_unit_test(headers_past_their_memory_are_refused),
        cmocka_unit_test(a_chunked_body_is_held_to_the_limit),
        cmocka_unit_test(a_body_in_tiny_chunks_is_taken),
        cmocka_unit_test(broken_chunks_are_refused),
        cmocka_unit_test(a_refused_body_is_read_to_its_end),
        cmocka_unit_test(a_body_where_none_belongs_is_refused),
        cmocka_unit_test(a_client_that_does_not_read_is_ended),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
