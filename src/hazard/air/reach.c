/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/reach.h"

#include <float.h>
#include <math.h>

/* m: where it is looked for, in steps of equal ratio that no bump of a cloud falls between. */
static const double nearest = 1, furthest = 1e5;
enum { STEPS = 60 };

typedef struct search {
    davy_reach_model model;
    const void *context;
    double level;
    davy_answer worst; /* the first answer of the model that has no value to compare */
    bool broken;
} search;

/* The logarithms of distances, and how far the model is above the level there. */
typedef struct scan {
    double at[STEPS + 1], values[STEPS + 1];
} scan;

/* How far the model is above the level at exp(l) m, in logarithms. */
static double above(search *of, double l)
{
    const davy_answer answer = of->model(of->context, exp(l));

    if (isnan(answer.value) && !of->broken) {
        of->worst = answer;
        of->broken = true;
    }
    return log(answer.value / of->level);
}

/* Where the sign changes between two places, by the false position in its Illinois form; halving
 * where a value is not finite, far outside the cloud. Jumps between stretches of a law are found.
 */
static double root(search *of, double from, double to)
{
    double low = above(of, from), high = above(of, to);
    int kept = 0; /* which end has stayed: 1 the first, -1 the second */

    for (int i = 0; i < 100 && fabs(to - from) > 1e-14 * (1 + fabs(to)); i++) {
        double middle = (low * to - high * from) / (low - high), value;

        if (!isfinite(middle))
            middle = 0.5 * (from + to);
        value = above(of, middle);
        if (value == 0)
            return middle;
        if ((value > 0) == (high > 0)) {
            to = middle;
            high = value;
            low *= kept == 1 ? 0.5 : 1;
            kept = 1;
        } else {
            from = middle;
            low = value;
            high *= kept == -1 ? 0.5 : 1;
            kept = -1;
        }
    }
    return 0.5 * (from + to);
}

/* The place of the greatest value between two, by the golden section. */
static double peak(search *of, double from, double to)
{
    static const double golden = 0.6180339887498949;
    double a = to - golden * (to - from), b = from + golden * (to - from);
    double at_a = above(of, a), at_b = above(of, b);

    for (int i = 0; i < 40; i++) {
        if (at_a > at_b) {
            to = b;
            b = a;
            at_b = at_a;
            a = to - golden * (to - from);
            at_a = above(of, a);
        } else {
            from = a;
            a = b;
            at_a = at_b;
            b = from + golden * (to - from);
            at_b = above(of, b);
        }
    }
    return 0.5 * (from + to);
}

/* It is above the level as far as was looked. */
static davy_answer still_above(davy_answer answer)
{
    answer.kind = DAVY_ANSWER_OUTSIDE;
    answer.what = "distance";
    answer.what_unit = "m";
    answer.given = furthest;
    answer.allowed = (davy_interval){nearest, furthest};
    return answer;
}

/* Take over what the model says of its range at a distance that it gave. */
static void look_at_range(const search *of, davy_answer *answer, double distance)
{
    (void) davy_answer_follows(answer, of->model(of->context, distance));
}

/* One distance or two; `top` is a place above the level. */
static davy_answer give_distances(search *of, davy_answer answer, const scan *places, double top)
{
    int first = 0, last = STEPS;
    double near, far;

    if (places->values[last] > 0)
        return still_above(answer);
    while (!(places->values[first + 1] > 0) && places->at[first + 1] < top)
        first++;
    while (!(places->values[last - 1] > 0) && places->at[last - 1] > top)
        last--;
    far = exp(root(of, fmax(top, places->at[last - 1]), places->at[last]));
    look_at_range(of, &answer, far);
    if (places->values[0] > 0)
        return davy_answer_give(answer, far);
    near = exp(root(of, places->at[first], fmin(top, places->at[first + 1])));
    look_at_range(of, &answer, near);
    return davy_answer_give_two(answer, near, far);
}

/* Look everywhere. @return the index of the greatest value */
static int scan_all(search *of, scan *places)
{
    int best = 0;

    for (int i = 0; i <= STEPS; i++) {
        places->at[i] = log(nearest) + (log(furthest) - log(nearest)) * i / STEPS;
        places->values[i] = above(of, places->at[i]);
        best = places->values[i] > places->values[best] ? i : best;
    }
    return best;
}

davy_answer davy_reach(davy_reach_model model, const void *context, double level)
{
    static const davy_formula formula = {
        "reach",
        "Distance to a concentration",
        "C(x) = level, solved for x",
        "m",
        "the model of the concentration itself, from 1 m to 100 km",
        "its range is that of the model",
        "reach-D-ground-100mg,reach-D-elevated-near,reach-D-elevated-far,reach-D-not-reached",
        {{"level", "kg/m3", DAVY_POSITIVE, DAVY_POSITIVE}, {0}},
        "达到某浓度的距离"};
    search of = {model, context, level, .broken = false};
    davy_answer answer;
    scan places;
    double top;
    int best;

    if (!davy_answer_begin(&answer, &formula, &level))
        return answer;
    best = scan_all(&of, &places);
    if (of.broken) {
        (void) davy_answer_follows(&answer, of.worst);
        return answer;
    }
    top = places.at[best];
    if (!(places.values[best] > 0) && best > 0 && best < STEPS)
        top = peak(&of, places.at[best - 1], places.at[best + 1]);
    if (above(&of, top) > 0)
        return give_distances(&of, answer, &places, top);
    return davy_answer_give_not_reached(answer, model(context, exp(top)).value);
}

double davy_reach_far(davy_answer reach)
{
    if (reach.kind == DAVY_ANSWER_NOT_REACHED)
        return 0;
    return isnan(reach.far) ? reach.value : reach.far;
}

double davy_reach_at_least(davy_answer reach)
{
    const bool beyond = reach.kind == DAVY_ANSWER_OUTSIDE && isnan(reach.value) &&
                        reach.allowed.low == nearest && reach.allowed.high == furthest;

    return beyond ? furthest : NAN;
}

/* A cloud and the height at which it is looked at. */
typedef struct looked_at {
    const void *cloud;
    double height;
} looked_at;

static davy_answer plume_at(const void *context, double distance)
{
    const looked_at *of = context;

    return davy_plume_concentration(of->cloud, (davy_place){distance, 0, of->height});
}

static davy_answer puff_at(const void *context, double distance)
{
    const looked_at *of = context;
    const davy_puff *puff = of->cloud;

    return davy_puff_concentration(puff, (davy_place){distance, 0, of->height},
                                   distance / puff->wind);
}

static davy_answer finite_at(const void *context, double distance)
{
    const looked_at *of = context;
    const davy_finite *finite = of->cloud;

    return davy_finite_concentration(finite, (davy_place){distance, 0, of->height},
                                     distance / finite->wind + 0.5 * finite->duration);
}

davy_answer davy_plume_reach(const davy_plume *plume, double level, double height)
{
    return davy_reach(plume_at, &(const looked_at){plume, height}, level);
}

davy_answer davy_puff_reach(const davy_puff *puff, double level, double height)
{
    return davy_reach(puff_at, &(const looked_at){puff, height}, level);
}

davy_answer davy_finite_reach(const davy_finite *finite, double level, double height)
{
    return davy_reach(finite_at, &(const looked_at){finite, height}, level);
}
