/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/air/sigma.h"

#include <float.h>
#include <math.h>

/**
 * @file
 * The forms that laws of dispersion are published in, and how a table of them is written.
 *
 * Stage: hazard, room air, of the sigma_*.c that hold the sets.
 */

/** a x (1 + b x)^c: Briggs. */
double davy_sigma_form_briggs(const davy_sigma_piece *piece, double distance);
/** a x^b. */
double davy_sigma_form_power(const davy_sigma_piece *piece, double distance);

/** The rows of a table by class. */
#define DAVY_SIGMA_EACH(table)                                                 \
    {                                                                          \
        (table)[0], (table)[1], (table)[2], (table)[3], (table)[4], (table)[5] \
    }
/** One for every class. */
#define DAVY_SIGMA_SAME(one)         \
    {                                \
        one, one, one, one, one, one \
    }
/** The one input of a law; the ends are where the source vouches for it, in m. */
#define DAVY_SIGMA_INPUTS(from, to)                   \
    {                                                 \
        {"distance", "m", {from, to}, DAVY_POSITIVE}, \
        {                                             \
            0                                         \
        }                                             \
    }
