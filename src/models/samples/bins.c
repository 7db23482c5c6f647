/* SPDX-License-Identifier: Apache-2.0 */
#include "models/samples/bins.h"

#include "core/bulk.h"
#include "data/metrics_class.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *) a, y = *(const float *) b;

    return (x > y) - (x < y);
}

/* Ends of bins of about as many samples each; equal numbers are never torn apart. */
static void find_ends(const float *sorted, size_t count, davy_bins *bins)
{
    size_t from = 0;

    bins->count = 0;
    while (from < count && bins->count + 1 < DAVY_BINS_MAX) {
        const size_t left = DAVY_BINS_MAX - bins->count;
        size_t to = from + (count - from + left - 1) / left;

        while (to < count && sorted[to] <= sorted[to - 1])
            to++;
        if (to == count)
            break;
        bins->ends[bins->count++] = sorted[to - 1];
        from = to;
    }
    bins->count++;
}

size_t davy_bins_find(const davy_bins *bins, float value)
{
    size_t low = 0, high = bins->count - 1;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (value <= bins->ends[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Shares of classes, each class with one sample more than there are, spread over all bins. */
static void count_classes(davy_bins *bins, const float *values, const double *targets, size_t count)
{
    const size_t classes = bins->classes;

    for (size_t b = 0; b < bins->count * classes; b++)
        bins->shares[b] = 1.0 / (double) classes;
    for (size_t i = 0; i < count; i++)
        bins->shares[davy_bins_find(bins, values[i]) * classes + (size_t) targets[i]]++;
    for (size_t b = 0; b < bins->count; b++) {
        double sum = 0;

        for (size_t k = 0; k < classes; k++)
            sum += bins->shares[b * classes + k];
        for (size_t k = 0; k < classes; k++)
            bins->shares[b * classes + k] /= sum;
    }
}

static void average(davy_bins *bins, const float *values, const double *targets, size_t count)
{
    double members[DAVY_BINS_MAX] = {0};

    for (size_t i = 0; i < count; i++) {
        const size_t b = davy_bins_find(bins, values[i]);

        members[b]++;
        bins->shares[b] += (targets[i] - bins->shares[b]) / members[b];
    }
}

davy_status davy_bins_fit(const float *values, const double *targets, size_t count, size_t classes,
                          davy_bins *out)
{
    davy_bins bins = {.classes = classes};
    float *sorted;

    if (count == 0)
        return davy_fail(DAVY_ERR_INVALID, "there is nothing to learn from");
    sorted = davy_bulk_alloc(count, sizeof *sorted);
    bins.shares = calloc(DAVY_BINS_MAX * (classes > 0 ? classes : 1), sizeof *bins.shares);
    if (!sorted || !bins.shares) {
        davy_bulk_free(sorted);
        davy_bins_clear(&bins);
        return davy_fail_in(DAVY_ERR_NOMEM, "bins of %zu samples", count);
    }
    memcpy(sorted, values, count * sizeof *sorted);
    davy_bulk_sort(sorted, count, sizeof *sorted, by_value);
    find_ends(sorted, count, &bins);
    davy_bulk_free(sorted);
    if (classes > 0)
        count_classes(&bins, values, targets, count);
    else
        average(&bins, values, targets, count);
    *out = bins;
    return DAVY_OK;
}

void davy_bins_clear(davy_bins *bins)
{
    free(bins->shares);
    *bins = (davy_bins){0};
}

/* Samples of one class, and of the others, that have one score. */
typedef struct scored_bin {
    double score, of, others;
} scored_bin;

static int by_score(const void *a, const void *b)
{
    const scored_bin *x = a, *y = b;

    return (x->score > y->score) - (x->score < y->score);
}

/* Area under the ROC curve of one class: the share of pairs in order, ties count a half. */
static double area_of(const davy_bins *bins, const double *counts, size_t k)
{
    scored_bin line[DAVY_BINS_MAX];
    double below = 0, of = 0, pairs = 0;

    for (size_t b = 0; b < bins->count; b++) {
        line[b] = (scored_bin){.score = bins->shares[b * bins->classes + k],
                               .of = counts[b * bins->classes + k]};
        for (size_t l = 0; l < bins->classes; l++)
            line[b].others += l == k ? 0 : counts[b * bins->classes + l];
    }
    davy_bulk_sort(line, bins->count, sizeof *line, by_score);
    for (size_t b = 0, end; b < bins->count; b = end) {
        double level_of = 0, level_others = 0;

        for (end = b; end < bins->count && line[end].score <= line[b].score; end++) {
            level_of += line[end].of;
            level_others += line[end].others;
        }
        pairs += level_of * (below + 0.5 * level_others);
        below += level_others;
        of += level_of;
    }
    return of > 0 && below > 0 ? pairs / (of * below) : NAN;
}

static davy_status judge_classes(const davy_bins *bins, const double *counts,
                                 davy_bins_figures *out)
{
    const size_t classes = bins->classes;
    double *cells = calloc(classes * classes + 1, sizeof *cells), areas = 0, there = 0;

    if (!cells)
        return davy_fail(DAVY_ERR_NOMEM, "%zu classes", classes);
    for (size_t b = 0; b < bins->count; b++) {
        const double *shares = bins->shares + b * classes;
        size_t said = 0;

        for (size_t k = 1; k < classes; k++)
            said = shares[k] > shares[said] ? k : said;
        for (size_t k = 0; k < classes; k++)
            cells[k * classes + said] += counts[b * classes + k];
    }
    for (size_t k = 0; k < classes; k++) {
        const double area = area_of(bins, counts, k);

        areas += isnan(area) ? 0 : area;
        there += !isnan(area);
    }
    out->auc = there > 0 ? areas / there : NAN;
    out->macro_f1 = davy_class_summarise(cells, classes, NULL).f1;
    free(cells);
    return DAVY_OK;
}

static void judge_numbers(const davy_bins *bins, const float *values, const double *targets,
                          size_t count, davy_bins_figures *out)
{
    double mean = 0, squares = 0, spread = 0;

    for (size_t i = 0; i < count; i++)
        mean += targets[i] / (double) count;
    for (size_t i = 0; i < count; i++) {
        const double off = bins->shares[davy_bins_find(bins, values[i])] - targets[i];

        squares += off * off;
        spread += (targets[i] - mean) * (targets[i] - mean);
    }
    out->rmse = sqrt(squares / (double) count);
    out->r2 = spread > 0 ? 1.0 - squares / spread : NAN;
}

davy_status davy_bins_judge(const davy_bins *bins, const float *values, const double *targets,
                            size_t count, davy_bins_figures *out)
{
    davy_bins_figures found = {NAN, NAN, NAN, NAN};
    double *counts;
    davy_status status = DAVY_OK;

    if (count > 0 && bins->classes == 0)
        judge_numbers(bins, values, targets, count, &found);
    if (count > 0 && bins->classes > 0) {
        counts = calloc(bins->count * bins->classes, sizeof *counts);
        if (!counts)
            return davy_fail(DAVY_ERR_NOMEM, "%zu classes", bins->classes);
        for (size_t i = 0; i < count; i++)
            counts[davy_bins_find(bins, values[i]) * bins->classes + (size_t) targets[i]]++;
        status = judge_classes(bins, counts, &found);
        free(counts);
    }
    if (status == DAVY_OK)
        *out = found;
    return status;
}
