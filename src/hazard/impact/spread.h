/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "hazard/impact/impact.h"
#include "hazard/risk/draws.h"

/**
 * @file
 * Spread: how far a scenario reaches when some of its figures are not known.
 *
 * Stage: hazard, room impact. Each draw (risk/draws.h) is a scenario of its own, computed from the
 * hole to the distances of all its zones by the models that draw them. The distances of a zone
 * become quantiles, each with the interval that holds the true one, a histogram, and the rank
 * correlation with every figure that is drawn. Bad at: the disagreement of the models, which is the
 * band of an impact and stands beside it.
 */

/** Most draws of one spread: 64 zones of them are 51 MB. */
#define DAVY_SPREAD_DRAWS_MAX ((size_t) 100000)
/** Fewest: 59 are needed to be 95 % sure that the largest is beyond 95 % of all (Wilks, 1941). */
#define DAVY_SPREAD_DRAWS_MIN ((size_t) 59)
/** Confidence of the intervals of quantiles. */
#define DAVY_SPREAD_CONFIDENCE 0.95
/** Bars of a histogram, of equal width. */
#define DAVY_SPREAD_BARS 20

/** What may be drawn. */
typedef enum davy_spread_figure {
    DAVY_SPREAD_WIND,
    DAVY_SPREAD_STABILITY, /* A is 0, F is 5 */
    DAVY_SPREAD_HOLE,
    DAVY_SPREAD_RATE,
    DAVY_SPREAD_FILL,
    DAVY_SPREAD_FIGURES
} davy_spread_figure;

/** "wind", "stability", "hole", "rate", "fill". */
const char *davy_spread_figure_name(davy_spread_figure figure);

typedef struct davy_spread_zone {
    davy_effect effect;
    char endpoint[64];
    double level;
    int severity;
    davy_draws_tally tally;
    davy_draws_quantile low, median, high; /* 5 %, 50 %, 95 % */
    double moves[DAVY_SPREAD_FIGURES];     /* rank correlation; NaN: not drawn, or it is constant */
    double from, to;                       /* m, of the bars; NaN: no finite distance above 0 */
    size_t bars[DAVY_SPREAD_BARS];         /* finite distances above 0 */
} davy_spread_zone;

typedef struct davy_spread {
    size_t draws;
    uint64_t seed;
    davy_spread_zone *zones; /* [zone_count] */
    size_t zone_count;
} davy_spread;

/**
 * Compute.
 *
 * @param input   as of davy_impact_compute(), with the scenario at its known figures
 * @param spread  zeroed; davy_spread_clear() gives it back, also after a failure
 * @return DAVY_ERR_INVALID when nothing is uncertain, for a count out of the bounds above, and as
 *         davy_impact_compute()
 */
DAVY_MUST_CHECK davy_status davy_spread_compute(const davy_impact_input *input,
                                                const davy_impact_draws *wanted,
                                                davy_spread *spread);
void davy_spread_clear(davy_spread *spread);

/** The object `spread` of an impact: docs/impact.md describes it. */
void davy_spread_json(const davy_spread *spread, davy_buffer *out);
