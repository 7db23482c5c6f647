/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/trace/tracer_private.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/log.h"
#include "core/sample.h"
#include "serve/metrics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#define SAMPLER_DEFAULT "parentbased_always_on"

/* The thread is woken when so many wait, and else this often: as OpenTelemetry's own exporters. */
#define WAKE_AT (DAVY_TRACER_WAITING_MAX / 4)
#define WAKE_NS DAVY_NS_PER_S

void davy_tracer_draw(davy_tracer *tracer, unsigned char trace[16], unsigned char span[8])
{
    const uint64_t count = atomic_fetch_add_explicit(&tracer->drawn, 1, memory_order_relaxed);
    uint64_t ids[3];

    for (uint64_t i = 0; i < DAVY_ARRAY_LENGTH(ids); i++) {
        const uint64_t words[] = {tracer->secret[0], tracer->secret[1], count, i};

        ids[i] = davy_checksum(words, sizeof words) | 1; /* none is 0 */
    }
    memcpy(trace, ids, 16);
    memcpy(span, ids + 2, 8);
}

bool davy_tracer_samples(const davy_tracer *tracer, const unsigned char trace[16],
                         const bool *followed)
{
    return davy_sampler_takes(&tracer->sampler, trace, followed);
}

void davy_tracer_put(davy_tracer *tracer, const davy_trace *trace)
{
    (void) pthread_mutex_lock(&tracer->lock);
    if (tracer->waiting_count < DAVY_TRACER_WAITING_MAX) {
        tracer->waiting[tracer->waiting_count++] = *trace;
        if (tracer->waiting_count == WAKE_AT)
            (void) pthread_cond_signal(&tracer->changed);
    } else {
        tracer->ended[DAVY_TRACES_FULL]++;
    }
    (void) pthread_mutex_unlock(&tracer->lock);
}

/* ---------------------------------------------------------------------------- its thread */

static struct timespec after(int64_t ns)
{
    struct timespec until;

    (void) clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t) (ns / DAVY_NS_PER_S);
    until.tv_nsec += (long) (ns % DAVY_NS_PER_S);
    if (until.tv_nsec >= DAVY_NS_PER_S) {
        until.tv_sec++;
        until.tv_nsec -= DAVY_NS_PER_S;
    }
    return until;
}

/* Take all that waits, and leave the other row to be filled. @return false at the end */
static bool take_waiting(davy_tracer *tracer)
{
    const struct timespec until = after(WAKE_NS);
    davy_trace *taken;
    int waited = 0;
    bool stopping;

    (void) pthread_mutex_lock(&tracer->lock);
    while (!atomic_load(&tracer->stopping) && tracer->waiting_count < WAKE_AT && waited == 0)
        waited = pthread_cond_timedwait(&tracer->changed, &tracer->lock, &until);
    taken = tracer->waiting;
    tracer->waiting = tracer->sending;
    tracer->sending = taken;
    tracer->sending_count = tracer->waiting_count;
    tracer->waiting_count = 0;
    stopping = atomic_load(&tracer->stopping);
    (void) pthread_mutex_unlock(&tracer->lock);
    return !stopping || tracer->sending_count > 0;
}

bool davy_tracer_rest(davy_tracer *tracer, int64_t ns)
{
    const struct timespec until = after(ns);
    int waited = 0;

    (void) pthread_mutex_lock(&tracer->lock);
    while (!atomic_load(&tracer->stopping) && waited == 0)
        waited = pthread_cond_timedwait(&tracer->changed, &tracer->lock, &until);
    (void) pthread_mutex_unlock(&tracer->lock);
    return !atomic_load(&tracer->stopping);
}

void davy_tracer_count(davy_tracer *tracer, davy_traces_end end, size_t count)
{
    (void) pthread_mutex_lock(&tracer->lock);
    tracer->ended[end] += count;
    (void) pthread_mutex_unlock(&tracer->lock);
}

static void *run(void *context)
{
    davy_tracer *tracer = context;

    while (take_waiting(tracer))
        for (size_t i = 0; i < tracer->sending_count; i += DAVY_TRACER_BATCH) {
            const size_t left = tracer->sending_count - i;

            davy_export_send(tracer, tracer->sending + i,
                             left < DAVY_TRACER_BATCH ? left : DAVY_TRACER_BATCH);
        }
    return NULL;
}

/* -------------------------------------------------------------------------- start and stop */

static void init_lock(davy_tracer *tracer)
{
    pthread_condattr_t attributes;

    (void) pthread_mutex_init(&tracer->lock, NULL);
    (void) pthread_condattr_init(&attributes);
    (void) pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void) pthread_cond_init(&tracer->changed, &attributes);
    (void) pthread_condattr_destroy(&attributes);
}

static davy_status start(davy_tracer *tracer, const davy_tracer_options *options)
{
    davy_status status = davy_sampler_parse(options->sampler ? options->sampler : SAMPLER_DEFAULT,
                                            options->share, &tracer->sampler);

    if (status == DAVY_OK)
        status = davy_export_open(&tracer->exporter, options->url, &tracer->stop_by_ns);
    tracer->waiting = calloc(DAVY_TRACER_WAITING_MAX, sizeof *tracer->waiting);
    tracer->sending = calloc(DAVY_TRACER_WAITING_MAX, sizeof *tracer->sending);
    if (status == DAVY_OK && (!tracer->waiting || !tracer->sending))
        status = davy_fail(DAVY_ERR_NOMEM, "the row of traces");
    if (status == DAVY_OK && pthread_create(&tracer->thread, NULL, run, tracer) != 0)
        status = davy_fail(DAVY_ERR_NOMEM, "a thread for traces");
    tracer->runs = status == DAVY_OK;
    return status;
}

davy_status davy_tracer_create(const davy_tracer_options *options, davy_tracer **out)
{
    davy_tracer *tracer = calloc(1, sizeof *tracer);
    davy_status status;

    if (!tracer)
        return davy_fail(DAVY_ERR_NOMEM, "traces");
    init_lock(tracer);
    randombytes_buf(tracer->secret, sizeof tracer->secret);
    status = start(tracer, options);
    if (status != DAVY_OK) {
        davy_tracer_destroy(tracer);
        return status;
    }
    davy_log(DAVY_LOG_INFO, "traces", "to %s", tracer->exporter.shown);
    *out = tracer;
    return DAVY_OK;
}

void davy_tracer_destroy(davy_tracer *tracer)
{
    if (!tracer)
        return;
    atomic_store(&tracer->stop_by_ns, davy_monotonic_ns(davy_clock_system()) + DAVY_TRACER_STOP_NS);
    (void) pthread_mutex_lock(&tracer->lock);
    atomic_store(&tracer->stopping, true);
    (void) pthread_cond_broadcast(&tracer->changed);
    (void) pthread_mutex_unlock(&tracer->lock);
    if (tracer->runs)
        (void) pthread_join(tracer->thread, NULL);
    if (tracer->ended[DAVY_TRACES_STOPPED] > 0)
        davy_log(DAVY_LOG_WARNING, "traces", "%" PRIu64 " were not sent before the end",
                 tracer->ended[DAVY_TRACES_STOPPED]);
    davy_export_close(&tracer->exporter);
    free(tracer->waiting);
    free(tracer->sending);
    (void) pthread_cond_destroy(&tracer->changed);
    (void) pthread_mutex_destroy(&tracer->lock);
    free(tracer);
}

void davy_tracer_metrics(davy_tracer *tracer, davy_buffer *out)
{
    static const char *const labels[] = {[DAVY_TRACES_SENT] = NULL,
                                         [DAVY_TRACES_FULL] = "reason=\"full\"",
                                         [DAVY_TRACES_REFUSED] = "reason=\"refused\"",
                                         [DAVY_TRACES_UNREACHED] = "reason=\"unreached\""};
    uint64_t ended[DAVY_TRACES_ENDS];
    size_t waiting;

    (void) pthread_mutex_lock(&tracer->lock);
    memcpy(ended, tracer->ended, sizeof ended);
    waiting = tracer->waiting_count;
    (void) pthread_mutex_unlock(&tracer->lock);
    davy_metrics_figure(out, "davy_traces_waiting", "gauge", "Traces that wait to be sent.", NULL,
                        (double) waiting);
    davy_metrics_figure(out, "davy_traces_sent_total", "counter",
                        "Traces that the collector has taken.", NULL,
                        (double) ended[DAVY_TRACES_SENT]);
    for (size_t i = DAVY_TRACES_FULL; i <= DAVY_TRACES_UNREACHED; i++)
        davy_metrics_figure(out, "davy_traces_dropped_total", "counter",
                            i == DAVY_TRACES_FULL ? "Traces that were given up." : NULL, labels[i],
                            (double) ended[i]);
}
