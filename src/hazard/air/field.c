/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/field.h"

#include "hazard/air/gauss.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* exp(x) of x <= 0, to 2e-15 of it, in steps that compilers turn into vectors. Below -700 it is 0
 * and not a subnormal. exp(x) = 2^n exp(r), r within half a factor of two; n is read from the
 * lowest bits of a double that is so large that its last bit is 1. */
static inline double exponential(double x)
{
    static const double shift = 0x1.8p52, per_factor = 1.4426950408889634;
    static const double factor_high = 0x1.62e42fee00000p-1, factor_low = 0x1.a39ef35793c76p-33;
    const double bounded = x > -700 ? x : -700;
    const double shifted = bounded * per_factor + shift, n = shifted - shift;
    const double r = (bounded - n * factor_high) - n * factor_low;
    double sum = 1.0 / 479001600, scale;
    uint64_t bits;

    sum = sum * r + 1.0 / 39916800; /* Taylor's, to the twelfth power of r */
    sum = sum * r + 1.0 / 3628800;
    sum = sum * r + 1.0 / 362880;
    sum = sum * r + 1.0 / 40320;
    sum = sum * r + 1.0 / 5040;
    sum = sum * r + 1.0 / 720;
    sum = sum * r + 1.0 / 120;
    sum = sum * r + 1.0 / 24;
    sum = sum * r + 1.0 / 6;
    sum = sum * r + 0.5;
    sum = sum * r + 1;
    sum = sum * r + 1;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(&scale, &bits, sizeof scale);
    return x > -700 ? sum * scale : 0;
}

/* One row of a plume: peak exp(-y^2 / 2 sigma^2). */
static void fill_row(double peak, double sigma, const davy_field_grid *grid,
                     double *restrict values)
{
    const double factor = -0.5 / (sigma * sigma);

    for (int i = 0; i < (int) grid->cells; i++) {
        const double y = grid->y + i * grid->step_y;

        values[i] = peak * exponential(factor * y * y);
    }
}

davy_answer davy_plume_field(const davy_plume *plume, const davy_field_grid *grid, double height,
                             double *values)
{
    static const double inside = 1000; /* m: in the range of every set, so that only inputs tell */
    const davy_answer looked = davy_plume_concentration(plume, (davy_place){inside, 0, height});
    double greatest = 0;

    if (isnan(looked.value))
        return looked;
    for (size_t row = 0; row < grid->rows; row++) {
        const double x = grid->x + (double) row * grid->step_x;
        double *of_row = values + row * grid->cells;

        memset(of_row, 0, grid->cells * sizeof *of_row);
        if (x > 0) {
            const double side = davy_plume_width(plume, x).value;
            const double up = davy_sigma_z(plume->sigma, plume->stability, x).value;
            const double peak = plume->rate / plume->wind * davy_gauss(0, side) *
                                davy_gauss_up(height, plume->height, up, plume->lid);

            fill_row(peak, side, grid, of_row);
        }
        for (size_t i = 0; i < grid->cells; i++)
            greatest = of_row[i] > greatest ? of_row[i] : greatest;
    }
    return davy_answer_give(looked, greatest);
}

/* Beyond these many widths a puff is less than 1e-17 of its middle: not computed. */
static const double widths = 9;

/* The cells of a row that lie within the widths of a puff. */
static size_t cell_at(const davy_field_grid *grid, double y)
{
    const double cell = ceil((y - grid->y) / grid->step_y);

    return cell <= 0 ? 0 : cell >= (double) grid->cells ? grid->cells : (size_t) cell;
}

/* Add a puff to one row: peak exp(-(a dy^2 + 2 b dx dy + c dx^2)). */
static void add_row(const davy_train_puff *puff, double peak, double dx,
                    const davy_field_grid *grid, double *restrict values)
{
    const double ahead = 0.5 / (puff->along * puff->along),
                 beside = 0.5 / (puff->side * puff->side);
    const double e = puff->heading_east, n = puff->heading_north;
    const double a = e * e * ahead + n * n * beside, c = n * n * ahead + e * e * beside;
    const double b = e * n * (ahead - beside);
    const double far = widths * fmax(puff->along, puff->side);
    const int first = (int) cell_at(grid, puff->east - far);
    const int last = (int) cell_at(grid, puff->east + far);
    const double origin = grid->y - puff->east;

    for (int i = first; i < last; i++) {
        const double dy = origin + i * grid->step_y;

        values[i] += peak * exponential(-(a * dy * dy + 2 * b * dx * dy + c * dx * dx));
    }
}

void davy_train_field(const davy_train *train, const davy_train_puff *puffs, size_t count,
                      const davy_field_grid *grid, double height, double *values)
{
    memset(values, 0, grid->rows * grid->cells * sizeof *values);
    for (size_t i = 0; i < count; i++) {
        const davy_train_puff *puff = &puffs[i];
        const double peak = puff->mass * davy_gauss(0, puff->along) * davy_gauss(0, puff->side) *
                            davy_gauss_up(height, train->height, puff->up, train->lid);
        const double far = widths * fmax(puff->along, puff->side);

        for (size_t row = 0; row < grid->rows; row++) {
            const double dx = grid->x + (double) row * grid->step_x - puff->north;

            if (fabs(dx) <= far)
                add_row(puff, peak, dx, grid, values + row * grid->cells);
        }
    }
}
