/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"

/**
 * @file
 * What a person said of an occurrence of an alarm: true, false, known work.
 *
 * Stage: alarm, inside. An answer is a transition "judged" of the alarm's own records, with the
 * occurrence it is of; the last answer to an occurrence counts, and all of them stay on record.
 */

/** {"verdict", "by", "comment", "time"} as text; NULL without memory. The caller frees it. */
char *davy_judgement_encode(const davy_alarm_request *request, int64_t time_ns);
