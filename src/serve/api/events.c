/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/api/events.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "core/buffer.h"
#include "serve/access/oidc.h"
#include "serve/limits.h"

typedef struct event_text {
    char *bytes; /* NULL: there was no memory for it, and it counts as missed */
    size_t length;
} event_text;

struct davy_event_stream {
    davy_events *events;
    struct MHD_Connection *connection;
    char by[DAVY_KEY_NAME_MAX];
    uint64_t session; /* 0: none */
    int64_t ends_ns;  /* of a token, UTC; 0: none */
    davy_event_stream *previous, *next;
    uint64_t next_sequence; /* the first event that was not sent */
    davy_buffer sending;    /* being sent */
    size_t sent;            /* bytes of it */
    bool waiting;           /* suspended */
    bool heartbeat;         /* a comment line is due */
    bool revoked;
};

/* Events first_sequence to next_sequence - 1 are in the ring, each at its number modulo its size.
 */
struct davy_events {
    pthread_mutex_t guard;
    davy_event_stream *streams;
    size_t stream_count;
    uint64_t first_sequence, next_sequence;
    size_t bytes; /* of all texts */
    uint64_t missed;
    bool stopped;
    event_text ring[DAVY_HTTP_EVENTS_MAX];
};

davy_status davy_events_create(davy_events **out)
{
    davy_events *events = calloc(1, sizeof *events);

    if (!events)
        return davy_fail(DAVY_ERR_NOMEM, "the event streams");
    pthread_mutex_init(&events->guard, NULL);
    *out = events;
    return DAVY_OK;
}

void davy_events_destroy(davy_events *events)
{
    if (!events)
        return;
    for (size_t i = 0; i < DAVY_HTTP_EVENTS_MAX; i++)
        free(events->ring[i].bytes);
    pthread_mutex_destroy(&events->guard);
    free(events);
}

static event_text event_write(const char *name, const char *json)
{
    davy_buffer text = {0};

    davy_buffer_printf(&text, "event: %s\ndata: ", name);
    davy_buffer_append_text(&text, json);
    /* A line end would end the event; in JSON it is a blank between words, never inside a text. */
    for (char *at = text.bytes ? strstr(text.bytes, "data: ") : NULL; at && *at; at++)
        if (*at == '\n' || *at == '\r')
            *at = ' ';
    davy_buffer_append_text(&text, "\n\n");
    if (davy_buffer_ok(&text) != DAVY_OK)
        davy_buffer_clear(&text);
    return (event_text){text.bytes, text.length};
}

static event_text *slot(davy_events *events, uint64_t sequence)
{
    return &events->ring[sequence % DAVY_HTTP_EVENTS_MAX];
}

static void drop_first(davy_events *events)
{
    event_text *text = slot(events, events->first_sequence++);

    events->bytes -= text->length;
    free(text->bytes);
    *text = (event_text){0};
}

static void wake(davy_event_stream *stream)
{
    if (stream->waiting) {
        stream->waiting = false;
        MHD_resume_connection(stream->connection);
    }
}

void davy_events_publish(davy_events *events, const char *name, const char *json)
{
    event_text text = event_write(name, json);

    pthread_mutex_lock(&events->guard);
    if (events->next_sequence - events->first_sequence == DAVY_HTTP_EVENTS_MAX)
        drop_first(events);
    *slot(events, events->next_sequence++) = text;
    events->bytes += text.length;
    while (events->bytes > DAVY_HTTP_EVENT_BYTES_MAX)
        drop_first(events);
    for (davy_event_stream *stream = events->streams; stream; stream = stream->next)
        wake(stream);
    pthread_mutex_unlock(&events->guard);
}

davy_status davy_events_join(davy_events *events, struct MHD_Connection *connection, const char *by,
                             uint64_t session, int64_t ends_ns, davy_event_stream **out)
{
    davy_event_stream *stream = calloc(1, sizeof *stream);
    bool room;

    if (!stream)
        return davy_fail(DAVY_ERR_NOMEM, "an event stream");
    stream->events = events;
    stream->connection = connection;
    stream->heartbeat = true; /* the first bytes come at once, so that a client knows it is on */
    stream->session = session;
    stream->ends_ns = ends_ns;
    memccpy(stream->by, by, '\0', sizeof stream->by - 1);
    pthread_mutex_lock(&events->guard);
    room = !events->stopped && events->stream_count < DAVY_HTTP_STREAMS_MAX;
    if (room) {
        stream->next_sequence = events->next_sequence;
        stream->next = events->streams;
        if (events->streams)
            events->streams->previous = stream;
        events->streams = stream;
        events->stream_count++;
    }
    pthread_mutex_unlock(&events->guard);
    if (!room) {
        free(stream);
        return davy_fail(DAVY_ERR_UNAVAILABLE, "there are %d event streams already",
                         DAVY_HTTP_STREAMS_MAX);
    }
    *out = stream;
    return DAVY_OK;
}

void davy_events_leave(davy_event_stream *stream)
{
    davy_events *events = stream->events;

    pthread_mutex_lock(&events->guard);
    if (stream->previous)
        stream->previous->next = stream->next;
    else
        events->streams = stream->next;
    if (stream->next)
        stream->next->previous = stream->previous;
    events->stream_count--;
    pthread_mutex_unlock(&events->guard);
    davy_buffer_clear(&stream->sending);
    free(stream);
}

/* Put what is next into `sending`: a gap, the events that wait, or a heartbeat. */
static void next_texts(davy_event_stream *stream)
{
    davy_events *events = stream->events;
    uint64_t missed = 0;

    davy_buffer_reset(&stream->sending);
    stream->sent = 0;
    if (stream->next_sequence < events->first_sequence) {
        missed = events->first_sequence - stream->next_sequence;
        stream->next_sequence = events->first_sequence;
    }
    while (missed == 0 && stream->next_sequence < events->next_sequence &&
           stream->sending.length < DAVY_HTTP_EVENT_BLOCK) {
        const event_text *text = slot(events, stream->next_sequence++);

        if (text->bytes)
            davy_buffer_append(&stream->sending, text->bytes, text->length);
        missed = text->bytes && !stream->sending.failed ? 0 : 1;
        stream->sending.failed = false;
    }
    if (missed > 0) {
        events->missed += missed;
        davy_buffer_printf(&stream->sending, "event: gap\ndata: {\"missed\":%llu}\n\n",
                           (unsigned long long) missed);
    } else if (stream->sending.length == 0 && stream->heartbeat) {
        stream->heartbeat = false;
        davy_buffer_append_text(&stream->sending, ": here\n\n");
    }
}

ssize_t davy_events_read(davy_event_stream *stream, char *bytes, size_t capacity)
{
    davy_events *events = stream->events;
    size_t length;

    pthread_mutex_lock(&events->guard);
    if (events->stopped || stream->revoked) {
        pthread_mutex_unlock(&events->guard);
        return -1;
    }
    if (stream->sent == stream->sending.length)
        next_texts(stream);
    length = stream->sending.length - stream->sent;
    if (length > capacity)
        length = capacity;
    if (length > 0) {
        memcpy(bytes, stream->sending.bytes + stream->sent, length);
        stream->sent += length;
    } else {
        stream->waiting = true;
        MHD_suspend_connection(stream->connection);
    }
    pthread_mutex_unlock(&events->guard);
    return (ssize_t) length;
}

static bool may_go_on(const davy_event_stream *stream, davy_keys *keys, davy_sessions *sessions,
                      int64_t now_ns, int64_t wall_ns)
{
    davy_key key;

    return (davy_oidc_is_name(stream->by) || davy_keys_find(keys, stream->by, &key)) &&
           (stream->ends_ns == 0 || wall_ns < stream->ends_ns) &&
           (stream->session == 0 || davy_sessions_touch(sessions, stream->session, now_ns));
}

void davy_events_heartbeat(davy_events *events, davy_keys *keys, davy_sessions *sessions,
                           int64_t now_ns, int64_t wall_ns)
{
    pthread_mutex_lock(&events->guard);
    for (davy_event_stream *stream = events->streams; stream; stream = stream->next) {
        stream->heartbeat = true;
        stream->revoked = !may_go_on(stream, keys, sessions, now_ns, wall_ns);
        wake(stream);
    }
    pthread_mutex_unlock(&events->guard);
}

void davy_events_stop(davy_events *events)
{
    pthread_mutex_lock(&events->guard);
    events->stopped = true;
    for (davy_event_stream *stream = events->streams; stream; stream = stream->next)
        wake(stream);
    pthread_mutex_unlock(&events->guard);
}

void davy_events_get_stats(davy_events *events, davy_events_stats *stats)
{
    pthread_mutex_lock(&events->guard);
    stats->streams = events->stream_count;
    stats->kept = (size_t) (events->next_sequence - events->first_sequence);
    stats->published = events->next_sequence;
    stats->missed = events->missed;
    pthread_mutex_unlock(&events->guard);
}
