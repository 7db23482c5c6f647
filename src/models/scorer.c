/* SPDX-License-Identifier: Apache-2.0 */
#include "models/model_private.h"
#include "models/vitals.h"
#include "models/window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One sample that is a thousand times too much is an alarm, and must not be one for an hour. */
#define SHARES_MAX 1000.0

struct davy_scorer {
    const davy_model *model;
    davy_cleaner *cleaner; /* NULL: the model cleans nothing */
    double *row;           /* [signals] the newest one, cleaned */
    davy_window window;
    davy_vitals *vitals;
    double *shares;        /* [signals] of the newest window */
    double *smooth;        /* [signals] their moving averages, which sum to the score */
    double *contributions; /* [signals] a copy of smooth for the caller to read */
    double *expected;      /* [signals] */
    void *scratch;         /* of the kind */
    char reason[256];      /* why an all-clear is withheld */
};

/* Rows without time and group stand for themselves: nothing is told of how they follow. */
static bool is_ordered(const davy_model *model)
{
    return model->info.period_ns > 0 || model->lags > 0 || model->hold > 0 || model->memory > 0;
}

davy_status davy_scorer_create(const davy_model *model, davy_scorer **out)
{
    const size_t signals = model->info.signal_count;
    davy_scorer *scorer = calloc(1, sizeof *scorer);
    davy_status status;

    if (!scorer)
        return davy_fail(DAVY_ERR_NOMEM, "scorer of '%s'", model->info.name);
    scorer->model = model;
    scorer->row = calloc(signals, sizeof(double));
    scorer->shares = calloc(signals, sizeof(double));
    scorer->smooth = calloc(signals, sizeof(double));
    scorer->contributions = calloc(signals, sizeof(double));
    scorer->expected = calloc(signals, sizeof(double));
    status = davy_window_init(&scorer->window, signals, model->lags, model->hold);
    if (status == DAVY_OK && model->cleaning.step_count > 0)
        status = davy_cleaner_create(&model->cleaning, &scorer->cleaner);
    if (status == DAVY_OK)
        status = davy_vitals_create(model->habits, signals, is_ordered(model), &scorer->vitals);
    if (status == DAVY_OK)
        status = model->kind->begin(model->parameters, &scorer->scratch);
    if (status == DAVY_OK && (!scorer->row || !scorer->shares || !scorer->smooth ||
                              !scorer->contributions || !scorer->expected))
        status = davy_fail(DAVY_ERR_NOMEM, "scorer of '%s'", model->info.name);
    if (status != DAVY_OK) {
        davy_scorer_destroy(scorer);
        return status;
    }
    davy_scorer_reset(scorer);
    *out = scorer;
    return DAVY_OK;
}

void davy_scorer_destroy(davy_scorer *scorer)
{
    if (!scorer)
        return;
    davy_window_clear(&scorer->window);
    davy_vitals_destroy(scorer->vitals);
    davy_cleaner_destroy(scorer->cleaner);
    free(scorer->row);
    free(scorer->shares);
    free(scorer->smooth);
    free(scorer->contributions);
    free(scorer->expected);
    scorer->model->kind->end(scorer->scratch);
    free(scorer);
}

void davy_scorer_reset(davy_scorer *scorer)
{
    davy_window_reset(&scorer->window);
    davy_vitals_reset(scorer->vitals);
    if (scorer->cleaner)
        davy_cleaner_reset(scorer->cleaner);
    memcpy(scorer->smooth, scorer->model->start, scorer->model->info.signal_count * sizeof(double));
}

static void abstain(davy_score *score, const char *reason)
{
    *score = (davy_score){.score = NAN, .verdict = DAVY_VERDICT_ABSTAIN, .reason = reason};
}

/* Bound the newest shares and average them in; the sum, in the order of the signals. */
static double smooth(davy_scorer *scorer)
{
    const size_t signals = scorer->model->info.signal_count;
    const double memory = scorer->model->memory;
    double now = 0, sum = 0, factor = 1.0;

    for (size_t j = 0; j < signals; j++)
        now += scorer->shares[j];
    if (now > SHARES_MAX)
        factor = SHARES_MAX / now;
    for (size_t j = 0; j < signals; j++) {
        scorer->smooth[j] =
            memory * scorer->smooth[j] + (1.0 - memory) * factor * scorer->shares[j];
        scorer->contributions[j] = scorer->smooth[j];
        sum += scorer->smooth[j];
    }
    return sum;
}

/* The row as the model learnt such rows: cleaned by its recipe. */
static const double *clean(davy_scorer *scorer, const double *row)
{
    if (!scorer->cleaner)
        return row;
    memcpy(scorer->row, row, scorer->model->info.signal_count * sizeof *row);
    davy_cleaner_push(scorer->cleaner, scorer->row);
    return scorer->row;
}

/* The score of a row that is cleaned. */
static void score_row(davy_scorer *scorer, const double *row, davy_score *score)
{
    const davy_model *model = scorer->model;

    switch (davy_window_push(&scorer->window, row)) {
    case DAVY_WINDOW_MISSING:
        abstain(score, "a signal is missing");
        return;
    case DAVY_WINDOW_FILLING:
        abstain(score, "the window is not full yet");
        return;
    case DAVY_WINDOW_FULL:
        break;
    }
    if (model->kind->score(model->parameters, scorer->scratch, scorer->window.values,
                           scorer->shares, scorer->expected) != DAVY_OK) {
        abstain(score, "the model could not compute its score");
        return;
    }
    *score = (davy_score){.score = smooth(scorer),
                          .contributions = scorer->contributions,
                          .expected = scorer->expected};
    score->verdict = score->score > 1.0 ? DAVY_VERDICT_ALARM : DAVY_VERDICT_NORMAL;
}

void davy_scorer_update(davy_scorer *scorer, const double *row, davy_score *score)
{
    const double *seen = clean(scorer, row);
    const davy_ailment *ailments;
    const size_t count = davy_vitals_look(scorer->vitals, seen, &ailments);

    score_row(scorer, seen, score);
    score->ailments = ailments;
    score->ailment_count = count;
}

void davy_scorer_withhold(davy_scorer *scorer, davy_score *score)
{
    const davy_score told = *score;

    if (told.verdict != DAVY_VERDICT_NORMAL || told.ailment_count == 0 || !told.ailments->blinds)
        return;
    davy_ailment_say(told.ailments, scorer->model->info.signals[told.ailments->signal],
                     scorer->reason, sizeof scorer->reason);
    abstain(score, scorer->reason);
    score->ailments = told.ailments;
    score->ailment_count = told.ailment_count;
}
