/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "models/evaluate.h"

/**
 * @file
 * What the pages of a training share: head, text, and the plot of scores.
 * Pages of an evaluation begin in models/page.h.
 *
 * Stage: models.
 */
#define DAVY_REPORT_WIDTH     900
#define DAVY_REPORT_HEIGHT    220
#define DAVY_REPORT_SCORE_TOP 2.0 /* of the histogram; what is higher stands at the right end */

/** Append words that come from files and headers: nothing of them becomes markup. */
void davy_report_text(davy_buffer *html, const char *text);

/** The same, a paragraph for each line. */
void davy_report_lines(davy_buffer *html, const char *lines);

/** From the doctype to the line that says which model this is. */
void davy_report_head(davy_buffer *html, const davy_model_info *info);

/** A title and an open picture of the plots' size; its words are ours and go in as they are. */
void davy_report_plot_begin(davy_buffer *html, const char *title, const char *label);

/** The scores of a run from left to right, a stroke for each few rows, and the limit at half
 * height. */
void davy_report_strokes(davy_buffer *html, const davy_run *run);
