/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "models/training/threshold.h"
#include "models/training/train_predictor.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What `positive=` names, or what the classes and their samples say. */
static davy_status find_positive(const davy_teaching *teaching, size_t *out)
{
    const davy_sample_set *samples = teaching->samples;
    const char *named = davy_teaching_text(teaching, "positive");
    size_t counts[2] = {0, 0};

    for (size_t k = 0; k < 2; k++)
        if (strcmp(samples->classes[k], named) == 0) {
            *out = k;
            return DAVY_OK;
        }
    if (named[0])
        return davy_fail(DAVY_ERR_INVALID,
                         "positive=%.60s is no class: they are '%.60s' and '%.60s'", named,
                         samples->classes[0], samples->classes[1]);
    for (size_t i = 0; i < samples->count; i++)
        if (teaching->held[i] == DAVY_PURPOSE_LEARN)
            counts[samples->targets[i] > 0]++;
    *out = davy_cut_positive((const char *const *) samples->classes, counts);
    return DAVY_OK;
}

/* Probabilities of the watched samples, and which of them are positive. */
static davy_status choose(davy_teaching *teaching, const davy_cut_wish *wish, size_t positive,
                          const davy_answer_set *answers)
{
    const davy_sample_set *samples = teaching->samples;
    float *probabilities = davy_bulk_alloc(samples->count + 1, sizeof *probabilities), cut = NAN;
    uint8_t *is = davy_bulk_alloc(samples->count + 1, 1);
    size_t count = 0;
    davy_status status =
        probabilities && is ? DAVY_OK : davy_fail_in(DAVY_ERR_NOMEM, "%zu samples", samples->count);

    for (size_t i = 0; i < samples->count && status == DAVY_OK && answers->given; i++) {
        if (!answers->given[i])
            continue;
        probabilities[count] = answers->probabilities[2 * i + positive];
        is[count++] = samples->targets[i] == (double) positive;
    }
    if (status == DAVY_OK)
        status = davy_cut_choose(wish, probabilities, is, count, &cut, &teaching->cut_vouched);
    teaching->predictor->info.cut = fmax((double) cut, FLT_MIN);
    teaching->predictor->info.positive = positive;
    davy_bulk_free(probabilities);
    davy_bulk_free(is);
    return status;
}

bool davy_teaching_cut_watches(const davy_teaching *teaching)
{
    davy_cut_wish wish;

    return davy_cut_parse(davy_teaching_text(teaching, "threshold"), &wish) == DAVY_OK &&
           davy_cut_watches(&wish);
}

davy_status davy_teaching_check_cut(const davy_teaching *teaching)
{
    davy_cut_wish wish;
    const davy_status status = davy_cut_parse(davy_teaching_text(teaching, "threshold"), &wish);

    if (status != DAVY_OK || wish.rule == DAVY_CUT_ARGMAX)
        return status;
    if (teaching->samples->class_count != 2)
        return davy_fail(DAVY_ERR_INVALID, "threshold= is for two classes; this model has %zu",
                         teaching->samples->class_count);
    if (davy_cut_watches(&wish) && teaching->parts[DAVY_PURPOSE_WATCH] == 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "threshold=%s is chosen on watched samples, and none are held out: give "
                         "--watch FILE..., a larger holdout, or a probability",
                         davy_teaching_text(teaching, "threshold"));
    return DAVY_OK;
}

static void say_unvouched(davy_teaching *teaching)
{
    davy_cautions_add(&teaching->cautions, "unvouched",
                      (double) teaching->parts[DAVY_PURPOSE_WATCH],
                      "Too few normal samples were watched to vouch for threshold=%s: the cut lies "
                      "above all of them. Hold out more (holdout), or give files with --watch.",
                      "监看的正常样本太少，无法保证 threshold=%s：阈值取在它们全部之上。"
                      "请增大 holdout，或用 --watch 给出文件。",
                      davy_teaching_text(teaching, "threshold"));
}

davy_status davy_teaching_cut(davy_teaching *teaching, davy_pool *pool)
{
    const davy_asking asking = {.part = teaching->held, .which = DAVY_PURPOSE_WATCH, .pool = pool};
    davy_answer_set answers = {0};
    davy_cut_wish wish;
    size_t positive = 0;
    davy_status status = davy_cut_parse(davy_teaching_text(teaching, "threshold"), &wish);

    teaching->cut_vouched = true;
    if (status != DAVY_OK || wish.rule == DAVY_CUT_ARGMAX)
        return status;
    status = find_positive(teaching, &positive);
    if (status == DAVY_OK && davy_cut_watches(&wish))
        status = davy_predictor_ask_all(teaching->predictor, teaching->samples, &asking, &answers);
    if (status == DAVY_OK)
        status = choose(teaching, &wish, positive, &answers);
    if (status == DAVY_OK && !teaching->cut_vouched)
        say_unvouched(teaching);
    davy_answer_set_clear(&answers);
    return status;
}
