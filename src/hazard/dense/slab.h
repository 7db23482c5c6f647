/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/plume.h"

/**
 * @file
 * A steady jet of cold or heavy gas along the ground, in the manner of SLAB: a second opinion
 * beside Britter and McQuaid.
 *
 * Stage: hazard, room dense. Slices across the wind are followed from the source downwind by what
 * they keep: mass, gas, heat, momentum with the wind and across it. Air comes in at the top and the
 * sides, heat from the ground, drag from both; a slice is a box with soft edges.
 *
 * Bad at, and left out: drops and moisture that condense, releases above the ground, pools, puffs
 * and the end of a release, clouds that become lighter than air and lift (they are kept on the
 * ground, which is on the safe side there).
 *
 * Against SLAB's own output for the LNG of Burro the axis is within 3 % from 4 to 121 m, 6 % low
 * nearer than 2 m, and 7 % low at 168 m, where SLAB has the end of the release in it.
 *
 * Source: D. L. Ermak, User's Manual for SLAB, UCRL-MA-105607, Lawrence Livermore National
 * Laboratory (1990), not read itself; the equations and constants are those that the port of
 * aefarrell/GasDispersion.jl shows. Not a line is of SLAB, whose licence is another: here they are
 * differential equations in what is conserved, marched with small steps.
 */
typedef struct davy_slab {
    double rate;            /* kg/s */
    double area;            /* of the jet at the pressure of the air, m2 */
    double temperature;     /* K, of the gas there */
    double molar_mass;      /* kg/mol */
    double capacity;        /* heat capacity of the gas, J/(kg K) */
    double wind;            /* m/s */
    double height;          /* at which it is measured, m */
    double roughness;       /* of the ground, m */
    double air_temperature; /* K */
    double averaging;       /* s */
    davy_stability stability;
} davy_slab;

/** A slice of the cloud. */
typedef struct davy_slab_slice {
    double distance;    /* from the source, m */
    double fraction;    /* of the volume that is gas, mean */
    double share;       /* of the mass that is gas */
    double temperature; /* K */
    double density;     /* kg/m3 */
    double velocity;    /* m/s */
    double height;      /* m */
    double half_width;  /* m, with the meandering of the averaging time */
    double core;        /* m: from the axis to where the edges soften */
    double edge;        /* m: how softly, a standard deviation */
} davy_slab_slice;

/** The slice at a distance in m; the answer is the part of the volume on its axis at the ground.
 * `slice` is written whenever the answer has a value. */
davy_answer davy_slab_slice_at(const davy_slab *release, double distance, davy_slab_slice *slice);
/** Part of the volume in a slice, so far beside the axis and above the ground, m. */
double davy_slab_slice_fraction(const davy_slab_slice *slice, double y, double z);
/** Part of the volume at a place. */
davy_answer davy_slab_concentration(const davy_slab *release, davy_place at);
/** The distance in m up to which the axis has at least so much at the ground. @param level  part of
 * the volume */
davy_answer davy_slab_reach(const davy_slab *release, double level);
