/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"

/**
 * @file
 * The blast of a cloud of gas, by the method of Baker, Strehlow and Tang.
 *
 * Stage: hazard, room blast. How fast the flame runs through the obstacles says how strong the
 * blast is, and a table says how fast, by how readily the fuel burns, how dense the obstacles
 * stand and in how many directions the cloud may expand. Bad at: weak flames, for which there are
 * no curves; long and flat clouds; which part of the cloud counts, which the caller says with the
 * energy.
 */
typedef enum davy_bst_reactivity {
    DAVY_BST_REACTIVITY_LOW, /* laminar burning velocity below 45 cm/s: methane, carbon monoxide */
    DAVY_BST_REACTIVITY_MEDIUM, /* 45 to 75 cm/s: all others */
    DAVY_BST_REACTIVITY_HIGH, /* above 75 cm/s: hydrogen, acetylene, ethylene and propylene oxide */
    DAVY_BST_REACTIVITIES
} davy_bst_reactivity;

typedef enum davy_bst_congestion {
    DAVY_BST_CONGESTION_LOW,    /* below 10 % of the area blocked, few layers of obstacles */
    DAVY_BST_CONGESTION_MEDIUM, /* 10 to 40 % */
    DAVY_BST_CONGESTION_HIGH,   /* above 40 %, three or more layers close together */
    DAVY_BST_CONGESTIONS
} davy_bst_congestion;

typedef enum davy_bst_expansion {
    DAVY_BST_EXPANSION_2D,  /* a lid, such as a deck or the cars of a car park */
    DAVY_BST_EXPANSION_25D, /* a lid that gives way or is nearly one, such as dense pipes in a rack
                             */
    DAVY_BST_EXPANSION_3D,  /* free upwards */
    DAVY_BST_EXPANSIONS
} davy_bst_expansion;

/** Mach number of the flame; 5.2 is a detonation. */
davy_answer davy_bst_mach(davy_bst_reactivity reactivity, davy_bst_congestion congestion,
                          davy_bst_expansion expansion);

typedef struct davy_bst_cloud {
    double mach;   /* of the flame: davy_bst_mach() */
    double energy; /* heat of combustion of the congested part of the cloud, J; the ground is not in
                      it */
    double outside; /* pressure of the air, Pa */
} davy_bst_cloud;

/** Overpressure of the passing wave in Pa. A flame slower than Mach 0.2 is OUTSIDE, and the value
 * is that of Mach 0.2, which is more. @param distance  from the middle of the congested part, m */
davy_answer davy_bst_pressure(const davy_bst_cloud *cloud, double distance);
/** Its impulse, Pa s. */
davy_answer davy_bst_impulse(const davy_bst_cloud *cloud, double distance);
/** The farthest distance in m at which the overpressure is so much. */
davy_answer davy_bst_distance(const davy_bst_cloud *cloud, double pressure);
