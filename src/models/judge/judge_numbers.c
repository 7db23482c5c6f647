/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "data/metrics_forecast.h"
#include "models/judge/judge_kinds.h"
#include "models/judge/judge_private.h"

#include <math.h>
#include <stdlib.h>

#define CALIBRATION_MIN ((size_t) 20) /* answers whose errors make an interval */

/* One method: what its answers add up to, in each aspect, by group. */
typedef struct number_method {
    davy_number_kinds figures;
    davy_number_sums *sums[DAVY_ASPECTS]; /* [group_count] */
    size_t group_count;
    bool bounded;
    double naive_error;
} number_method;

static void measure_method(const void *context, const uint32_t *times, double *values)
{
    const number_method *m = context;
    davy_number_figures found[DAVY_ASPECTS];

    for (size_t a = 0; a < DAVY_ASPECTS; a++)
        found[a] = davy_number_judge(m->sums[a], m->group_count, times, m->bounded);
    for (size_t k = 0; k < m->figures.count; k++) {
        const davy_number_place *p = &m->figures.places[k];

        values[k] = *(const double *) ((const char *) &found[p->aspect] + p->offset);
        if (p->scaled)
            values[k] /= m->naive_error > 0 ? m->naive_error : NAN;
    }
}

/* What the answers are held against. */
typedef struct truths {
    double *targets[DAVY_ASPECTS]; /* [count] of the judged samples; NaN: not of this aspect */
    float *values, *low, *high;    /* [count] one method's, packed */
} truths;

static void truths_clear(truths *t)
{
    for (size_t a = 0; a < DAVY_ASPECTS; a++)
        davy_bulk_free(t->targets[a]);
    davy_bulk_free(t->values);
    davy_bulk_free(t->low);
    davy_bulk_free(t->high);
}

/* Lives as they are: the samples are cut again, without a cap. */
static davy_status fill_raw(const davy_judged_answers *j, truths *t)
{
    davy_sample_set raw = {0};
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < j->count; i++)
        t->targets[DAVY_ON_RAW][i] = t->targets[DAVY_ON_TARGETS][i];
    if (!(j->info->form.cap > 0) || !j->asked->table)
        return DAVY_OK;
    status = davy_predictor_cut_raw(j->asked->predictor, j->asked->table, &raw);
    for (size_t i = 0; i < j->count && status == DAVY_OK; i++)
        t->targets[DAVY_ON_RAW][i] = raw.targets[j->members[i]];
    davy_sample_set_clear(&raw);
    return status;
}

static davy_status fill_truths(const davy_judged_answers *j, truths *t)
{
    const davy_sample_set *samples = j->asked->samples;
    davy_status status;

    for (size_t a = 0; a < DAVY_ASPECTS; a++)
        t->targets[a] = davy_bulk_alloc(j->count + 1, sizeof *t->targets[a]);
    t->values = davy_bulk_alloc(j->count + 1, sizeof *t->values);
    t->low = davy_bulk_alloc(j->count + 1, sizeof *t->low);
    t->high = davy_bulk_alloc(j->count + 1, sizeof *t->high);
    if (!t->targets[DAVY_ON_TARGETS] || !t->targets[DAVY_ON_RAW] || !t->targets[DAVY_ON_LAST] ||
        !t->values || !t->low || !t->high)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", j->count);
    for (size_t i = 0; i < j->count; i++)
        t->targets[DAVY_ON_TARGETS][i] = samples->targets[j->members[i]];
    status = fill_raw(j, t);
    for (size_t i = 0; i < j->count; i++) {
        const bool last = i + 1 == j->count ||
                          samples->groups[j->members[i + 1]] != samples->groups[j->members[i]];

        t->targets[DAVY_ON_LAST][i] = last ? t->targets[DAVY_ON_RAW][i] : NAN;
    }
    return status;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* Errors of the answers of the other folds: by split conformal prediction the next one's is as
 * likely as not to be among them. */
static double half_width(const davy_judged_answers *j, const truths *t, const float *values,
                         size_t fold, double *errors)
{
    size_t count = 0, rank;

    for (size_t i = 0; i < j->count; i++) {
        const double error = fabs((double) values[i] - t->targets[DAVY_ON_TARGETS][i]);

        if (j->task.folds[j->members[i]] != fold && isfinite(error))
            errors[count++] = error;
    }
    if (count < CALIBRATION_MIN)
        return NAN;
    davy_bulk_sort(errors, count, sizeof *errors, by_size);
    rank = (size_t) ceil(j->info->coverage * (double) (count + 1));
    return rank <= count && rank > 0 ? errors[rank - 1] : NAN;
}

/* A baseline gets its interval as the model got its own: from errors on what it did not learn. */
static davy_status add_interval(const davy_judged_answers *j, truths *t, bool *bounded)
{
    double *errors = davy_bulk_alloc(j->count + 1, sizeof *errors);

    if (!errors)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", j->count);
    *bounded = j->info->coverage > 0 && j->task.fold_count > 1;
    for (size_t fold = 0; fold < j->task.fold_count && *bounded; fold++) {
        const double half = half_width(j, t, t->values, fold, errors);

        *bounded = isfinite(half);
        for (size_t i = 0; i < j->count; i++)
            if (j->task.folds[j->members[i]] == fold) {
                t->low[i] = t->values[i] - (float) half;
                t->high[i] = t->values[i] + (float) half;
            }
    }
    davy_bulk_free(errors);
    return DAVY_OK;
}

/* Answers of one method to the judged samples; NaN where it has none. */
static davy_status pack_answers(const davy_judged_answers *j, size_t index, truths *t,
                                bool *bounded)
{
    const davy_answer_set *given = &j->given[index];

    *bounded = index == 0 && given->low;
    for (size_t i = 0; i < j->count; i++) {
        const size_t sample = j->members[i];

        t->values[i] = given->given[sample] ? given->values[sample] : NAN;
        t->low[i] = *bounded ? given->low[sample] : NAN;
        t->high[i] = *bounded ? given->high[sample] : NAN;
    }
    return index == 0 ? DAVY_OK : add_interval(j, t, bounded);
}

static davy_status sum_method(const davy_judged_answers *j, size_t index, truths *t,
                              number_method *m)
{
    davy_number_answers answers = {.values = t->values, .groups = j->groups.of, .count = j->count};
    davy_status status = pack_answers(j, index, t, &m->bounded);

    answers.low = m->bounded ? t->low : NULL;
    answers.high = m->bounded ? t->high : NULL;
    for (size_t a = 0; a < DAVY_ASPECTS && status == DAVY_OK; a++) {
        m->sums[a] = davy_bulk_alloc(j->groups.count + 1, sizeof *m->sums[a]);
        answers.targets = t->targets[a];
        if (m->sums[a])
            davy_number_add(&answers, j->info->coverage, t->targets[DAVY_ON_TARGETS][0],
                            m->sums[a]);
        else
            status = davy_fail_in(DAVY_ERR_NOMEM, "%zu groups", j->groups.count);
    }
    m->group_count = j->groups.count;
    return status;
}

/* What MASE divides by: the naive forecast's error on the series that could be learnt from. */
static void find_naive(const davy_judged_answers *j)
{
    const davy_table *history = j->options->history;
    const davy_table *table = history && history->labels ? history : j->asked->table;
    davy_answer_judgement *out = j->out;

    out->season = j->task.season;
    out->naive_error = NAN;
    if (j->info->task != DAVY_TASK_FORECAST || !table || !table->labels)
        return;
    out->naive_lag = out->season > 0 ? out->season : 1;
    out->naive_error = davy_naive_error(table->labels, table->runs, table->rows, out->naive_lag);
}

davy_status davy_judge_numbers(davy_judged_answers *j)
{
    davy_comparison *c = &j->out->comparison;
    number_method methods[DAVY_METHODS_MAX] = {{.group_count = 0}};
    const void *contexts[DAVY_METHODS_MAX];
    const davy_number_kinds figures = davy_number_kinds_of(j->info->task);
    truths t = {.values = NULL};
    davy_status status = fill_truths(j, &t);

    c->kinds = figures.kinds;
    c->kind_count = figures.count;
    c->main = 0;
    j->out->cap = j->info->form.cap;
    find_naive(j);
    for (size_t m = 0; m < c->count && status == DAVY_OK; m++) {
        contexts[m] = &methods[m];
        methods[m].figures = figures;
        methods[m].naive_error = j->out->naive_error;
        if (c->methods[m].measured)
            status = sum_method(j, m, &t, &methods[m]);
    }
    if (status == DAVY_OK)
        status = davy_comparison_run(c, measure_method, contexts);
    for (size_t m = 0; m < c->count; m++)
        for (size_t a = 0; a < DAVY_ASPECTS; a++)
            davy_bulk_free(methods[m].sums[a]);
    truths_clear(&t);
    return status;
}
