/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/metrics.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "core/sample.h"
#include "serve/api/json.h"
#include "serve/call.h"
#include "serve/route.h"

/* Codes that the server gives; the last place counts all others. */
static const unsigned codes[] = {200, 201, 204, 304, 400, 401, 403,
                                 404, 405, 409, 413, 415, 429, DAVY_HTTP_CLIENT_GONE,
                                 500, 501, 503, 507};
#define CODE_PLACES (DAVY_ARRAY_LENGTH(codes) + 1)

/* Upper bounds in milliseconds: from a lookup in memory to a request that a person gives up on. */
static const unsigned bounds_ms[] = {1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000};
#define BOUNDS DAVY_ARRAY_LENGTH(bounds_ms)

typedef struct route_counts {
    _Atomic uint64_t codes[CODE_PLACES];
    _Atomic uint64_t buckets[BOUNDS + 1]; /* the last one has no bound */
    _Atomic uint64_t sum_us;
} route_counts;

struct davy_metrics {
    size_t count;          /* of routes, and one for paths that name none */
    route_counts routes[]; /* by davy_route_index() */
};

davy_status davy_metrics_create(davy_metrics **out)
{
    size_t count = davy_route_count() + 1;
    davy_metrics *metrics = calloc(1, sizeof *metrics + count * sizeof metrics->routes[0]);

    if (!metrics)
        return davy_fail(DAVY_ERR_NOMEM, "the counts of requests");
    metrics->count = count;
    *out = metrics;
    return DAVY_OK;
}

void davy_metrics_destroy(davy_metrics *metrics)
{
    free(metrics);
}

/* NULL for the paths that name none. */
static const davy_route *route_at(size_t index)
{
    return index < davy_route_count() ? davy_route_at(index) : NULL;
}

void davy_metrics_count(davy_metrics *metrics, const davy_route *route, unsigned code,
                        int64_t taken_ns)
{
    size_t index = route ? davy_route_index(route) : davy_route_count();
    route_counts *counts = &metrics->routes[index];
    size_t place = 0, bucket = 0;

    while (place < DAVY_ARRAY_LENGTH(codes) && codes[place] != code)
        place++;
    while (bucket < BOUNDS && taken_ns > bounds_ms[bucket] * DAVY_NS_PER_MS)
        bucket++;
    atomic_fetch_add(&counts->codes[place], 1);
    atomic_fetch_add(&counts->buckets[bucket], 1);
    atomic_fetch_add(&counts->sum_us, (uint64_t) (taken_ns / DAVY_NS_PER_US));
}

void davy_metrics_figure(davy_buffer *out, const char *name, const char *type, const char *help,
                         const char *labels, double value)
{
    if (help)
        davy_buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
    davy_buffer_printf(out, labels ? "%s{%s} " : "%s%s ", name, labels ? labels : "");
    davy_json_digits(out, value);
    davy_buffer_append(out, "\n", 1);
}

static void write_codes(const davy_metrics *metrics, davy_buffer *out)
{
    davy_buffer_append_text(out,
                            "# HELP davy_http_requests_total Answers by route and status code.\n"
                            "# TYPE davy_http_requests_total counter\n");
    for (size_t i = 0; i < metrics->count; i++)
        for (size_t place = 0; place < CODE_PLACES; place++) {
            uint64_t count = atomic_load(&metrics->routes[i].codes[place]);
            const davy_route *route = route_at(i);

            if (count > 0)
                davy_buffer_printf(
                    out, "davy_http_requests_total{method=\"%s\",route=\"%s\",code=\"%u\"} %llu\n",
                    route ? route->method : "", route ? route->path : "",
                    place < DAVY_ARRAY_LENGTH(codes) ? codes[place] : 0,
                    (unsigned long long) count);
        }
}

static void write_histogram(const route_counts *counts, const davy_route *route, davy_buffer *out)
{
    static const char name[] = "davy_http_request_duration_seconds";
    const char *method = route ? route->method : "", *path = route ? route->path : "";
    unsigned long long sum = 0;

    for (size_t bucket = 0; bucket <= BOUNDS; bucket++) {
        sum += atomic_load(&counts->buckets[bucket]);
        davy_buffer_printf(out, "%s_bucket{method=\"%s\",route=\"%s\",le=\"", name, method, path);
        if (bucket < BOUNDS)
            davy_buffer_printf(out, "%g\"} %llu\n", bounds_ms[bucket] / 1e3, sum);
        else
            davy_buffer_printf(out, "+Inf\"} %llu\n", sum);
    }
    davy_buffer_printf(out, "%s_sum{method=\"%s\",route=\"%s\"} %.6f\n", name, method, path,
                       (double) atomic_load(&counts->sum_us) / 1e6);
    davy_buffer_printf(out, "%s_count{method=\"%s\",route=\"%s\"} %llu\n", name, method, path, sum);
}

static bool was_asked(const route_counts *counts)
{
    for (size_t bucket = 0; bucket <= BOUNDS; bucket++)
        if (atomic_load(&counts->buckets[bucket]) > 0)
            return true;
    return false;
}

void davy_metrics_write(const davy_metrics *metrics, davy_buffer *out)
{
    write_codes(metrics, out);
    davy_buffer_append_text(
        out, "# HELP davy_http_request_duration_seconds From the request line to the answer.\n"
             "# TYPE davy_http_request_duration_seconds histogram\n");
    for (size_t i = 0; i < metrics->count; i++)
        if (was_asked(&metrics->routes[i]))
            write_histogram(&metrics->routes[i], route_at(i), out);
}
