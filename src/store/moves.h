/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * How the points of a chunk move: what else of them a head tells, from format 2 on.
 *
 * Stage: store. Enough to know that a limit of the rate of change, or of how long a value may stand
 * still, is not reached in a chunk that nobody decodes. Of a chunk alone: what happens from its
 * last point to the first of the next one is told by `last` and `first` of both heads.
 */

struct davy_points;

/** The rate of change is taken over the shortest stretch that is at least so long: of two points a
 * millisecond apart the last digit alone would be a huge one. */
#define DAVY_MOVES_SPAN_NS DAVY_NS_PER_S

/** Among the values that are not bad there is ... */
#define DAVY_ODD_NAN      1U /* one that is no number */
#define DAVY_ODD_INFINITE 2U

/** All but `uncertain` is of the points that are not bad and are numbers. */
typedef struct davy_moves {
    bool known;         /* false of a head of format 1: the rest is 0 */
    uint32_t uncertain; /* points of this quality; good are those that are neither this nor bad */
    uint32_t odd;       /* DAVY_ODD_* */
    /* No less than |v[j] - v[i]| / (t[j] - t[i]) in 1/s, for every i and the first j that is at
     * least DAVY_MOVES_SPAN_NS later; more than it by less than one part of the unit in which it is
     * kept. 0 when there is no such j. */
    double steepest;
    int64_t still_ns;      /* longest time in which the value is the same */
    int64_t still_last_ns; /* how long it has been so at the last of them */
} davy_moves;

/** @param decimals  of the head: steepest is rounded up to what it keeps of it */
void davy_moves_summarise(const struct davy_points *points, size_t from, size_t count,
                          unsigned decimals, davy_moves *moves);

/** `steepest`, rounded up already, as a head keeps it: an integer, of a thousandth of the last
 * decimal in a second, where values are decimal numbers. */
double davy_moves_pack(double steepest, unsigned decimals);
double davy_moves_unpack(double packed, unsigned decimals);
