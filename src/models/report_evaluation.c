/* SPDX-License-Identifier: Apache-2.0 */
#include "models/report_evaluation.h"

#include "models/report_parts.h"

#include <math.h>

static void put_sentences(const davy_evaluation *found, davy_buffer *html)
{
    davy_buffer_printf(html,
                       "<p>%zu rows, %.3g days; %zu rows without a verdict, which are in none of "
                       "the figures.</p><p>%zu %salarm episodes, %.3g a day.</p>",
                       found->rows, found->days, found->abstained, found->episodes,
                       found->labelled ? "false " : "", found->episodes_per_day);
    if (!found->labelled)
        return;
    davy_buffer_printf(html, "<p>%zu of %zu faults found", found->detected, found->events);
    if (isfinite(found->delay_seconds))
        davy_buffer_printf(html, ", after %.3g s in the median", found->delay_seconds);
    davy_buffer_append_text(html, ".</p>");
}

/* A band behind the scores for each stretch of rows that are labelled as a fault. */
static void put_faults(const davy_table *table, davy_buffer *html)
{
    const double width = (double) DAVY_REPORT_WIDTH / (double) table->rows;
    size_t first = 0;

    for (size_t row = 0; row <= table->rows; row++) {
        const bool faulty = row < table->rows && table->labels[row] > 0;

        if (faulty)
            continue;
        if (row > first)
            davy_buffer_printf(html,
                               "<rect x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%d\" "
                               "fill=\"#f6dcd8\"/>",
                               width * (double) first, width * (double) (row - first),
                               DAVY_REPORT_HEIGHT);
        first = row + 1;
    }
    davy_buffer_printf(html, "<text x=\"4\" y=\"%d\">shaded: labelled as a fault</text>",
                       DAVY_REPORT_HEIGHT + 15);
}

static void put_scores(const davy_table *table, const davy_run *run, davy_buffer *html)
{
    davy_report_plot_begin(html, "Score of every row", "score of every row, the limit at 1");
    if (table->labels && table->rows > 0)
        put_faults(table, html);
    davy_report_strokes(html, run);
    davy_buffer_append_text(html, "</svg>");
}

static void put_figures(const char *name, const davy_figures *figures, davy_buffer *html)
{
    const double values[] = {figures->auc_roc, figures->average_precision, figures->f1,
                             figures->false_rate, figures->missed_rate};

    davy_buffer_printf(html, "<tr><td>%s</td>", name);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(values); i++)
        davy_buffer_printf(html, isfinite(values[i]) ? "<td class=\"n\">%.4f</td>" : "<td>-</td>",
                           values[i]);
    davy_buffer_append_text(html, "</tr>");
}

static void put_table(const davy_evaluation *found, davy_buffer *html)
{
    davy_buffer_append_text(html,
                            "<h2>Figures over the labels</h2><table><tr><th></th><th>AUC-ROC</th>"
                            "<th>average precision</th><th>F1</th><th>false-alarm rate</th>"
                            "<th>missed-alarm rate</th></tr>");
    put_figures("model", &found->model, html);
    put_figures("clock", &found->clock, html);
    put_figures("always", &found->always, html);
    davy_buffer_append_text(html,
                            "</table><p class=\"sub\">clock: an alarm where the faults of the "
                            "other runs lie; always: an alarm that never ends. A model that does "
                            "not beat them has learnt nothing.</p>");
}

davy_status davy_evaluation_report(const davy_model_info *info, const davy_table *table,
                                   const davy_run *run, const davy_evaluation *found,
                                   davy_buffer *html)
{
    davy_report_head(html, info);
    put_sentences(found, html);
    put_scores(table, run, html);
    if (found->labelled)
        put_table(found, html);
    davy_buffer_append_text(html, "</html>\n");
    return davy_buffer_ok(html);
}
