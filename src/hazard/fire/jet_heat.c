/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/fire/jet_heat.h"

#include <float.h>
#include <math.h>

/* Pieces of the surface along the axis and around it, and of the radius of an end. */
enum { ALONG = 64, AROUND = 64, ACROSS = 24 };

/* Places looked at for a flux, from under the hole to where it is too little, and between the two
 * beside the one that gets most: it rises to one greatest value and falls. */
enum { PLACES = 40, BETWEEN = 10 };

#define SURFACE "integral of cos cos / (pi r^2) over the frustum, by pieces"
#define SHAPE_INPUTS                                           \
    {"length", "m", DAVY_POSITIVE, DAVY_POSITIVE},             \
    {                                                          \
        "height of the hole", "m", {0, 300}, DAVY_NOT_NEGATIVE \
    }
#define EMISSION                                              \
    {                                                         \
        "surface emission", "W/m2", {2e4, 4e5}, DAVY_POSITIVE \
    }
#define TRANSMISSIVITY                       \
    {                                        \
        "transmissivity", "1", {DBL_MIN, 1}, \
        {                                    \
            DBL_MIN, 1                       \
        }                                    \
    }

static const davy_formula view_formula = {
    "jet-view",
    "View factor of the frustum of a jet flame, target turned to where it gets most",
    "F = |integral of e max(0, cos) / (pi r^2) dA|",
    "1",
    SURFACE "; held against the closed form of a leaning cylinder",
    "nothing stands between; none inside the flame",
    "",
    {SHAPE_INPUTS,
     {"room between flame and target over the radius of the tip",
      "1",
      {0.2, INFINITY},
      DAVY_POSITIVE}},
    "喷射火圆台的视角系数（目标取最大方向）",
};

static const davy_formula heat_formula = {
    "jet-heat",
    "Heat that arrives from a jet flame",
    "q = SEP F tau",
    "W/m2",
    "solid-flame with jet-view",
    "",
    "",
    {EMISSION, TRANSMISSIVITY, {"view factor", "1", {0, 1}, {0, 1}}},
    "喷射火的热辐射通量",
};

static const davy_formula distance_formula = {
    "jet-heat-distance",
    "Farthest distance to a heat flux of a jet flame",
    "q(x) = SEP F(x) tau, solved for the greatest x",
    "m",
    "the inverse of jet-heat on the ground, with the wind",
    "one transmissivity for all distances",
    "",
    {{"heat flux", "W/m2", {100, 4e5}, DAVY_POSITIVE}, SHAPE_INPUTS, EMISSION, TRANSMISSIVITY},
    "喷射火达到某热辐射通量的最远距离",
};

typedef struct vector {
    double x, y, z;
} vector;

static double dot(vector a, vector b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

static vector plus(vector a, double factor, vector b)
{
    return (vector){a.x + factor * b.x, a.y + factor * b.y, a.z + factor * b.z};
}

/* The frustum where it stands: the middle of its base, its axis, and all around the axis. */
typedef struct stand {
    vector base, axis;
    vector out[AROUND]; /* of length 1 */
    double slope;       /* of the radius along the axis */
} stand;

static stand stand_of(const davy_jet_flame *flame, double height)
{
    const double s = sin(flame->tilt), c = cos(flame->tilt);

    stand of = {.base = {0, 0, height + flame->lift_off},
                .axis = {s, 0, c},
                .slope = (flame->tip - flame->base) / (2 * flame->frustum)};

    for (int j = 0; j < AROUND; j++) {
        const double angle = (j + 0.5) * 2 * M_PI / AROUND;
        const double across = cos(angle), aside = sin(angle);

        of.out[j] = (vector){c * across, aside, -s * across};
    }
    return of;
}

/* A piece of the surface adds what the target gets of it, with the direction. */
static void add_piece(vector *sum, vector target, vector at, vector normal, double area)
{
    const vector way = plus(at, -1, target);
    const double square = dot(way, way), leaving = -dot(normal, way) / sqrt(square);

    if (leaving > 0 && at.z >= 0)
        *sum = plus(*sum, leaving * area / (M_PI * square * sqrt(square)), way);
}

static void add_mantle(vector *sum, const davy_jet_flame *flame, const stand *of, vector target,
                       int around)
{
    const double step = flame->frustum / ALONG, turn = 2 * M_PI / AROUND;
    const double slant = sqrt(1 + of->slope * of->slope);

    for (int i = 0; i < ALONG; i++) {
        const double along = (i + 0.5) * step, radius = flame->base / 2 + of->slope * along;
        const vector middle = plus(of->base, along, of->axis);

        for (int j = 0; j < around; j++) {
            const vector normal = plus(of->out[j], -of->slope, of->axis);

            add_piece(sum, target, plus(middle, radius, of->out[j]),
                      plus((vector){0}, 1 / slant, normal), radius * turn * step * slant);
        }
    }
}

/* @param along  where the end is on the axis @param outward  -1 the base, 1 the tip */
static void add_end(vector *sum, const stand *of, double along, double diameter, double outward,
                    vector target, int around)
{
    const double step = diameter / 2 / ACROSS, turn = 2 * M_PI / AROUND;
    const vector middle = plus(of->base, along, of->axis);
    const vector normal = plus((vector){0}, outward, of->axis);

    for (int i = 0; i < ACROSS; i++)
        for (int j = 0; j < around; j++) {
            const double radius = (i + 0.5) * step;

            add_piece(sum, target, plus(middle, radius, of->out[j]), normal, radius * turn * step);
        }
}

static double view(const davy_jet_flame *flame, const stand *of, davy_place at)
{
    const vector target = {at.x, at.y, at.z};
    /* in the plane of the flame both halves of it look the same */
    const bool halves = at.y == 0;
    const int around = halves ? AROUND / 2 : AROUND;
    vector sum = {0};

    add_mantle(&sum, flame, of, target, around);
    add_end(&sum, of, 0, flame->base, -1, target, around);
    add_end(&sum, of, flame->frustum, flame->tip, 1, target, around);
    if (halves)
        sum = (vector){2 * sum.x, 0, 2 * sum.z};
    return fmin(1, sqrt(dot(sum, sum)));
}

/* m between a place and the flame: to the mantle or the edge of an end; not above 0 inside. */
static double room(const davy_jet_flame *flame, const stand *of, davy_place at)
{
    const vector way = plus((vector){at.x, at.y, at.z}, -1, of->base);
    const double along = dot(way, of->axis), off = sqrt(fmax(0, dot(way, way) - along * along));
    const double nearest = fmin(fmax(along, 0), flame->frustum);
    const double beside = off - (flame->base / 2 + of->slope * nearest);

    return along == nearest ? beside : hypot(fmax(0, beside), along - nearest);
}

davy_answer davy_jet_view(const davy_jet_flame *flame, double height, davy_place at)
{
    const stand of = stand_of(flame, height);
    davy_answer answer;

    if (!davy_answer_begin(
            &answer, &view_formula,
            (const double[]){flame->length, height, room(flame, &of, at) / (flame->tip / 2)}))
        return answer;
    return davy_answer_give(answer, view(flame, &of, at));
}

davy_answer davy_jet_heat(const davy_jet_flame *flame, double height, double emission,
                          double transmissivity, davy_place at)
{
    const davy_answer seen = davy_jet_view(flame, height, at);
    davy_answer answer;

    if (!davy_answer_begin(
            &answer, &heat_formula,
            (const double[]){emission, transmissivity, isnan(seen.value) ? 0 : seen.value}) ||
        !davy_answer_follows(&answer, seen))
        return answer;
    return davy_answer_give(answer, emission * seen.value * transmissivity);
}

/* W/m2 on the ground, from a flame of an emission; inside the flame as much as there can be. */
typedef struct torch {
    const davy_jet_flame *flame;
    double height, emission, transmissivity;
} torch;

static double heat_on_ground(const torch *of, double distance)
{
    const davy_answer heat = davy_jet_heat(of->flame, of->height, of->emission, of->transmissivity,
                                           (davy_place){distance, 0, 0});

    return isnan(heat.value) ? of->emission * of->transmissivity : heat.value;
}

/* Where the heat falls through a flux between two distances. */
static double halve(const torch *of, double flux, double near, double far)
{
    while (far - near > 1e-9 * far) {
        const double middle = (near + far) / 2;

        if (heat_on_ground(of, middle) >= flux)
            near = middle;
        else
            far = middle;
    }
    return far;
}

/* The farthest distance with at least so much, looked for from the far end of a row; NaN: none.
 * @param peak  the most of all so far, and where that is */
static double search(const torch *of, double flux, double from, double step, int places,
                     double *peak, double *at)
{
    for (int i = places; i >= 0; i--) {
        const double here = heat_on_ground(of, from + step * i);

        if (here >= flux)
            return halve(of, flux, from + step * i, from + step * (i + 1));
        if (here > *peak) {
            *peak = here;
            *at = from + step * i;
        }
    }
    return NAN;
}

davy_answer davy_jet_heat_distance(double flux, const davy_jet_flame *flame, double height,
                                   double emission, double transmissivity)
{
    const torch of = {flame, height, emission, transmissivity};
    double far = 2 * (flame->length + height), peak = 0, at = 0, step, distance;
    davy_answer answer;

    if (!davy_answer_begin(&answer, &distance_formula,
                           (const double[]){flux, flame->length, height, emission, transmissivity}))
        return answer;
    while (heat_on_ground(&of, far) >= flux && isfinite(far))
        far *= 2;
    step = far / PLACES;
    distance = search(&of, flux, 0, step, PLACES - 1, &peak, &at);
    if (isnan(distance)) /* the greatest value lies beside the place that gets most */
        distance = search(&of, flux, fmax(0, at - step), step / BETWEEN, 2 * BETWEEN, &peak, &at);
    return isnan(distance) ? davy_answer_give_not_reached(answer, peak)
                           : davy_answer_give(answer, distance);
}
