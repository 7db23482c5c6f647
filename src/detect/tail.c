/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/tail.h"

#include <math.h>

/* Excesses of an exponential tail that are made up: as long as few were seen, it is one. */
#define PRIOR 10.0
/* The threshold moves by so many means times the weight of the sample. */
#define GAIN 5.0
/* A shape below it says that the series ends abruptly, which few samples cannot know. */
#define SHAPE_LEAST (-0.5)
#define SHAPE_ZERO  1e-6

static double mean_excess(const davy_tail *tail)
{
    return (tail->excess * tail->excesses + PRIOR * tail->mean) / (tail->excesses + PRIOR);
}

/* With a mean m and a variance v:  shape = (1 - m^2 / v) / 2,  which is below one half. */
static double shape_of(const davy_tail *tail, double mean)
{
    const double made_up = PRIOR * 2 * tail->mean * tail->mean;
    const double variance =
        (tail->squares * tail->excesses + made_up) / (tail->excesses + PRIOR) - mean * mean;

    return variance > 0 ? fmax(0.5 * (1 - mean * mean / variance), SHAPE_LEAST) : SHAPE_LEAST;
}

/* -ln of the share of the excesses that are larger. @param ratio  excess / scale */
static double surprise_above(double ratio, double shape)
{
    if (fabs(shape) < SHAPE_ZERO)
        return ratio;
    return 1 + shape * ratio > 0 ? log1p(shape * ratio) / shape : DAVY_TAIL_MOST;
}

double davy_tail_surprise(const davy_tail *tail, double x)
{
    const double beyond = x - tail->threshold;
    double mean, shape;

    if (!(beyond > 0)) /* nine of ten: no more is asked of them */
        return 0;
    mean = mean_excess(tail);
    if (!(mean > 0))
        return DAVY_TAIL_MOST;
    shape = shape_of(tail, mean);
    return fmin(surprise_above(beyond / (mean * (1 - shape)), shape) - log(DAVY_TAIL_SHARE),
                DAVY_TAIL_MOST);
}

double davy_tail_reach(const davy_tail *tail)
{
    const double mean = mean_excess(tail);

    return mean > 0 ? tail->threshold + DAVY_TAIL_HELD * mean : INFINITY;
}

void davy_tail_learn(davy_tail *tail, double x, double weight)
{
    const double held = fmin(x, davy_tail_reach(tail)), beyond = held - tail->threshold;
    const double step = GAIN * tail->mean * weight;

    if (beyond > 0) {
        tail->excesses = fmin(tail->excesses + 1, DAVY_TAIL_SHARE * DAVY_TAIL_MEMORY);
        tail->excess += (beyond - tail->excess) / tail->excesses;
        tail->squares += (beyond * beyond - tail->squares) / tail->excesses;
        tail->threshold += step * (1 - DAVY_TAIL_SHARE);
    } else {
        tail->threshold -= step * DAVY_TAIL_SHARE;
    }
    tail->mean += weight * (held - tail->mean);
}
