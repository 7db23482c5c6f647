/* SPDX-License-Identifier: Apache-2.0 */
#include "models/report_answers.h"
#include "models/report_parts.h"
#include "models/train_predictor.h"

#include <math.h>
#include <string.h>

/* One curve of the epochs, from left to right, between 0 and `most`. */
static void put_curve(const davy_teaching *teaching, size_t offset, double most, const char *colour,
                      davy_buffer *html)
{
    const davy_lesson_result *learnt = &teaching->learnt;
    const double width = learnt->epoch_count > 1 ? (double) learnt->epoch_count - 1 : 1;
    bool begun = false;

    davy_buffer_append_text(html, "<path d=\"");
    for (size_t e = 0; e < learnt->epoch_count; e++) {
        double value;

        memcpy(&value, (const char *) &learnt->epochs[e] + offset, sizeof value);
        if (!isfinite(value))
            continue;
        davy_buffer_printf(html, "%c%.1f %.1f", begun ? 'L' : 'M',
                           DAVY_REPORT_WIDTH * (double) e / width,
                           DAVY_REPORT_HEIGHT * (1.0 - fmin(value / most, 1.0)));
        begun = true;
    }
    davy_buffer_printf(html, "\" stroke=\"%s\" stroke-width=\"1.6\" fill=\"none\"/>", colour);
}

static void put_curves(const davy_teaching *teaching, davy_words title, size_t learnt,
                       size_t watched, davy_buffer *html)
{
    double most = 0;

    for (size_t e = 0; e < teaching->learnt.epoch_count; e++) {
        double a, b;

        memcpy(&a, (const char *) &teaching->learnt.epochs[e] + learnt, sizeof a);
        memcpy(&b, (const char *) &teaching->learnt.epochs[e] + watched, sizeof b);
        most = fmax(most, fmax(isfinite(a) ? a : 0, isfinite(b) ? b : 0));
    }
    if (!(most > 0))
        return;
    davy_report_plot_begin(html, title);
    put_curve(teaching, learnt, most, "#2c5d8f", html);
    put_curve(teaching, watched, most, "#c0392b", html);
    davy_buffer_printf(html,
                       "<text x=\"4\" y=\"12\">%.4g</text><text x=\"4\" y=\"%d\">0, blue: learnt "
                       "from; red: watched; %zu epochs</text></svg>",
                       most, DAVY_REPORT_HEIGHT + 15, teaching->learnt.epoch_count);
}

static void put_split(const davy_teaching *teaching, davy_buffer *html)
{
    const davy_split_done *split = &teaching->split;

    davy_page_element(html, "h2", (davy_words){"What was held out", "留出了什么"});
    davy_page_say(html, "Split <code>%s</code>: %s%.0s.", "划分方式 <code>%s</code>：%.0s%s。",
                  davy_split_rule_name(split->rule), split->why.en, split->why.zh);
    davy_page_say(html,
                  "%zu samples were learnt from, %zu watched, %zu judged; %zu overlap another "
                  "part and are in none.",
                  "学习 %zu 个样本，监看 %zu 个，评判 %zu 个；%zu 个因与其他部分重叠而弃用。",
                  teaching->parts[DAVY_PURPOSE_LEARN], teaching->parts[DAVY_PURPOSE_WATCH],
                  teaching->parts[DAVY_PURPOSE_JUDGE], teaching->parts[DAVY_PURPOSE_NONE]);
}

davy_status davy_teaching_report(const davy_teaching *teaching, davy_buffer *html)
{
    const davy_answer_page page = {.predictor = teaching->predictor,
                                   .samples = teaching->samples,
                                   .answers = &teaching->answers,
                                   .part = davy_teaching_judge(teaching),
                                   .which = DAVY_PURPOSE_JUDGE,
                                   .figures = &teaching->judged};
    const davy_page_head head =
        davy_answer_head(teaching->predictor, (davy_words){"Training", "训练报告"});
    davy_status status;

    davy_page_begin(html, &head);
    davy_report_lines(html, teaching->summary);
    put_split(teaching, html);
    davy_cautions_page(&teaching->cautions,
                       (davy_words){"Before you believe a figure", "采信指标之前"}, html);
    put_curves(teaching, (davy_words){"Loss", "损失"}, offsetof(davy_epoch, loss),
               offsetof(davy_epoch, watch_loss), html);
    put_curves(teaching,
               teaching->samples->class_count > 0 ? (davy_words){"Share of right answers", "正确率"}
                                                  : (davy_words){"Mean error", "平均误差"},
               offsetof(davy_epoch, metric), offsetof(davy_epoch, watch_metric), html);
    davy_answer_page_figures(&page, html);
    if (teaching->quality)
        davy_data_quality_section(teaching->quality, html);
    status = davy_answer_page_importance(&page, html);
    if (status == DAVY_OK)
        status = davy_answer_page_worst(&page, html);
    davy_page_end(html);
    return status == DAVY_OK ? davy_buffer_ok(html) : status;
}
