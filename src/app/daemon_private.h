/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/daemon.h"
#include "app/health.h"
#include "app/intake.h"
#include "app/jobs.h"
#include "app/keeper.h"
#include "app/known.h"
#include "app/live.h"
#include "app/molecule_models.h"
#include "app/overview.h"
#include "app/prooftest.h"
#include "app/sources.h"
#include "app/whatif_jobs.h"
#include "infer/host.h"
#include "respond/incident/book.h"
#include "respond/threat/threats.h"
#include "serve/server.h"

#include <stdatomic.h>

/**
 * @file
 * The parts of a daemon, in the order of their start, and what it tells of them. Private to
 * daemon*.c.
 *
 * Stage: app.
 */
struct davy_daemon {
    davy_daemon_options options;
    const davy_clock *clock;
    davy_store *store;
    davy_reserve *reserve;
    davy_records *records;
    davy_keys *keys;
    davy_site_slot *slot;
    davy_alarms *alarms;
    davy_incidents *incidents;
    davy_threats *threats; /* NULL while the alarms are rebuilt */
    davy_alarm_watch *watch;
    davy_overview *overview;
    davy_notify *notify;
    davy_scores *scores;
    davy_health *health;
    davy_keeper *keeper;
    davy_live *live;
    davy_intake intake;
    davy_sources *sources;
    davy_prooftests *prooftests;
    davy_proofs proofs; /* the routes' view of them */
    davy_jobs *jobs;
    davy_trainings trainings; /* the routes' view of the jobs */
    davy_whatif_jobs *whatif_jobs;
    davy_whatifs whatifs; /* the routes' view of them */
    davy_molecule_models *molecules;
    davy_known *known;
    _Atomic(davy_server *) server;
    davy_host *host;
    char url[96];
};

/** An event for the console, once there is a server; these fit the parts' callbacks. */
void davy_daemon_publish(void *daemon, const char *event, const char *json);
void davy_daemon_tell_alarm(void *daemon, const davy_alarm *alarm, const char *transition);
void davy_daemon_tell_incident(void *daemon, const char *json);
void davy_daemon_send_alert(void *daemon, const davy_incident *incident,
                            const davy_incident_alert *alert);
void davy_daemon_tell_job(void *daemon, const char *json);
void davy_daemon_tell_model(void *daemon, const char *name, unsigned version, const char *state,
                            const char *reason);

/** What answers in a model's place from now on, as records: it may be why an alarm comes or goes.
 * @param from  "name@version", or NULL for none */
void davy_daemon_note_alias(void *daemon, const char *model, const char *alias, unsigned from,
                            unsigned to);
void davy_daemon_note_swap(void *daemon, const char *detector, const char *from, const char *to);

/** A record of what the daemon itself does. */
DAVY_MUST_CHECK davy_status davy_daemon_audit(davy_daemon *daemon, const char *what);

/** A site came into force: what differs in the alarms' settings is recorded, and a change without a
 * reason is logged. A failure is logged too, and ends nothing: the plant must be watched. */
void davy_daemon_note_settings(davy_daemon *daemon);
