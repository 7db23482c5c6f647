/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift_statistics.h"

#include "core/bulk.h"
#include "core/random.h"

#include <math.h>
#include <stdlib.h>

/* Stream of the relabellings. */
#define STREAM_LABELS 0x33d0U

/* Pairs whose median distance is taken, about, evenly spaced: sorting all of them would be half of
 * the work. */
#define PAIRS ((size_t) 1000)

/* Kernels of all pairs of rows; [count * count], without the diagonal, which is 0. */
struct gram {
    size_t count;
    float *at;
    double *sums; /* [count] of its rows */
    double total;
    uint32_t *order; /* [count] which rows are of the first set come first */
};

static float distance(const float *a, const float *b, size_t width)
{
    float sum = 0;

    for (size_t i = 0; i < width; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

static int by_size(const void *a, const void *b)
{
    const float x = *(const float *) a, y = *(const float *) b;

    return (x > y) - (x < y);
}

/* Half of the squared distances of pairs lie below it, of those that are looked at. 1 when all rows
 * are alike. */
static davy_status median_distance(const struct gram *gram, double *out)
{
    const size_t pairs = gram->count * (gram->count - 1) / 2, skip = pairs / PAIRS + 1;
    float *sorted = malloc((pairs / skip + 1) * sizeof *sorted);
    size_t used = 0, pair = 0;

    if (!sorted)
        return davy_fail(DAVY_ERR_NOMEM, "a comparison of %zu rows", gram->count);
    for (size_t i = 0; i < gram->count; i++)
        for (size_t k = i + 1; k < gram->count; k++)
            if (pair++ % skip == 0)
                sorted[used++] = gram->at[i * gram->count + k];
    davy_bulk_sort(sorted, used, sizeof *sorted, by_size);
    *out = sorted[used / 2] > 0 ? (double) sorted[used / 2] : 1;
    free(sorted);
    return DAVY_OK;
}

/* exp(-|a - b|^2 / (2 median)) of each pair. */
static davy_status fill_gram(struct gram *gram, const float *rows, size_t width)
{
    const size_t count = gram->count;
    double median;
    davy_status status;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            gram->at[i * count + k] = gram->at[k * count + i] =
                distance(rows + i * width, rows + k * width, width);
    status = median_distance(gram, &median);
    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++) {
            float *kernel = &gram->at[i * count + k];

            *kernel = i == k ? 0 : expf((float) (-(double) *kernel / (2 * median)));
            gram->sums[i] += (double) *kernel;
        }
    for (size_t i = 0; i < count; i++)
        gram->total += gram->sums[i];
    return DAVY_OK;
}

/* The distance when the rows order[0..n) are the first set. What lies between the sets is what the
 * rows of the first have with all, less what they have with each other. */
static double value_of(const struct gram *gram, size_t n)
{
    const double m = (double) (gram->count - n), first = (double) n;
    double inside = 0, all = 0, between, outside;

    for (size_t i = 0; i < n; i++) {
        const float *row = gram->at + (size_t) gram->order[i] * gram->count;

        all += gram->sums[gram->order[i]];
        for (size_t k = 0; k < i; k++)
            inside += 2 * (double) row[gram->order[k]];
    }
    between = all - inside;
    outside = gram->total - inside - 2 * between;
    return inside / (first * (first - 1)) + outside / (m * (m - 1)) - 2 * between / (first * m);
}

davy_status davy_mmd_test(const float *rows, size_t n, size_t m, size_t width, size_t permutations,
                          uint64_t seed, davy_mmd *out)
{
    const size_t count = n + m;
    struct gram gram = {.count = count,
                        .at = calloc(count * count, sizeof *gram.at),
                        .sums = calloc(count, sizeof *gram.sums),
                        .order = calloc(count, sizeof *gram.order)};
    davy_status status = gram.at && gram.sums && gram.order
                             ? fill_gram(&gram, rows, width)
                             : davy_fail(DAVY_ERR_NOMEM, "a comparison of %zu rows", count);

    if (status == DAVY_OK) {
        size_t further = 1;

        for (size_t i = 0; i < count; i++)
            gram.order[i] = (uint32_t) i;
        out->value = value_of(&gram, n);
        for (size_t i = 0; i < permutations; i++) {
            davy_random_shuffle(seed, STREAM_LABELS + (uint32_t) i, gram.order, count);
            further += value_of(&gram, n) >= out->value;
        }
        out->p = (double) further / (double) (permutations + 1);
    }
    free(gram.at);
    free(gram.sums);
    free(gram.order);
    return status;
}
