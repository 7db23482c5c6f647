/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/train.h"

#include "hazard/air/gauss.h"

#include <float.h>
#include <math.h>

/* Whether the winds begin in time and are in order; the least speed of them. */
static bool look_at_winds(const davy_train *train, double *least)
{
    *least = INFINITY;
    for (size_t i = 0; i < train->wind_count; i++) {
        const davy_wind_step *wind = &train->winds[i];

        if (!isfinite(wind->start) || !isfinite(wind->from) || isnan(wind->speed) ||
            (i > 0 && wind->start <= wind[-1].start))
            return false;
        *least = fmin(*least, wind->speed);
    }
    return train->wind_count > 0 && train->winds[0].start <= 0;
}

static bool begin(const davy_train *train, double time, davy_answer *answer)
{
    static const davy_formula formula = {
        "puff-train",
        "Way of the oldest of a train of puffs",
        "sum of the winds over the time",
        "m",
        "trajectories of puffs in a uniform wind that changes with the time; by hand",
        "one wind everywhere, one class of stability",
        "",
        {{"emission rate", "kg/s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {"duration", "s", DAVY_POSITIVE, DAVY_POSITIVE},
         {"release height", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {"mixing height", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {"release height over mixing height", "1", {0, 1}, {0, 1}},
         {"number of puffs", "1", {1, DAVY_TRAIN_PUFFS_MAX}, {1, DAVY_TRAIN_PUFFS_MAX}},
         {"least wind speed", "m/s", {1, INFINITY}, DAVY_POSITIVE},
         {"time", "s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {0}},
        "一串烟团中最早一个的路程"};
    double least;

    if (!look_at_winds(train, &least))
        least = NAN; /* told below in words */
    if (!davy_answer_begin(answer, &formula,
                           (const double[]){train->rate, train->duration, train->height, train->lid,
                                            train->lid > 0 ? train->height / train->lid : 0,
                                            (double) train->puffs, isnan(least) ? 1 : least, time}))
        return false;
    if (isnan(least))
        *answer = davy_answer_missing(*answer, "series of winds in the order of their start");
    else if (train->stability >= DAVY_STABILITIES)
        *answer = davy_answer_missing(*answer, "stability class");
    else if (!davy_sigma_set_is_puff(train->sigma))
        *answer = davy_answer_missing(*answer, "set of coefficients for puffs");
    return answer->kind != DAVY_ANSWER_NO_DATA;
}

/* Carry a puff from one time to another. */
static void carry(const davy_train *train, davy_train_puff *puff, double from, double to)
{
    for (size_t i = 0; i < train->wind_count; i++) {
        const davy_wind_step *wind = &train->winds[i];
        const double start = fmax(wind->start, from);
        const double end = i + 1 < train->wind_count ? fmin(wind[1].start, to) : to;

        if (end < start)
            continue;
        puff->heading_east = -sin(wind->from);
        puff->heading_north = -cos(wind->from);
        puff->east += puff->heading_east * wind->speed * (end - start);
        puff->north += puff->heading_north * wind->speed * (end - start);
        puff->travelled += wind->speed * (end - start);
    }
}

davy_answer davy_train_place(const davy_train *train, double time, davy_train_puff *puffs,
                             size_t *count)
{
    davy_answer answer;

    *count = 0;
    if (!begin(train, time, &answer))
        return answer;
    for (size_t i = 0; i < train->puffs; i++) {
        /* each leaves in the middle of its share of the duration */
        const double left = train->duration * ((double) i + 0.5) / (double) train->puffs;
        davy_train_puff *puff = &puffs[*count];

        if (left >= time)
            break;
        *puff = (davy_train_puff){.mass = train->rate * train->duration / (double) train->puffs};
        carry(train, puff, left, time);
        puff->along = davy_sigma_value(&train->sigma->along, train->stability, puff->travelled);
        puff->side = davy_sigma_value(&train->sigma->side, train->stability, puff->travelled);
        puff->up = davy_sigma_value(&train->sigma->up, train->stability, puff->travelled);
        ++*count;
    }
    return davy_answer_give(answer, *count > 0 ? puffs[0].travelled : 0);
}

static double of_puff(const davy_train *train, const davy_train_puff *puff, double east,
                      double north, double height)
{
    const double x = east - puff->east, y = north - puff->north;
    const double ahead = x * puff->heading_east + y * puff->heading_north;
    const double beside = x * puff->heading_north - y * puff->heading_east;

    return puff->mass * davy_gauss(ahead, puff->along) * davy_gauss(beside, puff->side) *
           davy_gauss_up(height, train->height, puff->up, train->lid);
}

/* m from one puff to the nearer of its neighbours in the train. */
static double spacing(const davy_train_puff *puffs, size_t count, size_t at)
{
    const size_t other = at + 1 < count ? at + 1 : at - 1;

    return count < 2
               ? 0
               : hypot(puffs[at].east - puffs[other].east, puffs[at].north - puffs[other].north);
}

davy_answer davy_train_concentration(const davy_train *train, const davy_train_puff *puffs,
                                     size_t count, double east, double north, double height)
{
    static const davy_formula formula = {
        "puff-train-concentration",
        "Sum of a train of puffs",
        "sum of gaussian puffs",
        "kg/m3",
        "sum of the Gaussian puff of CCPS, Guidelines for Consequence Analysis (1999), p. 101",
        "two widths between neighbours leave ripples of 1.5 %: by hand, from Poisson's sum",
        "",
        {{"distance to the east", "m", DAVY_ANY, DAVY_ANY},
         {"distance to the north", "m", DAVY_ANY, DAVY_ANY},
         {"height", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         {"way between puffs over their length sigma x", "1", {0, 2}, DAVY_NOT_NEGATIVE},
         {0}},
        "一串烟团的浓度之和"};
    double sum = 0, most = 0, ratio = 0;
    davy_answer answer;

    for (size_t i = 0; i < count; i++) {
        const double share = of_puff(train, &puffs[i], east, north, height);

        sum += share;
        if (share > most) {
            most = share;
            ratio = spacing(puffs, count, i) / puffs[i].along;
        }
    }
    if (!davy_answer_begin(&answer, &formula, (const double[]){east, north, height, ratio}))
        return answer;
    return davy_answer_give(answer, sum);
}
