/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Permutation: players come one after the other in a random order, each with the row's number in
 * place of that of a sample of the background, and have what the score changes. Every order is also
 * walked backwards, which halves the noise and more; every sample of the background is taken as
 * often as every other, so that what is shared out is the whole of it.
 */
#include "models/explain/explain_private.h"

#include "core/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STREAM      0x9e12U
#define PLAYERS_MAX ((size_t) 32)   /* more are put together by signal */
#define QUESTIONS   ((size_t) 4000) /* rows to ask for, about, where nothing is said */

typedef struct permutation {
    size_t orders;
    uint32_t *order; /* [players] */
    float *rows;     /* [players + 1] rows of a walk */
    float *scores;   /* [players + 1] of them */
    double *given;   /* [players] by one order, both ways */
    double *squares; /* [players] of what orders give */
} permutation;

static void destroy(davy_explainer *e)
{
    permutation *p = e->state;

    if (!p)
        return;
    free(p->order);
    free(p->rows);
    free(p->scores);
    free(p->given);
    free(p->squares);
    free(p);
}

/* Whole rounds over the background leave no rest. */
static size_t orders_of(const davy_explainer *e)
{
    const size_t rounds = QUESTIONS / (2 * (e->players + 1)) / e->background_count;

    return e->options.orders > 0 ? e->options.orders
                                 : (rounds > 0 ? rounds : 1) * e->background_count;
}

static davy_status create(davy_explainer *e)
{
    permutation *p = calloc(1, sizeof *p);

    e->state = p;
    if (!p)
        return davy_fail(DAVY_ERR_NOMEM, "explanations");
    if (e->background_count == 0)
        return davy_fail(DAVY_ERR_UNSUPPORTED,
                         "model '%s' keeps no samples to compare with: it was trained with "
                         "background=0, or answers pictures",
                         e->predictor->info.name);
    if (e->players > PLAYERS_MAX)
        davy_explainer_group(e);
    p->orders = orders_of(e);
    p->order = calloc(e->players, sizeof *p->order);
    p->rows = calloc((e->players + 1) * e->numbers, sizeof *p->rows);
    p->scores = calloc((e->players + 1) * e->outputs, sizeof *p->scores);
    p->given = calloc(e->players, sizeof *p->given);
    p->squares = calloc(e->players, sizeof *p->squares);
    e->work = 1e4 * (double) p->orders * (double) (e->players * 2);
    if (!p->order || !p->rows || !p->scores || !p->given || !p->squares)
        return davy_fail(DAVY_ERR_NOMEM, "explanations of %zu players", e->players);
    return DAVY_OK;
}

/* The rows of a walk: from the other's, each with one player more of the one that is explained. */
static void fill_rows(const davy_explainer *e, const float *other, bool backwards)
{
    const permutation *p = e->state;

    memcpy(p->rows, other, e->numbers * sizeof *p->rows);
    for (size_t s = 0; s < e->players; s++) {
        const float *from = p->rows + s * e->numbers;
        float *to = p->rows + (s + 1) * e->numbers;
        const uint32_t player = p->order[backwards ? e->players - 1 - s : s];

        for (size_t i = 0; i < e->numbers; i++)
            to[i] = e->player_of[i] == player ? e->row[i] : from[i];
    }
}

static double score_of(const davy_explainer *e, const float *scores)
{
    double sum = 0;

    for (size_t k = 0; k < e->outputs; k++)
        sum += e->mix[k] * (double) scores[k];
    return sum;
}

static davy_status walk(davy_explainer *e, const float *other, bool backwards)
{
    const permutation *p = e->state;
    davy_status status;

    fill_rows(e, other, backwards);
    status = davy_explainer_ask(e, p->rows, e->players + 1, p->scores);
    for (size_t s = 0; s < e->players && status == DAVY_OK; s++)
        p->given[p->order[backwards ? e->players - 1 - s : s]] +=
            (score_of(e, p->scores + (s + 1) * e->outputs) -
             score_of(e, p->scores + s * e->outputs)) /
            2;
    return status;
}

/* Both ways of one order, with one sample of the background. */
static davy_status walk_order(davy_explainer *e, size_t n)
{
    const permutation *p = e->state;
    const float *other = e->background + n % e->background_count * e->numbers;
    davy_status status;

    for (uint32_t i = 0; i < e->players; i++)
        p->order[i] = i;
    davy_random_shuffle(e->options.seed + n, STREAM, p->order, e->players);
    memset(p->given, 0, e->players * sizeof *p->given);
    status = walk(e, other, false);
    return status == DAVY_OK ? walk(e, other, true) : status;
}

/* Scores of the row, and of all samples of the background. */
static davy_status find_ends(davy_explainer *e, davy_explanation *out)
{
    const permutation *p = e->state;
    davy_status status = davy_explainer_ask(e, e->row, 1, p->scores);

    out->score = score_of(e, p->scores);
    for (size_t b = 0; b < e->background_count && status == DAVY_OK; b++) {
        status = davy_explainer_ask(e, e->background + b * e->numbers, 1, p->scores);
        out->base += score_of(e, p->scores) / (double) e->background_count;
    }
    return status;
}

static davy_status explain(davy_explainer *e, size_t answer, davy_explanation *out)
{
    const permutation *p = e->state;
    const double orders = (double) p->orders;
    davy_status status = find_ends(e, out);

    (void) answer;
    memset(e->shares, 0, e->players * sizeof *e->shares);
    memset(p->squares, 0, e->players * sizeof *p->squares);
    for (size_t n = 0; n < p->orders && status == DAVY_OK; n++) {
        status = walk_order(e, n);
        for (size_t i = 0; i < e->players; i++) {
            e->shares[i] += p->given[i] / orders;
            p->squares[i] += p->given[i] * p->given[i] / orders;
        }
    }
    for (size_t i = 0; i < e->players && orders > 1; i++) {
        const double variance = fmax(p->squares[i] - e->shares[i] * e->shares[i], 0);

        out->error = fmax(out->error, sqrt(variance / (orders - 1)));
    }
    return status;
}

const davy_explain_method davy_explain_by_permutation = {
    .name = "permutation",
    .label = {"Shapley values by random orders", "随机排列估计的 Shapley 值"},
    .create = create,
    .destroy = destroy,
    .explain = explain,
};
