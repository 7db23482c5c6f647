/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/routes_private.h"

#include "core/file.h"
#include "core/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

davy_status davy_routes_create(davy_host *host, davy_routes **out)
{
    davy_routes *routes = calloc(1, sizeof *routes);

    if (!routes)
        return davy_fail(DAVY_ERR_NOMEM, "routes of a host");
    routes->host = host;
    SLIST_INIT(&routes->list);
    (void) pthread_mutex_init(&routes->lock, NULL);
    *out = routes;
    return DAVY_OK;
}

static void free_route(davy_route *route)
{
    if (!route)
        return;
    free(route->model);
    free(route->ring);
    free(route);
}

void davy_routes_destroy(davy_routes *routes)
{
    davy_route *route;

    if (!routes)
        return;
    while ((route = SLIST_FIRST(&routes->list))) {
        SLIST_REMOVE_HEAD(&routes->list, link);
        free_route(route);
    }
    (void) pthread_mutex_destroy(&routes->lock);
    free(routes);
}

davy_route *davy_route_of(davy_routes *routes, const char *model)
{
    davy_route *route;

    SLIST_FOREACH(route, &routes->list, link)
    if (strcmp(route->model, model) == 0)
        return route;
    route = calloc(1, sizeof *route);
    if (!route)
        return NULL;
    route->model = strdup(model);
    if (!route->model) {
        free_route(route);
        return NULL;
    }
    SLIST_INSERT_HEAD(&routes->list, route, link);
    return route;
}

/* A hash spread evenly over [0, 1). */
static double side_of(const davy_infer_request *request)
{
    const char *client = request->client ? request->client : "";
    const char *id = request->sequence ? request->sequence : request->id ? request->id : "";
    const uint64_t parts[2] = {davy_checksum(client, strlen(client)),
                               davy_checksum(id, strlen(id))};

    return (double) (davy_checksum(parts, sizeof parts) >> 11) * 0x1p-53;
}

static bool same_traffic(const davy_traffic *a, const davy_traffic *b)
{
    return strcmp(a->canary, b->canary) == 0 && strcmp(a->shadow, b->shadow) == 0 &&
           a->canary_share == b->canary_share && a->error_bound == b->error_bound &&
           a->decide_after == b->decide_after;
}

static davy_traffic without_canary(const davy_traffic *traffic)
{
    davy_traffic rest = *traffic;

    rest.canary[0] = '\0';
    rest.canary_share = 0;
    return rest;
}

/* The list of disagreements stays. What is left when the canary was taken back is no new setting:
 * what it was taken back for is to be seen. */
void davy_route_follow(davy_route *route, const davy_traffic *traffic)
{
    const davy_traffic rest = without_canary(&route->traffic);

    if (same_traffic(&route->traffic, traffic))
        return;
    if (route->taken_back && same_traffic(&rest, traffic)) {
        route->traffic = *traffic;
        return;
    }
    route->traffic = *traffic;
    route->seen = route->failed = route->compared = route->disagreed = 0;
    route->absent = route->skipped = 0;
    route->taken_back = false;
}

static bool choose_canary(davy_routes *routes, const davy_traffic *traffic,
                          const davy_infer_request *request)
{
    davy_route *route;
    bool chosen = false;

    (void) pthread_mutex_lock(&routes->lock);
    route = davy_route_of(routes, request->model);
    if (route) {
        davy_route_follow(route, traffic);
        chosen =
            traffic->canary[0] && !route->taken_back && side_of(request) < traffic->canary_share;
    }
    (void) pthread_mutex_unlock(&routes->lock);
    return chosen;
}

/* What takes a canary back: off the path of requests, because it waits for the repository. */
struct take_back {
    davy_host *host;
    davy_traffic traffic;
    char reason[256];
    char model[];
};

static void follow_now(davy_routes *routes, const char *model, const davy_traffic *traffic)
{
    davy_route *route;

    (void) pthread_mutex_lock(&routes->lock);
    route = davy_route_of(routes, model);
    if (route)
        davy_route_follow(route, traffic);
    (void) pthread_mutex_unlock(&routes->lock);
}

static void take_back(void *context)
{
    struct take_back *work = context;
    davy_traffic now;
    davy_status status = davy_repository_traffic(work->host->repository, work->model, &now);

    if (status != DAVY_OK || !same_traffic(&now, &work->traffic))
        return; /* somebody has decided otherwise meanwhile */
    now = without_canary(&now);
    status = davy_repository_set_traffic(work->host->repository, work->model, &now);
    if (status != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "infer",
                 "the canary of '%s' gets no request any more, and its "
                 "setting could not be changed: %s",
                 work->model, davy_error());
    else
        follow_now(work->host->routes, work->model, &now);
    if (work->host->options.changed)
        work->host->options.changed(work->host->options.context, work->model, 0, "TAKEN BACK",
                                    work->reason);
}

static bool beyond(uint64_t bad, uint64_t all, const davy_traffic *traffic)
{
    return all > 0 && all >= traffic->decide_after &&
           (double) bad > traffic->error_bound * (double) all;
}

void davy_route_judge(davy_routes *routes, davy_route *route)
{
    const davy_traffic *traffic = &route->traffic;
    const bool same = strcmp(traffic->canary, traffic->shadow) == 0;
    const bool failed = beyond(route->failed, route->seen, traffic);
    davy_chore chore = {.run = take_back, .free = free};
    struct take_back *work;

    if (!traffic->canary[0] || route->taken_back ||
        (!failed && !(same && beyond(route->disagreed, route->compared, traffic))))
        return;
    route->taken_back = true;
    work = calloc(1, sizeof *work + strlen(route->model) + 1);
    if (!work)
        return; /* it gets no request any more all the same */
    work->host = routes->host;
    work->traffic = *traffic;
    memcpy(work->model, route->model, strlen(route->model) + 1);
    (void) snprintf(work->reason, sizeof work->reason,
                    "the canary '%s' was taken back: %" PRIu64 " of %" PRIu64 " requests %s, and "
                    "%g of them may",
                    traffic->canary, failed ? route->failed : route->disagreed,
                    failed ? route->seen : route->compared,
                    failed ? "failed" : "were answered otherwise", traffic->error_bound);
    chore.context = work;
    (void) davy_chores_add(routes->host->chores, &chore, SIZE_MAX);
}

/* Not there yet, or not any more: that is no failure of its answers. */
static bool absent(davy_status status, const davy_infer_response *response)
{
    return response->refusal == DAVY_REFUSAL_STATE ||
           (status == DAVY_ERR_NOT_FOUND && !response->model);
}

typedef enum outcome { ABSENT, REFUSED, ANSWERED, FAILED } outcome;

static outcome outcome_of(davy_status status, const davy_infer_response *response)
{
    if (status == DAVY_OK)
        return ANSWERED;
    if (absent(status, response))
        return ABSENT;
    return response->refusal != DAVY_REFUSAL_NONE ? REFUSED : FAILED;
}

static void count_canary(davy_routes *routes, const char *model, bool there, bool failed)
{
    davy_route *route;

    (void) pthread_mutex_lock(&routes->lock);
    route = davy_route_of(routes, model);
    if (route && there) {
        route->seen++;
        route->failed += failed;
        davy_route_judge(routes, route);
    } else if (route) {
        route->absent++;
    }
    (void) pthread_mutex_unlock(&routes->lock);
}

/* Where the canary does not answer, the version that is served is asked. What it cannot answer
 * either is the client's fault and not the canary's. */
static davy_status ask_canary(davy_routes *routes, const davy_traffic *traffic,
                              const davy_infer_request *request, davy_infer_response *response)
{
    davy_infer_request canary = *request;
    davy_status status;
    outcome what;

    canary.version = traffic->canary;
    status = davy_host_ask(routes->host, &canary, response, 0);
    what = outcome_of(status, response);
    if (what == ABSENT || what == FAILED) {
        davy_infer_response_clear(response);
        status = davy_host_ask(routes->host, request, response, 0);
    }
    count_canary(routes, request->model, what != ABSENT, what == FAILED && status == DAVY_OK);
    return status;
}

davy_status davy_routes_ask(davy_routes *routes, const davy_infer_request *request,
                            davy_infer_response *response)
{
    davy_traffic traffic;
    davy_status status;

    if (davy_repository_traffic(routes->host->repository, request->model, &traffic) != DAVY_OK ||
        (!traffic.canary[0] && !traffic.shadow[0]))
        return davy_host_ask(routes->host, request, response, 0);
    if (request->at_once) {
        response->refusal = DAVY_REFUSAL_WAIT;
        return davy_fail(DAVY_ERR_UNAVAILABLE, "model '%s' has traffic of two kinds",
                         request->model);
    }
    if (choose_canary(routes, &traffic, request))
        return ask_canary(routes, &traffic, request, response);
    status = davy_host_ask(routes->host, request, response, 0);
    if (status == DAVY_OK && traffic.shadow[0] && !request->sequence)
        davy_shadow_ask(routes, &traffic, request, response);
    return status;
}
