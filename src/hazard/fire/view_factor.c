/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/fire/view_factor.h"

#include <float.h>
#include <math.h>

#define SOURCE                                                                              \
    "Mudan, in TNO Yellow Book CPR 14E (2005), appendix 6.1, equations 6.A.14, 6.A.15 and " \
    "6.A.18, as transcribed in Petrolord/petrolord-suite; held against a numerical integral"
#define RANGE "target on the ground that sees the whole flame; none under the flame"
#define INPUTS                                                                     \
    {                                                                              \
        {"length over radius", "1", {0.1, 200}, DAVY_POSITIVE},                    \
            {"distance over radius", "1", {1, 1000}, DAVY_POSITIVE},               \
            {"tilt", "rad", {-1.55, 1.55}, {-M_PI_2, M_PI_2}},                     \
        {                                                                          \
            "room between flame and target", "radii", DAVY_POSITIVE, DAVY_POSITIVE \
        }                                                                          \
    }

static const davy_formula formulas[DAVY_VIEWS] = {
    [DAVY_VIEW_VERTICAL] =
        {"cylinder-view-vertical", "View factor of a leaning cylinder, upright target",
         "pi Fv = -E atan D + E (a^2 + (b+1)^2 - 2b (1 + a sin t)) / (AB) atan(AD/B) + cos t / C "
         "(atan((ab - F^2 sin t) / (FC)) + atan(F sin t / C)), a = L/R, b = X/R, "
         "A^2 = a^2 + (b+1)^2 - 2a (b+1) sin t, B^2 = a^2 + (b-1)^2 - 2a (b-1) sin t, "
         "C^2 = 1 + (b^2 - 1) cos^2 t, D^2 = (b-1)/(b+1), E = a cos t / (b - a sin t), "
         "F^2 = b^2 - 1",
         "1", SOURCE, RANGE, "pf-yb-fv,jf-yb-fv", INPUTS, "倾斜圆柱火焰的视角系数（垂直目标）"},
    [DAVY_VIEW_HORIZONTAL] =
        {"cylinder-view-horizontal", "View factor of a leaning cylinder, flat target",
         "pi Fh = atan(1/D) + sin t / C (atan((ab - F^2 sin t) / (FC)) + atan(F sin t / C)) - "
         "(a^2 + (b+1)^2 - 2 (b + 1 + ab sin t)) / (AB) atan(AD/B)",
         "1", SOURCE, RANGE, "pf-yb-fh", INPUTS, "倾斜圆柱火焰的视角系数（水平目标）"},
    [DAVY_VIEW_MAX] = {"cylinder-view-max",
                       "View factor of a leaning cylinder, target turned to where it gets most",
                       "Fmax = sqrt(Fv^2 + Fh^2)", "1", SOURCE, RANGE, "", INPUTS,
                       "倾斜圆柱火焰的视角系数（目标取最大方向）"},
};

/* Terms that the two closed forms share, in the letters of the source. */
typedef struct terms {
    double a, b, sine, cosine, d, ab, atan_ab, arcs;
} terms;

static double square(double x)
{
    return x * x;
}

/* The distance from the target to the flame's upper rim, where the base's rim is so far off. */
static double rim(double a, double off, double sine)
{
    return sqrt(square(a) + square(off) - 2 * a * off * sine);
}

static terms find_terms(const davy_flame_shape *flame, double distance)
{
    const double a = flame->length / flame->radius, b = distance / flame->radius;
    const double sine = sin(flame->tilt), cosine = cos(flame->tilt);
    const double far = rim(a, b + 1, sine), near = rim(a, b - 1, sine);
    const double c = sqrt(1 + (square(b) - 1) * square(cosine)), f = sqrt(square(b) - 1);
    const double d = sqrt((b - 1) / (b + 1));

    return (terms){.a = a,
                   .b = b,
                   .sine = sine,
                   .cosine = cosine,
                   .d = d,
                   .ab = far * near,
                   .atan_ab = atan(far * d / near),
                   .arcs = (atan2(a * b - square(f) * sine, f * c) + atan(f * sine / c)) / c};
}

static double view_vertical(const terms *of)
{
    const double e = of->a * of->cosine / (of->b - of->a * of->sine);
    const double upper = square(of->a) + square(of->b + 1) - 2 * of->b * (1 + of->a * of->sine);

    return (e * (upper / of->ab * of->atan_ab - atan(of->d)) + of->cosine * of->arcs) / M_PI;
}

static double view_horizontal(const terms *of)
{
    const double upper =
        square(of->a) + square(of->b + 1) - 2 * (of->b + 1 + of->a * of->b * of->sine);

    return (atan2(1, of->d) + of->sine * of->arcs - upper / of->ab * of->atan_ab) / M_PI;
}

double davy_flame_view(const davy_flame_shape *flame, double distance, davy_view view)
{
    const terms of = find_terms(flame, distance);

    if (view == DAVY_VIEW_VERTICAL)
        return view_vertical(&of);
    if (view == DAVY_VIEW_HORIZONTAL)
        return view_horizontal(&of);
    return hypot(view_vertical(&of), view_horizontal(&of));
}

double davy_flame_reach(const davy_flame_shape *flame)
{
    return flame->radius + fmax(0, flame->length * sin(flame->tilt));
}

davy_answer davy_flame_view_factor(const davy_flame_shape *flame, double distance, davy_view view)
{
    const double radius = flame->radius;
    davy_answer answer;

    if (!davy_answer_begin(&answer, &formulas[view],
                           (const double[]){flame->length / radius, distance / radius, flame->tilt,
                                            (distance - davy_flame_reach(flame)) / radius}))
        return answer;
    return davy_answer_give(answer, davy_flame_view(flame, distance, view));
}
