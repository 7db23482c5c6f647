/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * The curves of Britter and McQuaid for a steady and for a sudden release, as straight lines.
 *
 * Stage: hazard, room dense, of plume.c and puff.c. What they say is a dilution: the part of the
 * gas in the volume, as if gas and air kept the volumes they had before they met. The distance is
 * that from the source over a length of the release.
 */

/** How many curves a plume and a puff have. */
#define DAVY_DENSE_LEVELS      6
#define DAVY_DENSE_PUFF_LEVELS 7

/** The dilution along the wind for one alpha. */
typedef struct davy_dense_law {
    int last;                                     /* how many curves */
    double near;                                  /* of the near field near / (near + x^2) */
    double levels[1 + DAVY_DENSE_PUFF_LEVELS];    /* falling; [0] is where the near field ends */
    double distances[1 + DAVY_DENSE_PUFF_LEVELS]; /* log10 of the scaled ones, rising */
} davy_dense_law;

davy_dense_law davy_dense_law_of(double alpha);
/** The same of a puff. */
davy_dense_law davy_dense_puff_law_of(double alpha);

/** Dilution at a scaled distance, 0 or more. */
double davy_dense_law_at(const davy_dense_law *law, double scaled);
/** The scaled distance where it falls to a level above 0 and at most 1. */
double davy_dense_law_reach(const davy_dense_law *law, double level);
