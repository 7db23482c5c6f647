/* SPDX-License-Identifier: Apache-2.0 */
#include "models/explain/importance.h"

#include "core/random.h"
#include "models/predictor_private.h"
#include "models/training/threshold.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM        0x1a90U
#define WORK          3e8 /* steps of all explanations, about */
#define NUMBERS       4e6 /* that are asked for with signals of other samples, about */
#define SAMPLES_LEAST ((size_t) 8)
#define PROBABLE      1e-7 /* least probability of a class, so that its logarithm is finite */
#define EDGE          0.02 /* of the values of a signal at either end: curves leave them out */
#define SPREAD        0.1

/* A look in progress. */
typedef struct look {
    const davy_importance_of *of;
    const davy_predictor_info *info;
    davy_asker *asker;
    size_t values, outputs, count;
    size_t *members; /* [count] samples, evenly among those judged */
    float *rows;     /* [count * values] */
    float *changed;  /* [count * values] */
    double *said;    /* [count * outputs] */
} look;

void davy_importance_clear(davy_importance *importance)
{
    davy_explainer_destroy(importance->explainer);
    free(importance->sizes);
    free(importance->lost);
    *importance = (davy_importance){0};
}

static void look_clear(look *l)
{
    davy_asker_destroy(l->asker);
    free(l->members);
    free(l->rows);
    free(l->changed);
    free(l->said);
}

static bool is_judged(const davy_importance_of *of, size_t i)
{
    return (!of->part || of->part[i] == of->which) && of->answers->given[i] &&
           isfinite(of->samples->targets[i]);
}

static davy_status read_rows(look *l)
{
    const davy_importance_of *of = l->of;
    size_t judged = 0, step;
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < of->samples->count; i++)
        judged += is_judged(of, i);
    step = (judged + DAVY_IMPORTANCE_SAMPLES - 1) / DAVY_IMPORTANCE_SAMPLES;
    l->members = calloc(DAVY_IMPORTANCE_SAMPLES, sizeof *l->members);
    l->rows = calloc(DAVY_IMPORTANCE_SAMPLES * l->values, sizeof *l->rows);
    l->changed = calloc(DAVY_IMPORTANCE_SAMPLES * l->values, sizeof *l->changed);
    l->said = calloc(DAVY_IMPORTANCE_SAMPLES * l->outputs, sizeof *l->said);
    if (!l->members || !l->rows || !l->changed || !l->said)
        return davy_fail(DAVY_ERR_NOMEM, "importance");
    for (size_t i = 0, n = 0; i < of->samples->count && status == DAVY_OK; i++) {
        if (!is_judged(of, i) || n++ % step != 0)
            continue;
        status = davy_sample_set_read(of->samples, i, l->rows + l->count * l->values);
        l->members[l->count++] = i;
    }
    return status;
}

/* -------------------------------------------------------------------------------------- shares */

static size_t answer_of(const look *l, size_t row)
{
    return l->info->class_count > 0 ? davy_answer_class(l->of->answers, l->members[row]) : 0;
}

static davy_status add_shares(const look *l, davy_importance *out, size_t explained, double *shares)
{
    davy_status status = DAVY_OK;

    for (size_t n = 0; n < explained && status == DAVY_OK; n++) {
        const size_t row = n * l->count / explained;
        davy_explanation found;

        status = davy_explain_sample(out->explainer, l->rows + row * l->values, answer_of(l, row),
                                     &found);
        if (status != DAVY_OK)
            return status;
        davy_explain_parts(out->explainer, &found, shares);
        for (size_t p = 0; p < out->parts; p++)
            out->sizes[p] += fabs(shares[p]) / (double) explained;
        out->residual += fabs(found.residual) / (double) explained;
    }
    return status;
}

static davy_status find_shares(const look *l, davy_importance *out)
{
    double *shares, samples;
    davy_status status = davy_explainer_create(l->of->predictor, NULL, &out->explainer);

    if (status == DAVY_ERR_UNSUPPORTED) {
        (void) snprintf(out->why, sizeof out->why, "%s", davy_error());
        return DAVY_OK;
    }
    if (status != DAVY_OK)
        return status;
    out->parts = davy_explainer_parts(out->explainer);
    samples = WORK / fmax(davy_explainer_describe(out->explainer).work, 1);
    out->explained = samples < (double) SAMPLES_LEAST ? SAMPLES_LEAST
                     : samples < (double) l->count    ? (size_t) samples
                                                      : l->count;
    out->explained = out->explained < l->count ? out->explained : l->count;
    out->sizes = calloc(out->parts + 1, sizeof *out->sizes);
    shares = calloc(out->parts + 1, sizeof *shares);
    status = out->sizes && shares ? add_shares(l, out, out->explained, shares)
                                  : davy_fail(DAVY_ERR_NOMEM, "importance");
    free(shares);
    return status;
}

/* ------------------------------------------------------------------------------------- signals */

static davy_status ask(const look *l, const float *rows, size_t count)
{
    davy_answers answers;

    for (size_t i = 0; i < count; i++) {
        const davy_status status = davy_asker_ask(l->asker, rows + i * l->values, 1, &answers);

        if (status != DAVY_OK)
            return status;
        for (size_t k = 0; k < l->outputs; k++)
            l->said[i * l->outputs + k] =
                (double) (answers.values ? answers.values[0] : answers.probabilities[k]);
    }
    return DAVY_OK;
}

/* Of the answers that were said last. */
static double loss_of(const look *l, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        const double target = l->of->samples->targets[l->members[i]];
        const double *said = l->said + i * l->outputs;

        sum += l->info->class_count > 0 ? -log(fmax(said[(size_t) target], PROBABLE))
                                        : (said[0] - target) * (said[0] - target);
    }
    sum /= (double) count;
    return l->info->class_count > 0 ? sum : sqrt(sum);
}

/* Whether a number of a sample is one of the signal. A waveform is one signal. */
static bool is_of(const davy_form *form, size_t number, size_t signal)
{
    return number % form->channels == signal;
}

/* Each row with the signal of another. */
static void shuffle(const look *l, size_t count, size_t signal, uint32_t *order)
{
    for (uint32_t i = 0; i < count; i++)
        order[i] = i;
    davy_random_shuffle(l->of->seed, STREAM + (uint32_t) signal, order, count);
    memcpy(l->changed, l->rows, count * l->values * sizeof *l->changed);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < l->values; j++)
            if (is_of(&l->info->form, j, signal))
                l->changed[i * l->values + j] = l->rows[order[i] * l->values + j];
}

static davy_status find_lost(const look *l, davy_importance *out)
{
    const size_t channels = l->info->form.channels;
    const double fair = NUMBERS / (double) (l->values * channels);
    uint32_t *order = calloc(l->count + 1, sizeof *order);
    davy_status status;

    if (channels < 2 || channels > DAVY_IMPORTANCE_SIGNALS) {
        free(order);
        return DAVY_OK;
    }
    out->asked = fair < (double) l->count ? (size_t) fair : l->count;
    out->asked = out->asked < SAMPLES_LEAST ? SAMPLES_LEAST : out->asked;
    out->asked = out->asked < l->count ? out->asked : l->count;
    out->lost = calloc(channels, sizeof *out->lost);
    status =
        order && out->lost ? ask(l, l->rows, out->asked) : davy_fail(DAVY_ERR_NOMEM, "importance");
    out->loss = status == DAVY_OK ? loss_of(l, out->asked) : NAN;
    for (size_t s = 0; s < channels && status == DAVY_OK; s++) {
        shuffle(l, out->asked, s, order);
        status = ask(l, l->changed, out->asked);
        out->lost[s] = loss_of(l, out->asked) - out->loss;
    }
    out->signals = status == DAVY_OK ? channels : 0;
    free(order);
    return status;
}

/* -------------------------------------------------------------------------------------- curves */

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* Values to hold the signal at: all there are when they are few, else evenly from end to end. */
static void find_places(const look *l, size_t rows, davy_dependence *curve, double *sorted)
{
    const size_t newest = l->values - l->info->form.channels + curve->signal, all = rows;
    size_t distinct = 1;
    double low, high;

    rows = 0;
    for (size_t i = 0; i < all; i++)
        if (!isnan(l->rows[i * l->values + newest]))
            sorted[rows++] = (double) l->rows[i * l->values + newest];
    curve->count = 0;
    if (rows == 0)
        return;
    qsort(sorted, rows, sizeof *sorted, by_size);
    low = sorted[(size_t) (EDGE * (double) (rows - 1))];
    high = sorted[(size_t) ((1 - EDGE) * (double) (rows - 1))];
    for (size_t i = 1; i < rows; i++)
        distinct += sorted[i] > sorted[i - 1];
    if (distinct <= DAVY_DEPENDENCE_POINTS) {
        for (size_t i = 0; i < rows; i++)
            if (i == 0 || sorted[i] > sorted[i - 1])
                curve->x[curve->count++] = sorted[i];
        return;
    }
    for (; curve->count < DAVY_DEPENDENCE_POINTS; curve->count++)
        curve->x[curve->count] =
            low + (high - low) * (double) curve->count / (DAVY_DEPENDENCE_POINTS - 1);
}

static davy_status hold_at(const look *l, size_t rows, size_t signal, double value)
{
    memcpy(l->changed, l->rows, rows * l->values * sizeof *l->changed);
    for (size_t j = 0; j < rows * l->values; j++)
        if (is_of(&l->info->form, j % l->values, signal))
            l->changed[j] = (float) value;
    return ask(l, l->changed, rows);
}

/* Of two classes that which is looked for: the other is its mirror. */
static bool is_drawn(const look *l, size_t class_index)
{
    size_t counts[2] = {0, 0};

    if (l->info->class_count != 2)
        return true;
    if (l->info->cut > 0)
        return class_index == l->info->positive;
    for (size_t i = 0; i < l->count; i++)
        counts[l->of->samples->targets[l->members[i]] > 0]++;
    return class_index == davy_cut_positive((const char *const *) l->info->classes, counts);
}

/* @param all  [points][outputs][rows] what was said; then the curve of one output */
static void draw(const look *l, size_t rows, davy_dependence *curve, double *all)
{
    double widest = -1;

    for (size_t k = 0; k < l->outputs; k++) {
        double low = INFINITY, high = -INFINITY;

        for (size_t p = 0; p < curve->count; p++) {
            const double *said = all + (p * l->outputs + k) * rows;
            double mean = 0;

            for (size_t i = 0; i < rows; i++)
                mean += said[i] / (double) rows;
            low = fmin(low, mean);
            high = fmax(high, mean);
        }
        if (high - low > widest && is_drawn(l, k)) {
            widest = high - low;
            curve->class_index = k;
        }
    }
    for (size_t p = 0; p < curve->count; p++) {
        double *said = all + (p * l->outputs + curve->class_index) * rows;

        curve->mean[p] = 0;
        for (size_t i = 0; i < rows; i++)
            curve->mean[p] += said[i] / (double) rows;
        qsort(said, rows, sizeof *said, by_size);
        curve->low[p] = said[(size_t) (SPREAD * (double) (rows - 1) + 0.5)];
        curve->high[p] = said[(size_t) ((1 - SPREAD) * (double) (rows - 1) + 0.5)];
    }
}

static davy_status find_curve(const look *l, size_t rows, davy_dependence *curve)
{
    double *sorted = calloc(rows, sizeof *sorted);
    double *all = calloc(DAVY_DEPENDENCE_POINTS * l->outputs * rows, sizeof *all);
    davy_status status = sorted && all ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "importance");

    if (status == DAVY_OK)
        find_places(l, rows, curve, sorted);
    for (size_t p = 0; p < curve->count && status == DAVY_OK; p++) {
        status = hold_at(l, rows, curve->signal, curve->x[p]);
        for (size_t i = 0; i < rows * l->outputs; i++)
            all[(p * l->outputs + i % l->outputs) * rows + i / l->outputs] = l->said[i];
    }
    if (status == DAVY_OK)
        draw(l, rows, curve, all);
    free(sorted);
    free(all);
    return status;
}

size_t davy_importance_missed(const davy_importance *importance, size_t most, size_t *out)
{
    double missed[DAVY_IMPORTANCE_SIGNALS];

    for (size_t s = 0; s < importance->signals; s++) /* what it is better without is last */
        missed[s] = fmax(importance->lost[s], 0);
    return davy_explain_largest(missed, importance->signals, most, out);
}

static davy_status find_curves(const look *l, davy_importance *out)
{
    const size_t rows = out->asked < 100 ? out->asked : 100;
    size_t largest[DAVY_IMPORTANCE_CURVES];
    const size_t count = davy_importance_missed(out, DAVY_IMPORTANCE_CURVES, largest);
    davy_status status = DAVY_OK;

    for (size_t n = 0; n < count && status == DAVY_OK; n++) {
        out->curves[n].signal = largest[n];
        status = find_curve(l, rows, &out->curves[n]);
        out->curve_count += status == DAVY_OK && out->curves[n].count > 1;
    }
    return status;
}

davy_status davy_importance_find(const davy_importance_of *of, davy_importance *out)
{
    look l = {.of = of, .info = davy_predictor_describe(of->predictor)};
    davy_importance found = {0};
    davy_status status = DAVY_OK;

    *out = found;
    if (l.info->form.kind == DAVY_FORM_IMAGE)
        return DAVY_OK;
    l.values = davy_form_values(&l.info->form);
    l.outputs = l.info->class_count > 0 ? l.info->class_count : 1;
    status = read_rows(&l);
    if (status == DAVY_OK && l.count > 0)
        status = davy_asker_create(of->predictor, NULL, &l.asker);
    if (status == DAVY_OK && l.count > 0)
        status = find_shares(&l, &found);
    if (status == DAVY_OK && l.count > 0)
        status = find_lost(&l, &found);
    if (status == DAVY_OK && found.signals > 0)
        status = find_curves(&l, &found);
    look_clear(&l);
    if (status == DAVY_OK)
        *out = found;
    else
        davy_importance_clear(&found);
    return status;
}
