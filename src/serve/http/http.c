/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/http/http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "core/log.h"
#include "serve/access/form_key.h"
#include "serve/handlers.h"
#include "serve/http/receive.h"
#include "serve/http/stream.h"
#include "serve/limits.h"
#include "serve/oip/ask.h"

/* Bodies grow by doubling from here; what they may grow to is taken from a budget of all. */
#define BODY_FIRST ((size_t) 16 * 1024)

/* Who stops the server waits for the last one; nobody else is woken for a request. */
static void active_add(davy_server *server, int change)
{
    pthread_mutex_lock(&server->guard);
    server->active += (size_t) change;
    if (server->stopping && server->active == 0)
        pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->guard);
}

/* The request line has been read: the exchange begins. */
static void *begin_exchange(void *context, const char *target, struct MHD_Connection *connection)
{
    davy_server *server = context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    davy_exchange *exchange = calloc(1, sizeof *exchange);

    if (!exchange)
        return NULL;
    exchange->raw_target = strdup(target);
    if (!exchange->raw_target) {
        free(exchange);
        return NULL;
    }
    exchange->target_at = target;
    exchange->server = server;
    exchange->connection = connection;
    exchange->job.connection = connection;
    exchange->job.run = davy_exchange_work;
    exchange->watched = info ? info->socket_context : NULL;
    exchange->started_ns = davy_monotonic_ns(davy_clock_system());
    exchange->call.system = &server->system;
    exchange->call.server = server;
    exchange->call.wanted = (davy_wanted){davy_watched_is_there, exchange->watched};
    davy_watch_phase(server->watch, exchange->watched, DAVY_PHASE_HEADERS); /* the rest is over */
    exchange->call.budget = (davy_budget){&server->body_bytes, DAVY_HTTP_BODIES_MAX, 0};
    davy_trace_begin(&exchange->call.trace, server->tracer, exchange->started_ns);
    active_add(server, 1);
    return exchange;
}

static void forget_body(davy_exchange *exchange)
{
    davy_buffer_clear(&exchange->call.body);
    davy_budget_release(&exchange->call.budget);
    exchange->reserved = 0;
}

/* What the exchange has to tell of itself, before it goes. */
static void end_trace(const davy_exchange *exchange, davy_trace *trace)
{
    const davy_call *call = &exchange->call;

    if (!trace->tracer)
        return;
    trace->route = call->route ? call->route->path : NULL;
    trace->scheme = exchange->server->tls ? "https" : "http";
    trace->code = call->answer.code;
    (void) snprintf(trace->method, sizeof trace->method, "%s", exchange->method);
    (void) snprintf(trace->path, sizeof trace->path, "%.*s",
                    (int) strcspn(exchange->raw_target, "?"), exchange->raw_target);
    (void) snprintf(trace->address, sizeof trace->address, "%s", call->address);
    davy_trace_end(trace);
}

static void end_exchange(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    davy_server *server = context;
    davy_exchange *exchange = *state;

    (void) connection;
    (void) why;
    if (!exchange)
        return;
    *state = NULL;
    /* who showed a key may rest longer than who has not */
    davy_watch_phase(server->watch, exchange->watched,
                     exchange->call.role != DAVY_ROLE_NONE ? DAVY_PHASE_REST : DAVY_PHASE_HEADERS);
    end_trace(exchange, &exchange->call.trace);
    forget_body(exchange);
    davy_form_key_drop(exchange);
    davy_receive_drop(exchange);
    davy_stream_destroy(exchange->stream);
    davy_reply_clear(&exchange->call.answer);
    active_add(server, -1);
    free(exchange->raw_target);
    free(exchange);
}

static void watch_connection(void *context, struct MHD_Connection *connection,
                             void **socket_context, enum MHD_ConnectionNotificationCode code)
{
    davy_server *server = context;
    const union MHD_ConnectionInfo *info;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *socket_context = info ? davy_watch_enter(server->watch, info->connect_fd) : NULL;
    } else {
        davy_watch_leave(server->watch, *socket_context);
        *socket_context = NULL;
    }
}

/* Answer now, with the body unread: the connection cannot go on after that. */
static enum MHD_Result answer_early(davy_exchange *exchange)
{
    exchange->close = exchange->close || exchange->has_body;
    return davy_exchange_answer(exchange);
}

/* A refused body that is short is read to its end, so that its sender sees the answer instead of a
 * reset connection. One that waits for "100 Continue" has not been sent. */
static bool can_discard(const davy_exchange *exchange)
{
    return exchange->has_body && !exchange->close && !exchange->expects && !exchange->chunked &&
           exchange->declared_length <= DAVY_HTTP_DISCARD_MAX;
}

static enum MHD_Result after_headers(davy_exchange *exchange, const char *method)
{
    (void) snprintf(exchange->method, sizeof exchange->method, "%s", method);
    davy_watch_phase(exchange->server->watch, exchange->watched, DAVY_PHASE_BODY);
    davy_exchange_admit(exchange);
    if (exchange->call.answer.code == 0) {
        exchange->stage = DAVY_STAGE_BODY;
        return MHD_YES;
    }
    if (can_discard(exchange)) {
        exchange->stage = DAVY_STAGE_DISCARD;
        return MHD_YES;
    }
    return answer_early(exchange);
}

/* From now on the body is refused with this code. */
static void refuse_body(davy_exchange *exchange, unsigned code, const char *detail)
{
    forget_body(exchange);
    davy_reply_problem(&exchange->call, code, detail);
    if (code == 503)
        exchange->call.answer.retry_after_s = 5;
    exchange->stage = DAVY_STAGE_DISCARD;
}

/* Room for more bytes of the body, from the budget of all bodies. */
static bool reserve_body(davy_exchange *exchange, size_t more)
{
    davy_buffer *body = &exchange->call.body;
    size_t wanted = exchange->reserved ? exchange->reserved : BODY_FIRST;

    while (wanted < body->length + more + 1)
        wanted *= 2;
    if (!davy_budget_take(&exchange->call.budget, wanted - exchange->reserved))
        return false;
    exchange->reserved = wanted;
    return true;
}

/* Who asks may be told by the form itself: a body that is refused for that is read no further than
 * its sender needs to see why. */
static void look_for_key(davy_exchange *exchange, bool whole)
{
    if (davy_form_key_take(exchange, whole))
        davy_exchange_permit(exchange);
    if (exchange->call.answer.code == 0)
        return;
    forget_body(exchange);
    exchange->close = true;
    exchange->stage = DAVY_STAGE_DISCARD;
}

static enum MHD_Result take_body(davy_exchange *exchange, const char *bytes, size_t length)
{
    davy_buffer *body = &exchange->call.body;
    size_t most;

    exchange->received += length;
    davy_watch_bytes(exchange->watched, exchange->received);
    if (exchange->stage == DAVY_STAGE_DISCARD)
        return exchange->received <= (exchange->call.role == DAVY_ROLE_NONE
                                          ? DAVY_HTTP_DISCARD_MAX
                                          : DAVY_HTTP_DISCARD_CHUNKED_MAX)
                   ? MHD_YES
                   : MHD_NO;
    most = davy_route_body_max(exchange->call.route, exchange->server->body_max);
    if (exchange->received > most) {
        char detail[DAVY_TOO_LONG_MAX];

        refuse_body(exchange, 413, davy_exchange_too_long(exchange, most, detail));
    } else if (!reserve_body(exchange, length)) {
        refuse_body(exchange, 503, "too many bodies are being received");
    } else {
        davy_buffer_append(body, bytes, length);
        if (body->failed)
            refuse_body(exchange, 503, "there is no memory for the body");
        else if (!davy_receive_piece(exchange))
            refuse_body(exchange, 503, "too many requests wait already");
        else if (exchange->awaits_key)
            look_for_key(exchange, false);
    }
    return MHD_YES;
}

/* A question to a model that takes less than handing it over, small enough to be read as fast and
 * with an answer that nobody has to pack: the loop asks itself. */
static bool answer_at_once(davy_exchange *exchange)
{
    davy_call *call = &exchange->call;

    if (call->route->handle != davy_handle_infer || call->body.length > DAVY_HTTP_AT_ONCE_MAX ||
        call->content_encoding[0] || call->accept_encoding[0] || !davy_oip_is_quick(call))
        return false;
    call->at_once = true;
    davy_exchange_work(&exchange->job);
    call->at_once = false;
    if (!call->would_wait)
        return true;
    call->would_wait = false;
    return false;
}

static enum MHD_Result whole_request(davy_exchange *exchange)
{
    davy_server *server = exchange->server;
    davy_call *call = &exchange->call;
    davy_lane lane = call->route->lane;

    if (lane == DAVY_LANE_NONE) {
        davy_exchange_work(&exchange->job);
        return davy_exchange_answer(exchange);
    }
    if (answer_at_once(exchange)) {
        forget_body(exchange);
        return davy_exchange_answer(exchange);
    }
    exchange->stage = DAVY_STAGE_WORK;
    davy_watch_phase(server->watch, exchange->watched, DAVY_PHASE_WORK);
    if (davy_workers_submit(server->lanes[lane], &exchange->job, true))
        return MHD_YES;
    davy_reply_problem(call, lane == DAVY_LANE_INFER ? 429 : 503, "too many requests wait already");
    call->answer.retry_after_s = 1;
    return davy_exchange_answer(exchange);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *bytes,
                              size_t *length, void **state)
{
    davy_exchange *exchange = *state;
    enum MHD_Result result;

    (void) context;
    (void) connection;
    (void) url;
    if (!exchange)
        return MHD_NO; /* no memory when it began */
    if (exchange->stage == DAVY_STAGE_HEADERS) {
        exchange->version_at = version;
        return after_headers(exchange, method);
    }
    if (atomic_load(&exchange->writing))
        return MHD_YES; /* the bytes stay where they are until the piece is written */
    if (*length > 0) {
        result = take_body(exchange, bytes, *length);
        *length = 0;
        return result;
    }
    if (exchange->awaits_key && exchange->stage == DAVY_STAGE_BODY)
        look_for_key(exchange, true);
    switch (exchange->stage) {
    case DAVY_STAGE_BODY:
        return whole_request(exchange);
    case DAVY_STAGE_DISCARD:
    case DAVY_STAGE_WORK: /* a worker is done with it */
        forget_body(exchange);
        return davy_exchange_answer(exchange);
    default:
        return MHD_YES;
    }
}

/* The path is decoded once, in target.c; MHD leaves it alone. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void) context;
    (void) connection;
    return strlen(text);
}

static void __attribute__((format(printf, 2, 0)))
log_line(void *context, const char *format, va_list arguments)
{
    char line[256];

    (void) context;
    (void) vsnprintf(line, sizeof line, format, arguments);
    line[strcspn(line, "\r\n")] = '\0';
    davy_log(DAVY_LOG_DEBUG, "serve", "%s", line);
}

/* A server that stops takes nobody new. MHD_quiesce_daemon() is not for this: in 0.9.75 it races
 * with the threads that poll the socket, and whoever loses aborts the process ("Failed to remove
 * listen FD from epoll set"). */
static enum MHD_Result admit(void *context, const struct sockaddr *address, socklen_t length)
{
    const davy_server *server = context;

    (void) address;
    (void) length;
    return atomic_load(&server->closed) ? MHD_NO : MHD_YES;
}

/* Half of the files that the process may open; the store and the sources need some too. Most
 * systems let a process have a thousand until it asks for more (systemd.exec(5), LimitNOFILE). */
static unsigned connections_max(void)
{
    const rlim_t wanted = (rlim_t) 2 * DAVY_HTTP_CONNECTIONS_MAX;
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return DAVY_HTTP_CONNECTIONS_MAX;
    if (files.rlim_cur < wanted) {
        const struct rlimit more = {files.rlim_max < wanted ? files.rlim_max : wanted,
                                    files.rlim_max};

        if (setrlimit(RLIMIT_NOFILE, &more) == 0)
            files = more;
    }
    return files.rlim_cur < wanted ? (unsigned) (files.rlim_cur / 2) : DAVY_HTTP_CONNECTIONS_MAX;
}

davy_status davy_http_start(davy_server *server)
{
    static char priorities[] = DAVY_TLS_PRIORITIES;
    struct MHD_OptionItem secure[] = {
        {MHD_OPTION_HTTPS_PRIORITIES, 0, priorities},
        {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};

    /* an option's value is an object pointer, and C knows no way from a function's but its bytes */
    memcpy(&secure[1].ptr_value, &(gnutls_certificate_retrieve_function2 *){davy_tls_choose},
           sizeof secure[1].ptr_value);
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
            (server->tls ? MHD_USE_TLS : MHD_NO_FLAG),
        0, admit, server, handle, server, MHD_OPTION_EXTERNAL_LOGGER, log_line, NULL,
        MHD_OPTION_ARRAY, server->tls ? secure : plain, MHD_OPTION_LISTEN_SOCKET, server->socket,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned) DAVY_HTTP_LOOPS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        DAVY_HTTP_CONNECTION_MEMORY, MHD_OPTION_CONNECTION_LIMIT, connections_max(),
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned) DAVY_HTTP_CONNECTIONS_PER_ADDRESS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned) DAVY_HTTP_IDLE_S, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL, MHD_OPTION_URI_LOG_CALLBACK,
        begin_exchange, server, MHD_OPTION_NOTIFY_COMPLETED, end_exchange, server,
        MHD_OPTION_NOTIFY_CONNECTION, watch_connection, server, MHD_OPTION_END);
    if (!server->daemon)
        return davy_fail(DAVY_ERR_IO, "cannot start the HTTP server on %s", server->address);
    return DAVY_OK;
}
