/* SPDX-License-Identifier: Apache-2.0 */
#include "models/report_answers.h"

#include "data/image_write.h"
#include "models/explain.h"
#include "models/report_parts.h"

#include <math.h>
#include <stdlib.h>

#define WORST  ((size_t) 12)
#define POINTS ((size_t) 2000) /* of a scatter */

void davy_answer_page_head(const davy_answer_page *page, davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);
    const davy_model_info shown = {.name = info->name,
                                   .version = info->version,
                                   .kind = info->kind,
                                   .trained_ns = info->trained_ns,
                                   .data_hash = info->data_hash,
                                   .file_hash = info->file_hash};

    davy_report_head(html, &shown);
}

static void put_row(davy_buffer *html, const char *what, double value)
{
    davy_buffer_printf(html, "<tr><td>%s</td><td class=\"n\">%.6g</td></tr>", what, value);
}

static void put_class_table(const davy_answer_page *page, davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);

    davy_buffer_append_text(html, "<h2>Classes</h2><table><tr><th>class</th><th>samples</th>"
                                  "<th>precision</th><th>recall</th><th>F1</th></tr>");
    for (size_t k = 0; k < info->class_count; k++) {
        const davy_class_figures *c = &page->figures->classes[k];

        davy_buffer_append_text(html, "<tr><td>");
        davy_report_text(html, info->classes[k]);
        davy_buffer_printf(html,
                           "</td><td class=\"n\">%zu</td><td class=\"n\">%.4f</td><td class=\"n\">"
                           "%.4f</td><td class=\"n\">%.4f</td></tr>",
                           c->samples, c->precision, c->recall, c->f1);
    }
    davy_buffer_append_text(html, "</table>");
}

/* The darker a cell, the larger its share of the row. */
static void put_confusion(const davy_answer_page *page, davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);
    const size_t classes = info->class_count;

    davy_buffer_append_text(html, "<h2>What it is, by row, and what was said, by column</h2>"
                                  "<table><tr><th></th>");
    for (size_t k = 0; k < classes; k++) {
        davy_buffer_append_text(html, "<th>");
        davy_report_text(html, info->classes[k]);
        davy_buffer_append_text(html, "</th>");
    }
    davy_buffer_append_text(html, "</tr>");
    for (size_t k = 0; k < classes; k++) {
        davy_buffer_append_text(html, "<tr><td>");
        davy_report_text(html, info->classes[k]);
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
    davy_buffer_append_text(html, "</table>");
}

static bool is_judged(const davy_answer_page *page, size_t i)
{
    return (!page->part || page->part[i] == page->which) && page->answers->given[i] &&
           isfinite(page->samples->targets[i]);
}

/* Answers over truth; on the diagonal they agree. */
static void put_scatter(const davy_answer_page *page, davy_buffer *html)
{
    const size_t step = page->figures->count / POINTS + 1;
    double low = INFINITY, high = -INFINITY;

    for (size_t i = 0; i < page->samples->count; i++)
        if (is_judged(page, i)) {
            low = fmin(low, fmin(page->samples->targets[i], (double) page->answers->values[i]));
            high = fmax(high, fmax(page->samples->targets[i], (double) page->answers->values[i]));
        }
    if (!(high > low))
        return;
    davy_report_plot_begin(html, "Answers (upwards) over what is true (to the right)",
                           "answers over truth");
    davy_buffer_printf(html, "<path d=\"M0 %dL%d 0\" stroke=\"#c0392b\" stroke-dasharray=\"6 4\"/>",
                       DAVY_REPORT_HEIGHT, DAVY_REPORT_WIDTH);
    for (size_t i = 0, n = 0; i < page->samples->count; i++)
        if (is_judged(page, i) && n++ % step == 0)
            davy_buffer_printf(html, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"#2c5d8f\"/>",
                               DAVY_REPORT_WIDTH * (page->samples->targets[i] - low) / (high - low),
                               DAVY_REPORT_HEIGHT *
                                   (1 - ((double) page->answers->values[i] - low) / (high - low)));
    davy_buffer_printf(html,
                       "<text x=\"0\" y=\"%d\">%.6g</text><text x=\"%d\" y=\"%d\" "
                       "text-anchor=\"end\">%.6g</text></svg>",
                       DAVY_REPORT_HEIGHT + 15, low, DAVY_REPORT_WIDTH, DAVY_REPORT_HEIGHT + 15,
                       high);
}

void davy_answer_page_figures(const davy_answer_page *page, davy_buffer *html)
{
    const davy_assessment *a = page->figures;

    davy_buffer_printf(html, "<h2>Figures of %zu samples</h2><table>", a->count);
    if (a->class_count > 0) {
        put_row(html, "accuracy", a->accuracy);
        put_row(html, "accuracy of the most common class", a->common_accuracy);
        put_row(html, "balanced accuracy", a->balanced_accuracy);
        put_row(html, "macro-F1", a->macro_f1);
        put_row(html, "log loss", a->log_loss);
        put_row(html, "Brier score", a->brier);
    } else {
        put_row(html, "root mean squared error", a->rmse);
        put_row(html, "the same of the mean", a->mean_rmse);
        put_row(html, "mean absolute error", a->mae);
        put_row(html, "the same of the mean", a->mean_mae);
        put_row(html, "mean error", a->bias);
        put_row(html, "share of the variance explained", a->r2);
        if (isfinite(a->covered))
            put_row(html, "share inside the interval", a->covered);
    }
    davy_buffer_append_text(html, "</table>");
    if (a->class_count > 0) {
        put_class_table(page, html);
        put_confusion(page, html);
    } else {
        put_scatter(page, html);
    }
}

static void put_caption(const davy_answer_page *page, size_t sample, davy_buffer *html)
{
    const davy_predictor_info *info = davy_predictor_describe(page->predictor);
    const double target = page->samples->targets[sample];

    if (page->samples->names)
        davy_report_text(html, page->samples->names[sample]);
    else
        davy_buffer_printf(html, "row %zu", page->samples->places[sample] + 1);
    if (info->class_count == 0) {
        davy_buffer_printf(html, ": %.6g, said %.6g", target,
                           (double) page->answers->values[sample]);
        return;
    }
    davy_buffer_append_text(html, ": ");
    davy_report_text(html, info->classes[(size_t) target]);
    davy_buffer_append_text(html, ", said ");
    davy_report_text(html, info->classes[davy_answer_class(page->answers, sample)]);
    davy_buffer_printf(html, ", %.2f for the right one",
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
    davy_buffer_append_text(html, "<h2>The worst answers</h2>");
    /* A network without a map of features has no picture to show, and the page goes without. */
    if (pictures && davy_explainer_create(page->predictor, &explainer) != DAVY_OK)
        explainer = NULL;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        davy_buffer_append_text(html, "<p>");
        if (pictures)
            status = put_picture(page, explainer, worst[i], html);
        davy_buffer_append_text(html, pictures ? "<br>" : "");
        put_caption(page, worst[i], html);
        davy_buffer_append_text(html, "</p>");
    }
    davy_explainer_destroy(explainer);
    return status;
}

davy_status davy_answer_report(const davy_answer_page *page, davy_buffer *html)
{
    davy_status status;

    davy_answer_page_head(page, html);
    davy_answer_page_figures(page, html);
    status = davy_answer_page_worst(page, html);
    davy_buffer_append_text(html, "</html>\n");
    return status == DAVY_OK ? davy_buffer_ok(html) : status;
}
