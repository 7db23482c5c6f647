/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "hazard/risk/societal.h"

/**
 * @file
 * Accidents of a plant as a CSV file, for its F-N curve.
 *
 *     event,frequency,deaths
 *     T-101 bursts D 5 m/s from the west,1e-7,12.5
 *
 * Stage: hazard, room risk. Frequencies are per year. Other columns are left alone.
 */

/** Most rows: outcomes of a hundred vessels in a hundred weathers. */
#define DAVY_EVENTS_ROWS_MAX ((size_t) 1000000)

typedef struct davy_events_file {
    davy_arena arena;
    davy_risk_event *events;
    size_t count;
} davy_events_file;

/**
 * Read a file.
 *
 * @param file  zeroed; give it back with davy_events_clear()
 * @return DAVY_ERR_INVALID with file, line, column and remedy
 */
DAVY_MUST_CHECK davy_status davy_events_load(const char *path, davy_events_file *file);

/** A zeroed one is fine. */
void davy_events_clear(davy_events_file *file);
