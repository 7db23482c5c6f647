/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * Acute Exposure Guideline Levels: what the public bears, by harm and by time.
 *
 * Stage: hazard, room chemical. Level 1 is discomfort, 2 lasting harm or no escape, 3 death, for
 * everybody, children and the ill too. Few chemicals are here: only those whose whole table was
 * read. The level 2 of an hour is a figure of most others (chemical.h).
 *
 * Source: of chlorine, National Research Council, Acute Exposure Guideline Levels for Selected
 * Airborne Chemicals, volume 4, 2004, as an encyclopedia reprints its table. Of the others, the
 * levels of the EPA as one public program for gas alarms prints them (read 2026-11; it has chlorine
 * the same): one reading of 15 figures each, of which the level 2 of an hour is the same in the
 * table of chemicals, which was read elsewhere. Check against the EPA.
 */
#define DAVY_AEGL_LEVELS 3
#define DAVY_AEGL_TIMES  5

/** Minutes of exposure: 10, 30, 60, 240, 480. */
extern const int davy_aegl_minutes[DAVY_AEGL_TIMES];

typedef struct davy_aegl {
    const char *cas;
    double ppm[DAVY_AEGL_LEVELS][DAVY_AEGL_TIMES]; /* NaN: not recommended */
    const char *source;
} davy_aegl;

/** Of a chemical; NULL where its table was not read. */
const davy_aegl *davy_aegl_of(const char *cas);
