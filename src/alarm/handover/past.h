/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/handover/handover.h"

/**
 * @file
 * Handovers as their records tell them.
 *
 * Stage: alarm, inside.
 */

/** One side of a handover; texts are owned. */
typedef struct davy_handover_side {
    int64_t time_ns; /* 0: not there */
    char by[DAVY_ALARM_BY_MAX];
    char comment[DAVY_ALARM_COMMENT_MAX];
} davy_handover_side;

/** A handover; zeroes where there is none. */
typedef struct davy_handover {
    uint64_t id;
    davy_handover_side given, taken;
} davy_handover;

/** "handover POSITION". */
#define DAVY_HANDOVER_SUBJECT_MAX (sizeof DAVY_HANDOVER_SUBJECT + DAVY_PATH_MAX)
void davy_handover_subject(const davy_site *site, size_t position,
                           char subject[DAVY_HANDOVER_SUBJECT_MAX]);

/** Called for each handover in the order in which they were given, once its records are read. */
typedef void (*davy_handover_see)(void *context, const davy_handover *handover);

DAVY_MUST_CHECK davy_status davy_handover_visit(const davy_handover_source *source, size_t position,
                                                davy_handover_see see, void *context);

/** The last that was given and the last that was taken. */
DAVY_MUST_CHECK davy_status davy_handover_last(const davy_handover_source *source, size_t position,
                                               davy_handover *given, davy_handover *taken);

/** {"time", "by", "comment"}, or null for a side that is not there. */
struct json_t *davy_handover_side_json(const davy_handover_side *side);
