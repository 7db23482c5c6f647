/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/grpc/http2.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/sample.h"
#include "serve/grpc/http2_private.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 64
#define TICK_MS    250
#define READ_BYTES ((size_t) 64 * 1024)
/* Reads of one connection before the others have their turn. */
#define READS_MAX 16

static int64_t now_ns(void)
{
    return davy_monotonic_ns(davy_clock_system());
}

/* -- Connections ----------------------------------------------------------------------------------
 */

static void close_connection(davy_http2_connection *connection)
{
    davy_http2 *server = connection->server;
    davy_http2_connection **link = &server->connections;

    while (*link != connection)
        link = &(*link)->next;
    *link = connection->next;
    server->connection_count--;
    while (connection->requests)
        davy_http2_drop(connection->requests);
    nghttp2_session_del(connection->session);
    davy_transport_close(&connection->transport);
    (void) epoll_ctl(server->epoll, EPOLL_CTL_DEL, connection->transport.socket, NULL);
    close(connection->transport.socket);
    free(connection);
}

/* Whether epoll is to tell when the socket takes more. */
static void watch_write(davy_http2_connection *connection, bool wanted)
{
    struct epoll_event event = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0),
                                .data = {.ptr = connection}};

    if (connection->is_watching_write == wanted)
        return;
    connection->is_watching_write = wanted;
    (void) epoll_ctl(connection->server->epoll, EPOLL_CTL_MOD, connection->transport.socket,
                     &event);
}

/* Send what the session has until the socket takes no more. @return false: to be closed */
static bool flush(davy_http2_connection *connection)
{
    if (!connection->transport.is_ready)
        return true;
    for (;;) {
        ssize_t sent;

        if (connection->unsent_length == 0) {
            sent = nghttp2_session_mem_send(connection->session, &connection->unsent);
            if (sent < 0)
                return false;
            if (sent == 0)
                break;
            connection->unsent_length = (size_t) sent;
        }
        sent = davy_transport_send(&connection->transport, connection->unsent,
                                   connection->unsent_length);
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (sent <= 0) {
            watch_write(connection, true);
            return true;
        }
        connection->taken_ns = now_ns();
        connection->unsent += sent;
        connection->unsent_length -= (size_t) sent;
    }
    connection->taken_ns = now_ns();
    watch_write(connection, false);
    return nghttp2_session_want_read(connection->session) ||
           nghttp2_session_want_write(connection->session);
}

static bool receive(davy_http2_connection *connection)
{
    uint8_t bytes[READ_BYTES];

    for (size_t i = 0; i < READS_MAX || davy_transport_has_more(&connection->transport); i++) {
        const ssize_t length = davy_transport_receive(&connection->transport, bytes, sizeof bytes);

        if (length < 0)
            return errno == EAGAIN || errno == EINTR;
        if (length == 0 || !davy_http2_receive(connection, bytes, (size_t) length))
            return false;
        connection->heard_ns = now_ns();
    }
    return true;
}

static void serve_connection(davy_http2_connection *connection, uint32_t events)
{
    bool lives = !(events & EPOLLERR);

    if (lives && (events & (EPOLLIN | EPOLLHUP)))
        lives = receive(connection);
    if (!flush(connection) || !lives)
        close_connection(connection);
}

static davy_http2_connection *open_connection(davy_http2 *server, int socket)
{
    davy_http2_connection *connection = calloc(1, sizeof *connection);
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = connection}};

    if (!connection)
        return NULL;
    connection->server = server;
    connection->heard_ns = connection->taken_ns = now_ns();
    if (davy_transport_open(&connection->transport, socket, server->credentials) == DAVY_OK &&
        davy_http2_session_create(connection) == DAVY_OK &&
        epoll_ctl(server->epoll, EPOLL_CTL_ADD, socket, &event) == 0)
        return connection;
    nghttp2_session_del(connection->session);
    davy_transport_close(&connection->transport);
    free(connection);
    return NULL;
}

static void accept_one(davy_http2 *server, int socket, const struct sockaddr_storage *peer,
                       socklen_t length)
{
    const int on = 1;
    davy_http2_connection *connection = NULL;

    (void) setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (server->connection_count < DAVY_HTTP2_CONNECTIONS_MAX)
        connection = open_connection(server, socket);
    if (!connection) {
        close(socket);
        return;
    }
    (void) getnameinfo((const struct sockaddr *) peer, length, connection->address,
                       sizeof connection->address, NULL, 0, NI_NUMERICHOST);
    connection->next = server->connections;
    server->connections = connection;
    server->connection_count++;
    if (!flush(connection))
        close_connection(connection);
}

static void accept_all(davy_http2 *server)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    int socket;

    while ((socket = accept4(server->listener, (struct sockaddr *) &peer, &length,
                             SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        accept_one(server, socket, &peer, length);
        length = sizeof peer;
    }
}

/* -- Answers and deadlines ------------------------------------------------------------------------
 */

static void send_answer(davy_http2_request *request)
{
    davy_http2_connection *connection = request->connection;

    request->is_working = false;
    if (!connection) {
        davy_http2_request_destroy(request);
        return;
    }
    if (!davy_http2_submit(request))
        davy_http2_reset(request);
    if (!flush(connection))
        close_connection(connection);
}

static void send_answers(davy_http2 *server)
{
    uint64_t count;
    davy_job *job;

    (void) !read(server->wake, &count, sizeof count);
    pthread_mutex_lock(&server->guard);
    job = server->done;
    server->done = NULL;
    pthread_mutex_unlock(&server->guard);
    while (job) {
        davy_job *next = job->next;

        send_answer((davy_http2_request *) job);
        job = next;
    }
}

/* A request that is not whole in its time is ended; the connection's other requests go on. */
static void end_late_requests(davy_http2_connection *connection, int64_t now)
{
    for (davy_http2_request *at = connection->requests; at; at = at->next) {
        const int64_t bytes_ms =
            (int64_t) (at->body.length * 1000 / DAVY_HTTP2_RATE_MIN_BYTES_PER_S);

        if (at->status == 0 && !at->is_working &&
            now - at->begun_ns > (DAVY_HTTP2_REQUEST_MS + bytes_ms) * DAVY_NS_PER_MS)
            davy_http2_reset(at);
    }
}

/* A new connection that asks nothing, and one that takes nothing of what it asked for. An idle one
 * of a client that has asked before may stay: channels of gRPC live for days. */
static bool is_stalled(const davy_http2_connection *connection, int64_t now)
{
    const int64_t stall = DAVY_HTTP2_STALL_MS * DAVY_NS_PER_MS;

    return (!connection->has_asked && now - connection->heard_ns > stall) ||
           (connection->is_watching_write && now - connection->taken_ns > stall);
}

static void tick(davy_http2 *server)
{
    const int64_t now = now_ns();
    davy_http2_connection *next;

    for (davy_http2_connection *at = server->connections; at; at = next) {
        next = at->next;
        end_late_requests(at, now);
        if (is_stalled(at, now) || !flush(at))
            close_connection(at);
    }
}

/* -- The loop -------------------------------------------------------------------------------------
 */

/* Connections first: what the other two do may close any of them. */
static void serve_events(davy_http2 *server, const struct epoll_event *events, int count)
{
    bool is_called = false, is_awake = false;

    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr == &server->listener)
            is_called = true;
        else if (events[i].data.ptr == &server->wake)
            is_awake = true;
        else
            serve_connection(events[i].data.ptr, events[i].events);
    }
    if (is_awake)
        send_answers(server);
    if (is_called)
        accept_all(server);
}

static void *run(void *context)
{
    davy_http2 *server = context;
    int64_t ticked_ns = now_ns();

    while (!atomic_load(&server->is_stopping)) {
        struct epoll_event events[EVENTS_MAX];
        const int count = epoll_wait(server->epoll, events, EVENTS_MAX, TICK_MS);

        serve_events(server, events, count);
        if (now_ns() - ticked_ns < TICK_MS * DAVY_NS_PER_MS)
            continue;
        ticked_ns = now_ns();
        tick(server);
    }
    return NULL;
}

static bool watch(davy_http2 *server, int *descriptor)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.ptr = descriptor}};

    return epoll_ctl(server->epoll, EPOLL_CTL_ADD, *descriptor, &event) == 0;
}

static davy_status start_loop(davy_http2 *server)
{
    int error;

    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    server->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (server->epoll < 0 || server->wake < 0 || !watch(server, &server->listener) ||
        !watch(server, &server->wake))
        return davy_fail(DAVY_ERR_IO, "cannot watch the connections of HTTP/2");
    error = pthread_create(&server->thread, NULL, run, server);
    if (error != 0)
        return davy_fail(DAVY_ERR_NOMEM, "the thread of HTTP/2: %s", strerror(error));
    server->has_thread = true;
    return DAVY_OK;
}

davy_status davy_http2_start(const davy_http2_options *options, davy_http2 **out)
{
    davy_http2 *server = calloc(1, sizeof *server);
    davy_status status;

    if (!server)
        return davy_fail(DAVY_ERR_NOMEM, "the server of HTTP/2");
    server->options = *options;
    server->listener = server->epoll = server->wake = -1;
    pthread_mutex_init(&server->guard, NULL);
    status = options->tls ? davy_transport_credentials(&server->credentials) : DAVY_OK;
    if (status == DAVY_OK)
        status = davy_listener_open(options->listen, &server->listener, server->address);
    if (status == DAVY_OK)
        status = davy_listener_check_reach(server->listener, server->address,
                                           options->tls || options->insecure);
    if (status == DAVY_OK)
        status = start_loop(server);
    if (status == DAVY_OK)
        *out = server;
    else
        davy_http2_stop(server);
    return status;
}

static void close_all(davy_http2 *server)
{
    for (davy_job *job = server->done, *next; job; job = next) {
        davy_http2_request *request = (davy_http2_request *) job;

        next = job->next;
        request->is_working = false;
        if (!request->connection)
            davy_http2_request_destroy(request);
    }
    while (server->connections)
        close_connection(server->connections);
}

void davy_http2_stop(davy_http2 *server)
{
    const uint64_t one = 1;
    int descriptors[3];

    if (!server)
        return;
    atomic_store(&server->is_stopping, true);
    if (server->wake >= 0)
        (void) !write(server->wake, &one, sizeof one);
    if (server->has_thread)
        pthread_join(server->thread, NULL);
    close_all(server);
    descriptors[0] = server->listener;
    descriptors[1] = server->epoll;
    descriptors[2] = server->wake;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(descriptors); i++)
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    if (server->credentials)
        gnutls_certificate_free_credentials(server->credentials);
    pthread_mutex_destroy(&server->guard);
    free(server);
}

const char *davy_http2_address(const davy_http2 *server)
{
    return server->address;
}
