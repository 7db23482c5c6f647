/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/stats_private.h"

#include "core/sample.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Triton's `model_stats` (extension "statistics"), and what it has none of: `latency`, quantiles of
 * the histograms in nanoseconds, `pending` requests, and `certificate`, what was measured on load.
 */
static json_t *number(uint64_t value)
{
    return json_integer((json_int_t) value);
}

static json_t *pair(uint64_t count, uint64_t ns)
{
    return json_pack("{s:o, s:o}", "count", number(count), "ns", number(ns));
}

static json_t *stat(const davy_stat *stat)
{
    return pair(davy_count_of(&stat->count), davy_count_of(&stat->ns));
}

static json_t *all_failures(const davy_infer_stats *stats)
{
    uint64_t count = 0, ns = 0;

    for (size_t i = 0; i < DAVY_FAILURES; i++) {
        count += davy_count_of(&stats->fail[i].count);
        ns += davy_count_of(&stats->fail[i].ns);
    }
    return pair(count, ns);
}

static json_t *inference_stats(const davy_infer_stats *stats)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "success", stat(&stats->success),
                     "fail", all_failures(stats), "queue", stat(&stats->queue), "compute_input",
                     stat(&stats->input), "compute_infer", stat(&stats->compute), "compute_output",
                     stat(&stats->output), "cache_hit", pair(0, 0), "cache_miss", pair(0, 0));
}

static json_t *batch_stats(const davy_infer_stats *stats)
{
    json_t *list = json_array();

    for (size_t i = 0; i < DAVY_STATS_SIZES; i++) {
        const davy_batch_stat *batch = &stats->batches[i];
        const size_t size = atomic_load_explicit(&batch->size, memory_order_relaxed);

        if (size > 0)
            (void) json_array_append_new(
                list, json_pack("{s:o, s:o, s:o, s:o}", "batch_size", number(size), "compute_input",
                                stat(&batch->input), "compute_infer", stat(&batch->compute),
                                "compute_output", stat(&batch->output)));
    }
    return list;
}

static json_t *quantiles(const davy_histogram *histogram)
{
    return json_pack("{s:o, s:I, s:I, s:I, s:I}", "count", number(davy_histogram_count(histogram)),
                     "p50_ns", (json_int_t) davy_histogram_quantile(histogram, 0.5), "p90_ns",
                     (json_int_t) davy_histogram_quantile(histogram, 0.9), "p99_ns",
                     (json_int_t) davy_histogram_quantile(histogram, 0.99), "max_ns",
                     (json_int_t) davy_histogram_quantile(histogram, 1));
}

static json_t *certificate_json(const davy_desk *desk)
{
    json_t *list = json_array();

    if (atomic_load_explicit(&desk->certified, memory_order_acquire))
        for (size_t i = 0; i < desk->certificate.count; i++)
            (void) json_array_append_new(
                list,
                json_pack("{s:o, s:I, s:I}", "batch_size", number(desk->certificate.at[i].batch),
                          "p50_ns", (json_int_t) desk->certificate.at[i].p50_ns, "p99_ns",
                          (json_int_t) desk->certificate.at[i].p99_ns));
    return list;
}

static void append_desk(void *context, davy_desk *desk)
{
    const davy_infer_stats *stats = &desk->stats;
    char version[16];

    (void) snprintf(version, sizeof version, "%u", desk->info->version);
    (void) json_array_append_new(
        context,
        json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:[], s:{s:o, s:o, s:o}, s:o, s:o}", "name",
                  desk->info->name, "version", version, "last_inference",
                  (json_int_t) (atomic_load_explicit(&stats->last_ns, memory_order_relaxed) /
                                DAVY_NS_PER_MS),
                  "inference_count", number(davy_count_of(&stats->inferences)), "execution_count",
                  number(davy_count_of(&stats->executions)), "inference_stats",
                  inference_stats(stats), "batch_stats", batch_stats(stats), "memory_usage",
                  "latency", "request", quantiles(&stats->request_time), "queue",
                  quantiles(&stats->queue_time), "compute_infer", quantiles(&stats->compute_time),
                  "pending", number(davy_queue_length(desk->queue)), "certificate",
                  certificate_json(desk)));
}

davy_status davy_host_stats_json(davy_host *host, const char *name, const char *version,
                                 davy_buffer *out)
{
    json_t *list = json_array();
    json_t *json = json_pack("{s:O}", "model_stats", list);
    davy_status status = davy_desks_visit(host, name, version, append_desk, list);
    char *text = status == DAVY_OK && json ? json_dumps(json, JSON_COMPACT) : NULL;

    if (text) {
        davy_buffer_append_text(out, text);
        status = davy_buffer_ok(out);
    } else if (status == DAVY_OK) {
        status = davy_fail(DAVY_ERR_NOMEM, "statistics of models");
    }
    free(text);
    json_decref(json);
    json_decref(list);
    return status;
}
