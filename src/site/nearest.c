/* SPDX-License-Identifier: Apache-2.0 */
#include "site/nearest.h"

#include <string.h>

#define MIN(a, b) ((a) < (b) ? (a) : (b))

/* Three rows of the table of distances between the beginnings of both words. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][DAVY_NEAREST_MAX + 1];

    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *two_above = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = MIN(above[j - 1] + (a[i - 1] != b[j - 1]), MIN(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = MIN(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

void davy_nearest_offer(davy_nearest *nearest, const char *candidate)
{
    size_t length = strlen(nearest->word);
    size_t candidate_length = strlen(candidate);
    size_t found;

    if (length > DAVY_NEAREST_MAX || candidate_length > DAVY_NEAREST_MAX)
        return;
    found = length > candidate_length ? length - candidate_length : candidate_length - length;
    if (found > (length + 2) / 3)
        return; /* so many letters are put in or left out */
    found = distance(nearest->word, length, candidate, candidate_length);
    if (found > (length + 2) / 3 || found >= length ||
        (nearest->best && found >= nearest->distance))
        return;
    nearest->best = candidate;
    nearest->distance = found;
}
