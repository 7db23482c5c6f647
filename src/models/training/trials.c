/* SPDX-License-Identifier: Apache-2.0 */
#include "models/training/trials.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Simplest first: what a person can read, then what remembers, then sums of many. Support vectors
 * are tried on fewer samples and without their probabilities, as their time grows with the square.
 */
const davy_candidate davy_candidates[] = {
    {.kind = "linear"},
    {.kind = "bayes"},
    {.kind = "tree", .settings = {"depth=4"}},
    {.kind = "knn", .settings = {"k=9"}},
    {.kind = "rocket"},
    {.kind = "boost", .settings = {"depth=2", "learning_rate=0.1"}},
    {.kind = "svm", .trial = {"keep=2000", "folds=0"}},
    {.kind = "forest"},
    {.kind = "boost"},
    {.kind = NULL},
};

const char *davy_candidate_text(const davy_candidate *candidate, char text[DAVY_CANDIDATE_TEXT_MAX])
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; candidate->settings[i] && used < DAVY_CANDIDATE_TEXT_MAX; i++)
        used += (size_t) snprintf(text + used, DAVY_CANDIDATE_TEXT_MAX - used, "%s%s",
                                  i > 0 ? " " : "", candidate->settings[i]);
    return text;
}

static void measure(davy_trial *trial, size_t folds)
{
    double sum = 0, squares = 0;

    for (size_t f = 0; f < folds; f++)
        sum += trial->losses[f];
    trial->mean = sum / (double) folds;
    for (size_t f = 0; f < folds; f++)
        squares += (trial->losses[f] - trial->mean) * (trial->losses[f] - trial->mean);
    trial->error = sqrt(squares / (double) (folds - 1) / (double) folds);
}

bool davy_trials_choose(davy_trials *trials)
{
    size_t best = trials->count;

    for (size_t i = 0; i < trials->count; i++) {
        davy_trial *trial = &trials->list[i];

        trial->mean = trial->error = NAN;
        if (!trial->measured)
            continue;
        measure(trial, trials->folds);
        if (best == trials->count || trial->mean < trials->list[best].mean)
            best = i;
    }
    if (best == trials->count)
        return false;
    for (trials->chosen = 0; trials->chosen < best; trials->chosen++) {
        const davy_trial *trial = &trials->list[trials->chosen];

        if (trial->measured && trial->mean <= trials->list[best].mean + trials->list[best].error)
            break;
    }
    return true;
}

static json_t *make_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *davy_trials_json(const davy_trials *trials)
{
    json_t *list = json_array();

    for (size_t i = 0; i < trials->count; i++) {
        const davy_trial *trial = &trials->list[i];
        char text[DAVY_CANDIDATE_TEXT_MAX];
        json_t *losses = json_array();

        for (size_t f = 0; f < trials->folds && trial->measured; f++)
            json_array_append_new(losses, json_real(trial->losses[f]));
        json_array_append_new(list,
                              json_pack("{ss ss ss so so so ss sb}", "kind", trial->candidate->kind,
                                        "settings", davy_candidate_text(trial->candidate, text),
                                        "loss", trials->figure, "mean", make_number(trial->mean),
                                        "error", make_number(trial->error), "losses", losses, "why",
                                        trial->why, "chosen", (int) (i == trials->chosen)));
    }
    return list;
}
