/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift_report.h"

#include "infer/stats_private.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

/* A name of a metric takes its lines of all versions together, so versions are looked at for each
 * name anew. */
struct writer {
    const char *name;
    void (*write)(const struct writer *writer, const davy_desk *desk,
                  const davy_drift_sight *sight);
    davy_model_permit permit;
    const void *context; /* of permit */
    davy_buffer *out;
};

static void begin(const struct writer *writer, const davy_desk *desk)
{
    davy_buffer_printf(writer->out, "%s{", writer->name);
    davy_stats_label(writer->out, "model", desk->info->name);
    davy_buffer_printf(writer->out, ",version=\"%u\"", desk->info->version);
}

static void end(const struct writer *writer, double value)
{
    davy_buffer_printf(writer->out, "} %.6g\n", value);
}

static void write_windows(const struct writer *writer, const davy_desk *desk,
                          const davy_drift_sight *sight)
{
    begin(writer, desk);
    davy_buffer_printf(writer->out, "} %" PRIu64 "\n", sight->windows);
}

static void write_monitor(const struct writer *writer, const davy_desk *desk, const char *monitor,
                          double value)
{
    begin(writer, desk);
    davy_buffer_append_text(writer->out, ",");
    davy_stats_label(writer->out, "monitor", monitor);
    end(writer, value);
}

static void write_fired(const struct writer *writer, const davy_desk *desk,
                        const davy_drift_sight *sight)
{
    for (int i = 0; i < DAVY_DRIFT_MONITORS && sight->windows > 0; i++)
        write_monitor(writer, desk, davy_drift_monitor_name((davy_drift_monitor) i),
                      sight->newest.fired[i] ? 1 : 0);
}

static void write_fired_windows(const struct writer *writer, const davy_desk *desk,
                                const davy_drift_sight *sight)
{
    for (int i = 0; i < DAVY_DRIFT_MONITORS; i++)
        write_monitor(writer, desk, davy_drift_monitor_name((davy_drift_monitor) i),
                      (double) sight->fired[i]);
    write_monitor(writer, desk, "never", 0);
    write_monitor(writer, desk, "always", (double) sight->windows);
}

static void write_false_alarms(const struct writer *writer, const davy_desk *desk,
                               const davy_drift_sight *sight)
{
    for (int i = 0; i < DAVY_DRIFT_MONITORS && sight->rated; i++)
        write_monitor(writer, desk, davy_drift_monitor_name((davy_drift_monitor) i),
                      sight->rates[i].false_alarms);
    write_monitor(writer, desk, "never", 0);
    write_monitor(writer, desk, "always", 1);
}

static void write_detected(const struct writer *writer, const davy_desk *desk,
                           const davy_drift_sight *sight)
{
    for (int i = 0; i < DAVY_DRIFT_MONITORS && sight->rated; i++)
        write_monitor(writer, desk, davy_drift_monitor_name((davy_drift_monitor) i),
                      sight->rates[i].detected);
    write_monitor(writer, desk, "never", 0);
    write_monitor(writer, desk, "always", 1);
}

static void write_feature(const struct writer *writer, const davy_desk *desk,
                          const davy_drift_feature *feature, double value)
{
    if (!isfinite(value))
        return;
    begin(writer, desk);
    davy_buffer_append_text(writer->out, ",");
    davy_stats_label(writer->out, "of", feature->output ? "output" : "input");
    davy_buffer_append_text(writer->out, ",");
    davy_stats_label(writer->out, "feature", feature->name);
    end(writer, value);
}

static void write_psi(const struct writer *writer, const davy_desk *desk,
                      const davy_drift_sight *sight)
{
    const davy_drift_features *features = davy_drift_describe(desk->drift);

    for (size_t i = 0; i < features->count && sight->windows > 0; i++)
        write_feature(writer, desk, &features->at[i], sight->figures[i].psi);
}

static void write_ks(const struct writer *writer, const davy_desk *desk,
                     const davy_drift_sight *sight)
{
    const davy_drift_features *features = davy_drift_describe(desk->drift);

    for (size_t i = 0; i < features->count && sight->windows > 0; i++)
        write_feature(writer, desk, &features->at[i], sight->figures[i].ks);
}

static void write_mmd(const struct writer *writer, const davy_desk *desk,
                      const davy_drift_sight *sight)
{
    if (sight->windows == 0 || !isfinite(sight->newest.mmd.p))
        return;
    begin(writer, desk);
    end(writer, sight->newest.mmd.p);
}

static const struct {
    const char *name, *type, *help;
    void (*write)(const struct writer *writer, const davy_desk *desk,
                  const davy_drift_sight *sight);
} metrics[] = {
    {"davy_drift_windows_total", "counter", "Windows of samples compared with the reference",
     write_windows},
    {"davy_drift_fired", "gauge", "1 when the monitor fired for the newest window", write_fired},
    {"davy_drift_fired_windows_total", "counter",
     "Windows for which the monitor fired, beside one that never does and one that always does",
     write_fired_windows},
    {"davy_drift_false_alarm_ratio", "gauge",
     "Share of trials without a change for which the monitor fired", write_false_alarms},
    {"davy_drift_detection_ratio", "gauge",
     "Share of trials with one feature moved by a standard deviation for which it fired",
     write_detected},
    {"davy_drift_psi", "gauge", "Population stability index of a feature in the newest window",
     write_psi},
    {"davy_drift_ks", "gauge", "Kolmogorov-Smirnov distance of a feature in the newest window",
     write_ks},
    {"davy_drift_mmd_p", "gauge", "p of the maximum mean discrepancy of the newest window",
     write_mmd},
};

static void write_desk(void *context, davy_desk *desk)
{
    const struct writer *writer = context;
    davy_drift_sight *sight;

    if (writer->permit && !writer->permit(writer->context, desk->info->name))
        return;
    sight = calloc(1, sizeof *sight);
    if (!sight) {
        writer->out->failed = true;
        return;
    }
    davy_drift_look(desk->drift, sight);
    if (sight->state != DAVY_DRIFT_NOTHING)
        writer->write(writer, desk, sight);
    free(sight);
}

void davy_host_drift_metrics(davy_host *host, davy_model_permit permit, const void *context,
                             davy_buffer *out)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(metrics); i++) {
        struct writer writer = {metrics[i].name, metrics[i].write, permit, context, out};

        davy_buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", metrics[i].name, metrics[i].help,
                           metrics[i].name, metrics[i].type);
        if (davy_desks_visit(host, NULL, NULL, write_desk, &writer) != DAVY_OK)
            out->failed = true;
    }
}
