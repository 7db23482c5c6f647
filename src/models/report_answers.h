/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "models/assess.h"

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

/** From the doctype to the line that says which model this is. */
void davy_answer_page_head(const davy_answer_page *page, davy_buffer *html);
/** Figures, and the confusion of classes or the scatter of numbers. */
void davy_answer_page_figures(const davy_answer_page *page, davy_buffer *html);
/** The worst examples; of pictures with where the network looked. */
DAVY_MUST_CHECK davy_status davy_answer_page_worst(const davy_answer_page *page, davy_buffer *html);

/** The page of an evaluation. */
DAVY_MUST_CHECK davy_status davy_answer_report(const davy_answer_page *page, davy_buffer *html);
