/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/host.h"

#include "infer/chores.h"
#include "infer/explaining.h"
#include "infer/host_private.h"
#include "infer/routes.h"
#include "infer/warmup.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Requests that wait for one model unless told otherwise: each of them holds a thread. */
#define QUEUE_MAX_DEFAULT ((size_t) 1024)

/* Ensembles in ensembles; the repository refuses cycles, this bounds what it did not see yet. */
#define NESTING_MAX 8

static size_t count_cpus(void)
{
    cpu_set_t cpus;

    if (sched_getaffinity(0, sizeof cpus, &cpus) != 0)
        return 1;
    return (size_t) CPU_COUNT(&cpus);
}

/* Runs at a time: all CPUs but one, which is the alarms'; one when all threads share a run. */
static size_t count_places(const davy_host_options *options)
{
    const double cpus = (double) count_cpus();
    const double share = options->api_share > 0 ? options->api_share * cpus : cpus - 1;
    const double places = fmin(fmax(floor(share), 1), DAVY_PLACES_MAX);

    return options->threads > 1 ? 1 : (size_t) places;
}

/* Its desk is made and warmed before anybody can ask it. */
static davy_status prepare(void *context, davy_lease *lease, int model)
{
    davy_host *host = context;
    davy_desk *desk = NULL;
    davy_status status = davy_desk_of(host, lease, &desk);

    if (status == DAVY_OK)
        status = davy_warm(desk, model);
    if (status == DAVY_OK && host->options.prepare)
        status = host->options.prepare(host->options.context, lease, model);
    return status;
}

/* What is done for a version beside answering, if it is still there then. */
struct errand {
    davy_host *host;
    void (*run)(davy_desk *desk);
    char version[16];
    char model[];
};

static void run_errand(void *context)
{
    const struct errand *errand = context;
    davy_lease *lease = NULL;
    davy_desk *desk = NULL;

    if (davy_repository_acquire(errand->host->repository, errand->model, errand->version, &lease) !=
        DAVY_OK)
        return; /* it is gone again */
    if (davy_desk_of(errand->host, lease, &desk) == DAVY_OK)
        errand->run(desk);
    davy_lease_release(lease);
}

/* @return whether it will be run */
static bool send_errand(davy_host *host, const char *name, unsigned version,
                        void (*run)(davy_desk *desk))
{
    struct errand *errand = calloc(1, sizeof *errand + strlen(name) + 1);

    if (!errand)
        return false;
    errand->host = host;
    errand->run = run;
    (void) snprintf(errand->version, sizeof errand->version, "%u", version);
    memcpy(errand->model, name, strlen(name) + 1);
    return davy_chores_add(host->chores, &(davy_chore){run_errand, free, errand}, SIZE_MAX);
}

static void measure(davy_desk *desk)
{
    if (!atomic_load_explicit(&desk->certified, memory_order_acquire) &&
        desk->info->config->step_count == 0)
        davy_desk_measure(desk);
}

static void compare(davy_desk *desk)
{
    davy_drift_work(desk->drift, desk->host->gate);
}

void davy_desk_note(davy_desk *desk, const davy_drift_rows *rows)
{
    if (davy_drift_note(desk->drift, rows) &&
        !send_errand(desk->host, desk->info->name, desk->info->version, compare))
        davy_drift_skip(desk->drift);
}

static void changed(void *context, const char *name, unsigned version, const char *state,
                    const char *reason)
{
    davy_host *host = context;

    if (host->options.changed)
        host->options.changed(host->options.context, name, version, state, reason);
    if (strcmp(state, "READY") == 0) /* else it is served without a certificate */
        (void) send_errand(host, name, version, measure);
}

static void moved(void *context, const char *name, const char *alias, unsigned from, unsigned to)
{
    const davy_host *host = context;

    if (host->options.moved)
        host->options.moved(host->options.context, name, alias, from, to);
}

/* Chores of the versions that are loaded at once wait until there is a repository. */
static davy_status open_parts(davy_host *host, const davy_host_options *options)
{
    davy_repository_options repository = options->repository;
    davy_status status = davy_gate_create(host->places, &host->gate);

    repository.prepare = prepare;
    repository.changed = changed;
    repository.moved = moved;
    repository.context = host;
    if (status == DAVY_OK)
        status = davy_explaining_create(host->gate, &host->explaining);
    if (status == DAVY_OK && options->threads > 1)
        status = davy_pool_create(options->threads, &host->pool);
    if (status == DAVY_OK)
        status = davy_routes_create(host, &host->routes);
    if (status == DAVY_OK)
        status = davy_chores_create(&host->chores);
    if (status == DAVY_OK)
        status = davy_repository_open(&repository, &host->repository);
    return status == DAVY_OK ? davy_chores_start(host->chores) : status;
}

davy_status davy_host_create(const davy_host_options *options, davy_host **out)
{
    davy_host *host = calloc(1, sizeof *host);
    davy_status status;

    if (!host)
        return davy_fail(DAVY_ERR_NOMEM, "a host of models");
    host->options = options->repository;
    host->queue_max = options->queue_max > 0 ? options->queue_max : QUEUE_MAX_DEFAULT;
    host->places = count_places(options);
    (void) pthread_mutex_init(&host->lock, NULL);
    status = open_parts(host, options);
    if (status != DAVY_OK) {
        davy_host_destroy(host);
        return status;
    }
    *out = host;
    return DAVY_OK;
}

void davy_host_destroy(davy_host *host)
{
    if (!host)
        return;
    davy_chores_stop(host->chores);
    davy_repository_close(host->repository);
    davy_chores_destroy(host->chores);
    davy_routes_destroy(host->routes);
    davy_pool_destroy(host->pool);
    davy_explaining_destroy(host->explaining);
    davy_gate_destroy(host->gate);
    (void) pthread_mutex_destroy(&host->lock);
    free(host);
}

void davy_host_stop_explaining(davy_host *host)
{
    davy_explaining_stop(host->explaining);
}

davy_repository *davy_host_repository(davy_host *host)
{
    return host->repository;
}

/* The response outlives the version: it keeps copies of what names it. */
static davy_status name_version(const davy_served_info *info, davy_infer_response *response)
{
    response->version = info->version;
    response->model = davy_arena_text(&response->arena, info->name, strlen(info->name));
    response->file_hash =
        davy_arena_text(&response->arena, info->file_hash, strlen(info->file_hash));
    return response->model && response->file_hash ? DAVY_OK
                                                  : davy_fail(DAVY_ERR_NOMEM, "an answer");
}

static davy_status ask_version(davy_host *host, davy_lease *lease,
                               const davy_infer_request *request, davy_infer_response *response,
                               unsigned depth)
{
    const davy_served_info *info = davy_served_describe(davy_lease_served(lease));
    davy_desk *desk = NULL;
    davy_status status = davy_desk_of(host, lease, &desk);

    if (status == DAVY_OK)
        status = name_version(info, response);
    if (status == DAVY_OK && info->config->step_count > 0)
        return davy_ensemble_ask(desk, request, response, depth);
    return status == DAVY_OK ? davy_desk_ask(desk, request, response, depth > 0) : status;
}

davy_status davy_host_ask(davy_host *host, const davy_infer_request *request,
                          davy_infer_response *response, unsigned depth)
{
    davy_lease *lease = NULL;
    davy_status status;

    if (depth > NESTING_MAX)
        return davy_fail(DAVY_ERR_INVALID, "model '%s' is nested in more than %d ensembles",
                         request->model, NESTING_MAX);
    status = davy_repository_acquire(host->repository, request->model,
                                     request->version ? request->version : "", &lease);
    if (status == DAVY_ERR_UNAVAILABLE)
        response->refusal = DAVY_REFUSAL_STATE;
    if (status != DAVY_OK)
        return status;
    status = ask_version(host, lease, request, response, depth);
    davy_lease_release(lease);
    return status;
}

davy_status davy_host_infer(davy_host *host, const davy_infer_request *request,
                            davy_infer_response *response)
{
    if (request->version && request->version[0])
        return davy_host_ask(host, request, response, 0);
    return davy_routes_ask(host->routes, request, response);
}

bool davy_host_is_quick(davy_host *host, const char *name, const char *version)
{
    davy_lease *lease = NULL;
    davy_desk *desk = NULL;
    bool quick;

    if (davy_repository_acquire(host->repository, name, version, &lease) != DAVY_OK)
        return false;
    quick = davy_desk_of(host, lease, &desk) == DAVY_OK && davy_desk_is_quick(desk, 1);
    davy_lease_release(lease);
    return quick;
}

davy_status davy_host_certificate(davy_host *host, const char *name, const char *version,
                                  davy_certificate *out)
{
    davy_lease *lease = NULL;
    davy_desk *desk = NULL;
    davy_status status = davy_repository_acquire(host->repository, name, version, &lease);

    if (status != DAVY_OK)
        return status;
    status = davy_desk_of(host, lease, &desk);
    if (status == DAVY_OK && !atomic_load_explicit(&desk->certified, memory_order_acquire))
        status = davy_fail(DAVY_ERR_UNAVAILABLE, "model '%s' is not measured yet", name);
    if (status == DAVY_OK)
        *out = desk->certificate;
    davy_lease_release(lease);
    return status;
}
