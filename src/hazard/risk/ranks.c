/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/risk/ranks.h"

#include <math.h>
#include <stdlib.h>

static int by_figure(const void *a, const void *b, void *context)
{
    const double *figures = context;
    const double x = figures[*(const size_t *) a], y = figures[*(const size_t *) b];

    return (x > y) - (x < y);
}

void davy_ranks_of(const double *figures, size_t count, size_t *order, double *ranks)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    qsort_r(order, count, sizeof *order, by_figure, (void *) figures);
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && figures[order[next]] == figures[order[first]];)
            next++;
        for (size_t i = first; i < next; i++) /* ranks first + 1 .. next have this mean */
            ranks[order[i]] = 0.5 * (double) (first + 1 + next);
    }
}

double davy_ranks_correlation(const double *x, const double *y, size_t count)
{
    const double mean = 0.5 * (double) (count + 1);
    double xx = 0, yy = 0, xy = 0;

    for (size_t i = 0; i < count; i++) {
        xx += (x[i] - mean) * (x[i] - mean);
        yy += (y[i] - mean) * (y[i] - mean);
        xy += (x[i] - mean) * (y[i] - mean);
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}
