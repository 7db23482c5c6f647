/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/watch.h"
#include "app/site_slot.h"

/**
 * @file
 * The thread that keeps figures and floods of the alarms up to date.
 *
 * Stage: app. It reads what the alarm engine has written, about every second; a reload of the site
 * makes it read all of it anew. Whatever it meets, alarms do not wait for it.
 */
typedef struct davy_overview davy_overview;

/** @param watch  borrowed until the overview is destroyed */
DAVY_MUST_CHECK davy_status davy_overview_create(davy_alarm_watch *watch, davy_site_slot *slot,
                                                 davy_overview **out);
DAVY_MUST_CHECK davy_status davy_overview_start(davy_overview *overview);
/** Ends the thread. The watch keeps the site it last used until davy_overview_destroy(). NULL is
 * fine. */
void davy_overview_stop(davy_overview *overview);
/** After the watch is destroyed, which borrowed the site. NULL is fine. */
void davy_overview_destroy(davy_overview *overview);
