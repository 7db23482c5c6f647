/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/regime.h"

#include "core/bulk.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_MAX 20000 /* rows that k-means looks at, spread evenly */
#define STARTS     10
#define ROUNDS     50
#define EXPLAINED  0.95
#define ROWS_MIN   50
#define SHARE_MIN  0.05
#define DWELL_MIN  10 /* windows a regime lasts on the average */
#define STILL_MIN  0.9

/* Points to be put into clusters, and the best clusters so far. */
typedef struct cluster_work {
    double *points; /* [count * width] */
    size_t count, width;
    double *centres, *best; /* [DAVY_REGIMES_MAX * width] */
    double *sums;           /* [DAVY_REGIMES_MAX * width] */
    size_t *owner;          /* [count] */
    uint64_t state;         /* of the random numbers */
} cluster_work;

/* splitmix64 (Steele, Lea, Flood 2014): small, and the same on every machine. */
static double next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return (double) ((z ^ (z >> 31)) >> 11) * 0x1.0p-53;
}

static double distance(const double *a, const double *b, size_t width)
{
    double sum = 0;

    for (size_t f = 0; f < width; f++)
        sum += (a[f] - b[f]) * (a[f] - b[f]);
    return sum;
}

static size_t nearest(const cluster_work *work, const double *point, size_t k, double *gap)
{
    size_t best = 0;

    *gap = INFINITY;
    for (size_t r = 0; r < k; r++) {
        const double d = distance(point, work->centres + r * work->width, work->width);

        if (d < *gap) {
            *gap = d;
            best = r;
        }
    }
    return best;
}

/* k-means++: each next centre is a point drawn by its squared distance from those there are. */
static void seed_centres(cluster_work *work, size_t k)
{
    const size_t bytes = work->width * sizeof(double);
    size_t first = (size_t) (next_random(&work->state) * (double) work->count);

    memcpy(work->centres, work->points + first * work->width, bytes);
    for (size_t r = 1; r < k; r++) {
        double total = 0, gap, draw;
        size_t pick = work->count - 1;

        for (size_t i = 0; i < work->count; i++) {
            (void) nearest(work, work->points + i * work->width, r, &gap);
            total += gap;
        }
        draw = next_random(&work->state) * total;
        for (size_t i = 0; i < work->count && draw >= 0; i++) {
            (void) nearest(work, work->points + i * work->width, r, &gap);
            draw -= gap;
            pick = i;
        }
        memcpy(work->centres + r * work->width, work->points + pick * work->width, bytes);
    }
}

/* One round of Lloyd's algorithm; gives the sum of squared distances before it. */
static double improve(cluster_work *work, size_t k)
{
    size_t sizes[DAVY_REGIMES_MAX] = {0};
    double within = 0, gap;

    memset(work->sums, 0, k * work->width * sizeof(double));
    for (size_t i = 0; i < work->count; i++) {
        const double *point = work->points + i * work->width;

        work->owner[i] = nearest(work, point, k, &gap);
        within += gap;
        sizes[work->owner[i]]++;
        for (size_t f = 0; f < work->width; f++)
            work->sums[work->owner[i] * work->width + f] += point[f];
    }
    for (size_t r = 0; r < k; r++)
        for (size_t f = 0; f < work->width && sizes[r] > 0; f++)
            work->centres[r * work->width + f] =
                work->sums[r * work->width + f] / (double) sizes[r];
    return within;
}

/* Best of several starts into `best`; gives its sum of squared distances. */
static double cluster(cluster_work *work, size_t k)
{
    double best = INFINITY;

    for (int start = 0; start < STARTS; start++) {
        double within = INFINITY, before;

        seed_centres(work, k);
        for (int round = 0; round < ROUNDS; round++) {
            before = within;
            within = improve(work, k);
            if (within >= before)
                break;
        }
        if (within < best) {
            best = within;
            memcpy(work->best, work->centres, k * work->width * sizeof(double));
        }
    }
    memcpy(work->centres, work->best, k * work->width * sizeof(double));
    (void) improve(work, k);
    memcpy(work->centres, work->best, k * work->width * sizeof(double));
    return best;
}

/* Whether the regimes of the newest clustering are large and lasting enough. */
static bool is_plausible(const cluster_work *work, size_t k, size_t rows, size_t lags)
{
    const double stride = (double) rows / (double) work->count;
    size_t sizes[DAVY_REGIMES_MAX] = {0};
    size_t stretches = 1;

    for (size_t i = 0; i < work->count; i++) {
        sizes[work->owner[i]]++;
        stretches += i > 0 && work->owner[i] != work->owner[i - 1];
    }
    for (size_t r = 0; r < k; r++)
        if ((double) sizes[r] * stride < ROWS_MIN || (double) sizes[r] < SHARE_MIN * work->count)
            return false;
    return (double) rows / (double) stretches >= (double) (DWELL_MIN * (lags + 1));
}

static bool is_like_set_point(const davy_regime_input *in, size_t signal)
{
    size_t moves = 0;

    for (size_t i = 1; i < in->count; i++)
        moves += in->rows[i * in->signals + signal] != in->rows[(i - 1) * in->signals + signal];
    return moves > 0 && (double) moves <= (1.0 - STILL_MIN) * (double) (in->count - 1);
}

/* The signals that k-means looks at; all when a number of regimes is wanted and none is still. */
static size_t choose_signals(const davy_regime_input *in, size_t *chosen)
{
    size_t width = 0;

    for (size_t j = 0; j < in->signals; j++)
        if (in->chosen ? in->chosen[j] : is_like_set_point(in, j))
            chosen[width++] = j;
    if (width == 0 && in->wanted > 1)
        for (; width < in->signals; width++)
            chosen[width] = width;
    return width;
}

static davy_status work_init(cluster_work *work, const davy_regime_input *in, const size_t *chosen,
                             size_t width)
{
    const size_t count = in->count < SAMPLE_MAX ? in->count : SAMPLE_MAX;

    *work = (cluster_work){.count = count, .width = width, .state = in->seed};
    work->points = davy_bulk_alloc(count * width, sizeof(double));
    work->centres = davy_bulk_alloc(DAVY_REGIMES_MAX * width, sizeof(double));
    work->best = davy_bulk_alloc(DAVY_REGIMES_MAX * width, sizeof(double));
    work->sums = davy_bulk_alloc(DAVY_REGIMES_MAX * width, sizeof(double));
    work->owner = davy_bulk_alloc(count, sizeof *work->owner);
    if (!work->points || !work->centres || !work->best || !work->sums || !work->owner)
        return davy_fail_in(DAVY_ERR_NOMEM, "regimes of %zu rows", in->count);
    for (size_t i = 0; i < count; i++) {
        const double *row = in->rows + (i * in->count / count) * in->signals;

        for (size_t f = 0; f < width; f++)
            work->points[i * width + f] =
                (row[chosen[f]] - in->median[chosen[f]]) / in->scale[chosen[f]];
    }
    return DAVY_OK;
}

static void work_clear(cluster_work *work)
{
    davy_bulk_free(work->points);
    davy_bulk_free(work->centres);
    davy_bulk_free(work->best);
    davy_bulk_free(work->sums);
    davy_bulk_free(work->owner);
}

/* How many regimes there are; their centres are then in `work`. */
static size_t choose_count(cluster_work *work, const davy_regime_input *in)
{
    double total;

    if (in->wanted > 0) {
        (void) cluster(work, in->wanted);
        return in->wanted;
    }
    total = cluster(work, 1);
    for (size_t k = 2; k <= DAVY_REGIMES_MAX && total > 0; k++)
        if (cluster(work, k) <= (1.0 - EXPLAINED) * total)
            return is_plausible(work, k, in->count, in->lags) ? k : 1;
    return 1;
}

/* |x - c|^2 without |x|^2, which is the same for all: linear in the row. */
static davy_status make_linear(const cluster_work *work, const davy_regime_input *in,
                               const size_t *chosen, size_t k, davy_regimes *out)
{
    out->count = k;
    out->weights = calloc(in->signals * k, sizeof(double));
    out->bias = calloc(k, sizeof(double));
    if (!out->weights || !out->bias)
        return davy_fail(DAVY_ERR_NOMEM, "regimes");
    for (size_t r = 0; r < k; r++)
        for (size_t f = 0; f < work->width; f++) {
            const double c = work->centres[r * work->width + f];
            const double slope = -2.0 * c / in->scale[chosen[f]];

            out->bias[r] += c * c - slope * in->median[chosen[f]];
            out->weights[chosen[f] * k + r] = slope;
        }
    return DAVY_OK;
}

davy_status davy_regimes_find(const davy_regime_input *input, davy_regimes *out)
{
    davy_status status = DAVY_OK;
    cluster_work work = {0};
    size_t *chosen = calloc(input->signals, sizeof *chosen);
    size_t width, k;

    *out = (davy_regimes){.count = 1};
    if (!chosen)
        return davy_fail(DAVY_ERR_NOMEM, "regimes");
    width = input->wanted == 1 ? 0 : choose_signals(input, chosen);
    if (width > 0) {
        status = work_init(&work, input, chosen, width);
        if (status == DAVY_OK) {
            k = choose_count(&work, input);
            if (k > 1)
                status = make_linear(&work, input, chosen, k, out);
        }
    }
    if (status != DAVY_OK)
        davy_regimes_clear(out);
    work_clear(&work);
    free(chosen);
    return status;
}

void davy_regimes_clear(davy_regimes *regimes)
{
    free(regimes->weights);
    free(regimes->bias);
    *regimes = (davy_regimes){.count = 1};
}

size_t davy_regimes_of(const davy_regimes *regimes, const double *row, size_t signals)
{
    const size_t count = regimes->count;
    double distance_from[DAVY_REGIMES_MAX] = {0};
    size_t best = 0;

    if (count == 1)
        return 0;
    for (size_t r = 0; r < count; r++)
        distance_from[r] = regimes->bias[r];
    for (size_t j = 0; j < signals; j++)
        for (size_t r = 0; r < count; r++)
            distance_from[r] += row[j] * regimes->weights[j * count + r];
    for (size_t r = 1; r < count; r++)
        if (distance_from[r] < distance_from[best])
            best = r;
    return best;
}
