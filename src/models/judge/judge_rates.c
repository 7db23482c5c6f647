/* SPDX-License-Identifier: Apache-2.0 */
#include "models/judge/judge_private.h"

#include <math.h>
#include <string.h>

#define FIGURES (DAVY_JUDGE_RATES + 2) /* of a class */

const double davy_judge_rates[DAVY_JUDGE_RATES] = {0.001, 0.01, 0.05};

/* All classes that have a curve, in a draw. */
typedef struct rated {
    const davy_ranked_answers *answers;
    const size_t *classes; /* [count] */
    size_t count;
} rated;

/* Shares of the others, and of its own, that are called a class. */
static void count_said(const davy_ranked_answers *a, size_t class, const uint32_t *times,
                       double *values)
{
    double of[2] = {0, 0}, said[2] = {0, 0}; /* 0: others, 1: its own */

    for (size_t i = 0; i < a->count; i++) {
        const double weight = times ? (double) times[a->groups[i]] : 1;
        const size_t own = a->right[i] == class;

        of[own] += weight;
        said[own] += a->said[i] == class ? weight : 0;
    }
    for (size_t own = 0; own < 2; own++)
        values[own] = of[own] > 0 ? said[own] / of[own] : NAN;
}

static void measure(const void *context, const uint32_t *times, double *values)
{
    const rated *r = context;

    for (size_t c = 0; c < r->count; c++) {
        const size_t class = r->classes[c];

        for (size_t rate = 0; rate < DAVY_JUDGE_RATES; rate++)
            values[c * FIGURES + rate] =
                davy_ranking_recall(&r->answers->rankings[class], times, davy_judge_rates[rate]);
        count_said(r->answers, class, times, values + c * FIGURES + DAVY_JUDGE_RATES);
    }
}

davy_status davy_judge_rates_of(const davy_ranked_answers *answers, const size_t *classes,
                                davy_answer_judgement *judgement)
{
    const rated r = {answers, classes, judgement->curve_count};
    davy_estimate estimates[DAVY_CURVES_MAX * FIGURES];
    double values[DAVY_CURVES_MAX * FIGURES];
    davy_status status = DAVY_OK;

    measure(&r, NULL, values);
    for (size_t v = 0; v < r.count * FIGURES; v++)
        estimates[v] = (davy_estimate){values[v], NAN, NAN};
    if (answers->drawn && r.count > 0)
        status = davy_bootstrap_run(&judgement->comparison.bootstrap, measure, &r,
                                    r.count * FIGURES, estimates);
    for (size_t c = 0; c < r.count && status == DAVY_OK; c++) {
        davy_rate_figures *figures = &judgement->rates[c];

        memcpy(figures->recall, estimates + c * FIGURES, sizeof figures->recall);
        figures->said_false_rate = estimates[c * FIGURES + DAVY_JUDGE_RATES];
        figures->said_recall = estimates[c * FIGURES + DAVY_JUDGE_RATES + 1];
    }
    return status;
}
