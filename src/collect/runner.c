/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/runner.h"

#include "core/log.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A read() returns at least so often, and a stop is seen. */
#define READ_TIMEOUT_MS 200

struct davy_runner {
    const davy_site *site;
    const davy_site_source *source;
    const davy_clock *clock;
    davy_runner_callbacks callbacks;
    const davy_source_kind *kind;
    void *state; /* of the kind; touched by the thread alone, but for interrupt() under the lock */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stopped;    /* on the monotonic clock */
    bool stopping;             /* under the lock */
    bool entered;              /* under the lock: state is between its first byte and close() */
    davy_source_report report; /* under the lock */
    int64_t backoff_ns;        /* of the next wait; the rest is the thread's own */
    uint64_t random;           /* state of the jitter */
    bool marked;               /* the gap is recorded and nothing has come since */
    davy_sample samples[DAVY_RUNNER_BATCH];
};

static bool is_stopping(davy_runner *runner)
{
    bool stopping;

    pthread_mutex_lock(&runner->lock);
    stopping = runner->stopping;
    pthread_mutex_unlock(&runner->lock);
    return stopping;
}

/* Keep the new state and tell it. An unchanged state and message are not news. */
static void tell(davy_runner *runner, davy_source_state state, const char *message)
{
    davy_source_report report;
    bool changed;

    pthread_mutex_lock(&runner->lock);
    changed = runner->report.state != state || strcmp(runner->report.message, message) != 0;
    if (runner->report.state != state)
        runner->report.since_ns = davy_wall_ns(runner->clock);
    runner->report.state = state;
    (void) snprintf(runner->report.message, sizeof runner->report.message, "%s", message);
    report = runner->report;
    pthread_mutex_unlock(&runner->lock);
    if (changed && runner->callbacks.report)
        runner->callbacks.report(runner->callbacks.context, &report);
}

static void count(davy_runner *runner, uint64_t samples, uint64_t failures)
{
    pthread_mutex_lock(&runner->lock);
    runner->report.samples += samples;
    runner->report.failures += failures;
    pthread_mutex_unlock(&runner->lock);
}

/* Source: G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003. */
static uint64_t next_random(davy_runner *runner)
{
    runner->random ^= runner->random << 13;
    runner->random ^= runner->random >> 7;
    runner->random ^= runner->random << 17;
    return runner->random;
}

/* Wait on the machine's own clock, whatever clock the samples follow: a stop ends the wait. */
static void wait_for_stop(davy_runner *runner, int64_t ns)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t) (ns / DAVY_NS_PER_S);
    until.tv_nsec += (long) (ns % DAVY_NS_PER_S);
    if (until.tv_nsec >= DAVY_NS_PER_S) {
        until.tv_sec++;
        until.tv_nsec -= DAVY_NS_PER_S;
    }
    pthread_mutex_lock(&runner->lock);
    while (!runner->stopping)
        if (pthread_cond_timedwait(&runner->stopped, &runner->lock, &until) != 0)
            break;
    pthread_mutex_unlock(&runner->lock);
}

/* Wait the backoff with up to a quarter of jitter, so that a thousand sources do not come back to
 * one gateway in the same moment. */
static void back_off(davy_runner *runner)
{
    int64_t jitter = (int64_t) (next_random(runner) % (uint64_t) (runner->backoff_ns / 4 + 1));

    wait_for_stop(runner, runner->backoff_ns + jitter);
    runner->backoff_ns *= 2;
    if (runner->backoff_ns > DAVY_RUNNER_BACKOFF_CAP_NS)
        runner->backoff_ns = DAVY_RUNNER_BACKOFF_CAP_NS;
}

/* Deliver a batch, however often it takes. False when the runner is stopped before that. */
static bool deliver(davy_runner *runner, const davy_sample *samples, size_t length)
{
    int64_t backoff_ns = runner->backoff_ns;
    char message[256], before[256];
    bool waited = false;

    memcpy(before, runner->report.message, sizeof before); /* this thread alone writes it */
    runner->backoff_ns = DAVY_RUNNER_BACKOFF_FIRST_NS;
    while (runner->callbacks.deliver(runner->callbacks.context, samples, length) != DAVY_OK) {
        count(runner, 0, 1);
        (void) snprintf(message, sizeof message, "samples wait: %.200s", davy_error());
        if (!waited)
            davy_log(DAVY_LOG_WARNING, "collect", "%s: %s", runner->source->name, message);
        waited = true;
        tell(runner, runner->report.state, message);
        back_off(runner);
        if (is_stopping(runner)) {
            davy_log(DAVY_LOG_ERROR, "collect", "%s: stopped with %zu samples undelivered",
                     runner->source->name, length);
            return false;
        }
    }
    runner->backoff_ns = backoff_ns;
    if (waited)
        tell(runner, runner->report.state, before);
    return true;
}

/* One sample of quality bad for each signal, unless the last such mark still stands. */
static void mark_gap(davy_runner *runner)
{
    int64_t now_ns = davy_wall_ns(runner->clock);
    size_t length = 0;

    if (runner->marked)
        return;
    for (size_t i = 0; i < runner->source->bound_count; i++) {
        runner->samples[length++] =
            davy_source_gap(davy_source_signal(runner->site, runner->source, i), now_ns);
        if (length == DAVY_RUNNER_BATCH || i + 1 == runner->source->bound_count) {
            if (!deliver(runner, runner->samples, length))
                return;
            length = 0;
        }
    }
    runner->marked = true;
}

/* Deliver what a read() gave. A failure of that read() keeps its own sentence: a callback may have
 * put another in its place. False when the runner is stopped. */
static bool take_batch(davy_runner *runner, davy_status status, size_t length)
{
    char message[DAVY_ERROR_MAX];

    (void) snprintf(message, sizeof message, "%s", davy_error());
    tell(runner, DAVY_SOURCE_RUNNING, "");
    runner->marked = false;
    runner->backoff_ns = DAVY_RUNNER_BACKOFF_FIRST_NS;
    if (!deliver(runner, runner->samples, length))
        return false;
    count(runner, length, 0);
    errno = 0; /* its words are in the sentence already */
    if (status != DAVY_OK)
        (void) davy_fail(status, "%s", message);
    return true;
}

/* Read and deliver until the source fails, ends, or the runner is stopped (DAVY_OK). */
static davy_status pump(davy_runner *runner)
{
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && !is_stopping(runner)) {
        size_t length = 0;

        status = runner->kind->read(runner->state, READ_TIMEOUT_MS, runner->samples,
                                    DAVY_RUNNER_BATCH, &length);
        if (length > 0 && !take_batch(runner, status, length))
            return DAVY_OK;
        if (status == DAVY_OK && length == 0)
            tell(runner, DAVY_SOURCE_RUNNING, "");
    }
    return status;
}

/* Zero the state and take it into use; false when the runner is being stopped. */
static bool enter(davy_runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    runner->entered = !runner->stopping;
    if (runner->entered)
        memset(runner->state, 0, runner->kind->state_size);
    pthread_mutex_unlock(&runner->lock);
    return runner->entered;
}

static void leave(davy_runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    runner->entered = false;
    runner->kind->close(runner->state);
    pthread_mutex_unlock(&runner->lock);
}

/* Open, read until something ends it, close. False when there is nothing to try again. */
static bool run_once(davy_runner *runner)
{
    char message[DAVY_ERROR_MAX];
    davy_status status;
    bool opened;

    if (!enter(runner))
        return false;
    tell(runner, DAVY_SOURCE_CONNECTING, "");
    status = runner->kind->open(runner->state, runner->site, runner->source, runner->clock);
    opened = status == DAVY_OK;
    if (opened)
        status = pump(runner);
    (void) snprintf(message, sizeof message, "%s", davy_error());
    leave(runner);
    if (is_stopping(runner))
        return false;
    if (opened && status == DAVY_ERR_NOT_FOUND)
        return false;
    count(runner, 0, 1);
    tell(runner, DAVY_SOURCE_LOST, message);
    mark_gap(runner);
    return true;
}

static void *run(void *argument)
{
    davy_runner *runner = argument;

    while (run_once(runner))
        back_off(runner);
    tell(runner, DAVY_SOURCE_FINISHED, is_stopping(runner) ? "stopped" : "at its end");
    return NULL;
}

static void init_lock(davy_runner *runner)
{
    pthread_condattr_t monotonic;

    pthread_mutex_init(&runner->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&runner->stopped, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

/* The signals of the process are the daemon's business: a source's thread takes none. */
static davy_status start_thread(davy_runner *runner)
{
    sigset_t all, before;
    char name[16];
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&runner->thread, NULL, run, runner);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0)
        return davy_fail(DAVY_ERR_NOMEM, "source '%s': no thread: %s", runner->source->name,
                         strerror(error));
    (void) snprintf(name, sizeof name, "%s", runner->source->name); /* seen by top -H */
    (void) pthread_setname_np(runner->thread, name);
    return DAVY_OK;
}

static void destroy(davy_runner *runner)
{
    pthread_cond_destroy(&runner->stopped);
    pthread_mutex_destroy(&runner->lock);
    free(runner->state);
    free(runner);
}

davy_status davy_runner_start(const davy_site *site, const davy_site_source *source,
                              const davy_clock *clock, const davy_runner_callbacks *callbacks,
                              davy_runner **out)
{
    const davy_source_kind *kind = davy_source_kind_find(source->kind);
    davy_runner *runner;
    davy_status status;

    if (!kind)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "source '%s': kind '%s' has nothing to run",
                         source->name, source->kind);
    runner = calloc(1, sizeof *runner);
    if (!runner)
        return davy_fail(DAVY_ERR_NOMEM, "source '%s'", source->name);
    init_lock(runner);
    runner->site = site;
    runner->source = source;
    runner->clock = clock;
    runner->callbacks = *callbacks;
    runner->kind = kind;
    runner->state = calloc(1, kind->state_size);
    runner->report.source = source;
    runner->report.since_ns = davy_wall_ns(clock);
    runner->backoff_ns = DAVY_RUNNER_BACKOFF_FIRST_NS;
    runner->random = ((uint64_t) davy_wall_ns(clock) ^ (uintptr_t) runner) | 1;
    status = runner->state ? start_thread(runner)
                           : davy_fail(DAVY_ERR_NOMEM, "source '%s'", source->name);
    if (status != DAVY_OK) {
        destroy(runner);
        return status;
    }
    *out = runner;
    return DAVY_OK;
}

void davy_runner_interrupt(davy_runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    runner->stopping = true;
    if (runner->entered && runner->kind->interrupt)
        runner->kind->interrupt(runner->state);
    pthread_cond_broadcast(&runner->stopped);
    pthread_mutex_unlock(&runner->lock);
}

void davy_runner_stop(davy_runner *runner)
{
    if (!runner)
        return;
    davy_runner_interrupt(runner);
    pthread_join(runner->thread, NULL);
    destroy(runner);
}

void davy_runner_report(davy_runner *runner, davy_source_report *report)
{
    pthread_mutex_lock(&runner->lock);
    *report = runner->report;
    pthread_mutex_unlock(&runner->lock);
}
