/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/assess.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PROBABILITY_MIN 1e-12 /* so that one mad answer does not make the log loss infinite */

/* Which samples are judged. */
typedef struct judged {
    const davy_sample_set *samples;
    const davy_answer_set *answers;
    const uint8_t *part;
    uint8_t which;
} judged;

static bool is_asked(const judged *j, size_t i)
{
    return (!j->part || j->part[i] == j->which) && j->answers->given[i];
}

static bool is_judged(const judged *j, size_t i)
{
    return is_asked(j, i) && isfinite(j->samples->targets[i]);
}

void davy_assessment_clear(davy_assessment *assessment)
{
    free(assessment->confusion);
    free(assessment->classes);
    *assessment = (davy_assessment){0};
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static void count_answers(const judged *j, davy_assessment *a)
{
    const size_t classes = a->class_count;
    double log_loss = 0, brier = 0;

    for (size_t i = 0; i < j->samples->count; i++) {
        const float *p = j->answers->probabilities + i * classes;
        size_t right;

        if (!is_judged(j, i))
            continue;
        right = (size_t) j->samples->targets[i];
        a->confusion[right * classes + davy_answer_class(j->answers, i)]++;
        log_loss -= log(fmax((double) p[right], PROBABILITY_MIN));
        brier += davy_brier(p, classes, right);
    }
    a->log_loss = ratio(log_loss, (double) a->count);
    a->brier = ratio(brier, (double) a->count);
}

static davy_status judge_classes(const judged *j, davy_assessment *a)
{
    const size_t cells = a->class_count * a->class_count;
    double *counts = calloc(cells + 1, sizeof *counts);
    davy_class_summary summary;

    if (!counts)
        return davy_fail(DAVY_ERR_NOMEM, "figures of %zu classes", a->class_count);
    count_answers(j, a);
    for (size_t c = 0; c < cells; c++)
        counts[c] = (double) a->confusion[c];
    summary = davy_class_summarise(counts, a->class_count, a->classes);
    free(counts);
    if (a->count == 0)
        return DAVY_OK;
    a->accuracy = summary.accuracy;
    a->common_accuracy = summary.common_accuracy;
    a->balanced_accuracy = summary.balanced_accuracy;
    a->macro_f1 = summary.f1;
    return DAVY_OK;
}

static double mean_target(const judged *j, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < j->samples->count; i++)
        if (is_judged(j, i))
            sum += j->samples->targets[i];
    return ratio(sum, (double) count);
}

static void judge_numbers(const judged *j, davy_assessment *a)
{
    const davy_answer_set *answers = j->answers;
    const double mean = mean_target(j, a->count), n = (double) a->count;
    double squares = 0, sizes = 0, sum = 0, mean_squares = 0, mean_sizes = 0;
    size_t inside = 0;

    for (size_t i = 0; i < j->samples->count; i++) {
        const double target = j->samples->targets[i];
        double off;

        if (!is_judged(j, i))
            continue;
        off = (double) answers->values[i] - target;
        squares += off * off;
        sizes += fabs(off);
        sum += off;
        mean_squares += (mean - target) * (mean - target);
        mean_sizes += fabs(mean - target);
        if (answers->low)
            inside += target >= (double) answers->low[i] && target <= (double) answers->high[i];
    }
    a->rmse = sqrt(ratio(squares, n));
    a->mae = ratio(sizes, n);
    a->bias = ratio(sum, n);
    a->r2 = mean_squares > 0 ? 1.0 - squares / mean_squares : NAN;
    a->covered = answers->low ? ratio((double) inside, n) : NAN;
    a->mean_rmse = sqrt(ratio(mean_squares, n));
    a->mean_mae = ratio(mean_sizes, n);
}

davy_status davy_assess(const davy_predictor_info *info, const davy_sample_set *samples,
                        const davy_answer_set *answers, const uint8_t *part, uint8_t which,
                        davy_assessment *out)
{
    const judged j = {samples, answers, part, which};
    davy_assessment a = {.class_count = info->class_count};

    for (size_t i = 0; i < samples->count; i++) {
        a.count += is_judged(&j, i);
        a.unknown += is_asked(&j, i) && !is_judged(&j, i);
        a.abstained +=
            is_judged(&j, i) && davy_answer_verdict(info, answers, i) == DAVY_VERDICT_ABSTAIN;
    }
    if (a.class_count > 0) {
        a.confusion = calloc(a.class_count * a.class_count, sizeof *a.confusion);
        a.classes = calloc(a.class_count, sizeof *a.classes);
        if (!a.confusion || !a.classes) {
            davy_assessment_clear(&a);
            return davy_fail(DAVY_ERR_NOMEM, "figures of %zu classes", info->class_count);
        }
        davy_status status = judge_classes(&j, &a);

        if (status != DAVY_OK) {
            davy_assessment_clear(&a);
            return status;
        }
    } else {
        judge_numbers(&j, &a);
    }
    *out = a;
    return DAVY_OK;
}

double davy_assess_badness(const davy_sample_set *samples, const davy_answer_set *answers,
                           size_t sample)
{
    const double target = samples->targets[sample];

    if (answers->probabilities)
        return 1.0 -
               (double) answers->probabilities[sample * answers->class_count + (size_t) target];
    return fabs((double) answers->values[sample] - target);
}

size_t davy_assess_worst(const davy_sample_set *samples, const davy_answer_set *answers,
                         const uint8_t *part, uint8_t which, size_t most, size_t *worst)
{
    const judged j = {samples, answers, part, which};
    size_t count = 0;

    for (size_t i = 0; i < samples->count; i++) {
        double badness;
        size_t place;

        if (!is_judged(&j, i))
            continue;
        badness = davy_assess_badness(samples, answers, i);
        place = count < most ? count++ : most;
        while (place > 0 && davy_assess_badness(samples, answers, worst[place - 1]) < badness) {
            if (place < most)
                worst[place] = worst[place - 1];
            place--;
        }
        if (place < most)
            worst[place] = i;
    }
    return count;
}
