/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/http/stream.h"

#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "serve/limits.h"

/* What MHD sends in one piece at most. */
#define SEND_BYTES ((size_t) 32 * 1024)

struct davy_stream {
    davy_job job; /* first */
    davy_server *server;
    davy_watched *watched;
    davy_producer produce;
    davy_buffer buffer;
    size_t sent; /* bytes of the buffer */
    uint64_t sent_all;
    bool end;
    bool failed;
};

static void fill(davy_job *job)
{
    davy_stream *stream = (davy_stream *) job;
    davy_status status;

    davy_buffer_reset(&stream->buffer);
    stream->sent = 0;
    status = stream->produce.fill(stream->produce.state, &stream->buffer, &stream->end);
    if (status == DAVY_OK)
        status = davy_buffer_ok(&stream->buffer);
    stream->failed = status != DAVY_OK;
    if (stream->failed && !(status == DAVY_ERR_TIMEOUT && !davy_watched_is_there(stream->watched)))
        davy_log(DAVY_LOG_WARNING, "serve", "an answer was cut off: %s", davy_error());
}

davy_status davy_stream_begin(davy_exchange *exchange, davy_stream **out)
{
    davy_reply *answer = &exchange->call.answer;
    davy_stream *stream = calloc(1, sizeof *stream);
    davy_status status;

    if (!stream)
        return davy_fail(DAVY_ERR_NOMEM, "the answer");
    stream->job.run = fill;
    stream->job.connection = exchange->connection;
    stream->server = exchange->server;
    stream->watched = exchange->watched;
    stream->produce = answer->produce;
    answer->produce = (davy_producer){0};
    status = stream->produce.fill(stream->produce.state, &stream->buffer, &stream->end);
    if (status == DAVY_OK)
        status = davy_buffer_ok(&stream->buffer);
    if (status == DAVY_OK)
        *out = stream;
    else
        davy_stream_destroy(stream);
    return status;
}

void davy_stream_destroy(davy_stream *stream)
{
    if (!stream)
        return;
    stream->produce.destroy(stream->produce.state);
    davy_buffer_clear(&stream->buffer);
    free(stream);
}

static ssize_t send_piece(void *context, uint64_t position, char *bytes, size_t capacity)
{
    davy_stream *stream = context;
    size_t length = stream->buffer.length - stream->sent;

    (void) position;
    if (stream->failed)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (length == 0 && stream->end)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (length == 0) {
        if (davy_workers_submit(stream->server->lanes[DAVY_LANE_READ], &stream->job, false))
            return 0; /* suspended */
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (length > capacity)
        length = capacity;
    memcpy(bytes, stream->buffer.bytes + stream->sent, length);
    stream->sent += length;
    stream->sent_all += length;
    davy_watch_bytes(stream->watched, stream->sent_all);
    return (ssize_t) length;
}

static void stream_free(void *context)
{
    davy_stream_destroy(context);
}

struct MHD_Response *davy_stream_response(davy_stream *stream)
{
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, SEND_BYTES, send_piece, stream, stream_free);

    if (!response)
        davy_stream_destroy(stream);
    return response;
}
