/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/queue_private.h"

#include "core/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Asks of one batch: each has a row at least, and the array is on the leader's stack. */
#define COMPANY_MAX 256

davy_status davy_queue_create(const davy_queue_options *options, davy_queue **out)
{
    davy_queue *queue = calloc(1, sizeof *queue);

    if (!queue)
        return davy_fail(DAVY_ERR_NOMEM, "queue of '%s'", options->model);
    queue->options = *options;
    queue->slowness = 1;
    queue->level_count =
        options->batching->priority_levels > 0 ? options->batching->priority_levels : 1;
    for (unsigned i = 0; i < DAVY_PRIORITIES_MAX; i++)
        for (size_t k = 0; k < 2; k++)
            TAILQ_INIT(&queue->levels[i].lists[k]);
    for (size_t i = 0; i < options->places; i++)
        queue->free_places[i] = options->places - 1 - i;
    queue->free_count = options->places;
    (void) pthread_mutex_init(&queue->lock, NULL);
    *out = queue;
    return DAVY_OK;
}

void davy_queue_destroy(davy_queue *queue)
{
    if (!queue)
        return;
    (void) pthread_mutex_destroy(&queue->lock);
    free(queue);
}

davy_ask *davy_queue_next(davy_queue *queue, const davy_ask *ask)
{
    size_t list = 0;

    if (ask) {
        davy_ask *behind = TAILQ_NEXT(ask, link);

        if (behind)
            return behind;
        list = 2 * (size_t) ask->level + (ask->late ? 1 : 0) + 1;
    }
    for (; list < 2 * (size_t) queue->level_count; list++) {
        davy_ask *first = TAILQ_FIRST(&queue->levels[list / 2].lists[list % 2]);

        if (first)
            return first;
    }
    return NULL;
}

void davy_queue_insert(davy_queue *queue, davy_ask *ask)
{
    davy_level *level = &queue->levels[ask->level];

    TAILQ_INSERT_TAIL(&level->lists[ask->late], ask, link);
    level->waiting++;
    level->rows += ask->rows;
    level->more_ns += ask->more_ns;
    queue->waiting++;
}

void davy_queue_remove(davy_queue *queue, davy_ask *ask)
{
    davy_level *level = &queue->levels[ask->level];

    TAILQ_REMOVE(&level->lists[ask->late], ask, link);
    level->waiting--;
    level->rows -= ask->rows;
    level->more_ns -= ask->more_ns;
    queue->waiting--;
}

void davy_ask_fail(davy_ask *ask, davy_status status)
{
    ask->status = status;
    (void) snprintf(ask->sentence, sizeof ask->sentence, "%s", davy_error());
}

/* The most urgent leads when a place is free and no other leader gathers. */
static void appoint(davy_queue *queue)
{
    davy_ask *first = davy_queue_next(queue, NULL);

    if (!first || queue->gathering || queue->free_count == 0)
        return;
    davy_queue_remove(queue, first);
    first->place = queue->free_places[--queue->free_count];
    first->state = DAVY_ASK_LEADS;
    queue->gathering = first;
    davy_bell_ring(&first->bell);
}

static void finish(davy_ask *ask)
{
    ask->state = DAVY_ASK_DONE;
    davy_bell_ring(&ask->bell);
}

static void time_out(davy_queue *queue, davy_ask *ask)
{
    ask->refusal = DAVY_REFUSAL_TIMEOUT;
    davy_ask_fail(ask, davy_fail(DAVY_ERR_TIMEOUT,
                                 "model '%s': the request waited longer than the %llu us it may",
                                 queue->options.model,
                                 (unsigned long long) (ask->until_ns - ask->arrived_ns) / 1000));
}

/* Its time is over while it waits: out, or behind all others of its level. */
static void expire(davy_queue *queue, davy_ask *ask)
{
    davy_queue_remove(queue, ask);
    if (ask->action == DAVY_TIMEOUT_DELAY) {
        ask->late = true;
        ask->until_ns = 0;
        davy_queue_insert(queue, ask);
        return;
    }
    time_out(queue, ask);
    finish(ask);
}

/* Wait for company while it may come and the oldest, who leads, may wait: for the delay of the
 * batch, and not longer than its own time. Then it runs. */
static void gather(davy_queue *queue, davy_ask *leader)
{
    const int64_t delayed = leader->arrived_ns + (int64_t) queue->options.batching->delay_us * 1000;
    const bool hurries = leader->until_ns > 0 && leader->until_ns < delayed;
    const int64_t until = hurries ? leader->until_ns : delayed;
    bool complete = false;

    queue->wants_company = true;
    while ((void) davy_queue_company(queue, leader, &complete), !complete)
        if (davy_monotonic_ns(davy_clock_system()) >= until ||
            !davy_bell_wait(&leader->bell, &queue->lock, until))
            break;
    queue->wants_company = false;
    leader->ready_ns = davy_monotonic_ns(davy_clock_system());
}

/* The leader's turn at the gate; false when its time is over first. */
static bool pass(davy_queue *queue, davy_ask *leader)
{
    bool passed;

    if (davy_gate_try(queue->options.gate))
        return true;
    (void) pthread_mutex_unlock(&queue->lock);
    passed = davy_gate_enter(queue->options.gate,
                             leader->action == DAVY_TIMEOUT_REJECT ? leader->until_ns : 0);
    (void) pthread_mutex_lock(&queue->lock);
    return passed;
}

static size_t compose(davy_queue *queue, davy_ask *leader, davy_ask **batch, size_t *rows)
{
    const int64_t now = davy_monotonic_ns(davy_clock_system());
    bool complete;
    size_t count = davy_queue_company(queue, leader, &complete);

    if (count > COMPANY_MAX - 1)
        count = COMPANY_MAX - 1;
    batch[0] = leader;
    for (size_t i = 1; i <= count; i++) {
        batch[i] = davy_queue_next(queue, NULL);
        davy_queue_remove(queue, batch[i]);
        batch[i]->state = DAVY_ASK_TAKEN;
    }
    *rows = 0;
    for (size_t i = 0; i <= count; i++) {
        batch[i]->started_ns = now;
        *rows += batch[i]->rows;
    }
    return count + 1;
}

static void run(davy_queue *queue, davy_ask *leader)
{
    davy_ask *batch[COMPANY_MAX];
    size_t rows;
    const size_t count = compose(queue, leader, batch, &rows);

    queue->gathering = NULL;
    appoint(queue);
    (void) pthread_mutex_unlock(&queue->lock);
    queue->options.run(queue->options.context, leader->place, batch, count);
    davy_gate_leave(queue->options.gate);
    (void) pthread_mutex_lock(&queue->lock);
    davy_queue_learn(queue, rows, davy_monotonic_ns(davy_clock_system()) - leader->ready_ns);
    for (size_t i = 1; i < count; i++)
        finish(batch[i]);
}

static void lead(davy_queue *queue, davy_ask *leader)
{
    gather(queue, leader);
    if (pass(queue, leader)) {
        run(queue, leader);
    } else {
        time_out(queue, leader);
        queue->gathering = NULL;
    }
    leader->state = DAVY_ASK_DONE;
    queue->free_places[queue->free_count++] = leader->place;
    appoint(queue);
}

/* Somebody came: the leader that waits for company may have enough now. */
static void announce(davy_queue *queue)
{
    bool complete = false;

    appoint(queue);
    if (queue->gathering && queue->wants_company) {
        (void) davy_queue_company(queue, queue->gathering, &complete);
        if (complete)
            davy_bell_ring(&queue->gathering->bell);
    }
}

static void wait_for_end(davy_queue *queue, davy_ask *ask)
{
    while (ask->state != DAVY_ASK_DONE) {
        if (ask->state == DAVY_ASK_LEADS)
            lead(queue, ask);
        else if (!davy_bell_wait(&ask->bell, &queue->lock,
                                 ask->state == DAVY_ASK_WAITING ? ask->until_ns : 0) &&
                 ask->state == DAVY_ASK_WAITING)
            expire(queue, ask);
    }
}

/* A place is free, and nobody is there whom to wait for. */
static bool is_idle(const davy_queue *queue)
{
    return queue->waiting == 0 && !queue->gathering && queue->free_count > 0 &&
           queue->options.batching->delay_us == 0;
}

/* A lone ask needs no bell and no turn. False, and nothing is done, when it is not alone. */
static bool run_lone(davy_queue *queue, davy_ask *ask)
{
    if (!is_idle(queue) || !davy_gate_try(queue->options.gate))
        return false;
    ask->place = queue->free_places[--queue->free_count];
    ask->ready_ns = ask->arrived_ns;
    run(queue, ask);
    queue->free_places[queue->free_count++] = ask->place;
    appoint(queue);
    return true;
}

/* In the line, until it is answered. */
static void run_in_line(davy_queue *queue, davy_ask *ask)
{
    davy_bell_init(&ask->bell);
    davy_queue_insert(queue, ask);
    announce(queue);
    wait_for_end(queue, ask);
}

static davy_status refuse_to_wait(const davy_queue *queue, davy_ask *ask)
{
    ask->refusal = DAVY_REFUSAL_WAIT;
    return davy_fail(DAVY_ERR_UNAVAILABLE, "model '%s': others are ahead", queue->options.model);
}

davy_status davy_queue_ask(davy_queue *queue, davy_ask *ask)
{
    bool waited = false;
    davy_status status;

    ask->state = DAVY_ASK_WAITING;
    ask->status = DAVY_OK;
    ask->arrived_ns = ask->started_ns = davy_monotonic_ns(davy_clock_system());
    (void) pthread_mutex_lock(&queue->lock);
    status = davy_queue_admit(queue, ask);
    if (status == DAVY_OK && !run_lone(queue, ask)) {
        waited = !ask->at_once;
        if (waited)
            run_in_line(queue, ask);
        else
            status = refuse_to_wait(queue, ask);
    }
    (void) pthread_mutex_unlock(&queue->lock);
    if (status != DAVY_OK)
        return status;
    if (waited)
        davy_bell_clear(&ask->bell);
    return ask->status == DAVY_OK ? DAVY_OK : davy_fail(ask->status, "%s", ask->sentence);
}

void davy_queue_set_forecast(davy_queue *queue, davy_forecast forecast)
{
    (void) pthread_mutex_lock(&queue->lock);
    queue->forecast = forecast;
    (void) pthread_mutex_unlock(&queue->lock);
}

bool davy_queue_is_idle(davy_queue *queue)
{
    bool idle;

    (void) pthread_mutex_lock(&queue->lock);
    idle = is_idle(queue);
    (void) pthread_mutex_unlock(&queue->lock);
    return idle && davy_gate_line(queue->options.gate) == 0;
}

size_t davy_queue_length(davy_queue *queue)
{
    size_t waiting;

    (void) pthread_mutex_lock(&queue->lock);
    waiting = queue->waiting;
    (void) pthread_mutex_unlock(&queue->lock);
    return waiting;
}
