/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Receivers that hang, each in its way, all at once: an attempt ends by itself, what comes back is
 * bounded, and what is told is right. What confirms is in docs/site.md: a 2xx, whatever follows it.
 */
#include "../testing.h"

#include "alarm/notify/backoff.h"
#include "alarm/notify/receiver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A peer that is bounded is left before it has sent so much; what is in the sockets' buffers counts
 * for it. */
#define SENT_MAX ((size_t) 16 << 20)

struct peer {
    int listener, port;
    pthread_t thread;
    void (*behave)(struct peer *peer, int socket);
    atomic_size_t sent, connections;
    atomic_bool over;
};

/* False when the other end has gone. */
static bool say(struct peer *peer, int socket, const char *text)
{
    const ssize_t sent = send(socket, text, strlen(text), MSG_NOSIGNAL);

    if (sent > 0)
        atomic_fetch_add(&peer->sent, (size_t) sent);
    return sent == (ssize_t) strlen(text) && !atomic_load(&peer->over);
}

static void wait_for_end(struct peer *peer, int socket)
{
    char bytes[4096];

    while (!atomic_load(&peer->over) && recv(socket, bytes, sizeof bytes, 0) > 0)
        ;
}

static void never_answers(struct peer *peer, int socket)
{
    wait_for_end(peer, socket);
}

static void answers_a_byte_at_a_time(struct peer *peer, int socket)
{
    while (say(peer, socket, "H"))
        usleep(200000);
}

static void never_ends_its_head(struct peer *peer, int socket)
{
    (void) say(peer, socket, "HTTP/1.1 200 OK\r\n");
    while (say(peer, socket, "X-A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n"))
        ;
}

static void always_says_continue(struct peer *peer, int socket)
{
    while (say(peer, socket, "HTTP/1.1 103 Early Hints\r\nX-A: b\r\n\r\n"))
        ;
}

static void never_ends_its_body(struct peer *peer, int socket)
{
    (void) say(peer, socket, "HTTP/1.1 200 OK\r\n\r\n");
    while (say(peer, socket, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"))
        ;
}

static void takes_its_time_with_its_body(struct peer *peer, int socket)
{
    (void) say(peer, socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    while (say(peer, socket, "b"))
        usleep(200000);
}

static void fails_without_end(struct peer *peer, int socket)
{
    (void) say(peer, socket, "HTTP/1.1 500 No\r\nRetry-After: 31536000\r\n\r\n");
    while (say(peer, socket, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\n"))
        ;
}

static void asks_for_a_date_that_is_far_off(struct peer *peer, int socket)
{
    (void) say(peer, socket,
               "HTTP/1.1 503 No\r\nRetry-After: Fri, 01 Jan 2100 00:00:00 GMT\r\n"
               "Content-Length: 0\r\n\r\n");
    wait_for_end(peer, socket);
}

/* What is no number is no wish. */
static void asks_for_more_seconds_than_there_are(struct peer *peer, int socket)
{
    (void) say(peer, socket,
               "HTTP/1.1 503 No\r\nRetry-After: 99999999999999999999999999\r\n"
               "Content-Length: 0\r\n\r\n");
    wait_for_end(peer, socket);
}

static void asks_for_a_time_that_is_past(struct peer *peer, int socket)
{
    (void) say(peer, socket,
               "HTTP/1.1 503 No\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
               "Content-Length: 0\r\n\r\n");
    wait_for_end(peer, socket);
}

static int elsewhere; /* a port to which one redirects */

static void sends_elsewhere(struct peer *peer, int socket)
{
    char answer[160];

    (void) snprintf(answer, sizeof answer,
                    "HTTP/1.1 307 There\r\nLocation: http://127.0.0.1:%d/\r\n"
                    "Content-Length: 0\r\n\r\n",
                    elsewhere);
    (void) say(peer, socket, answer);
    wait_for_end(peer, socket);
}

static void speaks_another_protocol(struct peer *peer, int socket)
{
    (void) say(peer, socket, "SSH-2.0-OpenSSH_9.2p1\r\n");
    wait_for_end(peer, socket);
}

static void goes_at_once(struct peer *peer, int socket)
{
    (void) peer;
    (void) socket;
}

static void takes_it(struct peer *peer, int socket)
{
    (void) say(peer, socket, "HTTP/1.1 204 Fine\r\n\r\n");
    wait_for_end(peer, socket);
}

static void greets_and_stops(struct peer *peer, int socket)
{
    (void) say(peer, socket, "220 here\r\n");
    wait_for_end(peer, socket);
}

static void never_ends_its_greeting(struct peer *peer, int socket)
{
    while (say(peer, socket, "220-and another thing, while you are here\r\n"))
        ;
}

static void *serve(void *argument)
{
    struct peer *peer = argument;
    int socket;

    while ((socket = accept(peer->listener, NULL, NULL)) >= 0) {
        atomic_fetch_add(&peer->connections, 1);
        peer->behave(peer, socket);
        close(socket);
    }
    return NULL;
}

static void peer_start(struct peer *peer, void (*behave)(struct peer *peer, int socket))
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;

    memset(peer, 0, sizeof *peer);
    peer->behave = behave;
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(peer->listener, (struct sockaddr *) &address, length), 0);
    assert_int_equal(listen(peer->listener, 8), 0);
    assert_int_equal(getsockname(peer->listener, (struct sockaddr *) &address, &length), 0);
    peer->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&peer->thread, NULL, serve, peer), 0);
}

static void peer_stop(struct peer *peer)
{
    atomic_store(&peer->over, true);
    shutdown(peer->listener, SHUT_RDWR);
    pthread_join(peer->thread, NULL);
    close(peer->listener);
}

/* One receiver, its peer, and what is to become of an attempt. */
struct attempt {
    const char *kind, *scheme;
    void (*behave)(struct peer *peer, int socket);
    davy_status expected;
    int64_t asked_ns;
    struct peer peer;
    davy_status status;
    int64_t again_ns;
    char error[DAVY_ERROR_MAX];
};

static void *try(void *argument)
{
    struct attempt *attempt = argument;
    const char *const recipients[] = {"a@b.example"};
    char address[64];
    const davy_site_receiver receiver = {.name = "r",
                                         .kind = attempt->kind,
                                         .address = address,
                                         .topic = "t",
                                         .sender = "c@d.example",
                                         .recipients = recipients,
                                         .recipient_count = 1};
    atomic_bool interrupted = false;
    const davy_receiver_setup setup = {&receiver, "", "plant", &interrupted};
    const davy_delivery delivery = {
        .id = "1", .body = "{}", .length = 2, .type = "application/json", .line = "line"};
    const davy_receiver_kind *kind = davy_receiver_kind_find(attempt->kind);
    void *state = calloc(1, kind->state_size);

    (void) snprintf(address, sizeof address, "%s://127.0.0.1:%d", attempt->scheme,
                    attempt->peer.port);
    attempt->status = kind->open(state, &setup);
    if (attempt->status == DAVY_OK)
        attempt->status = kind->send(state, &delivery, &attempt->again_ns);
    (void) snprintf(attempt->error, sizeof attempt->error, "%s", davy_error());
    kind->close(state);
    free(state);
    return NULL;
}

#define HOUR_NS DAVY_BACKOFF_ASKED_NS
#define AWAY    DAVY_ERR_UNAVAILABLE

static void an_attempt_ends_whatever_the_receiver_does(void **state)
{
    static struct attempt attempts[] = {
        {.kind = "webhook", .scheme = "http", .behave = never_answers, .expected = AWAY},
        {.kind = "webhook", .scheme = "http", .behave = answers_a_byte_at_a_time, .expected = AWAY},
        {.kind = "webhook", .scheme = "http", .behave = never_ends_its_head, .expected = AWAY},
        {.kind = "webhook", .scheme = "http", .behave = always_says_continue, .expected = AWAY},
        {.kind = "webhook", .scheme = "http", .behave = never_ends_its_body, .expected = DAVY_OK},
        {.kind = "webhook",
         .scheme = "http",
         .behave = takes_its_time_with_its_body,
         .expected = DAVY_OK},
        {.kind = "webhook",
         .scheme = "http",
         .behave = fails_without_end,
         .expected = AWAY,
         .asked_ns = HOUR_NS},
        {.kind = "webhook",
         .scheme = "http",
         .behave = asks_for_a_date_that_is_far_off,
         .expected = AWAY,
         .asked_ns = HOUR_NS},
        {.kind = "webhook",
         .scheme = "http",
         .behave = asks_for_more_seconds_than_there_are,
         .expected = AWAY},
        {.kind = "webhook",
         .scheme = "http",
         .behave = asks_for_a_time_that_is_past,
         .expected = AWAY},
        {.kind = "webhook", .scheme = "http", .behave = sends_elsewhere, .expected = AWAY},
        {.kind = "webhook", .scheme = "http", .behave = speaks_another_protocol, .expected = AWAY},
        {.kind = "webhook", .scheme = "http", .behave = goes_at_once, .expected = AWAY},
        {.kind = "webhook", .scheme = "https", .behave = takes_it, .expected = AWAY},
        {.kind = "webhook", .scheme = "https", .behave = never_answers, .expected = AWAY},
        {.kind = "smtp", .scheme = "smtp", .behave = never_answers, .expected = AWAY},
        {.kind = "smtp", .scheme = "smtp", .behave = greets_and_stops, .expected = AWAY},
        {.kind = "smtp", .scheme = "smtp", .behave = never_ends_its_greeting, .expected = AWAY},
        {.kind = "smtp", .scheme = "smtp", .behave = speaks_another_protocol, .expected = AWAY},
        {.kind = "smtp", .scheme = "smtps", .behave = never_answers, .expected = AWAY},
        {.kind = "mqtt", .scheme = "mqtt", .behave = never_answers, .expected = DAVY_ERR_TIMEOUT},
        {.kind = "mqtt", .scheme = "mqtt", .behave = goes_at_once, .expected = AWAY},
        {.kind = "mqtt", .scheme = "mqtt", .behave = never_ends_its_greeting, .expected = AWAY},
    };
    pthread_t threads[DAVY_ARRAY_LENGTH(attempts)];
    struct peer other;

    (void) state;
    peer_start(&other, takes_it);
    elsewhere = other.port;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(attempts); i++) {
        peer_start(&attempts[i].peer, attempts[i].behave);
        assert_int_equal(pthread_create(&threads[i], NULL, try, &attempts[i]), 0);
    }
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(attempts); i++) {
        pthread_join(threads[i], NULL);
        peer_stop(&attempts[i].peer);
    }
    peer_stop(&other);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(attempts); i++) {
        const struct attempt *one = &attempts[i];

        if (one->status != one->expected || one->again_ns != one->asked_ns ||
            one->peer.sent > SENT_MAX)
            fail_msg("%zu: %s ended with %d (%s), asks for %lld s, was sent %zu bytes", i,
                     one->scheme, one->status, one->error,
                     (long long) (one->again_ns / DAVY_NS_PER_S), one->peer.sent);
    }
    assert_int_equal(other.connections, 0); /* no redirect is followed */
}

/* What stands in the environment of a service takes no message and no secret elsewhere. */
static void no_proxy_is_taken_from_the_environment(void **state)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"};
    struct attempt attempt = {.kind = "webhook", .scheme = "http"};
    struct peer proxy;
    char address[64];

    (void) state;
    peer_start(&proxy, takes_it);
    peer_start(&attempt.peer, takes_it);
    (void) snprintf(address, sizeof address, "http://127.0.0.1:%d", proxy.port);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        assert_int_equal(setenv(names[i], address, 1), 0);
    (void) try(&attempt);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        assert_int_equal(unsetenv(names[i]), 0);
    peer_stop(&attempt.peer);
    peer_stop(&proxy);
    assert_int_equal(attempt.status, DAVY_OK);
    assert_int_equal(attempt.peer.connections, 1);
    assert_int_equal(proxy.connections, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_attempt_ends_whatever_the_receiver_does),
        cmocka_unit_test(no_proxy_is_taken_from_the_environment),
    };

    (void) signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
