/* SPDX-License-Identifier: Apache-2.0 */
#include "store/codec_work.h"

#include <math.h>
#include <stdlib.h>

/*
 * Linear prediction of integers from up to eight before them, as of sound: T. Robinson, "SHORTEN:
 * Simple lossless and near-lossless waveform compression", Cambridge University CUED/F-INFENG/
 * TR.156, 1994. Weights come from the covariance method, which suits short columns better than that
 * of autocorrelation (J. Makhoul, "Linear Prediction: A Tutorial Review", Proc. IEEE 63(4), 1975,
 * section II.B): the normal equations, of which the Cholesky factors tell the error of every lower
 * order too. They are kept as integers with no more bits than are worth it.
 *
 * Here nothing needs to be exact but what is done again: predictions are integers, modulo 2^64.
 */
#define ORDER_MAX   DAVY_LINEAR_ORDER_MAX
#define SHIFT_MAX   14 /* a weight then has two bytes, as a predictor of so many points may cost */
#define SOME        31 /* values of which the median is taken */
#define SPREADS_MAX 32 /* far beyond what noise and drift do: 20 deviations of a normal one */
#define RANK        1e-9 /* share of the variance below which a pivot is but rounding */

/* One value before another, 0 to 8 back. */
typedef double products[ORDER_MAX + 1][ORDER_MAX + 1];

/* Sums over the values from `order` on, by Makhoul's recursion over both indexes. */
static void sum_products(const double *y, size_t count, size_t order, products sums)
{
    for (size_t k = 0; k <= order; k++) {
        double sum = 0;

        for (size_t i = order; i < count; i++)
            sum += y[i] * y[i - k];
        sums[0][k] = sums[k][0] = sum;
    }
    for (size_t i = 1; i <= order; i++)
        for (size_t k = i; k <= order; k++) {
            const size_t before = order - i, last = count - i;

            sums[i][k] =
                sums[i - 1][k - 1] + y[before] * y[before - (k - i)] - y[last] * y[last - (k - i)];
            sums[k][i] = sums[i][k];
        }
}

/* Cholesky factors L D L' of the equations, and what is left of the variance after each order. */
struct factors {
    double lower[ORDER_MAX][ORDER_MAX], pivots[ORDER_MAX], right[ORDER_MAX];
    double left[ORDER_MAX + 1];
    size_t order; /* fewer than asked for when the values are that regular */
};

static void factorise(const products sums, size_t order, struct factors *f)
{
    f->left[0] = sums[0][0];
    for (f->order = 0; f->order < order; f->order++) {
        const size_t n = f->order;
        double pivot = sums[n + 1][n + 1], right = sums[0][n + 1];

        for (size_t k = 0; k < n; k++) {
            double sum = sums[n + 1][k + 1];

            for (size_t j = 0; j < k; j++)
                sum -= f->lower[n][j] * f->pivots[j] * f->lower[k][j];
            f->lower[n][k] = sum / f->pivots[k];
            pivot -= f->lower[n][k] * sum;
            right -= f->lower[n][k] * f->right[k];
        }
        if (!(pivot > RANK * sums[n + 1][n + 1]))
            return;
        f->pivots[n] = pivot;
        f->right[n] = right;
        f->left[n + 1] = f->left[n] - right * right / pivot;
    }
}

static void solve(const struct factors *f, size_t order, double *weights)
{
    for (size_t i = order; i-- > 0;) {
        weights[i] = f->right[i] / f->pivots[i];
        for (size_t k = i + 1; k < order; k++)
            weights[i] -= f->lower[k][i] * weights[k];
    }
}

/* Least left, in bits of values that are distributed normally; a weight costs a byte or two. */
static size_t choose_order(const struct factors *f, size_t count)
{
    double best = INFINITY;
    size_t chosen = 0;

    for (size_t order = 0; order <= f->order; order++) {
        const double variance = f->left[order] / (double) count;
        const double bits = (double) count / 2 * log2((variance > 0 ? variance : 0) + 1.0 / 12) +
                            12.0 * (double) order;

        if (bits < best) {
            best = bits;
            chosen = order;
        }
    }
    return chosen;
}

/* Rounding weights to 2^-s adds variance / 12 / 4^s to what is left: so many bits are taken that it
 * is no more than about one bit of the column, count / (2 ln 2) of the ratio. */
static unsigned choose_shift(const struct factors *f, size_t order, size_t count)
{
    const double floor = (double) count / 12,
                 left = f->left[order] > floor ? f->left[order] : floor;
    const double bits = log2(f->left[0] / left * (double) count / 16.6) / 2;

    return bits < 1 ? 1 : bits > SHIFT_MAX ? SHIFT_MAX : (unsigned) ceil(bits);
}

/* Values less their mean, after as many of the first as a predictor may look back. */
static int64_t *fill_history(davy_codec_work *work, const int64_t *integers, size_t count,
                             int64_t mean)
{
    int64_t *y = work->history + ORDER_MAX;

    for (size_t i = 0; i < count; i++)
        y[i] = davy_wrap_subtract(integers[i], mean);
    for (size_t k = 0; k < ORDER_MAX; k++)
        work->history[k] = y[0];
    return y;
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *) left, b = *(const double *) right;

    return (a > b) - (a < b);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

/* Of some values out of all: their median, and that of the distances from it. */
static void look_at_some(const int64_t *integers, size_t count, double *middle, double *spread)
{
    double some[SOME];

    for (size_t i = 0; i < SOME; i++) {
        const size_t at = i * count / SOME;

        some[i] = (double) integers[at];
    }
    *middle = median(some, SOME);
    for (size_t i = 0; i < SOME; i++)
        some[i] = fabs(some[i] - *middle);
    *spread = median(some, SOME);
}

/* Values to fit to, less their mean, which is returned. A spike would count for all others: no
 * value counts as further from the median than so many times the usual distance. */
static double tame(davy_codec_work *work, const int64_t *integers, size_t count)
{
    double *y = work->series;
    double middle, spread, sum = 0;

    look_at_some(integers, count, &middle, &spread);
    for (size_t i = 0; i < count; i++) {
        y[i] = (double) integers[i] - middle;
        if (spread > 0)
            y[i] = fmin(fmax(y[i], -SPREADS_MAX * spread), SPREADS_MAX * spread);
        sum += y[i];
    }
    for (size_t i = 0; i < count; i++)
        y[i] -= sum / (double) count;
    return middle + sum / (double) count;
}

void davy_linear_fit(davy_codec_work *work, const int64_t *integers, size_t count,
                     davy_linear *predictor)
{
    const size_t most = count / ORDER_MAX < ORDER_MAX ? count / ORDER_MAX : ORDER_MAX;
    const double mean = tame(work, integers, count);
    products sums;
    struct factors factors;
    double weights[ORDER_MAX] = {0};

    sum_products(work->series, count, most, sums);
    factorise((const double(*)[ORDER_MAX + 1]) sums, most, &factors);
    *predictor = (davy_linear){.order = (unsigned) choose_order(&factors, count),
                               .mean = (int64_t) round(mean)};
    if (predictor->order == 0)
        return;
    predictor->shift = choose_shift(&factors, predictor->order, count);
    solve(&factors, predictor->order, weights);
    for (size_t k = 0; k < predictor->order; k++) {
        const double weight = round(weights[k] * (double) (1U << predictor->shift));

        /* Values that are nearly regular may ask for any: what they leave then decides. */
        predictor->weights[k] = fabs(weight) < INT32_MAX ? (int64_t) weight : 0;
    }
}

/* A negative sum is shifted as gcc and clang do, towards minus infinity. */
static inline int64_t predict(const davy_linear *predictor, unsigned order, const int64_t *y)
{
    uint64_t sum = predictor->shift > 0 ? 1ULL << (predictor->shift - 1) : 0;

    for (unsigned k = 0; k < order; k++)
        sum += (uint64_t) predictor->weights[k] * (uint64_t) y[-1 - (int) k];
    return (int64_t) sum >> predictor->shift;
}

void davy_linear_take(davy_codec_work *work, const davy_linear *predictor, const int64_t *integers,
                      size_t count, uint64_t *left)
{
    const int64_t *y = fill_history(work, integers, count, predictor->mean);

    for (size_t i = 1; i < count; i++)
        left[i - 1] =
            davy_zigzag(davy_wrap_subtract(y[i], predict(predictor, predictor->order, y + i)));
}

/* With a known order, so that the compiler unrolls it. */
static inline void give(const davy_linear *predictor, unsigned order, const uint64_t *left,
                        int64_t *y, size_t count)
{
    for (size_t i = 1; i < count; i++)
        y[i] = davy_wrap_add(predict(predictor, order, y + i), davy_unzigzag(left[i - 1]));
}

void davy_linear_give(davy_codec_work *work, const davy_linear *predictor, const uint64_t *left,
                      int64_t *integers, size_t count)
{
    int64_t *y = fill_history(work, integers, 1, predictor->mean);

    switch (predictor->order) {
    case 0:
        give(predictor, 0, left, y, count);
        break;
    case 1:
        give(predictor, 1, left, y, count);
        break;
    case 2:
        give(predictor, 2, left, y, count);
        break;
    case 3:
        give(predictor, 3, left, y, count);
        break;
    case 4:
        give(predictor, 4, left, y, count);
        break;
    default:
        give(predictor, predictor->order, left, y, count);
    }
    for (size_t i = 1; i < count; i++)
        integers[i] = davy_wrap_add(y[i], predictor->mean);
}
