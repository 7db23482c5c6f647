/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "site/site.h"

/**
 * @file
 * To whom an alarm belongs: its asset, and the operator position that looks after it.
 *
 * Stage: alarm, inside. By the site of today, for alarms that only have names.
 */

/** The asset of a signal (path), or the one with this name; DAVY_SITE_NONE when neither is there.
 */
size_t davy_alarm_asset(const davy_site *site, const char *signal, const char *name);

/** @param asset  index, or DAVY_SITE_NONE: then the detector's, else DAVY_SITE_POSITION */
size_t davy_alarm_position(const davy_site *site, size_t asset, const char *detector);
