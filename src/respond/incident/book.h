/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"
#include "core/clock.h"
#include "respond/incident/incident.h"
#include "store/records.h"

/**
 * @file
 * All incidents: durable before anybody hears of a change, and rebuilt from the records.
 *
 * Stage: respond. An event is a record of kind DAVY_RECORD_INCIDENT with the subject "incident ID";
 * its body is the event as it was asked for, with who asked, and what davy knew of the alarms it
 * names. The record is synced, then the incident changes, then it is announced. The records are the
 * truth: what is in memory is a fold of them.
 *
 * All functions may be called from any thread.
 */
typedef struct davy_incidents davy_incidents;
struct davy_threats;

/** Subject of the records: "incident 12". */
#define DAVY_INCIDENT_SUBJECT     "incident "
#define DAVY_INCIDENT_SUBJECT_MAX 32

/** Most incidents that are known; drills count. */
#define DAVY_INCIDENTS_MAX ((size_t) 10000)

typedef struct davy_incidents_parts {
    davy_records *records;
    davy_alarms *alarms; /* whose ids are looked up; NULL: ids are taken as they are */
    const davy_clock *clock;
    void *context;
    /* {"event", "sequence", "incident": as davy_incident_json_write() without its impact}, after
     * the record is durable, in the order of the records. Must not call back. NULL: nobody asks. */
    void (*announce)(void *context, const char *json);
    struct davy_threats *threats; /* whose impacts are attached; NULL: none */
    /* The site now, for public alerts and impacts; NULL: none are made. */
    const davy_site *(*acquire_site)(void *context);
    void (*release_site)(void *context, const davy_site *site);
    /* An alert is durable, and is due to its receivers. Must not wait for them, nor call back.
     * NULL: it is kept and sent to nobody. */
    void (*send)(void *context, const davy_incident *incident, const davy_incident_alert *alert);
} davy_incidents_parts;

DAVY_MUST_CHECK davy_status davy_incidents_open(const davy_incidents_parts *parts,
                                                davy_incidents **out);
/** NULL is fine. */
void davy_incidents_close(davy_incidents *incidents);

/**
 * Begin one: {"name", "drill"?, "alarms"?: [id], "asset"?, "at"?, "scenario"?, "description"?,
 * ...}, see event.h.
 *
 * @param by    name of the key
 * @param body  borrowed
 * @return DAVY_ERR_INVALID with the key that does not fit; the records' failure: nothing began
 */
DAVY_MUST_CHECK davy_status davy_incidents_begin(davy_incidents *incidents, const char *by,
                                                 const struct json_t *body, uint64_t *id);

/**
 * Something happens to one: {"type", ...}.
 *
 * @return DAVY_ERR_NOT_FOUND; DAVY_ERR_INVALID for an event that is none; DAVY_ERR_EXISTS, with the
 *         sentence, when it cannot happen now: its state, or a resource that another one holds; a
 *         `publish` also what davy_incident_alert_write() says
 */
DAVY_MUST_CHECK davy_status davy_incidents_add(davy_incidents *incidents, uint64_t id,
                                               const char *by, const struct json_t *body,
                                               uint64_t *sequence);

/** See one as it is now; the lock is held meanwhile, and the visitor must not call back. */
typedef davy_status (*davy_incidents_visit)(void *context, const davy_incident *incident);
DAVY_MUST_CHECK davy_status davy_incidents_get(davy_incidents *incidents, uint64_t id,
                                               davy_incidents_visit visit, void *context);

/** All of them, the newest first. @param open_only  without those that are closed */
DAVY_MUST_CHECK davy_status davy_incidents_each(davy_incidents *incidents, bool open_only,
                                                davy_incidents_visit visit, void *context);

/** Alerts that are sent again after a restart are at most so old. */
#define DAVY_INCIDENTS_RESEND_NS (24LL * 3600 * DAVY_NS_PER_S)

/**
 * After a start: what may have been kept and not sent is sent again, with the same ids.
 */
DAVY_MUST_CHECK davy_status davy_incidents_resend(davy_incidents *incidents);

/** Records that were passed over at opening, because they are no lawful event. */
size_t davy_incidents_unreadable(davy_incidents *incidents);

/** The incident of a record's subject; 0 for none. */
uint64_t davy_incident_of(const char *subject);

/** Most events of one timeline. */
#define DAVY_INCIDENT_TIMELINE_MAX ((size_t) 1000)

/**
 * Its events with a sequence greater than `after`, in order: [{"sequence", "time", "type", "by",
 * and what else the event said}]; of an impact its scenario, time and number of zones.
 */
DAVY_MUST_CHECK davy_status davy_incident_timeline(davy_records *records, uint64_t id,
                                                   uint64_t after, size_t limit, davy_buffer *out);
