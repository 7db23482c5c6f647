/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/rise.h"

#include <float.h>
#include <math.h>

#define SOURCE                                                                                 \
    "G. A. Briggs, Plume Rise, AEC 1969, as in EPA, User's Guide for the Industrial Source "   \
    "Complex (ISC3) Dispersion Models, volume 2, EPA-454/B-95-003b (1995), as transcribed in " \
    "GasDispersion.jl"
#define WIND                                              \
    {                                                     \
        "wind speed", "m/s", {1, INFINITY}, DAVY_POSITIVE \
    }
#define STABILITY                                                  \
    {                                                              \
        "stability parameter", "s-2", DAVY_POSITIVE, DAVY_POSITIVE \
    }
#define BUOYANCY                                                       \
    {                                                                  \
        "buoyancy flux", "m4/s3", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE \
    }

/* m4/s3: above this flux a plume is of another kind. */
static const double strong = 55;

double davy_rise_buoyancy_flux(const davy_stack *stack, double gravity)
{
    return gravity * stack->speed * stack->diameter * stack->diameter *
           (stack->temperature - stack->air) / (4 * stack->temperature);
}

double davy_rise_momentum_flux(const davy_stack *stack)
{
    return stack->speed * stack->speed * stack->diameter * stack->diameter * stack->air /
           (4 * stack->temperature);
}

double davy_rise_stability(double gravity, double air, double gradient)
{
    return gravity / air * gradient;
}

davy_answer davy_rise_buoyant(double flux, double wind)
{
    static const davy_formula formula = {
        "rise-buoyant",
        "Final rise by buoyancy, class A to D",
        "21.425 Fb^(3/4) / u, from Fb = 55 m4/s3 on 38.71 Fb^(3/5) / u",
        "m",
        SOURCE,
        "",
        "rise-buoyant-unstable",
        {BUOYANCY, WIND, {0}},
        "浮力抬升的最终高度（A～D 类）"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){flux, wind}))
        return answer;
    return davy_answer_give(
        answer, (flux < strong ? 21.425 * pow(flux, 0.75) : 38.71 * pow(flux, 0.6)) / wind);
}

davy_answer davy_rise_buoyant_stable(double flux, double wind, double stability)
{
    static const davy_formula formula = {"rise-buoyant-stable",
                                         "Final rise by buoyancy, class E and F",
                                         "2.6 (Fb / (u s))^(1/3), at most 4 Fb^(1/4) / s^(3/8)",
                                         "m",
                                         SOURCE,
                                         "",
                                         "",
                                         {BUOYANCY, WIND, STABILITY, {0}},
                                         "浮力抬升的最终高度（E、F 类）"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){flux, wind, stability}))
        return answer;
    return davy_answer_give(answer, fmin(2.6 * cbrt(flux / (wind * stability)),
                                         4 * pow(flux, 0.25) / pow(stability, 0.375)));
}

davy_answer davy_rise_momentum(double diameter, double speed, double wind)
{
    static const davy_formula formula = {
        "rise-momentum",
        "Final rise by momentum, class A to D",
        "3 d v / u",
        "m",
        SOURCE,
        "",
        "",
        {{"diameter", "m", DAVY_POSITIVE, DAVY_POSITIVE},
         {"exit speed", "m/s", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
         WIND,
         {0}},
        "动量抬升的最终高度（A～D 类）"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){diameter, speed, wind}))
        return answer;
    return davy_answer_give(answer, 3 * diameter * speed / wind);
}

davy_answer davy_rise_momentum_stable(double flux, double wind, double stability)
{
    static const davy_formula formula = {
        "rise-momentum-stable",
        "Final rise by momentum, class E and F",
        "1.5 (Fm / (u sqrt(s)))^(1/3)",
        "m",
        SOURCE,
        "u is the wind, as in EPA's text; a public program divides by the exit speed (errata.c)",
        "",
        {{"momentum flux", "m4/s2", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE}, WIND, STABILITY, {0}},
        "动量抬升的最终高度（E、F 类）"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){flux, wind, stability}))
        return answer;
    return davy_answer_give(answer, 1.5 * cbrt(flux / (wind * sqrt(stability))));
}

davy_answer davy_rise_distance_stable(double wind, double stability)
{
    static const davy_formula formula = {"rise-distance-stable",
                                         "Distance to the final rise by buoyancy, class E and F",
                                         "2.0715 u / sqrt(s)",
                                         "m",
                                         SOURCE,
                                         "",
                                         "rise-stable-xf",
                                         {WIND, STABILITY, {0}},
                                         "浮力抬升达最终高度的距离（E、F 类）"};
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formula, (const double[]){wind, stability}))
        return answer;
    return davy_answer_give(answer, 2.0715 * wind / sqrt(stability));
}

static const davy_formula stack_formula = {
    "rise",
    "Rise of the plume of a stack",
    "by buoyancy where the gas is warmer than the air by more than a crossover, else by momentum; "
    "on the way 1.6 (Fb x^2 / u^3)^(1/3) or (3 Fm x / (b u)^2)^(1/3), b = 1/3 + u / v",
    "m",
    SOURCE,
    "no downwash behind stack or buildings",
    "",
    {{"diameter", "m", DAVY_POSITIVE, DAVY_POSITIVE},
     {"exit speed", "m/s", DAVY_POSITIVE, DAVY_POSITIVE},
     {"exit temperature", "K", DAVY_POSITIVE, DAVY_POSITIVE},
     WIND,
     {"air temperature", "K", DAVY_POSITIVE, DAVY_POSITIVE},
     {"gradient of the potential temperature", "K/m", DAVY_POSITIVE, DAVY_POSITIVE},
     {"distance", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
     {0}},
    "烟囱烟羽的抬升高度"};

/* How one stack's plume rises. */
typedef struct climb {
    bool stable, buoyant;
    double s, buoyancy, momentum, momentum_factor; /* s-2, Fb, Fm, b */
    double final, distance;                        /* m */
} climb;

/* K: warmer than the air by less than this, momentum leads. Where both formulas agree. */
static double crossover(const davy_stack *stack, const climb *of)
{
    if (of->stable)
        return 0.019582 * stack->temperature * stack->speed * sqrt(of->s);
    if (of->buoyancy < strong)
        return 0.0297 * stack->temperature * cbrt(stack->speed) / pow(stack->diameter, 2.0 / 3);
    return 0.00575 * stack->temperature * pow(stack->speed, 2.0 / 3) / cbrt(stack->diameter);
}

static void climb_by_buoyancy(const davy_stack *stack, climb *of)
{
    if (of->stable) {
        of->final = davy_rise_buoyant_stable(of->buoyancy, stack->wind, of->s).value;
        of->distance = davy_rise_distance_stable(stack->wind, of->s).value;
    } else {
        of->final = davy_rise_buoyant(of->buoyancy, stack->wind).value;
        of->distance =
            of->buoyancy < strong ? 49 * pow(of->buoyancy, 0.625) : 119 * pow(of->buoyancy, 0.4);
    }
}

static void climb_by_momentum(const davy_stack *stack, climb *of)
{
    static const double quarter = 1.57079632679489662;
    const double u = stack->wind, v = stack->speed, sum = v + 3 * u;

    of->momentum_factor = 1.0 / 3 + u / v;
    of->final = davy_rise_momentum(stack->diameter, v, u).value;
    if (of->stable) {
        of->final = fmin(of->final, davy_rise_momentum_stable(of->momentum, u, of->s).value);
        of->distance = quarter * u / sqrt(of->s);
    } else if (of->buoyancy > 0) {
        of->distance =
            of->buoyancy < strong ? 49 * pow(of->buoyancy, 0.625) : 119 * pow(of->buoyancy, 0.4);
    } else {
        of->distance = 4 * stack->diameter * sum * sum / (v * u);
    }
}

static bool begin(const davy_stack *stack, double distance, davy_answer *answer, climb *of)
{
    const double gradient = stack->stability < DAVY_STABILITY_E ? 1 : stack->gradient;

    if (!davy_answer_begin(answer, &stack_formula,
                           (const double[]){stack->diameter, stack->speed, stack->temperature,
                                            stack->wind, stack->air, gradient, distance}))
        return false;
    if (stack->stability >= DAVY_STABILITIES) {
        *answer = davy_answer_missing(*answer, "stability class");
        return false;
    }
    *of = (climb){.stable = stack->stability >= DAVY_STABILITY_E};
    of->s = davy_rise_stability(DAVY_RISE_GRAVITY, stack->air, gradient);
    of->buoyancy = davy_rise_buoyancy_flux(stack, DAVY_RISE_GRAVITY);
    of->momentum = davy_rise_momentum_flux(stack);
    of->buoyant = stack->temperature - stack->air > crossover(stack, of);
    (of->buoyant ? climb_by_buoyancy : climb_by_momentum)(stack, of);
    return true;
}

davy_answer davy_rise_final(const davy_stack *stack)
{
    davy_answer answer;
    climb of;

    return begin(stack, 0, &answer, &of) ? davy_answer_give(answer, of.final) : answer;
}

davy_answer davy_rise_at(const davy_stack *stack, double distance)
{
    davy_answer answer;
    double on_the_way;
    climb of;

    if (!begin(stack, distance, &answer, &of))
        return answer;
    if (distance >= of.distance)
        return davy_answer_give(answer, of.final);
    if (of.buoyant) {
        on_the_way = 1.6 * cbrt(of.buoyancy * distance * distance) / stack->wind;
    } else {
        const double b = of.momentum_factor, u = stack->wind, root = sqrt(of.s);

        on_the_way = of.stable
                         ? cbrt(3 * of.momentum * sin(distance * root / u) / (b * b * u * root))
                         : cbrt(3 * of.momentum * distance / (b * u * b * u));
    }
    return davy_answer_give(answer, fmin(on_the_way, of.final));
}
