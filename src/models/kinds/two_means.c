/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/two_means.h"

#include "core/bulk.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 100

typedef struct means_work {
    const float *points;
    size_t count, size;
    double *centres; /* [2 * size] */
    double *sums;    /* [2 * size] */
    uint8_t *side;   /* [count] */
    double *least;   /* [count] squared distance to the nearer centre */
} means_work;

static double square_distance(const means_work *w, size_t point, const double *centre)
{
    double sum = 0;

    for (size_t i = 0; i < w->size; i++) {
        const double d = (double) w->points[point * w->size + i] - centre[i];

        sum += d * d;
    }
    return sum;
}

/* @return points that changed sides */
static size_t assign(means_work *w)
{
    size_t changed = 0;

    for (size_t n = 0; n < w->count; n++) {
        const double first = square_distance(w, n, w->centres);
        const double second = square_distance(w, n, w->centres + w->size);
        const uint8_t side = second < first;

        changed += side != w->side[n];
        w->side[n] = side;
        w->least[n] = side ? second : first;
    }
    return changed;
}

/* The centres become the means of their points; one without points stays. */
static void move(means_work *w)
{
    size_t counts[2] = {0, 0};

    memset(w->sums, 0, 2 * w->size * sizeof *w->sums);
    assert(w->size > 0);
    for (size_t n = 0; n < w->count; n++) {
        counts[w->side[n]]++;
        for (size_t i = 0; i < w->size; i++)
            w->sums[w->side[n] * w->size + i] += (double) w->points[n * w->size + i];
    }
    for (size_t i = 0; i < 2 * w->size; i++)
        if (counts[i / w->size] > 0)
            w->centres[i] = w->sums[i] / (double) counts[i / w->size];
}

/* Both at the mean, then the second at the farthest point. */
static void begin(means_work *w)
{
    size_t farthest = 0;

    memset(w->side, 0, w->count);
    move(w);
    memcpy(w->centres + w->size, w->centres, w->size * sizeof *w->centres);
    (void) assign(w);
    for (size_t n = 1; n < w->count; n++)
        farthest = w->least[n] > w->least[farthest] ? n : farthest;
    for (size_t i = 0; i < w->size; i++)
        w->centres[w->size + i] = (double) w->points[farthest * w->size + i];
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

davy_status davy_two_means_fit(const float *points, size_t count, size_t size, double usual,
                               davy_two_means *out)
{
    means_work w = {.points = points,
                    .count = count,
                    .size = size,
                    .centres = out->centres,
                    .sums = calloc(2 * size, sizeof(double)),
                    .side = davy_bulk_alloc(count, 1),
                    .least = davy_bulk_alloc(count, sizeof(double))};
    davy_status status = DAVY_OK;

    if (!w.sums || !w.side || !w.least) {
        status = davy_fail_in(DAVY_ERR_NOMEM, "two means of %zu points", count);
    } else {
        memset(out->centres, 0, 2 * size * sizeof *out->centres);
        begin(&w);
        for (size_t round = 0; round < ROUNDS_MAX && assign(&w) > 0; round++)
            move(&w);
        (void) assign(&w);
        davy_bulk_sort(w.least, count, sizeof *w.least, by_value);
        out->limit = sqrt(w.least[(size_t) floor(usual * (double) (count - 1))]);
    }
    free(w.sums);
    davy_bulk_free(w.side);
    davy_bulk_free(w.least);
    return status;
}
