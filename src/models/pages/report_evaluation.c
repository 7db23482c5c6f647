/* SPDX-License-Identifier: Apache-2.0 */
#include "models/pages/report_evaluation.h"

#include "data/page_plot.h"
#include "models/pages/page_comparison.h"
#include "models/pages/report_parts.h"

#include <math.h>
#include <stdio.h>

static davy_page_head head_of(const davy_model_info *info)
{
    return (davy_page_head){.what = {"Evaluation", "评估报告"},
                            .name = info->name,
                            .kind = info->kind,
                            .task = info->task,
                            .version = info->version,
                            .trained_ns = info->trained_ns,
                            .data_hash = info->data_hash,
                            .file_hash = info->file_hash};
}

static void put_counts(davy_buffer *html, const davy_evaluation *found)
{
    davy_page_say(html,
                  "%zu rows over %.3g days, %zu of them labelled as a fault; %zu rows without a "
                  "verdict, which are in none of the figures.",
                  "共 %zu 行，%.3g 天，其中 %zu 行标记为故障；%zu 行没有结论，不计入任何指标。",
                  found->rows, found->days, found->faulty, found->abstained);
}

static void put_rate(davy_buffer *html, const davy_evaluation *found)
{
    if (isfinite(found->episodes_per_day))
        davy_page_say(html, "There were %zu alarm episodes, %.3g a day.",
                      "共有 %zu 次报警，每天 %.3g 次。", found->episodes, found->episodes_per_day);
    else
        davy_page_say(html,
                      "There were %zu alarm episodes; the rows cover no time, so there is no rate.",
                      "共有 %zu 次报警；数据不含时长，因此没有频率。", found->episodes);
}

static void put_unlabelled(davy_buffer *html, const davy_evaluation *found)
{
    davy_buffer_append_text(html, "<section class=\"verdict\">");
    davy_page_element(
        html, "p class=\"figure\"",
        (davy_words){"Nothing can be said of how well it does", "无法判断模型的好坏"});
    if (found->abstained == found->rows)
        davy_page_element(html, "p",
                          (davy_words){"The model says nothing of any row: signals are missing, or "
                                       "its window is never full.",
                                       "模型对任何一行都没有结论：缺少信号，或窗口从未填满。"});
    else if (found->faulty == 0)
        davy_page_element(html, "p",
                          (davy_words){"No row is labelled as a fault: there is nothing to find.",
                                       "没有标记为故障的行，无从查找。"});
    else
        davy_page_element(html, "p",
                          (davy_words){"Every row is labelled as a fault: there is nothing to "
                                       "tell apart.",
                                       "所有行都标记为故障，无从区分。"});
    put_rate(html, found);
    davy_buffer_append_text(html, "</section>");
}

/* What came of the promise, in one line: areas say nothing of where the limit stands. */
static void put_own_limit(davy_buffer *html, const davy_model_info *info,
                          const davy_watch_judgement *judged)
{
    const davy_evaluation *found = &judged->found;
    const bool kept = found->episodes_per_day <= info->budget_per_day && found->detected > 0;

    davy_buffer_printf(html, "<section class=\"verdict %s\">", kept ? "good" : "bad");
    davy_page_say(html,
                  "At its own limit: %zu of %zu faults found, %.3g false episodes a day where "
                  "%.3g were asked for, in alarm for %.3g %% of the rows without a fault.",
                  "在自身报警限下：发现 %zu / %zu 个故障，每天误报 %.3g 次（要求 %.3g 次），"
                  "无故障行中有 %.3g %% 处于报警。",
                  found->detected, found->events, found->episodes_per_day, info->budget_per_day,
                  100 * found->model.false_rate);
    davy_buffer_append_text(html, "</section>");
}

/* A band behind the scores for each stretch of rows that are labelled as a fault. */
static void put_faults(const davy_table *table, davy_buffer *html)
{
    const double width = (double) DAVY_REPORT_WIDTH / (double) table->rows;
    size_t first = 0;

    for (size_t row = 0; row <= table->rows; row++) {
        if (row < table->rows && table->labels[row] > 0)
            continue;
        if (row > first)
            davy_buffer_printf(html,
                               "<rect x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%d\" "
                               "fill=\"#f6dcd8\"/>",
                               width * (double) first, fmax(width * (double) (row - first), 0.6),
                               DAVY_REPORT_HEIGHT);
        first = row + 1;
    }
}

static void put_scores(const davy_table *table, const davy_run *run, davy_buffer *html)
{
    davy_page_element(html, "h2", (davy_words){"Score of every row", "每一行的分数"});
    davy_buffer_printf(html,
                       "<svg class=\"scores\" viewBox=\"0 0 %d %d\" role=\"img\" "
                       "aria-label=\"scores\">",
                       DAVY_REPORT_WIDTH, DAVY_REPORT_HEIGHT);
    if (table->labels && table->rows > 0)
        put_faults(table, html);
    davy_report_strokes(html, run);
    davy_buffer_append_text(html, "</svg><p class=\"sub\">");
    davy_page_words(html, (davy_words){"Blue: the score s, largest and smallest of each stretch of "
                                       "rows, drawn at s / (1 + s) of the height. Red line: the "
                                       "limit, 1. Red bands: rows labelled as a fault.",
                                       "蓝色：分数 s（每段行的最大与最小值），高度为 s / (1 + s)。"
                                       "红线：报警限（limit），即 1。红色带：标记为故障的行。"});
    davy_buffer_append_text(html, "</p>");
}

static void put_figure_cells(davy_buffer *html, const davy_budget_figures *f)
{
    davy_page_estimate(html, f->episodes, false);
    davy_page_estimate(html, f->recall, false);
    davy_page_estimate(html, f->precision, false);
    davy_page_estimate(html, f->delay, false);
    davy_page_estimate(html, f->delay_p90, false);
    davy_buffer_append_text(html, "</tr>");
}

static void put_figure_heads(davy_buffer *html, bool timed)
{
    davy_page_element(html, "th class=\"n\"", (davy_words){"false episodes a day", "每天误报次数"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"faults found", "发现的故障"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"episodes for a fault", "报警命中率"});
    davy_page_element(html, "th class=\"n\"",
                      timed ? (davy_words){"delay, median, s", "延迟中位数（秒）"}
                            : (davy_words){"delay, median, rows", "延迟中位数（行）"});
    davy_page_element(html, "th class=\"n\"",
                      timed ? (davy_words){"delay, 9 of 10, s", "延迟九成（秒）"}
                            : (davy_words){"delay, 9 of 10, rows", "延迟九成（行）"});
    davy_buffer_append_text(html, "</tr>");
}

static void put_limit_name(davy_buffer *html, const davy_model_limit *limit)
{
    if (!limit->known)
        davy_page_words(html, (davy_words){" (the model does not say; its own limit)",
                                           "（模型未给出，使用自身的报警限）"});
    else if (!limit->vouched)
        davy_page_words(html,
                        (davy_words){" (history too short: extrapolated)", "（历史太短，为外推）"});
}

/* Budgets that were asked for, and what came of them. */
static void put_promises(davy_buffer *html, const davy_model_info *info,
                         const davy_watch_judgement *judged)
{
    davy_page_element(html, "h2",
                      (davy_words){"Promised and kept: the calibrated limits on these data",
                                   "承诺与兑现：校准的报警限在本数据上的表现"});
    davy_buffer_append_text(html, "<div class=\"wide\"><table><tr>");
    davy_page_element(html, "th", (davy_words){"promised", "承诺"});
    put_figure_heads(html, judged->timed);
    davy_buffer_append_text(html, "<tr class=\"model\"><td>");
    davy_buffer_printf(html, "%.3g ", info->budget_per_day);
    davy_page_words(html, (davy_words){"a day: its own limit", "次/天：自身的报警限"});
    davy_buffer_append_text(html, "</td>");
    put_figure_cells(html, &judged->own);
    for (size_t b = 0; b < DAVY_JUDGE_BUDGETS; b++) {
        davy_buffer_printf(html, "<tr><td>%.3g ", davy_judge_budgets[b]);
        davy_page_words(html, (davy_words){"a day", "次/天"});
        put_limit_name(html, &judged->limits[b]);
        davy_buffer_append_text(html, "</td>");
        put_figure_cells(html, &judged->promised[b]);
    }
    davy_buffer_append_text(html, "</table></div>");
}

static void put_hindsight(davy_buffer *html, const davy_watch_judgement *judged)
{
    const davy_comparison *c = &judged->comparison;

    davy_page_element(html, "h2",
                      (davy_words){"At the same number of false alarms", "误报次数相同时的比较"});
    davy_page_element(html, "p class=\"sub\"",
                      (davy_words){"Every method gets, with hindsight, the lowest limit that keeps "
                                   "the budget on these data. No one has that limit beforehand.",
                                   "事后为每种方法取满足预算的最低报警限；事前无人知道该值。"});
    for (size_t b = 0; b < DAVY_JUDGE_BUDGETS; b++) {
        davy_buffer_printf(html,
                           "<h3><span lang=\"en\">at most %.3g false episodes a day</span>"
                           "<span lang=\"zh\">每天最多 %.3g 次误报</span></h3>"
                           "<div class=\"wide\"><table><tr><th></th>",
                           davy_judge_budgets[b], davy_judge_budgets[b]);
        put_figure_heads(html, judged->timed);
        for (size_t m = 0; m < c->count; m++) {
            if (!c->methods[m].measured)
                continue;
            davy_buffer_append_text(html, m == 0 ? "<tr class=\"model\"><td>" : "<tr><td>");
            davy_page_words(html, c->methods[m].name);
            davy_buffer_append_text(html, "</td>");
            put_figure_cells(html, &judged->hindsight[m][b]);
        }
        davy_buffer_append_text(html, "</table></div>");
    }
}

/* One of the two curves of every method. */
static void put_curves(davy_buffer *html, const davy_watch_judgement *judged, bool roc)
{
    davy_plot plot = {.title = roc ? (davy_words){"ROC", "ROC 曲线"}
                                   : (davy_words){"Precision and recall", "精确率与召回率"},
                      .x = roc ? (davy_words){"false-alarm rate of rows", "行误报率"}
                               : (davy_words){"recall of rows", "行召回率"},
                      .y = roc ? (davy_words){"recall of rows", "行召回率"}
                               : (davy_words){"precision of rows", "行精确率"},
                      .high_x = 1,
                      .high_y = 1};
    double x[DAVY_CURVE_POINTS], y[DAVY_CURVE_POINTS];

    davy_plot_begin(&plot, html);
    for (size_t c = judged->curve_count; c-- > 0;) { /* the model last, on top */
        const davy_curve *curve = &judged->curves[c];

        for (size_t i = 0; i < curve->count; i++) {
            x[i] = roc ? curve->points[i].false_rate : curve->points[i].recall;
            y[i] = roc ? curve->points[i].recall : curve->points[i].precision;
        }
        davy_plot_line(&plot, html, x, y, curve->count, c, false);
    }
    davy_plot_names_low(&plot, judged->curve_count); /* where a ROC curve seldom goes */
    for (size_t c = 0; c < judged->curve_count && roc; c++)
        davy_plot_name(&plot, html, judged->curves[c].name, NULL, c);
    davy_plot_end(html);
}

static void put_rows(davy_buffer *html, davy_words name, const davy_figures *figures)
{
    const double values[] = {figures->auc_roc, figures->average_precision, figures->f1,
                             figures->false_rate, figures->missed_rate};

    davy_buffer_append_text(html, "<tr><td>");
    davy_page_words(html, name);
    davy_buffer_append_text(html, "</td>");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(values); i++)
        davy_page_number(html, values[i]);
    davy_buffer_append_text(html, "</tr>");
}

static void put_row_table(davy_buffer *html, const davy_evaluation *found)
{
    davy_page_element(
        html, "h2", (davy_words){"Row by row at the model's own limit", "在自身报警限下逐行统计"});
    davy_buffer_append_text(html, "<table><tr><th></th><th class=\"n\">AUC-ROC</th>"
                                  "<th class=\"n\">AUC-PR</th><th class=\"n\">F1</th>");
    davy_page_element(html, "th class=\"n\"", (davy_words){"false-alarm rate", "误报率"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"missed-alarm rate", "漏报率"});
    davy_buffer_append_text(html, "</tr>");
    put_rows(html, (davy_words){"this model", "本模型"}, &found->model);
    put_rows(html, (davy_words){"clock", "仅凭时刻"}, &found->clock);
    put_rows(html, (davy_words){"always alarm", "始终报警"}, &found->always);
    davy_buffer_append_text(html, "</table>");
    davy_page_element(html, "p class=\"sub\"",
                      (davy_words){"clock: an alarm from the median start to the median end of the "
                                   "faults of the other runs. A high F1 that the clock has too "
                                   "says something of the data, not of the model.",
                                   "仅凭时刻：在其余运行的故障起止中位数之间报警。"
                                   "若它的 F1 同样高，说明的是数据而不是模型。"});
}

static void put_rule(davy_buffer *html, const davy_watch_judgement *judged)
{
    davy_page_element(html, "h2", (davy_words){"How this was measured", "测量方法"});
    davy_page_say(
        html,
        "A fault is a stretch of labelled rows in one run. An episode is a stretch of alarms with "
        "gaps of at most %zu rows. It is for the first fault that it stands in, if it began in it "
        "or at most %zu rows before; else it is false. The fault is then found, and its delay is "
        "the time from its first row to that beginning. An alarm that began long before, or never "
        "ends, finds nothing.",
        "故障是一次运行中连续标记的行。间隔不超过 %zu "
        "行的报警为一次；若它在所遇到的第一个故障中开始，"
        "或在其之前不超过 %zu 行开始，即为命中，否则为误报。命中的故障即为发现，"
        "延迟为从故障首行到该次报警开始的时间。早已开始或从不结束的报警不算发现。",
        judged->merge, judged->merge);
    if (judged->window > 0)
        davy_page_say(html,
                      "VUS: buffers of 0 to %zu rows around each fault, 250 limits, as TSB-AD "
                      "computes it (Paparrizos et al., PVLDB 2022); runs are one series in which "
                      "no buffer reaches across.",
                      "VUS：每个故障周围 0 到 %zu 行的缓冲，250 个阈值，与 TSB-AD 相同"
                      "（Paparrizos 等，PVLDB 2022）；缓冲不跨越运行。",
                      judged->window);
    else
        davy_page_say(html, "The rows are independent of each other, so there is no VUS.",
                      "各行相互独立，因此没有 VUS。");
}

static void put_verdict(davy_buffer *html, const davy_model_info *info,
                        const davy_watch_judgement *judged)
{
    davy_page_verdict(html, &judged->comparison);
    put_own_limit(html, info, judged);
}

davy_status davy_evaluation_report(const davy_model_info *info, const davy_table *table,
                                   const davy_run *run, const davy_watch_judgement *judged,
                                   davy_buffer *html)
{
    const davy_page_head head = head_of(info);

    davy_page_begin(html, &head);
    if (judged->labelled)
        put_verdict(html, info, judged);
    else
        put_unlabelled(html, &judged->found);
    put_counts(html, &judged->found);
    put_scores(table, run, html);
    if (judged->labelled) {
        davy_page_comparison(html, &judged->comparison);
        put_promises(html, info, judged);
        put_hindsight(html, judged);
        davy_page_element(html, "h2", (davy_words){"Curves", "曲线"});
        davy_buffer_append_text(html, "<div class=\"pair\">");
        put_curves(html, judged, false);
        put_curves(html, judged, true);
        davy_buffer_append_text(html, "</div>");
        put_row_table(html, &judged->found);
        put_rule(html, judged);
        davy_page_protocol(html, &judged->comparison, &judged->protocol, &head);
    }
    davy_page_end(html);
    return davy_buffer_ok(html);
}
