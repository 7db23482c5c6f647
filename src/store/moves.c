/* SPDX-License-Identifier: Apache-2.0 */
#include "store/moves.h"

#include "store/codec.h"
#include "store/points.h"

#include <math.h>

/* A signal that is read once a minute moves by less than one last digit in a second. */
#define FINER 1000.0

static double unit_of(unsigned decimals)
{
    return decimals > 0 ? FINER * davy_codec_power(decimals) : 1.0;
}

double davy_moves_pack(double steepest, unsigned decimals)
{
    return decimals > 0 ? round(steepest * unit_of(decimals)) : steepest;
}

double davy_moves_unpack(double packed, unsigned decimals)
{
    return packed / unit_of(decimals);
}

/* The least number that can be kept and is not below it. */
static double round_up(double steepest, unsigned decimals)
{
    const double unit = unit_of(decimals);
    double packed = ceil(steepest * unit);

    if (decimals == 0)
        return steepest;
    if (!(packed < 1e15)) /* beyond it a step of one may be none */
        return INFINITY;
    while (packed / unit < steepest)
        packed += 1.0;
    return packed / unit;
}

static bool counts(const davy_points *points, size_t i)
{
    return points->quality[i] != DAVY_QUALITY_BAD && !isnan(points->values[i]);
}

static size_t next_that_counts(const davy_points *points, size_t i, size_t end)
{
    while (i < end && !counts(points, i))
        i++;
    return i;
}

/* From every point on, since the one that a reader begins with is not known here. */
static double find_steepest(const davy_points *points, size_t from, size_t end)
{
    double steepest = 0.0;
    size_t later = from;

    for (size_t i = next_that_counts(points, from, end); i < end;
         i = next_that_counts(points, i + 1, end)) {
        double rate;

        while (later < end && (!counts(points, later) ||
                               points->times[later] - points->times[i] < DAVY_MOVES_SPAN_NS))
            later++;
        if (later == end)
            break;
        rate = fabs((points->values[later] - points->values[i]) /
                    ((double) (points->times[later] - points->times[i]) * 1e-9));
        steepest = rate > steepest ? rate : steepest;
    }
    return steepest;
}

static void find_still(const davy_points *points, size_t from, size_t end, davy_moves *moves)
{
    size_t since = next_that_counts(points, from, end);

    for (size_t i = since; i < end; i = next_that_counts(points, i + 1, end)) {
        if (points->values[i] < points->values[since] || points->values[i] > points->values[since])
            since = i;
        moves->still_last_ns = points->times[i] - points->times[since];
        if (moves->still_last_ns > moves->still_ns)
            moves->still_ns = moves->still_last_ns;
    }
}

static void count_kinds(const davy_points *points, size_t from, size_t end, davy_moves *moves)
{
    for (size_t i = from; i < end; i++) {
        const double value = points->values[i];

        moves->uncertain += points->quality[i] == DAVY_QUALITY_UNCERTAIN;
        if (points->quality[i] != DAVY_QUALITY_BAD && !isfinite(value))
            moves->odd |= isnan(value) ? DAVY_ODD_NAN : DAVY_ODD_INFINITE;
    }
}

void davy_moves_summarise(const davy_points *points, size_t from, size_t count, unsigned decimals,
                          davy_moves *moves)
{
    *moves = (davy_moves){.known = true};
    count_kinds(points, from, from + count, moves);
    find_still(points, from, from + count, moves);
    moves->steepest = round_up(find_steepest(points, from, from + count), decimals);
}
