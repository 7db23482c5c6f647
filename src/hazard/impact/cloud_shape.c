/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/impact/cloud.h"

#include <math.h>

/* Where the clouds of cloud.c are, how wide, and for how long. */

davy_answer davy_cloud_gaussian(const davy_cloud_model *model, double x, double y)
{
    const davy_place at = {x, y, 0};

    if (model->kind == DAVY_CLOUD_PLUME)
        return davy_plume_concentration(&model->of.plume, at);
    if (model->kind == DAVY_CLOUD_PUFF)
        return davy_puff_concentration(&model->of.puff, at, x / model->of.puff.wind);
    return davy_finite_concentration(&model->of.finite, at,
                                     x / model->of.finite.wind + 0.5 * model->of.finite.duration);
}

/* A heavy puff when its front is at x: how far its middle is, and how wide it is. Britter and
 * McQuaid (1988) as worked in aefarrell/GasDispersion.jl, src/models/britter_mcquaid_puff.jl: the
 * middle moves with 0.4 u, R^2 = R0^2 + 1.2 t (g' V)^(1/2). */
static void place_puff(const davy_dense_puff *puff, double time, double *middle, double *radius)
{
    const double start = cbrt(3 * puff->volume / (4 * M_PI));

    *middle = 0.4 * puff->wind * time;
    *radius = sqrt(start * start + 1.2 * time * sqrt(puff->gravity * puff->volume));
}

/* s after the release when the front of a heavy puff is at a distance. */
static double time_of_front(const davy_dense_puff *puff, double distance)
{
    double early = 0, late = distance / (0.4 * puff->wind);

    for (int i = 0; i < 60; i++) {
        const double time = 0.5 * (early + late);
        double middle, radius;

        place_puff(puff, time, &middle, &radius);
        if (middle + radius < distance)
            early = time;
        else
            late = time;
    }
    return late;
}

/* The widest that any of the circles is at x, until the front is at `far`. */
static double swept(const davy_dense_puff *puff, double x, double far)
{
    enum { CIRCLES = 128 };
    const double end = time_of_front(puff, far);
    double widest = 0;

    for (int i = 0; i <= CIRCLES; i++) {
        double middle, radius;

        place_puff(puff, end * i / CIRCLES, &middle, &radius);
        if (fabs(x - middle) < radius)
            widest = fmax(widest, sqrt(radius * radius - (x - middle) * (x - middle)));
    }
    return widest;
}

/* Part of the volume in a heavy plume. Its slices have an edge, but by the time it is hardly heavy
 * any more the wind carries gas beyond it: there it falls off as in the passive cloud of Briggs. */
static double in_dense_plume(const davy_cloud *cloud, const davy_dense_plume *plume, double x,
                             double y)
{
    const double axis = davy_dense_plume_concentration(plume, fmax(x, 0)).value;
    double passive;

    if (x < -davy_dense_plume_upwind(plume).value)
        return 0;
    if (fabs(y) <= davy_dense_plume_width(plume, fmax(x, 0)).value)
        return axis;
    passive = x > 0 ? davy_sigma_y(cloud->spread, cloud->stability, x).value : 0;
    return passive > 0 ? axis * exp(-0.5 * y * y / (passive * passive)) : 0;
}

/* Where the above comes down to a level. */
static double dense_half_width(const davy_cloud *cloud, const davy_dense_plume *plume, double level,
                               double x)
{
    const double slice = davy_dense_plume_width(plume, fmax(x, 0)).value;
    const double over = davy_dense_plume_concentration(plume, fmax(x, 0)).value / level;

    if (!(x > 0) || !(over > 1))
        return slice;
    return fmax(slice,
                davy_sigma_y(cloud->spread, cloud->stability, x).value * sqrt(2 * log(over)));
}

/* The edge of a slice of SLAB, which is soft: by halving. */
static double slab_half_width(const davy_slab *slab, double level, double x)
{
    davy_slab_slice slice;
    double inside = 0, outside;

    if (!(x > 0) || !(davy_slab_slice_at(slab, x, &slice).value > level))
        return 0;
    outside = slice.core + 20 * slice.edge;
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (inside + outside);

        if (davy_slab_slice_fraction(&slice, middle, 0) > level)
            inside = middle;
        else
            outside = middle;
    }
    return outside;
}

static double fraction_of(const davy_cloud *cloud, const davy_cloud_model *model, double x,
                          double y)
{
    if (model->kind == DAVY_CLOUD_DENSE_PLUME)
        return in_dense_plume(cloud, &model->of.dense_plume, x, y);
    if (model->kind == DAVY_CLOUD_SLAB)
        return x > 0 ? davy_slab_concentration(&model->of.slab, (davy_place){x, y, 0}).value : 0;
    if (model->kind == DAVY_CLOUD_DENSE_PUFF) {
        const double far = fmax(x, 0) + fabs(y);

        if (fabs(y) > swept(&model->of.dense_puff, x, 2 * far + 1))
            return 0;
        return davy_dense_puff_concentration(&model->of.dense_puff, fmax(x, 0)).value;
    }
    return x > 0 ? davy_cloud_gaussian(model, x, y).value / cloud->per_fraction : 0;
}

double davy_cloud_fraction(const davy_cloud *cloud, const davy_cloud_model *model, double x,
                           double y)
{
    const double fraction = fraction_of(cloud, model, x, y);

    return isnan(fraction) ? 1 : fmin(fraction, 1); /* what is not known is never nothing */
}

static double sigma_y(const davy_cloud_model *model, double x)
{
    if (model->kind == DAVY_CLOUD_PLUME)
        return davy_plume_width(&model->of.plume, x).value;
    if (model->kind == DAVY_CLOUD_PUFF)
        return davy_sigma_y(model->of.puff.sigma, model->of.puff.stability, x).value;
    return davy_sigma_y(model->of.finite.sigma, model->of.finite.stability, x).value;
}

double davy_cloud_half_width(const davy_cloud *cloud, const davy_cloud_model *model, double level,
                             double x)
{
    double axis;

    if (model->kind == DAVY_CLOUD_DENSE_PLUME)
        return dense_half_width(cloud, &model->of.dense_plume, level, x);
    if (model->kind == DAVY_CLOUD_SLAB)
        return slab_half_width(&model->of.slab, level, x);
    if (model->kind == DAVY_CLOUD_DENSE_PUFF)
        return swept(&model->of.dense_puff, x,
                     davy_dense_puff_reach(&model->of.dense_puff, level).value);
    if (!(x > 0))
        return 0;
    axis = davy_cloud_gaussian(model, x, 0).value / (level * cloud->per_fraction);
    return axis > 1 ? sigma_y(model, x) * sqrt(2 * log(axis)) : 0;
}

double davy_cloud_upwind(const davy_cloud_model *model, double far)
{
    double most = 0;

    if (model->kind == DAVY_CLOUD_DENSE_PLUME)
        return davy_dense_plume_upwind(&model->of.dense_plume).value;
    if (model->kind != DAVY_CLOUD_DENSE_PUFF)
        return 0;
    for (int i = 0; i <= 64; i++) {
        double middle, radius;

        place_puff(&model->of.dense_puff, time_of_front(&model->of.dense_puff, far) * i / 64,
                   &middle, &radius);
        most = fmax(most, radius - middle);
    }
    return most;
}

double davy_cloud_passage(const davy_cloud *cloud, const davy_cloud_model *model, double x)
{
    double middle, radius;

    if (model->kind == DAVY_CLOUD_DENSE_PUFF) {
        place_puff(&model->of.dense_puff, time_of_front(&model->of.dense_puff, x), &middle,
                   &radius);
        return 2 * radius / (0.4 * model->of.dense_puff.wind);
    }
    if (model->kind == DAVY_CLOUD_PUFF)
        return sqrt(2 * M_PI) *
               davy_sigma_x(model->of.puff.sigma, model->of.puff.stability, x).value /
               model->of.puff.wind;
    return cloud->duration;
}
