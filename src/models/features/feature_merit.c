/* SPDX-License-Identifier: Apache-2.0 */
#include "models/features/feature_merit.h"

#include "core/bulk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS        ((size_t) 16)
#define CLASSES_MAX ((size_t) 250) /* classes are bins of the answer */
#define MOVES       1e-12          /* relative to the mean square */

davy_status davy_merit_variance(const davy_lesson *lesson, const davy_feature_matrix *m,
                                size_t keep, double *merit)
{
    (void) lesson;
    (void) keep;
    for (size_t j = 0; j < m->columns; j++) {
        double sum = 0, squares = 0, mean;

        for (size_t i = 0; i < m->rows; i++)
            sum += (double) m->values[i * m->columns + j];
        mean = sum / (double) m->rows;
        for (size_t i = 0; i < m->rows; i++) {
            const double d = (double) m->values[i * m->columns + j] - mean;

            squares += d * d;
        }
        merit[j] = squares / (double) m->rows;
        if (merit[j] <= MOVES * mean * mean)
            merit[j] = 0;
    }
    return DAVY_OK;
}

/* ---------------------------------------------------------------------------------- information */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

davy_status davy_merit_bins(const double *numbers, size_t rows, size_t most, uint8_t *bins,
                            size_t *count)
{
    double *sorted = davy_bulk_alloc(rows + 1, sizeof *sorted);
    double edges[256];
    size_t found = 0;

    if (!sorted)
        return davy_fail_in(DAVY_ERR_NOMEM, "features");
    memcpy(sorted, numbers, rows * sizeof *sorted);
    davy_bulk_sort(sorted, rows, sizeof *sorted, by_size);
    for (size_t k = 1; k < most && rows > 0; k++) {
        const double edge = sorted[k * rows / most];

        if (edge > sorted[0] && (found == 0 || edge > edges[found - 1]))
            edges[found++] = edge;
    }
    for (size_t i = 0; i < rows; i++) {
        size_t bin = 0;

        while (bin < found && numbers[i] >= edges[bin])
            bin++;
        bins[i] = (uint8_t) bin;
    }
    davy_bulk_free(sorted);
    *count = found + 1;
    return DAVY_OK;
}

double davy_merit_shared(const uint8_t *x, size_t a, const uint8_t *y, size_t b, size_t rows,
                         size_t *counts)
{
    size_t of_x[256] = {0}, of_y[256] = {0};
    double sum = 0;

    memset(counts, 0, a * b * sizeof *counts);
    for (size_t i = 0; i < rows; i++) {
        counts[x[i] * b + y[i]]++;
        of_x[x[i]]++;
        of_y[y[i]]++;
    }
    for (size_t i = 0; i < a; i++)
        for (size_t k = 0; k < b; k++)
            if (counts[i * b + k] > 0)
                sum += (double) counts[i * b + k] * log((double) counts[i * b + k] * (double) rows /
                                                        ((double) of_x[i] * (double) of_y[k]));
    return fmax(sum / (double) rows, 0);
}

/* Everything in bins: columns and the answer. */
typedef struct binned {
    uint8_t *bins;  /* [columns * rows] */
    size_t *counts; /* [columns] bins of each */
    uint8_t *answer;
    size_t answers;
    size_t *scratch;
} binned;

static void binned_clear(binned *b)
{
    davy_bulk_free(b->bins);
    davy_bulk_free(b->counts);
    davy_bulk_free(b->answer);
    davy_bulk_free(b->scratch);
}

static davy_status bin_answer(const davy_feature_matrix *m, binned *b)
{
    if (m->classes > CLASSES_MAX)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "%zu classes are more than %zu", m->classes,
                         CLASSES_MAX);
    if (m->classes == 0)
        return davy_merit_bins(m->targets, m->rows, BINS, b->answer, &b->answers);
    for (size_t i = 0; i < m->rows; i++)
        b->answer[i] = (uint8_t) m->targets[i];
    b->answers = m->classes;
    return DAVY_OK;
}

static davy_status binned_init(const davy_feature_matrix *m, binned *b)
{
    double *column = davy_bulk_alloc(m->rows + 1, sizeof *column);
    davy_status status;

    b->bins = davy_bulk_alloc(m->columns * m->rows + 1, 1);
    b->counts = davy_bulk_alloc(m->columns, sizeof *b->counts);
    b->answer = davy_bulk_alloc(m->rows + 1, 1);
    b->scratch = davy_bulk_alloc((size_t) 256 * 256, sizeof *b->scratch);
    if (!column || !b->bins || !b->counts || !b->answer || !b->scratch) {
        davy_bulk_free(column);
        return davy_fail_in(DAVY_ERR_NOMEM, "features");
    }
    status = bin_answer(m, b);
    for (size_t j = 0; j < m->columns && status == DAVY_OK; j++) {
        for (size_t i = 0; i < m->rows; i++)
            column[i] = (double) m->values[i * m->columns + j];
        status = davy_merit_bins(column, m->rows, BINS, b->bins + j * m->rows, &b->counts[j]);
    }
    davy_bulk_free(column);
    return status;
}

/* Chance alone shares about (a - 1)(b - 1) / 2n (Miller, 1955). */
static double relevance(const binned *b, size_t rows, size_t j)
{
    const double chance =
        (double) (b->counts[j] - 1) * (double) (b->answers - 1) / (2 * (double) rows);

    return fmax(davy_merit_shared(b->bins + j * rows, b->counts[j], b->answer, b->answers, rows,
                                  b->scratch) -
                    chance,
                0);
}

davy_status davy_merit_information(const davy_lesson *lesson, const davy_feature_matrix *m,
                                   size_t keep, double *merit)
{
    binned b = {0};
    davy_status status = binned_init(m, &b);

    (void) lesson;
    (void) keep;
    for (size_t j = 0; j < m->columns && status == DAVY_OK; j++)
        merit[j] = relevance(&b, m->rows, j);
    binned_clear(&b);
    return status;
}

/* The next column: the most relevance less the mean of what it shares with those taken. */
static size_t take_next(const double *relevant, const double *shared, const double *merit,
                        size_t columns, size_t taken)
{
    size_t best = columns;
    double most = -INFINITY;

    for (size_t j = 0; j < columns; j++) {
        const double worth = relevant[j] - (taken > 0 ? shared[j] / (double) taken : 0);

        if (merit[j] == 0 && relevant[j] > 0 && worth > most) {
            most = worth;
            best = j;
        }
    }
    return best;
}

davy_status davy_merit_mrmr(const davy_lesson *lesson, const davy_feature_matrix *m, size_t keep,
                            double *merit)
{
    const size_t wanted = keep > 0 && keep < m->columns ? keep : m->columns;
    double *relevant = calloc(m->columns, sizeof *relevant);
    double *shared = calloc(m->columns, sizeof *shared);
    binned b = {0};
    davy_status status =
        relevant && shared ? binned_init(m, &b) : davy_fail(DAVY_ERR_NOMEM, "features");

    for (size_t j = 0; j < m->columns && status == DAVY_OK; j++)
        relevant[j] = relevance(&b, m->rows, j);
    for (size_t taken = 0; taken < wanted && status == DAVY_OK; taken++) {
        const size_t next = take_next(relevant, shared, merit, m->columns, taken);

        if (next == m->columns)
            break;
        merit[next] = (double) (wanted - taken);
        for (size_t j = 0; j < m->columns; j++)
            if (merit[j] == 0)
                shared[j] +=
                    davy_merit_shared(b.bins + j * m->rows, b.counts[j], b.bins + next * m->rows,
                                      b.counts[next], m->rows, b.scratch);
        status = davy_classic_go_on(lesson);
    }
    binned_clear(&b);
    free(relevant);
    free(shared);
    return status;
}
