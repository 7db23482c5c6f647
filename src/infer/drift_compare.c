/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift_compare.h"

#include "core/bulk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bins of a feature: tenths or categories, and one of what is missing. */
#define BINS_MAX (DAVY_DRIFT_CATEGORIES_MAX + 1)

_Static_assert(DAVY_DRIFT_BINS <= DAVY_DRIFT_CATEGORIES_MAX, "bins of numbers have room");
_Static_assert(DAVY_DRIFT_FEATURES_MAX <= DAVY_HOLM_MAX, "features are tested together");

/* One feature of a set of rows, without what is missing, sorted. */
struct column {
    float *numbers; /* [count] */
    size_t count, rows;
};

static int by_size(const void *a, const void *b)
{
    const float x = *(const float *) a, y = *(const float *) b;

    return (x > y) - (x < y);
}

static void read_column(struct column *column, const float *rows, size_t count, size_t width,
                        size_t feature)
{
    column->rows = count;
    column->count = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(rows[i * width + feature]))
            column->numbers[column->count++] = rows[i * width + feature];
    davy_bulk_sort(column->numbers, column->count, sizeof *column->numbers, by_size);
}

static double mean_of(const struct column *column)
{
    double sum = 0;

    for (size_t i = 0; i < column->count; i++)
        sum += (double) column->numbers[i];
    return column->count > 0 ? sum / (double) column->count : NAN;
}

static double missing_share(const struct column *column)
{
    return (double) (column->rows - column->count) / (double) column->rows;
}

/* ------------------------------------------------------------------------------------------ bins
 */

/* Upper ends of all bins but the last, each once: the reference's quantiles. @return how many */
static size_t find_ends(const struct column *reference, float ends[DAVY_DRIFT_BINS])
{
    size_t count = 0;

    for (size_t i = 1; i < DAVY_DRIFT_BINS && reference->count > 0; i++) {
        const float end = reference->numbers[(i * reference->count - 1) / DAVY_DRIFT_BINS];

        if (count == 0 || end > ends[count - 1])
            ends[count++] = end;
    }
    return count;
}

static void count_numbers(const struct column *column, const float *ends, size_t end_count,
                          uint32_t *bins)
{
    size_t bin = 0;

    for (size_t i = 0; i < column->count; i++) { /* sorted */
        while (bin < end_count && column->numbers[i] > ends[bin])
            bin++;
        bins[bin]++;
    }
}

static void count_categories(const struct column *column, size_t categories, uint32_t *bins)
{
    for (size_t i = 0; i < column->count; i++) {
        const float number = column->numbers[i];

        bins[number > 0 ? (size_t) fminf(number, (float) (categories - 1)) : 0]++;
    }
}

/* Bins that hold anything: the others are none, and no degree of freedom. */
static size_t bins_used(const uint32_t *a, const uint32_t *b, size_t count)
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++)
        used += a[i] > 0 || b[i] > 0;
    return used;
}

static void compare_bins(const davy_drift_feature *feature, const struct column *reference,
                         const struct column *window, davy_drift_figure *figure)
{
    uint32_t a[BINS_MAX] = {0}, b[BINS_MAX] = {0};
    size_t bins = feature->categories;

    if (feature->categories > 0) {
        count_categories(reference, feature->categories, a);
        count_categories(window, feature->categories, b);
    } else {
        float ends[DAVY_DRIFT_BINS];
        const size_t end_count = find_ends(reference, ends);

        count_numbers(reference, ends, end_count, a);
        count_numbers(window, ends, end_count, b);
        bins = end_count + 1;
    }
    a[bins] = (uint32_t) (reference->rows - reference->count);
    b[bins] = (uint32_t) (window->rows - window->count);
    figure->psi = davy_psi(a, b, bins + 1);
    figure->psi_p =
        davy_psi_p(figure->psi, reference->rows, window->rows, bins_used(a, b, bins + 1));
}

static void compare_feature(const davy_drift_feature *feature, const struct column *reference,
                            const struct column *window, davy_drift_figure *figure)
{
    const bool numbers = feature->categories == 0 && reference->count > 0 && window->count > 0;

    *figure = (davy_drift_figure){.ks = NAN,
                                  .ks_p = NAN,
                                  .mean = NAN,
                                  .reference_mean = NAN,
                                  .missing = missing_share(window),
                                  .reference_missing = missing_share(reference)};
    compare_bins(feature, reference, window, figure);
    if (feature->categories == 0) {
        figure->mean = mean_of(window);
        figure->reference_mean = mean_of(reference);
    }
    if (numbers) {
        figure->ks = davy_ks(reference->numbers, reference->count, window->numbers, window->count);
        figure->ks_p = davy_ks_p(figure->ks, reference->count, window->count);
    }
}

/* --------------------------------------------------------------------------------- all together */

/* Rows of one side, evenly spaced, in deviations of the reference from its mean; what is missing is
 * at the mean, and a feature that never moved counts as it is. */
static void scale_rows(const davy_drift_features *features, const float *rows, size_t count,
                       const double *mean, const double *deviation, size_t taken, float *out)
{
    for (size_t i = 0; i < taken; i++) {
        const float *row = rows + i * count / taken * features->count;

        for (size_t f = 0; f < features->count; f++)
            if (features->at[f].categories == 0)
                *out++ = isnan(row[f]) ? 0 : (float) (((double) row[f] - mean[f]) / deviation[f]);
    }
}

void davy_drift_scale(const davy_drift_features *features, const float *rows, size_t count,
                      double *mean, double *deviation)
{
    for (size_t f = 0; f < features->count; f++) {
        double squares = 0;
        size_t seen = 0;

        mean[f] = 0;
        for (size_t i = 0; i < count; i++) {
            const double number = (double) rows[i * features->count + f];
            const double change = number - mean[f];

            if (isnan(number))
                continue;
            seen++;
            mean[f] += change / (double) seen;
            squares += change * (number - mean[f]);
        }
        deviation[f] = squares > 0 ? sqrt(squares / (double) seen) : 1;
    }
}

static size_t count_numbers_of(const davy_drift_features *features)
{
    size_t width = 0;

    for (size_t f = 0; f < features->count; f++)
        width += features->at[f].categories == 0;
    return width;
}

static davy_status compare_rows(const davy_drift_features *features, const float *reference,
                                size_t n, const float *window, size_t m, uint64_t seed,
                                davy_mmd *out)
{
    double mean[DAVY_DRIFT_FEATURES_MAX], deviation[DAVY_DRIFT_FEATURES_MAX];
    const size_t width = count_numbers_of(features);
    const size_t first = n < DAVY_DRIFT_MMD_ROWS ? n : DAVY_DRIFT_MMD_ROWS;
    const size_t second = m < DAVY_DRIFT_MMD_ROWS ? m : DAVY_DRIFT_MMD_ROWS;
    float *rows;
    davy_status status;

    *out = (davy_mmd){NAN, NAN};
    if (width == 0)
        return DAVY_OK;
    rows = calloc((first + second) * width, sizeof *rows);
    if (!rows)
        return davy_fail(DAVY_ERR_NOMEM, "a comparison of %zu rows", first + second);
    davy_drift_scale(features, reference, n, mean, deviation);
    scale_rows(features, reference, n, mean, deviation, first, rows);
    scale_rows(features, window, m, mean, deviation, second, rows + first * width);
    status = davy_mmd_test(rows, first, second, width, DAVY_DRIFT_RELABELINGS, seed, out);
    free(rows);
    return status;
}

static void judge(davy_drift_figure *figures, size_t count, davy_drift_verdict *out)
{
    double psi_p[DAVY_DRIFT_FEATURES_MAX] = {0}, ks_p[DAVY_DRIFT_FEATURES_MAX] = {0};
    bool psi[DAVY_DRIFT_FEATURES_MAX], ks[DAVY_DRIFT_FEATURES_MAX];

    out->psi = out->ks_p = NAN;
    for (size_t i = 0; i < count; i++) {
        psi_p[i] = figures[i].psi_p;
        ks_p[i] = figures[i].ks_p;
        out->psi = fmax(out->psi, figures[i].psi);
        out->ks_p = fmin(out->ks_p, figures[i].ks_p);
    }
    davy_holm(psi_p, count, DAVY_DRIFT_ALPHA, psi);
    davy_holm(ks_p, count, DAVY_DRIFT_ALPHA, ks);
    for (size_t i = 0; i < count; i++) {
        psi[i] = psi[i] && figures[i].psi >= DAVY_DRIFT_PSI_LIMIT;
        figures[i].fired = psi[i] || ks[i];
        out->fired[DAVY_DRIFT_PSI] = out->fired[DAVY_DRIFT_PSI] || psi[i];
        out->fired[DAVY_DRIFT_KS] = out->fired[DAVY_DRIFT_KS] || ks[i];
    }
    out->fired[DAVY_DRIFT_MMD] = out->mmd.p <= DAVY_DRIFT_ALPHA;
    out->fired[DAVY_DRIFT_ANY] =
        out->fired[DAVY_DRIFT_PSI] || out->fired[DAVY_DRIFT_KS] || out->fired[DAVY_DRIFT_MMD];
}

davy_status davy_drift_compare(const davy_drift_features *features, const float *reference,
                               size_t n, const float *window, size_t m, uint64_t seed,
                               davy_drift_figure *figures, davy_drift_verdict *out)
{
    struct column a = {.numbers = calloc(n + 1, sizeof(float))};
    struct column b = {.numbers = calloc(m + 1, sizeof(float))};
    davy_status status = a.numbers && b.numbers
                             ? DAVY_OK
                             : davy_fail(DAVY_ERR_NOMEM, "a comparison of %zu rows", n + m);

    *out = (davy_drift_verdict){.psi = 0};
    for (size_t f = 0; f < features->count && status == DAVY_OK; f++) {
        read_column(&a, reference, n, features->count, f);
        read_column(&b, window, m, features->count, f);
        compare_feature(&features->at[f], &a, &b, &figures[f]);
    }
    if (status == DAVY_OK)
        status = compare_rows(features, reference, n, window, m, seed, &out->mmd);
    if (status == DAVY_OK)
        judge(figures, features->count, out);
    free(a.numbers);
    free(b.numbers);
    return status;
}

const char *davy_drift_monitor_name(davy_drift_monitor monitor)
{
    static const char *const names[DAVY_DRIFT_MONITORS] = {"psi", "ks", "mmd", "any"};

    return names[monitor];
}
