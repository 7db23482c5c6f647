/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/smote.h"

#include "core/bulk.h"
#include "core/random.h"
#include "models/kinds/classic.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POOL_MAX ((size_t) 4000) /* samples of a class that neighbours are looked for among */

/* Streams of chance. */
enum { ORDER = 0x5307, PICK, PLACE };

bool davy_smote_wanted(const davy_lesson *lesson)
{
    return davy_lesson_number(lesson, "smote") > 0;
}

void davy_smote_clear(davy_smote *made)
{
    davy_bulk_free(made->samples.targets);
    davy_bulk_free(made->samples.groups);
    davy_bulk_free(made->samples.places);
    davy_bulk_free(made->held);
    davy_bulk_free(made->values);
    *made = (davy_smote){.made = 0};
}

/* A class at work. */
typedef struct filling {
    const davy_classic_matrix *matrix;
    const float *scales; /* [columns] 1 / deviation, squared */
    size_t *rows;        /* [count] of the class, in a random order */
    size_t count;
    size_t neighbours;
    size_t *near;      /* [neighbours] of the sample at hand */
    double *distances; /* [neighbours] rising */
} filling;

static double distance(const filling *f, size_t a, size_t b)
{
    const float *x = davy_classic_row(f->matrix, a), *y = davy_classic_row(f->matrix, b);
    double sum = 0;

    for (size_t j = 0; j < f->matrix->columns; j++) {
        const double off = (double) x[j] - (double) y[j];

        sum += off * off * (double) f->scales[j];
    }
    return sum;
}

/* The nearest of the pool, nearest first; @return how many. */
static size_t find_near(const filling *f, size_t at)
{
    const size_t pool = f->count < POOL_MAX ? f->count : POOL_MAX;
    size_t found = 0;

    for (size_t i = 0; i < pool; i++) {
        double d;
        size_t place;

        if (i == at)
            continue;
        d = distance(f, f->rows[at], f->rows[i]);
        if (found == f->neighbours && d >= f->distances[found - 1])
            continue;
        found += found < f->neighbours;
        for (place = found - 1; place > 0 && f->distances[place - 1] > d; place--) {
            f->distances[place] = f->distances[place - 1];
            f->near[place] = f->near[place - 1];
        }
        f->distances[place] = d;
        f->near[place] = f->rows[i];
    }
    return found;
}

/* New samples from one, `count` of them; each lies on a line to one of the nearest. */
static void make_from(const filling *f, size_t at, size_t count, uint64_t seed, uint64_t number,
                      float *values)
{
    const size_t columns = f->matrix->columns, found = find_near(f, at);
    const float *x = davy_classic_row(f->matrix, f->rows[at]);

    for (size_t n = 0; n < count; n++, number++) {
        const size_t which = davy_random_below(seed, PICK, number, (uint32_t) found);
        const float *y = davy_classic_row(f->matrix, f->near[which]);
        const float share = davy_random_uniform(seed, PLACE, number);

        for (size_t j = 0; j < columns; j++)
            values[n * columns + j] = x[j] + share * (y[j] - x[j]);
    }
}

/* The rows of a class in a random order, so that those used once more are any. */
static davy_status list_rows(filling *f, size_t class, uint64_t seed)
{
    const davy_classic_matrix *matrix = f->matrix;
    uint32_t *order = calloc(matrix->counts[class] + 1, sizeof *order);
    size_t found = 0;

    if (!order)
        return davy_fail(DAVY_ERR_NOMEM, "SMOTE");
    f->count = matrix->counts[class];
    davy_random_shuffle(seed, ORDER + (uint32_t) class * 8, order, f->count);
    for (size_t i = 0; i < matrix->rows; i++)
        if ((size_t) matrix->targets[i] == class)
            f->rows[order[found++]] = i;
    free(order);
    return DAVY_OK;
}

/* How many each class gets. */
static davy_status count_new(const davy_lesson *lesson, const davy_classic_matrix *matrix,
                             size_t *wanted, size_t *total)
{
    const double share = davy_lesson_number(lesson, "smote");
    size_t most = 0;

    *total = 0;
    for (size_t k = 0; k < matrix->classes; k++)
        most = matrix->counts[k] > most ? matrix->counts[k] : most;
    for (size_t k = 0; k < matrix->classes; k++) {
        const size_t goal = (size_t) (share * (double) most + 0.5);

        wanted[k] = goal > matrix->counts[k] ? goal - matrix->counts[k] : 0;
        *total += wanted[k];
        if (wanted[k] > 0 && matrix->counts[k] < 2)
            return davy_fail(DAVY_ERR_INVALID,
                             "smote: class '%s' has one sample to learn from, and nothing lies "
                             "between one",
                             lesson->samples->classes[k]);
    }
    return DAVY_OK;
}

static davy_status read_new(const davy_sample_set *samples, size_t sample, float *values)
{
    const davy_smote *made = samples->own;
    const size_t size = davy_form_values(&samples->form);

    if (sample < made->base->count)
        return davy_sample_set_read(made->base, sample, values);
    memcpy(values, made->values + (sample - made->base->count) * size, size * sizeof *values);
    return DAVY_OK;
}

static void clear_nothing(davy_sample_set *samples)
{
    (void) samples;
}

/* Splits are made before there are new samples: these stand nowhere. */
static const davy_sample_source smote_source = {.read = read_new, .clear = clear_nothing};

/* The lesson's samples with room for the new ones. */
static davy_status make_room(const davy_lesson *lesson, size_t columns, size_t more,
                             davy_smote *made)
{
    const davy_sample_set *base = lesson->samples;
    davy_sample_set *all = &made->samples;
    const size_t count = base->count + more;

    made->base = base;
    made->made = more;
    *all = *base;
    all->source = &smote_source;
    all->own = made;
    all->count = count;
    all->names = NULL;
    all->targets = davy_bulk_alloc(count + 1, sizeof *all->targets);
    all->groups = davy_bulk_alloc(count + 1, sizeof *all->groups);
    all->places = davy_bulk_alloc(count + 1, sizeof *all->places);
    made->held = davy_bulk_alloc(count + 1, 1);
    made->values = davy_bulk_alloc(more * columns + 1, sizeof *made->values);
    if (!all->targets || !all->groups || !all->places || !made->held || !made->values)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu synthetic samples", more);
    memcpy(all->targets, base->targets, base->count * sizeof *all->targets);
    memcpy(all->groups, base->groups, base->count * sizeof *all->groups);
    memcpy(all->places, base->places, base->count * sizeof *all->places);
    memcpy(made->held, lesson->held, base->count);
    return DAVY_OK;
}

static davy_status fill_class(filling *f, const davy_lesson *lesson, size_t class, size_t wanted,
                              size_t at, davy_smote *made)
{
    const size_t columns = f->matrix->columns, base = made->base->count;
    davy_status status = list_rows(f, class, lesson->seed);

    for (size_t i = 0; i < f->count && status == DAVY_OK; i++) {
        const size_t count = wanted / f->count + (i < wanted % f->count);

        if (count > 0)
            make_from(f, i, count, lesson->seed, at, made->values + at * columns);
        for (size_t n = 0; n < count; n++, at++) {
            made->samples.targets[base + at] = (double) class;
            made->samples.groups[base + at] = made->samples.groups[f->matrix->members[f->rows[i]]];
            made->samples.places[base + at] = made->samples.places[f->matrix->members[f->rows[i]]];
            made->held[base + at] = DAVY_PURPOSE_LEARN;
        }
    }
    return status;
}

/* 1 / variance of each number; one that stands still tells no two samples apart. */
static davy_status find_scales(const davy_classic_matrix *matrix, float **out)
{
    float *scales = calloc(matrix->columns + 1, sizeof *scales);

    if (!scales)
        return davy_fail(DAVY_ERR_NOMEM, "SMOTE");
    for (size_t j = 0; j < matrix->columns; j++) {
        double sum = 0, squares = 0;

        for (size_t i = 0; i < matrix->rows; i++)
            sum += (double) davy_classic_row(matrix, i)[j];
        sum /= (double) matrix->rows;
        for (size_t i = 0; i < matrix->rows; i++) {
            const double off = (double) davy_classic_row(matrix, i)[j] - sum;

            squares += off * off;
        }
        scales[j] = squares > 0 ? (float) ((double) matrix->rows / squares) : 0;
    }
    *out = scales;
    return DAVY_OK;
}

static davy_status fill_classes(const davy_lesson *lesson, const davy_classic_matrix *matrix,
                                const size_t *wanted, davy_smote *made)
{
    filling f = {.matrix = matrix,
                 .neighbours = (size_t) davy_lesson_number(lesson, "smote_neighbours")};
    float *scales = NULL;
    size_t at = 0;
    davy_status status = find_scales(matrix, &scales);

    f.scales = scales;
    f.rows = davy_bulk_alloc(matrix->rows + 1, sizeof *f.rows);
    f.near = calloc(f.neighbours + 1, sizeof *f.near);
    f.distances = calloc(f.neighbours + 1, sizeof *f.distances);
    if (status == DAVY_OK && (!f.rows || !f.near || !f.distances))
        status = davy_fail_in(DAVY_ERR_NOMEM, "SMOTE");
    for (size_t k = 0; k < matrix->classes && status == DAVY_OK; k++) {
        if (wanted[k] > 0)
            status = fill_class(&f, lesson, k, wanted[k], at, made);
        at += wanted[k];
    }
    free(scales);
    davy_bulk_free(f.rows);
    free(f.near);
    free(f.distances);
    return status;
}

davy_status davy_smote_make(const davy_lesson *lesson, davy_smote *made)
{
    const davy_sample_set *samples = lesson->samples;
    davy_classic_matrix matrix = {0};
    size_t *wanted = calloc(samples->class_count + 1, sizeof *wanted), total = 0;
    char form[DAVY_FORM_TEXT_MAX];
    davy_status status = wanted ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "SMOTE");

    if (status == DAVY_OK && samples->class_count == 0)
        status = davy_fail(DAVY_ERR_INVALID, "smote fills up classes, and the answers are numbers");
    if (status == DAVY_OK && samples->form.kind != DAVY_FORM_ROW)
        status = davy_fail(DAVY_ERR_INVALID,
                           "smote makes rows, and a sample is %s: what lies between two of them is "
                           "none. Make features of it (features=), or weigh classes (balance=yes)",
                           davy_form_text(&samples->form, form));
    if (status == DAVY_OK)
        status = davy_classic_read(lesson, DAVY_PURPOSE_LEARN, &matrix);
    if (status == DAVY_OK)
        status = count_new(lesson, &matrix, wanted, &total);
    if (status == DAVY_OK)
        status = make_room(lesson, matrix.columns, total, made);
    if (status == DAVY_OK)
        status = fill_classes(lesson, &matrix, wanted, made);
    davy_classic_clear(&matrix);
    free(wanted);
    return status;
}
