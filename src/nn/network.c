/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/network.h"

#include "nn/memory.h"
#include "nn/passes.h"
#include "nn/runner.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Runners kept by a session; the one used longest ago gives way. */
#define RUNNERS_MAX 4

/* A plan and those who use it. */
struct entry {
    davy_plan *plan; /* NULL: free */
    davy_tensor *shapes;
    size_t threads, users;
    uint64_t used; /* when, by the network's count */
};

struct davy_network {
    davy_graph *graph;
    davy_network_options options;
    pthread_mutex_t lock; /* guards what follows */
    davy_packs packs;
    struct entry plans[DAVY_PLANS_MAX];
    uint64_t count;
};

/* A runner of a session, and the plan that it holds. */
struct binding {
    davy_runner *runner; /* NULL: free */
    struct entry held;   /* plan and shapes, shared with the network's entry */
    uint64_t used;
};

struct davy_session {
    davy_network *network;
    davy_pool *pool;
    davy_memory memory;
    struct binding bindings[RUNNERS_MAX];
    struct binding *last;
    uint64_t count;
};

static bool same_shapes(const davy_graph *graph, const davy_tensor *a, const davy_tensor *b)
{
    for (size_t i = 0; i < graph->input_count; i++)
        if (a[i].type != b[i].type || !davy_tensor_same_shape(&a[i], &b[i]))
            return false;
    return true;
}

davy_status davy_network_create(davy_graph *graph, const davy_network_options *options,
                                davy_network **out)
{
    davy_network *network = calloc(1, sizeof *network);
    davy_status status;

    if (!network) {
        status = davy_fail(DAVY_ERR_NOMEM, "network '%s'", graph->name);
        if (!options || !options->borrow)
            davy_graph_destroy(graph);
        return status;
    }
    network->graph = graph;
    if (options)
        network->options = *options;
    if (network->options.memory_max == 0)
        network->options.memory_max = DAVY_RUN_MEMORY_MAX;
    (void) pthread_mutex_init(&network->lock, NULL);
    davy_arena_init(&network->packs.memory, network->options.memory_max);
    status = network->options.borrow ? davy_graph_status(graph) : davy_passes_run(graph);
    if (status == DAVY_OK && !network->options.borrow)
        status = davy_passes_serve(graph);
    if (status != DAVY_OK) {
        davy_network_destroy(network);
        return status;
    }
    *out = network;
    return DAVY_OK;
}

static void free_entry(struct entry *entry)
{
    davy_plan_destroy(entry->plan);
    free(entry->shapes);
    *entry = (struct entry){.plan = NULL};
}

void davy_network_destroy(davy_network *network)
{
    if (!network)
        return;
    for (size_t i = 0; i < DAVY_PLANS_MAX; i++)
        free_entry(&network->plans[i]);
    davy_packs_clear(&network->packs);
    if (!network->options.borrow)
        davy_graph_destroy(network->graph);
    (void) pthread_mutex_destroy(&network->lock);
    free(network);
}

const davy_graph *davy_network_graph(const davy_network *network)
{
    return network->graph;
}

/* The plan for these shapes, or a place for it: free, or the one used longest ago by nobody now. */
static struct entry *find_entry(davy_network *network, const davy_tensor *shapes, size_t threads)
{
    struct entry *place = NULL;

    for (size_t i = 0; i < DAVY_PLANS_MAX; i++) {
        struct entry *entry = &network->plans[i];

        if (entry->plan && entry->threads == threads &&
            same_shapes(network->graph, entry->shapes, shapes))
            return entry;
        if (!entry->plan || entry->users == 0)
            if (!place || !entry->plan || (place->plan && entry->used < place->used))
                place = entry;
    }
    return place;
}

static davy_status make_plan(davy_network *network, const davy_tensor *shapes, size_t threads,
                             struct entry *entry)
{
    const davy_plan_options options = {.env = {.kernels = davy_kernels_best(),
                                               .bf16 = network->options.bf16,
                                               .threads = threads,
                                               .memory_max = network->options.memory_max},
                                       .loss = DAVY_VALUE_NONE,
                                       .packs = &network->packs};
    const size_t count = network->graph->input_count;
    davy_status status;

    free_entry(entry);
    entry->shapes = calloc(count + 1, sizeof *entry->shapes);
    if (!entry->shapes)
        return davy_fail(DAVY_ERR_NOMEM, "a plan of '%s'", network->graph->name);
    for (size_t i = 0; i < count; i++) {
        entry->shapes[i] = shapes[i];
        entry->shapes[i].data = NULL;
    }
    status = davy_plan_create(network->graph, shapes, &options, &entry->plan);
    if (status == DAVY_OK)
        entry->threads = threads;
    else
        free_entry(entry);
    return status;
}

/* Hold the plan for these shapes; give it back with release_plan(). */
static davy_status hold_plan(davy_network *network, const davy_tensor *shapes, size_t threads,
                             struct entry *held)
{
    struct entry *entry;
    davy_status status = DAVY_OK;

    (void) pthread_mutex_lock(&network->lock);
    entry = find_entry(network, shapes, threads);
    if (!entry)
        status = davy_fail(DAVY_ERR_UNAVAILABLE,
                           "'%s' runs with %d sets of input shapes at the same time",
                           network->graph->name, DAVY_PLANS_MAX);
    else if (!entry->plan || entry->threads != threads ||
             !same_shapes(network->graph, entry->shapes, shapes))
        status = make_plan(network, shapes, threads, entry);
    if (status == DAVY_OK) {
        entry->users++;
        entry->used = ++network->count;
        *held = *entry;
    }
    (void) pthread_mutex_unlock(&network->lock);
    return status;
}

static void release_plan(davy_network *network, const davy_plan *plan)
{
    (void) pthread_mutex_lock(&network->lock);
    for (size_t i = 0; i < DAVY_PLANS_MAX; i++)
        if (network->plans[i].plan == plan)
            network->plans[i].users--;
    (void) pthread_mutex_unlock(&network->lock);
}

davy_status davy_session_create(davy_network *network, davy_pool *pool, davy_session **out)
{
    davy_session *session = calloc(1, sizeof *session);

    if (!session)
        return davy_fail(DAVY_ERR_NOMEM, "a session of '%s'", network->graph->name);
    session->network = network;
    session->pool = pool;
    *out = session;
    return DAVY_OK;
}

static void unbind(davy_session *session, struct binding *binding)
{
    if (!binding->runner)
        return;
    davy_runner_destroy(binding->runner);
    release_plan(session->network, binding->held.plan);
    *binding = (struct binding){.runner = NULL};
    if (session->last == binding)
        session->last = NULL;
}

void davy_session_destroy(davy_session *session)
{
    if (!session)
        return;
    for (size_t i = 0; i < RUNNERS_MAX; i++)
        unbind(session, &session->bindings[i]);
    davy_memory_clear(&session->memory);
    free(session);
}

/* All runners of the session lie in one memory, as large as the largest needs. */
static davy_status bind_all(davy_session *session, size_t bytes)
{
    const void *before = session->memory.data;

    if (!davy_memory_reserve(&session->memory, bytes))
        return davy_fail(DAVY_ERR_NOMEM, "%zu bytes to run '%s'", bytes,
                         session->network->graph->name);
    for (size_t i = 0; i < RUNNERS_MAX && session->memory.data != before; i++)
        if (session->bindings[i].runner)
            davy_runner_bind(session->bindings[i].runner, session->memory.data, NULL);
    return DAVY_OK;
}

static davy_status bind(davy_session *session, const davy_tensor *shapes, struct binding *binding)
{
    davy_status status;

    unbind(session, binding);
    status = hold_plan(session->network, shapes, davy_pool_threads(session->pool), &binding->held);
    if (status != DAVY_OK)
        return status;
    status = davy_runner_create(binding->held.plan, session->pool, &binding->runner);
    if (status != DAVY_OK) {
        release_plan(session->network, binding->held.plan);
        return status;
    }
    status = bind_all(session, binding->held.plan->arena_bytes);
    if (status == DAVY_OK)
        davy_runner_bind(binding->runner, session->memory.data, NULL);
    else
        unbind(session, binding);
    return status;
}

static bool is_for(const davy_session *session, const struct binding *binding,
                   const davy_tensor *shapes)
{
    return binding && binding->runner &&
           same_shapes(session->network->graph, binding->held.shapes, shapes);
}

/* The session's runner for these shapes, made when there is none. */
static davy_status find_binding(davy_session *session, const davy_tensor *shapes,
                                struct binding **out)
{
    struct binding *place = &session->bindings[0];

    for (size_t i = 0; i < RUNNERS_MAX; i++) {
        struct binding *binding = &session->bindings[i];

        if (is_for(session, binding, shapes)) {
            *out = binding;
            return DAVY_OK;
        }
        if (place->runner && (!binding->runner || binding->used < place->used))
            place = binding;
    }
    *out = place;
    return bind(session, shapes, place);
}

davy_status davy_session_run(davy_session *session, const davy_tensor *inputs, davy_tensor *outputs)
{
    const davy_graph *graph = session->network->graph;
    struct binding *binding = session->last;
    davy_status status = DAVY_OK;
    unsigned mode;

    if (!is_for(session, binding, inputs))
        status = find_binding(session, inputs, &binding);
    if (status != DAVY_OK)
        return status;
    binding->used = ++session->count;
    session->last = binding;
    mode = davy_denormals_flush(); /* as the threads of a pool do: the same bits with and without */
    status = davy_runner_forward(binding->runner, inputs);
    davy_denormals_restore(mode);
    for (size_t i = 0; status == DAVY_OK && i < graph->output_count; i++)
        outputs[i] = *davy_runner_value(binding->runner, graph->outputs[i]);
    return status;
}

void davy_session_memory(const davy_session *session, size_t *arena, size_t *without_reuse)
{
    const davy_plan *plan = session->last ? session->last->held.plan : NULL;

    *arena = plan ? plan->arena_bytes : 0;
    *without_reuse = plan ? plan->naive_bytes : 0;
}
