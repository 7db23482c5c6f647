/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/**
 * @file
 * Requests that two readers could take apart in two ways (RFC 9112
 * sections 2.2, 5.1, 5.2, 6.1, 6.3, 7.1 and 11.2; the forms are those that proxies have been
 * deceived with). Each is followed by a request that one of the two readers would take for the
 * next: it must not be answered, and the connection must be closed.
 */

static int start(void **state)
{
    static const davy_watch_limits limits = {.header_ms = 400, .body_ms = 400, .answer_ms = 3000};

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

/* What the server says until it closes; read_raw() fails the test when it does not close. */
static char *talk(const char *bytes, size_t length)
{
    int client = connect_raw("127.0.7.1");
    char *answer;

    (void) !write(client, bytes, length);
    answer = read_raw(client, NULL);
    close(client);
    return answer;
}

static size_t count(const char *text, const char *word)
{
    size_t found = 0;

    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        found++;
    return found;
}

/* Refused means 4xx or 5xx or nothing at all, and closed; the second request has no answer. Where
 * MHD refuses by itself, its version of Debian 12 writes the head of its one answer twice. */
static void assert_refused(const char *what, const char *answer)
{
    bool twice = strstr(answer, "<html>") && count(answer, "HTTP/1.1 4") == 2;

    if (strstr(answer, "\"ok\"") || (count(answer, "HTTP/1.") > 1 && !twice) ||
        (answer[0] && strncmp(answer, "HTTP/1.1 4", 10) != 0 &&
         strncmp(answer, "HTTP/1.1 5", 10) != 0 && strncmp(answer, "HTTP/1.0 4", 10) != 0))
        fail_msg("%s: %s", what, answer);
}

#define SECOND "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"

typedef struct form {
    const char *bytes;
    size_t length;
} form;
#define FORM(text)             \
    {                          \
        text, sizeof(text) - 1 \
    }

static void frames_with_two_readings_are_refused_and_closed(void **state)
{
    static const form headers[] = {
        FORM("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        FORM("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        FORM("Content-Length: 5\r\nContent-Length: 6\r\n"),
        FORM("Content-Length: 5\r\ncontent-length: 5\r\n"),
        FORM("Content-Length: 5, 5\r\n"),
        FORM("Content-Length: 5;\r\n"),
        FORM("Content-Length: 5 5\r\n"),
        FORM("Content-Length: 0005 0\r\n"),
        FORM("Content-Length: 5e0\r\n"),
        FORM("Content-Length: 0b101\r\n"),
        FORM("Content-Length: 1_0\r\n"),
        FORM("Content-Length: 18446744073709551621\r\n"),
        FORM("Content-Length: \x0b"
             "5\r\n"),
        FORM("Content-Length: 5\x00\r\nX: y\r\n"),
        FORM("Content-Length : 5\r\nTransfer-Encoding: chunked\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding : chunked\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding:\r\n chunked\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding\r\n : chunked\r\n"),
        FORM("Content-Length: 5\r\n Transfer-Encoding: chunked\r\n"),
        FORM("Content-Length: 5\r\n\tTransfer-Encoding: chunked\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding: \x0b"
             "chunked\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding: chunked\x00\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding: \"chunked\"\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding: chunked;q=1\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding: identity\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding: chunked, chunked\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding: chunked, identity\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"),
        FORM("Content-Length: 5\r\nTransfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n"),
        FORM("Content-Length: 5\r\nX: a\nTransfer-Encoding: chunked\r\n"),
        FORM("Content-Length: 5\nTransfer-Encoding: chunked\r\n"),
        FORM("X: a\rContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        FORM("Transfer-Encoding: identity\r\n"),
        FORM("Transfer-Encoding: \r\n"),
        FORM("Transfer-Encoding: chunked, gzip\r\n"),
        FORM("Transfer-Encoding: \x0c"
             "chunked\r\n"),
    };
    static const char *const lines[] = {"POST /api/v2/write HTTP/1.1", "GET /health/live HTTP/1.1",
                                        "DELETE /api/v1/keys/x HTTP/1.1"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(headers); i++)
        for (size_t j = 0; j < DAVY_ARRAY_LENGTH(lines); j++) {
            char bytes[1024];
            size_t length = (size_t) snprintf(bytes, sizeof bytes,
                                              "%s\r\nHost: x\r\nAuthorization: Bearer %s\r\n",
                                              lines[j], plant_key(DAVY_ROLE_OPERATOR));
            char *answer;

            memcpy(bytes + length, headers[i].bytes, headers[i].length);
            length += headers[i].length;
            length +=
                (size_t) snprintf(bytes + length, sizeof bytes - length, "\r\n0\r\n\r\n" SECOND);
            answer = talk(bytes, length);
            assert_refused(headers[i].bytes, answer);
            free(answer);
        }
}

static void broken_chunks_are_refused_and_closed(void **state)
{
    static const form bodies[] = {
        FORM("0x4\r\nP=1 \r\n0\r\n\r\n"),
        FORM("+4\r\nP=1 \r\n0\r\n\r\n"),
        FORM("-1\r\n0\r\n\r\n"),
        FORM(" 4\r\nP=1 \r\n0\r\n\r\n"),
        FORM("4_0\r\nP=1 \r\n0\r\n\r\n"),
        FORM("FFFFFFFFFFFFFFFFF\r\nP=1 \r\n0\r\n\r\n"),
        FORM("10000000000000004\r\nP=1 \r\n0\r\n\r\n"),
        FORM("4\r\nP=1 X0\r\n\r\n"),
        FORM("4\r\nP=1 XX0\r\n\r\n"),
        FORM("\r\n4\r\nP=1 \r\n0\r\n\r\n"),
        FORM("g\r\n0\r\n\r\n"),
        FORM("\x00\r\n0\r\n\r\n"),
        FORM("4\x00\r\nP=1 \r\n0\r\n\r\n"),
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(bodies); i++) {
        char bytes[1024];
        size_t length = (size_t) snprintf(bytes, sizeof bytes,
                                          "POST /api/v2/write HTTP/1.1\r\nHost: x\r\n"
                                          "Authorization: Bearer %s\r\n"
                                          "Transfer-Encoding: chunked\r\n\r\n",
                                          plant_key(DAVY_ROLE_OPERATOR));
        char *answer;

        memcpy(bytes + length, bodies[i].bytes, bodies[i].length);
        length += bodies[i].length;
        length += (size_t) snprintf(bytes + length, sizeof bytes - length, SECOND);
        answer = talk(bytes, length);
        assert_refused(bodies[i].bytes, answer);
        free(answer);
    }
}

/* RFC 9112 section 7.1: a line of a chunk ends with CRLF. libmicrohttpd takes a bare LF, also where
 * a reader in front sees an extension that goes on (TERM.EXT), and tells nobody: so nothing that
 * comes behind any body in chunks is read as a request, and the connection is closed. */
static void nothing_behind_a_body_in_chunks_is_read(void **state)
{
    static const char *const bodies[] = {
        "2;\nP \r\n0\r\n\r\n",          "2\nP \n0\n\n",         "2\r\nP \n0\r\n\r\n",
        "2;a=\"\nb\"\r\n0\r\n\r\n",     "2\r\nP \r\n0;\n\r\n",  "2\r\nP \r\n0\r\nX: y\n\n",
        "2\r\nP \r\n0\r\nX: y\r\n\r\n", "2\r\nP \r\n0\r\n\r\n", "0\r\n\r\n",
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(bodies); i++) {
        char bytes[1024];
        char *answer;

        (void) snprintf(bytes, sizeof bytes,
                        "POST /api/v2/write HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n%s" SECOND,
                        plant_key(DAVY_ROLE_OPERATOR), bodies[i]);
        answer = talk(bytes, strlen(bytes));
        if (count(answer, "\"ok\"") > 0 || count(answer, "HTTP/1.1 200") > 0)
            fail_msg("%s: %s", bodies[i], answer);
        free(answer);
    }
}

/* RFC 9112 section 6.1: chunks in a request of HTTP/1.0 are a faulty frame. Section 3.2: one Host.
 */
static void requests_with_two_meanings_are_refused_and_closed(void **state)
{
    static const form requests[] = {
        FORM("POST /api/v2/write HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
             "0\r\n\r\n" SECOND),
        FORM("GET /health/live HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n" SECOND),
        FORM("GET /health/live HTTP/1.1\r\nHost : x\r\n\r\n" SECOND),
        FORM("GET /health/live HTTP/1.1\r\n Host: x\r\n\r\n" SECOND),
        FORM("GET /health/live HTTP/1.1\r\nHost: x\r\nX\x00Y: a\r\n\r\n" SECOND),
        FORM("GET /health/live\x00 HTTP/1.1\r\nHost: x\r\n\r\n" SECOND),
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(requests); i++) {
        char *answer = talk(requests[i].bytes, requests[i].length);

        assert_refused(requests[i].bytes, answer);
        free(answer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_with_two_readings_are_refused_and_closed),
        cmocka_unit_test(broken_chunks_are_refused_and_closed),
        cmocka_unit_test(nothing_behind_a_body_in_chunks_is_read),
        cmocka_unit_test(requests_with_two_meanings_are_refused_and_closed),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
