/* SPDX-License-Identifier: Apache-2.0 */
#include "data/page_plot.h"
#include "models/pages/page_comparison.h"
#include "models/pages/report_answers.h"

#include <math.h>

static void put_counts(const davy_answer_page *page, davy_buffer *html)
{
    const davy_assessment *a = page->figures;

    davy_page_say(html,
                  "%zu samples were judged. %zu have no known answer, or one that the model does "
                  "not know; of %zu the model is not sure enough to answer, which counts as its "
                  "answer here.",
                  "共评估 %zu 个样本。%zu 个没有已知答案或答案为模型未知的类别；"
                  "%zu 个模型不够确定而弃答，此处仍按其回答计。",
                  a->count, a->unknown, a->abstained);
}

/* What a set of one class, or one sample, cannot show. */
static void put_caution(const davy_answer_page *page, davy_buffer *html)
{
    const davy_assessment *a = page->figures;
    size_t present = 0;

    for (size_t k = 0; k < a->class_count; k++)
        present += a->classes[k].samples > 0;
    if (a->count == 1)
        davy_page_element(html, "p class=\"bad\"",
                          (davy_words){"A single sample says next to nothing.",
                                       "只有一个样本，几乎不能说明任何问题。"});
    else if (a->class_count > 0 && present == 1)
        davy_page_element(html, "p class=\"bad\"",
                          (davy_words){"All samples are of one class: whether the model tells "
                                       "classes apart cannot be seen here.",
                                       "所有样本属于同一类别：无法看出模型能否区分类别。"});
}

/* What the training warned of holds for every figure since. */
static void put_cautions(const davy_answer_page *page, davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);

    if (info->cautions)
        davy_cautions_page(info->cautions,
                           (davy_words){"What the training warned of", "训练时的警告"}, html);
}

static void put_class(const davy_answer_page *page, const davy_answer_judgement *judged, size_t k,
                      davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);

    davy_buffer_append_text(html, "<tr><td>");
    davy_page_text(html, info->classes[k]);
    davy_buffer_printf(html, "</td><td class=\"n\">%zu</td>", page->figures->classes[k].samples);
    for (size_t f = 0; f < 3; f++)
        davy_page_estimate(html, judged->class_figures[3 * k + f], false);
    davy_buffer_append_text(html, "</tr>");
}

static void put_classes(const davy_answer_page *page, const davy_answer_judgement *judged,
                        davy_buffer *html)
{
    davy_page_element(html, "h2", (davy_words){"Class by class", "各类别"});
    davy_buffer_append_text(html, "<table><tr>");
    davy_page_element(html, "th", (davy_words){"class", "类别"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"samples", "样本数"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"precision", "精确率"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"recall", "召回率"});
    davy_buffer_append_text(html, "<th class=\"n\">F1</th></tr>");
    for (size_t k = 0; k < page->figures->class_count; k++)
        put_class(page, judged, k, html);
    davy_buffer_append_text(html, "</table>");
}

static void put_names(davy_plot *plot, const davy_answer_judgement *judged, davy_buffer *html)
{
    for (size_t c = 0; c < judged->curve_count; c++)
        davy_plot_name(plot, html, judged->curves[c].name, judged->curves[c].class, c);
}

static void put_curves(const davy_answer_judgement *judged, bool roc, davy_buffer *html)
{
    davy_plot plot = {
        .title = roc ? (davy_words){"ROC, one class against the others", "ROC 曲线（逐类对其余类）"}
                     : (davy_words){"Precision and recall", "精确率与召回率"},
        .x = roc ? (davy_words){"false-alarm rate", "误报率"} : (davy_words){"recall", "召回率"},
        .y = roc ? (davy_words){"recall", "召回率"} : (davy_words){"precision", "精确率"},
        .high_x = 1,
        .high_y = 1};
    double x[DAVY_CURVE_POINTS], y[DAVY_CURVE_POINTS];

    davy_plot_begin(&plot, html);
    for (size_t c = 0; c < judged->curve_count; c++) {
        const davy_curve *curve = &judged->curves[c];

        for (size_t i = 0; i < curve->count; i++) {
            x[i] = roc ? curve->points[i].false_rate : curve->points[i].recall;
            y[i] = roc ? curve->points[i].recall : curve->points[i].precision;
        }
        davy_plot_line(&plot, html, x, y, curve->count, c, false);
    }
    davy_plot_names_low(&plot, judged->curve_count);
    if (roc)
        put_names(&plot, judged, html);
    davy_plot_end(html);
}

/* Points on the diagonal: what is said with 80 % is so in 80 % of the cases. */
static void put_reliability(const davy_answer_judgement *judged, davy_buffer *html)
{
    static const double ends[] = {0, 1};
    davy_plot plot = {.title = {"Calibration", "校准曲线"},
                      .x = {"probability of the answer", "回答的概率"},
                      .y = {"share that is right", "正确的比例"},
                      .high_x = 1,
                      .high_y = 1};
    double x[DAVY_RELIABILITY_BINS], y[DAVY_RELIABILITY_BINS], most = 1;

    for (size_t b = 0; b < DAVY_RELIABILITY_BINS; b++)
        most = fmax(most, judged->bins[b].weight);
    davy_plot_begin(&plot, html);
    davy_plot_line(&plot, html, ends, ends, 2, 6, true);
    for (size_t b = 0; b < DAVY_RELIABILITY_BINS; b++) {
        const davy_reliability_bin *bin = &judged->bins[b];

        x[b] = bin->weight > 0 ? bin->said : NAN;
        y[b] = bin->true_share;
        if (bin->weight > 0)
            davy_plot_point(&plot, html, x[b], y[b], 3 + 6 * sqrt(bin->weight / most), 0);
    }
    davy_plot_line(&plot, html, x, y, DAVY_RELIABILITY_BINS, 0, false);
    davy_plot_end(html);
}

static void put_costs(const davy_answer_judgement *judged, davy_buffer *html)
{
    davy_plot plot = {.title = {"Cost", "代价曲线"},
                      .x = {"share of the cost that misses have", "漏判占总代价的比例"},
                      .y = {"expected cost at the best limit", "最佳阈值下的期望代价"},
                      .high_x = 1,
                      .high_y = 0.5};
    double x[DAVY_COST_STEPS], blind[DAVY_COST_STEPS];

    for (size_t i = 0; i < DAVY_COST_STEPS; i++) {
        x[i] = (double) i / (DAVY_COST_STEPS - 1);
        blind[i] = fmin(x[i], 1 - x[i]);
    }
    davy_plot_begin(&plot, html);
    davy_plot_line(&plot, html, x, blind, DAVY_COST_STEPS, 6, true);
    for (size_t c = 0; c < judged->curve_count; c++)
        davy_plot_line(&plot, html, x, judged->costs[c], DAVY_COST_STEPS, c, false);
    davy_plot_end(html);
}

/* What two classes or one class against the others are worth where false alarms are few. */
static void put_rates(const davy_answer_judgement *judged, davy_buffer *html)
{
    if (judged->curve_count == 0)
        return;
    davy_page_element(html, "h2",
                      (davy_words){"Recall where false alarms are few", "低误报率下的召回率"});
    davy_buffer_append_text(html, "<div class=\"wide\"><table><tr>");
    davy_page_element(html, "th", (davy_words){"class", "类别"});
    for (size_t r = 0; r < DAVY_JUDGE_RATES; r++)
        davy_buffer_printf(html,
                           "<th class=\"n\"><span lang=\"en\">at %g %% false</span>"
                           "<span lang=\"zh\">误报率 %g %%</span></th>",
                           100 * davy_judge_rates[r], 100 * davy_judge_rates[r]);
    davy_page_element(html, "th class=\"n\"",
                      (davy_words){"recall as it answers", "实际回答的召回率"});
    davy_page_element(html, "th class=\"n\"",
                      (davy_words){"false-alarm rate as it answers", "实际回答的误报率"});
    davy_buffer_append_text(html, "</tr>");
    for (size_t c = 0; c < judged->curve_count; c++) {
        const davy_rate_figures *rates = &judged->rates[c];

        davy_buffer_append_text(html, "<tr><td>");
        davy_page_text(html, judged->curves[c].class);
        davy_buffer_append_text(html, "</td>");
        for (size_t r = 0; r < DAVY_JUDGE_RATES; r++)
            davy_page_estimate(html, rates->recall[r], false);
        davy_page_estimate(html, rates->said_recall, false);
        davy_page_estimate(html, rates->said_false_rate, false);
        davy_buffer_append_text(html, "</tr>");
    }
    davy_buffer_append_text(html, "</table></div>");
    davy_page_element(html, "p class=\"sub\"",
                      (davy_words){"The limits of the first columns are found with hindsight, on "
                                   "these data; the last two are what the model does.",
                                   "前几列的阈值为事后在本数据上确定；最后两列为模型的实际表现。"});
}

static void put_areas(const davy_answer_judgement *judged, davy_buffer *html)
{
    davy_page_element(html, "p class=\"sub\"",
                      (davy_words){"Calibration: the larger a point, the more answers it stands "
                                   "for; on the dashed line probabilities can be taken at their "
                                   "word. Cost: the dashed line is the better of “always” and "
                                   "“never”; the limit is the best one with hindsight.",
                                   "校准：点越大，回答越多；落在虚线上时概率可信。"
                                   "代价：虚线为“始终”与“从不”中较好者；阈值为事后最佳。"});
    if (judged->curves_left_out > 0)
        davy_page_say(html, "Curves of %zu more classes are not drawn.",
                      "另有 %zu 个类别的曲线未画出。", judged->curves_left_out);
}

static void put_class_parts(const davy_answer_page *page, const davy_answer_judgement *judged,
                            davy_buffer *html)
{
    put_classes(page, judged, html);
    davy_answer_page_confusion(page, html);
    put_rates(judged, html);
    davy_page_element(html, "h2", (davy_words){"Curves", "曲线"});
    davy_buffer_append_text(html, "<div class=\"pair\">");
    put_curves(judged, false, html);
    put_curves(judged, true, html);
    put_reliability(judged, html);
    put_costs(judged, html);
    davy_buffer_append_text(html, "</div>");
    put_areas(judged, html);
}

static void put_number_parts(const davy_answer_page *page, davy_buffer *html)
{
    davy_page_element(html, "h2", (davy_words){"Answers and truth", "回答与真值"});
    davy_buffer_append_text(html, "<div class=\"pair\">");
    davy_answer_page_scatter(page, html);
    davy_buffer_append_text(html, "</div>");
}

static void put_rule(const davy_answer_page *page, const davy_answer_judgement *judged,
                     davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);

    davy_page_element(html, "h2", (davy_words){"How this was measured", "测量方法"});
    if (info->split[0])
        davy_page_say(html, "At training, samples were held out by <code>%s</code>.",
                      "训练时的留出方式：<code>%s</code>。", info->split);
    if (info->coverage > 0)
        davy_page_say(html,
                      "The interval was calibrated to hold %.4g %%. Baselines got theirs in the "
                      "same way, from errors on samples that they had not learnt from.",
                      "区间按 %.4g %% 的覆盖率校准；基线的区间以同样方式由未学习样本的误差得到。",
                      100 * info->coverage);
    if (judged->cap > 0)
        davy_page_say(
            html,
            "The model was taught lives of at most %.6g rows. “Capped” figures hold it "
            "against those, “raw” ones against the lives as they are.",
            "训练时寿命上限为 %.6g 行。“截断”指标以此为真值，“原始”指标以实际寿命为真值。",
            judged->cap);
    if (judged->naive_lag > 0)
        davy_page_say(html,
                      judged->season > 0
                          ? "MASE divides by %.6g, the mean absolute error of the value %zu rows "
                            "before: the season that the series shows."
                          : "MASE divides by %.6g, the mean absolute error of the value %zu row "
                            "before; the series shows no season.",
                      judged->season > 0
                          ? "MASE 以 %.6g 为单位：%zu 行之前的值（序列的季节）的平均绝对误差。"
                          : "MASE 以 %.6g 为单位：%zu 行之前的值的平均绝对误差；序列没有季节。",
                      judged->naive_error, judged->naive_lag);
}

davy_status davy_answer_report(const davy_answer_page *page, const davy_answer_judgement *judged,
                               davy_buffer *html)
{
    const davy_page_head head =
        davy_answer_head(page->predictor, (davy_words){"Evaluation", "评估报告"});
    davy_status status;

    davy_page_begin(html, &head);
    davy_page_verdict(html, &judged->comparison);
    put_counts(page, html);
    put_caution(page, html);
    put_cautions(page, html);
    davy_cautions_page(&judged->cautions,
                       (davy_words){"What these data make doubtful", "本数据的可疑之处"}, html);
    davy_page_comparison(html, &judged->comparison);
    if (page->figures->class_count > 0)
        put_class_parts(page, judged, html);
    else
        put_number_parts(page, html);
    status = davy_answer_page_importance(page, html);
    if (status == DAVY_OK)
        status = davy_answer_page_worst(page, html);
    put_rule(page, judged, html);
    davy_page_protocol(html, &judged->comparison, &judged->protocol, &head);
    davy_page_end(html);
    return status == DAVY_OK ? davy_buffer_ok(html) : status;
}
