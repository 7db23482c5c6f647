/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/routes_private.h"

#include "core/clock.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Requests that wait for their shadow, and bytes that one may hold: memory that shadows take. */
#define WAITING_MAX 16
#define BYTES_MAX   ((size_t) 4 << 20)

/* A question that was answered, and the answer, on their own memory. */
struct shadow {
    davy_routes *routes;
    davy_arena arena;
    davy_infer_request request;
    davy_infer_response answer; /* its arena stays empty */
};

static char *copy_text(struct shadow *shadow, const char *text)
{
    return davy_arena_text(&shadow->arena, text ? text : "", text ? strlen(text) : 0);
}

static bool copy_tensor(davy_arena *arena, const davy_named_tensor *from, davy_named_tensor *to)
{
    const size_t count = (size_t) davy_tensor_count(&from->tensor);
    const size_t size = davy_element_size(from->tensor.type);

    *to = *from;
    to->name = davy_arena_text(arena, from->name, strlen(from->name));
    to->tensor.data = davy_arena_array(arena, count + 1, size);
    if (!to->name || !to->tensor.data)
        return false;
    if (count > 0)
        memcpy(to->tensor.data, from->tensor.data, count * size);
    for (size_t i = 0; from->tensor.type == DAVY_TYPE_TEXT && i < count; i++) {
        davy_bytes *text = (davy_bytes *) to->tensor.data + i;

        text->at = davy_arena_text(arena, text->at ? text->at : "", text->length);
        if (!text->at)
            return false;
    }
    return true;
}

static davy_named_tensor *copy_tensors(davy_arena *arena, const davy_named_tensor *from,
                                       size_t count)
{
    davy_named_tensor *to = davy_arena_array(arena, count + 1, sizeof *to);

    for (size_t i = 0; to && i < count; i++)
        if (!copy_tensor(arena, &from[i], &to[i]))
            return NULL;
    return to;
}

static const char **copy_names(struct shadow *shadow, const davy_infer_request *request)
{
    const char **names = davy_arena_array(&shadow->arena, request->output_count + 1, sizeof *names);

    for (size_t i = 0; names && i < request->output_count; i++) {
        names[i] = copy_text(shadow, request->outputs[i]);
        if (!names[i])
            return NULL;
    }
    return names;
}

static void free_shadow(void *context)
{
    struct shadow *shadow = context;

    davy_arena_clear(&shadow->arena);
    free(shadow);
}

/* NULL without memory, or when it would take too much of it. */
static struct shadow *copy_question(davy_routes *routes, const davy_traffic *traffic,
                                    const davy_infer_request *request,
                                    const davy_infer_response *response)
{
    struct shadow *shadow = calloc(1, sizeof *shadow);

    if (!shadow)
        return NULL;
    davy_arena_init(&shadow->arena, BYTES_MAX);
    shadow->routes = routes;
    shadow->request = *request;
    shadow->request.model = copy_text(shadow, request->model);
    shadow->request.version = copy_text(shadow, traffic->shadow);
    shadow->request.id = copy_text(shadow, request->id);
    shadow->request.client = copy_text(shadow, request->client);
    shadow->request.inputs = copy_tensors(&shadow->arena, request->inputs, request->input_count);
    shadow->request.outputs = copy_names(shadow, request);
    shadow->request.explain = false;
    shadow->answer.version = response->version;
    shadow->answer.outputs =
        copy_tensors(&shadow->arena, response->outputs, response->output_count);
    shadow->answer.output_count = response->output_count;
    if (shadow->request.model && shadow->request.version && shadow->request.id &&
        shadow->request.client && shadow->request.inputs && shadow->request.outputs &&
        shadow->answer.outputs)
        return shadow;
    free_shadow(shadow);
    return NULL;
}

static void write_down(davy_route *route, const struct shadow *shadow, unsigned version,
                       const char *reason)
{
    davy_disagreement *entry;

    if (!route->ring)
        route->ring = calloc(DAVY_DISAGREEMENTS_MAX, sizeof *route->ring);
    if (!route->ring)
        return;
    entry = &route->ring[route->written++ % DAVY_DISAGREEMENTS_MAX];
    *entry = (davy_disagreement){.time_ns = davy_wall_ns(davy_clock_system()),
                                 .version = shadow->answer.version,
                                 .shadow = version};
    (void) snprintf(entry->id, sizeof entry->id, "%s", shadow->request.id);
    (void) snprintf(entry->client, sizeof entry->client, "%s", shadow->request.client);
    (void) snprintf(entry->reason, sizeof entry->reason, "%.*s", (int) sizeof entry->reason - 1,
                    reason);
}

static void record(const struct shadow *shadow, unsigned version, bool agrees, const char *reason)
{
    davy_routes *routes = shadow->routes;
    davy_route *route;

    (void) pthread_mutex_lock(&routes->lock);
    route = davy_route_of(routes, shadow->request.model);
    if (route) {
        route->compared++;
        route->disagreed += !agrees;
        if (!agrees)
            write_down(route, shadow, version, reason);
        davy_route_judge(routes, route);
    }
    (void) pthread_mutex_unlock(&routes->lock);
}

static size_t count_labels(const struct shadow *shadow)
{
    davy_lease *lease = NULL;
    size_t labels;

    if (davy_repository_acquire(shadow->routes->host->repository, shadow->request.model,
                                shadow->request.version, &lease) != DAVY_OK)
        return 0;
    labels = davy_served_describe(davy_lease_served(lease))->label_count;
    davy_lease_release(lease);
    return labels;
}

static void ask(void *context)
{
    struct shadow *shadow = context;
    davy_infer_response response = {0};
    char reason[DAVY_ERROR_MAX];
    const davy_status status = davy_host_ask(shadow->routes->host, &shadow->request, &response, 0);
    bool agrees = false;

    if (status == DAVY_OK)
        agrees = davy_answers_agree(&shadow->answer, &response, count_labels(shadow), reason);
    else
        (void) snprintf(reason, sizeof reason, "the shadow failed: %.900s", davy_error());
    record(shadow, response.version, agrees, reason);
    davy_infer_response_clear(&response);
}

void davy_shadow_ask(davy_routes *routes, const davy_traffic *traffic,
                     const davy_infer_request *request, const davy_infer_response *response)
{
    struct shadow *shadow = copy_question(routes, traffic, request, response);
    davy_route *route;

    if (shadow &&
        davy_chores_add(routes->host->chores, &(davy_chore){ask, free_shadow, shadow}, WAITING_MAX))
        return;
    (void) pthread_mutex_lock(&routes->lock);
    route = davy_route_of(routes, request->model);
    if (route)
        route->skipped++;
    (void) pthread_mutex_unlock(&routes->lock);
}

static json_t *disagreements_json(const davy_route *route)
{
    json_t *list = json_array();
    const uint64_t first =
        route->written > DAVY_DISAGREEMENTS_MAX ? route->written - DAVY_DISAGREEMENTS_MAX : 0;

    for (uint64_t i = route->written; i > first; i--) {
        const davy_disagreement *entry = &route->ring[(i - 1) % DAVY_DISAGREEMENTS_MAX];

        (void) json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:i, s:i, s:s}", "time_ns",
                                                     (json_int_t) entry->time_ns, "id", entry->id,
                                                     "client", entry->client, "version",
                                                     (int) entry->version, "shadow_version",
                                                     (int) entry->shadow, "reason", entry->reason));
    }
    return list;
}

davy_status davy_host_traffic_json(davy_host *host, const char *name, davy_buffer *out)
{
    davy_traffic traffic;
    davy_route *route;
    json_t *json = NULL;
    char *text;
    davy_status status = davy_repository_traffic(host->repository, name, &traffic);

    if (status != DAVY_OK)
        return status;
    (void) pthread_mutex_lock(&host->routes->lock);
    route = davy_route_of(host->routes, name);
    if (route) {
        davy_route_follow(route, &traffic);
        json = json_pack("{s:s, s:f, s:s, s:f, s:I, s:I, s:I, s:I, s:b, s:I, s:I, s:I, s:o}",
                         "canary", traffic.canary, "canary_share", traffic.canary_share, "shadow",
                         traffic.shadow, "error_bound", traffic.error_bound, "decide_after",
                         (json_int_t) traffic.decide_after, "canary_requests",
                         (json_int_t) route->seen, "canary_failures", (json_int_t) route->failed,
                         "canary_absent", (json_int_t) route->absent, "canary_taken_back",
                         route->taken_back, "shadow_compared", (json_int_t) route->compared,
                         "shadow_disagreed", (json_int_t) route->disagreed, "shadow_skipped",
                         (json_int_t) route->skipped, "disagreements", disagreements_json(route));
    }
    (void) pthread_mutex_unlock(&host->routes->lock);
    text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (text)
        davy_buffer_append_text(out, text);
    free(text);
    json_decref(json);
    return text ? davy_buffer_ok(out) : davy_fail(DAVY_ERR_NOMEM, "the traffic of '%s'", name);
}
