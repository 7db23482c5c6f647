/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/status.h"
#include "hazard/layout/detectors.h"

/**
 * @file
 * A layout as a CSV file: places that may leak and gas detectors, a row each.
 *
 *     kind,name,room,east,north,height,floor,gas,molar_mass,danger
 *     release,pump P-101,,12,30.5,0.8,0,chlorine,,toxic
 *     detector,GD-7,,14,31,0.5,,chlorine,,toxic
 *
 * Stage: hazard, room layout. Metres; an empty room is the open; an empty gas of a detector is any.
 * A gas that davy knows is known by any of its names, and brings its molar mass; another one is a
 * text that detectors repeat, with its molar mass in g/mol. The danger is flammable, toxic, or, of
 * a release, both.
 */

/** Most rows: a refinery has some thousands. Every place is held against every detector. */
#define DAVY_LAYOUT_ROWS_MAX ((size_t) 20000)

typedef struct davy_layout_file {
    davy_arena arena;
    davy_release_point *points;
    size_t point_count;
    davy_gas_detector *detectors;
    size_t detector_count;
} davy_layout_file;

/**
 * Read a file.
 *
 * @param file  zeroed; give it back with davy_layout_clear()
 * @return DAVY_ERR_INVALID with file, line, column and remedy
 */
DAVY_MUST_CHECK davy_status davy_layout_load(const char *path, davy_layout_file *file);

/** A zeroed one is fine. */
void davy_layout_clear(davy_layout_file *file);
