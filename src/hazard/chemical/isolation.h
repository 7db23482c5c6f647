/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * How far to keep everybody away at once: the first distances of the Emergency Response Guidebook.
 *
 * Stage: hazard, room chemical. For the first minutes, before anything is computed or measured: a
 * circle in all directions, and a distance downwind in which people are protected. Made for
 * vehicles on the road, spills of a package (small) or of more (large); no plant, no hole and no
 * weather is in them but day, night and three winds. Where a large spill depends on what it comes
 * from, the distances stand by container.
 *
 * Source: Emergency Response Guidebook (US, Canada and Mexico), tables 1 and 3, of an edition that
 * neither reader names: as Wen398/Chemical-Accident-Emergency-Response-RAG-System @018e4ee and
 * LightsOn-Safety-Solutions/hazmat-toolkit @917fae8 took them from the printed one. Only what both
 * have the same stands here, and hydrogen chloride by container, which the first alone has.
 * Chemicals that they tell differently (allyl alcohol, crotonaldehyde) are left out, and those of
 * the rest of the tables were not read. 11 km is where the tables end: they mean 11 km or more.
 */
#define DAVY_ISOLATION_SOURCE                                                                 \
    "Emergency Response Guidebook, tables 1 and 3, as two public readers of it agree; check " \
    "against the edition in force"

/** Around the spill, and downwind by day and by night, m. */
typedef struct davy_isolation_spill {
    double around, day, night;
} davy_isolation_spill;

typedef struct davy_isolation {
    const char *cas;
    davy_isolation_spill small, large; /* large.around NaN: by container */
    bool in_water;                     /* holds for a spill into water alone */
} davy_isolation;

typedef enum davy_isolation_wind {
    DAVY_ISOLATION_LOW,      /* below 10 km/h */
    DAVY_ISOLATION_MODERATE, /* 10 to 20 km/h */
    DAVY_ISOLATION_HIGH,     /* above */
    DAVY_ISOLATION_WINDS
} davy_isolation_wind;

/** A large spill by what it comes from. */
typedef struct davy_isolation_container {
    const char *cas, *container; /* "Rail tank car" */
    double around;               /* m */
    double day[DAVY_ISOLATION_WINDS], night[DAVY_ISOLATION_WINDS];
} davy_isolation_container;

/** NULL where it was not read, which does not mean that no distance is to be kept. */
const davy_isolation *davy_isolation_of(const char *cas);

/** The next container behind `after` (NULL: from the first); NULL behind the last. */
const davy_isolation_container *davy_isolation_next(const char *cas,
                                                    const davy_isolation_container *after);
