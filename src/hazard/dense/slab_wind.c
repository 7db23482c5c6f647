/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/dense/slab_wind.h"

#include <math.h>

/* Inverse length at 1 m for whole classes from neutral: al1 for one, al2 for two, al3 for three. */
static double inverse_length(double steps, double roughness)
{
    const double one = 0.0081 * pow(roughness, -0.3044);
    const double two = roughness > 0.0111 ? 0.0385 * pow(roughness, -0.1715)
                                          : one + 0.0137 * pow(roughness, -0.1715) + 0.0218;
    const double three = roughness > 0.0111 ? 0.0875 * pow(roughness, -0.1028) : two + 0.0557;

    if (steps == 0)
        return 0;
    return steps == 1 ? one : steps == 2 ? two : three;
}

davy_slab_wind davy_slab_wind_of(davy_stability stability, double wind, double height,
                                 double roughness)
{
    const double steps = (double) stability - DAVY_STABILITY_D; /* below 0: unstable */
    davy_slab_wind of = {
        .roughness = roughness,
        .top = 130 * exp2(3 - steps),
        .inverse = copysign(inverse_length(fabs(steps), roughness), steps),
        .scale = steps < 0 ? exp(-0.8 * steps) : 1 + 0.8 * steps,
        .friction = DAVY_SLAB_KARMAN,
    };

    of.ground = of.inverse * (1 + fmax(height, 3) / of.scale);
    of.friction = DAVY_SLAB_KARMAN * wind / davy_slab_wind_at(&of, height);
    return of;
}

/* Constants of phi in unstable air: phi = floor + (1 - floor) / sqrt(1 + bend z). */
static double floor_of(const davy_slab_wind *of)
{
    return pow(1 - 16 * of->scale * of->ground, -0.25);
}

static double bend_of(const davy_slab_wind *of)
{
    return -8 * of->ground / (1 - floor_of(of));
}

static double phi(const davy_slab_wind *of, double z)
{
    if (of->ground < 0)
        return floor_of(of) + (1 - floor_of(of)) / sqrt(1 + bend_of(of) * z);
    return 1 + 5 * of->ground * z / (1 + z / of->scale);
}

/* Integral of phi (1 - z/H) / z from the roughness. */
static double profile(const davy_slab_wind *of, double z)
{
    const double z0 = of->roughness, scale = of->scale, log_part = log(z / z0);

    if (of->ground < 0) {
        const double floor = floor_of(of), bend = bend_of(of);
        const double s = sqrt(1 + bend * z), s0 = sqrt(1 + bend * z0);

        return log_part - floor * (z - z0) / of->top -
               2 * (1 - floor) * (log((1 + s) / (1 + s0)) + (s - s0) / (bend * of->top));
    }
    return log_part - (z - z0) / of->top +
           5 * of->ground * scale *
               ((1 + scale / of->top) * log((z + scale) / (z0 + scale)) - (z - z0) / of->top);
}

double davy_slab_wind_at(const davy_slab_wind *of, double height)
{
    const double joint = exp(1) * of->roughness;
    double value, slope;

    if (height >= joint)
        return of->friction / DAVY_SLAB_KARMAN * profile(of, height);
    value = profile(of, joint);
    slope = phi(of, joint) * (1 - joint / of->top) / joint;
    return of->friction / DAVY_SLAB_KARMAN *
           ((2 * value - joint * slope) * height / joint +
            (joint * slope - value) * height * height / (joint * joint));
}

double davy_slab_wind_mean(const davy_slab_wind *of, double height)
{
    /* places and weights of Gauss and Legendre on the half of [-1, 1], in four stretches */
    static const double places[] = {0.33998104358485626, 0.86113631159405258};
    static const double weights[] = {0.65214515486254614, 0.34785484513745386};
    const double half = height / 8;
    double sum = 0;

    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 2; j++) {
            const double middle = (2 * i + 1) * half;

            sum += weights[j] * (davy_slab_wind_at(of, middle - places[j] * half) +
                                 davy_slab_wind_at(of, middle + places[j] * half));
        }
    return fmin(sum / 8, davy_slab_wind_at(of, height));
}
