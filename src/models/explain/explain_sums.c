/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums: graphs in which every number is looked at by itself, and what comes of it is added up. Then
 * the share of a number is what it adds, less what it adds to the usual row: exact whatever the
 * others are. Linear models are such, and naive Bayes.
 */
#include "models/explain/explain_terms.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How far the scores may be off those that the engine gives. */
#define TOLERANCE 1e-4

typedef struct sums {
    double *usual; /* [outputs * (numbers + 1)] mean of the amounts over the background */
    davy_terms terms;
} sums;

static davy_status no_memory(void)
{
    return davy_fail(DAVY_ERR_NOMEM, "explanations");
}

static davy_status find_usual(davy_explainer *e, sums *s)
{
    const size_t width = e->numbers + 1, rows = e->background_count > 0 ? e->background_count : 1;
    davy_status status = DAVY_OK;

    for (size_t b = 0; b < rows && status == DAVY_OK; b++) {
        const double *amounts = NULL;

        status = davy_explainer_usual(e, b, e->row);
        if (status == DAVY_OK)
            status = davy_terms_run(&s->terms, e->row, &amounts);
        for (size_t i = 0; i < e->outputs * width && status == DAVY_OK; i++)
            s->usual[i] += amounts[i] / (double) rows;
    }
    return status;
}

static davy_status create(davy_explainer *e)
{
    sums *s = calloc(1, sizeof *s);

    if (!s)
        return no_memory();
    e->state = s;
    s->terms.explainer = e;
    s->usual = calloc(e->outputs * (e->numbers + 1), sizeof *s->usual);
    e->work = (double) e->outputs * (double) e->numbers * (double) e->numbers;
    return s->usual ? find_usual(e, s) : no_memory();
}

static void destroy(davy_explainer *e)
{
    sums *s = e->state;

    if (!s)
        return;
    davy_arena_clear(&s->terms.arena);
    free(s->usual);
    free(s);
}

/* What was shared out must be what the engine answers. */
static davy_status check(davy_explainer *e, double score, double size)
{
    float *scores = calloc(e->outputs, sizeof *scores);
    double said = 0;
    davy_status status = scores ? davy_explainer_ask(e, e->row, 1, scores) : no_memory();

    for (size_t k = 0; k < e->outputs && status == DAVY_OK; k++)
        said += e->mix[k] * (double) scores[k];
    if (status == DAVY_OK && !(fabs(said - score) <= TOLERANCE * size))
        status = davy_fail(DAVY_ERR_CORRUPT,
                           "the contributions add up to %.9g, and the score is "
                           "%.9g",
                           score, said);
    free(scores);
    return status;
}

static davy_status explain(davy_explainer *e, size_t answer, davy_explanation *out)
{
    const sums *s = e->state;
    const size_t width = e->numbers + 1;
    const double *amounts = NULL;
    double size = 1;
    davy_status status = davy_terms_run(&((sums *) e->state)->terms, e->row, &amounts);

    (void) answer;
    if (status != DAVY_OK)
        return status;
    memset(e->shares, 0, e->numbers * sizeof *e->shares);
    for (size_t i = 0; i < e->outputs * width; i++) {
        const double mix = e->mix[i / width];

        out->score += mix * amounts[i];
        out->base += mix * s->usual[i];
        size += fabs(mix * amounts[i]);
        if (i % width < e->numbers)
            e->shares[i % width] += mix * (amounts[i] - s->usual[i]);
    }
    return check(e, out->score, size);
}

const davy_explain_method davy_explain_by_sums = {
    .name = "sums",
    .label = {"exact: every number adds by itself", "精确：每个数值各自相加"},
    .exact = true,
    .create = create,
    .destroy = destroy,
    .explain = explain,
};
