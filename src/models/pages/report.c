/* SPDX-License-Identifier: Apache-2.0 */
#include "models/pages/report.h"

#include "data/page_plot.h"
#include "models/judge/evaluate.h"
#include "models/pages/page.h"
#include "models/pages/report_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BARS   40
#define CAUSES 10

static void put_scores(const davy_training *training, const davy_run *run, davy_buffer *html)
{
    const double split =
        DAVY_REPORT_WIDTH * (double) training->split / (double) (run->rows > 0 ? run->rows : 1);
    char place[48];

    davy_report_plot_begin(html, (davy_words){"Score over the history", "历史分数"});
    davy_buffer_printf(html,
                       "<rect x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%d\" fill=\"#e3ecf5\"/>",
                       split, DAVY_REPORT_WIDTH - split, DAVY_REPORT_HEIGHT);
    (void) snprintf(place, sizeof place, "x=\"%.1f\" y=\"%d\"", split + 4, DAVY_REPORT_HEIGHT + 15);
    davy_plot_words(html, place, (davy_words){"calibration", "校准"});
    davy_report_strokes(html, run);
    davy_buffer_append_text(html, "</svg>");
}

static void put_histogram(const davy_training *training, const davy_run *run, davy_buffer *html)
{
    const double width = (double) DAVY_REPORT_WIDTH / BARS;
    size_t counts[BARS] = {0}, most = 1;
    char place[48];

    for (size_t row = training->split; row < run->rows; row++) {
        size_t bar;

        if (isnan(run->scores[row]))
            continue;
        bar = (size_t) (fmin(fmax(run->scores[row], 0) / DAVY_REPORT_SCORE_TOP, 0.9999) * BARS);
        counts[bar]++;
        most = counts[bar] > most ? counts[bar] : most;
    }
    davy_report_plot_begin(html, (davy_words){"Scores of the calibration rows", "校准行的分数"});
    for (size_t bar = 0; bar < BARS; bar++) {
        const double height = DAVY_REPORT_HEIGHT * (double) counts[bar] / (double) most;

        if (counts[bar] > 0)
            davy_buffer_printf(html,
                               "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                               "fill=\"#2c5d8f\"/>",
                               width * (double) bar + 1, DAVY_REPORT_HEIGHT - height, width - 2,
                               height);
    }
    davy_buffer_printf(html,
                       "<line x1=\"%d\" x2=\"%d\" y1=\"0\" y2=\"%d\" stroke=\"#c0392b\" "
                       "stroke-dasharray=\"6 4\"/><text x=\"0\" y=\"%d\">0</text>",
                       DAVY_REPORT_WIDTH / 2, DAVY_REPORT_WIDTH / 2, DAVY_REPORT_HEIGHT,
                       DAVY_REPORT_HEIGHT + 15);
    (void) snprintf(place, sizeof place, "x=\"%d\" y=\"%d\"", DAVY_REPORT_WIDTH / 2 - 30,
                    DAVY_REPORT_HEIGHT + 15);
    davy_plot_words(html, place, (davy_words){"1, the limit", "1，报警限"});
    davy_buffer_append_text(html, "</svg>");
}

/* The calibration row with the largest score; SIZE_MAX when none was scored. */
static size_t worst_row(const davy_training *training, const davy_run *run)
{
    size_t worst = SIZE_MAX;

    for (size_t row = training->split; row < run->rows; row++)
        if (!isnan(run->scores[row]) &&
            (worst == SIZE_MAX || run->scores[row] > run->scores[worst]))
            worst = row;
    return worst;
}

static size_t largest_left(double *shares, size_t count)
{
    size_t largest = 0;

    for (size_t j = 1; j < count; j++)
        if (shares[j] > shares[largest])
            largest = j;
    return largest;
}

/* What the model says of one row, kept: shares first, then what was expected. */
static davy_status explain_row(const davy_training *training, size_t row, double *shares)
{
    const size_t signals = training->table->columns;
    const davy_walk walk = {
        .table = training->table, .to = training->table->rows, .period_ns = training->period_ns};
    double *values = calloc(signals, sizeof *values);
    davy_scorer *scorer = NULL;
    davy_score score = {.score = NAN};
    davy_status status;

    if (!values)
        return davy_fail(DAVY_ERR_NOMEM, "report");
    status = davy_scorer_create(training->model, &scorer);
    for (size_t r = 0; r <= row && status == DAVY_OK; r++) {
        if (davy_walk_begins(&walk, r))
            davy_scorer_reset(scorer);
        for (size_t j = 0; j < signals; j++)
            values[j] = davy_table_at(training->table, r, j);
        davy_scorer_update(scorer, values, &score);
    }
    if (status == DAVY_OK && score.contributions) {
        memcpy(shares, score.contributions, signals * sizeof *shares);
        memcpy(shares + signals, score.expected, signals * sizeof *shares);
    }
    davy_scorer_destroy(scorer);
    free(values);
    return status;
}

static void put_cause(const davy_training *training, size_t row, size_t signal, double share,
                      double expected, davy_buffer *html)
{
    davy_buffer_append_text(html, "<tr><td>");
    davy_page_text(html, training->model->info.signals[signal]);
    davy_buffer_printf(html,
                       "</td><td class=\"n\">%.3f</td><td class=\"n\">%.6g</td>"
                       "<td class=\"n\">%.6g</td><td>",
                       share, davy_table_at(training->table, row, signal), expected);
    davy_page_text(html, training->model->info.units[signal]);
    davy_buffer_append_text(html, "</td></tr>");
}

static void put_cause_head(double score, size_t row, davy_buffer *html)
{
    static const davy_words heads[] = {{"signal", "信号"},
                                       {"share of the score", "在分数中的份额"},
                                       {"value", "值"},
                                       {"expected", "期望值"},
                                       {"unit", "单位"}};

    davy_page_element(
        html, "h2",
        (davy_words){"What drove the largest calibration score", "最大校准分数由何驱动"});
    davy_page_say(html, "%.3f in row %zu.", "%.3f,第 %zu 行。", score, row + 1);
    davy_buffer_append_text(html, "<table><tr>");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(heads); i++)
        davy_page_element(html, "th", heads[i]);
    davy_buffer_append_text(html, "</tr>");
}

static davy_status put_causes(const davy_training *training, const davy_run *run, davy_buffer *html)
{
    const size_t row = worst_row(training, run), signals = run->signals;
    double *shares = calloc(2 * signals, sizeof *shares);
    davy_status status = DAVY_OK;

    if (!shares)
        return davy_fail(DAVY_ERR_NOMEM, "report");
    if (row == SIZE_MAX)
        goto done;
    status = explain_row(training, row, shares);
    if (status != DAVY_OK)
        goto done;
    put_cause_head(run->scores[row], row, html);
    for (size_t i = 0; i < CAUSES && i < signals; i++) {
        const size_t signal = largest_left(shares, signals);

        put_cause(training, row, signal, shares[signal], shares[signals + signal], html);
        shares[signal] = -1;
    }
    davy_buffer_append_text(html, "</table>");
done:
    free(shares);
    return status;
}

static void put_head(const davy_model_info *info, davy_buffer *html)
{
    const davy_page_head head = {.what = {"Training", "训练报告"},
                                 .name = info->name,
                                 .kind = info->kind,
                                 .task = info->task,
                                 .version = info->version,
                                 .trained_ns = info->trained_ns,
                                 .data_hash = info->data_hash,
                                 .file_hash = info->file_hash};

    davy_page_begin(html, &head);
    davy_page_say(html, "Data <code>%.12s</code>, model <code>%.12s</code>.",
                  "数据 <code>%.12s</code>,模型 <code>%.12s</code>。", info->data_hash,
                  info->file_hash);
}

davy_status davy_training_report(const davy_training *training, davy_buffer *html)
{
    davy_run run = {0};
    davy_status status = davy_model_run(training->model, training->table, false, &run);

    if (status != DAVY_OK)
        return status;
    put_head(&training->model->info, html);
    davy_report_lines(html, &training->said);
    put_scores(training, &run, html);
    put_histogram(training, &run, html);
    davy_data_quality_section(&training->quality, html);
    status = put_causes(training, &run, html);
    davy_page_end(html);
    davy_run_clear(&run);
    return status == DAVY_OK ? davy_buffer_ok(html) : status;
}
