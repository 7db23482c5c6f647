/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/baseline_features.h"

#include "core/bulk.h"
#include "models/judge/baseline_pca.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Samples as rows of numbers. */
typedef struct features {
    double *rows; /* [count * columns] */
    size_t count, columns;
} features;

static size_t columns_of(const davy_form *form)
{
    return form->steps > 1 ? 3 * form->channels : form->channels;
}

/* Newest step, mean and deviation of each channel. NaN when none of its values is known. */
static void describe(const davy_form *form, const float *values, double *row)
{
    const size_t steps = form->steps, channels = form->channels;

    for (size_t c = 0; c < channels; c++) {
        double mean = 0, squares = 0, known = 0;

        row[c] = (double) values[(steps - 1) * channels + c];
        if (steps == 1)
            continue;
        for (size_t t = 0; t < steps; t++) {
            const double value = (double) values[t * channels + c], before = mean;

            if (isnan(value))
                continue;
            mean += (value - before) / ++known;
            squares += (value - before) * (value - mean);
        }
        row[channels + c] = known > 0 ? mean : NAN;
        row[2 * channels + c] = sqrt(squares / known);
    }
}

/* What is missing becomes the mean of its column. */
static void fill(features *f)
{
    for (size_t j = 0; j < f->columns; j++) {
        double mean = 0;
        size_t known = 0;

        for (size_t i = 0; i < f->count; i++)
            if (!isnan(f->rows[i * f->columns + j]))
                mean += (f->rows[i * f->columns + j] - mean) / (double) ++known;
        for (size_t i = 0; i < f->count; i++)
            if (isnan(f->rows[i * f->columns + j]))
                f->rows[i * f->columns + j] = mean;
    }
}

static davy_status read_features(const davy_sample_set *samples, features *f)
{
    float *values = calloc(davy_form_values(&samples->form) + 1, sizeof *values);
    davy_status status = DAVY_OK;

    f->count = samples->count;
    f->columns = columns_of(&samples->form);
    f->rows = davy_bulk_alloc(f->count * f->columns + 1, sizeof *f->rows);
    if (!values || !f->rows)
        status = davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", samples->count);
    for (size_t i = 0; i < samples->count && status == DAVY_OK; i++) {
        status = davy_sample_set_read(samples, i, values);
        if (status == DAVY_OK)
            describe(&samples->form, values, f->rows + i * f->columns);
    }
    free(values);
    if (status == DAVY_OK)
        fill(f);
    return status;
}

/* What a fold works with. */
typedef struct fold_work {
    const davy_answer_task *task;
    const features *learning, *answered;
    const double *targets; /* of the learning samples */
    size_t fold;
    double *rows;  /* rows of the samples that are learnt from, packed */
    double *taken; /* their targets */
    double *t;     /* [columns] */
} fold_work;

/* Pack the rows of a class, or all of them; @return how many */
static size_t pack(const fold_work *w, double class)
{
    const size_t columns = w->learning->columns;
    size_t count = 0;

    for (size_t i = 0; i < w->learning->count; i++) {
        if (!davy_learns(w->task, i, w->fold) || !isfinite(w->targets[i]) ||
            (!isnan(class) && w->targets[i] != class))
            continue;
        memcpy(w->rows + count * columns, w->learning->rows + i * columns,
               columns * sizeof(double));
        w->taken[count++] = w->targets[i];
    }
    return count;
}

static bool is_answered(const fold_work *w, size_t i)
{
    return w->task->history || w->task->folds[i] == w->fold;
}

/* Add the likelihood of one class to all answers; a class of too few samples stays without. */
static davy_status add_class(const fold_work *w, size_t class, davy_answer_set *answers)
{
    const size_t count = pack(w, (double) class), classes = w->task->info->class_count;
    davy_plain_pca pca = {0};
    davy_status status = davy_plain_pca_fit(w->rows, count, w->learning->columns, &pca);

    if (status == DAVY_ERR_INVALID)
        return DAVY_OK;
    for (size_t i = 0; i < w->answered->count && status == DAVY_OK; i++) {
        const double *row = w->answered->rows + i * w->answered->columns;

        if (!is_answered(w, i))
            continue;
        answers->probabilities[i * classes + class] =
            (float) (log((double) count) - davy_plain_pca_score(&pca, row, w->t));
        answers->given[i] = true;
    }
    davy_plain_pca_clear(&pca);
    return status;
}

/* Logarithms to probabilities; a class without a likelihood has 0. */
static void normalise(float *p, size_t classes)
{
    float most = -INFINITY, sum = 0;

    for (size_t k = 0; k < classes; k++)
        most = fmaxf(most, p[k]);
    for (size_t k = 0; k < classes; k++) {
        p[k] = expf(p[k] - most);
        sum += p[k];
    }
    for (size_t k = 0; k < classes; k++)
        p[k] /= sum;
}

static davy_status tell_classes(const fold_work *w, davy_answer_set *answers)
{
    const size_t classes = w->task->info->class_count;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < w->answered->count; i++)
        for (size_t k = 0; k < classes && is_answered(w, i); k++)
            answers->probabilities[i * classes + k] = -INFINITY;
    for (size_t k = 0; k < classes && status == DAVY_OK; k++)
        status = add_class(w, k, answers);
    for (size_t i = 0; i < w->answered->count && status == DAVY_OK; i++)
        if (is_answered(w, i) && answers->given[i])
            normalise(answers->probabilities + i * classes, classes);
    return status;
}

/* Least squares on components, which are not correlated: each has its own slope. */
static void find_slopes(const fold_work *w, const davy_plain_pca *pca, size_t count, double mean,
                        double *slopes)
{
    for (size_t i = 0; i < count; i++) {
        (void) davy_plain_pca_project(pca, w->rows + i * pca->columns, w->t);
        for (size_t c = 0; c < pca->components; c++)
            slopes[c] += w->t[c] * (w->taken[i] - mean) / ((double) count * pca->variance[c]);
    }
}

static davy_status regress(const fold_work *w, davy_answer_set *answers)
{
    const size_t count = pack(w, NAN);
    davy_plain_pca pca = {0};
    double mean = 0, *slopes = calloc(w->learning->columns + 1, sizeof *slopes);
    davy_status status = slopes ? davy_plain_pca_fit(w->rows, count, w->learning->columns, &pca)
                                : davy_fail(DAVY_ERR_NOMEM, "slopes");

    if (status != DAVY_OK)
        goto done;
    for (size_t i = 0; i < count; i++)
        mean += w->taken[i] / (double) count;
    find_slopes(w, &pca, count, mean, slopes);
    for (size_t i = 0; i < w->answered->count; i++) {
        double value = mean;

        if (!is_answered(w, i))
            continue;
        (void) davy_plain_pca_project(&pca, w->answered->rows + i * pca.columns, w->t);
        for (size_t c = 0; c < pca.components; c++)
            value += slopes[c] * w->t[c];
        answers->values[i] = (float) value;
        answers->given[i] = true;
    }
done:
    davy_plain_pca_clear(&pca);
    free(slopes);
    return status;
}

static davy_status each_fold(fold_work *w, davy_answer_set *answers)
{
    const size_t folds = w->task->history ? 1 : w->task->fold_count;
    davy_status status = DAVY_OK;

    w->rows = davy_bulk_alloc(w->learning->count * w->learning->columns + 1, sizeof *w->rows);
    w->taken = davy_bulk_alloc(w->learning->count + 1, sizeof *w->taken);
    w->t = davy_bulk_alloc(w->learning->columns + 1, sizeof *w->t);
    if (!w->rows || !w->taken || !w->t)
        status = davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", w->learning->count);
    for (w->fold = 0; w->fold < folds && status == DAVY_OK; w->fold++)
        status = answers->values ? regress(w, answers) : tell_classes(w, answers);
    davy_bulk_free(w->rows);
    davy_bulk_free(w->taken);
    davy_bulk_free(w->t);
    return status;
}

static davy_status check(const davy_answer_task *task)
{
    const davy_form *form = &task->info->form;

    if (form->kind == DAVY_FORM_IMAGE)
        return davy_fail(DAVY_ERR_INVALID, "it does not take pictures");
    if (columns_of(form) > DAVY_PLAIN_PCA_COLUMNS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "%zu columns are too many for principal components",
                         columns_of(form));
    if (!task->history && task->fold_count < 2)
        return davy_fail(DAVY_ERR_INVALID,
                         "there are too few samples to learn from others of them");
    return DAVY_OK;
}

davy_status davy_baseline_components(const davy_answer_task *task, davy_answer_set *answers)
{
    features answered = {0}, learning = {0};
    fold_work work = {.task = task,
                      .learning = task->history ? &learning : &answered,
                      .answered = &answered,
                      .targets = (task->history ? task->history : task->samples)->targets};
    davy_status status = check(task);

    if (status == DAVY_OK)
        status = read_features(task->samples, &answered);
    if (status == DAVY_OK && task->history)
        status = read_features(task->history, &learning);
    if (status == DAVY_OK)
        status = each_fold(&work, answers);
    davy_bulk_free(answered.rows);
    davy_bulk_free(learning.rows);
    return status;
}
