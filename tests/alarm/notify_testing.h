/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm_testing.h"

#include "alarm/notify/notify.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>

/**
 * @file
 * A webhook's other end on a free port of the loopback, and notification on an alarm bench.
 */

#define SINK_MAX         20000
#define SINK_CONNECTIONS 4096

struct sink_message {
    char id[48], path[32];
    char *head, *body;
};

struct sink {
    int listener, port;
    pthread_t thread;
    pthread_mutex_t lock; /* for all below */
    struct sink_message messages[SINK_MAX];
    size_t count;
    pthread_t threads[SINK_CONNECTIONS];
    int sockets[SINK_CONNECTIONS];
    size_t connections;
    atomic_int code, retry_after; /* what it answers; retry_after 0: nothing */
    atomic_bool silent;           /* it takes a message and never answers */
};

struct sink_connection {
    struct sink *sink;
    int socket;
};

static inline const char *sink_header(const char *head, const char *name, char *value, size_t size)
{
    const char *found = strcasestr(head, name);

    value[0] = '\0';
    if (found) {
        found += strlen(name);
        found += strspn(found, ": ");
        (void) snprintf(value, size, "%.*s", (int) strcspn(found, "\r\n"), found);
    }
    return value;
}

/* Read one request; false at the end of the connection. */
static inline bool sink_read(int socket, struct sink_message *message)
{
    char *bytes = calloc(1, 65536), length[16];
    size_t count = 0, head = 0, body = 0;

    assert_non_null(bytes);
    for (;;) {
        const char *end = strstr(bytes, "\r\n\r\n");
        ssize_t more;

        if (end && head == 0) {
            head = (size_t) (end - bytes) + 4;
            body = (size_t) strtoul(sink_header(bytes, "\r\nContent-Length", length, sizeof length),
                                    NULL, 10);
        }
        if (head > 0 && count >= head + body)
            break;
        more = recv(socket, bytes + count, 65535 - count, 0);
        if (more <= 0) {
            free(bytes);
            return false;
        }
        count += (size_t) more;
    }
    message->head = strndup(bytes, head);
    message->body = strndup(bytes + head, body);
    (void) sink_header(bytes, "\r\nwebhook-id", message->id, sizeof message->id);
    (void) sscanf(bytes, "POST %31s", message->path);
    free(bytes);
    return true;
}

static inline void sink_answer(struct sink *sink, int socket)
{
    char answer[128], more[48] = "";
    int after = atomic_load(&sink->retry_after);

    if (after)
        (void) snprintf(more, sizeof more, "Retry-After: %d\r\n", after);
    (void) snprintf(answer, sizeof answer, "HTTP/1.1 %d x\r\n%sContent-Length: 0\r\n\r\n",
                    atomic_load(&sink->code), more);
    (void) send(socket, answer, strlen(answer), MSG_NOSIGNAL);
}

static inline void *sink_serve(void *argument)
{
    struct sink_connection connection = *(struct sink_connection *) argument;
    struct sink *sink = connection.sink;
    struct sink_message message = {0};

    free(argument);
    while (sink_read(connection.socket, &message)) {
        pthread_mutex_lock(&sink->lock);
        if (sink->count < SINK_MAX)
            sink->messages[sink->count++] = message;
        pthread_mutex_unlock(&sink->lock);
        message = (struct sink_message){0};
        if (!atomic_load(&sink->silent))
            sink_answer(sink, connection.socket);
    }
    return NULL;
}

static inline void *sink_run(void *argument)
{
    struct sink *sink = argument;

    for (;;) {
        struct sink_connection *connection = malloc(sizeof *connection);
        int socket = accept(sink->listener, NULL, NULL);

        if (socket < 0) {
            free(connection);
            return NULL;
        }
        *connection = (struct sink_connection){sink, socket};
        pthread_mutex_lock(&sink->lock);
        assert_true(sink->connections < SINK_CONNECTIONS);
        sink->sockets[sink->connections] = socket;
        assert_int_equal(
            pthread_create(&sink->threads[sink->connections++], NULL, sink_serve, connection), 0);
        pthread_mutex_unlock(&sink->lock);
    }
}

/* @param port  0 for a free one */
static inline struct sink *sink_create(int port)
{
    struct sink *sink = calloc(1, sizeof *sink);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t) port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    const int on = 1;

    assert_non_null(sink);
    atomic_store(&sink->code, 200);
    pthread_mutex_init(&sink->lock, NULL);
    sink->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(setsockopt(sink->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    assert_int_equal(bind(sink->listener, (struct sockaddr *) &address, length), 0);
    assert_int_equal(listen(sink->listener, 64), 0);
    assert_int_equal(getsockname(sink->listener, (struct sockaddr *) &address, &length), 0);
    sink->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&sink->thread, NULL, sink_run, sink), 0);
    return sink;
}

static inline void sink_destroy(struct sink *sink)
{
    shutdown(sink->listener, SHUT_RDWR);
    close(sink->listener);
    pthread_join(sink->thread, NULL);
    for (size_t i = 0; i < sink->connections; i++) {
        shutdown(sink->sockets[i], SHUT_RDWR);
        pthread_join(sink->threads[i], NULL);
        close(sink->sockets[i]);
    }
    for (size_t i = 0; i < sink->count; i++) {
        free(sink->messages[i].head);
        free(sink->messages[i].body);
    }
    pthread_mutex_destroy(&sink->lock);
    free(sink);
}

static inline size_t sink_count(struct sink *sink)
{
    size_t count;

    pthread_mutex_lock(&sink->lock);
    count = sink->count;
    pthread_mutex_unlock(&sink->lock);
    return count;
}

/* A port that nobody listens on. */
static inline int free_port(void)
{
    struct sink *sink = sink_create(0);
    int port = sink->port;

    sink_destroy(sink);
    return port;
}

/* -- Notification ------------------------------------------------------------------------------ */

struct notify_bench {
    struct alarm_bench *alarms;
    davy_notify *notify;
    char file[96];
    bool watches;
};

static inline const davy_site *lend_site(void *context)
{
    return ((struct notify_bench *) context)->alarms->site;
}

static inline void take_site_back(void *context, const davy_site *site)
{
    (void) context;
    (void) site;
}

static inline bool bench_watches(void *context, char *problem, size_t capacity)
{
    (void) problem;
    (void) capacity;
    return ((struct notify_bench *) context)->watches;
}

static inline void notify_open(struct notify_bench *bench)
{
    const davy_notify_parts parts = {.records = bench->alarms->records,
                                     .file = bench->file,
                                     .clock = &bench->alarms->clock.clock,
                                     .context = bench,
                                     .acquire_site = lend_site,
                                     .release_site = take_site_back,
                                     .watches = bench_watches};

    assert_ok(davy_notify_open(&parts, &bench->notify));
}

/* A plant with these receivers and routes, stepped by hand. */
static inline struct notify_bench *notify_create(const char *more)
{
    struct notify_bench *bench = calloc(1, sizeof *bench);
    char site[4096];

    assert_non_null(bench);
    (void) signal(SIGPIPE, SIG_IGN);
    bench->watches = true;
    bench->alarms = bench_create();
    (void) snprintf(site, sizeof site, "%s%s", alarm_site, more);
    bench_use_site(bench->alarms, site);
    bench_configure(bench->alarms);
    (void) snprintf(bench->file, sizeof bench->file, "%s/notify.db", bench->alarms->folder);
    notify_open(bench);
    return bench;
}

static inline void notify_destroy(struct notify_bench *bench)
{
    davy_notify_close(bench->notify);
    bench_destroy(bench->alarms);
    free(bench);
}

/* A reload. */
static inline void notify_use_site(struct notify_bench *bench, const char *text)
{
    davy_site *before = bench->alarms->site;

    bench->alarms->site = NULL;
    bench_use_site(bench->alarms, text);
    bench_configure(bench->alarms);
    assert_ok(davy_notify_reload(bench->notify));
    davy_site_destroy(before);
}

/* davy ends and starts again. */
static inline void notify_restart(struct notify_bench *bench)
{
    davy_notify_close(bench->notify);
    bench_restart(bench->alarms);
    notify_open(bench);
}

static inline void raise_or_end(struct notify_bench *bench, const char *key, bool active)
{
    davy_finding finding = finding_of(bench->alarms, key, active);

    assert_ok(davy_alarms_take(bench->alarms->alarms, &finding, 1));
}

static inline uint64_t alarm_id(struct notify_bench *bench, const char *key)
{
    return 1 + bench_condition(bench->alarms, key);
}

/* Let everybody do what can be done now. */
static inline void settle(struct notify_bench *bench)
{
    for (int i = 0; i < 100; i++)
        (void) davy_notify_step(bench->notify);
}

static inline void pass(struct notify_bench *bench, int64_t ns)
{
    davy_clock_fake_advance(&bench->alarms->clock, ns);
    settle(bench);
}

/* A plant with receivers whose ports are filled in. */
static inline struct notify_bench *create_with(const char *format, int port, int other)
{
    char more[2048];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void) snprintf(more, sizeof more, format, port, other);
#pragma GCC diagnostic pop
    return notify_create(more);
}

#define HOOK "receivers: [{name: hook, kind: webhook, url: \"http://127.0.0.1:%d/\"}]\n"
#define TWO                                                                       \
    "receivers:\n- {name: hook, kind: webhook, url: \"http://127.0.0.1:%d/a\"}\n" \
    "- {name: late, kind: webhook, url: \"http://127.0.0.1:%d/b\"}\n"

/* What the body of a message has at a path of keys. */
static inline void assert_body(struct sink *sink, size_t index, const char *path,
                               const char *expected)
{
    json_t *json, *value;
    char *copy = strdup(path), *rest = copy, *part;

    assert_true(index < sink_count(sink));
    json = json_loads(sink->messages[index].body, 0, NULL);
    assert_non_null(json);
    for (value = json; (part = strsep(&rest, "/"));)
        value = json_object_get(value, part);
    if (!json_is_string(value) || strcmp(json_string_value(value), expected) != 0)
        fail_msg("message %zu: %s is not %s in %s", index, path, expected,
                 sink->messages[index].body);
    json_decref(json);
    free(copy);
}
