/* SPDX-License-Identifier: Apache-2.0 */
#include "core/clock.h"
#include "serve/grpc/http2_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* -- Requests -------------------------------------------------------------------------------------
 */

/* A worker is through with it: back to the loop. */
static void hand_back(davy_http2_request *request)
{
    davy_http2 *server = request->server;
    const uint64_t one = 1;

    pthread_mutex_lock(&server->guard);
    request->job.next = server->done;
    server->done = &request->job;
    pthread_mutex_unlock(&server->guard);
    /* An eventfd whose count is full is read already. */
    (void) !write(server->wake, &one, sizeof one);
}

static void work(davy_job *job)
{
    davy_http2_request *request = (davy_http2_request *) job;

    request->server->options.answer(request->server->options.context, request);
    hand_back(request);
}

void davy_http2_request_destroy(davy_http2_request *request)
{
    davy_buffer_clear(&request->body);
    davy_buffer_clear(&request->answer);
    davy_budget_release(&request->budget);
    free(request);
}

void davy_http2_drop(davy_http2_request *request)
{
    davy_http2_request **link = &request->connection->requests;

    while (*link != request)
        link = &(*link)->next;
    *link = request->next;
    request->next = NULL;
    request->connection = NULL;
    if (!request->is_working)
        davy_http2_request_destroy(request);
}

void davy_http2_reset(davy_http2_request *request)
{
    (void) nghttp2_submit_rst_stream(request->connection->session, NGHTTP2_FLAG_NONE,
                                     request->stream, NGHTTP2_CANCEL);
}

/* The request is whole. A worker that is free takes it; it belongs to it until it comes back. */
static void submit_work(davy_http2_request *request)
{
    request->job.run = work;
    request->is_working = true;
    if (davy_workers_submit(request->server->options.workers, &request->job, true))
        return;
    request->is_working = false;
    davy_http2_reset(request);
}

/* -- What nghttp2 tells ---------------------------------------------------------------------------
 */

static int begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    davy_http2_connection *connection = context;
    davy_http2_request *request;

    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
        return 0;
    request = calloc(1, sizeof *request);
    if (!request)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    request->server = connection->server;
    request->connection = connection;
    request->stream = frame->hd.stream_id;
    request->begun_ns = davy_monotonic_ns(davy_clock_system());
    request->budget = connection->server->options.bodies;
    memcpy(request->address, connection->address, sizeof request->address);
    if (!connection->transport.tls ||
        !davy_tls_fingerprint(connection->transport.tls, request->certificate))
        request->certificate[0] = '\0';
    request->next = connection->requests;
    connection->requests = request;
    connection->has_asked = true;
    return nghttp2_session_set_stream_user_data(session, request->stream, request);
}

static void copy_value(char *text, size_t capacity, const uint8_t *value, size_t length)
{
    (void) snprintf(text, capacity, "%.*s", (int) (length < capacity ? length : capacity),
                    (const char *) value);
}

/* nghttp2 has checked names and values; a value that is too long for its place fits no route and no
 * key, cut or not. */
static int take_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                       size_t name_length, const uint8_t *value, size_t length, uint8_t flags,
                       void *context)
{
    davy_http2_request *request =
        nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    struct {
        const char *name;
        char *text;
        size_t capacity;
    } places[] = {
        {":method", request ? request->method : NULL, sizeof request->method},
        {":path", request ? request->path : NULL, sizeof request->path},
        {"authorization", request ? request->authorization : NULL, sizeof request->authorization},
        {"content-type", request ? request->content_type : NULL, sizeof request->content_type},
        {"grpc-encoding", request ? request->encoding : NULL, sizeof request->encoding},
        {"grpc-timeout", request ? request->timeout : NULL, sizeof request->timeout},
        {"traceparent", request ? request->traceparent : NULL, sizeof request->traceparent},
    };

    (void) flags;
    (void) context;
    for (size_t i = 0; request && i < DAVY_ARRAY_LENGTH(places); i++)
        if (strlen(places[i].name) == name_length && memcmp(places[i].name, name, name_length) == 0)
            copy_value(places[i].text, places[i].capacity, value, length);
    return 0;
}

static int take_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *bytes,
                     size_t length, void *context)
{
    davy_http2_request *request = nghttp2_session_get_stream_user_data(session, stream);

    (void) flags;
    (void) context;
    if (!request || request->too_long)
        return 0;
    if (length > request->server->options.body_max - request->body.length ||
        !davy_budget_take(&request->budget, length)) {
        request->too_long = true;
        davy_buffer_clear(&request->body);
        davy_budget_release(&request->budget);
        return 0;
    }
    davy_buffer_append(&request->body, bytes, length);
    return 0;
}

static int take_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
    davy_http2_request *request =
        nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);

    (void) context;
    if (request && !request->is_working && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) &&
        (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS))
        submit_work(request);
    return 0;
}

static int end_stream(nghttp2_session *session, int32_t stream, uint32_t error, void *context)
{
    davy_http2_request *request = nghttp2_session_get_stream_user_data(session, stream);

    (void) error;
    (void) context;
    if (request)
        davy_http2_drop(request);
    return 0;
}

/* -- Sessions -------------------------------------------------------------------------------------
 */

static nghttp2_session_callbacks *make_callbacks(void)
{
    nghttp2_session_callbacks *made;

    if (nghttp2_session_callbacks_new(&made) != 0)
        return NULL;
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(made, take_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, take_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, take_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, end_stream);
    return made;
}

davy_status davy_http2_session_create(davy_http2_connection *connection)
{
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, DAVY_HTTP2_STREAMS_MAX},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, DAVY_HTTP2_WINDOW},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, DAVY_HTTP2_HEADERS_MAX},
    };
    nghttp2_session_callbacks *callbacks = make_callbacks();
    int error =
        callbacks ? nghttp2_session_server_new(&connection->session, callbacks, connection) : -1;

    if (callbacks)
        nghttp2_session_callbacks_del(callbacks);
    if (error == 0)
        error = nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE, settings,
                                        DAVY_ARRAY_LENGTH(settings));
    if (error == 0)
        error = nghttp2_session_set_local_window_size(connection->session, NGHTTP2_FLAG_NONE, 0,
                                                      DAVY_HTTP2_WINDOW);
    return error == 0 ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a connection of HTTP/2");
}

bool davy_http2_receive(davy_http2_connection *connection, const uint8_t *bytes, size_t length)
{
    return nghttp2_session_mem_recv(connection->session, bytes, length) == (ssize_t) length;
}

/* -- Answers --------------------------------------------------------------------------------------
 */

static nghttp2_nv header(const char *name, const char *value)
{
    /* nghttp2 copies both; its field is not const for those who ask it not to. */
    return (nghttp2_nv){(uint8_t *) (uintptr_t) name, (uint8_t *) (uintptr_t) value, strlen(name),
                        strlen(value), NGHTTP2_NV_FLAG_NONE};
}

static size_t list_trailers(const davy_http2_request *request, nghttp2_nv list[2])
{
    size_t count = 0;

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(request->trailers); i++)
        if (request->trailers[i][0][0])
            list[count++] = header(request->trailers[i][0], request->trailers[i][1]);
    return count;
}

/* The trailers stand behind the last byte of the body. */
static ssize_t read_answer(nghttp2_session *session, int32_t stream, uint8_t *bytes, size_t length,
                           uint32_t *flags, nghttp2_data_source *source, void *context)
{
    davy_http2_request *request = source->ptr;
    const size_t left = request->answer.length - request->sent;
    nghttp2_nv trailers[2];
    const size_t count = list_trailers(request, trailers);

    (void) context;
    length = length < left ? length : left;
    if (length > 0)
        memcpy(bytes, request->answer.bytes + request->sent, length);
    request->sent += length;
    if (request->sent < request->answer.length)
        return (ssize_t) length;
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (count > 0 && nghttp2_submit_trailer(session, stream, trailers, count) == 0)
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    return (ssize_t) length;
}

/* Without a body the trailers stand among the headers, as gRPC has it. */
bool davy_http2_submit(davy_http2_request *request)
{
    nghttp2_data_provider body = {.source = {.ptr = request}, .read_callback = read_answer};
    const bool has_body = request->answer.length > 0;
    nghttp2_nv headers[5];
    size_t count = 0;
    char code[8];

    (void) snprintf(code, sizeof code, "%u", request->status);
    headers[count++] = header(":status", code);
    if (request->answer_type)
        headers[count++] = header("content-type", request->answer_type);
    if (request->traceresponse[0])
        headers[count++] = header("traceresponse", request->traceresponse);
    if (!has_body)
        count += list_trailers(request, headers + count);
    return nghttp2_submit_response(request->connection->session, request->stream, headers, count,
                                   has_body ? &body : NULL) == 0;
}
