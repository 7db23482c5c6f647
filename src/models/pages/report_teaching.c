/* SPDX-License-Identifier: Apache-2.0 */
#include "data/page_plot.h"
#include "models/pages/report_answers.h"
#include "models/pages/report_parts.h"
#include "models/training/train_predictor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What offsetof() a davy_epoch names, of every epoch. */
static void read_epochs(const davy_lesson_result *learnt, size_t offset, double *values)
{
    for (size_t e = 0; e < learnt->epoch_count; e++)
        memcpy(&values[e], (const char *) &learnt->epochs[e] + offset, sizeof *values);
}

/* The ends of the axis of y: 0 and the largest of the values; false when none is above 0. */
static bool find_top(davy_plot *plot, const double *values, size_t count)
{
    double most = 0;

    for (size_t i = 0; i < count; i++)
        most = fmax(most, isfinite(values[i]) ? values[i] : 0);
    plot->high_y = most;
    return most > 0;
}

/* A figure of the samples that were learnt from and of those that were watched, over the epochs;
 * the legend stays out of the way of one that rises. */
static davy_status put_curves(const davy_lesson_result *learnt, davy_words title, size_t of_learnt,
                              size_t of_watched, bool rises, davy_buffer *html)
{
    const size_t count = learnt->epoch_count;
    davy_plot plot = {
        .title = title, .x = {"epoch", "训练轮次"}, .y = {"", ""}, .high_x = (double) count};
    double *x = calloc(3 * count, sizeof *x), *y = x + count;

    if (!x)
        return davy_fail(DAVY_ERR_NOMEM, "report");
    for (size_t e = 0; e < count; e++)
        x[e] = (double) e + 1;
    read_epochs(learnt, of_learnt, y);
    read_epochs(learnt, of_watched, y + count);
    if (find_top(&plot, y, 2 * count)) {
        davy_plot_round(&plot.low_x, &plot.high_x);
        davy_plot_round(&plot.low_y, &plot.high_y);
        davy_plot_begin(&plot, html);
        davy_plot_line(&plot, html, x, y, count, 0, false);
        davy_plot_line(&plot, html, x, y + count, count, 1, false);
        if (rises)
            davy_plot_names_low(&plot, 2);
        davy_plot_name(&plot, html, (davy_words){"learnt from", "学习样本"}, NULL, 0);
        davy_plot_name(&plot, html, (davy_words){"watched", "监看样本"}, NULL, 1);
        davy_plot_end(html);
    }
    free(x);
    return DAVY_OK;
}

/* Nothing for a kind that has no epochs. */
static davy_status put_learning(const davy_teaching *teaching, davy_buffer *html)
{
    const bool classes = teaching->samples->class_count > 0;
    const davy_lesson_result *learnt = &teaching->learnt;
    davy_status status;

    if (learnt->epoch_count == 0)
        return DAVY_OK;
    davy_page_element(html, "h2", (davy_words){"How it was learnt", "学习过程"});
    davy_buffer_append_text(html, "<div class=\"pair\">");
    status = put_curves(learnt, (davy_words){"Loss", "损失"}, offsetof(davy_epoch, loss),
                        offsetof(davy_epoch, watch_loss), false, html);
    if (status == DAVY_OK)
        status = put_curves(learnt,
                            classes ? (davy_words){"Share of right answers", "正确率"}
                                    : (davy_words){"Mean error", "平均误差"},
                            offsetof(davy_epoch, metric), offsetof(davy_epoch, watch_metric),
                            classes, html);
    davy_buffer_append_text(html, "</div>");
    return status;
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
    davy_report_lines(html, &teaching->said);
    davy_cautions_page(&teaching->cautions,
                       (davy_words){"Before you believe a figure", "采信指标之前"}, html);
    status = put_learning(teaching, html);
    davy_answer_page_figures(&page, html);
    if (teaching->quality)
        davy_data_quality_section(teaching->quality, html);
    if (status == DAVY_OK)
        status = davy_answer_page_importance(&page, html);
    if (status == DAVY_OK)
        status = davy_answer_page_worst(&page, html);
    davy_page_end(html);
    return status == DAVY_OK ? davy_buffer_ok(html) : status;
}
