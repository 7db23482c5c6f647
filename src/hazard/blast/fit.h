/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/answer.h"
#include "hazard/blast/tnt.h"

/**
 * @file
 * The coefficients of Swisdak's fits, one table for each quantity.
 *
 * Stage: hazard, inside of room blast.
 */
#define DAVY_BLAST_TERMS  7
#define DAVY_BLAST_PIECES 5

/** exp of a polynomial of ln Z, up to a scaled distance. */
typedef struct davy_blast_fit {
    double most; /* m/kg^(1/3); 0: behind the last one */
    double terms[DAVY_BLAST_TERMS];
} davy_blast_fit;

struct davy_blast {
    davy_formula formula; /* inputs: mass, distance, scaled distance */
    double unit;          /* of the fit, in SI */
    bool grows;           /* with the cube root of the mass: impulses and times */
    davy_blast_fit fits[DAVY_BLAST_PIECES];
};

/** Of the distance to an overpressure. */
extern const davy_formula davy_blast_distance_formula;
