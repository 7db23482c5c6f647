/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "hazard/air/stability.h"
#include "hazard/answer.h"

#include <stdint.h>

/**
 * @file
 * Draws: what a release may be when the weather, the hole and the fill are not known.
 *
 * Stage: hazard, room risk. A Monte Carlo run: each draw takes a weather from a table, and a hole
 * or a rate and a fill from distributions; how far that reaches impact/spread.h computes, and the
 * distances become quantiles. Draw n is a function of the seed and n alone: any part of a run can
 * be done again, in any order and on any number of threads. Bad at: what the distributions do not
 * know, and draws that depend on each other (a hole that is larger in frost).
 *
 * Source: Philox (core/random.h); intervals of quantiles by order statistics, H. A. David, H. N.
 * Nagaraja, Order Statistics, 3rd edition 2003, 7.1.
 */

/** What a figure may be. */
typedef enum davy_draw_kind {
    DAVY_DRAW_NONE,        /* it is known, and is not drawn */
    DAVY_DRAW_UNIFORM,     /* from low to high */
    DAVY_DRAW_LOG_UNIFORM, /* its logarithm is uniform: small holes are more than large ones */
    DAVY_DRAW_TRIANGLE,    /* from low to high, mode the likeliest */
    DAVY_DRAW_KINDS
} davy_draw_kind;

typedef struct davy_draw {
    davy_draw_kind kind;
    double low, mode, high;
} davy_draw;

/** The figure below which a share of all is; NaN of NONE. @param share  between 0 and 1 */
double davy_draw_value(const davy_draw *draw, double share);

/** A row of a table of weather: a class, and speeds 10 m above the ground. */
typedef struct davy_draws_weather {
    davy_stability stability;
    double low, high; /* m/s; uniform between them */
    double share;     /* of the year; the table's add up to 1 */
} davy_draws_weather;

typedef struct davy_draws {
    const davy_draws_weather *weather;
    size_t weather_count; /* 0: the weather is known */
    davy_draw hole;       /* diameter, m */
    davy_draw rate;       /* kg/s; of a release without a hole */
    davy_draw fill;       /* of the vessel, a share */
    uint64_t seed;
} davy_draws;

/** DAVY_ERR_INVALID with what is wrong: shares that do not add up to 1, ends that are exchanged. */
DAVY_MUST_CHECK davy_status davy_draws_check(const davy_draws *draws);

/** What one draw is; NaN, and DAVY_STABILITIES, for what is not drawn. */
typedef struct davy_drawn {
    davy_stability stability;
    double wind; /* m/s, 10 m above the ground */
    double hole; /* m */
    double rate; /* kg/s */
    double fill;
} davy_drawn;

/** Draw n of a run that davy_draws_check() has let pass. */
davy_drawn davy_draws_at(const davy_draws *draws, uint64_t n);

/** How the draws of a run ended. */
typedef struct davy_draws_tally {
    size_t reached;     /* within the range of the formulas */
    size_t not_reached; /* the level is nowhere: distance 0 */
    size_t outside;     /* a distance all the same, where a formula is not vouched for; also
                         * when only the near one of two is there */
    size_t unknown;     /* no distance: taken as INFINITY, because it may be far */
} davy_draws_tally;

/** Count how far one draw reaches. @return its distance, m */
double davy_draws_count(davy_draws_tally *tally, davy_answer reach);

/** A distance that a share of the draws does not pass, and the interval it is in. */
typedef struct davy_draws_quantile {
    double distance;  /* m */
    double low, high; /* 0 and INFINITY where there are too few draws to say */
} davy_draws_quantile;

/** Put distances in order for davy_draws_quantile_of(). */
void davy_draws_sort(double *distances, size_t count);

/**
 * A quantile of distances in order, with the interval that holds the true one at least with that
 * confidence, whatever the distribution.
 *
 * @param count       more than 0
 * @param share       of the draws, between 0 and 1
 * @param confidence  0.95, for example
 */
davy_draws_quantile davy_draws_quantile_of(const double *distances, size_t count, double share,
                                           double confidence);
