/* SPDX-License-Identifier: Apache-2.0 */
#include "models/report_parts.h"

#include "core/timestamp.h"
#include "data/page.h"

#include <math.h>

#define COLUMNS 450 /* of the plot of scores: the largest and smallest score of each is drawn */

static const char style[] =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:940px;margin:2em auto;padding:0 1em;"
    "color:#1d2733;background:#fff}h1{font-size:1.5em;margin-bottom:0}h2{font-size:1.1em;"
    "margin:2em 0 .4em}p.sub{color:#5b6875;margin-top:.2em}svg{width:100%;height:auto;"
    "background:#f6f8fa;border-radius:4px}table{border-collapse:collapse}td,th{padding:.2em 1em "
    ".2em 0;text-align:left;font-weight:normal}th{color:#5b6875}td.n{text-align:right;"
    "font-variant-numeric:tabular-nums}text{font:12px system-ui,sans-serif;fill:#5b6875}";

void davy_report_text(davy_buffer *html, const char *text)
{
    davy_page_text(html, text);
}

void davy_report_lines(davy_buffer *html, const char *lines)
{
    bool open = false;

    for (; *lines; lines++) {
        const char text[] = {*lines, '\0'};

        if (!open)
            davy_buffer_append_text(html, "<p>");
        open = *lines != '\n';
        davy_report_text(html, text);
        if (!open || !lines[1])
            davy_buffer_append_text(html, "</p>");
    }
}

/* s / (1 + s) of the height: the limit stands at half of it, and no score leaves the plot. */
static double height_of(double score)
{
    const double held = fmax(score, 0);

    return DAVY_REPORT_HEIGHT * (1.0 - (isinf(held) ? 1.0 : held / (1.0 + held)));
}

void davy_report_head(davy_buffer *html, const davy_model_info *info)
{
    char trained[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(info->trained_ns, 0, trained);
    davy_buffer_append_text(html, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                                  "<meta name=\"viewport\" content=\"width=device-width\"><title>");
    davy_report_text(html, info->name);
    davy_buffer_printf(html, " version %u</title><style>%s</style><h1>", info->version, style);
    davy_report_text(html, info->name);
    davy_buffer_printf(html,
                       " version %u</h1><p class=\"sub\">davy, kind %s, trained %s, data %.12s, "
                       "model %.12s</p>",
                       info->version, info->kind, trained, info->data_hash, info->file_hash);
}

void davy_report_plot_begin(davy_buffer *html, const char *title, const char *label)
{
    davy_buffer_printf(html,
                       "<h2>%s</h2><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
                       title, DAVY_REPORT_WIDTH, DAVY_REPORT_HEIGHT + 20, label);
}

static void put_limit(davy_buffer *html)
{
    davy_buffer_printf(html,
                       "<line x1=\"0\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#c0392b\" "
                       "stroke-dasharray=\"6 4\"/><text x=\"4\" y=\"%.1f\">limit</text>",
                       DAVY_REPORT_WIDTH, height_of(1), height_of(1), height_of(1) - 4);
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
