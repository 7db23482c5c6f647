/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * The curves of Baker, Strehlow and Tang: scaled overpressure and impulse against scaled distance,
 * one pair for each Mach number of the flame.
 *
 * Stage: hazard, inside of room blast.
 *
 * Source: M. J. Tang, Q. A. Baker, "A new set of blast curves from vapor cloud explosion", Process
 * Safety Progress 18 (1999), as in CCPS, Guidelines for Vapor Cloud Explosion, Pressure Vessel
 * Burst, BLEVE and Flash Fire Hazards, 2nd edition (2010), digitised by Sandia National
 * Laboratories for sandialabs/hyram (BST_OverpressureCurves.csv, BST_ImpulseCurves.csv). The
 * figures of the book have not been read: a point is as good as that digitising.
 */
enum { DAVY_BST_CURVES = 9 };

typedef struct davy_bst_point {
    double distance, value;
} davy_bst_point;

typedef struct davy_bst_curve {
    double mach;
    const davy_bst_point *pressure, *impulse;
} davy_bst_curve;

/** By rising Mach number. */
extern const davy_bst_curve davy_bst_curves[DAVY_BST_CURVES];

/** Every curve reaches from the one to beyond the other scaled distance: it has no other end. */
#define DAVY_BST_NEAR 0.11
#define DAVY_BST_FAR  9.5
