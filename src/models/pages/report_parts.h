/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "data/page.h"
#include "data/sentences.h"
#include "models/judge/evaluate.h"

/**
 * @file
 * What pages of scores share: text and the plot of scores. A page begins in models/pages/page.h.
 *
 * Stage: models.
 */
#define DAVY_REPORT_WIDTH     900
#define DAVY_REPORT_HEIGHT    220
#define DAVY_REPORT_SCORE_TOP 2.0 /* of the histogram; what is higher stands at the right end */

/** A paragraph for each line, in either language; words of files and headers are escaped. */
void davy_report_lines(davy_buffer *html, const davy_sentences *lines);

/** A title and an open picture of the plots' size. */
void davy_report_plot_begin(davy_buffer *html, davy_words title);

/** The scores of a run from left to right, a stroke for each few rows, and the limit at half
 * height. */
void davy_report_strokes(davy_buffer *html, const davy_run *run);
