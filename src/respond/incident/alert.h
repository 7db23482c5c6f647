/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "respond/incident/incident.h"
#include "site/site.h"

/**
 * @file
 * The public alert of an incident: CAP 1.2, made from its zones, and checked before anybody sees
 * it.
 *
 * Stage: respond. The area is where people are to be told: for each effect the largest zone, which
 * is that of the least level, as a polygon that is closed, without holes and never smaller than the
 * zone (davy_zone_outline()). A drill has the status Exercise. In a Chinese plant Chinese stands
 * first, then English; the instruction is the words of the person who publishes, in both.
 *
 * Source: OASIS, Common Alerting Protocol Version 1.2, 1 July 2010, section 3.2.
 */

/** A reader whom no Cancel reaches drops the alert after this: a shift. */
#define DAVY_INCIDENT_ALERT_STANDS_NS (8LL * 3600 * DAVY_NS_PER_S)

/** Pairs of one polygon: few readers like more. */
#define DAVY_INCIDENT_ALERT_PAIRS ((size_t) 100)

/** Bytes of an identifier with its zero. */
#define DAVY_INCIDENT_ALERT_ID_MAX 96

/** An alert to be made. */
typedef struct davy_incident_alert_order {
    const char *message;   /* "Alert", "Update", "Cancel" */
    const char *text;      /* instruction; NULL for none */
    const char *response;  /* of CAP; NULL: by the rest */
    const char *addresses; /* NULL: for the public */
    bool draft;            /* to be looked at and not sent: status Draft */
    int64_t now_ns;
} davy_incident_alert_order;

/** "harbour-20260101T000000-12-3": the third alert of incident 12, which began then. */
void davy_incident_alert_id(const davy_incident *incident, const davy_site *site, size_t number,
                            char id[DAVY_INCIDENT_ALERT_ID_MAX]);

/**
 * Write the alert that would come next.
 *
 * @param site  its name, and where its metres begin on the globe
 * @return DAVY_ERR_INVALID with the reason when there is no ground to be told of (a Cancel needs
 *         none), the site has no location, or the standard refuses what was said
 */
DAVY_MUST_CHECK davy_status davy_incident_alert_write(const davy_incident *incident,
                                                      const davy_site *site,
                                                      const davy_incident_alert_order *order,
                                                      davy_buffer *out);
