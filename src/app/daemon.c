/* SPDX-License-Identifier: Apache-2.0 */
#include "app/daemon_private.h"

#include "app/chemical_structure.h"
#include "core/file.h"
#include "core/log.h"
#include "hazard/impact/check.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Detection that has not looked at the time for so long stands still. */
#define WATCHES_NS (10 * DAVY_NS_PER_S)

/* What the routes of the server ask. */

static const davy_site *acquire_site(void *context)
{
    return davy_site_slot_acquire(((davy_daemon *) context)->slot);
}

static void release_site(void *context, const davy_site *site)
{
    davy_site_slot_release(((davy_daemon *) context)->slot, site);
}

static davy_status deliver(void *context, const davy_sample *samples, size_t count)
{
    return davy_intake_deliver(&((davy_daemon *) context)->intake, samples, count);
}

static davy_status source_report(void *context, size_t source, davy_source_report *report)
{
    davy_daemon *daemon = context;
    const davy_site *site = davy_site_slot_acquire(daemon->slot);
    davy_status status = source < site->source_count
                             ? davy_sources_report(daemon->sources, site, source, report)
                             : davy_fail(DAVY_ERR_NOT_FOUND, "there is no source %zu", source);

    davy_site_slot_release(daemon->slot, site);
    return status;
}

static davy_status detector_status(void *context, size_t detector, davy_detect_status *status)
{
    return davy_live_detector(((davy_daemon *) context)->live, detector, status);
}

static const char *not_ready(void *context, char *text, size_t capacity)
{
    return davy_health_is_failing(((davy_daemon *) context)->health, text, capacity) ? text : NULL;
}

/* A sign of life is one of the thread that detects: who only answers does not watch. */
static bool watches(void *context, char *problem, size_t capacity)
{
    davy_daemon *daemon = context;

    (void) davy_health_is_failing(daemon->health, problem, capacity);
    return davy_live_age_ns(daemon->live) < WATCHES_NS;
}

static void metrics(void *context, davy_buffer *out)
{
    davy_daemon *daemon = context;

    davy_live_metrics(daemon->live, out);
    davy_scores_metrics(daemon->scores, out);
    davy_health_metrics(daemon->health, out);
    davy_keeper_metrics(daemon->keeper, out);
    davy_notify_metrics(daemon->notify, out);
    davy_alarm_watch_metrics(daemon->watch, out);
    davy_threats_metrics(daemon->threats, out);
}

/* Steps of the start. */

/* A damaged file ends the start: what a person can do about it stands before what was found. */
static davy_status advise(davy_status status, const char *advice)
{
    return status == DAVY_ERR_CORRUPT || status == DAVY_ERR_INVALID
               ? davy_fail_in(status, "%s", advice)
               : status;
}

static davy_status open_stores(davy_daemon *daemon)
{
    const davy_store_options options = {.floor_bytes = daemon->options.floor_bytes};
    char path[PATH_MAX];
    davy_status status = davy_folder_make(daemon->options.data, 0750);

    if (status == DAVY_OK)
        status = davy_folder_make(daemon->options.registry, 0750);
    if (status == DAVY_OK)
        status =
            davy_keeper_open_reserve(daemon->options.data, options.floor_bytes, &daemon->reserve);
    if (status == DAVY_OK)
        status = davy_store_open(daemon->options.data, &options, &daemon->store);
    (void) snprintf(path, sizeof path, "%s/records.db", daemon->options.data);
    if (status == DAVY_OK)
        status = advise(davy_records_open(path, &daemon->records),
                        "restore the records of the alarms from a copy, or move the file and its"
                        " -wal aside to begin new ones");
    if (status == DAVY_OK)
        davy_records_use_reserve(daemon->records, daemon->reserve);
    (void) snprintf(path, sizeof path, "%s/keys.json", daemon->options.data);
    if (status == DAVY_OK)
        status = advise(davy_keys_open(path, &daemon->keys),
                        "restore the keys from a copy, or move the file aside to get a new first"
                        " key");
    return status;
}

static davy_status make_first_key(davy_daemon *daemon)
{
    char text[DAVY_KEY_MAX];
    davy_status status;

    if (davy_keys_count(daemon->keys) > 0)
        return DAVY_OK;
    status = davy_keys_create(daemon->keys, "admin", DAVY_ROLE_ADMIN, NULL,
                              davy_wall_ns(daemon->clock), text);
    if (status != DAVY_OK)
        return status;
    if (!daemon->options.key_file) {
        (void) printf("first-run admin key (shown once): %s\n", text);
        return DAVY_OK;
    }
    return davy_file_replace(daemon->options.key_file, text, strlen(text), 0600);
}

static davy_status load_site(davy_daemon *daemon, davy_site **site)
{
    davy_site_faults faults = {0};
    davy_status status = davy_site_load_bound(daemon->options.site, daemon->store, &faults, site);

    if (status == DAVY_OK && davy_scenarios_check(*site, &faults) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "daemon", "zones of a scenario cannot be computed: %s",
                 davy_error()); /* the rest of the site is watched all the same */
    davy_site_faults_print(&faults, stderr, isatty(STDERR_FILENO));
    davy_site_faults_clear(&faults);
    return status;
}

static davy_status open_site(davy_daemon *daemon)
{
    davy_site *site;
    davy_status status = load_site(daemon, &site);

    if (status != DAVY_OK)
        return status;
    status = davy_store_set_retention(daemon->store, site->classes, site->class_count);
    if (status == DAVY_OK)
        status = davy_site_slot_create(site, &daemon->slot);
    if (status != DAVY_OK)
        davy_site_destroy(site);
    return status;
}

/* Before the alarms: what they announce when they are rebuilt is in the records, and followed. */
static davy_status open_notify(davy_daemon *daemon)
{
    char path[PATH_MAX];
    const davy_notify_parts parts = {.records = daemon->records,
                                     .file = path,
                                     .clock = daemon->clock,
                                     .context = daemon,
                                     .acquire_site = acquire_site,
                                     .release_site = release_site,
                                     .watches = watches};

    (void) snprintf(path, sizeof path, "%s/notify.db", daemon->options.data);
    return advise(davy_notify_open(&parts, &daemon->notify),
                  "move the file and its -wal aside: what was due to receivers and not yet"
                  " confirmed is lost, the alarms and their history are not");
}

/* Under the classes of the site that is in force. */
static davy_status keep_by_site(davy_daemon *daemon)
{
    const davy_site *site = acquire_site(daemon);
    davy_status status = davy_keeper_take_site(daemon->keeper, site);

    release_site(daemon, site);
    return status;
}

static davy_status open_keeper(davy_daemon *daemon)
{
    const davy_keeper_parts parts = {.store = daemon->store,
                                     .reserve = daemon->reserve,
                                     .records = daemon->records,
                                     .incidents = daemon->incidents,
                                     .clock = daemon->clock,
                                     .data = daemon->options.data,
                                     .context = daemon,
                                     .acquire_site = acquire_site,
                                     .release_site = release_site};
    davy_status status = davy_keeper_create(&parts, &daemon->keeper);

    return status == DAVY_OK ? keep_by_site(daemon) : status;
}

static davy_status open_live(davy_daemon *daemon)
{
    const davy_alarms_callbacks callbacks = {daemon, davy_daemon_tell_alarm};
    davy_status status =
        davy_alarms_open(daemon->records, daemon->clock, &callbacks, &daemon->alarms);
    davy_live_parts parts;

    if (status == DAVY_OK)
        status = davy_scores_create(daemon->slot, daemon->store, davy_daemon_publish, daemon,
                                    &daemon->scores);
    if (status == DAVY_OK)
        status = davy_health_create(daemon->store, daemon->alarms, daemon->records, daemon->clock,
                                    &daemon->health);
    parts = (davy_live_parts){daemon->slot,   daemon->alarms,           daemon->scores,
                              daemon->store,  daemon->options.registry, daemon->clock,
                              daemon->health, davy_daemon_note_swap,    daemon};
    if (status == DAVY_OK)
        status = davy_live_create(&parts, &daemon->live);
    daemon->intake =
        (davy_intake){daemon->store, daemon->slot, daemon->live, daemon->clock, daemon->health};
    if (status == DAVY_OK)
        status =
            davy_sources_create(&daemon->intake, davy_daemon_publish, daemon, &daemon->sources);
    return status;
}

static davy_status open_incidents(davy_daemon *daemon)
{
    const davy_incidents_parts parts = {.records = daemon->records,
                                        .alarms = daemon->alarms,
                                        .clock = daemon->clock,
                                        .context = daemon,
                                        .threats = daemon->threats,
                                        .announce = davy_daemon_tell_incident,
                                        .acquire_site = acquire_site,
                                        .release_site = release_site,
                                        .send = davy_daemon_send_alert};
    davy_status status = davy_incidents_open(&parts, &daemon->incidents);

    if (status == DAVY_OK && davy_incidents_unreadable(daemon->incidents) > 0)
        davy_log(
            DAVY_LOG_WARNING, "daemon",
            "%zu records of incidents are no events that this davy knows: they are passed over",
            davy_incidents_unreadable(daemon->incidents));
    return status;
}

static davy_status open_threats(davy_daemon *daemon)
{
    const davy_threats_parts parts = {.store = daemon->store,
                                      .records = daemon->records,
                                      .alarms = daemon->alarms,
                                      .clock = daemon->clock,
                                      .context = daemon,
                                      .acquire_site = acquire_site,
                                      .release_site = release_site,
                                      .publish = davy_daemon_publish};

    return davy_threats_open(&parts, &daemon->threats);
}

static davy_status open_overview(davy_daemon *daemon)
{
    char path[PATH_MAX];
    const davy_alarm_watch_parts parts = {daemon->records, path, daemon->clock, daemon,
                                          davy_daemon_publish};
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/records.db", daemon->options.data);
    status = davy_alarm_watch_create(&parts, &daemon->watch);
    return status == DAVY_OK ? davy_overview_create(daemon->watch, daemon->slot, &daemon->overview)
                             : status;
}

static davy_status open_prooftests(davy_daemon *daemon)
{
    const davy_prooftest_parts parts = {.slot = daemon->slot,
                                        .store = daemon->store,
                                        .records = daemon->records,
                                        .alarms = daemon->alarms,
                                        .intake = &daemon->intake,
                                        .live = daemon->live,
                                        .notify = daemon->notify,
                                        .health = daemon->health,
                                        .registry = daemon->options.registry,
                                        .clock = daemon->clock,
                                        .context = daemon,
                                        .publish = davy_daemon_publish};
    davy_status status = davy_prooftests_create(&parts, &daemon->prooftests);

    if (status == DAVY_OK)
        daemon->proofs = davy_prooftests_view(daemon->prooftests);
    return status;
}

static davy_status open_jobs(davy_daemon *daemon)
{
    const davy_jobs_options options = {.kind = &davy_job_kind_training,
                                       .data = daemon->options.data,
                                       .registry = daemon->options.registry,
                                       .clock = daemon->clock,
                                       .announce = davy_daemon_tell_job,
                                       .context = daemon};
    davy_status status = davy_jobs_open(&options, &daemon->jobs);

    if (status == DAVY_OK)
        daemon->trainings = davy_jobs_trainings(daemon->jobs);
    return status;
}

static davy_status open_whatifs(davy_daemon *daemon)
{
    const davy_whatif_parts parts = {.jobs = {.data = daemon->options.data,
                                              .registry = daemon->options.registry,
                                              .clock = daemon->clock},
                                     .records = daemon->records,
                                     .site = daemon->options.site,
                                     .context = daemon,
                                     .acquire_site = acquire_site,
                                     .release_site = release_site};
    davy_status status = davy_whatif_jobs_open(&parts, &daemon->whatif_jobs);

    if (status == DAVY_OK)
        daemon->whatifs = davy_whatif_jobs_view(daemon->whatif_jobs);
    return status;
}

/* Without a model that answers for molecules, what is counted in it is told all the same. */
static davy_status describe_structure(void *context, const char *smiles, json_t **out)
{
    const davy_daemon *daemon = context;
    davy_structure_wish wish = {
        .models = daemon->options.registry, .open = daemon->molecules, .known = daemon->known};
    davy_status status = davy_structure_describe(smiles, &wish, out);

    if (status != DAVY_ERR_NOT_FOUND)
        return status;
    wish.models = NULL;
    return davy_structure_describe(smiles, &wish, out);
}

static davy_status open_molecules(davy_daemon *daemon)
{
    davy_status status =
        davy_molecule_models_create(DAVY_MOLECULE_MODELS_BYTES, &daemon->molecules);

    if (status == DAVY_OK && daemon->options.known.count > 0)
        status = davy_known_create(&daemon->options.known, &daemon->known);
    return status;
}

static davy_status open_server(davy_daemon *daemon)
{
    const davy_server_options options = {.listen = daemon->options.listen,
                                         .grpc = daemon->options.grpc,
                                         .tls = daemon->options.tls,
                                         .oidc = daemon->options.oidc,
                                         .traces = daemon->options.traces,
                                         .audit_inference = daemon->options.audit_inference,
                                         .insecure = daemon->options.insecure,
                                         .body_max = daemon->options.body_max};
    const davy_server_system system = {
        .context = daemon,
        .store = daemon->store,
        .records = daemon->records,
        .alarms = daemon->alarms,
        .watch = daemon->watch,
        .notify = daemon->notify,
        .incidents = daemon->incidents,
        .threats = daemon->threats,
        .keys = daemon->keys,
        .clock = daemon->clock,
        .registry = daemon->options.registry,
        .data = daemon->options.data,
        .acquire_site = acquire_site,
        .release_site = release_site,
        .deliver = deliver,
        .source_report = source_report,
        .detector_status = detector_status,
        .not_ready = not_ready,
        .metrics = metrics,
        .describe_structure = describe_structure,
        .trainings = &daemon->trainings,
        .proofs = &daemon->proofs,
        .whatifs = &daemon->whatifs,
    };
    davy_server *server;
    davy_status status = davy_server_start(&options, &system, &server);

    if (status == DAVY_OK)
        atomic_store(&daemon->server, server);
    return status;
}

/* Last of all: loading takes its time, and alarms do not wait for it. */
static davy_status open_host(davy_daemon *daemon)
{
    const davy_daemon_options *options = &daemon->options;
    char traffic[PATH_MAX];
    const davy_host_options host = {
        .repository = {.folder = options->repository ? options->repository : options->registry,
                       .control =
                           options->explicit_models ? DAVY_CONTROL_EXPLICIT : DAVY_CONTROL_POLL,
                       .traffic = traffic,
                       .changed = davy_daemon_tell_model,
                       .moved = davy_daemon_note_alias,
                       .context = daemon}};
    davy_status status;

    (void) snprintf(traffic, sizeof traffic, "%s/traffic.json", options->data);
    status = davy_host_create(&host, &daemon->host);
    if (status == DAVY_OK)
        davy_server_serve(atomic_load(&daemon->server), daemon->host);
    return status;
}

/* So that the verbs of the command line find the daemon of a data folder. */
static davy_status write_address(davy_daemon *daemon)
{
    char path[PATH_MAX];
    char text[256], pin[DAVY_TLS_PIN_MAX] = "";
    bool secure = davy_server_pin(atomic_load(&daemon->server), pin);
    int length = snprintf(text, sizeof text, "{\"address\": \"%s\", \"pid\": %ld%s%s%s}\n",
                          davy_daemon_address(daemon), (long) getpid(),
                          secure ? ", \"pin\": \"" : "", pin, secure ? "\"" : "");

    (void) snprintf(path, sizeof path, "%s/daemon.json", daemon->options.data);
    return davy_file_replace(path, text, (size_t) length, 0644);
}

davy_status davy_daemon_start(const davy_daemon_options *options, davy_daemon **out)
{
    static davy_status (*const steps[])(davy_daemon *) = {
        open_stores,     open_site,      open_notify,    open_live,   open_threats,
        open_incidents,  open_overview,  make_first_key, open_jobs,   open_whatifs,
        open_prooftests, open_molecules, open_keeper,    open_server, write_address,
    };
    davy_daemon *daemon = calloc(1, sizeof *daemon);
    davy_status status = DAVY_OK;

    if (!daemon)
        return davy_fail(DAVY_ERR_NOMEM, "daemon");
    daemon->options = *options;
    daemon->clock = davy_clock_system();
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(steps) && status == DAVY_OK; i++)
        status = steps[i](daemon);
    if (status == DAVY_OK)
        status = davy_daemon_audit(daemon, "start");
    if (status == DAVY_OK)
        davy_daemon_note_settings(daemon);
    if (status == DAVY_OK)
        status = davy_live_start(daemon->live);
    if (status == DAVY_OK)
        status = davy_threats_start(daemon->threats);
    if (status == DAVY_OK)
        status = davy_notify_start(daemon->notify);
    if (status == DAVY_OK)
        status = davy_incidents_resend(daemon->incidents);
    if (status == DAVY_OK)
        davy_health_watch(daemon->health, daemon->notify, daemon->keeper);
    if (status == DAVY_OK)
        status = davy_prooftests_start(daemon->prooftests);
    if (status == DAVY_OK)
        status = davy_health_start(daemon->health, daemon->live);
    if (status == DAVY_OK)
        status = davy_keeper_start(daemon->keeper);
    if (status == DAVY_OK)
        status = davy_overview_start(daemon->overview);
    if (status == DAVY_OK)
        status = davy_sources_apply(daemon->sources);
    if (status == DAVY_OK)
        status = open_host(daemon);
    if (status != DAVY_OK) {
        davy_daemon_stop(daemon);
        return status;
    }
    *out = daemon;
    return DAVY_OK;
}

const char *davy_daemon_grpc(const davy_daemon *daemon)
{
    return davy_server_grpc_address(atomic_load(&daemon->server));
}

const char *davy_daemon_url(davy_daemon *daemon)
{
    char pin[DAVY_TLS_PIN_MAX];
    bool secure = davy_server_pin(atomic_load(&daemon->server), pin);

    (void) snprintf(daemon->url, sizeof daemon->url, "%s://%s", secure ? "https" : "http",
                    davy_daemon_address(daemon));
    return daemon->url;
}

const char *davy_daemon_address(const davy_daemon *daemon)
{
    return davy_server_address(atomic_load(&((davy_daemon *) daemon)->server));
}

/* A certificate has nothing to do with the site: a fault of one does not hold back the other. */
static void reload_tls(davy_daemon *daemon)
{
    davy_status status = davy_server_reload_tls(atomic_load(&daemon->server));

    if (status == DAVY_OK)
        status = write_address(daemon); /* with the pin of the new key */
    if (status != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "daemon", "the old certificate goes on: %s", davy_error());
}

davy_status davy_daemon_reload(davy_daemon *daemon)
{
    davy_site *site;
    davy_status status;

    reload_tls(daemon);
    status = load_site(daemon, &site);

    if (status != DAVY_OK)
        return status;
    status = davy_site_slot_replace(daemon->slot, site);
    if (status != DAVY_OK) {
        davy_site_destroy(site);
        return status;
    }
    if (keep_by_site(daemon) != DAVY_OK)
        davy_log(DAVY_LOG_ERROR, "daemon", "things are kept as long as before: %s", davy_error());
    status = davy_live_reload(daemon->live);
    davy_threats_reload(daemon->threats);
    if (status == DAVY_OK)
        status = davy_notify_reload(daemon->notify);
    if (status == DAVY_OK)
        status = davy_sources_apply(daemon->sources);
    if (status == DAVY_OK)
        status = davy_daemon_audit(daemon, "reload");
    if (status == DAVY_OK)
        davy_daemon_note_settings(daemon);
    return status;
}

void davy_daemon_stop(davy_daemon *daemon)
{
    char path[PATH_MAX];

    if (!daemon)
        return;
    if (atomic_load(&daemon->server) && davy_daemon_audit(daemon, "stop") != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "daemon", "%s", davy_error());
    davy_jobs_stop(daemon->jobs);
    davy_whatif_jobs_stop(daemon->whatif_jobs);
    davy_sources_stop(daemon->sources);
    davy_server_stop(atomic_exchange(&daemon->server, NULL));
    davy_jobs_close(daemon->jobs);
    davy_whatif_jobs_close(daemon->whatif_jobs);
    davy_prooftests_destroy(daemon->prooftests);
    davy_host_destroy(daemon->host);
    davy_known_destroy(daemon->known);
    davy_molecule_models_destroy(daemon->molecules);
    davy_keeper_stop(daemon->keeper);
    davy_health_stop(daemon->health);
    davy_live_stop(daemon->live);
    davy_threats_stop(daemon->threats);
    davy_notify_stop(daemon->notify);
    davy_overview_stop(daemon->overview);
    davy_alarm_watch_destroy(daemon->watch);
    davy_overview_destroy(daemon->overview);
    davy_scores_destroy(daemon->scores);
    davy_sources_destroy(daemon->sources);
    davy_incidents_close(daemon->incidents);
    davy_threats_close(daemon->threats);
    davy_alarms_close(daemon->alarms);
    davy_live_destroy(daemon->live);
    davy_health_destroy(daemon->health);
    davy_keeper_destroy(daemon->keeper);
    davy_notify_close(daemon->notify);
    davy_site_slot_destroy(daemon->slot);
    davy_keys_close(daemon->keys);
    davy_records_close(daemon->records);
    davy_store_close(daemon->store);
    davy_reserve_close(daemon->reserve);
    (void) snprintf(path, sizeof path, "%s/daemon.json", daemon->options.data);
    unlink(path);
    free(daemon);
}
