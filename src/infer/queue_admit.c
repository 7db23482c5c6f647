/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/queue_private.h"

#include <inttypes.h>
#include <math.h>

/* What a client is told to wait when nothing was measured yet. */
#define RETRY_MS 100

/* Share of a new run in what is known of how slow the box is: the last ten count. */
#define LEARNING 0.1

/* A run that was held up for longer tells of an accident and not of the load. */
#define SLOWNESS_MAX 20.0

static const davy_queue_policy *policy_of(const davy_queue *queue, unsigned level)
{
    const davy_batching *batching = queue->options.batching;

    return batching->priority_levels > 0 ? &batching->queues[level] : &batching->queue;
}

/* A request may shorten its time where the policy lets it; 0 means none on both sides. */
static uint64_t timeout_of(const davy_ask *ask, const davy_queue_policy *policy)
{
    const bool asked = ask->timeout_us > 0;

    if (asked && policy->timeout_us == 0)
        return ask->timeout_us;
    if (asked && policy->allow_timeout_override && ask->timeout_us < policy->timeout_us)
        return ask->timeout_us;
    return policy->timeout_us;
}

int64_t davy_ask_until(const davy_ask *ask)
{
    const bool bound = ask->timeout_us > 0 && ask->timeout_us < INT64_MAX / 2000;

    return bound ? ask->arrived_ns + (int64_t) ask->timeout_us * 1000 : 0;
}

static unsigned level_of(const davy_queue *queue, const davy_ask *ask)
{
    const unsigned usual = queue->options.batching->priority_default;
    const unsigned wanted = ask->priority > 0 ? ask->priority : usual;

    if (wanted == 0)
        return 0;
    return wanted <= queue->level_count ? wanted - 1 : queue->level_count - 1;
}

/* Runs of full batches that stand between an ask and its own run, over all places. */
static int64_t wait_ns(const davy_queue *queue, const davy_ask *ask)
{
    const size_t most = davy_queue_most(queue) > 1 ? davy_queue_most(queue) : 1;
    const size_t busy = queue->options.places - queue->free_count;
    size_t rows = 0, asks = 0;
    int64_t more_ns = 0;
    double runs;

    for (unsigned i = 0; i <= ask->level; i++) {
        rows += queue->levels[i].rows;
        asks += queue->levels[i].waiting;
        more_ns += queue->levels[i].more_ns;
    }
    if (busy + asks == 0)
        return 0;
    runs = most > 1 ? floor((double) rows / (double) most) : (double) asks;
    runs = (runs + (double) busy) / (double) queue->options.places;
    return (int64_t) (queue->slowness *
                      (runs * (double) queue->forecast.ns(queue->forecast.context, most) +
                       (double) more_ns / (double) queue->options.places));
}

static davy_status refuse(davy_ask *ask, davy_refusal refusal, int64_t retry_ns)
{
    ask->refusal = refusal;
    ask->retry_after_ms = retry_ns > 1000000 ? (unsigned) (retry_ns / 1000000) : 1;
    return DAVY_ERR_FULL;
}

/* What was promised, or what the request can wait: the smaller. */
static davy_status check_capacity(const davy_queue *queue, davy_ask *ask)
{
    const int64_t wait = queue->forecast.ns ? wait_ns(queue, ask) : 0;
    const double promise = queue->options.promise_ms * 1e6;
    int64_t run;

    if (wait == 0)
        return DAVY_OK;
    run = (int64_t) (queue->slowness *
                     (double) (queue->forecast.ns(queue->forecast.context, ask->rows) +
                               ask->more_ns));
    if (ask->until_ns > 0 && ask->action == DAVY_TIMEOUT_REJECT &&
        wait > ask->until_ns - ask->arrived_ns)
        return davy_fail(
            refuse(ask, DAVY_REFUSAL_CAPACITY, wait - (ask->until_ns - ask->arrived_ns)),
            "model '%s': %zu requests wait, which is %.1f ms of work as measured on "
            "this machine, and the request may wait %.1f ms",
            queue->options.model, queue->waiting, (double) wait / 1e6,
            (double) (ask->until_ns - ask->arrived_ns) / 1e6);
    if (promise > 0 && (double) (wait + run) > promise)
        return davy_fail(
            refuse(ask, DAVY_REFUSAL_CAPACITY, (int64_t) ((double) (wait + run) - promise)),
            "model '%s' promises an answer in %.1f ms: %zu requests wait, and with "
            "them it would take %.1f ms as measured on this machine",
            queue->options.model, queue->options.promise_ms, queue->waiting,
            (double) (wait + run) / 1e6);
    return DAVY_OK;
}

static davy_status check_room(const davy_queue *queue, davy_ask *ask,
                              const davy_queue_policy *policy)
{
    const davy_level *level = &queue->levels[ask->level];
    const bool level_full = policy->size_max > 0 && level->waiting >= policy->size_max;

    if (!level_full && queue->waiting < queue->options.waiting_max)
        return DAVY_OK;
    return davy_fail(refuse(ask, DAVY_REFUSAL_QUEUE,
                            queue->forecast.ns ? wait_ns(queue, ask) : RETRY_MS * INT64_C(1000000)),
                     "model '%s': exceeds maximum queue size: %zu requests wait already",
                     queue->options.model, level_full ? level->waiting : queue->waiting);
}

davy_status davy_queue_admit(davy_queue *queue, davy_ask *ask)
{
    const davy_queue_policy *policy;
    uint64_t timeout_us;
    davy_status status;

    ask->level = level_of(queue, ask);
    ask->late = false;
    policy = policy_of(queue, ask->level);
    timeout_us = timeout_of(ask, policy);
    if (timeout_us > INT64_MAX / 2000) /* as good as none, and would overflow */
        timeout_us = 0;
    ask->until_ns = timeout_us > 0 ? ask->arrived_ns + (int64_t) timeout_us * 1000 : 0;
    ask->action = policy->action;
    status = check_room(queue, ask, policy);
    if (status == DAVY_OK)
        status = check_capacity(queue, ask);
    return status;
}

void davy_queue_learn(davy_queue *queue, size_t rows, int64_t ns)
{
    double measured, ratio;

    if (!queue->forecast.ns)
        return;
    measured = (double) queue->forecast.ns(queue->forecast.context, rows);
    if (measured <= 0)
        return;
    ratio = fmin((double) ns / measured, SLOWNESS_MAX);
    queue->slowness = fmax(1, (1 - LEARNING) * queue->slowness + LEARNING * ratio);
}
