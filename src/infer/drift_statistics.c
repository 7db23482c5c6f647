/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/drift_statistics.h"

#include <assert.h>
#include <float.h>
#include <math.h>

/* An empty bin, in samples. */
#define EMPTY_BIN 0.5

/* Terms of a series or fraction; they converge in a few dozen where anybody looks. */
#define TERMS_MAX 1000

double davy_psi(const uint32_t *reference, const uint32_t *window, size_t bins)
{
    double n = 0, m = 0, sum = 0;

    for (size_t i = 0; i < bins; i++) {
        n += reference[i];
        m += window[i];
    }
    for (size_t i = 0; i < bins; i++) {
        const double p = fmax(reference[i], EMPTY_BIN) / n, q = fmax(window[i], EMPTY_BIN) / m;

        if (reference[i] > 0 || window[i] > 0)
            sum += (q - p) * log(q / p);
    }
    return sum;
}

double davy_psi_p(double psi, size_t n, size_t m, size_t bins)
{
    if (bins < 2)
        return 1;
    return davy_chi_square_tail(psi / (1 / (double) n + 1 / (double) m), (double) (bins - 1));
}

/* ------------------------------------------------------------------------------------- chi-square
 */

/* P(a, x) by its series; for x below a + 1. */
static double gamma_series(double a, double x)
{
    double term = 1 / a, sum = term;

    for (int i = 1; i < TERMS_MAX && term > sum * DBL_EPSILON; i++) {
        term *= x / (a + i);
        sum += term;
    }
    return sum * exp(-x + a * log(x) - lgamma(a));
}

/* Q(a, x) by its continued fraction, from the front (Lentz); for x above a + 1. */
static double gamma_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / DBL_MIN, d = 1 / b, fraction = d;

    for (int i = 1; i < TERMS_MAX; i++) {
        const double an = -i * (i - a);
        double change;

        b += 2;
        d = 1 / (an * d + b);
        c = b + an / c;
        change = c * d;
        fraction *= change;
        if (fabs(change - 1) < DBL_EPSILON)
            break;
    }
    return fraction * exp(-x + a * log(x) - lgamma(a));
}

double davy_chi_square_tail(double x, double freedom)
{
    const double a = freedom / 2;

    if (!(x > 0))
        return 1;
    return x / 2 < a + 1 ? 1 - gamma_series(a, x / 2) : gamma_fraction(a, x / 2);
}

/* ----------------------------------------------------------------------------- Kolmogorov-Smirnov
 */

double davy_ks(const float *a, size_t n, const float *b, size_t m)
{
    double most = 0;
    size_t i = 0, k = 0;

    while (i < n && k < m) {
        const float at = a[i] < b[k] ? a[i] : b[k];

        while (i < n && a[i] == at)
            i++;
        while (k < m && b[k] == at)
            k++;
        most = fmax(most, fabs((double) i / (double) n - (double) k / (double) m));
    }
    return most;
}

double davy_ks_p(double distance, size_t n, size_t m)
{
    const double root = sqrt((double) n * (double) m / ((double) n + (double) m));
    const double x = distance * (root + 0.12 + 0.11 / root);
    double sum = 0, sign = 1;

    if (x < 0.2) /* the series needs many terms there, and the chance is 1 to twelve digits */
        return 1;
    for (int k = 1; k < TERMS_MAX; k++) {
        const double term = exp(-2 * x * x * k * k);

        sum += sign * term;
        sign = -sign;
        if (term < DBL_EPSILON)
            break;
    }
    return fmin(fmax(2 * sum, 0), 1);
}

/* ---------------------------------------------------------------------------------- several tests
 */

void davy_holm(const double *p, size_t count, double alpha, bool *rejected)
{
    size_t left = 0;

    assert(count <= DAVY_HOLM_MAX);
    for (size_t i = 0; i < count; i++) {
        rejected[i] = false;
        left += !isnan(p[i]);
    }
    for (; left > 0; left--) {
        size_t least = count;

        for (size_t i = 0; i < count; i++)
            if (!rejected[i] && !isnan(p[i]) && (least == count || p[i] < p[least]))
                least = i;
        if (p[least] > alpha / (double) left)
            return;
        rejected[least] = true;
    }
}
