/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "infer/drift_report.h"
#include "infer/host.h"
#include "serve/access/permit.h"
#include "serve/api/json.h"
#include "serve/exchange.h"
#include "serve/handlers.h"

davy_status davy_handle_me(davy_call *call)
{
    davy_buffer *out = &call->answer.body;

    davy_json_object(out, NULL);
    davy_json_text(out, "name", call->by);
    davy_json_text(out, "role", davy_role_name(call->role));
    davy_json_text(out, "version", DAVY_VERSION);
    davy_json_object_end(out);
    return davy_reply_json(call);
}

davy_status davy_handle_live(davy_call *call)
{
    davy_json_object(&call->answer.body, NULL);
    davy_json_text(&call->answer.body, "status", "ok");
    davy_json_object_end(&call->answer.body);
    return davy_reply_json(call);
}

davy_status davy_handle_ready(davy_call *call)
{
    const davy_server_system *system = call->system;
    davy_buffer *out = &call->answer.body;
    char text[256];
    const char *reason =
        system->not_ready ? system->not_ready(system->context, text, sizeof text) : NULL;
    davy_status status;

    davy_json_object(out, NULL);
    davy_json_text(out, "status", reason ? "not ready" : "ok");
    if (reason)
        davy_json_text(out, "reason", reason);
    davy_json_object_end(out);
    status = davy_reply_json(call);
    if (reason) {
        call->answer.code = 503;
        call->answer.retry_after_s = 5;
    }
    return status;
}

davy_status davy_handle_openapi(davy_call *call)
{
    const davy_buffer *text = &call->server->openapi;

    davy_buffer_append(&call->answer.body, text->bytes, text->length);
    return davy_reply_json(call);
}

davy_status davy_handle_events(davy_call *call)
{
    call->answer.code = 200;
    call->answer.type = "text/event-stream";
    call->answer.events = true;
    return DAVY_OK;
}

/* -- Figures ------------------------------------------------------------------------------------
 */

static double entries_of(const char *folder)
{
    DIR *entries = opendir(folder);
    double count = 0;

    if (!entries)
        return 0;
    while (readdir(entries))
        count++;
    closedir(entries);
    return count - 2; /* without . and .. */
}

/* The second number of statm is the resident pages. */
static double resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    char line[128] = "";
    char *second = line;

    if (!file)
        return 0;
    if (fgets(line, sizeof line, file))
        (void) strtoull(line, &second, 10);
    (void) fclose(file);
    return (double) strtoull(second, NULL, 10) * (double) sysconf(_SC_PAGESIZE);
}

static void write_process(davy_buffer *out)
{
    davy_metrics_figure(out, "davy_info", "gauge", "Version of the program.",
                        "version=\"" DAVY_VERSION "\"", 1);
    davy_metrics_figure(out, "process_resident_memory_bytes", "gauge", "Resident memory.", NULL,
                        resident_bytes());
    davy_metrics_figure(out, "process_open_fds", "gauge", "Open files and sockets.", NULL,
                        entries_of("/proc/self/fd"));
    davy_metrics_figure(out, "davy_threads", "gauge", "Threads of the process.", NULL,
                        entries_of("/proc/self/task"));
}

static void write_store(davy_store *store, davy_buffer *out)
{
    davy_store_stats stats;

    davy_store_get_stats(store, &stats);
    {
        const struct {
            const char *name, *type, *help;
            double value;
        } figures[] = {
            {"davy_store_samples_appended_total", "counter", "Samples kept since the start.",
             (double) stats.samples_appended},
            {"davy_store_syncs_total", "counter", "Syncs of the hot log.", (double) stats.syncs},
            {"davy_store_logged_bytes_total", "counter", "Bytes written to the hot log.",
             (double) stats.bytes_logged},
            {"davy_store_chunks", "gauge", "Sealed chunks.", (double) stats.chunks},
            {"davy_store_chunk_bytes", "gauge", "Bytes of sealed chunks.",
             (double) stats.chunk_bytes},
            {"davy_store_rollup_bytes", "gauge", "Bytes of the files of rollups.",
             (double) stats.rollup_bytes},
            {"davy_store_chunk_samples", "gauge", "Samples in sealed chunks.",
             (double) stats.chunk_samples},
            {"davy_store_hot_samples", "gauge", "Samples that are not sealed yet.",
             (double) stats.hot_samples},
            {"davy_store_hot_segments", "gauge", "Segments of the hot log.",
             (double) stats.hot_segments},
            {"davy_store_last_sync_seconds", "gauge", "Length of the last sync.",
             (double) stats.sync_ns_last / 1e9},
            {"davy_store_recovered_frames", "gauge", "Frames replayed at the start.",
             (double) stats.recovered_frames},
            {"davy_store_cut_bytes", "gauge", "Bytes cut off the log at the start.",
             (double) stats.cut_bytes},
            {"davy_store_missed_files", "gauge", "Day files that are set aside or gone.",
             (double) stats.missed_files},
            {"davy_store_damaged_chunks", "gauge", "Damaged chunks found.",
             (double) stats.damaged_chunks},
            {"davy_store_damaged_frames", "gauge", "Damaged places of the log at the start.",
             (double) stats.damaged_frames},
            {"davy_store_failed", "gauge", "1 when the disk failed and writes are refused.",
             stats.failed},
        };

        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(figures); i++)
            davy_metrics_figure(out, figures[i].name, figures[i].type, figures[i].help, NULL,
                                figures[i].value);
    }
}

/* A label's value: quotes and backslashes are escaped, line ends cannot occur in names. */
static void label(char *out, size_t capacity, const char *name, const char *value)
{
    size_t length = (size_t) snprintf(out, capacity, "%s=\"", name);

    for (; *value && length + 3 < capacity; value++) {
        if (*value == '"' || *value == '\\')
            out[length++] = '\\';
        out[length++] = *value;
    }
    (void) snprintf(out + length, capacity - length, "\"");
}

static void write_sources(const davy_server_system *system, davy_buffer *out)
{
    static const struct {
        const char *name, *type, *help;
    } figures[] = {
        {"davy_source_running", "gauge", "1 while the source has its peer."},
        {"davy_source_samples_total", "counter", "Samples that the source delivered."},
        {"davy_source_failures_total", "counter", "Times that the source lost its peer."},
    };
    const davy_site *site = system->acquire_site(system->context);

    for (size_t figure = 0; figure < DAVY_ARRAY_LENGTH(figures); figure++)
        for (size_t i = 0; i < site->source_count; i++) {
            davy_source_report report = {0};
            char labels[160];
            double values[3];

            if (system->source_report(system->context, i, &report) != DAVY_OK)
                continue;
            values[0] = report.state == DAVY_SOURCE_RUNNING;
            values[1] = (double) report.samples;
            values[2] = (double) report.failures;
            label(labels, sizeof labels, "source", site->sources[i].name);
            davy_metrics_figure(out, figures[figure].name, figures[figure].type,
                                i == 0 ? figures[figure].help : NULL, labels, values[figure]);
        }
    system->release_site(system->context, site);
}

#define ALARM_STATES     ((size_t) DAVY_ALARM_OUT_OF_SERVICE + 1)
#define ALARM_PRIORITIES ((size_t) DAVY_PRIORITY_CRITICAL + 1)

struct alarm_counts {
    size_t counts[ALARM_STATES][ALARM_PRIORITIES];
};

static davy_status count_alarm(void *context, const davy_alarm *alarm)
{
    struct alarm_counts *counts = context;

    counts->counts[alarm->state][alarm->priority]++;
    return DAVY_OK;
}

static davy_status write_alarms(const davy_server_system *system, davy_buffer *out)
{
    struct alarm_counts counts = {0};
    const char *help = "Alarms by state and priority.";
    davy_status status = davy_alarms_visit(system->alarms, DAVY_ALARMS_ALL, count_alarm, &counts);

    for (size_t state = 0; state < ALARM_STATES; state++)
        for (size_t priority = 0; priority < ALARM_PRIORITIES; priority++) {
            char labels[96];

            (void) snprintf(labels, sizeof labels, "state=\"%s\",priority=\"%s\"",
                            davy_alarm_state_name((davy_alarm_state) state),
                            davy_priority_name((davy_priority) priority));
            davy_metrics_figure(out, "davy_alarms", "gauge", help, labels,
                                (double) counts.counts[state][priority]);
            help = NULL;
        }
    return status;
}

static void write_server(davy_server *server, davy_buffer *out)
{
    static const char *const phases[DAVY_PHASE_COUNT] = {"headers", "body",   "work",
                                                         "answer",  "stream", "rest"};
    static const char *const lanes[DAVY_LANE_NONE] = {"lane=\"read\"", "lane=\"write\"",
                                                      "lane=\"infer\""};
    size_t counts[DAVY_PHASE_COUNT];
    uint64_t ended;
    davy_events_stats events;
    char labels[32];

    if (server->tls)
        davy_metrics_figure(out, "davy_tls_certificate_end_seconds", "gauge",
                            "When the server's certificate ends, since 1970.", NULL,
                            (double) (davy_tls_end(server->tls) / DAVY_NS_PER_S));
    davy_watch_counts(server->watch, counts, &ended);
    davy_events_get_stats(server->events, &events);
    for (size_t i = 0; i < DAVY_PHASE_COUNT; i++) {
        (void) snprintf(labels, sizeof labels, "phase=\"%s\"", phases[i]);
        davy_metrics_figure(out, "davy_http_connections", "gauge",
                            i == 0 ? "Connections by what they do." : NULL, labels,
                            (double) counts[i]);
    }
    davy_metrics_figure(out, "davy_http_connections_ended_total", "counter",
                        "Connections shut down past a deadline.", NULL, (double) ended);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(lanes); i++)
        davy_metrics_figure(out, "davy_http_waiting", "gauge",
                            i == 0 ? "Requests that wait for a thread." : NULL, lanes[i],
                            (double) davy_workers_waiting(server->lanes[i]));
    davy_metrics_figure(out, "davy_http_body_bytes", "gauge", "Bytes of bodies being received.",
                        NULL, (double) atomic_load(&server->body_bytes));
    davy_metrics_figure(out, "davy_event_streams", "gauge", "Open event streams.", NULL,
                        (double) events.streams);
    davy_metrics_figure(out, "davy_events_published_total", "counter", "Events published.", NULL,
                        (double) events.published);
    davy_metrics_figure(out, "davy_events_missed_total", "counter",
                        "Events that streams were told they missed.", NULL, (double) events.missed);
}

static bool permits(const void *call, const char *model)
{
    return davy_permit_model(call, model);
}

davy_status davy_handle_metrics(davy_call *call)
{
    const davy_server_system *system = call->system;
    davy_host *host = atomic_load(&call->system->host);
    davy_buffer *out = &call->answer.body;
    davy_status status;

    write_process(out);
    write_store(system->store, out);
    write_sources(system, out);
    status = write_alarms(system, out);
    write_server(call->server, out);
    davy_metrics_write(call->server->metrics, out);
    if (call->server->tracer)
        davy_tracer_metrics(call->server->tracer, out);
    if (host) {
        davy_host_stats_metrics(host, permits, call, out);
        davy_host_drift_metrics(host, permits, call, out);
    }
    if (system->metrics)
        system->metrics(system->context, out);
    if (status == DAVY_OK)
        status = davy_buffer_ok(out);
    call->answer.code = 200;
    call->answer.type = "text/plain; version=0.0.4; charset=utf-8";
    return status;
}
