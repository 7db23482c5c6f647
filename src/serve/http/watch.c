/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/http/watch.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "core/clock.h"
#include "core/sample.h"
#include "serve/limits.h"

struct davy_watched {
    davy_watched *previous, *next;
    int socket;
    bool ended; /* shut down already */
    davy_phase phase;
    int64_t since_ns;
    _Atomic uint64_t bytes;
    int64_t looked_ns; /* when it was asked for its client, and what was found */
    bool gone;
};

struct davy_watch {
    pthread_mutex_t guard;
    davy_watched *first;
    int64_t grace_ns[DAVY_PHASE_COUNT]; /* 0: no deadline */
    size_t counts[DAVY_PHASE_COUNT];
    uint64_t ended;
};

/* Deadlines are of the network, so they are measured on the machine's clock also under test. */
static int64_t now(void)
{
    return davy_monotonic_ns(davy_clock_system());
}

static int64_t grace(int wished_ms, int default_ms)
{
    return (wished_ms > 0 ? wished_ms : default_ms) * DAVY_NS_PER_MS;
}

davy_status davy_watch_create(const davy_watch_limits *limits, davy_watch **out)
{
    davy_watch *watch = calloc(1, sizeof *watch);

    if (!watch)
        return davy_fail(DAVY_ERR_NOMEM, "the watch over connections");
    pthread_mutex_init(&watch->guard, NULL);
    watch->grace_ns[DAVY_PHASE_HEADERS] = grace(limits->header_ms, DAVY_HTTP_HEADER_DEADLINE_MS);
    watch->grace_ns[DAVY_PHASE_BODY] = grace(limits->body_ms, DAVY_HTTP_BODY_DEADLINE_MS);
    watch->grace_ns[DAVY_PHASE_ANSWER] = grace(limits->answer_ms, DAVY_HTTP_ANSWER_DEADLINE_MS);
    watch->grace_ns[DAVY_PHASE_REST] = DAVY_HTTP_REST_MS * DAVY_NS_PER_MS;
    *out = watch;
    return DAVY_OK;
}

void davy_watch_destroy(davy_watch *watch)
{
    if (!watch)
        return;
    pthread_mutex_destroy(&watch->guard);
    free(watch);
}

davy_watched *davy_watch_enter(davy_watch *watch, int socket)
{
    davy_watched *watched = calloc(1, sizeof *watched);

    if (!watched)
        return NULL;
    watched->socket = socket;
    watched->since_ns = now();
    pthread_mutex_lock(&watch->guard);
    watched->next = watch->first;
    if (watch->first)
        watch->first->previous = watched;
    watch->first = watched;
    watch->counts[DAVY_PHASE_HEADERS]++;
    pthread_mutex_unlock(&watch->guard);
    return watched;
}

void davy_watch_leave(davy_watch *watch, davy_watched *watched)
{
    if (!watched)
        return;
    pthread_mutex_lock(&watch->guard);
    if (watched->previous)
        watched->previous->next = watched->next;
    else
        watch->first = watched->next;
    if (watched->next)
        watched->next->previous = watched->previous;
    watch->counts[watched->phase]--;
    pthread_mutex_unlock(&watch->guard);
    free(watched);
}

void davy_watch_phase(davy_watch *watch, davy_watched *watched, davy_phase phase)
{
    if (!watched)
        return;
    pthread_mutex_lock(&watch->guard);
    watch->counts[watched->phase]--;
    watch->counts[phase]++;
    watched->phase = phase;
    watched->since_ns = now();
    watched->looked_ns = 0;
    atomic_store(&watched->bytes, 0);
    pthread_mutex_unlock(&watch->guard);
}

void davy_watch_bytes(davy_watched *watched, uint64_t bytes)
{
    if (watched)
        atomic_store(&watched->bytes, bytes);
}

bool davy_watched_is_there(void *context)
{
    davy_watched *watched = context;
    struct pollfd peer = {.events = POLLRDHUP};
    int64_t now_ns;

    if (!watched || watched->gone)
        return !watched;
    now_ns = now();
    if (now_ns - watched->looked_ns < DAVY_HTTP_LOOK_MS * DAVY_NS_PER_MS)
        return true;
    watched->looked_ns = now_ns;
    peer.fd = watched->socket;
    watched->gone = poll(&peer, 1, 0) > 0;
    return !watched->gone;
}

static bool is_late(const davy_watch *watch, davy_watched *watched, int64_t now_ns)
{
    int64_t grace_ns = watch->grace_ns[watched->phase];
    uint64_t paid_ms = atomic_load(&watched->bytes) * 1000 / DAVY_HTTP_RATE_MIN_BYTES_PER_S;

    return grace_ns > 0 &&
           now_ns - watched->since_ns > grace_ns + (int64_t) paid_ms * DAVY_NS_PER_MS;
}

void davy_watch_tick(davy_watch *watch)
{
    int64_t now_ns = now();

    pthread_mutex_lock(&watch->guard);
    for (davy_watched *watched = watch->first; watched; watched = watched->next)
        if (!watched->ended && is_late(watch, watched, now_ns)) {
            watched->ended = true;
            watch->ended++;
            (void) shutdown(watched->socket, SHUT_RDWR);
        }
    pthread_mutex_unlock(&watch->guard);
}

void davy_watch_counts(davy_watch *watch, size_t counts[DAVY_PHASE_COUNT], uint64_t *ended)
{
    pthread_mutex_lock(&watch->guard);
    for (size_t i = 0; i < DAVY_PHASE_COUNT; i++)
        counts[i] = watch->counts[i];
    *ended = watch->ended;
    pthread_mutex_unlock(&watch->guard);
}
