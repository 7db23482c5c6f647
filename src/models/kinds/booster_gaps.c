/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/booster.h"

#include "core/bulk.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT  ((size_t) 11) /* bits of a key that one pass sorts by */
#define DIGITS ((size_t) 1 << DIGIT)

#define TOGETHER ((size_t) 16) /* columns */

/* A number in the upper half, as an integer that sorts as it does, and its row in the lower. */
static uint64_t key_of(float value, size_t row)
{
    uint32_t bits;

    memcpy(&bits, &value, sizeof bits);
    bits ^= bits >> 31 ? UINT32_MAX : 0x80000000U;
    return (uint64_t) bits << 32 | row;
}

static void sort_pass(const uint64_t *from, uint64_t *to, size_t count, size_t shift)
{
    size_t places[DIGITS + 1] = {0};

    for (size_t i = 0; i < count; i++)
        places[(from[i] >> shift & (DIGITS - 1)) + 1]++;
    for (size_t d = 0; d < DIGITS; d++)
        places[d + 1] += places[d];
    for (size_t i = 0; i < count; i++)
        to[places[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

/* Places of numbers in rising order. @param keys  [2 * count] they end up in the second half */
static void sort_column(const float *numbers, size_t count, uint64_t *keys)
{
    uint64_t *other = keys + count;

    for (size_t i = 0; i < count; i++)
        keys[i] = key_of(numbers[i], i);
    sort_pass(keys, other, count, 32);
    sort_pass(other, keys, count, 32 + DIGIT);
    sort_pass(keys, other, count, 32 + 2 * DIGIT);
}

/* Halfway, and always above `below`. */
static float middle_of(float below, float above)
{
    const float middle = (float) (((double) below + (double) above) / 2);

    return middle > below ? middle : above;
}

/* @param rising  keys of the numbers in rising order */
static void open_column(float *numbers, size_t count, const uint64_t *rising, double rounding)
{
    float first = 0, last = 0, low = 0; /* of those that count as one, and what stands for them */

    for (size_t i = 0; i < count; i++) {
        float *number = &numbers[rising[i] & UINT32_MAX];
        const double near = rounding > 0 ? rounding + FLT_EPSILON * fabs((double) first) : 0;

        if (i == 0 || (double) *number - (double) first > near) {
            low = i == 0 ? *number : middle_of(last, *number);
            first = *number;
        }
        last = *number;
        *number = low;
    }
}

/* Columns are taken out of the rows, as many as share a cache line, and put back. */
static void take_columns(const davy_classic_matrix *matrix, size_t column, size_t count,
                         float *numbers)
{
    for (size_t i = 0; i < matrix->rows; i++)
        for (size_t k = 0; k < count; k++)
            numbers[k * matrix->rows + i] = davy_classic_row(matrix, i)[column + k];
}

static void put_columns(const float *numbers, size_t column, size_t count,
                        davy_classic_matrix *matrix)
{
    for (size_t i = 0; i < matrix->rows; i++)
        for (size_t k = 0; k < count; k++)
            matrix->values[i * matrix->columns + column + k] = numbers[k * matrix->rows + i];
}

/* @param keys, numbers  scratch, [2 * rows] and [TOGETHER * rows] */
static void open_columns(davy_classic_matrix *matrix, const float *rounding, uint64_t *keys,
                         float *numbers)
{
    for (size_t from = 0; from < matrix->columns; from += TOGETHER) {
        const size_t left = matrix->columns - from, count = left < TOGETHER ? left : TOGETHER;

        take_columns(matrix, from, count, numbers);
        for (size_t k = 0; k < count; k++) {
            float *column = numbers + k * matrix->rows;

            sort_column(column, matrix->rows, keys);
            open_column(column, matrix->rows, keys + matrix->rows,
                        rounding ? (double) rounding[from + k] : 0);
        }
        put_columns(numbers, from, count, matrix);
    }
}

davy_status davy_booster_open_gaps(davy_classic_matrix *matrix, const float *rounding)
{
    const bool counts = matrix->rows <= UINT32_MAX;
    uint64_t *keys = counts ? davy_bulk_alloc(2 * matrix->rows + 1, sizeof *keys) : NULL;
    float *numbers = counts ? davy_bulk_alloc(TOGETHER * matrix->rows + 1, sizeof *numbers) : NULL;
    const bool enough = keys && numbers;

    if (enough)
        open_columns(matrix, rounding, keys, numbers);
    davy_bulk_free(keys);
    davy_bulk_free(numbers);
    return enough ? DAVY_OK : davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", matrix->rows);
}
