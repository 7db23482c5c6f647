/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/condition.h"
#include "site/site.h"

#include <stdbool.h>

/**
 * @file
 * To whom an alarm belongs: its asset, and the operator position that looks after it.
 *
 * Stage: alarm, inside. By the site of today, for alarms that only have names.
 */

/** The asset of a signal (path), or the one with this name; DAVY_SITE_NONE when neither is there.
 */
size_t davy_alarm_asset(const davy_site *site, const char *signal, const char *name);

/**
 * A position sees less of its assets while this alarm is active, whoever looks after the alarm: a
 * source of its signals is lost, a detector of them gives no verdict, or davy itself keeps nothing.
 *
 * @param kind  of the alarm's condition
 */
bool davy_alarm_blinds(const davy_site *site, davy_condition_kind kind, const char *source,
                       const char *detector, size_t position);

/** @param asset  index, or DAVY_SITE_NONE: then the detector's, else DAVY_SITE_POSITION */
size_t davy_alarm_position(const davy_site *site, size_t asset, const char *detector);
