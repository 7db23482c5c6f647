/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/alarm.h"

/**
 * @file
 * Answers as labels: the stretches of time that people have judged, for who trains and evaluates.
 *
 * Stage: alarm. A stretch is an occurrence in the time of its data: from where it began (of a
 * model, from its first score beyond the limit) to where it ended. The last answer counts; what
 * nobody answered is no stretch. An occurrence whose records were lost is left out.
 */
typedef struct davy_label {
    char *key; /* of the alarm */
    davy_alarm_verdict verdict;
    int64_t from_ns, to_ns; /* [from, to); to is INT64_MAX while it lasts */
    char *by;
} davy_label;

typedef struct davy_labels {
    davy_label *items; /* [count] by alarm in the order of first answers, then by time */
    size_t count, capacity;
} davy_labels;

/**
 * Read the answers to alarms.
 *
 * @param records   may be those of a reader
 * @param patterns  over keys, as core/pattern.h has them: "T-101/pressure:*,detector health:model"
 */
DAVY_MUST_CHECK davy_status davy_labels_read(davy_records *records, const char *patterns,
                                             davy_labels *out);

/** Zeroed is fine. */
void davy_labels_clear(davy_labels *labels);
