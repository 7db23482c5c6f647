/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <microhttpd.h>

#include "serve/trace/trace.h"

/**
 * @file
 * Many threads hand traces over while one sends them: each is sent once or counted as dropped, and
 * its spans hang together.
 */

#define THREADS 4
#define EACH    1500 /* together more than wait at a time */

/* ------------------------------------------------------------------------------- collector */

static atomic_size_t servers, parts;
static atomic_bool broken;

typedef struct upload {
    char *bytes;
    size_t length;
} upload;

/* A part hangs under a server span of the same trace that came before it. */
static void count_span(const json_t *span, const char *server)
{
    const char *parent = json_string_value(json_object_get(span, "parentSpanId"));

    if (json_integer_value(json_object_get(span, "kind")) == 2)
        atomic_fetch_add(&servers, 1);
    else if (parent && server && strcmp(parent, server) == 0)
        atomic_fetch_add(&parts, 1);
    else
        atomic_store(&broken, true);
}

static void count_spans(const upload *body)
{
    json_t *root = json_loadb(body->bytes, body->length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *list = json_array_get(json_object_get(root, "resourceSpans"), 0);
    const char *server = NULL;

    list = json_array_get(json_object_get(list, "scopeSpans"), 0);
    list = json_object_get(list, "spans");
    if (json_array_size(list) == 0)
        atomic_store(&broken, true);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *span = json_array_get(list, i);

        if (json_integer_value(json_object_get(span, "kind")) == 2)
            server = json_string_value(json_object_get(span, "spanId"));
        count_span(span, server);
    }
    json_decref(root);
}

static enum MHD_Result take(void *context, struct MHD_Connection *connection, const char *url,
                            const char *method, const char *version, const char *bytes,
                            size_t *length, void **state)
{
    static char nothing[] = "{}";
    struct MHD_Response *response;
    upload *body = *state;
    enum MHD_Result result;

    (void) context, (void) url, (void) method, (void) version;
    if (!body) {
        *state = calloc(1, sizeof *body);
        return MHD_YES;
    }
    if (*length > 0) {
        body->bytes = realloc(body->bytes, body->length + *length);
        memcpy(body->bytes + body->length, bytes, *length);
        body->length += *length;
        *length = 0;
        return MHD_YES;
    }
    count_spans(body);
    response = MHD_create_response_from_buffer(2, nothing, MHD_RESPMEM_PERSISTENT);
    result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    free(body->bytes);
    free(body);
    *state = NULL;
    return result;
}

static struct MHD_Daemon *start_collector(char url[64])
{
    struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL,
                                                 take, NULL, MHD_OPTION_END);

    assert_non_null(daemon);
    (void) snprintf(url, 64, "http://127.0.0.1:%u",
                    MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    atomic_store(&servers, 0);
    atomic_store(&parts, 0);
    atomic_store(&broken, false);
    return daemon;
}

/* -------------------------------------------------------------------------------- requests */

static void *ask_on(void *context)
{
    davy_infer_response response = {
        .model = "scale", .version = 1, .batch = 2, .times = {.arrived_ns = 1, .started_ns = 2}};

    for (size_t i = 0; i < EACH; i++) {
        davy_trace trace = {.tracer = NULL};

        davy_trace_begin(&trace, context, 1);
        davy_trace_mark(&trace, DAVY_TRACE_WORKED);
        davy_trace_mark(&trace, DAVY_TRACE_ASKED);
        davy_trace_answered(&trace, &response);
        davy_trace_mark(&trace, DAVY_TRACE_WRITTEN);
        davy_trace_end(&trace);
    }
    return NULL;
}

static size_t figure_of(davy_tracer *tracer, const char *name)
{
    davy_buffer text = {0};
    const char *at;
    size_t value;

    davy_tracer_metrics(tracer, &text);
    at = strstr(text.bytes, name);
    assert_non_null(at);
    value = strtoul(at + strlen(name), NULL, 10);
    davy_buffer_clear(&text);
    return value;
}

static void each_trace_is_sent_once_or_counted(void **state)
{
    pthread_t threads[THREADS];
    char url[64];
    struct MHD_Daemon *collector = start_collector(url);
    const davy_tracer_options options = {.url = url};
    davy_tracer *tracer;
    size_t full;

    (void) state;
    assert_ok(davy_tracer_create(&options, &tracer));
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_on, tracer), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    full = figure_of(tracer, "davy_traces_dropped_total{reason=\"full\"} ");
    while (figure_of(tracer, "\ndavy_traces_sent_total ") + full < THREADS * EACH)
        (void) sched_yield();
    davy_tracer_destroy(tracer);
    MHD_stop_daemon(collector);
    assert_false(atomic_load(&broken));
    assert_int_equal(atomic_load(&servers) + full, THREADS * EACH);
    assert_int_equal(atomic_load(&parts), 4 * atomic_load(&servers));
}

static void ids_of_traces_are_never_the_same(void **state)
{
    enum { COUNT = 1000 };
    static unsigned char traces[COUNT][16], spans[COUNT][8];
    const davy_tracer_options options = {.url = "http://127.0.0.1:1"};
    davy_tracer *tracer;

    (void) state;
    assert_ok(davy_tracer_create(&options, &tracer));
    for (size_t i = 0; i < COUNT; i++) {
        davy_tracer_draw(tracer, traces[i], spans[i]);
        for (size_t k = 0; k < i; k++) {
            assert_memory_not_equal(traces[i], traces[k], 16);
            assert_memory_not_equal(spans[i], spans[k], 8);
        }
    }
    davy_tracer_destroy(tracer);
}

static void without_a_tracer_nothing_is_done(void **state)
{
    char text[DAVY_TRACEPARENT_MAX];
    davy_trace trace = {.tracer = NULL}, zeros = {.tracer = NULL};

    (void) state;
    davy_trace_begin(&trace, NULL, 7);
    davy_trace_follow(&trace, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    davy_trace_mark(&trace, DAVY_TRACE_WORKED);
    davy_trace_answered(&trace, &(davy_infer_response){.model = "scale"});
    davy_trace_end(&trace);
    assert_false(davy_trace_response(&trace, text));
    assert_memory_equal(&trace, &zeros, sizeof trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_trace_is_sent_once_or_counted),
        cmocka_unit_test(ids_of_traces_are_never_the_same),
        cmocka_unit_test(without_a_tracer_nothing_is_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
