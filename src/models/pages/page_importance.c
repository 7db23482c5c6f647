/* SPDX-License-Identifier: Apache-2.0 */
#include "models/pages/page_importance.h"

#include "core/timestamp.h"
#include "data/page_plot.h"

#include <math.h>
#include <stdlib.h>

#define ROWS    ((size_t) 20)
#define SHARES  ((size_t) 5)
#define NEAREST ((size_t) 3)
#define BAR     320.0 /* of the largest, in pixels */

/* A line of a table: what, how much, and a bar. */
static void put_bar(davy_buffer *html, const char *name, double value, double largest)
{
    const double width = largest > 0 ? BAR * fmax(value, 0) / largest : 0;

    davy_buffer_append_text(html, "<tr><td>");
    davy_page_text(html, name);
    davy_buffer_append_text(html, "</td>");
    davy_page_number(html, value);
    davy_buffer_printf(html,
                       "<td><div style=\"width:%.0fpx;height:.8em;margin-top:.3em;"
                       "background:var(--blue)\"></div></td></tr>",
                       width);
}

static void put_shares(davy_buffer *html, const davy_importance *importance)
{
    const davy_explainer_info info = davy_explainer_describe(importance->explainer);
    size_t largest[ROWS];
    const size_t count = davy_explain_largest(importance->sizes, importance->parts, ROWS, largest);

    davy_page_element(html, "h3", (davy_words){"Mean size of the shares", "平均贡献大小"});
    davy_buffer_append_text(html, "<p class=\"sub\">");
    davy_page_words(html, info.label);
    davy_page_words(html, (davy_words){"; in: ", "；单位："});
    davy_page_words(html, info.unit);
    davy_buffer_append_text(html, "</p>");
    davy_page_say(html, "Of %zu samples; on the average %.2g of an answer is left unexplained.",
                  "共 %zu 个样本；平均有 %.2g 未能解释。", importance->explained,
                  importance->residual);
    davy_buffer_append_text(html, "<table>");
    for (size_t i = 0; i < count; i++) {
        char name[DAVY_PLAYER_NAME_MAX];

        put_bar(html, davy_explainer_part(importance->explainer, largest[i], name),
                importance->sizes[largest[i]], importance->sizes[largest[0]]);
    }
    davy_buffer_append_text(html, "</table>");
}

static void put_lost(davy_buffer *html, const davy_predictor_info *info,
                     const davy_importance *importance)
{
    size_t largest[ROWS];
    const size_t count = davy_importance_missed(importance, ROWS, largest);

    davy_page_element(html, "h3", (davy_words){"What the model would miss", "缺少该信号的损失"});
    if (info->class_count > 0)
        davy_page_say(html,
                      "By how much the log loss, %.4g, grows when the signal comes from another of "
                      "%zu samples.",
                      "将该信号换成其他样本的值后，对数损失（原为 %.4g）的增量；共 %zu 个样本。",
                      importance->loss, importance->asked);
    else
        davy_page_say(html,
                      "By how much the root mean squared error, %.4g, grows when the signal comes "
                      "from another of %zu samples.",
                      "将该信号换成其他样本的值后，均方根误差（原为 %.4g）的增量；共 %zu 个样本。",
                      importance->loss, importance->asked);
    davy_buffer_append_text(html, "<table>");
    for (size_t i = 0; i < count; i++)
        put_bar(html, info->signals[largest[i]], importance->lost[largest[i]],
                fmax(importance->lost[largest[0]], 0));
    davy_buffer_append_text(html, "</table>");
}

/* Words of ours around a text from outside, which is escaped. */
static void join(davy_buffer *out, const char *before, const char *text)
{
    davy_buffer_append_text(out, before);
    davy_page_text(out, text);
}

static void put_curve(davy_buffer *html, const davy_predictor_info *info,
                      const davy_dependence *curve)
{
    davy_buffer title = {0}, en = {0}, zh = {0};
    davy_plot plot = {.x = {"value of the signal", "信号值"},
                      .low_x = curve->x[0],
                      .high_x = curve->x[curve->count - 1],
                      .low_y = curve->low[0],
                      .high_y = curve->high[0]};

    join(&title, "", info->signals[curve->signal]);
    join(&en, info->class_count > 0 ? "probability of " : "answer",
         info->class_count > 0 ? info->classes[curve->class_index] : "");
    join(&zh, info->class_count > 0 ? "概率：" : "回答",
         info->class_count > 0 ? info->classes[curve->class_index] : "");
    for (size_t i = 0; i < curve->count; i++) {
        plot.low_y = fmin(plot.low_y, curve->low[i]);
        plot.high_y = fmax(plot.high_y, curve->high[i]);
    }
    if (!(plot.high_y > plot.low_y))
        plot.high_y = plot.low_y + fmax(fabs(plot.low_y), 1) * 1e-3;
    davy_plot_round(&plot.low_x, &plot.high_x);
    davy_plot_round(&plot.low_y, &plot.high_y);
    if (davy_buffer_ok(&title) == DAVY_OK && davy_buffer_ok(&en) == DAVY_OK &&
        davy_buffer_ok(&zh) == DAVY_OK) {
        plot.title = (davy_words){title.bytes, title.bytes};
        plot.y = (davy_words){en.bytes, zh.bytes};
        davy_plot_begin(&plot, html);
        davy_plot_line(&plot, html, curve->x, curve->low, curve->count, 5, true);
        davy_plot_line(&plot, html, curve->x, curve->high, curve->count, 5, true);
        davy_plot_line(&plot, html, curve->x, curve->mean, curve->count, 0, false);
        davy_plot_end(html);
    }
    davy_buffer_clear(&title);
    davy_buffer_clear(&en);
    davy_buffer_clear(&zh);
}

static void put_curves(davy_buffer *html, const davy_predictor_info *info,
                       const davy_importance *importance)
{
    davy_page_element(html, "h3",
                      (davy_words){"How the answer goes with a signal", "回答随信号的变化"});
    davy_buffer_append_text(html, "<p class=\"sub\">");
    davy_page_words(
        html,
        (davy_words){"The signal is held at each value, in all rows of a sample. Blue: the mean "
                     "of the answers (partial dependence). Dashed: a tenth of the samples is "
                     "beyond; where these are not parallel, it depends on other signals.",
                     "将该信号在样本的所有行中固定为各个值。蓝线：回答的平均值（部分依赖）；"
                     "虚线：各有十分之一的样本在其外，若不平行则说明还取决于其他信号。"});
    davy_buffer_append_text(html, "</p><div class=\"pair\">");
    for (size_t i = 0; i < importance->curve_count; i++)
        put_curve(html, info, &importance->curves[i]);
    davy_buffer_append_text(html, "</div>");
}

void davy_page_importance(davy_buffer *html, const davy_predictor *predictor,
                          const davy_importance *importance)
{
    const davy_predictor_info *info = davy_predictor_describe(predictor);

    if (!importance->explainer && importance->signals == 0)
        return;
    davy_page_element(html, "h2", (davy_words){"What the answers hang on", "回答取决于什么"});
    if (importance->explainer) {
        put_shares(html, importance);
    } else {
        davy_buffer_append_text(html, "<p>");
        davy_page_text(html, importance->why);
        davy_buffer_append_text(html, "</p>");
    }
    if (importance->signals > 0)
        put_lost(html, info, importance);
    if (importance->curve_count > 0)
        put_curves(html, info, importance);
    davy_page_element(html, "p class=\"sub\"",
                      (davy_words){"This says what the model does, and not what the plant does: "
                                   "signals that move together share what one of them may cause.",
                                   "以上说明模型的行为，而非装置的因果：同步变化的信号会分摊其中"
                                   "某一个的作用。"});
}

/* ----------------------------------------------------------------------------------- one answer */

static void put_nearest(davy_buffer *html, const davy_predictor *predictor, const float *sample)
{
    const davy_predictor_info *info = davy_predictor_describe(predictor);
    const davy_background *kept = davy_predictor_background(predictor);
    davy_neighbour found[NEAREST];
    const size_t count = davy_background_nearest(kept, sample, NEAREST, found);

    if (count == 0)
        return;
    davy_buffer_append_text(html, "<br>");
    davy_page_words(html, (davy_words){"Nearest of the kept samples: ", "最相近的保留样本："});
    for (size_t i = 0; i < count; i++) {
        const davy_background_row *row = &kept->rows[found[i].row];

        davy_buffer_append_text(html, i > 0 ? "; " : "");
        davy_page_text(html, row->run);
        davy_page_words(html, (davy_words){" row ", " 行 "});
        davy_buffer_printf(html, "%zu (", row->place + 1);
        if (info->class_count > 0 && row->target >= 0 && row->target < (double) info->class_count)
            davy_page_text(html, info->classes[(size_t) row->target]);
        else
            davy_buffer_printf(html, "%.6g", row->target);
        davy_page_words(html, (davy_words){", distance ", "，距离 "});
        davy_buffer_printf(html, "%.2f)", found[i].distance);
    }
}

davy_status davy_page_explanation(davy_buffer *html, const davy_predictor *predictor,
                                  davy_explainer *explainer, const float *sample, size_t answer)
{
    const size_t parts = explainer ? davy_explainer_parts(explainer) : 0;
    double *shares = calloc(parts + 1, sizeof *shares);
    davy_explanation found = {0};
    size_t largest[SHARES];
    davy_status status = shares ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "an explanation");

    if (status == DAVY_OK && explainer)
        status = davy_explain_sample(explainer, sample, answer, &found);
    if (status == DAVY_OK && explainer) {
        davy_explain_parts(explainer, &found, shares);
        davy_buffer_append_text(html, "<br>");
        davy_page_words(html, (davy_words){"Base ", "基准 "});
        davy_buffer_printf(html, "%.4g", found.base);
        for (size_t i = 0; i < davy_explain_largest(shares, parts, SHARES, largest); i++) {
            char name[DAVY_PLAYER_NAME_MAX];

            davy_buffer_append_text(html, ", ");
            davy_page_text(html, davy_explainer_part(explainer, largest[i], name));
            davy_buffer_printf(html, " <b>%+.4g</b>", shares[largest[i]]);
        }
        davy_page_words(html, (davy_words){", score ", "，分数 "});
        davy_buffer_printf(html, "%.4g", found.score);
    }
    if (status == DAVY_OK)
        put_nearest(html, predictor, sample);
    free(shares);
    return status;
}
