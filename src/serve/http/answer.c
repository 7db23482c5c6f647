/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/api/console.h"
#include "serve/exchange.h"
#include "serve/http/stream.h"
#include "serve/limits.h"

/* What a page of the console may do: load from and ask this server only. Nothing inline runs. */
#define CONSOLE_POLICY                                            \
    "default-src 'none'; script-src 'self'; style-src 'self'; "   \
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; " \
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#define API_POLICY "default-src 'none'; frame-ancestors 'none'"

static ssize_t send_events(void *context, uint64_t position, char *bytes, size_t capacity)
{
    ssize_t length = davy_events_read(context, bytes, capacity);

    (void) position;
    return length < 0 ? MHD_CONTENT_READER_END_OF_STREAM : length;
}

static void leave_events(void *context)
{
    davy_events_leave(context);
}

/* Events are small and must go out when they come: the block is small too. */
static struct MHD_Response *events_response(davy_exchange *exchange)
{
    davy_event_stream *stream = NULL;
    struct MHD_Response *response;
    davy_status status =
        davy_events_join(exchange->server->events, exchange->connection, exchange->call.by,
                         exchange->call.session, exchange->call.ends_ns, &stream);

    if (status != DAVY_OK) {
        davy_reply_status(&exchange->call, status);
        return NULL;
    }
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, DAVY_HTTP_EVENT_BLOCK,
                                                 send_events, stream, leave_events);
    if (!response)
        davy_events_leave(stream);
    exchange->streaming = response != NULL;
    return response;
}

static struct MHD_Response *asset_response(const davy_reply *answer)
{
    const davy_asset *asset = answer->asset;
    const unsigned char *bytes = answer->asset_gzip ? asset->gzip : asset->bytes;
    size_t length = answer->asset_gzip ? asset->gzip_length : asset->length;

    if (answer->code == 304)
        length = 0;
    /* MHD reads persistent memory only */
    return MHD_create_response_from_buffer(length, (void *) bytes, MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *body_response(davy_buffer *body)
{
    static char nothing[1];
    struct MHD_Response *response;

    if (!body->bytes)
        return MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
    response = MHD_create_response_from_buffer(body->length, body->bytes, MHD_RESPMEM_MUST_FREE);
    if (response)
        *body = (davy_buffer){0}; /* MHD has it now */
    return response;
}

static struct MHD_Response *make_response(davy_exchange *exchange)
{
    davy_reply *answer = &exchange->call.answer;
    struct MHD_Response *response = NULL;

    if (answer->events) {
        response = events_response(exchange);
        if (response)
            return response;
    }
    if (exchange->stream) {
        response = davy_stream_response(exchange->stream);
        exchange->stream = NULL;
        return response;
    }
    if (answer->asset)
        return asset_response(answer);
    return body_response(&answer->body);
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    (void) MHD_add_response_header(response, name, value);
}

static void add_asset_headers(struct MHD_Response *response, const davy_reply *answer)
{
    add_header(response, "Content-Security-Policy", CONSOLE_POLICY);
    add_header(response, "X-Frame-Options", "DENY");
    add_header(response, "ETag", answer->asset->etag);
    add_header(response, "Vary", "Accept-Encoding");
    add_header(response, "Cache-Control", davy_console_cache_control(answer->asset));
    if (answer->asset_gzip)
        add_header(response, "Content-Encoding", "gzip");
}

static void add_headers(const davy_exchange *exchange, struct MHD_Response *response)
{
    const davy_reply *answer = &exchange->call.answer;
    char text[24], trace[DAVY_TRACEPARENT_MAX];

    add_header(response, "X-Content-Type-Options", "nosniff");
    if (davy_trace_response(&exchange->call.trace, trace))
        add_header(response, "traceresponse", trace);
    add_header(response, "Referrer-Policy", "no-referrer");
    if (answer->type && answer->code != 304)
        add_header(response, "Content-Type", answer->type);
    if (answer->encoding) {
        add_header(response, "Content-Encoding", answer->encoding);
        add_header(response, "Vary", "Accept-Encoding");
    }
    if (answer->tensor_header > 0) {
        (void) snprintf(text, sizeof text, "%zu", answer->tensor_header);
        add_header(response, "Inference-Header-Content-Length", text);
    }
    if (answer->asset) {
        add_asset_headers(response, answer);
    } else {
        add_header(response, "Content-Security-Policy",
                   answer->policy ? answer->policy : API_POLICY);
        add_header(response, "Cache-Control", "no-store");
    }
    if (answer->code == 401)
        add_header(response, "WWW-Authenticate", "Bearer");
    if (answer->allow[0])
        add_header(response, "Allow", answer->allow);
    if (answer->location[0])
        add_header(response, "Location", answer->location);
    if (answer->cookie[0])
        add_header(response, "Set-Cookie", answer->cookie);
    if (answer->next[0])
        add_header(response, "Davy-Next", answer->next);
    if (answer->retry_after_s > 0) {
        (void) snprintf(text, sizeof text, "%u", answer->retry_after_s);
        add_header(response, "Retry-After", text);
    }
    if (exchange->close)
        add_header(response, "Connection", "close");
}

enum MHD_Result davy_exchange_answer(davy_exchange *exchange)
{
    davy_reply *answer = &exchange->call.answer;
    davy_server *server = exchange->server;
    uint64_t length = answer->asset ? answer->asset->length : answer->body.length;
    struct MHD_Response *response = make_response(exchange);
    int64_t taken_ns = davy_monotonic_ns(davy_clock_system()) - exchange->started_ns;
    enum MHD_Result queued;

    exchange->stage = DAVY_STAGE_DONE;
    if (!response)
        return MHD_NO;
    add_headers(exchange, response);
    davy_watch_phase(server->watch, exchange->watched,
                     exchange->streaming ? DAVY_PHASE_STREAM : DAVY_PHASE_ANSWER);
    davy_watch_bytes(exchange->watched, length);
    davy_metrics_count(server->metrics, exchange->call.route, answer->code, taken_ns);
    queued = MHD_queue_response(exchange->connection, answer->code, response);
    MHD_destroy_response(response);
    return queued;
}

void davy_exchange_work(davy_job *job)
{
    davy_exchange *exchange = (davy_exchange *) job;
    davy_call *call = &exchange->call;
    davy_status status = DAVY_OK;

    davy_trace_mark(&call->trace, DAVY_TRACE_WORKED);
    if (call->route->body == DAVY_BODY_TENSORS && call->content_encoding[0])
        davy_exchange_unpack(exchange);
    if (call->answer.code != 0)
        return;
    if (call->route->needs_room)
        status = davy_store_check_room(call->system->store);
    if (status == DAVY_OK)
        status = call->route->handle(call);
    assert(status != DAVY_OK || call->answer.code != 0);
    if (status == DAVY_OK && call->answer.produce.fill)
        status = davy_stream_begin(exchange, &exchange->stream);
    if (call->would_wait)
        return;
    if (status == DAVY_ERR_TIMEOUT && !davy_is_wanted(&call->wanted))
        davy_reply_problem(call, DAVY_HTTP_CLIENT_GONE, davy_error()); /* for the figures */
    else if (status != DAVY_OK)
        davy_reply_status(call, status);
    else if (call->route->body == DAVY_BODY_TENSORS)
        davy_exchange_pack(exchange);
    davy_trace_mark(&call->trace, DAVY_TRACE_WRITTEN);
}
