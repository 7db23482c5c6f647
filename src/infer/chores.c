/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/chores.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <unistd.h>

/* Beside a thread of usual priority it gets a tenth of a CPU. */
#define NICE 10

struct item {
    davy_chore chore;
    STAILQ_ENTRY(item) link;
};

struct davy_chores {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    STAILQ_HEAD(item_line, item) waiting;
    size_t count;
    bool started, stopping, working;
};

static void finish(struct item *item)
{
    if (item->chore.free)
        item->chore.free(item->chore.context);
    free(item);
}

static struct item *next_item(davy_chores *chores)
{
    struct item *item;

    chores->working = false;
    (void) pthread_cond_broadcast(&chores->changed);
    while (!chores->stopping && STAILQ_EMPTY(&chores->waiting))
        (void) pthread_cond_wait(&chores->changed, &chores->lock);
    if (chores->stopping)
        return NULL;
    item = STAILQ_FIRST(&chores->waiting);
    STAILQ_REMOVE_HEAD(&chores->waiting, link);
    chores->count--;
    chores->working = true;
    return item;
}

static void *work(void *context)
{
    davy_chores *chores = context;
    struct item *item;

    (void) setpriority(PRIO_PROCESS, (id_t) gettid(), NICE);
    (void) pthread_mutex_lock(&chores->lock);
    while ((item = next_item(chores))) {
        (void) pthread_mutex_unlock(&chores->lock);
        item->chore.run(item->chore.context);
        finish(item);
        (void) pthread_mutex_lock(&chores->lock);
    }
    (void) pthread_mutex_unlock(&chores->lock);
    return NULL;
}

davy_status davy_chores_create(davy_chores **out)
{
    davy_chores *chores = calloc(1, sizeof *chores);

    if (!chores)
        return davy_fail(DAVY_ERR_NOMEM, "chores of a host");
    STAILQ_INIT(&chores->waiting);
    (void) pthread_mutex_init(&chores->lock, NULL);
    (void) pthread_cond_init(&chores->changed, NULL);
    *out = chores;
    return DAVY_OK;
}

void davy_chores_destroy(davy_chores *chores)
{
    struct item *item;

    if (!chores)
        return;
    davy_chores_stop(chores);
    while ((item = STAILQ_FIRST(&chores->waiting))) {
        STAILQ_REMOVE_HEAD(&chores->waiting, link);
        finish(item);
    }
    (void) pthread_cond_destroy(&chores->changed);
    (void) pthread_mutex_destroy(&chores->lock);
    free(chores);
}

davy_status davy_chores_start(davy_chores *chores)
{
    if (pthread_create(&chores->thread, NULL, work, chores) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "no thread for the chores of a host");
    chores->started = true;
    return DAVY_OK;
}

void davy_chores_stop(davy_chores *chores)
{
    if (!chores || !chores->started)
        return;
    (void) pthread_mutex_lock(&chores->lock);
    chores->stopping = true;
    (void) pthread_cond_broadcast(&chores->changed);
    (void) pthread_mutex_unlock(&chores->lock);
    (void) pthread_join(chores->thread, NULL);
    chores->started = false;
}

static bool add(davy_chores *chores, struct item *item, size_t most)
{
    bool taken;

    (void) pthread_mutex_lock(&chores->lock);
    taken = chores->count < most && !chores->stopping;
    if (taken) {
        STAILQ_INSERT_TAIL(&chores->waiting, item, link);
        chores->count++;
        (void) pthread_cond_broadcast(&chores->changed);
    }
    (void) pthread_mutex_unlock(&chores->lock);
    return taken;
}

bool davy_chores_add(davy_chores *chores, const davy_chore *chore, size_t most)
{
    struct item *item = calloc(1, sizeof *item);

    if (!item) {
        if (chore->free)
            chore->free(chore->context);
        return false;
    }
    item->chore = *chore;
    if (add(chores, item, most))
        return true;
    finish(item);
    return false;
}

void davy_chores_settle(davy_chores *chores)
{
    (void) pthread_mutex_lock(&chores->lock);
    while (chores->working || chores->count > 0)
        (void) pthread_cond_wait(&chores->changed, &chores->lock);
    (void) pthread_mutex_unlock(&chores->lock);
}
