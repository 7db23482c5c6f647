/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/stats_private.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Bounds of the buckets that Prometheus sees; the histogram itself is finer. */
static const struct {
    int64_t ns;
    const char *seconds;
} bounds[] = {
    {50000, "0.00005"},  {100000, "0.0001"},  {250000, "0.00025"}, {500000, "0.0005"},
    {1000000, "0.001"},  {2500000, "0.0025"}, {5000000, "0.005"},  {10000000, "0.01"},
    {25000000, "0.025"}, {50000000, "0.05"},  {100000000, "0.1"},  {250000000, "0.25"},
    {500000000, "0.5"},  {1000000000, "1"},   {2500000000, "2.5"}, {10000000000, "10"},
};

/* A name of a metric takes its lines of all versions together, so versions are looked at for each
 * name anew. */
typedef enum metric_kind { COUNT, MICROSECONDS, HISTOGRAM, FAILURES, PENDING } metric_kind;

typedef struct metric {
    const char *name, *type, *help;
    metric_kind kind;
    size_t offset; /* in davy_infer_stats: a count, a davy_stat, or a histogram */
} metric;

#define AT(field) offsetof(struct davy_infer_stats, field)

static const metric metrics[] = {
    {"nv_inference_request_success", "counter",
     "Number of successful inference requests, all batch sizes", COUNT, AT(success.count)},
    {"nv_inference_request_failure", "counter",
     "Number of failed inference requests, all batch sizes", FAILURES, 0},
    {"nv_inference_count", "counter", "Number of inferences performed", COUNT, AT(inferences)},
    {"nv_inference_exec_count", "counter", "Number of model executions performed", COUNT,
     AT(executions)},
    {"nv_inference_pending_request_count", "gauge", "Instantaneous number of pending requests",
     PENDING, 0},
    {"nv_inference_request_duration_us", "counter",
     "Cumulative inference request duration in microseconds", MICROSECONDS, AT(success)},
    {"nv_inference_queue_duration_us", "counter",
     "Cumulative inference queuing duration in microseconds", MICROSECONDS, AT(queue)},
    {"nv_inference_compute_input_duration_us", "counter",
     "Cumulative compute input duration in microseconds", MICROSECONDS, AT(input)},
    {"nv_inference_compute_infer_duration_us", "counter",
     "Cumulative compute inference duration in microseconds", MICROSECONDS, AT(compute)},
    {"nv_inference_compute_output_duration_us", "counter",
     "Cumulative inference compute output duration in microseconds", MICROSECONDS, AT(output)},
    {"davy_inference_request_duration_seconds", "histogram", "Time from question to answer",
     HISTOGRAM, AT(request_time)},
    {"davy_inference_queue_duration_seconds", "histogram", "Time in the queue", HISTOGRAM,
     AT(queue_time)},
    {"davy_inference_compute_duration_seconds", "histogram", "Time of the run", HISTOGRAM,
     AT(compute_time)},
};

struct writer {
    const metric *metric;
    davy_model_permit permit;
    const void *context; /* of permit */
    davy_buffer *out;
};

void davy_stats_label(davy_buffer *out, const char *label, const char *value)
{
    davy_buffer_printf(out, "%s=\"", label);
    for (const char *c = value; *c; c++) {
        if (*c == '"' || *c == '\\')
            davy_buffer_append_text(out, "\\");
        davy_buffer_append(out, *c == '\n' ? "\\n" : c, *c == '\n' ? 2 : 1);
    }
    davy_buffer_append_text(out, "\"");
}

static void write_labels(davy_buffer *out, const davy_served_info *info)
{
    davy_stats_label(out, "model", info->name);
    davy_buffer_printf(out, ",version=\"%u\"", info->version);
}

static void write_line(const struct writer *writer, const davy_served_info *info,
                       const char *suffix, const char *more, uint64_t value)
{
    davy_buffer_printf(writer->out, "%s%s{", writer->metric->name, suffix);
    write_labels(writer->out, info);
    davy_buffer_printf(writer->out, "%s} %" PRIu64 "\n", more, value);
}

static void write_failures(const struct writer *writer, const davy_desk *desk)
{
    static const char *const reasons[DAVY_FAILURES] = {",reason=\"REJECTED\"",
                                                       ",reason=\"BACKEND\"", ",reason=\"OTHER\""};

    for (size_t i = 0; i < DAVY_FAILURES; i++)
        write_line(writer, desk->info, "", reasons[i], davy_count_of(&desk->stats.fail[i].count));
}

static void write_histogram(const struct writer *writer, const davy_served_info *info,
                            const davy_histogram *histogram)
{
    const uint64_t count = davy_histogram_count(histogram);
    char more[40];

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(bounds); i++) {
        (void) snprintf(more, sizeof more, ",le=\"%s\"", bounds[i].seconds);
        write_line(writer, info, "_bucket", more, davy_histogram_below(histogram, bounds[i].ns));
    }
    write_line(writer, info, "_bucket", ",le=\"+Inf\"", count);
    davy_buffer_printf(writer->out, "%s_sum{", writer->metric->name);
    write_labels(writer->out, info);
    davy_buffer_printf(writer->out, "} %.9f\n", (double) davy_count_of(&histogram->sum_ns) * 1e-9);
    write_line(writer, info, "_count", "", count);
}

static void write_desk(void *context, davy_desk *desk)
{
    const struct writer *writer = context;
    const void *at = (const char *) &desk->stats + writer->metric->offset;

    if (writer->permit && !writer->permit(writer->context, desk->info->name))
        return;
    switch (writer->metric->kind) {
    case COUNT:
        write_line(writer, desk->info, "", "", davy_count_of(at));
        break;
    case MICROSECONDS:
        write_line(writer, desk->info, "", "", davy_count_of(&((const davy_stat *) at)->ns) / 1000);
        break;
    case HISTOGRAM:
        write_histogram(writer, desk->info, at);
        break;
    case FAILURES:
        write_failures(writer, desk);
        break;
    case PENDING:
        write_line(writer, desk->info, "", "", davy_queue_length(desk->queue));
        break;
    }
}

void davy_host_stats_metrics(davy_host *host, davy_model_permit permit, const void *context,
                             davy_buffer *out)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(metrics); i++) {
        struct writer writer = {&metrics[i], permit, context, out};

        davy_buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", metrics[i].name, metrics[i].help,
                           metrics[i].name, metrics[i].type);
        if (davy_desks_visit(host, NULL, NULL, write_desk, &writer) != DAVY_OK)
            out->failed = true;
    }
}
