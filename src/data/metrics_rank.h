/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Scores in order, and how well the order tells two kinds of rows apart.
 *
 * Stage: data. Sorting costs most, so it is done once; the figures of another weight of the groups
 * (data/bootstrap.h) are one walk. Rows of equal score are taken together everywhere. Nothing is
 * adjusted: a row counts for itself.
 *
 * Sources: Fawcett, Pattern Recognition Letters 27, 2006 (ROC); average precision is the sum of
 * precision times the step in recall, without interpolation (Davis, Goadrich, ICML 2006).
 */
typedef struct davy_ranking {
    size_t count;
    double *scores;    /* [count] from the largest down */
    uint32_t *groups;  /* [count] of each, 0 when there are none */
    uint8_t *positive; /* [count] 1: of the kind that should score high */
} davy_ranking;

/**
 * @param positive  [count] 0 or 1
 * @param groups    [count] from 0; NULL: all rows are one group
 * @return DAVY_ERR_INVALID when a score is NaN, with its row
 */
DAVY_MUST_CHECK davy_status davy_ranking_init(davy_ranking *ranking, const double *scores,
                                              const uint8_t *positive, const uint32_t *groups,
                                              size_t count);
/** A zeroed ranking is fine. */
void davy_ranking_clear(davy_ranking *ranking);

/** Areas; NaN when one of the two kinds of rows is missing. */
typedef struct davy_rank_areas {
    double roc;       /* the chance that a positive row scores above another, ties half */
    double precision; /* average precision: the area under the precision-recall curve */
} davy_rank_areas;

/** Both areas in one walk. @param times  by group, how often it counts; NULL: once */
davy_rank_areas davy_ranking_areas(const davy_ranking *ranking, const uint32_t *times);

/**
 * The largest recall with at most a share of the other rows at or above the limit; NaN when one of
 * the two kinds of rows is missing. @param times  by group, how often it counts; NULL: once
 */
double davy_ranking_recall(const davy_ranking *ranking, const uint32_t *times, double false_rate);

/** What a limit at one of the scores does; rows at the limit are alarms. */
typedef struct davy_rank_point {
    double limit;
    double false_rate; /* share of the other rows at or above the limit */
    double recall;     /* share of the positive rows */
    double precision;
} davy_rank_point;

/**
 * The curve, from the highest limit down. The first point is an infinite limit: no alarm, precision
 * 1. Of a longer curve points are left out, never the ends.
 *
 * @param points  [most], most >= 2
 * @return how many points; 0 when one of the two kinds of rows is missing
 */
size_t davy_ranking_curve(const davy_ranking *ranking, davy_rank_point *points, size_t most);
