/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/classic.h"

#include "core/bulk.h"
#include "core/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A deviation below this share of the mean is rounding, not movement; as neural_scale.c has it. */
#define MOVES_RELATIVE 1e-6
#define MOVES_ABSOLUTE 1e-30

#define READS_BETWEEN_TOLD ((size_t) 4096)

void davy_classic_clear(davy_classic_matrix *matrix)
{
    davy_bulk_free(matrix->values);
    davy_bulk_free(matrix->targets);
    davy_bulk_free(matrix->weights);
    davy_bulk_free(matrix->counts);
    davy_bulk_free(matrix->members);
    *matrix = (davy_classic_matrix){0};
}

size_t davy_classic_outputs(const davy_classic_matrix *matrix)
{
    return matrix->classes > 0 ? matrix->classes : 1;
}

const float *davy_classic_row(const davy_classic_matrix *matrix, size_t row)
{
    return matrix->values + row * matrix->columns;
}

static davy_status matrix_init(const davy_lesson *lesson, davy_purpose purpose,
                               davy_classic_matrix *matrix)
{
    const davy_sample_set *samples = lesson->samples;
    size_t rows = 0;

    for (size_t i = 0; i < samples->count; i++)
        rows += lesson->held[i] == purpose;
    *matrix = (davy_classic_matrix){.rows = rows,
                                    .columns = davy_form_values(&samples->form),
                                    .channels = samples->form.channels,
                                    .classes = samples->class_count};
    if (rows > DAVY_CLASSIC_VALUES_MAX / matrix->columns)
        return davy_fail(DAVY_ERR_FULL,
                         "%zu samples of %zu numbers are more than the %zu that can be learnt from "
                         "at once: a larger stride or a shorter window makes fewer",
                         rows, matrix->columns, DAVY_CLASSIC_VALUES_MAX);
    matrix->values = davy_bulk_alloc((rows + 1) * matrix->columns, sizeof *matrix->values);
    matrix->targets = davy_bulk_alloc(rows + 1, sizeof *matrix->targets);
    matrix->weights = davy_bulk_alloc(rows + 1, sizeof *matrix->weights);
    matrix->members = davy_bulk_alloc(rows + 1, sizeof *matrix->members);
    matrix->counts = davy_bulk_alloc(matrix->classes + 1, sizeof *matrix->counts);
    if (!matrix->values || !matrix->targets || !matrix->weights || !matrix->members ||
        !matrix->counts)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples of %zu numbers", rows, matrix->columns);
    return DAVY_OK;
}

static davy_status check_finite(const davy_classic_matrix *matrix, size_t row, size_t place)
{
    const float *values = davy_classic_row(matrix, row);

    for (size_t j = 0; j < matrix->columns; j++)
        if (!isfinite(values[j]))
            return davy_fail(DAVY_ERR_INVALID, "number %zu of sample %zu is not finite", j + 1,
                             place + 1);
    return DAVY_OK;
}

static davy_status read_rows(const davy_lesson *lesson, davy_purpose purpose,
                             davy_classic_matrix *matrix)
{
    const davy_sample_set *samples = lesson->samples;
    size_t row = 0;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < samples->count && status == DAVY_OK; i++) {
        if (lesson->held[i] != purpose)
            continue;
        if (row % READS_BETWEEN_TOLD == 0)
            davy_classic_tell(lesson, "reading", row, matrix->rows);
        status = davy_sample_set_read(samples, i, matrix->values + row * matrix->columns);
        if (status == DAVY_OK)
            status = check_finite(matrix, row, samples->places[i]);
        matrix->targets[row] = samples->targets[i];
        matrix->weights[row] = 1;
        matrix->members[row] = i;
        if (matrix->classes > 0)
            matrix->counts[(size_t) samples->targets[i]]++;
        row++;
    }
    return status;
}

static davy_status check_targets(const davy_lesson *lesson, const davy_classic_matrix *matrix)
{
    bool differ = false;

    for (size_t k = 0; k < matrix->classes; k++)
        if (matrix->counts[k] == 0)
            return davy_fail(DAVY_ERR_INVALID,
                             "class '%s' stands wholly in the samples that are held out: none is "
                             "left to learn it from",
                             lesson->samples->classes[k]);
    for (size_t i = 1; i < matrix->rows; i++)
        differ = differ || matrix->targets[i] != matrix->targets[0];
    if (matrix->rows < 2)
        return davy_fail(DAVY_ERR_INVALID, "%zu %s too few to learn from", matrix->rows,
                         matrix->rows == 1 ? "sample is" : "samples are");
    if (!differ)
        return davy_fail(DAVY_ERR_INVALID,
                         "all %zu samples have the same answer, %g: there is nothing to learn",
                         matrix->rows, matrix->targets[0]);
    return DAVY_OK;
}

/* One that changes is enough; the others are harmless. */
static davy_status check_movement(const davy_classic_matrix *matrix)
{
    for (size_t i = 1; i < matrix->rows; i++)
        if (memcmp(davy_classic_row(matrix, i), matrix->values,
                   matrix->columns * sizeof *matrix->values) != 0)
            return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID,
                     "all %zu samples hold the same numbers: nothing tells their answers apart",
                     matrix->rows);
}

davy_status davy_classic_read(const davy_lesson *lesson, davy_purpose purpose,
                              davy_classic_matrix *out)
{
    davy_status status = matrix_init(lesson, purpose, out);

    if (status == DAVY_OK)
        status = read_rows(lesson, purpose, out);
    if (status == DAVY_OK && purpose == DAVY_PURPOSE_LEARN)
        status = check_targets(lesson, out);
    if (status == DAVY_OK && purpose == DAVY_PURPOSE_LEARN)
        status = check_movement(out);
    if (status != DAVY_OK)
        davy_classic_clear(out);
    return status;
}

bool davy_classic_balanced(const davy_lesson *lesson)
{
    return strcmp(davy_lesson_text(lesson, "balance"), "yes") == 0;
}

void davy_classic_balance(davy_classic_matrix *matrix)
{
    for (size_t i = 0; i < matrix->rows && matrix->classes > 0; i++)
        matrix->weights[i] =
            (double) matrix->rows /
            ((double) matrix->classes * (double) matrix->counts[(size_t) matrix->targets[i]]);
}

/* Mark `want` of the rows of a class (or of all, for numbers). @param order  [2 * rows] scratch */
static void mark_drawn(const davy_classic_matrix *matrix, size_t k, size_t want, uint64_t seed,
                       uint32_t *order, uint8_t *drawn)
{
    uint32_t *members = order + matrix->rows;
    size_t count = 0;

    for (size_t i = 0; i < matrix->rows; i++)
        if (matrix->classes == 0 || matrix->targets[i] == (double) k)
            members[count++] = (uint32_t) i;
    davy_random_shuffle(seed, (uint32_t) k, order, count);
    for (size_t n = 0; n < want && n < count; n++)
        drawn[members[order[n]]] = 1;
}

davy_status davy_classic_draw(const davy_classic_matrix *matrix, size_t most, uint64_t seed,
                              size_t **rows, size_t *count)
{
    const double share = fmin((double) most / (double) matrix->rows, 1);
    uint32_t *order = davy_bulk_alloc(2 * matrix->rows, sizeof *order);
    uint8_t *drawn = davy_bulk_alloc(matrix->rows, 1);
    size_t *found = davy_bulk_alloc(matrix->rows, sizeof *found);

    *count = 0;
    if (!order || !drawn || !found) {
        davy_bulk_free(found);
        found = NULL;
    } else if (matrix->classes == 0) {
        mark_drawn(matrix, 0, most, seed, order, drawn);
    } else {
        for (size_t k = 0; k < matrix->classes; k++)
            mark_drawn(matrix, k, (size_t) ceil(share * (double) matrix->counts[k]), seed, order,
                       drawn);
    }
    for (size_t i = 0; found && i < matrix->rows; i++)
        if (drawn[i])
            found[(*count)++] = i;
    *rows = found;
    davy_bulk_free(order);
    davy_bulk_free(drawn);
    return found ? DAVY_OK : davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", matrix->rows);
}

/* Sums of a channel over all rows and steps, about `centre`. */
static void sum_channel(const davy_classic_matrix *matrix, size_t channel, double centre,
                        double *sum, double *squares)
{
    *sum = *squares = 0;
    for (size_t i = channel; i < matrix->rows * matrix->columns; i += matrix->channels) {
        const double d = (double) matrix->values[i] - centre;

        *sum += d;
        *squares += d * d;
    }
}

davy_status davy_classic_measure(const davy_classic_matrix *matrix, davy_channel_scale *out)
{
    const size_t steps = matrix->columns / matrix->channels;
    const double n = (double) matrix->rows * (double) steps;

    *out = (davy_channel_scale){.count = matrix->channels};
    out->mean = calloc(out->count, sizeof *out->mean);
    out->scale = calloc(out->count, sizeof *out->scale);
    if (!out->mean || !out->scale) {
        davy_channel_scale_clear(out);
        return davy_fail_in(DAVY_ERR_NOMEM, "scale");
    }
    for (size_t c = 0; c < out->count; c++) {
        double sum, squares, mean, spread;

        sum_channel(matrix, c, 0, &sum, &squares);
        mean = sum / n;
        sum_channel(matrix, c, mean, &sum, &squares);
        spread = sqrt(squares / n);
        out->mean[c] = (float) mean;
        out->scale[c] =
            spread > MOVES_RELATIVE * fabs(mean) && spread > MOVES_ABSOLUTE ? (float) spread : 1.0F;
    }
    return DAVY_OK;
}

void davy_classic_standardise(davy_classic_matrix *matrix, const davy_channel_scale *scale)
{
    for (size_t i = 0; i < matrix->rows * matrix->columns; i++) {
        const size_t c = i % scale->count;

        matrix->values[i] = (matrix->values[i] - scale->mean[c]) / scale->scale[c];
    }
}

davy_status davy_classic_scale_targets(const davy_classic_matrix *matrix, double *mean,
                                       double *spread, double **out)
{
    const double n = (double) matrix->rows;
    double *y = davy_bulk_alloc(matrix->rows, sizeof *y);

    if (!y)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu targets", matrix->rows);
    *mean = *spread = 0;
    for (size_t i = 0; i < matrix->rows; i++)
        *mean += matrix->targets[i] / n;
    for (size_t i = 0; i < matrix->rows; i++)
        *spread += (matrix->targets[i] - *mean) * (matrix->targets[i] - *mean) / n;
    *spread = sqrt(*spread); /* above 0: the targets were checked */
    for (size_t i = 0; i < matrix->rows; i++)
        y[i] = (matrix->targets[i] - *mean) / *spread;
    *out = y;
    return DAVY_OK;
}

void davy_classic_tell(const davy_lesson *lesson, const char *what, uint64_t done, uint64_t total)
{
    const davy_learning_state state = {.what = what, .done = done, .total = total, .note = ""};

    if (lesson->progress)
        lesson->progress(lesson->context, &state);
}

davy_status davy_classic_go_on(const davy_lesson *lesson)
{
    if (lesson->interrupted && lesson->interrupted(lesson->context))
        return davy_fail(DAVY_ERR_TIMEOUT, "interrupted: nothing was learnt");
    return DAVY_OK;
}
