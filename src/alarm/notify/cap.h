/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Alerts in the Common Alerting Protocol 1.2: checked against the standard's rules, then written.
 *
 * Stage: alarm. Knows nothing of alarms: who has an alert to send fills in the structure. Texts are
 * UTF-8; a NULL stands for an element that is not there. What the schema leaves to prose (who needs
 * `addresses`, which times, closed polygons) is checked too.
 *
 * Source: OASIS, Common Alerting Protocol Version 1.2, 1 July 2010, section 3.2 and the schema.
 */

/** Most areas, polygons and circles of one info, and pairs of one polygon. */
#define DAVY_CAP_LIST_MAX ((size_t) 1000)

typedef struct davy_cap_area {
    const char *description;     /* areaDesc, required */
    const char *const *polygons; /* "lat,lon lat,lon ..." of 4 pairs at least, the last the first */
    size_t polygon_count;
    const char *const *circles; /* "lat,lon radius", radius in kilometres */
    size_t circle_count;
} davy_cap_area;

typedef struct davy_cap_resource {
    const char *description; /* resourceDesc, required */
    const char *mime_type;   /* required */
    const char *uri;
} davy_cap_resource;

typedef struct davy_cap_info {
    const char *language; /* RFC 3066; NULL: en-US */
    const char *category; /* Geo, Met, Safety, Security, Rescue, Fire, Health, Env, ... */
    const char *event;
    const char *response;  /* Shelter, Evacuate, Prepare, Execute, Avoid, Monitor, ..., or NULL */
    const char *urgency;   /* Immediate, Expected, Future, Past, Unknown */
    const char *severity;  /* Extreme, Severe, Moderate, Minor, Unknown */
    const char *certainty; /* Observed, Likely, Possible, Unlikely, Unknown */
    int64_t onset_ns, expires_ns; /* 0: none */
    const char *sender_name, *headline, *description, *instruction, *web, *contact;
    const davy_cap_resource *resources;
    size_t resource_count;
    const davy_cap_area *areas;
    size_t area_count;
} davy_cap_info;

typedef struct davy_cap {
    const char *identifier; /* no blanks, commas, < or & */
    const char *sender;     /* the same */
    int64_t sent_ns;        /* UTC */
    const char *status;     /* Actual, Exercise, System, Test, Draft; a drill is an Exercise */
    const char *type;       /* Alert, Update, Cancel, Ack, Error */
    const char *source;
    const char *scope;       /* Public, Restricted, Private */
    const char *restriction; /* with Restricted, and only then */
    const char *addresses;   /* with Private at least; those with blanks stand in quotes */
    const char *note;        /* wanted with Exercise and Error */
    const char *references;  /* "sender,identifier,sent ..."; with Update, Cancel, Ack and Error */
    const davy_cap_info *infos;
    size_t info_count;
} davy_cap;

/** Bytes of a time with its zero. */
#define DAVY_CAP_TIME_MAX 32

/** "2026-01-02T03:04:05-00:00": the standard forbids the Z, and writes UTC with a minus. */
void davy_cap_time(int64_t time_ns, char text[DAVY_CAP_TIME_MAX]);

/** Copy a text as an identifier or sender: what must not stand there becomes '-'. */
void davy_cap_plain(const char *text, char *out, size_t capacity);

/** DAVY_ERR_INVALID, naming the element and what is wrong, for what is no lawful alert. */
DAVY_MUST_CHECK davy_status davy_cap_check(const davy_cap *cap);

/** Check, then append the alert as XML. */
DAVY_MUST_CHECK davy_status davy_cap_write(const davy_cap *cap, davy_buffer *out);
