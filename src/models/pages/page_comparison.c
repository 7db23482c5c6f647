/* SPDX-License-Identifier: Apache-2.0 */
#include "models/pages/page_comparison.h"

#include "models/pages/page_estimates.h"

#include <math.h>

/* Where the model stands to a baseline. */
typedef enum standing { AHEAD, LEVEL, BEHIND, UNKNOWN, STANDINGS } standing;

static standing standing_of(const davy_method *method)
{
    const davy_estimate *a = &method->ahead;

    if (!method->measured || isnan(a->value))
        return UNKNOWN;
    if (isnan(a->low))
        return LEVEL; /* without an interval nothing is shown */
    return a->low > 0 ? AHEAD : a->high < 0 ? BEHIND : LEVEL;
}

static const struct {
    const char *style;
    davy_words words;
} standings[STANDINGS] = {
    [AHEAD] = {"good", {"Ahead of", "优于"}},
    [LEVEL] = {"open", {"Not told apart from", "无法区分于"}},
    [BEHIND] = {"bad", {"Behind", "不如"}},
    [UNKNOWN] = {"sub", {"Not measured", "未测量"}},
};

static void put_standing(davy_buffer *html, const davy_comparison *c, standing which)
{
    size_t count = 0;

    for (size_t m = 1; m < c->count; m++) {
        if (standing_of(&c->methods[m]) != which)
            continue;
        if (count++ == 0) {
            davy_buffer_printf(html, "<p class=\"%s\"><b>", standings[which].style);
            davy_page_words(html, standings[which].words);
            davy_buffer_append_text(html, ":</b> ");
        } else {
            davy_page_words(html, (davy_words){", ", "、"});
        }
        davy_page_words(html, c->methods[m].name);
    }
    if (count > 0)
        davy_buffer_append_text(html, "</p>");
}

void davy_page_verdict(davy_buffer *html, const davy_comparison *c)
{
    const davy_figure_kind *kind = &c->kinds[c->main];
    const davy_estimate *e = &c->methods[0].figures[c->main];
    char value[DAVY_PAGE_NUMBER_MAX], low[DAVY_PAGE_NUMBER_MAX], high[DAVY_PAGE_NUMBER_MAX];

    davy_buffer_append_text(html, "<section class=\"verdict\"><p class=\"figure\">");
    davy_page_words(html, kind->name);
    davy_buffer_printf(html, " %s", davy_page_format(e->value, value));
    if (!isnan(e->low))
        davy_buffer_printf(html, " <small>(95 %%: %s … %s)</small>", davy_page_format(e->low, low),
                           davy_page_format(e->high, high));
    davy_buffer_append_text(html, "</p>");
    for (int s = 0; s < STANDINGS; s++)
        put_standing(html, c, (standing) s);
    davy_buffer_append_text(html, "</section>");
}

static bool is_best(const davy_comparison *c, size_t method, size_t kind)
{
    const double own = c->methods[method].figures[kind].value;

    if (c->kinds[kind].unranked)
        return false;
    for (size_t m = 0; m < c->count; m++) {
        const double other = c->methods[m].figures[kind].value;

        if (c->kinds[kind].lower_is_better ? other < own : other > own)
            return false;
    }
    return !isnan(own);
}

static void put_methods(davy_buffer *html, const davy_comparison *c)
{
    davy_buffer_append_text(html, "<tr><th></th>");
    for (size_t m = 0; m < c->count; m++)
        if (c->methods[m].measured)
            davy_page_element(html, m == 0 ? "th class=\"n model\"" : "th class=\"n\"",
                              c->methods[m].name);
    davy_buffer_append_text(html, "</tr>");
}

static void put_kind(davy_buffer *html, const davy_comparison *c, size_t k)
{
    davy_buffer_append_text(html, k == c->main ? "<tr class=\"main\"><td>" : "<tr><td>");
    davy_page_words(html, c->kinds[k].name);
    davy_buffer_append_text(html, "</td>");
    for (size_t m = 0; m < c->count; m++)
        if (c->methods[m].measured)
            davy_page_estimate(html, c->methods[m].figures[k], is_best(c, m, k));
    davy_buffer_append_text(html, "</tr>");
}

static void put_ahead(davy_buffer *html, const davy_comparison *c)
{
    davy_buffer_append_text(html, "<tr><td>");
    davy_page_words(html, (davy_words){"model ahead by", "模型领先"});
    davy_buffer_append_text(html, "</td>");
    for (size_t m = 0; m < c->count; m++)
        if (c->methods[m].measured)
            davy_page_estimate(html, c->methods[m].ahead, false);
    davy_buffer_append_text(html, "</tr>");
}

static void put_unmeasured(davy_buffer *html, const davy_comparison *c)
{
    for (size_t m = 0; m < c->count; m++) {
        if (c->methods[m].measured)
            continue;
        davy_buffer_append_text(html, "<p class=\"sub\">");
        davy_page_words(html, c->methods[m].name);
        davy_page_words(html, (davy_words){" was not measured: ", "未测量："});
        davy_page_text(html, c->methods[m].why);
        davy_buffer_append_text(html, ".</p>");
    }
}

static davy_words direction_of(const davy_figure_kind *kind)
{
    if (kind->unranked)
        return (davy_words){"", ""};
    return kind->lower_is_better ? (davy_words){"lower is better", "越小越好"}
                                 : (davy_words){"higher is better", "越大越好"};
}

static void put_meanings(davy_buffer *html, const davy_comparison *c)
{
    davy_buffer_append_text(html, "<details><summary class=\"sub\">");
    davy_page_words(html, (davy_words){"What the rows and columns mean", "行与列的含义"});
    davy_buffer_append_text(html, "</summary><table>");
    for (size_t k = 0; k < c->kind_count; k++) {
        davy_buffer_append_text(html, "<tr>");
        davy_page_element(html, "td", c->kinds[k].name);
        davy_page_element(html, "td", c->kinds[k].meaning);
        davy_page_element(html, "td class=\"sub\"", direction_of(&c->kinds[k]));
        davy_buffer_append_text(html, "</tr>");
    }
    for (size_t m = 1; m < c->count; m++) {
        davy_buffer_append_text(html, "<tr>");
        davy_page_element(html, "td", c->methods[m].name);
        davy_page_element(html, "td", c->methods[m].meaning);
        davy_buffer_append_text(html, "<td></td></tr>");
    }
    davy_buffer_append_text(html, "</table></details>");
}

void davy_page_comparison(davy_buffer *html, const davy_comparison *c)
{
    davy_page_element(
        html, "h2",
        c->title.en ? c->title
                    : (davy_words){"The model beside what needs no model", "与无需模型的方法比较"});
    davy_page_estimates(html, c);
    davy_buffer_append_text(html, "<div class=\"wide\"><table>");
    put_methods(html, c);
    for (size_t k = 0; k < c->kind_count; k++) {
        put_kind(html, c, k);
        if (k == c->main)
            put_ahead(html, c);
    }
    davy_buffer_append_text(html, "</table></div>");
    put_unmeasured(html, c);
    put_meanings(html, c);
}

static void put_learning(davy_buffer *html, const davy_protocol *p)
{
    if (p->fold_count > 1)
        davy_page_say(html,
                      "Baselines that learn have learnt from the rest of these data (%zu folds, "
                      "none was asked about what it learnt from). They have seen days and labels "
                      "that the model may not have seen, which flatters them.",
                      "会学习的基线从本数据的其余部分学习（%zu 折，从不回答学过的部分）。"
                      "它们可能见过模型没有见过的日期和标签，因此偏高。",
                      p->fold_count);
    else if (p->fold_count == 0 && p->same_history)
        davy_page_say(html,
                      "Baselines that learn have learnt from the very data that the model "
                      "learnt from, by its hash.",
                      "会学习的基线使用与模型完全相同的训练数据（哈希一致）。");
    else if (p->fold_count == 0)
        davy_page_say(html,
                      "Baselines that learn have learnt from the history that was given. It "
                      "is not, to the byte, what the model learnt from.",
                      "会学习的基线使用给定的历史数据，与模型的训练数据并非逐字节相同。");
}

static void put_intervals(davy_buffer *html, const davy_comparison *c, const davy_protocol *p)
{
    const unsigned draws = c->bootstrap.draws > 0 ? c->bootstrap.draws : DAVY_BOOTSTRAP_DRAWS;
    const unsigned long long seed = c->bootstrap.seed;

    if (p->group_count <= 1) {
        davy_page_say(html, "There is a single group, so there are no intervals.",
                      "只有一组，因此没有区间。");
        return;
    }
    davy_buffer_printf(
        html,
        "<p><span lang=\"en\">Intervals hold 95 of 100: %u bootstrap draws, seed "
        "%llu, of %zu %s, each drawn whole. All methods are measured on the same "
        "draws, so “ahead by” is paired.</span>"
        "<span lang=\"zh\">区间为 95%%：自助法抽取 %u 次，种子 %llu，"
        "每次整体抽取 %zu %s。各方法使用相同的抽取，因此“领先”为配对比较。</span></p>",
        draws, seed, p->group_count, c->drawn.en, draws, seed, p->group_count, c->drawn.zh);
    if (isnan(c->methods[0].figures[c->main].low))
        davy_page_say(html,
                      "Too many of the draws lack a fault, or a class, so the main figure has no "
                      "interval: the data hold too few of them.",
                      "过多抽取中没有故障或某一类别，因此主要指标没有区间：数据中此类样本太少。");
    if (p->group_count < 10)
        davy_page_say(html, "With so few of them the intervals are too narrow.",
                      "数量太少，区间偏窄。");
}

void davy_page_protocol(davy_buffer *html, const davy_comparison *c, const davy_protocol *p,
                        const davy_page_head *head)
{
    put_intervals(html, c, p);
    put_learning(html, p);
    davy_page_say(html, "Nothing was tuned on these data, and no point was adjusted.",
                  "没有在本数据上调参，也没有做任何点调整。");
    davy_buffer_append_text(html, "<p class=\"sub\">");
    davy_page_words(html, (davy_words){"learnt from data", "训练数据"});
    davy_buffer_printf(html, " <code>%s</code><br>", head->data_hash);
    davy_page_words(html, (davy_words){"model file", "模型文件"});
    davy_buffer_printf(html, " <code>%s</code></p>", head->file_hash);
}
