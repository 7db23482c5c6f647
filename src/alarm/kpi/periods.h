/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/kpi/tally.h"

#include <stdint.h>

/**
 * @file
 * Alarms in periods of one length that follow one another: how many had how many.
 *
 * Stage: alarm. A period without an alarm counts like any other, so a quiet night is part of the
 * distribution. Only the one that runs is held open.
 */

/** Zeroed, with the length set and davy_periods_begin() called, is a valid start. */
typedef struct davy_periods {
    int64_t length_ns;
    int64_t begin_ns; /* of the first */
    int64_t current;  /* index of the one that runs */
    uint64_t count;   /* of it */
    uint32_t above;   /* a period with more than so many ... */
    uint64_t crowded; /* ... is one of these; closed ones alone */
    davy_tally closed;
} davy_periods;

void davy_periods_begin(davy_periods *periods, int64_t begin_ns);

/** Let time pass: periods that ended are closed. Time that steps back changes nothing. */
void davy_periods_pass(davy_periods *periods, int64_t now_ns);

/** An alarm in the period that runs. */
void davy_periods_add(davy_periods *periods);

/** Close the period that runs, which began before `end_ns`; nothing may be added any more. */
void davy_periods_end(davy_periods *periods, int64_t end_ns);
