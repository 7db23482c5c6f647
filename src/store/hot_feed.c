/* SPDX-License-Identifier: Apache-2.0 */
#include "store/hot_feed.h"

#include "core/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* A buffer is full with so many samples: 768 KiB of them, which stay in a cache. */
#define LOAD_SAMPLES ((size_t) 32 * 1024)

/* One is filled, one is added, and one waits for whichever is faster. */
#define LOADS 3

/* Of a load: the next `count` samples came in this frame. */
struct part {
    uint64_t sequence;
    size_t count;
};

struct load {
    davy_buffer samples; /* davy_sample[] */
    davy_buffer parts;   /* struct part[] */
};

struct davy_hot_feed {
    davy_hot *const *hot;
    struct load loads[LOADS];
    size_t filling; /* the caller's load */
    pthread_t thread;
    bool threaded;
    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t changed;
    size_t waiting; /* loads before `filling` that are not added yet */
    bool stop;
    davy_status status; /* of the first failure; nothing is added after it */
    char error[DAVY_ERROR_MAX];
};

static davy_status add_load(davy_hot *hot, const struct load *load)
{
    const davy_sample *samples = (const davy_sample *) (const void *) load->samples.bytes;
    const struct part *parts = (const struct part *) (const void *) load->parts.bytes;
    const int64_t now_ns = davy_monotonic_ns(davy_clock_system());
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < load->parts.length / sizeof *parts && status == DAVY_OK; i++) {
        status = davy_hot_add(hot, samples, parts[i].count, parts[i].sequence, now_ns);
        samples += parts[i].count;
    }
    return status;
}

/* Under the lock, which is given up for the time of the work. */
static void add_next(davy_hot_feed *feed)
{
    const struct load *load = &feed->loads[(feed->filling + LOADS - feed->waiting) % LOADS];
    davy_status status = feed->status;

    pthread_mutex_unlock(&feed->lock);
    if (status == DAVY_OK)
        status = add_load(*feed->hot, load);
    pthread_mutex_lock(&feed->lock);
    if (status != DAVY_OK && feed->status == DAVY_OK) {
        feed->status = status;
        (void) snprintf(feed->error, sizeof feed->error, "%s", davy_error());
    }
    feed->waiting--;
    pthread_cond_broadcast(&feed->changed);
}

static void *add_loads(void *context)
{
    davy_hot_feed *feed = context;

    pthread_mutex_lock(&feed->lock);
    while (!feed->stop) {
        if (feed->waiting > 0)
            add_next(feed);
        else
            pthread_cond_wait(&feed->changed, &feed->lock);
    }
    pthread_mutex_unlock(&feed->lock);
    return NULL;
}

davy_status davy_hot_feed_create(davy_hot *const *hot, bool threaded, davy_hot_feed **out)
{
    davy_hot_feed *feed = calloc(1, sizeof *feed);

    if (!feed)
        return davy_fail(DAVY_ERR_NOMEM, "no memory to read the log");
    feed->hot = hot;
    pthread_mutex_init(&feed->lock, NULL);
    pthread_cond_init(&feed->changed, NULL);
    /* Without a thread it takes longer, and that is all. */
    feed->threaded = threaded && pthread_create(&feed->thread, NULL, add_loads, feed) == 0;
    *out = feed;
    return DAVY_OK;
}

void davy_hot_feed_destroy(davy_hot_feed *feed)
{
    if (!feed)
        return;
    if (feed->threaded) {
        pthread_mutex_lock(&feed->lock);
        feed->stop = true;
        pthread_cond_broadcast(&feed->changed);
        pthread_mutex_unlock(&feed->lock);
        pthread_join(feed->thread, NULL);
    }
    for (size_t i = 0; i < LOADS; i++) {
        davy_buffer_clear(&feed->loads[i].samples);
        davy_buffer_clear(&feed->loads[i].parts);
    }
    pthread_cond_destroy(&feed->changed);
    pthread_mutex_destroy(&feed->lock);
    free(feed);
}

davy_buffer *davy_hot_feed_samples(davy_hot_feed *feed)
{
    return &feed->loads[feed->filling].samples;
}

/* Hand the load over, and go on in the next one when that is free, or when all of them are. */
static davy_status hand_over(davy_hot_feed *feed, size_t most_waiting)
{
    davy_status status;

    pthread_mutex_lock(&feed->lock);
    feed->filling = (feed->filling + 1) % LOADS;
    feed->waiting++;
    pthread_cond_broadcast(&feed->changed);
    while (feed->waiting > most_waiting) {
        if (feed->threaded)
            pthread_cond_wait(&feed->changed, &feed->lock);
        else
            add_next(feed);
    }
    status = feed->status;
    pthread_mutex_unlock(&feed->lock);
    davy_buffer_reset(&feed->loads[feed->filling].samples);
    davy_buffer_reset(&feed->loads[feed->filling].parts);
    if (status == DAVY_OK)
        return DAVY_OK;
    errno = 0; /* the sentence has its words */
    return davy_fail(status, "%s", feed->error);
}

davy_status davy_hot_feed_push(davy_hot_feed *feed, size_t count, uint64_t sequence)
{
    struct load *load = &feed->loads[feed->filling];
    const struct part part = {sequence, count};
    davy_status status;

    davy_buffer_append(&load->parts, &part, sizeof part);
    status = davy_buffer_ok(&load->parts);
    if (status != DAVY_OK || load->samples.length < LOAD_SAMPLES * sizeof(davy_sample))
        return status;
    return hand_over(feed, LOADS - 1);
}

davy_status davy_hot_feed_finish(davy_hot_feed *feed)
{
    return hand_over(feed, 0);
}
