/* SPDX-License-Identifier: Apache-2.0 */
#include "data/profile_page.h"

#include "core/quantity.h"
#include "core/timestamp.h"
#include "data/clean_report.h"

#include <math.h>
#include <stdio.h>

#define COLUMNS_SHOWN ((size_t) 300)
#define WORDS_SHOWN   ((size_t) 12)
#define WIDTH         540.0
#define HEIGHT        64.0
#define BARS_WIDTH    150.0
#define RAW           "#e0b98a" /* as it came, behind what was cleaned */
#define BLUE          "#a9c6e0"
#define HOLE          "#f3d9d5"

static const char style[] =
    "<style>.signal{display:grid;grid-template-columns:13em 1fr 10em;gap:.2em 1.4em;padding:1em 0 "
    ".8em;border-top:1px solid var(--line);align-items:center}.signal h3{margin:0;font-size:1em;"
    "overflow-wrap:anywhere}.signal h3 small{font-weight:normal;display:block}"
    ".signal svg{background:var(--paper);border-radius:4px}.signal p{grid-column:2/4;margin:0;"
    "max-width:none;font-size:.9em;color:var(--soft);font-variant-numeric:tabular-nums}"
    ".signal p{display:flex;flex-wrap:wrap}.signal p b{color:var(--ink);font-weight:600}.signal "
    "p>span{margin-right:1.3em;"
    "white-space:nowrap}.signal ul{grid-column:2/4;margin:.2em 0 0;padding:0;list-style:none;"
    "font-size:.92em}.signal li{color:var(--bad)}.signal li::before{content:'▲ ';font-size:.8em}"
    ".legend i{display:inline-block;width:1.6em;height:.5em;margin-right:.4em}"
    "@media(max-width:720px){.signal{grid-template-columns:1fr}.signal p,.signal ul{"
    "grid-column:1}}</style>";

static const struct {
    davy_column_note note;
    davy_words words;
} notes[] = {
    {DAVY_NOTE_EMPTY, {"no value at all: leave it out", "没有任何值:请舍去"}},
    {DAVY_NOTE_CONSTANT, {"never moves: nothing to learn from", "从不变化:学不到东西"}},
    {DAVY_NOTE_SPARSE, {"more than half is missing", "一半以上缺失"}},
    {DAVY_NOTE_CODE,
     {"a number far from all others that comes again and again: it may mean no value",
      "反复出现、远离其他值的数:可能代表缺测"}},
    {DAVY_NOTE_CLOCK,
     {"counts the rows like a clock: a model would learn the time, so leave it out",
      "像时钟一样计数:模型会学到时间,请舍去"}},
    {DAVY_NOTE_SAME, {"the same values as an earlier column", "与前面某列的值相同"}},
    {DAVY_NOTE_OUTSIDE, {"values outside of the range", "有超出量程的值"}},
};

davy_words davy_column_note_words(davy_column_note note)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(notes); i++)
        if (notes[i].note == note)
            return notes[i].words;
    return (davy_words){"", ""};
}

davy_column_note davy_column_note_at(size_t index)
{
    return index < DAVY_ARRAY_LENGTH(notes) ? notes[index].note : 0;
}

static davy_words type_words(davy_column_shape type)
{
    static const davy_words words[] = {{"empty", "空"},
                                       {"constant", "常数"},
                                       {"two values", "两个值"},
                                       {"a few values", "少数几个值"},
                                       {"whole numbers", "整数"},
                                       {"numbers", "数值"},
                                       {"words", "词"}};

    return words[type];
}

/* Where a value stands between the ends of a plot; what is beyond stands at the edge. */
static double height_of(const davy_column_profile *scale, double value)
{
    const double width = scale->top - scale->bottom;
    const double share = width > 0 ? (value - scale->bottom) / width : 0.5;

    return 3 + (HEIGHT - 6) * (1 - fmin(fmax(share, 0), 1));
}

/* A stroke from the lowest to the highest value of each few rows. */
static void put_strokes(const davy_column_profile *column, const davy_column_profile *scale,
                        const char *colour, davy_buffer *html)
{
    davy_buffer_append_text(html, "<path d=\"");
    for (size_t i = 0; i < DAVY_PROFILE_TRACE; i++)
        if (!isnan(column->trace_low[i]))
            davy_buffer_printf(html, "M%.1f %.1fV%.1f",
                               WIDTH * ((double) i + 0.5) / DAVY_PROFILE_TRACE,
                               height_of(scale, (double) column->trace_low[i]) + 0.7,
                               height_of(scale, (double) column->trace_high[i]) - 0.7);
    davy_buffer_printf(html, "\" stroke=\"%s\" stroke-width=\"2\" fill=\"none\"/>", colour);
}

/* The mean of each few rows as a line, broken where there is none. */
static void put_means(const davy_column_profile *column, const davy_column_profile *scale,
                      davy_buffer *html)
{
    bool open = false;

    davy_buffer_append_text(html, "<path d=\"");
    for (size_t i = 0; i < DAVY_PROFILE_TRACE; i++) {
        const bool known = !isnan(column->trace_mean[i]);

        if (known)
            davy_buffer_printf(html, "%c%.1f %.1f", open ? 'L' : 'M',
                               WIDTH * ((double) i + 0.5) / DAVY_PROFILE_TRACE,
                               height_of(scale, (double) column->trace_mean[i]));
        open = known;
    }
    davy_buffer_append_text(html, "\" stroke=\"#1d5f9e\" stroke-width=\"1.4\" fill=\"none\"/>");
}

/* Stretches without any value, as a band. */
static void put_holes(const davy_column_profile *column, davy_buffer *html)
{
    for (size_t i = 0, end; i < DAVY_PROFILE_TRACE; i = end) {
        for (end = i; end < DAVY_PROFILE_TRACE && isnan(column->trace_low[end]);)
            end++;
        if (end > i)
            davy_buffer_printf(html,
                               "<rect x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%.0f\" "
                               "fill=\"" HOLE "\"/>",
                               WIDTH * (double) i / DAVY_PROFILE_TRACE,
                               WIDTH * (double) (end - i) / DAVY_PROFILE_TRACE, HEIGHT);
        end += end == i;
    }
}

static void put_bars(const davy_column_profile *column, davy_buffer *html)
{
    const double width = BARS_WIDTH / DAVY_PROFILE_BARS;
    size_t most = 1;

    for (size_t i = 0; i < DAVY_PROFILE_BARS; i++)
        most = column->bars[i] > most ? column->bars[i] : most;
    davy_buffer_printf(html, "<svg viewBox=\"0 0 %.0f %.0f\" aria-hidden=\"true\">", BARS_WIDTH,
                       HEIGHT);
    for (size_t i = 0; i < DAVY_PROFILE_BARS; i++) {
        const double height = (HEIGHT - 4) * (double) column->bars[i] / (double) most;

        if (column->bars[i] > 0)
            davy_buffer_printf(html,
                               "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" "
                               "fill=\"#1d5f9e\"/>",
                               width * (double) i + 0.4, HEIGHT - fmax(height, 1), width - 0.8,
                               fmax(height, 1));
    }
    davy_buffer_append_text(html, "</svg>");
}

static void put_figure(davy_buffer *html, davy_words name, double value)
{
    char text[DAVY_PAGE_NUMBER_MAX];

    davy_buffer_append_text(html, "<span>");
    davy_page_words(html, name);
    davy_buffer_printf(html, " <b>%s</b></span>", davy_page_format(value, text));
}

static void put_count(davy_buffer *html, davy_words name, size_t count)
{
    if (count == 0)
        return;
    davy_buffer_append_text(html, "<span class=\"bad\">");
    davy_page_words(html, name);
    davy_buffer_printf(html, " <b>%zu</b></span>", count);
}

/* The first words of a column of categories. */
static void put_words(const davy_levels *levels, davy_buffer *html)
{
    for (size_t i = 0; i < levels->count && i < WORDS_SHOWN; i++) {
        davy_buffer_append_text(html, "<span><b>");
        davy_page_text(html, levels->names[i]);
        davy_buffer_append_text(html, "</b></span>");
    }
    if (levels->count > WORDS_SHOWN)
        davy_buffer_append_text(html, "<span>…</span>");
}

static void put_figures(const davy_profile_subject *subject, size_t c, davy_buffer *html)
{
    const davy_column_profile *column = &subject->profile->columns[c];
    char period[48] = "";

    davy_buffer_append_text(html, "<p>");
    if (column->type == DAVY_SHAPE_WORDS) {
        davy_buffer_printf(html, "<span>%zu ", column->distinct);
        davy_page_words(html, (davy_words){"words", "个词"});
        davy_buffer_append_text(html, "</span>");
        put_words(&subject->table->levels[c], html);
    } else if (column->present > 0) {
        put_figure(html, (davy_words){"low", "最小"}, column->low);
        put_figure(html, (davy_words){"median", "中位"}, column->median);
        put_figure(html, (davy_words){"high", "最大"}, column->high);
        put_figure(html, (davy_words){"mean", "均值"}, column->mean);
        put_figure(html, (davy_words){"sd", "标准差"}, column->deviation);
    }
    if (column->period_ns > 0) {
        davy_duration_format(column->period_ns, period, sizeof period);
        davy_buffer_append_text(html, "<span>");
        davy_page_words(html, (davy_words){"every", "每"});
        davy_buffer_printf(html, " <b>%s</b></span>", period);
    }
    if (column->missing > 0)
        put_figure(html, (davy_words){"missing %", "缺失 %"},
                   100.0 * (double) column->missing / (double) subject->profile->rows);
    put_count(html, (davy_words){"spikes", "尖峰"}, column->spikes);
    put_count(html, (davy_words){"stuck", "卡滞"}, column->stuck);
    put_count(html, (davy_words){"out of range", "超量程"}, column->outside);
    davy_buffer_append_text(html, "</p>");
}

static void put_notes(const davy_profile_subject *subject, size_t c, davy_buffer *html)
{
    const davy_column_profile *column = &subject->profile->columns[c];
    char number[DAVY_PAGE_NUMBER_MAX];

    if (column->notes == 0)
        return;
    davy_buffer_append_text(html, "<ul>");
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(notes); i++) {
        if (!(column->notes & notes[i].note))
            continue;
        davy_buffer_append_text(html, "<li>");
        davy_page_words(html, notes[i].words);
        if (notes[i].note == DAVY_NOTE_CODE)
            davy_buffer_printf(html, ": <b>%s</b> × %zu", davy_page_format(column->code, number),
                               column->code_rows);
        if (notes[i].note == DAVY_NOTE_SAME) {
            davy_buffer_append_text(html, ": ");
            davy_page_text(html, subject->table->names[column->same]);
        }
        davy_buffer_append_text(html, "</li>");
    }
    davy_buffer_append_text(html, "</ul>");
}

static void put_column(const davy_profile_subject *subject, size_t c, davy_buffer *html)
{
    const davy_column_profile *raw = &subject->profile->columns[c];
    const davy_column_profile *cleaned = subject->cleaned ? &subject->cleaned->columns[c] : NULL;
    const davy_column_profile *scale = cleaned && cleaned->present > 0 ? cleaned : raw;

    davy_buffer_append_text(html, "<section class=\"signal\"><h3>");
    davy_page_text(html, subject->table->names[c]);
    davy_buffer_append_text(html, "<small>");
    davy_page_words(html, type_words(raw->type));
    if (subject->units && subject->units[c][0]) {
        davy_buffer_append_text(html, ", ");
        davy_page_text(html, subject->units[c]);
    }
    davy_buffer_printf(html,
                       "</small></h3><svg viewBox=\"0 0 %.0f %.0f\" "
                       "preserveAspectRatio=\"none\" aria-hidden=\"true\">",
                       WIDTH, HEIGHT);
    put_holes(cleaned ? cleaned : raw, html);
    put_strokes(raw, scale, cleaned ? RAW : BLUE, html);
    if (cleaned)
        put_strokes(cleaned, scale, BLUE, html);
    if (raw->type != DAVY_SHAPE_WORDS)
        put_means(cleaned ? cleaned : raw, scale, html);
    davy_buffer_append_text(html, "</svg>");
    put_bars(scale, html);
    put_figures(subject, c, html);
    put_notes(subject, c, html);
    davy_buffer_append_text(html, "</section>");
}

static void put_head(const davy_profile_subject *subject, davy_buffer *html)
{
    const davy_profile *profile = subject->profile;
    char first[DAVY_TIMESTAMP_MAX], last[DAVY_TIMESTAMP_MAX], period[48];

    davy_page_open(html, (davy_words){"A look at the data", "数据概览"}, subject->name, 0);
    davy_buffer_printf(html, "%zu ", profile->rows);
    davy_page_words(html, (davy_words){"rows", "行"});
    davy_buffer_printf(html, " · %zu ", profile->column_count);
    davy_page_words(html, (davy_words){"columns", "列"});
    davy_buffer_printf(html, " · %zu ", profile->runs);
    davy_page_words(html,
                    profile->runs == 1 ? (davy_words){"run", "段"} : (davy_words){"runs", "段"});
    if (profile->period_ns > 0) {
        davy_timestamp_format(profile->first_ns, 0, first);
        davy_timestamp_format(profile->last_ns, 0, last);
        davy_duration_format(profile->period_ns, period, sizeof period);
        davy_buffer_printf(html, " · %s … %s · ", first, last);
        davy_page_words(html, (davy_words){"a row every", "每行间隔"});
        davy_buffer_printf(html, " %s", period);
    }
    davy_page_body(html);
    davy_buffer_append_text(html, style);
}

static size_t count_noted(const davy_profile *profile)
{
    size_t noted = 0;

    for (size_t c = 0; c < profile->column_count; c++)
        noted += profile->columns[c].notes != 0;
    return noted;
}

static void put_verdict(const davy_profile_subject *subject, davy_buffer *html)
{
    const davy_quality_report *found = &subject->profile->found;
    const size_t noted = count_noted(subject->profile);
    const bool good =
        found->shuffled + found->repeated + found->missing + found->stuck + found->gaps + noted ==
        0;
    char length[48];

    davy_buffer_printf(html, "<div class=\"verdict%s\">", good ? " good" : "");
    if (noted > 0)
        davy_page_say(
            html, "%zu of %zu columns should be looked at before a model learns from them.",
            "%zu / %zu 列在学习之前应当先看一看。", noted, subject->profile->column_count);
    davy_clean_fault_table(found, html);
    if (found->gaps > 0) {
        davy_duration_format(found->gap_ns, length, sizeof length);
        davy_page_say(html, "%zu rows are absent in the gaps; the longest is %s.",
                      "间断处缺 %zu 行;最长 %s。", found->absent, length);
    }
    if (!subject->table->times)
        davy_page_element(
            html, "p",
            (davy_words){"The rows have no time: gaps and spikes cannot be told. Name "
                         "the column of the time.",
                         "这些行没有时间:无法判断间断和尖峰。请指明时间列。"});
    davy_buffer_append_text(html, "</div>");
}

static void put_cleaning(const davy_profile_subject *subject, davy_buffer *html)
{
    if (!subject->cleaned)
        return;
    davy_page_element(html, "h2", (davy_words){"Cleaned", "清洗"});
    davy_buffer_append_text(html, "<p><code>");
    davy_page_text(html, subject->cleaning->text);
    davy_buffer_append_text(html, "</code></p>");
    davy_clean_tally_table(subject->cleaning, subject->tally, html);
    if (subject->tally->rows_before != subject->tally->rows_after)
        davy_page_say(html, "%zu rows became %zu.", "%zu 行变为 %zu 行。",
                      subject->tally->rows_before, subject->tally->rows_after);
    davy_buffer_append_text(html, "<p class=\"sub legend\"><i style=\"background:" RAW "\"></i>");
    davy_page_words(html, (davy_words){"as it came", "原始"});
    davy_buffer_append_text(html, " &nbsp; <i style=\"background:" BLUE "\"></i>");
    davy_page_words(html, (davy_words){"cleaned", "清洗后"});
    davy_buffer_append_text(html, " &nbsp; <i style=\"background:" HOLE "\"></i>");
    davy_page_words(html, (davy_words){"no value", "无值"});
    davy_buffer_append_text(html, "</p>");
}

static void put_code(davy_buffer *html, davy_words before, const char *text)
{
    davy_buffer_append_text(html, "<p>");
    davy_page_words(html, before);
    davy_buffer_append_text(html, "<code>");
    davy_page_text(html, text);
    davy_buffer_append_text(html, "</code></p>");
}

davy_status davy_profile_page(const davy_profile_subject *subject, davy_buffer *html)
{
    const size_t columns = subject->profile->column_count;

    put_head(subject, html);
    put_verdict(subject, html);
    put_cleaning(subject, html);
    davy_page_element(html, "h2", (davy_words){"Columns", "各列"});
    if (subject->read_as)
        put_code(html, (davy_words){"Read as ", "读取方式："}, subject->read_as);
    if (subject->converted)
        put_code(html, (davy_words){"Units converted: ", "已换算单位："}, subject->converted);
    for (size_t c = 0; c < columns && c < COLUMNS_SHOWN; c++)
        put_column(subject, c, html);
    if (columns > COLUMNS_SHOWN)
        davy_page_say(html, "And %zu columns more.", "另有 %zu 列。", columns - COLUMNS_SHOWN);
    if (subject->left_out) {
        davy_page_element(html, "h2", (davy_words){"Columns that were left out", "未读取的列"});
        put_code(html, (davy_words){"", ""}, subject->left_out);
    }
    davy_page_end(html);
    return davy_buffer_ok(html);
}
