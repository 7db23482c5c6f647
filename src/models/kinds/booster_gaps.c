/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/booster.h"

#include "core/bulk.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT  ((size_t) 11) /* bits of a key that one pass sorts by */
#define DIGITS ((size_t) 1 << DIGIT)

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

/* Rows of a column by its numbers. @param keys  [2 * rows] they end up in the second half */
static void sort_column(const davy_classic_matrix *matrix, size_t column, uint64_t *keys)
{
    uint64_t *other = keys + matrix->rows;

    for (size_t i = 0; i < matrix->rows; i++)
        keys[i] = key_of(davy_classic_row(matrix, i)[column], i);
    sort_pass(keys, other, matrix->rows, 32);
    sort_pass(other, keys, matrix->rows, 32 + DIGIT);
    sort_pass(keys, other, matrix->rows, 32 + 2 * DIGIT);
}

/* Halfway, and always above `below`. */
static float middle_of(float below, float above)
{
    const float middle = (float) (((double) below + (double) above) / 2);

    return middle > below ? middle : above;
}

/* @param rows  keys of the rows in rising order of the column */
static void open_column(davy_classic_matrix *matrix, size_t column, const uint64_t *rows,
                        double rounding)
{
    float first = 0, last = 0, low = 0; /* of those that count as one, and what stands for them */

    for (size_t i = 0; i < matrix->rows; i++) {
        float *number = &matrix->values[(rows[i] & UINT32_MAX) * matrix->columns + column];
        const double near = rounding > 0 ? rounding + FLT_EPSILON * fabs((double) first) : 0;

        if (i == 0 || (double) *number - (double) first > near) {
            low = i == 0 ? *number : middle_of(last, *number);
            first = *number;
        }
        last = *number;
        *number = low;
    }
}

davy_status davy_booster_open_gaps(davy_classic_matrix *matrix, const float *rounding)
{
    uint64_t *keys =
        matrix->rows <= UINT32_MAX ? davy_bulk_alloc(2 * matrix->rows + 1, sizeof *keys) : NULL;

    if (!keys)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", matrix->rows);
    for (size_t column = 0; column < matrix->columns; column++) {
        sort_column(matrix, column, keys);
        open_column(matrix, column, keys + matrix->rows, rounding ? (double) rounding[column] : 0);
    }
    davy_bulk_free(keys);
    return DAVY_OK;
}
