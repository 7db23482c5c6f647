/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/kpi/kpi.h"
#include "alarm/kpi/track.h"
#include "store/records.h"

/**
 * @file
 * Alarms that a change of the site silenced, when nobody gave a reason for it.
 *
 * Stage: alarm. A removed limit and a new suppression are silence like a shelf, and the record of
 * the change (alarm/change/ledger.h) names their conditions.
 */

/**
 * Count what the changes after a record silenced. The alarms' records of that time were taken.
 *
 * @param after  the last record that was looked at; moved on
 */
DAVY_MUST_CHECK davy_status davy_kpi_take_silenced(davy_kpi *kpi, const davy_alarm_track *track,
                                                   davy_records *records, uint64_t *after);
