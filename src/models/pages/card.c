/* SPDX-License-Identifier: Apache-2.0 */
#include "models/pages/card.h"

#include "core/timestamp.h"
#include "models/judge/judge_groups.h"
#include "models/model_private.h"
#include "models/pages/page.h"
#include "models/task.h"

#include <math.h>
#include <string.h>

#define COLUMNS_SHOWN ((size_t) 200)
#define DEPTH_MAX     4

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

static double number_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* A figure by its key, as people call it. */
static davy_words figure_name(const char *key)
{
    static const struct {
        const char *key;
        davy_words name;
    } names[] = {
        {"accuracy", {"share of right answers", "准确率"}},
        {"balanced_accuracy", {"balanced accuracy: mean recall of the classes", "平衡准确率"}},
        {"macro_f1", {"macro-F1: mean of F1 over the classes", "宏平均 F1"}},
        {"log_loss", {"log loss: mean surprise of the truth", "对数损失"}},
        {"common_accuracy", {"beside: always the most common class", "对照：总答最常见类别"}},
        {"rmse", {"root mean squared error", "均方根误差"}},
        {"mae", {"mean absolute error", "平均绝对误差"}},
        {"false_episodes_per_day",
         {"false-alarm episodes a day on the calibration rows", "校准数据上每天的误报次数"}},
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        if (strcmp(names[i].key, key) == 0)
            return names[i].name;
    return (davy_words){NULL, NULL};
}

static void put_use(const json_t *root, davy_task task, davy_buffer *html)
{
    const size_t columns =
        json_array_size(json_object_get(json_object_get(root, "schema"), "columns"));

    davy_buffer_append_text(html, "<section class=\"verdict\">");
    davy_page_element(html, "h3", (davy_words){"Intended use", "用途"});
    if (task == DAVY_TASK_ANOMALY)
        davy_page_say(html,
                      "Watches %zu signals together and scores every row; a score above 1 is an "
                      "alarm, with the share of each signal. It stands beside limits, people and "
                      "safety systems, and replaces none of them.",
                      "同时监视 %zu 个信号并对每一行评分；分数超过 1 即报警，并给出各信号的贡献。"
                      "它与限值、人员和安全系统并用，不能替代其中任何一个。",
                      columns);
    else if (json_array_size(json_object_get(root, "classes")) > 0)
        davy_page_say(html,
                      "Answers one of %zu classes for every sample, with a probability for each. "
                      "It advises people; it is no safety function.",
                      "对每个样本给出 %zu 个类别之一及各类概率。供人参考，不是安全功能。",
                      json_array_size(json_object_get(root, "classes")));
    else
        davy_page_say(
            html,
            "Answers a number for every sample of %zu columns, with an interval where it "
            "has one. It advises people; it is no safety function.",
            "对每个样本（%zu 列）给出一个数值，并尽可能给出区间。供人参考，不是安全功能。",
            columns);
    davy_buffer_append_text(html, "</section>");
}

static davy_estimate estimate_of(const json_t *object)
{
    return (davy_estimate){number_of(object, "value"), number_of(object, "low"),
                           number_of(object, "high")};
}

static void put_figure(const char *key, const json_t *estimate, davy_buffer *html)
{
    const davy_words name = figure_name(key);

    davy_buffer_append_text(html, "<tr><td>");
    if (name.en)
        davy_page_words(html, name);
    else
        davy_page_text(html, key);
    davy_buffer_append_text(html, "</td>");
    davy_page_estimate(html, estimate_of(estimate), false);
    davy_buffer_append_text(html, "</tr>");
}

static void put_part(const json_t *metrics, davy_buffer *html)
{
    const char *part = text_of(metrics, "part");
    const double samples = number_of(metrics, "samples"), groups = number_of(metrics, "groups");
    const davy_words drawn = davy_judge_drawn(text_of(metrics, "drawn"));

    if (strcmp(part, "judged") == 0)
        davy_page_say(html,
                      "Of %.0f samples that no choice has touched; 95 %% intervals by drawing %.0f "
                      "%s%.0s again.",
                      "来自 %.0f 个未参与任何选择的样本；95 %% 区间由 %.0f %.0s%s重复抽样得出。",
                      samples, groups, drawn.en, drawn.zh);
    else if (strcmp(part, "learnt") == 0)
        davy_page_say(html,
                      "Of the %.0f samples that it learnt from: nothing was held out, and the "
                      "figures flatter the model.",
                      "来自训练所用的 %.0f 个样本：没有留出数据，指标偏高。", samples);
    else
        davy_page_say(html,
                      "Of the %.0f latest rows, which set the limit and were not learnt from; "
                      "exact 95 %% interval of a count.",
                      "来自最近的 %.0f 行：用于确定报警限，未参与学习；计数的精确 95 %% 区间。",
                      samples);
}

static void put_figures(const json_t *root, davy_buffer *html)
{
    const json_t *metrics = json_object_get(root, "metrics");
    json_t *figures = json_object_get(metrics, "figures"), *estimate;
    const char *key;

    if (!figures)
        return;
    davy_page_element(html, "h2", (davy_words){"How good it is", "效果"});
    davy_buffer_append_text(html, "<table>");
    json_object_foreach(figures, key, estimate)
    {
        put_figure(key, estimate, html);
    }
    davy_buffer_append_text(html, "</table>");
    put_part(metrics, html);
}

static void put_warnings(const json_t *root, davy_buffer *html)
{
    const json_t *list = json_object_get(root, "warnings");

    davy_page_element(html, "h2", (davy_words){"Warnings", "警告"});
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *warning = json_array_get(list, i);

        davy_buffer_append_text(html, "<p class=\"bad\"><span lang=\"en\">");
        davy_page_text(html, text_of(warning, "en"));
        davy_buffer_append_text(html, "</span><span lang=\"zh\">");
        davy_page_text(html, text_of(warning, "zh"));
        davy_buffer_append_text(html, "</span></p>");
    }
    if (json_array_size(list) == 0)
        davy_page_element(
            html, "p",
            (davy_words){"Training found nothing to warn of.", "训练未发现需要警告的问题。"});
}

static void put_limits(davy_task task, davy_buffer *html)
{
    davy_page_element(html, "h2", (davy_words){"Where it ends", "局限"});
    davy_page_element(
        html, "p",
        (davy_words){"It knows what it has seen: an operating state, season or product that was "
                     "not in the data is strange to it. Its figures hold for data like those it "
                     "was judged on, and nothing in it notices that the plant has changed.",
                     "模型只了解见过的数据：数据中没有的工况、季节或产品对它都是陌生的。"
                     "指标只适用于与评估数据相似的数据，装置变化后模型自身不会察觉。"});
    if (task == DAVY_TASK_ANOMALY)
        davy_page_element(
            html, "p",
            (davy_words){"A fault that was there all through the history is normal to it. "
                         "Contributions say where to look, not what has happened.",
                         "历史中一直存在的故障会被视为正常。贡献只说明应查看何处，不说明原因。"});
    else
        davy_page_element(
            html, "p",
            (davy_words){"It answers every sample it is asked, also one that is like none of the "
                         "data. What it answers is what went along with the label in the data, "
                         "which need not be a cause.",
                         "对任何样本都会作答，包括与数据毫不相似的样本。"
                         "答案反映的是数据中与标签相伴的现象，不一定是原因。"});
    davy_page_element(html, "p",
                      (davy_words){"Trips and interlocks belong into a safety system with its own "
                                   "sensors (IEC 61511).",
                                   "联锁与停车应由具有独立传感器的安全系统实现（IEC 61511）。"});
}

static void put_value(const json_t *value, davy_buffer *html);

static void put_list(const json_t *list, davy_buffer *html)
{
    const size_t count = json_array_size(list);

    for (size_t i = 0; i < count && i < COLUMNS_SHOWN; i++) {
        davy_buffer_append_text(html, i > 0 ? ", " : "");
        put_value(json_array_get(list, i), html);
    }
    if (count > COLUMNS_SHOWN)
        davy_buffer_printf(html, " … (%zu)", count);
}

static void put_value(const json_t *value, davy_buffer *html)
{
    if (json_is_string(value))
        davy_page_text(html, json_string_value(value));
    else if (json_is_integer(value))
        davy_buffer_printf(html, "%lld", (long long) json_integer_value(value));
    else if (json_is_number(value))
        davy_buffer_printf(html, "%.6g", json_number_value(value));
    else if (json_is_array(value))
        put_list(value, html);
    else
        davy_buffer_append_text(html, json_is_true(value)    ? "yes"
                                      : json_is_false(value) ? "no"
                                                             : "-");
}

/* The keys of an object as rows; those of objects in it under their own. */
static void put_rows(json_t *object, int depth, davy_buffer *html)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        const bool inner = json_is_object(value) && depth < DEPTH_MAX;

        davy_buffer_printf(html, "<tr><td style=\"padding-left:%dem\"><code>", depth);
        davy_page_text(html, key);
        davy_buffer_append_text(html, "</code></td><td>");
        if (!inner)
            put_value(value, html);
        davy_buffer_append_text(html, "</td></tr>");
        if (inner)
            put_rows(value, depth + 1, html);
    }
}

/* A key of model.json as a table under a title; nothing when it is not there. */
static void put_object(const json_t *root, const char *key, davy_words title, davy_buffer *html)
{
    json_t *object = json_object_get(root, key);

    if (json_object_size(object) == 0)
        return;
    davy_page_element(html, "h2", title);
    davy_buffer_append_text(html, "<div class=\"wide\"><table>");
    put_rows(object, 0, html);
    davy_buffer_append_text(html, "</table></div>");
}

static void put_columns(const json_t *root, davy_buffer *html)
{
    const json_t *schema = json_object_get(root, "schema");
    const json_t *columns = json_object_get(schema, "columns");
    const json_t *answer = json_object_get(schema, "answer");

    if (json_array_size(columns) == 0)
        return;
    davy_page_element(html, "h2", (davy_words){"What it reads and answers", "输入与输出"});
    davy_buffer_append_text(html, "<div class=\"wide\"><table><tr>");
    davy_page_element(html, "th", (davy_words){"column", "列"});
    davy_page_element(html, "th", (davy_words){"unit", "单位"});
    davy_page_element(html, "th", (davy_words){"type", "类型"});
    davy_buffer_append_text(html, "</tr>");
    for (size_t i = 0; i < json_array_size(columns) && i < COLUMNS_SHOWN; i++) {
        static const char *const keys[] = {"name", "unit", "type"};

        davy_buffer_append_text(html, "<tr>");
        for (size_t k = 0; k < DAVY_ARRAY_LENGTH(keys); k++) {
            davy_buffer_append_text(html, "<td>");
            davy_page_text(html, text_of(json_array_get(columns, i), keys[k]));
            davy_buffer_append_text(html, "</td>");
        }
        davy_buffer_append_text(html, "</tr>");
    }
    davy_buffer_append_text(html, "</table></div>");
    if (json_array_size(columns) > COLUMNS_SHOWN)
        davy_page_say(html, "%zu columns in all.", "共 %zu 列。", json_array_size(columns));
    davy_buffer_append_text(html, "<p>");
    davy_page_words(html, (davy_words){"It answers: ", "回答："});
    davy_page_text(html, text_of(answer, "name"));
    davy_buffer_append_text(html, " (");
    davy_page_text(html, text_of(answer, "type"));
    davy_buffer_append_text(html, ")</p>");
}

static void put_trials(const json_t *root, davy_buffer *html)
{
    const json_t *list = json_object_get(root, "trials");

    if (json_array_size(list) == 0)
        return;
    davy_page_element(html, "h2", (davy_words){"Kinds that were tried", "试过的模型种类"});
    davy_buffer_append_text(html, "<div class=\"wide\"><table><tr>");
    davy_page_element(html, "th", (davy_words){"kind", "种类"});
    davy_page_element(html, "th", (davy_words){"settings", "设置"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"mean loss", "平均损失"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"standard error", "标准误"});
    davy_buffer_append_text(html, "<th></th></tr>");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *trial = json_array_get(list, i);

        davy_buffer_append_text(html, json_is_true(json_object_get(trial, "chosen"))
                                          ? "<tr class=\"main\"><td>"
                                          : "<tr><td>");
        davy_page_text(html, text_of(trial, "kind"));
        davy_buffer_append_text(html, "</td><td><code>");
        davy_page_text(html, text_of(trial, "settings"));
        davy_buffer_append_text(html, "</code></td>");
        davy_page_number(html, number_of(trial, "mean"));
        davy_page_number(html, number_of(trial, "error"));
        davy_buffer_append_text(html, "<td>");
        davy_page_text(html, text_of(trial, "why"));
        davy_buffer_append_text(html, "</td></tr>");
    }
    davy_buffer_append_text(html, "</table></div>");
    davy_page_element(
        html, "p class=\"sub\"",
        (davy_words){"Mean loss over the folds and its standard error; the simplest "
                     "within one standard error of the best was taken.",
                     "各折的平均损失及其标准误；取与最优相差一个标准误以内的最简单者。"});
}

static void put_line(davy_words name, const char *value, davy_buffer *html)
{
    davy_buffer_append_text(html, "<tr><td>");
    davy_page_words(html, name);
    davy_buffer_append_text(html, "</td><td><code>");
    davy_page_text(html, value);
    davy_buffer_append_text(html, "</code></td></tr>");
}

static void put_lineage(const json_t *root, davy_buffer *html)
{
    const json_t *data = json_object_get(root, "data");
    char number[24];

    davy_page_element(html, "h2", (davy_words){"Lineage", "来历"});
    davy_buffer_append_text(html, "<div class=\"wide\"><table>");
    (void) snprintf(number, sizeof number, "%.0f", number_of(root, "parent"));
    put_line((davy_words){"version before it (0: none)", "前一版本（0：无）"}, number, html);
    (void) snprintf(number, sizeof number, "%.0f", number_of(root, "seed"));
    put_line((davy_words){"seed of all chance", "随机种子"}, number, html);
    put_line((davy_words){"data, SHA-256", "数据 SHA-256"}, text_of(data, "hash"), html);
    put_line((davy_words){"where the data came from", "数据来源"}, text_of(data, "query"), html);
    put_line((davy_words){"model.onnx, SHA-256", "model.onnx 的 SHA-256"},
             text_of(json_object_get(root, "file"), "hash"), html);
    put_line((davy_words){"author's public key", "作者公钥"}, text_of(root, "author"), html);
    davy_buffer_append_text(html, "</table></div>");
    davy_page_element(html, "p class=\"sub\"",
                      (davy_words){"manifest.json lists the hashes of all files of this version, "
                                   "and manifest.sig is the author's Ed25519 signature of it: davy "
                                   "models verify checks both.",
                                   "manifest.json 列出本版本所有文件的哈希，manifest.sig 是作者的 "
                                   "Ed25519 签名：davy models verify 可核对两者。"});
}

davy_status davy_card_make(const json_t *root, davy_buffer *html)
{
    davy_page_head head = {.what = {"Model card", "模型卡"},
                           .name = text_of(root, "name"),
                           .kind = text_of(root, "kind"),
                           .task = text_of(root, "task"),
                           .version =
                               (unsigned) json_integer_value(json_object_get(root, "version"))};
    davy_task task;

    if (davy_model_name_check(head.kind) != DAVY_OK || !davy_task_find(head.task, &task) ||
        davy_timestamp_parse(text_of(root, "trained"), &head.trained_ns) != DAVY_OK)
        return davy_fail(DAVY_ERR_INVALID, "a card of what is no model.json");
    davy_page_begin(html, &head);
    put_use(root, task, html);
    put_figures(root, html);
    put_warnings(root, html);
    put_limits(task, html);
    put_columns(root, html);
    put_object(root, "calibration", (davy_words){"Calibration", "校准"}, html);
    put_object(root, "data", (davy_words){"Data", "数据"}, html);
    put_object(root, "preprocessing", (davy_words){"Before the graph", "图之前的处理"}, html);
    put_trials(root, html);
    put_object(root, "settings", (davy_words){"Settings", "设置"}, html);
    put_lineage(root, html);
    put_object(root, "libraries", (davy_words){"Made with", "所用程序库"}, html);
    davy_page_end(html);
    return davy_buffer_ok(html);
}
