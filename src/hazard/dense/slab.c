/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/dense/slab.h"

#include "hazard/constants.h"
#include "hazard/dense/slab_wind.h"

#include <float.h>
#include <math.h>

#define KARMAN DAVY_SLAB_KARMAN

/* Constants of the source. */
static const double air_mass = 0.02896;         /* kg/mol */
static const double air_capacity = 1005.87;     /* J/(kg K) */
static const double entrainment = 1.5;          /* of air, times Karman's constant */
static const double shear = 0.02;               /* of turbulence that the cloud makes, squared */
static const double damping = 0.025;            /* of it by the weight of the cloud */
static const double convection = 0.14;          /* over warm ground */
static const double push = 0.25, spread = 0.75; /* of the weight, along and across the wind */
static const double fading = 0.0004;            /* 1/m, of the growth of a passive width */
static const double long_average = 900;         /* s, for which the passive width holds */
static const double short_average = 10;         /* s, of a slice that does not meander */

/* Shares of a distance in a step: with half of it no case changes by 0.2 %. */
static const double stride = 0.004, first_stride = 0.01; /* m */
static const double furthest = 5000;                     /* m */

#define ERMAK                                                                              \
    "D. L. Ermak, User's Manual for SLAB, UCRL-MA-105607 (1990), by the equations of the " \
    "port in aefarrell/GasDispersion.jl; held against its stored output of SLAB itself"
#define RANGE                                                                                  \
    "flat open ground, a gas without drops in dry air, a jet along the ground with the wind; " \
    "steady: until the release ends and where its front has passed"
#define INPUTS                                                                  \
    {"rate", "kg/s", {0.01, 1e4}, DAVY_POSITIVE},                               \
        {"area of the jet", "m2", {1e-4, 1e3}, DAVY_POSITIVE},                  \
        {"temperature of the gas", "K", {80, 500}, DAVY_POSITIVE},              \
        {"molar mass", "kg/mol", {0.002, 0.3}, DAVY_POSITIVE},                  \
        {"heat capacity", "J/(kg.K)", {200, 15000}, DAVY_POSITIVE},             \
        {"wind", "m/s", {1, 30}, DAVY_POSITIVE},                                \
        {"height of the wind", "m", {2, 30}, DAVY_POSITIVE},                    \
        {"roughness", "m", {1e-4, 1}, DAVY_POSITIVE},                           \
        {"ambient temperature", "K", {230, 330}, DAVY_POSITIVE},                \
        {"averaging time", "s", {10, 3600}, DAVY_POSITIVE},                     \
    {                                                                           \
        "density of the gas over that of the air", "1", {1, 100}, DAVY_POSITIVE \
    }
#define VALUES_OF(of)                                                                        \
    (of)->rate, (of)->area, (of)->temperature, (of)->molar_mass, (of)->capacity, (of)->wind, \
        (of)->height, (of)->roughness, (of)->air_temperature, (of)->averaging,               \
        (of)->molar_mass / air_mass *(of)->air_temperature / (of)->temperature

static const davy_formula slice_formula = {
    "slab",
    "Concentration of a jet of heavy gas on the ground, in the manner of SLAB",
    "d/dx of mass, gas, heat and momentum of a slice = what comes in at its top and sides",
    "1",
    ERMAK,
    RANGE,
    "slab-burro-62,slab-burro-121",
    {INPUTS, {"distance", "m", {0, 5000}, DAVY_NOT_NEGATIVE}},
    "贴地重气射流的浓度（仿 SLAB）",
};

static const davy_formula reach_formula = {
    "slab-reach",
    "Distance to a concentration of a jet of heavy gas, in the manner of SLAB",
    "C(x) = level, solved for x",
    "m",
    ERMAK,
    RANGE,
    "",
    {INPUTS, {"level", "1", {1e-5, 1}, {DBL_MIN, 1}}},
    "贴地重气射流达到某浓度的距离（仿 SLAB）",
};

/* What does not change along the cloud. */
typedef struct setting {
    const davy_slab *of;
    davy_slab_wind wind;
    double air_density;
    double jet_velocity;
    double growth; /* of the passive width, by x */
} setting;

/* A slice on its way. Fluxes are those of half of it: from the axis to one edge. */
typedef struct march {
    double x;
    double mass, heat, push, across;              /* what is kept: kg/s, W, N, N */
    double width, core;                           /* m, from the axis */
    double share, capacity, temperature, density; /* follow from the mass and the heat */
    double velocity, height, air;                 /* and from the momentum; air: its mean wind */
} march;

static double air_density(double temperature)
{
    return DAVY_ATMOSPHERE * air_mass / (DAVY_GAS_CONSTANT * temperature);
}

static double share_of(const setting *set, double mass)
{
    return fmin(1, set->of->rate / 2 / mass);
}

/* Share, temperature and density of a slice, without drops. */
static void mix(const setting *set, march *at)
{
    const davy_slab *of = set->of;
    double lightness;

    at->share = share_of(set, at->mass);
    at->capacity = (1 - at->share) * air_capacity + at->share * of->capacity;
    at->temperature = (at->heat / at->mass + (1 - at->share) * air_capacity * of->air_temperature +
                       at->share * of->capacity * of->temperature) /
                      at->capacity;
    lightness = (1 - at->share) + at->share * air_mass / of->molar_mass;
    at->density = set->air_density * of->air_temperature / (lightness * at->temperature);
}

static bool is_heavy(const setting *set, const march *at)
{
    return at->density > set->air_density;
}

/* The greatest root of u^3 - drive u^2 + weight = 0; without one, where it comes nearest. */
static double velocity_of(double drive, double weight, double before)
{
    const double turn = 2.0 / 27 * drive * drive * drive;

    if (weight <= 0)
        return drive;
    if (weight > 2 * turn)
        return fmin(2.0 / 3 * drive, before);
    return drive / 3 * (1 + 2 * cos(acos(1 - weight / turn) / 3));
}

/* Velocity, height and mean wind of a slice, which hang on each other. */
static void settle(const setting *set, march *at)
{
    for (int i = 0; i < 40; i++) {
        const double drive = (at->push + at->mass * (1 - at->share) * at->air) / at->mass;
        const double weight = push * DAVY_GRAVITY * (at->density - set->air_density) * at->mass /
                              (2 * at->width * at->density * at->density);
        const double root = velocity_of(drive, weight, at->velocity);
        const double next = cbrt(at->velocity * root * root);
        const double change = fabs(next / at->velocity - 1);

        at->velocity = next;
        at->height = at->mass / (at->density * at->velocity * at->width);
        at->air = davy_slab_wind_mean(&set->wind, at->height);
        if (change < 1e-7)
            break;
    }
    if (at->height > 2 * at->width) { /* no slice is higher than wide */
        const double wider = sqrt(at->mass / (2 * at->density * at->velocity));

        at->core *= wider / at->width;
        at->width = wider;
        at->height = 2 * wider;
    }
}

/* Air that comes in at the top and at the sides, m/s, and the friction and heat of the ground. */
typedef struct exchange {
    double top, side;
    double drag, drag_across, heat; /* N/m, N/m, W/m; of half of the slice */
    double sideways;                /* m/s, of the slice under its weight */
} exchange;

static double vertical_entrainment(const setting *set, const march *at, double turbulence)
{
    const davy_slab_wind *wind = &set->wind;
    const double heavy = fmax(0, damping * DAVY_GRAVITY * (1 - set->air_density / at->density));
    const double ambient = wind->ground / (1 + at->height / wind->scale);
    const double length =
        at->height * (ambient * wind->friction * wind->friction + heavy) / turbulence;
    const double calm = length < 0 ? 1 / sqrt(1 - 16 * length) : 1 + 5 * length;

    return davy_slab_wind_at(wind, 4) / davy_slab_wind_at(wind, at->height) * entrainment * KARMAN *
           sqrt(turbulence) * (1 - at->height / wind->top) / calm;
}

static exchange exchange_of(const setting *set, const march *at)
{
    const double ta = set->of->air_temperature, ratio = set->air_density / at->density;
    const double rub = set->wind.friction / at->air;
    const double slip = (at->air - at->velocity) * ratio;
    exchange ex = {.sideways = is_heavy(set, at) ? at->across / at->mass : 0};
    const double side = ex.sideways / 2;
    const double ground = rub * rub * (at->velocity * at->velocity + side * side);
    const double warming = rub * sqrt(ground);
    const double own = shear * (slip * slip + side * side * ratio * ratio);
    double turbulence = ground + own;
    double passive;

    if (ta > at->temperature)
        turbulence += pow(convection * DAVY_GRAVITY * (ta - at->temperature) * warming *
                              at->height / ((ta + at->temperature) / 2),
                          2.0 / 3);
    ex.top = vertical_entrainment(set, at, turbulence);
    passive = set->growth * at->air / (1 + fading / (2 * set->growth) * at->width / sqrt(3));
    ex.side = hypot(passive, sqrt(shear) * entrainment * KARMAN * slip);
    ex.drag = fabs(at->density * (at->width * (rub * rub * at->velocity * at->velocity -
                                               set->wind.friction * set->wind.friction) -
                                  (at->width + at->height) * shear * fabs(slip) * slip));
    ex.drag_across = at->density * at->width * side * side * (rub * rub + shear * ratio * ratio);
    ex.heat = at->density * at->width * warming * at->capacity * fabs(ta - at->temperature);
    return ex;
}

/* One step downwind. */
static void step(const setting *set, march *at, double length)
{
    const exchange ex = exchange_of(set, at);
    const double ratio = set->air_density / at->density, before = at->density;
    const double velocity = at->velocity, slender = at->height / (at->height + 2 * at->width);
    const bool ahead = at->velocity > at->air;
    const double grown = sqrt(3) * set->air_density * (ex.side * at->height + ex.top * at->width);
    double stretch;

    at->x += length;
    at->width += length * (sqrt(3) * ratio * ex.side + ex.sideways) / velocity;
    at->core += length * ex.sideways * at->core / (velocity * at->width);
    if (is_heavy(set, at))
        at->across = fmax(
            0, at->across + length * (spread * DAVY_GRAVITY * (at->density - set->air_density) *
                                          at->height * at->height -
                                      ex.drag_across));
    at->mass += length * grown;
    at->heat += copysign(length * ex.heat, set->of->air_temperature - at->temperature);
    at->push -= copysign(length * ex.drag, velocity - at->air);
    mix(set, at);
    settle(set, at);
    /* a slice that slows down or warms up swells, upwards and to its sides */
    stretch = pow(before / at->density * (ahead ? velocity / at->velocity : 1), slender);
    at->width *= stretch;
    at->core *= stretch;
    settle(set, at);
}

static setting setting_of(const davy_slab *of)
{
    setting set = {.of = of, .air_density = air_density(of->air_temperature)};
    double roughness;

    set.wind = davy_slab_wind_of(of->stability, of->wind, of->height, of->roughness);
    roughness = sqrt(set.wind.friction / davy_slab_wind_at(&set.wind, 2) / 0.086);
    set.growth = 0.08 * pow(short_average / long_average, 0.2);
    set.growth *= set.wind.inverse < 0 ? 1 - 10 * roughness * set.wind.inverse
                                       : 1 / (1 + 10 * roughness * set.wind.inverse);
    return set;
}

/* The jet where it has spread to the pressure of the air: half as high as wide, on the ground. */
static march source_of(setting *set)
{
    const davy_slab *of = set->of;
    march at = {.width = sqrt(of->area / 2), .mass = of->rate / 2};

    at.core = 0.9 * at.width;
    mix(set, &at);
    at.velocity = set->jet_velocity = of->rate / (at.density * of->area);
    at.height = at.width;
    at.air = davy_slab_wind_mean(&set->wind, at.height);
    at.push = at.mass * at.velocity + push / 2 * DAVY_GRAVITY *
                                          fmax(0, at.density - set->air_density) * at.width *
                                          at.height * at.height;
    return at;
}

/* How much of the jet's own turbulence is over: the passive meandering comes in with it. */
static double calmed(const setting *set, const march *at)
{
    const double jet =
        air_density(set->of->temperature) * set->of->molar_mass / air_mass * set->jet_velocity;
    const double r = cbrt(set->air_density * at->air * (1 - at->share) / (jet * at->share));
    const double a = log((1 - r + r * r) / ((1 + r) * (1 + r)));
    const double b = atan((2 * r - 1) / sqrt(3)) + atan(1 / sqrt(3));

    return r < 0.1 ? 0 : 1 - 2 / (3 * r * r * r) * (a / 2 + sqrt(3) * b);
}

static davy_slab_slice slice_of(const setting *set, const march *at)
{
    const double time = set->of->averaging;
    const double meander =
        pow((time + short_average * exp(-time / short_average)) / short_average, 0.4) - 1;
    const double passive =
        2 * set->growth / fading * (sqrt(1 + fading * at->x) - 1) * calmed(set, at);
    davy_slab_slice slice = {.distance = at->x,
                             .share = at->share,
                             .temperature = at->temperature,
                             .density = at->density,
                             .velocity = at->velocity,
                             .height = at->height,
                             .core = at->core};

    slice.fraction =
        air_mass * at->share / (set->of->molar_mass + (air_mass - set->of->molar_mass) * at->share);
    slice.edge =
        sqrt((at->width * at->width - at->core * at->core) / 3 + meander * passive * passive);
    slice.half_width = sqrt(at->core * at->core + 3 * slice.edge * slice.edge);
    return slice;
}

/* Part of the volume in a slice: soft edges across, half of a bell upwards. */
double davy_slab_slice_fraction(const davy_slab_slice *of, double y, double z)
{
    const double soft = sqrt(2) * of->edge, up = of->height / sqrt(3);

    return fmin(1, of->fraction * of->half_width / of->core * sqrt(3 / (2 * M_PI)) *
                       (erf((y + of->core) / soft) - erf((y - of->core) / soft)) *
                       exp(-z * z / (2 * up * up)));
}

/* Go on to a distance, or to where the axis has less than a level at the ground. */
static march go_on(const setting *set, march at, double distance, double level)
{
    while (at.x < distance) {
        const march before = at;
        davy_slab_slice slice;

        step(set, &at, fmin(first_stride + stride * at.x, distance - at.x));
        slice = slice_of(set, &at);
        if (!(davy_slab_slice_fraction(&slice, 0, 0) >= level))
            return before;
    }
    return at;
}

davy_answer davy_slab_slice_at(const davy_slab *release, double distance, davy_slab_slice *slice)
{
    davy_answer answer;
    setting set;
    march at;

    if (!davy_answer_begin(&answer, &slice_formula, (const double[]){VALUES_OF(release), distance}))
        return answer;
    if (release->stability >= DAVY_STABILITIES)
        return davy_answer_missing(answer, "stability");
    if (distance > furthest)
        return davy_answer_give(answer, NAN);
    set = setting_of(release);
    at = go_on(&set, source_of(&set), distance, 0);
    *slice = slice_of(&set, &at);
    return davy_answer_give(answer, davy_slab_slice_fraction(slice, 0, 0));
}

davy_answer davy_slab_concentration(const davy_slab *release, davy_place at)
{
    davy_slab_slice slice;
    davy_answer answer = davy_slab_slice_at(release, fmax(0, at.x), &slice);

    if (isnan(answer.value))
        return answer;
    answer.value = at.x < 0 ? 0 : davy_slab_slice_fraction(&slice, at.y, at.z);
    return answer;
}

davy_answer davy_slab_reach(const davy_slab *release, double level)
{
    davy_answer answer;
    setting set;
    march at;

    if (!davy_answer_begin(&answer, &reach_formula, (const double[]){VALUES_OF(release), level}))
        return answer;
    if (release->stability >= DAVY_STABILITIES)
        return davy_answer_missing(answer, "stability");
    set = setting_of(release);
    at = go_on(&set, source_of(&set), furthest, level);
    return davy_answer_give(answer, at.x < furthest ? at.x : NAN);
}
