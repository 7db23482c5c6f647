/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/kpi_page.h"

#include "alarm/kpi/kpi_plots.h"
#include "alarm/kpi/targets.h"
#include "data/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "-";
}

static double number_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : NAN;
}

static long long count_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* A cell: a share in percent, a number as it is, a dash for nothing. */
static void put_value(davy_buffer *html, double value, bool share, const char *before)
{
    if (isnan(value))
        davy_buffer_append_text(html, "<td class=\"n\">&ndash;</td>");
    else
        davy_buffer_printf(html, "<td class=\"n\">%s%.4g%s</td>", before,
                           share ? 100.0 * value : value, share ? " %" : "");
}

static const struct {
    const char *name, *style;
    davy_words words;
} verdicts[] = {
    {"acceptable", "good", {"very likely acceptable", "很可能可接受"}},
    {"manageable", "open", {"manageable", "尚可管理"}},
    {"over", "bad", {"over the target", "超出目标"}},
};

static void put_verdict(davy_buffer *html, const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(verdicts); i++)
        if (strcmp(verdicts[i].name, name) == 0) {
            davy_buffer_printf(html, "<td class=\"%s\">", verdicts[i].style);
            davy_page_words(html, verdicts[i].words);
            davy_buffer_append_text(html, "</td>");
            return;
        }
    davy_buffer_append_text(html, "<td>-</td>");
}

static void put_figure(davy_buffer *html, const davy_kpi_target *target, const json_t *figure)
{
    const char *bound = target->at_least ? "&ge; " : "&le; ";

    davy_buffer_append_text(html, "<tr><td>");
    davy_page_words(html, (davy_words){target->en, target->zh});
    davy_buffer_append_text(html, "</td>");
    put_value(html, number_of(figure, "value"), target->share, "");
    put_value(html, target->acceptable, target->share, bound);
    put_value(html, target->manageable, target->share, bound);
    put_verdict(html, text_of(figure, "verdict"));
    davy_buffer_append_text(html, "</tr>");
}

static const json_t *find_figure(const json_t *position, const char *name)
{
    size_t index;
    const json_t *figure;

    json_array_foreach(json_object_get(position, "figures"), index, figure)
    {
        if (strcmp(text_of(figure, "name"), name) == 0)
            return figure;
    }
    return NULL;
}

static void put_figures(davy_buffer *html, const json_t *position)
{
    static const davy_words heads[] = {{"figure", "指标"},
                                       {"value", "数值"},
                                       {"very likely acceptable", "很可能可接受"},
                                       {"maximum manageable", "最大可管理"},
                                       {"verdict", "结论"}};

    davy_buffer_append_text(html, "<div class=\"wide\"><table><tr>");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(heads); i++)
        davy_page_element(html, i > 0 && i < 4 ? "th class=\"n\"" : "th", heads[i]);
    davy_buffer_append_text(html, "</tr>");
    for (size_t i = 0; i < davy_kpi_target_count; i++)
        put_figure(html, &davy_kpi_targets[i], find_figure(position, davy_kpi_targets[i].name));
    davy_buffer_append_text(html, "</table></div>");
}

static void put_distribution(davy_buffer *html, const json_t *position, const char *name,
                             davy_words words)
{
    const json_t *counts = json_object_get(position, name);

    davy_buffer_append_text(html, "<tr><td>");
    davy_page_words(html, words);
    davy_buffer_append_text(html, "</td>");
    put_value(html, number_of(counts, "periods"), false, "");
    put_value(html, number_of(counts, "median"), false, "");
    put_value(html, number_of(counts, "p95"), false, "");
    put_value(html, number_of(counts, "most"), false, "");
    davy_buffer_append_text(html, "</tr>");
}

/* An average hides the night before the flood. */
static void put_distributions(davy_buffer *html, const json_t *position)
{
    static const davy_words heads[] = {{"alarms in", "报警数"},
                                       {"periods", "时段数"},
                                       {"median", "中位数"},
                                       {"95 of 100 at most", "95 百分位"},
                                       {"most", "最多"}};

    davy_page_element(html, "h3", (davy_words){"Distributions", "分布"});
    davy_buffer_append_text(html, "<table><tr>");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(heads); i++)
        davy_page_element(html, i > 0 ? "th class=\"n\"" : "th", heads[i]);
    davy_buffer_append_text(html, "</tr>");
    put_distribution(html, position, "per_day", (davy_words){"a day", "一天"});
    put_distribution(html, position, "per_hour", (davy_words){"an hour", "一小时"});
    put_distribution(html, position, "per_ten_minutes", (davy_words){"10 minutes", "10 分钟"});
    davy_buffer_append_text(html, "</table>");
    davy_page_element(
        html, "p",
        (davy_words){"A median or 95th above 31 is rounded up, by a sixteenth at most; a last "
                     "period that is not over counts as one.",
                     "中位数和 95 百分位大于 31 "
                     "时向上取整，误差不超过十六分之一；尚未结束的最后一个时段按一个时段计。"});
}

static void put_top(davy_buffer *html, const json_t *position)
{
    size_t index;
    const json_t *alarm;

    if (json_array_size(json_object_get(position, "top")) == 0)
        return;
    davy_page_element(html, "h3", (davy_words){"The most frequent alarms", "最频繁的报警"});
    davy_buffer_append_text(html, "<div class=\"wide\"><table><tr>");
    davy_page_element(html, "th", (davy_words){"alarm", "报警"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"times", "次数"});
    davy_page_element(html, "th class=\"n\"", (davy_words){"share", "占比"});
    davy_buffer_append_text(html, "</tr>");
    json_array_foreach(json_object_get(position, "top"), index, alarm)
    {
        davy_buffer_append_text(html, "<tr><td>");
        davy_page_text(html, text_of(alarm, "key"));
        davy_buffer_append_text(html, "</td>");
        put_value(html, number_of(alarm, "count"), false, "");
        put_value(html, number_of(alarm, "share"), true, "");
        davy_buffer_append_text(html, "</tr>");
    }
    davy_buffer_append_text(html, "</table></div>");
}

static void say_rest(davy_buffer *html, const json_t *position)
{
    const json_t *floods = json_object_get(position, "floods");
    const json_t *chatter = json_object_get(position, "chattering");
    const json_t *fleeting = json_object_get(position, "fleeting");
    const json_t *wait = json_object_get(position, "acknowledge");
    const json_t *now = json_object_get(position, "now");

    davy_page_say(html,
                  "Floods: %lld, together %lld s, the longest %lld s, at most %lld alarms in 10 "
                  "minutes.",
                  "报警泛滥 %lld 次,共 %lld 秒,最长 %lld 秒,10 分钟内最多 %lld 条。",
                  count_of(floods, "count"), count_of(floods, "seconds"),
                  count_of(floods, "longest_s"), count_of(floods, "peak"));
    davy_page_say(html, "Chattering: %lld alarms, %lld times. Fleeting: %lld alarms, %lld times.",
                  "抖动报警 %lld 个,%lld 次;瞬时报警 %lld 个,%lld 次。",
                  count_of(chatter, "alarms"), count_of(chatter, "times"),
                  count_of(fleeting, "alarms"), count_of(fleeting, "times"));
    if (count_of(wait, "count") > 0)
        davy_page_say(html,
                      "Acknowledged %lld times: half of them within %lld s, 95 of 100 within %lld "
                      "s, the slowest after %lld s.",
                      "确认 %lld 次:一半在 %lld 秒内,95%% 在 %lld 秒内,最慢 %lld 秒。",
                      count_of(wait, "count"), count_of(wait, "median_s"), count_of(wait, "p95_s"),
                      count_of(wait, "most_s"));
    davy_page_say(html,
                  "At the end: %lld active, %lld unacknowledged, %lld stale; %lld shelved, %lld "
                  "suppressed by design, %lld out of service.",
                  "期末:%lld 个激活,%lld 个未确认,%lld 个长期;%lld 个搁置,%lld 个按设计抑制,"
                  "%lld 个停用。",
                  count_of(now, "active"), count_of(now, "unacknowledged"), count_of(now, "stale"),
                  count_of(now, "shelved"), count_of(now, "suppressed"),
                  count_of(now, "out_of_service"));
}

static void say_observed(davy_buffer *html, const json_t *report, const json_t *position)
{
    double days = number_of(position, "days");

    if (!json_is_string(json_object_get(position, "begin"))) {
        davy_page_element(html, "p",
                          (davy_words){"Nothing was observed in this time.", "此期间没有观测。"});
        return;
    }
    davy_page_say(html, "Observed from %s to %s: %.1f days, %lld alarms.",
                  "观测期 %s 至 %s:%.1f 天,%lld 条报警。", text_of(position, "begin"),
                  text_of(position, "end"), days, count_of(position, "alarms"));
    if (json_is_true(json_object_get(position, "enough")))
        return;
    davy_buffer_append_text(html, "<div class=\"verdict\">");
    davy_page_say(html, "Observe at least %lld days before judging: these are %.1f.",
                  "至少观测 %lld 天再下结论:目前 %.1f 天。", count_of(report, "days_wanted"), days);
    davy_buffer_append_text(html, "</div>");
}

static void put_position(davy_buffer *html, const json_t *report, const json_t *position)
{
    davy_buffer_append_text(html, "<h2>");
    davy_page_text(html, text_of(position, "title"));
    davy_buffer_append_text(html, "</h2>");
    say_observed(html, report, position);
    if (!json_is_string(json_object_get(position, "begin")))
        return;
    put_figures(html, position);
    davy_kpi_plots(html, position);
    put_distributions(html, position);
    put_top(html, position);
    say_rest(html, position);
}

davy_status davy_kpi_page(const json_t *report, davy_buffer *html)
{
    const json_t *positions = json_object_get(report, "positions");
    size_t index;
    const json_t *position;

    if (!json_is_array(positions))
        return davy_fail(DAVY_ERR_INVALID, "these are no figures of alarms");
    davy_page_open(html, (davy_words){"Alarm report", "报警报告"}, text_of(report, "site"), 0);
    davy_page_body(html);
    davy_page_say(html,
                  "Figures of IEC 62682 and ISA-18.2 by operator position. Their targets are "
                  "approximate, and averages hide floods: look at the distributions.",
                  "按操作岗位统计的 IEC 62682 / ISA-18.2 指标。目标值为近似值;平均值会掩盖报警泛滥,"
                  "请看分布。");
    json_array_foreach(positions, index, position)
    {
        put_position(html, report, position);
    }
    davy_page_end(html);
    return davy_buffer_ok(html);
}
