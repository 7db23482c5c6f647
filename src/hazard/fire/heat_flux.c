/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/fire/heat_flux.h"

#include <float.h>
#include <math.h>

#define SHARE      \
    {              \
        DBL_MIN, 1 \
    }
#define TRANSMISSIVITY                      \
    {                                       \
        "transmissivity", "1", SHARE, SHARE \
    }
#define EMISSION                                              \
    {                                                         \
        "surface emission", "W/m2", {2e4, 4e5}, DAVY_POSITIVE \
    }

static const davy_formula bagster = {
    "bagster-transmissivity",
    "Share of heat that passes moist air",
    "tau = 2.02 (pw x)^-0.09",
    "1",
    "Bagster 1989, in TNO Yellow Book CPR 14E (2005), equation 6.29, as transcribed in "
    "Petrolord/petrolord-suite",
    "the source advises against it outside; carbon dioxide is not in it",
    "",
    {{"vapour pressure", "Pa", {0, 1e5}, DAVY_NOT_NEGATIVE},
     {"path", "m", DAVY_NOT_NEGATIVE, DAVY_NOT_NEGATIVE},
     {"vapour on the path", "Pa.m", {1e4, 1e5}, DAVY_POSITIVE}},
    "湿空气的大气透射率",
};

static const davy_formula solid_flame = {
    "solid-flame",
    "Heat that arrives from a flame with a surface",
    "q = SEP F tau",
    "W/m2",
    "TNO Yellow Book CPR 14E (2005), equation 6.4, as transcribed in Petrolord/petrolord-suite; "
    "the same for fireballs in scribd.com document 529343808",
    "",
    "pf-yb-flux,bleve-scribd-q",
    {EMISSION, {"view factor", "1", {0, 1}, {0, 1}}, TRANSMISSIVITY},
    "火焰的热辐射通量（固体火焰模型）",
};

static const davy_formula point = {
    "point-source",
    "Heat that arrives from a fire seen as a point",
    "q = tau R m Hc / (4 pi x^2)",
    "W/m2",
    "a radiated power spread over a sphere; R of 0.1 to 0.4 as in the Yellow Book",
    "too low near the flame: stay some lengths of it away",
    "",
    {{"radiated fraction", "1", {0.1, 0.4}, {0, 1}},
     {"burning rate", "kg/s", DAVY_POSITIVE, DAVY_NOT_NEGATIVE},
     {"heat of combustion", "J/kg", {1e6, 1.5e8}, DAVY_POSITIVE},
     TRANSMISSIVITY,
     {"distance", "m", DAVY_POSITIVE, DAVY_POSITIVE}},
    "火焰的热辐射通量（点源模型）",
};

/* The input of the next formula that says whether the flux is met beside the flame. */
#define REACH_SHARE 6

static const davy_formula reach = {
    "solid-flame-distance",
    "Distance to a heat flux of a flame with a surface",
    "q(x) = SEP Fmax(x) tau, solved for x",
    "m",
    "the inverse of solid-flame with cylinder-view-max",
    "one transmissivity for all distances",
    "",
    {{"heat flux", "W/m2", {100, 4e5}, DAVY_POSITIVE},
     EMISSION,
     TRANSMISSIVITY,
     {"radius", "m", DAVY_POSITIVE, DAVY_POSITIVE},
     {"length", "m", DAVY_POSITIVE, DAVY_POSITIVE},
     {"tilt", "rad", {-1.55, 1.55}, {-1.55, 1.55}},
     [REACH_SHARE] = {"flux over that at the edge of the flame", "1", {0, 1}, DAVY_NOT_NEGATIVE}},
    "固体火焰模型达到某热辐射通量的距离",
};

davy_answer davy_heat_transmissivity(double vapour, double path)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &bagster, (const double[]){vapour, path, vapour * path}))
        return answer;
    /* in dry air or near by the fit would say that heat is gained */
    return davy_answer_give(answer, fmin(1, 2.02 * pow(vapour * path, -0.09)));
}

davy_answer davy_heat_flux(double emission, double view, double transmissivity)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &solid_flame, (const double[]){emission, view, transmissivity}))
        return answer;
    return davy_answer_give(answer, emission * view * transmissivity);
}

davy_answer davy_heat_flux_point(double fraction, double rate, double combustion,
                                 double transmissivity, double distance)
{
    davy_answer answer;

    if (!davy_answer_begin(&answer, &point,
                           (const double[]){fraction, rate, combustion, transmissivity, distance}))
        return answer;
    return davy_answer_give(answer, transmissivity * fraction * rate * combustion /
                                        (4 * M_PI * distance * distance));
}

/* Where the view factor, which falls with distance behind the flame's reach, is so large. */
static double distance_to_view(const davy_flame_shape *flame, double view)
{
    double near = davy_flame_reach(flame), far = 2 * near;

    while (davy_flame_view(flame, far, DAVY_VIEW_MAX) > view && isfinite(far)) {
        near = far;
        far *= 2;
    }
    while (far - near > 1e-12 * far) {
        const double middle = (near + far) / 2;

        if (davy_flame_view(flame, middle, DAVY_VIEW_MAX) > view)
            near = middle;
        else
            far = middle;
    }
    return far;
}

/* More than the surface emits; an input that is out of its range has the first word. */
static davy_answer met_nowhere(davy_answer answer, double emitted)
{
    if (answer.what != reach.inputs[REACH_SHARE].name)
        return davy_answer_give(answer, NAN);
    answer = (davy_answer){DAVY_ANSWER_VALUE, NAN, NAN, answer.unit, &reach, .given = NAN};
    return davy_answer_give_not_reached(answer, emitted);
}

davy_answer davy_heat_flux_distance(double flux, const davy_flame_shape *flame, double emission,
                                    double transmissivity)
{
    const double edge = davy_flame_reach(flame), emitted = emission * transmissivity;
    const double edge_flux = emitted * davy_flame_view(flame, edge, DAVY_VIEW_MAX);
    davy_answer answer;
    double distance;

    if (!davy_answer_begin(&answer, &reach,
                           (const double[]){flux, emission, transmissivity, flame->radius,
                                            flame->length, flame->tilt, flux / edge_flux}))
        return answer;
    if (flux > emitted)
        return met_nowhere(answer, emitted);
    if (flux > edge_flux)
        return davy_answer_give(answer, edge);
    distance = distance_to_view(flame, flux / emitted);
    if (!davy_answer_follows(&answer, davy_flame_view_factor(flame, distance, DAVY_VIEW_MAX)))
        return answer;
    return davy_answer_give(answer, distance);
}
