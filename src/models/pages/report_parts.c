/* SPDX-License-Identifier: Apache-2.0 */
#include "models/pages/report_parts.h"

#include "data/page_plot.h"

#include <math.h>
#include <stdio.h>

#define COLUMNS 450 /* of the plot of scores: the largest and smallest score of each is drawn */

static void put_lines(davy_buffer *html, const char *lang, const char *lines)
{
    bool open = false;

    davy_buffer_printf(html, "<div lang=\"%s\">", lang);
    for (; *lines; lines++) {
        const char text[] = {*lines, '\0'};

        if (!open)
            davy_buffer_append_text(html, "<p>");
        open = *lines != '\n';
        davy_page_text(html, text);
        if (!open || !lines[1])
            davy_buffer_append_text(html, "</p>");
    }
    davy_buffer_append_text(html, "</div>");
}

void davy_report_lines(davy_buffer *html, const davy_sentences *lines)
{
    put_lines(html, "en", lines->en);
    put_lines(html, "zh", lines->zh);
}

/* s / (1 + s) of the height: the limit stands at half of it, and no score leaves the plot. */
static double height_of(double score)
{
    const double held = fmax(score, 0);

    return DAVY_REPORT_HEIGHT * (1.0 - (isinf(held) ? 1.0 : held / (1.0 + held)));
}

void davy_report_plot_begin(davy_buffer *html, davy_words title)
{
    davy_page_element(html, "h2", title);
    davy_buffer_printf(html,
                       "<svg class=\"scores\" viewBox=\"0 0 %d %d\" role=\"img\" "
                       "aria-label=\"%s\">",
                       DAVY_REPORT_WIDTH, DAVY_REPORT_HEIGHT + 20, title.en);
}

static void put_limit(davy_buffer *html)
{
    char place[32];

    davy_buffer_printf(html,
                       "<line x1=\"0\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#c0392b\" "
                       "stroke-dasharray=\"6 4\"/>",
                       DAVY_REPORT_WIDTH, height_of(1), height_of(1));
    (void) snprintf(place, sizeof place, "x=\"4\" y=\"%.1f\"", height_of(1) - 4);
    davy_plot_words(html, place, (davy_words){"limit", "报警限"});
}

/* One vertical stroke per column from its smallest to its largest score. */
static void put_column(davy_buffer *html, const davy_run *run, size_t from, size_t to, double x)
{
    double low = INFINITY, high = -INFINITY;

    for (size_t row = from; row < to; row++) {
        if (isnan(run->scores[row]))
            continue;
        low = fmin(low, run->scores[row]);
        high = fmax(high, run->scores[row]);
    }
    if (high >= low)
        davy_buffer_printf(html, "M%.1f %.1fV%.1f", x, height_of(low) + 0.5, height_of(high) - 0.5);
}

void davy_report_strokes(davy_buffer *html, const davy_run *run)
{
    const size_t columns = run->rows < COLUMNS ? run->rows : COLUMNS;

    davy_buffer_append_text(html, "<path d=\"");
    for (size_t c = 0; c < columns; c++)
        put_column(html, run, c * run->rows / columns, (c + 1) * run->rows / columns,
                   DAVY_REPORT_WIDTH * ((double) c + 0.5) / (double) columns);
    davy_buffer_append_text(html, "\" stroke=\"#2c5d8f\" stroke-width=\"1.6\" fill=\"none\"/>");
    put_limit(html);
}
