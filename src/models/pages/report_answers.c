/* SPDX-License-Identifier: Apache-2.0 */
#include "models/pages/report_answers.h"

#include "data/image_write.h"
#include "data/page_plot.h"
#include "models/explain/explain.h"
#include "models/pages/page_importance.h"

#include <math.h>
#include <stdlib.h>

#define WORST  ((size_t) 12)
#define POINTS ((size_t) 2000) /* of a scatter */

davy_page_head davy_answer_head(const davy_predictor *predictor, davy_words what)
{
    const davy_predictor_info *info = davy_predictor_describe(predictor);

    return (davy_page_head){.what = what,
                            .name = info->name,
                            .kind = info->kind,
                            .task = davy_task_name(info->task),
                            .version = info->version,
                            .trained_ns = info->trained_ns,
                            .data_hash = info->data_hash,
                            .file_hash = info->file_hash};
}

static void put_row(davy_buffer *html, const char *en, const char *zh, double value)
{
    davy_buffer_append_text(html, "<tr>");
    davy_page_element(html, "td", (davy_words){en, zh});
    davy_buffer_printf(html, "<td class=\"n\">%.6g</td></tr>", value);
}

static void put_class_table(const davy_answer_page *page, davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);

    davy_page_element(html, "h2", (davy_words){"Classes", "各类别"});
    davy_buffer_append_text(html, "<table><tr>");
    davy_page_element(html, "th", (davy_words){"class", "类别"});
    davy_page_element(html, "th", (davy_words){"samples", "样本数"});
    davy_page_element(html, "th", (davy_words){"precision", "精确率"});
    davy_page_element(html, "th", (davy_words){"recall", "召回率"});
    davy_buffer_append_text(html, "<th>F1</th></tr>");
    for (size_t k = 0; k < info->class_count; k++) {
        const davy_class_figures *c = &page->figures->classes[k];

        davy_buffer_append_text(html, "<tr><td>");
        davy_page_text(html, info->classes[k]);
        davy_buffer_printf(html,
                           "</td><td class=\"n\">%zu</td><td class=\"n\">%.4f</td><td class=\"n\">"
                           "%.4f</td><td class=\"n\">%.4f</td></tr>",
                           c->samples, c->precision, c->recall, c->f1);
    }
    davy_buffer_append_text(html, "</table>");
}

/* The darker a cell, the larger its share of the row. */
void davy_answer_page_confusion(const davy_answer_page *page, davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);
    const size_t classes = info->class_count;

    davy_page_element(html, "h2",
                      (davy_words){"What it is, by row, and what was said, by column",
                                   "混淆矩阵：行为真实类别，列为回答"});
    davy_buffer_append_text(html, "<div class=\"wide\"><table><tr><th></th>");
    for (size_t k = 0; k < classes; k++) {
        davy_buffer_append_text(html, "<th>");
        davy_page_text(html, info->classes[k]);
        davy_buffer_append_text(html, "</th>");
    }
    davy_buffer_append_text(html, "</tr>");
    for (size_t k = 0; k < classes; k++) {
        davy_buffer_append_text(html, "<tr><td>");
        davy_page_text(html, info->classes[k]);
        davy_buffer_append_text(html, "</td>");
        for (size_t said = 0; said < classes; said++) {
            const size_t count = page->figures->confusion[k * classes + said];
            const size_t samples = page->figures->classes[k].samples;
            const double share = samples > 0 ? (double) count / (double) samples : 0;

            davy_buffer_printf(html, "<td class=\"n\" style=\"background:rgba(%s,%.2f)\">%zu</td>",
                               k == said ? "44,93,143" : "192,57,43", 0.6 * share, count);
        }
        davy_buffer_append_text(html, "</tr>");
    }
    davy_buffer_append_text(html, "</table></div>");
}

static bool is_judged(const davy_answer_page *page, size_t i)
{
    return (!page->part || page->part[i] == page->which) && page->answers->given[i] &&
           isfinite(page->samples->targets[i]);
}

/* Ends of the axes; false when all is one number. */
static bool find_range(const davy_answer_page *page, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < page->samples->count; i++)
        if (is_judged(page, i)) {
            const double target = page->samples->targets[i];
            const double value = (double) page->answers->values[i];

            *low = fmin(*low, fmin(target, value));
            *high = fmax(*high, fmax(target, value));
        }
    return *high > *low;
}

void davy_answer_page_scatter(const davy_answer_page *page, davy_buffer *html)
{
    const size_t step = page->figures->count / POINTS + 1;
    davy_plot plot = {.title = {"Answers over truth", "回答与真值"},
                      .x = {"what is true", "真值"},
                      .y = {"answer", "回答"}};
    double ends[2];

    if (!find_range(page, &plot.low_x, &plot.high_x))
        return;
    davy_plot_round(&plot.low_x, &plot.high_x);
    plot.low_y = ends[0] = plot.low_x;
    plot.high_y = ends[1] = plot.high_x;
    davy_plot_begin(&plot, html);
    davy_plot_line(&plot, html, ends, ends, 2, 6, true);
    for (size_t i = 0, n = 0; i < page->samples->count; i++)
        if (is_judged(page, i) && n++ % step == 0)
            davy_plot_point(&plot, html, page->samples->targets[i],
                            (double) page->answers->values[i], 2, 0);
    davy_plot_end(html);
}

void davy_answer_page_figures(const davy_answer_page *page, davy_buffer *html)
{
    const davy_assessment *a = page->figures;

    davy_buffer_printf(html,
                       "<h2><span lang=\"en\">Figures of %zu samples</span>"
                       "<span lang=\"zh\">%zu 个样本的指标</span></h2><table>",
                       a->count, a->count);
    if (a->class_count > 0) {
        put_row(html, "accuracy", "准确率", a->accuracy);
        put_row(html, "accuracy of the most common class", "始终回答最常见类别的准确率",
                a->common_accuracy);
        put_row(html, "balanced accuracy", "平衡准确率", a->balanced_accuracy);
        put_row(html, "macro-F1", "宏平均 F1", a->macro_f1);
        put_row(html, "log loss", "对数损失", a->log_loss);
        put_row(html, "Brier score", "Brier 分数", a->brier);
    } else {
        put_row(html, "root mean squared error", "均方根误差", a->rmse);
        put_row(html, "the same of the mean", "始终回答平均值", a->mean_rmse);
        put_row(html, "mean absolute error", "平均绝对误差", a->mae);
        put_row(html, "the same of the mean", "始终回答平均值", a->mean_mae);
        put_row(html, "mean error", "平均误差", a->bias);
        put_row(html, "share of the variance explained", "解释的方差比例", a->r2);
        if (isfinite(a->covered))
            put_row(html, "share inside the interval", "落在区间内的比例", a->covered);
    }
    davy_buffer_append_text(html, "</table>");
    if (a->class_count > 0) {
        put_class_table(page, html);
        davy_answer_page_confusion(page, html);
    } else {
        davy_answer_page_scatter(page, html);
    }
}

static void put_caption(const davy_answer_page *page, size_t sample, davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);
    const davy_sample_set *samples = page->samples;
    const double target = samples->targets[sample];

    if (samples->names) {
        davy_page_text(html, samples->names[sample]);
    } else {
        if (samples->group_count > 1 && samples->group_names) {
            davy_page_text(html, samples->group_names[samples->groups[sample]]);
            davy_buffer_append_text(html, " ");
        }
        davy_page_words(html, (davy_words){"row ", "行 "});
        davy_buffer_printf(html, "%zu", samples->places[sample] + 1);
    }
    davy_page_words(html, (davy_words){": it is ", "：真实为 "});
    if (info->class_count == 0)
        davy_buffer_printf(html, "%.6g", target);
    else
        davy_page_text(html, info->classes[(size_t) target]);
    davy_page_words(html, (davy_words){", said ", "，回答 "});
    if (info->class_count == 0) {
        davy_buffer_printf(html, "%.6g", (double) page->answers->values[sample]);
        return;
    }
    davy_page_text(html, info->classes[davy_answer_class(page->answers, sample)]);
    davy_page_words(html, (davy_words){", probability of the right one ", "，正确类别的概率 "});
    davy_buffer_printf(html, "%.2f",
                       1.0 - davy_assess_badness(page->samples, page->answers, sample));
}

/* The picture, and the same with the places that spoke for what was said. */
static davy_status put_picture(const davy_answer_page *page, davy_explainer *explainer,
                               size_t sample, davy_buffer *html)
{
    davy_image image = {0};
    davy_status status = davy_explain_read_picture(page->samples, sample, &image);

    davy_buffer_append_text(html, "<img width=\"160\" src=\"");
    if (status == DAVY_OK)
        status = davy_image_append_uri(&image, html);
    davy_buffer_append_text(html, "\" alt=\"\"> <img width=\"160\" src=\"");
    if (status == DAVY_OK && explainer)
        status = davy_explain_picture(explainer, page->samples, sample,
                                      davy_answer_class(page->answers, sample), &image);
    if (status == DAVY_ERR_UNSUPPORTED) /* a network without maps: the picture stands twice */
        status = DAVY_OK;
    if (status == DAVY_OK)
        status = davy_image_append_uri(&image, html);
    davy_buffer_append_text(html, "\" alt=\"where the network looked\">");
    davy_image_clear(&image);
    return status;
}

/* What spoke for a bad answer. Numbers of a sample are read again: few are. */
static davy_status put_why(const davy_answer_page *page, davy_explainer *explainer, size_t sample,
                           davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);
    float *values = calloc(davy_form_values(&page->samples->form), sizeof *values);
    davy_status status = values ? davy_sample_set_read(page->samples, sample, values)
                                : davy_fail(DAVY_ERR_NOMEM, "a sample");

    if (status == DAVY_OK)
        status = davy_page_explanation(
            html, page->predictor, explainer, values,
            info->class_count > 0 ? davy_answer_class(page->answers, sample) : 0);
    free(values);
    return status;
}

davy_status davy_answer_page_importance(const davy_answer_page *page, davy_buffer *html)
{
    const davy_importance_of of = {.predictor = page->predictor,
                                   .samples = page->samples,
                                   .answers = page->answers,
                                   .part = page->part,
                                   .which = page->which,
                                   .seed = 1};
    davy_importance importance;
    davy_status status = davy_importance_find(&of, &importance);

    if (status != DAVY_OK)
        return status;
    davy_page_importance(html, page->predictor, &importance);
    davy_importance_clear(&importance);
    return DAVY_OK;
}

davy_status davy_answer_page_worst(const davy_answer_page *page, davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);
    const bool pictures = info->form.kind == DAVY_FORM_IMAGE;
    size_t worst[WORST];
    const size_t count =
        davy_assess_worst(page->samples, page->answers, page->part, page->which, WORST, worst);
    davy_explainer *explainer = NULL;
    davy_status status = DAVY_OK;

    if (count == 0)
        return DAVY_OK;
    davy_page_element(html, "h2", (davy_words){"The worst answers", "最差的回答"});
    /* A model that cannot be explained has nothing to show, and the page goes without. */
    if (davy_explainer_create(page->predictor, NULL, &explainer) != DAVY_OK)
        explainer = NULL;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        davy_buffer_append_text(html, "<p>");
        if (pictures)
            status = put_picture(page, explainer, worst[i], html);
        davy_buffer_append_text(html, pictures ? "<br>" : "");
        put_caption(page, worst[i], html);
        if (status == DAVY_OK && !pictures)
            status = put_why(page, explainer, worst[i], html);
        davy_buffer_append_text(html, "</p>");
    }
    davy_explainer_destroy(explainer);
    return status;
}
