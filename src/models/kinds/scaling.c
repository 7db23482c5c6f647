/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/scaling.h"

#include <math.h>

#define NORMAL_MAD     1.4826
#define MAD_SHARE_MIN  1e-3
#define CONSTANT_SCALE 1e-3

static void swap(double *a, double *b)
{
    const double kept = *a;

    *a = *b;
    *b = kept;
}

/* Hoare's selection with the median of three as the pivot; equal values split evenly. */
double davy_select(double *values, size_t count, size_t rank)
{
    size_t low = 0, high = count - 1;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        size_t i = low, j = high;
        double pivot;

        if (values[middle] < values[low])
            swap(&values[middle], &values[low]);
        if (values[high] < values[low])
            swap(&values[high], &values[low]);
        if (values[high] < values[middle])
            swap(&values[high], &values[middle]);
        pivot = values[middle];
        while (i <= j) {
            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i <= j) {
                swap(&values[i], &values[j]);
                i++;
                if (j == 0)
                    break;
                j--;
            }
        }
        if (rank <= j)
            high = j;
        else if (rank >= i)
            low = i;
        else
            break;
    }
    return values[rank];
}

double davy_quantile(double *values, size_t count, double share)
{
    const double rank = ceil(share * (double) count) - 1.0;

    return davy_select(values, count, rank > 0 ? (size_t) rank : 0);
}

static double deviation(const double *values, size_t count)
{
    double mean = 0, sum = 0;

    for (size_t i = 0; i < count; i++)
        mean += (values[i] - mean) / (double) (i + 1);
    for (size_t i = 0; i < count; i++)
        sum += (values[i] - mean) * (values[i] - mean);
    return sqrt(sum / (double) count);
}

/* The middle value, or the mean of the two in the middle. */
static double middle_of(double *values, size_t count)
{
    const double upper = davy_select(values, count, count / 2);

    if (count % 2 == 1)
        return upper;
    return 0.5 * upper + 0.5 * davy_select(values, count, count / 2 - 1);
}

void davy_scaling_of(double *values, size_t count, double *median, double *scale)
{
    const double sigma = deviation(values, count);

    *median = middle_of(values, count);
    for (size_t i = 0; i < count; i++)
        values[i] = fabs(values[i] - *median);
    *scale = NORMAL_MAD * middle_of(values, count);
    if (*scale <= MAD_SHARE_MIN * sigma)
        *scale = sigma;
    /* A constant of 0.1 has a deviation of rounding; that is not a scale. */
    if (*scale <= 1e-12 * fabs(*median))
        *scale = CONSTANT_SCALE * fabs(*median);
    if (!(*scale > 0))
        *scale = CONSTANT_SCALE;
}
