/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "models/judge/judge.h"
#include "models/pages/page.h"

/**
 * @file
 * Parts of a page about answers: figures, confusion, the worst examples, as pictures where they are
 * pictures.
 *
 * Stage: models.
 */
typedef struct davy_answer_page {
    const davy_predictor *predictor;
    const davy_sample_set *samples;
    const davy_answer_set *answers;
    const uint8_t *part; /* judged are those where it is `which`; NULL: all */
    uint8_t which;
    const davy_assessment *figures;
} davy_answer_page;

/** What a page about a predictor begins with. */
davy_page_head davy_answer_head(const davy_predictor *predictor, davy_words what);
/** Figures, and the confusion of classes or the scatter of numbers: the page of a training. */
void davy_answer_page_figures(const davy_answer_page *page, davy_buffer *html);
/** A table of classes; the darker a cell, the larger its share of the row. */
void davy_answer_page_confusion(const davy_answer_page *page, davy_buffer *html);
/** Answers over truth; on the diagonal they agree. */
void davy_answer_page_scatter(const davy_answer_page *page, davy_buffer *html);
/** What the answers hang on, over the judged samples. */
DAVY_MUST_CHECK davy_status davy_answer_page_importance(const davy_answer_page *page,
                                                        davy_buffer *html);
/** The worst examples, each with what spoke for it; of pictures with where the network looked. */
DAVY_MUST_CHECK davy_status davy_answer_page_worst(const davy_answer_page *page, davy_buffer *html);

/** The page of an evaluation. */
DAVY_MUST_CHECK davy_status davy_answer_report(const davy_answer_page *page,
                                               const davy_answer_judgement *judged,
                                               davy_buffer *html);
