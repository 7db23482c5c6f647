/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/notify/notice.h"
#include "core/zone.h"

/**
 * @file
 * Which receivers a message goes to, and when it escalates.
 *
 * Stage: alarm. Pure: the same site and message give the same answer, whenever it is asked. A
 * schedule is held against the time of the transition.
 */
typedef struct davy_routing {
    bool to[DAVY_SITE_RECEIVERS_MAX];
    int64_t escalate_ns[DAVY_SITE_RECEIVERS_MAX]; /* after so long; 0: not to this one */
} davy_routing;

/** @param zone  of the site; NULL for UTC */
void davy_routing_make(const davy_site *site, const davy_timezone *zone, const davy_notice *notice,
                       davy_routing *out);
