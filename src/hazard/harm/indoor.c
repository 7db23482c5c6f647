/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/harm/indoor.h"

#include "core/status.h"

#include <float.h>
#include <math.h>

#define BUILDING_INPUTS                                                     \
    {"number of steps", "1", {1, INFINITY}, {0, INFINITY}},                 \
    {                                                                       \
        "air changes", "s-1", {0.05 / 3600, 20.0 / 3600}, DAVY_NOT_NEGATIVE \
    }
#define BALANCE \
    "mass balance of one room, as in W. R. Chan et al., Atmospheric Environment 41, 2007"
#define EXPONENT_INPUT                                       \
    {                                                        \
        "exponent of the load", "1", {0.5, 4}, DAVY_POSITIVE \
    }

/* Ventilation from a sealed shelter (0.05 per hour) to open windows (20 per hour). */
static const davy_formula concentration_formula = {
    "indoor-concentration",
    "Concentration in a building",
    "dCi/dt = n (Co - Ci)",
    "as outside",
    BALANCE,
    "one well mixed room; nothing is absorbed",
    "",
    {BUILDING_INPUTS},
    "室内浓度",
};

static const davy_formula load_formula = {
    "indoor-load",
    "Toxic load in a building",
    "integral of Ci^m dt",
    "load in SI units",
    BALANCE "; the load is that of the probit",
    "one well mixed room; nothing is absorbed",
    "",
    {BUILDING_INPUTS, EXPONENT_INPUT},
    "室内毒性负荷",
};

static const davy_formula outdoor_formula = {
    "outdoor-load",
    "Toxic load outdoors",
    "integral of Co^m dt",
    "load in SI units",
    "the load of the probit",
    "",
    "",
    {{"number of steps", "1", {1, INFINITY}, {0, INFINITY}}, EXPONENT_INPUT},
    "室外毒性负荷",
};

static const davy_formula leave_formula = {
    "indoor-leave",
    "When to leave a building",
    "the load of staying until t and being outside from then on is the least",
    "s",
    BALANCE,
    "the air outside is as forecast; times at which a step begins or ends",
    "",
    {BUILDING_INPUTS, EXPONENT_INPUT},
    "应离开建筑物的时间",
};

/* Inside, a time after it was `inside` while it is `outside` out there. */
static double later(double inside, double outside, double air_changes, double time)
{
    return outside + (inside - outside) * exp(-air_changes * time);
}

/*
 * The integral of Ci^m over a step. Ci goes from one value towards another as an exponential:
 * Gauss-Legendre of 5 points is exact to 10 digits where n times the stretch is at most 1/2, so the
 * step is cut into stretches of that.
 */
static double step_load(double inside, double outside, double air_changes, double time,
                        double exponent)
{
    static const double points[] = {0.046910077030668, 0.230765344947158, 0.5, 0.769234655052842,
                                    0.953089922969332};
    static const double weights[] = {0.118463442528095, 0.239314335249683, 0.284444444444444,
                                     0.239314335249683, 0.118463442528095};
    static const double stretches_max = 200; /* after 100 air changes nothing changes any more */
    const double stretches = fmin(fmax(1, ceil(2 * air_changes * time)), stretches_max);
    const double length = fmin(time, stretches / 2 / fmax(air_changes, DBL_MIN)) / stretches;
    double sum = 0;

    for (int i = 0; i < (int) stretches; i++)
        for (size_t j = 0; j < DAVY_ARRAY_LENGTH(points); j++)
            sum += weights[j] * length *
                   pow(later(inside, outside, air_changes, (i + points[j]) * length), exponent);
    return sum + (time - stretches * length) * pow(outside, exponent);
}

davy_answer davy_indoor_concentration(const davy_outdoor_step *steps, size_t count,
                                      double air_changes)
{
    davy_answer answer;
    double inside = 0;

    if (!davy_answer_begin(&answer, &concentration_formula,
                           (const double[]){(double) count, air_changes}))
        return answer;
    for (size_t i = 0; i < count; i++)
        inside = later(inside, steps[i].concentration, air_changes, steps[i].duration);
    return davy_answer_give(answer, inside);
}

davy_answer davy_indoor_load(const davy_outdoor_step *steps, size_t count, double air_changes,
                             double exponent, double leave)
{
    davy_answer answer;
    double inside = 0, load = 0;

    if (!davy_answer_begin(&answer, &load_formula,
                           (const double[]){(double) count, air_changes, exponent}))
        return answer;
    for (size_t i = 0; i < count; i++) {
        const davy_outdoor_step *step = &steps[i];
        const double in = fmin(fmax(leave, 0), step->duration);

        load += step_load(inside, step->concentration, air_changes, in, exponent) +
                (step->duration - in) * pow(step->concentration, exponent);
        inside = later(inside, step->concentration, air_changes, in);
        leave -= step->duration;
    }
    return davy_answer_give(answer, load);
}

davy_answer davy_outdoor_load(const davy_outdoor_step *steps, size_t count, double exponent)
{
    davy_answer answer;
    double load = 0;

    if (!davy_answer_begin(&answer, &outdoor_formula, (const double[]){(double) count, exponent}))
        return answer;
    for (size_t i = 0; i < count; i++)
        load += steps[i].duration * pow(steps[i].concentration, exponent);
    return davy_answer_give(answer, load);
}

davy_answer davy_indoor_leave(const davy_outdoor_step *steps, size_t count, double air_changes,
                              double exponent)
{
    davy_answer answer;
    double time = 0, best = 0, least = INFINITY;

    if (!davy_answer_begin(&answer, &leave_formula,
                           (const double[]){(double) count, air_changes, exponent}))
        return answer;
    for (size_t i = 0; i <= count; i++) {
        davy_answer load = davy_indoor_load(steps, count, air_changes, exponent, time);

        if (!davy_answer_follows(&answer, load))
            return answer;
        if (load.value < least) {
            least = load.value;
            best = time;
        }
        time += i < count ? steps[i].duration : 0;
    }
    return davy_answer_give(answer, best);
}
