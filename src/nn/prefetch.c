/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/prefetch.h"

#include "nn/memory.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOTS ((size_t) 2)

/* A batch on its way. The thread owns it while it is empty, the caller when it is full. */
struct slot {
    davy_tensor *inputs; /* [input_count] */
    davy_memory *memory; /* [input_count] */
    size_t count;        /* rows */
    davy_status status;
    char sentence[DAVY_ERROR_MAX]; /* of a failure, which belongs to the thread that failed */
    bool full;
};

struct davy_prefetch {
    size_t input_count, batch;
    struct slot slots[SLOTS];
    size_t taken; /* batches that the caller got in this pass; the slot is this one modulo SLOTS */
    bool held;    /* the caller works on the one before */

    pthread_mutex_t lock; /* guards `full` and what follows */
    pthread_cond_t changed;
    pthread_t thread;
    bool started, stopping;
    davy_prefetch_pass pass;
    size_t filled; /* batches of this pass that the thread has begun */
    bool busy;     /* it is filling one */
};

static size_t batches(const davy_prefetch *prefetch)
{
    return (prefetch->pass.count + prefetch->batch - 1) / prefetch->batch;
}

/* Fill a batch of a pass; nobody else looks at the slot. */
static void fill(const davy_prefetch *prefetch, const davy_prefetch_pass *pass, size_t number,
                 struct slot *slot)
{
    const size_t from = number * prefetch->batch, rest = pass->count - from;

    slot->count = rest < prefetch->batch ? rest : prefetch->batch;
    for (size_t i = 0; i < prefetch->input_count; i++) {
        slot->inputs[i].dims[0] = (int64_t) slot->count;
        slot->inputs[i].data = slot->memory[i].data;
    }
    slot->status = pass->samples->fill(pass->samples->context, pass->epoch, pass->order + from,
                                       slot->count, slot->inputs);
    if (slot->status != DAVY_OK)
        (void) snprintf(slot->sentence, sizeof slot->sentence, "%s", davy_error());
}

/* The next slot to fill, or NULL; under the lock. */
static struct slot *next_empty(davy_prefetch *prefetch)
{
    struct slot *slot = &prefetch->slots[prefetch->filled % SLOTS];

    return prefetch->filled < batches(prefetch) && !slot->full ? slot : NULL;
}

static void *thread_run(void *context)
{
    davy_prefetch *prefetch = context;

    (void) pthread_mutex_lock(&prefetch->lock);
    while (!prefetch->stopping) {
        struct slot *slot = next_empty(prefetch);
        const davy_prefetch_pass pass = prefetch->pass;
        const size_t number = prefetch->filled;

        if (!slot) {
            (void) pthread_cond_wait(&prefetch->changed, &prefetch->lock);
            continue;
        }
        prefetch->busy = true;
        prefetch->filled++;
        (void) pthread_mutex_unlock(&prefetch->lock);
        fill(prefetch, &pass, number, slot);
        (void) pthread_mutex_lock(&prefetch->lock);
        prefetch->busy = false;
        slot->full = true;
        (void) pthread_cond_broadcast(&prefetch->changed);
    }
    (void) pthread_mutex_unlock(&prefetch->lock);
    return NULL;
}

/* Signals are the main thread's. */
static davy_status start(davy_prefetch *prefetch)
{
    sigset_t all, before;
    int failure;

    (void) sigfillset(&all);
    (void) pthread_sigmask(SIG_SETMASK, &all, &before);
    failure = pthread_create(&prefetch->thread, NULL, thread_run, prefetch);
    (void) pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure)
        return davy_fail(DAVY_ERR_NOMEM, "cannot start the thread that fills batches");
    prefetch->started = true;
    return DAVY_OK;
}

/* A tensor of `batch` rows of an input's shape. */
static davy_status shape_input(const davy_edge *edge, size_t batch, davy_tensor *tensor)
{
    int64_t dims[DAVY_RANK_MAX];
    bool known = edge->tensor.type != DAVY_TYPE_NONE && edge->tensor.rank >= 1;

    for (int i = 0; i < edge->tensor.rank; i++) {
        dims[i] = i == 0 ? (int64_t) batch : edge->tensor.dims[i];
        known &= dims[i] >= 0;
    }
    if (!known || (edge->tensor.dims[0] >= 0 && edge->tensor.dims[0] != (int64_t) batch))
        return davy_fail(DAVY_ERR_INVALID,
                         "input '%s' has no shape of which only the batch is left open",
                         edge->name);
    return davy_tensor_shape(tensor, edge->tensor.type, edge->tensor.rank, dims);
}

static davy_status make_slot(const davy_graph *graph, size_t batch, struct slot *slot)
{
    slot->inputs = calloc(graph->input_count + 1, sizeof *slot->inputs);
    slot->memory = calloc(graph->input_count + 1, sizeof *slot->memory);
    if (!slot->inputs || !slot->memory)
        return davy_fail(DAVY_ERR_NOMEM, "a batch of '%s'", graph->name);
    for (size_t i = 0; i < graph->input_count; i++) {
        const davy_edge *edge = &graph->values[graph->inputs[i]];
        davy_status status = shape_input(edge, batch, &slot->inputs[i]);

        if (status != DAVY_OK)
            return status;
        if (!davy_memory_reserve(&slot->memory[i], davy_tensor_bytes(&slot->inputs[i])))
            return davy_fail(DAVY_ERR_NOMEM, "%zu rows of input '%s'", batch, edge->name);
    }
    return DAVY_OK;
}

davy_status davy_prefetch_create(const davy_graph *graph, size_t batch, davy_prefetch **out)
{
    davy_prefetch *prefetch = calloc(1, sizeof *prefetch);
    davy_status status = DAVY_OK;

    if (!prefetch)
        return davy_fail(DAVY_ERR_NOMEM, "batches of '%s'", graph->name);
    (void) pthread_mutex_init(&prefetch->lock, NULL);
    (void) pthread_cond_init(&prefetch->changed, NULL);
    prefetch->input_count = graph->input_count;
    prefetch->batch = batch;
    for (size_t i = 0; status == DAVY_OK && i < SLOTS; i++)
        status = make_slot(graph, batch, &prefetch->slots[i]);
    if (status == DAVY_OK)
        status = start(prefetch);
    if (status != DAVY_OK) {
        davy_prefetch_destroy(prefetch);
        return status;
    }
    *out = prefetch;
    return DAVY_OK;
}

static void free_slot(const davy_prefetch *prefetch, struct slot *slot)
{
    for (size_t i = 0; slot->memory && i < prefetch->input_count; i++)
        davy_memory_clear(&slot->memory[i]);
    free(slot->memory);
    free(slot->inputs);
}

void davy_prefetch_destroy(davy_prefetch *prefetch)
{
    if (!prefetch)
        return;
    if (prefetch->started) {
        (void) pthread_mutex_lock(&prefetch->lock);
        prefetch->stopping = true;
        (void) pthread_cond_broadcast(&prefetch->changed);
        (void) pthread_mutex_unlock(&prefetch->lock);
        (void) pthread_join(prefetch->thread, NULL);
    }
    for (size_t i = 0; i < SLOTS; i++)
        free_slot(prefetch, &prefetch->slots[i]);
    (void) pthread_cond_destroy(&prefetch->changed);
    (void) pthread_mutex_destroy(&prefetch->lock);
    free(prefetch);
}

void davy_prefetch_begin(davy_prefetch *prefetch, const davy_prefetch_pass *pass)
{
    (void) pthread_mutex_lock(&prefetch->lock);
    prefetch->pass.count = 0; /* nothing more of the pass before */
    prefetch->filled = 0;
    while (prefetch->busy)
        (void) pthread_cond_wait(&prefetch->changed, &prefetch->lock);
    for (size_t i = 0; i < SLOTS; i++)
        prefetch->slots[i].full = false;
    prefetch->pass = *pass;
    prefetch->taken = 0;
    prefetch->held = false;
    (void) pthread_cond_broadcast(&prefetch->changed);
    (void) pthread_mutex_unlock(&prefetch->lock);
}

/* The caller has done with the batch before; under the lock. */
static void give_back(davy_prefetch *prefetch)
{
    if (!prefetch->held)
        return;
    prefetch->held = false;
    prefetch->slots[prefetch->taken++ % SLOTS].full = false;
    (void) pthread_cond_broadcast(&prefetch->changed);
}

davy_status davy_prefetch_next(davy_prefetch *prefetch, const davy_tensor **inputs, size_t *count)
{
    struct slot *slot;

    (void) pthread_mutex_lock(&prefetch->lock);
    give_back(prefetch);
    slot = &prefetch->slots[prefetch->taken % SLOTS];
    prefetch->held = prefetch->taken < batches(prefetch);
    while (prefetch->held && !slot->full)
        (void) pthread_cond_wait(&prefetch->changed, &prefetch->lock);
    (void) pthread_mutex_unlock(&prefetch->lock);
    *inputs = slot->inputs;
    *count = prefetch->held ? slot->count : 0;
    if (prefetch->held && slot->status != DAVY_OK)
        return davy_fail(slot->status, "%s", slot->sentence);
    return DAVY_OK;
}
