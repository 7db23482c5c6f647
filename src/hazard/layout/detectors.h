/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/formula.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * Layout of gas detectors: which places that may leak no detector sees, and which hang wrong.
 *
 * Stage: hazard, room layout. A rule of thumb of a standard for point detectors, by distance,
 * height and room, and not a computation of a cloud. Bad at: line detectors, ventilation, walls and
 * pits within a room, wind, whether a detector is alive and measures what its label says.
 *
 * Source: GB/T 50493-2019, Standard for design of combustible gas and toxic gas detection and alarm
 * for petrochemical industry. 4.1.2, the density, was read in the text; the distances and the
 * heights in the summary of a maker of detectors, without the numbers of their clauses.
 */

/** The air that the molar mass of a gas is compared with, in kg/mol, as the summary has it. */
#define DAVY_LAYOUT_AIR 0.029

/** What leaked gas does, by 4.1.2: the ratio of its molar mass to that of air. */
typedef enum davy_gas_weight {
    DAVY_GAS_LIGHT,          /* to 0.8 */
    DAVY_GAS_SLIGHTLY_LIGHT, /* to 1, without it */
    DAVY_GAS_SLIGHTLY_HEAVY, /* to 1.2, without it */
    DAVY_GAS_HEAVY,
    DAVY_GAS_WEIGHTS /* not known */
} davy_gas_weight;

/** @param molar_mass  kg/mol */
davy_gas_weight davy_gas_weight_of(double molar_mass);

typedef enum davy_gas_danger {
    DAVY_GAS_FLAMMABLE,
    DAVY_GAS_TOXIC,
    DAVY_GAS_DANGERS
} davy_gas_danger;

/** A place that may leak: a seal of a pump, a flange that is often opened, a sampling point. */
typedef struct davy_release_point {
    const char *name;
    const char *room;               /* NULL: in the open */
    double east, north, height;     /* m */
    double floor;                   /* m, height of the floor below it */
    const char *gas;                /* CAS number or name; detectors have the same */
    double molar_mass;              /* kg/mol */
    bool watched[DAVY_GAS_DANGERS]; /* for which dangers the plant has to watch it */
} davy_release_point;

typedef struct davy_gas_detector {
    const char *name;
    const char *room;
    double east, north, height; /* m */
    const char *gas;            /* NULL: any gas of its danger */
    davy_gas_danger danger;
} davy_gas_detector;

/** How far from a release point a detector may stand, level, in m. */
double davy_layout_radius(davy_gas_danger danger, bool indoors);

/** Between which heights a detector of a release point hangs, in m; NaN: its weight is not known.
 */
davy_interval davy_layout_height(const davy_release_point *point);

typedef enum davy_layout_fault {
    DAVY_LAYOUT_BLIND,   /* no detector is near enough in its room */
    DAVY_LAYOUT_HEIGHT,  /* those that are near enough hang too low or too high */
    DAVY_LAYOUT_UNKNOWN, /* near enough; whether it hangs right needs the molar mass */
    DAVY_LAYOUT_IDLE,    /* a detector near no place that may leak what it measures */
    DAVY_LAYOUT_FAULTS
} davy_layout_fault;

/** Pointers are into what was checked. */
typedef struct davy_layout_finding {
    davy_layout_fault fault;
    davy_gas_danger danger;
    const davy_release_point *point;   /* NULL: IDLE */
    const davy_gas_detector *detector; /* the nearest that could; NULL: there is none */
    double distance;                   /* to it, level, in m; NaN: there is none */
    davy_interval allowed;             /* distance of BLIND, height of HEIGHT; otherwise NaN */
    const char *clause;                /* of the standard */
} davy_layout_finding;

/** Room for all findings. */
#define DAVY_LAYOUT_FINDINGS(points, detectors) \
    ((size_t) (points) *DAVY_GAS_DANGERS + (size_t) (detectors))

/**
 * Check a layout.
 *
 * @param findings  [DAVY_LAYOUT_FINDINGS(point_count, detector_count)] those of the points in their
 *                  order, then those of the detectors
 * @return how many there are
 */
size_t davy_layout_check(const davy_release_point *points, size_t point_count,
                         const davy_gas_detector *detectors, size_t detector_count,
                         davy_layout_finding *findings);

/** Room for the sentence of a finding. */
#define DAVY_LAYOUT_TEXT_MAX ((size_t) 256)

/** For people: "pump P-101: no detector of flammable gas within 10 m; GD-7 is 14.2 m away". */
const char *davy_layout_text(const davy_layout_finding *finding, char text[DAVY_LAYOUT_TEXT_MAX]);
