/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "../testing.h"
#include "collect/runner.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/**
 * @file
 * A site put together by hand with one source, and a place that keeps what is delivered.
 */
#define PLANT_SIGNALS_MAX 512
#define PLANT_FIRST_ID    100

struct plant {
    davy_site site;
    davy_site_source source;
    davy_site_signal signals[PLANT_SIGNALS_MAX];
    uint32_t bound[PLANT_SIGNALS_MAX];
    char paths[PLANT_SIGNALS_MAX][24];
};

/** A source of this kind with signals "A/s0", "A/s1", ... of ids from PLANT_FIRST_ID. */
static inline void plant_init(struct plant *plant, const char *kind, size_t count)
{
    memset(plant, 0, sizeof *plant);
    plant->source = (davy_site_source){.name = "source",
                                       .kind = kind,
                                       .poll_ns = 50 * DAVY_NS_PER_MS,
                                       .timeout_ns = DAVY_NS_PER_S,
                                       .unit_id = 1,
                                       .bound_count = count};
    plant->site.file = "/tmp/site.yaml";
    plant->site.name = "plant";
    plant->site.sources = &plant->source;
    plant->site.source_count = 1;
    plant->site.signals = plant->signals;
    plant->site.signal_count = count;
    plant->site.bound = plant->bound;
    for (size_t i = 0; i < count; i++) {
        (void) snprintf(plant->paths[i], sizeof plant->paths[i], "A/s%zu", i);
        plant->bound[i] = (uint32_t) i;
        plant->signals[i] = (davy_site_signal){.id = (davy_signal_id) (PLANT_FIRST_ID + i),
                                               .path = plant->paths[i],
                                               .name = plant->paths[i] + 2,
                                               .unit = "",
                                               .from = {.scale = 1.0}};
    }
}

/** What a runner delivered and told. */
struct sink {
    pthread_mutex_t lock;
    davy_sample *samples;
    size_t count, capacity;
    int refusals_left;    /* so many deliveries fail first */
    int told[4];          /* changes to each davy_source_state */
    char lost_words[256]; /* message of the last loss */
};

static inline void sink_init(struct sink *sink)
{
    *sink = (struct sink){.lock = PTHREAD_MUTEX_INITIALIZER};
}

static inline void sink_clear(struct sink *sink)
{
    free(sink->samples);
    pthread_mutex_destroy(&sink->lock);
}

static inline davy_status sink_deliver(void *context, const davy_sample *samples, size_t count)
{
    struct sink *sink = context;
    davy_status status = DAVY_OK;

    pthread_mutex_lock(&sink->lock);
    if (sink->refusals_left > 0) {
        sink->refusals_left--;
        status = davy_fail(DAVY_ERR_FULL, "the disk is full");
    } else {
        while (sink->count + count > sink->capacity) {
            sink->capacity = sink->capacity ? sink->capacity * 2 : 1024;
            sink->samples = realloc(sink->samples, sink->capacity * sizeof *sink->samples);
        }
        memcpy(sink->samples + sink->count, samples, count * sizeof *samples);
        sink->count += count;
    }
    pthread_mutex_unlock(&sink->lock);
    return status;
}

static inline void sink_report(void *context, const davy_source_report *report)
{
    struct sink *sink = context;

    pthread_mutex_lock(&sink->lock);
    sink->told[report->state]++;
    if (report->state == DAVY_SOURCE_LOST && report->message[0])
        (void) snprintf(sink->lost_words, sizeof sink->lost_words, "%s", report->message);
    pthread_mutex_unlock(&sink->lock);
}

static inline davy_runner_callbacks sink_callbacks(struct sink *sink)
{
    return (davy_runner_callbacks){sink, sink_deliver, sink_report};
}

static inline size_t sink_count(struct sink *sink)
{
    size_t count;

    pthread_mutex_lock(&sink->lock);
    count = sink->count;
    pthread_mutex_unlock(&sink->lock);
    return count;
}

static inline int sink_told(struct sink *sink, davy_source_state state)
{
    int told;

    pthread_mutex_lock(&sink->lock);
    told = sink->told[state];
    pthread_mutex_unlock(&sink->lock);
    return told;
}

static inline void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/** Wait for a condition that will come true; a bound far past it ends a test that has failed. */
#define WAIT_FOR(condition)                                 \
    do {                                                    \
        int wait_left = 6000;                               \
        while (!(condition) && wait_left-- > 0)             \
            pause_ms(5);                                    \
        if (!(condition))                                   \
            fail_msg("it never came true: %s", #condition); \
    } while (0)
