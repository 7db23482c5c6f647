/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/pca.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

davy_status davy_pca_create(size_t signals, size_t lags, size_t components, size_t regimes,
                            davy_pca **out)
{
    const size_t window = (lags + 1) * signals;
    davy_pca *pca = calloc(1, sizeof *pca);

    if (!pca)
        return davy_fail(DAVY_ERR_NOMEM, "model of %zu signals", signals);
    pca->signals = signals;
    pca->lags = lags;
    pca->window = window;
    pca->components = components;
    pca->regimes.count = regimes;
    pca->centre = calloc(regimes * signals, sizeof(double));
    pca->scale = calloc(regimes * signals, sizeof(double));
    pca->mean = calloc(window, sizeof(double));
    pca->loadings = calloc(window * components, sizeof(double));
    pca->loadings_transposed = calloc(window * components, sizeof(double));
    pca->whiten = calloc(components, sizeof(double));
    if (!pca->centre || !pca->scale || !pca->mean || !pca->loadings || !pca->loadings_transposed ||
        !pca->whiten) {
        davy_pca_destroy(pca);
        return davy_fail(DAVY_ERR_NOMEM, "model of %zu signals", signals);
    }
    *out = pca;
    return DAVY_OK;
}

void davy_pca_destroy(davy_pca *pca)
{
    if (!pca)
        return;
    davy_regimes_clear(&pca->regimes);
    free(pca->centre);
    free(pca->scale);
    free(pca->mean);
    free(pca->loadings);
    free(pca->loadings_transposed);
    free(pca->whiten);
    free(pca);
}

void davy_pca_finish(davy_pca *pca)
{
    for (size_t d = 0; d < pca->window; d++)
        for (size_t i = 0; i < pca->components; i++)
            pca->loadings_transposed[i * pca->window + d] = pca->loadings[d * pca->components + i];
}

/* dst += a * row. Plain loops in this order: batch and stream, any vector width, the same bits. */
static void add_row(double *restrict dst, const double *restrict row, double a, size_t count)
{
    for (size_t i = 0; i < count; i++)
        dst[i] += a * row[i];
}

/* The same with two sums at once: the row is fetched from the cache once. */
static void add_row_to_both(double *restrict first, double *restrict second,
                            const double *restrict row, double a, double b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        first[i] += a * row[i];
        second[i] += b * row[i];
    }
}

static void scale_row(const davy_pca *pca, const double *row, const double *mean, double *x)
{
    const size_t regime = davy_regimes_of(&pca->regimes, row, pca->signals);
    const double *centre = pca->centre + regime * pca->signals;
    const double *scale = pca->scale + regime * pca->signals;

    for (size_t j = 0; j < pca->signals; j++) {
        const double scaled = (row[j] - centre[j]) / scale[j];

        x[j] = fmin(fmax(scaled, -DAVY_PCA_CLIP), DAVY_PCA_CLIP) - mean[j];
    }
}

void davy_pca_scale(const davy_pca *pca, const double *window, double *x)
{
    for (size_t d = 0; d < pca->window; d += pca->signals)
        scale_row(pca, window + d, pca->mean + d, x + d);
}

/* Sum of squares by signal over the lags; gives the whole in the order of the signals. */
static double share_out(const davy_pca *pca, const double *values, double *shares)
{
    double sum = 0;

    memset(shares, 0, pca->signals * sizeof *shares);
    for (size_t l = 0; l <= pca->lags; l++)
        for (size_t j = 0; j < pca->signals; j++)
            shares[j] += values[l * pca->signals + j] * values[l * pca->signals + j];
    for (size_t j = 0; j < pca->signals; j++)
        sum += shares[j];
    return sum;
}

/* The newest row of the reconstruction, in the units of the signals. */
static void expect(const davy_pca *pca, const double *window, const double *back, double *expected)
{
    const size_t regime = davy_regimes_of(&pca->regimes, window, pca->signals);
    const double *centre = pca->centre + regime * pca->signals;
    const double *scale = pca->scale + regime * pca->signals;

    for (size_t j = 0; j < pca->signals; j++)
        expected[j] = (back[j] + pca->mean[j]) * scale[j] + centre[j];
}

size_t davy_pca_scratch(const davy_pca *pca)
{
    return 3 * pca->window + pca->components + 2 * pca->signals;
}

davy_pca_parts davy_pca_measure(const davy_pca *pca, const double *window, double *scratch,
                                double *expected)
{
    double *x = scratch, *back = x + pca->window, *white = back + pca->window;
    double *t = white + pca->window;
    davy_pca_parts parts = {.shares_t2 = t + pca->components};

    parts.shares_q = parts.shares_t2 + pca->signals;
    davy_pca_scale(pca, window, x);
    memset(back, 0, (2 * pca->window + pca->components) * sizeof *back);
    for (size_t d = 0; d < pca->window; d++)
        add_row(t, pca->loadings + d * pca->components, x[d], pca->components);
    for (size_t i = 0; i < pca->components; i++)
        add_row_to_both(back, white, pca->loadings_transposed + i * pca->window, t[i],
                        t[i] * pca->whiten[i], pca->window);
    for (size_t d = 0; d < pca->window; d++)
        x[d] -= back[d];
    parts.t2 = share_out(pca, white, parts.shares_t2);
    parts.q = share_out(pca, x, parts.shares_q);
    if (expected)
        expect(pca, window, back, expected);
    return parts;
}
